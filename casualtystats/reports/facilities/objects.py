"""Facilities, spells and hits that were written as objects, as the tables that they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from casualtystats.reports.facilities.items import Facility, HitEvent, OutageSpell

__all__ = ["tables_of"]


def tables_of(
    facilities: list[Facility], spells: list[OutageSpell], hits: list[HitEvent]
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Tables of text in the columns of `read_facilities`, a row for each object in order."""
    register = [
        {
            "facility_id": f.id, "name": f.name, "type": f.type, "place": f.place, "beds": f.beds,
            "catchment": f.catchment, "opened": f.opened, "closed": f.closed,
            "observed_from": f.observed[0] if f.observed else None,
            "observed_until": f.observed[1] if f.observed else None,
        }
        for f in facilities
    ]  # fmt: skip
    outages = [
        {
            "facility_id": s.facility, "status": s.status, "start": s.start, "end": s.end, "cause": s.cause,
            "source": s.source, "known_until": s.known_until,
        }
        for s in spells
    ]  # fmt: skip
    events = [
        {"facility_id": h.facility, "date": h.date, "place": h.place, "type": h.type, "source": h.source} for h in hits
    ]
    return (
        _table(register, ("facility_id",)),
        _table(outages, ("facility_id", "start")),
        _table(events, ("facility_id", "date")),
    )


def _table(records: Sequence[Mapping[str, object]], needed: tuple[str, ...]) -> pl.DataFrame:
    names = list(records[0]) if records else list(needed)
    return pl.DataFrame(
        {name: pl.Series([_text(record[name]) for record in records], dtype=pl.String) for name in names}
    )


def _text(cell: object) -> str | None:
    if cell is None:
        return None
    return date.isoformat(cell) if type(cell) is date else str(cell)
