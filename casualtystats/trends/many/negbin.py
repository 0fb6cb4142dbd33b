r"""Log-likelihoods of negative binomial totals of many areas, with their derivatives in (a, b, log alpha).

NB2 has the variance mu + alpha mu^2, NB1 (1 + alpha) mu, where mu is the mean of a total. With L = log(1 + alpha mu),

.. math:: \ell_i^{NB2} = \sum_{k<y} \log(1 + \alpha k) + y \log\mu - (y + 1/\alpha) L - \log y!

.. math:: \ell_i^{NB1} = \sum_{k<y} \log(1 + k/r) + y \log\mu - (r + y) \log(1 + \alpha) - \log y!, \qquad r = \mu/\alpha .

The constant log y! is left out here.

References
----------
Cameron, A. C. and Trivedi, P. K. (2013). Regression Analysis of Count Data, 2nd edition. Cambridge University Press.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.many.counts import CountTable
from casualtystats.trends.many.layout import Block
from casualtystats.trends.many.rising import RowTable

__all__ = ["Dispersed", "Table", "Terms", "evaluate", "kept_table", "poisson_value", "table_of"]

Dispersed = Literal["nb1", "nb2"]
Table: TypeAlias = CountTable | RowTable
_TINY: Final = 1e-2


@dataclass(frozen=True, eq=False)
class Terms:
    """One evaluation, by area: the value, its gradient (3 rows) and the negative Hessian (aa, ab, bb, al, bl, ll)."""

    value: Array
    gradient: tuple[Array, Array, Array]
    curve: tuple[Array, Array, Array, Array, Array, Array]


def table_of(block: Block, family: Dispersed) -> Table:
    """What the likelihood of a family needs to know of the counts."""
    return CountTable.of(block) if family == "nb2" else RowTable.of(block.counts)


def kept_table(table: Table, block: Block, areas: NDArray[np.bool_]) -> Table:
    """The table of a block without the other areas."""
    return table.keep(areas if isinstance(table, CountTable) else areas[block.area])


def evaluate(block: Block, table: Table, point: tuple[Array, Array, Array]) -> Terms:
    """The log-likelihood at (a, b, log alpha), b per scaled day, without the constants log y!.

    Parameters
    ----------
    block : Block
        Rows.
    table : CountTable or RowTable
        The counts, as NB2 or NB1 needs them.
    point : three arrays (areas)
        Intercept, slope and log of alpha of each area.
    """
    intercept, slope, log_alpha = point
    linked = block.link(slope)
    eta = intercept[block.area] + linked.log
    alpha = np.exp(log_alpha)
    rows = _nb2(block, table, eta, alpha) if isinstance(table, CountTable) else _nb1(block, table, eta, alpha)
    x, sums = linked.x, block.sums
    bend, cross = rows.bend * x, rows.cross * x
    return Terms(
        rows.value,
        (sums(rows.score), sums(rows.score * x), rows.size),
        (
            -sums(rows.bend),
            -sums(bend),
            -sums(bend * x + rows.score * linked.variance),
            -sums(rows.cross),
            -sums(cross),
            -rows.size2,
        ),
    )


def poisson_value(block: Block, intercept: Array, slope: Array) -> Array:
    """The Poisson log-likelihood of each area, without the constants log y!."""
    eta = intercept[block.area] + block.link(slope).log
    return block.sums(block.counts * eta - np.exp(eta))


@dataclass(frozen=True, eq=False)
class _Rows:
    """By row: derivatives in log(mu), and the mixed one in log(alpha); by area: value and derivatives in log(alpha)."""

    score: Array
    bend: Array
    cross: Array
    value: Array
    size: Array
    size2: Array


def _nb2(block: Block, table: CountTable, eta: Array, alpha: Array) -> _Rows:
    y, mu, each = block.counts, np.exp(eta), alpha[block.area]
    ratio = each * mu
    log_wide = np.log1p(ratio)
    narrow = 1 / (1 + ratio)
    level = mu * narrow
    score = y * narrow - level
    # (1 + alpha y) mu / (1 + alpha mu)^2, and (y - mu) alpha mu / (1 + alpha mu)^2.
    bend = -(narrow + each * y * narrow) * level
    cross = -score * each * level
    log_sum, first, second = table.sums(alpha)
    flat, slope = _flat(ratio, log_wide, narrow)
    square = mu * mu
    value = log_sum + block.sums(y * (eta - log_wide)) - block.sums(log_wide) / alpha
    by_alpha = first + block.sums(square * flat - y * level)
    twice = second + block.sums(y * level * level + square * mu * slope)
    return _Rows(score, bend, cross, value, alpha * by_alpha, alpha**2 * twice + alpha * by_alpha)


def _flat(x: Array, log_wide: Array, narrow: Array) -> tuple[Array, Array]:
    """(log(1 + x) - x / (1 + x)) / x^2 and its derivative; their series where x is small."""
    share = x * narrow
    small = x < _TINY
    if not small.any():
        return (log_wide - share) / (x * x), (2 * share + share * share - 2 * log_wide) / (x * x * x)
    big = np.where(small, 1.0, x)
    flat = (log_wide - share) / (big * big)
    slope = (2 * share + share * share - 2 * log_wide) / (big * big * big)
    near = x[small]
    flat[small] = _alternating(near, [k / (k + 1) for k in range(1, 9)])
    slope[small] = -_alternating(near, [k * (k + 1) / (k + 2) for k in range(1, 9)])
    return flat, slope


def _alternating(x: Array, coefficients: list[float]) -> Array:
    """c0 - c1 x + c2 x^2 - ..."""
    total = np.zeros_like(x)
    for value in reversed(coefficients):
        total = value - x * total
    return total


def _nb1(block: Block, table: RowTable, eta: Array, alpha: Array) -> _Rows:
    y, each = block.counts, alpha[block.area]
    r = np.exp(eta) / each
    log_sum, first, second = table.sums(r)
    log_wide, share = np.log1p(alpha), alpha / (1 + alpha)
    fall = r * log_wide[block.area]
    score = first - fall
    bend = score + second
    sizes, total = block.sums(r), block.sums(y)
    falls = sizes * log_wide
    rest = block.sums(bend)
    return _Rows(
        score,
        bend,
        -bend - r * share[block.area],
        block.sums(y * eta + log_sum) - (sizes + total) * log_wide,
        total - block.sums(first) + falls - (sizes + total) * share,
        rest + 2 * sizes * share - (sizes + total) * share / (1 + alpha),
    )
