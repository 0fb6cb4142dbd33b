"""Sampling intervals of counts: chance variation, given that every death of the period was reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast, overload

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from casualtystats.errors import OptionError
from casualtystats.rates.given import LARGEST_COUNT, finite

__all__ = ["Counts", "byar", "check_level", "garwood", "level_text", "two_ends", "whole_counts"]

Counts = Sequence[float] | NDArray[Any] | pl.Series
_Ends = Callable[[NDArray[np.float64], float], tuple[NDArray[np.float64], NDArray[np.float64]]]


def check_level(level: float) -> float:
    """A level as a share between 0 and 1.

    Raises
    ------
    OptionError
        For anything else, such as 95 for 0.95.
    """
    if finite(level) is None:
        raise OptionError(f"expected level= a share between 0 and 1, such as 0.95; got {level!r}")
    if not 0 < level < 1:
        hint = f"; {level:g} % is level={level / 100:g}" if 1 < level < 100 else ""
        raise OptionError(f"expected level= a share between 0 and 1, such as 0.95; got {level!r}{hint}")
    return float(level)


def level_text(level: float) -> str:
    """A level in words.

    Examples
    --------
    >>> level_text(0.95), level_text(0.999)
    ('95 %', '99.9 %')
    """
    return f"{level * 100:.10g} %"


@overload
def garwood(count: float, level: float = 0.95) -> tuple[float, float]: ...
@overload
def garwood(count: Counts, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def garwood(
    count: float | Counts, level: float = 0.95
) -> tuple[float, float] | tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Exact interval of the mean of a Poisson count (Garwood 1936).

    .. math:: \tfrac12 \chi^2_{\alpha/2,\,2x} \;\le\; \mu \;\le\; \tfrac12 \chi^2_{1-\alpha/2,\,2x+2}

    with x the count, alpha = 1 - level, and chi2 the quantile of the chi-squared distribution with the
    degrees of freedom written after the comma; the lower end is 0 where x = 0.

    Parameters
    ----------
    count : int, or sequence, array or series of int
        Whole counts of 0 or more: deaths, not rates, and not counts that were spread over days.
    level : float, default 0.95
        Share of such intervals that hold the mean, at least.

    Returns
    -------
    (float, float) or (array, array)
        Lower and upper end, in the unit of the count.

    Raises
    ------
    OptionError
        If a count is missing, negative or not whole, or the level is not a share.

    Notes
    -----
    The interval assumes that deaths are independent of each other and that all were reported. Deaths that
    come in batches, as in an air strike, vary more: the interval is then too narrow.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.

    Examples
    --------
    >>> low, high = garwood(119)
    >>> round(low, 2), round(high, 2)
    (98.58, 142.4)
    >>> garwood([0, 5])[0].round(3).tolist()
    [0.0, 1.623]
    """
    return two_ends(count, level, _exact)


@overload
def byar(count: float, level: float = 0.95) -> tuple[float, float]: ...
@overload
def byar(count: Counts, level: float = 0.95) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def byar(
    count: float | Counts, level: float = 0.95
) -> tuple[float, float] | tuple[NDArray[np.float64], NDArray[np.float64]]:
    r"""Byar's approximation to the exact interval of a Poisson mean: for comparison with tables that print it.

    .. math:: x \left(1 - \frac{1}{9x} - \frac{z}{3\sqrt{x}}\right)^3, \quad
              (x+1) \left(1 - \frac{1}{9(x+1)} + \frac{z}{3\sqrt{x+1}}\right)^3

    with x the count and z the normal quantile of 1 - (1 - level)/2; the lower end is 0 where x = 0.

    Parameters
    ----------
    count : int, or sequence, array or series of int
        Whole counts of 0 or more.
    level : float, default 0.95
        A share.

    Returns
    -------
    (float, float) or (array, array)
        Lower and upper end, in the unit of the count.

    Raises
    ------
    OptionError
        If a count is missing, negative or not whole, or the level is not a share.

    Notes
    -----
    `garwood` is exact and needs no approximation. Some programs use x + 0.5 at both ends: another interval.

    References
    ----------
    Breslow, N. E. and Day, N. E. (1987). Statistical Methods in Cancer Research II, section 2.3.

    Examples
    --------
    >>> low, high = byar(42)
    >>> round(low, 3), round(high, 3)
    (30.267, 56.773)
    """
    return two_ends(count, level, _approximate)


def two_ends(
    count: float | Counts, level: float, ends: _Ends
) -> tuple[float, float] | tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Check counts and level, and give the ends in the shape of the counts: numbers for one, arrays for several."""
    share = check_level(level)
    counts = whole_counts(count)
    if counts.size == 0:
        return counts, counts.copy()
    low, high = ends(np.atleast_1d(counts), share)
    if counts.ndim == 0:
        return float(low[0]), float(high[0])
    return low, high


def whole_counts(count: Any) -> NDArray[np.float64]:
    """Counts as an array.

    Raises
    ------
    OptionError
        If one is missing, negative, not whole, or above `LARGEST_COUNT`.
    """
    counts = _as_numbers(count)
    if not np.isfinite(counts).all():
        raise OptionError(
            "expected a count in every place, got a missing or infinite one; leave rows without a count out"
        )
    if (counts > LARGEST_COUNT).any():
        raise OptionError(f"expected whole counts of at most {LARGEST_COUNT:,}, got {float(counts.max()):,.10g}")
    wrong = counts[(counts < 0) | (counts != np.floor(counts))]
    if wrong.size:
        raise OptionError(
            f"expected whole counts of 0 or more, got {float(wrong.flat[0])!r}; a count that was "
            "spread over days has no Poisson interval"
        )
    return counts


def _as_numbers(count: Any) -> NDArray[np.float64]:
    """Counts as floats, after a look for what only looks like a number: truth values and text."""
    values: ArrayLike = count.to_numpy() if isinstance(count, pl.Series) else count
    try:
        given: NDArray[Any] = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
        if given.dtype == object or given.dtype.kind in "bSU":
            parts: list[Any] = given.ravel().tolist()
            for part in parts:
                if isinstance(part, bool | np.bool_ | str | bytes):
                    raise OptionError(f"expected whole counts of 0 or more, got {cast('Any', part)!r}")
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, OptionError):
            raise
        raise OptionError(f"expected whole counts of 0 or more, got {count!r}") from error


def _exact(counts: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    # Half a chi-squared quantile is a gamma quantile. statsmodels' confint_poisson(method="exact-c") gives the same, and
    # takes two seconds to load.
    from scipy.special import gammainccinv, gammaincinv

    tail = (1 - level) / 2
    positive = counts > 0
    # A count of 0 has no lower quantile; 1 stands in for it and its lower end is then set to 0.
    low = np.asarray(gammaincinv(np.where(positive, counts, 1.0), tail), dtype=np.float64)
    # By the upper tail: one less a small tail would lose it.
    high = np.asarray(gammainccinv(counts + 1, tail), dtype=np.float64)
    return np.where(positive, low, 0.0), high


def _approximate(counts: NDArray[np.float64], level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from scipy.special import ndtri

    z = -float(ndtri((1 - level) / 2))
    above, there = counts + 1, np.where(counts > 0, counts, 1.0)
    high = above * (1 - 1 / (9 * above) + z / (3 * above**0.5)) ** 3
    # Below a count of 1 or so the cube would turn negative: nothing is below zero.
    low = np.maximum(0.0, there * (1 - 1 / (9 * there) - z / (3 * there**0.5)) ** 3)
    return np.where(counts > 0, low, 0.0), high
