"""Made-up registers for the benchmarks: facilities in areas, ten years, some ten spells each. No real place, no real count."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.states import states
from casualtystats.schemas import FacilitySchema, SpellSchema
from casualtystats.series.availability import availability

FIRST, LAST = date(2010, 1, 1), date(2019, 12, 31)
DAYS = (LAST - FIRST).days + 1
SLOTS = 10


def _filled(table: pl.DataFrame, schema: type[FacilitySchema] | type[SpellSchema]) -> pl.DataFrame:
    types = schema.create_empty().schema
    missing = [pl.lit(None).alias(name) for name in types if name not in table.columns]
    return table.with_columns(missing).select(list(types)).cast(dict(types))


def frame(number: int, areas: int = 50, fuzzy: float = 0.0, seed: int = 20195) -> Facilities:
    """A register of so many facilities with ten spells each; `fuzzy`: the share of facilities of which some edge is."""
    rng = np.random.default_rng(seed)
    names = np.array([f"F{at:06d}" for at in range(number)])
    places = np.array([f"Country/Area {at:03d}" for at in range(areas)])
    table = pl.DataFrame(
        {"facility_id": names, "place": places[rng.integers(0, areas, number)], "beds": rng.integers(5, 500, number)}
    ).with_columns(observed_from=pl.lit(FIRST), observed_until=pl.lit(LAST))
    width = DAYS // SLOTS
    begin = np.tile(np.arange(SLOTS) * width, number) + rng.integers(5, width // 2, number * SLOTS)
    length = np.minimum(rng.geometric(1 / 30, number * SLOTS), width // 2 - 5)
    vague = np.repeat(rng.random(number) < fuzzy, SLOTS) * rng.integers(0, 4, number * SLOTS)
    day = np.datetime64(FIRST) + begin
    last = day + length - 1
    words = np.array(["partial", "non_functional", "destroyed"])
    spells = pl.DataFrame({
        "spell_id": pl.int_range(number * SLOTS, eager=True).cast(pl.String),
        "facility_id": np.repeat(names, SLOTS),
        "status": words[rng.choice(3, number * SLOTS, p=[0.3, 0.65, 0.05])],
        "start_earliest": day - vague, "start_latest": day, "end_earliest": last, "end_latest": last + vague,
    }).with_columns(pl.col("^(start|end)_.*$").cast(pl.Date), still=pl.lit(value=False))  # fmt: skip
    return Facilities(_filled(table, FacilitySchema), _filled(spells, SpellSchema))


def ours(facilities: Facilities, every: str) -> pl.DataFrame:
    """Availability by area: statuses, bounds and coverage."""
    return availability(facilities, every, by=["place"]).frame  # type: ignore[arg-type]


def weighted(facilities: Facilities, every: str) -> pl.DataFrame:
    """The same in bed-days."""
    return availability(facilities, every, by=["place"], weight="beds").frame  # type: ignore[arg-type]


def stretches(facilities: Facilities, every: str) -> pl.DataFrame:
    """The states alone, by facility."""
    return states(facilities)


def plain(facilities: Facilities, every: str) -> pl.DataFrame:
    """The named peer: a plain polars group-by of the same spells, joined to their areas, by their first day or month.

    It counts spells and their days where they begin; it knows neither how many facilities are out on a day, nor bounds.
    """
    day = pl.col("start_earliest") if every == "day" else pl.col("start_earliest").dt.truncate("1mo")
    days = (pl.col("end_latest") - pl.col("start_earliest")).dt.total_days() + 1
    areas = facilities.facilities.lazy().select("facility_id", "place")
    joined = facilities.spells.lazy().join(areas, on="facility_id", how="left")
    return joined.group_by("place", day).agg(pl.len(), days=days.sum()).collect(engine="streaming")


def exploded(facilities: Facilities, every: str) -> pl.DataFrame:
    """The usual way: one row a day of each spell, then a group-by; counts of days out only."""
    day = pl.col("day") if every == "day" else pl.col("day").dt.truncate("1mo")
    areas = facilities.facilities.lazy().select("facility_id", "place")
    joined = facilities.spells.lazy().join(areas, on="facility_id", how="left")
    spread = joined.select("place", day=pl.date_ranges("start_earliest", "end_latest")).explode("day")
    return spread.group_by("place", day).agg(pl.len()).collect(engine="streaming")
