"""Rates of the rows of a series: best, source range and sampling interval, each in columns of its own.

With d the deaths of a row, P the population and D the days of its period, both ends counted (a stated length
wins):

- rate      = per * d_best / (P_best * D), where all three are known and reports about the whole cover every
day;
- rate_low  = per * d_low / (P_high * D_max), and rate_high = per * d_high / (P_low * D_min): the source
range;
- ci_low, ci_high = per * Garwood(d_best) / (P_best * D): the sampling interval. Of a floor there is a lower end only,
  per * Garwood(d_low) / (P_high * D).

A published best outside its own bounds widens the source range.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.rates.sampling import garwood

__all__ = ["with_exposure", "with_rates", "with_sampling"]

NO_REPORT = "none: no report"
NO_ENDS = "none: the ends of the period are not known"
CUT = "none: the cell cuts a report"
NO_BEST = "none: no best value"
NO_POPULATION = "none: no best value of the population"
GARWOOD = "Garwood"
FLOOR = "Garwood, lower end only: no upper bound is known"
PARTLY = "Garwood, lower end only: not every day is covered by a report about the whole"


def with_exposure(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of a series with `days_min`, `days_max`, `coverage` and `allocated`, whether intervals or cells.

    A cell has its number of days. An interval has the days of its shortest and longest feasible period, or
    the stated length; it covers its whole period if it speaks about the whole place and group.
    """
    if "days" in frame.columns:
        days = pl.col("days").cast(pl.Float64)
        return frame.with_columns(days_min=days, days_max=days)
    stated = pl.col("hours") / 24
    shortest = (pl.col("end_earliest") - pl.col("start_latest")).dt.total_days() + 1
    longest = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    return frame.with_columns(
        days_min=pl.coalesce(stated, shortest.clip(lower_bound=1).cast(pl.Float64)),
        days_max=pl.coalesce(stated, longest.cast(pl.Float64)),
        coverage=pl.col("whole").cast(pl.Float64),
        allocated=pl.lit(False),
    )


def with_rates(frame: pl.DataFrame, per: float) -> pl.DataFrame:
    """Rows with exposure and population, with `deaths...`, `person_days`, `rate`, `rate_low` and `rate_high`.

    Raises
    ------
    OptionError
        If a row has more deaths than people.
    """
    covered, fixed = pl.col("coverage") >= 1, pl.col("days_min") == pl.col("days_max")
    best, low = pl.col("best").cast(pl.Float64), pl.col("low").cast(pl.Float64)
    high = pl.when(covered).then(pl.col("high").cast(pl.Float64))
    shortest = pl.col("population_low") * pl.col("days_min")
    longest = pl.col("population_high") * pl.col("days_max")
    person_days = pl.when(fixed).then(pl.col("population_best") * pl.col("days_max"))
    most = pl.when(high.is_not_null()).then(pl.max_horizontal(high, best))
    rows = frame.with_columns(
        deaths=best,
        deaths_low=low,
        deaths_high=high,
        person_days=person_days,
        rate=pl.when(covered).then(per * best / person_days),
        # No upper bound of the population leaves no lower bound of the rate but 0.
        rate_low=per * pl.min_horizontal(low, best) / longest.fill_null(float("inf")),
        rate_high=pl.when(shortest > 0).then(per * most / shortest),
    ).with_columns(rate_low=pl.when(low.is_not_null()).then("rate_low"))
    _refuse_more_deaths_than_people(rows)
    return rows


def _refuse_more_deaths_than_people(rows: pl.DataFrame) -> None:
    wrong = rows.filter(pl.col("deaths_low") > pl.col("population_high"))
    if wrong.height:
        row = wrong.row(0, named=True)
        raise OptionError(
            f"expected a population of at least the deaths, got {row['population_high']:,.10g} people and "
            f"{row['deaths_low']:,.10g} deaths from {row['period_start']} to {row['period_end']}; give "
            "population= in people, not in thousands or millions"
        )


def with_sampling(rows: pl.DataFrame, per: float, level: float) -> pl.DataFrame:
    """Rows with rates, with `ci_low`, `ci_high`, `level` and `method`.

    There is an interval where a count of whole deaths is known for a period of known length. A floor, and a
    row that reports about the whole do not cover, have a lower end only: more people may have died.
    """
    covered = pl.col("coverage") >= 1
    counted = pl.when(covered).then(pl.coalesce("best", pl.when(pl.col("high").is_null()).then("low"))).otherwise("low")
    method = (
        pl.when(pl.col("low").is_null()).then(pl.lit(NO_REPORT))
        .when(pl.col("days_min") != pl.col("days_max")).then(pl.lit(NO_ENDS))
        .when("allocated").then(pl.lit(CUT))
        .when(pl.col("population_best").is_null()).then(pl.lit(NO_POPULATION))
        .when(counted.is_null()).then(pl.lit(NO_BEST))
        .when(~covered).then(pl.lit(PARTLY))
        .when(pl.col("high").is_null()).then(pl.lit(FLOOR))
        .otherwise(pl.lit(GARWOOD))
    )  # fmt: skip
    known = rows.with_columns(method=method)
    known = known.with_columns(
        _counted=pl.when(~pl.col("method").str.starts_with("none")).then(counted.cast(pl.Float64))
    )
    lower, upper = _ends(known["_counted"], level)
    known = known.with_columns(_lower=pl.Series(lower), _upper=pl.Series(upper))
    has = pl.col("_counted").is_not_null()
    two_sided = pl.col("method") == GARWOOD
    # The lower end of a floor rests on the same exposure as the floor itself: it never lies above it.
    floor = (
        pl.when(pl.col("_counted") > 0).then(pl.col("rate_low") * pl.col("_lower") / pl.col("_counted")).otherwise(0.0)
    )
    return known.with_columns(
        ci_low=pl.when(has & two_sided).then(per * pl.col("_lower") / pl.col("person_days")).when(has).then(floor),
        ci_high=pl.when(pl.col("method") == GARWOOD).then(per * pl.col("_upper") / pl.col("person_days")),
        level=pl.when(has).then(pl.lit(level)),
    )


def _ends(counts: pl.Series, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Garwood ends of the counts that are there, NaN elsewhere (and never read there)."""
    lower = np.full(len(counts), np.nan)
    upper = np.full(len(counts), np.nan)
    there = counts.is_not_null().to_numpy()
    whole = counts.drop_nulls().to_numpy()
    nearest = np.round(whole)
    # Sums of allocated parts may miss a whole number by the last bits.
    whole = np.where(np.abs(whole - nearest) <= 1e-9 * np.maximum(1.0, nearest), nearest, whole)
    lower[there], upper[there] = garwood(whole, level)
    return lower, upper
