"""What the pictures of facilities show, without drawing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from facility_samples import FIRST, LAST, day, facility, five, hit, made, many, spell
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from casualtystats.errors import ContradictionError, MeasureError, NoReportsError, OptionError
from casualtystats.plots.data.availability import availability_alt, availability_picture
from casualtystats.plots.data.facilitydays import facility_days
from casualtystats.plots.data.recurrence import mean_cumulative_alt, mean_cumulative_picture
from casualtystats.plots.data.restoration import restoration_alt, restoration_picture, risk_rows
from casualtystats.plots.data.swimlanes import OUT, swimlanes_picture
from casualtystats.plots.data.swimlanewords import swimlanes_alt
from casualtystats.plots.panels import round_days
from casualtystats.provenance import Origin
from casualtystats.rates.recurrence import mean_cumulative_function, mean_cumulative_hits
from casualtystats.rates.restoration import cumulative_incidence, kaplan_meier, time_to_restoration, turnbull
from casualtystats.reports.facilities import Facilities
from casualtystats.reports.facilities.states import states
from casualtystats.series.availability import availability

STATUS = st.sampled_from(["functional", "partial", "non_functional", "destroyed", "unknown"])


@st.composite
def histories(draw: st.DrawFn) -> Facilities:
    """One facility with up to three spells in their order, with fuzzy and unknown ends."""
    spells: list[dict[str, Any]] = []
    at = draw(st.integers(0, 8))
    for _ in range(draw(st.integers(0, 3))):
        last = at + draw(st.integers(0, 6))
        fuzzy = draw(st.sampled_from([0, 0, 1, 3]))
        start = draw(st.sampled_from([0, 0, 1, 3, None]))
        end = draw(st.sampled_from([0, 0, 1, 4, None]))
        row = spell("A", at, last, draw(STATUS), start=start, end=end)
        # Now and then a spell without a sure day: it may begin after it may end.
        if fuzzy and end is not None and start is not None and last - fuzzy >= at - start:
            row |= {"end_earliest": day(max(at - start, last - fuzzy)), "end_latest": day(last + end)}
        spells.append(row)
        at = last + draw(st.integers(1, 6))
    window = draw(st.sampled_from([None, (0, 30), (4, 20)]))
    more: dict[str, Any] = {"observed_from": None, "observed_until": None}
    if window:
        more = {"observed_from": day(window[0]), "observed_until": day(window[1])}
    edges = draw(st.sampled_from([(None, None), (2, None), (None, 25), (3, 18)]))
    more |= {
        "opened": None if edges[0] is None else day(edges[0]),
        "closed": None if edges[1] is None else day(edges[1]),
    }
    return made([{"facility_id": "A"} | more], spells)


@settings(deadline=None)
@given(histories())
def test_stretches_say_what_the_states_of_the_register_say(facilities: Facilities) -> None:
    row = facilities.facilities.row(0, named=True)
    spells = facilities.spells.to_dicts()
    drawn = facility_days(row, spells, FIRST, day(35))
    assert all(a.last < b.first for a, b in pairwise(drawn))
    by_day = {one.first + timedelta(days=at): one for one in drawn for at in range(one.days)}
    try:
        found = states(facilities, f"{FIRST}/{day(35)}", functional=True).to_dicts()
    except ContradictionError:
        # Spells that can not be put in an order have no states.
        reject()
    told = {
        state["first"] + timedelta(days=at): state
        for state in found
        for at in range((state["last"] - state["first"]).days + 1)
    }
    # What does not exist is not drawn.
    assert set(by_day) <= set(told)
    for when, state in told.items():
        mine = by_day.get(when)
        if mine is None:
            assert state["status"] == "unknown"
            continue
        if mine.sure and mine.status != "unknown":
            assert state["status"] == mine.status
        may = [name for name in ("functional", "partial", "out") if state[f"can_{name}"]]
        if len(may) > 1 and mine.sure:
            assert mine.status == "unknown"
        if len(may) < 3 and "out" in may:
            assert mine.status in (*OUT, "unknown")
        if len(may) < 3 and may[-1:] == ["partial"]:
            assert mine.status in ("partial", "unknown")


def test_destroyed_stays_destroyed_and_an_unknown_start_reaches_back() -> None:
    row = facility("A", opened=None, closed=day(20))
    row = {"opened": None, "closed": None, "observed_from": None, "observed_until": None} | row
    spells = [spell("A", 2, 3, end=None), spell("A", 9, 10, "destroyed", start=None, end=None)]
    drawn = facility_days(row, spells, FIRST, LAST)
    assert [(one.first, one.last, one.status, one.open) for one in drawn] == [
        (day(0), day(1), "functional", False), (day(2), day(3), "non_functional", False),
        (day(4), day(8), "unknown", True), (day(9), day(10), "destroyed", False), (day(11), day(20), "destroyed", True),
    ]  # fmt: skip


def test_lanes_are_sorted_usefully() -> None:
    def order(sort: Any) -> list[str]:
        return [lane.id for lane in swimlanes_picture(five(), sort=sort).lanes]

    assert order("start") == ["F3", "F1", "F2", "F4", "F5"]
    assert order("register") == ["F1", "F2", "F3", "F4", "F5"]
    assert order("duration")[0] == "F3"
    assert order("duration")[-1] == "F5"
    assert order("place") == ["F2", "F1", "F5", "F3", "F4"]
    lanes = swimlanes_picture(five(), sort="type").lanes
    assert {lane.group for lane in lanes} == {"type not stated"}
    # Ties go by identifier.
    same = made([facility("B"), facility("A")], [spell("A", 3, 4), spell("B", 3, 9)])
    assert [lane.id for lane in swimlanes_picture(same).lanes] == ["A", "B"]


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 40), st.integers(0, 5))
def test_no_hit_and_no_facility_is_lost(number: int, seed: int) -> None:
    facilities = many(number, seed)
    picture = swimlanes_picture(facilities)
    assert sorted(lane.id for lane in picture.lanes) == facilities.facilities["facility_id"].sort().to_list()
    shown = sum(count for lane in picture.lanes for *_, count in lane.hits) + sum(count for *_, count in picture.strays)
    assert shown == facilities.hits.height
    still = facilities.spells.filter(pl.col("still") & pl.col("status").is_in(["partial", "non_functional"])).height
    assert sum(len(lane.still) for lane in picture.lanes) == still
    destroyed = facilities.spells.filter((pl.col("status") == "destroyed") & pl.col("end_latest").is_null()).height
    assert sum(len(lane.kept) for lane in picture.lanes) == destroyed


def test_a_period_cuts_the_lanes_and_counts_what_it_leaves_out() -> None:
    facilities = made(
        [facility("A"), facility("B", closed=day(10)), facility("C", name="Clinic"), facility("D", name="Clinic")],
        [spell("A", 5, 60), spell("C", 80, 88, "destroyed", end=None)], [hit(1, "A", 3), hit(2, "A", 30, 50)],
    )  # fmt: skip
    picture = swimlanes_picture(facilities, period=f"{day(20)}/{day(40)}")
    assert (picture.first, picture.last) == (day(20), day(40))
    assert [lane.label for lane in picture.lanes] == ["A", "Clinic (C)", "Clinic (D)"]
    assert picture.lanes[0].hits == ((day(30), day(40), 1),)
    assert picture.lanes[1].kept == ()
    assert "1 facility that did not exist in these days left out" in picture.source
    assert picture.source.endswith("1 hit outside these days")
    assert picture.sentence == "1 of 3 facilities out of service on at least one day"
    dated = Facilities(
        facilities.facilities, facilities.spells.with_columns(source=pl.lit(None, pl.String)), facilities.hits.clear(),
        origin=Origin("Health cluster", "Register of 2019"),
    )  # fmt: skip
    assert swimlanes_picture(dated).source.startswith("Source: Health cluster. From: Register of 2019")


def test_lanes_refuse_what_they_can_not_show() -> None:
    with pytest.raises(MeasureError, match=r"expected a register of facilities .*, got DataFrame"):
        swimlanes_picture(pl.DataFrame())  # pyright: ignore[reportArgumentType]
    with pytest.raises(OptionError, match="expected sort= 'start', 'place'"):
        swimlanes_picture(five(), sort="size")  # pyright: ignore[reportArgumentType]
    with pytest.raises(OptionError, match="expected most= a whole number from 1 up"):
        swimlanes_picture(five(), most=0)
    with pytest.raises(OptionError, match=r"expected at most 4 facilities \(most=\), got 5: .* plots.availability"):
        swimlanes_picture(five(), most=4)
    with pytest.raises(OptionError, match="expected period= a Period"):
        swimlanes_picture(five(), period=2019)  # pyright: ignore[reportArgumentType]
    with pytest.raises(NoReportsError, match="expected facilities that exist between"):
        swimlanes_picture(made([facility("A", opened=day(50))]), period=f"{day(0)}/{day(9)}")
    with pytest.raises(NoReportsError, match="expected a facility with a spell"):
        swimlanes_picture(made([facility("A", observed=False)]))


def test_lanes_in_words() -> None:
    assert swimlanes_alt(five()) == (
        "Timeline of 5 facilities, 1 April to 30 June 2019, one lane each. Out of service on at least one day: 4. "
        "Longest: Southern hospital, 79 days, first on 13 Apr 2019; Primary health centre in the eastern quarter of the "
        "town, 32 days, first on 6 May 2019; Northern district hospital, 28 days, first on 21 Apr 2019; Western clinic, "
        "13 days, first on 11 May 2019. Destroyed: 1. Said to be still out where last seen: 1. Restoration not known on "
        "some days: 3. Never known to be out of service: 1. Hits: 8, 2 of them on facilities that are not known."
    )
    quiet = made([facility("A"), facility("B", observed=False)], [spell("A", 3, 3, "partial")])
    assert swimlanes_alt(quiet).endswith(
        "Partly functional only: 1. Never known to be out of service: 1. Of these, nothing known on any day: 1. No hits."
    )
    unsure = made([facility("A")], [spell("A", 8, 5, start=3)])
    assert "Perhaps out, on days not exactly known: 1." in swimlanes_alt(unsure)
    assert swimlanes_picture(unsure).sentence.endswith(" day, 1 more perhaps")


def test_availability_parts() -> None:
    facilities = many(30)
    whole = availability_picture(availability(facilities))
    assert list(whole.parts) == [""]
    assert whole.label == "share of facilities functional"
    assert availability_picture(availability(facilities, "week", weight="beds")).label == "share of bed-days functional"
    split = availability_picture(availability(facilities, by=["place"]))
    assert list(split.parts) == [f"District {one}" for one in "ABCDE"]
    assert sum(part.height for part in split.parts.values()) == 5 * 91
    unnamed = availability_picture(availability(five(), by=["type"]))
    assert list(unnamed.parts) == ["type not stated"]
    late = made([facility("A"), facility("B", opened=day(50))])
    assert availability_picture(availability(late)).source == "Source: not stated. 1 to 2 facilities exist at a time"
    with pytest.raises(MeasureError, match="expected an availability"):
        availability_picture(facilities)  # pyright: ignore[reportArgumentType]
    places = made([facility(name, place=name) for name in "ABCDEFG"])
    with pytest.raises(OptionError, match="expected at most 6 parts, got 7 by place"):
        availability_picture(availability(places, by=["place"]))
    with pytest.raises(NoReportsError, match="no facility exists"):
        availability_picture(availability(made([facility("A", opened=day(80))]), period=f"{day(0)}/{day(9)}"))


def test_availability_in_words() -> None:
    known = made([facility("A"), facility("B")], [spell("A", 10, 20)])
    assert availability_alt(availability(known, partial=0.5)) == (
        "Band of the share of facilities functional by day, from lower to upper bound. 94.0 % of 182 facility-days "
        "functional, 1 April 2019 to 30 June 2019, 91 days, both ends counted. 1 to 10 April 2019: 100 %; 11 to 21 April "
        "2019: 50.0 %; 22 April to 30 June 2019: 100 %. Status known of 100 % of facility-days."
    )
    long = availability_alt(availability(many(30), by=["place"]))
    assert "District A: first " in long
    assert "; lowest " in long
    assert availability_alt(availability(known).total()).startswith(
        "Band of the share of facility-days functional by the whole period"
    )


times = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=20)


@settings(max_examples=40, deadline=None)
@given(times)
def test_a_curve_is_the_estimate_on_each_day(outages: list[tuple[int, bool]]) -> None:
    result = kaplan_meier([time for time, _ in outages], [int(done) for _, done in outages])
    (curve,) = restoration_picture(result).curves
    for when in range(int(curve.end) + 1):
        assert curve.at(when) == pytest.approx(result.at(when)["still_out"].item(), abs=1e-12)
    assert {when for when, _ in curve.ticks} == {time for time, done in outages if not done}
    assert curve.end == max(time for time, _ in outages)
    assert curve.boxes == ()
    restored = restoration_picture(result, show="restored").curves[0]
    assert [1 - share for share in restored.shares] == pytest.approx(list(curve.shares))


bounds = st.lists(st.tuples(st.integers(1, 20), st.sampled_from([0, 0, 1, 3, 7, None])), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(bounds)
def test_boxes_of_turnbull_hold_the_curve(ends: list[tuple[int, int | None]]) -> None:
    low = [float(at) for at, _ in ends]
    high = [float("inf") if more is None else float(at + more) for at, more in ends]
    result = turnbull(low, high)
    (curve,) = restoration_picture(result).curves
    assert all(a >= b for a, b in zip(curve.shares, curve.shares[1:], strict=False))
    for box in curve.boxes:
        assert 0 <= box.after < box.before <= 1
        assert box.last is None or box.last > box.first
    for when in range(int(curve.end) + 1):
        inside = [box for box in curve.boxes if box.first <= when and (box.last is None or when < box.last)]
        told = result.at(when).row(0, named=True)
        if not inside and told["still_out"] is not None:
            assert curve.at(when) == pytest.approx(told["still_out"], abs=1e-6)
    restored = restoration_picture(result, show="restored").curves[0]
    assert len(restored.boxes) == len(curve.boxes)
    assert all(box.after > box.before for box in restored.boxes)


def test_what_is_shown_of_a_time_to_restoration() -> None:
    result = cumulative_incidence([2, 4, 4, 6, 9], [1, 2, 1, 1, 0])
    picture = restoration_picture(result)
    assert [curve.what for curve in picture.curves] == ["restored", "destroyed"]
    assert picture.label == "share of outages, by how they ended"
    assert [curve.at(5) for curve in picture.curves] == pytest.approx([0.4, 0.2])
    assert restoration_picture(result, show="still out").label == "share of outages still out of service"
    assert risk_rows(result, [0, 4, 9]) == [["5", "4", "1"]]
    assert restoration_alt(result).endswith("restored: 20 % on day 2, 40 % on day 4, 60 % on day 7, 60 % on day 9; "
                                            "destroyed: 0 % on day 2, 20 % on day 4, 20 % on day 7, 20 % on day 9.")  # fmt: skip
    rounds = turnbull([2, 3, 5], [4, 8, float("inf")])
    assert "with boxes where they may lie" in restoration_alt(rounds)
    assert any("\N{EN DASH}" in cell for row in risk_rows(rounds, [0, 3, 7]) for cell in row)


def test_a_time_to_restoration_that_can_not_be_shown() -> None:
    with pytest.raises(MeasureError, match="expected a time to restoration"):
        restoration_picture(five())  # pyright: ignore[reportArgumentType]
    with pytest.raises(OptionError, match="expected show= 'still out' or 'restored'"):
        restoration_picture(kaplan_meier([3], [1]), show="out")  # pyright: ignore[reportArgumentType]
    places = made([facility(name, place=name) for name in "ABCDE"], [spell(name, 3, 9) for name in "ABCDE"])
    with pytest.raises(OptionError, match="expected at most 4 groups, got 5"):
        restoration_picture(time_to_restoration(places, by=["place"]))
    whole = kaplan_meier([3], [1])
    with pytest.raises(NoReportsError, match="expected outages, got none"):
        restoration_picture(replace(whole, summary=whole.summary.clear()))
    partly = time_to_restoration(places, to="partial")
    assert restoration_picture(partly).label.endswith("(or to part of it)")


hits = st.lists(st.lists(st.integers(1, 20), max_size=4), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None)
@given(hits)
def test_a_mean_curve_is_the_estimate_on_each_day(found: list[list[int]]) -> None:
    events = {str(at): sorted(days) for at, days in enumerate(found)}
    result = mean_cumulative_function(events, dict.fromkeys(events, (0, 20)))
    picture = mean_cumulative_picture(result)
    (curve,) = picture.curves
    for when in range(21):
        assert curve.at(when) == pytest.approx(result.at(when)["mean_hits"].item())
    assert picture.top >= max(curve.means)
    assert result.followed([0, 1, 99])["followed"].to_list() == [len(found), len(found), 0]


def test_facilities_followed_and_mean_curves_in_words() -> None:
    result = mean_cumulative_function({"a": [3, 9], "b": [5]}, {"a": (0, 15), "b": (0, 15), "c": (0, 7)})
    picture = mean_cumulative_picture(result)
    assert result.followed([4, 7, 8, 12])["followed"].to_list() == [3, 3, 2, 2]
    assert picture.days_label == "days since the start of follow-up"
    assert mean_cumulative_alt(result).endswith(". 0.333 by day 4, 0.667 by day 8, 1.17 by day 11, 1.17 by day 15.")
    split = mean_cumulative_picture(mean_cumulative_hits(many(30), by=["type"]))
    assert [curve.group for curve in split.curves] == ["health/clinic", "health/hospital", "health/primary care"]
    assert split.days_label == "day (day 1: 1 Apr 2019)"
    assert split.source.endswith("Hits as reported")
    assert "health/clinic: " in mean_cumulative_alt(mean_cumulative_hits(many(30), by=["type"]))
    with pytest.raises(MeasureError, match="expected a mean cumulative number of hits"):
        mean_cumulative_picture(five())  # pyright: ignore[reportArgumentType]
    with pytest.raises(NoReportsError, match="expected facilities that are followed"):
        mean_cumulative_picture(replace(result, frame=result.frame.clear()))
    with pytest.raises(OptionError, match="expected at most 4 groups, got 5"):
        mean_cumulative_picture(mean_cumulative_hits(many(30), by=["place"]))


@given(st.floats(0, 4000), st.integers(2, 12))
def test_round_days_are_few_and_reach_far(last: float, most: int) -> None:
    days = round_days(last, most)
    assert days[0] == 0
    assert len(days) <= most
    assert days[-1] <= last
