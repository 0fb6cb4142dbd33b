"""Scores of forecasts that are intervals: the interval score, the weighted interval score, and coverage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import overload

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.rates.sampling import check_level
from casualtystats.trends.scores.arrays import Array, Few, Many, given, together

__all__ = ["coverage", "interval_score", "wis"]


@overload
def interval_score(y: float, low: float, high: float, level: float) -> float: ...
@overload
def interval_score(y: Many, low: Few, high: Few, level: float) -> Array: ...
@overload
def interval_score(y: float, low: Many, high: Few, level: float) -> Array: ...
@overload
def interval_score(y: float, low: float, high: Many, level: float) -> Array: ...
def interval_score(y: Few, low: Few, high: Few, level: float) -> float | Array:
    r"""Interval score of a central prediction interval: its width, and a penalty for what falls outside.

    .. math:: (u - l) + \frac{2}{\alpha}(l - y) 1\{y < l\} + \frac{2}{\alpha}(y - u) 1\{y > u\}

    with l and u the ends of the interval, and alpha = 1 - level.

    Parameters
    ----------
    y : float, or sequence, array or series of float
        What was observed.
    low, high : float, or sequence, array or series of float
        Ends of the interval, low <= high, in the unit of y.
    level : float
        Level of the interval, as a share: 0.95, not 95.

    Returns
    -------
    float or array
        In the unit of y; smaller is better.

    Raises
    ------
    OptionError
        If a number is missing, an upper end lies below its lower end, the level is no share, or the shapes differ.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102, 359-378, equation 43. doi:10.1198/016214506000001437

    Examples
    --------
    >>> round(interval_score(42, 24, 37, 0.5), 9), round(interval_score(60, 15, 55, 0.9), 9)
    (33.0, 140.0)
    """
    share = check_level(level)
    seen, below, above = _ends(y, low, high)
    outside = np.maximum(below - seen, 0.0) + np.maximum(seen - above, 0.0)
    found = (above - below) + 2 / (1 - share) * outside
    return float(found) if np.ndim(found) == 0 else found


@overload
def wis(y: float, median: float, intervals: Mapping[float, tuple[float, float]]) -> float: ...
@overload
def wis(y: Many, median: Few, intervals: Mapping[float, tuple[Few, Few]]) -> Array: ...
def wis(y: Few, median: Few, intervals: Mapping[float, tuple[Few, Few]]) -> float | Array:
    r"""Weighted interval score (WIS) of a median and K central prediction intervals.

    .. math:: \frac{1}{K + 1/2} \left( \frac12 |y - m| + \sum_{k=1}^K \frac{\alpha_k}{2} IS_{\alpha_k} \right)

    with m the median, alpha_k = 1 - level of interval k, and IS its interval score. With many evenly spaced levels it
    approaches the CRPS.

    Parameters
    ----------
    y : float, or sequence, array or series of float
        What was observed.
    median : float, or sequence, array or series of float
        Median of the forecast, in the unit of y.
    intervals : mapping of float to (low, high)
        Ends of each interval by its level, such as ``{0.5: (24, 37), 0.9: (15, 55)}``; ends as for `interval_score`.

    Returns
    -------
    float or array
        In the unit of y; smaller is better.

    Raises
    ------
    OptionError
        If there is no interval, or one is refused by `interval_score`.

    References
    ----------
    Bracher, J., Ray, E. L., Gneiting, T. and Reich, N. G. (2021). Evaluating epidemic forecasts in an interval format.
    PLoS Computational Biology 17, e1008618. doi:10.1371/journal.pcbi.1008618

    Examples
    --------
    >>> wis([42, 60], 30, {0.5: (24, 37), 0.9: (15, 55)}).round(9).tolist()
    [6.5, 19.3]
    """
    if not isinstance(intervals, Mapping) or not intervals:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected intervals= ends by level, such as {{0.5: (24, 37), 0.9: (15, 55)}}; got {intervals!r}"
        )
    seen, middle = together(y=given("y", y), median=given("median", median))
    total = np.abs(seen - middle) / 2
    for level in sorted(intervals):
        low, high = intervals[level]
        _, below, above = _ends(seen, low, high)
        total = total + (1 - check_level(level)) / 2 * interval_score(np.atleast_1d(seen), below, above, level).reshape(
            below.shape
        )
    found = total / (len(intervals) + 0.5)
    return float(found) if np.ndim(found) == 0 else np.asarray(found)


def coverage(y: Few, low: Few, high: Few) -> float:
    r"""Share of observations that lie within their prediction intervals, both ends included.

    .. math:: \frac1n \sum_{i=1}^n 1\{l_i \le y_i \le u_i\}

    Parameters
    ----------
    y : float, or sequence, array or series of float
        What was observed.
    low, high : float, or sequence, array or series of float
        Ends of the intervals, in the unit of y.

    Returns
    -------
    float
        A share. An honest interval has its level as coverage, or somewhat more where counts are small and whole.

    Raises
    ------
    OptionError
        If a number is missing, an upper end lies below its lower end, or the shapes differ.

    Examples
    --------
    >>> coverage([42, 60, 30, 15], 24, 45)
    0.5
    """
    seen, below, above = _ends(y, low, high)
    return float(((below <= seen) & (seen <= above)).mean())


def _ends(y: Few, low: Few, high: Few) -> list[Array]:
    seen, below, above = together(y=given("y", y), low=given("low", low), high=given("high", high))
    wrong = below > above
    if wrong.any():
        raise OptionError(
            f"expected low= not above high=, got {float(below[wrong].flat[0]):g} above {float(above[wrong].flat[0]):g}"
        )
    return [seen, below, above]
