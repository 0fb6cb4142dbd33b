r"""Newton's iteration for (a, b, log alpha) of many areas at once, one evaluation a pass.

Each pass tries a point for every area. Where the log-likelihood has not fallen the point is taken, and the next step is
that of Newton with the observed information; where that is not positive definite, the factors of its L D L' form are
taken by their size, which gives a direction that rises. Where it has fallen, half the step is tried. Areas that have
settled leave the arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.many.layout import Block, kept
from casualtystats.trends.many.negbin import Dispersed, Terms, evaluate, kept_table, table_of

__all__ = ["Maxima", "ascend"]

_PASSES: Final = 100
_SETTLED: Final = 1e-13
# Of sums so large that their rounding alone keeps a gradient from zero.
_PATIENCE: Final = 30
_NEARLY: Final = 1e-8
_FARTHEST: Final = 3.0
_LEAST: Final = 1e-10


@dataclass(frozen=True, eq=False)
class Maxima:
    """Where the iteration ended, one column or entry an area.

    Attributes
    ----------
    point : array (3, areas)
        Intercept, slope and log of alpha; NaN where it has not settled.
    value : array (areas)
        The log-likelihood there, without the constants log y!.
    covariance : array (3, 3, areas)
        Inverse of the observed information.
    settled, edge : array of bool (areas)
        Whether it ended at a maximum; whether it was left because the likelihood rises towards alpha = 0.
    """

    point: Array
    value: Array
    covariance: Array
    settled: NDArray[np.bool_]
    edge: NDArray[np.bool_]


def ascend(block: Block, family: Dispersed, first: Array, floor: Array) -> Maxima:
    """The maxima of all areas of a block.

    Parameters
    ----------
    block : Block
        Rows; scaled days should have about mean 0 and variance 1 under the fitted means.
    family : {"nb1", "nb2"}
        Distribution of the totals.
    first : array (3, areas)
        Where to begin.
    floor : array (areas)
        A log of alpha below which the search ends.
    """
    size = block.areas
    found = Maxima(
        np.full((3, size), np.nan), np.full(size, np.nan), np.full((3, 3, size), np.nan),
        np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_),
    )  # fmt: skip
    table = table_of(block, family)
    index, total = np.arange(size), block.sums(block.counts)
    base, step, value = first, np.zeros_like(first), np.full(size, -np.inf)
    for number in range(_PASSES):
        trial = base + step
        with np.errstate(all="ignore"):
            at = evaluate(block, table, (trial[0], trial[1], trial[2]))
            better = _finite(at) & (at.value >= value - 1e-13 * (np.abs(at.value) + total))
            base, value = np.where(better, trial, base), np.where(better, at.value, value)
            ahead, decrement, definite = _newton(at)
            step = np.where(better, ahead, step / 2)
            close = decrement <= (_SETTLED if number < _PATIENCE else _NEARLY)
            done = better & definite & close
            lost = better & ~done & (base[2] < floor)
        if done.any():
            where = index[done]
            # The last step is smaller than anything that is asked, and is taken without another look.
            found.point[:, where] = (base + step)[:, done]
            found.value[where] = value[done]
            found.covariance[:, :, where] = _inverse(at, done)
            found.settled[where] = True
        found.edge[index[lost]] = True
        left = ~(done | lost)
        if not left.any():
            break
        if not left.all():
            table = kept_table(table, block, left)
            block = block.keep(left)
            index, total, value, floor = (index[left], *kept(left, total, value, floor))
            base, step = base[:, left], step[:, left]
    return found


def _finite(at: Terms) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(np.stack([at.value, *at.gradient, *at.curve])).all(axis=0))


def _newton(at: Terms) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Newton's steps, their decrements g' A^-1 g, and where the information A is positive definite."""
    aa, ab, bb, al, bl, ll = at.curve
    g0, g1, g2 = at.gradient
    d0 = _sized(aa)
    l10, l20 = ab / d0, al / d0
    d1 = _sized(bb - l10 * ab)
    rest = bl - l10 * al
    l21 = rest / d1
    last = ll - l20 * al - l21 * rest
    d2 = _sized(last)
    definite = (aa > 0) & (bb - l10 * ab > 0) & (last > 0)
    f1 = g1 - l10 * g0
    f2 = g2 - l20 * g0 - l21 * f1
    s2 = f2 / d2
    s1 = f1 / d1 - l21 * s2
    s0 = g0 / d0 - l10 * s1 - l20 * s2
    step = np.stack([s0, s1, s2])
    return (
        step / np.maximum(1.0, np.abs(step).max(axis=0) / _FARTHEST),
        g0**2 / d0 + f1**2 / d1 + f2**2 / d2,
        definite,
    )


def _sized(value: Array) -> Array:
    return np.maximum(np.abs(value), _LEAST)


def _inverse(at: Terms, chosen: NDArray[np.bool_]) -> Array:
    """The inverse of the information of the chosen areas, by its cofactors."""
    aa, ab, bb, al, bl, ll = (part[chosen] for part in at.curve)
    c00, c01, c02 = bb * ll - bl**2, bl * al - ab * ll, ab * bl - bb * al
    c11, c12, c22 = aa * ll - al**2, ab * al - aa * bl, aa * bb - ab**2
    determinant = aa * c00 + ab * c01 + al * c02
    return np.array([[c00, c01, c02], [c01, c11, c12], [c02, c12, c22]]) / determinant
