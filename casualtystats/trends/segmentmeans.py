"""The mean of a segment with its interval, as if the segment had been known before it was searched for."""

from __future__ import annotations

from typing import Final

import numpy as np

from casualtystats.rates.sampling import garwood
from casualtystats.trends.segmentcost import SegmentCost

__all__ = ["GARWOOD", "RATIO", "mean_interval"]

GARWOOD: Final = "Garwood; does not know that the segment was searched for"
RATIO: Final = (
    "likelihood ratio, NB2 of fixed alpha, not narrower than Garwood; does not know that the segment was searched for"
)


def mean_interval(cost: SegmentCost, start: int, end: int, level: float) -> tuple[float, float]:
    r"""The interval of the rate per unit of exposure of the cells from a start (included) to an end (excluded).

    Garwood's where the cost is that of Poisson counts; else all rates whose cost exceeds the least by no more than a
    quantile of the chi-squared distribution,

    .. math:: C(\lambda) - C(\hat\lambda) \le \chi^2_{1,\,\text{level}}

    and no less than Garwood's: of few events, or none, the ratio alone claims too much.

    Parameters
    ----------
    cost : SegmentCost
        Cost of the series.
    start, end : int
        The segment.
    level : float
        Level of the interval, as a share.

    Returns
    -------
    (float, float)
        Lower and upper end.

    Examples
    --------
    >>> counts, days = np.array([2, 9, 4, 12, 3, 8]), np.ones(6, dtype=np.int64)
    >>> [[round(end, 2) for end in mean_interval(SegmentCost.of(counts, days, alpha), 0, 6, 0.95)] for alpha in (0.0, 0.5)]
    [[4.48, 8.69], [3.41, 12.65]]
    """
    y, n = cost.counts[end] - cost.counts[start], cost.cells[end] - cost.cells[start]
    total, exposure = int(y.sum()), float(n @ cost.lengths)
    least, most = (limit / exposure for limit in garwood(total, level))
    if not cost.alpha:
        return least, most
    from scipy.optimize import brentq
    from scipy.special import gammaincinv

    # Half a chi-squared variable with one degree of freedom is a gamma variable of shape 1/2.
    allowed = cost.one(start, end) + 2 * float(gammaincinv(0.5, level))

    def beyond(rate: float) -> float:
        return float(cost.at(y[None, :], n[None, :], np.array([rate]))[0]) - allowed

    middle = float(cost.rate(y[None, :], n[None, :])[0])
    high = max(2 * middle, 1 / exposure)
    while beyond(high) < 0:
        high *= 2
    upper = max(most, float(brentq(beyond, middle, high, rtol=1e-12)))
    if total == 0:
        return 0.0, upper
    low = middle / 2
    while beyond(low) < 0:
        low /= 2
    return min(least, float(brentq(beyond, low, middle, rtol=1e-12))), upper
