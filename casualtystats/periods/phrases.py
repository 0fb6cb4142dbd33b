"""The wording of periods: a closed grammar of the phrases that reports use. What is not in it raises.

Month names are English, in full or three letters (and Sept), in any case. `D` is a date such as 29 April,
29 April 2019, April 29, 2019 or 2019-04-29. Where the table says `D~`, a part of a month may stand as well:
early April (1-10), mid-April (11-20), late April (21 to its last day). Every period holds both ends.

| wording | read as | needs |
|---|---|---|
| between D~ and D~; from D~ to (until, through) D~; D~ to D~; D~-D~ | from one to the other | year |
| 12-13 May 2019; 12 to 13 May; May 12-13, 2019; between 12 and 13 May | those days | year |
| D; on D | that day | year |
| May 2019; in May; during May 2019 | the whole month | year |
| 2018; in 2018; during 2018 | the whole year | |
| since D~ | from that day, or from some day of that part of a month | end |
| since April; since 2011 | from some day of that month or year | end |
| 11 days; two weeks; a week; the last ten days; the past week | that many days up to the end | end |
| a fortnight; the last fortnight | 14 days up to the end | end |
| a little over a fortnight (or two weeks) | 15 to 17 days up to the end | end |
| 24 hours; the last 48 hours | the days that they touch up to the end, the hours as stated length | end |

**Years.** A date takes the year written with it. If only one of two dates has a year, the other is the
nearest such day on the right side of it. If neither has one, `year` is the year of the first date, and the
second is the first such day on or after it; without `year`, the last date is the latest such day that is not
after `end`. A year that is not written carries a date at most half a year (183 days) across a year end:
"between 9 May and 29 April" is a slip more often than a period of a year, and raises. "Since" takes the
latest such start that is not after `end`, however long ago. 29 February raises in a year that has none.

**Refused.** "By 13 May" (no start), "the past month" (no fixed length), "last week" (a calendar week, or
seven days?), "in late April" (neither end is known), "over a fortnight" (during it, or longer?), all else.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from casualtystats.errors import ParseError
from casualtystats.numerals import normalise, parse_number
from casualtystats.periods.dates import DATE_GRAMMAR, parse_date
from casualtystats.periods.edges import DAY, EDGE, HALF_A_YEAR, MONTH, Known, edge, rule, whole_year
from casualtystats.periods.period import Period

__all__ = ["PHRASES", "parse_phrase"]

PHRASES: Final = (
    "'between 29 April and 9 May 2019', 'from 29 April to 9 May 2019', '12-13 May 2019', 'on 13 May 2019', "
    "'in May 2019', 'in 2018', 'since late April' (early, mid, a day, a month), 'the last 11 days', "
    "'two weeks', 'a fortnight', 'a little over a fortnight', '24 hours'"
)

_TO: Final = r"(?: (?:to|until|through) | ?- ?)"
_TWO: Final = (rule(rf"between ({EDGE}) and ({EDGE})"), rule(rf"(?:from )?({EDGE}){_TO}({EDGE})"))
_SHARED: Final = (
    rule(rf"between (?P<a>\d\d?) and (?P<b>\d\d?) (?P<m>{MONTH})(?:,? (?P<y>\d{{4}}))?"),
    rule(rf"(?:from )?(?P<a>\d\d?){_TO}(?P<b>\d\d?) (?P<m>{MONTH})(?:,? (?P<y>\d{{4}}))?"),
    rule(rf"between (?P<m>{MONTH}) (?P<a>\d\d?) and (?P<b>\d\d?)(?:,? (?P<y>\d{{4}}))?"),
    rule(rf"(?:from )?(?P<m>{MONTH}) (?P<a>\d\d?){_TO}(?P<b>\d\d?)(?:,? (?P<y>\d{{4}}))?"),
)
_ONE: Final = rule(rf"(?:on )?({DAY})")
_WHOLE_MONTH: Final = rule(rf"(?:in |during )?({MONTH}(?: \d{{4}})?)")
_WHOLE_YEAR: Final = rule(r"(?:in |during )?(\d{4})")
_SINCE: Final = rule(rf"since (?:({EDGE}|{MONTH}(?: \d{{4}})?)|(\d{{4}}))")
_LITTLE_OVER: Final = rule(r"(?:in )?a little over (?:a fortnight|two weeks)")
_LENGTH: Final = rule(
    r"(?:(?:(?:in |over |during )?the )?(?P<past>last|past) |in )?(?P<n>\S.*) "
    r"(?P<unit>hour|day|week|fortnight)s?"
)
_PAST_WEEK: Final = rule(r"(?:(?:in |over |during )?the )?past week")
_PAST_FORTNIGHT: Final = rule(r"(?:(?:in |over |during )?the )?(?:past|last) fortnight")
_DAYS_IN: Final = {"day": 1, "week": 7, "fortnight": 14}

_HINTS: Final = (
    (rule(r"(?:by|until|till|to|before|up to|as of|as at) .*"), "no start is known: write both dates"),
    (
        rule(r".*\b(?:months?|quarters?|years?|decades?)"),
        "months, quarters and years have no fixed length: write both dates, or a number of days",
    ),
    (
        rule(r".*\b(?:last|previous) week"),
        "a calendar week, or the seven days up to the end: write both dates, or 'the last 7 days'",
    ),
    (
        rule(rf"(?:in |on |during )?(?:early|mid|late)[ -]{MONTH}.*"),
        "neither end is known: write 'since ...' or both dates",
    ),
    (
        rule(r"(?:over|just over|more than|less than|under|nearly|almost|about|some) .*"),
        "write the length itself",
    ),
)


def parse_phrase(text: str, *, year: int | None = None, end: str | date | None = None) -> Period:
    """Read the period that a phrase of this module's grammar names.

    Parameters
    ----------
    text : str
        The wording.
    year : int, optional
        The year of the first date, where none is written.
    end : str or date, optional
        The last day of what is open or counted back ("since late April", "a fortnight"). Where a date is
        written without a year and `year` is not given, the day that the dates are not after.

    Raises
    ------
    ParseError
        If the wording is outside the grammar, lacks the year or end that it needs, or names a day that does
        not exist.
    PeriodError
        If its end lies before its start.

    Examples
    --------
    >>> str(parse_phrase("between April 29 and May 9", year=2019))
    '29 April to 9 May 2019'
    >>> parse_phrase("since late April", end="2019-05-13").edtf()
    '[2019-04-21..2019-04-30]/2019-05-13'
    >>> parse_phrase("a little over a fortnight", end="2019-05-13").convention
    '15 to 17 days, both ends counted'
    >>> parse_phrase("24 hours", end="2019-05-13") == Period.of("2019-05-12", "2019-05-13", hours=24)
    True
    """
    known = Known(text[:80], year, None if end is None else parse_date(end))
    cleaned = normalise(text)
    for read in (_two_dates, _one_span, _since, _counted_back):
        period = read(cleaned, known)
        if period is not None:
            return period
    hint = next((f"; {hint}" for pattern, hint in _HINTS if pattern.fullmatch(cleaned)), "")
    raise ParseError(f"expected {DATE_GRAMMAR}, start/end, or a phrase like {PHRASES}; got {known.text!r}{hint}")


def _two_dates(text: str, known: Known) -> Period | None:
    for pattern in _SHARED:
        if match := pattern.fullmatch(text):
            end = edge(f"{match['b']} {match['m']} {match['y'] or ''}".strip())
            last = known.resolve(end)
            start = end._replace(first=int(match["a"]), last=int(match["a"]))
            return Period(*start.within(last[0].year), *last)
    match = next(filter(None, (pattern.fullmatch(text) for pattern in _TWO)), None)
    if match is None:
        return None
    start, end = edge(match[1]), edge(match[2])
    if start.year is not None and end.year is not None:
        return Period(*start.within(start.year), *end.within(end.year))
    if start.year is not None or (end.year is None and known.year is not None):
        first = known.resolve(start)
        last = end.not_before(first[0])
    else:
        last = known.resolve(end)
        first = start.not_after(last[1])
    if last[1].year != first[0].year and (last[1] - first[0]).days >= HALF_A_YEAR:
        raise ParseError(
            f"expected the earlier date first, or both years, got {known.text!r}: read across the end of a "
            f"year it would be {first[0]} to {last[1]}"
        )
    return Period(*first, *last)


def _one_span(text: str, known: Known) -> Period | None:
    if match := _WHOLE_YEAR.fullmatch(text):
        first, last = whole_year(match[1])
    elif match := _ONE.fullmatch(text) or _WHOLE_MONTH.fullmatch(text):
        first, last = known.resolve(edge(match[1]))
    else:
        return None
    return Period(first, first, last, last)


def _since(text: str, known: Known) -> Period | None:
    match = _SINCE.fullmatch(text)
    if match is None:
        return None
    if known.end is None:
        raise ParseError(f"expected end= with {known.text!r}: the last day that it counts")
    if match[2]:
        return Period(*whole_year(match[2]), *known.end)
    start = edge(match[1])
    year = start.year if start.year is not None else known.year
    return Period(*(start.not_after(known.end[1]) if year is None else start.within(year)), *known.end)


def _counted_back(text: str, known: Known) -> Period | None:
    if _LITTLE_OVER.fullmatch(text):
        end = known.last_day()
        return Period(_back(end, 16, known), _back(end, 14, known), end, end)
    number, unit = (1, "week") if _PAST_WEEK.fullmatch(text) else (1, "fortnight")
    if not (_PAST_WEEK.fullmatch(text) or _PAST_FORTNIGHT.fullmatch(text)):
        match = _LENGTH.fullmatch(text)
        found = None if match is None else _length_number(match["n"], match["past"] is not None)
        if match is None or found is None:
            return None
        number, unit = found, match["unit"]
    if number == 0:
        raise ParseError(f"expected a length of at least 1, got {known.text!r}")
    end = known.last_day()
    if unit == "hour":
        # The hour at which they end is not known: 24 hours up to a day touch the day before it too.
        start = _back(end, -(-number // 24), known)
        return Period(start, start, end, end, hours=number)
    start = _back(end, number * _DAYS_IN[unit] - 1, known)
    return Period(start, start, end, end)


def _length_number(text: str, counted: bool) -> int | None:
    if text in ("a", "an"):
        return None if counted else 1
    try:
        return parse_number(text)
    except ParseError:
        return None


def _back(end: date, days: int, known: Known) -> date:
    try:
        return end - timedelta(days=days)
    except OverflowError as error:
        raise ParseError(f"expected a length that reaches back to a date, got {known.text!r}") from error
