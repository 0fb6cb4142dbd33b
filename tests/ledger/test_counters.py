"""Increments under each rule: published values, an independent isotonic oracle, and what every rule must keep."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import DecreaseError, OptionError
from casualtystats.ledger.counters.rules import OnDecrease, check_on_decrease, counter_increments, repaired_levels

LEVELS = st.lists(st.integers(0, 10**6), min_size=1, max_size=25)
REPAIRS: tuple[OnDecrease, ...] = ("isotonic", "backward")


def published() -> dict[str, Any]:
    path = Path(__file__).parents[1] / "published" / "reference_numbers.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    cases = found if isinstance(found, list) else next(value for value in found.values() if isinstance(value, list))
    case: dict[str, Any] = next(case for case in cases if case["id"] == "cum-iso")
    return case


def test_reference_numbers() -> None:
    """R's isoreg, rev(cummin(rev(x))) and diff, from the reference file."""
    case = published()
    levels, expected = case["inputs"]["cum"], case["expected"]
    assert repaired_levels(levels, "isotonic") == expected["pava"]
    assert repaired_levels(levels, "backward") == expected["backward_cummin"]
    assert counter_increments(levels, "keep", base=0) == expected["raw_diff"]
    for rule in REPAIRS:
        assert repaired_levels(levels, rule) != expected["cummax"]


@pytest.mark.parametrize("rule", ["maximum", "cummax", "cum_max", "running maximum", "Running_Maximum", "max"])
def test_the_running_maximum_is_refused_with_its_reason(rule: str) -> None:
    with pytest.raises(OptionError, match=r"'raise', 'keep'.*erases retractions and biases every later total upward"):
        check_on_decrease(rule)


def test_another_rule_is_refused() -> None:
    with pytest.raises(OptionError, match=r"got 'smooth'$"):
        counter_increments([1, 2], "smooth")  # type: ignore[arg-type]


def test_a_reset_starts_from_zero() -> None:
    assert counter_increments([100, 140]) == [None, 40]
    assert counter_increments([12, 30], base=0) == [12, 18]


@given(LEVELS)
def test_isotonic_is_the_least_squares_fit(levels: list[int]) -> None:
    """Against the max-min formula of isotonic regression, in exact fractions."""
    n = len(levels)

    def mean(first: int, last: int) -> Fraction:
        return Fraction(sum(levels[first : last + 1]), last - first + 1)

    exact = [max(min(mean(a, b) for b in range(at, n)) for a in range(at + 1)) for at in range(n)]
    assert repaired_levels(levels, "isotonic") == pytest.approx([float(value) for value in exact], rel=1e-12, abs=1e-9)


@given(LEVELS)
def test_backward_is_the_largest_counter_below_that_never_falls(levels: list[int]) -> None:
    fitted = repaired_levels(levels, "backward")
    assert fitted == [min(levels[at:]) for at in range(len(levels))]
    assert fitted[-1] == levels[-1]


@given(LEVELS, st.sampled_from([None, 0]))
def test_sums(levels: list[int], base: int | None) -> None:
    """`keep` sums to last minus first; `backward` and `isotonic` to those of the repaired counter."""
    for rule in ("keep", *REPAIRS):
        steps = counter_increments(levels, rule, base=base)
        assert len(steps) == len(levels)
        assert (steps[0] is None) == (base is None)
        fitted = levels if rule == "keep" else repaired_levels(levels, rule)
        start = fitted[0] if base is None else base
        assert sum(step for step in steps if step is not None) == pytest.approx(fitted[-1] - start, rel=1e-12, abs=1e-6)
    backward = counter_increments(levels, "backward", base=base)
    if base == 0 or min(levels) == levels[0]:
        known = [step for step in backward if step is not None]
        assert sum(known) == levels[-1] - (0 if base == 0 else levels[0])


@given(LEVELS, st.sampled_from([None, 0]))
def test_repairs_never_fall_and_null_hides_nothing_else(levels: list[int], base: int | None) -> None:
    raw = counter_increments(levels, "keep", base=base)
    for rule in REPAIRS:
        assert all(step is None or step >= 0 for step in counter_increments(levels, rule, base=base))
    for kept, shown in zip(raw, counter_increments(levels, "null", base=base), strict=True):
        assert shown == (None if kept is None or kept < 0 else kept)
    assert all(type(step) is int for step in raw if step is not None)


@given(LEVELS)
def test_raise_refuses_exactly_what_falls(levels: list[int]) -> None:
    if levels == sorted(levels):
        for rule in ("raise", "keep", "null", *REPAIRS):
            assert counter_increments(levels, rule) == counter_increments(levels, "keep")
    else:
        with pytest.raises(DecreaseError, match=r"find_breaks.*on_decrease='keep'"):
            counter_increments(levels)


def test_a_decrease_names_the_rows() -> None:
    with pytest.raises(DecreaseError, match=r"got b, then c; d, then e; f, then g; and 1 more\."):
        counter_increments([1, 9, 2, 9, 3, 9, 4, 9, 1], names=list("abcdefghi"))
    with pytest.raises(DecreaseError, match=r"got 9, then 2\."):
        counter_increments([9, 2])


def test_nothing() -> None:
    assert counter_increments([]) == []
    assert repaired_levels([], "isotonic") == []
    assert counter_increments([], "backward") == []
