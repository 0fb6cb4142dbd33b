"""Accounts by hand: dates, units, coverage, mappings, contradictions, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from account_worlds import flow, read, stock

import casualtystats as cs
from casualtystats.errors import (
    ContradictionError,
    KindError,
    MeasureError,
    MixedUnitsError,
    OptionError,
    TooFewReportsError,
)
from casualtystats.estimates import Estimate
from casualtystats.series.accounts import DisplacementAccount, SignedBounds, StretchSchema, displacement_account
from casualtystats.series.displacement import returns

NONE: dict[str, Any] = dict.fromkeys(("onward", "returned", "settled", "births", "deaths", "arrivals"), 0)
IDLIB = {"place": "Syria/Idlib", "source": "CCCM"}
TWO = [stock("s1", "2019-03-31", 250_000, **IDLIB), stock("s2", "2019-06-30", 300_000, **IDLIB)]


def account(*rows: dict[str, Any], stocks: list[dict[str, Any]] = TWO, **terms: Any) -> DisplacementAccount:
    reports = read([*stocks, *rows])
    if rows:
        terms["displaced"] = cs.displacement(reports, **terms.pop("select", {}))
    return displacement_account(cs.idps(reports), **terms)


def moved(first: str, last: str, value: int | None = None, name: str = "d", **more: Any) -> dict[str, Any]:
    return flow(name, "displaced", first, last, value, **IDLIB | more)


def test_one_line_says_what_is_left_and_over_which_days() -> None:
    about = moved("2019-04-01", "2019-06-30", qualifier="between", low=47_000, high=62_000)
    found = account(about, **NONE)
    assert str(found) == (
        "stock of internally displaced people in Idlib from 250,000 to 300,000: unexplained -12,000 to 3,000 people over "
        "91 days (1 Apr to 30 Jun 2019, both ends counted)"
    )
    assert found.stretch().verdict == "balances"
    assert str(
        account(**NONE, stocks=[TWO[0], stock("s2", "2020-01-01", qualifier="between", low=1, high=2, **IDLIB)])
    ) == (
        "stock of internally displaced people in Idlib from 250,000 to between 1 and 2: unexplained up to -249,998 people "
        "over 276 days (1 Apr 2019 to 1 Jan 2020, both ends counted); not given: displaced (first and again)"
    )
    day = account(
        moved("2019-04-01", "2019-04-01", 5), stocks=[TWO[0], stock("s2", "2019-04-01", 250_005, **IDLIB)], **NONE
    )
    assert str(day).endswith("unexplained 0 people over 1 day (1 Apr 2019, both ends counted)")


def test_flows_are_of_the_days_after_the_first_stock_up_to_the_last() -> None:
    rows = [
        moved("2019-03-31", "2019-03-31", 7, "before"),
        moved("2019-04-01", "2019-06-30", 50_000),
        moved("2019-07-01", "2019-07-01", 9, "after"),
    ]
    term = account(*rows, **NONE).stretch().term("displaced")
    assert term.bounds == SignedBounds.exactly(50_000)
    assert term.report_ids == ("d",)


def test_a_report_cut_by_a_stock_and_a_day_without_report_leave_bounds_open() -> None:
    cut = account(moved("2019-03-01", "2019-06-30", 80_000), **NONE).stretch().term("displaced")
    assert cut.bounds == SignedBounds(0, None, 80_000)
    gap = account(moved("2019-04-01", "2019-06-29", 80_000), **NONE).stretch().term("displaced")
    assert gap.bounds == SignedBounds(80_000, None, None)
    seen = (
        account(moved("2019-04-01", "2019-06-29", 80_000), select={"observed": "2019-06-30"}, **NONE)
        .stretch()
        .term("displaced")
    )
    assert seen.bounds == SignedBounds.exactly(80_000)
    hours = account(moved("2019-04-01", "2019-06-30", 80_000, start="2019-04-01"), **NONE).stretch().term("displaced")
    assert hours.bounds == SignedBounds.exactly(80_000)


def test_a_stock_known_to_the_month_takes_lows_of_the_days_between_and_highs_of_all_that_may_be() -> None:
    stocks = [stock("s1", "2019-04", 250_000, **IDLIB), stock("s2", "2019-06-30", 300_000, **IDLIB)]
    april, may = moved("2019-04-02", "2019-04-30", 100, "april"), moved("2019-05-01", "2019-06-30", 40, "may")
    found = account(april, may, stocks=stocks, **NONE)
    row = found.stretches().row(0, named=True)
    assert (row["displaced_low"], row["displaced_best"], row["displaced_high"]) == (40, None, 140)
    assert (row["period_start"], row["start_latest"]) == (date(2019, 4, 2), date(2019, 5, 1))
    assert (row["days_min"], row["days_max"]) == (61, 90)
    assert "61 to 90 days (stocks of 2019-04 and 2019-06-30, whose days are not exactly known)" in str(found)


def test_people_do_not_add_up_and_movements_do() -> None:
    rows = [moved("2019-04-01", "2019-05-15", 30, "a"), moved("2019-05-16", "2019-06-30", 20, "b")]
    assert account(*rows, **NONE).stretch().term("displaced").bounds == SignedBounds.exactly(50)
    people = account(*[row | {"unit": "people"} for row in rows], **NONE)
    assert people.stretch().term("displaced").bounds == SignedBounds(30, None, 50)
    assert "within the period of one report" in " ".join(people.notes)
    alone = account(moved("2019-04-01", "2019-06-30", 30, unit="people"), **NONE)
    assert alone.stretch().term("displaced").bounds == SignedBounds.exactly(30)


def test_onward_moves_are_never_assumed_to_be_none() -> None:
    terms = {name: value for name, value in NONE.items() if name != "onward"}
    part = account(moved("2019-04-01", "2019-06-30", 80_000), **terms).stretch()
    assert part.missing == ("onward",)
    assert part.term("onward").bounds == SignedBounds(0, None, 80_000)
    assert (part.residual, part.verdict) == (SignedBounds(-30_000, None, 50_000), "open")
    assert part.bounds_of("onward") == SignedBounds(30_000, 30_000, 30_000)
    assert part.missing_sum() == SignedBounds(-30_000, -30_000, -30_000)
    none = account(**terms, displaced=0).stretch()
    # Of nobody nobody moves on.
    assert none.missing == ()
    assert none.verdict == "unexplained"
    with pytest.raises(ContradictionError, match="81,000 onward moves of 80,000"):
        account(moved("2019-04-01", "2019-06-30", 80_000), **terms, onward=81_000)


def test_what_no_missing_term_can_explain_is_a_contradiction_with_every_number() -> None:
    rows = [moved("2019-04-01", "2019-06-30", 20_000)]
    found = account(*rows, **NONE | {"returned": None})
    part = found.stretch()
    assert (part.residual, part.verdict, part.missing) == (
        SignedBounds(30_000, None, None),
        "unexplained",
        ("returned",),
    )
    with pytest.raises(
        ContradictionError, match=r"stock_start 250,000 \(s1\); displaced 20,000 \(d\).*onward 0 \(as stated\)"
    ) as told:
        found.bounds_of("returned")
    assert "whatever the terms that are not given (returned)" in str(told.value)
    with pytest.raises(ContradictionError):
        found.missing()
    with pytest.raises(ContradictionError, match="at least 30,000 people unexplained"):
        found.check()
    row = found.contradictions().row(0, named=True)
    assert (row["stretch"], row["residual_low"], row["residual_high"]) == ("2019-03-31/2019-06-30", 30_000, None)


THREE = [*TWO, stock("s3", "2019-07-31", 320_000, **IDLIB)]


def test_neighbours_agree_and_the_union_does_not() -> None:
    found = account(moved("2019-04-01", "2019-07-31", 90_000), stocks=THREE, **NONE)
    assert found.stretches()["verdict"].to_list() == ["balances", "balances"]
    every = found.stretches("all")
    assert every["stretch"].to_list() == ["2019-03-31/2019-06-30", "2019-03-31/2019-07-31", "2019-06-30/2019-07-31"]
    assert every["verdict"].to_list() == ["balances", "unexplained", "balances"]
    assert every["residual_best"].to_list()[1] == -20_000
    with pytest.raises(ContradictionError, match="from 2019-03-31 to 2019-07-31"):
        found.check()
    assert str(found) == (
        "account of internally displaced people in Idlib: 2 stretches from 2019-03-31 to 2019-07-31, 2 balance"
    )
    with pytest.raises(OptionError, match="pairs="):
        found.stretches("some")
    with pytest.raises(OptionError, match=r"one of 2 stretches.*2019-06-30/2019-07-31"):
        found.bounds_of("returned")
    with pytest.raises(OptionError, match="expected a term of displaced"):
        found.bounds_of("fled", 0)
    with pytest.raises(OptionError, match="expected a term of"):
        found.stretch(0).term("fled")


def test_more_contradictions_than_are_listed_are_counted() -> None:
    stocks = [stock(f"s{at}", f"2019-04-{at + 1:02}", 10 * at, **IDLIB) for at in range(5)]
    with pytest.raises(ContradictionError, match=r"and 5 more stretches: contradictions\(\)"):
        account(stocks=stocks, displaced=0, **NONE).check()


def test_numbers_belong_to_stretches_by_number_or_dates() -> None:
    keys: list[Any] = [0, "2019-03-31/2019-06-30", ("2019-03-31", date(2019, 6, 30))]
    for key in keys:
        found = account(stocks=THREE, displaced={key: 60_000, 1: "about 20,000"}, **NONE | {"returned": {0: 10_000}})
        assert found.stretch(0).residual == SignedBounds.exactly(0)
        assert found.stretch(1).missing == ("returned",)
        long = found.stretch("2019-03-31/2019-07-31")
        assert long.term("displaced").bounds == SignedBounds(75_000, 80_000, 85_000)
        assert long.missing == ("returned",)
    whole = account(stocks=THREE, displaced={"2019-03-31/2019-07-31": 79_500, 0: 60_000, 1: "about 20,000"}, **NONE)
    assert whole.stretch("2019-03-31/2019-07-31").term("displaced").bounds == SignedBounds.exactly(79_500)
    apart = account(stocks=THREE, displaced={"2019-03-31/2019-07-31": 60_000, 0: 60_000, 1: "about 20,000"}, **NONE)
    with pytest.raises(ContradictionError, match="60,000 for the whole"):
        apart.check()
    fractions = account(displaced=49_999.5, **NONE).stretch().term("displaced").bounds
    assert fractions == SignedBounds(49_999, 50_000, 50_000)
    signed = account(displaced=50_000, **NONE | {"arrivals": Estimate(-500, -200, 0)})
    assert signed.stretch().residual == SignedBounds(0, 200, 500)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"displaced": 5}, "mapping of stretch to number, for there are 2 stretches"),
        ({"displaced": {2: 5}}, "by its number"),
        ({"displaced": {"2019-03-31": 5}}, "there are 2019-03-31/2019-06-30"),
        ({"displaced": {True: 5}}, "by its number"),
        ({"displaced": {("2019-03-31", "2019-07-30"): 5}}, "by its number"),
        ({"displaced": {0: 5, "2019-03-31/2019-06-30": 6}}, "one displaced= for each stretch"),
        ({"displaced": {0: -5}}, "0 or more"),
        ({"displaced": {0: float("nan")}}, "a number"),
        ({"displaced": {0: True}}, "a number"),
        ({"displaced": {0: Estimate(-1, None, 3)}}, "0 or more"),
    ],
)
def test_numbers_that_belong_nowhere_are_refused(terms: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        account(stocks=THREE, **terms)


def test_households_are_refused_with_a_hint_and_taken_as_people() -> None:
    rows = [moved("2019-04-01", "2019-06-30", 1000, unit="households")]
    with pytest.raises(MixedUnitsError, match="to_people"):
        account(*rows)
    with pytest.raises(MixedUnitsError, match="to_people"):
        account(displaced=Estimate(5, 5, 5, unit="households"))
    homes = read([row | {"unit": "households"} for row in TWO])
    with pytest.raises(MixedUnitsError, match="to_people"):
        displacement_account(cs.idps(homes))
    reports = read([*TWO, *rows])
    moves = cs.displacement(reports).to_people(5, low=4, high=6)
    found = displacement_account(cs.idps(reports, unit="people"), displaced=moves, **NONE)
    assert found.stretch().term("displaced").bounds == SignedBounds(4000, 5000, 6000)
    assert any("households at 5 each (4 to 6)" in note for note in found.notes)
    counted = displacement_account(cs.idps(homes).to_people(5), **NONE)
    assert counted.points[0].count == SignedBounds.exactly(1_250_000)
    assert counted.notes[0].startswith("stocks: people from households at 5 each (taken as exact)")


def test_series_of_other_things_are_refused() -> None:
    rows = [moved("2019-04-01", "2019-06-30", 10), flow("r", "returned", "2019-04-01", "2019-06-30", 10, **IDLIB)]
    reports = read([*TWO, *rows])
    stocks, moves, back = cs.idps(reports), cs.displacement(reports), returns(reports)
    cases: list[tuple[Any, type[Exception], str]] = [
        ({"displaced": back}, MeasureError, "series of displaced"),
        ({"returned": moves}, MeasureError, "series of returned"),
        ({"births": moves}, MeasureError, "no series counts births"),
        ({"arrivals": moves}, MeasureError, "no series counts net arrivals"),
        ({"displaced": cs.displacement(reports, by=["source"])}, OptionError, "not split"),
        ({"displaced": [5]}, OptionError, "a number"),
    ]
    for terms, error, message in cases:
        with pytest.raises(error, match=message):
            displacement_account(stocks, **terms)
    assert displacement_account(stocks, settled=back).stretch().term("settled").bounds == SignedBounds.exactly(10)
    people = read([*TWO, moved("2019-04-01", "2019-06-30", 10, unit="people")])
    with pytest.raises(KindError, match="first times"):
        displacement_account(cs.idps(people), displaced=cs.displacement(people, overlap="bounds"))


def test_stocks_of_other_things_are_refused() -> None:
    with pytest.raises(MeasureError, match="got int"):
        displacement_account(5)
    people = read([row | {"measure": "population"} for row in TWO])
    with pytest.raises(MeasureError, match="internally displaced people, got inhabitants"):
        displacement_account(cs.population(people))
    reports = read(TWO)
    with pytest.raises(OptionError, match="split"):
        displacement_account(cs.idps(reports, by=["place"]))
    with pytest.raises(TooFewReportsError, match="two dates"):
        displacement_account(cs.idps(read(TWO[:1])))
    settled = cs.idps(reports)
    month = settled.frame.with_columns(date_earliest=date(2019, 6, 15) - pl.duration(days=pl.int_range(pl.len())))
    with pytest.raises(TooFewReportsError, match="known order"):
        displacement_account(replace(settled, frame=month.with_columns(date_latest=date(2019, 6, 30))))
    other = [
        stock("a", "2019-05-01", 5, place="A"),
        stock("b", "2019-06-01", 5, place="A"),
        stock("c", "2019-06-01", 5, place="B"),
    ]
    with pytest.raises(OptionError, match="all of A on 2019-05-01 and all of A, all of B on 2019-06-01"):
        displacement_account(cs.idps(read(other)))


def test_stocks_of_several_places_on_a_date_are_summed() -> None:
    rows = [stock(f"{place}{at}", f"2019-0{at}-01", 5 * at, place=place) for place in "AB" for at in (5, 6)]
    found = displacement_account(cs.idps(read(rows)))
    assert [point.count for point in found.points] == [SignedBounds.exactly(50), SignedBounds.exactly(60)]
    assert found.points[0].report_ids == ("A5", "B5")


def test_a_stock_whose_order_is_not_known_is_paired_with_those_of_known_order() -> None:
    rows = [stock(f"s{at}", f"2019-0{at}-01", at, **IDLIB) for at in (5, 6, 7, 8)]
    series = cs.idps(read(rows))
    second = pl.col("report_id") == "s6"
    # "June or July" is in no known order with 1 July.
    late = pl.when(second).then(date(2019, 7, 20)).otherwise(pl.col("date_latest"))
    series = replace(series, frame=series.frame.with_columns(date_latest=late))
    found = displacement_account(
        series, displaced={0: 1, 2: 2, "2019-05-01/2019-07-01": 2, "2019-07-01/2019-08-01": 1}, **NONE
    )
    assert [part.first.report_ids + part.last.report_ids for part in found.parts] == [
        ("s5", "s6"), ("s5", "s7"), ("s6", "s8"), ("s7", "s8"),
    ]  # fmt: skip
    assert found.stretch("2019-05-01/2019-08-01").term("displaced").bounds == SignedBounds.exactly(3)


def test_parts_of_the_people_bound_from_below_only_and_others_are_refused() -> None:
    camp = moved("2019-04-01", "2019-06-30", 10, place="Syria/Idlib/Atmeh")
    found = account(camp, **NONE)
    assert found.stretch().term("displaced").bounds == SignedBounds(10, None, None)
    assert "bounds nothing from above" in found.notes[0]
    for wrong in ({"place": "Syria"}, {"place": "Syria/Aleppo"}):
        with pytest.raises(MeasureError, match="place of the stocks"):
            account(moved("2019-04-01", "2019-06-30", 10, **wrong))
    children = [row | {"group": "civilian/child"} for row in TWO]
    with pytest.raises(MeasureError, match="group of the stocks"):
        account(moved("2019-04-01", "2019-06-30", 10), stocks=children)
    reports = pl.DataFrame(
        [moved("2019-04-01", "2019-06-30", 10, place="Syria/Aleppo") | {"destination": "Syria/Idlib"}]
    )
    arrived = cs.displacement(cs.read_reports(reports.with_columns(pl.all().cast(pl.String))))
    assert displacement_account(cs.idps(read(TWO)), displaced=arrived).stretch().term("displaced").bounds.low == 10


def test_violent_deaths_are_a_lower_bound_of_deaths() -> None:
    rows = [flow("k", name, "2019-04-01", "2019-06-30", 10, unit="people", **IDLIB) for name in ("killed", "died")]
    killed, died = (read([*TWO, row]) for row in rows)
    violent = displacement_account(cs.idps(killed), deaths=cs.deaths(killed))
    assert violent.stretch().term("deaths").bounds == SignedBounds(10, None, None)
    assert "lower bound of all deaths" in violent.notes[0]
    everybody = displacement_account(cs.idps(died), deaths=cs.deaths(died, cause="all"))
    assert everybody.stretch().term("deaths").bounds == SignedBounds.exactly(10)
    assert everybody.notes == ("deaths: the series is read as deaths among those who are displaced",)


def test_a_ledger_answers_for_movements() -> None:
    rows = [moved("2019-04-01", "2019-05-31", 100, "a"), moved("2019-05-01", "2019-06-30", 150, "b")]
    found = account(*rows, select={"overlap": "bounds"}, **NONE).stretch().term("displaced")
    assert found.bounds == SignedBounds(150, None, 250)
    assert found.report_ids == ("a", "b")
    camps = [row | {"place": "Syria/Idlib/Atmeh"} for row in rows]
    assert account(*camps, select={"overlap": "bounds"}, **NONE).stretch().term("displaced").bounds.high is None


def test_running_totals_trace_to_both_of_their_reports() -> None:
    totals = (("2019-04-30", 10, "x"), ("2019-06-30", 40, "y"))
    rows = [
        moved("2019-04-01", last, value, name, kind="cumulative") for last, value, name in totals
    ]  # fmt: skip
    found = account(*rows, select={"overlap": "difference"}, **NONE)
    assert found.stretch().term("displaced").bounds == SignedBounds.exactly(40)
    assert found.stretch().report_ids["displaced"] == ("x", "y")


def test_what_was_newly_reported_is_no_flow_of_its_days() -> None:
    frame = pl.DataFrame({"day": ["2019-03-31", "2019-06-30"], "total": [0, 10]})
    counter = cs.read_counter(
        frame, value="total", date="day", measure="displaced", unit="displacements", place="Syria/Idlib"
    )
    series = counter.increments().flow()
    with pytest.raises(MeasureError, match="newly reported"):
        displacement_account(cs.idps(read(TWO)), displaced=series)


def test_frames_files_and_notebooks(tmp_path: Any) -> None:
    found = account(moved("2019-04-01", "2019-06-30", 80_000), returned={0: 20_000})
    assert StretchSchema.is_valid(found.to_frame())
    found.to_csv(tmp_path / "account.csv")
    assert pl.read_csv(tmp_path / "account.csv")["residual_low"].to_list() == found.to_frame()["residual_low"].to_list()
    page = found._repr_html_()
    assert "not given" in page
    assert "Source: CCCM; as stated for this account: returned" in page
    assert found.traced().rows() == [
        ("2019-03-31/2019-06-30", "stock_start", "s1"), ("2019-03-31/2019-06-30", "stock_end", "s2"),
        ("2019-03-31/2019-06-30", "displaced", "d"),
    ]  # fmt: skip
    assert repr(found) == str(found)
    assert found.bounds_of("stock_start") == SignedBounds(250_000, 250_000, 250_000)
    assert found.bounds_of("arrivals") == SignedBounds(None, None, None)
    assert str(displacement_account(cs.idps(read([row | {"place": None} for row in TWO])))).startswith(
        "stock of internally displaced people from"
    )


def test_best_values_make_the_best_of_the_residual() -> None:
    found = account(displaced="about 60,000", **NONE | {"returned": Estimate(5_000, 8_000, 10_000)}).stretch()
    assert found.expected == SignedBounds(295_000, 302_000, 310_000)
    assert found.residual == SignedBounds(-10_000, -2_000, 5_000)
    floor = account(displaced="at least 60,000", **NONE).stretch()
    assert floor.residual == SignedBounds(None, None, -10_000)
    assert floor.verdict == "unexplained"
