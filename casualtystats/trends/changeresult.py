"""The result of a search for change points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.periods import Every, Period, spoken_day
from casualtystats.printing import format_rate, many
from casualtystats.rates.sampling import level_text

__all__ = ["ChangePoints"]

_MOST: Final = 6
_PENALTIES: Final = {"mbic": "modified BIC", "bic": "BIC", "given": "given"}


@dataclass(frozen=True, eq=False, repr=False)
class ChangePoints:
    """Segments of a series of reported counts, each with a level of its own.

    Attributes
    ----------
    noun : str
        What is counted.
    dates : tuple of date
        The first day of each new segment; empty where no change was found.
    segments : pl.DataFrame
        One row a segment: `segment` (from 1), `first_day`, `last_day` (included), `cells`, `days`, `total`, `per_cell`,
        `per_day`, `per_day_low`, `per_day_high` (interval of the mean per day), `level`, `method`.
    changes : pl.DataFrame
        One row a change: `date`, `before` and `after` (means per day), `ratio` (null after a segment of zeros), `gain`
        (by how much minus twice the log-likelihood falls against one mean for the two segments beside it), `needed`
        (the gain that the penalty asks for).
    cells : pl.DataFrame
        The cells: `period_start`, `period_end`, `days`, `count`, `segment`.
    every : Every
        The calendar.
    cost : str
        "nb" or "poisson".
    alpha : float
        Dispersion of the cost: variance = mu + alpha mu^2 of a cell; 0 for Poisson counts.
    estimated : bool
        Whether alpha was estimated from differences of neighbouring cells.
    penalty : float
        Cost of a change in units of minus twice the log-likelihood, without the logs of segment lengths.
    penalty_name : str
        "mbic", "bic" or "given".
    min_size : int
        Least number of cells of a segment.
    level : float
        Level of the intervals, as a share.
    notes : tuple of str
        What must be read with the result.
    source : str
        Sources.
    """

    noun: str
    dates: tuple[date, ...]
    segments: pl.DataFrame
    changes: pl.DataFrame
    cells: pl.DataFrame
    every: Every
    cost: str
    alpha: float
    estimated: bool
    penalty: float
    penalty_name: str
    min_size: int
    level: float
    notes: tuple[str, ...]
    source: str = ""

    def to_frame(self) -> pl.DataFrame:
        """The segments, one a row."""
        return self.segments

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.segments, path)

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def cell(self) -> str:
        """What a cell is called: "day", "month", "10-day cell"."""
        return f"{self.every.days}-day cell" if isinstance(self.every, timedelta) else self.every

    @property
    def method(self) -> str:
        """How changes were searched for, in words."""
        cost = "Poisson cost" if self.cost == "poisson" else f"NB cost with alpha {format_rate(self.alpha)}"
        if self.estimated:
            cost += " (from neighbouring cells)"
        penalty = f"penalty {format_rate(self.penalty)} ({_PENALTIES[self.penalty_name]})"
        cells, least = many(self.cells.height, self.cell), many(self.min_size, self.cell)
        return f"PELT, {cost}, {penalty}, segments of at least {least}; {cells}, {self._period()}"

    def _period(self) -> Period:
        first: date = self.segments["first_day"][0]
        last: date = self.segments["last_day"][-1]
        return Period.of(first, last)

    def __str__(self) -> str:
        rates: list[float] = self.segments["per_day"].to_list()
        if not self.dates:
            return f"{self.noun}: no change of level found; {format_rate(rates[0])} per day throughout [{self.method}]"
        told = [
            f"from {spoken_day(day)}, {format_rate(before)} to {format_rate(after)} per day"
            for day, before, after in zip(self.dates, rates, rates[1:], strict=False)
        ]
        more = f"; {len(told) - _MOST} more" if len(told) > _MOST else ""
        count = "1 change" if len(told) == 1 else f"{len(told)} changes"
        return f"{self.noun}: {count} of level: {'; '.join(told[:_MOST])}{more} [{self.method}]"

    __repr__ = __str__

    def summary(self) -> str:
        """The result with its segments and what must be read with it, as lines of text."""
        lines = [str(self)]
        for row in self.segments.to_dicts():
            low, high = format_rate(row["per_day_low"], "down"), format_rate(row["per_day_high"], "up")
            lines.append(
                f"{Period.of(row['first_day'], row['last_day'])}: {row['total']:,} in {many(row['days'], 'day')}, "
                f"{format_rate(row['per_day'])} per day ({level_text(self.level)} interval {low} to {high})"
            )
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        shown = ("first_day", "last_day", "days", "total", "per_day", "per_day_low", "per_day_high")
        return html_table(self.segments.select(shown), str(self), " ".join([*self.notes, self.source]).strip())
