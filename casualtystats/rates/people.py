"""People at risk: what a caller may give as a population, read as an estimate; and who is under five."""

from __future__ import annotations

import re
from numbers import Real
from typing import Final

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.places import split_path
from casualtystats.rates.given import LARGEST, number

__all__ = ["SPLITS_PEOPLE", "Population", "is_under_five", "moving_estimate", "population_estimate"]

Population = int | float | Estimate
# Rows that differ in one of these are not about the same people.
SPLITS_PEOPLE = ("place", "group", "destination")
_UNDER_FIVE: Final = frozenset(
    f"{start}{unit}"
    for start, units in (
        ("under5", ("", "s", "years")), ("underfive", ("", "s", "years")), ("u5", ("", "s")),
        ("04", ("", "years")), ("0to4", ("", "years")), ("059", ("months",)), ("0to59", ("months",)),
    )
    for unit in units
)  # fmt: skip


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
        if max(known.low, known.best or 0, known.high or 0) > LARGEST:
            raise OptionError(f"expected a population of at most {LARGEST:g}, got '{population}'")
        if known.unit not in (None, "people"):
            raise OptionError(f"expected a population in people, got {known.unit}; person-days count people")
        return known
    if not isinstance(population, Real | np.number) or isinstance(population, bool | np.bool_):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected population= a number of people, an Estimate, a series of stocks or the result of person_days, got "
            f"{type(population).__name__} ({population}); a report has an Estimate as reports['its id'].estimate"
        )
    size = number(population, "a population above 0")
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
    if not isinstance(moving, Real | np.number) or isinstance(moving, bool | np.bool_):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected {name}= a number of people, an Estimate, a flow series or a mapping of these; got "
            f"{type(moving).__name__} ({moving})"
        )
    size = number(moving, f"{name}= of 0 or more people", zero=True)
    return Estimate(size, size, size)


def is_under_five(group: str | None) -> bool:
    """Whether the last step of a group's path says "under five".

    Spaces, hyphens, underscores and case do not count: under5, under-five, Under 5s, U5, under five years, 0-4 (years),
    0-59 months.

    Examples
    --------
    >>> [is_under_five(group) for group in ("under5", "civilian/Under-five", "0-59 months", "civilian/child", None)]
    [True, True, True, False, False]
    """
    steps = split_path(group)
    return bool(steps) and re.sub(r"[\s_-]+|–", "", steps[-1].lower()) in _UNDER_FIVE
