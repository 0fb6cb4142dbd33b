"""Running totals of a flow series at the end of each calendar cell, with what its reports imply for them."""

from __future__ import annotations

from datetime import date
from typing import Literal

import polars as pl

from casualtystats.periods.cadence import Every
from casualtystats.series.allocation import ONE
from casualtystats.series.cells import Facts, Grid, running

__all__ = ["cumulated"]


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
