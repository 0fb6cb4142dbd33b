"""Vintages: one figure that was published again. What makes two reports the same figure stands here, once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.periods import Period, format_date
from casualtystats.vocabulary import measure_noun

__all__ = [
    "EVENT", "FIGURE", "FULL_FIGURE", "count_text", "figure_of", "figure_text", "last_published", "newest",
    "published_text", "vintage_dates",
]  # fmt: skip

# The same within one measure and unit, as a series is built of.
FIGURE: Final = (
    "source", "standard", "place", "group", "perpetrator", "destination", "event",
    "start_earliest", "start_latest", "end_earliest", "end_latest",
)  # fmt: skip
# A running total, a triangulation figure, a stated length and a relay of another authority are figures of their own.
FULL_FIGURE: Final = ("measure", "unit", "kind", *FIGURE, "hours", "derived_from", "role")
# Where rows are separate events, their identifier alone says which event it is: its place or day may be corrected.
EVENT: Final = ("report_id", "measure", "unit")

_FIGURES_SHOWN: Final = 3
_DATES_SHOWN: Final = 8


def figure_of(names: Sequence[str] = FIGURE) -> list[pl.Expr]:
    """The expressions over which rows are vintages of one figure.

    Two reports without a source are not known to be one figure published again, unless they have one `report_id`.

    Examples
    --------
    >>> frame = pl.DataFrame({"report_id": ["a", "b"], "source": [None, None], "place": ["Idlib", "Idlib"]})
    >>> frame.select(n=pl.len().over(figure_of(["source", "place"])))["n"].to_list()
    [1, 1]
    """
    unnamed = pl.concat_str(pl.lit("\x00"), "report_id")
    return [pl.coalesce("source", unnamed) if name == "source" else pl.col(name) for name in names]


def newest(selected: pl.LazyFrame) -> tuple[pl.LazyFrame, pl.LazyFrame]:
    """The newest vintage of each figure, and the ids of the older ones with the newest beside them.

    Where it is not known which was published later, both stay, and overlap.

    Parameters
    ----------
    selected : pl.LazyFrame
        Reports of one measure and unit (`ReportSchema`), each with days of publication.

    Returns
    -------
    (pl.LazyFrame, pl.LazyFrame)
        What stays; and `report_id, _by` of what does not.
    """
    figure = figure_of()
    latest = pl.col("published_earliest").max().over(figure)
    by = pl.col("report_id").sort_by("published_latest", "report_id").last().over(figure)
    marked = selected.with_columns(_new=pl.col("published_latest") >= latest, _by=by)
    return marked.filter("_new").drop("_new", "_by"), marked.filter(~pl.col("_new")).select("report_id", "_by")


def last_published(frame: pl.DataFrame, names: Sequence[str] = FULL_FIGURE) -> pl.DataFrame:
    """One row a figure: that with the latest last day of publication, of these the latest first day.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports (`ReportSchema`), each with days of publication, in any order.
    names : sequence of str
        The columns that make a figure.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pl.DataFrame({"report_id": ["a", "b"], "source": "OHCHR", "low": [42, 45],
    ...     "published_earliest": [date(2019, 6, 1), date(2019, 5, 10)],
    ...     "published_latest": [date(2019, 6, 1), date(2019, 5, 10)]})
    >>> last_published(frame, ["source"])["low"].to_list()
    [42]
    """
    at = pl.col("_at")
    ordered = frame.sort("published_latest", "published_earliest", maintain_order=True).with_row_index("_at")
    return ordered.filter(at == at.max().over(figure_of(names))).drop("_at")


def figure_text(row: dict[str, Any]) -> str:
    """What a report counts, by whom, where and when, without the count.

    Examples
    --------
    >>> from datetime import date
    >>> row = {"measure": "killed", "unit": "people", "group": None, "place": "Syria/Idlib", "source": "OHCHR",
    ...     "start_earliest": date(2019, 4, 29), "start_latest": date(2019, 4, 29),
    ...     "end_earliest": date(2019, 5, 9), "end_latest": date(2019, 5, 9)}
    >>> figure_text(row)
    'OHCHR, violent deaths, Syria/Idlib, 29 April to 9 May 2019'
    """
    days = Period(row["start_earliest"], row["start_latest"], row["end_earliest"], row["end_latest"])
    noun = measure_noun(row["measure"], row["unit"], row["group"])
    return ", ".join(text for text in (row["source"] or "source not stated", noun, row["place"], str(days)) if text)


def vintage_dates(frame: pl.DataFrame, figure: Sequence[pl.Expr] | None = None) -> str:
    """The figures of a frame that stand under several days of publication, with these days and the counts.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports (`ReportSchema`).
    figure : sequence of pl.Expr, optional
        What makes a figure; by default `figure_of()`, within a measure and unit.

    Returns
    -------
    str
        The first three figures, in order of their first days; of each the first eight vintages and the last. Empty
        where there is none.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> reports = read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "source": "OHCHR", "start": "2019-04-29", "end": "2019-05-09", "value": [42, 45],
    ...     "published": ["2019-05-10", "2019-06-01"]}))
    >>> vintage_dates(reports.frame)
    'OHCHR, violent deaths, 29 April to 9 May 2019: 42 (published 2019-05-10), 45 (published 2019-06-01)'
    """
    exprs = [pl.col("measure"), pl.col("unit"), *(figure_of() if figure is None else figure)]
    days = pl.struct("published_earliest", "published_latest")
    several = frame.filter(days.n_unique().over(exprs) > 1).sort(
        "start_earliest", "end_latest", "published_latest", "published_earliest", "report_id", nulls_last=True
    )
    groups = [group for _, group in several.group_by(exprs, maintain_order=True)]
    told = [_vintages(group.to_dicts()) for group in groups[:_FIGURES_SHOWN]]
    more = len(groups) - len(told)
    return "; ".join(told) + (f"; and {more:,} more figure{'' if more == 1 else 's'}" if more else "")


def _vintages(rows: list[dict[str, Any]]) -> str:
    told = [f"{count_text(row)} ({published_text(row)})" for row in rows]
    if len(told) > _DATES_SHOWN + 1:
        told = [*told[:_DATES_SHOWN], f"{len(told) - _DATES_SHOWN - 1:,} more", told[-1]]
    return f"{figure_text(rows[0])}: {', '.join(told)}"


def count_text(row: dict[str, Any]) -> str:
    """The count of a report as it was printed.

    Examples
    --------
    >>> count_text({"qualifier": "at_least", "value": 42, "low": 42, "best": None, "high": None})
    'at least 42'
    """
    return str(Estimate(row["low"], row["best"], row["high"], row["value"], row["qualifier"]))


def published_text(row: dict[str, Any]) -> str:
    """When a report was published, as far as it is known.

    Examples
    --------
    >>> published_text({"published_earliest": None, "published_latest": None})
    'day of publication not stated'
    """
    if row["published_latest"] is None:
        return "day of publication not stated"
    return f"published {format_date(row['published_earliest'], row['published_latest'])}"
