"""The logarithmic score of Poisson and negative binomial forecasts."""

from __future__ import annotations

from typing import Final, overload

import numpy as np

from casualtystats.trends.scores.arrays import Array, Few, Many, given, shaped, together, whole

__all__ = ["log_probability", "log_score"]

# Stirling's series is exact to 1e-15 from here on.
_STIRLING: Final = 100.0


@overload
def log_score(y: float, mean: float, alpha: float | None = None) -> float: ...
@overload
def log_score(y: Many, mean: Few, alpha: Few | None = None) -> Array: ...
@overload
def log_score(y: float, mean: Many, alpha: Few | None = None) -> Array: ...
@overload
def log_score(y: float, mean: float, alpha: Many) -> Array: ...
def log_score(y: Few, mean: Few, alpha: Few | None = None) -> float | Array:
    r"""Logarithmic score of a Poisson or negative binomial forecast: minus the log of the probability of what came.

    .. math:: -\log f(y)

    Parameters
    ----------
    y : int, or sequence, array or series of int
        Counts observed, whole and 0 or more.
    mean : float, or sequence, array or series of float
        Means, above 0, in the unit of y.
    alpha : float, or sequence, array or series of float, optional
        Dispersion: variance = mean + alpha mean^2 (NB2). Left out, or 0: Poisson.

    Returns
    -------
    float or array
        In nats (natural logarithm); smaller is better.

    Raises
    ------
    OptionError
        If a count is missing, negative or not whole, a mean is not above 0, alpha is negative, or the shapes differ.

    References
    ----------
    Good, I. J. (1952). Rational decisions. Journal of the Royal Statistical Society B 14, 107-114.
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102, 359-378. doi:10.1198/016214506000001437

    Examples
    --------
    >>> log_score([0, 5, 12], [2, 5, 7]).round(4).tolist()
    [2.0, 1.7403, 3.6363]
    >>> round(log_score(12, 7, alpha=0.3), 4)
    3.3674
    """
    counts, means, alphas = together(
        y=whole("y", y),
        mean=given("mean", mean, least=np.nextafter(0, 1)),
        alpha=np.zeros(()) if alpha is None else given("alpha", alpha, least=0),
    )
    return shaped(-log_probability(counts, means, alphas))


def log_probability(y: Array, mean: Array, alpha: Array) -> Array:
    """Log of the probability of counts under NB2, or Poisson where alpha is 0; arrays of one shape, means above 0."""
    from scipy.special import gammaln, xlogy

    wide = alpha * np.maximum(mean, y) > 1e-13
    size = 1 / np.where(wide, alpha, 1.0)
    # The log of gamma(size + y) / (gamma(size) size^y): from Stirling's series where the size is large, as differences of
    # large numbers would lose their digits.
    large = size > _STIRLING
    small = np.where(large, 1.0, size)
    exact = gammaln(small + y) - gammaln(small) - y * np.log(small)
    rising = np.where(large, _stirling(np.where(large, size, _STIRLING), y), exact)
    spread = np.where(wide, (size + y) * np.log1p(alpha * mean) - rising, mean)
    return np.asarray(xlogy(y, mean) - spread - gammaln(y + 1))


def _stirling(size: Array, y: Array) -> Array:
    total = size + y
    series = (total - 0.5) * np.log1p(y / size) - y
    for factor, power in ((1 / 12, 1), (-1 / 360, 3), (1 / 1260, 5)):
        series = series + factor * (total**-power - size**-power)
    return np.asarray(series)
