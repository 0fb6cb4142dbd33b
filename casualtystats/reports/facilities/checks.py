"""Each table of a register, read and checked row by row."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from casualtystats.reports.facilities.cells import typed_cells
from casualtystats.reports.facilities.judge import WARNING_TYPES, Judged, duplicates
from casualtystats.reports.facilities.nearest import near_hints
from casualtystats.reports.facilities.overlaps import settle
from casualtystats.reports.facilities.policies import Overlap
from casualtystats.reports.facilities.registerrules import (
    FACILITIES,
    HITS,
    facility_rules,
    hit_rules,
    of_facility_rules,
)
from casualtystats.reports.facilities.spellrules import OUTAGES, narrowed, reading_rules, spell_days, spell_rules
from casualtystats.reports.facilities.tables import TableSource, raw_table
from casualtystats.reports.facilities.texts import as_table
from casualtystats.schemas import FacilitySchema, HitSchema, SpellSchema
from casualtystats.vocabulary import FACILITY_STATUSES

__all__ = ["Register", "check_facilities", "check_hits", "check_outages", "join_register"]


@dataclass(frozen=True)
class Register:
    """Accepted facilities (`FacilitySchema`), and the identifiers of rejected rows."""

    facilities: pl.DataFrame
    refused: pl.Series
    rejected: pl.DataFrame


def check_facilities(source: TableSource) -> Register:
    """Read and check a table of facilities."""
    raw = raw_table(source, FACILITIES)
    twins, rule = duplicates("id", ["facility_id"])
    judged = Judged("facilities", raw, typed_cells(raw, FACILITIES).with_columns(twins))
    ids = judged.typed["facility_id"]
    judged.apply([*facility_rules(), rule])
    accepted = judged.typed.select(FacilitySchema.column_names())
    refused = ids.drop_nulls().unique().sort()
    return Register(accepted, refused.filter(~refused.is_in(accepted["facility_id"].implode())), judged.rejected())


def join_register(judged: Judged, register: Register) -> None:
    """Set rows aside whose facility is not in the register."""
    known = register.facilities["facility_id"]
    near = near_hints(
        judged.typed.filter(~pl.col("facility_id").is_in(known.implode()))["facility_id"], known.sort().to_list()
    )
    judged.typed = judged.typed.with_columns(
        in_register=pl.col("facility_id").is_in(known.implode()),
        in_rejected=pl.col("facility_id").is_in(register.refused.implode()),
        near_id=near,
    )
    judged.apply(of_facility_rules())


def check_outages(
    source: TableSource, register: Register, overlap: Overlap
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Read and check a table of spells.

    Returns
    -------
    (pl.DataFrame, pl.DataFrame, pl.DataFrame)
        Spells with `row`, in the order of facility and start; rejected rows; warnings.
    """
    raw = raw_table(as_table(source), OUTAGES)
    typed = typed_cells(raw, OUTAGES)
    typed = typed.with_columns(
        pl.coalesce("spell_id", pl.format("spell-{}", "row")).alias("spell_id"),
        near_status=near_hints(typed["status"], FACILITY_STATUSES),
    )
    twins, rule = duplicates("id", ["spell_id"])
    judged = Judged("outages", raw, typed.with_columns(twins))
    judged.apply([*reading_rules(), rule])
    join_register(judged, register)
    judged.typed = spell_days(
        judged.typed.join(
            register.facilities.select("facility_id", "opened", "observed_until", closed_="closed"),
            on="facility_id", how="left", maintain_order="left",
        )
    )  # fmt: skip
    judged.apply(spell_rules())
    columns = SpellSchema.create_empty().schema
    ready = narrowed(judged.typed).select(
        "row", *(pl.col(name) for name in columns if name not in ("status", "still")),
        status=pl.col("status").fill_null("non_functional").cast(columns["status"]),
        still=pl.col("still") & pl.col("end_latest").is_null(),
    )  # fmt: skip
    settled = settle(ready, overlap)
    for name, hints in settled.hints.items():
        judged.reject(name, "start", hints)
    spells = settled.spells.select("row", *columns).sort("facility_id", "start_latest", "spell_id")
    told = pl.DataFrame(
        [("outages", *warning) for warning in settled.warnings], schema=WARNING_TYPES, orient="row"
    ).filter(pl.col("row").is_in(spells["row"].implode()))
    return spells, judged.rejected(), told


def check_hits(source: TableSource, register: Register) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Read and check a table of hits: hits with `row`, in the order of the source; and rejected rows."""
    raw = raw_table(as_table(source), HITS)
    typed = typed_cells(raw, HITS).with_columns(pl.coalesce("hit_id", pl.format("hit-{}", "row")).alias("hit_id"))
    twins, rule = duplicates("id", ["hit_id"])
    judged = Judged("hits", raw, typed.with_columns(twins))
    judged.apply([*hit_rules(), rule])
    join_register(judged, register)
    return judged.typed.select("row", *HitSchema.column_names()), judged.rejected()
