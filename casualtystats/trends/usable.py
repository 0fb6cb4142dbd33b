"""Which rows of a series a trend can be fitted to, and why the others are left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from casualtystats.errors import DoubleCountError, TooFewReportsError
from casualtystats.trends.composite import Array, Days

__all__ = ["NEEDED", "Usable", "usable_rows"]

NEEDED = 4

NO_REPORT = "no report"
NO_BEST = "no best value"
NO_ENDS = "the ends of the period are not known"
HOURS = "the stated hours are fewer than the days of the period"
CUT = "the cell cuts a report"
PARTLY = "some days are not covered by a report about the whole"
PART = "the report speaks about a part only"


@dataclass(frozen=True, eq=False)
class Usable:
    """Totals of disjoint periods.

    Attributes
    ----------
    days : Days
        The periods, with day 0 the first day.
    counts : array
        Their counts.
    first, last : date
        First and last day.
    hedged : int
        How many of the counts have a low or high that differs from their best.
    left_out : dict
        Number of rows left out, by reason.
    """

    days: Days
    counts: Array
    first: date
    last: date
    hedged: int
    left_out: dict[str, int]


def usable_rows(frame: pl.DataFrame) -> Usable:
    """The rows of a series that say how many in a fixed period, sorted by date.

    Parameters
    ----------
    frame : pl.DataFrame
        Intervals, or calendar cells, of one place and group.

    Raises
    ------
    DoubleCountError
        If usable periods share a day.
    TooFewReportsError
        If fewer than four rows are usable.
    """
    reasoned = frame.with_columns(_reason=_reason(cells="days" in frame.columns))
    kept = reasoned.filter(pl.col("_reason").is_null()).sort("period_start", "period_end", "best")
    counted = reasoned["_reason"].drop_nulls().value_counts().sort("_reason")
    left_out = {str(reason): int(number) for reason, number in counted.rows()}
    _refuse_overlaps(kept)
    if kept.height < NEEDED:
        raise TooFewReportsError(_too_few(kept.height, left_out))
    first, last = kept["period_start"][0], kept["period_end"][-1]
    return Usable(
        Days(_numbers(kept["period_start"], first), _numbers(kept["period_end"], first)),
        kept["best"].cast(pl.Float64).to_numpy(),
        first,
        last,
        kept.filter(~pl.col("low").eq_missing(pl.col("best")) | ~pl.col("high").eq_missing(pl.col("best"))).height,
        left_out,
    )


def _numbers(days: pl.Series, first: date) -> Array:
    return (days - first).dt.total_days().to_numpy().astype(np.float64)


def _reason(*, cells: bool) -> pl.Expr:
    if cells:
        return (
            pl.when(pl.col("low").is_null()).then(pl.lit(NO_REPORT))
            .when("allocated").then(pl.lit(CUT))
            .when(pl.col("coverage") < 1).then(pl.lit(PARTLY))
            .when(pl.col("best").is_null()).then(pl.lit(NO_BEST))
        )  # fmt: skip
    length = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    fuzzy = (pl.col("start_latest") != pl.col("period_start")) | (pl.col("end_earliest") != pl.col("period_end"))
    return (
        pl.when(pl.col("best").is_null()).then(pl.lit(NO_BEST))
        .when(fuzzy).then(pl.lit(NO_ENDS))
        .when(pl.col("hours") != 24 * length).then(pl.lit(HOURS))
        .when(~pl.col("whole")).then(pl.lit(PART))
    )  # fmt: skip


def _refuse_overlaps(kept: pl.DataFrame) -> None:
    ends_before = pl.col("period_end").shift(1)
    shared = kept.with_columns(_before=ends_before).filter(pl.col("period_start") <= pl.col("_before"))
    if shared.height:
        row = shared.row(0, named=True)
        raise DoubleCountError(
            f"expected periods that share no day, got two that both hold {row['period_start']}; choose one "
            "source, name a rule with overlap=, or resample to a calendar"
        )


def _too_few(number: int, left_out: dict[str, int]) -> str:
    why = "; ".join(f"{n} left out: {reason}" for reason, n in left_out.items())
    return f"expected at least {NEEDED} periods with a count for a trend, got {number}" + (f" ({why})" if why else "")
