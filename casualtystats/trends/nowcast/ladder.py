"""The chain ladder: how counts of a period grew with age, and what that makes of periods that are still young.

It gives the same estimates as a two-way Poisson regression of the increments on period and age (Renshaw & Verrall 1998),
without fitting it, and also where an increment is negative, which that regression refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import OptionError, TooFewReportsError, UndefinedEstimateError

__all__ = ["ChainLadder", "chain_ladder", "check_tail"]

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ChainLadder:
    r"""Development factors of a triangle and the counts that they lead to.

    Attributes
    ----------
    factors : array, ages - 1
        f_j: by how much counts grow from one age to the next. 1 where no period with counts shows it (`unseen`).
    tail : float
        Factor beyond the oldest age, as given.
    completeness : array, ages
        Share of the final count that is reported by an age, 1 / (f_j f_(j+1) ... tail). Above 1 where later revisions
        took counts back.
    first, last : array of int, periods
        Columns of the first and last known age of each period.
    latest : array, periods
        The count at the last known age, in the unit of the triangle.
    ultimate : array, periods
        The count expected once the period is as old as the oldest one: latest / completeness.
    unseen : tuple of int
        Columns j for which f_j is not known, as every period that reached the next age had no counts.
    """

    factors: Floats
    tail: float
    completeness: Floats
    first: Numbers
    last: Numbers
    latest: Floats
    ultimate: Floats
    unseen: tuple[int, ...]

    @property
    def missing(self) -> Floats:
        """What is expected to be reported later, by period: ultimate - latest."""
        return self.ultimate - self.latest

    def fitted(self) -> Floats:
        """Increments that the model expects where the triangle is known; NaN elsewhere (periods x ages).

        The count at the first known age of a period stands for all that came up to it.
        """
        columns = np.arange(len(self.completeness))
        inside = (columns >= self.first[:, None]) & (columns <= self.last[:, None])
        back = np.where(inside, self.ultimate[:, None] * self.completeness, 0.0)
        steps = np.diff(back, axis=1, prepend=0.0)
        found: Floats = np.where(inside, steps, np.nan)
        return found


def check_tail(tail: float) -> float:
    """A factor beyond the oldest age.

    Raises
    ------
    OptionError
        If it is no finite number of 1 or more.
    """
    if isinstance(tail, bool) or not isinstance(tail, int | float | np.number) or not 1 <= tail < np.inf:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected tail= a finite number of 1 or more (1.05: five in a hundred of the counts at the oldest age come "
            f"later still), got {tail!r}"
        )
    return float(tail)


def chain_ladder(cumulative: Floats, tail: float = 1.0, names: Sequence[str] | None = None) -> ChainLadder:
    r"""Development factors and expected final counts.

    .. math:: f_j = \frac{\sum_i C_{i,j+1}}{\sum_i C_{i,j}}, \qquad
              \hat U_i = C_{i,l_i} \prod_{j \ge l_i} f_j \cdot \text{tail}

    with C(i,j) the count of period i as reported by age j, l_i the last known age of period i, and both sums over the
    periods that are known at both ages. The estimates are those of a Poisson regression of the increments with an effect
    for each period and each age, where that can be fitted.

    Parameters
    ----------
    cumulative : array, periods x ages
        Counts as reported by each age, NaN where not known: before the first publication, and beyond the last age.
        Between them every age is known.
    tail : float, default 1
        Factor beyond the oldest age. 1: nothing comes after it.
    names : sequence of str, optional
        What the ages are called in errors.

    Raises
    ------
    TooFewReportsError
        If there are fewer than two periods or ages, or no period is known at two neighbouring ages.
    UndefinedEstimateError
        If counts grow from nothing, so that the factor is infinite; or all counts are taken back.
    OptionError
        If the tail is below 1.

    References
    ----------
    Mack, T. (1993). Distribution-free calculation of the standard error of chain ladder reserve estimates. ASTIN Bulletin
    23, 213-225. Renshaw, A. E. & Verrall, R. J. (1998). A stochastic model underlying the chain-ladder technique. British
    Actuarial Journal 4, 903-923.

    Examples
    --------
    >>> nan = float("nan")
    >>> found = chain_ladder(np.array([[40.0, 62, 70], [50, 80, nan], [60, nan, nan]]))
    >>> found.factors.round(4), found.ultimate.round(2)
    (array([1.5778, 1.129 ]), array([ 70.  ,  90.32, 106.88]))
    """
    tail = check_tail(tail)
    rows, ages = cumulative.shape
    called = [f"age {at}" for at in range(ages)] if names is None else list(names)
    if rows < 2 or ages < 2:
        raise TooFewReportsError(
            f"expected at least 2 periods, of which some were published at 2 ages or more, got {rows} period"
            f"{'' if rows == 1 else 's'} at {ages} age{'' if ages == 1 else 's'}: how counts grow can not be seen. Add older "
            "vintages, or use shorter steps of age"
        )
    known = np.isfinite(cumulative)
    filled = np.where(known, cumulative, 0.0)
    both = known[:, :-1] & known[:, 1:]
    before, after = (filled[:, :-1] * both).sum(axis=0), (filled[:, 1:] * both).sum(axis=0)
    for at in range(ages - 1):
        _check(called[at], called[at + 1], int(both[:, at].sum()), float(before[at]), float(after[at]))
    unseen = before == 0
    factors: Floats = np.where(unseen, 1.0, after / np.where(unseen, 1.0, before))
    growth = np.append(np.cumprod(factors[::-1])[::-1], 1.0) * tail
    first = known.argmax(axis=1).astype(np.int64)
    last = (ages - 1 - known[:, ::-1].argmax(axis=1)).astype(np.int64)
    latest = filled[np.arange(rows), last]
    return ChainLadder(
        factors, tail, 1 / growth, first, last, latest, latest * growth[last], tuple(np.flatnonzero(unseen).tolist())
    )


def _check(here: str, then: str, pairs: int, before: float, after: float) -> None:
    """Whether a factor from one age to the next can be told."""
    if not pairs:
        raise TooFewReportsError(
            f"expected a period that was published by {here} and by {then}, got none; use longer steps of age "
            "(age='week', age='month'), or periods that were published more often"
        )
    if before == 0 and after > 0:
        raise UndefinedEstimateError(
            f"expected counts by {here} in some period that is older, got 0 in {pairs} and {after:,.10g} by {then}: growth "
            "from nothing has no factor. Use longer steps of age (age='week', age='month') or longer periods"
        )
    if before > 0 and after == 0:
        raise UndefinedEstimateError(
            f"expected counts by {then} in some period, got 0 where there were {before:,.10g} by {here}: all of them were "
            "taken back. Leave these periods out, or say what replaced them"
        )
