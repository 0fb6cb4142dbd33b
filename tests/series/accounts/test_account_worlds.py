"""Accounts of simulated worlds: the truth is never excluded, and splitting a stretch is consistent."""

from __future__ import annotations

from random import Random
from typing import Any

import hypothesis.strategies as st
import pytest
from account_worlds import KINDS, World, day, flow, read, said, simulated, stock
from hypothesis import given, settings

import casualtystats as cs
from casualtystats.estimates import Estimate
from casualtystats.series.accounts import DisplacementAccount, displacement_account
from casualtystats.series.accounts.signed import total
from casualtystats.series.displacement import returns

DAYS = 12


def reported(world: World, random: Random, kind: str, measure: str, unit: str) -> list[dict[str, Any]]:
    """Disjoint reports over the whole time, now and then with a gap."""
    rows, at = [], 0
    while at < DAYS:
        last = min(DAYS - 1, at + random.randint(0, 5))
        if random.random() < 0.85:
            truth = world.count(kind, at, last)
            if unit == "people":
                # Nobody is counted twice in one report.
                truth = len({who for when, known, who in world.events if known == kind and at <= when <= last})
            rows.append(flow(f"{kind}-{at}", measure, day(at), day(last), unit=unit, **said(random, truth)))
        at = last + 1
    return rows


def drawn_up(world: World, random: Random, ends: list[int], fuzzy: bool, given: set[str]) -> DisplacementAccount:
    rows = []
    for at in ends:
        when: Any = day(at)
        if fuzzy and random.random() < 0.5:
            when = f"[{day(max(0, at - 1))}..{day(min(DAYS - 1, at + 1))}]"
        rows.append(stock(f"stock-{at}", when, **said(random, world.stocks[at])))
    moves = reported(world, random, "displaced", "displaced", "displacements")
    back = reported(world, random, "returned", "returned", "displacements")
    reports = read([*rows, *moves, *back])
    account_of: dict[str, Any] = {}
    if "displaced" in given and moves:
        account_of["displaced"] = cs.displacement(reports)
    if "returned" in given and back:
        account_of["returned"] = returns(reports)
    stocks = cs.idps(reports)
    dates = displacement_account(stocks).parts
    for kind in sorted(given & {"onward", "settled", "births", "deaths", "arrivals"}):
        numbers: dict[Any, Any] = {}
        for at, part in enumerate(dates):
            # The day of a fuzzy stock is the middle of three.
            first, last = (int(ids[0].removeprefix("stock-")) for ids in (part.first.report_ids, part.last.report_ids))
            truth = world.count(kind, first + 1, last)
            spare = random.randint(0, 2)
            below = truth - spare if kind == "arrivals" else max(0, truth - spare)
            numbers[at] = random.choice([truth, Estimate(below, None, truth + spare), Estimate(below, None, None)])
        account_of[kind] = numbers
    return displacement_account(stocks, **account_of)


@given(st.integers(0, 10**6), st.booleans(), st.sets(st.sampled_from(KINDS)))
@settings(max_examples=50, deadline=None)
def test_the_truth_is_never_excluded(seed: int, fuzzy: bool, given: set[str]) -> None:
    random = Random(seed)
    world = simulated(seed, DAYS)
    ends = sorted(random.sample(range(1, DAYS - 1), 2)) if not fuzzy else [1, 8]
    account = drawn_up(world, random, ends, fuzzy, given)
    for part in account.parts:
        assert part.residual.holds(0)
        assert part.verdict == ("open" if part.missing else "balances")
        first, last = (int(ids[0].removeprefix("stock-")) for ids in (part.first.report_ids, part.last.report_ids))
        for term in part.terms:
            truth = world.count(term.name, first + 1, last)
            assert term.bounds.holds(truth)
            assert part.bounds_of(term.name).holds(truth)
        assert part.bounds_of("stock_start").holds(world.stocks[first])
        assert part.bounds_of("stock_end").holds(world.stocks[last])
        signs = {"displaced": 1, "births": 1, "arrivals": 1}
        summed = sum(signs.get(name, -1) * world.count(name, first + 1, last) for name in part.missing)
        assert part.missing_sum().holds(summed)
    assert account.check() is account


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_a_stretch_leaves_no_more_than_its_parts_together(seed: int) -> None:
    """Whatever lies within the long stretch's residual is a sum of two that lie within those of its parts."""
    random = Random(seed)
    world = simulated(seed, DAYS)
    account = drawn_up(world, random, [1, 5, 10], False, set(KINDS))
    first, last = account.parts
    whole = account.stretch(f"{day(1)}/{day(10)}")
    together = total([first.residual, last.residual])
    assert whole.residual.meet(together) == whole.residual
    assert account.stretches("all").height == 3


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_people_are_bounded_where_nobody_moves_twice_in_a_report(seed: int) -> None:
    random = Random(seed)
    world = simulated(seed, DAYS)
    rows = reported(world, random, "returned", "returned", "people")
    if not rows:
        return
    reports = read([stock("a", day(2), world.stocks[2]), stock("b", day(9), world.stocks[9]), *rows])
    told = displacement_account(cs.idps(reports), returned=returns(reports)).stretch().term("returned")
    truth = len({who for at, kind, who in world.events if kind == "returned" and 3 <= at <= 9})
    assert told.bounds.holds(truth)


@pytest.mark.parametrize("error", [1, -1, 40])
def test_what_is_wrong_is_left_unexplained_and_not_absorbed(error: int) -> None:
    world = simulated(7, DAYS)
    rows = [stock("a", day(1), world.stocks[1]), stock("b", day(10), world.stocks[10] + error)]
    moves = [flow(f"m{at}", "displaced", day(at), day(at), world.count("displaced", at, at)) for at in range(DAYS)]
    reports = read([*rows, *moves])
    others: dict[str, Any] = {kind: world.count(kind, 2, 10) for kind in KINDS if kind != "displaced"}
    account = displacement_account(cs.idps(reports), displaced=cs.displacement(reports), **others)
    part = account.stretch()
    assert (part.residual.low, part.residual.best, part.residual.high) == (error, error, error)
    assert part.verdict == "unexplained"
    row = account.stretches().row(0, named=True)
    assert (row["residual_best"], row["verdict"], row["missing"]) == (error, "unexplained", None)
    assert row["expected_best"] + row["residual_best"] == row["stock_end_best"]
