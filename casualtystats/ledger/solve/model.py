"""The rows of a ledger as a matrix: what is summed in each, over cells of time x atom.

A cell is one stretch between neighbouring boundaries and one atom; only cells that some row touches are columns. A fuzzy
edge that several rows share is a column an atom: how much of the stretch in which it lies comes before it. An edge that
one row alone has needs no column: a lower bound holds over the widest period, an upper bound over the narrowest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casualtystats.ledger.keys import Key
from casualtystats.ledger.rows import Row
from casualtystats.ledger.statements import Edge

__all__ = ["Line", "Matrix", "Region"]

Integers = NDArray[np.int64]


class Line(NamedTuple):
    """low <= sum of coefficients x columns <= high. `row` is the row that it says, -1 for what always holds."""

    row: int
    columns: Integers
    coefficients: Integers
    low: int | None
    high: int | None


class Region(NamedTuple):
    """What a question is about: the days [first, until), atoms that lie in it, and atoms that it cuts."""

    first: int
    until: int
    whole: frozenset[int]
    cut: frozenset[int]


@dataclass(frozen=True)
class _Place:
    """Where an edge stands: at a boundary, and beyond it by a column of each atom (`name`) if it is shared."""

    at: int
    name: str


class Matrix:
    """Columns and lines of a set of rows.

    Parameters
    ----------
    rows : sequence of Row
        The rows of one component.
    sets : mapping
        Atoms of each key.
    explicit : collection of int
        Rows whose fuzzy edges get columns even where no other row shares them.
    """

    def __init__(self, rows: Sequence[Row], sets: Mapping[Key, frozenset[int]], explicit: Collection[int] = ()) -> None:
        self.rows = rows
        self.atoms = {key: sorted(sets[key]) for key in {row.key for row in rows}}
        every = sorted({atom for some in self.atoms.values() for atom in some})
        self._atom = {atom: at for at, atom in enumerate(every)}
        edges = [edge for row in rows for edge in (row.start, row.end)]
        self.days = sorted({day for edge in edges for day in (edge.first, edge.last)})
        self._day = {day: at for at, day in enumerate(self.days)}
        uses = Counter(edge.shared for edge in edges if edge.fuzzy)
        named = {edge.shared for at in explicit for edge in (rows[at].start, rows[at].end)}
        self._kept = {name for name, times in uses.items() if times > 1 or name in named}
        self.fuzzy = bool(uses)
        self._cell = np.full((len(self.days), len(every)), -1, np.int64)
        for row in rows:
            # A start that may lie after the last possible end reaches beyond the row's own cells.
            first, last = min(row.start.first, row.end.first), max(row.start.last, row.end.last)
            span = slice(self._day[first], self._day[last])
            self._cell[span, self._positions(row.key)] = 0
        touched = self._cell == 0
        self.cells = int(touched.sum())
        self._cell[touched] = np.arange(self.cells)
        self._beyond: dict[tuple[str, int], int] = {}
        self._spans: dict[str, Edge] = {}
        for row in rows:
            for edge in (row.start, row.end):
                if edge.fuzzy and edge.shared in self._kept:
                    self._spans[edge.shared] = edge
                    for atom in self.atoms[row.key]:
                        self._beyond.setdefault((edge.shared, atom), self.cells + len(self._beyond))
        self.columns = self.cells + len(self._beyond)

    @property
    def plain(self) -> bool:
        """Whether all columns are cells and all coefficients of reports are 1."""
        return not self._beyond

    def lines(self) -> list[Line]:
        """All lines: those of rows, and those that always hold of shared edges."""
        found: list[Line] = []
        for at, row in enumerate(self.rows):
            low, high = self._sum(row, "low"), self._sum(row, "high")
            floor = row.low if row.low > 0 else None
            if floor is not None and row.high is not None and low == high:
                found.append(Line(at, *_arrays(low), floor, row.high))
                continue
            if floor is not None:
                found.append(Line(at, *_arrays(low), floor, None))
            if row.high is not None and high:
                found.append(Line(at, *_arrays(high), None, row.high))
        return [*found, *self._always()]

    def _always(self) -> list[Line]:
        found: list[Line] = []
        for (name, atom), column in self._beyond.items():
            edge = self._spans[name]
            some = {column: 1} | dict.fromkeys(self._stretch(edge.first, edge.last, [atom]), -1)
            found.append(Line(-1, *_arrays(some), None, 0))
        done: set[tuple[object, ...]] = set()
        for row in self.rows:
            shared = any(edge.shared in self._kept for edge in (row.start, row.end))
            if row.end.first >= row.start.last or not shared:
                continue
            start, end = self._at(row.start, "low"), self._at(row.end, "low", start=False)
            for atom in self.atoms[row.key]:
                if (start, end, atom) not in done:
                    done.add((start, end, atom))
                    found.append(Line(-1, *_arrays(self._between(start, end, [atom])), 0, None))
        return found

    def statement(self, at: int) -> dict[int, int]:
        """The exact sum of a row that was named in `explicit`, or has no fuzzy edge of its own."""
        return self._sum(self.rows[at], "low")

    def question(self, region: Region) -> tuple[Integers, Integers, bool]:
        """Columns to sum for the most and for the least that can lie in a region, and whether it leaves the matrix.

        A cell that a region cuts may lie in it as a whole, or not at all.
        """
        a, b = bisect_right(self.days, region.first) - 1, bisect_left(self.days, region.until)
        c, d = bisect_left(self.days, region.first), bisect_right(self.days, region.until) - 1
        outside = a < 0 or b >= len(self.days)
        touched = sorted(self._atom[atom] for atom in (region.whole | region.cut) if atom in self._atom)
        within = sorted(self._atom[atom] for atom in region.whole if atom in self._atom)
        most = self._cell[max(a, 0) : min(b, len(self.days) - 1), touched].ravel() if touched else np.empty(0, np.int64)
        least = self._cell[c:d, within].ravel() if c < d and within else np.empty(0, np.int64)
        outside |= bool((most < 0).any()) or len(touched) < len(region.whole | region.cut)
        return most[most >= 0], least[least >= 0], outside

    def _positions(self, key: Key) -> list[int]:
        return [self._atom[atom] for atom in self.atoms[key]]

    def _at(self, edge: Edge, side: str, *, start: bool = True) -> _Place:
        if edge.fuzzy and edge.shared not in self._kept:
            # Widest for what it holds at least, narrowest for what it holds at most.
            early = (side == "low") == start
            return _Place(edge.first if early else edge.last, "")
        return _Place(edge.first, edge.shared if edge.fuzzy else "")

    def _sum(self, row: Row, side: str) -> dict[int, int]:
        start, end = self._at(row.start, side), self._at(row.end, side, start=False)
        if not start.name and not end.name and end.at <= start.at:
            return {}
        return self._between(start, end, self.atoms[row.key])

    def _between(self, start: _Place, end: _Place, atoms: Sequence[int]) -> dict[int, int]:
        found = dict.fromkeys(self._stretch(start.at, end.at, atoms), 1)
        for cell in self._stretch(end.at, start.at, atoms):
            found[cell] = found.get(cell, 0) - 1
        for place, sign in ((start, -1), (end, 1)):
            if place.name:
                for atom in atoms:
                    found[self._beyond[place.name, atom]] = sign
        return found

    def _stretch(self, first: int, until: int, atoms: Sequence[int]) -> list[int]:
        if until <= first:
            return []
        some = self._cell[self._day[first] : self._day[until], [self._atom[atom] for atom in atoms]]
        cells: list[int] = some.ravel().tolist()
        return cells


def _arrays(some: Mapping[int, int]) -> tuple[Integers, Integers]:
    columns = np.array(sorted(some), np.int64)
    return columns, np.array([some[int(column)] for column in columns], np.int64)
