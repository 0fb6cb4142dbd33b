"""Made-up facilities, spells and hits for the tests of pictures: simulated, of no real place."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from casualtystats.reports.facilities import Facilities
from casualtystats.schemas import FacilitySchema, HitSchema, SpellSchema

FIRST = date(2019, 4, 1)
LAST = date(2019, 6, 30)


def day(at: int) -> date:
    return FIRST + timedelta(days=at)


def table(schema: Any, rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    empty = schema.create_empty()
    return pl.DataFrame([dict.fromkeys(empty.columns) | row for row in rows], schema=empty.schema)


def facility(ident: str, *, observed: bool = True, **more: Any) -> dict[str, Any]:
    window = {"observed_from": FIRST, "observed_until": LAST} if observed else {}
    return {"facility_id": ident} | window | more


def spell(
    name: str, first: int, last: int, status: str = "non_functional", *, start: int | None = 0, end: int | None = 0,
    still: bool = False, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    """Sure from `first` to `last`; `start` days earlier and `end` days later possible; None = not known."""
    return {
        "spell_id": f"{name}-{first}", "facility_id": name, "status": status, "start_latest": day(first),
        "start_earliest": None if start is None else day(first - start), "end_earliest": day(last),
        "end_latest": None if end is None else day(last + end), "still": still, "source": "Health cluster",
    } | more  # fmt: skip


def hit(number: int, name: str | None, first: int, last: int | None = None) -> dict[str, Any]:
    return {
        "hit_id": f"h{number}", "facility_id": name, "date_earliest": day(first),
        "date_latest": day(first if last is None else last), "source": "Monitors",
    }  # fmt: skip


def made(
    facilities: Sequence[dict[str, Any]], spells: Sequence[dict[str, Any]] = (), hits: Sequence[dict[str, Any]] = ()
) -> Facilities:
    frame = table(SpellSchema, spells).sort("facility_id", "start_latest", "spell_id")
    return Facilities(table(FacilitySchema, facilities), frame, table(HitSchema, hits))


def five() -> Facilities:
    return made(
        [
            facility("F1", name="Northern district hospital", place="North"),
            facility("F2", name="Primary health centre in the eastern quarter of the town", place="East"),
            facility("F3", name="Southern hospital", place="South"),
            facility("F4", name="Western clinic", place="West", observed=False),
            facility("F5", name="Central maternity hospital", place="North"),
        ],
        [
            spell("F1", 20, 41, end=4, start=2), spell("F1", 46, 60, "partial"), spell("F1", 70, 75, end=None),
            spell("F2", 35, 66, still=True, end=None), spell("F3", 12, 25), spell("F3", 26, 26, "destroyed", end=None),
            spell("F4", 40, 52, start=None, end=8),
        ],
        [hit(1, "F1", 20), hit(2, "F1", 28), hit(3, "F2", 35), hit(4, "F2", 35), hit(5, "F3", 26), hit(6, "F5", 44, 50),
         hit(7, None, 30), hit(8, None, 55, 60)],
    )  # fmt: skip


def many(number: int, seed: int = 1) -> Facilities:
    """As many facilities as asked for, in five places, with everything that a register may hold."""
    chance = random.Random(seed)
    kinds = ("hospital", "primary care", "clinic")
    rows: list[dict[str, Any]] = []
    spells: list[dict[str, Any]] = []
    hits: list[dict[str, Any]] = []
    for at in range(number):
        name = f"F{at + 1:03}"
        rows.append(
            facility(
                name, name=f"{chance.choice(kinds).capitalize()} {at + 1}", place=f"District {chance.choice('ABCDE')}",
                type=f"health/{kinds[at % 3]}", beds=chance.randint(5, 120), observed=chance.random() < 0.85,
            )
        )  # fmt: skip
        at_day = chance.randint(5, 50)
        while at_day < 80 and chance.random() < 0.75:
            lasts = min(chance.randint(1, 35), 90 - at_day)
            last = at_day + lasts - 1
            if chance.random() < 0.6:
                hits.append(hit(len(hits), name, at_day))
            kind = chance.random()
            status = "non_functional" if kind < 0.65 else "partial" if kind < 0.9 else "destroyed"
            ends: dict[str, Any] = {}
            if status == "destroyed":
                ends = {"end": None}
            elif chance.random() < 0.25:
                ends = {"end": min(chance.randint(1, 6), 90 - last)}
            elif chance.random() < 0.2:
                ends = {"end": None, "still": chance.random() < 0.5}
            spells.append(spell(name, at_day, last, status, start=chance.choice((0, 0, 0, 3)), **ends))
            at_day = last + chance.randint(8, 30)
            if status == "destroyed" or "still" in ends:
                break
    hits += [hit(len(hits) + at, None, chance.randint(10, 80)) for at in range(4)]
    return made(rows, spells, hits)
