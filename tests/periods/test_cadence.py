"""Calendars tile the time: each day lies in one cell, with no gap and no overlap."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import OptionError
from casualtystats.periods.cadence import (
    EVERY,
    Every,
    calendar,
    cell_end,
    cell_start,
    check_every,
    every_name,
    same_cell,
)

DATES = st.dates(date(1900, 1, 1), date(2100, 12, 31))
SPANS = st.tuples(DATES, st.integers(0, 800)).map(lambda pair: (pair[0], pair[0] + timedelta(days=pair[1])))
STEPS = st.integers(1, 120).map(lambda days: timedelta(days=days))


@st.composite
def cadences(draw: st.DrawFn) -> tuple[Every, date | None]:
    """A cadence, and with a number of days perhaps an origin."""
    if draw(st.booleans()):
        return draw(st.sampled_from(EVERY)), None
    return draw(STEPS), draw(st.none() | DATES)


def start_of(days: list[date], every: Every, origin: date | None = None) -> list[date]:
    return pl.DataFrame({"day": days}).select(cell_start(pl.col("day"), every, origin)).to_series().to_list()


@given(SPANS, cadences())
def test_calendars_tile_the_time(span: tuple[date, date], cadence: tuple[Every, date | None]) -> None:
    first, last = span
    cells = calendar(first, last, *cadence)
    starts, ends = cells["period_start"].to_list(), cells["period_end"].to_list()
    assert starts[0] <= first <= ends[0]
    assert starts[-1] <= last <= ends[-1]
    assert all(b - a == timedelta(days=1) for a, b in zip(ends, starts[1:], strict=False))
    assert cells["days"].to_list() == [(b - a).days + 1 for a, b in zip(starts, ends, strict=True)]
    assert cells["cell"].to_list() == list(range(cells.height))


@given(SPANS, cadences())
def test_each_day_lies_in_the_cell_that_it_names(span: tuple[date, date], cadence: tuple[Every, date | None]) -> None:
    every, origin = cadence
    days = pl.DataFrame({"day": pl.date_range(*span, eager=True)})
    start = cell_start(pl.col("day"), every, origin)
    frame = days.with_columns(start=start).with_columns(end=cell_end(pl.col("start"), every))
    assert frame.select((pl.col("start") <= pl.col("day")) & (pl.col("day") <= pl.col("end"))).to_series().all()
    assert frame["start"].unique().sort().to_list() == calendar(*span, every, origin)["period_start"].to_list()


@given(SPANS, cadences())
def test_two_days_share_a_cell_if_its_start_is_the_same(
    span: tuple[date, date], cadence: tuple[Every, date | None]
) -> None:
    every, origin = cadence
    frame = pl.DataFrame({"a": [span[0]], "b": [span[1]]})
    starts = [cell_start(pl.col(name), every, origin) for name in ("a", "b")]
    expected, got = frame.select(
        expected=starts[0] == starts[1], got=same_cell(pl.col("a"), pl.col("b"), every, origin)
    ).row(0)
    assert got == expected


@given(st.lists(DATES, min_size=1))
def test_weeks_are_iso_weeks(days: list[date]) -> None:
    for day, start in zip(days, start_of(days, "week"), strict=True):
        assert start == date.fromisocalendar(*day.isocalendar()[:2], 1)


@given(st.lists(DATES, min_size=1))
def test_epi_weeks_start_on_the_sunday_not_after_the_day(days: list[date]) -> None:
    for day, start in zip(days, start_of(days, "epiweek"), strict=True):
        assert start.isoweekday() == 7
        assert 0 <= (day - start).days <= 6


@given(st.lists(DATES, min_size=1))
def test_months_quarters_and_years_start_where_the_calendar_says(days: list[date]) -> None:
    assert start_of(days, "month") == [day.replace(day=1) for day in days]
    assert start_of(days, "quarter") == [date(day.year, 1 + 3 * ((day.month - 1) // 3), 1) for day in days]
    assert start_of(days, "year") == [date(day.year, 1, 1) for day in days]
    assert start_of(days, "day") == days


@given(DATES, DATES, STEPS)
def test_cells_of_a_number_of_days_start_at_their_origin(day: date, origin: date, step: timedelta) -> None:
    (start,) = start_of([day], step, origin)
    assert (start - origin).days % step.days == 0
    assert start_of([origin], step, origin) == [origin]


def test_the_weeks_of_a_period() -> None:
    cells = calendar(date(2019, 4, 29), date(2019, 5, 9), "week")
    assert cells["period_start"].to_list() == [date(2019, 4, 29), date(2019, 5, 6)]
    assert cells["days"].to_list() == [7, 7]


def test_the_epi_week_that_the_year_ends_in() -> None:
    assert start_of([date(2019, 1, 1)], "epiweek") == [date(2018, 12, 30)]
    assert start_of([date(2019, 1, 1)], "week") == [date(2018, 12, 31)]


@pytest.mark.parametrize("every", [*EVERY, timedelta(days=1), timedelta(days=10)])
def test_known_cadences(every: Every) -> None:
    check_every(every, None)
    assert every_name(every) in {*EVERY, "1 days", "10 days"}


def test_an_origin_goes_with_a_number_of_days() -> None:
    check_every(timedelta(days=7), date(2019, 4, 29))
    with pytest.raises(OptionError, match="origin= goes with a timedelta"):
        check_every("week", date(2019, 4, 29))


@pytest.mark.parametrize("every", [timedelta(0), timedelta(days=-1), timedelta(hours=36), timedelta(hours=1)])
def test_cells_hold_whole_days(every: timedelta) -> None:
    with pytest.raises(OptionError, match="whole days, at least one"):
        check_every(every, None)


@pytest.mark.parametrize("every", ["fortnight", "Week", "7d", "", 7, None])
def test_unknown_cadences(every: Every) -> None:
    with pytest.raises(OptionError, match="expected every= one of day, week"):
        check_every(every, None)
