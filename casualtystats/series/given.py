"""Counts as a caller gives them, read in one place: numbers, texts such as "over 330,000", and estimates."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

import numpy as np

from casualtystats.errors import MixedUnitsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.reports.wording import parse_count
from casualtystats.vocabulary import Unit

__all__ = ["Counted", "counted"]

Counted = int | float | str | Estimate


def counted(value: object, name: str, *, units: tuple[Unit, ...], signed: bool = False) -> Estimate:
    """What a caller gives as a count: a number is exact, a text is read ("over 330,000"), an estimate is widened.

    Parameters
    ----------
    value : int, float, str or Estimate
        The count.
    name : str
        What it stands for, for the message.
    units : tuple of Unit
        The units that an estimate may have; one without a unit is taken as it is.
    signed : bool, default False
        Whether it may lie below 0.

    Raises
    ------
    OptionError
        If it is no finite number, or below 0.
    ParseError
        If a text is outside the grammar of counts.
    MixedUnitsError
        If an estimate has another unit.

    Examples
    --------
    >>> str(counted("over 330,000", "people", units=("people",)))
    'more than 330,000'
    """
    if isinstance(value, str):
        value = parse_count(value)
    if isinstance(value, Estimate):
        if value.unit not in (None, *units):
            hint = "; of households take .to_people(household_size=...) first" if value.unit == "households" else ""
            raise MixedUnitsError(f"expected {name}= in {' or '.join(units)}, got {value.unit}{hint}")
        known = value.widened()
        if known.low < 0 and not signed:
            raise OptionError(f"expected {name}= of 0 or more, got '{value}'")
        return known
    given: Any = value
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | np.number) or not math.isfinite(given):
        raise OptionError(f"expected {name}= a number, a text such as 'over 330,000' or an Estimate; got {value!r}")
    exact = float(given)
    if exact < 0 and not signed:
        raise OptionError(f"expected {name}= of 0 or more, got {value!r}")
    number = int(exact) if exact.is_integer() else exact
    return Estimate(number, number, number)
