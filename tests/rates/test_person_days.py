"""Person-days: in closed form, day by day, of stocks, and of populations that people leave."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from rates_reports import make_reports

import casualtystats as cs
from casualtystats.errors import (
    KindError,
    MeasureError,
    NotAdditiveError,
    OptionError,
    ParseError,
    PeriodError,
)
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.rates import death_rate, person_days
from casualtystats.rates.exposure import Exposure
from casualtystats.testing import assert_bounds_ordered

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PT = next(entry for entry in NUMBERS if entry["id"] == "rate-pt")
ELEVEN = "2019-04-29/2019-05-09"


def stocks(*rows: tuple[int, str], **more: Any) -> cs.StockSeries[Any]:
    base = {"measure": "population", "kind": "stock"} | more
    return cs.population(make_reports([base | {"value": size, "start": day, "end": day} for size, day in rows]))


def movements(*rows: tuple[int, str, str], **more: Any) -> cs.FlowSeries[Any]:
    base = {"measure": "displaced", "unit": "displacements"} | more
    observed = more.pop("observed", None)
    base.pop("observed", None)
    reports = make_reports([base | {"value": size, "start": start, "end": end} for size, start, end in rows])
    return cs.displacement(reports, observed=observed)


def days(exposure: Exposure) -> list[float]:
    return exposure.by_day()["best"].to_list()


def test_published_person_days_of_a_population_that_leaves() -> None:
    inputs, expected = PT["inputs"], PT["expected"]
    people, leavers = inputs["P0"], inputs["leavers"]
    for period in (inputs["days"], ELEVEN, ("2019-04-29", "2019-05-09"), "29 April to 9 May 2019"):
        assert person_days(people, period, leavers).best == expected["linear"]
        assert float(person_days(people, period)) == expected["naive_start_pop"]
        fading = person_days(people, period, leavers, decline="exponential")
        assert fading.best == pytest.approx(expected["exponential"], rel=PT["tolerance"]["rel"])


@pytest.mark.parametrize("decline", ["linear", "exponential"])
def test_published_rates_over_them(decline: Any) -> None:
    inputs, expected = PT["inputs"], PT["expected"]
    series = cs.deaths(make_reports([{"value": inputs["deaths"], "start": "2019-04-29", "end": "2019-05-09"}]))
    name = "cmr_linear" if decline == "linear" else "cmr_exp"
    for period in (inputs["days"], ELEVEN):
        exposure = person_days(inputs["P0"], period, inputs["leavers"], decline=decline)
        row = death_rate(series, exposure).to_frame().row(0, named=True)
        assert [row["rate"], row["ci_low"], row["ci_high"]] == pytest.approx(expected[name], rel=1e-7)


def test_text_and_table() -> None:
    exposure = person_days(500_000, ELEVEN, leaving=180_000)
    assert str(exposure) == "4,510,000 person-days over 11 days, both ends counted; people leave evenly"
    assert exposure.days == 11
    assert exposure.to_frame().row(0, named=True)["best"] == 4_510_000
    assert "4,510,000" in exposure._repr_html_()
    fuzzy = person_days(Estimate(1_000, None, None), Period.of("[2019-04-21..2019-04-30]", "2019-05-13"))
    assert str(fuzzy) == "at least 14,000 person-days over 14 to 23 days, both ends counted"
    with pytest.raises(PeriodError, match="days_min"):
        _ = fuzzy.days
    with pytest.raises(OptionError, match="at least 14,000"):
        float(fuzzy)
    known = person_days(Estimate(1_000, 1_500, None), 10)
    assert str(known) == "15,000 (at least 10,000, no upper bound known) person-days over 10 days"
    assert "10,000 to 20,000 person-days over 1 day" in str(person_days(Estimate(10_000, None, 20_000), 1))


def test_csv(tmp_path: Path) -> None:
    person_days(10, 2).to_csv(tmp_path / "exposure.csv")
    assert (tmp_path / "exposure.csv").read_text("utf-8").startswith("low,best,high,days_min")


@given(
    st.integers(1, 10**7),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(0, 400),
    st.sampled_from(["linear", "exponential"]),
)
def test_days_sum_to_the_person_days(people: int, leaving: float, arriving: float, more: int, decline: Any) -> None:
    last = date(2019, 4, 29) + timedelta(days=more)
    gone, come = math.floor(leaving * people), math.floor(arriving * people)
    assume(decline == "linear" or gone - come < people)
    exposure = person_days(people, ("2019-04-29", last), gone, arriving=come, decline=decline)
    by_day = exposure.by_day()
    assert by_day.height == more + 1
    assert math.fsum(by_day["best"]) == pytest.approx(exposure.best, rel=1e-9, abs=1e-6)
    assert min(by_day["low"]) >= 0
    middle = date(2019, 4, 29) + timedelta(days=more // 2)
    parts = exposure.total(end=middle).best or 0.0
    if middle < last:
        parts += exposure.total(middle + timedelta(days=1), last).best or 0.0
    assert parts == pytest.approx(exposure.best, rel=1e-9, abs=1e-6)


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(1, 1000))
def test_scale_of_people_scales_person_days(people: int, leaving: int, factor: int) -> None:
    leaving = min(leaving, people)
    one, more = person_days(people, 30, leaving), person_days(people * factor, 30, leaving * factor)
    assert float(more) == pytest.approx(float(one) * factor, rel=1e-12)


@given(
    st.lists(st.integers(1_000, 10**6), min_size=3, max_size=3), st.lists(st.integers(0, 1_000), min_size=3, max_size=3),
    st.integers(0, 9), st.integers(0, 9),
)  # fmt: skip
def test_a_range_of_people_is_a_range_of_person_days(people: list[int], gone: list[int], early: int, late: int) -> None:
    low, best, high = sorted(people)
    least, likely, most = sorted(gone)
    period = Period(
        date(2019, 5, 10) - timedelta(days=early),
        date(2019, 5, 10),
        date(2019, 5, 12),
        date(2019, 5, 12) + timedelta(days=late),
    )
    exposure = person_days(Estimate(low, best, high), period, Estimate(least, likely, most))
    assert_bounds_ordered(exposure.to_frame())
    assert_bounds_ordered(exposure.by_day())
    assert exposure.low == pytest.approx(3 * (low - most / 2))
    assert exposure.high == pytest.approx((3 + early + late) * (high - least / 2))
    assert (exposure.best is None) == period.fuzzy


def test_not_more_leave_than_are_there() -> None:
    exposure = person_days(500_000, ELEVEN, leaving=Estimate.of("at_least", 180_000))
    assert (exposure.low, exposure.best, exposure.high) == (11 * 250_000, None, 4_510_000)
    everybody = person_days(Estimate(100, 200, 300), 10, leaving=Estimate(0, 50, 250))
    assert (everybody.low, everybody.best, everybody.high) == (500, 1750, 3000)
    for wrong in (
        {"leaving": 101},
        {"deaths": 101},
        {"leaving": 60, "deaths": 60},
        {"leaving": Estimate(101, None, None)},
    ):
        with pytest.raises(OptionError, match="as are there"):
            person_days(100, 10, **wrong)
    assert float(person_days(100, 10, leaving=150, arriving=60)) == 10 * (100 - 45)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ((0, 11), "above 0"), ((float("nan"), 11), "above 0"), ((True, 11), "number of people"), (("many", 11), "number"),
        ((5, 0), "above 0"), ((5, -1), "above 0"), ((5, float("inf")), "above 0"), ((5, True), "Period"), ((5, None), "Period"),
        ((5, ("2019-05-01",)), "two dates"), ((5, 1, -1), "0 or more"), ((5, 1, float("nan")), "0 or more"),
        ((5, 1, "some"), "leaving="), ((5, 1, {"A": 1}), "not split"), (({}, 1), "empty"),
        ((5, 1, Estimate(1, 1, 1, unit="households")), "households"), ((5, 1, Estimate(-2, 1, 1)), "0 or more"),
    ],
)  # fmt: skip
def test_refused(arguments: tuple[Any, ...], match: str) -> None:
    with pytest.raises(OptionError, match=match):
        person_days(*arguments)


@pytest.mark.parametrize("wrong", [{"decline": "sudden"}, {"between": "spline"}, {"before": "guess"}])
def test_unknown_options(wrong: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=next(iter(wrong))):
        person_days(5, 11, **wrong)


def test_impossible_periods() -> None:
    with pytest.raises(PeriodError):
        person_days(5, ("2019-05-02", "2019-05-01"))
    with pytest.raises(ParseError):
        person_days(5, "some time ago")


def test_an_exponential_decline_never_empties_a_place() -> None:
    with pytest.raises(OptionError, match="stay"):
        person_days(5, 1, 5, decline="exponential")
    assert person_days(Estimate(5, 10, 20), 4, 5, decline="exponential").low == 0
    growing = person_days(100, ELEVEN, arriving=50, decline="exponential")
    assert growing.best == pytest.approx(11 * 50 / math.log(1.5))
    assert math.fsum(days(growing)) == pytest.approx(growing.best)
    nobody = person_days(Estimate(5, 10, 20), "2019-05-01/2019-05-02", 5, decline="exponential").by_day()
    assert nobody["low"].to_list() == [0, 0]


def test_without_dates_there_are_no_days() -> None:
    for exposure in (person_days(5, 11), person_days(5, Period.of("2019-05-12", "2019-05-13", hours=24))):
        with pytest.raises(OptionError, match="dates"):
            exposure.by_day()
        assert exposure.total() == exposure.estimate
    assert float(person_days(3_000, Period.of("2019-05-12", "2019-05-13", hours=24))) == 3_000


def test_total_of_some_days() -> None:
    exposure = person_days(100, "2019-05-01/2019-05-10", leaving=50)
    assert exposure.total("2019-05-01", "2019-05-01").best == 97.5
    assert exposure.total("2019-05-01", "2019-05-10").best == 750
    for start, end in (("2019-04-30", None), (None, "2019-05-11"), ("2019-05-03", "2019-05-02"), ("2019-05", None)):
        with pytest.raises(OptionError, match="day"):
            exposure.total(start, end)


# Stocks


def test_stocks_step_from_each_to_the_next() -> None:
    series = stocks((100_000, "2019-04-25"), (60_000, "2019-05-05"))
    exposure = person_days(series, ELEVEN)
    assert days(exposure) == [100_000] * 6 + [60_000] * 5
    assert exposure.best == 900_000
    assert "each stock until the next" in str(exposure)
    assert exposure.note == "Source: not stated"


def test_stocks_on_a_line() -> None:
    series = stocks((100_000, "2019-04-25"), (60_000, "2019-05-05"))
    line = days(person_days(series, "2019-04-25/2019-05-07", between="linear"))
    assert line == pytest.approx([100_000 - 4_000 * at for at in range(11)] + [60_000] * 2)
    open_end = stocks((100, "2019-05-01"), (200, "2019-05-03"), qualifier="at_least")
    frame = person_days(open_end, "2019-05-01/2019-05-04", between="linear").by_day()
    assert frame["low"].to_list() == [100, 150, 200, 200]
    assert frame["best"].null_count() == frame["high"].null_count() == 4


def test_days_before_the_first_stock_are_not_known() -> None:
    series = stocks((100, "2019-05-03"), (50, "2019-05-05"))
    for between in ("step", "linear"):
        with pytest.raises(OptionError, match="before it are not known"):
            person_days(series, "2019-05-01/2019-05-06", between=between)
    step = person_days(series, "2019-05-01/2019-05-06", before="first")
    assert days(step) == [100, 100, 100, 100, 50, 50]
    line = person_days(series, "2019-05-01/2019-05-06", before="first", between="linear")
    assert days(line) == [100, 100, 100, 75, 50, 50]
    assert "first stock before its date" in str(step)
    assert days(person_days(series, "2019-04-01/2019-04-02", before="first")) == [100, 100]


def test_a_stock_of_some_day_of_a_month_may_hold_already() -> None:
    series = cs.population(
        make_reports(
            [
                {"measure": "population", "kind": "stock", "value": 100, "start": "2019-05-01", "end": "2019-05-01"},
                {"measure": "population", "kind": "stock", "value": 60, "start": "2019-05-03", "end": "2019-05-05"},
            ]
        )
    )
    frame = person_days(series, "2019-05-01/2019-05-06").by_day()
    assert frame["low"].to_list() == [100, 100, 60, 60, 60, 60]
    assert frame["high"].to_list() == [100, 100, 100, 100, 60, 60]
    assert frame["best"].to_list() == [100, 100, None, None, 60, 60]
    with pytest.raises(OptionError, match="known dates"):
        person_days(series, "2019-05-01/2019-05-06", leaving=5)


def test_stocks_over_a_fuzzy_period_and_over_hours() -> None:
    series = stocks((100, "2019-05-01"), (50, "2019-05-05"))
    fuzzy = person_days(series, Period.of("[2019-05-02..2019-05-04]", "2019-05-06"))
    assert (fuzzy.low, fuzzy.best, fuzzy.high) == (100 + 100, None, 300 + 100)
    crossed = person_days(series, Period.of("[2019-05-02..2019-05-06]", "[2019-05-04..2019-05-06]"))
    assert crossed.low == 50
    hours = person_days(series, Period.of("2019-05-04", "2019-05-05", hours=24))
    assert (hours.low, hours.best, hours.high) == (50, None, 100)
    assert float(person_days(series, Period.of("2019-05-02", "2019-05-03", hours=24))) == 100


def test_those_who_left_before_a_stock_are_not_in_it() -> None:
    series = stocks((100_000, "2019-04-25"), (60_000, "2019-05-05"))
    even = days(person_days(series, ELEVEN, leaving=11_000))
    assert even == pytest.approx(
        [100_000 - 1_000 * (at + 0.5) for at in range(6)] + [60_000 - 1_000 * (at + 0.5) for at in range(5)]
    )
    # Fourteen thousand leave over the seven days from the stock on; four days lie before the period.
    flow = movements((14_000, "2019-04-25", "2019-05-01"), (8_000, "2019-05-02", "2019-05-09"))
    got = person_days(series, ELEVEN, leaving=flow).by_day()
    assert got["best"].to_list()[:4] == [91_000, 89_000, 87_000, 85_500]
    assert_bounds_ordered(got)


def test_stocks_must_speak_of_the_same_people() -> None:
    rows = [
        {"measure": "population", "kind": "stock", "value": 5, "place": place, "start": day, "end": day}
        for place, day in (("A", "2019-05-01"), ("B", "2019-05-02"))
    ]
    with pytest.raises(OptionError, match="change of area"):
        person_days(cs.population(make_reports(rows)), "2019-05-02/2019-05-03")
    both = person_days(cs.population(make_reports(rows), by=["place"]), "2019-05-02/2019-05-03")
    assert both.to_frame()["best"].to_list() == [10, 10]
    assert float(both) == 20
    assert float(both.of("A")) == 10
    same_day = [row | {"start": "2019-05-01", "end": "2019-05-01"} for row in rows]
    assert float(person_days(cs.population(make_reports(same_day)), "2019-05-02/2019-05-03")) == 20
    households = {"measure": "population", "kind": "stock", "unit": "households", "value": 5, "start": "2019-05-01"}
    with pytest.raises(OptionError, match="people"):
        person_days(cs.population(make_reports([households | {"end": "2019-05-01"}])), "2019-05-02/2019-05-03")


def test_stocks_that_may_be_of_one_day() -> None:
    series = stocks((100, "2019-05-01"), (50, "2019-05-03"))
    frame = series.frame.with_columns(date_latest=pl.lit(date(2019, 5, 3)))
    with pytest.raises(OptionError, match="different dates"):
        person_days(replace(series, frame=frame), "2019-05-04/2019-05-05")


@pytest.mark.parametrize(
    ("arguments", "options", "match"),
    [
        ((11,), {}, "with dates"), ((ELEVEN, 5), {"decline": "exponential"}, "linear"),
        ((ELEVEN, 5), {"between": "linear"}, "step"),
        ((Period.of("2019-05-05", "2019-05-06", hours=24), 5), {}, "whole days"),
    ],
)  # fmt: skip
def test_options_that_do_not_go_with_stocks(arguments: Any, options: Any, match: str) -> None:
    with pytest.raises(OptionError, match=match):
        person_days(stocks((100, "2019-04-25")), *arguments, **options)


# Flows of those who leave, arrive and die


def test_an_even_series_equals_a_number() -> None:
    flow = movements((180_000, "2019-04-29", "2019-05-09"))
    exposure = person_days(500_000, ELEVEN, leaving=flow)
    assert exposure.best == pytest.approx(4_510_000)
    assert days(exposure) == pytest.approx(days(person_days(500_000, ELEVEN, leaving=180_000)))
    # By the report all may have left on the first day, or on the last.
    assert exposure.low == pytest.approx(11 * 320_000 + 90_000)
    assert exposure.high == pytest.approx(11 * 500_000 - 90_000)
    assert "people leave on the days reported" in str(exposure)


def test_everybody_who_comes_and_goes() -> None:
    came = movements((2, "2019-05-01", "2019-05-01"), observed="2019-05-01/2019-05-04")
    dead = cs.deaths(
        make_reports([{"value": 1, "start": "2019-05-02", "end": "2019-05-02"}]), observed="2019-05-01/2019-05-04"
    )
    exposure = person_days(10, "2019-05-01/2019-05-04", leaving=4, arriving=came, deaths=dead)
    assert days(exposure) == [10 + 1 - 0.5, 10 + 2 - 1.5 - 0.5, 10 + 2 - 2.5 - 1, 10 + 2 - 3.5 - 1]
    assert "people leave evenly; people arrive and die on the days reported" in str(exposure)


def test_floors_of_those_who_leave_leave_no_lower_bound() -> None:
    flow = movements((10, "2019-05-01", "2019-05-02"), qualifier="at_least")
    frame = person_days(100, "2019-05-01/2019-05-02", leaving=flow).by_day()
    assert frame["low"].to_list() == [0, 0]
    assert frame["best"].to_list() == [None, None]
    assert frame["high"].to_list() == [100, 95]


def test_movements_over_a_fuzzy_period() -> None:
    flow = movements((10, "2019-05-01", "2019-05-01"), (10, "2019-05-02", "2019-05-02"))
    exposure = person_days(100, Period.of("[2019-05-01..2019-05-02]", "2019-05-02"), leaving=flow)
    assert (exposure.low, exposure.best, exposure.high) == (95, None, 95 + 85)
    assert exposure.by_day()["best"].to_list() == [95, None]


def test_silence_is_not_zero() -> None:
    flow = movements((10, "2019-05-01", "2019-05-02"))
    with pytest.raises(OptionError, match="silence is not zero"):
        person_days(100, "2019-05-01/2019-05-04", leaving=flow)
    with pytest.raises(OptionError, match="2019-05-03"):
        person_days(100, "2019-05-01/2019-05-03", leaving=flow)
    seen = movements((10, "2019-05-01", "2019-05-02"), observed="2019-05-01/2019-05-04")
    assert days(person_days(100, "2019-05-01/2019-05-04", leaving=seen)) == [97.5, 92.5, 90, 90]


def test_less_than_nobody() -> None:
    flow = movements((150, "2019-05-01", "2019-05-02"))
    with pytest.raises(OptionError, match="less than nobody"):
        person_days(100, "2019-05-01/2019-05-02", leaving=flow)


def test_those_displaced_within_an_area_stay_in_it() -> None:
    inside = movements((10, "2019-05-01", "2019-05-02"), place="Syria/Idlib", destination="Syria/Idlib/Atmeh")
    with pytest.raises(MeasureError, match="stay in its denominator"):
        person_days(100, "2019-05-01/2019-05-02", leaving=inside)
    area = stocks((100, "2019-05-01"), place="Syria/Idlib")
    with pytest.raises(MeasureError, match="stay in its denominator"):
        person_days(area, "2019-05-01/2019-05-02", leaving=inside)
    away = movements((10, "2019-05-01", "2019-05-02"), place="Syria/Idlib", destination="Syria/Aleppo")
    assert days(person_days(area, "2019-05-01/2019-05-02", leaving=away)) == [97.5, 92.5]
    with pytest.raises(MeasureError, match="arrive in Syria/Idlib"):
        person_days(area, "2019-05-01/2019-05-02", arriving=away)
    assert days(person_days(area, "2019-05-01/2019-05-02", arriving=inside)) == [102.5, 107.5]
    assert days(person_days({"Syria/Idlib": 100}, "2019-05-01/2019-05-02", leaving={"Syria/Idlib": away})) == [
        97.5,
        92.5,
    ]


def test_what_is_no_movement() -> None:
    killed = cs.deaths(make_reports([{"value": 1, "start": "2019-05-01", "end": "2019-05-02"}]))
    with pytest.raises(MeasureError, match="leaving="):
        person_days(100, "2019-05-01/2019-05-02", leaving=killed)
    with pytest.raises(MeasureError, match="deaths="):
        person_days(100, "2019-05-01/2019-05-02", deaths=movements((1, "2019-05-01", "2019-05-02")))
    twice = movements((10, "2019-05-01", "2019-05-01"), (10, "2019-05-02", "2019-05-02"), unit="people")
    with pytest.raises(NotAdditiveError, match="as_displacements"):
        person_days(100, "2019-05-01/2019-05-02", leaving=twice)
    assert days(person_days(100, "2019-05-01/2019-05-02", leaving=twice.as_displacements())) == [95, 85]
    bounds = cs.displacement(
        make_reports(
            [{"measure": "displaced", "unit": "displacements", "value": 5, "start": "2019-05-01", "end": "2019-05-02"}]
        ),
        overlap="bounds",
    )
    with pytest.raises(KindError, match="bounds"):
        person_days(100, "2019-05-01/2019-05-02", leaving=bounds)
    with pytest.raises(OptionError, match="with dates"):
        person_days(100, 2, leaving=movements((1, "2019-05-01", "2019-05-02")))
    hours = Period.of("2019-05-01", "2019-05-02", hours=24)
    with pytest.raises(OptionError, match="whole days"):
        person_days(100, hours, leaving=movements((1, "2019-05-01", "2019-05-02")))


# By place


def test_by_place() -> None:
    exposure = person_days({"Idlib": 100, "Hama": 200}, ELEVEN, leaving={"Idlib": 10, "Hama": 0})
    assert exposure.by == ("place",)
    assert exposure.to_frame().select("place", "best").rows() == [("Idlib", 1045), ("Hama", 2200)]
    assert exposure.best == 3245
    assert exposure.by_day().columns == ["place", "date", "low", "best", "high"]
    assert exposure.of("Hama").best == 2200
    assert str(exposure).endswith("2 rows by place")
    with pytest.raises(OptionError, match="'Idlib', 'Hama'"):
        exposure.of("Homs")
    with pytest.raises(OptionError, match="each of place"):
        exposure.of()
    with pytest.raises(OptionError, match="each part"):
        person_days({"Idlib": 100, "Hama": 200}, ELEVEN, leaving=5)
    with pytest.raises(OptionError, match="none for 'Hama'"):
        person_days({"Idlib": 100, "Hama": 200}, ELEVEN, leaving={"Idlib": 5})
    with pytest.raises(OptionError, match="each of by="):
        person_days({("Idlib", "child"): 100}, ELEVEN)
    pairs = person_days({("Idlib", "child"): 100}, ELEVEN, by=["place", "group"])
    assert pairs.of("Idlib", "child").best == 1100
    assert person_days(100, 11).of().best == 1100


def test_places_that_hold_one_another_have_no_total() -> None:
    exposure = person_days({"Syria": 100, "Syria/Idlib": 20}, 11)
    with pytest.raises(OptionError, match="nobody in common"):
        float(exposure)


def test_stocks_and_flows_by_place() -> None:
    rows = [
        {
            "measure": "population",
            "kind": "stock",
            "value": size,
            "place": place,
            "start": "2019-05-01",
            "end": "2019-05-01",
        }
        for place, size in (("A", 100), ("B", 200))
    ]
    people = cs.population(make_reports(rows), by=["place"])
    moved = make_reports(
        [
            {
                "measure": "displaced",
                "unit": "displacements",
                "value": size,
                "place": place,
                "start": "2019-05-01",
                "end": "2019-05-02",
            }
            for place, size in (("A", 10), ("B", 40))
        ]
    )
    exposure = person_days(people, "2019-05-01/2019-05-02", leaving=cs.displacement(moved, by=["place"]))
    assert exposure.to_frame().select("place", "best").rows() == [("A", 190), ("B", 360)]
    with pytest.raises(OptionError, match="each part"):
        person_days(people, "2019-05-01/2019-05-02", leaving=cs.displacement(moved))
    with pytest.raises(OptionError, match="split by place"):
        person_days({"A": 100}, "2019-05-01/2019-05-02", leaving=cs.displacement(moved, by=["place", "group"]))
    with pytest.raises(OptionError, match="none for"):
        person_days({"C": 100}, "2019-05-01/2019-05-02", leaving=cs.displacement(moved, by=["place"]))
    one = cs.population(make_reports(rows[:1]))
    assert person_days({"A": one}, "2019-05-01/2019-05-02").best == 200
    with pytest.raises(OptionError, match="of one place"):
        person_days({"A": people}, "2019-05-01/2019-05-02")


# As a denominator


def test_rows_take_their_own_days_of_an_exposure() -> None:
    rows = [{"value": 1, "start": f"2019-05-0{day}", "end": f"2019-05-0{day}"} for day in (1, 2)]
    exposure = person_days(100, "2019-05-01/2019-05-02", leaving=50)
    frame = death_rate(cs.deaths(make_reports(rows)), exposure).to_frame()
    assert frame["person_days"].to_list() == [87.5, 62.5]
    with pytest.raises(OptionError, match="holds every row"):
        death_rate(cs.deaths(make_reports([{"value": 1, "start": "2019-05-01", "end": "2019-05-03"}])), exposure)
    with pytest.raises(OptionError, match="by day for the row"):
        death_rate(cs.deaths(make_reports(rows)), person_days(100, 2))


def test_fuzzy_rows_and_hours_over_an_exposure() -> None:
    exposure = person_days(100, "2019-05-01/2019-05-04", leaving=80)  # 90, 70, 50, 30 by day
    fuzzy = {"value": 1, "start": "[2019-05-01..2019-05-02]", "end": "2019-05-04"}
    row = death_rate(cs.deaths(make_reports([fuzzy])), exposure).to_frame().row(0, named=True)
    assert (row["person_days_low"], row["person_days"], row["person_days_high"]) == (150, None, 240)
    crossed = {"value": 1, "start": "[2019-05-01..2019-05-03]", "end": "[2019-05-02..2019-05-04]"}
    row = death_rate(cs.deaths(make_reports([crossed])), exposure).to_frame().row(0, named=True)
    assert (row["person_days_low"], row["person_days_high"]) == (50, 240)
    hours = {"value": 1, "start": "2019-05-02", "end": "2019-05-03", "hours": 24.0}
    row = death_rate(cs.deaths(make_reports([hours])), exposure).to_frame().row(0, named=True)
    assert (row["person_days_low"], row["person_days"], row["person_days_high"]) == (50, None, 70)
    row = (
        death_rate(cs.deaths(make_reports([hours])), person_days(100, "2019-05-01/2019-05-04"))
        .to_frame()
        .row(0, named=True)
    )
    assert row["person_days"] == 100
    same = person_days(100, Period.of("[2019-05-01..2019-05-02]", "2019-05-04"), leaving=80)
    row = death_rate(cs.deaths(make_reports([fuzzy])), same).to_frame().row(0, named=True)
    assert (row["person_days_low"], row["person_days_high"]) == (same.low, same.high) == (180, 240)


def test_exposure_by_place_of_a_series_by_place() -> None:
    rows = [{"value": 1, "place": place, "start": "2019-05-01", "end": "2019-05-02"} for place in ("A", "B")]
    exposure = person_days({"A": 100, "B": 200}, "2019-05-01/2019-05-02")
    frame = death_rate(cs.deaths(make_reports(rows), by=["place"]), exposure).to_frame().sort("place")
    assert frame["person_days"].to_list() == [200, 400]
    with pytest.raises(OptionError, match=r"\.of"):
        death_rate(cs.deaths(make_reports(rows)), exposure)
    with pytest.raises(OptionError, match="for each place"):
        death_rate(cs.deaths(make_reports(rows), by=["place"]), exposure.of("A"))
    with pytest.raises(OptionError, match="'B'"):
        death_rate(cs.deaths(make_reports(rows), by=["place"]), person_days({"A": 100}, "2019-05-01/2019-05-02"))


def test_stocks_are_a_population() -> None:
    series = cs.deaths(make_reports([{"value": 9, "start": "2019-04-29", "end": "2019-05-09"}]))
    rate = death_rate(series, stocks((100_000, "2019-04-25"), (60_000, "2019-05-05"), source="census"))
    assert rate.to_frame()["person_days"].to_list() == [900_000]
    assert "population: census" in rate.note
    with pytest.raises(OptionError, match="first"):
        death_rate(series, stocks((100_000, "2019-05-05")))


def test_nobody_at_risk() -> None:
    flow = movements((100, "2019-05-01", "2019-05-01"), observed="2019-05-01/2019-05-03")
    exposure = person_days(100, "2019-05-01/2019-05-03", leaving=flow)
    series = cs.deaths(
        make_reports([{"value": 0, "start": f"2019-05-0{day}", "end": f"2019-05-0{day}"} for day in (1, 2)])
    )
    with pytest.raises(OptionError, match="nobody at risk from 2019-05-02"):
        death_rate(series, exposure)
