"""Dates known to a day, a month or a range of days: text and days say the same."""

from __future__ import annotations

import calendar
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import ParseError
from casualtystats.periods import Period, format_date, parse_date

DATES = st.dates()


@given(DATES, DATES)
def test_format_and_parse_are_inverse(a: date, b: date) -> None:
    earliest, latest = min(a, b), max(a, b)
    assert parse_date(format_date(earliest, latest)) == (earliest, latest)


@given(DATES)
def test_a_day_is_itself(day: date) -> None:
    assert parse_date(day) == parse_date(day.isoformat()) == (day, day)
    assert parse_date(datetime(day.year, day.month, day.day, 23, 59)) == (day, day)  # noqa: DTZ001
    assert format_date(day, day) == day.isoformat()


@given(st.integers(1, 9999), st.integers(1, 12))
def test_a_month_is_some_day_of_it(year: int, month: int) -> None:
    first, last = parse_date(f"{year:04}-{month:02}")
    assert first == date(year, month, 1)
    assert (last - first).days + 1 == calendar.monthrange(year, month)[1]
    assert format_date(first, last) == f"{year:04}-{month:02}"


@given(st.text() | st.text(alphabet="0123456789-[]. ", max_size=30))
def test_any_text_is_a_date_or_a_parse_error(text: str) -> None:
    try:
        earliest, latest = parse_date(text)
    except ParseError:
        return
    assert earliest <= latest
    assert parse_date(format_date(earliest, latest)) == (earliest, latest)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2019-05-09", "2019-05-09", "2019-05-09"),
        (" 2019-05 ", "2019-05-01", "2019-05-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("[2019-04-21..2019-04-30]", "2019-04-21", "2019-04-30"),
        ("[ 2019-04 .. 2019-05 ]", "2019-04-01", "2019-05-31"),
    ],
)
def test_examples(text: str, earliest: str, latest: str) -> None:
    assert [day.isoformat() for day in parse_date(text)] == [earliest, latest]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2019-02-30", "a date that exists"),
        ("0000-05-01", "a date that exists"),
        ("2019-13", "a month from 01 to 12"),
        ("0000-05", "a month from 01 to 12"),
        ("[2019-05-09..2019-04-29]", "the earlier date first"),
        ("2019-5-9", "got '2019-5-9'"),
        ("09/05/2019", "got '09/05/2019'"),
        ("2019", "expected 2019-05-09"),
        ("", "expected 2019-05-09"),
        ("\u0662\u0660\u0661\u0669-05-09", "expected 2019-05-09"),
    ],
)
def test_refused(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_date(text)


@pytest.mark.parametrize("wrong", [3, None, ("2019-05-01", "2019-05-02")])
def test_what_is_no_text_is_refused(wrong: object) -> None:
    with pytest.raises(ParseError, match="expected a date"):
        parse_date(wrong)  # type: ignore[arg-type]
    with pytest.raises(ParseError, match="wording of a period"):
        Period.parse(wrong)  # type: ignore[arg-type]
