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

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices
from casualtystats.trends.many.layout import Block
from casualtystats.trends.many.rising import gamma_steps

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
        return np.asarray(np.bincount(self.area, weights=values, minlength=self.areas), dtype=np.float64)


def _stretch(alpha: Array, y: Array) -> tuple[Array, Array, Array]:
    """The sums from k = 64 to y - 1."""
    r, d = 1 / alpha, y - _SHORT
    log_gamma, digamma, trigamma = gamma_steps(r + _SHORT, d)
    return (
        log_gamma + d * np.log1p(alpha * _SHORT),
        r * (d - r * digamma),
        -(r**2) * (d - 2 * r * digamma - r**2 * trigamma),
    )
