"""The ledger's bounds against every assignment of whole counts, one by one."""

from __future__ import annotations

from itertools import product
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from ledger_reports import Fact, assignments, day, facts, reports, said

from casualtystats.errors import ContradictionError
from casualtystats.ledger.ledger import Ledger

DAYS, MOST = 4, 5
GROUPS = (None, "civilian", "civilian/child", "fighter")
# Cells of one day: children, other civilians, fighters, everybody else.
INSIDE = {None: (0, 1, 2, 3), "civilian": (0, 1), "civilian/child": (0,), "fighter": (2,)}


def met(values: list[int], facts: list[Fact]) -> bool:
    return all(low <= sum(values[a : b + 1]) <= (1e9 if high is None else high) for a, b, low, high in facts)


@settings(max_examples=60, deadline=None)
@given(st.lists(facts(DAYS, 3), min_size=1, max_size=4), st.integers(0, DAYS - 1), st.data())
def test_one_place_and_group_is_exactly_the_least_and_the_most(
    some: list[Fact], first: int, data: st.DataObject
) -> None:
    last = data.draw(st.integers(first, DAYS - 1))
    # Counts above MOST on one day change no bound that is not open: no high is above 4.
    sums = [sum(v[first : last + 1]) for v in assignments(DAYS, MOST) if met(list(v), some)]
    ledger = Ledger(reports(*(said(*fact) for fact in some)))
    period = f"{day(first)}/{day(last)}"
    if not sums:
        with pytest.raises(ContradictionError):
            ledger.bounds(period)
        assert ledger.contradictions()
        return
    assert not ledger.contradictions()
    capped = all(any(a <= t <= b and high is not None for a, b, _, high in some) for t in range(first, last + 1))
    for integer in (False, True):
        found = ledger.bounds(period, integer=integer)
        assert found.low == min(sums)
        assert found.high == (max(sums) if capped else None)
        assert found.sharp


@st.composite
def nested(draw: st.DrawFn) -> list[tuple[Fact, str | None]]:
    return [(draw(facts(2, 2)), draw(st.sampled_from(GROUPS))) for _ in range(draw(st.integers(1, 5)))]


@settings(max_examples=50, deadline=None)
@given(nested(), st.sampled_from(GROUPS), st.sampled_from([(0, 0), (0, 1), (1, 1)]))
def test_nested_groups_are_exactly_the_least_and_the_most(
    some: list[tuple[Fact, str | None]], group: str | None, asked: tuple[int, int]
) -> None:
    def total(values: tuple[int, ...], first: int, last: int, name: str | None) -> int:
        return sum(values[4 * t + cell] for t in range(first, last + 1) for cell in INSIDE[name])

    sums = [
        total(values, *asked, group)
        for values in product(range(4), repeat=8)
        if all(low <= total(values, a, b, name) <= (1e9 if high is None else high) for (a, b, low, high), name in some)
    ]
    ledger = Ledger(reports(*(said(*fact, group=name) for fact, name in some)))
    period = f"{day(asked[0])}/{day(asked[1])}"
    where: dict[str, Any] = {"group": group or ""}
    if not sums:
        with pytest.raises(ContradictionError):
            ledger.bounds(period, **where, integer=True)
        return
    found, relaxed = ledger.bounds(period, **where, integer=True), ledger.bounds(period, **where)
    capped = all(
        any(a <= t <= b and high is not None and cell in INSIDE[name] for (a, b, _, high), name in some)
        for t in range(asked[0], asked[1] + 1)
        for cell in INSIDE[group]
    )
    assert found.low == min(sums)
    assert found.high == (max(sums) if capped else None)
    # Without whole counts the bounds hold too, and may be wider.
    assert relaxed.low <= found.low
    assert relaxed.high is None or (found.high is not None and relaxed.high >= found.high)
