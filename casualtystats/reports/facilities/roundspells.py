"""Spells from rounds: what two neighbouring reports of a facility say about the days between them."""

from __future__ import annotations

import polars as pl

from casualtystats.schemas import SpellSchema

__all__ = ["observed_of_rounds", "spells_of_rounds"]


def _reports(rows: pl.DataFrame) -> pl.DataFrame:
    """Reports of each facility in order, their days narrowed so that each lies after the one before."""
    said = rows.filter(pl.col("status").is_not_null()).sort("facility_id", "position")
    of, nth = "facility_id", pl.int_range(pl.len(), dtype=pl.Int64).over("facility_id")
    early = pl.col("date_earliest").to_physical().cast(pl.Int64) - nth
    late = pl.col("date_latest").to_physical().cast(pl.Int64) - nth
    return said.select(
        "facility_id",
        "position",
        "status",
        first=(early.cum_max().over(of) + nth).cast(pl.Int32).cast(pl.Date),
        last=(late.cum_min(reverse=True).over(of) + nth).cast(pl.Int32).cast(pl.Date),
    )


def spells_of_rounds(rows: pl.DataFrame, *, unchanged: bool) -> pl.DataFrame:
    """The spells (`SpellSchema`) of `StatusRounds.to_facilities`.

    Parameters
    ----------
    rows : pl.DataFrame
        Rows of `StatusRounds`.
    unchanged : bool
        Whether a status is taken to hold between two reports that agree; functional spells are left out then.
    """
    of, day = "facility_id", pl.duration(days=1)
    status = pl.col("status").cast(pl.String)
    reports = _reports(rows).with_columns(
        agrees=(status == status.shift(1).over(of)).fill_null(value=False),
        opens=pl.col("first").shift(1).over(of),
        closes=pl.col("last").shift(-1).over(of),
        ends=(status == status.shift(-1).over(of)).fill_null(value=False),
    )
    # Destroyed in two rounds is destroyed between them, whatever is taken of other statuses.
    begins = ~pl.col("agrees") if unchanged else ~pl.col("agrees") | (status != "destroyed")
    grouped = (
        reports.with_columns(group=begins.cum_sum())
        .group_by("group", maintain_order=True)
        .agg(
            pl.col("facility_id", "position", "status", "agrees", "opens").first(),
            pl.col("closes", "ends").last(),
            begun=pl.col("last").first(),
            seen=pl.col("first").last(),
        )
    )
    spells = grouped.select(
        spell_id=pl.format("{}@{}", "facility_id", "position"),
        facility_id="facility_id",
        status="status",
        start_earliest=pl.when(~pl.col("agrees")).then(pl.col("opens") + day),
        start_latest="begun",
        end_earliest="seen",
        end_latest=pl.when(~pl.col("ends")).then(pl.col("closes") - day),
        still=pl.col("closes").is_null(),
        cause=pl.lit(None, pl.String),
        source=pl.lit(None, pl.String),
    )
    if unchanged:
        spells = spells.filter(pl.col("status").cast(pl.String) != "functional")
    return spells.select(SpellSchema.column_names()).sort("facility_id", "start_latest", "spell_id")


def observed_of_rounds(facilities: pl.DataFrame, rows: pl.DataFrame, *, unchanged: bool) -> pl.DataFrame:
    """The register with the days from each facility's first to its last report as observed, or with none."""
    none = facilities.with_columns(observed_from=pl.lit(None, pl.Date), observed_until=pl.lit(None, pl.Date))
    if not unchanged:
        return none
    seen = (
        _reports(rows)
        .group_by("facility_id")
        .agg(observed_from=pl.col("last").first(), observed_until=pl.col("first").last())
        .filter(pl.col("observed_from") <= pl.col("observed_until"))
    )
    joined = none.drop("observed_from", "observed_until").join(
        seen, on="facility_id", how="left", maintain_order="left"
    )
    return joined.select(facilities.columns)
