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

from casualtystats.errors import (
    KindError,
    MeasureError,
    NotAdditiveError,
    OptionError,
    TooFewReportsError,
    UndefinedEstimateError,
)
from casualtystats.periods import Every
from casualtystats.periods.cadence import every_name
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo

__all__ = ["CompleteCells", "Count", "complete_cells", "spans_text"]

Need = Literal["all", "gaps"]
Count = Literal["exact", "low", "best", "high"]

NO_REPORT: Final = "no report"
PARTLY: Final = "some days are not covered by a report about the whole"
_MOST: Final = 4
_DAY: Final = timedelta(days=1)


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
    info = _flow_info(series, why)
    if need not in get_args(Need) or count not in get_args(Count):
        raise OptionError(f"expected count= one of {', '.join(get_args(Count))}; got {count!r}")
    every = series.every
    if every is None:
        raise OptionError(f"expected a series with a calendar for {why}; use .resample('day') or .resample('week') first")
    frame = series.cells.collect(engine="streaming").sort("period_start")
    kept, notes = _trimmed(frame, every, why)
    _refuse_spread(kept, every, why)
    covered = pl.col("coverage") >= 1
    value = pl.col("low" if count == "exact" else count)
    _refuse_bounds(kept.filter(covered), every, count, why)
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
            f"expected a count in every {every_name(every)} for {why}, got none in {_cells_text(gaps, every)}: no report is "
            "not zero. Take a stretch without gaps or a coarser calendar; if silence meant none reported, say so with "
            "observed= when the series is built"
        )
    return CompleteCells(info, every, cells, count, tuple(notes))


def spans_text(spans: list[tuple[date, date]]) -> str:
    """Periods in words, neighbours joined, the first few of them.

    Examples
    --------
    >>> spans_text([(date(2019, 5, 1), date(2019, 5, 1)), (date(2019, 5, 2), date(2019, 5, 2))])
    '2019-05-01 to 2019-05-02'
    """
    joined: list[tuple[date, date]] = []
    for start, end in spans:
        if joined and start == joined[-1][1] + _DAY:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    texts = [f"{start}" if start == end else f"{start} to {end}" for start, end in joined]
    more = f" and {len(texts) - _MOST:,} more" if len(texts) > _MOST else ""
    return ", ".join(texts[:_MOST]) + more


def _flow_info(series: object, why: str) -> SeriesInfo:
    if not isinstance(series, FlowSeries):
        info = getattr(series, "info", None)
        if isinstance(info, SeriesInfo):
            raise KindError(
                f"expected a flow series (new in each period) for {why}, got a {type(series).__name__} of {info.noun}"
            )
        raise MeasureError(
            f"expected a flow series from cs.deaths(...) or cs.displacement(...) for {why}, got {type(series).__name__}"
        )
    if series.ledger is not None:
        raise KindError(
            f"expected reported counts for {why}, got a series with overlap='bounds': bounds of neighbouring cells follow "
            "from the same reports and are no counts. Choose one source, or another rule for overlaps"
        )
    known: SeriesInfo = series.info
    if known.by:
        raise OptionError(
            f"expected a series that is not split for {why}, got one by {' and '.join(known.by)}; build one series for each"
        )
    if not known.additive:
        raise NotAdditiveError(
            f"expected counts that add up over days for {why}, got {known.noun}: the same ones may be counted on two days. "
            "For people displaced, count movements: unit='displacements'"
        )
    return known


def _trimmed(frame: pl.DataFrame, every: Every, why: str) -> tuple[pl.DataFrame, list[str]]:
    """The cells from the first to the last covered one, and what was left out before and after them."""
    at = frame.with_row_index("_at").filter(pl.col("coverage") >= 1)["_at"].to_list()
    if not at:
        cut = frame.filter(pl.col("allocated"))
        if not cut.is_empty():
            _refuse_spread(frame, every, why)
        raise TooFewReportsError(
            f"expected {every_name(every)}s that reports about the whole place and group cover for {why}, got none of "
            f"{frame.height}; take a coarser calendar, or say with observed= where silence means none reported"
        )
    notes = [
        f"Left out at the {name}, for not every day is covered: {_cells_text(part, every)}."
        for name, part in (("start", frame[: at[0]]), ("end", frame[at[-1] + 1 :]))
        if not part.is_empty()
    ]
    return frame[at[0] : at[-1] + 1], notes


def _refuse_spread(cells: pl.DataFrame, every: Every, why: str) -> None:
    spread = cells.filter(pl.col("allocated"))
    if not spread.is_empty():
        raise KindError(
            f"expected counts as they were reported for {why}, got counts spread over days in "
            f"{_cells_text(spread, every)}: what a report holds was shared out over its days, which says nothing of their "
            "variation. Take a calendar whose cells hold whole reports, such as .resample('week') or .resample('month')"
        )


def _refuse_bounds(cells: pl.DataFrame, every: Every, count: Count, why: str) -> None:
    if count == "exact":
        wrong = cells.filter(pl.col("low").ne_missing(pl.col("high")))
        if not wrong.is_empty():
            raise UndefinedEstimateError(
                f"expected exact counts for {why}, got bounds that do not meet in {_cells_text(wrong, every)}; take one "
                "value of each as if it were exact with count='low', 'best' or 'high', and see how far the answer moves"
            )
        return
    wrong = cells.filter(pl.col(count).is_null())
    if not wrong.is_empty():
        raise UndefinedEstimateError(
            f"expected count={count!r} to be known in every {every_name(every)} for {why}, got none in "
            f"{_cells_text(wrong, every)}; count='low' is known wherever there is a report"
        )


def _cells_text(cells: pl.DataFrame, every: Every) -> str:
    """How many cells, and which days they are."""
    spans: list[tuple[date, date]] = cells.select("period_start", "period_end").rows()
    name = every_name(every)
    plural = f"{len(spans):,} cells of {name}" if isinstance(every, timedelta) else f"{len(spans):,} {name}s"
    return f"{plural if len(spans) > 1 else '1 ' + name} ({spans_text(spans)})"
