"""Under-five mortality, rates of whatever adds up, and displacement rates."""

from __future__ import annotations

from typing import Any

import pytest
from rates_reports import make_reports

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, NotAdditiveError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.rates import (
    crude_mortality_rate,
    displacement_rate,
    garwood,
    person_days,
    rate,
    under5_mortality_rate,
)
from casualtystats.rates.people import is_under_five
from casualtystats.schemas import RateSchema
from casualtystats.series.build import build
from casualtystats.series.flow import FlowSeries

ELEVEN = {"start": "2019-04-29", "end": "2019-05-09"}


def all_causes(group: str | None) -> FlowSeries[Any]:
    return cs.deaths(
        make_reports([{"measure": "died", "value": 12, "group": group} | ELEVEN]), cause="all", group=group
    )


def moved(value: int = 180_000, unit: str = "people", **more: Any) -> FlowSeries[Any]:
    return cs.displacement(make_reports([{"measure": "displaced", "unit": unit, "value": value} | ELEVEN | more]))


def injured() -> FlowSeries[Any]:
    reports = make_reports([{"measure": "injured", "value": 300, "group": "civilian"} | ELEVEN])
    built = build(
        reports, "injured", ("flow",), place=None, group="civilian", source=None, unit=None, role=None, by=[],
        overlap="raise", observed=None, as_of=None,
    )  # fmt: skip
    return FlowSeries[Any].from_built(built, reports)


@pytest.mark.parametrize(
    "group", ["under5", "Under five", "under-five", "civilian/under-5", "civilian/Under 5s", "U5", "0-4", "0–4 years"]
)
def test_groups_under_five(group: str) -> None:
    result = under5_mortality_rate(all_causes(group), population=100_000)
    row = result.to_frame().row(0, named=True)
    assert row["rate"] == pytest.approx(12 / (100_000 * 11) * 10_000)
    assert row["label"] == "under-five mortality rate (all causes) per 10,000 person-days of children under five"
    assert result.indicator == "U5MR"


@pytest.mark.parametrize("group", ["civilian/child", "under5/boy", "under 15", "child under 18", "50-4", None, ""])
def test_other_groups_are_not_under_five(group: str | None) -> None:
    assert not is_under_five(group)
    with pytest.raises(MeasureError, match="under 18"):
        under5_mortality_rate(all_causes(group or None), population=100_000)


def test_under_five_by_group_and_place() -> None:
    rows = [
        {"measure": "died", "value": 5, "group": group, "place": place} | ELEVEN
        for group, place in (("under5", "A"), ("under5", "B"), ("civilian/child", "B"))
    ]
    by_place = cs.deaths(make_reports(rows[:2]), cause="all", group="under5", by=["place", "group"])
    frame = under5_mortality_rate(by_place, {("A", "under5"): 1_000, ("B", "under5"): 2_000}).to_frame()
    assert frame.sort("place")["person_days"].to_list() == [11_000, 22_000]
    mixed = cs.deaths(make_reports([rows[0], rows[2]]), cause="all", by=["place", "group"])
    with pytest.raises(MeasureError, match="civilian/child"):
        under5_mortality_rate(mixed, 1_000)


def test_violent_deaths_are_no_under_five_mortality() -> None:
    killed: Any = cs.deaths(make_reports([{"value": 2, "group": "under5"} | ELEVEN]), group="under5")
    with pytest.raises(MeasureError, match="all causes"):
        under5_mortality_rate(killed, 1_000)
    accused = {"measure": "died", "value": 2, "group": "under5", "perpetrator": "a side"} | ELEVEN
    with pytest.raises(MeasureError, match="under five"):
        under5_mortality_rate(
            cs.deaths(make_reports([accused]), cause="all", group="under5", by=["perpetrator"]), 1_000
        )


def test_crude_mortality_rate_says_that_it_is_one() -> None:
    result = crude_mortality_rate(all_causes(None), population=100_000)
    assert result.indicator == "CMR"
    assert result.info is not None
    assert result.info.measure == "died"


def test_rates_per_person_days_and_per_day() -> None:
    row = rate(injured(), 3_000_000).to_frame().row(0, named=True)
    assert row["label"] == "people injured among civilians per 10,000 person-days"
    assert row["rate"] == pytest.approx(300 / (3_000_000 * 11) * 10_000)
    assert (row["per"], row["per_unit"]) == (10_000, "person-days")
    daily = rate(injured()).to_frame()
    RateSchema.validate(daily)
    row = daily.row(0, named=True)
    assert (row["label"], row["per"], row["per_unit"]) == ("people injured among civilians per day", 1, "days")
    assert row["rate"] == pytest.approx(300 / 11)
    assert [row["ci_low"] * 11, row["ci_high"] * 11] == pytest.approx(garwood(300))
    assert row["person_days"] is None
    monthly = rate(injured(), per=30).to_frame().row(0, named=True)
    assert monthly["label"] == "people injured among civilians per 30 days"
    assert monthly["rate"] == pytest.approx(30 * row["rate"])


def test_a_day_or_a_week_is_the_same_rate() -> None:
    row = rate(injured()).to_frame().row(0, named=True)
    weekly = rate(injured(), per=7).to_frame().row(0, named=True)
    for name in ("rate", "rate_low", "rate_high", "ci_low", "ci_high"):
        assert weekly[name] == pytest.approx(7 * row[name], rel=1e-12)


def test_rate_per_day_of_a_fuzzy_period() -> None:
    fuzzy = {"value": 119, "start": "[2019-04-21..2019-04-30]", "end": "2019-05-13"}
    row = rate(cs.deaths(make_reports([fuzzy]))).to_frame().row(0, named=True)
    assert (row["rate"], row["ci_low"]) == (None, None)
    assert (row["rate_low"], row["rate_high"]) == pytest.approx((119 / 23, 119 / 14))
    assert row["method"] == "none: the ends of the period are not known"


def test_hits_by_month() -> None:
    rows = [
        {"measure": "attacks", "unit": "attacks", "group": "health", "value": 2, "start": day, "end": day}
        for day in ("2019-05-01", "2019-05-20")
    ]
    hits = cs.outages(make_reports(rows), observed="2019-05-01/2019-05-31").hits
    result = rate(hits.resample("month"))
    assert result.label == "attacks on health facilities per day"
    assert result.to_frame()["rate"].to_list() == pytest.approx([4 / 31])


def test_what_does_not_add_has_no_rate() -> None:
    with pytest.raises(NotAdditiveError, match="displacement_rate"):
        rate(moved())
    with pytest.raises(KindError, match="flow"):
        rate(cs.deaths(make_reports([{"value": 5} | ELEVEN])).cumulate())  # type: ignore[arg-type]
    with pytest.raises(MeasureError, match="flow series"):
        rate("deaths")  # type: ignore[arg-type]
    for per in (0, -1, float("nan"), True):
        with pytest.raises(OptionError, match="per="):
            rate(injured(), per=per)


def test_displacement_per_thousand_people() -> None:
    result = displacement_rate(moved(), 3_000_000)
    row = result.to_frame().row(0, named=True)
    assert (row["rate"], row["per"], row["per_unit"]) == (pytest.approx(60), 1_000, "people")
    assert row["label"] == "people displaced per 1,000 people over each period"
    assert str(result) == ("people displaced per 1,000 people over each period: 60.0 over 11 days, both ends counted")
    share = displacement_rate(moved(), Estimate(2_000_000, 3_000_000, 4_000_000), per=100).to_frame().row(0, named=True)
    assert (share["rate_low"], share["rate"], share["rate_high"]) == pytest.approx((4.5, 6, 9))
    # Of a population that is left over time, the mean of those who were there.
    leaving = person_days(500_000, "2019-04-29/2019-05-09", leaving=180_000)
    assert displacement_rate(moved(), leaving).to_frame()["rate"].to_list() == pytest.approx(
        [180_000 / 410_000 * 1_000]
    )
    assert displacement_rate(moved(900, "displacements"), 500).to_frame()["rate"].to_list() == [1_800]
    with pytest.raises(OptionError, match="population of at least"):
        displacement_rate(moved(), 100_000)


def test_no_poisson_interval_of_displacement_unless_stated() -> None:
    row = displacement_rate(moved(), 3_000_000).to_frame().row(0, named=True)
    assert row["ci_low"] is row["ci_high"] is row["level"] is None
    assert row["method"].startswith("none: people flee together")
    for make in (
        lambda **o: displacement_rate(moved(), 3_000_000, **o),
        lambda **o: rate(moved(5, "displacements"), **o),
    ):
        with pytest.raises(OptionError, match="assume_independent=True"):
            make(interval="garwood")
        stated = make(interval="garwood", assume_independent=True).to_frame().row(0, named=True)
        assert stated["method"] == "Garwood"
        assert stated["ci_low"] < stated["rate"] < stated["ci_high"]
    assert rate(moved(5, "displacements")).to_frame()["method"][0].startswith("none: people flee together")


def test_what_has_no_displacement_rate() -> None:
    with pytest.raises(MeasureError, match="households"):
        displacement_rate(moved(5, "households"), 1_000)
    with pytest.raises(MeasureError, match="violent deaths"):
        displacement_rate(cs.deaths(make_reports([{"value": 5} | ELEVEN])), 1_000)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="number of people"):
        displacement_rate(moved(), 1_000, per=0)


def test_empty_cells_of_displacement_are_no_report() -> None:
    rows = [
        {"measure": "displaced", "unit": "displacements", "value": 5, "start": day, "end": day}
        for day in ("2019-05-01", "2019-05-03")
    ]
    frame = displacement_rate(cs.displacement(make_reports(rows)).daily(), 1_000).to_frame()
    assert frame["method"][1] == "none: no report"
    assert frame["rate"].to_list() == [5, None, 5]
