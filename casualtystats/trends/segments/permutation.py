r"""How many joints, by permutation tests (Kim et al. 2000).

The test of k_0 joints against k_1 is made where the fit with k_0 joints is linear: with the means mu_i of that fit, the
totals have the working values

.. math:: z_i = \bar x_i'\hat\beta + (y_i - \mu_i) / \mu_i, \quad w_i = \mu_i^2 / \sigma_i^2,

\sigma_i^2 being the variance of the family and \bar x_i the mean of the terms over the days of the total, each weighted
with its share of mu_i. The statistic is

.. math:: T = R(k_0) / R(k_1),

the ratio of the least weighted sums of squares of z about lines with k_0 and with k_1 joints. It is compared with its
values after the standardised residuals (y_i - mu_i) / \sigma_i were put in another order.

The sequence starts with 0 against the greatest number of joints. Where the test rejects, k_0 rises by one, else k_1
falls by one, until they meet; each test has the level of the sequence over the greatest number.

References
----------
Kim, H.-J., Fay, M. P., Feuer, E. J. and Midthune, D. N. (2000). Permutation tests for joinpoint regression with
applications to cancer rates. Statistics in Medicine 19, 335-351.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb
from typing import Final, NamedTuple

import numpy as np

from casualtystats.trends.likelihood.link import CompositeLink
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices
from casualtystats.trends.result import TrendFit
from casualtystats.trends.segments.design import hinges
from casualtystats.trends.segments.placement import Placement

__all__ = ["PermutationTest", "Working", "number_by_tests", "permutation_test"]

_TINY: Final = 1e-12
# Sets of joints that are looked at in each permutation: candidates are thinned until they are no more.
_SETS: Final = 5_000
_BLOCK: Final = 500


class PermutationTest(NamedTuple):
    """One test of a sequence: of k_0 joints against k_1.

    Attributes
    ----------
    fewer, more : int
        k_0 and k_1.
    ratio : float
        T of the counts as they are.
    p_value : float
        (1 + number of permutations with a T as large) / (1 + number of permutations).
    draws : int
        Number of permutations.
    """

    fewer: int
    more: int
    ratio: float
    p_value: float
    draws: int


@dataclass(frozen=True, eq=False)
class Working:
    """Totals about a fit, on the scale where its terms are linear and variances are equal.

    Attributes
    ----------
    fitted, residual : array (totals)
        Fitted working values, and standardised residuals.
    base : array (totals, terms)
        Terms other than the joints, on the same scale.
    hinge : callable
        Terms of joints at given days, one column a day, on the same scale.
    """

    fitted: Array
    residual: Array
    base: Array
    hinge: Callable[[Array], Array]

    @classmethod
    def of(cls, trend: TrendFit, counts: Array, shared: int) -> Working:
        """Of exact totals with known dates about a fit whose first `shared` terms are those without joints."""
        totals = trend.fitted.likelihood.totals
        link = CompositeLink.of(totals.first, totals.last, trend.fitted.matrix, trend.fitted.offset)
        linked = link.at(trend.params)
        means, alpha = np.exp(linked.log_mean), trend.alpha or 0.0
        variance = means * (1 + alpha * means) if trend.family == "nb2" else means * (1 + alpha)
        root = means / np.sqrt(variance)
        day = (np.arange(len(link.total)) - link.starts[link.total] + totals.first[link.total]).astype(np.float64)

        def hinge(days: Array) -> Array:
            every = linked.share[:, None] * hinges(day, days)
            return np.asarray(np.add.reduceat(every, link.starts, axis=0) * root[:, None])

        return cls(
            root * (linked.mean_x @ trend.params), (counts - means) / np.sqrt(variance),
            linked.mean_x[:, :shared] * root[:, None], hinge,
        )  # fmt: skip

    def least_squares(self, values: Array, placement: Placement, number: int) -> Array:
        """The least sum of squares of each column of values about lines with some number of joints."""
        plane = np.linalg.qr(self.base)[0]
        rest = values - plane @ (plane.T @ values)
        squares = np.asarray((rest**2).sum(axis=0))
        if not number:
            return squares
        days, sets = _sets(placement, number)
        columns = self.hinge(days)
        columns = columns - plane @ (plane.T @ columns)
        columns = columns / np.maximum(np.sqrt((columns**2).sum(axis=0)), _TINY)
        gram, along = columns.T @ columns, columns.T @ rest
        small = np.asarray(
            np.linalg.inv(gram[sets[:, :, None], sets[:, None, :]] + 1e-10 * np.eye(number)), dtype=np.float64
        )
        best = [_most_gained(small, along[:, at : at + _BLOCK], sets) for at in range(0, values.shape[1], _BLOCK)]
        return np.asarray(np.maximum(squares - np.concatenate(best), 0.0))


def _most_gained(small: Array, along: Array, sets: Indices) -> Array:
    """By how much the best set of joints lowers the sum of squares of each column; 0 where there is no set."""
    gained = np.zeros((len(sets) + 1, along.shape[1]), dtype=np.float64)
    number = sets.shape[1]
    for left in range(number):
        for right in range(number):
            gained[1:] += small[:, left, right][:, None] * along[sets[:, left]] * along[sets[:, right]]
    return np.asarray(gained.max(axis=0))


def _sets(placement: Placement, number: int) -> tuple[Array, Indices]:
    """Days, and all allowed sets of them as places in the list of days; few enough days that these are no more than 5,000."""
    most = len(placement.candidates)
    while most > number and comb(most, number) > _SETS:
        most -= 1
    days = placement.thinned(most).candidates.astype(np.float64)
    found = placement.thinned(most).sets(number, _SETS)
    chosen = np.zeros((0, number)) if found is None else found
    return days, np.searchsorted(days, chosen).astype(np.int64)


def permutation_test(
    working: Working, placement: Placement, numbers: tuple[int, int], draws: int, seed: int
) -> PermutationTest:
    """Test one number of joints against a greater one.

    Parameters
    ----------
    working : Working
        The totals about the fit with fewer joints.
    placement : Placement
        Days on which joints may stand.
    numbers : (int, int)
        k_0 and k_1.
    draws, seed : int
        Number of permutations, and the seed of their order.
    """
    generator = np.random.Generator(np.random.PCG64([seed, *numbers]))
    shuffled = generator.permuted(np.tile(working.residual, (draws, 1)), axis=1)
    values = (working.fitted + np.vstack([working.residual, shuffled])).T
    fewer, more = (working.least_squares(values, placement, number) for number in numbers)
    # Values that all lines fit to the last bit say nothing for more joints.
    floor = _TINY * max(1.0, float((working.fitted**2).sum()))
    ratios = np.maximum(fewer, floor) / np.maximum(more, floor)
    above = int((ratios[1:] >= ratios[0] * (1 - 1e-9)).sum())
    return PermutationTest(*numbers, float(ratios[0]), (1 + above) / (1 + draws), draws)


def number_by_tests(
    test: Callable[[int, int], PermutationTest], most: int, significance: float
) -> tuple[int, list[PermutationTest]]:
    """The number of joints that a sequence of tests arrives at, and its tests.

    Examples
    --------
    >>> always = lambda fewer, more: PermutationTest(fewer, more, 2.0, 0.001, 999)
    >>> number_by_tests(always, 2, 0.05)[0]
    2
    """
    fewer, more = 0, most
    done: list[PermutationTest] = []
    while fewer < more:
        done.append(test(fewer, more))
        if done[-1].p_value <= significance / most:
            fewer += 1
        else:
            more -= 1
    return fewer, done
