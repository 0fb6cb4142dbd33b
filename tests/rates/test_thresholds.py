"""Thresholds as published, and the verdicts on rates against them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rates_reports import make_reports

import casualtystats as cs
from casualtystats.errors import MeasureError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.rates import Threshold, crude_mortality_rate, death_rate, rate, thresholds, under5_mortality_rate

TEN = {"start": "2019-05-01", "end": "2019-05-10"}
EMERGENCY = thresholds.get("CDC/MSF emergency")


def cmr(value: int, population: Any = 100_000, **more: Any) -> cs.RateSeries:
    return crude_mortality_rate(
        cs.deaths(make_reports([{"measure": "died", "value": value} | TEN | more]), cause="all"), population
    )


def verdict(rates: cs.RateSeries, threshold: Threshold = EMERGENCY, **options: Any) -> dict[str, Any]:
    return rates.against(threshold, **options).to_frame().row(0, named=True)


# Conflict and Health 2008;2:9, table 1.
PUBLISHED = {
    "CDC/MSF baseline": 0.5, "CDC/MSF emergency": 1, "CDC/MSF out of control": 2, "CDC/MSF major catastrophe": 5,
    "CDC/MSF baseline, under five": 1, "CDC/MSF emergency, under five": 2,
    "Sphere baseline, sub-Saharan Africa": 0.44, "Sphere baseline, Latin America": 0.16, "Sphere baseline, South Asia": 0.25,
    "Sphere baseline, Eastern Europe and former Soviet Union": 0.30,
    "Sphere emergency, sub-Saharan Africa": 0.9, "Sphere emergency, Latin America": 0.3, "Sphere emergency, South Asia": 0.5,
    "Sphere emergency, Eastern Europe and former Soviet Union": 0.6,
    "Sphere baseline, sub-Saharan Africa, under five": 1.14, "Sphere baseline, Latin America, under five": 0.19,
    "Sphere baseline, South Asia, under five": 0.59,
    "Sphere baseline, Eastern Europe and former Soviet Union, under five": 0.20,
    "Sphere emergency, sub-Saharan Africa, under five": 2.3, "Sphere emergency, Latin America, under five": 0.4,
    "Sphere emergency, South Asia, under five": 1.2,
    "Sphere emergency, Eastern Europe and former Soviet Union, under five": 0.4,
}  # fmt: skip


def test_published_table() -> None:
    assert dict(thresholds.table().select("name", "value").rows()) == PUBLISHED
    assert thresholds.names() == thresholds.table()["name"].to_list()
    assert set(thresholds.table()["per"]) == {10_000}
    assert set(thresholds.table()["source"]) == {"Conflict and Health 2008;2:9, table 1"}
    for name, value in PUBLISHED.items():
        found = thresholds.get(name)
        assert (found.value, found.measure) == (value, "U5MR" if name.endswith("five") else "CMR")


def test_names_are_found() -> None:
    assert thresholds.get("cdc Emergency") == EMERGENCY
    assert thresholds.get("Sphere emergency south asia").value == 0.5
    with pytest.raises(OptionError, match="did you mean"):
        thresholds.get("CDC emergancy")
    with pytest.raises(OptionError, match="there are"):
        thresholds.get("zzzz")


def test_sphere_invents_no_region() -> None:
    assert thresholds.sphere("eastern europe/FSU", measure="U5MR").value == 0.4
    assert thresholds.sphere("Latin America", kind="baseline").value == 0.16
    with pytest.raises(OptionError, match="no row for it"):
        thresholds.sphere("Middle East")
    with pytest.raises(OptionError, match="measure="):
        thresholds.sphere("South Asia", measure="IMR")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="kind="):
        thresholds.sphere("South Asia", kind="worst")  # type: ignore[arg-type]


def test_twice_a_baseline() -> None:
    assert thresholds.twice(0.25).value == 0.5
    of_table = thresholds.twice(thresholds.sphere("South Asia", kind="baseline", measure="U5MR"))
    assert (of_table.value, of_table.measure, of_table.source) == (
        1.18,
        "U5MR",
        "Conflict and Health 2008;2:9, table 1",
    )
    own = thresholds.twice(cmr(50), name="twice the rate of before")
    assert (own.value, own.per, own.name, own.kind) == (pytest.approx(1), 10_000, "twice the rate of before", "own")
    assert own.source.startswith("Source:")
    for wrong in (0, -1, float("nan")):
        with pytest.raises(OptionError, match="above 0"):
            thresholds.twice(wrong)
    with pytest.raises(OptionError, match="best value"):
        thresholds.twice(cmr(50, qualifier="at_least"))
    with pytest.raises(MeasureError, match="all causes"):
        thresholds.twice(death_rate(cs.deaths(make_reports([{"value": 5} | TEN])), 1_000))


@pytest.mark.parametrize(
    "wrong", [{"value": 0}, {"per": -1}, {"value": float("inf")}, {"value": True}, {"measure": "IMR"}, {"kind": "bad"}]
)
def test_a_threshold_is_possible(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"value": 1.0, "per": 10_000, "measure": "CMR", "name": "a", "source": "b", "kind": "own"}
    assert Threshold(**right).at(1_000) == 0.1
    with pytest.raises(OptionError, match=next(iter(wrong))):
        Threshold(**(right | wrong))


# Verdicts: 100,000 people over 10 days, so that 100 deaths are 1 per 10,000 a day.


@pytest.mark.parametrize(
    ("deaths", "source", "sampling", "together", "decisive"),
    [
        (200, "above", "above", "above", "both"), (110, "above", "straddles", "straddles", "sampling interval"),
        (90, "below", "straddles", "straddles", "sampling interval"), (50, "below", "below", "below", "both"),
        (100, "straddles", "straddles", "straddles", "both"), (0, "below", "below", "below", "both"),
    ],
)  # fmt: skip
def test_complete_counts_of_all_causes(deaths: int, source: str, sampling: str, together: str, decisive: str) -> None:
    row = verdict(cmr(deaths))
    assert (row["source_range"], row["sampling"], row["verdict"], row["decisive"]) == (
        source,
        sampling,
        together,
        decisive,
    )
    assert (row["floor"], row["reason"], row["threshold"]) == (False, "", 1)


def test_source_range_may_decide() -> None:
    wide = cmr(200, Estimate(100_000, 100_000, 300_000))
    row = verdict(wide)
    assert (row["source_range"], row["sampling"], row["decisive"]) == ("straddles", "above", "source range")


def test_verdicts_that_contradict_straddle() -> None:
    rates = cmr(30)
    frame = rates.frame.with_columns(rate_low=3.0, rate_high=4.0)
    row = verdict(replace(rates, frame=frame))
    assert (row["source_range"], row["sampling"], row["verdict"], row["decisive"]) == (
        "above",
        "below",
        "straddles",
        "both",
    )


@pytest.mark.parametrize(
    ("deaths", "said"), [(200, "above"), (110, "above"), (90, "not shown to be above"), (0, "not shown to be above")]
)
def test_floors(deaths: int, said: str) -> None:
    row = verdict(cmr(deaths, qualifier="at_least"))
    assert row["source_range"] == said
    assert row["floor"]
    assert row["reason"].startswith("a floor: no upper bound")
    stated = verdict(cmr(deaths), floor=True)
    assert (stated["source_range"], stated["reason"]) == (said, "a floor, as stated: not all deaths are known")
    verified = verdict(cmr(deaths, standard="verified"))
    assert (verified["source_range"], verified["reason"]) == (said, "a floor: verified deaths only")
    killed = death_rate(cs.deaths(make_reports([{"value": deaths} | TEN])), 100_000)
    violent = verdict(killed)
    assert (violent["source_range"], violent["reason"]) == (said, "a floor: violent deaths alone")


def test_a_floor_whose_sampling_end_is_lower() -> None:
    row = verdict(cmr(110, qualifier="at_least"))
    assert (row["source_range"], row["sampling"]) == ("above", "not shown to be above")
    assert (row["verdict"], row["decisive"]) == ("not shown to be above", "sampling interval")


def test_parts_of_the_population_are_floors_where_the_days_are_of_all() -> None:
    rows = [{"value": 200, "group": "civilian"} | TEN]
    row = verdict(death_rate(cs.deaths(make_reports(rows), group="civilian"), 100_000))
    assert row["verdict"] == "above"
    assert "where the person-days are of all" in row["reason"]
    died = [{"measure": "died", "value": 50, "group": "civilian"} | TEN]
    row = verdict(death_rate(cs.deaths(make_reports(died), cause="all", group="civilian"), 100_000))
    assert row["verdict"] == "not shown to be above"
    assert row["reason"].startswith("a floor: deaths of a part")


def test_a_row_partly_covered_is_a_floor() -> None:
    rows = [{"measure": "died", "value": 5, "start": "2019-05-01", "end": "2019-05-03"}]
    weekly = crude_mortality_rate(cs.deaths(make_reports(rows), cause="all").resample("week"), 1_000)
    row = verdict(weekly)
    assert (row["source_range"], row["floor"]) == ("above", True)
    assert "not every day is covered" in row["reason"]


def test_rows_without_a_report_or_an_interval() -> None:
    rows = [
        {"measure": "died", "value": 5, "start": "2019-05-06", "end": "2019-05-14"},
        {"measure": "died", "value": 5, "start": "2019-05-27", "end": "2019-06-02"},
    ]
    series = cs.deaths(make_reports(rows), cause="all", observed="2019-05-15/2019-05-19").resample("week")
    cut, _, gap, _ = crude_mortality_rate(series, 1_000).against(EMERGENCY).to_frame().rows(named=True)
    assert (cut["source_range"], cut["sampling"], cut["decisive"]) == ("straddles", None, "source range")
    assert cut["reason"] == "no sampling interval: the cell cuts a report"
    assert gap["source_range"] is gap["sampling"] is gap["verdict"] is gap["decisive"] is None
    assert gap["reason"] == "no sampling interval: no report"


def test_a_population_without_bounds() -> None:
    most = verdict(cmr(50, Estimate.of("up_to", 100_000)))
    assert (most["source_range"], most["sampling"]) == ("not shown to be above", None)
    assert "no lower bound of the population" in most["reason"]
    least = verdict(cmr(50, Estimate.of("at_least", 100_000)))
    assert least["source_range"] == "below"


def test_under_five_against_under_five() -> None:
    reports = make_reports([{"measure": "died", "value": 300, "group": "under5"} | TEN])
    rates = under5_mortality_rate(cs.deaths(reports, cause="all", group="under5"), 100_000)
    assert verdict(rates, thresholds.get("CDC/MSF emergency, under five"))["verdict"] == "above"
    with pytest.raises(MeasureError, match="U5MR"):
        rates.against(EMERGENCY)
    with pytest.raises(MeasureError, match="use one with measure CMR"):
        cmr(5).against(thresholds.get("CDC/MSF emergency, under five"))
    killed = death_rate(cs.deaths(make_reports([{"value": 300, "group": "under5"} | TEN]), group="under5"), 100_000)
    row = verdict(killed, thresholds.get("CDC/MSF emergency, under five"))
    assert (row["verdict"], row["reason"]) == ("above", "a floor: violent deaths alone")


def test_what_is_not_judged() -> None:
    killed = cs.deaths(make_reports([{"value": 5} | TEN]))
    moved = cs.displacement(make_reports([{"measure": "displaced", "unit": "displacements", "value": 5} | TEN]))
    for rates in (rate(killed), rate(moved, 1_000), rate(moved)):
        with pytest.raises(MeasureError, match="death rates per person-days"):
            rates.against(EMERGENCY)
    newly = cmr(5)
    assert newly.info is not None
    with pytest.raises(MeasureError, match="newly reported"):
        replace(newly, info=replace(newly.info, newly=True)).against(EMERGENCY)


def test_text_table_and_file(tmp_path: Path) -> None:
    result = cmr(110).against(EMERGENCY)
    assert str(result) == (
        "crude mortality rate (all causes) per 10,000 person-days, against CDC/MSF emergency: CMR 1.00 per 10,000 person-days "
        "(Conflict and Health 2008;2:9, table 1): straddles (by source range above, by sampling interval straddles)"
    )
    assert "sampling" in result._repr_html_()
    result.to_csv(tmp_path / "verdicts.csv")
    assert (tmp_path / "verdicts.csv").read_text("utf-8").startswith("period_start,")
    rows = [{"measure": "died", "value": n, "place": place} | TEN for n, place in ((500, "A"), (5, "B"))]
    many = crude_mortality_rate(cs.deaths(make_reports(rows), cause="all", by=["place"]), {"A": 10_000, "B": 10_000})
    found = many.against(EMERGENCY)
    assert str(found).endswith("1 above, 1 straddles") or str(found).endswith("1 above, 1 below")
    assert len(found) == 2
    assert found.to_frame().columns[0] == "place"


@settings(max_examples=30)
@given(st.integers(0, 400), st.integers(1, 9), st.floats(0.05, 5), st.booleans())
def test_verdicts_do_not_change_with_the_constant(deaths: int, factor: int, value: float, floor: bool) -> None:
    series = cs.deaths(make_reports([{"measure": "died", "value": deaths} | TEN]), cause="all")
    limit = Threshold(value, 10_000, "CMR", "a", "b", "own")
    names = ("source_range", "sampling", "verdict", "decisive")
    one = verdict(crude_mortality_rate(series, 100_000), limit, floor=floor)
    more = verdict(crude_mortality_rate(series, 100_000, per=1_000 * factor), limit, floor=floor)
    assert [one[name] for name in names] == [more[name] for name in names]
    assert floor is one["floor"]
    if floor:
        assert {one["source_range"], one["sampling"]} <= {"above", "not shown to be above"}
