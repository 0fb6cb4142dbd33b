from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trends_reports import make_reports

import casualtystats as cs
from casualtystats.errors import (
    KindError,
    MeasureError,
    NotAdditiveError,
    OptionError,
    TooFewReportsError,
    UndefinedEstimateError,
)
from casualtystats.trends.cellchecks import spans_text
from casualtystats.trends.complete import complete_cells

# A Monday.
FIRST = date(2020, 1, 6)


def row(value: int, start: int, days: int = 1, **more: Any) -> dict[str, Any]:
    """A report on numbered days, day 0 being 6 January 2020."""
    begin = FIRST + timedelta(days=start)
    return {"value": value, "start": begin.isoformat(), "end": (begin + timedelta(days=days - 1)).isoformat()} | more


def daily(counts: list[int | None]) -> list[dict[str, Any]]:
    return [row(count, at) for at, count in enumerate(counts) if count is not None]


def series(rows: list[dict[str, Any]], **more: Any) -> Any:
    return cs.deaths(make_reports(rows), **more)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_counts_of_days_are_those_reported(counts: list[int]) -> None:
    cells = complete_cells(series(daily(counts)).resample("day"))
    assert cells.counts.tolist() == counts
    assert cells.dates == [FIRST + timedelta(days=at) for at in range(len(counts))]
    assert set(cells.days.tolist()) == {1}
    assert cells.notes == ()
    assert cells.alike


@settings(max_examples=40)
@given(st.lists(st.integers(0, 1000), min_size=14, max_size=80), st.integers(0, 6))
def test_weeks_are_sums_and_ends_are_left_out_and_said(counts: list[int], late: int) -> None:
    rows = [row(count, late + at) for at, count in enumerate(counts)]
    cells = complete_cells(series(rows).resample("week"))
    begin = -late % 7
    whole = (len(counts) - begin) // 7
    assert cells.counts.tolist() == [sum(counts[begin + 7 * at : begin + 7 * at + 7]) for at in range(whole)]
    assert len(cells.notes) == (begin > 0) + ((len(counts) - begin) % 7 > 0)
    assert all("not every day is covered: 1 week (" in note for note in cells.notes)
    assert cells.cell == "week"


def test_gaps_are_kept_with_their_reason_or_refused_with_their_dates() -> None:
    rows = daily([3, None, None, 0, 5, None, 2])
    kept = complete_cells(series(rows).resample("day"), need="gaps").frame
    assert kept["count"].to_list() == [3, None, None, 0, 5, None, 2]
    assert kept["reason"].to_list() == [None, "no report", "no report", None, None, "no report", None]
    with pytest.raises(TooFewReportsError, match=r"2020-01-07 to 2020-01-08, 2020-01-11\): no report is not zero"):
        complete_cells(series(rows).resample("day"))


def test_silence_is_zero_only_where_it_was_observed() -> None:
    rows = daily([3, None, None, 0])
    watched = series(rows, observed="2020-01-06/2020-01-10").resample("day")
    assert complete_cells(watched).counts.tolist() == [3, 0, 0, 0, 0]


def test_partly_covered_weeks_between_others_are_gaps() -> None:
    rows = [row(4, 0, 7), row(2, 8, 6), row(5, 14, 7)]
    kept = complete_cells(series(rows).resample("week"), need="gaps").frame
    assert kept["count"].to_list() == [4, None, 5]
    assert kept["reason"][1] == "some days are not covered by a report about the whole"


def test_a_report_about_a_part_covers_nothing() -> None:
    rows = [row(4, 0, place="A"), row(3, 1, place="A"), row(2, 2, place="A/b")]
    cells = complete_cells(series(rows, place="A").resample("day"))
    assert cells.counts.tolist() == [4, 3]
    assert "2020-01-08" in cells.notes[0]


@pytest.mark.parametrize("spread", ["uniform", "whole"])
def test_spread_counts_are_refused_by_name(spread: Any) -> None:
    rows = [row(30, 0, 10), row(4, 10)]
    with pytest.raises(KindError, match=r"spread over days in 10 days \(2020-01-06 to 2020-01-15\)"):
        complete_cells(series(rows).daily(spread), need="gaps")


def test_weights_do_not_make_counts() -> None:
    weighted = series([row(30, 0, 10)]).daily({FIRST + timedelta(days=at): at + 1.0 for at in range(10)})
    with pytest.raises(KindError, match="spread over days"):
        complete_cells(weighted)


def test_a_calendar_that_cuts_every_report_is_refused_for_that() -> None:
    rows = [row(9, 3 + 7 * at, 7) for at in range(5)]
    with pytest.raises(KindError, match=r"4 weeks \(2020-01-13 to 2020-02-09\)"):
        complete_cells(series(rows).resample("week"))
    fuzzy = [{"value": 9, "start": "[2020-01-06..2020-01-08]", "end": "[2020-01-08..2020-01-12]"}]
    with pytest.raises(KindError, match=r"7 days \(2020-01-06 to 2020-01-12\)"):
        complete_cells(series([fuzzy[0] | {"end": "[2020-01-07..2020-01-12]"}]).daily(), need="gaps")


def test_no_covered_cell() -> None:
    with pytest.raises(TooFewReportsError, match="got none of 1"):
        complete_cells(series([row(4, 0, 3)]).resample("month"))


@pytest.mark.parametrize("qualifier", ["at_least", "approximately", "up_to"])
def test_bounds_that_do_not_meet_are_refused_or_taken_by_name(qualifier: str) -> None:
    rows = [*daily([3, 4]), row(40, 2, qualifier=qualifier), row(5, 3)]
    with pytest.raises(UndefinedEstimateError, match=r"1 day \(2020-01-08\); take one value.*count='low'"):
        complete_cells(series(rows).resample("day"))
    low = complete_cells(series(rows).resample("day"), count="low")
    assert low.counts.tolist()[2] == {"at_least": 40, "approximately": 35, "up_to": 0}[qualifier]
    assert low.notes == ("Where bounds do not meet, the low value was taken as if it were exact.",)
    if qualifier == "approximately":
        assert complete_cells(series(rows).resample("day"), count="best").counts.tolist()[2] == 40
    else:
        with pytest.raises(UndefinedEstimateError, match=r"count='best' to be known.*2020-01-08"):
            complete_cells(series(rows).resample("day"), count="best")
    if qualifier == "at_least":
        with pytest.raises(UndefinedEstimateError, match="count='high'"):
            complete_cells(series(rows).resample("day"), count="high")


def test_exact_values_need_no_note() -> None:
    assert complete_cells(series(daily([3, 4])).resample("day"), count="high").notes == ()


def test_what_is_no_series_of_counts() -> None:
    killed = series(daily([1, 2, 3]))
    with pytest.raises(OptionError, match=r"resample\('day'\)"):
        complete_cells(killed)
    anything: Any = killed.cumulate()
    with pytest.raises(KindError, match="CumulativeSeries of violent deaths"):
        complete_cells(anything)
    anything = [1, 2, 3]
    with pytest.raises(MeasureError, match="got list"):
        complete_cells(anything)
    with pytest.raises(KindError, match="bounds"):
        complete_cells(series(daily([1, 2, 3]), overlap="bounds").resample("day"))
    split = [line | {"source": "A"} for line in daily([1, 2, 3])]
    with pytest.raises(OptionError, match="split"):
        complete_cells(series(split, by=["source"]).resample("day"))
    people = make_reports([line | {"measure": "displaced"} for line in daily([1, 2, 3])])
    with pytest.raises(NotAdditiveError, match="displacements"):
        complete_cells(cs.displacement(people, unit="people").resample("day"))
    wrong: Any = "middle"
    with pytest.raises(OptionError, match="count= one of exact"):
        complete_cells(killed.resample("day"), count=wrong)


def test_enough() -> None:
    cells = complete_cells(series(daily([0, 0, 0])).resample(timedelta(days=1)))
    assert cells.cell == "1-day cell"
    with pytest.raises(TooFewReportsError, match="at least 4 1-day cells in a row for a test, got 3"):
        cells.enough(4, "a test")
    with pytest.raises(UndefinedEstimateError, match="3 1-day cells of 0"):
        cells.enough(3, "a test")


def test_spans_are_joined_and_cut() -> None:
    days = [FIRST + timedelta(days=at) for at in (0, 1, 3, 5, 7, 9, 11)]
    assert spans_text([(day, day) for day in days]) == (
        "2020-01-06 to 2020-01-07, 2020-01-09, 2020-01-11, 2020-01-13 and 2 more"
    )
