"""The share still out where ends of outages are known only as intervals: the estimate of Turnbull, with proof of it.

A duration is known to lie within [low, high] days, both included, or to be longer than `low` (high infinite). The
likelihood depends only on the mass of the innermost intervals: those that begin with some left end and stop with the
next right end, no other end between them. Where the mass lies inside one of them, the data do not say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import TooFewReportsError
from casualtystats.rates.restoration.inputs import Floats

__all__ = ["Mass", "innermost", "npmle"]

GAP = 1e-9
ROUNDS = 500


@dataclass(frozen=True, eq=False, slots=True)
class Mass:
    """Innermost intervals with their mass, in the order of days.

    `start`, `stop` are their ends (stop infinite where the last has none), `mass` the share in each, `after` whether it
    begins only after `start` (where a censored outage was last known to be out), `gap` the largest directional derivative
    left per observation: no other distribution has a log likelihood larger by more than the number of observations times
    `gap`.
    """

    start: Floats
    stop: Floats
    mass: Floats
    after: NDArray[np.bool_]
    gap: float


def innermost(low: Floats, high: Floats) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Innermost intervals, whether they begin only after their start, and which observation may lie in which.

    On one day, a left end stands before a right end, and both before the left end of what is known only to last longer.
    """
    censored = np.isinf(high)
    ends = sorted(
        {(value, 2 if longer else 0) for value, longer in zip(low.tolist(), censored.tolist(), strict=True)}
        | {(value, 1 if np.isfinite(value) else 3) for value in high.tolist()}
    )
    pairs = [(here, after) for here, after in pairwise(ends) if here[1] in (0, 2) and after[1] in (1, 3)]
    start = np.array([here[0] for here, _ in pairs])
    stop = np.array([after[0] for _, after in pairs])
    opened = np.array([here[1] == 2 for here, _ in pairs])
    after_low = (start[None, :] > low[:, None]) | (
        (start[None, :] == low[:, None]) & (opened[None, :] | ~censored[:, None])
    )
    return start, stop, opened, after_low & (stop[None, :] <= high[:, None])


def npmle(low: Floats, high: Floats) -> Mass:
    r"""The distribution that makes the observations most likely.

    Maximises :math:`\sum_i \ln \sum_j a_{ij} p_j`, a_ij whether observation i may lie in innermost interval j. It is the
    maximum if and only if no direction leads up: :math:`\frac1n \sum_i a_{ij} / \sum_k a_{ik} p_k \le 1` for every j
    (Gentleman and Geyer 1994). Self-consistency steps (Turnbull 1976), which crawl near a mass of 0, take turns with Newton
    steps over the masses above 0; the largest derivative above 1 that is left is returned.

    Raises
    ------
    TooFewReportsError
        If the maximum can not be reached to `GAP`.
    """
    _, index, counts = np.unique(np.column_stack([low, high]), axis=0, return_index=True, return_counts=True)
    start, stop, after, inside = innermost(low[index], high[index])
    a, w = inside.astype(np.float64), counts / counts.sum()
    p: Floats = np.full(len(start), 1 / len(start))
    gap = math.inf
    for _ in range(ROUNDS):
        for _ in range(5):
            p = p * (a.T @ (w / (a @ p)))
        p = p / p.sum()
        gap = float((a.T @ (w / (a @ p))).max() - 1)
        if gap <= GAP:
            return Mass(start, stop, p, after, max(gap, 0.0))
        p = _newton(a, w, p)
    raise TooFewReportsError(
        f"expected the most likely distribution within {ROUNDS} rounds, got one that is {gap:.2g} from it per outage; give "
        "fewer distinct intervals, or rounds of one survey"
    )


def _newton(a: Floats, w: Floats, p: Floats) -> Floats:
    """A quadratic model of the log likelihood at p, maximised over masses of 0 or more that sum to 1; then a safe step.

    With r_i = (a q)_i / (a p)_i the model is sum_i w_i (2 r_i - r_i^2 / 2), the same as -sum_i w_i (r_i - 2)^2 / 2 and a
    constant: least squares without negative values, with one heavy row that holds the sum.
    """
    from scipy.optimize import nnls

    fit = a @ p
    root = np.sqrt(w)
    scaled = a * (root / fit)[:, None]
    heavy = 1e3
    try:
        solved: Any = nnls(np.vstack([scaled, np.full((1, a.shape[1]), heavy)]), np.r_[2 * root, heavy])
    except RuntimeError:
        # Its rounds are used up: the steps of self-consistency go on alone.
        return p
    q = np.asarray(solved[0], np.float64)
    q = q / q.sum()
    here, step = float(w @ np.log(fit)), 1.0
    while step > 1e-10:
        tried = (1 - step) * p + step * q
        value = a @ tried
        if value.min() > 0 and float(w @ np.log(value)) >= here:
            # Kept just above 0: a mass at 0 exactly could never come back by self-consistency.
            lifted = np.maximum(tried, 1e-14)
            found: Floats = lifted / lifted.sum()
            return found
        step /= 2
    return p
