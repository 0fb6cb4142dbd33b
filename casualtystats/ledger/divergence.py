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
Goulart, P. J., Chen, Y. (2024). Clarabel: an interior-point solver for conic programs with quadratic objectives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import CasualtyStatsError

__all__ = ["Closest", "Problem", "closest", "needed"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
# How far apart, of the total, the ends of a range may be that is wide by roundings alone.
_SURE = 1e-5
_NONE = 1e-9


@dataclass(frozen=True)
class Problem:
    """Rows, cells and their reference.

    Attributes
    ----------
    table : sparse matrix
        Rows x columns.
    low, high : array
        Bounds of each row; infinite where there is none.
    weight : array
        Reference of each column; NaN = the column takes no part in the divergence.
    part : array of int
        Part of each cell, numbered from 0, in order of time within a part; -1 for a column that is no cell.
    zero : array of bool
        Cells that the rows leave no count.
    level : bool
        Whether the reference is a level; else a shape.
    """

    table: Any
    low: Floats
    high: Floats
    weight: Floats
    part: Integers
    zero: Flags
    level: bool

    @property
    def counted(self) -> Flags:
        """Columns that take part in the divergence and can hold a count."""
        return ~np.isnan(self.weight) & (self.weight > 0) & ~self.zero

    @property
    def still(self) -> Flags:
        """Columns that are 0: by the rows, or because the reference is."""
        return self.zero | (self.weight == 0)

    @property
    def parts(self) -> int:
        """Number of parts."""
        return int(self.part.max(initial=-1)) + 1


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
    found = _lowest(cost, problem.table, problem.low / unit, problem.high / unit)
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
    ends = np.concatenate([problem.low, problem.high, problem.weight[problem.counted] if problem.level else []])
    return max(1.0, float(np.abs(ends[np.isfinite(ends)]).max(initial=1.0)) / 10)


def _mean(weight: Floats) -> float:
    return float(weight.mean()) if len(weight) else 1.0


class _Face:
    """All that is equally near: counts are scale x ratio in each part, with scales from a polyhedron.

    Its variables are the scales, then the columns that take no part in the divergence.
    """

    def __init__(
        self, problem: Problem, ratio: Floats, distance: float, slack: float, point: Floats | None = None
    ) -> None:
        from scipy.sparse import csr_matrix, hstack, vstack

        self.distance = distance
        self._point = point
        self.counted = np.flatnonzero(problem.counted)
        free = np.flatnonzero(np.isnan(problem.weight) & ~problem.zero)
        shape = (len(self.counted), problem.parts)
        entries = (ratio[self.counted], (np.arange(len(self.counted)), problem.part[self.counted]))
        self._spread: Any = csr_matrix(entries, shape=shape)
        self._wide = problem.parts + len(free)
        # How far each scale of 1 is from the reference; in the nearest their sum is the distance.
        known = np.flatnonzero(~np.isnan(problem.weight) & (problem.weight > 0))
        x, q = np.where(problem.zero, 0.0, ratio)[known], problem.weight[known]
        costs = np.where(x > 0, x * np.log(np.where(x > 0, x, 1.0) / q), 0.0) - x + q
        apart = np.bincount(problem.part[known], costs, problem.parts)
        lines = [hstack([problem.table[:, self.counted] @ self._spread, problem.table[:, free]])]
        lows, highs = [problem.low - slack], [problem.high + slack]
        if point is not None:
            lines.append(self._row(apart))
            lows.append(np.array([-np.inf]))
            highs.append(np.array([max(0.0, distance) + 1e-7]))
        if problem.level:
            lines.append(self._row(np.ones(problem.parts)))
            lows.append(np.array([1.0]))
            highs.append(np.array([1.0]))
        self._table: Any = vstack(lines).tocsr()
        self._low, self._high = np.concatenate(lows), np.concatenate(highs)
        self._top = np.full(self._wide, np.inf)
        if point is None:
            # The reference itself: a part whose reference is not 0 where it can hold nothing holds nothing.
            self._top[problem.part[problem.zero & (problem.weight > 0)]] = 0.0

    def _row(self, scales: Floats) -> Any:
        from scipy.sparse import csr_matrix

        return csr_matrix(np.concatenate([scales, np.zeros(self._wide - len(scales))]))

    def lowest(self, scales: Floats) -> float | None:
        """The least of a sum of scales; None where there is no face."""
        cost = np.concatenate([scales, np.zeros(self._wide - len(scales))])
        found = _lowest(cost, self._table, self._low, self._high, self._top)
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
        gap = 1e-7 * max(1.0, middle)
        self._low, self._high = np.append(self._low, middle - gap), np.append(self._high, middle + gap)
        scales = np.array([self._sure(row, middle) for row in np.diag(total)]) if len(total) else total
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
    face = _Face(problem, problem.weight, 0.0, 0.0)
    return None if face.lowest(np.zeros(problem.parts)) is None else face


def _solved(problem: Problem) -> _Face:
    x, scale, distance = _conic(problem)
    rows: Floats = problem.table @ x
    off = float(np.maximum(problem.low - rows, rows - problem.high).max(initial=0.0))
    used = scale > _NONE * max(1.0, float(scale.max(initial=0.0)))
    per = np.where(used, scale, 1.0)[np.maximum(problem.part, 0)]
    ratio = np.where(problem.counted & used[np.maximum(problem.part, 0)], x / per, 0.0)
    return _Face(problem, ratio, distance, 10 * off + 1e-8, scale)


def _conic(problem: Problem) -> tuple[Floats, Floats, float]:
    """Counts, scales and distance by an interior point; running totals as variables, so that long rows stay sparse."""
    import clarabel
    from scipy.sparse import csc_matrix, csr_matrix, eye, hstack, vstack

    columns, parts = len(problem.weight), problem.parts
    solver_of: Any = clarabel
    counted = np.flatnonzero(problem.counted)
    step, wide = _steps(problem.part), columns + parts + len(counted)

    def block(at: int, what: Any) -> Any:
        """Rows whose entries begin at a variable: counts at 0, scales after them, distances last."""
        before, after = csr_matrix((what.shape[0], at)), csr_matrix((what.shape[0], wide - at - what.shape[1]))
        return hstack([before, what, after]).tocsr()

    counts, every = block(0, step), eye(parts, format="csr")
    rows = problem.table @ counts
    same = problem.low == problem.high
    top, floor = np.isfinite(problem.high) & ~same, np.isfinite(problem.low) & ~same
    still, free = np.flatnonzero(problem.still), np.flatnonzero(np.isnan(problem.weight) & ~problem.zero)
    equal = [(rows[same], problem.high[same]), (counts[still], np.zeros(len(still)))]
    if problem.level:
        equal.append((block(columns, csr_matrix(np.ones((1, parts)))), np.ones(1)))
    less = [(rows[top], problem.high[top]), (-rows[floor], -problem.low[floor]), (-counts[free], np.zeros(len(free)))]
    less.append((-block(columns, every), np.zeros(parts)))
    # (-t, x, s q) in the exponential cone: t >= x log(x / (s q)).
    number = len(counted)
    place = csr_matrix((problem.weight[counted], (np.arange(number), problem.part[counted])), shape=(number, parts))
    three = vstack([block(columns + parts, eye(number, format="csr")), -counts[counted], -block(columns, place)]).tocsr()
    three = three[np.arange(3 * number).reshape(3, number).T.ravel()]
    sides = [*equal, *less]
    table = csc_matrix(vstack([*(side for side, _ in sides), three]))
    ends = np.concatenate([*(end for _, end in sides), np.zeros(3 * number)])
    sizes = sum(len(end) for _, end in equal), sum(len(end) for _, end in less)
    cones = [solver_of.ZeroConeT(sizes[0]), solver_of.NonnegativeConeT(sizes[1])]
    cones += [solver_of.ExponentialConeT()] * number
    known = np.flatnonzero(~np.isnan(problem.weight))
    cost = np.zeros(wide)
    cost[:columns] -= np.asarray(step[counted].sum(axis=0)).ravel()
    cost[columns : columns + parts] = np.bincount(problem.part[known], problem.weight[known], parts)
    cost[columns + parts :] = 1.0
    settings = solver_of.DefaultSettings()
    settings.verbose, settings.max_threads, settings.direct_solve_method = False, 1, "qdldl"
    # The error of x is about the root of the gap: a gap of 1e-8 would leave five digits.
    settings.tol_gap_abs = settings.tol_gap_rel = 1e-12
    settings.tol_feas = 1e-10
    settings.reduced_tol_gap_abs = settings.reduced_tol_gap_rel = settings.reduced_tol_feas = 1e-7
    found: Any = solver_of.DefaultSolver(csc_matrix((wide, wide)), cost, table, ends, cones, settings).solve()
    if str(found.status) not in ("Solved", "AlmostSolved"):
        raise CasualtyStatsError(
            f"expected a solution of the best values, got '{found.status}' from Clarabel; select fewer reports, or drop "
            "those with far larger counts than the others"
        )
    solution = np.array(found.x)
    x = np.where(problem.still, 0.0, np.maximum(step @ solution[:columns], 0.0))
    return x, np.maximum(solution[columns : columns + parts], 0.0), float(found.obj_val)


def _steps(part: Integers) -> Any:
    """Counts from running totals within each part."""
    from scipy.sparse import csr_matrix

    last: dict[int, int] = {}
    entries: list[tuple[int, int, float]] = []
    for column, of in enumerate(part.tolist()):
        entries.append((column, column, 1.0))
        if of >= 0:
            if of in last:
                entries.append((column, last[of], -1.0))
            last[of] = column
    at, to, value = (np.array(some) for some in zip(*entries, strict=True))
    return csr_matrix((value, (at.astype(int), to.astype(int))), shape=(len(part), len(part)))


def _lowest(
    cost: Floats, table: Any, low: Floats, high: Floats, top: Floats | None = None
) -> tuple[float, Floats] | None:
    """The least of cost x columns, and where; None where no columns agree with all rows."""
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    same = low == high
    over, under = np.isfinite(high) & ~same, np.isfinite(low) & ~same
    upper = np.full(len(cost), np.inf) if top is None else top
    solve: Any = linprog
    found: Any = solve(
        cost, A_ub=vstack([table[over], -table[under]]), b_ub=np.concatenate([high[over], -low[under]]),
        A_eq=table[same], b_eq=high[same], bounds=np.stack([np.zeros(len(cost)), upper], axis=1), method="highs-ds",
    )  # fmt: skip
    return (float(found.fun), np.array(found.x)) if found.status == 0 else None
