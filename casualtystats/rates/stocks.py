"""How many people there are on each day: a constant, or stocks that were counted on dates.

Between two stocks the days are treated in one of two ways, and the result names which:

- step: from the date of each stock on, that stock, until the next one;
- linear: on a straight line from one to the next; after the last, that stock.

Days before the first stock are not known. A stock whose date is not exactly known (some day of May) holds from the last
day it may be about; on the days before, either it or the one before may hold, and there is no best number unless the two
are equal. On a line, its date moves every day between its neighbours: there the bounds hold all lines that it allows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.rates.movements import Moved, Path
from casualtystats.series.stock import StockSeries

__all__ = ["Before", "Between", "Constant", "Stocks", "path_of", "stocks_of"]

Between = Literal["step", "linear"]
Before = Literal["raise", "first"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Constant:
    """The same people from the first day of the period on."""

    low: float
    best: float
    high: float

    @classmethod
    def of(cls, known: Estimate) -> Constant:
        """From an estimate."""
        return cls(
            float(known.low),
            float("nan") if known.best is None else float(known.best),
            float("inf") if known.high is None else float(known.high),
        )

    def stretches(self, first: int, last: int) -> list[tuple[int, int, int, Constant]]:
        """Stretches of days from `first` to `last`, each with the day since which people move, and who was there."""
        return [(first, first, last, self)]


@dataclass(frozen=True)
class Stocks:
    """Stocks in the order of their dates (proleptic ordinals), each with its earliest and latest possible day."""

    earliest: list[int]
    latest: list[int]
    people: list[Constant]
    between: Between
    before: Before

    def stretches(self, first: int, last: int) -> list[tuple[int, int, int, Constant]]:
        """As in `Constant`: a stretch ends where the next stock was counted, and its people move from its own date on."""
        self._check(first)
        found: list[tuple[int, int, int, Constant]] = []
        for at, (day, people) in enumerate(zip(self.latest, self.people, strict=True)):
            until = self.latest[at + 1] - 1 if at + 1 < len(self.latest) else last
            start = first if at == 0 and day > first else day
            if until >= first and start <= last:
                found.append((start, max(start, first), min(until, last), people))
        return found

    def _check(self, first: int) -> None:
        if self.before == "raise" and first < self.latest[0]:
            raise OptionError(
                f"expected a stock on or before {date.fromordinal(first)}, the first day of the period; the first is of "
                f"{date.fromordinal(self.latest[0])}, and days before it are not known. Start the period there, or state "
                "before='first' to use the first stock for them"
            )

    def line(self, first: int, last: int) -> Path:
        """People on each day, on a straight line from each stock to the next.

        Where dates are not known there is no best, and the bounds are those of all lines: a line moves one way with each
        of its two dates, and where a stock may be of the day itself, it is that stock.
        """
        self._check(first)
        days = np.arange(first, last + 1, dtype=np.float64)
        columns = ([p.low for p in self.people], [p.best for p in self.people], [p.high for p in self.people])
        # Every other stock early or late: each pair of neighbours then has all four choices.
        ends = [list(pair) for pair in (self.earliest, self.latest)]
        choices = [
            np.array([ends[(a, b)[at % 2]][at] for at in range(len(self.latest))], dtype=np.float64)
            for a in (0, 1)
            for b in (0, 1)
        ]
        low, best, high = ([self._line(days, dates, np.array(values)) for dates in choices] for values in columns)
        for early, late, people in zip(self.earliest, self.latest, self.people, strict=True):
            inside = (days >= early) & (days <= late)
            for lines, value in ((low, people.low), (best, people.best), (high, people.high)):
                lines.append(np.where(inside, value, lines[0]))
        same = np.all([line == best[0] for line in best], axis=0)
        return np.min(low, axis=0), np.where(same, best[0], np.nan), np.max(high, axis=0)

    def _line(self, days: Floats, dates: Floats, values: Floats) -> Floats:
        right = np.clip(np.searchsorted(dates, days, side="left"), 0, len(dates) - 1)
        left = np.clip(np.searchsorted(dates, days, side="right") - 1, 0, len(dates) - 1)
        gap = np.where(dates[right] > dates[left], dates[right] - dates[left], 1.0)
        share = np.clip((days - dates[left]) / gap, 0.0, 1.0)
        ends = values[left], values[right]
        # Where an end is not known the line is not known; arithmetic on an infinite end would make it nothing.
        known = np.isfinite(ends[0]) & np.isfinite(ends[1])
        start, stop = (np.where(known, end, 0.0) for end in ends)
        return np.where(known, start + share * (stop - start), np.where(np.isnan(ends[0] + ends[1]), np.nan, np.inf))

    def doubtful(self, first: int, path: Path) -> Path:
        """A path of steps with the days on which a stock of uncertain date may hold already."""
        low, best, high = (values.copy() for values in path)
        for early, late, people in zip(self.earliest, self.latest, self.people, strict=True):
            days = slice(max(0, early - first), max(0, late - first))
            low[days] = np.minimum(low[days], people.low)
            high[days] = np.maximum(high[days], people.high)
            best[days] = np.where(best[days] == people.best, best[days], np.nan)
        return low, best, high

    def fuzzy(self, last: int) -> bool:
        """Whether a stock that may be about a day up to `last` has an uncertain date."""
        pairs = zip(self.earliest, self.latest, strict=True)
        return any(early != late for early, late in pairs if early <= last)


def stocks_of(series: StockSeries[Any], key: tuple[Any, ...] | None, between: Between, before: Before) -> Stocks:
    """The stocks of one part of a series; several on one date are about different places or groups, and add.

    Raises
    ------
    OptionError
        If they do not count people, dates overlap, or the dates do not all speak about the same places and groups.
    """
    if series.info.measure not in ("population", "idps") or series.info.unit != "people":
        raise OptionError(f"expected a series of stocks of people as population=, got {series.info.noun}")
    frame = series.to_frame()
    if key is not None:
        same = [pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(series.info.by, key, strict=True)]
        frame = frame.filter(same)
    about = series.reports.frame.select("report_id", "place", "group")
    rows = frame.join(about.rename({"place": "_place", "group": "_group"}), on="report_id", how="left")
    dates: dict[tuple[date, date], list[dict[str, Any]]] = {}
    for row in rows.sort("date_latest", "date_earliest", "report_id").iter_rows(named=True):
        dates.setdefault((row["date_earliest"], row["date_latest"]), []).append(row)
    parts = [{(row["_place"], row["_group"]) for row in group} for group in dates.values()]
    if any(part != parts[0] for part in parts):
        raise OptionError(
            "expected stocks of the same places and groups on every date, got different ones: a step from one to the next "
            "would be a change of area. Select one place=, or build the series with by=['place']"
        )
    spans = [(early.toordinal(), late.toordinal()) for early, late in dates]
    for (_, late), (early, _) in pairwise(spans):
        if early <= late:
            raise OptionError(f"expected stocks on different dates, got two that may be of {date.fromordinal(early)}")
    people = [Constant.of(_sum(group)) for group in dates.values()]
    return Stocks([early for early, _ in spans], [late for _, late in spans], people, between, before)


def _sum(rows: list[dict[str, Any]]) -> Estimate:
    counts = [Estimate(row["low"], row["best"], row["high"], unit="people").widened() for row in rows]
    return sum(counts[1:], counts[0])


def path_of(
    base: Constant | Stocks, out: list[Moved], into: list[Moved], first: int, last: int, start: int, end: int
) -> Path:
    """People at risk on each day from `first` to `last`, of a period from `start` to `end`.

    Raises
    ------
    OptionError
        If more people leave and die than are there.
    """
    if isinstance(base, Stocks) and base.between == "linear":
        return base.line(first, last)
    pieces: list[Path] = []
    for since, from_, until, people in base.stretches(first, last):
        ones = np.ones(until - from_ + 1)
        low, best, high = people.low * ones, people.best * ones, people.high * ones
        for moved in out:
            less, likely, more = moved.until(since, from_, until, start, end)
            low, best, high = low - more, best - likely, high - less
        for moved in into:
            less, likely, more = moved.until(since, from_, until, start, end)
            low, best, high = low + less, best + likely, high + more
        _refuse_negative(best, high, from_)
        pieces.append((np.maximum(0.0, low), best, high))
    low, best, high = (np.concatenate([piece[at] for piece in pieces]) for at in range(3))
    path = low, best, high
    return base.doubtful(first, path) if isinstance(base, Stocks) and base.fuzzy(last) else path


def _refuse_negative(best: Floats, high: Floats, first: int) -> None:
    wrong = np.flatnonzero((best < 0) | (high < 0))
    if wrong.size:
        raise OptionError(
            f"expected at most as many people to leave or die as are there; by {date.fromordinal(first + int(wrong[0]))} "
            "there would be less than nobody. Give population= in people, and leaving= only those who leave the area"
        )
