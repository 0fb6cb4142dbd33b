"""Which spells of one facility make one outage, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

__all__ = ["Outage", "outages_of"]

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage: its start, its length in days (both ends counted), and its end.

    `start_earliest` null = unknown start; `time_high` null = no upper bound; a censored one lasted at least `time_low`.
    """

    spell_id: str
    start_earliest: date | None
    first_seen: date
    time_low: int
    time_high: int | None
    event: str


@dataclass(frozen=True, slots=True)
class _Edge:
    """Whether the next spell surely follows without a gap, whether it may, and the last days of this one."""

    sure: bool
    possible: bool
    low: date
    high: date | None


def outages_of(spells: list[dict[str, Any]], to: str, closed: date | None) -> list[Outage]:
    """The outages of one facility.

    Parameters
    ----------
    spells : list of dict
        Its spells in the order of time, in the columns of `SpellSchema`.
    to : {"functional", "partial"}
        What ends an outage.
    closed : date or None
        The last day on which the facility exists.
    """
    found: list[Outage] = []
    at = 0
    while at < len(spells):
        status = spells[at]["status"]
        if status == "non_functional":
            outage, at = _followed(spells, at, to, closed)
            found.append(outage)
            continue
        if status == "destroyed" and (at == 0 or spells[at - 1]["status"] != "destroyed"):
            found.append(_outage(spells[at], None, None, "destroyed"))
        at += 1
    return found


def _followed(spells: list[dict[str, Any]], at: int, to: str, closed: date | None) -> tuple[Outage, int]:
    """The outage that begins with a spell, and the place of the first spell after it."""
    first, low = spells[at], None
    while True:
        spell = spells[at]
        after = spells[at + 1] if at + 1 < len(spells) else None
        edge = _edge(spell, after)
        sure_end = low or edge.low
        if after is None or not edge.possible:
            return _ended(first, sure_end, edge, after, to, closed), at + 1
        status = after["status"]
        goes_on = to == "functional" and (
            status == "partial" or (status == "non_functional" and spell["status"] == "partial")
        )
        if not goes_on:
            event = {"destroyed": "destroyed", "unknown": "censored"}.get(status, "restored")
            high = None if event == "censored" else edge.high
            return _outage(first, sure_end, high, event), at + (2 if status == "destroyed" else 1)
        if low is None and not edge.sure:
            low = edge.low
        at += 1


def _edge(spell: dict[str, Any], after: dict[str, Any] | None) -> _Edge:
    low: date = spell["end_earliest"]
    high: date | None = spell["end_latest"]
    if after is None:
        return _Edge(False, False, low, high)
    earliest, latest = after["start_earliest"] or after["start_latest"], after["start_latest"]
    same = high is not None and earliest == low + DAY and latest == high + DAY
    sure: bool = same or latest <= low + DAY
    if high is None and sure:
        high = low
    return _Edge(sure, sure or (high is not None and earliest <= high + DAY), low, high)


def _ended(
    first: dict[str, Any], low: date, edge: _Edge, after: dict[str, Any] | None, to: str, closed: date | None
) -> Outage:
    """An outage that no spell follows without a gap."""
    if edge.high is not None and (closed is None or edge.high < closed):
        return _outage(first, low, edge.high, "restored")
    works = ("functional",) if to == "functional" else ("functional", "partial")
    if edge.high is None and after is not None and after["status"] in works:
        return _outage(first, low, after["start_latest"] - DAY, "restored")
    return _outage(first, low, None, "censored")


def _outage(first: dict[str, Any], low: date | None, high: date | None, event: str) -> Outage:
    earliest, seen = first["start_earliest"], first["start_latest"]
    if low is None:
        return Outage(first["spell_id"], earliest, seen, 0, 0, event)
    shortest = max(1, (low - seen).days + 1)
    longest = None if high is None or earliest is None else max(shortest, (high - earliest).days + 1)
    return Outage(first["spell_id"], earliest, seen, shortest, longest, event)
