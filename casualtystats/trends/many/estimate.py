"""From a block of rows to estimates, standard errors and what became of each area."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.many.ascent import ascend
from casualtystats.trends.many.layout import Block
from casualtystats.trends.many.negbin import Dispersed, poisson_value
from casualtystats.trends.many.poisson import fit_slopes

__all__ = ["ManyFamily", "Values", "estimate"]

ManyFamily = Literal["quasi", "nb2", "nb1", "poisson"]
_RISE: Final = 1e-9
_LEAST_EXCESS: Final = 1e-6
_LEAST_FOUND: Final = 1e-2
_STEEP: Final = 2.0


@dataclass(frozen=True, eq=False)
class Values:
    """Estimates of the areas of a block; NaN where not settled or without meaning for the family.

    Attributes
    ----------
    a, b : array
        Log of the daily mean on day 0; growth of the log per day.
    var_a, cov_ab, var_b : array
        Their covariance from the observed information, with no dispersion applied.
    alpha, var_alpha : array
        Dispersion of the negative binomial, 0 at its edge (without a variance).
    loglik, dispersion : array
        Log-likelihood; Pearson's statistic over n - 2.
    settled, edge : array of bool
        Whether the estimates are a maximum; whether alpha is 0 because the likelihood rises towards it.
    """

    a: Array
    b: Array
    var_a: Array
    cov_ab: Array
    var_b: Array
    alpha: Array
    var_alpha: Array
    loglik: Array
    dispersion: Array
    settled: NDArray[np.bool_]
    edge: NDArray[np.bool_]


def estimate(block: Block, family: ManyFamily) -> Values:
    """Fit all areas of a block, each of which has a finite maximum."""
    start = fit_slopes(block)
    # Days about the mean day that the fit weighs, in units of their deviation: intercept and slope then hardly depend on
    # each other. Areas that have not settled are fitted no further.
    deviation = np.sqrt(np.where(start.settled, start.variance, 1.0))
    at = np.where(start.settled, start.mean, 0.0)
    block = block.scaled(block.centre + at * block.scale, block.scale * deviation)
    total = block.sums(block.counts)
    intercept = np.where(start.settled, start.intercept + start.slope * at, np.log(total))
    slope = np.where(start.settled, start.slope * deviation, 0.0)
    point = np.stack([intercept, slope, np.full(block.areas, np.nan)])
    covariance = np.zeros((3, 3, block.areas))
    covariance[0, 0] = covariance[1, 1] = 1 / total
    covariance[2, 2] = np.nan
    with np.errstate(all="ignore"):
        value = poisson_value(block, intercept, slope)
    settled, edge = start.settled.copy(), np.zeros(block.areas, dtype=np.bool_)
    if family in ("nb1", "nb2"):
        _disperse(block, family, point, covariance, value, settled, edge)
    return _values(block, point, covariance, value, settled, edge)


def _disperse(
    block: Block, family: Dispersed, point: Array, covariance: Array, value: Array,
    settled: NDArray[np.bool_], edge: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Replace the Poisson values by those of the negative binomial, where it fits better."""
    size = block.areas
    poisson, plain = point.copy(), value.copy()
    higher, lost = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    with np.errstate(all="ignore"):
        starts = _starts(block, family, point)
    for log_alpha, floor in starts:
        tried = settled & np.isfinite(log_alpha)
        if not tried.any():
            continue
        first = np.stack([*poisson[:2, tried], log_alpha[tried]])
        found = ascend(block.keep(tried), family, first, floor[tried])
        at = np.flatnonzero(tried)
        lost[at[~found.settled & ~found.edge]] = True
        better = found.settled & (found.value > np.maximum(plain, value)[tried] + _RISE)
        point[:, at[better]] = found.point[:, better]
        covariance[:, :, at[better]] = found.covariance[:, :, better]
        value[at[better]] = found.value[better]
        higher[at[better]] = True
    settled &= higher | ~lost
    edge |= settled & ~higher
    point[2, edge] = -np.inf


def _starts(block: Block, family: Dispersed, point: Array) -> list[tuple[Array, Array]]:
    """Logs of alpha to begin at, NaN for none, and below which to end.

    Alpha by moments has the sign of the slope of the likelihood at alpha = 0. Where it is not above 0 the likelihood falls
    there, and is taken to be greatest there, unless the means differ so much that the largest hide what the others do:
    then three values of alpha are tried, from a variance of twice the mean of a mean total to a deviation of the mean.
    """
    mu = np.exp(point[0][block.area] + block.link(point[1]).log)
    excess = (block.counts - mu) ** 2 - block.counts
    mean = block.sums(mu) / block.rows
    if family == "nb2":
        alpha, unit = block.sums(excess) / block.sums(mu * mu), 1 / mean
    else:
        alpha = block.sums(np.divide(excess, mu, out=np.zeros_like(mu), where=mu > 0)) / block.rows
        unit = np.ones(block.areas)
    starts = [(np.log(np.where(alpha > 0, alpha, np.nan)), np.log(_LEAST_EXCESS * unit))]
    steep = ~(alpha > 0) & (np.maximum.reduceat(mu, block.starts) > _STEEP * mean)
    for power in (0.0, 0.5, 1.0):
        tried = np.where(steep, unit * mean**power, np.nan)
        starts.append((np.log(tried), np.log(_LEAST_FOUND * unit)))
    return starts


def _values(
    block: Block, point: Array, covariance: Array, value: Array, settled: NDArray[np.bool_], edge: NDArray[np.bool_]
) -> Values:
    from scipy.special import gammaln

    y = block.counts
    with np.errstate(all="ignore"):
        mu = np.exp(point[0][block.area] + block.link(point[1]).log)
        # Of a count of 0 with a mean too small for a number, the term is 0.
        pearson = block.sums(np.divide((y - mu) ** 2, mu, out=np.zeros_like(mu), where=mu > 0))
        alpha = np.exp(point[2])
        back = -block.centre / block.scale
        values = Values(
            point[0] + back * point[1],
            point[1] / block.scale,
            covariance[0, 0] + 2 * back * covariance[0, 1] + back**2 * covariance[1, 1],
            (covariance[0, 1] + back * covariance[1, 1]) / block.scale,
            covariance[1, 1] / block.scale**2,
            alpha,
            # From log(alpha) to alpha: at a maximum the gradient is 0, and the rest of the Hessian with it.
            np.where(edge, np.nan, covariance[2, 2] * alpha**2),
            value - block.sums(np.asarray(gammaln(y + 1))),
            pearson / (block.rows - 2),
            settled,
            edge,
        )
        sound = np.all(
            [np.isfinite(part) for part in (values.a, values.b, values.var_b, values.loglik, values.dispersion)], axis=0
        )
    fine = sound & settled & (values.var_a > 0) & (values.var_b > 0)
    names = ("a", "b", "var_a", "cov_ab", "var_b", "alpha", "var_alpha", "loglik", "dispersion")
    sure = {name: np.where(fine, getattr(values, name), np.nan) for name in names}
    return replace(values, settled=fine, edge=edge & fine, **sure)
