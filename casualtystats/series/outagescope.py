"""Which facilities and hits of a register lie, or may lie, inside a place and a type."""

from __future__ import annotations

import numpy as np
import polars as pl

from casualtystats.places import Places
from casualtystats.reports.facilities.model import Facilities

__all__ = ["Bools", "scoped"]

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


def scoped(
    facilities: Facilities, places: Places, place: str | None, group: str | None
) -> tuple[Facilities, Bools, pl.DataFrame]:
    """The facilities that lie, or may lie, inside a place and a type; which surely do; and the hits that do or may.

    Returns
    -------
    (Facilities, array of bool, pl.DataFrame)
        Of a hit: `f` (row of the facilities kept; null = not known which), `from`, `until` (day numbers), `sure`.
    """
    table = facilities.facilities
    inside, may = (_scoped(table, places, place, group, maybe=maybe) for maybe in (False, True))
    kept = (
        facilities
        if bool(may.all())
        else facilities.filter(pl.col("facility_id").is_in(table.filter(may)["facility_id"].implode()))
    )
    numbered = kept.facilities.select("facility_id", f=pl.int_range(pl.len(), dtype=pl.Int32))
    sure = inside.filter(may)
    # The place and type of a hit are its own, else those of its facility.
    own = facilities.hits.join(
        table.select("facility_id", _place="place", _type="type"),
        on="facility_id",
        how="left",
        maintain_order="left",
    )
    own = own.with_columns(place=pl.coalesce("place", "_place"), type=pl.coalesce("type", "_type"))
    marked = own.with_columns(sure=_scoped(own, places, place, group, maybe=False))
    marked = marked.filter(_scoped(own, places, place, group, maybe=True)).join(
        numbered, on="facility_id", how="left", maintain_order="left"
    )
    hits = marked.select(
        "f",
        pl.col("date_earliest").to_physical().alias("from"),
        until=pl.col("date_latest").to_physical(),
        sure="sure",
    )
    return kept, sure.to_numpy(), hits


def _scoped(table: pl.DataFrame, places: Places, place: str | None, group: str | None, *, maybe: bool) -> pl.Series:
    """Whether rows surely lie inside a place and a type, or may."""
    fits = {"equal", "contains", "within", "overlaps"} if maybe else {"equal", "contains"}
    passed = pl.Series([True]).new_from_index(0, table.height)
    for name, asked, relations in (("place", place, places), ("type", group, Places())):
        if asked:
            there = table[name].unique().to_list()
            inside = [one for one in there if one is not None and relations.relation(asked, one) in fits]
            passed &= table[name].is_in(inside).fill_null(value=maybe)
    return passed
