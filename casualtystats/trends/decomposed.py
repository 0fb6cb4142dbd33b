"""The result of a decomposition: parts that add up, the settings that made them, and the strength of the pattern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.periods import Every, Period
from casualtystats.printing import format_rate

__all__ = ["Decomposition", "StlSettings"]


@dataclass(frozen=True, slots=True)
class StlSettings:
    """The settings of STL, all local regressions being linear.

    Attributes
    ----------
    period : int
        Cells after which the pattern recurs.
    seasonal : int
        Length of the seasonal smoother, in periods.
    trend, low_pass : int
        Lengths of the trend smoother and the low-pass filter, in cells.
    robust : bool
        Whether cells with a large remainder were weighed down.
    inner, outer : int
        Rounds of smoothing, and of weighing.

    Examples
    --------
    >>> print(StlSettings(7, 7, 15, 9, False, 5, 0))
    STL with period 7, seasonal 7, trend 15, low_pass 9, not robust
    """

    period: int
    seasonal: int
    trend: int
    low_pass: int
    robust: bool
    inner: int
    outer: int

    def __str__(self) -> str:
        robust = "robust" if self.robust else "not robust"
        return (
            f"STL with period {self.period}, seasonal {self.seasonal}, trend {self.trend}, low_pass {self.low_pass}, "
            f"{robust}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class Decomposition:
    """Reported counts as trend, recurring pattern and remainder.

    Attributes
    ----------
    noun : str
        What is counted.
    frame : pl.DataFrame
        One row a cell: `date` (first day), `last_day` (included), `days`, `count`, `observed` (what was decomposed, on
        `scale`), `trend`, `seasonal`, `remainder` (which add up to `observed`), `weight` (1 unless robust).
    settings : StlSettings
        The settings.
    scale : str
        What was decomposed: "counts", "counts per day", "log(1 + counts)" or "log(1 + counts per day)".
    strength : float or None
        Strength of the pattern, 0 to 1; None where nothing varies beside the trend.
    trend_strength : float or None
        Strength of the trend in the same sense; None where nothing varies beside the pattern.
    every : Every
        The calendar.
    notes : tuple of str
        What must be read with the result.
    source : str
        Sources.
    """

    noun: str
    frame: pl.DataFrame
    settings: StlSettings
    scale: str
    strength: float | None
    trend_strength: float | None
    every: Every
    notes: tuple[str, ...]
    source: str = ""

    def to_frame(self) -> pl.DataFrame:
        """The parts, one cell a row."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __len__(self) -> int:
        return self.frame.height

    def __str__(self) -> str:
        unit = f"{self.every.days}-day cell" if isinstance(self.every, timedelta) else self.every
        first: date = self.frame["date"][0]
        last: date = self.frame["last_day"][-1]
        if self.strength is None:
            pattern = "nothing recurs"
        else:
            pattern = f"strength of the pattern {self.strength:.2f} (0 none, 1 all that the trend leaves)"
        return (
            f"{self.noun}, {self.scale} of {self.frame.height:,} {unit}s, {Period.of(first, last)}: trend from "
            f"{_signed(self.frame['trend'][0])} to {_signed(self.frame['trend'][-1])}; {pattern} [{self.settings}]"
        )

    __repr__ = __str__

    def summary(self) -> str:
        """The result and what must be read with it, as lines of text."""
        return "\n".join([str(self), *self.notes])

    def _repr_html_(self) -> str:
        shown = ("date", "count", "observed", "trend", "seasonal", "remainder")
        numbers = [pl.col(name).round(6) for name in shown[2:]]
        return html_table(
            self.frame.select(*shown[:2], *numbers), str(self), " ".join([*self.notes, self.source]).strip()
        )


def _signed(value: float) -> str:
    # A trend of counts may dip below zero; its last bits must not print as a minus.
    return format_rate(round(value, 9))
