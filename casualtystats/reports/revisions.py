"""How figures changed from one publication to the next, and what was published on each day."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

import polars as pl

from casualtystats.errors import NoReportsError
from casualtystats.reports.vintages import FULL_FIGURE, figure_of

__all__ = ["COUNTED", "history_of", "printed", "revision_table", "vintage_table"]

# What a report says; its identifier and address do not change that.
COUNTED: Final = ("qualifier", "value", "low", "best", "high")
# Comparing names is slow; a slip is looked for among so many reports, not among millions.
_COMPARED: Final = 10_000


def printed() -> pl.Expr:
    """The number of a report: as printed, else the best value, else the lower bound.

    Examples
    --------
    >>> frame = pl.DataFrame({"value": [42, None], "best": [None, None], "low": [42, 40]}, schema_overrides={"best": pl.Int64})
    >>> frame.select(printed()).to_series().to_list()
    [42, 40]
    """
    return pl.coalesce("value", "best", "low")


def _dated(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The rows with a day of publication, in order of publication, with `_0, _1, ...`: what makes their figure."""
    marks = {f"_{at}": expr for at, expr in enumerate(figure_of(names))}
    ordered = frame.filter(pl.col("published_latest").is_not_null()).sort(
        "published_latest", "published_earliest", maintain_order=True
    )
    return ordered.with_columns(**marks)


def revision_table(frame: pl.DataFrame, names: Sequence[str] = FULL_FIGURE) -> pl.DataFrame:
    """One row a figure that was published more than once; see `ReportArchive.revisions`.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports (`ReportSchema`), one a vintage.
    names : sequence of str
        The columns that make a figure.

    Returns
    -------
    pl.DataFrame
        In order of first days, then of what is counted.

    Notes
    -----
    A vintage v is within 5 % of the latest l where 20 |v - l| <= l, in whole numbers. `days_to_within_5_percent` is
    the day of the first vintage from which on all vintages are, minus the day of the first vintage.

    Examples
    --------
    >>> from casualtystats.schemas import ReportSchema
    >>> revision_table(ReportSchema.create_empty()).height
    0
    """
    value, low, high, day = pl.col("_value"), pl.col("low"), pl.col("high"), pl.col("published_latest")
    off = 20 * (value - value.last()).abs() > value.last()
    for_good = off.cast(pl.Int64).cum_sum(reverse=True) == 0
    shown = [name for name in FULL_FIGURE if name not in names]
    rows = _dated(frame, names).with_columns(_value=printed())
    marks = [f"_{at}" for at in range(len(names))]
    changed = rows.group_by(marks, maintain_order=True).agg(
        pl.col("report_id").last(), *(pl.col(name).last() for name in FULL_FIGURE),
        vintages=pl.len().cast(pl.Int64), first_published=day.first(), last_published=day.last(),
        first=value.first(), first_low=low.first(), first_high=high.first(),
        last=value.last(), last_low=low.last(), last_high=high.last(),
        min=value.min(), max=value.max(),
        days_to_within_5_percent=(day.filter(for_good).first() - day.first()).dt.total_days(),
    ).filter(pl.col("vintages") > 1)  # fmt: skip
    first, change = pl.col("first"), pl.col("last") - pl.col("first")
    return changed.select(
        "report_id", *FULL_FIGURE, "vintages", "first_published", "last_published",
        "first", "first_low", "first_high", "last", "last_low", "last_high",
        change=change, change_percent=pl.when(first > 0).then(100 * change / first),
        min="min", max="max", spread=pl.col("max") - pl.col("min"),
        days_to_within_5_percent="days_to_within_5_percent",
    ).sort("start_earliest", "end_latest", *shown, *FULL_FIGURE, "report_id")  # fmt: skip


def history_of(frame: pl.DataFrame, report_id: str, names: Sequence[str] = FULL_FIGURE) -> pl.DataFrame:
    """The vintages of the figure that an identifier names, in order of publication.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports (`ReportSchema`), one a vintage.
    report_id : str
        Of any of its vintages.
    names : sequence of str
        The columns that make a figure.

    Raises
    ------
    NoReportsError
        If no report with a day of publication has this identifier.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> reports = read_reports(pl.DataFrame({"report_id": ["a", "b", "c"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "source": ["OHCHR", "OHCHR", "SOHR"], "start": "2019-04-29", "end": "2019-05-09",
    ...     "value": [42, 48, 50], "published": ["2019-06-01", "2019-05-10", "2019-05-10"]}))
    >>> history_of(reports.frame, "a")["value"].to_list()
    [48, 42]
    """
    rows = _dated(frame, names)
    named = rows.filter(pl.col("report_id") == report_id)
    if named.is_empty():
        near = difflib.get_close_matches(report_id, rows["report_id"].unique().sort().head(_COMPARED).to_list(), n=3)
        raise NoReportsError(
            f"expected the report_id of a report with a day of publication, got {report_id!r}"
            + (f"; near it: {', '.join(near)}" if near else "")
        )
    marks = [f"_{at}" for at in range(len(names))]
    return rows.join(named.head(1), on=marks, how="semi", nulls_equal=True, maintain_order="left").select(frame.columns)


def vintage_table(frame: pl.DataFrame, names: Sequence[str] = FULL_FIGURE) -> pl.DataFrame:
    """One row a day of publication; see `ReportArchive.vintages`.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports (`ReportSchema`), one a vintage.
    names : sequence of str
        The columns that make a figure.

    Examples
    --------
    >>> from casualtystats.schemas import ReportSchema
    >>> vintage_table(ReportSchema.create_empty()).columns
    ['published_earliest', 'published_latest', 'reports', 'new', 'revised']
    """
    rows = _dated(frame, names)
    marks = [f"_{at}" for at in range(len(names))]
    new = pl.int_range(pl.len()).over(marks) == 0
    said = pl.concat_list([pl.col(name).cast(pl.String).fill_null("") for name in COUNTED]).list.join("\x00")
    told = rows.with_columns(_new=new, _said=said)
    again = pl.col("_said") != pl.col("_said").shift().over(marks)
    undated = frame.filter(pl.col("published_latest").is_null()).with_columns(
        _new=pl.lit(None, pl.Boolean), _again=pl.lit(None, pl.Boolean)
    )
    days = ("published_earliest", "published_latest")
    columns = [*days, "_new", "_again"]
    every = pl.concat([told.with_columns(_again=again).select(columns), undated.select(columns)])
    dated = pl.col("published_latest").first().is_not_null()
    return (
        every.group_by(days, maintain_order=True)
        .agg(
            reports=pl.len().cast(pl.Int64),
            new=pl.when(dated).then(pl.col("_new").sum().cast(pl.Int64)),
            revised=pl.when(dated).then(pl.col("_again").sum().cast(pl.Int64)),
        )
        .sort("published_latest", "published_earliest", nulls_last=True)
    )
