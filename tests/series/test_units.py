"""Households as people, movements as people: exact rounding, ranges kept, and what contradicts itself."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings

import casualtystats as cs
from casualtystats.errors import (
    ContradictionError,
    KindError,
    MeasureError,
    MixedUnitsError,
    OptionError,
    ParseError,
    UndefinedEstimateError,
)
from casualtystats.estimates import Estimate
from casualtystats.series.displacement import returns
from casualtystats.series.units import households_to_people, movements_per_person, people_from_movements

HOMES = {"measure": "displaced", "unit": "households", "kind": "flow"}


def reports(*rows: dict[str, Any]) -> Any:
    filled = [{"report_id": f"r{at}"} | HOMES | row for at, row in enumerate(rows)]
    names = list(dict.fromkeys(name for row in filled for name in row))
    texts = [{name: None if row.get(name) is None else str(row[name]) for name in names} for row in filled]
    found = cs.read_reports(pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String)))
    assert found.rejected.is_empty(), found.rejected
    return found


WEEKS = (
    {"value": 25, "start": "2019-05-01", "end": "2019-05-07"},
    {"qualifier": "between", "low": 10, "high": 31, "start": "2019-05-08", "end": "2019-05-14"},
    {"value": 7, "qualifier": "at_least", "start": "2019-05-15", "end": "2019-05-21"},
)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**12), st.decimals("0.01", "60", places=2))
def test_rounding_is_half_up_on_the_decimal_that_was_given(count: int, size: Decimal) -> None:
    wanted = int((Decimal(count) * size).quantize(Decimal(1), ROUND_HALF_UP))
    for given_size in (size, float(size), Fraction(size)):
        assert households_to_people(count, given_size).best == wanted
    stock = cs.idps(reports({"measure": "idps", "kind": "stock", "value": count, "start": "2019-05-01"}))
    assert stock.to_people(float(size)).to_frame()["best"].to_list() == [wanted]


@given(st.integers(0, 10**9), st.tuples(*[st.floats(0.05, 30)] * 3).map(sorted))
def test_a_range_of_the_size_holds_what_each_size_in_it_gives(count: int, sizes: list[float]) -> None:
    low, best, high = sizes
    found = households_to_people(count, best, low=low, high=high)
    assert (found.low, found.best, found.high) == tuple(households_to_people(count, one).best for one in sizes)
    assert found.high is not None
    assert found.best is not None
    assert found.low <= found.best <= found.high


def test_a_series_keeps_its_ranges_and_says_its_factor() -> None:
    series = cs.displacement(reports(*WEEKS))
    exact = series.to_people(5.1)
    # 25 x 5.1 = 127.5, which rounds up.
    assert exact.to_frame().select("low", "best", "high", "stated").rows() == [
        (128, 128, 128, None), (51, None, 158, None), (36, None, None, None),
    ]  # fmt: skip
    assert exact.info.unit == "people"
    assert "people from households at 5.1 each (taken as exact)" in exact.info.source_line
    ranged = series.to_people(5, low=4.5, high=Decimal("6.5"))
    assert ranged.to_frame().select("low", "best", "high").rows() == [
        (113, 125, 163),
        (45, None, 202),
        (32, None, None),
    ]
    assert ranged.info.source_line == "Source: not stated; people from households at 5 each (4.5 to 6.5)"
    assert "to_people" not in str(ranged)
    # People do not add over periods.
    assert (ranged.total().low, ranged.total().high) == (113, None)
    assert ranged.resample("month").to_frame()["low"].to_list() == [113]
    assert not ranged.info.additive
    with pytest.raises(MeasureError, match="households to read as people, got people displaced"):
        ranged.to_people(5)


def test_running_totals_of_households_keep_their_last_total() -> None:
    rows = [
        {"kind": "cumulative", "start": "2019-05-01", "end": f"2019-05-{end}", "value": value}
        for end, value in ((10, 15), (20, 25))
    ]
    series = cs.displacement(reports(*rows), overlap="difference")
    # 25 x 5.1 = 127.5, not 77 + 51 of the two differences.
    assert str(series.to_people(5.1).total()) == "128"


def test_bounds_of_a_ledger_are_not_read_as_people() -> None:
    series = cs.displacement(reports(WEEKS[0]), overlap="bounds")
    with pytest.raises(KindError, match="bounds are on households"):
        series.to_people(5)


def test_stocks_of_households_become_people() -> None:
    rows = ({"measure": "idps", "kind": "stock", "value": 25, "start": "2019-05-01"},)
    stock = cs.idps(reports(*rows)).to_people(5.1, low=4, high=6)
    assert (stock.at("2019-05-01").low, stock.at("2019-05-01").best, stock.at("2019-05-01").high) == (100, 128, 150)
    assert stock.info.unit == "people"
    assert str(stock) == "reported internally displaced people: 1 stock from 2019-05-01 to 2019-05-01"
    with pytest.raises(MeasureError, match="stocks of households"):
        stock.to_people(5)


@pytest.mark.parametrize(
    ("size", "more", "message"),
    [
        (0, {}, "above 0"),
        (-1, {}, "above 0"),
        (1001, {}, "at most 1000"),
        (float("nan"), {}, "got nan"),
        (float("inf"), {}, "got inf"),
        (True, {}, "got True"),
        ("5", {}, "got '5'"),
        (5, {"low": 6, "high": 7}, "low <= household_size <= high, got 6, 5 and 7"),
        (5, {"low": 3, "high": 4}, "low <= household_size <= high"),
        (5, {"low": 4}, "got low= alone"),
        (5, {"high": 6}, "got high= alone"),
        (5, {"low": 0, "high": 6}, "expected low="),
    ],
)
def test_sizes_that_are_none_are_refused(size: Any, more: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        cs.displacement(reports(*WEEKS)).to_people(size, **more)
    with pytest.raises(OptionError, match=message):
        households_to_people(10, size, **more)


def test_counts_are_read_as_they_are_given() -> None:
    assert str(households_to_people(np.int64(25), np.float64(5.1))) == "128"
    assert str(households_to_people(Estimate(10, 12, 14, unit="households"), 5)) == "60 (50 to 70)"
    with pytest.raises(MixedUnitsError, match="households= in households, got people"):
        households_to_people(Estimate(10, 12, 14, unit="people"), 5)
    with pytest.raises(ParseError):
        households_to_people("a few", 5)


# Issue of the Internal Displacement Monitoring Centre's two units: 452,623 displacements affecting over 330,000 people.
def test_published_movements_and_people() -> None:
    found = movements_per_person(452_623, "over 330,000")
    assert found.low == 1
    assert found.high == pytest.approx(452_623 / 330_001)
    assert round(found.high or 0, 2) == 1.37
    assert found.best is None
    assert str(found) == "1 to 1.37 movements a person"
    assert found.sentence == "452,623 movements of more than 330,000 people: 1 to 1.37 movements a person"
    people = people_from_movements(452_623, no_repeats="over 330,000")
    assert (people.low, people.best, people.high, people.unit) == (330_001, None, 452_623, "people")


@given(st.lists(st.integers(1, 6), min_size=1, max_size=30), st.integers(0, 3), st.integers(0, 3))
def test_the_truth_lies_within_both_answers(moves: list[int], below: int, above: int) -> None:
    total, people = sum(moves), len(moves)
    movements = Estimate(max(0, total - below), None, total + above, unit="displacements")
    counted = Estimate(max(1, people - below), people, people + above, unit="people")
    ratio = movements_per_person(movements, counted)
    assert 1 <= ratio.low <= total / people <= (ratio.high or 0)
    for single in (None, counted.low):
        bounds = people_from_movements(movements, no_repeats=single)
        assert bounds.low <= people <= (bounds.high or 0)


def test_ratios_with_open_ends() -> None:
    assert str(movements_per_person(100, 80)) == "1.25 movements a person"
    assert str(movements_per_person(80, 80)) == "1 movement a person"
    assert (
        str(movements_per_person(Estimate(90, 100, 120), Estimate(50, 80, 90))) == "1.25 (1 to 2.40) movements a person"
    )
    assert str(movements_per_person("at least 200", 80)) == "at least 2.50 movements a person"
    assert str(movements_per_person("at least 20", "at least 80")) == "at least 1 movement a person"
    assert str(movements_per_person("at least 160", 80)) == "at least 2 movements a person"
    assert movements_per_person(10, "up to 20").high is None
    # Best values that can not both be true give none.
    assert movements_per_person(Estimate(50, 60, 100), Estimate(40, 70, 80)).best is None
    with pytest.raises(ContradictionError, match="81 people displaced, got 80"):
        movements_per_person(80, 81)
    with pytest.raises(UndefinedEstimateError, match="got none"):
        movements_per_person(80, 0)
    with pytest.raises(MixedUnitsError, match="movements= in displacements, got people"):
        movements_per_person(Estimate(5, 5, 5, unit="people"), 3)


def test_people_from_movements_alone() -> None:
    assert str(people_from_movements(0)) == "0"
    assert people_from_movements("up to 10").low == 0
    assert people_from_movements("at least 10").high is None
    assert people_from_movements(1).exact
    with pytest.raises(ContradictionError, match="at least 12 people and 10 movements"):
        people_from_movements(10, no_repeats=12)


def test_a_series_of_movements_as_people() -> None:
    moves = {"unit": "displacements"}
    days = [{"measure": "idps", "kind": "stock", "unit": "people", "start": f"2019-05-{at}"} for at in (20, 21)]
    found = reports(
        *(row | moves for row in WEEKS[:2]),
        days[0] | {"value": 12, "place": "A"}, days[0] | {"value": 9, "place": "B"}, days[1] | {"value": 20, "place": "A"},
        {"measure": "idps", "kind": "stock", "unit": "people", "start": "2019-06", "value": 15, "place": "A"},
        {"measure": "idps", "kind": "stock", "unit": "people", "start": "2019-06", "value": 14, "place": "B"},
    )  # fmt: skip
    series = cs.displacement(found)
    assert str(series.people()) == "1 to 56"
    # 12 + 9 in two places on one day; in a month somebody may be in both.
    assert str(series.people(no_repeats=cs.idps(found))) == "21 to 56"
    assert str(series.people(no_repeats=20)) == "20 to 56"
    events = cs.displacement(reports(*(row | {"unit": "people"} for row in WEEKS[:2])))
    assert str(series.people(no_repeats=events)) == "25 to 56"
    with pytest.raises(MeasureError, match="unit='displacements'"):
        events.people()
    with pytest.raises(MeasureError, match="no_repeats="):
        series.people(no_repeats=series)


def test_returns_are_a_series_of_their_own() -> None:
    series = returns(reports({"measure": "returned", "unit": "people"} | WEEKS[0], WEEKS[1]))
    assert series.info.noun == "people returned"
    assert str(series.total()) == "25"
