"""Exposure: person-days as a result, with the people at risk on each day behind them.

Invariants
----------
- `low <= best <= high`; `best` is null where the population is one-sided or the ends of the period are not known, `high`
  where no upper bound of the population is known.
- The days of `by_day()` sum to the person-days, where both ends of the period are known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from casualtystats.errors import OptionError, PeriodError
from casualtystats.estimates import Estimate
from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period, parse_date
from casualtystats.places import path_relation
from casualtystats.printing import format_days
from casualtystats.rates.totals import in_words, summed

__all__ = ["Exposure"]

_BOUNDS = ("low", "best", "high")


@dataclass(frozen=True, eq=False, repr=False)
class Exposure:
    """People at risk over a period, in person-days. Made by `person_days`; `death_rate` and `fit_trend` take it.

    Attributes
    ----------
    frame : pl.DataFrame
        Columns of `by`, then `low`, `best`, `high`: person-days, one row a place (one row where nothing splits it).
    daily : pl.DataFrame or None
        Columns of `by`, `date`, `low`, `best`, `high`: people at risk on each day; None where the period has no dates,
        or only a stated length within them.
    by : tuple of str
        What splits it.
    period : Period or None
        The period; None where only a number of days was given.
    days_min, days_max : float
        Shortest and longest length in days.
    convention : str
        How days and people were counted.
    note : str
        Sources of the population.
    place, group : str or None
        What the stocks behind it speak about; None where that is everybody, where it is split, or for plain numbers.
    of_stocks : bool
        Whether stocks stand behind it, rather than plain numbers.
    """

    frame: pl.DataFrame
    daily: pl.DataFrame | None
    by: tuple[str, ...]
    period: Period | None
    days_min: float
    days_max: float
    convention: str
    note: str = ""
    place: str | None = None
    group: str | None = None
    of_stocks: bool = False

    @property
    def low(self) -> float:
        """Least person-days; of all places together where it is split."""
        return self.estimate.low

    @property
    def best(self) -> float | None:
        """Best person-days; None where one-sided, or where the ends of the period are not known."""
        return self.estimate.best

    @property
    def high(self) -> float | None:
        """Greatest person-days; None where no upper bound is known."""
        return self.estimate.high

    @property
    def estimate(self) -> Estimate:
        """Person-days as an estimate.

        Raises
        ------
        OptionError
            If it is split by places or groups that hold one another: their people are the same.
        """
        self._refuse_shared()
        return summed(self.frame)

    def _refuse_shared(self) -> None:
        keys = self.frame.select(self.by).rows()
        for at, one in enumerate(keys):
            for other in keys[:at]:
                if all(path_relation(a, b) != "disjoint" for a, b in zip(one, other, strict=True)):
                    raise OptionError(
                        f"expected parts that have nobody in common for a total, got {_key(other)} and {_key(one)}; "
                        f"take one with .of({other[0]!r}), or to_frame()"
                    )

    @property
    def days(self) -> float:
        """Days of the period.

        Raises
        ------
        PeriodError
            If an end is not exactly known: use `days_min` and `days_max`.
        """
        if self.days_min != self.days_max:
            raise PeriodError(
                f"expected known ends, got {format_days(self.days_min, self.days_max)}; use days_min and days_max"
            )
        return self.days_max

    def __float__(self) -> float:
        found = self.best
        if found is None:
            raise OptionError(f"expected best person-days, got {in_words(self.estimate)}; use .low and .high")
        return found

    def of(self, *key: str) -> Exposure:
        """The exposure of one place (or of one value for each column in `by`), no longer split.

        Raises
        ------
        OptionError
            If there is no such part.
        """
        if len(key) != len(self.by) or not all(isinstance(value, str) for value in key):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(f"expected a value for each of {', '.join(self.by) or 'no column'}, got {key!r}")
        if not key:
            return self
        same = [pl.col(name) == value for name, value in zip(self.by, key, strict=True)]
        rows = self.frame.filter(same).select(_BOUNDS)
        if rows.is_empty():
            known = ", ".join(_key(row) for row in self.frame.select(self.by).rows())
            raise OptionError(f"expected one of {known}; got {_key(key)}")
        daily = None if self.daily is None else self.daily.filter(same).select("date", *_BOUNDS)
        part = dict(zip(self.by, key, strict=True))
        place, group = part.get("place", self.place), part.get("group", self.group)
        return replace(self, frame=rows, daily=daily, by=(), place=place, group=group)

    def by_day(self) -> pl.DataFrame:
        """People at risk on each day.

        Those who leave or arrive on a day count for half of it, so that the days sum to the person-days. Where the ends of
        the period are not known there is a row for each day of its widest form, with what the feasible periods allow.

        Returns
        -------
        pl.DataFrame
            Columns of `by`, then `date`, `low`, `best` (null = one-sided), `high` (null = no upper bound).

        Raises
        ------
        OptionError
            If there are no dates: a number of days, or a stated length of hours within them.
        """
        if self.daily is None:
            raise OptionError(
                f"expected a period of whole days with dates for people by day, got {self.convention}; give person_days a "
                "period such as '2019-04-29/2019-05-09'"
            )
        return self.daily

    def total(self, start: str | date | None = None, end: str | date | None = None) -> Estimate:
        """Person-days from one day to another, both counted; by default of the whole period.

        Raises
        ------
        OptionError
            If a day lies outside the exposure, is no single day, there are no dates, or parts have people in common.
        """
        if start is None and end is None:
            return self.estimate
        self._refuse_shared()
        daily = self.by_day()
        days: list[date] = daily["date"].to_list()
        first, last = min(days), max(days)
        from_, until = _day(start, first), _day(end, last)
        if not first <= from_ <= until <= last:
            raise OptionError(f"expected days from {first} to {last}, in order; got {from_} to {until}")
        if (from_, until) == (first, last) and self.days_min == self.days_max:
            return self.estimate
        return summed(daily.filter(pl.col("date").is_between(from_, until)))

    def to_frame(self) -> pl.DataFrame:
        """Person-days with period and convention, one row a place."""
        period = self.period
        return self.frame.with_columns(
            days_min=pl.lit(self.days_min), days_max=pl.lit(self.days_max),
            period_start=pl.lit(None if period is None else period.start_earliest, pl.Date),
            period_end=pl.lit(None if period is None else period.end_latest, pl.Date),
            convention=pl.lit(self.convention),
        )  # fmt: skip

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    def __str__(self) -> str:
        if self.frame.height == 1:
            return f"{in_words(summed(self.frame))} person-days over {self.convention}"
        parts = f"{self.frame.height} rows by {' and '.join(self.by)}"
        return f"person-days over {self.convention}: {parts}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.to_frame().drop("convention"), str(self), self.note)


def _key(row: tuple[Any, ...]) -> str:
    return ", ".join(repr(value) for value in row)


def _day(given: str | date | None, default: date) -> date:
    if given is None:
        return default
    if not isinstance(given, str | date):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected one day, such as '2019-05-09'; got {given!r}")
    first, last = parse_date(given)
    if first != last:
        raise OptionError(f"expected one day, such as '2019-05-09'; got {given!r}")
    return first
