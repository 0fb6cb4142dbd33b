"""The counts that agree with all rows and lie nearest to a reference: numbers only, no dates and no reports.

With x_c the count of cell c, q_c its reference and p(c) the part (place, group) that it belongs to, it minimises

    sum over c of  x_c log(x_c / (s_p(c) q_c)) - x_c + s_p(c) q_c

over x >= 0 and one scale s_p >= 0 a part, subject to low <= A x <= high. It is convex in x and s together, and minus the
log likelihood (without constants) of independent Poisson counts with rates s_p q_c where x is known only by its sums.
A reference that is a shape leaves every scale free. One that is a level fixes their sum to 1: it says how much all parts
together are, and nothing of which part has how much of it.

Where a range of x is equally near, only the scales differ in it. The total of all cells is then set to the middle of its
range, and a sum of cells that is still free gets no value (NaN): the reference does not tell it.

References
----------
Csiszar, I. (1975). I-divergence geometry of probability distributions and minimization problems. Annals of Probability
3, 146-158.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import CasualtyStatsError
from casualtystats.ledger.solve.conic import Problem, lowest, nearest_point

__all__ = ["Closest", "closest", "needed"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# How far apart, of the total, the ends of a range may be that is wide by roundings alone.
_SURE = 1e-4
_NONE = 1e-9
# By how much rows may be off around a solution, in units of the largest bound / 10.
_SLACK = 1e-6


@dataclass(frozen=True)
class Closest:
    """What is nearest: a value for each sum that was asked for (NaN = not determined), and how far from the reference."""

    values: Floats
    divergence: float


def needed(problem: Problem) -> Integers:
    """The columns with reference or count 0 that the rows can not do without; empty where they can."""
    cost = problem.still.astype(float)
    if not cost.any():
        return np.empty(0, np.int64)
    unit = _unit(problem)
    found = lowest(cost, problem.table, problem.low / unit, problem.high / unit)
    if found is None or found[0] <= 1e-7:
        return np.empty(0, np.int64)
    return np.flatnonzero(problem.still & (found[1] > 1e-7))


def closest(problem: Problem, sums: Any) -> Closest:
    """The sums of the counts that are nearest to the reference.

    Parameters
    ----------
    problem : Problem
        Rows that can be true together, where what is `still` is 0.
    sums : sparse matrix
        Sums x columns; only columns that take part in the divergence, or hold nothing.

    Returns
    -------
    Closest
        In the unit of the rows.

    Raises
    ------
    CasualtyStatsError
        If the solver finds no solution.

    Examples
    --------
    Days 1-5, 6-10 and 11-15, of which the first ten sum to 100 and the last ten to 150:

    >>> from scipy.sparse import csr_matrix
    >>> from casualtystats.ledger.solve.conic import Problem
    >>> rows, ends = csr_matrix([[1, 1, 0], [0, 1, 1]]), np.array([100.0, 150.0])
    >>> problem = Problem(rows, ends, ends, np.full(3, 5.0), np.zeros(3, int), np.zeros(3, bool), level=False)
    >>> closest(problem, csr_matrix([[0, 1, 0], [1, 1, 1]])).values.round(2).tolist()
    [58.86, 191.14]
    """
    unit = _unit(problem)
    weight = problem.weight / (unit if problem.level else _mean(problem.weight[problem.counted]))
    small = Problem(
        problem.table, problem.low / unit, problem.high / unit, weight, problem.part, problem.zero, problem.level
    )
    face = _shape(small) or _solved(small)
    return Closest(face.answers(sums) * unit, max(0.0, face.distance) * unit)


def _unit(problem: Problem) -> float:
    """A size of counts, so that the solvers see numbers near 1."""
    ends = np.concatenate([problem.low, problem.high])
    if problem.level:
        ends = np.append(ends, problem.weight[problem.counted])
    return max(1.0, float(np.abs(ends[np.isfinite(ends)]).max(initial=1.0)) / 10)


def _mean(weight: Floats) -> float:
    return float(weight.mean()) if len(weight) else 1.0


class _Face:
    """All that is equally near: counts are scale x ratio in each part, with scales from a polyhedron.

    Its variables are the scales, then the columns that take no part in the divergence.
    """

    def __init__(self, problem: Problem, ratio: Floats, scale: Floats | None = None, off: float = 0.0) -> None:
        """The face of a solution (its counts, scales and by how much it is off the rows), or of the reference itself."""
        from scipy.sparse import csr_matrix, hstack, vstack

        self._point = None if scale is None else np.ones(problem.parts)
        each = np.ones(problem.parts) if scale is None else scale
        slack = 0.0 if scale is None else 10 * off + _SLACK
        self.counted = np.flatnonzero(problem.counted)
        free = np.flatnonzero(np.isnan(problem.weight) & ~problem.zero)
        shape = (len(self.counted), problem.parts)
        entries = (ratio[self.counted], (np.arange(len(self.counted)), problem.part[self.counted]))
        self._spread: Any = csr_matrix(entries, shape=shape)
        self._wide = problem.parts + len(free)
        # How far each scale of 1 is from the reference; in the nearest their sum is the distance.
        known = np.flatnonzero(problem.weight > 0)
        x, q = np.where(problem.zero, 0.0, ratio)[known], problem.weight[known] * each[problem.part[known]]
        logs = np.where(x > 0, x * np.log(np.where(x > 0, x, 1.0) / np.where(x > 0, q, 1.0)), 0.0)
        apart = np.zeros(problem.parts)
        np.add.at(apart, problem.part[known], logs - x + q)
        self.distance = 0.0 if scale is None else float(apart.sum())
        lines = [hstack([problem.table[:, self.counted] @ self._spread, problem.table[:, free]])]
        lows, highs = [problem.low - slack], [problem.high + slack]
        if scale is not None:
            lines.append(self._row(apart))
            lows.append(np.array([-np.inf]))
            highs.append(np.array([self.distance + _SLACK * max(1.0, self.distance)]))
        if problem.level:
            lines.append(self._row(each))
            lows.append(np.array([1.0]) if scale is None else np.array([each.sum() - slack]))
            highs.append(np.array([1.0]) if scale is None else np.array([each.sum() + slack]))
        self._table: Any = vstack(lines).tocsr()
        self._low, self._high = np.concatenate(lows), np.concatenate(highs)
        self._top = np.full(self._wide, np.inf)
        if scale is None:
            # A part whose reference is not 0 where it can hold nothing holds nothing.
            self._top[problem.part[problem.zero & (problem.weight > 0)]] = 0.0

    def _row(self, scales: Floats) -> Any:
        from scipy.sparse import csr_matrix

        return csr_matrix(np.concatenate([scales, np.zeros(self._wide - len(scales))]))

    def lowest(self, scales: Floats) -> float | None:
        """The least of a sum of scales; None where there is no face."""
        cost = np.concatenate([scales, np.zeros(self._wide - len(scales))])
        found = lowest(cost, self._table, self._low, self._high, self._top)
        return None if found is None else found[0]

    def range(self, scales: Floats) -> tuple[float, float]:
        """The least and the most of a sum of scales."""
        low, high = self.lowest(scales), self.lowest(-scales)
        if low is None or high is None:
            raise CasualtyStatsError(
                "expected the nearest counts to agree with all reports, got a rounding error that does not; "
                "select fewer reports, or drop those with far larger counts than the others"
            )
        return low, -high

    def answers(self, sums: Any) -> Floats:
        """The value of each sum of columns, NaN where the face leaves it free."""
        from scipy.sparse import vstack

        table: Any = (sums.tocsr()[:, self.counted] @ self._spread).tocsr()
        total = np.asarray(self._spread.sum(axis=0)).ravel()
        low, high = self.range(total)
        if self._point is not None and high - low <= _SURE * max(1.0, high):
            # The solver's own point is more exact than the middle of a range that is wide by roundings alone.
            low = high = float(total @ self._point)
        middle = (low + high) / 2
        self._table = vstack([self._table, self._row(total)]).tocsr()
        gap = _SLACK * max(1.0, middle)
        self._low, self._high = np.append(self._low, middle - gap), np.append(self._high, middle + gap)
        scales = np.array([self._sure(row, middle) for row in np.eye(len(total)) * total])
        # Where every part is determined, all is.
        with np.errstate(invalid="ignore", divide="ignore"):
            each = np.where(total > 0, scales / total, 0.0)
        unknown = np.isnan(each)
        values: Floats = table @ np.where(unknown, 0.0, each)
        if unknown.any():
            seen: dict[bytes, float] = {}
            for at in np.flatnonzero(table @ unknown.astype(float) > 0).tolist():
                row = np.asarray(table[at].todense()).ravel()
                values[at] = seen.setdefault(row.tobytes(), self._sure(row, middle))
        return np.maximum(values, 0.0)

    def _sure(self, scales: Floats, size: float) -> float:
        if not scales.any():
            return 0.0
        low, high = self.range(scales)
        if high - low > _SURE * max(1.0, size):
            return float("nan")
        inside = float("nan") if self._point is None else float(scales @ self._point)
        return inside if low <= inside <= high else (low + high) / 2


def _shape(problem: Problem) -> _Face | None:
    """The counts that are the reference itself, at some scale; None where the rows do not allow it."""
    face = _Face(problem, problem.weight)
    return None if face.lowest(np.zeros(problem.parts)) is None else face


def _solved(problem: Problem) -> _Face:
    """The face around a solution: its own scales are 1, so that the linear programmes see counts near each other."""
    x, scale, _ = nearest_point(problem)
    used = scale > _NONE * max(1.0, float(scale.max(initial=0.0)))
    x = np.where(np.isnan(problem.weight) | used[np.maximum(problem.part, 0)], x, 0.0)
    rows: Floats = problem.table @ x
    off = float(np.maximum(problem.low - rows, rows - problem.high).max(initial=0.0))
    return _Face(problem, x, np.where(used, scale, 0.0), off)
