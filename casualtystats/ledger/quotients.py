"""Quotients of two counts, bounded over all counts that agree with all reports at once.

The least of (a'x) / (b'x) over low <= A x <= high, x >= 0 is the least of a'y over low t <= A y <= high t, b'y = 1, y >= 0,
t >= 0: a linear programme. It is tighter than dividing bounds, since both counts can not be at their own ends.

References
----------
Charnes, A., Cooper, W. W. (1962). Programming with linear fractional functionals. Naval Research Logistics Quarterly 9,
181-186.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import CasualtyStatsError
from casualtystats.ledger.holding import Holding
from casualtystats.ledger.solve.atoms import Located
from casualtystats.ledger.solve.model import Matrix, Region
from casualtystats.ledger.solve.system import Question

__all__ = ["Quotients", "Sum"]

Floats = NDArray[np.float64]
_DIGITS: Final = 9


@dataclass(frozen=True)
class Sum:
    """Columns to add up for the least and for the most of a count; `outside`: no upper bound holds all of it."""

    least: Floats
    most: Floats
    outside: bool


class Quotients:
    """Quotients of two counts, over all counts that agree with all reports.

    Parameters
    ----------
    held : Holding
        Reports that can all be true.
    """

    def __init__(self, held: Holding) -> None:
        from scipy.sparse import block_diag, csr_matrix, hstack, vstack

        self._system = held.system
        self._blocks = [Matrix(component.rows, component.sets) for component in held.system.components]
        self._columns = sum(matrix.columns for matrix in self._blocks)
        tables: list[Any] = []
        low: list[float] = []
        high: list[float] = []
        for matrix in self._blocks:
            lines = matrix.lines()
            entries = (
                np.concatenate([line.coefficients for line in lines]).astype(float),
                np.concatenate([line.columns for line in lines]),
                np.concatenate([[0], np.cumsum([len(line.columns) for line in lines])]),
            )
            tables.append(csr_matrix(entries, shape=(len(lines), matrix.columns)))
            low += [-inf if line.low is None else float(line.low) for line in lines]
            high += [inf if line.high is None else float(line.high) for line in lines]
        table: Any = block_diag(tables, format="csr")
        lows, highs = np.array(low), np.array(high)
        floor, top = np.isfinite(lows), np.isfinite(highs)
        # Charnes and Cooper: counts divided by the denominator, and as a last column 1 divided by it (in a unit near 1).
        self._unit = float(np.abs(np.concatenate([lows[floor], highs[top], [1.0]])).max())
        below = hstack([-table[floor], csr_matrix(lows[floor][:, None] / self._unit)])
        above = hstack([table[top], csr_matrix(-highs[top][:, None] / self._unit)])
        self._rows: Any = vstack([below, above]).tocsr()

    def sum_of(self, spot: Located, ends: Sequence[Question]) -> Sum:
        """What to add up for a count in the shortest (first) and the longest (last) of its possible periods."""
        least, most = np.zeros(self._columns), np.zeros(self._columns)
        outside, offset = spot.outside, 0
        for component, matrix in zip(self._system.components, self._blocks, strict=True):
            whole, cut = spot.whole & component.atoms, spot.cut & component.atoms
            if whole or cut:
                _, few, _ = matrix.question(Region(ends[0].first, ends[0].until, whole, cut))
                many, _, beyond = matrix.question(Region(ends[-1].first, ends[-1].until, whole, cut))
                least[offset + few], most[offset + many] = 1.0, 1.0
                outside |= beyond
            offset += matrix.columns
        return Sum(least, most, outside)

    def least(self, part: Sum, other: Sum, *, share: bool) -> float | None:
        """The least of part / other, or of part / (part + other) with `share`; None where both are surely 0."""
        if other.outside:
            return 0.0
        found = self._solve(part.least, other.most + (part.least if share else 0.0))
        return None if found is None else max(0.0, found)

    def most(self, part: Sum, other: Sum, *, share: bool) -> float | None:
        """The most of the same; None where nothing bounds it, or the denominator may be 0 whatever the part."""
        if part.outside:
            return 1.0 if share else None
        found = self._solve(-part.most, other.least + (part.most if share else 0.0))
        return None if found is None else -found

    def share(self, part: Sum, other: Sum) -> tuple[float | None, float | None]:
        """The least and the most of part / (part + other); None where both are surely 0."""
        low, high = self.least(part, other, share=True), self.most(part, other, share=True)
        if low is None and high is None:
            return None, None
        return low or 0.0, 1.0 if high is None else min(1.0, high)

    def _solve(self, top: Floats, bottom: Floats) -> float | None:
        """The least of a linear-fractional programme; None where it has none, or the denominator is surely 0."""
        from scipy.optimize import linprog

        if not bottom.any():
            return None
        solve: Any = linprog
        found: Any = solve(
            np.append(top, 0.0), A_ub=self._rows, b_ub=np.zeros(self._rows.shape[0]),
            A_eq=np.append(bottom, 0.0)[None, :], b_eq=[1.0], method="highs-ds", options={"presolve": False},
        )  # fmt: skip
        if found.status == 0:
            return round(float(found.fun), _DIGITS)
        if found.status in (2, 3):
            return None
        raise CasualtyStatsError(
            f"expected bounds of a quotient, got '{found.message}' from HiGHS; select fewer reports, places or groups"
        )
