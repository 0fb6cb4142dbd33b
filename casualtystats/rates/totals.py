"""Person-days added up, and in words."""

from __future__ import annotations

import math

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.rates.printed import printed

__all__ = ["in_words", "summed"]


def summed(rows: pl.DataFrame) -> Estimate:
    """The sum of `low`, `best` and `high`; a bound that one row does not know, the sum does not."""

    def total(name: str) -> float | None:
        return None if rows[name].has_nulls() else math.fsum(rows[name].to_list())

    return Estimate(total("low") or 0.0, total("best"), total("high"))


def in_words(known: Estimate) -> str:
    """A number of person-days with its range.

    Examples
    --------
    >>> in_words(Estimate(90.0, 100.0, 110.0)), in_words(Estimate(90.0, None, None))
    ('100 (90.0 to 110)', 'at least 90.0')
    """
    low = printed(known.low, "down")
    if known.high is None:
        text = f"at least {low}"
        return text if known.best is None else f"{printed(known.best)} ({text}, no upper bound known)"
    span = f"{low} to {printed(known.high, 'up')}"
    if known.best is None:
        return span
    close = math.isclose(known.low, known.high, rel_tol=1e-12)
    return printed(known.best) if close else f"{printed(known.best)} ({span})"
