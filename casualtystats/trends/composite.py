r"""Log-linear growth fitted to totals of intervals: the composite link of Thompson and Baker (1981).

With daily means exp(a + b t), the mean of an interval of n days whose middle is day m is

.. math:: \mu = e^{a + b m} \, \frac{\sinh(b n / 2)}{\sinh(b / 2)}

and its derivative d log(mu) / d b is the mean day of the interval, weighted by the daily means. A fit to
daily values that were spread over the interval, or to the middles of the intervals, is a different and wrong
model.

For Poisson totals the best a for a given b is known, and b is the one root of the derivative of the
likelihood, with x the mean days and w the shares of the total that b gives to each interval:

.. math:: \sum_i y_i x_i(b) - \sum_i y_i \; \sum_i w_i(b) \, x_i(b) = 0

It is found by `scipy.optimize.brentq`. Iterated fits of `statsmodels.GLM`, each with log(mu) linearised in b,
end at the same values where they end; where a fitted mean lies below 2e-16, the clipped link of statsmodels
0.15 gives it a huge weight and they do not. For NB2 the iteration is used (`casualtystats.trends.models`),
from the Poisson values on. Standard errors are those of the exact likelihood, from its observed information.

References
----------
Thompson, R. and Baker, R. J. (1981). Composite link functions in generalized linear models. Applied
Statistics 30, 125-131.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import UndefinedEstimateError
from casualtystats.trends.models import Fitted, fit_negative_binomial

__all__ = ["Days", "GrowthFit", "day_variance", "fit_growth", "log_total", "mean_day"]

Array: TypeAlias = NDArray[np.float64]
_SMALL = 0.02
_TOLERANCE = 1e-10
_MAX_STEPS = 200


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


@dataclass(frozen=True)
class GrowthFit:
    """Maximum-likelihood values for E[Y] = sum over days t of exp(a + b t), with t as in the intervals given.

    Attributes
    ----------
    a, b : float
        Log of the daily mean on day 0; growth of the log per day.
    var_a, cov_ab, var_b : float
        Covariance from the observed information, for the family as fitted (no dispersion applied).
    loglik : float
        Log-likelihood of the totals.
    alpha : float or None
        Dispersion of the negative binomial (variance = mu + alpha mu^2, at the level of the totals); None for
        Poisson.
    mu : array
        Fitted means of the intervals.
    """

    a: float
    b: float
    var_a: float
    cov_ab: float
    var_b: float
    loglik: float
    alpha: float | None
    mu: Array


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


def fit_growth(days: Days, counts: Array, *, negative_binomial: bool = False) -> GrowthFit:
    """Fit daily growth to totals of intervals by maximum likelihood.

    Parameters
    ----------
    days : Days
        The intervals; the numbering of days is free, and a refers to its day 0.
    counts : array
        Whole counts.
    negative_binomial : bool, default False
        Fit NB2 with its alpha estimated jointly, instead of Poisson.

    Raises
    ------
    UndefinedEstimateError
        If no finite growth has the greatest likelihood (all counts zero, or all of the count in the first or
        in the last interval), or the iteration does not settle.
    """
    _refuse_unbounded(days, counts)
    centre = round((float(days.first.min()) + float(days.last.max())) / 2)
    centred = Days(days.first - centre, days.last - centre)
    fitted, b, x = _poisson(centred, counts)
    if negative_binomial:
        fitted, b, x = _iterate(centred, counts, b, fitted)
    mu = np.exp(fitted.params[0] + fitted.params[1] * x + log_total(centred, b) - b * x)
    alpha = float(fitted.params[2]) if negative_binomial else None
    shift = np.array([[1.0, -centre], [0.0, 1.0]])
    a, slope = fitted.params[0] - centre * fitted.params[1], fitted.params[1]
    excess = (counts - mu) / (1 + (alpha or 0.0) * mu)
    covariance = shift @ _observed(fitted.covariance, float(excess @ day_variance(centred, b))) @ shift.T
    return GrowthFit(
        float(a),
        float(slope),
        float(covariance[0, 0]),
        float(covariance[0, 1]),
        float(covariance[1, 1]),
        fitted.loglik,
        alpha,
        mu,
    )


_UNSETTLED = "expected counts whose growth can be fitted; the fit does not settle on one value"


def _refuse_unbounded(days: Days, counts: Array) -> None:
    if counts.sum() == 0:
        raise UndefinedEstimateError(
            "expected some count above 0, got zeros only: the growth of nothing is not defined"
        )
    order = np.argsort(days.first, kind="stable")
    where = np.flatnonzero(counts[order])
    if where[-1] == 0 or where[0] == len(counts) - 1:
        end = "first" if where[-1] == 0 else "last"
        raise UndefinedEstimateError(
            f"expected counts above 0 in more than the {end} period, got zeros in all others: any "
            "decline or growth that is steep enough fits, and none fits best"
        )


def _observed(covariance: Array, curvature: float) -> Array:
    """Covariance of a and b from the observed information of the exact likelihood."""
    information = np.linalg.inv(covariance)
    information[1, 1] -= curvature
    if not (np.linalg.eigvalsh(information) > 0).all():
        raise UndefinedEstimateError(_UNSETTLED)
    return np.asarray(np.linalg.inv(information)[:2, :2], dtype=np.float64)


def _poisson(days: Days, counts: Array) -> tuple[Fitted, float, Array]:
    """The Poisson values: b from its score, a from the total."""
    from scipy import optimize, stats

    total = float(counts.sum())

    def score(b: float) -> float:
        logs, x = log_total(days, b), mean_day(days, b)
        weights = np.exp(logs - logs.max())
        return float(counts @ x - total * (weights @ x) / weights.sum())

    far = math.copysign(1 / (float(days.middle.max()) - float(days.middle.min())), score(0.0))
    while score(far) * far > 0:
        far *= 2
    b = float(optimize.brentq(score, 0.0, far, xtol=1e-16, rtol=1e-14)) if score(0.0) else 0.0
    logs, x = log_total(days, b), mean_day(days, b)
    top = float(logs.max())
    a = math.log(total) - top - math.log(float(np.exp(logs - top).sum()))
    mu = np.exp(a + logs)
    design = np.column_stack([np.ones_like(x), x])
    covariance: Array = np.asarray(np.linalg.inv(design.T @ (mu[:, None] * design)), dtype=np.float64)
    # Of a zero count with a mean that underflows to 0 the log-likelihood is 0.
    loglik = float(np.sum(stats.poisson.logpmf(counts, mu)))
    return Fitted(np.array([a, b]), covariance, loglik), b, x


def _iterate(days: Days, counts: Array, b: float, start: Fitted) -> tuple[Fitted, float, Array]:
    """The NB2 values, as the fixed point of: linearise at b, fit, take the b of the fit."""
    fitted, before, share = start, 0.0, 1.0
    for _ in range(_MAX_STEPS):
        x = mean_day(days, b)
        fitted = fit_negative_binomial(counts, x, log_total(days, b) - b * x, fitted)
        step = float(fitted.params[1]) - b
        if abs(step) <= _TOLERANCE:
            return fitted, b, x
        if step * before < 0:
            # Growth that is steep within a period makes full steps overshoot.
            share /= 2
        before = step
        b += share * step
    raise UndefinedEstimateError(_UNSETTLED)
