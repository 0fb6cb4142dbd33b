"""Exposure: how many people were at risk for how many days, with the range that is known of both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate

__all__ = ["Population", "person_days", "population_columns", "population_estimate"]

Population = int | float | Estimate
Decline = Literal["linear", "exponential"]
SPLITS_PEOPLE = ("place", "group", "destination")


def population_estimate(population: Population) -> Estimate:
    """A population as an estimate: a number is taken as exact.

    Parameters
    ----------
    population : int, float or Estimate
        Number of people, above 0. An estimate with bounds makes the exposure a range.

    Raises
    ------
    OptionError
        If it is not a number above 0, or an estimate whose best and upper bound are not above 0.

    Examples
    --------
    >>> str(population_estimate(3_000_000))
    '3,000,000'
    """
    if isinstance(population, Estimate):
        known = population.widened()
        if (
            known.low < 0
            or (known.best is not None and known.best <= 0)
            or (known.high is not None and known.high <= 0)
        ):
            raise OptionError(f"expected a population above 0, got '{population}'")
        if known.unit not in (None, "people"):
            raise OptionError(f"expected a population in people, got {known.unit}; person-days count people")
        return known
    if isinstance(population, bool) or not isinstance(population, int | float | np.number):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected population= a number of people or an Estimate, got {type(population).__name__} ({population}); "
            "a report has one as reports['its id'].estimate, a series of stocks as .at(date)"
        )
    size = float(population)
    if not math.isfinite(size) or size <= 0:
        raise OptionError(f"expected a population above 0, got {population!r}")
    return Estimate(size, size, size)


def person_days(population: float, days: float, leaving: float = 0, *, decline: Decline = "linear") -> float:
    r"""Person-days of a population that some people leave evenly over a period.

    With P people at the start, L leaving and D days: linear, D (P - L/2); exponential (a constant share of those
    who are left goes each moment), D L / ln(P / (P - L)).

    Parameters
    ----------
    population : float
        People at the start, above 0.
    days : float
        Length of the period in days, above 0, both ends counted.
    leaving : float, default 0
        People who leave the area over the period. Those displaced *within* it stay in its denominator.
    decline : {"linear", "exponential"}
        How they leave.

    Returns
    -------
    float
        Person-days.

    Raises
    ------
    OptionError
        If a number is not possible, or more leave than are there.

    Examples
    --------
    >>> person_days(500_000, 11, leaving=180_000)
    4510000.0
    """
    if not (math.isfinite(population) and population > 0 and math.isfinite(days) and days > 0):
        raise OptionError(f"expected a population and a number of days above 0, got {population!r} and {days!r}")
    if not 0 <= leaving <= population:
        raise OptionError(f"expected 0 to {population:,.0f} people leaving, got {leaving!r}")
    if decline == "linear":
        return days * (population - leaving / 2)
    if decline != "exponential":
        raise OptionError(f"expected decline= 'linear' or 'exponential', got {decline!r}")
    if leaving == population:
        raise OptionError("expected somebody to stay: an exponential decline never empties a place")
    return days * population if leaving == 0 else days * leaving / math.log(population / (population - leaving))


def population_columns(
    frame: pl.DataFrame, by: tuple[str, ...], population: Population | Mapping[Any, Population]
) -> pl.DataFrame:
    """The population of each row, as the columns `population_low`, `population_best`, `population_high`.

    Parameters
    ----------
    frame : pl.DataFrame
        Rows of a series, with the columns of `by`.
    by : tuple of str
        The columns that split the series.
    population : int, float, Estimate, or mapping
        One population for all rows; or one for each value of the column in `by` (a tuple of values where
        there are several). A series that is split by place or group needs the mapping: its rows are not about
        the same people.

    Raises
    ------
    OptionError
        If a population is not above 0, a row has none, or one number is given for different places or groups.
    """
    if isinstance(population, Mapping):
        if not by:
            raise OptionError("expected one population for a series that is not split, got a mapping")
        known = {key: population_estimate(size) for key, size in population.items()}
        estimates = [_of_row(known, by, row) for row in frame.select(by).rows()]
    else:
        split = [name for name in by if name in SPLITS_PEOPLE]
        if split:
            raise OptionError(
                f"expected a population for each {split[0]}, got one for a series split by {split[0]}; give "
                f"a mapping, such as population={{{split[0]}: number of people, ...}}"
            )
        estimates = [population_estimate(population)] * frame.height
    return pl.DataFrame(
        {
            "population_low": [float(size.low) for size in estimates],
            "population_best": [_float(size.best) for size in estimates],
            "population_high": [_float(size.high) for size in estimates],
        },
        schema=dict.fromkeys(("population_low", "population_best", "population_high"), pl.Float64),
    )


def _of_row(known: Mapping[Any, Estimate], by: tuple[str, ...], row: tuple[Any, ...]) -> Estimate:
    key = row[0] if len(by) == 1 else row
    if key not in known:
        raise OptionError(f"expected a population for every {', '.join(by)}; there is none for {key!r}")
    return known[key]


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)
