"""Households as people: a size with its range, and counts times it.

Sizes are exact fractions of the decimal that was given, so that 25 households of 5.1 people are 127.5, which rounds half
up to 128 on every machine.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Rational, Real
from typing import Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.series.given import Counted, counted

__all__ = ["HouseholdSize", "Size", "households_to_people"]

Size = int | float | Decimal | Fraction
# No household is larger; numbers beyond this are counts that were given by mistake.
_LARGEST_SIZE: Final = 1000


@dataclass(frozen=True, slots=True)
class HouseholdSize:
    """People in a household on average: least, best and most, as exact fractions.

    Attributes
    ----------
    low, best, high : Fraction
        People in a household.
    exact : bool
        Whether no range was given, so that the size is taken as exact.
    """

    low: Fraction
    best: Fraction
    high: Fraction
    exact: bool

    @classmethod
    def of(cls, household_size: Size, low: Size | None, high: Size | None) -> HouseholdSize:
        """A size with its range, checked.

        Raises
        ------
        OptionError
            If a size is no number above 0 and up to 1000, they are out of order, or only one end is given.
        """
        best = _fraction(household_size, "household_size")
        if low is None and high is None:
            return cls(best, best, best, True)
        if low is None or high is None:
            raise OptionError(
                f"expected low= and high= together, got {'high' if low is None else 'low'}= alone: half a range of the "
                "household size bounds nothing on the other side"
            )
        least, most = _fraction(low, "low"), _fraction(high, "high")
        if not least <= best <= most:
            raise OptionError(f"expected low <= household_size <= high, got {low}, {household_size} and {high}")
        return cls(least, best, most, False)

    @property
    def words(self) -> str:
        """The size in words, to stand in a source line."""
        text = f"people from households at {_said(self.best)} each"
        return f"{text} (taken as exact)" if self.exact else f"{text} ({_said(self.low)} to {_said(self.high)})"

    def columns(self) -> dict[str, pl.Expr]:
        """The columns `low`, `best`, `high` of households as people; nulls stay null."""
        return {name: _times(pl.col(name), getattr(self, name)) for name in ("low", "best", "high")}

    def people(self, households: Estimate) -> Estimate:
        """An estimate of households as people."""
        known = households.widened()
        return Estimate(
            _half_up(Fraction(known.low) * self.low),
            None if known.best is None else _half_up(Fraction(known.best) * self.best),
            None if known.high is None else _half_up(Fraction(known.high) * self.high),
            unit="people",
        )


def _fraction(value: object, name: str) -> Fraction:
    given: Any = value
    known = isinstance(value, Real | Decimal | np.number) and not isinstance(value, bool | np.bool_)
    if not known or not math.isfinite(given) or not 0 < given <= _LARGEST_SIZE:
        raise OptionError(f"expected {name}= people in a household, above 0 and at most {_LARGEST_SIZE}; got {value!r}")
    if isinstance(value, Decimal | Rational):
        return Fraction(value)
    # The decimal as it was written: 5.1 is 51/10, not the nearest binary number.
    return Fraction(repr(float(given)))


def _said(size: Fraction) -> str:
    return f"{float(size):.10g}"


def _half_up(value: Fraction) -> int:
    return math.floor(value + Fraction(1, 2))


def _times(count: pl.Expr, size: Fraction) -> pl.Expr:
    """Round half up of count x size, in whole numbers: floor((2 n p + q) / 2q)."""
    # Beyond this the product would leave 128 bits; a size has no such digits.
    size = size.limit_denominator(10**15)
    double = count.cast(pl.Int128) * pl.lit(2 * size.numerator, pl.Int128)
    whole = double + pl.lit(size.denominator, pl.Int128)
    return (whole // pl.lit(2 * size.denominator, pl.Int128)).cast(pl.Int64)


def households_to_people(
    households: Counted, household_size: Size, *, low: Size | None = None, high: Size | None = None
) -> Estimate:
    """A count of households as people.

    Parameters
    ----------
    households : int, str or Estimate
        The count; an estimate has the unit households, or none.
    household_size : number
        People in a household on average.
    low, high : number, optional
        Least and most that the average may be; without them it is taken as exact.

    Returns
    -------
    Estimate
        In people: best = best x size, low = low x least size, high = high x largest size, each rounded half up. Null
        stays null.

    Raises
    ------
    OptionError
        If a size is not above 0, sizes are out of order, or only one end is given.
    MixedUnitsError
        If the estimate is not of households.

    Examples
    --------
    >>> str(households_to_people(25, 5.1)), str(households_to_people("at least 1,000", 5, low=4.5, high=6))
    ('128', 'at least 4,500')
    """
    size = HouseholdSize.of(household_size, low, high)
    return size.people(counted(households, "households", units=("households",)))
