r"""The Poisson values of many areas: for each the slope that is the root of its score, and the intercept of its total.

For a given slope the best intercept is known, so that one number an area is searched for. With w the shares of the total
that the slope gives to the rows, x their mean days and v the variance of their days, the derivatives of the
log-likelihood (with the intercept at its best) are

.. math:: \sum_i y_i x_i - Y \bar x, \qquad \sum_i y_i v_i - Y \Bigl(\sum_i w_i v_i + \sum_i w_i (x_i - \bar x)^2\Bigr),
   \qquad \bar x = \sum_i w_i x_i .

Newton's steps are halved where the likelihood falls, and areas that have settled leave the iteration.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.many.layout import Block, kept

__all__ = ["Slopes", "fit_slopes"]

_PASSES: Final = 100
_SETTLED: Final = 1e-16
_FARTHEST: Final = 8.0


@dataclass(frozen=True, eq=False)
class Slopes:
    """The Poisson values, one an area, for the scaled days of the block.

    Attributes
    ----------
    intercept, slope : array
        Log of the daily mean at the centre; growth of the log per scaled day.
    mean, variance : array
        Mean and variance of the scaled days, weighted by the fitted means; the variance is the information on the slope
        for each count.
    settled : array of bool
        Whether the iteration ended at a maximum.
    """

    intercept: Array
    slope: Array
    mean: Array
    variance: Array
    settled: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _At:
    """One evaluation: value, derivatives and what the intercept needs."""

    value: Array
    score: Array
    information: Array
    intercept: Array
    mean: Array


def _evaluate(block: Block, total: Array, lever: Array, slope: Array) -> _At:
    linked = block.link(slope)
    top = np.maximum.reduceat(linked.log, block.starts)
    share = np.exp(linked.log - top[block.area])
    size = block.sums(share)
    mean = block.sums(share * linked.x) / size
    away = linked.x - mean[block.area]
    spread = block.sums(share * (away**2 + linked.variance)) / size
    groups = linked.groups
    log_size = top + np.log(size)
    value = slope * lever + block.group_sums(block.group_counts * groups.log) - total * log_size
    score = lever + block.group_sums(block.group_counts * groups.mean) - total * mean
    return _At(
        value,
        score,
        total * spread - block.group_sums(block.group_counts * groups.variance),
        np.log(total) - log_size,
        mean,
    )


def fit_slopes(block: Block) -> Slopes:
    """The Poisson values of all areas of a block, each of which has counts above 0 in more than an outermost period."""
    total, lever = block.sums(block.counts), block.sums(block.counts * block.tau)
    size = block.areas
    found = Slopes(
        np.full(size, np.nan), np.full(size, np.nan), np.full(size, np.nan), np.full(size, np.nan),
        np.zeros(size, dtype=np.bool_),
    )  # fmt: skip
    index = np.arange(size)
    base, step, value = np.zeros(size), np.zeros(size), np.full(size, -np.inf)
    for _ in range(_PASSES):
        trial = base + step
        at = _evaluate(block, total, lever, trial)
        # Rounding of sums as large as these must not look like a fall.
        better = at.value >= value - 1e-13 * (np.abs(at.value) + total)
        base, value = np.where(better, trial, base), np.where(better, at.value, value)
        ahead = at.score / np.where(at.information != 0, np.abs(at.information), 1.0)
        step = np.where(better, np.clip(ahead, -_FARTHEST, _FARTHEST), step / 2)
        done = better & (at.score * ahead <= _SETTLED) & (at.information > 0)
        if done.any():
            where = index[done]
            found.intercept[where], found.slope[where] = at.intercept[done], base[done]
            found.mean[where], found.variance[where] = at.mean[done], (at.information / total)[done]
            found.settled[where] = True
            if done.all():
                break
            block = block.keep(~done)
            index, total, lever, base, step, value = (
                index[~done],
                *kept(~done, total, lever, base, step, value),
            )
    return found
