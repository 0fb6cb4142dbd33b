"""The result of a search for surges: each cell with its threshold, or the reason why it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.periods import Every, Period, spoken_day
from casualtystats.printing import format_rate, many
from casualtystats.trends.cellchecks import spans_text
from casualtystats.trends.ears import FLAT, SHORT

__all__ = ["Surges"]

_MOST: Final = 8


@dataclass(frozen=True, eq=False, repr=False)
class Surges:
    """Reported counts against thresholds made of those just before them.

    Attributes
    ----------
    noun : str
        What is counted.
    method : str
        "C1", "C2" or "C3".
    z : float
        Standard deviations that a threshold lies above the mean of its baseline.
    baseline : int
        Number of cells of a baseline.
    lag : int
        Number of cells that must lie before one that can be judged.
    min_sd : float
        Least standard deviation that thresholds are made with.
    frame : pl.DataFrame
        One row a cell: `date` (first day), `last_day` (included), `count` (null = not known), `mean` and `sd` of its
        baseline, `threshold` (in counts), `statistic` (C1 and C2: standard deviations above the mean; C3: their sum
        over three cells), `alarm` (whether the count exceeds the threshold; null = not judged), `reason` (why not).
    every : Every
        The calendar.
    notes : tuple of str
        What must be read with the result.
    source : str
        Sources.
    """

    noun: str
    method: str
    z: float
    baseline: int
    lag: int
    min_sd: float
    frame: pl.DataFrame
    every: Every
    notes: tuple[str, ...]
    source: str = ""

    @property
    def dates(self) -> tuple[date, ...]:
        """The first day of each cell with an alarm."""
        return tuple(self.frame.filter(pl.col("alarm"))["date"].to_list())

    @property
    def judged(self) -> int:
        """Number of cells that have a threshold and a count."""
        return self.frame.height - self.frame["alarm"].null_count()

    @property
    def not_judged(self) -> dict[str, int]:
        """Number of cells that could not be judged, by reason."""
        counted = self.frame["reason"].drop_nulls().value_counts().sort("reason")
        return {str(reason): int(number) for reason, number in counted.rows()}

    def to_frame(self) -> pl.DataFrame:
        """The cells, one a row."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __len__(self) -> int:
        return len(self.dates)

    @property
    def cell(self) -> str:
        """What a cell is called: "day", "week", "10-day cell"."""
        return f"{self.every.days}-day cell" if isinstance(self.every, timedelta) else self.every

    def _limit(self) -> str:
        where = "before" if self.method == "C1" else "that end three before"
        limit = f"mean + {format_rate(self.z)} sd of the {self.baseline} {self.cell}s {where}"
        least = f", sd at least {format_rate(self.min_sd)}" if self.min_sd else ""
        lowered = ", lowered by the excess of the two before" if self.method == "C3" else ""
        return f"EARS {self.method}: above {limit}{lowered}{least}"

    def _blind(self) -> str:
        """What the history is too short to see."""
        last: date = self.frame["last_day"][self.lag - 1]
        first: date = self.frame["date"][0]
        return f"the first {self.lag} {self.cell}s, {Period.of(first, last)}, can not be judged"

    def _others(self) -> list[str]:
        """What else could not be judged: gaps, and baselines that do not vary."""
        texts: list[str] = []
        for reason, number in self.not_judged.items():
            if reason != SHORT:
                texts.append(f"{number:,} more not judged ({reason})")
        # The one thing that must not be overlooked where no threshold could be made.
        above = self.frame.filter((pl.col("reason") == FLAT) & (pl.col("count") > pl.col("mean")))
        if not above.is_empty():
            days: list[tuple[date, date]] = above.select("date", "last_day").rows()
            texts.append(f"above a baseline that does not vary: {spans_text(days)}; min_sd= would judge them")
        return texts

    def __str__(self) -> str:
        of = f"{self.judged:,} {self.cell}s judged"
        if not self.judged:
            found = f"no {self.cell} could be judged"
        elif not self.dates:
            found = f"no alarm in {of}"
        else:
            told = ", ".join(spoken_day(day) for day in self.dates[:_MOST])
            more = f" and {len(self.dates) - _MOST} more" if len(self.dates) > _MOST else ""
            starts = "" if self.cell == "day" else f" of the {self.cell}s from"
            found = f"{many(len(self.dates), 'alarm')} in {of}:{starts} {told}{more}"
        return f"{self.noun}: {found} [{'; '.join([self._limit(), self._blind(), *self._others()])}]"

    __repr__ = __str__

    def summary(self) -> str:
        """The result and what must be read with it, as lines of text."""
        return "\n".join([str(self), *self.notes])

    def _repr_html_(self) -> str:
        shown = ("date", "count", "mean", "sd", "threshold", "alarm", "reason")
        return html_table(self.frame.select(shown), str(self), " ".join([*self.notes, self.source]).strip())
