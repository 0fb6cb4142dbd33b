r"""How many joints: by an information criterion, or by permutation tests.

Both count two parameters for a joint, its place and its change of slope. Twice the difference of the log-likelihoods
with and without a joint does not follow a chi-squared distribution, for its place has no meaning where there is no
change; it is never asked here.

The permutation test of k_0 against k_1 joints (Kim et al. 2000) compares

.. math:: T = D(k_0) / D(k_1),

the ratio of the Poisson deviances of the best fits, with its values after the standardised residuals of the fit with
k_0 joints were put in another order:

.. math:: y_i^* = \max(0, \mu_i + \sigma_i r_{\pi(i)}), \quad r_i = (y_i - \mu_i) / \sigma_i,

\sigma_i^2 being the variance of the family. The sequence starts with 0 against the greatest number of joints. Where the
test rejects, k_0 rises by one, else k_1 falls by one, until they meet; each test has the level `significance` over the
greatest number.

References
----------
Kim, H.-J., Fay, M. P., Feuer, E. J. and Midthune, D. N. (2000). Permutation tests for joinpoint regression with
applications to cancer rates. Statistics in Medicine 19, 335-351.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices
from casualtystats.trends.segments.batch import PoissonBatch
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.search import first_look

__all__ = ["Moments", "PermutationTest", "permutation_test", "number_by_tests"]

_TINY: Final = 1e-12


class Moments(NamedTuple):
    """Means and standard deviations of the totals under a fit."""

    mean: Array
    deviation: Array


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


def permutation_test(
    batch: PoissonBatch,
    placement: Placement,
    counts: Array,
    moments: Moments,
    numbers: tuple[int, int],
    draws: int,
    seed: int,
) -> PermutationTest:
    """Test one number of joints against a greater one.

    Parameters
    ----------
    batch, placement
        The terms, and the days on which joints may stand.
    counts : array (totals)
        The counts.
    moments : Moments
        Of the fit with fewer joints.
    numbers : (int, int)
        k_0 and k_1.
    draws, seed : int
        Number of permutations, and the seed of their order.
    """
    generator = np.random.Generator(np.random.PCG64([seed, *numbers]))
    residual = (counts - moments.mean) / moments.deviation
    shuffled = generator.permuted(np.tile(residual, (draws, 1)), axis=1)
    drawn = np.maximum(0.0, moments.mean + moments.deviation * shuffled)
    table = np.vstack([counts[None, :], drawn])

    def cost(joints: Array, which: Indices) -> Array:
        return batch.deviances(table[which], joints)

    fewer, more = (first_look(cost, placement, number, draws + 1)[1] for number in numbers)
    ratios = _ratios(fewer, more)
    above = int((ratios[1:] >= ratios[0] * (1 - _TINY)).sum())
    return PermutationTest(*numbers, float(ratios[0]), (1 + above) / (1 + draws), draws)


def _ratios(fewer: Array, more: Array) -> Array:
    """D(k_0) / D(k_1); 1 where no fit with more joints settles."""
    known = np.isfinite(fewer) & np.isfinite(more)
    return np.where(known, np.where(known, fewer, 1.0) / np.maximum(np.where(known, more, 1.0), _TINY), 1.0)


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
