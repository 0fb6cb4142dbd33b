"""What regular cells must be before one is compared with the next, and what to say of those that are not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal

import polars as pl

from casualtystats.errors import (
    KindError,
    NotAdditiveError,
    OptionError,
    TooFewReportsError,
    UndefinedEstimateError,
)
from casualtystats.periods import Every
from casualtystats.periods.cadence import every_name
from casualtystats.series.info import SeriesInfo
from casualtystats.trends.flows import expect_flow

__all__ = ["Count", "cells_text", "flow_of_counts", "refuse_bounds", "refuse_spread", "spans_text", "trimmed"]

Count = Literal["exact", "low", "best", "high"]

_MOST: Final = 4
_DAY: Final = timedelta(days=1)


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


def flow_of_counts(series: object, why: str) -> SeriesInfo:
    """What a series is about, if its cells can be compared with each other.

    Raises
    ------
    KindError, MeasureError
        If it is no flow series, or one of bounds.
    OptionError
        If it is split.
    NotAdditiveError
        If its counts do not add up over days.
    """
    flow = expect_flow(series, f" for {why}")
    if flow.ledger is not None:
        raise KindError(
            f"expected reported counts for {why}, got a series with overlap='bounds': bounds of neighbouring cells follow "
            "from the same reports and are no counts. Choose one source, or another rule for overlaps"
        )
    known = flow.info
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


def trimmed(frame: pl.DataFrame, every: Every, why: str) -> tuple[pl.DataFrame, list[str]]:
    """The cells from the first to the last covered one, and what was left out before and after them."""
    at = frame.with_row_index("_at").filter(pl.col("coverage") >= 1)["_at"].to_list()
    if not at:
        cut = frame.filter(pl.col("allocated"))
        if not cut.is_empty():
            refuse_spread(frame, every, why)
        raise TooFewReportsError(
            f"expected {every_name(every)}s that reports about the whole place and group cover for {why}, got none of "
            f"{frame.height}; take a coarser calendar, or say with observed= where silence means none reported"
        )
    notes = [
        f"Left out at the {name}, for not every day is covered: {cells_text(part, every)}."
        for name, part in (("start", frame[: at[0]]), ("end", frame[at[-1] + 1 :]))
        if not part.is_empty()
    ]
    return frame[at[0] : at[-1] + 1], notes


def refuse_spread(cells: pl.DataFrame, every: Every, why: str) -> None:
    """Refuse cells that cut a report: their counts are shares of it.

    Raises
    ------
    KindError
        If there are such cells.
    """
    spread = cells.filter(pl.col("allocated"))
    if not spread.is_empty():
        raise KindError(
            f"expected counts as they were reported for {why}, got counts spread over days in "
            f"{cells_text(spread, every)}: what a report holds was shared out over its days, which says nothing of their "
            "variation. Take a calendar whose cells hold whole reports, such as .resample('week') or .resample('month')"
        )


def refuse_bounds(cells: pl.DataFrame, every: Every, count: Count, why: str) -> None:
    """Refuse cells without the value asked for.

    Raises
    ------
    UndefinedEstimateError
        If there are such cells.
    """
    if count == "exact":
        wrong = cells.filter(pl.col("low").ne_missing(pl.col("high")))
        if not wrong.is_empty():
            raise UndefinedEstimateError(
                f"expected exact counts for {why}, got bounds that do not meet in {cells_text(wrong, every)}; take one "
                "value of each as if it were exact with count='low', 'best' or 'high', and see how far the answer moves"
            )
        return
    wrong = cells.filter(pl.col(count).is_null())
    if not wrong.is_empty():
        raise UndefinedEstimateError(
            f"expected count={count!r} to be known in every {every_name(every)} for {why}, got none in "
            f"{cells_text(wrong, every)}; count='low' is known wherever there is a report"
        )


def cells_text(cells: pl.DataFrame, every: Every) -> str:
    """How many cells, and which days they are."""
    spans: list[tuple[date, date]] = cells.select("period_start", "period_end").rows()
    name = every_name(every)
    plural = f"{len(spans):,} cells of {name}" if isinstance(every, timedelta) else f"{len(spans):,} {name}s"
    return f"{plural if len(spans) > 1 else '1 ' + name} ({spans_text(spans)})"
