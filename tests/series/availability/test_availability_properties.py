"""Availability and days lost: bounds against every arrangement, sums that agree, and the published example."""

from __future__ import annotations

import json
from datetime import date, timedelta
from math import fsum
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from spell_tables import DAYS, Row, arrangements, day, facility, one_facility, register, spell, statuses

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.provenance import Origin
from casualtystats.series.availability import Availability, DaysLost, availability, facility_days_lost

PUBLISHED = Path(__file__).parents[2] / "published" / "reference_numbers.json"
PERIOD = "2019-05-01/2019-05-08"
FIRST, LAST = date(2019, 5, 1), date(2019, 5, 8)
# Each example of these asks for several calendars.
FEWER = settings(max_examples=max(1, settings().max_examples // 3))
PARTIALS = st.sampled_from([None, 0.0, 0.3, 0.5, 1.0])
Case = tuple[Row, list[Row]]
ABCD = register(
    [facility(name, (0, 14), beds=beds, type=kind) for name, beds, kind in
     (("A", 100, "hospital"), ("B", 50, "hospital"), ("C", 40, "clinic"), ("D", 10, "clinic"))],
    [spell("A", (3, 3), (7, 7)), spell("B", (5, 5), (14, None), still=True), spell("C", (0, 0), (14, 14), "partial")],
)  # fmt: skip


def shares(status: str, partial: float | None) -> tuple[float, float]:
    """Least and most that a day of a status functions."""
    low, high = (0.0, 1.0) if partial is None else (partial, partial)
    return {"functional": (1.0, 1.0), "partial": (low, high), "unknown": (0.0, 1.0)}.get(status, (0.0, 0.0))


def ways_of(case: Case) -> list[list[str]]:
    return [statuses(*case, pairs) for pairs in arrangements(case[1])]


def cases(number: int, *, exact: bool = False) -> st.SearchStrategy[list[Case]]:
    return st.tuples(*(one_facility("ABCD"[at], exact=exact) for at in range(number))).map(list)


def together(some: list[Case]) -> Any:
    return register([one for one, _ in some], [row for _, rows in some for row in rows])


@given(one_facility(), PARTIALS)
def test_every_day_and_total_lies_in_its_bounds(case: Case, partial: float | None) -> None:
    """Days are sharp, what some arrangement attains at least and at most; totals hold every arrangement."""
    ways = ways_of(case)
    assume(ways)
    found = availability(together([case]), partial=partial, period=PERIOD)
    for number, row in enumerate(found.frame.iter_rows(named=True)):
        possible = [way[number] for way in ways]
        if possible[0] == "":
            assert (row["facility_days"], row["low"], row["best"], row["high"], row["coverage"]) == (
                0,
                None,
                None,
                None,
                None,
            )
            continue
        lows, highs = zip(*(shares(status, partial) for status in possible), strict=True)
        assert (row["low"], row["high"]) == (min(lows), max(highs))
        assert row["best"] == (row["low"] if row["low"] == row["high"] else None)
        assert row["coverage"] == float(len(set(possible)) == 1 and possible[0] != "unknown")
    lost = found.days_lost()
    for way in ways:
        exist = [status for status in way if status]
        assert lost.low <= sum(1 - shares(status, partial)[1] for status in exist) + 1e-9
        assert lost.high >= sum(1 - shares(status, partial)[0] for status in exist) - 1e-9
        assert lost.of == len(exist)
    # The total never says less than its cells.
    cells = found.lost
    assert lost.low >= float(cells["lost_low"].sum()) - 1e-9
    assert lost.high == pytest.approx(cells["lost_high"].sum())


@FEWER
@given(cases(3), PARTIALS, st.sampled_from([None, "beds"]))
def test_cells_are_ordered_and_add_up(some: list[Case], partial: float | None, weight: Any) -> None:
    assume(all(ways_of(case) for case in some) and (weight is None or sum(one["beds"] for one, _ in some)))
    facilities = together(some)
    by_day = availability(facilities, weight=weight, partial=partial, period=PERIOD)
    statuses_ = ["functional", "partial", "non_functional", "destroyed", "unknown"]
    for every in ("day", "week", "month", timedelta(days=3)):
        found = availability(facilities, every, weight=weight, partial=partial, period=PERIOD)
        frame = found.frame.drop_nulls("low")
        assert frame.select(
            ((pl.col("low") >= 0) & (pl.col("low") <= pl.col("high")) & (pl.col("high") <= 1)).all()
            & (pl.col("coverage").is_between(0, 1)).all() & (pl.sum_horizontal(statuses_) == pl.col("facility_days")).all()
        ).item()  # fmt: skip
        assert found.frame["days"].sum() == DAYS
        names = ["facility_days", *statuses_]
        for row in found.frame.iter_rows(named=True):
            inside = by_day.frame.filter(pl.col("period_start").is_between(row["period_start"], row["period_end"]))
            assert inside.select(pl.col(names).sum()).row(0) == tuple(row[name] for name in names)
            assert inside["facilities"].max() == row["facilities"]
        assert found.total().frame.select(names).row(0) == by_day.total().frame.select(names).row(0)
        assert str(found) == str(by_day)
        assert found.days_lost().frame.equals(by_day.days_lost().frame)


@FEWER
@given(cases(3), PARTIALS)
def test_sums_over_facilities_equal_sums_over_time(some: list[Case], partial: float | None) -> None:
    assume(all(ways_of(case) for case in some))
    facilities = together(some)
    whole, each = (
        facility_days_lost(facilities, PERIOD, partial=partial),
        facility_days_lost(facilities, PERIOD, partial=partial, by=["facility_id"]),
    )
    cells = availability(facilities, partial=partial, period=PERIOD)
    assert (each.low, each.best, each.high, each.of) == (whole.low, whole.best, whole.high, whole.of)
    assert each.frame["facility_id"].to_list() == ["A", "B", "C"]
    assert fsum(each.frame["lost_low"]) == pytest.approx(whole.low)
    assert fsum(each.frame["lost_high"]) == pytest.approx(whole.high)
    assert cells.lost["lost_high"].sum() == pytest.approx(whole.high)
    assert (cells.days_lost().low, cells.days_lost().high) == (whole.low, whole.high)


@given(cases(3, exact=True), st.sampled_from([0.0, 0.25, 0.5, 1.0]))
def test_with_known_ends_the_sums_are_the_same_bits(some: list[Case], partial: float) -> None:
    facilities = together(some)
    each = facility_days_lost(facilities, PERIOD, partial=partial, by=["facility_id"])
    cells = availability(facilities, partial=partial, period=PERIOD).lost
    for name in ("low", "high"):
        assert each.frame[f"lost_{name}"].sum() == cells[f"lost_{name}"].sum() == getattr(each, name)


def test_a_spell_without_a_sure_day_still_takes_one() -> None:
    """Begun on day 2 to 4 and over on day 2 to 4: each day may have been functional, and yet one was lost."""
    some = register([facility("A"), facility("B", None)], [spell("A", (2, 4), (2, 4))])
    cells = availability(some.select(facility="A"))
    assert cells.lost["lost_low"].sum() == 0
    lost = facility_days_lost(some, by=["facility_id"])
    assert lost.frame.select("facility_id", "lost_low", "lost_high").rows() == [("A", 1, 3), ("B", 0, 8)]
    assert (lost.low, lost.high) == (1, 11)
    assert (facility_days_lost(some).low, str(facility_days_lost(some))) == (1, "1 to 11 facility-days lost of 16")
    # A period that some of its possible days lie outside of may hold none of it.
    assert facility_days_lost(some, "2019-05-01/2019-05-04").low == 0
    partial = register([facility("A", beds=7)], [spell("A", (2, 4), (2, 4), "partial")])
    assert facility_days_lost(partial).low == 0
    assert facility_days_lost(partial, partial=0.25).low == 0.75
    assert facility_days_lost(partial, partial=0.25, weight="beds", by=["type"]).frame["lost_low"].to_list() == [5.25]


def test_destroyed_for_good_counts_beside_a_spell_without_a_sure_day() -> None:
    rows = [spell("A", (0, 1), (0, 1)), spell("A", (4, 4), (5, None), "destroyed")]
    assert facility_days_lost(register([facility("A")], rows), PERIOD).low == 5
    later = [*rows, spell("A", (7, 7), (7, 7), "functional")]
    assert facility_days_lost(register([facility("A")], later), PERIOD).low == 4
    unseen = [*rows, spell("A", (None, 7), (7, 7), "functional")]
    assert facility_days_lost(register([facility("A")], unseen), PERIOD).low == 3


@FEWER
@given(one_facility(), PARTIALS, st.integers(0, DAYS - 1), st.data())
def test_learning_an_unknown_end_never_widens(case: Case, partial: float | None, end: int, data: st.DataObject) -> None:
    """But of destruction: without an end it is taken to last, so that an end is news."""
    one, spells = case
    assume(ways_of(case))
    open_ = [at for at, row in enumerate(spells) if row["end_latest"] is None and row["status"] != "destroyed"]
    assume(open_)
    at = data.draw(st.sampled_from(open_))
    until = max(spells[at]["end_earliest"], day(end))
    learnt = [row | {"end_latest": until} if number == at else row for number, row in enumerate(spells)]
    assume(ways_of((one, learnt)))
    for every in ("day", "week"):
        before = availability(together([case]), every, partial=partial, period=PERIOD)
        after = availability(together([(one, learnt)]), every, partial=partial, period=PERIOD)
        for old, new in zip(before.frame.iter_rows(named=True), after.frame.iter_rows(named=True), strict=True):
            if old["low"] is not None:
                assert old["low"] <= new["low"] <= new["high"] <= old["high"]
    old_lost, new_lost = before.days_lost(), after.days_lost()
    assert old_lost.low <= new_lost.low <= new_lost.high <= old_lost.high


@FEWER
@given(cases(2), PARTIALS)
def test_merging_adjacent_spells_and_relabelling_change_nothing(some: list[Case], partial: float | None) -> None:
    assume(all(ways_of(case) for case in some))
    facilities = together(some)
    before = availability(facilities, partial=partial, period=PERIOD, by=["type"])
    assert availability(facilities.merged(), partial=partial, period=PERIOD, by=["type"]).frame.equals(before.frame)
    new = {"A": "Z", "B": "C"}
    renamed = [(one | {"facility_id": new[one["facility_id"]]}, [row | {"facility_id": new[row["facility_id"]]} for row in rows])
               for one, rows in some][::-1]  # fmt: skip
    after = availability(together(renamed), partial=partial, period=PERIOD, by=["type"])
    assert after.frame.equals(before.frame)
    assert after.days_lost().frame.equals(before.days_lost().frame)


def test_two_adjacent_spells_are_as_one() -> None:
    two = register([facility("A")], [spell("A", (1, 2), (3, 3)), spell("A", (4, 4), (5, 6))])
    one = register([facility("A")], [spell("A", (1, 2), (5, 6))])
    assert two.merged().spells.height == 1
    assert availability(two).frame.equals(availability(one).frame)


def test_published_availability() -> None:
    """15 inclusive days: A out days 4 to 8, B out 6 to 15, C partial throughout, D up; by arithmetic."""
    entry = next(one for one in json.loads(PUBLISHED.read_text(encoding="utf-8")) if one["id"] == "fa-avail")
    expected, within = entry["expected"], entry["tolerance"]["abs"]
    lost = facility_days_lost(ABCD, partial=0.5)
    assert lost.best == pytest.approx(expected["facility_days_lost"], abs=within)
    assert (lost.of, str(lost)) == (60, "22.5 facility-days lost of 60")
    found = availability(ABCD, "month", partial=0.5)
    assert found.frame["best"].item() == pytest.approx(expected["availability_unweighted"], abs=within)
    beds = availability(ABCD, "month", partial=0.5, weight="beds")
    assert beds.frame["best"].item() == pytest.approx(expected["capacity_weighted"], abs=within)
    assert str(beds.days_lost()) == "1,300 bed-days lost of 3,000"
    assert str(found) == (
        "62.5 % of 60 facility-days functional, 1 May 2019 to 15 May 2019, 15 days, both ends counted; a partial day counts 0.5"
    )


def test_the_weight_of_partial_is_swept() -> None:
    found = availability(ABCD, "month")
    assert (found.frame["low"].item(), found.frame["best"].item(), found.frame["high"].item()) == (0.5, None, 0.75)
    assert found.sweep().select("partial_weight", "best").rows() == [
        (0.0, 0.5), (0.25, 0.5625), (0.5, 0.625), (0.75, 0.6875), (1.0, 0.75)
    ]  # fmt: skip
    assert found.with_partial(0.5).days_lost().best == 22.5
    assert str(found).startswith("50.0 to 75.0 % of 60 facility-days functional")
    with pytest.raises(OptionError, match="at least one weight"):
        found.sweep([])
    for bad in (-0.1, 1.5, True, "half"):
        with pytest.raises(OptionError, match="expected partial= a share"):
            availability(ABCD, partial=bad)  # type: ignore[arg-type]


def test_by_place_and_type() -> None:
    some = register(
        [facility("A", place="S/I/a", type="h"), facility("B", place="S/I/b"), facility("C", place="S"), facility("D")],
        [spell("A", (0, 0), (3, 3)), spell("C", (0, 0), (7, 7), "destroyed")],
    )
    found = availability(some, "month", by=["place"], level=2)
    assert found.frame.select("place", "facilities", "best").rows() == [("S", 1, 0), ("S/I", 2, 0.75), (None, 1, 1)]
    assert availability(some, "month", by=["place"]).frame["place"].to_list() == ["S", "S/I/a", "S/I/b", None]
    both = availability(some, "month", by=["type", "place"])
    assert both.frame.select("type", "place").rows()[0] == ("h", "S/I/a")
    assert found.days_lost().frame["lost_best"].to_list() == [8, 4, 0]
    assert found.total().frame.equals(found.frame)
    for bad in ("place", ["name"], ["place", "place"]):
        with pytest.raises(OptionError, match="expected by="):
            availability(some, by=bad)  # type: ignore[arg-type]
    for level, by in ((0, ["place"]), (1, ["type"]), (True, ["place"])):
        with pytest.raises(OptionError, match="expected level="):
            availability(some, by=by, level=level)  # type: ignore[arg-type]


def test_weights() -> None:
    some = register([facility("A", beds=0, catchment=500), facility("B", catchment=1000)], [spell("B", (1, 1), (2, 2))])
    people = facility_days_lost(some, weight="catchment")
    assert str(people) == "2,000 catchment person-days without service of 12,000"
    assert (people.unit, people.estimate.best) == ("catchment person-days without service", 2000)
    with pytest.raises(OptionError, match=r"beds of every facility, got none for 1 of 2 \(B\)"):
        facility_days_lost(some, weight="beds")
    with pytest.raises(OptionError, match="got 0 for all 1"):
        facility_days_lost(some.select(facility="A"), weight="beds")
    with pytest.raises(OptionError, match="expected weight="):
        facility_days_lost(some, weight="staff")  # type: ignore[arg-type]
    by_type = register([facility("A", beds=0, type="a"), facility("B", beds=2, type="b")])
    assert availability(by_type, "month", by=["type"], weight="beds").frame["low"].to_list() == [None, 1.0]


def test_facilities_that_open_and_close() -> None:
    some = register(
        [facility("A", closed=2), facility("B", opened=2), facility("C", opened=6)], [spell("A", (0, 0), (7, 7))]
    )
    frame = availability(some, timedelta(days=4)).frame
    assert frame.select("period_start", "facilities", "facility_days", "non_functional").rows() == [
        (day(0), 2, 5, 3), (day(4), 2, 6, 0)
    ]  # fmt: skip
    none = availability(some.select(facility="C"), period="2019-05-01/2019-05-03")
    assert str(none) == "no facility exists on any day, 1 May 2019 to 3 May 2019, 3 days, both ends counted"
    assert none.frame["high"].to_list() == [None] * 3


def test_calendars_are_cut_at_the_period() -> None:
    frame = availability(ABCD, "week", period="2019-05-03/2019-05-14").frame
    assert frame["period_start"].to_list() == [date(2019, 5, 3), date(2019, 5, 6), date(2019, 5, 13)]
    assert frame["days"].to_list() == [3, 7, 2]
    assert frame["facility_days"].to_list() == [12, 28, 8]
    with pytest.raises(OptionError, match="origin="):
        availability(ABCD, "week", origin=FIRST)


def test_results_print_and_write(tmp_path: Path) -> None:
    origin = Origin(title="A register", producer="Somebody")
    some = register([facility("A", type="=1+1")], [spell("A", (0, 0), (0, 0))], origin=origin)
    found = availability(some, "month", by=["type"])
    assert isinstance(found, Availability)
    assert found.to_frame() is found.frame
    assert found.source_line == "Source: A register"
    assert availability(ABCD).source_line == "Source: not stated"
    assert "By month and type." in found._repr_html_()
    assert "the whole period" in found.total()._repr_html_()
    found.to_csv(tmp_path / "a.csv")
    lost = found.days_lost()
    assert isinstance(lost, DaysLost)
    assert (str(lost), lost.convention) == (
        "1 facility-day lost of 8",
        "1 May 2019 to 8 May 2019, 8 days, both ends counted",
    )
    assert "both ends counted" in lost._repr_html_()
    assert lost.to_frame() is lost.frame
    lost.to_csv(tmp_path / "b.csv")
    assert all("'=1+1" in (tmp_path / name).read_text("utf-8") for name in ("a.csv", "b.csv"))


def test_wrong_input() -> None:
    with pytest.raises(OptionError, match="read_facilities"):
        availability(pl.DataFrame())  # type: ignore[arg-type]
    with pytest.raises(NoReportsError, match="at least one facility"):
        availability(ABCD.filter(pl.lit(value=False)))
    with pytest.raises(NoReportsError, match="period="):
        availability(register([facility("A", None)]))
    with pytest.raises(OptionError, match="every="):
        availability(ABCD, "fortnight")  # type: ignore[arg-type]
    assert str(facility_days_lost(register([facility("A", None)]), PERIOD)) == "up to 8 facility-days lost of 8"


def test_the_same_bytes_in_any_order() -> None:
    shuffled = register(
        ABCD.facilities.sort("beds").to_dicts(), ABCD.spells.sort("facility_id", descending=True).to_dicts()
    )
    for weight in (None, "beds"):
        one, other = (availability(some, by=["type"], weight=weight).frame for some in (ABCD, shuffled))
        assert one.write_csv() == other.write_csv()


def test_a_day_that_is_destroyed_or_something_else_but_not_functional() -> None:
    """Destroyed for good until the next spell begins, on day 3, 4 or 5: on days 3 and 4 it is one or the other."""

    def days(status: str, partial: float | None = 0.25) -> list[tuple[float, float, float]]:
        rows = [spell("A", (0, 0), (1, None), "destroyed"), spell("A", (3, 5), (6, 6), status)]
        found = availability(register([facility("A")], rows), partial=partial)
        assert found.days_lost().of == 8
        return found.frame.select("low", "high", "coverage").rows()[2:6]

    assert days("partial") == [(0, 0, 1), (0, 0.25, 0), (0, 0.25, 0), (0.25, 0.25, 1)]
    assert days("partial", None)[1] == (0, 1, 0)
    # Its status is not known, and yet it did not function.
    assert days("non_functional") == [(0, 0, 1), (0, 0, 0), (0, 0, 0), (0, 0, 1)]
    assert days("functional")[1] == (0, 1, 0)
    rows = [spell("A", (0, 0), (1, None), "destroyed"), spell("A", (3, 5), (6, 6), "partial")]
    lost = facility_days_lost(register([facility("A")], rows), partial=0.25)
    assert (lost.low, lost.high) == (3 + 4 * 0.75, 5 + 2 * 0.75)


def test_with_partial_days_only_between_zero_and_one() -> None:
    """Functional until day 3 or later, then partial, with no day between: low takes the weight, high does not."""
    rows = [spell("A", (0, 0), (3, 3), "functional"), spell("A", (4, 6), (7, 7), "partial")]
    found = availability(register([facility("A")], rows), partial=0.25).frame
    assert found.select("low", "high").rows()[3:8] == [(1, 1), (0.25, 1), (0.25, 1), (0.25, 0.25), (0.25, 0.25)]
