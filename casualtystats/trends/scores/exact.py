"""Scores of Poisson and negative binomial forecasts, and of any forecast that states the probability of each count."""

from __future__ import annotations

from typing import Final, overload

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.trends.scores.arrays import Array, Few, Many, given, shaped, together, whole

__all__ = ["crps_negative_binomial", "crps_pmf", "crps_poisson"]

# From this size up scipy's hypergeometric function loses its way (it answers nan from about 10,000 on).
_LARGE_SIZE: Final = 1_000.0
_NODES: Final = 400


@overload
def crps_poisson(y: float, mean: float) -> float: ...
@overload
def crps_poisson(y: Many, mean: Few) -> Array: ...
@overload
def crps_poisson(y: float, mean: Many) -> Array: ...
def crps_poisson(y: Few, mean: Few) -> float | Array:
    r"""Continuous ranked probability score (CRPS) of a Poisson forecast.

    .. math:: \sum_{k=0}^\infty (F(k) - 1\{k \ge y\})^2
        = (y-\mu)(2F(y)-1) + 2\mu f(y) - \mu e^{-2\mu} (I_0(2\mu) + I_1(2\mu))

    with y the count observed, mu the mean, f and F the probability of a count and of one up to it, and I modified
    Bessel functions.

    Parameters
    ----------
    y : int, or sequence, array or series of int
        Counts observed, whole and 0 or more.
    mean : float, or sequence, array or series of float
        Means of the forecasts, 0 or more, in the unit of y; of the shape of y, or of one that goes with it.

    Returns
    -------
    float or array
        In the unit of y; 0 is best, and for a forecast that is one number it is the absolute error.

    Raises
    ------
    OptionError
        If a count is missing, negative or not whole, a mean is missing or negative, or the shapes differ.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102, 359-378. doi:10.1198/016214506000001437
    Wei, W. and Held, L. (2014). Calibration tests for count data. TEST 23, 787-805. doi:10.1007/s11749-014-0380-8

    Examples
    --------
    >>> crps_poisson([0, 5, 12], [2, 5, 7]).round(4).tolist()
    [1.2285, 0.5092, 3.6197]
    """
    counts, means = together(y=whole("y", y), mean=given("mean", mean, least=0))
    return shaped(_poisson(counts, means))


@overload
def crps_negative_binomial(y: float, mean: float, alpha: float) -> float: ...
@overload
def crps_negative_binomial(y: Many, mean: Few, alpha: Few) -> Array: ...
@overload
def crps_negative_binomial(y: float, mean: Many, alpha: Few) -> Array: ...
@overload
def crps_negative_binomial(y: float, mean: float, alpha: Many) -> Array: ...
def crps_negative_binomial(y: Few, mean: Few, alpha: Few) -> float | Array:
    r"""Continuous ranked probability score (CRPS) of a negative binomial forecast with variance mu + alpha mu^2 (NB2).

    .. math:: y (2F_n(y)-1) - \frac{n(1-p)}{p^2}
        \left( p (2F_{n+1}(y-1)-1) + {}_2F_1(n+1, \tfrac12; 2; -\tfrac{4(1-p)}{p^2}) \right)

    with n = 1/alpha the size, p = 1/(1 + alpha mu), and F_n the probability of a count up to a number at size n.

    Parameters
    ----------
    y : int, or sequence, array or series of int
        Counts observed, whole and 0 or more.
    mean : float, or sequence, array or series of float
        Means mu, 0 or more, in the unit of y.
    alpha : float, or sequence, array or series of float
        Dispersion, 0 or more, without unit; 0 is a Poisson forecast. R's `size` is 1/alpha.

    Returns
    -------
    float or array
        In the unit of y; 0 is best.

    Raises
    ------
    OptionError
        If a count is missing, negative or not whole, a mean or alpha is missing or negative, or the shapes differ.

    Notes
    -----
    The hypergeometric function is scipy's, after Pfaff's transformation; scipy 1.17 answers nan from sizes of about
    10,000 up, and from 1,000 up its integral is used: a trapezoidal sum of 400 terms, to about 1e-12.

    References
    ----------
    Wei, W. and Held, L. (2014). Calibration tests for count data. TEST 23, 787-805. doi:10.1007/s11749-014-0380-8
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102, 359-378. doi:10.1198/016214506000001437

    Examples
    --------
    >>> round(crps_negative_binomial(12, 7, 0.3), 4)
    3.4863
    >>> crps_negative_binomial(12, 7, 0) == crps_poisson(12, 7)
    True
    """
    counts, means, alphas = together(
        y=whole("y", y), mean=given("mean", mean, least=0), alpha=given("alpha", alpha, least=0)
    )
    # A variance above the mean by less than floating point can tell is that of a Poisson count.
    narrow = alphas * means < 1e-13
    found = _poisson(counts, means)
    wide = ~narrow
    if wide.any():
        found[wide] = _negative_binomial(counts[wide], means[wide], alphas[wide])
    return shaped(found)


@overload
def crps_pmf(y: float, probabilities: Many) -> float: ...
@overload
def crps_pmf(y: Many, probabilities: Many) -> Array: ...
def crps_pmf(y: Few, probabilities: Many) -> float | Array:
    r"""Continuous ranked probability score (CRPS) of a forecast that gives the probability of each count.

    .. math:: \sum_{k=0}^\infty (F(k) - 1\{k \ge y\})^2

    Parameters
    ----------
    y : int, or sequence, array or series of int
        Counts observed, whole and 0 or more.
    probabilities : sequence or array of float
        Probability of 0, 1, 2 and so on, the last one that of the largest possible count. They sum to 1.

    Returns
    -------
    float or array
        In the unit of y; 0 is best.

    Raises
    ------
    OptionError
        If a count is missing, negative or not whole, or the probabilities are no such, or do not sum to 1.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102, 359-378. doi:10.1198/016214506000001437

    Examples
    --------
    >>> round(crps_pmf(1, [0.2, 0.5, 0.3]), 12)
    0.13
    """
    counts, mass = whole("y", y), given("probabilities", probabilities, least=0)
    if mass.ndim != 1 or abs(mass.sum() - 1) > 1e-6:
        raise OptionError(
            f"expected probabilities= of 0, 1, 2 and so on that sum to 1, got {mass.ndim} dimension(s) with the sum "
            f"{mass.sum():g}; add the probability of all larger counts at the end"
        )
    up_to = np.minimum(np.cumsum(mass), 1.0)
    below = np.concatenate(([0.0], np.cumsum(up_to**2)))
    above = np.concatenate((np.cumsum(((1 - up_to) ** 2)[::-1])[::-1], [0.0]))
    inside = np.minimum(counts, len(mass)).astype(np.int64)
    # Beyond the largest possible count F is 1, and each step to y costs 1.
    return shaped(below[inside] + above[inside] + np.maximum(counts - len(mass), 0.0))


def _poisson(y: Array, mean: Array) -> Array:
    from scipy.special import gammaln, ive, pdtr, xlogy

    mass = np.exp(xlogy(y, mean) - mean - gammaln(y + 1))
    spread = ive(0, 2 * mean) + ive(1, 2 * mean)
    return np.asarray((y - mean) * (2 * pdtr(y, mean) - 1) + 2 * mean * mass - mean * spread)


def _negative_binomial(y: Array, mean: Array, alpha: Array) -> Array:
    from scipy.special import betainc

    # q = 1 - p is taken as it is: from 1 - p it would lose its digits where alpha is small.
    size, p = 1 / alpha, 1 / (1 + alpha * mean)
    q = alpha * mean * p
    few, before = q < 0.5, np.maximum(y, 1.0)
    above = np.where(few, betainc(y + 1, size, q), 1 - betainc(size, y + 1, p))
    not_before = np.where(few, betainc(before, size + 1, q), 1 - betainc(size + 1, before, p))
    not_before = np.where(y > 0, not_before, 1.0)
    # n (1-p) / p^2 is mean / p.
    return np.asarray(y * (1 - 2 * above) - mean / p * (p * (1 - 2 * not_before) + _spread(size, p, q)))


def _spread(size: Array, p: Array, q: Array) -> Array:
    """2F1(n+1, 1/2; 2; -4(1-p)/p^2) = p/(2-p) 2F1(1-n, 1/2; 2; w), with w = 4q/(1+q)^2."""
    from scipy.special import hyp2f1

    w = 4 * q / (1 + q) ** 2
    large = size >= _LARGE_SIZE
    found = hyp2f1(1 - np.where(large, 1.0, size), 0.5, 2.0, w)
    if large.any():
        # 4/pi times the integral of cos^2 (1 - w sin^2)^(n-1) over a quarter turn; beyond `reach` it is below e^-50.
        power, share = (size[large] - 1)[:, None], w[large][:, None]
        reach = np.minimum(np.pi / 2, 12 / np.sqrt(power * share))
        angle = reach * np.linspace(0, 1, _NODES + 1)
        values = np.cos(angle) ** 2 * np.exp(power * np.log1p(-share * np.sin(angle) ** 2))
        ends = (values[:, 0] + values[:, -1]) / 2
        found[large] = 4 / np.pi * (values[:, 1:-1].sum(axis=1) + ends) * reach[:, 0] / _NODES
    return np.asarray(p / (1 + q) * found)
