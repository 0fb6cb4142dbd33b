"""Reporting triangles: from archives, by age, with what was left out said; and from plain numbers."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nowcast_reports import MONDAY, archive_of, vintage, weekly

from casualtystats.errors import (
    DoubleCountError,
    MixedUnitsError,
    NoReportsError,
    OptionError,
    ParseError,
    PeriodError,
    TooFewReportsError,
    UndefinedEstimateError,
    VintageError,
)
from casualtystats.periods import EVERY, Period
from casualtystats.provenance import Origin
from casualtystats.trends.nowcast import Triangle, nowcast, reporting_triangle
from casualtystats.trends.nowcast.ages import age_between, usual_step
from casualtystats.trends.nowcast.calendars import cells_of, common_calendar
from casualtystats.trends.nowcast.cells import carry_forward, whole_or_float

WEEKS: list[list[float | None]] = [[40, 62, 70, 72], [55, 85, 96], [48, 68], [60]]
LAST = "2019-04-29"


def triangle(*rows: dict[str, Any], as_of: str = LAST, **more: Any) -> Triangle:
    return reporting_triangle(archive_of(*rows), as_of=as_of, **more)


def cells(found: Triangle) -> list[list[float | None]]:
    return [list(row) for row in found.to_frame().drop("period_start", "period_end").rows()]


# --- ages --------------------------------------------------------------------------------------------------


def test_vintages_stand_under_the_age_that_they_were_published_at() -> None:
    found = triangle(*weekly(WEEKS))
    assert cells(found) == [[40, 62, 70, 72], [55, 85, 96, None], [48, 68, None, None], [60, None, None, None]]
    assert (found.age, found.every, found.ages) == ("week", "week", (0, 1, 2, 3))
    assert found.noun == "violent deaths of civilians"
    assert found.source_line == "Source: OHCHR; as published by 2019-04-29"
    assert found.published_by == date(2019, 4, 29)
    assert (found.carried, found.gaps, found.notes) == (0, 0, ())
    assert found.to_frame("incremental")["week_1"].to_list() == [22, 30, 20, None]
    assert str(found) == (
        "reporting triangle of 4 periods and 4 ages, published by 2019-04-29, 10 of 16 cells known: 296 reported so far"
    )
    assert "<table>" in found._repr_html_()


@given(st.integers(0, 6), st.integers(0, 6))
def test_the_day_of_the_week_does_not_matter_where_it_is_the_same(on: int, later: int) -> None:
    """Delays are rounded down to whole weeks; nothing is known after the last publication, whenever it was asked."""
    last = MONDAY + timedelta(days=27 + on)
    found = reporting_triangle(archive_of(*weekly(WEEKS, on)), as_of=last + timedelta(days=later))
    assert cells(found) == cells(triangle(*weekly(WEEKS)))


def test_an_older_date_of_knowledge_is_a_smaller_triangle() -> None:
    found = triangle(*weekly(WEEKS), as_of="2019-04-22")
    assert cells(found) == [[40, 62, 70], [55, 85, None], [48, None, None]]
    assert found.as_of == date(2019, 4, 22)


def test_no_publication_is_no_known_change() -> None:
    rows: list[list[float | None]] = [[40, None, 70, None], [55, 85], [None, 68], [60]]
    found = triangle(*weekly(rows))
    assert cells(found) == [[40, 40, 70, 70], [55, 85, 85, None], [None, 68, None, None], [60, None, None, None]]
    assert found.carried == 3
    assert "3 cells without a publication: the count before stands" in nowcast(found).notes
    # Before its first publication a count is not known, and not zero: the first factor does without the third week.
    assert nowcast(found).ladder.factors[0] == pytest.approx((40 + 85) / (40 + 55))


def test_the_last_of_several_vintages_at_one_age_counts() -> None:
    found = triangle(*weekly(WEEKS), vintage(0, 3, 45), vintage(0, 5, 41))
    assert cells(found)[0] == [41, 62, 70, 72]
    assert found.notes == ("2 reports followed by another within one week of age: the last counts",)


def test_ages_may_be_counted_in_days_and_pooled() -> None:
    found = triangle(*weekly(WEEKS), age="day", max_age=10)
    assert found.ages == tuple(range(1, 11))
    assert cells(found)[0] == [40, 40, 40, 40, 40, 40, 40, 62, 62, 72]
    assert "3 reports published later than 10 days counted as of that age" in found.notes
    assert nowcast(found).to_frame()["reported"].to_list() == [72, 96, 68, 60]


@pytest.mark.parametrize(
    ("end", "on", "age"),
    [
        ((2019, 1, 31), (2019, 2, 27), 0), ((2019, 1, 31), (2019, 2, 28), 1), ((2019, 1, 31), (2019, 3, 31), 2),
        ((2019, 2, 28), (2019, 3, 30), 0), ((2019, 2, 28), (2019, 3, 31), 1), ((2018, 12, 31), (2019, 12, 31), 12),
        ((2019, 12, 15), (2020, 1, 14), 0), ((2019, 12, 15), (2020, 1, 15), 1),
    ],
)  # fmt: skip
def test_months_of_age_are_whole(end: tuple[int, int, int], on: tuple[int, int, int], age: int) -> None:
    assert age_between(date(*on), date(*end), "month") == age


def test_the_step_of_age_follows_the_calendar() -> None:
    steps = {name: usual_step(name) for name in EVERY}
    assert steps == {
        "day": "day", "week": "week", "epiweek": "week", "month": "month", "quarter": "month", "year": "month",
    }  # fmt: skip
    assert [usual_step(timedelta(days=days)) for days in (5, 7, 10)] == ["day", "week", "week"]


def test_months_by_months() -> None:
    rows = [
        {"start_earliest": date(2019, month, 1), "end_latest": date(2019, month + 1, 1) - timedelta(days=1),
         "value": value, "source": "OHCHR", "published_earliest": on, "published_latest": on}
        for month, value, on in (
            (1, 10, date(2019, 2, 5)), (1, 14, date(2019, 3, 5)), (2, 12, date(2019, 3, 5)), (4, 9, date(2019, 5, 5)),
        )
    ]  # fmt: skip
    found = triangle(*rows, as_of="2019-05-31")
    assert (found.every, found.age) == ("month", "month")
    assert cells(found) == [[10, 14, 14, 14], [12, 12, 12, None], [9, None, None, None]]
    assert found.gaps == 1
    assert "1 period between them without a figure: not zero, and not in it" in nowcast(found).notes


# --- calendars ---------------------------------------------------------------------------------------------


def spans(*given: tuple[int, int]) -> list[tuple[date, date]]:
    return [(MONDAY + timedelta(days=a), MONDAY + timedelta(days=b)) for a, b in given]


@pytest.mark.parametrize(
    ("given_", "name"),
    [
        (spans((0, 0), (5, 5)), "day"), (spans((0, 6), (14, 20)), "week"), (spans((-1, 5), (6, 12)), "epiweek"),
        (spans((0, 29), (30, 60)), "month"), (spans((0, 90)), "quarter"), (spans((0, 9), (10, 19), (40, 49)), None),
        (spans((2, 8), (9, 15)), None),
    ],
)  # fmt: skip
def test_the_calendar_is_found(given_: list[tuple[date, date]], name: str | None) -> None:
    length = timedelta(days=(given_[0][1] - given_[0][0]).days + 1)
    assert common_calendar(given_) == (name or length)


def test_mixed_and_overlapping_periods_are_refused() -> None:
    with pytest.raises(DoubleCountError, match=r"share no day, got 1 to 10 April 2019 and 6 to 15 April 2019"):
        common_calendar(spans((0, 9), (5, 14)))
    with pytest.raises(
        OptionError, match=r"got 2 of 7 days, 1 of 30 days, such as .* every= 'week' \(2\) or 'month' \(1\)"
    ):
        common_calendar(spans((0, 6), (0, 29), (7, 13)))
    with pytest.raises(OptionError, match=r"got 1 of 2 days, 1 of 3 days.*choose some with archive.filter"):
        common_calendar(spans((0, 1), (2, 4)))
    # Equal blocks with a gap that is no block.
    with pytest.raises(OptionError, match="got 2 of 10 days"):
        common_calendar(spans((0, 9), (12, 21)))


def test_a_calendar_may_be_chosen() -> None:
    april = vintage(0, 3, 200, end_latest=date(2019, 4, 30), end_earliest=date(2019, 4, 30))
    april |= {"published_earliest": date(2019, 5, 1), "published_latest": date(2019, 5, 1)}
    with pytest.raises(OptionError, match="expected periods of one calendar"):
        triangle(*weekly(WEEKS), april, as_of="2019-05-01")
    found = triangle(*weekly(WEEKS), april, as_of="2019-05-01", every="week")
    assert cells(found) == cells(triangle(*weekly(WEEKS)))
    assert found.notes == ("1 report of a period that is no week left out",)
    assert triangle(*weekly(WEEKS), every=timedelta(days=7)).every == "7 days"
    with pytest.raises(NoReportsError, match="whole cells of the calendar 'quarter', got none of 5 periods"):
        triangle(*weekly(WEEKS), april, as_of="2019-05-01", every="quarter")
    with pytest.raises(OptionError, match="expected every= one of day, week"):
        triangle(*weekly(WEEKS), every="fortnight")
    assert cells_of(spans((0, 6)), timedelta(days=5)) == []


# --- what is refused, and what is said ---------------------------------------------------------------------


def test_days_of_publication_that_are_not_exactly_known() -> None:
    fuzzy = vintage(0, 1, 40) | {"published_earliest": date(2019, 4, 2), "published_latest": date(2019, 4, 9)}
    early = vintage(1, -3, 20)
    undated = vintage(2, 2, 47) | {"published_earliest": None, "published_latest": None}
    found = triangle(fuzzy, *weekly([[None, 62, 70, 72], *WEEKS[1:]]), early, undated)
    assert cells(found) == cells(triangle(*weekly(WEEKS)))
    assert found.notes == (
        "1 report without a day of publication left out: when it was known can not be said",
        "1 report published before the last day of its period left out",
        "1 report published on a day that is not exactly known: the last possible day counts",
    )


def test_days_of_publication_are_needed() -> None:
    nowhere = {"published_earliest": None, "published_latest": None}
    with pytest.raises(
        NoReportsError, match=r"expected days of publication, got none in 10 reports.*column `published`"
    ):
        triangle(*[row | nowhere for row in weekly(WEEKS)])
    with pytest.raises(
        NoReportsError, match="published by 2019-01-01, got none: the first was published on 2019-04-08"
    ):
        triangle(*weekly(WEEKS), as_of="2019-01-01")
    with pytest.raises(NoReportsError, match="published after its period, got none by 2019-04-06"):
        triangle(*weekly(WEEKS), vintage(0, -2, 20), as_of="2019-04-06")
    with pytest.raises(VintageError, match=r"expected as_of=.*they were published 2019-04-08 to 2019-04-29"):
        nowcast(archive_of(*weekly(WEEKS)))
    with pytest.raises(ParseError):
        triangle(*weekly(WEEKS), as_of="yesterday")


def test_one_vintage_or_one_period_is_too_little() -> None:
    with pytest.raises(TooFewReportsError, match="got 1 period at 4 ages"):
        nowcast(archive_of(*weekly(WEEKS[:1])), as_of=LAST)
    once = [vintage(0, 3, 40), vintage(1, 3, 50)]
    with pytest.raises(TooFewReportsError, match="got 2 periods at 1 age"):
        nowcast(archive_of(*once), as_of=LAST, max_age=1, age="month")
    # Published once, and never again while others were: no known change.
    assert nowcast(archive_of(*once), as_of=LAST).to_frame()["expected"].to_list() == [40, 50]


def test_bounds_are_refused_and_hedged_counts_need_a_word() -> None:
    rows = weekly(WEEKS)
    floor = rows[1] | {"report_id": "floor", "qualifier": "at_least", "low": 62, "best": None, "high": None}
    about = rows[1] | {"qualifier": "approximately", "low": 58, "best": 62, "high": 66}
    for word in ("refuse", "best"):
        with pytest.raises(
            UndefinedEstimateError, match=r"got at least 62 \(OHCHR, violent deaths of civilians, 1 to 7 Apr"
        ):
            triangle(
                *rows,
                floor | {"published_latest": date(2019, 4, 16), "published_earliest": date(2019, 4, 16)},
                hedged=word,
            )
    rows[1] = about
    with pytest.raises(UndefinedEstimateError, match=r"expected exact counts, got about 62 .*hedged='best'"):
        triangle(*rows)
    assert cells(triangle(*rows, hedged="best")) == cells(triangle(*weekly(WEEKS)))
    open_top = rows[1] | {"qualifier": "between", "high": None}
    with pytest.raises(UndefinedEstimateError, match="expected exact counts"):
        triangle(rows[0], open_top, *rows[2:])


def test_two_figures_of_one_period_are_refused() -> None:
    with pytest.raises(
        DoubleCountError, match=r"one figure of each period, got 40 .* and 50 .*differ in source; choose one"
    ):
        triangle(*weekly(WEEKS), vintage(0, 1, 50, source="SOHR", report_id="s"))
    found = triangle(*weekly(WEEKS), vintage(0, 1, 50, source="SOHR", report_id="s"), source="OHCHR")
    assert cells(found) == cells(triangle(*weekly(WEEKS)))
    unnamed = [row | {"source": None} for row in weekly(WEEKS)]
    with pytest.raises(DoubleCountError, match=r"differ in report_id.*known by a common report_id"):
        triangle(*unnamed)
    frame = archive_of(*unnamed).frame.with_columns(report_id=pl.col("start_earliest").cast(pl.String))
    named = dataclasses.replace(archive_of(*unnamed), frame=frame)
    assert cells(reporting_triangle(named, as_of=LAST)) == cells(triangle(*weekly(WEEKS)))


def test_periods_with_ends_that_are_not_exactly_known_are_refused() -> None:
    fuzzy = vintage(4, 1, 30, start_latest=MONDAY + timedelta(days=30))
    with pytest.raises(PeriodError, match=r"expected periods with known ends, got .*archive.filter"):
        triangle(*weekly(WEEKS), fuzzy, as_of="2019-06-01")


def test_the_selection_is_that_of_the_builders() -> None:
    injured = [row | {"measure": "injured", "report_id": f"i {row['report_id']}"} for row in weekly(WEEKS)]
    with pytest.raises(OptionError, match="expected measure= one of killed, injured"):
        triangle(*weekly(WEEKS), *injured)
    assert triangle(*weekly(WEEKS), *injured, measure="injured").noun == "people injured among civilians"
    with pytest.raises(OptionError, match="expected measure= one of killed, died"):
        triangle(*weekly(WEEKS), measure="deaths")
    with pytest.raises(NoReportsError, match="expected at least one report of died, got none of 10"):
        triangle(*weekly(WEEKS), measure="died")
    with pytest.raises(NoReportsError, match=r"\(kind flow\), got none of 1 report; a running total is read by"):
        triangle(vintage(0, 1, 4, kind="cumulative"))
    moved = [
        vintage(0, 1, 4, measure="displaced", unit=unit, report_id=unit, group=None)
        for unit in ("people", "households")
    ]
    with pytest.raises(MixedUnitsError, match="unit="):
        triangle(*moved)
    assert triangle(*weekly(WEEKS), group="civilian").noun == "violent deaths of civilians"
    children = [row | {"group": "civilian/child"} for row in weekly(WEEKS[:1])]
    assert triangle(*children, *weekly([[], *WEEKS[1:]])).noun == "violent deaths"


def test_events_and_other_things_are_refused() -> None:
    with pytest.raises(OptionError, match=r"got separate events .*Triangle.of"):
        reporting_triangle(archive_of(*weekly(WEEKS), origin=Origin("UCDP", "GED", separate_events=True)), as_of=LAST)
    with pytest.raises(OptionError, match="expected a ReportArchive, Reports or a Triangle, got list"):
        reporting_triangle([[1, 2]], as_of=LAST)
    # A set of reports is an archive.
    assert cells(reporting_triangle(archive_of(*weekly(WEEKS)).reports, as_of=LAST)) == cells(triangle(*weekly(WEEKS)))


@pytest.mark.parametrize(
    "wrong", [{"age": "fortnight"}, {"max_age": 0}, {"max_age": 1.5}, {"max_age": True}, {"hedged": "low"}]
)
def test_options_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=f"expected {next(iter(wrong))}="):
        triangle(*weekly(WEEKS), **wrong)


# --- plain numbers -----------------------------------------------------------------------------------------


def test_numbers_in_any_form() -> None:
    rows = [[40, 22], [55, None]]
    wanted = [[40, 62], [55, None]]
    frame = pl.DataFrame(rows, schema=["a", "b"], orient="row")
    for matrix in (rows, frame, np.array([[40, 22], [55, np.nan]])):
        assert cells(Triangle.of(matrix, values="incremental")) == wanted
    assert cells(Triangle.of(wanted, values="cumulative")) == wanted
    found = Triangle.of(
        wanted, values="cumulative", periods=["2019-04-01/2019-04-07", Period.of("2019-04-08", "2019-04-14")], age="week",
        as_of=date(2019, 4, 20), noun="violent deaths", source="OHCHR",
    )  # fmt: skip
    assert found.source_line == "Source: OHCHR; as published by 2019-04-20"
    assert found.to_frame().columns == ["period_start", "period_end", "week_0", "week_1"]
    assert str(nowcast(found)).startswith(
        "reported violent deaths, 1 to 14 April 2019, by 20 April 2019: 117; expected"
    )


def test_columns_of_counts_are_whole_or_not() -> None:
    numbers = np.array([1.0, np.nan])
    assert whole_or_float("a", numbers, whole=True).equals(pl.Series("a", [1, None], pl.Int64))
    assert whole_or_float("a", numbers, whole=False).equals(pl.Series("a", [1.0, None], pl.Float64))
    found = Triangle.of([[1.5, 2], [1, None]], values="cumulative")
    assert not found.whole
    assert found.to_frame()["age_0"].to_list() == [1.5, 1]


def test_gaps_between_ages_are_filled() -> None:
    found = Triangle.of([[40, None, 8], [55, 30, None]], values="incremental")
    assert cells(found) == [[40, 40, 48], [55, 85, None]]
    assert found.carried == 1
    assert cells(Triangle.of([[None, 40, 8], [55, 30, 2]], values="incremental"))[0] == [None, 40, 48]


@given(st.lists(st.lists(st.none() | st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=5))
def test_carrying_forward_changes_no_known_count(rows: list[list[int | None]]) -> None:
    counts = np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float64)
    filled, number = carry_forward(counts)
    known = np.isfinite(counts)
    assert (filled[known] == counts[known]).all()
    assert int(np.isfinite(filled).sum()) == int(known.sum()) + number
    for row in filled:
        at = np.flatnonzero(np.isfinite(row))
        assert list(at) == ([] if not len(at) else list(range(at[0], at[-1] + 1)))


@pytest.mark.parametrize(
    ("matrix", "more", "error", "message"),
    [
        ([[1, 2], [3]], {}, OptionError, r"rows of one length.*got lengths \[1, 2\]"),
        ([], {}, TooFewReportsError, "at least 2 periods and 2 ages, got no cells"),
        ([[], []], {}, TooFewReportsError, "got no cells"),
        ([[1, "at least 2"]], {}, OptionError, "None in row 1, age 1, got 'at least 2'"),
        ([[1, 2], ["", 3]], {}, OptionError, "in row 2, age 0, got ''"),
        ([[1, True]], {}, OptionError, "got True"),
        ([[1, float("inf")]], {}, OptionError, "got inf"),
        ([[1, 2], [None, None]], {}, TooFewReportsError, "got none in row 2; leave the row out"),
        ([[1, 2], [-3, 4]], {}, OptionError, "got -3 by age 0 in row 2; are these increments"),
        ([[1, 2], [3, 4]], {"periods": ["2019-04-01"]}, OptionError, "one for each of 2 rows, got 1"),
        ([[1, 2], [3, 4]], {"periods": ["2019-04-02", "2019-04-01"]}, OptionError, "in order"),
        ([[1, 2], [3, 4]], {"periods": ["2019-04-01/2019-04-03", "2019-04-02"]}, DoubleCountError, "share no day"),
        (
            [[1, 2], [3, 4]],
            {"periods": ["2019-04-01", "[2019-04-02..2019-04-04]/2019-04-09"]},
            OptionError,
            "expected periods with known ends",
        ),
        ([[1, 2], [3, 4]], {"age": "year"}, OptionError, "expected age= one of day, week, month"),
        ([[1, 2], [3, 4]], {"values": "counts"}, OptionError, "expected values= 'incremental' or 'cumulative'"),
    ],
)
def test_other_numbers_are_refused(matrix: Any, more: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Triangle.of(matrix, **({"values": "cumulative"} | more))


def test_a_table_is_of_one_kind() -> None:
    with pytest.raises(OptionError, match="expected values= 'incremental' or 'cumulative', got 'both'"):
        triangle(*weekly(WEEKS)).to_frame("both")
