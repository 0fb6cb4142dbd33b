"""Estimates keep their bounds through arithmetic, and a bound that is not known stays not known."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casualtystats.errors import MixedUnitsError, ParseError, UndefinedEstimateError
from casualtystats.estimates import Estimate, about_bounds
from casualtystats.vocabulary import QUALIFIERS, Qualifier

COUNTS = st.integers(0, 10**9)
SIMPLE = [qualifier for qualifier in QUALIFIERS if qualifier != "between"]


@st.composite
def estimates(draw: st.DrawFn, outside: bool = False) -> Estimate:
    """Estimates of every shape: with and without best and high; `outside` lets best leave its bounds."""
    low = draw(COUNTS)
    high = draw(st.none() | st.integers(low, 2 * 10**9))
    inside = st.integers(low, 3 * 10**9 if high is None else high)
    best = draw(st.none() | (COUNTS if outside else inside))
    return Estimate(low, best, high)


def bounds(estimate: Estimate) -> tuple[float, float | None, float | None]:
    return estimate.low, estimate.best, estimate.high


@st.composite
def with_truth(draw: st.DrawFn) -> tuple[Estimate, int]:
    """An estimate, and a count that it allows."""
    estimate = draw(estimates())
    high = estimate.low + 10**9 if estimate.high is None else estimate.high
    return estimate, draw(st.integers(int(estimate.low), int(high)))


def allows(estimate: Estimate, count: int) -> bool:
    return estimate.low <= count and (estimate.high is None or count <= estimate.high)


@given(estimates(outside=True), estimates(outside=True))
def test_addition_commutes(a: Estimate, b: Estimate) -> None:
    assert a + b == b + a


@given(estimates(outside=True), estimates(outside=True), estimates(outside=True))
def test_addition_is_associative(a: Estimate, b: Estimate, c: Estimate) -> None:
    assert (a + b) + c == a + (b + c)


@given(estimates())
def test_nothing_changes_nothing(a: Estimate) -> None:
    assert bounds(a + Estimate.of("exactly", 0)) == bounds(a)
    assert bounds(a * 1) == bounds(a)


@given(st.lists(with_truth(), min_size=1, max_size=6))
def test_a_sum_conserves_bounds(parts: list[tuple[Estimate, int]]) -> None:
    total, *rest = [estimate for estimate, _ in parts]
    for part in rest:
        total = total + part
    assert allows(total, sum(count for _, count in parts))
    assert total.low == sum(estimate.low for estimate, _ in parts)
    known = [estimate.high for estimate, _ in parts if estimate.high is not None]
    assert total.high == (sum(known) if len(known) == len(parts) else None)


@given(with_truth(), with_truth())
def test_a_difference_holds_every_difference(a: tuple[Estimate, int], b: tuple[Estimate, int]) -> None:
    assume(b[0].high is not None)
    assert allows(a[0] - b[0], a[1] - b[1])


@given(estimates(), estimates())
def test_nothing_is_subtracted_that_has_no_upper_bound(a: Estimate, b: Estimate) -> None:
    floor = replace(b, high=None)
    with pytest.raises(UndefinedEstimateError, match="a bound minus a bound is undefined"):
        _ = a - floor


@given(with_truth(), with_truth())
def test_the_rest_of_a_whole_holds_every_feasible_rest(a: tuple[Estimate, int], b: tuple[Estimate, int]) -> None:
    (whole, count), (part, inside) = a, b
    assume(inside <= count)
    assert allows(whole.minus_part(part), count - inside)


@given(estimates(outside=True), estimates(outside=True))
def test_the_rest_of_a_whole_is_never_negative(whole: Estimate, part: Estimate) -> None:
    try:
        rest = whole.minus_part(part)
    except UndefinedEstimateError:
        most = whole.widened().high
        assert most is not None
        assert part.widened().low > most
        return
    assert rest.low >= 0
    assert rest.best is None or rest.best >= 0


@given(with_truth(), st.integers(0, 1000))
def test_multiples_hold_every_multiple(a: tuple[Estimate, int], factor: int) -> None:
    assert allows(a[0] * factor, a[1] * factor)
    assert a[0] * factor == factor * a[0]


@given(estimates(outside=True), estimates(outside=True), st.integers(0, 9))
def test_results_hold_their_best(a: Estimate, b: Estimate, factor: int) -> None:
    for result in (a + b, a * factor, a.widened()):
        assert result.best is None or allows(result, int(result.best))


@given(estimates(outside=True))
def test_widening_twice_is_widening_once(a: Estimate) -> None:
    assert a.widened().widened() == a.widened()


@given(COUNTS)
def test_about_is_the_exact_convention(count: int) -> None:
    digits = str(count).rstrip("0")
    unit = 10 ** (len(str(count)) - len(digits)) if count else 1
    half = max(Fraction(unit, 2), Fraction(count, 20))
    low, high = about_bounds(count)
    assert low == max(0, math.floor(count - half))
    assert high == math.ceil(count + half)
    assert low <= count <= high


@given(COUNTS, st.sampled_from(SIMPLE))
def test_what_is_stated_is_kept_and_allowed_or_excluded_as_the_words_say(count: int, qualifier: Qualifier) -> None:
    assume(qualifier != "less_than" or count)
    estimate = Estimate.of(qualifier, count)
    assert estimate.stated == count
    assert estimate.qualifier == qualifier
    assert allows(estimate, count) == (qualifier not in {"more_than", "less_than"})
    assert (estimate.high is None) == (qualifier in {"at_least", "more_than"})
    assert estimate.exact == (qualifier == "exactly")


@given(estimates(outside=True), estimates(outside=True))
def test_every_estimate_prints_in_one_line_with_its_bounds(a: Estimate, b: Estimate) -> None:
    for estimate in (a, b, a + b):
        text = str(estimate)
        assert "\n" not in text
        assert "None" not in text
        assert ("at least" in text) == (estimate.high is None)


@pytest.mark.parametrize(
    ("qualifier", "expected", "text"),
    [
        ("exactly", (42, 42, 42), "42"),
        ("at_least", (42, None, None), "at least 42"),
        ("more_than", (43, None, None), "more than 42"),
        ("up_to", (0, None, 42), "up to 42"),
        ("less_than", (0, None, 41), "less than 42"),
        ("approximately", (39, 42, 45), "about 42 (39 to 45)"),
    ],
)
def test_the_table_of_qualifiers(qualifier: Qualifier, expected: tuple[object, ...], text: str) -> None:
    estimate = Estimate.of(qualifier, 42)
    assert bounds(estimate) == expected
    assert str(estimate) == text
    assert estimate._repr_html_() == f"<span>{text}</span>"


@pytest.mark.parametrize("value", [-1, 10**15 + 1, 10**400, 1.5, math.nan, math.inf, True])
def test_values_that_are_no_counts(value: int) -> None:
    with pytest.raises(ParseError, match="whole number from 0"):
        Estimate.of("at_least", value)


def test_qualifiers_that_take_no_single_number() -> None:
    with pytest.raises(ParseError, match=r"use Estimate\.between"):
        Estimate.of("between", 42)
    with pytest.raises(ParseError, match="no count is less than 0"):
        Estimate.of("less_than", 0)
    with pytest.raises(ParseError, match="expected a qualifier"):
        Estimate.of("nearly", 42)  # type: ignore[arg-type]
    with pytest.raises(ParseError, match="0 or more"):
        about_bounds(-1)


def test_impossible_estimates() -> None:
    with pytest.raises(UndefinedEstimateError, match="low <= high"):
        Estimate(5, None, 4)
    with pytest.raises(UndefinedEstimateError, match="use None"):
        Estimate(5, None, math.inf)
    with pytest.raises(UndefinedEstimateError, match="factor"):
        _ = Estimate(5) * -1


def test_a_part_larger_than_its_whole_is_a_contradiction() -> None:
    with pytest.raises(UndefinedEstimateError, match="fits into the whole"):
        Estimate.of("exactly", 10).minus_part(Estimate.of("at_least", 11))


def test_floors_stay_floors() -> None:
    fighters, civilians = Estimate.of("at_least", 42), Estimate.of("exactly", 16)
    assert str(fighters + civilians) == "at least 58"
    assert str(fighters.minus_part(civilians)) == "at least 26"
    assert str(Estimate(10, 12, None)) == "12 (at least 10, no upper bound known)"


def test_a_best_outside_its_bounds_is_kept_and_widens_what_is_built_on_it() -> None:
    published = Estimate(10, 25, 20)
    assert published.best == 25
    assert bounds(published + Estimate.of("exactly", 1)) == (11, 26, 26)
    assert bounds(published * 2) == (20, 50, 50)
    assert bounds(Estimate.of("exactly", 30) - published) == (5, 5, 20)
    assert bounds(Estimate.of("exactly", 30).minus_part(published)) == (5, 5, 20)


def test_differences_of_differences_keep_negative_bounds() -> None:
    below = Estimate(0, None, 2) - Estimate(5, None, 6)
    assert bounds(below) == (-6, None, -3)
    assert bounds(Estimate(0, None, 0) - below) == (3, None, 6)


def test_units_are_never_added_to_each_other() -> None:
    people, movements = Estimate(1, unit="people"), Estimate(2, None, 3, unit="displacements")
    for combine in (Estimate.__add__, Estimate.__sub__, Estimate.minus_part):
        with pytest.raises(MixedUnitsError, match="people and displacements"):
            combine(people, movements)
    assert (people + Estimate(3)).unit == "people"
    assert (movements * 2).unit == "displacements"


def test_other_types_are_not_estimates() -> None:
    with pytest.raises(TypeError):
        _ = Estimate(1) + 1  # type: ignore[operator]
    with pytest.raises(TypeError):
        _ = Estimate(1) - 1  # type: ignore[operator]


def test_a_range_with_a_best_value() -> None:
    assert str(Estimate.between(40, 50, best=42)) == "42 (40 to 50)"
    assert str(Estimate.between(40, 50)) == "40 to 50"
    assert Estimate.between(40, 50, best=42).stated == 42
