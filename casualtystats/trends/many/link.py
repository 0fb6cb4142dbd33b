r"""The composite link of growth, for many intervals with a growth each, without a sum over days.

With daily means exp(a + b t), an interval of n days whose middle is day m has the mean

.. math:: \mu = e^{a + b m} \, \frac{\sinh(b n / 2)}{\sinh(b / 2)} .

The last factor, and the first two derivatives of its log, depend on b and n alone: they are computed once for each area
and length of interval, and not for each interval.

References
----------
Thompson, R. and Baker, R. J. (1981). Composite link functions in generalized linear models. Applied Statistics 30,
125-131.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from casualtystats.trends.likelihood.sizes import Array

__all__ = ["Spans", "spans"]

_SMALL: Final = 0.2
# Of log(sinh(u) / u) in powers of u^2, 2^(2k) B_2k / (2k (2k)!); at 0.2 what is left out is below 1e-16.
_SERIES: Final = (1 / 6, -1 / 180, 1 / 2835, -1 / 37800, 1 / 467775, -691 / 3831077250, 2 / 127702575)
_SLOPE: Final = tuple((2 * k + 2) * value for k, value in enumerate(_SERIES))
_CURVE: Final = tuple((2 * k + 1) * value for k, value in enumerate(_SLOPE))


@dataclass(frozen=True, eq=False)
class Spans:
    """What an interval adds to the log of the daily mean of its middle.

    Attributes
    ----------
    log : array
        Log of the sum of exp(b (t - m)) over the days t of the interval, m its middle.
    mean : array (days)
        Its first derivative in b: mean of t - m, weighted by exp(b t).
    variance : array (days squared)
        Its second derivative: the variance of t with these weights.
    """

    log: Array
    mean: Array
    variance: Array


def spans(growth: Array, days: Array) -> Spans:
    """The factor of intervals of `days` days at a growth of the log of `growth` per day, as in the module's formula.

    Parameters
    ----------
    growth, days : array
        Of one shape; days are whole and of 1 or more.

    Examples
    --------
    >>> found = spans(np.array([0.0]), np.array([7.0]))
    >>> round(float(np.exp(found.log[0])), 6), float(found.mean[0]), round(float(found.variance[0]), 6)
    (7.0, 0.0, 4.0)
    """
    one_log, one_mean, one_variance = _sinhc(growth / 2)
    log, mean, variance = _sinhc(growth / 2 * days)
    return Spans(
        np.log(days) + log - one_log,
        days / 2 * mean - one_mean / 2,
        # A variance of days is not negative, whatever the last digits of its parts.
        np.maximum(days**2 / 4 * variance - one_variance / 4, 0.0),
    )


def _sinhc(u: Array) -> tuple[Array, Array, Array]:
    """Log(sinh(u) / u), which does not overflow, and its first two derivatives."""
    size = np.abs(u)
    big = np.maximum(size, _SMALL)
    far = np.exp(-2 * big)
    log = big - np.log(2 * big) + np.log1p(-far)
    slope = (1 + far) / (1 - far) - 1 / big
    curve = 1 / big**2 - 4 * far / (1 - far) ** 2
    near = size < _SMALL
    if near.any():
        s = np.minimum(size, _SMALL) ** 2
        log = np.where(near, _series(s, _SERIES) * s, log)
        slope = np.where(near, _series(s, _SLOPE) * size, slope)
        curve = np.where(near, _series(s, _CURVE), curve)
    return log, np.sign(u) * slope, curve


def _series(s: Array, coefficients: tuple[float, ...]) -> Array:
    total = np.zeros_like(s)
    for value in reversed(coefficients):
        total = total * s + value
    return total
