"""Person-days and mean numbers of people over every feasible period of a row whose ends are not known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["FuzzySums", "fuzzy_sums"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FuzzySums:
    """Bounds over all feasible periods: of the sum of people by day, and of their mean; infinite where none is known."""

    least: float
    most: float
    people_low: float
    people_high: float


def fuzzy_sums(low: Floats, high: Floats, row: dict[str, Any]) -> FuzzySums:
    """Bounds over all feasible periods of a row.

    Parameters
    ----------
    low, high : array
        Bounds of the people on each day from `period_start` to `period_end`; no upper bound is infinity.
    row : dict
        With `period_start`, `start_latest`, `end_earliest` and `period_end`.

    Examples
    --------
    >>> ends = [date(2019, 5, day) for day in (1, 1, 2, 3)]
    >>> row = dict(zip(("period_start", "start_latest", "end_earliest", "period_end"), ends, strict=True))
    >>> fuzzy_sums(np.array([9.0, 9.0, 3.0]), np.array([9.0, 9.0, 3.0]), row)
    FuzzySums(least=18.0, most=21.0, people_low=7.0, people_high=9.0)
    """
    first: date = row["period_start"]
    latest, earliest = ((row[name] - first).days for name in ("start_latest", "end_earliest"))
    less, more = (np.concatenate([[0.0], np.cumsum(bound)]) for bound in (low, high))
    least, most, people_low, people_high = np.inf, float(high.sum()), np.inf, 0.0
    # The last start may lie behind the last end: then no period starts there.
    for start in range(min(latest, low.size - 1) + 1):
        ends = np.arange(max(start, earliest), low.size)
        sums, days = less[ends + 1] - less[start], ends - start + 1.0
        least, people_low = min(least, float(sums.min())), min(people_low, float((sums / days).min()))
        if np.isfinite(most):
            people_high = max(people_high, float(((more[ends + 1] - more[start]) / days).max()))
    return FuzzySums(least, most, people_low, people_high if np.isfinite(most) else np.inf)
