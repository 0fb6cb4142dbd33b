"""Contradictions in sentences: who says what by when, and by how much they are apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from casualtystats.ledger.conflicts import Conflict
from casualtystats.ledger.results import Contradiction
from casualtystats.ledger.statements import Edge, Statement
from casualtystats.periods import Period, spoken_day
from casualtystats.places import Places

__all__ = ["contradiction", "period_of", "spoken_edge"]


def period_of(start: Edge, end: Edge) -> Period:
    """The period between two edges, whatever its fuzzy ends."""
    day = timedelta(days=1)
    first, until = date.fromordinal(start.first), date.fromordinal(end.last) - day
    return Period(first, date.fromordinal(start.last), max(first, date.fromordinal(end.first) - day), until)


def spoken_edge(edge: Edge) -> str:
    """A day, or "a day from ... to ...", in words."""
    first, last = date.fromordinal(edge.first), date.fromordinal(edge.last)
    return spoken_day(first) if first == last else f"a day of {Period(first, first, last, last)}"


def contradiction(conflict: Conflict, statements: Sequence[Statement], places: Places) -> Contradiction:
    """A conflict as it is told."""
    members = [statements[number] for number in conflict.statements]
    same_start = len({statement.start[:2] for statement in members}) == 1
    told = [_told(statement, by=same_start) for statement in members]
    tension = any(statement.about for statement in members)
    sentence = f"{'; '.join(told)}: {conflict.apart:,} apart"
    if len(members) > 1 and _areas(members, places):
        sentence += f", if {'both' if len(members) == 2 else 'all'} mean the same area"
    if tension:
        sentence += "; a tension, as it rests on the band that is read into 'about'"
    names = {"low": "at least", "high": "at most"}
    return Contradiction(
        "tension" if tension else "contradiction",
        tuple(statements[number].name for number, _ in conflict.bounds),
        tuple(names[side] for _, side in conflict.bounds),
        tuple(statements[number].said for number, _ in conflict.bounds),
        conflict.apart,
        conflict.alone,
        sentence,
    )


def _told(statement: Statement, *, by: bool) -> str:
    """The count by a last day where all begin on one day ("X: 103,539 by 6 May 2019"), else with its whole period."""
    count, row = statement.said, statement.row
    if by and row["end_earliest"] == row["end_latest"] and row["hours"] is None:
        return f"{statement.source}: {count} by {spoken_day(row['end_latest'])}"
    period = Period(row["start_earliest"], row["start_latest"], row["end_earliest"], row["end_latest"], row["hours"])
    return f"{statement.source}: {count}, {period}"


def _areas(members: Sequence[Statement], places: Places) -> bool:
    """Whether the conflict rests on what an area is: names differ, or a zone has no boundary that all agree on."""
    names = {statement.row["place"] for statement in members}
    return len(names) > 1 or any(name in places.zones for name in names)
