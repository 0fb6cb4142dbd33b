"""Spells of each facility are kept apart: by their dates, or else by a named rule, or else rejected."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.reports.facilities.arrange import Days, arrange, clashes
from casualtystats.reports.facilities.policies import Cut, Overlap, cut_latest, cut_worst
from casualtystats.vocabulary import FacilityStatus

__all__ = ["Settled", "settle"]

_DATES: Final = ("start_earliest", "start_latest", "end_earliest", "end_latest")
_WHY: Final = {
    "overlap": "expected spells of {facility} that share no day; got row {row} ({spell}) that can not be kept apart from "
    "{others}; mend the dates, or name a rule: {rules}",
    "unclear_order": "expected dates that say which spell of {facility} came first; got row {row} ({spell}) that may lie "
    "before or after {others}; narrow the dates",
}
_RULES: Final[dict[Overlap, str]] = {
    "reject": "overlap='worst' (the worse status holds on shared days) or overlap='latest' (the later spell ends the "
    "earlier)",
    "worst": "overlap='worst' takes spells whose days are all known",
    "latest": "overlap='latest' takes spells that start on known and different days",
}


@dataclass
class Settled:
    """Spells that can not overlap, and what was done to get there.

    Parameters
    ----------
    spells : pl.DataFrame
        The columns that came, in any order of rows.
    hints : dict of str to dict of int to str
        Rule -> row -> hint, for the rows that can not be kept.
    warnings : list of (int, str, str)
        Row, flag and why, for the rows that were changed.
    """

    spells: pl.DataFrame
    hints: dict[str, dict[int, str]] = field(default_factory=dict[str, dict[int, str]])
    warnings: list[tuple[int, str, str]] = field(default_factory=list[tuple[int, str, str]])


def settle(spells: pl.DataFrame, overlap: Overlap) -> Settled:
    """Keep the spells of each facility apart.

    Parameters
    ----------
    spells : pl.DataFrame
        `row`, `spell_id`, `facility_id`, `status` and the four dates of `SpellSchema`.
    overlap : {"reject", "worst", "latest"}
        What is done with spells that can not be kept apart.
    """
    first = pl.coalesce("start_earliest", pl.min_horizontal("start_latest", "end_earliest"))
    last = pl.coalesce("end_latest", pl.max_horizontal("start_latest", "end_earliest"))
    near = spells.select("facility_id", "row", first=first, last=last).sort("facility_id", "first", "last", "row")
    reach = pl.col("last").cum_max().shift(1).over("facility_id")
    hard = near.filter(pl.col("first") <= reach)["facility_id"].unique()
    meets = pl.col("facility_id").is_in(hard.implode())
    done = Settled(spells.filter(~meets))
    if hard.is_empty():
        return done
    parts = [done.spells]
    taken = set(spells["spell_id"].to_list()) if overlap == "worst" else set[str]()
    for (name,), group in spells.filter(meets).sort("facility_id", "row").group_by("facility_id", maintain_order=True):
        parts.append(_settle_one(str(name), group, overlap, done, taken))
    done.spells = pl.concat(parts)
    return done


def _free(spell_id: str, piece: int, taken: set[str]) -> str:
    """An identifier for a further piece of a spell that no other spell has."""
    name = f"{spell_id}#{piece}"
    while name in taken:
        name += "'"
    taken.add(name)
    return name


def _settle_one(facility: str, group: pl.DataFrame, overlap: Overlap, done: Settled, taken: set[str]) -> pl.DataFrame:
    by_row: dict[int, dict[str, Any]] = {record["row"]: record for record in group.iter_rows(named=True)}
    spells = [_days(record) for record in by_row.values()]
    rows = {spell.row: spell.row for spell in spells}
    if overlap != "reject":
        spells, rows = _cut(spells, by_row, overlap, done)
    kept, broken = arrange(spells)
    for rule, numbers in broken:
        said = sorted({rows[number] for number in numbers})
        for row in said:
            done.hints.setdefault(rule, {})[row] = _why(rule, facility, row, said, by_row, overlap)
    rejected = {rows[number] for _, numbers in broken for number in numbers}
    records: list[dict[str, Any]] = []
    pieces: dict[int, int] = {}
    for spell in kept:
        row = rows[spell.row]
        if row in rejected:
            continue
        pieces[row] = pieces.get(row, 0) + 1
        record: dict[str, Any] = {**by_row[row], **dict(zip(_DATES, _dates(spell), strict=True))}
        if pieces[row] > 1:
            record["spell_id"] = _free(record["spell_id"], pieces[row], taken)
        record["still"] = record["still"] and spell.d is None
        records.append(record)
        before = tuple(by_row[row][name] for name in _DATES)
        if spell.row == row and before != _dates(spell) and not _was_cut(row, done):
            done.warnings.append((row, "narrowed", _narrowed(by_row[row], spell)))
    return pl.DataFrame(records, schema=group.schema)


def _was_cut(row: int, done: Settled) -> bool:
    return any(told == row and flag == "overlap_cut" for told, flag, _ in done.warnings)


def _cut(
    spells: list[Days], by_row: dict[int, dict[str, Any]], overlap: Overlap, done: Settled
) -> tuple[list[Days], dict[int, int]]:
    """Replace spells that can not be kept apart by what the rule leaves of them, where it can."""
    statuses: dict[int, FacilityStatus] = {row: record["status"] for row, record in by_row.items()}
    rows = {spell.row: spell.row for spell in spells}
    left = list(spells)
    for part in clashes(spells):
        made: Cut | None = cut_worst(part, statuses) if overlap == "worst" else cut_latest(part)
        if made is None:
            continue
        numbers = {spell.row for spell in part}
        left = [spell for spell in left if spell.row not in numbers]
        seen: set[int] = set()
        for piece in made.pieces:
            number = piece.row
            if number in seen:
                number = -len(rows)
                rows[number] = piece.row
            seen.add(piece.row)
            left.append(replace(piece, row=number))
        for row, by in made.cut.items():
            shared = ", ".join(_told(by_row[other]) for other in by)
            done.warnings.append((row, "overlap_cut", f"overlap={overlap!r}: days of it went to {shared}"))
        for row, by in made.gone.items():
            shared = ", ".join(_told(by_row[other]) for other in by)
            done.hints.setdefault("overlap_covered", {})[row] = (
                f"expected a spell of which overlap={overlap!r} leaves a day; all of its days went to {shared}"
            )
    return left, rows


def _days(record: dict[str, Any]) -> Days:
    a, b, c, d = (record[name] for name in _DATES)
    first, last = (None if day is None else day.toordinal() for day in (a, d))
    return Days(record["row"], first, b.toordinal(), c.toordinal(), last, record["spell_id"])


def _dates(spell: Days) -> tuple[date | None, ...]:
    return tuple(None if day is None else date.fromordinal(day) for day in (spell.a, spell.b, spell.c, spell.d))


def _told(record: dict[str, Any]) -> str:
    return f"row {record['row']} ({record['spell_id']}, {_span(record)})"


def _span(record: dict[str, Any]) -> str:
    a, b, c, d = (record[name] for name in _DATES)
    start = f"before {b}" if a is None else f"{b}" if a == b else f"{a}..{b}"
    end = f"{c} or later" if d is None else f"{d}" if c == d else f"{c}..{d}"
    return f"{record['status']} from {start} to {end}"


def _narrowed(record: dict[str, Any], spell: Days) -> str:
    after = {**record, **dict(zip(_DATES, _dates(spell), strict=True))}
    return f"its neighbours leave of {_span(record)} only {_span(after)}"


def _why(
    rule: str, facility: str, row: int, rows: list[int], by_row: dict[int, dict[str, Any]], overlap: Overlap
) -> str:
    others = ", ".join(_told(by_row[other]) for other in rows if other != row)
    return _WHY[rule].format(facility=facility, row=row, spell=_span(by_row[row]), others=others, rules=_RULES[overlap])
