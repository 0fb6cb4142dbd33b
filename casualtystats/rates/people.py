"""People at risk: what a caller may give as a population, read as an estimate; and who is under five."""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.places import split_path

__all__ = ["SPLITS_PEOPLE", "Population", "is_under_five", "moving_estimate", "population_estimate"]

Population = int | float | Estimate
# Rows that differ in one of these are not about the same people.
SPLITS_PEOPLE = ("place", "group", "destination")
_UNDER_FIVE: Final = frozenset(
    {"under5", "underfive", "under5s", "underfives", "u5", "under5years", "underfiveyears", "04", "04years"}
)


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
            f"expected population= a number of people, an Estimate, a series of stocks or the result of person_days, got "
            f"{type(population).__name__} ({population}); a report has an Estimate as reports['its id'].estimate"
        )
    size = float(population)
    if not math.isfinite(size) or size <= 0:
        raise OptionError(f"expected a population above 0, got {population!r}")
    return Estimate(size, size, size)


def moving_estimate(moving: Population, name: str) -> Estimate:
    """People who leave, arrive or die over a period, as an estimate: a number is taken as exact.

    Raises
    ------
    OptionError
        If it is not a number of 0 or more, or counts households or something else than people.

    Examples
    --------
    >>> str(moving_estimate(180_000, "leaving"))
    '180,000'
    """
    if isinstance(moving, Estimate):
        known = moving.widened()
        if known.low < 0:
            raise OptionError(f"expected {name}= of 0 or more people, got '{moving}'")
        if known.unit not in (None, "people", "displacements"):
            raise OptionError(f"expected {name}= in people or movements, got {known.unit}; person-days count people")
        return known
    if isinstance(moving, bool) or not isinstance(moving, int | float | np.number):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected {name}= a number of people, an Estimate, a flow series or a mapping of these; got "
            f"{type(moving).__name__} ({moving})"
        )
    size = float(moving)
    if not math.isfinite(size) or size < 0:
        raise OptionError(f"expected {name}= of 0 or more people, got {moving!r}")
    return Estimate(size, size, size)


def is_under_five(group: str | None) -> bool:
    """Whether the last step of a group's path says "under five".

    Spaces, hyphens, underscores and case do not count: under5, under-five, Under 5s, U5, under five years, 0-4 (years).

    Examples
    --------
    >>> [is_under_five(group) for group in ("under5", "civilian/Under-five", "0-4 years", "civilian/child", None)]
    [True, True, True, False, False]
    """
    steps = split_path(group)
    return bool(steps) and re.sub(r"[\s_-]+|–", "", steps[-1].lower()) in _UNDER_FIVE
