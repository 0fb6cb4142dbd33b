"""An interval for deaths that come in batches: the sizes of the events take the place of single deaths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.rates.given import LARGEST_COUNT, finite
from casualtystats.rates.sampling import check_level, whole_counts

__all__ = ["compound_poisson", "fay_feuer"]


def compound_poisson(
    sizes: Sequence[int] | NDArray[Any] | pl.Series, level: float = 0.95, *, largest: int | None = None
) -> tuple[float, float]:
    r"""Interval of the mean number of deaths where they come in events of known sizes.

    Events happen independently of each other, each with its own number of deaths n_i. With y = sum n_i,
    v = sum n_i^2 and k the largest size, the interval of Fay and Feuer with event sizes as weights is

    .. math:: \frac{v}{2y}\,\chi^2_{\alpha/2,\;2y^2/v} \quad\text{to}\quad
              \frac{v + k^2}{2(y + k)}\,\chi^2_{1-\alpha/2,\;2(y+k)^2/(v+k^2)}

    Where every size is 1 this is Garwood's interval.

    Parameters
    ----------
    sizes : sequence of int
        Deaths in each event, whole and of 0 or more; an event without deaths changes nothing.
    level : float, default 0.95
        A share.
    largest : int, optional
        The largest size that one more event may have; by default the largest of `sizes`. Needed where no event has
        any deaths: nothing else tells how large events are.

    Returns
    -------
    (float, float)
        Lower and upper end, in deaths.

    Raises
    ------
    OptionError
        If a size is missing, negative or not whole, `largest` is smaller than one of them, or there is neither.

    Notes
    -----
    It assumes that events are independent of each other and that all were reported with all their deaths. By default
    `largest` is the largest event seen. Where larger ones are possible and rare, coverage is then below the level: of
    simulated months with 60 deaths expected, of which 1 event in 25 brings 30, 86 % of the intervals at 95 % hold the 60,
    and 99 % with largest=30.

    References
    ----------
    Fay, M. P. and Feuer, E. J. (1997). Confidence intervals for directly standardized rates: a method based on the
    gamma distribution. Statistics in Medicine 16, 791-801.

    Examples
    --------
    >>> [round(end, 2) for end in compound_poisson([1] * 42)]
    [30.27, 56.77]
    >>> [round(end, 2) for end in compound_poisson([21, 11, 5, 3, 1, 1])]
    [8.5, 140.11]
    """
    share = check_level(level)
    found = np.atleast_1d(whole_counts(sizes))
    known = float(found.max()) if found.size else 0.0
    size = known if largest is None else finite(largest)
    fine = size is not None and (largest is None or max(1.0, known) <= size <= LARGEST_COUNT) and size == int(size)
    if size is None or not fine:
        raise OptionError(
            f"expected largest= a whole number of at least {max(1.0, known):g}, the largest size given, got {largest!r}"
        )
    if size == 0:
        raise OptionError(
            "expected an event with deaths, or largest= the largest size that an event may have; got neither, and "
            "nothing tells how many deaths one more event would bring"
        )
    low, high = fay_feuer(np.array([found.sum()]), np.array([(found**2).sum()]), np.array([size]), share)
    return float(low[0]), float(high[0])


def fay_feuer(
    total: NDArray[np.float64], variance: NDArray[np.float64], largest: NDArray[np.float64], level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Fay and Feuer's interval of weighted sums of Poisson counts, for arrays of one shape.

    Parameters
    ----------
    total : array
        Weighted sums y, of 0 or more.
    variance : array
        Their variances v, sums of squared weights times counts.
    largest : array
        The largest weight k of each, above 0.
    level : float
        A share.

    Returns
    -------
    (array, array)
        Lower ends (0 where the sum is 0) and upper ends, in the unit of the sums.
    """
    from scipy.special import gammainccinv, gammaincinv

    tail = (1 - level) / 2
    some = total > 0
    y, v = np.where(some, total, 1.0), np.where(some, variance, 1.0)
    # Half a chi-squared quantile of 2a degrees of freedom is the gamma quantile of shape a.
    low = np.asarray(gammaincinv(y**2 / v, tail), dtype=np.float64) * v / y
    wide, more = variance + largest**2, total + largest
    high = np.asarray(gammainccinv(more**2 / wide, tail), dtype=np.float64) * wide / more
    return np.where(some, low, 0.0), high
