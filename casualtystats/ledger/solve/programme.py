"""Bounds where places and groups nest: a linear programme over cells, built once and solved again for each question.

The least and the most that a sum of cells can be, given what every report says, is the optimum of a linear programme.
Its dual solution weighs the reports that make the bound; rounded to fractions and checked in whole numbers, it proves
the bound exactly, so that no rounding of a solver can make a bound tighter than the reports allow. Where no such proof
is found, the bound is widened by a millionth.

A bound over whole counts may be tighter than the one over all numbers: `integer=True` solves for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import CasualtyStatsError, ContradictionError
from casualtystats.ledger.solve.model import Line, Matrix
from casualtystats.ledger.solve.network import Cause

__all__ = ["Answer", "Objective", "Programme", "solver_for"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
# Duals of such programmes are small fractions; a common multiple of the usual denominators.
_PARTS = 60
_SLACK = 1e-6
_SPLIT = 200


class Objective(NamedTuple):
    """Columns and coefficients whose sum is asked for, and whether its most or its least."""

    columns: Integers
    coefficients: Integers
    most: bool


class Answer(NamedTuple):
    """A bound (None = there is none), and the rows that make it."""

    bound: int | None
    causes: list[Cause]


def solver_for(lines: Sequence[Line], columns: int, cost: Floats | None = None, upper: Floats | None = None) -> Any:
    """HiGHS with a model of these lines, silent and repeatable."""
    import highspy

    infinite = highspy.kHighsInf
    lp: Any = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(lines)
    lp.col_cost_ = np.zeros(columns) if cost is None else cost
    lp.col_lower_ = np.zeros(columns)
    lp.col_upper_ = np.full(columns, infinite) if upper is None else upper
    lp.row_lower_ = np.array([-infinite if line.low is None else float(line.low) for line in lines])
    lp.row_upper_ = np.array([infinite if line.high is None else float(line.high) for line in lines])
    starts = np.concatenate([[0], np.cumsum([len(line.columns) for line in lines])])
    none = np.empty(0)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = starts.astype(np.int32)
    lp.a_matrix_.index_ = np.concatenate([none, *(line.columns for line in lines)]).astype(np.int32)
    lp.a_matrix_.value_ = np.concatenate([none, *(line.coefficients for line in lines)])

    class Silent(highspy.Highs):
        """Callbacks are not used, and turning them on prints a banner."""

        def enableCallbacks(self) -> None:  # noqa: N802
            """Leave them off."""

    highs: Any = cast("Any", Silent)()
    options = {"output_flag": False, "threads": 1, "random_seed": 0, "solver": "simplex"}
    # Whole counts are solved to the last one: a gap of a ten-thousandth, as is usual, is many people.
    for name, value in (options | {"mip_rel_gap": 0.0, "mip_abs_gap": 0.5}).items():
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    return highs


class Programme:
    """A linear programme that answers many questions.

    Parameters
    ----------
    matrix : Matrix
        What is summed.
    """

    def __init__(self, matrix: Matrix) -> None:
        import highspy
        from scipy.sparse import csr_matrix

        self.matrix = matrix
        self.lines = matrix.lines()
        self._status = highspy.HighsModelStatus
        self._solver = solver_for(self.lines, matrix.columns)
        indices = np.concatenate([np.empty(0, np.int64), *(line.columns for line in self.lines)])
        values = np.concatenate([np.empty(0, np.int64), *(line.coefficients for line in self.lines)])
        starts = np.concatenate([[0], np.cumsum([len(line.columns) for line in self.lines])])
        self._table: Any = csr_matrix((values, indices, starts), shape=(len(self.lines), matrix.columns))
        self._costs = np.zeros(matrix.columns)
        self._whole = False
        self._topped = np.zeros(matrix.columns, bool)
        for line in self.lines:
            if line.high is not None:
                self._topped[line.columns] = True
        self._solver.run()
        self.feasible: bool = self._solver.getModelStatus() == self._status.kOptimal
        self._solver.setOptionValue("presolve", "off")
        # Only the objective changes from here on: the last basis stays feasible, and the primal simplex goes on from it.
        self._solver.setOptionValue("simplex_strategy", 4)
        self._seen: list[Floats] = [self._point()] if self.feasible else []

    def answers(
        self, objectives: Sequence[Objective], *, integer: bool = False, step: Callable[[], None] = lambda: None
    ) -> list[int | None]:
        """The bound of each objective, in order; whole counts with `integer`."""
        if not objectives:
            return []
        if integer:
            # What a solution over all numbers reaches, whole counts may not.
            return [self._whole_count(objective, step) for objective in objectives]
        # From one question to the next the best basis changes least where both are about the same days.
        starts = [(int(o.columns[0]) if len(o.columns) else -1, -len(o.columns)) for o in objectives]
        order = sorted(range(len(objectives)), key=starts.__getitem__)
        parts = [order] if len(order) < _SPLIT else [order[: len(order) // 2], order[len(order) // 2 :]]
        # The solver runs outside of Python's lock: two halves, each in a fixed order with a solver of its own.
        solvers = [self, *(Programme(self.matrix) for _ in parts[1:])]
        with ThreadPoolExecutor(len(parts)) as pool:
            jobs = [
                pool.submit(one._answers, [objectives[at] for at in part], step)
                for one, part in zip(solvers, parts, strict=True)
            ]
            answers = [job.result() for job in jobs]
        found: list[int | None] = [None] * len(objectives)
        for part, some in zip(parts, answers, strict=True):
            for at, bound in zip(part, some, strict=True):
                found[at] = bound
        return found

    def _answers(self, objectives: Sequence[Objective], step: Callable[[], None]) -> list[int | None]:
        """The bounds of objectives, one after the other."""
        table = self._matrix(objectives)
        tops = np.array([o.most for o in objectives])
        reached: list[Floats] = [table @ point for point in self._seen]
        highest: Floats = np.max(np.stack(reached), axis=0)
        lowest: Floats = np.min(np.stack(reached), axis=0)
        best: Floats = np.where(tops, highest, lowest)
        proven = self._simple(table, objectives)
        found: list[int | None] = []
        for at, objective in enumerate(objectives):
            step()
            known = proven[at]
            if objective.most and self._open(objective):
                found.append(None)
            elif known is not None and abs(best[at] - known) <= 1e-9 * max(1.0, abs(known)):
                # A solution that was met already reaches a bound that one report alone implies.
                found.append(known)
            else:
                found.append(self._solve(objective, integer=False).bound)
                values: Floats = table @ self._seen[-1]
                best = np.where(tops, np.maximum(best, values), np.minimum(best, values))
        return found

    def _whole_count(self, objective: Objective, step: Callable[[], None]) -> int | None:
        step()
        return None if objective.most and self._open(objective) else self._solve(objective, integer=True).bound

    def explain(self, objective: Objective) -> Answer:
        """The bound of an objective and the rows that make it."""
        if objective.most and self._open(objective):
            return Answer(None, [])
        return self._solve(objective, integer=False)

    def _matrix(self, objectives: Sequence[Objective]) -> Any:
        from scipy.sparse import csr_matrix

        starts = np.concatenate([[0], np.cumsum([len(o.columns) for o in objectives])])
        indices = np.concatenate([o.columns for o in objectives])
        values = np.concatenate([o.coefficients for o in objectives]).astype(float)
        return csr_matrix((values, indices, starts), shape=(len(objectives), self.matrix.columns))

    def _simple(self, table: Any, objectives: Sequence[Objective]) -> list[int | None]:
        """Bounds that one line alone implies: a report that holds all of an objective's cells, or lies in them."""
        if not self.matrix.plain or any((o.coefficients != 1).any() for o in objectives):
            return [0 if not o.most and (o.coefficients > 0).all() else None for o in objectives]
        shared = (table @ self._table.T.astype(float)).tocsr()
        sizes = np.diff(table.indptr)
        lengths = np.diff(self._table.indptr)
        highs = np.array([np.inf if line.high is None else float(line.high) for line in self.lines])
        lows = np.array([0.0 if line.low is None else float(line.low) for line in self.lines])
        found: list[int | None] = []
        for at, objective in enumerate(objectives):
            some = slice(shared.indptr[at], shared.indptr[at + 1])
            lines, overlap = shared.indices[some], shared.data[some]
            if objective.most:
                top = highs[lines[overlap == sizes[at]]].min(initial=np.inf)
                found.append(int(top) if np.isfinite(top) else None)
            else:
                found.append(int(lows[lines[overlap == lengths[lines]]].max(initial=0.0)))
        return found

    def _open(self, objective: Objective) -> bool:
        """Whether some column can grow without end: no line with an upper bound holds it."""
        if not self.matrix.plain:
            return False
        return not bool(self._topped[objective.columns[objective.coefficients > 0]].all())

    def _point(self) -> Floats:
        return np.array(self._solver.getSolution().col_value)

    def _solve(self, objective: Objective, *, integer: bool) -> Answer:
        import highspy

        sign = -1.0 if objective.most else 1.0
        costs = np.zeros(self.matrix.columns)
        costs[objective.columns] = sign * objective.coefficients
        self._price(costs)
        if integer != self._whole:
            kind = highspy.HighsVarType.kInteger if integer else highspy.HighsVarType.kContinuous
            every = np.arange(self.matrix.columns, dtype=np.int32)
            self._solver.changeColsIntegrality(len(every), every, np.array([kind] * len(every)))
            self._whole = integer
        self._solver.run()
        status = self._solver.getModelStatus()
        if integer and status in (self._status.kInfeasible, self._status.kUnboundedOrInfeasible):
            # Without an objective nothing is unbounded: what is left is whether any whole counts fit.
            self._price(np.zeros(self.matrix.columns))
            self._solver.run()
            if self._solver.getModelStatus() != self._status.kOptimal:
                raise ContradictionError(
                    "expected reports that whole counts can meet, got some that only fractions can: they contradict each "
                    "other. Leave one out with drop=[report ids]; without integer=True the bounds over all numbers hold"
                )
            return Answer(None, [])
        if status in (self._status.kUnbounded, self._status.kUnboundedOrInfeasible):
            return Answer(None, [])
        if status != self._status.kOptimal:
            raise CasualtyStatsError(
                f"expected a solution of the bounds, got '{self._solver.modelStatusToString(status)}' from HiGHS; "
                "select fewer reports, places or groups"
            )
        self._seen.append(self._point())
        del self._seen[:-32]
        value = float(self._solver.getInfo().objective_function_value)
        if integer:
            # The bound that is proven, not the solution that was found.
            return Answer(int(sign * math.ceil(float(self._solver.getInfo().mip_dual_bound) - _SLACK)), [])
        return self._proven(np.array(self._solver.getSolution().row_dual), costs, value, sign)

    def _price(self, costs: Floats) -> None:
        """Change the objective, where it differs from the last one."""
        changed = np.flatnonzero(costs != self._costs).astype(np.int32)
        self._solver.changeColsCost(len(changed), changed, costs[changed])
        self._costs = costs

    def _proven(self, duals: Floats, costs: Floats, value: float, sign: float) -> Answer:
        """The bound that the duals prove in whole numbers, with the rows that it rests on."""
        parts = np.round(duals * _PARTS).astype(np.int64)
        rest = np.round(costs * _PARTS).astype(np.int64) - self._table.T @ parts
        proof = self._sum(parts) if bool((rest >= 0).all()) else None
        if proof is None:
            least = math.ceil(value - _SLACK * max(1.0, abs(value)))
            causes = [
                Cause(line.row, "low" if dual > 0 else "high", abs(float(dual)))
                for line, dual in zip(self.lines, duals, strict=True)
                if line.row >= 0 and abs(dual) > _SLACK
            ]
            return Answer(int(sign * least), sorted(causes))
        # A floor of a minimum is rounded up; a maximum is minus a minimum.
        least = -(-proof // _PARTS)
        causes = [
            Cause(line.row, "low" if part > 0 else "high", abs(int(part)) / _PARTS)
            for line, part in zip(self.lines, parts, strict=True)
            if line.row >= 0 and part
        ]
        return Answer(int(sign * least), sorted(causes))

    def _sum(self, parts: Integers) -> int | None:
        """Sum of parts x bounds, in whole numbers; None where a part rests on a bound that is not there."""
        total = 0
        for at in np.flatnonzero(parts).tolist():
            bound = self.lines[at].low if parts[at] > 0 else self.lines[at].high
            if bound is None:
                return None
            total += int(parts[at]) * bound
        return total
