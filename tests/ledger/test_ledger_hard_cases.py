"""Cases that once gave, or could give, a wrong number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ledger_reports import day, reports, said

import casualtystats as cs
from casualtystats.errors import ContradictionError, OptionError
from casualtystats.places import Places

MOVED = {"measure": "displaced", "unit": "people"}
LATE = f"[{day(0)}..{day(9)}]"


def total(last: int, count: int, **more: object) -> dict[str, object]:
    """A running total of people displaced since the first day."""
    return said(0, last, count, count, kind="cumulative", **MOVED, **more)


def test_large_conflicts_give_way_to_the_last_one_and_do_not_hide_small_ones() -> None:
    rows = [said(0, 0, 2_000_000, 2_000_000), said(0, 0, 1_000_000, 1_000_000, source="B")]
    ledger = cs.Ledger(reports(*rows))
    assert ledger.contradictions()[0].apart == 1_000_000
    found = ledger.bounds(relax="least")
    assert (found.low, found.high) == (1_000_000, 2_000_000)
    more = [*rows, said(5, 5, 105, 105), said(5, 5, 100, 100, source="B")]
    small = cs.Ledger(reports(*more)).bounds(f"{day(5)}/{day(5)}", relax="least")
    assert (small.low, small.high) == (100, 105)


@pytest.mark.parametrize(
    ("second", "options"),
    [
        ({"standard": "unconfirmed"}, {}),
        ({"role": "triangulation"}, {}),
        ({}, {"drop": ["r1"]}),
    ],
)
def test_a_report_that_is_not_used_leaves_no_zero(second: dict[str, str], options: dict[str, list[str]]) -> None:
    """Observed days are zero where nobody reports; whoever is left out has reported."""
    rows = reports(said(0, 1, 100, 100), said(3, 3, 40, 40, **second))
    ledger = cs.Ledger(rows, observed=f"{day(0)}/{day(4)}", **options)  # type: ignore[arg-type]
    assert ledger.bounds(f"{day(3)}/{day(3)}").high is None
    assert ledger.bounds(f"{day(4)}/{day(4)}").high == 0
    with pytest.raises(OptionError, match="none occurred"):
        cs.Ledger(rows, of="occurred", observed=f"{day(0)}/{day(4)}")


def test_fuzzy_origins_of_two_sources_are_two_days() -> None:
    rows = [
        {"kind": "cumulative", "start": LATE, "end": day(15), "value": count, "source": source} | MOVED
        for source, count in (("A", 100), ("B", 80))
    ]
    assert cs.Ledger(reports(*rows)).consistent
    rows[1]["source"] = "A"
    assert not cs.Ledger(reports(*rows), as_of=None).consistent


def test_first_times_since_a_fuzzy_day_are_none_before_it() -> None:
    row = {"kind": "cumulative", "start": LATE, "end": day(15), "value": 100} | MOVED
    assert str(cs.Ledger(reports(row)).bounds(f"{day(0)}/{day(15)}")) == "100"


def test_first_times_from_a_larger_place_may_have_been_earlier_and_elsewhere() -> None:
    rows = [total(4, 100, place="Syria/Idlib"), total(9, 150, place="Syria/Idlib")]
    ledger = cs.Ledger(reports(*rows))
    assert str(ledger.bounds(f"{day(5)}/{day(9)}")) == "50"
    # The 50 may have fled from Hama before.
    assert ledger.bounds(f"{day(5)}/{day(9)}", place="Syria").low == 0
    assert ledger.bounds(f"{day(0)}/{day(9)}", place="Syria").low == 150


def test_a_report_about_elsewhere_changes_no_first_times_here() -> None:
    idlib = total(4, 100, place="Syria/Idlib")
    alone = cs.Ledger(reports(idlib)).bounds(place="Syria/Idlib")
    beside = cs.Ledger(reports(idlib, total(4, 50, place="Syria/Hama"))).bounds(place="Syria/Idlib")
    assert (alone.low, alone.high) == (beside.low, beside.high) == (100, 100)


def test_what_can_not_be_true_of_one_place_is_found_in_a_larger_scope() -> None:
    rows = [
        total(9, 200, place="Syria/Idlib"), total(4, 100, place="Syria/Idlib"),
        said(5, 9, 0, 50, place="Syria/Idlib", **MOVED), total(9, 1_000, place="Syria"),
    ]  # fmt: skip
    ledger = cs.Ledger(reports(*rows))
    (one,) = ledger.contradictions()
    assert set(one.reports) == {"r0", "r1", "r2"}
    assert one.apart == 50
    assert ledger.settled(relax="least").consistent


def test_a_period_that_may_end_before_the_origin_bounds_nothing_then() -> None:
    rows = [total(0, 100), said(-20, 4, 10, 10, **MOVED) | {"end": f"[{day(-3)}..{day(4)}]", "source": "B"}]
    found = cs.Ledger(reports(*rows), origin=day(0)).bounds(f"{day(0)}/{day(0)}", sharp=True)
    assert (found.low, found.high) == (100, 100)


def test_whole_counts_are_solved_to_the_last_one() -> None:
    places = Places({"ab": ("a", "b"), "bc": ("b", "c"), "ac": ("a", "c")})
    rows = [said(0, 0, n, n, place=name) for name, n in (("ab", 7_000_001), ("bc", 7_000_000), ("ac", 7_000_001))]
    found = cs.Ledger(reports(*rows, places=places)).bounds(place="a", integer=True)
    assert (found.low, found.high) == (3_500_001, 3_500_001)


def test_a_relay_of_a_relay_is_a_relay() -> None:
    rows = [
        said(0, 9, 119, None, source="OHCHR"),
        said(0, 9, 119, 119, source="AFP", derived_from="OHCHR"),
        said(0, 9, 119, 119, source="BBC", derived_from="AFP"),
    ]
    ledger = cs.Ledger(reports(*rows))
    assert str(ledger.bounds()) == "at least 119"
    assert ledger.audit["status"].to_list() == ["used", "relayed", "relayed"]


def test_a_relay_with_another_number_says_so() -> None:
    rows = [said(0, 9, 100, 100, source="OHCHR"), said(0, 9, 500, 500, source="AFP", derived_from="OHCHR")]
    assert "another number (500 for 100)" in cs.Ledger(reports(*rows)).audit["reason"][1]


def test_partitions_cross_below_a_partition() -> None:
    partition = {
        "": [["civilian", "fighter"]],
        "civilian": [["civilian/female", "civilian/male"], ["civilian/child", "civilian/adult"]],
    }
    rows = [said(0, 0, 30, 30, group="civilian/female/child"), said(0, 0, 20, 20, group="civilian/child", source="B")]
    ledger = cs.Ledger(reports(*rows), partition=partition)
    assert ledger.contradictions()[0].apart == 10


def test_two_bulletins_of_24_hours_are_two_windows() -> None:
    rows = [said(0, 1, n, n, hours=24, published=day(n)) for n in (2, 3)]
    assert cs.Ledger(reports(*rows), as_of=day(20)).consistent


def test_a_start_that_may_lie_after_the_last_possible_end() -> None:
    rows = [
        {"kind": "cumulative", "start": LATE, "end": day(18), "value": 5, "group": "fighter"},
        {"kind": "cumulative", "start": LATE, "end": day(4), "value": 8},
    ]
    ledger = cs.Ledger(reports(*rows))
    assert ledger.consistent
    assert ledger.bounds().low == 8


def test_trust_where_reports_contradict_only_together() -> None:
    rows = [said(0, 9, 100, 100), said(0, 4, 60, 60, source="B"), said(5, 9, 60, 60, source="B")]
    ledger = cs.Ledger(reports(*rows))
    assert str(ledger.bounds(trust=["A", "B"])) == "100"
    assert str(ledger.bounds(trust=["B", "A"])) == "120"
    alone = [said(0, 9, 1, 1), said(0, 9, 2, 2)]
    with pytest.raises(ContradictionError):
        cs.Ledger(reports(*alone)).bounds(trust=["A"])


def test_many_places_are_answered_at_once() -> None:
    rows = [said(0, 6, n % 9, n % 9, place=f"Syria/{n}") for n in range(400)]
    frame = cs.Ledger(reports(*rows)).bounds_by(timedelta(days=7), by=["place"])
    assert frame.filter(frame["high"].is_not_null()).height == 400
