"""Made-up separate events for the benchmarks: areas, ten years, geometric lengths. No real place, no real count."""

from __future__ import annotations

import numpy as np
import polars as pl

import casualtystats as cs
from casualtystats.schemas import ReportSchema

AREAS = 300
DAYS = 3650


def frame(number: int, mean_days: int, seed: int = 20191) -> pl.DataFrame:
    """Reports of separate events in the columns of `ReportSchema`."""
    rng = np.random.default_rng(seed)
    names = np.array([f"Country/Area {i:03d}" for i in range(AREAS)])
    start = np.datetime64("2010-01-01") + rng.integers(0, DAYS, number)
    end = start + rng.geometric(1 / mean_days, number) - 1
    best = rng.integers(1, 50, number)
    schema = ReportSchema.create_empty().schema
    table = pl.DataFrame(
        {
            "report_id": pl.int_range(number, eager=True).cast(pl.String),
            "place": names[rng.integers(0, AREAS, number)],
            "start_earliest": start,
            "end_latest": end,
            "low": best - 1,
            "best": best,
            "high": best + 3,
        }
    )
    fixed = {"measure": "killed", "unit": "people", "kind": "flow", "qualifier": "between", "source": "register"}
    table = table.with_columns(
        pl.col("start_earliest", "end_latest").cast(pl.Date),
        value="best",
        **{name: pl.lit(text) for name, text in fixed.items()},
    ).with_columns(start_latest="start_earliest", end_earliest="end_latest")
    missing = [pl.lit(None).alias(name) for name in schema if name not in table.columns]
    return table.with_columns(missing).select(list(schema)).cast(dict(schema))


def reports(table: pl.DataFrame) -> cs.Reports:
    """The frame as checked reports, without timing the check."""
    return cs.Reports(table)


def flow(table: pl.DataFrame, every: str) -> pl.DataFrame:
    """From checked reports to cells by area: low, best, high, coverage, allocated, number of reports."""
    series = cs.deaths(reports(table), by=["place"], overlap="add")
    return series.resample(every).to_frame()  # type: ignore[arg-type]


def plain(table: pl.DataFrame, every: str) -> pl.DataFrame:
    """The named peer: a plain polars group-by of the first days, which spreads nothing and knows no coverage."""
    day = pl.col("start_earliest") if every == "day" else pl.col("start_earliest").dt.truncate("1w")
    sums = table.lazy().group_by("place", day).agg(pl.col("low", "best", "high").sum())
    return sums.collect(engine="streaming")


def exploded(table: pl.DataFrame, every: str) -> pl.DataFrame:
    """The usual way: one row a day of each event, then a group-by; best values only."""
    day = pl.col("day") if every == "day" else pl.col("day").dt.truncate("1w")
    length = (pl.col("end_latest") - pl.col("start_earliest")).dt.total_days() + 1
    spread = table.lazy().select(
        "place",
        rate=pl.col("best") / length,
        day=pl.date_ranges("start_earliest", "end_latest"),
    )
    return spread.explode("day").group_by("place", day).agg(pl.col("rate").sum()).collect(engine="streaming")
