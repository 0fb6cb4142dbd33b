"""Breaks are stated by the caller; what the numbers suggest is proposed with evidence and never applied."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import OptionError, ParseError, PeriodError
from casualtystats.ledger.counters.breaks import Break
from casualtystats.ledger.counters.counter import Counter
from casualtystats.ledger.counters.phases import check_breaks
from casualtystats.ledger.counters.rules import CounterRow
from casualtystats.periods import Period

FIRST = date(2024, 1, 1)


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def counter(values: list[int | None], breaks: Any = (), **more: Any) -> Counter:
    """A counter by day; lists in `more` are columns of its rows."""
    since = more.pop("since", None)
    columns = [dict(zip(more, cells, strict=True)) for cells in zip(*more.values(), strict=True)] or [{}] * len(values)
    rows = [
        CounterRow(n + 1, day(n), value, value, None if column.get("qualifier") == "at_least" else value, **column)
        for n, (value, column) in enumerate(zip(values, columns, strict=True))
    ]
    return Counter(tuple(rows), breaks, since, "incident" in more)


def test_a_break_says_what_it_is() -> None:
    block = Break("2024-01-03", "retroactive", "a committee", period="2023-10-07/2023-12-31", count=24)
    assert block.date == block.day == day(2)
    assert block.period == block.stated_period == Period.of("2023-10-07", "2023-12-31")
    assert str(block) == "2024-01-03: retroactive, 24 (a committee; of 7 October to 31 December 2023)"
    assert Break(day(2), "reset", "x") == Break("2024-01-03", "reset", "x")


@pytest.mark.parametrize(
    ("options", "error", "named"),
    [
        ({"kind": "jump"}, OptionError, "reset, retroactive, definition, retraction, got 'jump'"),
        ({"reason": " "}, OptionError, "a reason for the break of 2024-01-03"),
        ({"date": "2024-01"}, ParseError, "a single day"),
        ({"date": "3 January"}, ParseError, "got '3 January'"),
        ({"date": 20240103}, ParseError, "got 20240103"),
        ({"period": "2024-01"}, OptionError, "got them at a reset"),
        ({"kind": "retraction", "period": "2024-01"}, PeriodError, r"ends by the day of the break \(2024-01-03\)"),
        ({"count": 3}, OptionError, "got them at a reset"),
        ({"kind": "retraction", "count": 0}, OptionError, "1 or more, got 0"),
        ({"kind": "retraction", "count": 2.5}, OptionError, "1 or more, got 2.5"),
        ({"kind": "retraction", "count": True}, OptionError, "1 or more, got True"),
    ],
)
def test_a_break_that_makes_no_sense(options: dict[str, Any], error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        Break(**({"date": "2024-01-03", "kind": "reset", "reason": "x"} | options))


def test_a_fall_is_proposed() -> None:
    found = counter([100, 140, 12, 30, 25]).find_breaks()
    assert found.drop("evidence").rows() == [(day(2), "reset", 3, 140, 12, -128), (day(4), "retraction", 5, 30, 25, -5)]
    assert found["evidence"].to_list() == [
        "falls from 140 on 2024-01-02 to 12 on 2024-01-03, 9% of it",
        "falls from 30 on 2024-01-04 to 25 on 2024-01-05",
    ]


def test_a_fall_to_a_fifth_looks_like_a_reset() -> None:
    assert counter([100, 20, 100, 21]).find_breaks()["kind"].to_list() == ["reset", "retraction"]


def test_a_floor_that_stays_is_not_proposed() -> None:
    assert counter([160, 160, 205], qualifier=["at_least"] * 3).find_breaks().is_empty()


def test_a_floor_that_goes_down_is_no_contradiction() -> None:
    floors = counter([160, 205, 20], qualifier=["at_least"] * 3)
    found = floors.find_breaks()
    assert found.drop("evidence").rows() == [(day(2), "retraction", 3, 205, 20, -185)]
    assert "no contradiction, for at least 20 allows 205; possibly 185 taken back" in found["evidence"][0]


def test_columns_that_disagree_are_proposed_with_both_numbers() -> None:
    found = counter([100, 110, 150, 155], incident=[100, 10, 12, 9]).find_breaks()
    assert found.select("date", "kind").rows() == [(day(2), "retroactive"), (day(3), "retraction")]
    assert "changes by 40 since 2024-01-02 and the incident counts say 12: 28 more" in found["evidence"][0]
    assert "say 9: 4 fewer" in found["evidence"][1]


def test_rows_without_a_count_between_are_said() -> None:
    quiet = counter([100, None, 150], incident=[None, None, 20]).find_breaks()
    assert quiet["evidence"].to_list()[0].endswith("30 more; rows since then state no incident count")
    told = counter([100, None, 150], incident=[None, 30, 20]).find_breaks()
    assert told.is_empty()


def test_a_first_value_from_zero_is_compared() -> None:
    assert counter([100, 110], incident=[90, 10], since=(FIRST, FIRST)).find_breaks()["evidence"].to_list() == [
        "the counter changes by 100 since its start and the incident counts say 90: 10 more"
    ]


def test_a_jump_far_outside_the_recent_rises_is_proposed() -> None:
    values: list[int | None] = [0, 10, 21, 30, 41, 50, 60, 360, 371]
    found = counter(values).find_breaks()
    assert found.drop("evidence").rows() == [(day(7), "retroactive", 8, 60, 360, 300)]
    # Median 10 a day, deviation sqrt(10): (300 - 10) / 3.162.
    assert found["evidence"][0] == "300 a day, 91.7 deviations above the median of 10.0 a day of the 6 rises before"
    assert counter(values).find_breaks(threshold=92).is_empty()
    assert counter(values[3:]).find_breaks().is_empty(), "too few rises before it to say what is usual"


def test_a_standstill_is_no_measure_of_what_is_usual() -> None:
    values: list[int | None] = [0, 10, 20, 30, 40, 50, *[50] * 20, 61]
    assert counter(values).find_breaks().is_empty()


def test_a_rise_over_several_days_is_taken_by_day() -> None:
    values: list[int | None] = [0, 10, 20, 30, 40, 50, None, None, None, None, 100]
    assert counter(values).find_breaks().is_empty()


def test_a_stated_break_is_not_proposed_again_and_is_no_measure() -> None:
    block = Break(day(7), "retroactive", "x")
    values: list[int | None] = [0, 10, 21, 30, 41, 50, 60, 360, 371, 671]
    assert counter(values).find_breaks()["date"].to_list() == [day(7), day(9)]
    assert counter(values, [block]).find_breaks()["date"].to_list() == [day(9)]


@pytest.mark.parametrize("options", [{"window": 4}, {"window": 14.0}, {"threshold": 0.0}, {"threshold": float("nan")}])
def test_settings_that_make_no_sense(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match="window= 5 or more and threshold= above 0"):
        counter([1, 2]).find_breaks(**options)


@given(st.lists(st.integers(0, 500), min_size=1, max_size=20))
def test_every_fall_is_proposed_and_nothing_is_applied(values: list[int]) -> None:
    made = counter(list(values))
    found = made.find_breaks(threshold=1e9)
    falls = {day(n) for n in range(1, len(values)) if values[n] < values[n - 1]}
    assert set(found["date"]) == falls
    assert made.breaks == ()
    assert len(made.segments()) == 1
    for before, after, kind in found.select("before", "after", "kind").rows():
        assert kind == ("reset" if 5 * after <= before else "retraction")


def test_a_break_applies_to_the_first_row_with_a_value_from_its_date_on() -> None:
    made = counter([100, 140, None, 12, 30], [Break(day(2), "reset", "x")])
    first, second = made.segments()
    assert [change.row.row for change in first.changes] == [1, 2]
    assert (second.opens, second.phase, second.base, second.changes[0].row.row) == ("reset", 2, 0, 4)
    assert second.changes[0].days == 2


def test_a_new_definition_starts_anew_in_the_same_phase() -> None:
    made = counter([100, 140, 60, 70], [Break(day(2), "definition", "verified only")])
    first, second = made.segments()
    assert (first.phase, second.phase, second.opens, second.base) == (1, 1, "definition", None)


def test_phases_of_a_column() -> None:
    made = counter([100, None, 140, None, 12, 30], phase=["a", "a", "a", "b", "b", "b"])
    assert [(piece.name, piece.phase, piece.base) for piece in made.segments()] == [("a", 1, None), ("b", 2, 0)]
    assert [change.row.row for change in made.segments()[1].changes] == [5, 6]
    # A phase without any value still ends the one before it.
    with pytest.raises(OptionError, match=r"starts again near zero.*100 on 2024-01-01 \(row 1\), then 140"):
        counter([100, None, 140], phase=["a", "b", "a"])


def test_a_phase_that_goes_on_rising_is_refused_unless_it_is_stated() -> None:
    with pytest.raises(OptionError, match="would add everything again"):
        counter([5, 30, 40], phase=["a", "b", "b"])
    made = counter([5, 30, 40], [Break(day(1), "reset", "x")], phase=["a", "b", "b"])
    assert [(piece.name, piece.phase, piece.base) for piece in made.segments()] == [("a", 1, None), ("b", 2, 0)]


def test_breaks_that_meet_nothing_or_each_other() -> None:
    with pytest.raises(
        OptionError, match=r"on or before the last row with a value \(2024-01-02\), got 2024-01-03: reset"
    ):
        counter([1, 2], [Break(day(2), "reset", "x")])
    with pytest.raises(OptionError, match=r"last row with a value \(none\)"):
        check_breaks([], [Break(day(2), "reset", "x")])
    with pytest.raises(OptionError, match=r"one retraction a row.*row 2"):
        counter([2, 1], [Break(day(1), "retraction", "x"), Break(day(1), "retraction", "y")])
    for kind in ("reset", "definition"):
        with pytest.raises(
            OptionError, match=rf"after the first row with a value \(2024-01-01\), got 2023-12-31: {kind}"
        ):
            counter([2, 1], [Break(day(-1), kind, "x")])  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="one block a row"):
        counter([2, 1], [Break(day(1), "retraction", "x"), Break(day(1), "retroactive", "y")])
    with pytest.raises(OptionError, match="with which the counter starts"):
        counter([2, 1], [Break(day(0), "retroactive", "x")])
    with pytest.raises(OptionError, match="where the counter rises, got a change of -1 at row 2"):
        counter([2, 1], [Break(day(1), "retroactive", "x")])
    with pytest.raises(OptionError, match="where the counter falls, got a change of 1 at row 2"):
        counter([1, 2], [Break(day(1), "retraction", "x")])
    with pytest.raises(OptionError, match="a list of breaks, got one"):
        counter([1, 2], Break(day(1), "retroactive", "x"))
    with pytest.raises(OptionError, match="got 'reset' in it"):
        counter([1, 2]).with_breaks(["reset"])  # type: ignore[list-item]


def test_blocks_leave_the_levels() -> None:
    breaks = [Break(day(1), "retroactive", "x", count=30), Break(day(3), "retraction", "y")]
    (piece,) = counter([100, 140, 150, 130], breaks).segments()
    assert piece.levels() == [100, 110, 120, 120]
    assert [piece.block(at) for at in range(4)] == [0, 30, 0, -20]
