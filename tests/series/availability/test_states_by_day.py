"""What a facility may be on a day is what some arrangement of its spells allows: against all of them."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import assume, given
from spell_tables import DAYS, Row, arrangements, day, facility, one_facility, register, spell, statuses

from casualtystats.errors import ContradictionError, NoReportsError, OptionError, ReportFileError
from casualtystats.periods import Period
from casualtystats.reports.facilities.states import spoken_days, states

PERIOD = "2019-05-01/2019-05-08"
CAN = {
    "can_functional": {"functional", "unknown"},
    "can_partial": {"partial", "unknown"},
    "can_out": {"non_functional", "destroyed", "unknown"},
}


def by_day(frame: pl.DataFrame, days: int = DAYS) -> list[tuple[str, bool, bool, bool] | None]:
    """The rows of one facility by day; None where none speaks. Fails where two do."""
    found: list[tuple[str, bool, bool, bool] | None] = [None] * days
    for row in frame.iter_rows(named=True):
        for number in range(days):
            today = day(number)
            assert today is not None
            if row["first"] <= today <= row["last"]:
                assert found[number] is None
                found[number] = (row["status"], *(row[name] for name in CAN))
    return found


@given(one_facility())
def test_what_may_be_is_what_some_arrangement_allows(case: tuple[Row, list[Row]]) -> None:
    one, spells = case
    ways = [statuses(one, spells, pairs) for pairs in arrangements(spells)]
    assume(ways)
    found = by_day(states(register([one], spells), PERIOD, functional=True))
    for number in range(DAYS):
        possible = {way[number] for way in ways}
        if possible == {""}:
            assert found[number] is None
            continue
        told = found[number]
        assert told is not None
        status, *may = told
        assert status == (possible.pop() if len(possible) == 1 else "unknown")
        possible = {way[number] for way in ways}
        assert may == [bool(possible & names) for names in CAN.values()]
    short = by_day(states(register([one], spells), PERIOD))
    assert short == [None if told is not None and told == ("functional", True, False, False)
                     and statuses_base(one, spells, number) else told for number, told in enumerate(found)]  # fmt: skip


def statuses_base(one: Row, spells: list[Row], number: int) -> bool:
    """Whether no spell can speak of a day: it is then of the base status in every arrangement."""
    return not any(a <= number <= b for pairs in arrangements(spells) for a, b in pairs)


def test_spells_that_can_not_follow_each_other_are_refused() -> None:
    """Each pair fits, and the three together do not."""
    three = [spell("A", (5, 5), (5, 5)), spell("A", (5, 6), (5, 6)), spell("A", (6, 6), (6, 6))]
    three[0] = spell("A", (4, 4), (5, 5))
    with pytest.raises(ContradictionError, match="facility 'A' that can follow"):
        states(register([facility("A")], three), PERIOD)
    with pytest.raises(ContradictionError, match="facility 'B'"):
        states(
            register([facility("A"), facility("B")], [spell("B", (1, 1), (4, 4)), spell("B", (4, 4), (6, 6))]), PERIOD
        )
    with pytest.raises(ContradictionError, match="facility 'A'"):
        states(register([facility("A")], [spell("A", (4, 4), (2, None))]), PERIOD)


def test_a_spell_of_a_facility_outside_the_register_is_refused() -> None:
    with pytest.raises(ReportFileError, match="'Z'"):
        states(register([facility("A")], [spell("Z", (1, 1), (2, 2))]))


def test_rows_in_any_order_give_the_same() -> None:
    some = [
        spell("B", (4, 4), (5, 5)), spell("A", (1, 1), (2, 2)), spell("B", (1, 1), (2, 3), "partial"),
        spell("A", (4, 5), (6, 6)),
    ]  # fmt: skip
    rows = [facility("A"), facility("B")]
    ordered = states(register(rows, [some[1], some[3], some[2], some[0]]))
    assert states(register(rows, some)).equals(ordered)
    assert states(register(rows, some[::-1])).equals(ordered)
    swapped = states(register(rows[::-1], some))
    assert swapped.sort("facility_id", "first").equals(ordered)


def test_the_period() -> None:
    some = register([facility("A", (2, 3))], [spell("A", (None, 1), (5, None))])
    assert spoken_days(some) == (day(1), day(5))
    found = states(some)
    assert found["first"].to_list() == [day(1)]
    assert found["last"].to_list() == [day(5)]
    wide = states(some, Period.of("2019-05-01", "2019-05-08"))
    assert wide["status"].to_list() == ["unknown", "non_functional", "unknown"]
    assert wide["last"][-1] - wide["first"][0] == timedelta(days=7)
    with pytest.raises(NoReportsError, match="observed_from"):
        states(register([facility("A", None)]))
    with pytest.raises(OptionError, match="known ends"):
        states(some, Period.of("2019-05", "2019-06-01"))
    with pytest.raises(OptionError, match="expected period="):
        states(some, 5)  # type: ignore[arg-type]


def test_observed_days_between_and_around_spells() -> None:
    """Unobserved days are unknown, observed ones functional, and a row is made for the latter only where asked."""
    some = register([facility("A", (2, 5))], [spell("A", (3, 3), (3, 3))])
    assert states(some, PERIOD)["status"].to_list() == ["unknown", "non_functional", "unknown"]
    full = states(some, PERIOD, functional=True)
    assert full["status"].to_list() == ["unknown", "functional", "non_functional", "functional", "unknown"]
    assert full["first"].to_list() == [day(0), day(2), day(3), day(4), day(6)]
