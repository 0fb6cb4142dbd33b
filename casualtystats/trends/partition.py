"""The best division of a row of cells into segments: exact, by dynamic programming that drops hopeless starts (PELT)."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["best_partition"]

_SLACK = 1e-9


class Cost(Protocol):
    """Cost of the cells from each start (included) to one end (excluded); never raised by dividing a segment."""

    def __call__(self, starts: NDArray[np.int64], end: int) -> NDArray[np.float64]:
        """The costs."""
        ...


def best_partition(cost: Cost, cells: int, penalty: float, min_size: int, *, by_length: bool = False) -> list[int]:
    r"""The division of cells 0 to n-1 into segments with the least penalised cost.

    .. math:: \sum_j \left[ C(s_j, s_{j+1}) + \log(s_{j+1} - s_j) \right] + m \cdot \text{penalty}

    with m changes; the logs only with `by_length`. Segments have at least `min_size` cells.

    Parameters
    ----------
    cost : callable
        Costs of segments.
    cells : int
        n, at least `min_size`.
    penalty : float
        Cost of a change, above 0.
    min_size : int
        Least number of cells of a segment.
    by_length : bool
        Whether to add the log of each segment's number of cells, as the modified BIC does.

    Returns
    -------
    list of int
        The first cell of each segment but the first; empty where one segment is best.

    Notes
    -----
    A start s is dropped once F(s) + C(s, t) + K > F(t): whatever comes, a change at t is better, where K bounds what the
    logs may give back, log a + log b - log(a + b), which the inequality of Killick et al. leaves out. As a segment
    needs `min_size` cells, s is dropped `min_size` cells after t and not at once. Both make the answer exact: equal to
    the best of all divisions.

    References
    ----------
    Killick, R., Fearnhead, P. and Eckley, I. A. (2012). Optimal detection of changepoints with a linear computational
    cost. Journal of the American Statistical Association 107, 1590-1598.
    Jackson, B. et al. (2005). An algorithm for optimal partitioning of data on an interval. IEEE Signal Processing
    Letters 12, 105-108.

    Examples
    --------
    >>> from casualtystats.trends.segmentcost import SegmentCost
    >>> counts = np.array([2, 3, 1, 2, 9, 11, 8, 12])
    >>> best_partition(SegmentCost.of(counts, np.ones(8, dtype=np.int64), 0.0), 8, 4.2, 2)
    [4]
    """
    best = np.full(cells + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(cells + 1, dtype=np.int64)
    until = np.full(cells + 1, cells + 1, dtype=np.int64)
    starts = np.array([0], dtype=np.int64)
    for end in range(min_size, cells + 1):
        if end - min_size >= min_size:
            starts = np.append(starts, end - min_size)
        starts = starts[until[starts] > end]
        size = (end - starts).astype(np.float64)
        value = best[starts] + cost(starts, end)
        slack = np.zeros(starts.size)
        if by_length:
            value += np.log(size)
            rest = max(cells - end, 1)
            slack = np.maximum(np.log(size) + np.log(rest) - np.log(size + rest), 0.0)
        at = int(value.argmin())
        best[end] = value[at] + penalty
        came_from[end] = starts[at]
        hopeless = value - slack > best[end] + _SLACK * (1 + abs(best[end]))
        until[starts[hopeless]] = np.minimum(until[starts[hopeless]], end + min_size)
    found: list[int] = []
    end = cells
    while end > 0:
        end = int(came_from[end])
        found.append(end)
    return found[-2::-1]
