"""Adjacent spells of one status become one spell: what is known of each day stays the same."""

from __future__ import annotations

import polars as pl

from casualtystats.reports.facilities.judge import WARNING_TYPES

__all__ = ["merged_spells"]


def merged_spells(spells: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Join spells of one facility and status, both exact at the seam.

    Parameters
    ----------
    spells : pl.DataFrame
        `SpellSchema`, in the order of facility and start.

    Returns
    -------
    (pl.DataFrame, pl.DataFrame)
        Spells, and a warning for each joined spell (`row` null: a spell of several rows).
    """
    before = pl.col("end_latest").shift(1).over("facility_id")
    seam = (
        (pl.col("status") == pl.col("status").shift(1).over("facility_id"))
        & (pl.col("end_earliest").shift(1).over("facility_id") == before)
        & (pl.col("start_earliest") == pl.col("start_latest"))
        & (pl.col("start_latest") == before + pl.duration(days=1))
    ).fill_null(value=False)
    grouped = (
        spells.with_columns(group=(~seam).cum_sum())
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("spell_id", "facility_id", "status", "start_earliest", "start_latest").first(),
            pl.col("end_earliest", "end_latest", "still").last(),
            pl.col("cause", "source").drop_nulls().unique(maintain_order=True).str.join("; "),
            parts=pl.col("spell_id"),
        )
        .with_columns(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in ("cause", "source"))
    )
    why = "{} and {} were joined: lengths of spells and times to restoration change, availability does not"
    told = grouped.filter(pl.col("parts").list.len() > 1).select(
        table=pl.lit("outages"),
        row=pl.lit(None, pl.Int64),
        flag=pl.lit("merged"),
        why=pl.format(why, "spell_id", pl.col("parts").list.slice(1).list.join(", ")),
    )
    return grouped.select(spells.columns), told.cast(WARNING_TYPES)
