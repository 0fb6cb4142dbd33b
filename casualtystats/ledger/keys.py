"""The keys of reports (place, group, perpetrator, destination) and how they relate.

Two reports can count the same people only where none of the four dimensions keeps them apart. A missing value
means "all", so it holds every other value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Final

import polars as pl

from casualtystats.places import Places, Relation, split_path

__all__ = ["DIMENSIONS", "Key", "Keys"]

DIMENSIONS: Final = ("place", "group", "perpetrator", "destination")
Key = tuple[str | None, ...]


@dataclass(frozen=True)
class Keys:
    """The distinct keys of a set of reports, and the places table that relates them."""

    values: tuple[Key, ...]
    places: Places
    dimensions: tuple[str, ...] = DIMENSIONS

    @classmethod
    def of(cls, reports: pl.LazyFrame, places: Places) -> Keys:
        """The distinct keys of a frame of reports, in a fixed order."""
        varying = reports.select(pl.col(DIMENSIONS).is_not_null().any()).collect().row(0)
        used = [name for name, some in zip(DIMENSIONS, varying, strict=True) if some]
        if not used:
            return cls(((None,) * len(DIMENSIONS),), places)
        frame = reports.select(used).unique().collect(engine="streaming")
        columns = [frame[name].to_list() if name in used else [None] * len(frame) for name in DIMENSIONS]
        ordered = sorted(zip(*columns, strict=True), key=lambda key: tuple(value or "" for value in key))
        return cls(tuple(ordered), places)

    def relation(self, dimension: str, a: str | None, b: str | None) -> Relation:
        """How two values of one dimension relate."""
        return self.places.relation(a, b) if dimension in ("place", "destination") else Places().relation(a, b)

    def holds(self, whole: Key, part: Key) -> bool:
        """Whether `whole` equals or contains `part` in every dimension."""
        pairs = zip(self.dimensions, whole, part, strict=True)
        return all(self.relation(name, a, b) in ("equal", "contains") for name, a, b in pairs)

    def scope(self, fixed: Mapping[str, str | None]) -> dict[str, str | None]:
        """What the keys speak about as a whole, one value a dimension.

        A dimension in `fixed` keeps its value. Elsewhere it is the one value that holds all others, or None (all)
        where no value does.
        """
        found: dict[str, str | None] = {}
        for position, name in enumerate(self.dimensions):
            if name in fixed:
                found[name] = fixed[name]
                continue
            values = sorted({key[position] for key in self.values}, key=lambda value: value or "")
            tops = (a for a in values if all(self.relation(name, a, b) in ("equal", "contains") for b in values))
            found[name] = next(tops, None)
        return found

    def related(self, *, strict: bool = False) -> list[tuple[int, int]]:
        """Pairs (i, j) of different keys that can count the same people.

        Parameters
        ----------
        strict : bool
            Keep only pairs where the place or group of i strictly contains that of j.
        """
        return [pair for pair in self._meeting() if not strict or self._nested(*pair)]

    def _nested(self, i: int, j: int) -> bool:
        a, b = self.values[i], self.values[j]
        return any(self.relation(name, a[at], b[at]) == "contains" for at, name in enumerate(self.dimensions[:2]))

    def _meeting(self) -> Iterator[tuple[int, int]]:
        index = {key: number for number, key in enumerate(self.values)}
        tables = [self._meets(name, at) for at, name in enumerate(self.dimensions)]
        for i, key in enumerate(self.values):
            options = [table[value] for table, value in zip(tables, key, strict=True)]
            if prod(map(len, options)) > len(self.values):
                allowed = [set(option) for option in options]
                found = (
                    j for j, other in enumerate(self.values)
                    if all(value in some for value, some in zip(other, allowed, strict=True))
                )  # fmt: skip
            else:
                found = (index[other] for other in _product(options) if other in index)
            for j in sorted(found):
                if i != j:
                    yield i, j

    def _meets(self, name: str, at: int) -> dict[str | None, list[str | None]]:
        """For each value of a dimension, the values (itself among them) that are not disjoint from it."""
        values = {key[at] for key in self.values}
        zones = {v for v in values if v in self.places.zones or self.places.zone_above(v) is not None}
        if name not in ("place", "destination"):
            zones = set[str | None]()
        meets: defaultdict[str | None, set[str | None]] = defaultdict(set)
        paths = {split_path(value): value for value in values - zones}
        for steps, value in paths.items():
            meets[value].add(value)
            for depth in range(len(steps)):
                above = steps[:depth]
                if above in paths:
                    meets[value].add(paths[above])
                    meets[paths[above]].add(value)
        for zone in zones:
            for value in values:
                if self.places.relation(zone, value) != "disjoint":
                    meets[zone].add(value)
                    meets[value].add(zone)
        return {value: sorted(others, key=lambda other: other or "") for value, others in meets.items()}


def _product(options: list[list[str | None]]) -> Iterator[Key]:
    if not options:
        yield ()
        return
    for head in options[0]:
        for tail in _product(options[1:]):
            yield (head, *tail)
