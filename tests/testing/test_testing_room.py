"""The strategies keep what they promise, and the assertions see what is wrong."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any

import dataframely
import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats import testing
from casualtystats.errors import CasualtyStatsError, NotAdditiveError, OptionError
from casualtystats.places import Places
from casualtystats.reports import Reports
from casualtystats.schemas import ReportSchema
from casualtystats.series import FlowSeries, StockSeries

# No deadline: runs share their cores. Under CI Hypothesis takes the same examples on every run.
USUAL = settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(USUAL, max_examples=6)
FIRST, LAST = date(2020, 2, 20), date(2020, 3, 5)
DAY = timedelta(days=1)


@USUAL
@given(testing.periods(min_date=FIRST, max_date=LAST, max_days=5))
def test_periods(period: cs.Period) -> None:
    assert FIRST <= period.start_earliest <= period.end_latest <= LAST
    assert period.days_max <= 5


@USUAL
@given(testing.periods(fuzzy=False))
def test_periods_with_known_ends(period: cs.Period) -> None:
    assert period.days >= 1


@USUAL
@given(testing.estimates(max_value=50), testing.estimates(one_sided=False, unit="people"))
def test_estimates(one: cs.Estimate, other: cs.Estimate) -> None:
    assert one.stated is not None
    assert 0 <= one.stated <= 50
    assert other.best is not None
    assert other.high is not None
    assert other.unit == "people"
    assert one.qualifier is not None
    if one.qualifier != "between":
        same = cs.Estimate.of(one.qualifier, int(one.stated))
        assert (one.low, one.best, one.high) == (same.low, same.best, same.high)


@USUAL
@given(testing.estimates(qualifiers=["at_least"]))
def test_estimates_of_one_qualifier(one: cs.Estimate) -> None:
    assert one.best is one.high is None


@USUAL
@given(
    testing.reports(
        measures=["killed", "displaced", "idps"], min_size=2, max_size=5, min_date=FIRST, max_date=LAST,
        places=["A", "B"], groups=["civilian"], sources=["P", "Q"],
    )
)  # fmt: skip
def test_reports(some: Reports) -> None:
    frame = some.frame
    assert ReportSchema.is_valid(frame)
    assert 2 <= len(some) <= 5
    assert frame["start_earliest"].min() >= FIRST  # type: ignore[operator]
    assert frame["end_latest"].max() <= LAST  # type: ignore[operator]
    assert set(frame["place"]) <= {"A", "B"}
    assert set(frame["source"]) <= {"P", "Q"}
    assert set(frame["group"]) == {"civilian"}
    stocks = frame.filter(pl.col("measure") == "idps")
    assert (stocks["kind"] == "stock").all()
    assert stocks["start_latest"].to_list() == stocks["end_latest"].to_list()
    assert (frame.filter(pl.col("measure") != "idps")["kind"] == "flow").all()


@USUAL
@given(testing.reports(disjoint=True, min_size=1, max_size=8, min_date=FIRST, max_date=LAST))
def test_disjoint_reports(some: Reports) -> None:
    spans = some.frame.select("start_earliest", "end_latest").rows()
    for (a, b), (c, d) in combinations(spans, 2):
        assert b < c or d < a
    assert cs.deaths(some).total().low == some.frame["low"].sum()


@USUAL
@given(
    testing.flow_series(measures=["killed", "died", "displaced", "facilities_out", "attacks"], max_size=3),
    testing.stock_series(max_size=3),
    testing.populations(),
)
def test_series(flow: FlowSeries[Any], stock: StockSeries[Any], inhabitants: StockSeries[Any]) -> None:
    testing.assert_bounds_ordered(flow.resample("week").to_frame())
    testing.assert_bounds_ordered(stock.frame)
    assert stock.info.measure in ("idps", "population")
    assert inhabitants.info.measure == "population"
    people = inhabitants.to_frame()
    assert not people["best"].has_nulls()
    assert people["date_earliest"].to_list() == people["date_latest"].to_list()


def test_awkward_reports_are_found() -> None:
    """Fuzzy ends, missing bounds and gaps are not rare: an example of each is found among a few hundred."""
    few = settings(database=None, max_examples=300, derandomize=True, phases=[Phase.generate])
    fuzzy = find(testing.periods(), lambda period: period.fuzzy, settings=few)
    assert fuzzy.days_max > fuzzy.days_min
    assert find(testing.estimates(), lambda one: one.high is None, settings=few).best is None

    def has_gap(some: Reports) -> bool:
        spans = some.frame.select("start_earliest", "end_latest").rows()
        return any(after[0] > before[1] + DAY for before, after in pairwise(spans))

    assert len(find(testing.reports(disjoint=True), has_gap, settings=few)) > 1


@pytest.mark.parametrize(
    "make",
    [
        lambda: testing.periods(min_date=LAST, max_date=FIRST),
        lambda: testing.estimates(qualifiers=["at_least"], one_sided=False),
        lambda: testing.reports(measures=["killed"], unit="displacements"),
        lambda: testing.reports(min_date=LAST, max_date=FIRST),
    ],
)
def test_impossible_strategies_are_refused_at_once(make: Any) -> None:
    with pytest.raises(OptionError, match="expected"):
        make()


def test_too_many_disjoint_reports_for_the_days() -> None:
    strategy = testing.reports(disjoint=True, min_size=3, max_size=3, min_date=FIRST, max_date=FIRST + DAY)
    with pytest.raises(OptionError, match="room for 3 reports"):
        find(strategy, lambda _: True, settings=settings(database=None, max_examples=1))


# --- reports_of ---------------------------------------------------------------------------------------------


def test_reports_of_fills_in_what_is_left_out() -> None:
    zones = Places({"north": ("A", "B")})
    some = testing.reports_of(
        [
            {"start_earliest": FIRST, "low": 3},
            {"start_earliest": FIRST, "end_latest": LAST, "value": 4, "place": "A"},
        ],
        places=zones,
    )
    first, second = some.frame.to_dicts()
    assert (first["qualifier"], first["low"], first["best"], first["end_latest"]) == (
        "at_least",
        3,
        None,
        FIRST,
    )
    assert (second["report_id"], second["qualifier"], second["high"]) == ("r2", "exactly", 4)
    assert second["end_earliest"] == LAST
    assert some.places is zones
    assert some.rejected.is_empty()


def test_reports_of_refuses_what_the_schema_refuses() -> None:
    for wrong in ({"low": 4, "high": 3}, {"low": -1}, {"value": 1, "end_latest": FIRST - DAY}):
        with pytest.raises(dataframely.exc.ValidationError):
            testing.reports_of([{"start_earliest": FIRST} | wrong])


# --- assertions ---------------------------------------------------------------------------------------------


def series_of(*rows: dict[str, Any], **options: Any) -> FlowSeries[Any]:
    return cs.deaths(testing.reports_of([{"start_earliest": FIRST, **row} for row in rows]), **options)


def tampered(series: FlowSeries[Any], **columns: pl.Expr) -> FlowSeries[Any]:
    """The same series with other reports behind it than its cells are made of."""

    class Tampered(FlowSeries[Any]):
        @property
        def cells(self) -> pl.LazyFrame:
            return series.resample(self.every or "day").cells.with_columns(**columns)

        def resample(self, every: Any, origin: date | None = None) -> FlowSeries[Any]:
            return replace(self, every=every, origin=origin)

    return Tampered(series.info, series.reports, series.intervals, series.audit, series.facts)


WEEK = {"value": 7, "end_latest": FIRST + 6 * DAY}
LATER = {"value": 5, "start_earliest": FIRST + 9 * DAY, "end_latest": FIRST + 9 * DAY}


def test_conservation_is_seen_to_fail() -> None:
    good = series_of(WEEK, LATER)
    testing.assert_conserves_total(good)
    testing.assert_conserves_total(good, every=["week", timedelta(days=3)])
    testing.assert_conserves_total(good.daily(spread="whole"))
    lost = tampered(good, best=pl.col("best") * 0.999)
    with pytest.raises(AssertionError, match=r"by day: expected cells that sum to 12, got 11.98"):
        testing.assert_conserves_total(lost)
    invented = tampered(good, best=pl.col("best").fill_null(0.0))
    with pytest.raises(AssertionError, match="by day: expected nothing in a cell without report"):
        testing.assert_conserves_total(invented, every=["day"])
    floor = series_of({"low": 7, "end_latest": FIRST + 6 * DAY}, LATER)
    testing.assert_conserves_total(floor)
    guessed = tampered(floor, best=pl.col("low").cast(pl.Float64))
    with pytest.raises(AssertionError, match="expected no best value where a report has none"):
        testing.assert_conserves_total(guessed)


def test_conservation_is_looked_at_by_row() -> None:
    rows = [WEEK | {"place": "A"}, LATER | {"place": "B"}, LATER | {"place": None, "start_earliest": LAST}
            | {"end_latest": LAST}]  # fmt: skip
    series = series_of(*rows, by=["place"])
    testing.assert_conserves_total(series)
    moved = tampered(series, place=pl.lit("A"))
    with pytest.raises(AssertionError, match=r"row {'place': None}"):
        testing.assert_conserves_total(moved)


def test_what_does_not_add_up_has_no_total_to_conserve() -> None:
    some = testing.reports_of([{"start_earliest": FIRST, "value": 1, "measure": "displaced"}])
    with pytest.raises(NotAdditiveError, match="people displaced"):
        testing.assert_conserves_total(cs.displacement(some))
    testing.assert_conserves_total(cs.displacement(some).as_displacements())


@pytest.mark.parametrize("prefix", ["", "cumulative_"])
def test_order_of_bounds(prefix: str) -> None:
    def frame(low: float | None, best: float | None, high: float | None) -> pl.DataFrame:
        names = [f"{prefix}{name}" for name in ("low", "best", "high")]
        return pl.DataFrame([[low, best, high]], schema=dict.fromkeys(names, pl.Float64), orient="row")

    for right in ((1, 2, 3), (1, None, None), (None, None, 3), (2, 2 - 1e-12, 2), (0, 0, 0)):
        testing.assert_bounds_ordered(frame(*right))
        testing.assert_bounds_ordered(frame(*right).lazy())
    for wrong in ((3, None, 2), (3, 2, None), (1, 5, 4), (0, 1e-9, 0)):
        with pytest.raises(AssertionError, match=f"expected {prefix}"):
            testing.assert_bounds_ordered(frame(*wrong))
    testing.assert_bounds_ordered(frame(1, 5, 4), best=False)
    with pytest.raises(OptionError, match="columns of bounds"):
        testing.assert_bounds_ordered(pl.DataFrame({"value": [1]}))


# --- the room itself ----------------------------------------------------------------------------------------


def test_names() -> None:
    assert set(dir(testing)) == set(testing.__all__)
    for name in testing.__all__:
        assert callable(getattr(testing, name))
        assert getattr(testing, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'facts'"):
        testing.facts  # type: ignore[attr-defined]  # noqa: B018


WITHOUT = """
import sys
sys.modules["hypothesis"] = None
from casualtystats.errors import MissingExtraError
from casualtystats.testing import assert_bounds_ordered, assert_conserves_total, reports_of
for attempt in (
    "from casualtystats.testing import reports",
    "import casualtystats.testing as t; t.flow_series",
    "import casualtystats.testing.strategies",
):
    try:
        exec(attempt)
    except MissingExtraError as error:
        assert isinstance(error, ImportError)
        assert "pip install 'casualtystats[test]'" in str(error), error
    else:
        raise SystemExit(attempt)
"""


def test_without_hypothesis_the_extra_is_named() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout


@FEW
@given(st.data())
def test_an_example_prints_as_something_to_read(data: st.DataObject) -> None:
    series = data.draw(testing.flow_series(max_size=2))
    assert str(series).startswith("reported ")
    assert issubclass(OptionError, CasualtyStatsError)
