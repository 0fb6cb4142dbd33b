"""Named rules for overlapping spells of one facility, on days that are exactly known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal, get_args

from casualtystats.reports.facilities.arrange import Days
from casualtystats.vocabulary import FacilityStatus

__all__ = ["OVERLAPS", "Cut", "Overlap", "cut_latest", "cut_worst"]

Overlap = Literal["reject", "worst", "latest"]
OVERLAPS: Final[tuple[Overlap, ...]] = get_args(Overlap)
_WORSE: Final[tuple[FacilityStatus, ...]] = ("functional", "unknown", "partial", "non_functional", "destroyed")


@dataclass(frozen=True)
class Cut:
    """What a rule made of overlapping spells.

    Parameters
    ----------
    pieces : list of Days
        What is left, in order; several pieces of one row where the middle of it was taken.
    cut : dict of int to list of int
        Row that lost days -> rows that took them.
    gone : dict of int to list of int
        Row of which nothing is left -> rows that took its days.
    """

    pieces: list[Days]
    cut: dict[int, list[int]]
    gone: dict[int, list[int]]


def cut_worst(spells: Sequence[Days], statuses: dict[int, FacilityStatus]) -> Cut | None:
    """On days that spells share, the worse status holds: destroyed > non_functional > partial > unknown > functional.

    Of equal statuses the earlier spell holds. A destroyed spell without a known end holds on after its last day.
    None where a date of a spell is not exactly known.
    """
    if any(s.a != s.b or s.d not in (None, s.c) for s in spells):
        return None
    final = max(s.c for s in spells)
    ends = {s.row: final if s.d is None and statuses[s.row] == "destroyed" else s.c for s in spells}
    edges = sorted({s.b for s in spells} | {end + 1 for end in ends.values()})
    held: list[tuple[int, int, Days]] = []
    takers: dict[int, set[int]] = {s.row: set() for s in spells}
    for first, following in pairwise(edges):
        here = [s for s in spells if s.b <= first <= ends[s.row]]
        winner = min(here, key=lambda s: (-_WORSE.index(statuses[s.row]), s.b, -ends[s.row], s.d is None, s.key, s.row))
        for spell in here:
            if spell is not winner:
                takers[spell.row].add(winner.row)
        if held and held[-1][2] is winner and held[-1][1] == first - 1:
            held[-1] = (held[-1][0], following - 1, winner)
        else:
            held.append((first, following - 1, winner))
    pieces = [_piece(first, last, spell, last == ends[spell.row]) for first, last, spell in held]
    left = {spell.row for _, _, spell in held}
    told = {row: sorted(by) for row, by in takers.items() if by}
    return Cut(
        pieces,
        {row: by for row, by in told.items() if row in left},
        {row: by for row, by in told.items() if row not in left},
    )


def _piece(first: int, last: int, spell: Days, whole: bool) -> Days:
    open_end = whole and spell.d is None
    return replace(
        spell, a=first, b=first, c=min(last, max(spell.c, first)) if open_end else last, d=None if open_end else last
    )


def cut_latest(spells: Sequence[Days]) -> Cut | None:
    """The spell that starts later ends the one before it on the day before.

    None where a start is not exactly known or two spells start on one day.
    """
    starts = [s.b for s in spells]
    if any(s.a != s.b for s in spells) or len(set(starts)) < len(starts):
        return None
    order = sorted(spells, key=lambda s: s.b)
    pieces: list[Days] = []
    cut: dict[int, list[int]] = {}
    for spell, after in pairwise(order):
        stop = after.b - 1
        if spell.c > stop:
            cut[spell.row] = [after.row]
            pieces.append(replace(spell, c=stop, d=stop))
        else:
            pieces.append(replace(spell, d=None if spell.d is None else min(spell.d, stop)))
    return Cut([*pieces, order[-1]], cut, {})
