r"""Sums over k < y of functions of r + k, which the negative binomial needs, also where r is very large.

.. math:: L = \sum_{k<y} \log(1 + k/r), \quad D_1 = \sum_{k<y} \frac{r}{r+k}, \quad D_2 = -\sum_{k<y} \frac{r^2}{(r+k)^2}

They are differences of log-gamma, digamma and trigamma functions at y + r and r. From r = 50 up these differences
are taken from their asymptotic series, so that counts that vary almost as Poisson counts lose no digits.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "rising_sums"]

Array: TypeAlias = NDArray[np.float64]
_LARGE = 50.0


def rising_sums(r: Array, y: Array) -> tuple[Array, Array, Array]:
    """L, D1 and D2 of the module's formula, for sizes r above 0 and whole counts y of 0 or more.

    Parameters
    ----------
    r, y : array
        Of one shape.

    Returns
    -------
    three arrays
        L (no unit), D1 and D2, of the shape of r.

    Examples
    --------
    >>> log_sum, first, second = rising_sums(np.array([2.0]), np.array([3.0]))
    >>> bool(np.isclose(log_sum[0], np.log(1.5 * 2))), bool(np.isclose(first[0], 1 + 2 / 3 + 2 / 4))
    (True, True)
    """
    from scipy.special import digamma, gammaln, polygamma

    small = r < _LARGE
    log_sum, first, second = _asymptotic(np.where(small, _LARGE, r), y)
    if small.any():
        near, count = r[small], y[small]
        log_sum[small] = gammaln(count + near) - gammaln(near) - count * np.log(near)
        first[small] = near * (digamma(count + near) - digamma(near))
        second[small] = near**2 * (polygamma(1, count + near) - polygamma(1, near))
    return log_sum, first, second


def _asymptotic(r: Array, y: Array) -> tuple[Array, Array, Array]:
    """The same from Stirling's series, to 1e-15 from r = 50 up."""
    z, share = r + y, np.log1p(y / r)
    log_sum = (z - 0.5) * share - y
    for factor, power in ((1 / 12, 1), (-1 / 360, 3), (1 / 1260, 5), (-1 / 1680, 7)):
        log_sum = log_sum + factor * (z**-power - r**-power)
    first = r * share - 0.5 * (r / z - 1)
    for factor, power in ((-1 / 12, 2), (1 / 120, 4), (-1 / 252, 6)):
        first = first + factor * r * (z**-power - r**-power)
    # r^2 (1/z - 1/r) = -r y / z, and so on: differences are taken before they cancel.
    second = -r * y / z + 0.5 * ((r / z) ** 2 - 1)
    for factor, power in ((1 / 6, 3), (-1 / 30, 5), (1 / 42, 7)):
        second = second + factor * r**2 * (z**-power - r**-power)
    return log_sum, first, second
