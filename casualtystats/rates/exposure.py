"""Exposure: how many people were at risk for how many days, with the range that is known of both."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate

__all__ = ["Population", "population_columns", "population_estimate"]

Population = int | float | Estimate
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
        raise OptionError(f"expected population= a number of people or an Estimate, got {population!r}")
    size = float(population)
    if not math.isfinite(size) or size <= 0:
        raise OptionError(f"expected a population above 0, got {population!r}")
    return Estimate(size, size, size)


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
