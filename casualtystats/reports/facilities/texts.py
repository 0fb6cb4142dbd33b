"""Spells and hits as tables of text, which `read_facilities` reads back to the same frames."""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.reports.facilities.tables import TableSource
from casualtystats.reports.textdates import date_texts
from casualtystats.schemas import HitSchema, SpellSchema

__all__ = ["as_table", "hit_texts", "spell_texts"]

_SPELLS: Final = SpellSchema.create_empty().schema
_HITS: Final = HitSchema.create_empty().schema


def spell_texts(spells: pl.DataFrame) -> pl.DataFrame:
    """Spells (`SpellSchema`) in the columns of a table of outages.

    Examples
    --------
    >>> from casualtystats.reports.facilities import Facilities, Facility, OutageSpell
    >>> register = Facilities.of([Facility("a")], [OutageSpell("a", "[..2019-05-04]")])
    >>> spell_texts(register.spells).select("start", "end", "known_until").row(0)
    ('[..2019-05-04]', None, None)
    """
    a, b, c, d = (pl.col(name) for name in ("start_earliest", "start_latest", "end_earliest", "end_latest"))
    # Without an end it is known to last to its first day at least, which need not be said.
    said = pl.col("still") | (d.is_null() & (c != pl.coalesce(a, b))) | (a.is_null() & (c < b))
    return spells.select(
        "spell_id",
        "facility_id",
        pl.col("status").cast(pl.String),
        start=pl.when(a.is_null()).then(pl.format("[..{}]", b.dt.to_string("%Y-%m-%d"))).otherwise(date_texts(a, b)),
        end=pl.when(d.is_not_null()).then(date_texts(c, d)).when(pl.col("still")).then(pl.lit("still out")),
        # Where it is not sure that the spell has begun by then: it was last seen so on some day up to the latest start.
        known_until=pl.when(said).then(date_texts(c, pl.max_horizontal(b, c))),
        cause=pl.col("cause"),
        source=pl.col("source"),
    )


def hit_texts(hits: pl.DataFrame) -> pl.DataFrame:
    """Hits (`HitSchema`) in the columns of a table of hits."""
    return hits.select(
        "hit_id",
        "facility_id",
        date_texts(pl.col("date_earliest"), pl.col("date_latest")).alias("date"),
        "place",
        "type",
        "source",
    )


def as_table(source: TableSource) -> TableSource:
    """A frame of `Facilities.spells` or `Facilities.hits` as the table that it stands for; anything else as it is."""
    if isinstance(source, pl.DataFrame) and source.schema == _SPELLS:
        return spell_texts(source)
    if isinstance(source, pl.DataFrame) and source.schema == _HITS:
        return hit_texts(source)
    return source
