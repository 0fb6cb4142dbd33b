"""Totals before and after a date, and how neighbouring residuals hang together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import polars as pl

__all__ = ["Sides", "neighbours"]

_LEAST: Final = 5


@dataclass(frozen=True, slots=True)
class Sides:
    """How many totals lie wholly before the date, wholly after it (or after the washout), and across it."""

    before: int
    after: int
    across: int

    @classmethod
    def of(cls, rows: pl.DataFrame, day: date, start: date) -> Sides:
        """Of rows with `period_start` and `period_end`, by their widest dates."""
        before = rows.filter(pl.col("period_end") < day).height
        after = rows.filter(pl.col("period_start") >= start).height
        return cls(before, after, rows.height - before - after)


def neighbours(residuals: pl.DataFrame) -> tuple[float, int] | None:
    r"""The correlation of residuals with those of the totals that follow the day after, and the number of such pairs.

    .. math:: r_1 = \frac{\sum r_i r_{i+1} / m}{\sum r_i^2 / n}

    Parameters
    ----------
    residuals : pl.DataFrame
        `period_start`, `period_end`, `residual` (null for bounds), in order of their dates.

    Returns
    -------
    (float, int) or None
        r_1 (no unit) over the m pairs of neighbours and the n residuals, and m; None where there are fewer than five pairs.

    Examples
    --------
    >>> days = [date(2020, 1, day) for day in range(1, 8)]
    >>> frame = pl.DataFrame({"period_start": days, "period_end": days, "residual": [1.0, -1, 1, -1, 1, -1, 1]})
    >>> neighbours(frame)
    (-1.0, 6)
    """
    rows = residuals.select("period_start", "period_end", "residual").rows()
    pairs = [
        (left[2], right[2])
        for left, right in pairwise(rows)
        if left[2] is not None and right[2] is not None and left[1] + timedelta(days=1) == right[0]
    ]
    known = [row[2] for row in rows if row[2] is not None]
    square = math.fsum(value**2 for value in known)
    if len(pairs) < _LEAST or square <= 0:
        return None
    together = math.fsum(left * right for left, right in pairs)
    return together / len(pairs) / (square / len(known)), len(pairs)
