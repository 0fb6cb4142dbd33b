"""The daily rate of one published count: the count over the days of its period."""

from __future__ import annotations

import numbers
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period
from casualtystats.printing import Rounding, format_count, format_rate
from casualtystats.rates.given import number

__all__ = ["Rate", "daily_rate"]


@dataclass(frozen=True, slots=True)
class Rate:
    """A count per day, with the bounds that the count and the length of its period leave.

    Attributes
    ----------
    low : float
        Least rate: lower bound of the count over the longest feasible period.
    best : float or None
        Best value; None where the count is one-sided or the length of the period is not known.
    high : float or None
        Greatest rate: upper bound of the count over the shortest feasible period; None where no bound is
        known.
    per : str
        "day".
    days_min, days_max : float
        Shortest and longest length of the period in days.
    convention : str
        How the days were counted.
    count : Estimate
        The count.
    period : Period
        The period.
    noun : str
        What is counted; empty where it was not said.
    """

    low: float
    best: float | None
    high: float | None
    per: str
    days_min: float
    days_max: float
    convention: str
    count: Estimate
    period: Period
    noun: str = ""

    def __str__(self) -> str:
        noun = f"{self.noun}: " if self.noun else ""
        return f"{noun}{self._number()} per {self.per} over {self.convention}"

    def _print(self, value: float, rounding: Rounding = "nearest") -> str:
        # Over exactly one day the rate is the count itself, and counts print as they are.
        one_day = self.days_min == self.days_max == 1
        return format_count(value, rounding) if one_day else format_rate(value, rounding)

    def _number(self) -> str:
        low = self._print(self.low, "down")
        best = None if self.best is None else self._print(self.best)
        if self.high is None:
            return f"at least {low}" if best is None else f"{best} (at least {low}, no upper bound known)"
        high = self._print(self.high, "up")
        if best is None:
            return f"up to {high}" if self.low == 0 else f"{low} to {high}"
        if self.low == self.best == self.high:
            return best
        return f"{'about ' if self.count.qualifier == 'approximately' else ''}{best} ({low} to {high})"

    def to_frame(self) -> pl.DataFrame:
        """The rate as a frame of one row, with its count, period and convention."""
        period, count = self.period, self.count
        return pl.DataFrame(
            {
                "noun": self.noun,
                "low": self.low,
                "best": self.best,
                "high": self.high,
                "per": self.per,
                "days_min": self.days_min,
                "days_max": self.days_max,
                "convention": self.convention,
                "count_low": float(count.low),
                "count_best": None if count.best is None else float(count.best),
                "count_high": None if count.high is None else float(count.high),
                "period_start": period.start_earliest,
                "start_latest": period.start_latest,
                "end_earliest": period.end_earliest,
                "period_end": period.end_latest,
                "hours": period.hours,
            },
            schema_overrides=dict.fromkeys(_NUMBERS, pl.Float64),
        )

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    def _repr_html_(self) -> str:
        shown = ("low", "best", "high", "per", "days_min", "days_max", "period_start", "period_end")
        return html_table(self.to_frame().select(shown), str(self))


_NUMBERS: Final = (
    *("low", "best", "high", "days_min", "days_max"),
    *("count_low", "count_best", "count_high", "hours"),
)


def daily_rate(
    count: int | Estimate | str,
    *,
    start: str | date | None = None,
    end: str | date | None = None,
    hours: float | None = None,
    period: Period | str | None = None,
    noun: str = "",
) -> Rate:
    """The daily rate of a count over a period, both ends counted.

    The rate lies between low / D_max and high / D_min, where low and high bound the count (people, or
    whatever is counted) and D_min and D_max are the shortest and longest feasible length of the period in
    days. Where both ends are known, D = end - start + 1. A stated length wins over the dates.

    Parameters
    ----------
    count : int, Estimate or str
        A whole number (taken as exact), an estimate, or a wording such as "at least 42".
    start, end : str or date
        First and last day: ISO dates, months (some day of that month) or EDTF ranges (one of these days).
    hours : float, optional
        The length that was stated, in hours.
    period : Period or str, optional
        Instead of `start` and `end`: a period, or its wording.
    noun : str, optional
        What is counted, for print.

    Returns
    -------
    Rate
        `best` is None where the count is one-sided or the length of the period is fuzzy; `high` is None where
        the count has no upper bound.

    Raises
    ------
    OptionError
        If no period is given, or two are, or the count is no number.
    ParseError
        If the count is negative or not whole, or a date or wording is outside its grammar.
    PeriodError
        If the end lies before the start, or the stated length does not fit.

    Notes
    -----
    There is no sampling interval here: the range is what the wording leaves open, not chance variation.

    Examples
    --------
    >>> print(daily_rate(180_000, start="2019-04-29", end="2019-05-09"))
    16,364 per day over 11 days, both ends counted
    >>> print(daily_rate(119, start="[2019-04-21..2019-04-30]", end="2019-05-13"))
    5.17 to 8.50 per day over 14 to 23 days, both ends counted
    >>> print(daily_rate(Estimate.of("at_least", 42), start="2019-05-12", end="2019-05-13", hours=24))
    at least 42 per day over 24 hours, as stated
    """
    given = _count(count)
    known = given.widened()
    over = _period(start, end, hours, period)
    if known.low < 0:
        raise OptionError(f"expected a count of 0 or more, got '{known}'")
    shortest, longest = over.length
    low = known.low / longest
    high = None if known.high is None else known.high / shortest
    best = known.best / longest if known.best is not None and shortest == longest else None
    if best is None and low == high:
        best = low  # none at all is none a day, however long the period was
    return Rate(low, best, high, "day", float(shortest), float(longest), over.convention, given, over, noun)


def _count(count: int | Estimate | str) -> Estimate:
    if isinstance(count, Estimate):
        return count
    if isinstance(count, str):
        from casualtystats.reports.wording import parse_count

        return parse_count(count)
    if not isinstance(count, numbers.Real) or isinstance(count, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected a whole number, an Estimate or a wording such as 'at least 42'; got {count!r}")
    return Estimate.of("exactly", count)


def _period(
    start: str | date | None, end: str | date | None, hours: float | None, period: Period | str | None
) -> Period:
    if hours is not None:
        number(hours, "hours= a number of hours above 0")
    if period is None:
        if start is None or end is None:
            raise OptionError(
                "expected start= and end=, or period=; for a single day start and end are the same date"
                + ("; a stated length needs the dates that it lies within" if hours is not None else "")
            )
        return Period.of(start, end, hours)
    if start is not None or end is not None:
        raise OptionError("expected either period= or start= and end=, got both")
    known = Period.parse(period) if isinstance(period, str) else period
    if not isinstance(known, Period):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected period= a Period or its wording, such as '29 April to 9 May 2019'; got {period!r}")
    if hours is None or known.hours == hours:
        return known
    if known.hours is not None:
        raise OptionError(f"expected one stated length, got hours={hours!r} and a period of {known.hours!r} hours")
    return replace(known, hours=hours)
