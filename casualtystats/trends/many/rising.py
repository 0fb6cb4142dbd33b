r"""Sums over k < y of functions of r + k for many rows, each with an r of its own, which the NB1 likelihood needs.

.. math:: \sum_{k<y} \log(1 + k/r), \qquad \sum_{k<y} \frac{r}{r+k}, \qquad -\sum_{k<y} \frac{r^2}{(r+k)^2}

The first 16 terms are summed, over rows in order of their counts, so that term k is asked of the rows that have one. What
larger counts add comes from Stirling's series between r + 16 and r + y. No special function is called.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices

__all__ = ["RowTable", "gamma_steps"]

_SHORT: Final = 16
# The product of 15 factors 1 + k/r is then still a number.
_SMALLEST: Final = 1e-18
_GAMMA: Final = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188)
_DIGAMMA: Final = (1 / 12, -1 / 120, 1 / 252, -1 / 240, 1 / 132)
_TRIGAMMA: Final = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66)


@dataclass(frozen=True, eq=False)
class RowTable:
    """The counts of rows in falling order.

    Attributes
    ----------
    order : array of int
        The row at each place.
    counts : array
        Its count.
    """

    order: Indices
    counts: Array

    @classmethod
    def of(cls, counts: Array) -> RowTable:
        """The table of the counts of rows."""
        order = np.argsort(-counts, kind="stable")
        return cls(order, counts[order])

    def keep(self, rows: NDArray[np.bool_]) -> RowTable:
        """The table without the other rows."""
        some = rows[self.order]
        return RowTable((np.cumsum(rows) - 1)[self.order[some]], self.counts[some])

    def sums(self, sizes: Array) -> tuple[Array, Array, Array]:
        """The three sums of the module's formula at r of each row."""
        r = np.maximum(sizes[self.order], _SMALLEST)
        one = 1 / r
        product, first, second = np.ones_like(r), np.zeros_like(r), np.zeros_like(r)
        for k in range(_SHORT):
            upto = int(np.searchsorted(-self.counts, -k))
            factor = 1 + k * one[:upto]
            product[:upto] *= factor
            part = 1 / factor
            first[:upto] += part
            second[:upto] -= part * part
        log = np.log(product)
        long = int(np.searchsorted(-self.counts, -_SHORT))
        if long:
            r, d = r[:long], self.counts[:long] - _SHORT
            log_gamma, digamma, trigamma = gamma_steps(r + _SHORT, d)
            log[:long] += log_gamma + d * np.log1p(_SHORT * one[:long])
            first[:long] += r * digamma
            second[:long] += r**2 * trigamma
        return self._back(log), self._back(first), self._back(second)

    def _back(self, values: Array) -> Array:
        rows = np.empty_like(values)
        rows[self.order] = values
        return rows


def gamma_steps(w: Array, d: Array) -> tuple[Array, Array, Array]:
    """Log-gamma, digamma and trigamma at w + d less those at w, for w of 16 or more, from Stirling's series.

    From the first, d log w is subtracted.

    Parameters
    ----------
    w, d : array
        Of one shape; d above 0.

    Examples
    --------
    >>> log_gamma, digamma, trigamma = gamma_steps(np.array([20.0]), np.array([2.0]))
    >>> bool(np.isclose(log_gamma[0], np.log(21 / 20), rtol=1e-12)), bool(np.isclose(digamma[0], 1 / 20 + 1 / 21))
    (True, True)
    """
    z = w + d
    rise, one_w, one_z = np.log1p(d / w), 1 / w, 1 / z
    square_w, square_z = one_w * one_w, one_z * one_z
    return (
        (z - 0.5) * rise - d + one_z * _poly(square_z, _GAMMA) - one_w * _poly(square_w, _GAMMA),
        rise + 0.5 * d * one_w * one_z - square_z * _poly(square_z, _DIGAMMA) + square_w * _poly(square_w, _DIGAMMA),
        # 1/z - 1/w = -d / (w z)
        -d * one_w * one_z
        + 0.5 * (square_z - square_w)
        + one_z * square_z * _poly(square_z, _TRIGAMMA)
        - one_w * square_w * _poly(square_w, _TRIGAMMA),
    )


def _poly(s: Array, coefficients: tuple[float, ...]) -> Array:
    total = np.zeros_like(s)
    for value in reversed(coefficients):
        total = total * s + value
    return total
