"""Which rows of a series a trend can be fitted to, as what they say, and why the others are left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, get_args

import polars as pl

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.dating import Dating, date_rows
from casualtystats.trends.families import Family
from casualtystats.trends.likelihood.totals import Totals

__all__ = ["Usable", "Use", "reason_of_row", "report_sources", "totals_family", "usable_rows"]

Use = Literal["reported", "low", "best", "high"]

NO_REPORT = "no report"
NO_BOUND = "at least 0, which says nothing"
NO_VALUE: Final[dict[str, str]] = {
    "best": "no best value", "high": "no upper bound is known", "low": "no report", "reported": "no report",
}  # fmt: skip
HOURS = "the stated hours are fewer than the days of the period"
CUT = "the cell cuts a report"
PARTLY = "some days are not covered by a report about the whole"
PART = "the report speaks about a part only"
_HINTS: Final[dict[str, str]] = {
    CUT: "fit the series without resample, or resample to a calendar that its reports fit",
    PART: "choose place= and group=, or build with by=['place'] and use fit_trends",
}


@dataclass(frozen=True, eq=False)
class Usable:
    """Totals of disjoint reports.

    Attributes
    ----------
    rows : pl.DataFrame
        The rows used, in order of their dates, with `fit_low` and `fit_high`: the bounds that are fitted (null = none).
    dating : Dating
        Their feasible dates.
    first, last : date
        First and last day that any of them may speak about.
    left_out : dict
        Number of rows left out, by reason.
    """

    rows: pl.DataFrame
    dating: Dating
    first: date
    last: date
    left_out: dict[str, int]

    def check(self, terms: int) -> None:
        """Refuse fewer rows than terms plus two.

        Raises
        ------
        TooFewReportsError
            If there are fewer.
        """
        if self.rows.height < terms + 2:
            raise TooFewReportsError(_too_few(self.rows.height, terms + 2, self.left_out))

    @property
    def totals(self) -> Totals:
        """The totals, with all feasible dates."""
        return self.dating.totals()

    @property
    def floors(self) -> int:
        """Number of lower bounds."""
        return int(self.rows["fit_high"].null_count())

    @property
    def ceilings(self) -> int:
        """Number of upper bounds: none at all up to a number."""
        return self.rows.filter((pl.col("fit_low") == 0) & (pl.col("fit_high") > 0)).height

    @property
    def ranges(self) -> int:
        """Number of ranges above 0."""
        return self.rows.filter((pl.col("fit_low") > 0) & (pl.col("fit_low") < pl.col("fit_high"))).height


def usable_rows(frame: pl.DataFrame, sources: dict[str, str | None], use: Use = "reported") -> Usable:
    """The rows of a series that say something about a count in a period, sorted by date.

    Parameters
    ----------
    frame : pl.DataFrame
        Intervals, or calendar cells, of one place and group.
    sources : dict
        The source of each report, by its identifier: ends that are not known move together for reports of one source.
    use : {"reported", "low", "best", "high"}
        What is fitted: the bounds as they are, or one of the three values as if it were exact.

    Raises
    ------
    DoubleCountError
        If usable periods share a day, or may share one.
    TooFewReportsError
        If no row is usable.
    """
    if use not in get_args(Use):
        raise OptionError(f"expected use= one of {', '.join(get_args(Use))}; got {use!r}")
    reasoned = frame.with_columns(_reason=reason_of_row(cells="days" in frame.columns, use=use))
    kept = reasoned.filter(pl.col("_reason").is_null()).drop("_reason")
    counted = reasoned["_reason"].drop_nulls().value_counts().sort("_reason")
    left_out = {str(reason): int(number) for reason, number in counted.rows()}
    one = None if use == "reported" else pl.col(use)
    kept = kept.with_columns(
        fit_low=(pl.col("low") if one is None else one).cast(pl.Float64),
        fit_high=(pl.col("high") if one is None else one).cast(pl.Float64),
    ).sort("period_start", "period_end", "fit_low", "fit_high", nulls_last=True)
    if kept.is_empty():
        raise TooFewReportsError(_too_few(0, 3, left_out))
    names = kept["report_id"].to_list() if "report_id" in kept.columns else [""] * kept.height
    dating = date_rows(kept, [sources.get(name) for name in names])
    last: date = kept["period_end"].sort()[-1]
    return Usable(kept, dating, dating.origin, last, left_out)


def report_sources(series: FlowSeries[Any]) -> dict[str, str | None]:
    """The source of each report of a series, by its identifier; differences of two reports have none of their own."""
    return dict(series.reports.frame.select("report_id", "source").iter_rows())


def totals_family(totals: Totals) -> Family:
    """The family where none is asked for: "quasi" has no likelihood for bounds or dates that are not known."""
    return "quasi" if totals.exact and totals.dated else "nb2"


def reason_of_row(*, cells: bool, use: Use = "reported") -> pl.Expr:
    """Why a row of a series can not be fitted; null where it can."""
    value = pl.col("low") if use == "reported" else pl.col(use)
    nothing = (pl.col("low") == 0) & pl.col("high").is_null() & pl.lit(use == "reported")
    if cells:
        return (
            pl.when(pl.col("low").is_null()).then(pl.lit(NO_REPORT))
            .when("allocated").then(pl.lit(CUT))
            .when(pl.col("coverage") < 1).then(pl.lit(PARTLY))
            .when(value.is_null()).then(pl.lit(NO_VALUE[use]))
            .when(nothing).then(pl.lit(NO_BOUND))
        )  # fmt: skip
    length = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    return (
        pl.when(value.is_null()).then(pl.lit(NO_VALUE[use]))
        .when(nothing).then(pl.lit(NO_BOUND))
        .when(pl.col("hours") != 24 * length).then(pl.lit(HOURS))
        .when(~pl.col("whole")).then(pl.lit(PART))
    )  # fmt: skip


def _too_few(number: int, needed: int, left_out: dict[str, int]) -> str:
    why = "; ".join(f"{n} left out: {reason}" for reason, n in left_out.items())
    hints = [hint for reason, hint in _HINTS.items() if reason in left_out]
    return (
        f"expected at least {needed} periods with a count for a trend, got {number}"
        + (f" ({why})" if why else "")
        + (f". To use more of them: {'; '.join(hints)}" if hints else "")
    )
