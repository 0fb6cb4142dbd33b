r"""Log-linear growth fitted to totals of intervals: the composite link of Thompson and Baker (1981).

With daily means exp(a + b t), the mean of an interval of n days whose middle is day m is

.. math:: \mu = e^{a + b m} \, \frac{\sinh(b n / 2)}{\sinh(b / 2)}

and its derivative d log(mu) / d b is the mean day of the interval, weighted by the daily means. A fit to
daily values that were spread over the interval, or to the middles of the intervals, is a different and wrong
model.

References
----------
Thompson, R. and Baker, R. J. (1981). Composite link functions in generalized linear models. Applied
Statistics 30, 125-131.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Days", "day_variance", "log_total", "mean_day"]

Array: TypeAlias = NDArray[np.float64]
_SMALL = 0.02


@dataclass(frozen=True, eq=False)
class Days:
    """Intervals of whole days, as numbers of days: first and last, both included."""

    first: Array
    last: Array

    @property
    def middle(self) -> Array:
        """The middle of each interval."""
        return (self.first + self.last) / 2

    @property
    def number(self) -> Array:
        """The days of each interval, both ends counted."""
        return self.last - self.first + 1


def _log_sinhc(u: Array) -> Array:
    """Log(sinh(u) / u), without overflow."""
    size = np.abs(u)
    big = np.maximum(size, _SMALL)
    series = size**2 / 6 - size**4 / 180 + size**6 / 2835
    return np.where(size < _SMALL, series, big - np.log(2 * big) + np.log1p(-np.exp(-2 * big)))


def _langevin(u: Array) -> Array:
    """coth(u) - 1 / u, the derivative of log(sinh(u) / u)."""
    size = np.abs(u)
    big = np.maximum(size, _SMALL)
    series = size / 3 - size**3 / 45 + 2 * size**5 / 945
    return np.sign(u) * np.where(size < _SMALL, series, 1 / np.tanh(big) - 1 / big)


def _langevin_slope(u: Array) -> Array:
    """1 / u^2 - 1 / sinh(u)^2, the derivative of coth(u) - 1 / u."""
    size = np.abs(u)
    big = np.maximum(size, 10 * _SMALL)
    series = 1 / 3 - size**2 / 15 + 2 * size**4 / 189 - size**6 / 675
    # 1 / sinh(u) = 2 exp(-u) / (1 - exp(-2 u)) does not overflow.
    csch = 2 * np.exp(-big) / -np.expm1(-2 * big)
    return np.where(size < 10 * _SMALL, series, 1 / big**2 - csch**2)


def log_total(days: Days, b: float) -> Array:
    """Log of the sum of exp(b t) over the days t of each interval."""
    half = np.asarray(b / 2)
    return b * days.middle + np.log(days.number) + _log_sinhc(half * days.number) - _log_sinhc(half)


def mean_day(days: Days, b: float) -> Array:
    """Mean of t over the days of each interval, weighted by exp(b t)."""
    half = np.asarray(b / 2)
    return days.middle + days.number / 2 * _langevin(half * days.number) - _langevin(half) / 2


def day_variance(days: Days, b: float) -> Array:
    """Variance of t over the days of each interval, weighted by exp(b t): the slope of `mean_day`."""
    half = np.asarray(b / 2)
    return days.number**2 / 4 * _langevin_slope(half * days.number) - _langevin_slope(half) / 4
