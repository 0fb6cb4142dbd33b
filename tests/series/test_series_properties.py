"""What holds for every series: conservation, order of rows, names, gaps, and what more reports may change."""

from __future__ import annotations

import json
import math
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import MeasureError, OptionError
from casualtystats.provenance import Origin
from casualtystats.reports import Reports
from casualtystats.schemas import CellSchema, IntervalSchema
from casualtystats.series import FlowSeries
from casualtystats.series.allocation import largest_remainder
from casualtystats.testing import (
    assert_bounds_ordered,
    assert_conserves_total,
    flow_series,
    reports,
    reports_of,
    stock_series,
)

DAY = timedelta(days=1)
# No deadline: runs share their cores. Under CI Hypothesis takes the same examples on every run.
USUAL = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
NAMED = st.sampled_from(["day", "week", "epiweek", "month", "quarter", "year"])
CALENDARS: st.SearchStrategy[tuple[Any, date | None]] = st.one_of(
    NAMED.map(lambda every: (every, None)),
    st.tuples(st.integers(1, 15).map(lambda n: timedelta(days=n)), st.dates(date(2018, 1, 1), date(2021, 1, 1))),
)
EVENTS = Origin("maker", "events", separate_events=True)
MANY = reports(places=["A", "A/x", "B"], groups=["civilian", "fighter"], max_size=5)


def as_events(some: Reports) -> Reports:
    return Reports(some.frame, places=some.places, origin=EVENTS)


def close(got: pl.DataFrame, expected: pl.DataFrame) -> None:
    """Whole numbers, dates and gaps exactly, fractions to 1e-12."""
    assert got.schema == expected.schema
    assert got.height == expected.height
    for name, dtype in got.schema.items():
        if dtype == pl.Float64:
            for a, b in zip(got[name], expected[name], strict=True):
                assert (a is None) == (b is None)
                assert a is None or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-15)
        else:
            assert got[name].to_list() == expected[name].to_list()


# --- conservation -------------------------------------------------------------------------------------------


@USUAL
@given(MANY, CALENDARS, st.sampled_from(["uniform", "whole"]))
def test_conservation_with_overlapping_reports(some: Reports, calendar: tuple[Any, date | None], spread: Any) -> None:
    series = cs.deaths(as_events(some), by=["place", "group"], overlap="add").daily(spread)
    assert_conserves_total(series)
    assert_conserves_total(series.resample(*calendar))


@USUAL
@given(flow_series(measures=["killed", "died", "attacks"], one_sided=False))
def test_conservation_under_every_calendar(series: FlowSeries[Any]) -> None:
    total = series.total().best
    for spread in ("uniform", "whole"):
        daily = series.daily(spread)
        for every in ("day", "week", "month", timedelta(days=9)):
            best = daily.resample(every).to_frame()["best"].drop_nulls().to_list()
            assert (
                math.fsum(best) == total if spread == "whole" else math.isclose(math.fsum(best), total, rel_tol=1e-12)
            )


@USUAL
@given(flow_series(measures=["killed"]))
def test_outside_its_reports_a_series_holds_nothing(series: FlowSeries[Any]) -> None:
    days = series.daily().to_frame()
    told: set[date] = set()
    for first, last in series.intervals.select("period_start", "period_end").collect().rows():
        told |= {first + n * DAY for n in range((last - first).days + 1)}
    for day, low, best, high, coverage, number in days.select(
        "period_start", "low", "best", "high", "coverage", "reports"
    ).rows():
        if day in told:
            assert low is not None
            assert coverage == 1 or not series.facts.sure
        else:
            assert (low, best, high, coverage, number) == (None, None, None, 0, 0)


@USUAL
@given(st.integers(0, 10**15), st.integers(1, 400), st.sampled_from(["uniform", "whole"]))
def test_one_report_of_any_size_is_given_back(count: int, days: int, spread: Any) -> None:
    first = date(2019, 4, 29)
    row = {"start_earliest": first, "end_latest": first + (days - 1) * DAY, "value": count}
    series = cs.deaths(reports_of([row]))
    assert_conserves_total(series.daily(spread))
    assert series.resample(timedelta(days=days), origin=first).to_frame()["best"].to_list() == [count]


def test_the_smallest_share_is_not_lost_beside_the_largest() -> None:
    """One death over three years beside a million millions on one day."""
    rows = [
        {"start_earliest": date(2019, 1, 1), "end_latest": date(2021, 12, 31), "value": 1, "place": "A"},
        {"start_earliest": date(2019, 6, 1), "value": 10**12, "place": "B"},
    ]
    best = cs.deaths(reports_of(rows), by=["place"]).daily().to_frame().filter(place="A")["best"]
    assert best.to_list() == pytest.approx([1 / 1096] * 1096, rel=1e-12)
    together = cs.deaths(reports_of(rows)).daily().to_frame()["best"].to_list()
    assert together[0] == together[-1] == pytest.approx(1 / 1096, rel=1e-12)


PUBLISHED = Path(__file__).parents[1] / "published" / "reference_numbers.json"


@pytest.mark.parametrize("name", ["ic-lrem", "ic-lrem2"])
def test_largest_remainders_published(name: str) -> None:
    entry = next(entry for entry in json.loads(PUBLISHED.read_text(encoding="utf-8")) if entry["id"] == name)
    given_ = entry["inputs"]
    assert largest_remainder(given_["total"], given_["weights"]) == entry["expected"]
    if len(set(given_["weights"])) == 1:
        first = date(2019, 4, 29)
        last = first + (len(given_["weights"]) - 1) * DAY
        row = {"start_earliest": first, "end_latest": last, "value": given_["total"]}
        series = cs.deaths(reports_of([row])).daily(spread="whole")
        assert series.to_frame()["best"].to_list() == entry["expected"]


@USUAL
@given(st.integers(0, 500), st.lists(st.integers(0, 20), min_size=1, max_size=12).filter(any))
def test_largest_remainders(total: int, weights: list[int]) -> None:
    counts = largest_remainder(total, weights)
    assert sum(counts) == total
    for count, weight in zip(counts, weights, strict=True):
        assert abs(count - total * weight / sum(weights)) < 1
    ranked = [at for at in range(len(weights)) if weights[at] == weights[0]]
    assert [counts[at] for at in ranked] == sorted((counts[at] for at in ranked), reverse=True)


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [1, -1])])
def test_largest_remainders_refused(total: int, weights: list[float]) -> None:
    with pytest.raises(ValueError, match="expected a total of 0 or more"):
        largest_remainder(total, weights)


# --- one truth, whatever the way to it ----------------------------------------------------------------------


@USUAL
@given(MANY, CALENDARS, st.randoms(use_true_random=False), st.sampled_from([[], ["place"], ["place", "group"]]))
def test_rows_in_any_order(some: Reports, calendar: tuple[Any, date | None], rng: random.Random, by: list[Any]) -> None:
    order = list(range(len(some)))
    rng.shuffle(order)
    shuffled = Reports(some.frame[order], origin=EVENTS)
    one = cs.deaths(as_events(some), overlap="add", by=by).resample(*calendar)
    two = cs.deaths(shuffled, overlap="add", by=by).resample(*calendar)
    assert one.to_frame().equals(two.to_frame())
    assert one.cumulate().to_frame().equals(two.cumulate().to_frame())
    assert one.total() == two.total()


@USUAL
@given(MANY, CALENDARS)
def test_relabelling_a_place_relabels_only(some: Reports, calendar: tuple[Any, date | None]) -> None:
    names = {"A": "P", "A/x": "P/q", "B": "Q"}
    renamed = Reports(some.frame.with_columns(pl.col("place").replace(names)), origin=EVENTS)
    one = cs.deaths(as_events(some), overlap="add", by=["place"]).resample(*calendar).to_frame()
    two = cs.deaths(renamed, overlap="add", by=["place"]).resample(*calendar).to_frame()
    assert one.with_columns(pl.col("place").replace(names)).equals(two)


@USUAL
@given(flow_series(), CALENDARS, CALENDARS, st.sampled_from(["uniform", "whole"]))
def test_a_calendar_starts_from_the_reports(
    series: FlowSeries[Any], first: tuple[Any, date | None], second: tuple[Any, date | None], spread: Any
) -> None:
    plain = series.daily(spread)
    assert plain.resample(*first).resample(*second).to_frame().equals(plain.resample(*second).to_frame())
    assert series.resample("week").resample("month").to_frame().equals(series.resample("month").to_frame())


@USUAL
@given(flow_series(), NAMED)
def test_engines_agree(series: FlowSeries[Any], every: Any) -> None:
    cells = series.resample(every).cells
    lazy = cells.collect(engine="streaming")
    close(cells.collect(engine="in-memory"), lazy)
    close(cells.collect(optimizations=pl.QueryOptFlags.none()), lazy)
    totals = series.resample(every).cumulate().frame
    close(totals.collect(engine="in-memory"), totals.collect(engine="streaming"))


@USUAL
@given(flow_series(), CALENDARS)
def test_frames_satisfy_their_schemas(series: FlowSeries[Any], calendar: tuple[Any, date | None]) -> None:
    assert IntervalSchema.is_valid(series.to_frame())
    assert CellSchema.is_valid(series.resample(*calendar).to_frame())


# --- bounds and gaps ----------------------------------------------------------------------------------------


@USUAL
@given(MANY, CALENDARS)
def test_bounds_are_ordered(some: Reports, calendar: tuple[Any, date | None]) -> None:
    series = cs.deaths(as_events(some), overlap="add").resample(*calendar)
    assert_bounds_ordered(series.to_frame())
    assert_bounds_ordered(series.cumulate().to_frame())
    assert_bounds_ordered(series.intervals)


@USUAL
@given(flow_series(measures=["displaced", "facilities_out"]), CALENDARS)
def test_bounds_of_what_does_not_add_up(series: FlowSeries[Any], calendar: tuple[Any, date | None]) -> None:
    frame = series.resample(*calendar).to_frame()
    assert_bounds_ordered(frame)
    assert frame.filter(pl.col("reports") > 1)["best"].is_null().all()
    total, rows = series.total(), series.intervals.collect()
    assert total.low == rows["low"].max()
    assert total.high == (None if rows["high"].has_nulls() else rows["high"].sum())
    assert total.best == (rows["best"][0] if rows.height == 1 else None)


@USUAL
@given(flow_series(), CALENDARS)
def test_what_is_missing_is_never_zero(series: FlowSeries[Any], calendar: tuple[Any, date | None]) -> None:
    rows = series.intervals.collect()
    for cell in series.resample(*calendar).to_frame().to_dicts():
        touching = rows.filter(
            pl.col("period_start") <= cell["period_end"], pl.col("period_end") >= cell["period_start"]
        )
        if touching.is_empty():
            assert cell["low"] is cell["best"] is cell["high"] is None
        if touching["best"].has_nulls():
            assert cell["best"] is None
        if touching["high"].has_nulls() or cell["coverage"] < 1:
            assert cell["high"] is None


ADDED = {"value": 7, "place": "Z", "group": "civilian"}


@USUAL
@given(reports(places=["A", "B"], one_sided=False, max_size=5), st.dates(date(2019, 1, 1), date(2020, 4, 1)),
       st.integers(1, 30), NAMED)  # fmt: skip
def test_a_separate_event_never_lowers_a_number(some: Reports, day: date, days: int, every: Any) -> None:
    more = reports_of([ADDED | {"report_id": "new", "start_earliest": day, "end_latest": day + (days - 1) * DAY}])
    before = cs.deaths(some, overlap="add").resample(every)
    after = cs.deaths(Reports(pl.concat([some.frame, more.frame])), overlap="add").resample(every)
    old, new = before.total(), after.total()
    assert (new.low, new.best) == (old.low + 7, old.best + 7)
    cells = {row["period_start"]: row for row in after.to_frame().to_dicts()}
    for row in before.to_frame().to_dicts():
        found = cells[row["period_start"]]
        for name in ("low", "best", "high"):
            # What was known may cease to be known (the series speaks about more places), never become less.
            if row[name] is not None and found[name] is not None:
                assert found[name] >= row[name] - 1e-9
        assert found["low"] is not None or row["low"] is None


@USUAL
@given(reports(max_size=4), st.integers(0, 5), NAMED)
def test_an_event_of_the_same_place_never_lowers_a_bound(some: Reports, at: int, every: Any) -> None:
    day = some.frame["start_earliest"].min() + at * DAY  # type: ignore[operator]
    more = reports_of([{"report_id": "new", "start_earliest": day, "value": 7}])
    before = cs.deaths(some, overlap="add").resample(every).to_frame()
    after = cs.deaths(Reports(pl.concat([some.frame, more.frame])), overlap="add").resample(every).to_frame()
    both = before.join(after, on="period_start", suffix="_new")
    assert both.height == before.height
    for name in ("low", "best", "high"):
        assert both.filter(pl.col(f"{name}_new") < pl.col(name) - 1e-9).is_empty()


@USUAL
@given(flow_series(measures=["killed"]), st.integers(0, 30), st.integers(0, 30))
def test_observed_days_without_a_report_are_zero(series: FlowSeries[Any], early: int, late: int) -> None:
    first, last = series.info.first - early * DAY, series.info.last + late * DAY
    watched = cs.deaths(series.reports, observed=cs.Period.of(first, last)).daily().to_frame()
    assert (watched["coverage"] == 1).all()
    assert watched.height == (last - first).days + 1
    silent = watched.filter(pl.col("reports") == 0)
    assert silent.select((pl.col("low", "best", "high") == 0).all()).row(0) == (True, True, True)


def test_observed_takes_only_days_that_surely_belong() -> None:
    some = reports_of([{"start_earliest": date(2019, 5, 10), "value": 3}])
    series = cs.deaths(some, observed="[2019-05-06..2019-05-08]/[2019-05-11..2019-05-13]")
    days = series.daily().to_frame()
    assert days["period_start"].to_list() == [date(2019, 5, 8) + n * DAY for n in range(4)]
    assert days["best"].to_list() == [0, 0, 3, 0]
    several = cs.deaths(some, observed=["2019-05-08/2019-05-08", "2019-05-12/2019-05-12"])
    assert several.daily().to_frame()["best"].to_list() == [0, None, 3, None, 0]
    with pytest.raises(OptionError, match="expected observed="):
        cs.deaths(some, observed=[date(2019, 5, 8)])  # type: ignore[list-item]


# --- movements ----------------------------------------------------------------------------------------------


@USUAL
@given(flow_series(measures=["displaced"], unit="people"))
def test_people_read_as_movements_add_up(series: FlowSeries[Any]) -> None:
    moves, rows = series.as_displacements(), series.intervals.collect()
    assert moves.info.unit == "displacements"
    assert moves.intervals.collect().equals(rows)
    total = moves.total()
    assert (total.low, total.unit) == (rows["low"].sum(), "displacements")
    assert total.best == (None if rows["best"].has_nulls() else rows["best"].sum())
    assert_conserves_total(moves)
    assert series.info.unit == "people"


def test_only_people_who_move_are_read_as_movements() -> None:
    day = date(2019, 5, 1)
    killed = cs.deaths(reports_of([{"start_earliest": day, "value": 1}]))
    with pytest.raises(MeasureError, match="expected people displaced or returned"):
        killed.as_displacements()
    rows = [{"start_earliest": day, "value": 1, "measure": "displaced", "unit": "households"}]
    with pytest.raises(MeasureError, match="households"):
        cs.displacement(reports_of(rows)).as_displacements()


# --- stocks -------------------------------------------------------------------------------------------------


@USUAL
@given(stock_series())
def test_a_stock_is_given_back_for_its_day(series: Any) -> None:
    assert_bounds_ordered(series.to_frame())
    for row in series.to_frame().to_dicts():
        if row["date_earliest"] == row["date_latest"]:
            found = series.at(row["date_earliest"])
            assert (found.low, found.best, found.high) == (row["low"], row["best"], row["high"])
        else:
            with pytest.raises(LookupError, match="expected a day with a stock"):
                series.at(row["date_earliest"])
