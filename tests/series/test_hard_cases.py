"""Cases in which a plausible short cut gives a wrong number, each with what must hold instead."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

import casualtystats as cs
from casualtystats.errors import DoubleCountError, NoReportsError, VintageError
from casualtystats.places import Places

USUAL = {
    "measure": "killed", "unit": "people", "kind": "flow", "qualifier": "exactly", "place": "X", "source": "S",
    "published": "2020-12-31", "start": "2019-05-01",
}  # fmt: skip


def reports_of(*rows: dict[str, Any], places: Places | None = None) -> cs.Reports:
    full = [USUAL | {"report_id": f"r{number}"} | row for number, row in enumerate(rows)]
    columns = sorted({name for row in full for name in row})
    text = [{name: None if row.get(name) is None else str(row[name]) for name in columns} for row in full]
    reports = cs.read_reports(pl.DataFrame(text, schema=dict.fromkeys(columns, pl.String)), places=places)
    assert reports.rejected.is_empty()
    return reports


def out(**row: Any) -> dict[str, Any]:
    return {"measure": "facilities_out", "unit": "facilities"} | row


def total(value: int, end: str, **row: Any) -> dict[str, Any]:
    return {"kind": "cumulative", "value": value, "end": end} | row


def test_stocks_of_two_places_on_one_day_add():
    stocks = reports_of(
        {"measure": "idps", "kind": "stock", "value": 100, "place": "A"},
        {"measure": "idps", "kind": "stock", "value": 200, "place": "B"},
    )
    assert cs.idps(stocks).at("2019-05-01").best == 300


def test_running_totals_are_no_separate_events():
    with pytest.raises(DoubleCountError, match="running total"):
        cs.deaths(reports_of(total(450, "2019-07-30"), total(1089, "2019-08-29")), overlap="add")
    flow = {"value": 3, "end": "2019-05-02"}
    with pytest.raises(DoubleCountError, match="running total"):
        cs.deaths(reports_of(total(450, "2019-07-30"), flow), overlap="add")
    apart = reports_of(total(450, "2019-07-30"), flow | {"source": "T"}, flow | {"place": "Y"})
    assert cs.deaths(apart, overlap="add", by=["source"]).to_frame().height == 3
    assert (
        cs.deaths(
            reports_of(total(5, "2019-05-02"), flow | {"start": "2019-06-01", "end": "2019-06-02"}), overlap="add"
        )
        .total()
        .best
        == 8
    )


def test_facilities_stay_out_until_a_later_stock_says_otherwise():
    stock = out(kind="stock", value=10)
    later = out(value=2, start="2019-05-03", end="2019-05-05")
    found = cs.outages(reports_of(stock, later))
    assert (found.out_on("2019-05-06").low, found.out_on("2019-05-06").high) == (0, 12)
    assert found.out_on("2019-05-01").high == 10
    assert cs.outages(reports_of(stock)).out_on("2019-05-05").high == 10
    counted = reports_of(stock, later, out(kind="stock", value=4, start="2019-05-07"))
    assert cs.outages(counted).out_on("2019-05-09").high == 4
    assert (
        cs.outages(reports_of(stock, out(value=None, low=3, end="2019-05-05", qualifier="at_least")))
        .out_on("2019-05-09")
        .high
        is None
    )
    with pytest.raises(NoReportsError, match="on or after the first report"):
        found.out_on("2019-04-30")


def test_outages_know_vintages_and_sources_that_disagree():
    vintages = reports_of(
        out(kind="stock", value=10, published="2019-05-02"), out(kind="stock", value=4, published="2019-05-05")
    )
    assert cs.outages(vintages, as_of="2019-12-31").out_on("2019-05-01").high == 4
    disagree = reports_of(out(kind="stock", value=10), out(kind="stock", value=4, source="T"))
    assert str(cs.outages(disagree).out_on("2019-05-01")) == "4 to 10"
    revised = reports_of(
        out(value=18, end="2019-05-10", published="2019-05-11"), out(value=12, end="2019-05-10", published="2019-05-12")
    )
    for known in (cs.outages(revised, overlap="latest"), cs.outages(revised, as_of="2019-06-01")):
        assert str(known.days_lost()) == "12 to 120"


def test_what_was_last_known_keeps_standards_and_unclear_order_apart():
    standards = reports_of(
        {"value": 100, "end": "2019-05-03", "standard": "verified", "published": "2019-05-04"},
        {"value": 780, "end": "2019-05-03", "standard": "unconfirmed", "published": "2019-05-20"},
    )
    with pytest.raises(DoubleCountError):
        cs.deaths(standards, as_of="2019-06-30")
    unclear = reports_of(
        {"value": 5, "end": "2019-05-01", "published": "2019-05"},
        {"value": 7, "end": "2019-05-01", "published": "2019-05-20"},
    )
    with pytest.raises(VintageError):
        cs.deaths(unclear, as_of="2019-05-31")


def test_reports_without_a_source_are_not_one_series():
    rows = reports_of(
        {"value": 10, "end": "2019-05-05", "source": None, "published": "2019-05-06"},
        {"value": 3, "end": "2019-05-10", "source": None, "published": "2019-05-12"},
    )
    with pytest.raises(DoubleCountError):
        cs.deaths(rows, overlap="latest")


def test_days_that_a_fuzzy_report_may_leave_out_are_not_covered():
    late = {"value": 119, "start": "[2019-04-21..2019-04-30]", "end": "2019-05-13"}
    weeks = cs.deaths(reports_of(late)).resample("week").to_frame()
    assert weeks["coverage"].to_list() == pytest.approx([0, 0, 6 / 7, 1, 1 / 7])
    assert weeks["high"].to_list() == [None, None, None, 119, None]
    one_of_two_days = {"value": 24, "end": "2019-05-02", "hours": 24}
    rest = {"value": 0, "start": "2019-05-03", "end": "2019-05-31"}
    month = cs.deaths(reports_of(one_of_two_days, rest)).resample("month").to_frame()
    assert month["high"].to_list() == [None]
    assert month["coverage"].to_list() == pytest.approx([29 / 31])


def test_a_part_larger_than_its_running_total_is_a_contradiction():
    with pytest.raises(DoubleCountError, match="contradict"):
        cs.deaths(reports_of(total(10, "2019-05-31"), {"value": 50, "end": "2019-05-05"}), overlap="difference")


def test_the_total_of_differences_is_the_last_running_total_and_what_stands_beside_it():
    rows = reports_of(
        total(450, "2019-05-10", qualifier="at_least"), total(1089, "2019-05-20"),
        {"value": 7, "start": "2019-06-01", "end": "2019-06-02"},
    )  # fmt: skip
    assert cs.deaths(rows, overlap="difference").total().best == 1096
    wide = {"qualifier": "between", "kind": "cumulative"}
    outside = reports_of(
        wide | {"low": 10, "high": 15, "best": 20, "end": "2019-05-10"},
        wide | {"low": 30, "high": 40, "best": 50, "end": "2019-05-20"},
    )
    assert cs.deaths(outside, overlap="difference").to_frame().select("low", "best", "high").rows() == [
        (10, 20, 20),
        (10, 30, 40),
    ]


def test_a_path_below_a_zone_lies_in_it():
    places = Places({"Zone": ("Syria/Idlib",), "Other": ("Syria/Idlib/north",)})
    assert places.relation("Zone", "Zone/Kafranbel") == "contains"
    assert places.relation("Zone/Kafranbel", "Zone") == "within"
    assert places.relation("Syria", "Zone/Kafranbel") == "contains"
    assert places.relation("Zone/a", "Zone/a/b") == "contains"
    assert places.relation("Zone/a", "Zone/b") == "disjoint"
    assert places.relation("Zone/a", "Other/b") == "overlaps"
    assert places.relation("Zone/a", "Syria/Hama") == "disjoint"
    rows = reports_of(
        {"value": 10, "end": "2019-05-01", "place": "Zone"}, {"value": 5, "end": "2019-05-01", "place": "Zone/Kafranbel"},
        places=places,
    )  # fmt: skip
    with pytest.raises(DoubleCountError):
        cs.deaths(rows)


def test_messages_name_what_is_there():
    rows = reports_of({"measure": "died", "value": 3, "end": "2019-05-02"})
    with pytest.raises(NoReportsError, match=r"There are: died \(1\); deaths from other causes: cause='all'"):
        cs.deaths(rows)
    assert repr(rows) == str(rows) == "1 report"
    assert sum([cs.Estimate.of("exactly", 2), cs.Estimate.of("at_least", 3)]).low == 5
