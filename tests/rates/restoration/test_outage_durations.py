"""From spells to durations, one rule a case; and the estimate that each kind of data leads to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from facility_spells import register
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import MeasureError, NoReportsError, OptionError, UndefinedEstimateError
from casualtystats.rates.restoration import durations, kaplan_meier, time_to_restoration
from casualtystats.reports.facilities import read_facilities, read_status_rounds

NUMBERS = json.loads((Path(__file__).parents[2] / "published" / "reference_numbers.json").read_text("utf-8"))
FA_KM = next(number for number in NUMBERS if number["id"] == "fa-km")["inputs"]
OUT, PART, GONE, WORKS, DARK = "non_functional", "partial", "destroyed", "functional", "unknown"


def found(spells: list[tuple[Any, Any, str]], to: str = "functional", **facility: Any) -> list[tuple[Any, ...]]:
    """Lengths and ends of the outages of one facility."""
    read = register([("a", *spell) for spell in spells], a=facility)
    choice: Any = to
    return durations(read, to=choice).frame.select("time_low", "time_high", "event", "known").rows()


@pytest.mark.parametrize(
    ("spells", "to", "expected"),
    [
        ([(4, 8, OUT)], "functional", [(5, 5, "restored", "exact")]),
        # Partial service that follows: the same outage to full service, its end to partial service.
        ([(4, 8, OUT), (9, 12, PART)], "functional", [(9, 9, "restored", "exact")]),
        ([(4, 8, OUT), (9, 12, PART)], "partial", [(5, 5, "restored", "exact")]),
        ([(4, 8, OUT), (9, 12, PART), (13, 14, OUT)], "functional", [(11, 11, "restored", "exact")]),
        (
            [(4, 8, OUT), (9, 12, PART), (13, 14, OUT)],
            "partial",
            [(5, 5, "restored", "exact"), (2, 2, "restored", "exact")],
        ),
        # Partial service with a gap before it, or alone, is no outage.
        ([(4, 8, OUT), (10, 12, PART)], "functional", [(5, 5, "restored", "exact")]),
        ([(4, 8, PART)], "functional", []),
        # Destroyed afterwards, through partial service, and at once.
        ([(4, 8, OUT), (9, (20, None), GONE)], "functional", [(5, 5, "destroyed", "exact")]),
        ([(4, 8, OUT), (9, 12, PART), (13, (13, None), GONE)], "functional", [(9, 9, "destroyed", "exact")]),
        ([(4, (4, None), GONE)], "functional", [(0, 0, "destroyed", "exact")]),
        ([(4, 8, GONE), (9, (9, None), GONE)], "functional", [(0, 0, "destroyed", "exact")]),
        ([(4, 8, OUT), (10, (10, None), GONE)], "functional", [(5, 5, "restored", "exact"), (0, 0, "destroyed", "exact")]),
        # Unknown afterwards, no end known, still out.
        ([(4, 8, OUT), (9, 12, DARK)], "functional", [(5, None, "censored", "exact")]),
        ([(4, (8, None), OUT)], "functional", [(5, None, "censored", "exact")]),
        ([(4, (8, None), OUT), (15, 16, DARK)], "functional", [(5, None, "censored", "exact")]),
        ([(4, 8, OUT), (9, (10, None), PART)], "functional", [(7, None, "censored", "exact")]),
        # No end known, but later stated to work (or to work in part): it ended in between.
        ([(4, (8, None), OUT), (15, 16, WORKS)], "functional", [(5, 11, "restored", "interval")]),
        ([(4, (8, None), OUT), (15, 16, PART)], "functional", [(5, None, "censored", "exact")]),
        ([(4, (8, None), OUT), (15, 16, PART)], "partial", [(5, 11, "restored", "interval")]),
        # No end known, but another status from the next day on: that is its end.
        ([(4, (8, None), OUT), (9, 16, WORKS)], "functional", [(5, 5, "restored", "exact")]),
        # Two spells of one status that touch are two outages, as recorded.
        ([(4, 8, OUT), (9, 12, OUT)], "functional", [(5, 5, "restored", "exact"), (4, 4, "restored", "exact")]),
        # Fuzzy ends, a fuzzy start, and an edge between two surveys that both spells share.
        ([(4, (8, 10), OUT)], "functional", [(5, 7, "restored", "interval")]),
        ([((2, 4), 8, OUT)], "functional", [(5, 7, "restored", "interval")]),
        ([((2, 4), (8, None), OUT)], "functional", [(5, None, "censored", "exact")]),
        ([((6, 9), (6, 9), OUT)], "functional", [(1, 4, "restored", "interval")]),
        ([(4, (8, 10), OUT), ((9, 11), 14, PART)], "functional", [(11, 11, "restored", "exact")]),
        # A gap may lie between them, or not: from the end of the first to the end of the second.
        ([(4, (8, 10), OUT), (11, 14, PART)], "functional", [(5, 11, "restored", "interval")]),
        ([(4, (8, 10), OUT), (11, 14, PART), (15, 16, PART)], "functional", [(5, 13, "restored", "interval")]),
        # Not known when it began.
        ([((None, 4), 8, OUT)], "functional", [(5, None, "restored", "unknown_start")]),
        ([((None, 4), (4, None), GONE)], "functional", [(0, 0, "destroyed", "unknown_start")]),
        ([(4, 8, WORKS), (9, 10, DARK)], "functional", []),
    ],
)  # fmt: skip
def test_rules(spells: list[Any], to: str, expected: list[Any]) -> None:
    assert found(spells, to) == expected


def test_a_facility_that_closes_is_not_restored() -> None:
    assert found([(4, 8, OUT)], closed=8) == [(5, None, "censored", "exact")]
    assert found([(4, 8, OUT)], closed=9) == [(5, 5, "restored", "exact")]
    assert found([(4, (8, 12), OUT)], closed=10) == [(5, None, "censored", "exact")]


def test_follow_up_that_begins_late() -> None:
    def entry(*spells: Any) -> list[tuple[Any, ...]]:
        read = register([("a", *spell) for spell in spells], a={"observed_from": 10, "observed_until": 40})
        return durations(read).frame.select("entry", "time_low", "known").rows()

    assert entry((4, 15, OUT)) == [(6, 12, "exact")]
    assert entry((10, 15, OUT)) == [(0, 6, "exact")]
    assert entry((4, 9, OUT)) == [(0, 6, "before_follow_up")]
    assert entry((4, 10, OUT)) == [(6, 7, "exact")]
    # Seen out on the first day of follow-up and no further: nothing was followed.
    assert entry((4, (10, None), OUT)) == [(0, 7, "before_follow_up")]
    assert entry((4, (11, None), OUT)) == [(6, 8, "exact")]
    assert entry(((3, 5), 15, OUT)) == [(0, 11, "fuzzy_entry")]
    assert entry(((None, 4), 15, OUT)) == [(0, 12, "unknown_start")]
    assert entry((4, (4, None), GONE)) == [(0, 0, "before_follow_up")]


def eighteen(shift: int = 0) -> Any:
    """The published eighteen outages as spells; a censored one is seen out on one day more than it is known to outlast."""
    spells: list[Any] = []
    for at, (time, done) in enumerate(zip(FA_KM["time"], FA_KM["restored"], strict=True)):
        start = 1 + shift + at
        spells.append((f"f{at:02}", start, start + time - 1 if done else (start + time, None), OUT))
    return register(spells)


@pytest.mark.parametrize("shift", [0, 1000])
def test_spells_give_what_their_days_give_whenever_they_begin(shift: int) -> None:
    curve = time_to_restoration(eighteen(shift), horizon=15)
    other = kaplan_meier(FA_KM["time"], FA_KM["restored"], horizon=15)
    assert curve.frame.equals(other.frame)
    assert curve.summary.equals(other.summary)
    assert str(curve) == "median 11 days (95 % interval 5 to not reached), 18 outages, 11 restored; Kaplan-Meier"
    assert curve.notes[0].startswith("Kaplan-Meier: every end")
    # Seen out on the 16th day: followed for 16 days of the restricted mean.
    assert time_to_restoration(eighteen()).horizon == 16


@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=1, max_size=30))
def test_seen_out_to_the_last_day_is_not_seen_to_be_restored_after_it(rows: list[tuple[int, int]]) -> None:
    """Every outage ends after its time, or is last seen on its day of the survey: hazards as counted by hand."""
    spells = [(f"f{at:02}", 1, time if time < seen else (seen, None), OUT) for at, (time, seen) in enumerate(rows)]
    curve, share = time_to_restoration(register(spells)), 1.0
    for day in range(1, 10):
        # Whether it is back on the day after is seen only of those followed on that day.
        risk = sum(time >= day and seen > day for time, seen in rows)
        ended = sum(time == day and seen > day for time, seen in rows)
        if not risk:
            break
        share *= 1 - ended / risk
        assert curve.at(day)["still_out"].item() == pytest.approx(share, abs=1e-12)


def test_intervals_lead_to_turnbull_and_unknown_starts_join_as_at_least() -> None:
    read = register(
        [
            ("a", 4, (8, 10), OUT), ("b", 4, 9, OUT), ("c", (None, 4), 9, OUT), ("d", 4, (20, None), OUT),
            ("e", 4, 20, OUT), ("f", (None, 4), (4, None), GONE),
        ],
        e={"observed_from": 10, "observed_until": 40},
    )  # fmt: skip
    curve = time_to_restoration(read)
    assert curve.method == "turnbull"
    assert curve.data.select("time_low", "time_high", "event").rows() == [
        (5, 7, "restored"), (6, 6, "restored"), (16, None, "censored"), (5, None, "censored"),
    ]  # fmt: skip
    text = "; ".join(curve.notes)
    assert "Turnbull: 1 outage of known length only within bounds" in text
    assert "1 outage already under way when follow-up began left out" in text
    assert "1 outage that began on a day not known taken as lasting at least the days seen" in text
    assert "1 outage that began on a day not known left out" in text
    assert curve.summary["median_ci_low"].item() is None
    with pytest.raises(UndefinedEstimateError, match="which it would drop or guess; use method='turnbull'"):
        time_to_restoration(read, method="kaplan_meier")
    with pytest.raises(OptionError, match="horizon="):
        time_to_restoration(read, horizon=10)


def test_an_interval_after_the_last_sight_begins_on_the_next_day() -> None:
    curve = time_to_restoration(register([("a", 1, (5, None), OUT), ("b", 1, (3, 9), OUT), ("c", 1, 2, OUT)]))
    mass = curve.frame.filter(pl.col("mass") > 0).select("day_from", "day").rows()
    assert mass == [(2, 2), (5, 9)]
    assert curve.at(4)["still_out"].item() == pytest.approx(2 / 3)
    assert curve.at(5)["still_out"].item() is None
    assert curve.median_bounds == (5, 9)


def test_destroyed_facilities_lead_to_cumulative_incidence() -> None:
    read = register([("a", 4, 8, OUT), ("b", 4, 9, OUT), ("b", 10, (30, None), GONE), ("c", 4, (4, None), GONE)])
    curve = time_to_restoration(read)
    assert curve.method == "cumulative_incidence"
    first = curve.frame.row(0, named=True)
    assert (first["day"], first["at_risk"], first["destroyed"]) == (0, 3, 1)
    assert curve.at(6).select("share_restored", "share_destroyed").row(0) == pytest.approx((1 / 3, 2 / 3))
    methods: list[Any] = ["kaplan_meier", "turnbull"]
    for method in methods:
        with pytest.raises(UndefinedEstimateError, match="one minus Kaplan-Meier is not the share restored"):
            time_to_restoration(read, method=method)
    with pytest.raises(UndefinedEstimateError, match="there is no estimate here"):
        time_to_restoration(register([("a", 4, (8, 9), OUT), ("c", 4, (4, None), GONE)]))


def test_groups_are_compared_and_none_is_lost(tmp_path: Path) -> None:
    kinds: dict[str, Any] = {f"f{at:02}": {"type": "health/hospital" if at % 2 else None} for at in range(18)}
    base = eighteen()
    read = register([], **{name: kinds[name] for name in base.facilities["facility_id"]})
    read = type(read)(read.facilities, base.spells, read.hits)
    curve = time_to_restoration(read, by=["type"])
    assert curve.groups == ["health/hospital", "not stated"]
    assert curve.summary["outages"].to_list() == [9, 9]
    assert curve.summary["horizon"].n_unique() == 1
    test = curve.compare()
    assert test.frame["restored"].sum() == 11
    assert str(curve).startswith("health/hospital: median ")
    with pytest.raises(OptionError, match=r"expected one group for \.median, got 2"):
        _ = curve.median
    curve.to_csv(tmp_path / "curve.csv")
    assert time_to_restoration(read, by=["type", "place"]).groups[0] == "health/hospital, not stated"
    with pytest.raises(OptionError, match="at least two groups"):
        time_to_restoration(read).compare()
    destroyed = register(
        [("a", 4, 8, OUT), ("b", 4, 9, OUT), ("c", 4, (4, None), GONE), ("d", 4, 30, OUT)],
        a={"type": "x"}, b={"type": "x"}, c={"type": "y"}, d={"type": "y"},
    )  # fmt: skip
    assert "leaving when it is destroyed" in time_to_restoration(destroyed, by=["type"]).compare().notes[0]


@given(st.permutations(range(18)))
def test_names_of_facilities_do_not_matter(order: list[int]) -> None:
    spells = [
        (f"f{new:02}", 3, time + 2 if done else (time + 3, None), OUT)
        for new, time, done in zip(order, FA_KM["time"], FA_KM["restored"], strict=True)
    ]
    assert time_to_restoration(register(spells)).frame.equals(time_to_restoration(eighteen()).frame)


def test_nothing_is_dropped_without_being_counted() -> None:
    read = register(
        [("a", (None, 4), 8, OUT), ("b", 4, 8, OUT), ("c", (3, 5), 15, OUT), ("d", 12, 15, OUT)],
        b={"observed_from": 10, "observed_until": 40}, c={"observed_from": 10, "observed_until": 40},
    )  # fmt: skip
    every = durations(read)
    assert every.counts["outages"].sum() == every.frame.height == 4
    curve = time_to_restoration(read)
    assert len(curve.data) == 1
    assert sum("1 outage" in note and note.endswith("left out") for note in curve.notes) == 3


def test_what_is_no_register_is_refused() -> None:
    nothing: Any = None
    with pytest.raises(MeasureError, match="NoneType"):
        durations(nothing)


def test_options_are_checked() -> None:
    read: Any = register([("a", 4, 8, OUT)])
    wrong: dict[str, Any] = {"by": "type", "to": "beds", "method": "weibull", "interval": "plain", "level": 95}
    for name, value in wrong.items():
        with pytest.raises(OptionError, match=f"{name}="):
            time_to_restoration(read, **{name: value})
    with pytest.raises(NoReportsError, match="got 0 outages of which none can be used"):
        time_to_restoration(register([("a", 4, 8, PART)]))
    with pytest.raises(NoReportsError, match="1 outage that began on a day not known left out"):
        time_to_restoration(register([("a", (None, 4), 8, OUT)]))
    assert time_to_restoration(read, method="turnbull").notes[0] == "turnbull as asked for"


def test_shortest_and_longest_take_fuzzy_lengths_at_one_bound():
    """With destroyed facilities there is no estimate within bounds: both ends of them are shown."""
    read = read_facilities(
        pl.DataFrame({"facility_id": ["a", "b", "c"]}),
        outages=pl.DataFrame({
            "facility_id": ["a", "b", "c"], "start": ["2019-05-01"] * 3,
            "end": ["[2019-05-04..2019-05-08]", "2019-05-06", "still out"],
            "status": ["non_functional", "non_functional", "destroyed"],
        }),
        observed="2019-05-01/2019-05-30",
    )  # fmt: skip
    with pytest.raises(UndefinedEstimateError, match="ends='shortest'"):
        time_to_restoration(read)
    # Of three, one is destroyed at once; the others are back after 4 or 8, and 6 days.
    found = {ends: time_to_restoration(read, ends=ends).frame for ends in ("shortest", "longest")}
    assert found["shortest"].filter(pl.col("restored") > 0)["day"].to_list() == [4, 6]
    assert found["longest"].filter(pl.col("restored") > 0)["day"].to_list() == [6, 8]
    with pytest.raises(OptionError, match="longest"):
        time_to_restoration(read, ends="middle")


def test_rounds_take_no_bound_for_an_answer():
    rounds = read_status_rounds(
        pl.DataFrame({
            "round": [1, 2, 3, 1, 2, 3], "facility_id": ["a"] * 3 + ["b"] * 3,
            "date": ["2019-05-01", "2019-06-01", "2019-07-01"] * 2,
            "status": ["functional", "non_functional", "functional", "functional", "non_functional", "non_functional"],
        })
    )  # fmt: skip
    register = rounds.to_facilities(between="unchanged")
    found = time_to_restoration(register)
    assert found.method == "turnbull"
    assert any("between two of them" in note for note in found.notes)
    with pytest.raises(OptionError, match="rounds"):
        time_to_restoration(register, ends="shortest")
