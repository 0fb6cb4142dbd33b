r"""The composite link: the mean of a total is the sum of the means of its days.

.. math:: \mu_i = \sum_{t \in i} e_t \exp(x_t'\beta + o_t)

with e the exposure of day t and o its offset. The derivative of log(mu) is the mean of x over the days of the total,
each weighted by its share of mu; the second derivative is their covariance.

References
----------
Thompson, R. and Baker, R. J. (1981). Composite link functions in generalized linear models. Applied Statistics 30,
125-131.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices

__all__ = ["CompositeLink", "Linked"]


@dataclass(frozen=True, eq=False)
class Linked:
    """Logs of the means of totals, and the mean covariates that are their derivatives.

    Attributes
    ----------
    log_mean : array (totals)
        Log of the mean of each total.
    mean_x : array (totals, parameters)
        Its derivative.
    """

    log_mean: Array
    mean_x: Array
    share: Array
    link: CompositeLink

    def curvature(self, weights: Array) -> Array:
        """The sum over totals of weight times the second derivative of the log of its mean."""
        x = self.link.design
        spread = weights[self.link.total] * self.share
        return np.asarray(x.T @ (spread[:, None] * x) - self.mean_x.T @ (weights[:, None] * self.mean_x))


@dataclass(frozen=True, eq=False)
class CompositeLink:
    """Days of totals with their covariates.

    Attributes
    ----------
    design : array (days of totals, parameters)
        Covariates of each day of each total, total after total.
    offset : array (days of totals)
        Log of exposure plus offset.
    starts : array of int (totals)
        Where the days of each total begin.
    total : array of int (days of totals)
        The total that each day belongs to.
    """

    design: Array
    offset: Array
    starts: Indices
    total: Indices

    @classmethod
    def of(cls, first: Indices, last: Indices, design: Array, offset: Array) -> CompositeLink:
        """The link of totals from day `first` to day `last`, with covariates and offset by day."""
        number = last - first + 1
        starts = np.concatenate([[0], np.cumsum(number)[:-1]])
        total = np.repeat(np.arange(len(first)), number)
        day = np.arange(int(number.sum())) - starts[total] + first[total]
        return cls(design[day], offset[day], starts, total)

    def at(self, beta: Array) -> Linked:
        """The means at given parameters; sums of exponentials are taken from their largest term."""
        eta = self.design @ beta + self.offset
        top = np.maximum.reduceat(eta, self.starts)
        parts = np.exp(eta - top[self.total])
        sums = np.add.reduceat(parts, self.starts)
        share = parts / sums[self.total]
        mean_x = np.add.reduceat(share[:, None] * self.design, self.starts, axis=0)
        return Linked(top + np.log(sums), mean_x, share, self)
