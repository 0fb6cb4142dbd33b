"""Irreducible groups of statements that can not all be true, and by how much they are apart.

A group is irreducible: without any one of its statements the others can be true together. By how much a group is apart
is the least total by which its bounds must give way; that can often be split either way, so that no culprit is named.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from casualtystats.ledger.solve.elastic import Bound, Elastic
from casualtystats.ledger.solve.system import System

__all__ = ["Conflict", "find_conflict", "find_conflicts"]

MOST = 100


@dataclass(frozen=True, slots=True)
class Conflict:
    """An irreducible group.

    Attributes
    ----------
    bounds : tuple of (int, str)
        The statements, each with the side of it ("low" or "high") that is in conflict.
    apart : int
        The least total by which these bounds must give way.
    alone : tuple of int or None
        By how much each of them would have to give way if all others stood; None where it can not alone.
    """

    bounds: tuple[Bound, ...]
    apart: int
    alone: tuple[int | None, ...]

    @property
    def statements(self) -> tuple[int, ...]:
        """The numbers of the statements, each once."""
        return tuple(sorted({number for number, _ in self.bounds}))


def find_conflict(system: System) -> tuple[int, ...]:
    """Statements of one irreducible group; empty where all can be true together."""
    if system.pairs:
        first = min(system.pairs)
        return tuple(sorted((first.part, first.whole)))
    for component in system.every:
        if component.feasible:
            continue
        alone = System(component.rows, [], component.table)
        if component.single:
            found = {component.rows[cause.row].statement for cause in component.network.cycle}
        else:
            found = {number for number, _ in Elastic(alone).conflicting()}
        group = sorted(found - {-1})
        # What always holds (counts are not negative) may make a statement of the group superfluous.
        for number in list(group):
            rest = [other for other in group if other != number]
            if not alone.only(rest).feasible:
                group = rest
        return tuple(group)
    return ()


def find_conflicts(system: System, statements: Sequence[int], most: int = MOST) -> list[Conflict]:
    """Irreducible groups, enough of them that each statement that does not fit is in one.

    Groups that have no statement in common come first. What is left of the statements can be true together; each
    that was taken out is then held against these, until no further group with it is found.
    """
    removed: list[int] = []
    active: list[int] = list(statements)
    groups: list[tuple[int, ...]] = []
    while len(groups) < most and (group := find_conflict(system.only(active))):
        groups.append(group)
        removed += group
        active = [number for number in active if number not in group]
    for number in removed:
        pool: list[int] = [*active, number]
        fits = True
        while len(groups) < most and (group := find_conflict(system.only(pool))):
            fits = False
            if group not in groups:
                groups.append(group)
            others = [other for other in group if other != number]
            if not others:
                break
            pool = [other for other in pool if other not in others]
        if fits:
            active = sorted(pool)
    return [_measured(system, group) for group in sorted(groups)]


def _measured(system: System, group: Collection[int]) -> Conflict:
    some = system.only(group)
    whole = Elastic(some)
    bounds = tuple(bound for bound in whole.conflicting() if bound[0] in group)
    alone: list[int | None] = []
    for number, _ in bounds:
        one = Elastic(some, [number])
        alone.append(one.apart if one.possible else None)
    return Conflict(bounds, whole.apart, tuple(alone))
