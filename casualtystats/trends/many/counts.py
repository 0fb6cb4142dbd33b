r"""Sums over k < y of functions of alpha k for all counts y of an area, which the NB2 likelihood needs at each alpha.

.. math:: \sum_i \sum_{k<y_i} \log(1 + \alpha k), \qquad \sum_i \sum_{k<y_i} \frac{k}{1 + \alpha k}, \qquad
   -\sum_i \sum_{k<y_i} \frac{k^2}{(1 + \alpha k)^2}

They depend on alpha and the counts alone. Up to k = 63 a sum over rows is one over k, weighted by the number of rows with
a count above k; what larger counts add comes from Stirling's series between 64 + 1/alpha and y + 1/alpha, once for each
different count of an area. No special function is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array, Indices
from casualtystats.trends.many.layout import Block

__all__ = ["CountTable"]

_SHORT: Final = 64


@dataclass(frozen=True, eq=False)
class CountTable:
    """How often which counts stand in each area.

    Attributes
    ----------
    k, above, area : array
        For each area, whole numbers k from 0 to 63 and the number of its rows with a count above k, while there are any.
    large, number, large_area : array
        Different counts above 64 of each area, and how many rows have them.
    areas : int
        Number of areas.
    """

    k: Array
    above: Array
    area: Indices
    large: Array
    number: Array
    large_area: Indices
    areas: int

    @classmethod
    def of(cls, block: Block) -> CountTable:
        """The table of the counts of a block."""
        short = np.minimum(block.counts, _SHORT).astype(np.int64)
        seen = np.bincount(block.area * (_SHORT + 1) + short, minlength=block.areas * (_SHORT + 1))
        table = seen.reshape(block.areas, _SHORT + 1)
        above = table[:, :0:-1].cumsum(axis=1)[:, ::-1]
        area, k = np.nonzero(above)
        high = block.counts > _SHORT
        counts, owner = block.counts[high], block.area[high]
        order = np.lexsort((counts, owner))
        counts, owner = counts[order], owner[order]
        fresh = np.ones(len(counts), dtype=np.bool_)
        fresh[1:] = (counts[1:] != counts[:-1]) | (owner[1:] != owner[:-1])
        at = np.flatnonzero(fresh)
        return cls(
            k.astype(np.float64),
            above[area, k].astype(np.float64),
            area,
            counts[at],
            np.diff(at, append=len(counts)).astype(np.float64),
            owner[at],
            block.areas,
        )

    def keep(self, areas: NDArray[np.bool_]) -> CountTable:
        """The table without the other areas."""
        number = np.cumsum(areas) - 1
        few, many = areas[self.area], areas[self.large_area]
        return CountTable(
            self.k[few],
            self.above[few],
            number[self.area[few]],
            self.large[many],
            self.number[many],
            number[self.large_area[many]],
            int(areas.sum()),
        )

    def sums(self, alpha: Array) -> tuple[Array, Array, Array]:
        """The three sums of the module's formula at one alpha above 0 for each area."""
        ratio = 1 / (1 + alpha[self.area] * self.k)
        part = self.k * ratio
        log = self._each(self.above * np.log1p(alpha[self.area] * self.k))
        first = self._each(self.above * part)
        second = self._each(-self.above * part**2)
        if len(self.large):
            more = _stretch(alpha[self.large_area], self.large)
            for total, values in zip((log, first, second), more, strict=True):
                total += np.bincount(self.large_area, weights=self.number * values, minlength=self.areas)
        return log, first, second

    def _each(self, values: Array) -> Array:
        return np.bincount(self.area, weights=values, minlength=self.areas)


def _stretch(alpha: Array, y: Array) -> tuple[Array, Array, Array]:
    """The sums from k = 64 to y - 1."""
    r = 1 / alpha
    w, z, d = r + _SHORT, r + y, y - _SHORT
    rise, wi, zi = np.log1p(d / w), 1 / w, 1 / z
    ww, zz = wi * wi, zi * zi
    # Log-gamma, digamma and trigamma of z less those of w.
    log_gamma = (z - 0.5) * rise - d + zi * _poly(zz, _GAMMA) - wi * _poly(ww, _GAMMA)
    digamma = rise - 0.5 * (zi - wi) - zz * _poly(zz, _DIGAMMA) + ww * _poly(ww, _DIGAMMA)
    # 1/z - 1/w = -d / (z w)
    trigamma = (-d * wi * zi) + 0.5 * (zz - ww) + zi * zz * _poly(zz, _TRIGAMMA) - wi * ww * _poly(ww, _TRIGAMMA)
    return (
        log_gamma + d * np.log1p(alpha * _SHORT),
        r * (d - r * digamma),
        -(r**2) * (d - 2 * r * digamma - r**2 * trigamma),
    )


_GAMMA: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680)
_DIGAMMA: Final = (1 / 12, -1 / 120, 1 / 252, -1 / 240)
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30)


def _poly(s: Array, coefficients: tuple[float, ...]) -> Array:
    total = np.zeros_like(s)
    for value in reversed(coefficients):
        total = total * s + value
    return total
