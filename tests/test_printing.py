"""Counts print as they are; rates with three digits; floors round down and ceilings up."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casualtystats.printing import Rounding, format_count, format_days, format_rate

FINITE = st.floats(allow_nan=False, allow_infinity=False)
RATES = st.floats(min_value=1e-6, max_value=1e12)


def back(text: str) -> float:
    return float(text.replace(",", ""))


@given(FINITE)
def test_down_and_up_enclose_the_value(value: float) -> None:
    assert back(format_rate(value, "down")) <= value <= back(format_rate(value, "up"))


@given(FINITE)
def test_nearest_lies_between_down_and_up(value: float) -> None:
    assert back(format_rate(value, "down")) <= back(format_rate(value)) <= back(format_rate(value, "up"))


@given(RATES, st.sampled_from(["nearest", "down", "up"]))
def test_three_significant_digits_below_a_hundred_and_whole_above(value: float, rounding: Rounding) -> None:
    text = format_rate(value, rounding)
    printed = back(text)
    assume(printed > 0)
    if printed >= 100:
        assert "." not in text
        assert abs(printed - value) < 1
    else:
        digits = text.replace(".", "").lstrip("0")
        assert len(digits) == 3
        assert abs(printed - value) <= 0.01 * value


@given(RATES)
def test_what_is_printed_prints_the_same_again(value: float) -> None:
    once = format_rate(value)
    assert format_rate(back(once)) == once


@given(st.integers(-(2**53), 2**53))
def test_whole_counts_print_in_full(count: int) -> None:
    assert back(format_count(count)) == count
    assert format_count(float(count), "up") == format_count(count)


@given(RATES, st.sampled_from(["nearest", "down", "up"]))
def test_a_fraction_of_a_count_prints_as_a_rate(value: float, rounding: Rounding) -> None:
    assume(not value.is_integer())
    assert format_count(value, rounding) == format_rate(value, rounding)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_a_number_is_not_printed(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        format_rate(value)
    with pytest.raises(ValueError, match="finite"):
        format_count(value)


@pytest.mark.parametrize(
    ("value", "rounding", "text"),
    [
        (16363.636, "nearest", "16,364"),
        (16363.636, "down", "16,363"),
        (5.1739, "down", "5.17"),
        (5.1739, "up", "5.18"),
        (99.96, "nearest", "100"),
        (99.94, "nearest", "99.9"),
        (9.996, "up", "10.0"),
        (0.9999, "nearest", "1.00"),
        (0.11685824, "nearest", "0.117"),
        (0.0, "up", "0"),
        (-5.1739, "down", "-5.18"),
        (1e30, "nearest", f"{10**30:,}"),
        (1.7976931348623157e308, "down", f"{17976931348623157 * 10**292:,}"),
    ],
)
def test_rates(value: float, rounding: Rounding, text: str) -> None:
    assert format_rate(value, rounding) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (1, 1, "1 day"),
        (11, 11, "11 days"),
        (14, 23, "14 to 23 days"),
        (0.5, 0.5, "0.5 days"),
        (2557, 2557, "2,557 days"),
    ],
)
def test_days(low: float, high: float, text: str) -> None:
    assert format_days(low, high) == text
