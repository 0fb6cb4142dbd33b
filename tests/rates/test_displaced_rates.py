"""Displacement per inhabitants, shares that are displaced, and person-days of displacement."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import ContradictionError, MeasureError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.rates.displaced import displaced_share, share_of
from casualtystats.rates.displaced_days import displacement_person_days
from casualtystats.series.stock import StockSeries
from casualtystats.testing import reports_of

DAY = date(2019, 5, 1)
ends = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: (min(pair), max(pair)))


def stock(measure: str, day: int, low: int, high: int | None = -1, **more: Any) -> dict[str, Any]:
    top = low if high == -1 else high
    row: dict[str, Any] = {"measure": measure, "kind": "stock", "start_earliest": DAY + timedelta(days=day), "low": low}
    return row | {"high": top, "best": low if top == low else None, "place": "S/A"} | more


def idps(*rows: dict[str, Any], by: Any = ()) -> StockSeries[Any]:
    return cs.idps(reports_of(rows), by=by)


@given(count=ends, people=ends)
def test_shares_are_those_of_every_pair_of_whole_counts(count: tuple[int, int], people: tuple[int, int]) -> None:
    assume(people[1] > 0)
    i, p = (Estimate(low, None, high) for low, high in (count, people))
    every = [(a, b) for a in range(count[0], count[1] + 1) for b in range(people[0], people[1] + 1)]
    inside = [a / b for a, b in every if b > 0 and a <= b]
    if count[0] > people[1]:
        with pytest.raises(ContradictionError, match="at most as many displaced"):
            share_of(i, p, "included")
    else:
        low, _, high = share_of(i, p, "included")
        assert low == min(inside)
        # Of a range that holds a count and the population that equals it, the share is 1.
        assert high is not None
        assert high >= max(inside)
        assert high == max(inside) or not any(a == b for a, b in every if b)
    together = [a / (a + b) for a, b in every if a + b]
    low, _, high = share_of(i, p, "added")
    assert low == min(together)
    assert high == max(together)
    apart = share_of(i, p, "apart")
    assert apart[0] == min(a / b for a, b in every if b)
    assert apart[2] == (max(a / b for a, b in every) if people[0] else None if count[1] else 0.0)


@given(count=ends, people=ends, kind=st.sampled_from(["included", "added", "apart"]))
def test_an_unknown_upper_bound_never_narrows(count: tuple[int, int], people: tuple[int, int], kind: Any) -> None:
    assume(people[0] > 0 and count[0] <= people[1])
    known = share_of(Estimate(count[0], None, count[1]), Estimate(people[0], None, people[1]), kind)
    more_people = share_of(Estimate(count[0], None, count[1]), Estimate(people[0], None, None), kind)
    more_displaced = share_of(Estimate(count[0], None, None), Estimate(people[0], None, people[1]), kind)
    assert more_people[0] == 0
    assert more_people[2] == known[2]
    assert more_displaced[0] == known[0]
    assert more_displaced[2] == (None if kind == "apart" else 1.0)


def test_a_share_on_each_date() -> None:
    series = idps(stock("idps", 0, 900, 1_100, best=1_000), stock("idps", 30, 500, None))
    found = displaced_share(series, Estimate(2_000, 2_500, 4_000), displaced="included")
    rows = found.to_frame().select("date_earliest", "low", "best", "high").rows()
    assert rows == [(DAY, 900 / 4_000, 0.4, 0.55), (DAY + timedelta(days=30), 0.125, None, 1.0)]
    assert str(found) == "displaced of a population that includes the displaced: 2 shares from 2019-05-01 to 2019-05-31"
    assert repr(found) == str(found)
    # A best of more than everybody is none.
    over = displaced_share(idps(stock("idps", 0, 90, 150, best=120)), Estimate(80, 100, 130), displaced="included")
    assert over.to_frame().select("low", "best", "high").row(0) == (90 / 130, None, 1.0)
    with pytest.raises(ContradictionError, match=r"900 .*of 500 \(2019-05-01\).*displaced='added'"):
        displaced_share(series, 500, displaced="included")


@pytest.mark.parametrize(
    ("count", "people", "kind", "told"),
    [
        ((50, 50), 150, "added", "displaced: 25.0 % of the population and the displaced together"),
        ((50, None), 150, "apart", "displaced: at least 0.333 per inhabitant of a population that is counted apart"),
        ((300, 300), 150, "apart", "displaced: 2.00 per inhabitant"),
        ((10, 20), 100, "included", "displaced: 10.0 % to 20.0 % of a population"),
    ],
)
def test_it_is_told_in_one_line(count: tuple[int, int | None], people: int, kind: Any, told: str) -> None:
    assert str(displaced_share(idps(stock("idps", 0, *count)), people, displaced=kind)).startswith(told)


def test_a_best_is_told_with_its_bounds(tmp_path: Path) -> None:
    found = displaced_share(idps(stock("idps", 0, 10, 20, best=12, source="IOM")), 100, displaced="included")
    assert str(found).startswith("displaced: 12.0 % (10.0 % to 20.0 %) of a population")
    assert "IOM" in found._repr_html_()
    found.to_csv(tmp_path / "shares.csv")
    assert (tmp_path / "shares.csv").read_text().startswith("date_earliest,date_latest,idps_low,")


def test_stocks_of_the_same_date_and_place() -> None:
    inhabitants = [stock("population", 0, 1_000), stock("population", 9, 800)]
    people = cs.population(reports_of(inhabitants))
    found = displaced_share(idps(stock("idps", 0, 100), stock("idps", 9, 200)), people, displaced="included")
    assert found.to_frame()["best"].to_list() == [0.1, 0.25]
    with pytest.raises(
        OptionError, match=r"a stock of 2019-05-05, .*stocks of 2019-05-01, 2019-05-10.*population.at\(date\)"
    ):
        displaced_share(idps(stock("idps", 4, 100)), people, displaced="included")
    with pytest.raises(MeasureError, match="of the places and groups of idps=, S/B, all; got S/A, all"):
        displaced_share(idps(stock("idps", 0, 100, place="S/B")), people, displaced="included")
    # Two camps are not the governorate.
    camps = idps(stock("idps", 0, 60, place="S/A/c"), stock("idps", 0, 40, place="S/A/d"))
    with pytest.raises(MeasureError, match="S/A/c, all; S/A/d, all; got S/A, all"):
        displaced_share(camps, people, displaced="included")
    assert displaced_share(camps, 1_000, displaced="included").to_frame()["best"].item() == 0.1


def test_split_series() -> None:
    rows = [stock("idps", 0, 10), stock("idps", 0, 20, place="S/B")]
    people = [stock("population", 0, 100), stock("population", 0, 50, place="S/B")]
    split = idps(*rows, by=["place"])
    by_stock = displaced_share(split, cs.population(reports_of(people), by=["place"]), displaced="included")
    by_mapping = displaced_share(split, {"S/A": 100, "S/B": 50}, displaced="included")
    assert by_stock.to_frame().equals(by_mapping.to_frame())
    assert by_stock.to_frame().select("place", "best").rows() == [("S/A", 0.1), ("S/B", 0.4)]
    assert "2 shares by place" in str(by_stock)
    both = idps(*rows, by=["place", "group"])
    keyed = displaced_share(both, {("S/A", None): 100, ("S/B", None): 50}, displaced="included")
    assert keyed.to_frame()["best"].to_list() == [0.1, 0.4]
    for population, message in (
        ({"S/A": 100}, "a population for every part, none for 'S/B'"),
        (100, r"a mapping such as \{'S/A': number of people"),
        (cs.population(reports_of(people[:1])), r"with by=\['place'\] as idps=, got by=\[\]"),
    ):
        with pytest.raises(OptionError, match=message):
            displaced_share(split, population, displaced="included")


def test_what_is_no_share_is_refused() -> None:
    series = idps(stock("idps", 0, 10))
    wrong: Any = "all"
    with pytest.raises(OptionError, match="displaced= one of 'included', 'added', 'apart', got 'all'"):
        displaced_share(series, 100, displaced=wrong)
    with pytest.raises(OptionError, match="one figure: the series is not split"):
        displaced_share(series, {"S/A": 100}, displaced="included")
    inhabitants: Any = cs.population(reports_of([stock("population", 0, 10)]))
    with pytest.raises(MeasureError, match="expected idps= internally displaced people"):
        displaced_share(inhabitants, 100, displaced="included")
    with pytest.raises(MeasureError, match="expected population= inhabitants"):
        displaced_share(series, series, displaced="included")
    other: Any = 5
    with pytest.raises(MeasureError, match=r"cs.idps\(...\) makes, got int"):
        displaced_share(other, 100, displaced="included")
    changed = idps(stock("idps", 0, 10), stock("idps", 9, 10), stock("idps", 9, 5, place="S/B"))
    with pytest.raises(OptionError, match="the same places and groups on every date, got other ones on 2019-05-10"):
        displaced_share(changed, 100, displaced="included")


def test_new_displacements_per_thousand_inhabitants() -> None:
    moves = [
        {"measure": "displaced", "unit": "displacements", "start_earliest": DAY + timedelta(days=first), "place": "S/A",
         "end_latest": DAY + timedelta(days=last), "value": value}
        for first, last, value in ((0, 4, 50), (5, 9, 30))
    ]  # fmt: skip
    flow = cs.displacement(reports_of(moves), unit="displacements").resample("month")
    stocks = cs.population(reports_of([stock("population", 0, 2_000)]))
    exposure = cs.person_days(stocks, "2019-05-01/2019-05-31")
    for people in (2_000, stocks, exposure):
        rate = cs.displacement_rate(flow, people, per=1_000).to_frame()
        assert rate.select("rate_low", "per", "per_unit").row(0) == (40.0, 1_000.0, "people")
    # More movements than people: no share, and no cap.
    assert cs.displacement_rate(flow, 40).to_frame()["rate_low"].item() == 2_000


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=5),
    st.integers(0, 6),
    st.integers(0, 6),
)
def test_person_days_of_displacement_are_the_sum_of_days(
    gaps: list[tuple[int, int, int]], early: int, late: int
) -> None:
    day, rows = 0, []
    for gap, low, more in gaps:
        day += gap
        rows.append((day, low, low + more))
    first, last = rows[0][0], rows[-1][0] + late
    start = first - early
    known = {
        t: next((low, high) for at, low, high in reversed(rows) if at <= t)
        for t in range(first, last + 1)
    }  # fmt: skip
    series = idps(*(stock("idps", *row) for row in rows))
    period = (DAY + timedelta(days=start), DAY + timedelta(days=last))
    found = displacement_person_days(series, period)
    assert found.low == sum(low for low, _ in known.values())
    assert found.high == (None if early else sum(high for _, high in known.values()))
    days = found.by_day()
    assert days["date"].to_list() == [DAY + timedelta(days=t) for t in range(start, last + 1)]
    assert days["low"].sum() == found.low
    if early:
        assert found.best is None
        assert days["high"].null_count() == early
        assert "not known (at least 0)" in str(found)
    else:
        assert found.frame.equals(cs.person_days(series, period).frame)
    assert found.days == last - start + 1
    assert found.convention.endswith("person-days of displacement")


def test_days_before_the_first_stock_are_the_caller_s_choice() -> None:
    series = idps(stock("idps", 2, 100), stock("idps", 7, 130))
    week = "2019-05-01/2019-05-10"
    assert float(displacement_person_days(series, week, before="first")) == 7 * 100 + 3 * 130
    line = displacement_person_days(series, "2019-05-03/2019-05-08", between="linear")
    assert float(line) == sum(100 + 6 * t for t in range(6))
    assert "on a line" in line.convention
    with pytest.raises(OptionError, match="expected a stock on or before 2019-05-01"):
        displacement_person_days(series, week, before="raise")
    with pytest.raises(OptionError, match="a stock of a day up to 2019-05-02"):
        displacement_person_days(series, "2019-05-01/2019-05-02")
    with pytest.raises(OptionError, match="a period of known days where it begins before the first stock"):
        displacement_person_days(series, "[2019-04-30..2019-05-01]/2019-05-10")
    wrong: Any = "none"
    with pytest.raises(OptionError, match="before= 'unknown', 'raise' or 'first', got 'none'"):
        displacement_person_days(series, week, before=wrong)
    inhabitants = cs.population(reports_of([stock("population", 0, 10)]))
    other: list[tuple[Any, str]] = [(inhabitants, "inhabitants|population"), (5, "int")]
    for bad, got in other:
        with pytest.raises(MeasureError, match=rf"\(cs.idps\); got .*({got})"):
            displacement_person_days(bad, week)


def test_split_stocks_begin_where_all_parts_are_known() -> None:
    rows = [stock("idps", 1, 10), stock("idps", 3, 20, place="S/B")]
    found = displacement_person_days(idps(*rows, by=["place"]), "2019-05-01/2019-05-05")
    assert found.of("S/A").low == 2 * 10
    assert found.of("S/B").high is None
    assert found.by_day().filter(pl.col("place") == "S/A").height == 5
