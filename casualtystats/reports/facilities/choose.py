"""Which facilities, and which hits on facilities that are not known, lie inside a place and a type."""

from __future__ import annotations

from difflib import get_close_matches

import polars as pl

from casualtystats.errors import NoReportsError
from casualtystats.places import Places

__all__ = ["chosen", "chosen_hits"]


def chosen(
    facilities: pl.DataFrame, places: Places, place: str | None, type_: str | None, facility: str | None
) -> pl.DataFrame:
    """The facilities inside what is asked.

    Raises
    ------
    NoReportsError
        If none is left.
    """
    kept = facilities.filter(_inside(facilities, places, place, type_, facility))
    if kept.is_empty():
        asked = {"place": place, "type": type_, "facility_id": facility}
        said = ", ".join(f"{name} {value!r}" for name, value in asked.items() if value)
        there = [
            f"{name}: {', '.join(_near(facilities, name, value)) or 'none stated'}"
            for name, value in asked.items()
            if value
        ]
        raise NoReportsError(
            f"expected a facility with {said or 'any name'}, got none of {facilities.height}; there are "
            f"{'; '.join(there) or 'no facilities'}"
        )
    return kept


def chosen_hits(
    hits: pl.DataFrame, places: Places, place: str | None, type_: str | None, facility: str | None
) -> pl.DataFrame:
    """The hits on facilities that are not known whose own place and type lie inside what is asked."""
    unknown = hits.filter(pl.col("facility_id").is_null())
    return unknown.clear() if facility else unknown.filter(_inside(unknown, places, place, type_, None))


def _inside(frame: pl.DataFrame, places: Places, place: str | None, type_: str | None, facility: str | None) -> pl.Expr:
    tests = [pl.lit(value=True)]
    for name, value, table in (("place", place, places), ("type", type_, Places())):
        if value:
            there = frame[name].drop_nulls().unique().sort().to_list()
            inside = [other for other in there if table.relation(value, other) in ("equal", "contains")]
            tests.append(pl.col(name).is_in(inside))
    if facility:
        tests.append(pl.col("facility_id") == facility)
    return pl.all_horizontal(tests)


def _near(facilities: pl.DataFrame, name: str, value: str) -> list[str]:
    there = facilities[name].drop_nulls().unique().sort().head(2_000).to_list()
    return get_close_matches(value, there, n=3, cutoff=0.5) or there[:8]
