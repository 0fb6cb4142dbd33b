"""Words that are never mixed, the peak, and where reports meet a register."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import ContradictionError, MixedUnitsError, NoReportsError, NotAdditiveError, OptionError
from casualtystats.places import Places
from casualtystats.reports import Reports
from casualtystats.series.flow import FlowSeries
from casualtystats.series.stock import StockSeries
from casualtystats.testing import reports_of

sys.path.insert(0, str(Path(__file__).parent / "availability"))
from spell_tables import Row, day, facility, register, spell

FIRST, LAST = date(2019, 5, 1), date(2019, 5, 8)


def told(value: int, measure: str = "facilities_out", start: date = FIRST, end: date = LAST, **more: Any) -> Row:
    edges = {"start_earliest": start, "start_latest": start, "end_earliest": end, "end_latest": end}
    return {"measure": measure, "unit": "facilities", "value": value} | edges | more


def stock(value: int, first: date, last: date, **more: Any) -> Row:
    edges = {"start_earliest": first, "start_latest": last, "end_earliest": first, "end_latest": last, "kind": "stock"}
    return {"measure": "facilities_out", "unit": "facilities", "value": value} | edges | more


def floor(value: int, **more: Any) -> Row:
    return told(value, qualifier="at_least", low=value, best=None, high=None, **more)


def out_for(names: str, **more: Any) -> Any:
    return register([facility(name, **more) for name in names], [spell(name, (2, 2), (4, 4)) for name in names])


IDLIB = cs.outages(cs.datasets.load("idlib-2019"))


def test_each_word_is_a_series_of_its_own() -> None:
    some = reports_of([told(12, "facilities_hit"), told(18, "facilities_affected"), told(43, "facilities_impacted"),
                       told(51, "facilities_damaged"), told(20), told(1, "facilities_restored")])  # fmt: skip
    series = cs.outages(some)
    for word, count in (("hit", 12), ("affected", 18), ("impacted", 43), ("damaged", 51), ("out", 20), ("restored", 1)):
        found = series.word(word)  # type: ignore[arg-type]
        assert isinstance(found, FlowSeries)
        assert found.total().best == count
    back = series.restored
    assert isinstance(back, FlowSeries)
    assert back.total().best == 1
    # Nothing is taken from another word.
    assert series.distinct.total().best == 20
    words = series.words()
    assert words["word"].to_list() == ["hit", "affected", "impacted", "damaged", "out", "restored"]
    assert words["low"].to_list() == [12, 18, 43, 51, 20, 1]
    with pytest.raises(NotAdditiveError, match="'hit' and 'out'"):
        series.word("hit", "out")
    for bad in ((), ("broken",)):
        with pytest.raises(OptionError, match="expected a word of hit"):
            series.word(*bad)
    with pytest.raises(NoReportsError):
        series.word("functional")


def test_facilities_hit_and_hits_are_two_units() -> None:
    series = cs.outages(reports_of([told(18, "facilities_hit"), told(20, "facilities_hit", unit="attacks")]))
    with pytest.raises(MixedUnitsError):
        series.word("hit")
    hits = series.word("hit", unit="attacks")
    assert isinstance(hits, FlowSeries)
    assert hits.total().best == 20
    assert series.words().select("unit", "low").rows() == [("attacks", 20), ("facilities", 18)]


def test_words_of_the_data_set() -> None:
    words = IDLIB.words()
    found = {(word, kind): (low, high) for word, kind, low, high in words.select("word", "kind", "low", "high").rows()}
    assert found["impacted", "cumulative"] == (43, 43)
    assert found["damaged", "cumulative"] == (51, 51)
    assert found["out", "stock"] == (50, 50)
    assert found["attacks", "cumulative"] == (39, None)
    functional = IDLIB.word("functional")
    assert isinstance(functional, StockSeries)
    assert functional.to_frame()["stated"].to_list() == [77, 81, 78, 61, 59]
    with pytest.raises(NoReportsError, match="facilities_damaged"):
        IDLIB.word("damaged", stock=True)


def test_the_peak_is_a_stock_with_a_fuzzy_date() -> None:
    peak = IDLIB.peak()
    assert str(peak) == "50 health facilities out of service on some day from 1 May 2019 to 31 May 2019"
    assert str(peak.most) == "at least 50"
    two = cs.outages(reports_of([stock(7, FIRST, FIRST), stock(9, LAST, LAST, source="Q"), told(30)]))
    assert str(two.peak()) == "9 facilities out of service on 8 May 2019"
    with pytest.raises(NoReportsError, match="on a date"):
        cs.outages(reports_of([told(30)])).peak()


def test_named_and_eighteen_in_the_same_period() -> None:
    """Eighteen reported; three named went out in it, one was out already, and one is of no known type."""
    some = register(
        [facility(name, type="health") for name in "ABC"] + [facility("D", type="health"), facility("E")],
        [spell(name, (2, 2), (4, 4)) for name in "ABC"] + [spell("D", (None, 0), (1, 1)), spell("E", (3, 3), (3, 3))],
    )
    series = cs.outages(reports_of([told(18, group="health")]), facilities=some)
    for found in (series.unnamed(), series.unnamed("2019-05-01/2019-05-08"), series.unnamed(by="2019-05-13")):
        assert (found.named.low, found.named.high) == (3, 5)
        assert (found.estimate.low, found.estimate.high) == (13, 15)
        assert found.facilities == ("A", "B", "C")
        assert found.reports == ("r1",)
    assert str(found) == (
        "18 health facilities out of service from 1 May 2019 to 8 May 2019, of which 3 to 5 named: 13 to 15 not named"
    )
    assert found.to_frame().select("reported_low", "named_high", "unnamed_low", "unnamed_high").rows() == [
        (18, 5, 13, 15)
    ]


def test_at_least_eighteen_leaves_no_upper_bound() -> None:
    found = cs.outages(reports_of([floor(18)]), facilities=out_for("AB")).unnamed()
    assert (found.estimate.low, found.estimate.high) == (16, None)
    assert str(found).endswith("of which 2 named: at least 16 not named")
    assert found.to_frame()["unnamed_high"].item() is None
    all_named = cs.outages(reports_of([told(2)]), facilities=out_for("AB")).unnamed()
    assert (all_named.estimate.low, all_named.estimate.best, all_named.estimate.high) == (0, 0, 0)


@given(st.integers(0, 6), st.integers(0, 4), st.integers(0, 3))
def test_the_truth_lies_in_the_bounds(reported: int, sure: int, vague: int) -> None:
    """Of those that may have been out, any number was."""
    names, more = "ABCD"[:sure], "EFG"[:vague]
    some = register([facility(name) for name in names + more] or [facility("Z")],
                    [spell(name, (2, 2), (4, 4)) for name in names] + [spell(name, (7, 8), (9, 9)) for name in more])  # fmt: skip
    assume(sure <= reported)
    found = cs.outages(reports_of([told(reported)]), facilities=some).unnamed()
    for number in range(sure, min(reported, sure + vague) + 1):
        assert found.estimate.high is not None
        assert found.estimate.low <= reported - number <= found.estimate.high


def test_more_named_than_reported_is_a_contradiction() -> None:
    series = cs.outages(reports_of([told(2)]), facilities=out_for("ABC"))
    with pytest.raises(ContradictionError, match=r"got 3 \(A, B, C\) where r1 count at most 2"):
        series.unnamed()
    many = cs.outages(reports_of([told(2)]), facilities=out_for("ABCDEFGHIJ"))
    with pytest.raises(ContradictionError, match=r"G, H, \.\.\."):
        many.unnamed()


def test_facilities_elsewhere_and_of_another_type_do_not_count() -> None:
    some = register(
        [facility("A", place="S/I/a", type="health"), facility("B", place="S/H", type="health"),
         facility("C", place="S/I", type="school"), facility("D")],
        [spell(name, (2, 2), (4, 4)) for name in "ABCD"],
    )  # fmt: skip
    reports = reports_of([told(5, place="zone", group="health")])
    zoned = Reports(reports.frame, places=Places({"zone": ("S/I",)}))
    found = cs.outages(zoned, facilities=some).unnamed()
    assert (found.named.low, found.named.high, found.place, found.group) == (1, 2, "zone", "health")


def test_several_reports_bound_the_count_together() -> None:
    early, late = told(8, end=date(2019, 5, 4)), told(18, source="Q")
    series = cs.outages(reports_of([early, late]), facilities=out_for("AB"))
    assert series.unnamed("2019-05-01/2019-05-08").estimate.best == 16
    first = series.unnamed("2019-05-01/2019-05-04")
    assert (first.reported.low, first.reported.high) == (8, 8)
    within = series.unnamed("2019-05-02/2019-05-05")
    assert (within.reported.low, within.reported.high) == (0, 18)
    assert series.unnamed(by="2019-05-04").reported.best == 8
    with pytest.raises(OptionError, match="several"):
        series.unnamed()
    with pytest.raises(OptionError, match="expected one of"):
        series.unnamed("2019-05-01/2019-05-08", on="2019-05-03")
    with pytest.raises(NoReportsError, match="up to 2019-05-02"):
        series.unnamed(by="2019-05-02")
    with pytest.raises(NoReportsError, match="inside"):
        series.unnamed("2019-05-07/2019-05-10")
    # Two disjoint places: the ledger adds what each of them bounds.
    places = cs.outages(reports_of([told(3, place="S/I"), told(4, place="S/H"), floor(1, place="S", source="Q")]),
                        facilities=out_for("A", place="S/I"))  # fmt: skip
    both = places.unnamed()
    assert (both.place, both.reported.low) == ("S", 7)
    apart = cs.outages(reports_of([told(3, place="S/I"), told(4, place="S/H")]), facilities=out_for("A", place="S/I"))
    with pytest.raises(OptionError, match="about one place"):
        apart.unnamed()
    wrong = cs.outages(reports_of([told(30, end=date(2019, 5, 4)), told(18, source="Q")]), facilities=out_for("A"))
    with pytest.raises(ContradictionError, match=r"at least 30 facilities out of service \(r1\)"):
        wrong.unnamed("2019-05-01/2019-05-08")


def test_reports_of_several_standards_bound_one_by_one() -> None:
    mixed = reports_of([told(8, standard="verified", end=date(2019, 5, 4)), told(18, standard="reported")])
    found = cs.outages(mixed, facilities=out_for("AB")).unnamed("2019-05-01/2019-05-08")
    assert (found.reported.low, found.reported.high) == (18, 18)


def test_unnamed_on_a_day() -> None:
    series = cs.outages(reports_of([told(18), stock(12, day(3), day(3))]), facilities=out_for("ABC"))  # type: ignore[arg-type]
    found = series.unnamed(on="2019-05-04")
    assert (found.estimate.low, found.estimate.best, found.estimate.high) == (9, 9, 9)
    assert str(found) == "12 facilities out of service on 4 May 2019, of which 3 named: 9 not named"
    before = series.unnamed(on="2019-05-02")
    assert (before.named.high, before.estimate.low, before.estimate.high) == (0, 0, 18)


def test_a_fuzzy_period_counts_for_sure_what_its_narrowest_holds() -> None:
    fuzzy = told(18) | {"start_latest": date(2019, 5, 4)}
    found = cs.outages(reports_of([fuzzy]), facilities=out_for("AB")).unnamed()
    assert (found.named.low, found.named.high, found.estimate.low, found.estimate.high) == (0, 2, 16, 18)
    vague = told(18) | {"start_latest": LAST, "end_earliest": FIRST}
    assert cs.outages(reports_of([vague]), facilities=out_for("AB")).unnamed().named.low == 0


def test_what_is_needed() -> None:
    with pytest.raises(OptionError, match="got neither"):
        cs.outages()
    with pytest.raises(OptionError, match="read_facilities"):
        cs.outages(facilities=3)  # type: ignore[arg-type]
    alone = cs.outages(facilities=out_for("A"))
    with pytest.raises(NoReportsError, match="went out of service"):
        alone.unnamed()
    with pytest.raises(NoReportsError):
        alone.distinct  # noqa: B018
    for ask in (lambda: IDLIB.named, IDLIB.unnamed):
        with pytest.raises(OptionError, match="register of named facilities"):
            ask()


def test_what_was_known_by_a_day_and_the_latest_report() -> None:
    first = {"published_earliest": date(2019, 5, 9), "published_latest": date(2019, 5, 9)}
    later = {"published_earliest": date(2019, 5, 20), "published_latest": date(2019, 5, 20)}
    some = reports_of([told(18) | first, told(20) | later])
    assert cs.outages(some, as_of="2019-05-10").words()["low"].to_list() == [18]
    assert cs.outages(some, as_of="2019-05-30").words()["low"].to_list() == [20]
    longer = reports_of([told(18, source="Q") | first, told(20, source="Q", end=date(2019, 5, 12)) | later])
    latest = cs.outages(longer, overlap="latest", as_of="2019-05-30").words()
    assert latest.select("reports", "low").rows() == [(1, 20)]
