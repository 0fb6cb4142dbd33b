"""Periods hold both ends; a fuzzy end gives a range of lengths, and every feasible period lies in it."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import ParseError, PeriodError
from casualtystats.periods import Period

PUBLISHED = Path(__file__).parents[1] / "published" / "reference_numbers.json"
DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
NEARBY = st.integers(0, 40).map(lambda days: date(2019, 4, 20) + timedelta(days=days))


@st.composite
def periods(draw: st.DrawFn, days: st.SearchStrategy[date] = DATES) -> Period:
    """Periods with known and with fuzzy ends, which may touch or overlap."""
    first, last = sorted((draw(days), draw(days)))
    if draw(st.booleans()):
        return Period(first, first, last, last)
    a, b = draw(days), draw(days)
    return Period(first, max(first, a), min(last, b), last)


def reference(key: str) -> dict[str, Any]:
    """One published case: its inputs, expected values and tolerance."""
    cases: list[dict[str, Any]] = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    return next(case for case in cases if case["id"] == key)


def feasible(period: Period) -> list[int]:
    """The lengths of all feasible periods, by enumeration."""
    starts = range(period.start_earliest.toordinal(), period.start_latest.toordinal() + 1)
    ends = range(period.end_earliest.toordinal(), period.end_latest.toordinal() + 1)
    return [end - start + 1 for start in starts for end in ends if start <= end]


@given(periods())
def test_the_narrowest_is_not_wider_than_the_widest(period: Period) -> None:
    assert 1 <= period.days_min <= period.days_max
    assert period.fuzzy or period.days_min == period.days == period.days_max


@given(periods(NEARBY))
def test_days_are_those_of_the_feasible_periods(period: Period) -> None:
    lengths = feasible(period)
    assert (period.days_min, period.days_max) == (min(lengths), max(lengths))
    assert period.length == (min(lengths), max(lengths))


@given(periods())
def test_edtf_is_read_back(period: Period) -> None:
    assert Period.parse(period.edtf()) == period


@given(DATES, DATES)
def test_the_spoken_form_of_known_ends_is_read_back(a: date, b: date) -> None:
    period = Period.of(min(a, b), max(a, b))
    assert Period.parse(str(period)) == period


@given(periods(NEARBY), periods(NEARBY))
def test_overlap_is_symmetric_and_containing_implies_it(a: Period, b: Period) -> None:
    assert a.overlaps(b) == b.overlaps(a)
    if a.contains(b):
        assert a.overlaps(b)
        assert a.days_max >= b.days_max
    if a.contains(b) and b.contains(a):
        assert a.days_max == b.days_max


@given(periods(NEARBY), periods(NEARBY))
def test_overlap_is_a_shared_day_of_the_widest_forms(a: Period, b: Period) -> None:
    days = [
        {p.start_earliest + timedelta(days=day) for day in range(p.days_max)}
        for p in (a, b)
    ]  # fmt: skip
    assert a.overlaps(b) == bool(days[0] & days[1])
    assert a.contains(b) == (days[0] >= days[1])


@given(periods(), st.floats(0.5, 24))
def test_a_stated_length_wins_for_rates(period: Period, hours: float) -> None:
    stated = Period(period.start_earliest, period.start_latest, period.end_earliest, period.end_latest, hours=hours)
    assert stated.length == (hours / 24, hours / 24)
    assert stated.days_max == period.days_max
    assert stated.convention.endswith("hours, as stated")


@given(st.text() | st.text(alphabet="0123456789-[]./ ", max_size=30))
def test_any_text_is_a_period_or_a_parse_error(text: str) -> None:
    try:
        period = Period.parse(text, year=2019, end="2019-05-13")
    except ParseError:
        return
    except PeriodError:
        # Two dates were read, and the end lies before the start.
        assert "/" in text or "-" in text
        return
    assert period.days_min <= period.days_max


def test_eleven_days() -> None:
    case = reference("ic-days")
    period = Period.of(f"2019-{case['inputs']['start']}", f"2019-{case['inputs']['end']}")
    assert period.days == case["expected"]["days"]
    rate = case["inputs"]["count"] / period.days
    assert rate == pytest.approx(case["expected"]["per_day"], abs=case["tolerance"]["abs"])
    assert period.convention == "11 days, both ends counted"


def test_since_late_april() -> None:
    case = reference("fz-late")
    period = Period.parse("since late April", end=f"2019-{case['inputs']['end']}")
    first, last = case["inputs"]["start"]
    assert period == Period.of(f"[2019-{first}..2019-{last}]", f"2019-{case['inputs']['end']}")
    assert [period.days_max, period.days_min] == case["expected"]["days"]
    rates = [case["inputs"]["count"] / days for days in (period.days_max, period.days_min)]
    assert rates == pytest.approx(case["expected"]["per_day"], abs=case["tolerance"]["abs"])


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("2019-04-29/2019-05-09", "2019-04-29/2019-05-09"),
        ("2019-05-13", "2019-05-13/2019-05-13"),
        # A month alone is the whole month; on one side of a slash it is some day of it.
        ("2019-05", "2019-05-01/2019-05-31"),
        ("2019-04/2019-05-31", "2019-04/2019-05-31"),
        ("[2019-04-21..2019-04-30]/2019-05-13", "[2019-04-21..2019-04-30]/2019-05-13"),
        ("[2019-05-12..2019-05-13]", "[2019-05-12..2019-05-13]/[2019-05-12..2019-05-13]"),
    ],
)
def test_parse(text: str, edtf: str) -> None:
    assert Period.parse(text).edtf() == edtf


@pytest.mark.parametrize(
    ("start", "end", "hours", "text"),
    [
        ("2019-05-13", "2019-05-13", None, "13 May 2019"),
        ("2019-05-12", "2019-05-13", 24, "12 to 13 May 2019 (24 hours of it)"),
        ("2019-04-29", "2019-05-09", None, "29 April to 9 May 2019"),
        ("2018-12-20", "2019-01-05", None, "20 December 2018 to 5 January 2019"),
        ("[2019-04-21..2019-04-30]", "2019-05-13", None, "from 21\u201330 April 2019 to 13 May 2019"),
    ],
)
def test_spoken(start: str, end: str, hours: float | None, text: str) -> None:
    assert str(Period.of(start, end, hours)) == text


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        (("2019-05-02", "2019-05-01", "2019-05-09", "2019-05-09"), "earliest <= latest"),
        (("2019-05-01", "2019-05-01", "2019-05-09", "2019-05-08"), "earliest <= latest"),
        (("2019-05-09", "2019-05-09", "2019-05-01", "2019-05-01"), "an end on or after the start"),
    ],
)
def test_impossible_periods(dates: tuple[str, ...], message: str) -> None:
    a, b, c, d = map(date.fromisoformat, dates)
    with pytest.raises(PeriodError, match=message):
        Period(a, b, c, d)


@pytest.mark.parametrize("hours", [0, -24, 49, float("nan"), float("inf")])
def test_stated_lengths_that_do_not_fit(hours: float) -> None:
    with pytest.raises(PeriodError, match="up to 48 hours"):
        Period.of("2019-05-12", "2019-05-13", hours=hours)


def test_a_fuzzy_period_has_no_single_number_of_days() -> None:
    with pytest.raises(PeriodError, match="14 to 23 days; use days_min and days_max"):
        _ = Period.of("[2019-04-21..2019-04-30]", "2019-05-13").days


def test_the_end_before_the_start_is_an_impossible_period_not_an_unknown_wording() -> None:
    for text in ("2019-05-09/2019-04-29", "between 9 May 2019 and 29 April 2019"):
        with pytest.raises(PeriodError, match="an end on or after the start"):
            Period.parse(text)
