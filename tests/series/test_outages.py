"""Distinct facilities, hits, facilities out on a date and facility-days are four things."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import casualtystats as cs
from casualtystats.errors import DoubleCountError, NoReportsError, NotAdditiveError, OptionError
from casualtystats.testing import assert_conserves_total, reports_of

PUBLISHED = Path(__file__).parents[1] / "published" / "reference_numbers.json"
FIRST, LAST = date(2019, 4, 27), date(2019, 5, 13)
Row = dict[str, Any]


def out(value: int, **more: Any) -> Row:
    fuzzy = {"start_earliest": FIRST, "start_latest": date(2019, 4, 29), "end_latest": LAST}
    return {"measure": "facilities_out", "unit": "facilities", "value": value} | fuzzy | more


HITS = {
    "measure": "attacks",
    "unit": "attacks",
    "low": 20,
    "best": None,
    "high": None,
    "qualifier": "at_least",
}
REPORTS = reports_of([out(18), out(20) | HITS])


def test_eighteen_facilities_two_of_them_hit_twice() -> None:
    entry = next(one for one in json.loads(PUBLISHED.read_text(encoding="utf-8")) if one["id"] == "fa-hits")
    told, expected = entry["inputs"], entry["expected"]
    some = reports_of([
        out(told["facilities"]),
        out(told["facilities"] + told["twice"], measure="attacks", unit="attacks"),
    ])  # fmt: skip
    series = cs.outages(some)
    distinct, hits = series.distinct.total(), series.hits.total()
    assert (distinct.best, hits.best) == (expected["distinct"], expected["hits"])
    assert (distinct.unit, hits.unit) == ("facilities", "attacks")
    assert 1 - distinct.best / hits.best == pytest.approx(0.1)
    assert hits.best / distinct.best - 1 == pytest.approx(expected["repeat_share"], rel=1e-5)
    assert hits.best / told["days"] == pytest.approx(expected["hits_per_day"], rel=1e-6)


def test_at_least_twenty_hits_are_a_floor() -> None:
    series = cs.outages(REPORTS)
    assert str(series.hits.total()) == "at least 20"
    assert str(series.distinct.total()) == "18"
    assert_conserves_total(series.hits)
    with pytest.raises(NotAdditiveError, match="facilities out of service"):
        assert_conserves_total(series.distinct)


def test_facility_days_lost() -> None:
    """18 facilities over 15 to 17 days: each out for one day at least, and for all of them at most."""
    lost = cs.outages(REPORTS).days_lost()
    assert (lost.low, lost.best, lost.high) == (18, None, 18 * 17)
    floor = reports_of([out(18, low=18, best=None, high=None)])
    assert cs.outages(floor).days_lost().high is None
    # Two reports may be about the same facilities.
    both = reports_of([out(18), out(5, start_earliest=date(2019, 5, 14), start_latest=None, end_latest=None)
                       | {"start_latest": date(2019, 5, 14), "end_latest": date(2019, 5, 15)}])  # fmt: skip
    lost = cs.outages(both).days_lost()
    assert (lost.low, lost.high) == (18, 18 * 17 + 5 * 2)


def test_out_on_a_day() -> None:
    stock = out(12, kind="stock", start_earliest=date(2019, 5, 10), start_latest=date(2019, 5, 10)) | {
        "end_latest": date(2019, 5, 10)
    }
    series = cs.outages(reports_of([out(18), stock]))
    before = series.out_on("2019-05-09")
    assert (before.low, before.best, before.high) == (0, None, 18)
    stated = series.out_on(date(2019, 5, 10))
    assert (stated.low, stated.high) == (12, 12)
    after = series.out_on("2019-06-01")
    assert after.low == 0
    assert after.high is not None
    assert after.high >= 18
    with pytest.raises(NoReportsError, match="on or after the first report"):
        series.out_on("2019-04-01")
    with pytest.raises(OptionError, match="expected one day"):
        series.out_on("2019-05")


def test_every_truth_lies_in_the_bounds_of_a_day() -> None:
    """Whichever of three facilities were out and for how long: what is true is never excluded."""
    days = [FIRST + timedelta(days=n) for n in range(17)]
    series = cs.outages(reports_of([out(3, start_latest=FIRST)]))
    lost, on = series.days_lost(), [series.out_on(day) for day in days]
    for spells in ([(0, 0), (0, 16), (5, 9)], [(16, 16)] * 3, [(0, 16)] * 3):
        true = [sum(first <= n <= last for first, last in spells) for n in range(17)]
        assert lost.high is not None
        assert lost.low <= sum(true) <= lost.high
        for count, found in zip(true, on, strict=True):
            assert found.high is not None
            assert found.low <= count <= found.high


def test_overlaps_are_settled_where_a_series_is_taken() -> None:
    series = cs.outages(reports_of([out(18), out(12, source="Q")]))
    with pytest.raises(DoubleCountError, match="r1 and r2 share"):
        series.distinct  # noqa: B018
    with pytest.raises(NoReportsError, match="attacks"):
        series.hits  # noqa: B018
    assert str(series) == "reported facility outages: 2 reports of facilities out of service"
    none = cs.outages(reports_of([out(20) | HITS]))
    with pytest.raises(NoReportsError, match="facilities"):
        none.days_lost()


def test_facilities_out_over_disjoint_periods_may_be_the_same() -> None:
    later = out(12, start_earliest=date(2019, 5, 14), start_latest=date(2019, 5, 14)) | {
        "end_latest": date(2019, 5, 20)
    }
    total = cs.outages(reports_of([out(18), later])).distinct.total()
    assert (total.low, total.best, total.high) == (18, None, 30)
