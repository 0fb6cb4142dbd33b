"""What has no meaning is refused, by the right error, and the message says what to do instead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

import casualtystats as cs
from casualtystats.errors import (
    CasualtyStatsError,
    DoubleCountError,
    KindError,
    MixedUnitsError,
    NoReportsError,
    OptionError,
)
from casualtystats.reports import Reports
from casualtystats.testing import reports_of

DAY = date(2019, 5, 1)
Row = dict[str, Any]


def one(**more: Any) -> Row:
    return {"start_earliest": DAY, "value": 5, **more}


KILLED = reports_of([one()])
MOVED = {"measure": "displaced"}


def stock() -> Any:
    return cs.idps(reports_of([one(measure="idps", kind="stock")]))


@pytest.mark.parametrize("name", ["total", "resample", "cumulate", "daily"])
def test_a_stock_is_not_summed_over_time(name: str) -> None:
    method = getattr(stock(), name)
    with pytest.raises(KindError, match=r"stock.*(\.at\(date\)|to_frame)") as caught:
        method()
    assert isinstance(caught.value, AttributeError)
    assert isinstance(caught.value, CasualtyStatsError)


@pytest.mark.parametrize("name", ["total", "resample", "cumulate"])
def test_a_running_total_is_not_summed_again(name: str) -> None:
    method = getattr(cs.deaths(KILLED).cumulate(), name)
    with pytest.raises(KindError, match=r"running total|on the flow series first") as caught:
        method()
    assert isinstance(caught.value, AttributeError)


def test_series_are_not_added() -> None:
    killed, moved = cs.deaths(KILLED), cs.displacement(reports_of([one(**MOVED)]))
    with pytest.raises(MixedUnitsError, match="people and displacements"):
        killed + moved.as_displacements()  # type: ignore[operator]
    with pytest.raises(KindError, match="one builder call"):
        killed + killed  # type: ignore[operator]
    with pytest.raises(TypeError):
        killed + 1  # type: ignore[operator]


def test_a_running_total_of_weights() -> None:
    with pytest.raises(OptionError, match="spread='uniform' or 'whole'"):
        cs.deaths(KILLED).daily({DAY: 1.0}).cumulate()


@pytest.mark.parametrize("unit", ["people", "households"])
def test_people_displaced_are_not_separate_events(unit: str) -> None:
    rows = [one(**MOVED, unit=unit), one(**MOVED, unit=unit)]
    with pytest.raises(OptionError, match=r"does not add up.*as_displacements"):
        cs.displacement(reports_of(rows), overlap="add")


def test_units_are_not_mixed() -> None:
    rows = [one(**MOVED, unit=unit) for unit in ("people", "displacements", "households")]
    with pytest.raises(MixedUnitsError, match=r"people and displacements and households.*unit="):
        cs.displacement(reports_of(rows))
    assert cs.displacement(reports_of(rows), unit="households").info.unit == "households"


EVERYTHING = reports_of([
    one(place="A", group="civilian", source="P", role="recommended", published_earliest=DAY,
        published_latest=DAY),
    one(place="B", group="fighter", source="Q", role="triangulation"),
    one(measure="population", kind="stock"),
])  # fmt: skip


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"cause": "all"}, "does not count died"),
        ({"place": "Bb"}, "there are: B"),
        ({"group": "civilians"}, "there are: civilian"),
        ({"source": "R"}, "there are: P, Q"),
        ({"place": "B"}, "its place is not inside B"),
        ({"place": "A", "role": "triangulation"}, "its place is not inside A"),
        ({"place": "A", "group": "fighter"}, "its group is not inside fighter"),
        ({"as_of": "2019-04-30"}, "not known to be published by 2019-04-30"),
    ],
)
def test_an_empty_selection_names_its_condition(options: Row, named: str) -> None:
    with pytest.raises(NoReportsError, match=named) as caught:
        cs.deaths(EVERYTHING, **options)
    assert isinstance(caught.value, LookupError)


def test_roles_are_not_mixed() -> None:
    checked = reports_of([one(role="triangulation")])
    with pytest.raises(NoReportsError, match="it is a triangulation figure"):
        cs.deaths(checked)
    assert cs.deaths(checked, role="triangulation").total().best == 5
    with pytest.raises(NoReportsError, match="its role is not recommended"):
        cs.deaths(checked, role="recommended")


def test_reports_of_another_kind_are_not_taken() -> None:
    with pytest.raises(NoReportsError, match=r"got none of 3.*it does not count idps"):
        cs.idps(EVERYTHING)
    with pytest.raises(NoReportsError, match="got none of 0"):
        cs.deaths(Reports(KILLED.frame.clear()))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            {"overlap": "ad"},
            "'raise', 'add', 'latest', 'difference', 'bounds', a list of sources or LedgerOptions; got 'ad'",
        ),
        ({"overlap": None}, "got None"),
        ({"by": "place"}, "a list of different columns.*got 'place'"),
        ({"by": ["place", "place"]}, "a list of different columns"),
        ({"by": ["country"]}, r"place, group, source, perpetrator, destination, standard; got \['country'\]"),
        ({"cause": "any"}, "cause= 'violent' or 'all', got 'any'"),
        ({"unit": "persons"}, "unit= one of people for killed, got 'persons'"),
        ({"unit": "displacements"}, "unit= one of people for killed"),
        ({"role": "main"}, "role= one of recommended, triangulation, preferred, got 'main'"),
        ({"observed": 7}, "observed= a Period"),
    ],
)
def test_unknown_options_of_a_builder(options: Row, expected: str) -> None:
    with pytest.raises(OptionError, match=expected):
        cs.deaths(KILLED, **options)


@pytest.mark.parametrize("overlap", ["add", "difference"])
def test_rules_that_a_stock_does_not_know(overlap: Any) -> None:
    with pytest.raises(OptionError, match="for a stock"):
        cs.population(reports_of([one(measure="population", kind="stock")]), overlap=overlap)


def test_two_stocks_of_one_day() -> None:
    rows = [one(measure="idps", kind="stock"), one(measure="idps", kind="stock", source="Q")]
    with pytest.raises(DoubleCountError, match="r1 and r2 share 2019-05-01"):
        cs.idps(reports_of(rows))


def test_a_stock_by_place_has_no_one_value() -> None:
    rows = [one(measure="idps", kind="stock", place=place) for place in ("A", "B")]
    series = cs.idps(reports_of(rows), by=["place"])
    assert series.to_frame().height == 2
    with pytest.raises(OptionError, match="not split"):
        series.at(DAY)


@pytest.mark.parametrize(
    ("every", "origin"),
    [
        ("weeks", None),
        (timedelta(0), None),
        (timedelta(hours=36), None),
        ("week", DAY),
        (7, None),
        ("", None),
    ],
)
def test_unknown_calendars(every: Any, origin: date | None) -> None:
    with pytest.raises(OptionError, match=r"expected|origin= goes with"):
        cs.deaths(KILLED).resample(every, origin=origin)


def test_no_cells_without_a_calendar() -> None:
    series = cs.deaths(KILLED)
    with pytest.raises(OptionError, match="resample"):
        series.cells  # noqa: B018
    assert series.to_frame().columns[0] == "report_id"


@pytest.mark.parametrize(
    ("spread", "expected"),
    [
        ("even", "'uniform', 'whole' or weights"),
        ({}, "finite weights"),
        ({DAY: -1.0}, "finite weights of 0 or more"),
        ({DAY: float("nan")}, "finite weights"),
        ({DAY: 0.0}, "not all 0"),
        ({DAY: 1.0, DAY + timedelta(days=2): 1.0}, "a gap or a date twice"),
        ({DAY + timedelta(days=1): 1.0}, r"got none for r1 \(2019-05-01 to 2019-05-01\)"),
        ({DAY: 0.0, DAY + timedelta(days=1): 1.0}, "got none for r1"),
    ],
)
def test_weights_that_do_not_fit(spread: Any, expected: str) -> None:
    with pytest.raises(OptionError, match=expected):
        cs.deaths(KILLED).daily(spread)


def test_weights_in_a_frame() -> None:
    import polars as pl

    rows = [one(end_latest=DAY + timedelta(days=1), value=6)]
    table = pl.DataFrame({"date": [DAY, DAY + timedelta(days=1)], "weight": [1, 2]})
    assert cs.deaths(reports_of(rows)).daily(table).to_frame()["best"].to_list() == [2, 4]
    with pytest.raises(OptionError, match="the columns date and weight, got date"):
        cs.deaths(reports_of(rows)).daily(table.drop("weight"))


def test_what_a_series_says_of_itself() -> None:
    series = cs.deaths(EVERYTHING, place="A")
    assert str(series) == "reported violent deaths of civilians, A: 1 interval from 2019-05-01 to 2019-05-01"
    assert repr(series.resample("week")).endswith(", by week")
    assert "running total of reported violent deaths of civilians since 2019-05-01" in str(series.cumulate())
    assert "1 stock from 2019-05-01" in str(cs.population(EVERYTHING))
    for shown in (series, series.cumulate(), cs.population(EVERYTHING)):
        page = shown._repr_html_()
        assert "<table" in page
        assert "Source: " in page
