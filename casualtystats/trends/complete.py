"""Counts of regular cells as they were reported, for methods that look at one cell after another.

Change points, surges and decompositions compare a cell with its neighbours. A count that was spread over days has no
variation of its own, a bound is no count, and a cell without a report is not zero: such cells are refused here, or
kept as missing, and never filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError, TooFewReportsError, UndefinedEstimateError
from casualtystats.periods import Every
from casualtystats.periods.cadence import every_name
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.trends.cellchecks import Count, cells_text, flow_of_counts, refuse_bounds, refuse_spread, trimmed

__all__ = ["CompleteCells", "complete_cells"]

Need = Literal["all", "gaps"]

NO_REPORT: Final = "no report"
PARTLY: Final = "some days are not covered by a report about the whole"


@dataclass(frozen=True, eq=False)
class CompleteCells:
    """Regular cells with their counts.

    Attributes
    ----------
    info : SeriesInfo
        What is counted.
    every : Every
        The calendar.
    frame : pl.DataFrame
        One row a cell, in order: `period_start`, `period_end` (included), `days`, `count` (whole; null = not known),
        `reason` (why it is not known; null where it is).
    count : {"exact", "low", "best", "high"}
        Which value of each cell `count` is.
    notes : tuple of str
        What was left out at the ends, and what was taken for a count.
    """

    info: SeriesInfo
    every: Every
    frame: pl.DataFrame
    count: Count
    notes: tuple[str, ...]

    @property
    def dates(self) -> list[date]:
        """The first day of each cell."""
        return self.frame["period_start"].to_list()

    @property
    def days(self) -> NDArray[np.int64]:
        """The length of each cell, in days."""
        return self.frame["days"].cast(pl.Int64).to_numpy()

    @property
    def counts(self) -> NDArray[np.int64]:
        """The counts; only where none is missing (`need="all"`)."""
        return self.frame["count"].to_numpy()

    @property
    def cell(self) -> str:
        """What a cell is called: "day", "week", "month", "7-day cell"."""
        return f"{self.every.days}-day cell" if isinstance(self.every, timedelta) else self.every

    @property
    def alike(self) -> bool:
        """Whether all cells have the same number of days."""
        return self.frame["days"].n_unique() == 1

    @property
    def caveat(self) -> tuple[str, ...]:
        """What must be read with any result that is made of these cells."""
        return (
            "Counts are what was reported: more reporting looks the same as more events.",
            *self.notes,
        )

    def enough(self, needed: int, why: str) -> None:
        """Refuse too few cells, or counts that are all zero.

        Raises
        ------
        TooFewReportsError
            If there are fewer cells than needed.
        UndefinedEstimateError
            If no cell has a count above 0.
        """
        if self.frame.height < needed:
            left = "".join(f" {note}" for note in self.notes)
            raise TooFewReportsError(
                f"expected at least {needed} {self.cell}s in a row for {why}, got {self.frame.height}; take a longer "
                f"series or a finer calendar.{left}"
            )
        if not self.frame["count"].sum():
            raise UndefinedEstimateError(
                f"expected at least one count above 0 for {why}, got {self.frame.height} {self.cell}s of 0; there is "
                "nothing to compare: say how many were observed instead"
            )


def complete_cells(
    series: FlowSeries[Any], *, need: Need = "all", count: Count = "exact", why: str = "this method"
) -> CompleteCells:
    """The cells of a series on a calendar, each with a count that was reported as such.

    A cell can be used if reports about the whole place and group (or an `observed` period) cover all of its days, no
    report is cut by it, and its bounds meet. Cells at the start and end that are not covered are left out, and said.

    Parameters
    ----------
    series : FlowSeries
        With a calendar (`resample`), not split, of counts that add up, and not from overlap="bounds".
    need : {"all", "gaps"}
        "all" refuses a cell without a count between others; "gaps" keeps it, with its reason.
    count : {"exact", "low", "best", "high"}
        "exact" refuses cells whose bounds do not meet. The others take one value of each cell as if it were exact.
    why : str
        What the cells are for, for messages.

    Returns
    -------
    CompleteCells
        Cells in order, without a hole in the calendar.

    Raises
    ------
    KindError, MeasureError
        If it is no flow series, comes from overlap="bounds", or a cell holds a count that was spread over days.
    OptionError
        If the series has no calendar or is split, or an option is not known.
    NotAdditiveError
        If its counts do not add up over days.
    UndefinedEstimateError
        If a cell has bounds that do not meet, or lacks the value asked for.
    TooFewReportsError
        If no cell is covered, or one between others is not (`need="all"`).

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> days = ["2019-05-01", "2019-05-02", "2019-05-04"]
    >>> rows = pl.DataFrame({"report_id": list("abc"), "measure": "killed", "unit": "people", "kind": "flow",
    ...     "value": ["3", "0", "5"], "start": days, "end": days})
    >>> daily = deaths(read_reports(rows)).resample("day")
    >>> complete_cells(daily, need="gaps").frame.select("count", "reason").rows()
    [(3, None), (0, None), (None, 'no report'), (5, None)]
    """
    info = flow_of_counts(series, why)
    if need not in get_args(Need) or count not in get_args(Count):
        raise OptionError(f"expected count= one of {', '.join(get_args(Count))}; got {count!r}")
    every = series.every
    if every is None:
        raise OptionError(
            f"expected a series with a calendar for {why}; use .resample('day') or .resample('week') first"
        )
    frame = series.cells.collect(engine="streaming").sort("period_start")
    kept, notes = trimmed(frame, every, why)
    refuse_spread(kept, every, why)
    covered = pl.col("coverage") >= 1
    value = pl.col("low" if count == "exact" else count)
    refuse_bounds(kept.filter(covered), every, count, why)
    if count != "exact" and not kept.filter(covered & (pl.col("low").ne_missing(pl.col("high")))).is_empty():
        notes.append(f"Where bounds do not meet, the {count} value was taken as if it were exact.")
    reason = pl.when(pl.col("low").is_null()).then(pl.lit(NO_REPORT)).when(~covered).then(pl.lit(PARTLY))
    cells = kept.with_columns(reason=reason).select(
        "period_start", "period_end", "days", "reason",
        count=pl.when(pl.col("reason").is_null()).then(value.round().cast(pl.Int64)),
    ).select("period_start", "period_end", "days", "count", "reason")  # fmt: skip
    gaps = cells.filter(pl.col("count").is_null())
    if need == "all" and not gaps.is_empty():
        raise TooFewReportsError(
            f"expected a count in every {every_name(every)} for {why}, got none in {cells_text(gaps, every)}: no report is "
            "not zero. Take a stretch without gaps or a coarser calendar; if silence meant none reported, say so with "
            "observed= when the series is built"
        )
    return CompleteCells(info, every, cells, count, tuple(notes))
