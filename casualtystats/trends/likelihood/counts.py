r"""Log-probability that a count lies between two bounds, with its derivatives in the log of the mean and of the dispersion.

A reported total is a pair of bounds: (n, n) for an exact count, (n, inf) for "at least n" (right-censored), (0, n) for
"up to n" (left-censored), (l, h) for a range (interval-censored). Its contribution is

.. math:: \log P(l \le Y \le h)

with Y Poisson, or negative binomial with variance mu + alpha mu^2 (NB2) or (1 + alpha) mu (NB1).

Derivatives are analytic. Only the tails of the negative binomial that no short sum reaches (a floor above 2,000, or one
that lies far above the mean) are differentiated by five-point stencils of the incomplete beta function, which agree with
sums to about 1e-10.

References
----------
Terza, J. V. (1985). A Tobit-type estimator for the censored Poisson regression model. Economics Letters 18, 361-365.
Cameron, A. C. and Trivedi, P. K. (2013). Regression Analysis of Count Data, 2nd edition. Cambridge University Press.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from casualtystats.trends.likelihood.sizes import Array, rising_sums

__all__ = ["Kernel", "Terms", "count_terms", "log_between", "log_pmf"]

Kernel = Literal["poisson", "nb1", "nb2"]
_LONGEST: Final = 2_000
_LIKELY: Final = 1e-3
_STEP: Final = 1e-3
_TINY: Final = 1e-280
_MOST_TERMS: Final = 200_000.0


@dataclass(frozen=True, eq=False)
class Terms:
    """Log-probabilities of rows, and their derivatives.

    Attributes
    ----------
    value : array
        Log-probability of each row.
    mean, mean2 : array
        First and second derivative in the log of the mean.
    size, size2, cross : array
        First and second derivative in the log of alpha, and the mixed one; zeros for Poisson.
    """

    value: Array
    mean: Array
    mean2: Array
    size: Array
    size2: Array
    cross: Array


def count_terms(kernel: Kernel, low: Array, high: Array, log_mean: Array, log_alpha: float | None) -> Terms:
    """Terms of rows with bounds low and high (inf = none), at the logs of their means.

    Parameters
    ----------
    kernel : {"poisson", "nb1", "nb2"}
        Distribution of the totals.
    low, high : array
        Whole bounds, low <= high; high may be inf, but not where low is 0.
    log_mean : array
        Logs of the means.
    log_alpha : float or None
        Log of the dispersion; None for Poisson.
    """
    terms = Terms(*(np.zeros_like(log_mean) for _ in range(6)))
    exact = low == high
    _place(terms, exact, _exact(kernel, low[exact], log_mean[exact], log_alpha))
    bounds = np.flatnonzero(~exact)
    if not bounds.size:
        return terms
    if kernel == "poisson" or log_alpha is None:
        _place(terms, bounds, _poisson_between(low[bounds], high[bounds], log_mean[bounds]))
        return terms
    short = bounds[high[bounds] - low[bounds] <= _LONGEST]
    _place(terms, short, _summed(kernel, low[short], high[short], log_mean[short], log_alpha))
    rest = bounds[high[bounds] - low[bounds] > _LONGEST]
    values = log_between(kernel, low[rest], high[rest], log_mean[rest], log_alpha)
    likely = np.isinf(high[rest]) & (low[rest] <= _LONGEST) & (values > np.log(_LIKELY))
    floors = rest[likely]
    below = _summed(kernel, np.zeros(len(floors)), low[floors] - 1, log_mean[floors], log_alpha)
    _place(terms, floors, _complement(below, values[likely]))
    for at in rest[~likely]:
        one = slice(at, at + 1)
        _place(terms, np.array([at]), _stencil(kernel, low[one], high[one], log_mean[one], log_alpha))
    return terms


def _place(terms: Terms, where: np.ndarray[tuple[int, ...], np.dtype[np.bool_ | np.int64]], found: Terms) -> None:
    for name in ("value", "mean", "mean2", "size", "size2", "cross"):
        getattr(terms, name)[where] = getattr(found, name)


def _exact(kernel: Kernel, y: Array, log_mean: Array, log_alpha: float | None) -> Terms:
    from scipy.special import gammaln

    mean, none = np.exp(log_mean), np.zeros_like(y)
    constant = y * log_mean - gammaln(y + 1)
    if kernel == "poisson" or log_alpha is None:
        return Terms(constant - mean, y - mean, -mean, none, none, none)
    alpha = float(np.exp(log_alpha))
    if kernel == "nb2":
        r = np.full_like(y, 1 / alpha)
        log_sum, first, second = rising_sums(r, y)
        wide = 1 + alpha * mean
        log_wide = np.log1p(alpha * mean)
        return Terms(
            constant + log_sum - (r + y) * log_wide,
            (y - mean) / wide,
            -mean * (1 + alpha * y) / wide**2,
            y - first + r * log_wide - mean * (1 + alpha * y) / wide,
            first + second - r * log_wide + mean / wide - alpha * mean * (y - mean) / wide**2,
            -(y - mean) * alpha * mean / wide**2,
        )
    r = mean / alpha
    log_sum, first, second = rising_sums(r, y)
    log_one, share = float(np.log1p(alpha)), alpha / (1 + alpha)
    return Terms(
        constant + log_sum - (r + y) * log_one,
        first - r * log_one,
        first + second - r * log_one,
        y - first + r * log_one - (r + y) * share,
        first + second - r * log_one + 2 * r * share - (r + y) * share / (1 + alpha),
        -first - second + r * log_one - r * share,
    )


def log_pmf(kernel: Kernel, y: Array, log_mean: Array, log_alpha: float | None) -> Array:
    """Log-probability of whole counts y."""
    return _exact(kernel, y, log_mean, log_alpha).value


def _poisson_between(low: Array, high: Array, log_mean: Array) -> Terms:
    """With P = P(low <= Y <= high) and f the probabilities: dP/dmu = f(low - 1) - f(high)."""
    value = log_between("poisson", low, high, log_mean, None)
    mean = np.exp(log_mean)
    slope, curve = np.zeros_like(mean), np.zeros_like(mean)
    for sign, edge in ((1.0, low - 1), (-1.0, high)):
        there = (edge >= 0) & np.isfinite(edge)
        at = edge[there]
        ratio = sign * mean[there] * np.exp(log_pmf("poisson", at, log_mean[there], None) - value[there])
        slope[there] += ratio
        curve[there] += ratio * (at - mean[there])
    none = np.zeros_like(mean)
    return Terms(value, slope, slope + curve - slope**2, none, none, none)


def _summed(kernel: Kernel, low: Array, high: Array, log_mean: Array, log_alpha: float) -> Terms:
    """Each probability as the sum of those of every count in its range: all ranges one after the other."""
    if not low.size:
        return Terms(*(np.zeros(0) for _ in range(6)))
    number = (high - low).astype(np.int64) + 1
    starts = np.concatenate([[0], np.cumsum(number)[:-1]])
    row = np.repeat(np.arange(len(low)), number)
    y = low[row] + (np.arange(len(row)) - starts[row])
    one = _exact(kernel, y, log_mean[row], log_alpha)
    top = np.maximum.reduceat(one.value, starts)
    weights = np.exp(one.value - top[row])
    total = np.add.reduceat(weights, starts)
    weights = weights / total[row]

    def expected(values: Array) -> Array:
        return np.asarray(np.add.reduceat(weights * values, starts))

    mean, size = expected(one.mean), expected(one.size)
    return Terms(
        top + np.log(total),
        mean,
        expected(one.mean2 + one.mean**2) - mean**2,
        size,
        expected(one.size2 + one.size**2) - size**2,
        expected(one.cross + one.mean * one.size) - mean * size,
    )


def _complement(below: Terms, value: Array) -> Terms:
    """Terms of 1 - C from those of C, given log(1 - C)."""
    odds = -np.exp(below.value - value)
    mean, size = odds * below.mean, odds * below.size
    return Terms(
        value,
        mean,
        odds * (below.mean2 + below.mean**2) - mean**2,
        size,
        odds * (below.size2 + below.size**2) - size**2,
        odds * (below.cross + below.mean * below.size) - mean * size,
    )


def _stencil(kernel: Kernel, low: Array, high: Array, log_mean: Array, log_alpha: float) -> Terms:
    """Five-point differences of the log-probability in the logs of mean and alpha."""

    def at(mean_steps: int, size_steps: int) -> float:
        return float(log_between(kernel, low, high, log_mean + mean_steps * _STEP, log_alpha + size_steps * _STEP)[0])

    def line(value: Callable[[int], float]) -> tuple[float, float]:
        far, near, here, after, beyond = (value(step) for step in (-2, -1, 0, 1, 2))
        first = (far - 8 * near + 8 * after - beyond) / (12 * _STEP)
        return first, (-far + 16 * near - 30 * here + 16 * after - beyond) / (12 * _STEP**2)

    mean, mean2 = line(lambda step: at(step, 0))
    size, size2 = line(lambda step: at(0, step))
    _, both = line(lambda step: at(step, step))
    cross = (both - mean2 - size2) / 2
    return Terms(*(np.array([number]) for number in (at(0, 0), mean, mean2, size, size2, cross)))


def log_between(kernel: Kernel, low: Array, high: Array, log_mean: Array, log_alpha: float | None) -> Array:
    """Log of P(low <= Y <= high), also where the probability itself is too small for a number.

    Parameters
    ----------
    kernel, low, high, log_mean, log_alpha
        As in `count_terms`.

    Examples
    --------
    >>> at_least = log_between("poisson", np.array([3.0]), np.array([np.inf]), np.log([2.0]), None)
    >>> round(float(np.exp(at_least[0])), 6)
    0.323324
    """
    below, above = _tails(kernel, low, high, log_mean, log_alpha)
    # P = 1 - P(Y < low) - P(Y > high); from the side where no digits cancel.
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = 1 - below - above
        value = np.where(inside > 0.5, np.log1p(-below - above), np.log(np.maximum(inside, 0)))
    for at in np.flatnonzero(~(inside > 0.5)):
        value[at] = _log_unlikely(kernel, float(low[at]), float(high[at]), float(log_mean[at]), log_alpha)
    return value


def _tails(kernel: Kernel, low: Array, high: Array, log_mean: Array, log_alpha: float | None) -> tuple[Array, Array]:
    """P(Y < low) and P(Y > high)."""
    below, above = np.zeros_like(low), np.zeros_like(low)
    some, finite = low > 0, np.isfinite(high)
    below[some] = _cdf(kernel, low[some] - 1, log_mean[some], log_alpha)
    above[finite] = _sf(kernel, high[finite], log_mean[finite], log_alpha)
    return below, above


def _cdf(kernel: Kernel, y: Array, log_mean: Array, log_alpha: float | None) -> Array:
    from scipy.special import betainc, gammaincc

    if kernel == "poisson" or log_alpha is None:
        return np.asarray(gammaincc(y + 1, np.exp(log_mean)), dtype=np.float64)
    r, share = _size_and_share(kernel, log_mean, log_alpha)
    return np.asarray(betainc(r, y + 1, 1 - share), dtype=np.float64)


def _sf(kernel: Kernel, y: Array, log_mean: Array, log_alpha: float | None) -> Array:
    from scipy.special import betainc, gammainc

    if kernel == "poisson" or log_alpha is None:
        return np.asarray(gammainc(y + 1, np.exp(log_mean)), dtype=np.float64)
    r, share = _size_and_share(kernel, log_mean, log_alpha)
    return np.asarray(betainc(y + 1, r, share), dtype=np.float64)


def _size_and_share(kernel: Kernel, log_mean: Array, log_alpha: float) -> tuple[Array, Array]:
    """The size r, and q = mu / (r + mu), the factor by which far probabilities fall."""
    alpha = float(np.exp(log_alpha))
    if kernel == "nb2":
        odds = alpha * np.exp(log_mean)
        return np.full_like(log_mean, 1 / alpha), odds / (1 + odds)
    return np.exp(log_mean) / alpha, np.full_like(log_mean, alpha / (1 + alpha))


def _log_unlikely(kernel: Kernel, low: float, high: float, log_mean: float, log_alpha: float | None) -> float:
    """Log of a probability below one half: as a sum, from one tail, or as a difference of two on one side."""
    if high - low <= _LONGEST:
        y = np.arange(low, high + 1)
        values = log_pmf(kernel, y, np.full_like(y, log_mean), log_alpha)
        top = float(values.max())
        return top + float(np.log(np.exp(values - top).sum()))
    above_mean = low > np.exp(log_mean)
    if above_mean:
        whole = _log_tail(kernel, low, log_mean, log_alpha, upward=True)
        rest = _log_tail(kernel, high + 1, log_mean, log_alpha, upward=True) if np.isfinite(high) else -np.inf
    elif np.isfinite(high):
        whole = _log_tail(kernel, high, log_mean, log_alpha, upward=False)
        rest = _log_tail(kernel, low - 1, log_mean, log_alpha, upward=False) if low > 0 else -np.inf
    else:
        whole, rest = _log_tail(kernel, low, log_mean, log_alpha, upward=True), -np.inf
    return whole + float(np.log1p(-np.exp(rest - whole)))


def _log_tail(kernel: Kernel, y: float, log_mean: float, log_alpha: float | None, *, upward: bool) -> float:
    """Log of P(Y >= y) or of P(Y <= y); a sum of falling terms where the incomplete functions run out of numbers."""
    count, mean = np.array([y]), np.array([log_mean])
    direct = _sf(kernel, count - 1, mean, log_alpha) if upward else _cdf(kernel, count, mean, log_alpha)
    if direct[0] > _TINY:
        return float(np.log(direct[0]))
    first = float(log_pmf(kernel, count, mean, log_alpha)[0])
    # Each probability is at most this share of the one before it, so that 45 / -log(share) of them hold all digits.
    edge = np.array([0.0, 1e15]) if upward else np.array([0.0])
    share = float(_ratios(kernel, y, edge, log_mean, log_alpha, upward=upward).max()) if y > 0 or upward else 0.0
    number = min(_MOST_TERMS, 45 / -np.log(share) + 10) if 0 < share < 1 else _MOST_TERMS
    steps = np.arange(float(np.ceil(number if upward else min(y, number))))
    rates = _ratios(kernel, y, steps, log_mean, log_alpha, upward=upward)
    return first + float(np.log1p(np.exp(np.cumsum(np.log(rates))).sum()))


def _ratios(kernel: Kernel, y: float, steps: Array, log_mean: float, log_alpha: float | None, *, upward: bool) -> Array:
    """Each probability over the one before it, going away from y."""
    mean = float(np.exp(log_mean))
    if kernel == "poisson" or log_alpha is None:
        return mean / (y + 1 + steps) if upward else (y - steps) / mean
    size, share = (float(value[0]) for value in _size_and_share(kernel, np.array([log_mean]), log_alpha))
    if upward:
        return share * (size + y + steps) / (y + 1 + steps)
    return (y - steps) / (share * (size + y - 1 - steps))
