"""Stretches and dates of facilities counted by calendar cell: each facility once, or each date."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from casualtystats.reports.facilities.chains import FAR, Chains
from casualtystats.series.availability.counts import Grid, Ints

__all__ = ["Marks", "counted_each", "counted_once", "starts"]

_APART: Final = 1 << 33


class Marks:
    """Stretches as frames: `f` (row of the register), `from`, `until` (day numbers)."""

    @staticmethod
    def inside(rows: pl.DataFrame, grid: Grid) -> pl.DataFrame:
        """Of stretches of which one unknown day counts, those that lie in one cell, with that cell as their days."""
        some = rows.filter(pl.col("from") >= grid.first, pl.col("until") <= grid.last)
        begin, end = (grid.cell_of[some[name].to_numpy() - grid.first] for name in ("from", "until"))
        return some.filter(pl.Series(begin == end)).select("f", "from", "until")

    @staticmethod
    def without(free: pl.DataFrame, taken: pl.DataFrame) -> pl.DataFrame:
        """The days of disjoint stretches that no other disjoint stretch of the same facility holds."""
        steps = [
            rows.select(at=pl.col("f").cast(pl.Int64) * _APART - FAR[0] + day, step=pl.lit(step, pl.Int64))
            for rows, weight in ((free, 1), (taken, -1))
            for day, step in ((pl.col("from"), weight), (pl.col("until").cast(pl.Int64) + 1, -weight))
        ]
        now = pl.concat(steps).sort("at").with_columns(pl.col("step").cum_sum(), until=pl.col("at").shift(-1) - 1)
        held = now.filter(pl.col("step") > 0, pl.col("until") >= pl.col("at"))
        return held.select(
            f=(pl.col("at") // _APART).cast(pl.Int32),
            **{"from": (pl.col("at") % _APART + FAR[0]).cast(pl.Int32)},
            until=(pl.col("until") % _APART + FAR[0]).cast(pl.Int32),
        )


def counted_once(rows: pl.DataFrame, grid: Grid, sure: np.ndarray[tuple[int], np.dtype[np.bool_]] | None) -> Ints:
    """Facilities by cell that have a stretch in it, each once."""
    if sure is not None:
        rows = rows.filter(pl.Series(sure).gather(rows["f"]))
    some = rows.filter(pl.col("from") <= grid.last, pl.col("until") >= grid.first)
    begin = grid.cell_of[np.maximum(some["from"].to_numpy(), grid.first) - grid.first]
    end = grid.cell_of[np.minimum(some["until"].to_numpy(), grid.last) - grid.first]
    apart = some["f"].cast(pl.Int64) * _APART
    cells = pl.DataFrame({"first": apart + pl.Series(begin), "last": apart + pl.Series(end)}).sort("first")
    # Stretches of one facility that share a cell are one: a stretch counts from the first cell that none before it reached.
    reached = pl.col("last").cum_max().shift(1).fill_null(-1)
    fresh = cells.with_columns(first=pl.max_horizontal("first", reached + 1)).filter(pl.col("first") <= pl.col("last"))
    change = np.zeros(grid.width, np.int64)
    np.add.at(change, (fresh["first"] % _APART).to_numpy(), 1)
    np.add.at(change, (fresh["last"] % _APART).to_numpy() + 1, -1)
    return np.cumsum(change)[:-1]


def counted_each(rows: pl.DataFrame, grid: Grid, *, surely: bool) -> Ints:
    """Dates by cell: those that surely lie in it, or that may. `from` and `until` are the range of one unknown day."""
    if surely:
        rows = Marks.inside(rows, grid)
    some = rows.filter(pl.col("from") <= grid.last, pl.col("until") >= grid.first)
    begin = grid.cell_of[np.maximum(some["from"].to_numpy(), grid.first) - grid.first]
    end = grid.cell_of[np.minimum(some["until"].to_numpy(), grid.last) - grid.first]
    change = np.zeros(grid.width, np.int64)
    np.add.at(change, begin, 1)
    np.add.at(change, end + 1, -1)
    return np.cumsum(change)[:-1]


def starts(chained: Chains, out: tuple[int, ...]) -> pl.DataFrame:
    """Spells out of service that begin an outage, or may.

    Returns
    -------
    pl.DataFrame
        `f`; `from`, `until`: the range of days on which it may have begun (of one whose start is not known: back to the day after
        the end of the spell before); `surely`: whether it surely begins one.
    """
    spells = chained.spells
    was_out = pl.col("status").shift(1).is_in(list(out)) & ~pl.col("first")
    was_unknown = (pl.col("status").shift(1) == 4) & ~pl.col("first")
    lasting, destroyed = pl.col("no_end").shift(1), pl.col("status").shift(1) == 3
    apart = pl.col("start_low") > pl.col("end_high").shift(1) + 1
    joined = pl.col("start_high") == pl.col("end_low").shift(1) + 1
    never = was_out & ((~lasting & joined) | (lasting & (destroyed | joined))) & ~pl.col("no_start")
    never |= was_out & joined
    maybe = ((was_out | was_unknown) & (lasting | ~apart)) | pl.col("no_start")
    life = chained.register.select("opened", "closed")[spells["f"]]
    before = pl.when(pl.col("first")).then(FAR[0]).otherwise(pl.col("end_low").shift(1) + 1)
    rows = pl.concat([spells, life], how="horizontal").with_columns(
        never=never.fill_null(value=False),
        surely=~maybe.fill_null(value=False),
        start_low=pl.when("no_start").then(before).otherwise("start_low"),
    )
    kept = rows.filter(
        pl.col("status").is_in(list(out)),
        ~pl.col("never"),
        pl.col("start_low") <= pl.col("closed"),
        pl.col("start_high") >= pl.col("opened"),
    )
    exists = (pl.col("start_low") >= pl.col("opened")) & (pl.col("start_high") <= pl.col("closed"))
    return kept.select(
        "f",
        pl.max_horizontal("start_low", "opened").alias("from"),
        until=pl.min_horizontal("start_high", "closed"),
        surely=pl.col("surely") & exists,
    )
