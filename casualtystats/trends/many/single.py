"""One area of a split series, fitted by `fit_trend`: bounds and dates that are not exactly known have no fit in batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from casualtystats.errors import CasualtyStatsError
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.families import Family
from casualtystats.trends.growth import fit_trend
from casualtystats.trends.result import TrendFit
from casualtystats.trends.usable import Use

__all__ = ["fit_alone", "parts"]


def parts(series: FlowSeries[Any], areas: pl.DataFrame) -> Iterator[FlowSeries[Any]]:
    """The rows of a split series as series of their own.

    Parameters
    ----------
    series : FlowSeries
        Split by columns.
    areas : pl.DataFrame
        The wanted values of these columns, in the order in which the parts come.
    """
    by = list(series.info.by)
    numbered = areas.select(by).with_row_index("_area")
    intervals = series.intervals.collect(engine="streaming").join(
        numbered, on=by, nulls_equal=True, maintain_order="left"
    )
    of_area = intervals.partition_by("_area", as_dict=True)
    named = intervals.select("_area", "report_id").unique()
    reports = series.reports.frame.join(named, on="report_id", maintain_order="left").partition_by(
        "_area", as_dict=True
    )
    for number, *values in numbered.rows():
        key = (number,)
        yield replace(
            series,
            info=replace(series.info, by=(), **_named(by, values)),
            reports=replace(series.reports, frame=_without(reports.get(key), series.reports.frame)),
            intervals=of_area[key].drop("_area", *by).lazy(),
            facts=replace(series.facts, rows=pl.DataFrame()),
        )


def _named(by: list[str], values: list[Any]) -> dict[str, Any]:
    kept = ("place", "group", "perpetrator", "destination")
    return {name: value for name, value in zip(by, values, strict=True) if name in kept}


def _without(found: pl.DataFrame | None, empty: pl.DataFrame) -> pl.DataFrame:
    return empty.clear() if found is None else found.drop("_area")


def fit_alone(series: FlowSeries[Any], family: Family | None, use: Use, level: float) -> TrendFit | str:
    """The fit of one area, or the reason why there is none."""
    try:
        return fit_trend(series, family=family, use=use, level=level)
    except CasualtyStatsError as error:
        return str(error)
