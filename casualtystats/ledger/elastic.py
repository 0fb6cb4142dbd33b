"""By how much contradictory statements must give way: the least total by which bounds are loosened until all can be true.

Every bound of every statement may give way by an amount of its own; a linear programme makes the sum of these amounts
as small as it can be. The bounds whose duals are not zero are the ones in conflict.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from casualtystats.ledger.model import Line, Matrix
from casualtystats.ledger.programme import solver_for
from casualtystats.ledger.system import System

__all__ = ["Bound", "Elastic", "Side"]

Side = Literal["low", "high"]
Bound = tuple[int, Side]
_TINY = 1e-6


@dataclass(frozen=True)
class _Slack:
    """Column of the amount by which one bound of one statement gives way, and how far it can."""

    column: int
    most: float


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
        matrix = Matrix(system.rows, system.atoms.sets)
        self._slacks: dict[Bound, _Slack] = {}
        columns = matrix.columns
        lines: list[Line] = []
        self._bounds: list[list[Bound]] = []
        for line in matrix.lines():
            number = -1 if line.row < 0 else system.rows[line.row].statement
            gives = number >= 0 and (giving is None or number in giving)
            for side, bound in (("low", line.low), ("high", line.high)):
                if bound is None:
                    continue
                extra: list[tuple[int, int]] = []
                one: Bound = (number, "low" if side == "low" else "high")
                if gives:
                    slack = self._slack(one, columns, float(bound) if side == "low" else math.inf)
                    columns = max(columns, slack.column + 1)
                    extra = [(slack.column, 1 if side == "low" else -1)]
                low, high = (bound, None) if side == "low" else (None, bound)
                lines.append(_with(line, extra, low, high))
                self._bounds.append([one] if gives else [])
        for pair in system.pairs:
            ends: list[Bound] = [(pair.part, "low"), (pair.whole, "high")]
            ends = [end for end in ends if giving is None or end[0] in giving]
            cells: list[tuple[int, int]] = []
            for end in ends:
                slack = self._slack(end, columns, float(pair.low) if end[1] == "low" else math.inf)
                columns = max(columns, slack.column + 1)
                cells.append((slack.column, 1))
            empty = np.empty(0, np.int64)
            lines.append(_with(Line(-1, empty, empty, None, None), cells, pair.low - pair.high, None))
            self._bounds.append(ends)
        cost, upper = np.zeros(columns), np.full(columns, math.inf)
        for slack in self._slacks.values():
            cost[slack.column], upper[slack.column] = 1.0, slack.most
        self._cost, self._columns, self._lines, self._upper = cost, columns, lines, upper
        solver = solver_for(lines, columns, cost, upper)
        solver.run()
        self.possible: bool = solver.modelStatusToString(solver.getModelStatus()) == "Optimal"
        self.total: float = float(solver.getInfo().objective_function_value) if self.possible else math.inf
        self._duals = np.array(solver.getSolution().row_dual) if self.possible else np.zeros(len(lines))

    def _slack(self, bound: Bound, column: int, most: float) -> _Slack:
        return self._slacks.setdefault(bound, _Slack(column, most))

    @property
    def apart(self) -> int:
        """The least total by which bounds give way, in whole counts."""
        return max(0, math.ceil(self.total - _TINY * max(1.0, self.total)))

    def conflicting(self) -> list[Bound]:
        """The bounds that a proof of the conflict uses."""
        found: set[Bound] = set()
        for bounds, dual in zip(self._bounds, self._duals, strict=True):
            if abs(dual) > _TINY:
                found.update(bounds)
        return sorted(found)

    def largest(self) -> dict[Bound, int]:
        """For each bound the most by which it gives way where all give way as little as possible in total."""
        # Where a bound gives way in some least way, its dual is 1 in every solution of the dual.
        tight = [
            bound for bound in self._slacks
            if any(bound in bounds and abs(dual) > 1 - 1e-4 for bounds, dual in zip(self._bounds, self._duals, strict=True))
            or sum(abs(dual) for bounds, dual in zip(self._bounds, self._duals, strict=True) if bound in bounds) > 1 - 1e-4
        ]  # fmt: skip
        columns = np.array(sorted(slack.column for slack in self._slacks.values()), np.int64)
        total = Line(-1, columns, np.ones(len(columns), np.int64), None, 0)
        solver: Any = solver_for([*self._lines, total], self._columns, None, self._upper)
        solver.changeRowBounds(len(self._lines), 0.0, self.total + _TINY * max(1.0, self.total))
        found: dict[Bound, int] = {}
        for bound in sorted(tight):
            cost = np.zeros(self._columns)
            cost[self._slacks[bound].column] = -1.0
            every = np.arange(self._columns, dtype=np.int32)
            solver.changeColsCost(self._columns, every, cost)
            solver.run()
            most = -float(solver.getInfo().objective_function_value)
            if most > 10 * _TINY * max(1.0, self.total):
                # Never less than the least way needs: rounded up, a bound only becomes wider.
                found[bound] = math.ceil(most - 10 * _TINY * max(1.0, self.total))
        return found


def _with(line: Line, extra: Sequence[tuple[int, int]], low: int | None, high: int | None) -> Line:
    columns = np.concatenate([line.columns, np.array([column for column, _ in extra], np.int64)])
    coefficients = np.concatenate([line.coefficients, np.array([sign for _, sign in extra], np.int64)])
    return Line(line.row, columns, coefficients, low, high)
