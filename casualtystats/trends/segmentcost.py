"""The cost of a stretch of cells under one mean: minus twice the log-likelihood, for many stretches at once.

Sums over stretches are differences of running sums of whole numbers, by length of cell: months have three or four
lengths, days one. So no stretch is ever read twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import UndefinedEstimateError

__all__ = ["SegmentCost", "successive_alpha"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_ROUNDS = 200
_CLOSE = 1e-14


@dataclass(frozen=True, eq=False)
class SegmentCost:
    r"""Minus twice the log-likelihood of cells with means lambda * e, up to a constant of the whole series.

    Poisson (`alpha` = 0), with S the counts and E the exposure of a stretch:

    .. math:: C = 2 S \log(E / S)

    NB2 (variance mu + alpha mu^2, alpha fixed), with lambda at its maximum:

    .. math:: C = -2 \sum_i \left[ y_i \log(\lambda e_i) - (y_i + 1/\alpha) \log(1 + \alpha\lambda e_i) \right]
              - 2 \sum_i y_i + 2 \sum_i y_i \log e_i

    so that it becomes that of Poisson counts as alpha goes to 0.

    Attributes
    ----------
    lengths : array of float
        The different exposures of cells, e.g. 28 to 31 days.
    counts, cells : arrays of int, (cells + 1) x lengths
        Running sums of counts and numbers of cells, by length.
    alpha : float
        Dispersion; 0 for Poisson counts.
    """

    lengths: Floats
    counts: Ints
    cells: Ints
    alpha: float

    @classmethod
    def of(cls, counts: Ints, exposure: Ints, alpha: float) -> SegmentCost:
        """The cost of stretches of some cells, by their counts and their exposure in days."""
        lengths, which = np.unique(exposure, return_inverse=True)
        one = (which[:, None] == np.arange(lengths.size)).astype(np.int64)
        sums, numbers = (np.zeros((counts.size + 1, lengths.size), dtype=np.int64) for _ in range(2))
        np.cumsum(one * counts[:, None], axis=0, out=sums[1:])
        np.cumsum(one, axis=0, out=numbers[1:])
        return cls(lengths.astype(np.float64), sums, numbers, alpha)

    def __call__(self, starts: Ints, end: int) -> Floats:
        """Cost of the cells from each start (included) to one end (excluded)."""
        y = self.counts[end] - self.counts[starts]
        n = self.cells[end] - self.cells[starts]
        return self.at(y, n, self.rate(y, n))

    def one(self, start: int, end: int) -> float:
        """Cost of one stretch."""
        return float(self(np.array([start]), end)[0])

    def at(self, y: Ints, n: Ints, rate: Floats) -> Floats:
        """Cost of stretches at any rate per unit of exposure, not only at the best one."""
        total = y.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(total > 0, total * np.log(rate), 0.0)
        mu = rate[:, None] * self.lengths
        # As alpha goes to 0, log(1 + alpha mu) / alpha goes to mu.
        each = n * mu if self.alpha == 0 else (y + n / self.alpha) * np.log1p(self.alpha * mu)
        return np.asarray(2 * (each.sum(axis=1) - logs) - 2 * total, dtype=np.float64)

    def rate(self, y: Ints, n: Ints) -> Floats:
        """The rate per unit of exposure at which a stretch is likeliest."""
        mean = np.asarray(y.sum(axis=1) / (n @ self.lengths), dtype=np.float64)
        if self.alpha == 0 or self.lengths.size == 1:
            return mean
        # The score falls in lambda and is convex: from below, Newton's steps never leap over its zero.
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(n > 0, y / (n * self.lengths), np.inf)
        rate = np.asarray(each.min(axis=1), dtype=np.float64)
        for _ in range(_ROUNDS):
            below = 1 + self.alpha * rate[:, None] * self.lengths
            score = ((y - n * rate[:, None] * self.lengths) / below).sum(axis=1)
            slope = (self.lengths * (n + self.alpha * y) / below**2).sum(axis=1)
            step = score / slope
            rate = rate + np.maximum(step, 0.0)
            if (step <= _CLOSE * rate).all():
                break
        return rate


def successive_alpha(counts: Ints, exposure: Ints) -> float:
    r"""The dispersion alpha of NB2 counts (variance mu + alpha mu^2) from differences of neighbouring cells.

    With rates r = y / e and weights w = e e' over pairs of neighbours,

    .. math:: \hat\alpha = \frac{\sum w \left[(r - r')^2 - r/e - r'/e'\right]}{2 \sum w\, r\, r'}

    which is the ratio of two sums with expectations alpha * sum(w lambda^2) and sum(w lambda^2) where neighbours are
    independent and share their mean. Steps of the mean enter only in the pairs that they divide (von Neumann et al.
    1941 for the variance); they, and days of the week, raise it, so that fewer changes are found.

    Parameters
    ----------
    counts, exposure : arrays of int
        Counts, and days of the cells.

    Returns
    -------
    float
        0 where the counts vary no more than Poisson counts.

    Raises
    ------
    UndefinedEstimateError
        If no two neighbours both have a count above 0, though counts vary more than Poisson counts.

    Examples
    --------
    >>> successive_alpha(np.array([2, 9, 4, 12, 3, 8]), np.ones(6, dtype=np.int64))
    0.5493827160493827
    """
    rate = counts / exposure
    weight = (exposure[1:] * exposure[:-1]).astype(np.float64)
    chance = rate / exposure
    more = (weight * ((rate[1:] - rate[:-1]) ** 2 - chance[1:] - chance[:-1])).sum() / 2
    square = (weight * rate[1:] * rate[:-1]).sum()
    if more <= 0:
        return 0.0
    if square == 0:
        raise UndefinedEstimateError(
            "expected neighbouring cells with counts above 0 to estimate how widely counts vary, got none; give alpha=, "
            "take a coarser calendar, or cost='poisson'"
        )
    return float(more / square)
