"""Named facilities by calendar, against every arrangement of their spells: distinct, hits, new outages, out on a day."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import NoReportsError, OptionError
from casualtystats.places import Places

sys.path.insert(0, str(Path(__file__).parent / "availability"))
from spell_tables import (
    DAYS,
    Row,
    arrangements,
    day,
    facility,
    hit,
    one_facility,
    register,
    spell,
    statuses,
)  # fmt: skip

PERIOD = "2019-05-01/2019-05-08"
OUT = {"non_functional", "destroyed"}
Case = tuple[Row, list[Row]]
EVERY = st.sampled_from([None, "day", "week", timedelta(days=3)])


def named(facilities: Any, **more: Any) -> Any:
    return cs.outages(facilities=facilities, **more).named


def cells_of(frame: Any) -> list[tuple[range, int, int]]:
    """Day numbers of each cell, with its low and high."""
    start = date(2019, 5, 1)
    return [
        (range((row["period_start"] - start).days, (row["period_end"] - start).days + 1), row["low"], row["high"])
        for row in frame.iter_rows(named=True)
    ]


@given(one_facility("A"), one_facility("B"), EVERY, st.booleans())
def test_distinct_and_out_hold_every_arrangement(one: Case, other: Case, every: Any, partial: bool) -> None:
    ways = [[statuses(*case, pairs) for pairs in arrangements(case[1])] for case in (one, other)]
    assume(all(ways))
    some = named(register([one[0], other[0]], one[1] + other[1]))
    out = OUT | ({"partial"} if partial else set())
    for days, low, high in cells_of(some.distinct(every, period=PERIOD, partial=partial)):
        least = sum(min(any(way[n] in out for n in days) for way in found) for found in ways)
        most = sum(max(any(way[n] in out | {"unknown"} for n in days) for way in found) for found in ways)
        assert low <= least
        assert high == most
        if all(len(found) == 1 for found in ways):
            assert low == least
    frame, told = some.out(every or "day", period=PERIOD, partial=partial), (0, 0)
    for days, low, high in cells_of(frame):
        last = days[-1]
        assert low == sum(min(way[last] in out for way in found) for found in ways)
        assert high == sum(max(way[last] in out | {"unknown"} for way in found) for found in ways)
        told = (low, high)
    on = some.out_on(day(DAYS - 1), partial=partial)
    assert (on.low, on.high) == told
    if not partial:
        sure = some.surely_out_on(day(DAYS - 1))
        assert len(sure) == on.low


@given(one_facility("A"), EVERY, st.booleans())
def test_new_outages_hold_every_arrangement(case: Case, every: Any, partial: bool) -> None:
    one, spells = case
    one = one | {"observed_from": day(0), "observed_until": day(DAYS - 1), "opened": None, "closed": None}
    ways = [(pairs, statuses(one, spells, pairs)) for pairs in arrangements(spells)]
    assume(ways)
    out = OUT | ({"partial"} if partial else set())
    for days, low, high in cells_of(named(register([one], spells)).went_out(every, period=PERIOD, partial=partial)):
        sure, may = [], []
        for pairs, way in ways:
            begun = [
                way[start - 1] if start else "functional"
                for row, (start, _) in zip(spells, pairs, strict=True)
                if row["status"] in out and start in days and row["start_earliest"] is not None
            ]
            sure.append(sum(before not in out | {"unknown"} for before in begun))
            may.append(sum(before not in out for before in begun))
        assert low <= min(may)
        assert max(sure) <= high
        if len(ways) == 1:
            assert sure[0] <= low <= may[0]


def test_hit_again_while_out_does_not_go_out_twice() -> None:
    some = register(
        [facility("A")],
        [spell("A", (1, 1), (2, 2)), spell("A", (3, 3), (4, 4), "destroyed"), spell("A", (6, 6), (6, 6))],
        [hit("A", 1), hit("A", 3), hit("A", 3)],
    )
    found = named(some)
    assert found.went_out()["low"].to_list() == found.went_out()["high"].to_list() == [2]
    assert found.went_out("day")["low"].to_list() == [0, 1, 0, 0, 0, 0, 1, 0]
    assert found.hits()["low"].item() == 3
    assert found.distinct_hit()["low"].item() == 1
    assert found.distinct()["low"].item() == 1


def test_an_outage_without_a_known_end_may_be_the_same_one() -> None:
    def went(*spells: Row) -> tuple[int, int]:
        frame = named(register([facility("A")], list(spells))).went_out(period=PERIOD)
        return frame["low"].item(), frame["high"].item()

    assert went(spell("A", (1, 1), (2, None)), spell("A", (5, 5), (5, 5))) == (1, 2)
    assert went(spell("A", (1, 1), (2, None), "destroyed"), spell("A", (5, 5), (5, 5))) == (1, 1)
    assert went(spell("A", (1, 1), (2, None), "functional"), spell("A", (5, 5), (5, 5))) == (1, 1)
    assert went(spell("A", (1, 1), (4, 4), "unknown"), spell("A", (5, 5), (5, 5))) == (0, 1)
    assert went(spell("A", (None, 5), (6, 6))) == (0, 1)
    # With an end that is known, a day between is a day back; without such a day the outage goes on.
    assert went(spell("A", (1, 1), (2, 3)), spell("A", (5, 5), (5, 5))) == (2, 2)
    assert went(spell("A", (1, 1), (2, 4)), spell("A", (5, 5), (5, 5))) == (1, 2)


def test_outages_of_facilities_that_open_and_close() -> None:
    rows = [facility("A", opened=3), facility("B", closed=3)]
    found = named(register(rows, [spell("A", (2, 4), (6, 6)), spell("B", (5, 5), (6, 6))]))
    frame = found.went_out()
    assert (frame["low"].item(), frame["high"].item()) == (0, 1)
    assert found.distinct()["high"].item() == 1


def test_an_outage_without_a_sure_day_counts_in_the_cell_that_holds_it() -> None:
    some = named(register([facility("A")], [spell("A", (2, 4), (2, 4))]))
    assert some.distinct()["low"].item() == 1
    assert some.distinct("day")["low"].sum() == 0
    assert some.distinct(timedelta(days=5))["low"].to_list() == [1, 0]
    assert some.distinct(timedelta(days=3))["low"].to_list() == [0, 0, 0]


def test_hits_on_unknown_facilities() -> None:
    """One may be on a facility that is counted already, or not."""
    some = register([facility("A")], [], [hit("A", 1), hit(None, 2, 5), hit(None, 6)])
    found = named(some)
    assert found.hits().select("low", "high").rows() == [(3, 3)]
    assert found.distinct_hit().select("low", "high").rows() == [(1, 3)]
    week = found.distinct_hit("week").select("low", "high").rows()
    assert week == [(1, 2), (1, 2)]
    assert found.hits("week").select("low", "high").rows() == [(1, 2), (1, 2)]


@given(st.lists(st.tuples(st.sampled_from(["A", "B", None]), st.integers(0, 7), st.integers(0, 2)), max_size=6), EVERY)
def test_hits_are_at_least_the_facilities_hit(rows: list[tuple[str | None, int, int]], every: Any) -> None:
    events = [hit(name, first, min(DAYS - 1, first + more)) for name, first, more in rows]
    found = named(register([facility("A"), facility("B")], [], events))
    hits, distinct = found.hits(every, period=PERIOD), found.distinct_hit(every, period=PERIOD)
    assert (hits["low"] >= distinct["low"]).all()
    assert (hits["high"] >= distinct["high"]).all()
    assert (distinct["low"] <= distinct["high"]).all()
    if every is None:
        assert hits["low"].item() == len(rows)


def test_place_and_type_of_what_is_named() -> None:
    """What lies elsewhere does not count; what is not said to lie anywhere may."""
    rows = [
        facility("in", place="S/I/a", type="health/hospital"), facility("out", place="S/H", type="health"),
        facility("wide", place="S", type="health"), facility("none", place=None, type="health"),
        facility("kind", place="S/I", type="school"), facility("untyped", place="S/I"),
    ]  # fmt: skip
    spells = [spell(str(row["facility_id"]), (1, 1), (3, 3)) for row in rows]
    hits = [
        hit("in", 1),
        hit("out", 1),
        hit(None, 1, place="S/I/b", type="health"),
        hit(None, 1),
        hit("out", 2, place="S/I"),
    ]
    some = register(rows, spells, hits)
    found = named(some, place="S/I", group="health")
    assert found.facilities.facilities["facility_id"].to_list() == ["in", "wide", "none", "untyped"]
    assert found.sure.tolist() == [True, False, False, False]
    assert found.distinct().select("low", "high").rows() == [(1, 4)]
    assert found.out_on(day(2)).high == 4
    assert found.out("day")["low"].max() == 1
    assert found.went_out().select("low", "high").rows() == [(1, 4)]
    assert found.hits().select("low", "high").rows() == [(3, 4)]
    assert str(found).endswith("of which 3 may lie elsewhere or be of another type")
    zone = register(rows, spells, places=Places({"zone": ("S/I/a", "S/H")}))
    assert named(zone, place="zone").sure.tolist() == [True, True, False, False, False, False]


def test_named_outages_need_a_register_and_print() -> None:
    some = named(register([facility("A")], [spell("A", (1, 1), (2, 2))]))
    assert str(some).startswith("named facilities: 1 facility")
    assert "facility_id" in some._repr_html_()
    with pytest.raises(OptionError, match="expected one day"):
        some.out_on("2019-05")
    with pytest.raises(OptionError, match="every="):
        some.distinct("fortnight")
    with pytest.raises(NoReportsError, match="period="):
        named(register([facility("A", None)])).distinct()
