"""What is accepted, and a reader should know: of spells and of hits."""

from __future__ import annotations

import polars as pl

from casualtystats.reports.facilities.judge import warn

__all__ = ["hit_warnings", "spell_warnings"]


def spell_warnings(spells: pl.DataFrame) -> list[pl.DataFrame]:
    """Spells, with `row`, in the order of facility and start, that follow a facility's destruction without an end."""
    of = "facility_id"
    before = pl.col("status").cast(pl.String).shift(1).over(of) == "destroyed"
    unended = pl.col("end_latest").is_null().shift(1).over(of)
    earlier = spells.with_columns(
        other=pl.col("spell_id").shift(1).over(of), since=pl.col("start_latest").shift(1).over(of)
    )
    why = (
        "it begins after {facility_id} was destroyed ({other}, {since}) and no end of that is known: rebuilt, or a "
        "contradiction? It is kept, and the facility counts as destroyed until it begins"
    )
    return [warn("outages", earlier.filter(before & unended), "after_destroyed", why)]


def hit_warnings(hits: pl.DataFrame, facilities: pl.DataFrame, spells: pl.DataFrame) -> list[pl.DataFrame]:
    """Hits, with `row`, that are kept although something about them is odd."""
    known = hits.filter(pl.col("facility_id").is_not_null())
    days = known.join(facilities.select("facility_id", "opened", "closed"), on="facility_id", maintain_order="left")
    outside = (pl.col("date_latest") < pl.col("opened")) | (pl.col("date_earliest") > pl.col("closed"))
    again = known.with_columns(
        others=pl.col("hit_id").sort().head(10).str.join(", ").over("facility_id", "date_earliest", "date_latest"),
        same=pl.len().over("facility_id", "date_earliest", "date_latest"),
    ).filter((pl.col("same") > 1) & (pl.col("date_earliest") == pl.col("date_latest")))
    # Sure days of a destruction. The day on which it began may well be that of the hit: only a later hit is odd.
    follows = pl.coalesce("start_earliest", "start_latest").shift(-1).over("facility_id") - pl.duration(days=1)
    until = pl.when(pl.col("end_latest").is_null()).then(follows).otherwise("end_earliest")
    lost = (
        spells.with_columns(until=until)
        .filter(pl.col("status").cast(pl.String) == "destroyed")
        .select("facility_id", "spell_id", "start_latest", "until")
    )
    inside = (pl.col("date_earliest") > pl.col("start_latest")) & (
        pl.col("until").is_null() | (pl.col("date_latest") <= pl.col("until"))
    )
    destroyed = known.join(lost, on="facility_id", how="inner", maintain_order="left").filter(inside)
    return [
        warn("hits", destroyed.unique("row", maintain_order=True), "hit_destroyed",
             "{facility_id} was destroyed since {start_latest} ({spell_id}); the hit is kept"),
        warn("hits", days.filter(outside), "hit_outside_existence",
             "{facility_id} is stated to exist from {opened} to {closed}; the hit is kept"),
        warn("hits", again, "same_day", "several hits of {facility_id} on {date_earliest} ({others}): two hits, or one "
             "told twice? All are kept"),
    ]  # fmt: skip
