"""What is known of the status of one facility, as stretches of days to draw: sure, of two kinds, or unknown.

A table of spells says when a status may begin and end; a picture needs to know what to draw on each day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

__all__ = ["RANK", "Stretch", "facility_days"]

# From the lightest to the darkest: of a day that may be one of several, the darkest is drawn, hatched.
RANK: Final = ("functional", "unknown", "partial", "non_functional", "destroyed")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one facility, both ends included, that are drawn alike.

    Parameters
    ----------
    first, last : date
        The days.
    status : str
        A facility status; where `sure` is false, the worst of those that it may have.
    sure : bool
        Whether it is known to have this status on each of the days.
    open : bool
        Whether that follows from a spell without a known end (unknown, or still destroyed) or start.
    """

    first: date
    last: date
    status: str
    sure: bool = True
    open: bool = False

    @property
    def days(self) -> int:
        """How many days, both ends counted."""
        return (self.last - self.first).days + 1


def facility_days(facility: dict[str, Any], spells: list[dict[str, Any]], first: date, last: date) -> list[Stretch]:
    """The stretches of one facility, one after the other; days that nothing speaks about are in none.

    Parameters
    ----------
    facility : dict
        A row of `FacilitySchema`.
    spells : list of dict
        Its spells, rows of `SpellSchema`, in order.
    first, last : date
        The days to be seen.

    Returns
    -------
    list of Stretch
        On each day the sure status of a spell; else, on days on which spells may but need not last, the worst of their
        statuses; else unknown after a spell without a known end (destroyed stays destroyed) and
        before one without a known start; else functional where it was observed.

    Examples
    --------
    >>> day = date(2019, 5, 1)
    >>> facility = {"opened": None, "closed": None, "observed_from": day, "observed_until": date(2019, 5, 9)}
    >>> spell = {"status": "non_functional", "start_earliest": date(2019, 5, 3), "start_latest": date(2019, 5, 4),
    ...          "end_earliest": date(2019, 5, 6), "end_latest": None}
    >>> for found in facility_days(facility, [spell], day, date(2019, 5, 12)):
    ...     print(found.first.day, found.last.day, found.status, found.sure)
    1 2 functional True
    3 3 non_functional False
    4 6 non_functional True
    7 12 unknown True
    """
    start, end = max(first, facility["opened"] or first), min(last, facility["closed"] or last)
    base: list[Stretch] = []
    if facility["observed_from"] is not None:
        base.append(Stretch(facility["observed_from"], facility["observed_until"], "functional"))
    claims: list[Stretch] = []
    for before, spell, after in zip([None, *spells], spells, [*spells[1:], None], strict=False):
        sure, possible = _claims(spell)
        claims += [*sure, *possible]
        base += _open(before, spell, after, start, end)
    edges = {start, end + _DAY}
    for found in (*base, *claims):
        edges |= {day for day in (found.first, found.last + _DAY) if start < day <= end}
    drawn: list[Stretch] = []
    for low, high in pairwise(sorted(edges)):
        here = _on(low, base, claims)
        if here is None:
            continue
        piece = replace(here, first=low, last=high - _DAY)
        if drawn and drawn[-1].last == low - _DAY and replace(drawn[-1], first=low, last=piece.last) == piece:
            piece = replace(piece, first=drawn.pop().first)
        drawn.append(piece)
    return drawn


def _claims(spell: dict[str, Any]) -> tuple[list[Stretch], list[Stretch]]:
    """The sure days of a spell, and those on which it may but need not last."""
    begins, begun = spell["start_earliest"] or spell["start_latest"], spell["start_latest"]
    ends: date = spell["end_earliest"]
    ended: date = spell["end_latest"] or ends
    status: str = spell["status"]
    if begun > ends:
        return [], [Stretch(begins, max(ended, begun), status, sure=False)]
    possible = [(begins, begun - _DAY), (ends + _DAY, ended)]
    return [Stretch(begun, ends, status)], [Stretch(a, b, status, sure=False) for a, b in possible if a <= b]


def _open(
    before: dict[str, Any] | None, spell: dict[str, Any], after: dict[str, Any] | None, start: date, end: date
) -> list[Stretch]:
    """What follows a spell without a known end, and goes before one without a known start."""
    found: list[Stretch] = []
    if spell["start_earliest"] is None:
        first = start if before is None else before["end_earliest"] + _DAY
        found.append(Stretch(first, spell["start_latest"] - _DAY, "unknown", open=True))
    if spell["end_latest"] is None:
        last = end if after is None else after["start_latest"] - _DAY
        status = "destroyed" if spell["status"] == "destroyed" else "unknown"
        found.append(Stretch(spell["end_earliest"] + _DAY, last, status, open=True))
    return [one for one in found if one.first <= one.last]


def _on(day: date, base: list[Stretch], claims: list[Stretch]) -> Stretch | None:
    """What to draw on a day."""
    here = [one for one in claims if one.first <= day <= one.last]
    under = [one for one in base if one.first <= day <= one.last]
    # What is open takes the place of functional: observed days do not tell what a spell left unknown.
    # Destroyed, then seen in another status that began nobody knows when: unknown between.
    ground = max(under, key=lambda one: (one.open, one.status == "unknown"), default=None)
    sure = next((one for one in here if one.sure), None)
    if sure is not None:
        return sure
    if not here:
        return ground
    may = {one.status for one in here} | {"unknown" if ground is None else ground.status}
    worst = max(may, key=RANK.index)
    return Stretch(day, day, worst, sure=len(may) == 1)
