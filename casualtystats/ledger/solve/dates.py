"""Fuzzy ends one date at a time: the systems that remain when each is put on each of its possible days."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

from casualtystats.errors import OptionError
from casualtystats.ledger.rows import Row
from casualtystats.ledger.solve.system import System
from casualtystats.ledger.statements import WINDOW, Edge

__all__ = ["FEW", "dated_systems", "ways"]

FEW: Final = 2_000


def _names(system: System) -> dict[str, Edge]:
    return {
        edge.shared: edge
        for one in (system, *system.others)
        for row in one.rows
        for edge in (row.start, row.end)
        if edge.fuzzy and not edge.shared.startswith(WINDOW)
    }


def ways(system: System) -> int:
    """In how many ways the fuzzy ends can be put on dates."""
    number = 1
    for edge in _names(system).values():
        number *= edge.last - edge.first + 1
    return number


def dated_systems(system: System, *, first_times: bool = False) -> Iterator[System]:
    """The systems with known ends, one for each choice of dates that leaves every period at least one day.

    Raises
    ------
    OptionError
        If there are too many choices to go through.
    """
    number = ways(system)
    if number > FEW:
        raise OptionError(
            f"expected fuzzy ends with up to {FEW:,} choices of dates for sharp=True, got {number:,}; leave it out (the bounds "
            "hold, but may be wider than they could be), or select fewer reports with fuzzy ends"
        )
    names = _names(system)
    for days in product(*(range(edge.first, edge.last + 1) for edge in names.values())):
        chosen = dict(zip(names, days, strict=True))
        dated = [_dated(one, chosen) for one in (system, *system.others)]
        if first_times or all(_possible(row) for one in dated for row in one.rows):
            # A row of first times that ends before the origin, on these dates, says nothing.
            kept = [System([row for row in one.rows if _possible(row)], one.pairs, one.atoms) for one in dated]
            yield System(kept[0].rows, kept[0].pairs, kept[0].atoms, kept[1:])


def _dated(system: System, chosen: dict[str, int]) -> System:
    rows = [row._replace(start=_put(row.start, chosen), end=_put(row.end, chosen)) for row in system.rows]
    return System(rows, system.pairs, system.atoms)


def _put(edge: Edge, chosen: dict[str, int]) -> Edge:
    day = chosen.get(edge.shared)
    return edge if day is None else Edge(day, day, "")


def _possible(row: Row) -> bool:
    return row.start.first < row.end.last
