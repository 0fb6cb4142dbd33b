"""Growth fitted to interval totals of many areas at once, on arrays, in chunks of bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from casualtystats.errors import OptionError
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices
from casualtystats.trends.many.estimate import ManyFamily, estimate
from casualtystats.trends.many.layout import Block
from casualtystats.trends.many.reasons import REASON, UNSETTLED, reasons_of_areas

__all__ = ["ManyFits", "fit_many"]

CHUNK_ROWS: Final = 65_536
_CHUNK_AREAS: Final = 2_048
_LARGEST: Final = 2.0**53

_NUMBERS: Final = ("a", "b", "var_a", "cov_ab", "var_b", "alpha", "var_alpha", "loglik", "dispersion")


@dataclass(frozen=True, eq=False)
class ManyFits:
    """Maximum-likelihood values of E[Y] = sum over days t of exp(a + b t), one entry an area, in order of the areas.

    Attributes
    ----------
    family : {"quasi", "nb2", "nb1", "poisson"}
        Model of the totals.
    area : array of int
        The areas, sorted.
    reason : array of str
        Why an area could not be fitted; empty where it was. All floats below are NaN where it is not empty.
    n : array of int
        Number of totals.
    first_day, last_day : array of int
        First and last day of the totals; t is counted from `first_day`.
    a, b : array
        Log of the daily mean on `first_day`; growth of the log per day.
    var_a, cov_ab, var_b : array
        Covariance of a and b from the observed information; for "quasi" times the dispersion where that exceeds 1.
    alpha, var_alpha : array
        For "nb2" variance = mu + alpha mu^2, for "nb1" (1 + alpha) mu, with mu the mean of a total; 0 (with the variance
        NaN) where the likelihood rises towards alpha = 0. NaN for other families.
    loglik : array
        Log-likelihood of the totals; NaN for "quasi", which has none.
    dispersion : array
        Pearson's statistic over n - 2.
    """

    family: ManyFamily
    area: Indices
    reason: NDArray[np.str_]
    n: Indices
    first_day: Indices
    last_day: Indices
    a: Array
    b: Array
    var_a: Array
    cov_ab: Array
    var_b: Array
    alpha: Array
    var_alpha: Array
    loglik: Array
    dispersion: Array

    @property
    def fitted(self) -> NDArray[np.bool_]:
        """Which areas were fitted."""
        return np.asarray(self.reason == "", dtype=np.bool_)

    @property
    def edge(self) -> NDArray[np.bool_]:
        """Where the negative binomial is greatest without any dispersion, so that the values are those of Poisson."""
        return np.asarray(self.alpha == 0, dtype=np.bool_)


def fit_many(
    first: ArrayLike, last: ArrayLike, counts: ArrayLike, area: ArrayLike, *,
    family: ManyFamily = "quasi", chunk_rows: int = CHUNK_ROWS, step: Callable[[int], None] | None = None,
) -> ManyFits:  # fmt: skip
    r"""Daily growth of many areas, each fitted to its own totals by maximum likelihood.

    The total Y of an interval has the mean sum over its days t of exp(a + b t) (a composite link, Thompson and Baker
    1981), and is Poisson or negative binomial.

    Parameters
    ----------
    first, last : array of int
        First and last day of each total, both included, as numbers of days.
    counts : array
        Whole counts of 0 or more.
    area : array of int
        The area of each total. Rows may stand in any order; it changes no bit of the result.
    family : {"quasi", "nb2", "nb1", "poisson"}
        As for `fit_trends`.
    chunk_rows : int, default 65,536
        Areas are fitted in chunks of at most so many rows (or of one area that has more) and 2,048 areas. Beside the
        arrays given and the result, the memory in use stays below 600 bytes a row and 4,000 bytes an area of a chunk (48 MB
        with the default), plus 48 bytes a row given for the order and the checks.
    step : function, optional
        Called with the number of areas of each chunk that is done.

    Returns
    -------
    ManyFits
        Areas that can not be fitted have a reason: fewer than four totals, periods that share a day, zeros only, counts
        above 0 in the first or last period only, or an iteration that does not settle.

    Raises
    ------
    OptionError
        If arrays differ in length, a number is not whole, a count is negative or missing, a last day lies before its
        first, or the family is not known.

    Notes
    -----
    The iterations run over all areas of a chunk together: one evaluation of the likelihood of all rows a pass, 2 x 2 or
    3 x 3 systems solved for all areas at once, steps halved for single areas, and areas that have settled left out. For
    10,000 areas of 260 weeks (NB2), `tests/benchmarks/test_trend_speed.py` measures it beside
    `statsmodels.discrete.NegativeBinomial`, one area at a time, in the same run (seen: 1.9 s beside 74 s, the latter scaled
    from 200 areas). Maxima of extreme totals (3 x 10^7 beside zeros) agree with arithmetic of 50 digits to 1e-8.

    The likelihood of a negative binomial can have two maxima where means differ by orders of magnitude; it is then searched
    from several values of alpha, and the greatest that was found is given.

    References
    ----------
    Thompson, R. and Baker, R. J. (1981). Composite link functions in generalized linear models. Applied Statistics 30,
    125-131.
    Cameron, A. C. and Trivedi, P. K. (2013). Regression Analysis of Count Data, 2nd edition. Cambridge University Press.

    Examples
    --------
    >>> import numpy as np
    >>> week = np.arange(6) * 7
    >>> found = fit_many(
    ...     np.tile(week, 2), np.tile(week + 6, 2), [3, 5, 9, 12, 20, 31, 0, 0, 0, 0, 0, 0], np.repeat([1, 2], 6),
    ...     family="poisson",
    ... )
    >>> round(float(found.b[0]), 5), str(found.reason[1])
    (0.06444, 'zeros only: the growth of nothing is not defined')
    """
    if family not in get_args(ManyFamily):
        raise OptionError(f"expected family= one of {', '.join(get_args(ManyFamily))}; got {family!r}")
    if isinstance(chunk_rows, bool) or chunk_rows < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected chunk_rows= a number of rows of 1 or more, got {chunk_rows!r}")
    begin, end, owner = _whole(first, "first"), _whole(last, "last"), _whole(area, "area")
    count = np.asarray(counts)
    _check(begin, end, count, owner)
    order = _order(begin, end, count, owner)
    sorted_owner = owner[order] if order is not None else owner
    starts = np.flatnonzero(np.diff(sorted_owner, prepend=sorted_owner[:1] - 1))
    fits = _empty(family, sorted_owner[starts], np.diff(starts, append=len(owner)))
    del sorted_owner
    for low, high in _chunks(fits.n, chunk_rows):
        rows = slice(int(starts[low]), int(starts[high - 1] + fits.n[high - 1]))
        pick = rows if order is None else order[rows]
        _fit_chunk(fits, low, high, begin[pick], end[pick], count[pick].astype(np.float64))
        if step is not None:
            step(high - low)
    return fits


def _whole(values: ArrayLike, name: str) -> Indices:
    found = np.asarray(values)
    if found.ndim != 1 or (found.size and found.dtype.kind not in "iu"):
        raise OptionError(f"expected {name}= an array of whole numbers, got one of {found.dtype}, shape {found.shape}")
    return found.astype(np.int64, copy=False)


def _check(first: Indices, last: Indices, counts: NDArray[np.generic], area: Indices) -> None:
    if not first.shape == last.shape == counts.shape == area.shape:
        lengths = ", ".join(str(len(array)) for array in (first, last, counts, area))
        raise OptionError(f"expected first, last, counts and area of one length, got {lengths}")
    if counts.size and counts.dtype.kind not in "iuf":
        raise OptionError(f"expected counts= an array of numbers, got one of {counts.dtype}")
    value = counts.astype(np.float64, copy=False)
    wrong = np.flatnonzero(~((value >= 0) & (value <= _LARGEST) & (value == np.floor(value))))
    if wrong.size:
        raise OptionError(f"expected whole counts from 0 to 2^53, got {value[wrong[0]]} in row {wrong[0]} (from 0)")
    turned = np.flatnonzero(last < first)
    if turned.size:
        at = turned[0]
        raise OptionError(
            f"expected last days on or after first days, got {first[at]} to {last[at]} in row {at} (from 0)"
        )


def _order(first: Indices, last: Indices, counts: NDArray[np.generic], area: Indices) -> Indices | None:
    """The order by area and date; None where the rows stand in it already."""
    same = area[1:] == area[:-1]
    if ((area[1:] > area[:-1]) | (same & (first[1:] > first[:-1]))).all():
        return None
    return np.lexsort((counts, last, first, area))


def _chunks(rows: Indices, most: int) -> Iterator[tuple[int, int]]:
    """From which to which area each chunk reaches."""
    upto = np.cumsum(rows)
    low, before = 0, 0
    while low < len(rows):
        high = max(low + 1, int(np.searchsorted(upto, before + most, side="right")))
        high = min(high, low + _CHUNK_AREAS)
        yield low, high
        low, before = high, int(upto[high - 1])


def _empty(family: ManyFamily, area: Indices, n: Indices) -> ManyFits:
    size = len(area)
    numbers = {name: np.full(size, np.nan) for name in _NUMBERS}
    days = np.zeros(size, dtype=np.int64)
    return ManyFits(family, area, np.zeros(size, dtype=REASON), n, days, days.copy(), **numbers)


def _fit_chunk(fits: ManyFits, low: int, high: int, first: Indices, last: Indices, counts: Array) -> None:
    n = fits.n[low:high]
    starts = np.cumsum(n) - n
    area = np.repeat(np.arange(high - low), n)
    fits.first_day[low:high] = first[starts]
    fits.last_day[low:high] = np.maximum.reduceat(last, starts)
    reason = fits.reason[low:high]
    reason[:] = reasons_of_areas(first, last, counts, area, starts, n)
    good = reason == ""
    if not good.any():
        return
    rows = good[area]
    new = (np.cumsum(good) - 1)[area[rows]]
    day = fits.first_day[low:high][area[rows]]
    block = Block.of(
        (first[rows] - day).astype(np.float64), (last[rows] - day).astype(np.float64), counts[rows], new,
        np.searchsorted(new, np.arange(int(good.sum()))),
    )  # fmt: skip
    values = estimate(block, fits.family)
    at = low + np.flatnonzero(good)
    fits.reason[at[~values.settled]] = UNSETTLED
    for name in _NUMBERS:
        getattr(fits, name)[at] = getattr(values, name)
    if fits.family == "quasi":
        wider = np.fmax(1.0, values.dispersion)
        for name in ("var_a", "cov_ab", "var_b"):
            getattr(fits, name)[at] *= wider
        fits.loglik[at] = np.nan
