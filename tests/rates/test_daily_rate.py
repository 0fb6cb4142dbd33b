from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import OptionError, ParseError, PeriodError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}


def test_contract() -> None:
    rate = cs.daily_rate(180_000, start="2019-04-29", end="2019-05-09")
    expected = PUBLISHED["ic-days"]["expected"]
    assert str(rate) == "16,364 per day over 11 days, both ends counted"
    assert rate.days_min == rate.days_max == expected["days"]
    assert rate.best == pytest.approx(expected["per_day"], abs=1e-6)
    assert rate.low == rate.best == rate.high


def test_fuzzy_period_gives_a_range() -> None:
    entry = PUBLISHED["fz-late"]["expected"]
    rate = cs.daily_rate(119, start="[2019-04-21..2019-04-30]", end="2019-05-28")
    assert (rate.days_max, rate.days_min) == tuple(entry["days"])
    assert (rate.low, rate.high) == pytest.approx(tuple(entry["per_day"]), abs=1e-8)
    assert rate.best is None


@pytest.mark.parametrize(
    ("count", "keywords", "text"),
    [
        (
            119,
            {"start": "[2019-04-21..2019-04-30]", "end": "2019-05-13"},
            "5.17 to 8.50 per day over 14 to 23 days, both ends counted",
        ),
        (
            "at least 42",
            {"start": "2019-05-12", "end": "2019-05-13", "hours": 24},
            "at least 42 per day over 24 hours, as stated",
        ),
        (
            Estimate.of("more_than", 370_000),
            {"start": "2011-03-15", "end": "2019-05-13"},
            "at least 124 per day over 2,982 days, both ends counted",
        ),
        (
            Estimate.of("up_to", 50),
            {"period": "2019-05-01/2019-05-10"},
            "up to 5.00 per day over 10 days, both ends counted",
        ),
        (
            Estimate.of("approximately", 180_000),
            {"start": "2019-04-29", "end": "2019-05-09"},
            "about 16,364 (15,545 to 17,182) per day over 11 days, both ends counted",
        ),
        (
            Estimate(10, 12),
            {"period": Period.of("2019-05-01", "2019-05-10")},
            "1.20 (at least 1.00, no upper bound known) per day over 10 days, both ends counted",
        ),
        (0, {"start": "2019-04", "end": "2019-05-13"}, "0 per day over 14 to 43 days, both ends counted"),
        (7, {"start": "2019-05-13", "end": "2019-05-13"}, "7 per day over 1 day, both ends counted"),
    ],
)
def test_text(count: Any, keywords: dict[str, Any], text: str) -> None:
    assert str(cs.daily_rate(count, **keywords)) == text


def test_a_best_outside_its_bounds_widens_them() -> None:
    rate = cs.daily_rate(Estimate(10, 30, 20), start="2019-05-01", end="2019-05-10")
    assert (rate.low, rate.best, rate.high) == (1.0, 3.0, 3.0)
    assert rate.count == Estimate(10, 30, 20)


def test_a_stated_length_wins_over_a_fuzzy_period() -> None:
    period = Period.of("[2019-05-10..2019-05-12]", "2019-05-13", hours=48)
    assert cs.daily_rate(10, period=period).best == 5.0
    assert cs.daily_rate(10, period=Period.of("2019-05-10", "2019-05-13"), hours=48).best == 5.0


@pytest.mark.parametrize(
    ("count", "keywords", "error"),
    [
        (5, {}, OptionError),
        (5, {"start": "2019-05-01"}, OptionError),
        (5, {"hours": 24}, OptionError),
        (5, {"start": "2019-05-01", "end": "2019-05-02", "period": "2019-05"}, OptionError),
        (5, {"period": Period.of("2019-05-01", "2019-05-02", 24), "hours": 12}, OptionError),
        (5, {"start": "2019-05-02", "end": "2019-05-01"}, PeriodError),
        (5, {"start": "2019-05-01", "end": "2019-05-02", "hours": 49}, PeriodError),
        (-5, {"period": "2019-05"}, ParseError),
        (5.5, {"period": "2019-05"}, ParseError),
        (True, {"period": "2019-05"}, OptionError),
        (None, {"period": "2019-05"}, OptionError),
        (Estimate(-1, 2, 3), {"period": "2019-05"}, OptionError),
    ],
)
def test_refused(count: Any, keywords: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        cs.daily_rate(count, **keywords)


def test_frame_html_and_csv(tmp_path: Path) -> None:
    rate = cs.daily_rate(Estimate.of("at_least", 42), start="2019-05-12", end="2019-05-13", hours=24, noun="=1+1 <b>")
    frame = rate.to_frame()
    assert frame.height == 1
    assert frame["high"].to_list() == [None]
    assert frame["count_low"].to_list() == [42.0]
    assert "&lt;b&gt;" in rate._repr_html_()
    rate.to_csv(tmp_path / "rate.csv")
    assert "'=1+1" in (tmp_path / "rate.csv").read_text("utf-8")


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 400), st.integers(0, 30), st.integers(0, 30))
def test_order(one: int, two: int, days: int, early: int, late: int) -> None:
    from datetime import date, timedelta

    first, last = date(2019, 6, 1), date(2019, 7, 1) + timedelta(days=days)
    period = Period(first - timedelta(days=early), first, last, last + timedelta(days=late))
    low, high = sorted((one, two))
    rate = cs.daily_rate(Estimate(low, (low + high) // 2, high), period=period)
    assert rate.high is not None
    assert rate.low <= rate.high
    assert rate.best is None or rate.low <= rate.best <= rate.high
    assert period.fuzzy or rate.best is not None
