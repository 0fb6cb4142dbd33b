"""Registers for the tests of rates of facilities, from as little as a test needs to say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl

from casualtystats.reports.facilities.model import Facilities
from casualtystats.schemas import FacilitySchema, HitSchema, SpellSchema

FIRST = date(2019, 5, 1)


def on(day: int | None) -> date | None:
    """The date of a day; day 1 is 1 May 2019."""
    return None if day is None else FIRST + timedelta(days=day - 1)


def edge(day: Any) -> tuple[date | None, date | None]:
    """Both ends of a day, or of a range of days."""
    first, last = day if isinstance(day, tuple) else (day, day)
    return on(first), on(last)


def register(
    spells: list[tuple[str, Any, Any, str]],
    hits: list[tuple[str | None, Any]] | None = None,
    **facilities: dict[str, Any],
) -> Facilities:
    """A register. A spell: facility, start, end (None = not known, (day, None) = known to last to day), status."""
    names = sorted({row[0] for row in spells} | {row[0] for row in hits or [] if row[0]} | set(facilities))
    blank: dict[str, Any] = dict.fromkeys(FacilitySchema.column_names())
    days = ("opened", "closed", "observed_from", "observed_until")
    rows: list[dict[str, Any]] = []
    for name in names:
        said = {key: on(value) if key in days else value for key, value in facilities.get(name, {}).items()}
        rows.append(blank | {"facility_id": name} | said)
    told: list[dict[str, Any]] = []
    for at, (name, start, end, status) in enumerate(spells):
        begun, over = edge(start), edge(end)
        row = dict.fromkeys(SpellSchema.column_names()) | {"spell_id": f"s{at}", "facility_id": name, "status": status}
        row |= {"start_earliest": begun[0], "start_latest": begun[1], "end_earliest": over[0], "end_latest": over[1]}
        told.append(row | {"still": over[1] is None})
    happened: list[dict[str, Any]] = []
    for at, (name, day) in enumerate(hits or []):
        first, last = edge(day)
        row = dict.fromkeys(HitSchema.column_names()) | {"hit_id": f"h{at}", "facility_id": name}
        happened.append(row | {"date_earliest": first, "date_latest": last})
    frames = [
        pl.DataFrame(part, schema=schema.create_empty().schema)
        for part, schema in ((rows, FacilitySchema), (told, SpellSchema), (happened, HitSchema))
    ]
    return Facilities(
        FacilitySchema.validate(frames[0]),
        SpellSchema.validate(frames[1].sort("facility_id", "start_latest", "spell_id")),
        HitSchema.validate(frames[2]),
    )
