"""The spells of one facility in the one order that their dates allow, narrowed to what that order leaves possible.

A spell has a start from `a` to `b` and a last day from `c` to `d`; `a` None = it was already so when first seen on
`b`; `d` None = no end is known, and it is known to last to `c`. An arrangement chooses a start and a last day of each
spell with start <= last day, so that no two spells share a day. Days are proleptic ordinals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

__all__ = ["Days", "arrange", "clashes", "components", "orders", "tighten"]

_NEVER: Final = -1
# Orders are looked for among so many beginnings; where that is not enough, the order can not be told.
_TRIED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Days:
    """The dates of one spell, as ordinals, and the number of its row."""

    row: int
    a: int | None
    b: int
    c: int
    d: int | None
    key: str = ""

    @property
    def first(self) -> int:
        """First day that it may hold, as far as that is known."""
        return min(self.b, self.c) if self.a is None else self.a

    @property
    def last(self) -> int:
        """Last day that it may hold, as far as that is known."""
        return max(self.b, self.c) if self.d is None else self.d

    def earliest_end(self, after: int) -> int | None:
        """The earliest last day if it begins after a day; None where it can not begin so late."""
        begin = max(_NEVER if self.a is None else self.a, after + 1)
        return None if begin > self.b else max(self.c, begin)


def _sorted(spells: Sequence[Days]) -> list[Days]:
    return sorted(spells, key=lambda s: (s.b, s.c, s.first, s.last, s.a is None, s.d is None, s.key, s.row))


def components(spells: Sequence[Days]) -> list[list[Days]]:
    """Groups of spells that may meet: spells of two groups can not share a day, whatever their dates are."""
    groups: list[list[Days]] = []
    reach = _NEVER
    for spell in sorted(spells, key=lambda s: (s.first, s.last, s.row)):
        if spell.first > reach or not groups:
            groups.append([])
        groups[-1].append(spell)
        reach = max(reach, spell.last)
    return groups


def orders(spells: Sequence[Days], limit: int = 2) -> list[tuple[Days, ...]]:
    """The first orders, up to `limit`, in which the spells can follow each other.

    An order is possible if each spell, begun as early as its forerunner lets it, begins in time.
    """
    found: list[tuple[Days, ...]] = []
    stack: list[tuple[tuple[Days, ...], tuple[Days, ...], int]] = [((), tuple(_sorted(spells)), _NEVER)]
    tried = 0
    while stack and len(found) < limit:
        placed, left, after = stack.pop()
        if not left:
            found.append(placed)
            continue
        tried += 1
        if tried > _TRIED:
            return found * limit
        for at in reversed(range(len(left))):
            end = left[at].earliest_end(after)
            rest = left[:at] + left[at + 1 :]
            if end is not None and all(other.b > end for other in rest):
                stack.append(((*placed, left[at]), rest, end))
    return found


def tighten(order: Sequence[Days]) -> list[Days]:
    """Narrow spells that follow each other to the dates that some arrangement has.

    Each start and each last day that is left belongs to an arrangement in this order, and no arrangement is lost.
    A start that is not known stays so, and so does an end.
    """
    forward: list[Days] = []
    after = _NEVER
    for spell in order:
        begin = after + 1 if spell.a is None else max(spell.a, after + 1)
        a = None if spell.a is None else begin
        c = max(spell.c, begin)
        forward.append(replace(spell, a=a, c=c))
        after = c
    done: list[Days] = []
    before: int | None = None
    for spell in reversed(forward):
        d = spell.d if before is None or spell.d is None else min(spell.d, before - 1)
        b = min(day for day in (spell.b, d, None if before is None else before - 1) if day is not None)
        done.append(replace(spell, b=b, d=d))
        before = b
    return done[::-1]


def arrange(spells: Sequence[Days]) -> tuple[list[Days], list[tuple[str, list[int]]]]:
    """Bring the spells of one facility into order.

    Returns
    -------
    (list of Days, list of (str, list of int))
        Narrowed spells in their order; and what can not be kept: "overlap" (no arrangement keeps these rows apart) or
        "unclear_order" (the dates allow more than one order), with the rows.
    """
    kept: list[Days] = []
    broken: list[tuple[str, list[int]]] = []
    waiting = components(spells)[::-1]
    while waiting:
        group = waiting.pop()
        found = orders(group)
        if len(found) == 1:
            kept += tighten(found[0])
            continue
        if found:
            parts = [_moved(found)]
            broken += [("unclear_order", sorted(s.row for s in parts[0]))]
        else:
            parts = clashes(group) or [group]
            broken += [("overlap", sorted(s.row for s in part)) for part in parts]
        gone = {spell.row for part in parts for spell in part}
        waiting += components([spell for spell in group if spell.row not in gone])[::-1]
    return kept, broken


def _moved(found: list[tuple[Days, ...]]) -> list[Days]:
    first, second = found[:2]
    moved = [one for one, other in zip(first, second, strict=True) if one.row != other.row]
    return moved or list(first)


def clashes(spells: Sequence[Days]) -> list[list[Days]]:
    """Spells of which two can not both be, joined where they share one."""
    group = _sorted(spells)
    part = {spell.row: spell.row for spell in group}

    def root(row: int) -> int:
        while part[row] != row:
            row = part[row]
        return row

    met: set[int] = set()
    for at, one in enumerate(group):
        for other in group[at + 1 :]:
            if not orders([one, other], 1):
                met |= {one.row, other.row}
                part[root(other.row)] = root(one.row)
    parts: dict[int, list[Days]] = {}
    for spell in group:
        if spell.row in met:
            parts.setdefault(root(spell.row), []).append(spell)
    return list(parts.values())
