"""Contradictions in sentences: who says what by when, and by how much they are apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from casualtystats.ledger.conflicts import Conflict
from casualtystats.ledger.keys import DIMENSIONS, Keys
from casualtystats.ledger.results import Contradiction
from casualtystats.ledger.statements import Edge, Statement
from casualtystats.periods import Period, spoken_day
from casualtystats.places import Places, path_relation

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
    if _siblings(members):
        sentence += ", if these groups share nobody"
    sentence += _above(conflict, statements, places)
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


def _above(conflict: Conflict, statements: Sequence[Statement], places: Places) -> str:
    """Where parts are more than the whole that they lie in: which row of the reports, and by how much."""
    tops = [number for number, side in conflict.bounds if side == "high"]
    if len(tops) != 1 or len(conflict.bounds) < 2 or len(conflict.statements) != len(conflict.bounds):
        return ""
    whole = statements[tops[0]]
    parts = [statements[number] for number in conflict.statements if number != tops[0]]
    if any(part.row["place"] != whole.row["place"] for part in parts) and _zones((whole, *parts), places):
        # Then the question is whether both mean the same area, and not who is a part of whom.
        return ""
    keys = Keys(tuple({one.key: None for one in (whole, *parts)}), places)
    for part in parts:
        inside = part.start.first >= whole.start.first and part.end.last <= whole.end.last
        if not inside or part.key == whole.key or not keys.holds(whole.key, part.key):
            return ""
    total = sum(part.low for part in parts)
    if whole.high is None or total - whole.high != conflict.apart:
        return ""
    names = [f"{part.low:,} of {_apart(part, whole)}" for part in parts]
    rows = [_row(part) for part in parts]
    verb = "is" if len(parts) == 1 else f"together, {total:,}, are"
    told = "; ".join(f"{row}: {name}" for row, name in zip(rows, names, strict=True))
    return f" ({told} {verb} {conflict.apart:,} more than the {whole.high:,} of {_row(whole)})"


def _row(statement: Statement) -> str:
    return f"row {statement.row['row']} ({statement.name})"


def _apart(part: Statement, whole: Statement) -> str:
    """What tells a part from its whole: "group civilian/woman"."""
    pairs = zip(DIMENSIONS, part.key, whole.key, strict=True)
    return ", ".join(f"{name} {own}" for name, own, other in pairs if own != other)


def _told(statement: Statement, *, by: bool) -> str:
    """The count by a last day where all begin on one day ("X: 103,539 by 6 May 2019"), else with its whole period."""
    count, row = statement.said, statement.row
    if by and row["end_earliest"] == row["end_latest"] and row["hours"] is None:
        return f"{statement.source}: {count} by {spoken_day(row['end_latest'])}"
    period = Period(row["start_earliest"], row["start_latest"], row["end_earliest"], row["end_latest"], row["hours"])
    return f"{statement.source}: {count}, {period}"


def _areas(members: Sequence[Statement], places: Places) -> bool:
    """Whether the conflict rests on what an area is: names differ, or a zone has no boundary that all agree on."""
    return len({statement.row["place"] for statement in members}) > 1 or _zones(members, places)


def _siblings(members: Sequence[Statement]) -> bool:
    """Whether two groups are held to share nobody because neither lies in the other."""
    groups = sorted({statement.row["group"] or "" for statement in members})
    return any(path_relation(a, b) == "disjoint" for at, a in enumerate(groups) for b in groups[at + 1 :])


def _zones(members: Sequence[Statement], places: Places) -> bool:
    names = {statement.row["place"] for statement in members}
    return any(name in places.zones or places.zone_above(name) is not None for name in names)
