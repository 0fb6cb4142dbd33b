"""Cases in which rates once said something wrong, or let another library's error through."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any, cast

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rates_reports import make_reports
from scipy.stats import beta, chi2

import casualtystats as cs
from casualtystats.errors import MeasureError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.rates import (
    Threshold,
    byar,
    compound_poisson,
    crude_mortality_rate,
    daily_rate,
    death_rate,
    displacement_rate,
    garwood,
    midp,
    person_days,
    rate_difference,
    rate_ratio,
    standardize_direct,
    standardize_indirect,
    thresholds,
    under5_mortality_rate,
)
from casualtystats.rates.conditional import conditional_ends
from casualtystats.rates.people import is_under_five

TEN = {"start": "2019-05-01", "end": "2019-05-10"}
LATER = {"start": "2019-05-11", "end": "2019-05-20"}
EMERGENCY = thresholds.get("CDC/MSF emergency")


def died(rows: list[dict[str, Any]], **options: Any) -> Any:
    return cs.deaths(make_reports([{"measure": "died"} | TEN | row for row in rows]), cause="all", **options)


def stocks(rows: list[tuple[int, str]], about: dict[str, Any] | None = None, **options: Any) -> Any:
    made = [
        {"measure": "population", "kind": "stock", "value": value, "start": day, "end": day} | (about or {})
        for value, day in rows
    ]
    return cs.population(make_reports(made), **options)


def moved(rows: list[dict[str, Any]], **options: Any) -> Any:
    return cs.displacement(make_reports([{"measure": "displaced"} | TEN | row for row in rows]), **options)


def one(value: int, population: Any = 10_000, **more: Any) -> cs.RateSeries:
    return crude_mortality_rate(died([{"value": value} | more]), population)


# Verdicts


def test_groups_are_not_judged_against_a_rate_of_all() -> None:
    """5 of 1,000 under five and none of 99,000 others: the crude rate is 0.05, and nothing is above 1."""
    series = died([{"value": 5, "group": "under5"}, {"value": 0, "group": "over5"}], by=["group"])
    rates = death_rate(series, {"under5": 1_000, "over5": 99_000})
    with pytest.raises(MeasureError, match="its own group"):
        rates.against(EMERGENCY)
    young = died([{"value": 5, "group": "under5"}, {"value": 1, "group": "host/under5"}], by=["group"])
    split = death_rate(young, {"under5": 1_000, "host/under5": 1_000})
    assert len(split.against(thresholds.get("CDC/MSF emergency, under five"))) == 2
    with pytest.raises(MeasureError, match="measure U5MR"):
        split.against(EMERGENCY)


def test_person_days_of_a_group_are_not_judged_against_a_rate_of_all() -> None:
    people = stocks([(1_000, "2019-05-01")], {"group": "civilian"}, group="civilian")
    rates = death_rate(died([{"value": 5, "group": "civilian"}], group="civilian"), people)
    assert rates.people_group == "civilian"
    with pytest.raises(MeasureError, match="civilian alone"):
        rates.against(EMERGENCY)


def test_the_condition_of_a_verdict_is_printed_of_many_rows() -> None:
    rows = [{"value": 200, "group": "civilian"}, {"value": 5, "group": "civilian"} | LATER]
    text = str(death_rate(died(rows, group="civilian"), 100_000).against(EMERGENCY))
    assert "1 above, 1 not shown to be above (a floor: deaths of a part" in text
    assert "(a floor" not in str(
        crude_mortality_rate(died([{"value": 5}, {"value": 5} | LATER]), 1_000).against(EMERGENCY)
    )


@pytest.mark.parametrize(
    ("standards", "said"),
    [
        (("verified", "estimated"), "a floor: verified deaths in some of the reports"),
        (("documented", None), "a floor: documented deaths in some of the reports"),
        (("documented", "verified"), "a floor: documented and verified deaths only"),
        (("reported", None), ""),
    ],
)
def test_any_recorded_standard_makes_a_floor(standards: tuple[str | None, str | None], said: str) -> None:
    first, second = standards
    series = died([{"value": 5, "standard": first}, {"value": 5, "standard": second} | LATER])
    for made in (series, series.resample(timedelta(days=10))):
        found = crude_mortality_rate(made, 1_000_000).against(EMERGENCY).to_frame()
        assert found["verdict"].to_list() == (["not shown to be above"] * 2 if said else ["below"] * 2)
        assert set(found["reason"]) == {said}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 60), st.sampled_from([0.1, 0.3, 0.7, 1.1, 1.2, 2.3]), st.sampled_from([7, 365, 1_000, 100_000, 1e7])
)
def test_a_rate_that_is_the_threshold_straddles_it_per_any_constant(deaths: int, value: float, per: float) -> None:
    tenths = round(value * 10)
    # deaths * tenths deaths in 10 days among 10,000 * deaths people are `value` per 10,000 a day.
    rates = crude_mortality_rate(died([{"value": deaths * tenths}]), 10_000 * deaths, per)
    row = rates.against(Threshold(value, 10_000, "CMR", "a", "b", "own")).to_frame().row(0, named=True)
    assert row["source_range"] == "straddles"


def test_a_threshold_touches_only_itself() -> None:
    limit = Threshold(0.05, 10_000, "CMR", "a", "b", "own")
    row = one(50_001, 100_000_000).against(limit).to_frame().row(0, named=True)
    assert row["source_range"] == "above"


def test_a_floor_is_no_baseline() -> None:
    with pytest.raises(OptionError, match="a floor: verified deaths only"):
        thresholds.twice(one(5, standard="verified"))
    with pytest.raises(OptionError, match="best value"):
        thresholds.twice(one(5, qualifier="at_least"))
    assert thresholds.twice(one(5)).value == pytest.approx(1)


# Exposures


def test_displacement_over_a_fuzzy_period_of_changing_stocks() -> None:
    """30 displaced from 1 May to 10..20 May: a mean of 100 people over 10 days, of (1,000 + 100)/20 = 55 over 20."""
    people = stocks([(100, "2019-05-01"), (10, "2019-05-11")])
    rates = displacement_rate(moved([{"value": 30, "end": "[2019-05-10..2019-05-20]"}]), people)
    row = rates.to_frame().row(0, named=True)
    assert (row["rate_low"], row["rate_high"]) == pytest.approx((300, 30_000 / 55))
    constant = displacement_rate(moved([{"value": 30, "end": "[2019-05-10..2019-05-20]"}]), Estimate(50, 100, 200))
    assert constant.to_frame().select("rate_low", "rate_high").row(0) == (150, 600)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 500), min_size=8, max_size=8), st.lists(st.integers(0, 7), min_size=4, max_size=4))
def test_fuzzy_rows_hold_every_feasible_period(people: list[int], ends: list[int]) -> None:
    first = date(2019, 5, 1)
    a, b = sorted(ends[:2])
    c, d = sorted(ends[2:])
    if a > c or b > d:
        return
    days = [str(first + timedelta(at)) for at in range(8)]
    known = stocks(list(zip(people, days, strict=True)))
    row = moved([{"value": 1, "start": f"[{days[a]}..{days[b]}]", "end": f"[{days[c]}..{days[d]}]"}])
    found = displacement_rate(row, known, per=1).to_frame().row(0, named=True)
    periods = [people[s : e + 1] for s in range(a, b + 1) for e in range(c, d + 1) if s <= e]
    assert found["person_days_low"] == pytest.approx(min(map(sum, periods)))
    means = [sum(part) / len(part) for part in periods]
    assert (found["rate_low"], found["rate_high"]) == pytest.approx((1 / max(means), 1 / min(means)))


def test_an_exposure_of_another_period_of_the_same_length_is_not_taken() -> None:
    people = stocks([(1_000, "2019-05-01"), (100, "2019-05-06")])
    early = person_days(people, Period.of("[2019-05-01..2019-05-05]", "2019-05-10"))
    late = person_days(people, Period.of("2019-05-01", "[2019-05-06..2019-05-10]"))
    series = died([{"value": 50, "end": "[2019-05-06..2019-05-10]"}])
    for exposure in (early, late):
        row = crude_mortality_rate(series, exposure).to_frame().row(0, named=True)
        assert (row["person_days_low"], row["person_days_high"]) == (5_100, 5_500)
        assert row["rate_high"] == pytest.approx(500_000 / 5_100)
    with pytest.raises(OptionError, match="people by day"):
        crude_mortality_rate(died([{"value": 5}]), person_days(people, Period.of("2019-05-01", "2019-05-10", 24)))


@pytest.mark.parametrize("share", [1, 1e-3, 1e-9, 1e-12])
def test_an_exponential_decline_of_few_people(share: float) -> None:
    """D N / -ln(1 - N/P) is D (P - N/2 - N^2/(12 P) ...): for a small share the first two terms."""
    found = person_days(1_000_000_000, 10, leaving=share, decline="exponential")
    assert float(found) == pytest.approx(1e10 - 5 * share, rel=1e-15)
    by_day = person_days(3_000_000, "2019-05-01/2019-05-10", leaving=share, decline="exponential")
    assert by_day.by_day()["best"].sum() == pytest.approx(float(by_day), rel=1e-12)
    tiny = person_days(1e30, "2019-05-01/2019-05-02", leaving=1e-30, decline="exponential")
    assert tiny.by_day()["best"].to_list() == [1e30, 1e30]


def test_a_line_to_a_stock_of_unknown_date() -> None:
    """1,000 on 1 April and 2,000 some day of May, up to 31 May: each day of May as the date gives its own sum."""
    rows = [
        {"value": 1_000, "start": "2019-04-01", "end": "2019-04-01"},
        {"value": 2_000, "start": "2019-05", "end": "2019-05"},
    ]
    series = cs.population(make_reports([{"measure": "population", "kind": "stock"} | row for row in rows]))
    found = person_days(series, "2019-04-01/2019-05-31", between="linear")

    def sum_of(day: int) -> float:
        return math.fsum(min(2_000.0, 1_000 + 1_000 * at / (29 + day)) for at in range(61))

    sums = [sum_of(day) for day in range(1, 32)]
    assert (found.low, found.high) == pytest.approx((min(sums), max(sums)))
    assert found.best is None
    days = found.by_day()
    assert days.row(0) == (date(2019, 4, 1), 1_000, 1_000, 1_000)
    assert days["best"].null_count() == 59 or days["best"].null_count() == 60


def test_a_part_of_the_days_of_nested_places_is_no_sum() -> None:
    exposure = person_days({"A": 1_000, "A/b": 300}, "2019-05-01/2019-05-10")
    with pytest.raises(OptionError, match="nobody in common"):
        exposure.total("2019-05-01", "2019-05-05")
    assert exposure.of("A").total("2019-05-01", "2019-05-05").best == 5_000


# Populations of others


def test_a_population_of_another_place() -> None:
    series = died([{"value": 5, "place": "A"}], place="A")
    other = stocks([(1_000, "2019-05-01")], {"place": "B"}, place="B")
    same = stocks([(1_000, "2019-05-01")], {"place": "A"}, place="A")
    for population in (other, person_days(other, "2019-05-01/2019-05-10")):
        with pytest.raises(MeasureError, match="population of A"):
            crude_mortality_rate(series, population)
    assert crude_mortality_rate(series, same).to_frame()["rate"][0] == 5
    assert crude_mortality_rate(series, other.at("2019-05-01")).to_frame()["rate"][0] == 5
    both = stocks([(1_000, "2019-05-01")], {"place": "A"}).reports
    assert both is not None
    by_place = cs.population(
        make_reports([
            {"measure": "population", "kind": "stock", "value": n, "start": "2019-05-01", "end": "2019-05-01", "place": p}
            for n, p in ((1_000, "A"), (2_000, "B"))
        ]),
        by=["place"],
    )  # fmt: skip
    split = person_days(by_place, "2019-05-01/2019-05-10")
    assert (split.place, split.of("B").place, split.of("B").of_stocks) == (None, "B", True)
    assert crude_mortality_rate(series, split.of("A")).to_frame()["person_days"][0] == 10_000
    with pytest.raises(MeasureError, match="got one of B"):
        crude_mortality_rate(series, split.of("B"))
    mapped = person_days({"A": 1_000, "B": 2_000}, "2019-05-01/2019-05-10").of("B")
    with pytest.raises(MeasureError, match="got one of B"):
        crude_mortality_rate(series, mapped)


def test_stocks_under_the_key_of_another_place() -> None:
    other = stocks([(1_000, "2019-05-01")], {"place": "B"}, place="B")
    with pytest.raises(MeasureError, match="stocks of 'A' under that key"):
        person_days({"A": other}, "2019-05-01/2019-05-10")
    nowhere = stocks([(1_000, "2019-05-01")])
    assert person_days({"A": nowhere, "B": other}, "2019-05-01/2019-05-10").best == 20_000


def test_a_population_of_another_group() -> None:
    young = stocks([(1_000, "2019-05-01")], {"group": "under5"}, group="under5")
    everybody = stocks([(9_000, "2019-05-01")])
    with pytest.raises(MeasureError, match="population of all people"):
        crude_mortality_rate(died([{"value": 5}]), young)
    series = died([{"value": 5, "group": "under five"}], group="under five")
    for population in (everybody, person_days(everybody, "2019-05-01/2019-05-10")):
        with pytest.raises(MeasureError, match="got one of all people"):
            under5_mortality_rate(series, population)
    assert under5_mortality_rate(series, young).to_frame()["rate"][0] == 5
    assert under5_mortality_rate(series, 1_000).to_frame()["rate"][0] == 5
    civilians = died([{"value": 5, "group": "civilian"}], group="civilian")
    assert death_rate(civilians, everybody).people_group is None


def test_movements_of_another_area() -> None:
    people = stocks([(1_000, "2019-05-01")], {"place": "A"}, place="A")
    rows = [{"unit": "displacements", "place": "B", "value": 100}]
    with pytest.raises(MeasureError, match="got a series of B"):
        person_days(people, "2019-05-01/2019-05-10", leaving=moved(rows, place="B", unit="displacements"))
    inside = [{"unit": "displacements", "place": "A/x", "value": 100}]
    found = person_days(people, "2019-05-01/2019-05-10", leaving=moved(inside, place="A/x", unit="displacements"))
    assert found.best == 9_500
    killed = cs.deaths(make_reports([{"value": 5, "place": "B"} | TEN]), place="B")
    with pytest.raises(MeasureError, match="deaths= of people in A"):
        person_days(people, "2019-05-01/2019-05-10", deaths=killed)


# Comparisons


def test_the_sampling_end_of_a_floor_over_a_population_with_a_range() -> None:
    """At least 50 of up to 20,000 people against 30 of 10,000: the end is that of 50 over 200,000 person-days."""
    floor, exact = one(50, Estimate(9_000, 10_000, 20_000), qualifier="at_least"), one(30, **LATER)
    plain = rate_ratio(50, 200_000, 30, 100_000)
    found, turned = rate_ratio(floor, exact), rate_ratio(exact, floor)
    assert found.ci_low == pytest.approx(plain.ci_low)
    assert found.low is not None
    assert found.ci_low <= found.low == pytest.approx(50 / 60)
    assert turned.ci_high == pytest.approx(1 / plain.ci_low)
    less = rate_difference(floor, exact)
    assert less.low is not None
    assert less.ci_low is not None
    assert less.ci_low <= less.low
    open_top = one(50, Estimate(9_000, 10_000, None), qualifier="at_least")
    with pytest.raises(OptionError, match="population has no upper bound"):
        rate_ratio(open_top, exact)


def test_unlike_rates_do_not_compare() -> None:
    violent = death_rate(cs.deaths(make_reports([{"value": 30} | LATER])), 10_000)
    with pytest.raises(MeasureError, match="violent deaths"):
        rate_ratio(violent, one(30))
    young = under5_mortality_rate(died([{"value": 5, "group": "under5"}], group="under5"), 1_000)
    with pytest.raises(MeasureError, match="U5MR and CMR"):
        rate_difference(young, one(30))
    civilians = death_rate(died([{"value": 5, "group": "civilian"}], group="civilian"), 1_000)
    with pytest.raises(MeasureError, match="one holds the other"):
        rate_ratio(civilians, death_rate(died([{"value": 5}]), 1_000))
    fighters = death_rate(died([{"value": 5, "group": "combatant"}], group="combatant"), 1_000)
    assert rate_ratio(civilians, fighters).ratio == 1
    assert rate_ratio(one(30), death_rate(died([{"value": 30}]), 10_000)).ratio == 1


def test_rates_per_people_compare_over_one_length_only() -> None:
    options: dict[str, Any] = {"interval": "garwood", "assume_independent": True}
    short = displacement_rate(moved([{"value": 30}]), 1_000, **options)
    long = displacement_rate(moved([{"value": 90, "start": "2019-05-11", "end": "2019-06-09"}]), 1_000, **options)
    with pytest.raises(MeasureError, match="30 and 10 days"):
        rate_ratio(long, short)
    assert rate_ratio(short, displacement_rate(moved([{"value": 60} | LATER]), 1_000, **options)).ratio == 0.5
    weeks = moved([{"value": 20, "unit": "displacements"}, {"value": 30, "unit": "displacements", "start": "2019-05-11",
                    "end": "2019-05-31"}], unit="displacements")  # fmt: skip
    found = displacement_rate(weeks, 1_000, **options).ratio(reference="2019-05-01/2019-05-10")
    assert found.to_frame()["method"][0].startswith("none: expected two rates per people")


def test_a_method_of_ratios_is_known() -> None:
    rates = crude_mortality_rate(died([{"value": 5}, {"value": 6} | LATER]), 1_000)
    with pytest.raises(OptionError, match="method="):
        rates.ratio(reference="2019-05-01/2019-05-10", method=cast("Any", "x"))


def test_one_row_of_many() -> None:
    rates = crude_mortality_rate(died([{"value": 5}, {"value": 10} | LATER]), 1_000)
    for period in ("2019-05-11/2019-05-20", "2019-05-11", date(2019, 5, 11), Period.of("2019-05-11", "2019-05-20")):
        found = rates.row(period)
        assert (len(found), found.to_frame()["numerator"][0]) == (1, 10)
        assert "over 10 days, both ends counted" in str(found)
    assert rate_ratio(rates.row("2019-05-11"), rates.row("2019-05-01")).ratio == 2
    assert rate_difference(rates.row("2019-05-11"), rates.row("2019-05-01")).difference == pytest.approx(5)
    for wrong in ("2019-05-12", "2019-05-11/2019-05-19", date(2019, 1, 1)):
        with pytest.raises(OptionError, match="of which there are 0"):
            rates.row(wrong)
    with pytest.raises(OptionError, match="expected period="):
        rates.row(cast("Any", 5))
    with pytest.raises(OptionError, match="no column"):
        rates.row("2019-05-11", "A")
    split = crude_mortality_rate(
        died([{"value": 5, "place": "A"}, {"value": 6, "place": "B"}], by=["place"]), {"A": 100, "B": 100}
    )
    assert split.row("2019-05-01", "B").to_frame()["numerator"].to_list() == [6]
    parts: list[Any] = [(), ("C",), ("A", "B"), (5,)]
    for part in parts:
        with pytest.raises(OptionError, match=r"place|expected one of"):
            split.row("2019-05-01", *part)
    hours = crude_mortality_rate(died([{"value": 5, "end": "2019-05-02", "hours": 24.0}]), 1_000)
    assert "over 24 hours, as stated" in str(hours.row("2019-05-01"))


def test_comparisons_with_nothing_in_them_say_so() -> None:
    assert str(rate_ratio(3, 10, 0, 5)).startswith("rate ratio not defined, as the second count is 0 (95 %")
    floor, none = one(50, qualifier="at_least"), one(0, **LATER)
    assert ": not defined, as the second count is 0, of a floor" in str(rate_ratio(floor, none))
    assert "1 row;" in str(
        crude_mortality_rate(died([{"value": 5}, {"value": 6} | LATER]), 1_000).ratio(reference="2019-05-01/2019-05-10")
    )
    assert "(1 event)" in str(standardize_direct([1, 0], [900, 800], [1, 1], suppress_below=10))
    assert "(1 event)" in str(standardize_indirect([1, 0], [900, 800], [1, 1], suppress_below=10))


def test_none_is_none_a_day_however_long_the_period() -> None:
    found = one(0, end="[2019-05-06..2019-05-10]")
    assert found.to_frame()["rate"][0] == 0
    assert str(found).endswith(": 0 over 6 to 10 days, both ends counted")
    assert daily_rate(0, start="2019-05-01", end="[2019-05-06..2019-05-10]").best == 0
    assert one(0, qualifier="at_least").to_frame()["rate"][0] is None


# Batches


def compound(series: Any, sizes: Any) -> cs.RateSeries:
    return crude_mortality_rate(series, 10_000, interval="compound", event_sizes=sizes)


def test_sizes_of_a_floor_sum_to_the_floor() -> None:
    floor = died([{"value": 42, "qualifier": "at_least"}])
    with pytest.raises(OptionError, match="got 30 for a count of 42"):
        compound(floor, [10, 20])
    assert compound(floor, [22, 20]).to_frame()["ci_low"][0] == pytest.approx(compound_poisson([22, 20])[0] / 10)
    part = died([{"value": 42, "end": "2019-05-05"}]).resample("week")
    with pytest.raises(OptionError, match="got 30 for a count of 42"):
        compound(part, pl.DataFrame({"date": [date(2019, 5, 1)], "size": [30]}))


def test_no_event_is_dropped() -> None:
    series = died([{"value": 42}])
    day = date(2019, 5, 1)
    with pytest.raises(OptionError, match=r"a date for every event.*row 1"):
        compound(series, pl.DataFrame({"date": [day, None], "size": [42, 7]}))
    for made in (series, died([{"value": 42, "end": "2019-05-05"}]).resample("week")):
        with pytest.raises(OptionError, match=r"2020-05-01.*outside all of them, and 1 more"):
            compound(made, pl.DataFrame({"date": [day, date(2020, 5, 1), date(2020, 5, 2)], "size": [42, 7, 1]}))
    split = died([{"value": 42, "place": "A"}], by=["place"])
    with pytest.raises(OptionError, match="outside"):
        crude_mortality_rate(
            split, {"A": 10_000}, interval="compound",
            event_sizes=pl.DataFrame({"date": [day, day], "size": [42, 7], "place": ["A", "B"]}),
        )  # fmt: skip
    with pytest.raises(OptionError, match="got int"):
        compound(series, 42)


def test_declared_events_of_a_cell_that_is_partly_covered_count_the_least() -> None:
    reports = make_reports(
        [{"measure": "died", "value": 50, "qualifier": "approximately"} | TEN | {"end": "2019-05-05"}]
    )
    origin = cs.Origin("list", "simulated", separate_events=True)
    declared = type(reports)(reports.frame, origin=origin)
    series = cs.deaths(declared, cause="all").resample("week")
    row = crude_mortality_rate(series, 10_000, interval="compound").to_frame().row(0, named=True)
    assert row["numerator_low"] == 45
    assert row["ci_low"] == pytest.approx(compound_poisson([45])[0] / 7)


# Standardisation


def test_strata_without_weight_change_nothing_and_hide_nothing() -> None:
    assert standardize_direct([1, 50], [1_000, 1_000], [1, 0], suppress_below=10).suppressed
    for method in ("fay-feuer", "tiwari", "dobson-exact", "dobson-byar"):
        full = standardize_direct([12, 50, 7], [1_000, 900, 800], [1, 0, 3], method=method)
        assert full == standardize_direct([12, 7], [1_000, 800], [1, 3], method=method)
    with pytest.raises(OptionError, match="gives weight to"):
        standardize_direct([0, 50], [1_000, 1_000], [1, 0])


# Numbers


@pytest.mark.parametrize(
    "wrong",
    [{"counts": ["a", 1, 2]}, {"counts": None}, {"counts": 5}, {"counts": [True, True, False]}, {"counts": [1e308] * 3},
     {"exposures": [1e-320, 1, 1]}, {"exposures": 5}, {"exposures": "abc"}, {"exposures": [1, 2, "x"]},
     {"exposures": [1e200] * 3}, {"standard": [1e308] * 3}, {"standard": [1e-320, 1, 1]}, {"standard": [0, 0, 0]},
     {"standard": [True, 1, 1]}, {"per": "x"}, {"per": None}, {"per": True}, {"per": 1e308}, {"suppress_below": 2.5}],
)  # fmt: skip
def test_strata_that_are_none(wrong: dict[str, Any]) -> None:
    options: dict[str, Any] = {"counts": [5, 12, 40], "exposures": [1e4, 8e3, 3e3], "standard": [3, 5, 2]} | wrong
    with pytest.raises(OptionError, match="expected"):
        standardize_direct(**options)
    options["standard_rates"] = options.pop("standard")
    if wrong != {"counts": 5}:
        with pytest.raises(OptionError, match="expected"):
            standardize_indirect(**options)


def test_numbers_of_numpy_are_numbers() -> None:
    assert standardize_indirect(cast("Any", np.int64(57)), [1, 2, 3], [1, 2, 3]).observed == 57
    assert (
        crude_mortality_rate(died([{"value": 5}]), 1_000, per=cast("Any", np.int64(1_000))).to_frame()["rate"][0] == 0.5
    )
    assert thresholds.twice(cast("Any", np.float32(0.25))).value == 0.5
    assert standardize_direct([5], [100], [1], suppress_below=cast("Any", np.int64(6))).suppressed


@pytest.mark.parametrize("wrong", [None, 5, "CDC", [1]])
def test_what_is_no_threshold(wrong: Any) -> None:
    twice = cast("Any", thresholds.twice)
    with pytest.raises(OptionError, match="expected threshold="):
        one(5).against(wrong)
    if not isinstance(wrong, str):
        with pytest.raises(OptionError, match="name of a threshold"):
            thresholds.get(wrong)
    with pytest.raises(OptionError, match="region"):
        thresholds.sphere(wrong)
    if wrong != 5:
        with pytest.raises(OptionError, match="baseline"):
            twice(wrong)


@pytest.mark.parametrize("wrong", [True, "5", None, 10**400, 2**70, 1e308, 1.5])
def test_what_is_no_count(wrong: Any) -> None:
    for interval in (garwood, byar, midp):
        with pytest.raises(OptionError, match="expected"):
            interval(wrong)
        with pytest.raises(OptionError, match="expected"):
            interval([1, wrong])
    with pytest.raises(OptionError, match="expected whole counts"):
        rate_ratio(wrong, 1, 0, 1)


@pytest.mark.parametrize(
    "wrong", [np.array([True]), pl.Series([True]), pl.Series(["a"]), np.array(["a"]), [[1], [1, 2]]]
)
def test_arrays_that_are_no_counts(wrong: Any) -> None:
    with pytest.raises(OptionError, match="expected whole counts"):
        garwood(wrong)


@pytest.mark.parametrize("largest", [float("nan"), float("inf"), 1e300, 1.5, True, "7"])
def test_a_largest_event_is_a_whole_number(largest: Any) -> None:
    with pytest.raises(OptionError, match="largest="):
        compound_poisson([1], largest=largest)


def test_periods_parts_and_populations_that_are_none() -> None:
    series, days, day = died([{"value": 5}]), cast("Any", person_days), cast("Any", daily_rate)
    split: Any = person_days({"A": 1}, "2019-05-01/2019-05-02")
    attempts: list[Any] = [
        lambda: days(1_000, (1, 2)), lambda: days({"A": 5}, 10, by="place"),
        lambda: days(1_000, 10, by=5), lambda: days(1_000, 10, by=[5]), lambda: split.of(5),
        lambda: split.total(5, 6), lambda: days(1_000, 10, arriving=1e308), lambda: days(1_000, 10, leaving=True),
        lambda: days(True, 10), lambda: days(1e308, 10), lambda: days(Estimate(1, 1, 10**40), 10),
        lambda: crude_mortality_rate(series, 1e-320), lambda: crude_mortality_rate(series, 1_000, per=1e308),
        lambda: day(5, period=5), lambda: day(5, period="2019-05-01", hours="x"),
        lambda: rate_ratio(1, 1e-310, 1, 1),
    ]  # fmt: skip
    for attempt in attempts:
        with pytest.raises(OptionError, match="expected"):
            attempt()


@pytest.mark.parametrize("reference", [5, ["A"], date(2019, 5, 1), ("A", "B"), "C", None])
def test_a_reference_that_is_none(reference: Any) -> None:
    series = died([{"value": 5, "place": place} for place in "AB"], by=["place"])
    with pytest.raises(OptionError, match="reference="):
        crude_mortality_rate(series, {"A": 100, "B": 200}).ratio(reference=reference)


# Precision


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999999, 1 - 1e-12, 0.9999999999999999])
@pytest.mark.parametrize("count", [0, 1, 5, 119, 10**6])
def test_ends_at_any_level(count: int, level: float) -> None:
    tail = (1 - level) / 2
    low, high = garwood(count, level)
    assert high == pytest.approx(chi2.isf(tail, 2 * count + 2) / 2, rel=1e-9)
    assert low == pytest.approx(chi2.ppf(tail, 2 * count) / 2 if count else 0, rel=1e-9)
    inner = midp(count, level)
    assert low <= inner[0] <= count <= inner[1] <= high
    assert math.isfinite(byar(count, level)[1])
    assert compound_poisson([1] * count if count < 1_000 else [count], level, largest=max(1, count))[1] >= high * (
        1 - 1e-12
    )


@pytest.mark.parametrize(("count", "other"), [(10**12, 1), (1, 10**12), (10**9, 10**9), (5, 3), (0, 4)])
def test_ends_of_ratios_of_very_unequal_counts(count: int, other: int) -> None:
    low, high = conditional_ends(count, other, 0.95, "exact")
    # One less the lower share is beta of the other count, and keeps its digits.
    rest = beta.isf(0.025, other + 1, count) if count else 1.0
    assert low == pytest.approx((beta.ppf(0.025, count, other + 1) / rest) if count else 0, rel=1e-9)
    assert high == pytest.approx(beta.isf(0.025, count + 1, other) / beta.ppf(0.025, other, count + 1), rel=1e-9)
    inner = conditional_ends(count, other, 0.95, "midp")
    assert high is not None
    assert inner[1] is not None
    assert low <= inner[0] <= inner[1] <= high
    assert rate_ratio(count, 1, other, 1).ci_low == low


def test_exposures_are_numbers_of_person_days() -> None:
    exposure = person_days(1_000, 10)
    assert rate_ratio(5, exposure, 3, 10_000.0).ratio == pytest.approx(5 / 3)
    assert rate_difference(5, exposure, 3, exposure).difference == pytest.approx(2e-4)


def test_months_are_years_too() -> None:
    assert all(is_under_five(group) for group in ("0-59 months", "0 to 59 months", "host/0-4", "0 to 4 years"))
    assert not any(is_under_five(group) for group in ("6-59 months", "5-9", "0-17", "under 15"))
