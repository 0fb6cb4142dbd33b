"""From a flow series to its rates: what all rates share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.printing import format_count, format_days
from casualtystats.rates.alike import check_population, people_group
from casualtystats.rates.denominators import EXPOSURE, person_day_columns
from casualtystats.rates.events import with_event_sizes
from casualtystats.rates.given import number
from casualtystats.rates.result import RateSeries
from casualtystats.rates.rowintervals import Interval, check_interval, with_intervals
from casualtystats.rates.rows import PerUnit, with_days, with_rates
from casualtystats.rates.sampling import check_level
from casualtystats.schemas import RateSchema
from casualtystats.series.flow import FlowSeries

__all__ = ["constant", "make_rates"]


def constant(per: float, what: str = "person-days") -> str:
    """The constant of a rate in words.

    Raises
    ------
    OptionError
        If it is not a number above 0.

    Examples
    --------
    >>> constant(10_000)
    '10,000'
    """
    return format_count(number(per, f"per= a number of {what} above 0, such as 10_000"))


def make_rates(
    series: FlowSeries[Any], label: str, population: Any, *, per: float, unit: PerUnit, level: float,
    interval: Interval | None, sizes: Sequence[int] | pl.DataFrame | None = None,
    indicator: Literal["CMR", "U5MR"] | None = None,
) -> RateSeries:  # fmt: skip
    """The rates of the rows of a series.

    Parameters
    ----------
    series : FlowSeries
        Its intervals, or its calendar cells.
    label : str
        What the rate is.
    population : AtRisk
        People at risk; not looked at for a rate per day.
    per, unit, level, interval, sizes
        As in `death_rate` and `rate`; an interval of None gives none, with the reason.
    indicator : {"CMR", "U5MR"}, optional
        The mortality rate of all causes that this is.

    Raises
    ------
    OptionError
        As in `death_rate`.
    """
    share, info = check_level(level), series.info
    per = number(per, "per= a number above 0, such as 10_000")
    if interval is not None:
        check_interval(interval)
    if sizes is not None and interval != "compound":
        raise OptionError(f"expected interval='compound' with event_sizes=, got {interval!r}")
    rows = with_days(series.to_frame())
    if unit == "days":
        none = pl.lit(None, pl.Float64)
        rows = rows.with_columns(none.alias(name) for name in EXPOSURE)
    else:
        check_population(info, population, series.reports.places)
        rows = rows.with_columns(person_day_columns(rows, info.by, population))
    once = info.unit == "people" and info.measure in ("killed", "died", "displaced")
    rows = with_rates(rows, per, unit, people=once and unit != "days")
    if interval == "compound":
        rows = with_event_sizes(rows, series, sizes)
    rows = with_intervals(rows, per, unit, share, interval)
    rows = rows.with_columns(per=pl.lit(float(per)), per_unit=pl.lit(unit), label=pl.lit(label))
    convention = _convention(rows) if rows.height == 1 else "both ends of each period counted"
    note = info.source_line
    extra = getattr(population, "note", "") or (population.info.source_line if hasattr(population, "info") else "")
    if extra:
        note = f"{note}; population: {extra.removeprefix('Source: ')}"
    return RateSeries(
        rows.select(*info.by, *RateSchema.column_names()), label, info.by, convention, note, info, indicator,
        people_group(population), _all_recorded(series),
    )  # fmt: skip


def _all_recorded(series: FlowSeries[Any]) -> bool:
    """Whether every report behind a series says that it rests on verified or documented cases."""
    if not set(series.info.standards) <= {"verified", "documented"}:
        return False
    ids = series.intervals.select(pl.col("report_id").str.split(" + ").explode().unique())
    said = series.reports.frame.lazy().join(ids, on="report_id", how="semi").select("standard").collect()["standard"]
    return len(said) > 0 and bool(said.is_in(["verified", "documented"]).fill_null(False).all())


def _convention(rows: pl.DataFrame) -> str:
    row = rows.row(0, named=True)
    if row.get("hours") is not None:
        return f"{row['hours']:g} hours, as stated"
    return f"{format_days(row['days_min'], row['days_max'])}, both ends counted"
