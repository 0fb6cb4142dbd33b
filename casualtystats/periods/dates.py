"""Dates that are known to a day, a month, or one of a range of days, as text and as two dates."""

from __future__ import annotations

import calendar
import re
from datetime import date
from typing import Final

from casualtystats.errors import ParseError

__all__ = ["DATE_GRAMMAR", "format_date", "parse_date"]

DATE_GRAMMAR: Final = "2019-05-09, 2019-05 (some day of that month) or [2019-04-21..2019-04-30] (one of these days)"

_DAY: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_SET: Final = re.compile(r"\[\s*([\d-]+)\s*\.\.\s*([\d-]+)\s*\]", re.ASCII)


def _edge(text: str) -> tuple[date, date]:
    if match := _DAY.fullmatch(text):
        year, month, day = map(int, match.groups())
        try:
            exact = date(year, month, day)
        except ValueError as error:
            raise ParseError(f"expected a date that exists, got {text!r}") from error
        return exact, exact
    if match := _MONTH.fullmatch(text):
        year, month = map(int, match.groups())
        if not 1 <= month <= 12 or year < 1:
            raise ParseError(f"expected a month from 01 to 12, got {text!r}")
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    raise ParseError(f"expected {DATE_GRAMMAR}; got {text!r}")


def parse_date(text: str | date) -> tuple[date, date]:
    """The earliest and latest day that a date text allows.

    Parameters
    ----------
    text : str or date
        An ISO date, a month (an unknown day of it, as in EDTF), or an EDTF one-of-a-set range.

    Returns
    -------
    (date, date)
        Earliest and latest day; equal where the day is known.

    Raises
    ------
    ParseError
        For anything else. Nothing is guessed.

    Examples
    --------
    >>> [d.isoformat() for d in parse_date("2019-05")]
    ['2019-05-01', '2019-05-31']
    >>> [d.isoformat() for d in parse_date("[2019-04-21..2019-04-30]")]
    ['2019-04-21', '2019-04-30']
    """
    if isinstance(text, date):
        day = date(text.year, text.month, text.day)
        return day, day
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParseError(f"expected a date or its text, such as 2019-05-20; got {text!r}")
    text = text.strip()
    if match := _SET.fullmatch(text):
        earliest, latest = _edge(match[1])[0], _edge(match[2])[1]
        if earliest > latest:
            raise ParseError(f"expected the earlier date first, got {text!r}")
        return earliest, latest
    return _edge(text)


def format_date(earliest: date, latest: date) -> str:
    """The text that `parse_date` reads back to the same two days.

    Examples
    --------
    >>> format_date(date(2019, 5, 1), date(2019, 5, 31)), format_date(date(2019, 4, 21), date(2019, 4, 30))
    ('2019-05', '[2019-04-21..2019-04-30]')
    """
    if earliest == latest:
        return earliest.isoformat()
    last = calendar.monthrange(earliest.year, earliest.month)[1]
    if earliest.day == 1 and latest == date(earliest.year, earliest.month, last):
        return f"{earliest:%Y-%m}" if earliest.year >= 1000 else earliest.isoformat()[:7]
    return f"[{earliest.isoformat()}..{latest.isoformat()}]"
