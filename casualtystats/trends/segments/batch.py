r"""Poisson fits with many sets of joints at once, for the search and for permutations.

Scoring iterations for log-linear daily means summed over totals,

.. math:: \mu_i = \sum_{t \in i} \exp\big(o_t + z_t'\beta + \sum_j \delta_j \max(0, t - \psi_j)\big),

run for all sets of joints together; only the deviance comes back. The chosen fit is made again, alone, by
`trends.fitting`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices, Totals

__all__ = ["PoissonBatch"]

_CELLS: Final = 3_000_000
_ROUNDS: Final = 40
_HALVINGS: Final = 6
# A fitted mean of a total below this is one that runs away to 0: no finite trend fits best there.
_RUNS_AWAY: Final = 1e-7


@dataclass(frozen=True, eq=False)
class PoissonBatch:
    """Exact totals with known dates, and the terms that all fits share.

    Attributes
    ----------
    base : array (days of totals, terms)
        Terms other than the joints, on each day of each total, total after total.
    day : array (days of totals)
        The day, from the first one.
    offset : array (days of totals)
        Log of exposure plus offset.
    starts : array of int (totals)
        Where the days of each total begin.
    span : float
        Days that slopes are counted in while the search runs.
    """

    base: Array
    day: Array
    offset: Array
    starts: Indices
    span: float

    @classmethod
    def of(cls, totals: Totals, base: Array, offset: Array) -> PoissonBatch:
        """For totals with terms and offsets by day."""
        number = totals.last - totals.first + 1
        starts = np.concatenate([[0], np.cumsum(number)[:-1]])
        day = np.arange(int(number.sum()), dtype=np.int64) + np.repeat(totals.first - starts, number)
        size = np.sqrt((base[day] ** 2).mean(axis=0))
        return cls(
            base[day] / np.where(size > 0, size, 1.0), day.astype(np.float64), offset[day], starts,
            float(max(1, totals.days)),
        )  # fmt: skip

    def deviances(self, counts: Array, joints: Array) -> Array:
        """The least Poisson deviance of each fit; infinite where no finite trend fits best.

        Parameters
        ----------
        counts : array (fits, totals) or (1, totals)
            Counts of each fit, of 0 or more.
        joints : array (fits, joints)
            Days of the joints of each fit.
        """
        room = len(self.day) * (self.base.shape[1] + joints.shape[1])
        step = max(1, _CELLS // room)
        parts = [
            self._some(counts if len(counts) == 1 else counts[at : at + step], joints[at : at + step])
            for at in range(0, len(joints), step)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _some(self, counts: Array, joints: Array) -> Array:
        fits, share = len(joints), self.base.shape[1]
        terms = np.empty((fits, len(self.day), share + joints.shape[1]))
        terms[:, :, :share] = self.base
        terms[:, :, share:] = np.maximum(0.0, self.day[None, :, None] - joints[:, None, :]) / self.span
        counts = np.broadcast_to(counts, (fits, counts.shape[1]))
        beta = self._first(terms, counts)
        means, turned = self._means(terms, beta)
        found = _deviance(counts, means)
        open_fits = np.ones(fits, dtype=bool)
        for _ in range(_ROUNDS):
            at = np.flatnonzero(open_fits)
            if not at.size:
                break
            move = _scoring(means[at], turned[at], counts[at])
            better = np.zeros(at.size, dtype=bool)
            for halving in range(_HALVINGS):
                rest = np.flatnonzero(~better)
                some = at[rest]
                trial = beta[some] + move[rest] * 0.5**halving
                trial_means, trial_turned = self._means(terms[some], trial)
                value = _deviance(counts[some], trial_means)
                good = value <= found[some] + 1e-12 * (1 + found[some])
                taken = some[good]
                settled = found[taken] - value[good] < 1e-10 * (1 + found[taken])
                beta[taken], means[taken], turned[taken] = trial[good], trial_means[good], trial_turned[good]
                found[taken] = value[good]
                open_fits[taken[settled]] = False
                better[rest[good]] = True
                if better.all():
                    break
            open_fits[at[~better]] = False
        return np.where((means > _RUNS_AWAY).all(axis=1), found, np.inf)

    def _first(self, terms: Array, counts: Array) -> Array:
        """A straight line through the logs of the daily means, by least squares weighted with the counts."""
        length = np.diff(np.append(self.starts, len(self.day)))
        flat = np.add.reduceat(terms, self.starts, axis=1) / length[None, :, None]
        exposure = np.log(np.add.reduceat(np.exp(self.offset), self.starts))
        weights = counts + 0.5
        left = np.einsum("fi,fip,fiq->fpq", weights, flat, flat)
        right = np.einsum("fi,fip->fp", weights * (np.log(counts + 0.5) - exposure), flat)
        return _solved(left, right)

    def _means(self, terms: Array, beta: Array) -> tuple[Array, Array]:
        """Means of the totals, and the derivatives of their logs."""
        logs = np.clip(np.einsum("fdp,fp->fd", terms, beta) + self.offset, -500.0, 500.0)
        days = np.exp(logs)
        means = np.add.reduceat(days, self.starts, axis=1)
        turned = np.add.reduceat(days[:, :, None] * terms, self.starts, axis=1)
        return means, turned / means[:, :, None]


def _scoring(means: Array, turned: Array, counts: Array) -> Array:
    information = np.einsum("fi,fip,fiq->fpq", means, turned, turned)
    score = np.einsum("fi,fip->fp", counts - means, turned)
    return _solved(information, score)


def _solved(left: Array, right: Array) -> Array:
    """Solutions of small systems, with a little on the diagonal so that none is singular."""
    size = left.shape[1]
    small = 1e-11 * np.trace(left, axis1=1, axis2=2)[:, None, None] / size + 1e-200
    return np.asarray(np.linalg.solve(left + small * np.eye(size), right[:, :, None]), dtype=np.float64)[:, :, 0]


def _deviance(counts: Array, means: Array) -> Array:
    with np.errstate(over="ignore"):
        logs = np.log(np.where(counts > 0, counts, 1.0) / means)
        return np.asarray(2 * (np.where(counts > 0, counts * logs, 0.0) - (counts - means)).sum(axis=1))
