"""By how much contradictory statements must give way: the least total by which bounds are loosened until all can be true.

Every bound of every statement may give way by an amount of its own; a linear programme makes the sum of these amounts
as small as it can be. The bounds whose duals are not zero are the ones in conflict.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, Literal

import numpy as np

from casualtystats.ledger.solve.model import Line, Matrix
from casualtystats.ledger.solve.programme import solver_for
from casualtystats.ledger.solve.system import System

__all__ = ["Bound", "Elastic", "Side"]

Side = Literal["low", "high"]
Bound = tuple[int, Side]
_TINY = 1e-6
_NEAR = 0.005


class Elastic:
    """A system whose bounds can give way.

    Parameters
    ----------
    system : System
        The statements.
    giving : collection of int, optional
        Statements that may give way; by default all. What the caller declared (observed days) never does.
    """

    def __init__(self, system: System, giving: Collection[int] | None = None) -> None:
        matrices = [Matrix(component.rows, component.sets) for component in system.every]
        self._slacks: dict[Bound, int] = {}
        self._columns = sum(matrix.columns for matrix in matrices)
        self._lines: list[Line] = []
        self._bounds: list[list[Bound]] = []
        before = 0
        for matrix in matrices:
            for line in matrix.lines():
                number = -1 if line.row < 0 else matrix.rows[line.row].statement
                gives = number >= 0 and (giving is None or number in giving)
                moved = line._replace(columns=line.columns + before)
                if line.low is not None:
                    self._add(moved, [(number, "low")] if gives else [], line.low, None)
                if line.high is not None:
                    self._add(moved, [(number, "high")] if gives else [], None, line.high)
            before += matrix.columns
        nothing = np.empty(0, np.int64)
        for pair in system.pairs:
            ends: list[Bound] = [(pair.part, "low"), (pair.whole, "high")]
            ends = [end for end in ends if giving is None or end[0] in giving]
            self._add(Line(-1, nothing, nothing, None, None), ends, pair.low - pair.high, None)
        cost = np.zeros(self._columns)
        cost[list(self._slacks.values())] = 1.0
        solver = solver_for(self._lines, self._columns, cost)
        solver.run()
        self.possible: bool = solver.modelStatusToString(solver.getModelStatus()) == "Optimal"
        self._duals = np.array(solver.getSolution().row_dual) if self.possible else np.zeros(len(self._lines))
        self.total: float = float(solver.getInfo().objective_function_value) if self.possible else math.inf

    def _add(self, line: Line, bounds: list[Bound], low: int | None, high: int | None) -> None:
        """A line whose bounds give way: a lower bound by adding, an upper one by taking away."""
        sign = 1 if high is None else -1
        for bound in bounds:
            if bound not in self._slacks:
                self._slacks[bound] = self._columns
                self._columns += 1
        columns = np.concatenate([line.columns, np.array([self._slacks[bound] for bound in bounds], np.int64)])
        coefficients = np.concatenate([line.coefficients, np.full(len(bounds), sign, np.int64)])
        self._lines.append(Line(line.row, columns, coefficients, low, high))
        self._bounds.append(bounds)

    @property
    def apart(self) -> int:
        """The least total by which bounds give way, in whole counts."""
        return max(0, _whole(self.total))

    def conflicting(self) -> list[Bound]:
        """The bounds that a proof of the conflict uses."""
        found: set[Bound] = set()
        for bounds, dual in zip(self._bounds, self._duals, strict=True):
            if abs(dual) > _TINY:
                found.update(bounds)
        return sorted(found)

    def largest(self) -> dict[Bound, int]:
        """For each bound the most by which it gives way where all give way as little as possible in total."""
        # Where a bound gives way in some least way, the duals of its lines add up to 1 in every solution of the dual.
        weight: dict[Bound, float] = dict.fromkeys(self._slacks, 0.0)
        for bounds, dual in zip(self._bounds, self._duals, strict=True):
            for bound in bounds:
                weight[bound] += abs(float(dual))
        tight = sorted(bound for bound, sum_ in weight.items() if sum_ > 1 - 1e-4)
        columns = np.array(sorted(self._slacks.values()), np.int64)
        # In whole counts: where the least total is a fraction, that of whole counts is the next one.
        total = Line(-1, columns, np.ones(len(columns), np.int64), None, self.apart)
        solver: Any = solver_for([*self._lines, total], self._columns)
        every = np.arange(self._columns, dtype=np.int32)
        found: dict[Bound, int] = {}
        for bound in tight:
            cost = np.zeros(self._columns)
            cost[self._slacks[bound]] = -1.0
            solver.changeColsCost(self._columns, every, cost)
            solver.run()
            most = _whole(-float(solver.getInfo().objective_function_value))
            if most > 0:
                found[bound] = most
        return found


def _whole(value: float) -> int:
    """The whole count that a solver's value stands for: the nearest if it is that but for roundings, else the next above.

    Optima of these programmes are whole numbers or small fractions of one, so that a hundredth tells them apart.
    """
    nearest = round(value)
    return nearest if abs(value - nearest) < _NEAR else math.ceil(value)
