"""The programme of the nearest counts, and the two solvers that it needs: a cone of logarithms, and linear.

With x_c the count of cell c, q_c its reference and s the scale of its part, t >= x log(x / (s q)) says that (-t, x, s q) lies
in the exponential cone. Running totals stand for counts, so that a row over many stretches has two entries a part.

References
----------
Goulart, P. J., Chen, Y. (2024). Clarabel: an interior-point solver for conic programs with quadratic objectives.
arXiv:2405.12762.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import CasualtyStatsError

__all__ = ["Problem", "lowest", "nearest_point"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


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
        return (self.weight > 0) & ~self.zero

    @property
    def still(self) -> Flags:
        """Columns that are 0: by the rows, or because the reference is."""
        return self.zero | np.equal(self.weight, 0.0)

    @property
    def parts(self) -> int:
        """Number of parts."""
        return int(self.part.max(initial=-1)) + 1


def nearest_point(problem: Problem) -> tuple[Floats, Floats, float]:
    """Counts, scales and distance by an interior point; running totals as variables, so that long rows stay sparse."""
    from scipy.sparse import csc_matrix, csr_matrix, eye, hstack, vstack

    columns, parts = len(problem.weight), problem.parts
    # It has no types.
    solver_of: Any = import_module("clarabel")
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
    apart = block(columns + parts, eye(number, format="csr"))
    three = vstack([apart, -counts[counted], -block(columns, place)]).tocsr()
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
    found: Any = None
    # The error of x is about the root of the gap: a gap of 1e-8 leaves four digits, where no smaller one is reached.
    for gap in (1e-12, 1e-8):
        settings = solver_of.DefaultSettings()
        settings.verbose, settings.max_threads, settings.direct_solve_method = False, 1, "qdldl"
        settings.tol_gap_abs = settings.tol_gap_rel = gap
        settings.tol_feas = max(gap, 1e-10)
        settings.reduced_tol_gap_abs = settings.reduced_tol_gap_rel = settings.reduced_tol_feas = 1e-7
        found = solver_of.DefaultSolver(csc_matrix((wide, wide)), cost, table, ends, cones, settings).solve()
        if str(found.status) in ("Solved", "AlmostSolved"):
            break
    else:
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


def lowest(
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
