from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from plot_samples import FUZZY, GAP, TOTALS, one, reports

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, MixedUnitsError, NoReportsError, OptionError
from casualtystats.plots.data import (
    flow_bars,
    outage_lanes,
    rate_marks,
    report_lanes,
    running_points,
    running_steps,
)
from casualtystats.plots.data.lanes import short_count


@pytest.mark.parametrize("every", [None, "day", "week", "month"])
def test_area_is_the_count(every):
    series = cs.deaths(reports(*GAP))
    bars = flow_bars(series if every is None else series.resample(every))
    known = bars.filter(pl.col("state") == "value")
    assert (known["height"] * known["days"] - known["count"]).abs().max() < 1e-9
    assert known["count"].sum() == pytest.approx(42)


def test_days_without_report_have_no_height():
    bars = flow_bars(cs.deaths(reports(*GAP)))
    gap = bars.filter(pl.col("state") == "no report").row(0, named=True)
    assert (gap["period_start"], gap["period_end"]) == (date(2019, 4, 11), date(2019, 4, 24))
    assert gap["height"] is None
    assert gap["count"] is None
    assert gap["top"] is None


def test_silence_is_zero_only_where_observed():
    bars = flow_bars(cs.deaths(reports(*GAP), observed="2019-04-11/2019-04-14"))
    assert bars["state"].to_list() == ["value", "none reported", "no report", "value"]
    assert bars["height"][1] == 0
    weeks = flow_bars(cs.deaths(reports(*GAP), observed="2019-04-15/2019-04-21").resample("week"))
    assert weeks.filter(pl.col("period_start") == date(2019, 4, 15))["state"].item() == "none reported"


def test_floors_are_open():
    bars = flow_bars(cs.deaths(one(qualifier="at_least")))
    assert bars.select("state", "height", "top", "high_rate").row(0) == ("floor", 2.0, "open", None)


def test_a_cut_floor_is_not_zero():
    bars = flow_bars(cs.deaths(one(qualifier="at_least")).daily())
    assert set(bars["state"]) == {"unbounded"}
    assert set(bars["top"]) == {"open"}


def test_bounds_far_above_are_marked_not_drawn():
    assert set(flow_bars(cs.deaths(one()).daily())["top"]) == {"beyond"}
    assert flow_bars(cs.deaths(reports(*GAP)))["top"].to_list() == ["exact", None, "band"]
    assert flow_bars(cs.deaths(one()))["allocated"].to_list() == [False]


def test_partial_cells_are_marked():
    weeks = flow_bars(cs.deaths(one()).resample("month"))
    assert weeks["partial"].to_list() == [True, True]


def test_stated_length_is_the_width():
    bars = flow_bars(cs.deaths(one(start="2019-05-12", end="2019-05-13", hours=24, value=42)))
    assert bars.select("days", "height").row(0) == (1.0, 42.0)


def test_fuzzy_ends_are_kept():
    row = flow_bars(cs.deaths(reports(*FUZZY))).row(0, named=True)
    assert (row["period_start"], row["start_latest"], row["days"]) == (
        date(2019, 4, 21),
        date(2019, 4, 30),
        23.0,
    )


def test_overlapping_intervals_and_split_series_are_refused():
    twice = reports({"value": 1, "start": "2019-05-01"}, {"value": 2, "start": "2019-05-01", "source": "SNHR"})
    with pytest.raises(OptionError, match="resample"):
        flow_bars(cs.deaths(twice, overlap="add"))
    with pytest.raises(OptionError, match="not split"):
        flow_bars(cs.deaths(twice, by=["source"]))


def test_report_lanes():
    lanes = report_lanes(reports(*FUZZY, {"value": 3, "start": "2019-05-01", "source": None}))
    assert lanes["source"].to_list() == ["SOHR", "SOHR", "source not stated"]
    assert lanes["open_bottom"].to_list() == [False, True, False]
    assert lanes["text"].to_list() == ["119", "up to 50", "3"]


def test_lanes_name_what_tells_reports_apart():
    two = [
        {"value": value, "start": "2019-05-01", "place": f"Syria/{place}", "standard": standard}
        for value, place, standard in ((1, "Hama", "verified"), (9, "Idlib", "reported"))
    ]
    texts = set(report_lanes(reports(*two), "count")["text"])
    assert texts == {
        "1 violent death of a civilian, Hama (verified)",
        "9 violent deaths of civilians, Idlib",
    }
    words = report_lanes(one(wording="22  civilians\nkilled"), "wording")
    assert words["text"].item() == "22 civilians killed"
    with pytest.raises(OptionError, match="label="):
        report_lanes(one(), "number")
    with pytest.raises(NoReportsError):
        report_lanes(one().filter(pl.lit(value=False)))


@pytest.mark.parametrize(
    ("qualifier", "value", "low", "best", "high", "expected"),
    [
        ("exactly", 1200, 1200, 1200, 1200, "1,200"),
        ("more_than", 41, 42, None, None, "more than 41"),
        ("approximately", 100, 95, 100, 105, "about 100"),
        ("between", None, 40, None, 50, "40 to 50"),
        ("between", 42, 40, 42, None, "42 (at least 40)"),
        ("at_least", None, 40, None, None, "at least 40"),
    ],
)
def test_short_count(qualifier, value, low, best, high, expected):
    row = {"qualifier": qualifier, "value": value, "low": low, "best": best, "high": high}
    assert short_count(row) == expected


def test_published_totals_keep_decreases_and_qualifiers():
    points = running_points(reports(*TOTALS))
    assert points["line"].to_list() == ["Ministry"] * 2 + ["Observatory"] * 2
    assert points["value"].to_list() == [40, 38, 95, 120]
    assert points["text"].to_list() == ["40", "38", "at least 95", "more than 120"]
    assert points["open_top"].to_list() == [False, False, True, True]


def test_totals_since_different_days_are_different_lines():
    later = [dict(row, start="2019-05-01", end="2019-06-01") for row in TOTALS[:1]]
    fuzzy = [dict(row, start="[2019-03-01..2019-03-10]", end="2019-06-02") for row in TOTALS[:1]]
    lines = running_points(reports(*TOTALS[:2], *later, *fuzzy))["line"].unique().sort().to_list()
    assert lines == [
        "Ministry, since 1 Mar to 10 Mar 2019", "Ministry, since 1 May 2019", "Ministry, since 29 Apr 2019",
    ]  # fmt: skip


def test_published_totals_of_different_things_are_refused():
    with pytest.raises(OptionError, match="one group"):
        running_points(reports(*TOTALS, dict(TOTALS[0], group="civilian/child")))
    moved = dict(TOTALS[0], measure="displaced", unit="displacements", group=None)
    with pytest.raises(MixedUnitsError):
        running_points(reports(*TOTALS, moved))
    with pytest.raises(KindError, match="report_periods"):
        running_points(one())


def test_running_steps_start_with_the_first_report():
    steps = running_steps(cs.deaths(reports(*GAP)).cumulate())
    assert steps["best"][-1] == pytest.approx(42)
    assert steps["low"][-1] == 41
    assert not steps["low"].has_nulls()
    assert steps["open_top"][-1]


def test_rates_keep_range_and_sampling_apart():
    marks = rate_marks(cs.death_rate(cs.deaths(reports(*GAP)), population=1_000_000))
    assert marks["state"].to_list() == ["value", "value"]
    second = marks.row(1, named=True)
    assert second["ci_low"] < second["rate_low"] < second["rate"] < second["rate_high"] < second["ci_high"]
    floor = rate_marks(cs.death_rate(cs.deaths(one(qualifier="at_least")), population=1_000_000)).row(0, named=True)
    assert (floor["state"], floor["rate"], floor["open_top"]) == ("floor", None, True)
    weeks = rate_marks(cs.death_rate(cs.deaths(reports(*GAP)).resample("week"), population=1_000_000))
    assert "no report" in set(weeks["state"])


def test_outage_lanes_hold_hits_of_the_same_report():
    out = {"measure": "facilities_out", "unit": "facilities", "group": "health", "value": 18, "source": "UN"}
    when = {"start": "[2019-04-27..2019-04-29]", "end": "2019-05-13"}
    hits = out | when | {"measure": "attacks", "unit": "attacks", "value": 20, "qualifier": "at_least"}
    stock = out | {"kind": "stock", "start": "2019-05", "value": 50}
    lanes = outage_lanes(cs.outages(reports(out | when, hits, stock)))
    assert lanes["text"].to_list() == [
        "18 health facilities out of service, at least 20 hits", "50 health facilities out of service",
    ]  # fmt: skip
    with pytest.raises(NoReportsError, match="hits alone"):
        outage_lanes(cs.outages(reports(hits)))


def test_wrong_types_are_refused_with_a_hint():
    series = cs.deaths(one())
    with pytest.raises(KindError, match=r"plots\.flow"):
        report_lanes(series)
    with pytest.raises(KindError, match=r"plots\.cumulative"):
        flow_bars(series.cumulate())
    with pytest.raises(MeasureError, match="DataFrame"):
        flow_bars(pl.DataFrame())
    with pytest.raises(KindError, match=r"plots\.rate"):
        running_steps(cs.death_rate(series, population=10_000))
    with pytest.raises(KindError):
        rate_marks(series)
    with pytest.raises(KindError):
        outage_lanes(series)
