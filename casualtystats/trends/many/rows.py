"""Which rows of a split series say an exact number in a fixed period, and which areas therefore can be fitted together."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices
from casualtystats.trends.usable import Use, reason_of_row

__all__ = ["ManyRows", "many_rows"]


@dataclass(frozen=True, eq=False)
class ManyRows:
    """The usable rows of a split series, and what became of the others.

    Attributes
    ----------
    areas : pl.DataFrame
        One row an area, in order: the columns of `by`, `area` (its number, from 0), `n` (usable rows), `first_day`,
        `last_day` (null where there are none), `left_out` (other rows), `left_out_reasons` (null where there are none) and
        `alone`: whether a row is a bound, or has dates that are not exactly known.
    first, last : array of int
        First and last day of the usable rows of areas that are not alone, sorted by area and date; as days since 1970.
    counts : array
        Their counts.
    area : array of int
        Their areas.
    """

    areas: pl.DataFrame
    first: Indices
    last: Indices
    counts: Array
    area: Indices


def many_rows(frame: pl.DataFrame, keys: pl.DataFrame, use: Use) -> ManyRows:
    """Sort the rows of a split series by what they say.

    Parameters
    ----------
    frame : pl.DataFrame
        Intervals, or calendar cells, with the columns of `keys` in front.
    keys : pl.DataFrame
        The different values of the columns that split the series, in order.
    use : {"reported", "low", "best", "high"}
        As for `fit_trend`.
    """
    cells = "days" in frame.columns
    numbered = keys.with_row_index("area").with_columns(pl.col("area").cast(pl.Int64))
    low, high = (pl.col("low"), pl.col("high")) if use == "reported" else (pl.col(use), pl.col(use))
    moved = (pl.col("start_latest") != pl.col("period_start")) | (pl.col("end_earliest") != pl.col("period_end"))
    rows = frame.join(numbered, on=keys.columns, how="left", nulls_equal=True).select(
        "area", "period_start", "period_end",
        reason=reason_of_row(cells=cells, use=use),
        # The best value of a cell comes back from parts of days: whole but for its last digits.
        count=low.cast(pl.Float64).round(6),
        alone=low.ne_missing(high) | (pl.lit(False) if cells else moved),
    )  # fmt: skip
    usable = rows.filter(pl.col("reason").is_null())
    found = usable.group_by("area").agg(
        n=pl.len().cast(pl.Int64),
        first_day=pl.col("period_start").min(),
        last_day=pl.col("period_end").max(),
        alone=pl.col("alone").any(),
    )
    areas = (
        numbered.join(found, on="area", how="left")
        .join(_left_out(rows), on="area", how="left")
        .with_columns(pl.col("n", "left_out").fill_null(0), pl.col("alone").fill_null(value=False))
        .sort("area")
    )
    together = (
        usable.join(areas.filter(~pl.col("alone")).select("area"), on="area", how="semi")
        .select("area", "count", first=pl.col("period_start").to_physical(), last=pl.col("period_end").to_physical())
        .sort("area", "first", "last", "count")
    )
    day = together.select(pl.col("first", "last").cast(pl.Int64))
    return ManyRows(
        areas,
        day["first"].to_numpy(),
        day["last"].to_numpy(),
        together["count"].to_numpy(),
        together["area"].to_numpy(),
    )


def _left_out(rows: pl.DataFrame) -> pl.DataFrame:
    """By area: how many rows are left out, and why, in words."""
    counted = rows.drop_nulls("reason").group_by("area", "reason").agg(number=pl.len().cast(pl.Int64))
    return (
        counted.sort("area", "reason")
        .with_columns(text=pl.format("{} ({})", "number", "reason"))
        .group_by("area")
        .agg(left_out=pl.col("number").sum(), left_out_reasons=pl.col("text").str.join("; "))
    )
