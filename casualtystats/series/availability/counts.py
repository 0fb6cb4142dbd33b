"""Facility-days by status and calendar cell, as whole numbers.

A stretch of days is two events: one on its first day, one on the day after its last. Running sums of events over the cells
of a calendar give the days of every status in every cell; no stretch is ever spread over its days. The base status (functional
on observed days) has its own two events a facility, from which the stretches take their days away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.periods.cadence import Every, calendar
from casualtystats.reports.facilities.chains import Chains, day_number

__all__ = ["COUNTED", "Grid", "counts"]

Ints = NDArray[np.int64]
# Statuses by their code (`CODE_NAMES`). What may be anything, or functional or out, has no column: it is what remains.
COUNTED: Final = {
    "functional": 0, "partial": 1, "non_functional": 2, "destroyed": 3,
    "functional_or_partial": 5, "partial_or_out": 6, "non_functional_or_destroyed": 7,
}  # fmt: skip
_CODES: Final = 8
_CHUNK: Final = 20_000_000


@dataclass(frozen=True)
class Grid:
    """The cells of a calendar, cut at the first and last day of a period.

    Attributes
    ----------
    cells : pl.DataFrame
        `period_start`, `period_end` (dates, both included), `days`.
    cell_of, left : array
        By day of the period, and of one day after it: its cell, and the days from it to the end of its cell.
    """

    first: int
    cells: pl.DataFrame
    cell_of: Ints
    left: Ints

    @classmethod
    def of(cls, first: date, last: date, every: Every | None, origin: date | None) -> Grid:
        """The cells from the first to the last day; every=None is one cell."""
        one = pl.DataFrame({"period_start": [first], "period_end": [last]})
        if every is not None:
            start = first if origin is None and not isinstance(every, str) else origin
            one = calendar(first, last, every, start).select("period_start", "period_end")
        cells = one.select(
            pl.max_horizontal("period_start", pl.lit(first)), pl.min_horizontal("period_end", pl.lit(last))
        ).with_columns(days=(pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1)
        lengths: Ints = cells["days"].to_numpy()
        # The day after the last one falls into a cell of its own.
        more: Ints = np.append(lengths, 1)
        cell_of: Ints = np.arange(len(more), dtype=np.int64).repeat(more)
        left: Ints = np.cumsum(more).repeat(more) - np.arange(len(cell_of), dtype=np.int64)
        return cls(day_number(first), cells, cell_of, left)

    @property
    def width(self) -> int:
        """Cells, and one in which what lies after the last cell falls."""
        return self.cells.height + 1

    @property
    def last(self) -> int:
        """Last day of the period, as a day number."""
        return self.first + self.days - 1

    @property
    def days(self) -> int:
        """Days of the period."""
        return len(self.left) - 1


class _Sums:
    """Running sums by group, status and cell: events come in, days go out."""

    def __init__(self, grid: Grid, groups: int, statuses: int) -> None:
        self.grid, self.shape = grid, (groups, statuses, grid.width)
        self.daily = grid.days + 1 == grid.width
        size = groups * statuses * grid.width
        self.rate = np.zeros(size, np.int64)
        self.part = self.rate if self.daily else np.zeros(size, np.int64)

    def add(self, slot: Ints, begin: Ints, stop: Ints, weight: Ints | None, sign: int = 1) -> None:
        """Stretches, by the number of their first slot of group and status, first day, and day after the last."""
        for day, way in ((begin, sign), (stop, -sign)):
            at = slot + (day if self.daily else self.grid.cell_of[day])
            _into(self.rate, at, weight, way)
            if not self.daily:
                left = self.grid.left[day]
                _into(self.part, at, left if weight is None else left * weight, way)

    def total(self) -> Ints:
        """Days by group, status and cell."""
        rate = self.rate.reshape(self.shape)
        after = np.cumsum(rate, axis=2)
        if self.daily:
            return after[:, :, :-1]
        lengths = np.append(self.grid.cells["days"].to_numpy(), 1)
        spread: Ints = (after - rate) * lengths + self.part.reshape(self.shape)
        return spread[:, :, :-1]


def _into(sums: Ints, at: Ints, weight: Ints | None, sign: int) -> None:
    """Add to sums, in whole numbers: the same in any order."""
    if weight is None:
        found = np.bincount(at, minlength=len(sums))
        np.add(sums, found, out=sums) if sign > 0 else np.subtract(sums, found, out=sums)
    else:
        np.add.at(sums, at, weight if sign > 0 else -weight)


def counts(
    chained: Chains, found: pl.DataFrame, group: Ints, groups: int, weight: Ints | None, grid: Grid
) -> dict[str, Ints]:
    """Facility-days by group and cell.

    Parameters
    ----------
    chained : Chains
        The register.
    found : pl.DataFrame
        Its stretches (`stretches`).
    group : array of int
        By facility: the number of its group.
    groups : int
        How many groups there are.
    weight : array of int, optional
        By facility: beds or people served. Days are then days times weight.
    grid : Grid
        The calendar.

    Returns
    -------
    dict of str to array
        Each of shape (groups, cells): the statuses of `COUNTED`, `facility_days`, and `facilities` (the most that exist on
        one day of the cell, not weighted).
    """
    register = {name: chained.register[name].to_numpy().astype(np.int64) for name in chained.register.columns}
    last = grid.last
    opened, closed = np.maximum(register["opened"], grid.first), np.minimum(register["closed"], last)
    seen = (np.maximum(register["seen_from"], opened), np.minimum(register["seen_until"], closed))
    row, begin, until = (found[name].to_numpy() for name in ("f", "from", "until"))
    code = found["code"].to_numpy()
    if len(row) and (begin.min() < grid.first or until.max() > last):
        begin, until = np.maximum(begin, grid.first), np.minimum(until, last)
        kept = begin <= until
        row, begin, until, code = row[kept], begin[kept], until[kept], code[kept]

    sums = _Sums(grid, groups, _CODES)
    slot = group * (_CODES * grid.width)
    heavy = None if weight is None else weight[row]
    base = slot[row]
    offsets = np.array([*range(8), 4], np.int64) * grid.width
    sums.add(base + offsets[code], begin - grid.first, until - grid.first + 1, heavy)
    inside = bool((begin >= seen[0][row]).all() and (until <= seen[1][row]).all())
    held = sums.total()
    taken = held.sum(axis=1) if inside else None

    functional = _Sums(grid, groups, 1)
    narrow = group * grid.width
    _windows(functional, narrow, seen, weight, grid.first)
    if taken is None:
        cut = np.maximum(begin, seen[0][row]), np.minimum(until, seen[1][row])
        kept = cut[0] <= cut[1]
        some = None if heavy is None else heavy[kept]
        functional.add(narrow[row][kept], cut[0][kept] - grid.first, cut[1][kept] - grid.first + 1, some, -1)
        taken = np.zeros_like(held[:, 0])
    exist = _Sums(grid, groups, 1)
    _windows(exist, narrow, (opened, closed), weight, grid.first)

    days = {name: held[:, at] for name, at in COUNTED.items()}
    days["functional"] = days["functional"] + functional.total()[:, 0] - taken
    days["facility_days"] = exist.total()[:, 0]
    days["facilities"] = _most(group, groups, opened, closed, grid)
    return days


def _windows(sums: _Sums, slot: Ints, window: tuple[Ints, Ints], weight: Ints | None, first: int) -> None:
    """One stretch a facility, where there is any."""
    kept = window[0] <= window[1]
    some = None if weight is None else weight[kept]
    sums.add(slot[kept], window[0][kept] - first, window[1][kept] - first + 1, some)


def _most(group: Ints, groups: int, opened: Ints, closed: Ints, grid: Grid) -> Ints:
    """The most facilities that exist on a day of each cell."""
    starts = np.cumsum(grid.cells["days"].to_numpy()) - grid.cells["days"].to_numpy()
    most = np.empty((groups, grid.cells.height), np.int64)
    size = max(1, _CHUNK // (grid.days + 1))
    order = np.argsort(group, kind="stable")
    ranked = group[order]
    for begin in range(0, groups, size):
        end = min(groups, begin + size)
        some = order[np.searchsorted(ranked, begin) : np.searchsorted(ranked, end)]
        kept = some[opened[some] <= closed[some]]
        shape = (end - begin, grid.days + 1)
        change: Any = np.zeros(shape, np.int64)
        at = (group[kept] - begin) * shape[1]
        _into(change.reshape(-1), at + opened[kept] - grid.first, None, 1)
        _into(change.reshape(-1), at + closed[kept] - grid.first + 1, None, -1)
        most[begin:end] = np.maximum.reduceat(np.cumsum(change, axis=1)[:, :-1], starts, axis=1)
    return most
