"""The feasible dates of reports whose ends are not exactly known.

Prior: each feasible period of a report is equally likely. An end that two reports share (one runs until, the next
since, the same days) is one unknown day: the next report begins the day after the one before it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

import numpy as np
import polars as pl

from casualtystats.errors import DoubleCountError, OptionError
from casualtystats.trends.likelihood.totals import Totals

__all__ = ["Dating", "date_rows"]

_MOST: Final = 20_000
_MOST_EXTREMES: Final = 64
_MOST_SWEEPS: Final = 8
Span = tuple[int, int]


@dataclass(frozen=True)
class _Row:
    """One report: the days on which it may start, and may end."""

    start: Span
    end: Span
    shares_start: bool


@dataclass(frozen=True, eq=False)
class Dating:
    """Rows with the days on which they may start and end, as days since `origin`.

    Attributes
    ----------
    origin : date
        Day 0: the first day of any report.
    rows : tuple
        In order of their dates.
    low, high : array
        Bounds of the counts; high inf where there is none.
    """

    origin: date
    rows: tuple[_Row, ...]
    low: np.ndarray[tuple[int], np.dtype[np.float64]]
    high: np.ndarray[tuple[int], np.dtype[np.float64]]

    @property
    def fuzzy(self) -> int:
        """Number of rows whose dates are not exactly known."""
        return sum(row.start[0] != row.start[1] or row.end[0] != row.end[1] for row in self.rows)

    def totals(self) -> Totals:
        """The totals, with each feasible set of dates as a scenario."""
        spans: list[tuple[int, int, int]] = []
        pieces: list[int] = []
        scenarios: list[int] = []
        components: list[int] = []
        number = 0
        for component, (start, chain) in enumerate(self._chains()):
            known: dict[tuple[int, int, int], int] = {}
            for dates in _feasible(chain):
                for at, (begin, end) in enumerate(dates):
                    key = (start + at, begin, end)
                    if key not in known:
                        known[key] = len(spans)
                        spans.append(key)
                    pieces.append(known[key])
                    scenarios.append(number)
                components.append(component)
                number += 1
        table = np.array(spans)
        order = np.argsort(table[:, 0], kind="stable")
        place = np.empty_like(order)
        place[order] = np.arange(len(order))
        rows, first, last = table[order].T
        return Totals(
            first, last, self.low[rows], self.high[rows], rows,
            place[np.array(pieces)], np.array(scenarios), np.array(components),
        )  # fmt: skip

    def extremes(self, value: Callable[[Totals], float]) -> list[float]:
        """The values at extreme dates: each unknown end at its first or last day.

        All combinations are tried where they are few; else the least and the greatest value are searched for, one
        component of shared ends after the other until none changes. Empty where all dates are known.

        Parameters
        ----------
        value : callable
            What is asked of totals with known dates.
        """
        corners = [_corners(chain) for _, chain in self._chains()]
        number = float(np.prod([len(found) for found in corners], dtype=np.float64))
        if number == 1:
            return []
        if number <= _MOST_EXTREMES:
            return [value(self._at(pick)) for pick in product(*corners)]

        def turned(totals: Totals) -> float:
            return -value(totals)

        return [self._climb(corners, value), -self._climb(corners, turned)]

    def _climb(self, corners: list[list[tuple[Span, ...]]], value: Callable[[Totals], float]) -> float:
        """The greatest value that changing one component at a time reaches."""
        pick = [found[0] for found in corners]
        best = value(self._at(pick))
        for _ in range(_MOST_SWEEPS):
            before = best
            for at, found in enumerate(corners):
                for corner in found:
                    if corner != pick[at]:
                        other = [*pick[:at], corner, *pick[at + 1 :]]
                        height = value(self._at(other))
                        if height > best:
                            pick, best = other, height
            if best == before:
                break
        return best

    def _at(self, pick: Sequence[tuple[Span, ...]]) -> Totals:
        first, last = np.array([span for dates in pick for span in dates]).T
        return Totals.of(first, last, self.low, self.high)

    def _chains(self) -> Iterator[tuple[int, tuple[_Row, ...]]]:
        """Rows that share ends, with the number of the first of them."""
        start = 0
        for at in range(1, len(self.rows) + 1):
            if at == len(self.rows) or not self.rows[at].shares_start:
                yield start, self.rows[start:at]
                start = at


def _feasible(chain: tuple[_Row, ...]) -> list[tuple[Span, ...]]:
    """Every set of dates of rows that share ends."""
    choices = [range(chain[0].start[0], chain[0].start[1] + 1)]
    choices += [range(row.end[0], row.end[1] + 1) for row in chain]
    number = int(np.prod([len(choice) for choice in choices], dtype=np.float64))
    if number > _MOST:
        raise OptionError(
            f"expected reports whose unknown ends leave at most {_MOST:,} sets of dates, got {number:,}; give their dates, or "
            "leave them out"
        )
    found: list[tuple[Span, ...]] = []
    for days in product(*choices):
        starts = [days[0], *(day + 1 for day in days[1:-1])]
        spans = tuple(zip(starts, days[1:], strict=True))
        if all(begin <= end for begin, end in spans):
            found.append(spans)
    return found


def _corners(chain: tuple[_Row, ...]) -> list[tuple[Span, ...]]:
    """Feasible sets of dates in which every end is at its first or last day."""
    edges = [sorted(set(chain[0].start)), *(sorted(set(row.end)) for row in chain)]
    if len(edges) > 12:
        edges = [*edges[:1], *([end[0], end[-1]] if at < 11 else end[:1] for at, end in enumerate(edges[1:]))]
    found: list[tuple[Span, ...]] = []
    for days in product(*edges):
        starts = [days[0], *(day + 1 for day in days[1:-1])]
        spans = tuple(zip(starts, days[1:], strict=True))
        if all(begin <= end for begin, end in spans):
            found.append(spans)
    return found or _feasible(chain)[:1]


def date_rows(kept: pl.DataFrame, sources: list[str | None]) -> Dating:
    """Rows with `period_start`, `period_end`, `fit_low`, `fit_high` and, for intervals, `start_latest` and `end_earliest`.

    Raises
    ------
    DoubleCountError
        If periods share a day, or may share one.
    """
    origin: date = kept["period_start"].sort()[0]

    def day(name: str, instead: str) -> list[int]:
        column = kept[name if name in kept.columns else instead]
        return [int(value) for value in (column - origin).dt.total_days()]

    starts = list(zip(day("period_start", ""), day("start_latest", "period_start"), strict=True))
    ends = list(zip(day("end_earliest", "period_end"), day("period_end", ""), strict=True))
    rows: list[_Row] = []
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        shared = False
        if at:
            shared, begun = _join(rows[-1].end, start, same=sources[at] == sources[at - 1])
            if not shared and start[0] <= rows[-1].end[1]:
                raise DoubleCountError(_share_a_day(kept, at, start, rows[-1]))
            if shared:
                before = rows[-1]
                rows[-1] = _Row(before.start, (begun[0] - 1, begun[1] - 1), before.shares_start)
                start = begun
        rows.append(_Row(start, (max(end[0], start[0]), end[1]), shared))
    low = kept["fit_low"].to_numpy()
    high = kept["fit_high"].fill_null(float("inf")).to_numpy()
    return Dating(origin, tuple(rows), low, high)


def _join(end: Span, start: Span, *, same: bool) -> tuple[bool, Span]:
    """Whether an end and the start after it are one unknown day, and the days on which the start may then be."""
    if not same or end[0] == end[1] or start[0] == start[1]:
        return False, start
    if (end[0] + 1, end[1] + 1) == start:
        return True, start
    if end == start:
        return True, (start[0] + 1, start[1])
    return False, start


def _share_a_day(kept: pl.DataFrame, at: int, start: Span, before: _Row) -> str:
    row = kept.row(at, named=True)
    fixed = start[0] == start[1] and before.end[0] == before.end[1]
    verb = "hold" if fixed else "may hold"
    return (
        f"expected periods that share no day, got two that both {verb} {row['period_start']}; choose one source, name a rule "
        "with overlap=, or resample to a calendar"
    )
