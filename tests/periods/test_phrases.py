"""The wording of periods: what is in the grammar means one thing, what is not raises."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casualtystats.errors import ParseError, PeriodError
from casualtystats.periods import Period
from casualtystats.periods.phrases import parse_phrase

NAMES = [
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
]  # fmt: skip
DATES = st.dates(date(1000, 1, 1), date(9998, 12, 31))
MODERN = st.dates(date(1980, 1, 1), date(2060, 12, 31))
VOCABULARY = [
    "between", "and", "from", "to", "until", "on", "in", "since", "late", "early", "mid", "april",
    "may", "february", "2019", "2018", "29", "30", "9", "31", "0", "-", ",", "the", "last", "past",
    "previous", "a", "little", "over", "fortnight", "week", "weeks", "two", "days", "hours", "24", "11",
    "month", "by", "2019-04-29", "million",
]  # fmt: skip


def spoken(day: date, form: int, year: bool = True) -> str:
    name = NAMES[day.month - 1]
    month = (name, name.upper(), name[:3], name)[form % 4]
    if form < 4:
        return f"{day.day} {month}" + (f" {day.year}" if year else "")
    return f"{month} {day.day}" + (f", {day.year}" if year else "")


FORMS = st.integers(0, 7)
TWO = st.sampled_from(["between {} and {}", "from {} to {}", "{} to {}", "{}-{}", "{} \u2013 {}", "from {} until {}"])


@given(DATES, DATES, FORMS, FORMS, TWO)
def test_two_written_dates_are_those_days(a: date, b: date, one: int, two: int, form: str) -> None:
    first, last = min(a, b), max(a, b)
    assert parse_phrase(form.format(spoken(first, one), spoken(last, two))) == Period.of(first, last)


@given(DATES, FORMS, st.sampled_from(["{}", "on {}", "  ON   {} "]))
def test_one_written_date_is_that_day(day: date, form: int, wording: str) -> None:
    assert parse_phrase(wording.format(spoken(day, form))) == Period.of(day, day)


@given(MODERN, st.integers(0, 182), FORMS, TWO)
def test_year_is_the_year_of_the_first_date(first: date, days: int, form: int, wording: str) -> None:
    last = first + timedelta(days=days)
    text = wording.format(spoken(first, form, year=False), spoken(last, form, year=False))
    assert parse_phrase(text, year=first.year) == Period.of(first, last)


@given(MODERN, st.integers(0, 182), st.integers(0, 182), FORMS, TWO)
def test_end_dates_what_lies_less_than_half_a_year_before_it(
    first: date, days: int, more: int, form: int, wording: str
) -> None:
    last = first + timedelta(days=days)
    text = wording.format(spoken(first, form, year=False), spoken(last, form, year=False))
    assert parse_phrase(text, end=last + timedelta(days=more)) == Period.of(first, last)


@given(MODERN, st.integers(0, 182), FORMS, TWO)
def test_one_year_dates_both(first: date, days: int, form: int, wording: str) -> None:
    last = first + timedelta(days=days)
    expected = Period.of(first, last)
    assert parse_phrase(wording.format(spoken(first, form), spoken(last, form, year=False))) == expected
    assert parse_phrase(wording.format(spoken(first, form, year=False), spoken(last, form))) == expected


@given(MODERN, MODERN)
def test_a_period_is_never_carried_further_than_half_a_year_across_a_year_end(a: date, b: date) -> None:
    try:
        period = parse_phrase(f"between {spoken(a, 0, year=False)} and {spoken(b, 0, year=False)}", year=2019)
    except ParseError:
        return
    assert period.start_earliest.year == 2019
    assert period.end_latest.year == 2019 or period.days_max <= 183


@given(MODERN, st.integers(0, 364), FORMS)
def test_since_takes_the_latest_such_day_not_after_end(start: date, days: int, form: int) -> None:
    assume((start.month, start.day) != (2, 29))
    end = start + timedelta(days=days)
    assert parse_phrase(f"since {spoken(start, form, year=False)}", end=end) == Period.of(start, end)


@given(st.integers(1, 12), st.integers(1, 9999), MODERN)
def test_parts_of_a_month_tile_it(month: int, year: int, end: date) -> None:
    assume(date(year, month, 28) < end)
    parts = [parse_phrase(f"since {part} {NAMES[month - 1]} {year:04}", end=end) for part in ("early", "mid", "late")]
    whole = parse_phrase(f"since {NAMES[month - 1]} {year:04}", end=end)
    assert parts[0].start_earliest == whole.start_earliest
    assert parts[2].start_latest == whole.start_latest
    for one, two in pairwise(parts):
        assert two.start_earliest - one.start_latest == timedelta(days=1)


@given(
    MODERN,
    st.integers(1, 400),
    st.sampled_from(["{} days", "the last {} days", "over the past {} days", "in {} days"]),
)
def test_a_length_counts_both_ends(end: date, days: int, wording: str) -> None:
    period = parse_phrase(wording.format(days), end=end)
    assert (period.days, period.end_latest) == (days, end)


@given(MODERN, st.integers(1, 400))
def test_hours_touch_every_day_that_they_may_lie_in(end: date, hours: int) -> None:
    period = parse_phrase(f"{hours} hours", end=end)
    assert period.hours == hours
    assert 24 * (period.days - 1) >= hours > 24 * (period.days - 2)


@given(st.lists(st.sampled_from(VOCABULARY), max_size=9).map(" ".join), st.none() | st.just(2019), st.booleans())
def test_word_salad_is_a_period_or_a_stated_error(text: str, year: int | None, ended: bool) -> None:
    try:
        period = parse_phrase(text, year=year, end="2019-05-13" if ended else None)
    except (ParseError, PeriodError):
        return
    assert 1 <= period.days_min <= period.days_max


@given(st.text())
def test_any_text_is_a_period_or_a_parse_error(text: str) -> None:
    try:
        period = parse_phrase(text, year=2019, end="2019-05-13")
    except ParseError:
        return
    assert 1 <= period.days_min <= period.days_max


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("between April 29 and May 9", "2019-04-29/2019-05-09"),
        ("Between 29 April and 9 May", "2019-04-29/2019-05-09"),
        ("from 29 April to 9 May", "2019-04-29/2019-05-09"),
        ("29 April\u20139 May", "2019-04-29/2019-05-09"),
        ("12-13 May", "2019-05-12/2019-05-13"),
        ("1 - 5 August", "2019-08-01/2019-08-05"),
        ("between 12 and 13 May", "2019-05-12/2019-05-13"),
        ("between May 12 and 13", "2019-05-12/2019-05-13"),
        ("May 12-13", "2019-05-12/2019-05-13"),
        ("on 13 May", "2019-05-13/2019-05-13"),
        ("13 Sept", "2019-09-13/2019-09-13"),
        ("in May", "2019-05-01/2019-05-31"),
        ("feb", "2019-02-01/2019-02-28"),
        ("between 20 December and 5 January", "2019-12-20/2020-01-05"),
        ("from late April to mid-May", "[2019-04-21..2019-04-30]/[2019-05-11..2019-05-20]"),
        ("between late April and 25 April", "[2019-04-21..2019-04-30]/2019-04-25"),
    ],
)
def test_phrases_with_a_year_given(text: str, edtf: str) -> None:
    assert parse_phrase(text, year=2019).edtf() == edtf


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("between 29 April and 9 May 2019", "2019-04-29/2019-05-09"),
        ("between 20 December and 5 January 2020", "2019-12-20/2020-01-05"),
        ("20 Dec 2019 to 5 Jan", "2019-12-20/2020-01-05"),
        ("1 January 2017 to 31 December 2019", "2017-01-01/2019-12-31"),
        ("12\u201313 May 2019", "2019-05-12/2019-05-13"),
        ("May 12 to 13, 2019", "2019-05-12/2019-05-13"),
        ("May 13, 2019", "2019-05-13/2019-05-13"),
        ("on 2019-05-13", "2019-05-13/2019-05-13"),
        ("2019-05-12 to 2019-05-13", "2019-05-12/2019-05-13"),
        ("MAY 2019", "2019-05-01/2019-05-31"),
        ("in 2018", "2018-01-01/2018-12-31"),
        ("2018", "2018-01-01/2018-12-31"),
        ("29 February 2020", "2020-02-29/2020-02-29"),
    ],
)
def test_phrases_that_need_nothing(text: str, edtf: str) -> None:
    assert parse_phrase(text).edtf() == edtf
    # A year that is written stands, whatever else is given.
    assert parse_phrase(text, year=1999, end="2005-01-01").edtf() == edtf


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("since late April", "[2019-04-21..2019-04-30]/2019-05-13"),
        ("since mid-April", "[2019-04-11..2019-04-20]/2019-05-13"),
        ("since early April 2018", "[2018-04-01..2018-04-10]/2019-05-13"),
        ("since 29 April", "2019-04-29/2019-05-13"),
        ("since 1 February 2019", "2019-02-01/2019-05-13"),
        ("since April", "2019-04/2019-05-13"),
        ("since May", "2019-05/2019-05-13"),
        ("since 14 May", "2018-05-14/2019-05-13"),
        ("since late May", "[2018-05-21..2018-05-31]/2019-05-13"),
        ("since 2011", "[2011-01-01..2011-12-31]/2019-05-13"),
        ("a fortnight", "2019-04-30/2019-05-13"),
        ("the last fortnight", "2019-04-30/2019-05-13"),
        ("a little over a fortnight", "[2019-04-27..2019-04-29]/2019-05-13"),
        ("in a little over two weeks", "[2019-04-27..2019-04-29]/2019-05-13"),
        ("the last 11 days", "2019-05-03/2019-05-13"),
        ("ten days", "2019-05-04/2019-05-13"),
        ("a dozen days", "2019-05-02/2019-05-13"),
        ("two weeks", "2019-04-30/2019-05-13"),
        ("a week", "2019-05-07/2019-05-13"),
        ("in the past week", "2019-05-07/2019-05-13"),
        ("one day", "2019-05-13/2019-05-13"),
        ("29 April to 9 May", "2019-04-29/2019-05-09"),
        ("in April", "2019-04-01/2019-04-30"),
        ("24 hours", "2019-05-12/2019-05-13"),
        ("in the last twenty-four hours", "2019-05-12/2019-05-13"),
        ("an hour", "2019-05-12/2019-05-13"),
        ("48 hours", "2019-05-11/2019-05-13"),
    ],
)
def test_phrases_with_an_end_given(text: str, edtf: str) -> None:
    assert parse_phrase(text, end="2019-05-13").edtf() == edtf


def test_twenty_four_hours_up_to_a_day_touch_two_days() -> None:
    period = parse_phrase("24 hours", end="2019-05-13")
    assert period == Period.of("2019-05-12", "2019-05-13", hours=24)
    assert period.length == (1, 1)


def test_since_up_to_an_end_known_to_a_month() -> None:
    assert parse_phrase("since 5 May", end="2019-05").edtf() == "2019-05-05/2019-05"


def test_year_goes_before_end_for_the_start_of_since() -> None:
    assert parse_phrase("since 1 February", year=2018, end="2019-05-13").edtf() == "2018-02-01/2019-05-13"


@pytest.mark.parametrize(
    ("text", "year", "end", "message"),
    [
        ("between 29 April and 9 May", None, None, "give year="),
        ("12-13 May", None, None, "give year="),
        ("in May", None, None, r"give year= \(of the first date\) or end="),
        ("since late April", None, None, "expected end="),
        ("since late April", 2019, None, "expected end="),
        ("a fortnight", None, None, "expected end="),
        ("a little over a fortnight", None, None, "expected end="),
        ("a week", None, "2019-05", "expected one day as end="),
        ("30 February", 2019, None, "a date that exists, got 30 February 2019"),
        ("29 February", 2019, None, "a date that exists"),
        ("since 29 February", None, "2019-05-13", "a date that exists"),
        ("0 May", 2019, None, "a date that exists"),
        ("12 May", 0, None, "a date that exists"),
        ("12 May", 10**30, None, "a date that exists"),
        ("0000", None, None, "a year from 0001"),
        ("in May", None, "2019-05-13", "a month that is over"),
        ("on 14 May", None, "2019-05-13", "up to 183 days before end=2019-05-13"),
        ("between 9 May and 29 April", 2019, None, "the earlier date first, or both years"),
        ("between 9 May and 29 April", None, "2019-05-13", "the earlier date first, or both years"),
        ("between mid May and early May", 2019, None, "the earlier date first, or both years"),
        ("0 days", None, "2019-05-13", "at least 1"),
        ("9999999 days", None, "2019-05-13", "reaches back to a date"),
        ("99999999999999 weeks", None, "2019-05-13", "reaches back to a date"),
        ("a fortnight", None, "soon", "expected 2019-05-09"),
    ],
)
def test_what_is_lacking_or_impossible_is_named(text: str, year: int | None, end: str | None, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_phrase(text, year=year, end=end)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("by 13 May", "no start is known"),
        ("until 9 May 2019", "no start is known"),
        ("as of 13 May 2019", "no start is known"),
        ("the past month", "no fixed length"),
        ("two months", "no fixed length"),
        ("last week", "a calendar week"),
        ("the last week", "a calendar week"),
        ("late April", "neither end is known"),
        ("in late April 2019", "neither end is known"),
        ("over a fortnight", "write the length itself"),
        ("more than two weeks", "write the length itself"),
        ("yesterday", "'since late April'"),
        ("from April to May 2019", "'in May 2019'"),
        ("between 12 May to 13 May 2019", "got 'between 12 May to 13 May 2019'"),
        ("1.5 weeks", "got"),
        ("past a week", "got"),
        ("a few days", "got"),
        ("13 Mai 2019", "got"),
        ("13th May 2019", "got"),
        ("2019-5-13", "got"),
        ("12/05/2019", "got"),
        ("since 2019-04", "got"),
        ("", "got"),
    ],
)
def test_refused_whatever_is_given(text: str, hint: str) -> None:
    with pytest.raises(ParseError, match=hint):
        Period.parse(text, year=2019, end="2019-05-13")


@pytest.mark.parametrize("text", ["13-12 May 2019", "since 1 June 2019", "9 May 2019 to 29 April 2019"])
def test_an_end_before_its_start(text: str) -> None:
    with pytest.raises(PeriodError, match="an end on or after the start"):
        parse_phrase(text, end="2019-05-13")
