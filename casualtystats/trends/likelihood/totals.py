"""Interval totals as the likelihood sees them: pieces of days with bounds on their counts, and the dates they may have.

A report whose ends are known is one piece. One whose ends are not exactly known is a set of pieces, one for each
feasible period, all equally likely. Reports that share an end which is not known (one until, the next from, the same
late April) form one component: their ends move together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array

__all__ = ["Indices", "Totals"]

Indices: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Totals:
    """Totals of disjoint reports.

    Attributes
    ----------
    first, last : array of int, one a piece
        First and last day of the piece, as days since the first day of the series, both included.
    low, high : array, one a piece
        Bounds of the count; equal where it is exact, high inf where there is none.
    row : array of int, one a piece
        The report that the piece belongs to; rows are numbered from 0 in order of their dates.
    piece : array of int
        Members of scenarios: the piece.
    scenario : array of int
        Members of scenarios: the scenario, in rising order.
    component : array of int, one a scenario
        The component that the scenario is one of the equally likely dates of, in rising order.
    """

    first: Indices
    last: Indices
    low: Array
    high: Array
    row: Indices
    piece: Indices
    scenario: Indices
    component: Indices

    @classmethod
    def of(cls, first: Indices, last: Indices, low: Array, high: Array) -> Totals:
        """Totals whose periods are all known."""
        each = np.arange(len(first))
        return cls(first, last, low, high, each, each, each, each)

    @property
    def rows(self) -> int:
        """Number of reports."""
        return int(self.row.max()) + 1

    @property
    def dated(self) -> bool:
        """Whether the period of every report is known."""
        return len(self.component) == int(self.component[-1]) + 1

    @property
    def exact(self) -> bool:
        """Whether every count is exact."""
        return bool((self.low == self.high).all())

    @property
    def days(self) -> int:
        """Number of days from the first to the last that a report may speak about."""
        return int(self.last.max()) + 1

    def row_bounds(self) -> tuple[Array, Array]:
        """Bounds of the count of each report."""
        at = np.unique(self.row, return_index=True)[1]
        return self.low[at], self.high[at]
