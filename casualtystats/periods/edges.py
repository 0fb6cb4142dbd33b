"""Dates inside a phrase: a day, a part of a month or a month, and the rules that give them a year."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final, NamedTuple

from casualtystats.errors import ParseError
from casualtystats.periods.dates import parse_date

__all__ = ["DAY", "EDGE", "HALF_A_YEAR", "MONTH", "Edge", "Known", "edge", "rule", "whole_year"]

_MONTHS: Final = [
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
]  # fmt: skip
_NUMBERS: Final = (
    {name: number for number, name in enumerate(_MONTHS, 1)}
    | {name[:3]: number for number, name in enumerate(_MONTHS, 1)}
    | {"sept": 9}
)
_PARTS: Final = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}
HALF_A_YEAR: Final = 183

MONTH: Final = f"(?:{'|'.join(_NUMBERS)})"
DAY: Final = rf"(?:\d{{4}}-\d\d-\d\d|\d\d? {MONTH}(?:,? \d{{4}})?|{MONTH} \d\d?(?:,? \d{{4}})?)"
EDGE: Final = rf"(?:{DAY}|(?:early|mid|late)[ -]{MONTH}(?:,? \d{{4}})?)"


def rule(pattern: str) -> re.Pattern[str]:
    """Compile a pattern whose digits are 0-9 only."""
    return re.compile(pattern, re.ASCII)


_WRITTEN: Final = rule(
    rf"(?:(?P<part>early|mid|late)[ -])?(?:(?P<before>\d\d?) )?(?P<month>{MONTH})(?: (?P<after>\d\d?))?"
    r"(?:,? (?P<year>\d{4}))?"
)


class Edge(NamedTuple):
    """A day, a part of a month or a month; the year as far as it is written."""

    month: int
    first: int
    last: int
    exact: bool
    year: int | None

    def within(self, year: int) -> tuple[date, date]:
        """Return its first and last day in a year; raise where the day does not exist."""
        try:
            earliest = date(year, self.month, self.first)
        except (ValueError, OverflowError) as error:
            name = _MONTHS[self.month - 1].title()
            raise ParseError(f"expected a date that exists, got {self.first} {name} {year}") from error
        if self.exact:
            return earliest, earliest
        return earliest, earliest.replace(day=min(self.last, calendar.monthrange(year, self.month)[1]))

    def not_after(self, day: date) -> tuple[date, date]:
        """Return the latest of its kind that does not start after a day."""
        return self.within(day.year - ((self.month, self.first) > (day.month, day.day)))

    def not_before(self, day: date) -> tuple[date, date]:
        """Return the first of its kind that does not end before a day."""
        return self.within(day.year + ((self.month, self.last) < (day.month, day.day)))


class Known(NamedTuple):
    """What the caller knows beside the wording."""

    text: str
    year: int | None
    end: tuple[date, date] | None

    def resolve(self, edge: Edge) -> tuple[date, date]:
        """Date a closed day or month: by its own year, else `year`, else as the latest that `end` allows."""
        year = edge.year if edge.year is not None else self.year
        if year is not None:
            return edge.within(year)
        if self.end is None:
            raise ParseError(f"expected a year in {self.text!r}; write it, or give year= (of the first date) or end=")
        found = edge.not_after(self.end[1])
        away = (self.end[1] - found[1]).days
        if not edge.exact and edge.first == 1 and edge.last == 31 and away < 0:
            raise ParseError(
                f"expected a month that is over by end={self.end[1]}, got {self.text!r}; write both dates, "
                "or give year="
            )
        if away > HALF_A_YEAR:
            raise ParseError(
                f"expected a date up to {HALF_A_YEAR} days before end={self.end[1]}, got {self.text!r}; give year="
            )
        return found

    def last_day(self) -> date:
        """Return the one day that a length is counted back from."""
        if self.end is None:
            raise ParseError(f"expected end= with {self.text!r}: the last day that it counts")
        if self.end[0] != self.end[1]:
            raise ParseError(f"expected one day as end= with {self.text!r}, got {self.end[0]} to {self.end[1]}")
        return self.end[0]


def edge(text: str) -> Edge:
    """Read what `EDGE`, or a month with or without a year, has matched.

    Examples
    --------
    >>> edge("late april").within(2019)
    (datetime.date(2019, 4, 21), datetime.date(2019, 4, 30))
    """
    match = _WRITTEN.fullmatch(text)
    if match is None:
        day = parse_date(text)[0]
        return Edge(day.month, day.day, day.day, True, day.year)
    written = match["before"] or match["after"]
    first, last = (int(written), int(written)) if written else _PARTS.get(match["part"], (1, 31))
    year = int(match["year"]) if match["year"] else None
    return Edge(_NUMBERS[match["month"]], first, last, written is not None, year)


def whole_year(text: str) -> tuple[date, date]:
    """Return the first and last day of a year written in four digits.

    Examples
    --------
    >>> whole_year("2018")
    (datetime.date(2018, 1, 1), datetime.date(2018, 12, 31))
    """
    year = int(text)
    if year == 0:
        raise ParseError(f"expected a year from 0001, got {text!r}")
    return date(year, 1, 1), date(year, 12, 31)
