"""Bounds of a ledger: published checks, properties, and how reports are read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import assume, given, settings
from ledger_reports import Fact, day, facts, reports, said

import casualtystats as cs
from casualtystats.errors import (
    ContradictionError,
    MeasureError,
    MixedStandardsError,
    MixedUnitsError,
    NoReportsError,
    NotAdditiveError,
    OptionError,
    PlacesError,
    VintageError,
)
from casualtystats.places import Places

PUBLISHED = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text())
GROUPS = (None, "civilian", "civilian/child", "fighter")


def test_ic_lp_published() -> None:
    """Overlapping intervals: R lpSolve; scipy linprog agrees."""
    case = next(one for one in PUBLISHED if one["id"] == "ic-lp")
    ledger = cs.Ledger(reports(*(said(a - 1, b - 1, n, n) for a, b, n in case["inputs"]["constraints"])))
    for first, last, name in ((1, 15, "total_1_15"), (6, 10, "days_6_10")):
        found = ledger.bounds(f"{day(first - 1)}/{day(last - 1)}")
        assert [found.low, found.high] == case["expected"][name]
        assert found.best is None
        assert found.sharp


def test_fighters_of_the_news_report() -> None:
    """35 in Latakia, at least 42 in the zone: at least 7 are not among the 35."""
    some = cs.datasets.load("idlib-2019").filter(pl.col("group").str.starts_with("fighter"))
    ledger = cs.Ledger(some)
    parts = ["sohr-loyalists-16", "sohr-jihadists-19"]
    assert str(ledger.bounds(place="edge of the bastion", group="fighter")) == "at least 42"
    assert str(ledger.bounds(place="edge of the bastion", group="fighter", besides=parts)) == "at least 7"
    assert str(ledger.bounds(place="Syria/Latakia/Jabal al-Akrad", group="fighter")) == "at least 35"
    told = ledger.explain(place="edge of the bastion", group="fighter", besides=parts).to_frame()
    assert set(told["report_id"]) == {"sohr-fighters-42", *parts}
    # The parts of the explanation are those of the whole; what besides= takes off is not among them.
    assert "sohr-fighters-42" in set(told.filter(pl.col("part") > 0)["report_id"])


def test_frechet_bounds_of_a_two_by_two_split() -> None:
    """max(0, r + c - n) to min(r, c): Frechet (1940); Dobra and Fienberg (2000)."""
    ledger = cs.Ledger(
        reports(
            said(0, 9, 100, 100, group="civilian"),
            said(0, 9, 60, 60, group="civilian/female"),
            said(0, 9, 50, 50, group="civilian/child"),
        ),
        partition={"civilian": [["civilian/female", "civilian/male"], ["civilian/child", "civilian/adult"]]},
    )
    expected = {"female/child": (10, 50), "female/adult": (10, 50), "male/child": (0, 40), "male/adult": (0, 40)}
    for name, bounds in expected.items():
        for whole in (False, True):
            found = ledger.bounds(group=f"civilian/{name}", integer=whole)
            assert (found.low, found.high) == bounds
        crossed = "/".join(reversed(name.split("/")))
        found = ledger.bounds(group=f"civilian/{crossed}")
        assert (found.low, found.high) == bounds
    assert str(ledger.bounds(group="civilian/male")) == "40"


def test_three_cells_of_which_two_are_at_most_one_need_whole_counts() -> None:
    """A triangle of pairs: over all numbers each may be a half, over whole counts not all pairs can be one."""
    places = Places({"ab": ("a", "b"), "bc": ("b", "c"), "ac": ("a", "c")})
    rows = [said(0, 0, 1, 1, place=name) for name in ("ab", "bc", "ac")]
    ledger = cs.Ledger(reports(*rows, places=places))
    # Only halves fit: half a death in each place. No whole counts do.
    with pytest.raises(ContradictionError, match="whole"):
        ledger.bounds(place="a", integer=True)


def test_displacement_of_idlib_sums_to_more_than_the_published_floor() -> None:
    """518,000 by 31 July and more than 147,300 in August, against "more than 630,000" by 31 August."""
    ledger = cs.Ledger(cs.datasets.load("idlib-2019"), measure="displaced", unit="displacements")
    found = ledger.explain("2019-05-01/2019-08-31")
    assert found.bounds.low == 518_000 + 147_301
    assert set(found.to_frame().filter(pl.col("bound") == "low")["report_id"]) == {
        "cccm-movements-518k",
        "cccm-movements-august",
    }
    june_july = 67_500 + 126_200
    assert str(ledger.bounds("2019-05-01/2019-05-31", place="Idlib zone")) == f"up to {518_000 - june_july:,}"


def test_the_published_contradiction() -> None:
    """103,539 by 6 May in a larger area, and more than 150,000 by 5 May in a part of it."""
    ids = ["rc-displaced-104k", "ocha-displaced-150k"]
    some = cs.datasets.load("idlib-2019").filter(pl.col("report_id").is_in(ids))
    ledger = cs.Ledger(some)
    assert not ledger.consistent
    (one,) = ledger.contradictions()
    assert (one.kind, one.apart, set(one.reports), one.alone) == ("contradiction", 46_462, set(ids), (46_462, 46_462))
    assert one.sentence == (
        "OCHA: more than 150,000 by 5 May 2019; Response Coordinators: 103,539 by 6 May 2019: 46,462 apart, "
        "if both mean the same area"
    )
    with pytest.raises(ContradictionError, match=r"46,462 apart.*relax='least'"):
        ledger.bounds()
    assert str(ledger.bounds(relax="least")) == "103,539 to 150,001"
    assert str(ledger.bounds(drop=["rc-displaced-104k"])) == "at least 150,001"
    assert str(ledger.bounds(trust=["Response Coordinators", "OCHA"])) == "103,539"
    settled = ledger.settled(trust=["OCHA"])
    assert settled.audit.filter(pl.col("status") == "not_trusted")["report_id"].to_list() == ["rc-displaced-104k"]


@settings(max_examples=60, deadline=None)
@given(st.lists(facts(6, 5), min_size=1, max_size=6), facts(6, 5))
def test_a_further_report_never_widens_a_bound(some: list[Fact], more: Fact) -> None:
    before = cs.Ledger(reports(*(said(*fact) for fact in some)))
    after = cs.Ledger(reports(*(said(*fact) for fact in (*some, more))))
    assume(before.consistent and after.consistent)
    cells = before.bounds_by("day", start=day(0), end=day(5)).rows()
    for old, new in zip(cells, after.bounds_by("day", start=day(0), end=day(5)).rows(), strict=True):
        assert new[3] >= old[3]
        assert old[4] is None or (new[4] is not None and new[4] <= old[4])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(facts(5, 5), st.sampled_from(GROUPS)), min_size=1, max_size=6),
    st.integers(0, 4), st.integers(0, 4), st.booleans(),
)  # fmt: skip
def test_a_part_never_exceeds_its_whole(some: list[tuple[Fact, str | None]], a: int, b: int, integer: bool) -> None:
    ledger = cs.Ledger(reports(*(said(*fact, group=name) for fact, name in some)))
    assume(ledger.consistent)
    first, last = sorted((a, b))
    try:
        part = ledger.bounds(f"{day(first)}/{day(last)}", group="civilian/child", integer=integer)
        whole = ledger.bounds(f"{day(0)}/{day(4)}", group="civilian", integer=integer)
    except ContradictionError:
        assume(False)
        raise
    assert part.low <= whole.low
    assert whole.high is None or (part.high is not None and part.high <= whole.high)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(facts(5, 5), st.sampled_from(GROUPS)), min_size=2, max_size=6), st.data())
def test_names_and_order_change_nothing(some: list[tuple[Fact, str | None]], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(some))))
    rows = [said(*fact, group=name, report_id=f"z{9 - at}") for at, (fact, name) in enumerate(some)]
    one = cs.Ledger(reports(*(said(*fact, group=name) for fact, name in some)))
    two = cs.Ledger(reports(*(rows[at] for at in order)))
    assert one.consistent == two.consistent
    if one.consistent:
        first, second = (ledger.bounds_by("day", by=["group"]) for ledger in (one, two))
        assert first.equals(second)
    else:
        apart = [[(c.kind, c.apart, sorted(c.says)) for c in ledger.contradictions()] for ledger in (one, two)]
        assert sorted(apart[0]) == sorted(apart[1])


@settings(max_examples=40, deadline=None)
@given(st.lists(facts(6, 9), min_size=1, max_size=7))
def test_both_solvers_agree(some: list[Fact]) -> None:
    """The network of running totals and the linear programme, where both apply."""
    from casualtystats.ledger.solve.model import Region

    ledger = cs.Ledger(reports(*(said(*fact) for fact in some)))
    (component,) = ledger._held.system.components
    assert component.single
    assert (not component.network.cycle) == component.programme.feasible
    assume(ledger.consistent)
    start = day(0).toordinal()
    regions = [Region(start + a, start + b + 1, component.atoms, frozenset()) for a in range(6) for b in range(a, 6)]
    by_paths = component.bounds(regions, integer=False, step=lambda: None)
    by_programme = component._solved(
        component.programme, [(region, {}) for region in regions], integer=False, step=lambda: None
    )
    assert by_paths == by_programme


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(facts(4, 5), st.sampled_from(GROUPS)), min_size=1, max_size=5))
def test_an_explanation_adds_up_to_its_bound(some: list[tuple[Fact, str | None]]) -> None:
    ledger = cs.Ledger(reports(*(said(*fact, group=name) for fact, name in some)))
    assume(ledger.consistent)
    found = ledger.explain(f"{day(0)}/{day(3)}", group="civilian")
    for side, bound in (("low", found.bounds.low), ("high", found.bounds.high)):
        if bound:
            part = found.to_frame().filter(pl.col("bound") == side)["part"].sum()
            assert (bound - 1 < part <= bound) if side == "low" else (bound <= part < bound + 1)


def test_verified_counts_are_floors_on_what_occurred() -> None:
    rows = (said(0, 9, 100, 100, standard="verified"), said(0, 9, 130, 130, standard="documented", source="B"))
    with pytest.raises(MixedStandardsError, match="documented, verified"):
        cs.Ledger(reports(*rows))
    assert str(cs.Ledger(reports(*rows), of="occurred").bounds()) == "at least 130"
    assert "read as floors" in cs.Ledger(reports(*rows), of="occurred").bounds().note
    with pytest.raises(ContradictionError):
        cs.Ledger(reports(*rows), comparable=True).bounds()
    top = cs.Ledger(reports(said(0, 9, 0, 50, standard="verified"), said(0, 9, 3, None)), of="occurred")
    assert str(top.bounds()) == "at least 3"
    assert top.audit.filter(pl.col("report_id") == "r0")["status"].item() == "says_nothing"


def test_unconfirmed_reports_and_stocks_stay_out() -> None:
    rows = [said(0, 9, 100, None), said(0, 9, 170, None, standard="unconfirmed")]
    assert str(cs.Ledger(reports(*rows)).bounds()) == "at least 100"
    assert str(cs.Ledger(reports(*rows), of="occurred", unconfirmed=True).bounds()) == "at least 170"
    stock: dict[str, Any] = {
        "measure": "facilities_out",
        "unit": "facilities",
        "kind": "stock",
        "value": 5,
        "start": day(3),
    }
    flow = said(0, 9, 3, 3, measure="facilities_out", unit="facilities")
    ledger = cs.Ledger(reports(flow, stock))
    assert ledger.audit.filter(pl.col("report_id") == "r1").row(0)[1] == "not_selected"
    assert str(ledger.bounds()) == "3"


def test_relays_of_one_authority_are_one_report() -> None:
    own = said(0, 9, 42, None, source="Ministry")
    relays = [said(0, 9, 42, 42, source=name, derived_from="Ministry") for name in ("Paper", "Agency")]
    ledger = cs.Ledger(reports(own, *relays))
    assert str(ledger.bounds()) == "at least 42"
    assert ledger.audit["status"].to_list() == ["used", "relayed", "relayed"]
    # Without the authority's own statement the weakest wording counts.
    weak = said(0, 9, 42, None, source="Radio", derived_from="Ministry")
    assert str(cs.Ledger(reports(*relays, weak)).bounds()) == "at least 42"
    assert str(cs.Ledger(reports(*relays)).bounds()) == "42"
    apart = [said(0, 9, n, n, source=f"s{n}", derived_from="Ministry") for n in (40, 45)]
    assert str(cs.Ledger(reports(*apart)).bounds()) == "40 to 45"


def test_fuzzy_ends_hold_over_the_widest_and_the_narrowest_period() -> None:
    fuzzy = {"start": f"[{day(0)}..{day(4)}]", "end": day(9), "value": 100}
    ledger = cs.Ledger(reports(fuzzy))
    widest, narrowest = ledger.bounds(f"{day(0)}/{day(9)}"), ledger.bounds(f"{day(4)}/{day(9)}")
    assert (widest.low, widest.high, widest.sharp) == (100, None, False)
    assert (narrowest.low, narrowest.high) == (0, 100)
    assert "not exactly known" in widest.note
    assert ledger.bounds(f"{day(0)}/{day(9)}", sharp=True).sharp


def test_running_totals_since_one_fuzzy_day_leave_what_lies_between() -> None:
    """ "Since late April", both of one source: the same day, whichever it is."""
    rows = [
        {"kind": "cumulative", "start": f"[{day(0)}..{day(4)}]", "end": day(end), "value": value}
        for end, value in ((9, 119), (19, 200))
    ]
    between = f"{day(10)}/{day(19)}"
    assert str(cs.Ledger(reports(*rows)).bounds(between)) == "81"
    rows[1]["source"] = "B"
    assert str(cs.Ledger(reports(*rows)).bounds(between)) == "up to 200"
    # Day by day: B may count from any day from the first, and A's 119 may lie before it.
    assert str(cs.Ledger(reports(*rows)).bounds(between, sharp=True)) == "up to 200"


def test_sharp_goes_through_the_possible_dates() -> None:
    """One of two days, alone: on either choice the two days hold it, and not more than it where both are counted."""
    rows = [
        {"start": day(0), "end": f"[{day(0)}..{day(1)}]", "value": 10},
        said(0, 1, 0, 10, source="B"),
    ]
    wide = cs.Ledger(reports(*rows)).bounds(f"{day(1)}/{day(1)}")
    sharp = cs.Ledger(reports(*rows)).bounds(f"{day(1)}/{day(1)}", sharp=True)
    assert (sharp.low, sharp.high) == (0, 10)
    assert wide.low <= sharp.low
    many = [
        {"start": f"[{day(0)}..{day(30)}]", "end": f"[{day(31)}..{day(90)}]", "value": 1, "source": name}
        for name in "ab"
    ]
    with pytest.raises(OptionError, match=r"choices of dates.*leave it out"):
        cs.Ledger(reports(*many)).bounds(sharp=True)


def test_people_displaced_are_first_times_since_one_day() -> None:
    base = {"measure": "displaced", "unit": "people"}
    rows = [
        said(0, 9, 100, 100, kind="cumulative", **base),
        said(0, 19, 150, 150, kind="cumulative", **base),
        said(10, 19, 90, 90, **base),
    ]
    ledger = cs.Ledger(reports(*rows))
    assert not ledger.additive
    # 50 fled for the first time after day 9; the 90 of those days may hold 40 who had fled before.
    assert str(ledger.bounds(f"{day(10)}/{day(19)}")) == "50"
    assert "for the first time since 1 May 2019" in ledger.bounds().about
    # A count of another period bounds the total since the origin from below: all of them had fled by then.
    alone = cs.Ledger(reports(rows[0], said(10, 19, 400, None, **base)))
    assert str(alone.bounds(f"{day(0)}/{day(19)}")) == "at least 400"
    assert str(alone.bounds(f"{day(10)}/{day(19)}")) == "at least 300"
    with pytest.raises(NotAdditiveError, match="origin="):
        cs.Ledger(reports(rows[0], said(3, 9, 5, 5, kind="cumulative", **base)))
    with pytest.raises(NotAdditiveError, match="besides="):
        ledger.bounds(besides=["r2"])
    # A part can not exceed the whole that holds it, wherever the first flights fell.
    with pytest.raises(ContradictionError, match="10 apart"):
        cs.Ledger(reports(rows[0], said(5, 12, 60, 60, **base), said(6, 10, 70, None, **base))).bounds()


def test_facilities_stay_in_their_place() -> None:
    base = {"measure": "facilities_impacted", "unit": "facilities", "kind": "cumulative", "group": "health"}
    rows = [said(0, 9, n, n, place=f"Syria/{name}", **base) for name, n in (("Hama", 10), ("Idlib", 9))]
    found = cs.Ledger(reports(*rows, places=Places({"both": ("Syria/Hama", "Syria/Idlib")}))).bounds(place="both")
    assert str(found) == "19"


def test_vintages_are_asked_for() -> None:
    rows = [said(0, 9, n, n, published=day(12 + n)) for n in (5, 8)]
    with pytest.raises(VintageError, match=r"as_of=") as caught:
        cs.Ledger(reports(*rows))
    assert str(day(17)) in str(caught.value)
    assert str(day(20)) in str(caught.value)
    assert str(cs.Ledger(reports(*rows), as_of=day(18)).bounds()) == "5"
    newest = cs.Ledger(reports(*rows), as_of=day(20))
    assert str(newest.bounds()) == "8"
    assert newest.audit.filter(pl.col("status") == "superseded")["report_id"].to_list() == ["r0"]


def test_observed_days_are_zero_where_nobody_reports() -> None:
    rows = [said(0, 3, 5, 5), said(8, 9, 2, 2)]
    assert cs.Ledger(reports(*rows)).bounds().high is None
    assert str(cs.Ledger(reports(*rows), observed=f"{day(0)}/{day(9)}").bounds()) == "7"


def test_floors_never_contradict_floors() -> None:
    rows = [said(0, 9, 205, None), said(0, 20, 160, None)]
    assert cs.Ledger(reports(*rows)).consistent
    assert str(cs.Ledger(reports(*rows)).contradictions()) == "no contradiction"


def test_a_conflict_that_rests_on_about_is_a_tension() -> None:
    rows = [
        said(0, 9, 120, 120),
        {"start": day(0), "end": day(9), "qualifier": "approximately", "value": 110, "source": "B"},
    ]
    (one,) = cs.Ledger(reports(*rows)).contradictions()
    assert one.kind == "tension"
    assert "a tension" in one.sentence
    assert one.apart == 4


def test_contradictions_are_irreducible_and_nothing_is_dropped() -> None:
    rows = [said(0, 4, 10, 10), said(5, 9, 10, 10, source="B"), said(0, 9, 0, 15, source="C"), said(20, 29, 3, 3)]
    ledger = cs.Ledger(reports(*rows))
    (one,) = ledger.contradictions()
    assert set(one.reports) == {"r0", "r1", "r2"}
    assert one.apart == 5
    frame = ledger.contradictions().to_frame()
    assert frame["group"].to_list() == [1, 1, 1]
    assert dict(frame.select("report_id", "side").rows()) == {"r0": "at least", "r1": "at least", "r2": "at most"}
    for name in ("r0", "r1", "r2"):
        assert ledger.settled(drop=[name]).consistent
    loose = ledger.settled(relax="least")
    assert loose.consistent
    assert loose.audit.filter(pl.col("status") == "loosened").height == 3
    assert (loose.bounds(f"{day(0)}/{day(9)}").low, loose.bounds(f"{day(0)}/{day(9)}").high) == (10, 20)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(facts(4, 5), st.sampled_from(GROUPS)), min_size=2, max_size=6))
def test_contradictory_groups_are_irreducible(some: list[tuple[Fact, str | None]]) -> None:
    rows = [said(*fact, group=name) for fact, name in some]
    ledger = cs.Ledger(reports(*rows))
    assume(not ledger.consistent)
    for one in ledger.contradictions():
        members = sorted(set(one.reports))
        alone = ledger.reports.filter(pl.col("report_id").is_in(members))
        assert not cs.Ledger(alone).consistent
        for left_out in members:
            if len(members) > 1:
                assert cs.Ledger(alone, drop=[left_out]).consistent
        assert one.apart > 0
    assert ledger.settled(relax="least").consistent


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: cs.Ledger(cs.datasets.load("idlib-2019")), MeasureError, "measure="),
        (lambda: cs.Ledger(cs.datasets.load("idlib-2019"), measure="displaced"), MixedUnitsError, "unit="),
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1)), of="happened"), OptionError, "'reported' or 'occurred'"),  # type: ignore[arg-type]
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1)), drop=["x"]), OptionError, "'x'"),
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1)), trust=["x"]), OptionError, "sources of the reports"),
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1)), trust="A"), OptionError, "a list"),  # type: ignore[arg-type]
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1)), trust=["A"], relax="least"), OptionError, "one rule"),
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1))).bounds(besides=["x"]), OptionError, "besides="),
        (lambda: cs.Ledger(reports(said(0, 5, 1, 1))).bounds(f"{day(0)}/{day(1)}", besides=["r0"]), OptionError, "inside"),
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1))).bounds_by("fortnight"), OptionError, "every="),  # type: ignore[arg-type]
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1))).bounds_by("week", by=["source"]), OptionError, "Sources and standards"),  # type: ignore[list-item]
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1))).bounds_by("week", by=["group"], group="a"), OptionError, "both"),
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1)), partition={"a": [["a/b"]]}), OptionError, "two or more"),
        (lambda: cs.Ledger(reports(said(0, 1, 1, 1)), partition={"a": [["b/c", "a/d"]]}), OptionError, "directly below"),
        (lambda: cs.Ledger(reports(said(0, 1, 3, 3, standard="unconfirmed"))), NoReportsError, "unconfirmed=True"),
        (lambda: Places({"a": ("b",), "b": ("a",)}), PlacesError, "list its members"),
    ],
)  # fmt: skip
def test_what_is_refused_says_what_to_do(call: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        call()


def test_a_question_that_nothing_bounds_gets_a_sentence() -> None:
    ledger = cs.Ledger(reports(said(0, 9, 5, 5, place="Syria/Idlib")))
    found = ledger.bounds("2030-01-01/2030-01-31", place="Syria/Hama")
    assert (found.low, found.high) == (0, None)
    assert "No report bounds this count" in found.note
    assert "not bounded by any report" in found.sentence


def test_a_place_that_is_a_prefix_of_another_is_another_place() -> None:
    ledger = cs.Ledger(reports(said(0, 9, 5, 5, place="Syria/Idlib"), said(0, 9, 7, 7, place="Syria/Idlib West")))
    assert str(ledger.bounds(place="Syria/Idlib")) == "5"
    assert str(ledger.bounds(place="Syria")) == "at least 12"


def test_somewhere_in_a_zone_is_not_known_where() -> None:
    places = Places({"north-west": ("Syria/Idlib", "Syria/Hama")})
    rows = [
        said(0, 9, 10, 10, place="north-west"), said(0, 9, 4, 4, place="north-west/a town"),
        said(0, 9, 7, 7, place="Syria/Idlib"),
    ]  # fmt: skip
    ledger = cs.Ledger(reports(*rows, places=places))
    assert str(ledger.bounds(place="Syria/Hama")) == "3"
    assert str(ledger.bounds(place="north-west/a town")) == "4"


def test_ten_thousand_reports_are_answered() -> None:
    rows = pl.DataFrame(
        {
            "report_id": [f"r{n}" for n in range(10_000)], "measure": "killed", "unit": "people", "kind": "flow",
            "source": "A", "value": [n % 7 for n in range(10_000)],
            "start": [date.fromordinal(730_000 + n % 3_650) for n in range(10_000)],
            "end": [date.fromordinal(730_000 + n % 3_650 + n % 5) for n in range(10_000)],
            "qualifier": ["at_least" if n % 3 else "up_to" for n in range(10_000)],
        }
    )  # fmt: skip
    ledger = cs.Ledger(cs.read_reports(rows).filter(pl.col("qualifier") == "at_least"))
    weeks = ledger.bounds_by("week")
    assert weeks.height == 523
    assert weeks["low"].sum() > 0
