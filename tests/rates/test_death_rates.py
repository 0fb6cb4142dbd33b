from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rates_reports import make_reports

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.rates.denominators import person_day_columns
from casualtystats.rates.rows import with_days
from casualtystats.schemas import RateSchema

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
TWO_WEEKS = {"start": "2019-04-29", "end": "2019-05-12"}


def only(series: cs.RateSeries) -> dict[str, Any]:
    return series.to_frame().row(0, named=True)


def test_published_crude_mortality_rate() -> None:
    given_, expected = PUBLISHED["rate-cmr"]["inputs"], PUBLISHED["rate-cmr"]["expected"]
    row = {"measure": "died", "value": given_["deaths"], "start": "2019-01-01", "end": "2019-03-31"}
    series = cs.crude_mortality_rate(cs.deaths(make_reports([row]), cause="all"), population=given_["population"])
    got = only(series)
    assert got["rate"] == pytest.approx(expected["cmr"], rel=1e-5)
    assert (got["ci_low"], got["ci_high"]) == pytest.approx(tuple(expected["ci"]), rel=1e-5)
    assert (got["level"], got["method"]) == (0.95, "Garwood")
    assert got["label"] == "crude mortality rate (all causes) per 10,000 person-days"


def test_frame_and_text() -> None:
    row = {"value": 119, "group": "civilian", "source": "OHCHR", **TWO_WEEKS}
    rate = cs.death_rate(cs.deaths(make_reports([row]), group="civilian"), population=3_000_000)
    assert rate.to_frame().columns == RateSchema.column_names()
    RateSchema.validate(rate.to_frame())
    assert str(rate) == (
        "violent deaths of civilians per 10,000 person-days: 0.0283 (95 % Garwood interval 0.0234 to 0.0340) "
        "over 14 days, both ends counted"
    )
    assert len(rate) == 1
    assert "OHCHR" in rate._repr_html_()


def test_fuzzy_period_is_a_range_without_sampling_interval() -> None:
    row = {"value": 119, "start": "[2019-04-21..2019-04-30]", "end": "2019-05-13"}
    rate = cs.death_rate(cs.deaths(make_reports([row])), population=100_000)
    got = only(rate)
    assert got["rate"] is got["person_days"] is got["ci_low"] is got["ci_high"] is got["level"] is None
    assert got["method"] == "none: the ends of the period are not known"
    assert got["rate_low"] == pytest.approx(119 / (100_000 * 23) * 10_000)
    assert got["rate_high"] == pytest.approx(119 / (100_000 * 14) * 10_000)
    assert str(rate).endswith("0.517 to 0.850 over 14 to 23 days, both ends counted")


def test_floor_has_no_upper_end() -> None:
    row = {"value": 42, "qualifier": "at_least", "hours": 24.0, "start": "2019-05-12", "end": "2019-05-13"}
    rate = cs.death_rate(cs.deaths(make_reports([row])), population=3_000_000)
    got = only(rate)
    assert got["rate"] is got["rate_high"] is got["ci_high"] is None
    assert got["person_days"] == 3_000_000
    assert got["ci_low"] == pytest.approx(30.269906 / 300, rel=1e-6)
    assert str(rate).endswith("at least 0.140 (95 % Garwood interval: 0.100 and above) over 24 hours, as stated")


@pytest.mark.parametrize(("qualifier", "text"), [("up_to", "up to 0.100"), ("less_than", "up to 0.0977")])
def test_ceiling(qualifier: str, text: str) -> None:
    rate = cs.death_rate(
        cs.deaths(make_reports([{"value": 42, "qualifier": qualifier, **TWO_WEEKS}])), population=300_000
    )
    assert only(rate)["method"] == "none: no best value"
    assert f"{text} over" in str(rate)


def test_source_range_and_sampling_interval_stay_apart() -> None:
    people = Estimate(2_800_000, 3_000_000, 3_500_000)
    rate = cs.death_rate(cs.deaths(make_reports([{"value": 42, "qualifier": "approximately", **TWO_WEEKS}])), people)
    got = only(rate)
    assert got["rate_low"] == pytest.approx(39 / (3_500_000 * 14) * 10_000)
    assert got["rate_high"] == pytest.approx(45 / (2_800_000 * 14) * 10_000)
    assert got["ci_high"] == pytest.approx(56.771799 / (3_000_000 * 14) * 10_000, rel=1e-6)
    assert "source range 0.00795 to 0.0115; 95 % Garwood interval" in str(rate)


def test_population_with_one_bound() -> None:
    series = cs.deaths(make_reports([{"value": 42, **TWO_WEEKS}]))
    least = only(cs.death_rate(series, Estimate.of("at_least", 1_000_000)))
    assert (least["rate"], least["rate_low"], least["method"]) == (
        None,
        0.0,
        "none: no best value of the population",
    )
    assert least["rate_high"] == pytest.approx(0.03)
    most = only(cs.death_rate(series, Estimate.of("up_to", 1_000_000)))
    assert most["rate_high"] is None
    assert most["rate_low"] == pytest.approx(0.03)


def test_cells() -> None:
    rows = [
        {"value": 10, "start": "2019-04-29", "end": "2019-05-05"},
        {"value": 20, "start": "2019-05-06", "end": "2019-05-16"},
        {"value": 5, "start": "2019-06-01", "end": "2019-06-01"},
    ]
    series = cs.deaths(make_reports(rows))
    rate = cs.death_rate(series.resample("week"), population=100_000)
    whole, cut, edge, gap, partly = rate.to_frame().rows(named=True)
    assert whole["method"] == "Garwood"
    assert cut["method"] == edge["method"] == "none: the cell cuts a report"
    assert cut["rate"] is not None
    assert cut["ci_low"] is cut["ci_high"] is None
    # Days without a report are not days without deaths: no best rate, and nothing above.
    assert edge["rate"] is edge["rate_high"] is partly["rate"] is partly["rate_high"] is partly["ci_high"] is None
    assert partly["rate_low"] == pytest.approx(5 / 700_000 * 10_000)
    assert partly["method"].startswith("Garwood, lower end only")
    assert gap["method"] == "none: no report"
    empty = (
        "numerator",
        "numerator_low",
        "numerator_high",
        "rate",
        "rate_low",
        "rate_high",
        "ci_low",
        "ci_high",
        "level",
    )
    assert all(gap[name] is None for name in empty)
    assert "0.143 to 0.182 in 2 rows with a best rate" in str(rate)
    assert "in all rows" in str(cs.death_rate(series, population=100_000))
    assert str(cs.death_rate(series.resample("day"), 10**6)).count("person-days") == 1


def test_cells_of_only_floors_have_no_best() -> None:
    rows = [
        {"value": 10, "qualifier": "at_least", "start": f"2019-05-{day:02}", "end": f"2019-05-{day:02}"}
        for day in (6, 7)
    ]
    assert str(cs.death_rate(cs.deaths(make_reports(rows)), 10**6)).endswith("no row has a best rate")


def test_split_by_place_needs_a_population_for_each() -> None:
    rows = [{"value": n, "place": place, **TWO_WEEKS} for n, place in ((10, "SY-ID"), (20, "SY-HM"))]
    series = cs.deaths(make_reports(rows), by=["place"])
    with pytest.raises(OptionError, match="for each place"):
        cs.death_rate(series, population=1_000_000)
    with pytest.raises(OptionError, match="SY-HM"):
        cs.death_rate(series, population={"SY-ID": 1_000_000})
    frame = cs.death_rate(series, population={"SY-ID": 1_000_000, "SY-HM": 500_000}).to_frame().sort("place")
    assert frame.columns == ["place", *RateSchema.column_names()]
    assert frame["rate"].to_list() == pytest.approx([20 / (500_000 * 14) * 10_000, 10 / (1_000_000 * 14) * 10_000])


def test_mapping_needs_a_split() -> None:
    with pytest.raises(OptionError, match="not split"):
        cs.death_rate(cs.deaths(make_reports([{"value": 1, **TWO_WEEKS}])), population={"SY-ID": 5})


@pytest.mark.parametrize(
    "population",
    [
        0,
        -1,
        float("nan"),
        float("inf"),
        None,
        True,
        "3 million",
        Estimate(0, 0, 5),
        Estimate(0, None, 0),
        Estimate(5, 5, 5, unit="households"),
    ],
)
def test_population_is_above_zero(population: Any) -> None:
    with pytest.raises(OptionError, match="population"):
        cs.death_rate(cs.deaths(make_reports([{"value": 1, **TWO_WEEKS}])), population)


def test_population_in_millions_is_noticed() -> None:
    with pytest.raises(OptionError, match="millions"):
        cs.death_rate(cs.deaths(make_reports([{"value": 119, **TWO_WEEKS}])), population=3)


@pytest.mark.parametrize("per", [0, -1, float("inf"), None, True])
def test_per_is_above_zero(per: Any) -> None:
    with pytest.raises(OptionError, match="per="):
        cs.death_rate(cs.deaths(make_reports([{"value": 1, **TWO_WEEKS}])), 1000, per=per)


def test_what_has_no_mortality_rate() -> None:
    moved = make_reports([{"measure": "displaced", "value": 5, **TWO_WEEKS}])
    anything: Any = cs.displacement(moved, unit="people")
    with pytest.raises(MeasureError, match="displaced"):
        cs.death_rate(anything, 1000)
    killed: Any = cs.deaths(make_reports([{"value": 1, **TWO_WEEKS}]))
    with pytest.raises(KindError, match="flow"):
        cs.death_rate(killed.cumulate(), 1000)
    with pytest.raises(MeasureError, match=r"cs\.deaths"):
        cs.death_rate("killed", 1000)  # type: ignore[arg-type]
    with pytest.raises(MeasureError, match="cause='all'"):
        cs.crude_mortality_rate(killed, 1000)
    row = {"measure": "died", "value": 1, "group": "civilian", **TWO_WEEKS}
    part: Any = cs.deaths(make_reports([row]), cause="all", group="civilian")
    with pytest.raises(MeasureError, match="whole population"):
        cs.crude_mortality_rate(part, 1000)


def test_csv(tmp_path: Path) -> None:
    cs.death_rate(cs.deaths(make_reports([{"value": 1, **TWO_WEEKS}])), 1000).to_csv(tmp_path / "rates.csv")
    assert (
        (tmp_path / "rates.csv").read_text("utf-8").startswith("period_start,period_end,days_min,days_max,numerator,")
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 10**4), min_size=3, max_size=3), st.integers(10**6, 10**9), st.integers(2, 9))
def test_order_and_scale(counts: list[int], people: int, factor: int) -> None:
    low, best, high = sorted(counts)
    series = cs.deaths(make_reports([{"qualifier": "between", "low": low, "best": best, "high": high, **TWO_WEEKS}]))
    one, more = only(cs.death_rate(series, people)), only(cs.death_rate(series, people * factor))
    assert one["rate_low"] <= one["rate"] <= one["rate_high"]
    assert one["ci_low"] <= one["rate"] <= one["ci_high"]
    for name in ("rate", "rate_low", "rate_high", "ci_low", "ci_high"):
        assert more[name] * factor == pytest.approx(one[name], rel=1e-12)


def test_text_of_no_rows_of_silence_and_of_an_open_best() -> None:
    rates = cs.death_rate(cs.deaths(make_reports([{"value": 5, **TWO_WEEKS}])), 1000)
    assert str(replace(rates, frame=rates.frame.clear())).endswith("no rows")
    nulls = dict.fromkeys(("rate", "rate_low", "rate_high", "ci_low", "ci_high"))
    silent = rates.frame.with_columns(pl.lit(value, pl.Float64).alias(name) for name, value in nulls.items())
    assert "no report over" in str(replace(rates, frame=silent))
    best = cs.deaths(make_reports([{"low": 5, "best": 6, "qualifier": "between", **TWO_WEEKS}]))
    assert "source range: at least 3.57, no upper bound known" in str(cs.death_rate(best, 1000))


def test_no_rows_need_no_stocks() -> None:
    people = {"measure": "population", "kind": "stock", "value": 100, "start": "2019-05-01", "end": "2019-05-01"}
    rows = with_days(cs.deaths(make_reports([{"value": 5, **TWO_WEEKS}])).to_frame()).clear()
    assert person_day_columns(rows, (), cs.population(make_reports([people]))).is_empty()
