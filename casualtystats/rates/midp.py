"""The mid-P interval of a Poisson count: narrower than the exact one, and not guaranteed to hold its level."""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

from casualtystats.rates.sampling import Counts, garwood, two_ends

__all__ = ["midp"]

# Halving the bracket this often leaves nothing between two neighbouring floating point numbers.
_HALVINGS = 200


@overload
def midp(count: float, level: float = 0.95) -> tuple[float, float]: ...
@overload
def midp(count: Counts, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def midp(
    count: float | Counts, level: float = 0.95
) -> tuple[float, float] | tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Mid-P interval of the mean of a Poisson count.

    With x the count, alpha = 1 - level and X Poisson of mean mu, the lower end solves

    .. math:: P(X > x) + \tfrac12 P(X = x) = \alpha/2

    and the upper end P(X < x) + P(X = x)/2 = alpha/2. At x = 0 the lower end is 0 and the upper end -ln(alpha), as
    exp(-mu)/2 = alpha/2: the interval is then one-sided, and its upper end that of an exact bound of the same level.

    Parameters
    ----------
    count : int, or sequence, array or series of int
        Whole counts of 0 or more.
    level : float, default 0.95
        Share of such intervals that hold the mean, on average over means rather than at least.

    Returns
    -------
    (float, float) or (array, array)
        Lower and upper end, in the unit of the count. The interval lies inside Garwood's.

    Raises
    ------
    OptionError
        If a count is missing, negative or not whole, or the level is not a share.

    Notes
    -----
    `statsmodels.stats.rates.confint_poisson(0, 1, method="midp-c")` gives 2.996 at both ends; its lower end should
    be 0. From a count of 1 on it agrees with this function.

    References
    ----------
    Lancaster, H. O. (1961). Significance tests in discrete distributions. JASA 56, 223-234. Cohen, G. R. and Yang,
    S. Y. (1994). Mid-P confidence intervals for the Poisson expectation. Statistics in Medicine 13, 2189-2203.

    Examples
    --------
    >>> low, high = midp(0)
    >>> low, round(high, 4)
    (0.0, 2.9957)
    >>> [round(float(end[0]), 3) for end in midp([42])]
    [30.66, 56.237]
    """
    return two_ends(count, level, _solved)


def _solved(counts: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    tail = (1 - level) / 2
    outer_low, outer_high = garwood(counts, level)
    low = _root(counts, tail, outer_low, counts, upper=False)
    high = _root(counts, tail, counts, outer_high, upper=True)
    return np.where(counts > 0, low, 0.0), high


def _root(
    counts: NDArray[np.float64], tail: float, left: NDArray[np.float64], right: NDArray[np.float64], *, upper: bool
) -> NDArray[np.float64]:
    """The mean at which the tail, the probability of x halved, is `tail`: P(X < x) at the upper end, P(X > x) at the lower."""
    from scipy.special import gammainc, gammaincc

    below, some = np.where(counts > 0, counts, 1.0), counts > 0
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        if upper:
            beyond = (np.where(some, gammaincc(below, middle), 0.0) + gammaincc(counts + 1, middle)) / 2 > tail
        else:
            beyond = (np.where(some, gammainc(below, middle), 1.0) + gammainc(counts + 1, middle)) / 2 < tail
        left, right = np.where(beyond, middle, left), np.where(beyond, right, middle)
    return (left + right) / 2
