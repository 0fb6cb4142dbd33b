"""Calendar cells of a set of intervals, without ever writing out the days of an interval.

Each interval leaves two events: its daily rate, bounds and number begin to count at its first day and cease after
its last. Events are summed by row of the series and date, then by cell, and a running sum over the cells gives what
is active in each. All sums are of integers: exact, and the same in any order. The work grows with intervals and
cells, not with the lengths of periods.

Within a cell that starts on day c and has W days, with daily rate R active before c and jumps r_j on days x_j of
the cell, the allocated count is R * W + sum_j r_j * (c + W - x_j).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

import polars as pl

from casualtystats.periods.cadence import Every, calendar, same_cell
from casualtystats.series.allocation import ONE, fuzzy_jumps, rate_of

__all__ = ["Facts", "Grid", "cells", "running"]

Spread = Literal["uniform", "whole"]
# polars has no negation of 128-bit integers; it subtracts them.
_NONE: Final = pl.lit(0, pl.Int128)


@dataclass(frozen=True)
class Facts:
    """What is known of the intervals before they are summed, so that the plan can leave out what they do not have."""

    rows: pl.DataFrame
    first: date
    last: date
    additive: bool
    fuzzy: bool
    one_sided: bool
    unbounded: bool
    whole: Literal["all", "some", "none"]
    sure: bool
    observed: tuple[tuple[date, date], ...] = ()

    @property
    def by(self) -> list[str]:
        """The columns that split the series into rows."""
        return self.rows.columns


@dataclass(frozen=True)
class Grid:
    """The slots (row of the series x calendar cell) of an answer; each row ends with one slot that is no cell."""

    facts: Facts
    every: Every
    origin: date | None
    cells: pl.DataFrame

    @classmethod
    def of(cls, facts: Facts, every: Every, origin: date | None) -> Grid:
        """The grid from the first to the last day of any report or observed period."""
        first = min([facts.first, *(start for start, _ in facts.observed)])
        last = max([facts.last, *(end for _, end in facts.observed)])
        origin = first if origin is None and not isinstance(every, str) else origin
        return cls(facts, every, origin, calendar(first, last, every, origin))

    @property
    def width(self) -> int:
        """Slots a row: its cells and one more, in which what lies after the last cell falls."""
        return self.cells.height + 1

    @property
    def first(self) -> int:
        """First day of the grid, counted from 1970-01-01."""
        day: date = self.cells["period_start"][0]
        return (day - date(1970, 1, 1)).days

    @property
    def span(self) -> int:
        """Day numbers a row: the days of the grid, and one day after them."""
        last: date = self.cells["period_end"][-1]
        return (last - date(1970, 1, 1)).days - self.first + 2

    def numbered(self, events: pl.LazyFrame) -> pl.LazyFrame:
        """Events with `_base`: the number of the first day of their row.

        A row of the series and a day are grouped by one whole number: several times faster than by a text and a date.
        """
        if not self.facts.by:
            return events.with_columns(_base=pl.lit(0, pl.Int64))
        rows = self.facts.rows.with_row_index("_base").with_columns(pl.col("_base").cast(pl.Int64) * self.span)
        return events.join(rows.lazy(), on=self.facts.by, how="left", nulls_equal=True)

    def number(self, day: pl.Expr) -> pl.Expr:
        """The number of a day in its row."""
        return pl.col("_base") + (day.to_physical() - self.first).cast(pl.Int64)

    def slots(self, events: pl.LazyFrame) -> pl.LazyFrame:
        """Events by day number `at`, with the `slot` of that day, and `left`: the days from it to the end of its cell."""
        if self.every == "day":
            return events.with_columns(slot="at", left=pl.lit(1, pl.Int64))
        table = self.cells.lazy().select(
            _cell=pl.col("cell").cast(pl.Int64),
            _from=(pl.col("period_start").to_physical() - self.first).cast(pl.Int64),
            _until=(pl.col("period_end").to_physical() - self.first + 1).cast(pl.Int64),
        )
        day = pl.int_ranges("_from", "_until").alias("_day")
        days = table.select("_cell", "_until", day).explode("_day")
        placed = events.with_columns(_day=pl.col("at") % self.span).join(days, on="_day", how="left")
        slot = pl.col("at") // self.span * self.width + pl.col("_cell").fill_null(self.width - 1)
        return placed.with_columns(slot=slot, left=(pl.col("_until") - pl.col("_day")).fill_null(1))

    def frame(self) -> pl.LazyFrame:
        """All slots that are cells, with their dates and their row's values, in no order."""
        rows = self.facts.rows if self.facts.by else pl.DataFrame({"_one": [0]})
        named = rows.lazy().with_row_index("_row_of").join(self.cells.lazy(), how="cross")
        slot = pl.col("_row_of").cast(pl.Int64) * self.width + pl.col("cell").cast(pl.Int64)
        return named.select(*self.facts.by, "period_start", "period_end", "days", slot=slot)

    def summed(self, events: list[pl.LazyFrame], columns: list[str], largest: list[str]) -> pl.LazyFrame:
        """Events summed by slot (the columns in `largest`: their maximum), on every slot and in order."""
        sums = [pl.col(name).sum() for name in columns if name not in largest]
        maxima = [pl.col(name).max() for name in largest]
        total = pl.concat(events, how="diagonal").group_by("slot").agg(*sums, *maxima)
        number = max(1, self.facts.rows.height if self.facts.by else 1) * self.width
        slots = pl.LazyFrame({"slot": pl.int_range(number, eager=True)})
        # A slot in which no event falls has sums of nothing: zero, not a gap. Joins may reorder, and running sums follow.
        return slots.join(total, on="slot", how="left").with_columns(pl.col(columns).fill_null(0)).sort("slot")


def _length() -> pl.Expr:
    return (pl.col("period_end").to_physical() - pl.col("period_start").to_physical() + 1).cast(pl.Int64)


def _fuzzy() -> pl.Expr:
    return (pl.col("start_latest") != pl.col("period_start")) | (pl.col("end_earliest") != pl.col("period_end"))


def _short() -> pl.Expr:
    """Whether a stated length leaves out some hours of the dates."""
    return (pl.col("hours") < 24 * _length()).fill_null(value=False)


def _jumps(intervals: pl.LazyFrame, facts: Facts, spread: Spread) -> tuple[pl.Expr, list[pl.LazyFrame]]:
    """The rate that begins with an interval, and the jumps that are neither at its first day nor after its last."""
    days, best = _length(), pl.col("best")
    extra: list[pl.LazyFrame] = []
    if spread == "whole":
        rate = (best // days).cast(pl.Int128) * pl.lit(ONE, pl.Int128)
        # The first N mod D days hold one more: ties of the largest remainders go to the earliest.
        more = best % days
        fixed = intervals.filter(~_fuzzy()) if facts.fuzzy else intervals
        some = fixed.filter(best.is_not_null() & (more > 0))
        until = (pl.col("period_start").to_physical() + more.cast(pl.Int32)).cast(pl.Date)
        one = pl.lit(ONE, pl.Int128)
        extra.append(some.group_by(*facts.by, date="period_start").agg(rate=one * pl.len().cast(pl.Int128)))
        extra.append(some.group_by(*facts.by, date=until).agg(rate=_NONE - one * pl.len().cast(pl.Int128)))
    else:
        rate = rate_of(best, days)
    if facts.fuzzy:
        rate = pl.when(_fuzzy()).then(_NONE).otherwise(rate)
        rows = intervals.filter(_fuzzy() & best.is_not_null())
        extra.append(fuzzy_jumps(rows, facts.by, whole=spread == "whole"))
    return rate, extra


@dataclass(frozen=True)
class _Edges:
    """What begins and what ceases to count, summed by row of the series and date.

    Each interval is read twice, once for its first day and once for its last; everything else is made of these sums.
    """

    begins: pl.LazyFrame
    ceases: pl.LazyFrame
    active: list[str]
    extra: list[pl.LazyFrame]

    @classmethod
    def of(cls, intervals: pl.LazyFrame, grid: Grid, spread: Spread) -> _Edges:
        """Sums by date; `whole` counts the intervals that speak about the whole."""
        facts = grid.facts
        rate, extra = _jumps(intervals, facts, spread)
        active: dict[str, pl.Expr] = {"n": pl.len().cast(pl.Int64), "high": pl.col("high").sum()}
        if facts.unbounded:
            active["no_high"] = pl.col("high").null_count().cast(pl.Int64)
        if facts.one_sided:
            active["no_best"] = pl.col("best").null_count().cast(pl.Int64)
        if facts.whole == "some":
            active["whole"] = pl.col("whole").sum().cast(pl.Int64)
        inside = same_cell(pl.col("period_start"), pl.col("period_end"), grid.every, grid.origin)
        low = pl.when(inside).then(pl.col("low"))
        rows = grid.numbered(intervals)
        begins = rows.group_by(at=grid.number(pl.col("period_start"))).agg(
            rate=rate.sum(),
            low=low.sum() if facts.additive else low.max(),
            inside=inside.sum().cast(pl.Int64),
            **active,
        )
        ceases = rows.group_by(at=grid.number(pl.col("period_end"))).agg(
            rate=_NONE - rate.sum(), **{name: -expr for name, expr in active.items()}
        )
        jumps = [grid.numbered(some).select("rate", at=grid.number(pl.col("date"))) for some in extra]
        # Both are small beside the intervals, and used several times for calendars other than days.
        return cls(begins.cache(), ceases.cache(), list(active), jumps)

    def events(self, grid: Grid) -> tuple[list[pl.LazyFrame], list[str]]:
        """The sums by slot, and the names of their columns."""
        part = pl.col("rate") * pl.col("left")
        started = grid.slots(self.begins).select("slot", "low", "inside", *self.active, "rate", part=part)
        after = grid.slots(self.ceases.with_columns(at=pl.col("at") + 1))
        if grid.every == "day":
            ended = [after.select("slot", *self.active, "rate", part="rate")]
        else:
            last = grid.slots(self.ceases).select(pl.col("slot") + 1, *self.active)
            ended = [after.select("slot", "rate", part=part), last]
        more = [grid.slots(jumps).select("slot", "rate", part=part) for jumps in self.extra]
        return [started, *ended, *more], ["low", "inside", *self.active, "rate", "part"]


def _change(value: pl.Expr) -> pl.Expr:
    """Difference from the row before; the first row's, from nothing."""
    return value - value.shift(1).fill_null(0)


def _covered_days(intervals: pl.LazyFrame, edges: _Edges, grid: Grid) -> pl.LazyFrame:
    """Days of each slot about which a report on the whole surely speaks, or which lie in an observed period.

    A day on which a fuzzy period may not have begun, or which a stated length of hours may leave out, is not sure.
    """
    facts = grid.facts
    count = "whole" if facts.whole == "some" else "n"
    events: list[pl.LazyFrame] = []
    if facts.whole != "none" and not facts.sure:
        # The days that every feasible period holds: it starts by its end, and ends from its start on.
        ends = intervals.filter(pl.col("whole") & ~_short()).with_columns(
            _from=pl.min_horizontal("start_latest", "period_end"),
            _until=pl.max_horizontal("end_earliest", "period_start"),
        )
        rows = grid.numbered(ends.filter(pl.col("_from") <= pl.col("_until")))
        one = pl.len().cast(pl.Int64)
        events.append(rows.group_by(at=grid.number(pl.col("_from"))).agg(change=one))
        events.append(rows.group_by(at=grid.number(pl.col("_until")) + 1).agg(change=-one))
    elif facts.whole != "none":
        events.append(edges.begins.select("at", change=count))
        events.append(edges.ceases.select(at=pl.col("at") + 1, change=count))
    if facts.observed:
        day = timedelta(days=1)
        changes = [change for first, last in facts.observed for change in ((first, 1), (last + day, -1))]
        seen = pl.LazyFrame(changes, schema={"date": pl.Date, "change": pl.Int64}, orient="row")
        rows = facts.rows.lazy().join(seen, how="cross") if facts.by else seen
        events.append(grid.numbered(rows).select("change", at=grid.number(pl.col("date"))))
    by_date = pl.concat(events, how="diagonal").group_by("at").agg(pl.col("change").sum()).sort("at")
    # Each row's changes cancel, so that one running sum serves all rows.
    open_ = pl.col("change").cum_sum() > 0
    turns = by_date.with_columns(open=open_).with_columns(turn=_change(pl.col("open").cast(pl.Int64)))
    placed = grid.slots(turns.filter(pl.col("turn") != 0))
    jumps = placed.select("slot", rate="turn", part=pl.col("turn") * pl.col("left"))
    total = grid.summed([jumps], ["rate", "part"], [])
    days = pl.lit(1) if grid.every == "day" else pl.col("days")
    before = pl.col("rate").cum_sum() - pl.col("rate")
    named = grid.frame().join(total.with_columns(before=before), on="slot", how="left")
    return named.select("slot", covered=pl.col("before") * days + pl.col("part"))


def running(intervals: pl.LazyFrame, grid: Grid, spread: Spread) -> pl.LazyFrame:
    """Cells in order with what is active in each: `n, inside, low, high, no_best, no_high, total, covered` (all integers)."""
    facts = grid.facts
    edges = _Edges.of(intervals, grid, spread)
    events, columns = edges.events(grid)
    total = grid.summed(events, columns, [] if facts.additive else ["low"])
    active = [name for name in columns if name in ("n", "high", "no_high", "no_best")]
    before = pl.col("rate").cum_sum() - pl.col("rate")
    total = total.select("slot", "low", "inside", "part", *(pl.col(name).cum_sum() for name in active), before=before)
    missing = [pl.lit(0, pl.Int64).alias(name) for name in ("no_high", "no_best") if name not in columns]
    named = grid.frame().join(total, on="slot", how="left").with_columns(missing)
    named = named.with_columns(total=pl.col("before") * pl.col("days") + pl.col("part"))
    if facts.whole == "none" and not facts.observed:
        return named.with_columns(covered=pl.lit(0, pl.Int64)).sort("slot")
    if grid.every == "day" and facts.whole == "all" and facts.sure and not facts.observed:
        return named.with_columns(covered=(pl.col("n") > 0).cast(pl.Int64)).sort("slot")
    return named.join(_covered_days(intervals, edges, grid), on="slot", how="left").sort("slot")


def cells(intervals: pl.LazyFrame, facts: Facts, every: Every, origin: date | None, spread: Spread) -> pl.LazyFrame:
    """The cells of a flow series, in the columns of `CellSchema`, the columns of `facts.rows` in front.

    Parameters
    ----------
    intervals : pl.LazyFrame
        In the columns of `IntervalSchema`.
    facts : Facts
        What is known of them.
    every, origin : Every, date
        The calendar.
    spread : {"uniform", "whole"}
        How `best` is spread over the days of a period.
    """
    slots = running(intervals, Grid.of(facts, every, origin), spread)
    speaks = (pl.col("n") > 0) | (pl.col("covered") > 0)
    known = speaks & (pl.col("no_best") == 0)
    if not facts.additive:
        known &= pl.col("n") <= 1
    full = (pl.col("covered") == pl.col("days")) & (pl.col("no_high") == 0)
    return slots.select(
        *facts.by, "period_start", "period_end", "days",
        low=pl.when(speaks).then("low"),
        best=pl.when(known).then(pl.col("total").cast(pl.Float64) / float(ONE)),
        high=pl.when(full).then("high"),
        coverage=pl.col("covered").cast(pl.Float64) / pl.col("days").cast(pl.Float64),
        allocated=pl.col("n") > pl.col("inside"),
        reports=pl.col("n"),
    )  # fmt: skip
