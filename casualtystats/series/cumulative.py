"""Running totals: counts since a first day, at the end of each cell. They are not summed and not cumulated again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Generic, Literal, NoReturn, TypeVar

import polars as pl

from casualtystats.errors import KindError
from casualtystats.periods.cadence import Every
from casualtystats.reports import Reports
from casualtystats.series.allocation import ONE
from casualtystats.series.cells import Facts, Grid, running
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import MeasureType

__all__ = ["CumulativeSeries", "cumulated"]

M = TypeVar("M", bound=MeasureType)


@dataclass(frozen=True, eq=False, repr=False)
class CumulativeSeries(Generic[M]):
    """A running total with bounds. Made by `FlowSeries.cumulate`.

    Attributes
    ----------
    info : SeriesInfo
        What is counted, by whom.
    reports : Reports
        The reports behind it.
    frame : pl.LazyFrame
        Columns of `by`, then `since`, `date` (the total counts both days), `cumulative_low`, `cumulative_best`,
        `cumulative_high` (null = not known), `coverage` (share of the days since then that a report about the whole
        speaks about), `reports` (number of reports that have begun).
    audit : pl.LazyFrame
        What became of each report.
    """

    info: SeriesInfo
    reports: Reports
    frame: pl.LazyFrame
    audit: pl.LazyFrame

    def to_frame(self) -> pl.DataFrame:
        """The running totals as a frame."""
        return self.frame.collect(engine="streaming")

    def __str__(self) -> str:
        return f"running total of reported {self.info.noun} since {self.info.first}, to {self.info.last}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from casualtystats.markup import html_table

        return html_table(self.to_frame(), str(self), self.info.source_line)

    if not TYPE_CHECKING:

        def cumulate(self) -> NoReturn:
            """Refuse: a running total is cumulated already."""
            raise KindError(
                "a running total is cumulated already; take the flow series and call .cumulate() on it once"
            )

        def total(self) -> NoReturn:
            """Refuse: running totals contain one another."""
            raise KindError("running totals contain one another and are not summed; the last row is the total")

        def resample(self, *_: object, **__: object) -> NoReturn:
            """Refuse: the calendar comes before the running total."""
            raise KindError("set the calendar on the flow series first: series.resample('week').cumulate()")


def cumulated(
    intervals: pl.LazyFrame, facts: Facts, every: Every, origin: date | None, spread: Literal["uniform", "whole"]
) -> pl.LazyFrame:
    """Running totals at the end of each cell; bounds count whole reports, best what is allocated so far."""
    grid = Grid.of(facts, every, origin)
    slots = running(intervals, grid, spread)
    rows = grid.numbered(intervals)
    ended = rows.group_by(at=grid.number(pl.col("period_end"))).agg(
        done=pl.col("low").sum() if facts.additive else pl.col("low").max(),
    )
    begun = rows.group_by(at=grid.number(pl.col("period_start"))).agg(
        begun=pl.len().cast(pl.Int64), most=pl.col("high").sum(),
        open_top=pl.col("high").null_count().cast(pl.Int64), sided=pl.col("best").null_count().cast(pl.Int64),
    )  # fmt: skip
    names = ["begun", "most", "open_top", "sided"]
    placed = [grid.slots(ended).select("slot", "done"), grid.slots(begun).select("slot", *names)]
    sums = grid.summed(placed, ["done", *names], [] if facts.additive else ["done"])
    joined = slots.join(sums, on="slot", how="left").sort("slot")
    row = pl.col("slot") // grid.width
    least = pl.col("done").cum_sum() if facts.additive else pl.col("done").cum_max()
    so_far = joined.select(
        *facts.by, "period_end", "slot",
        least.over(row), pl.col(*names, "covered", "days").cum_sum().over(row), pl.col("total").cum_sum().over(row),
    )  # fmt: skip
    speaks = (pl.col("begun") > 0) | (pl.col("covered") > 0)
    known = speaks & (pl.col("sided") == 0)
    if not facts.additive:
        known &= pl.col("begun") <= 1
    full = (pl.col("covered") == pl.col("days")) & (pl.col("open_top") == 0)
    return so_far.select(
        *facts.by,
        since=pl.lit(grid.cells["period_start"][0]),
        date="period_end",
        cumulative_low=pl.when(speaks).then("done"),
        cumulative_best=pl.when(known).then(pl.col("total").cast(pl.Float64) / float(ONE)),
        cumulative_high=pl.when(full).then("most"),
        coverage=pl.col("covered").cast(pl.Float64) / pl.col("days").cast(pl.Float64),
        reports="begun",
    )
