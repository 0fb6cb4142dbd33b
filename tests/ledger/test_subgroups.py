"""Parts, shares and ratios: bounds of published splits, against every assignment of whole counts, and parts above wholes."""

from __future__ import annotations

from itertools import product
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import given, settings
from ledger_reports import day, reports, said

from casualtystats.errors import ContradictionError, OptionError
from casualtystats.ledger.ledger import Ledger
from casualtystats.ledger.subgroups import REST
from casualtystats.places import Places

MOST = 2
# Children, other civilians, fighters, everybody else.
GROUPS: dict[str | None, tuple[int, ...]] = {
    None: (0, 1, 2, 3),
    "civilian": (0, 1),
    "civilian/child": (0,),
    "fighter": (2,),
}
SPLIT = {"": [["female", "male"], ["child", "adult"]]}


def group(name: str | None, low: int, high: int | None, **more: Any) -> dict[str, Any]:
    return said(0, 9, low, high, group=name, **more)


@st.composite
def splits(draw: st.DrawFn) -> tuple[dict[str | None, tuple[int, int | None]], list[tuple[int, ...]]]:
    """Bounds on some groups that some counts meet, and every assignment of small counts that meets them."""
    true = draw(st.tuples(*(st.integers(0, MOST) for _ in range(4))))
    told: dict[str | None, tuple[int, int | None]] = {}
    for name in draw(st.lists(st.sampled_from(list(GROUPS)), min_size=1, max_size=4, unique=True)):
        count = sum(true[cell] for cell in GROUPS[name])
        low = max(0, count - draw(st.integers(0, 2)))
        high = draw(st.one_of(st.none(), st.integers(count, count + 1)))
        told[name] = (low, count if low == 0 and high is None else high)
    met = [
        counts
        for counts in product(range(2 * MOST + 1), repeat=4)
        if all(
            low <= sum(counts[c] for c in GROUPS[name]) <= (99 if high is None else high)
            for name, (low, high) in told.items()
        )
    ]
    return told, met


def ledger_of(told: dict[str | None, tuple[int, int | None]]) -> Ledger:
    return Ledger(reports(*(group(name, low, high) for name, (low, high) in told.items())))


@settings(max_examples=60, deadline=None)
@given(splits())
def test_ratio_bounds_hold_for_every_assignment(
    some: tuple[dict[str | None, tuple[int, int | None]], list[tuple[int, ...]]],
) -> None:
    told, met = some
    ledger = ledger_of(told)
    either = ledger.ratio("civilian", "fighter")
    apart = ledger.ratio("civilian", "fighter", unknown="apart")
    for child, adult, fighter, unknown in met:
        for moved in range(unknown + 1):
            top, bottom = child + adult + moved, fighter + unknown - moved
            if bottom:
                assert either.low <= top / bottom + 1e-6
                assert either.high is None or top / bottom <= either.high + 1e-6
        if fighter:
            assert apart.low <= (child + adult) / fighter + 1e-6
            assert apart.high is None or (child + adult) / fighter <= apart.high + 1e-6
        # The denominator may be 0: there is no upper bound.
        if fighter == 0 and child + adult > 0:
            assert either.high is None
            assert apart.high is None
    if any(fighter for _, _, fighter, _ in met):
        assert either.low <= apart.low + 1e-9
    assert apart.high is None or either.high is None or either.high >= apart.high


@settings(max_examples=60, deadline=None)
@given(splits(), st.sampled_from([None, "civilian"]))
def test_share_bounds_hold_for_every_assignment_and_are_met(
    some: tuple[dict[str | None, tuple[int, int | None]], list[tuple[int, ...]]], whole: str | None
) -> None:
    told, met = some
    ledger = ledger_of(told)
    found = ledger.parts(whole or "")
    cells = {
        name: GROUPS[name]
        for name in found["part"].to_list()
        if name != REST
    }  # fmt: skip
    rest = [cell for cell in GROUPS[whole] if not any(cell in own for own in cells.values())]
    for name, low, high, share_low, share_high in found.rows():
        own = rest if name == REST else cells[name]
        counts = [(sum(x[c] for c in own), sum(x[c] for c in GROUPS[whole])) for x in met]
        assert all(low <= part and (high is None or part <= high) for part, _ in counts)
        shares = [part / total for part, total in counts if total]
        if not shares:
            continue
        assert share_low is not None
        assert share_high is not None
        assert 0 <= share_low <= min(shares) + 1e-6
        assert max(shares) - 1e-6 <= share_high <= 1
        # Dividing bounds is never tighter.
        total = ledger.bounds(group=whole or "")
        if total.high:
            assert share_low >= low / total.high - 1e-6
        if total.low and high is not None:
            assert share_high <= max(high / total.low, 0) + 1e-6
    assert found["part"].to_list()[-1] == REST


def test_parts_of_a_whole_by_hand() -> None:
    """100, of whom exactly 30 children and "at least 15 women": 15 to 70 women, up to 55 others."""
    ledger = Ledger(
        reports(group("civilian", 100, 100), group("civilian/woman", 15, None), group("civilian/child", 30, 30))
    )
    assert ledger.parts().rows() == [
        ("civilian/child", 30, 30, 0.3, 0.3), ("civilian/woman", 15, 70, 0.15, 0.7), (REST, 0, 55, 0.0, 0.55),
    ]  # fmt: skip
    assert ledger.parts(period=f"{day(0)}/{day(9)}").equals(ledger.parts())
    half = ledger.parts("civilian", f"{day(0)}/{day(4)}")
    assert half["low"].to_list() == [0, 0, 0]


def test_a_floor_on_a_part_is_a_floor_on_the_whole() -> None:
    ledger = Ledger(reports(group("civilian", 0, 100), group("civilian/woman", 15, None)))
    assert ledger.bounds(group="civilian").low == 15
    assert ledger.parts("civilian").row(0) == ("civilian/woman", 15, 100, 0.0 + 15 / 100, 1.0)


def test_a_share_is_tighter_than_divided_bounds() -> None:
    """50 to 100 in all of whom 10 are not civilians: 40 to 90 civilians, a share of 80 to 90 %, not of 40 % and more."""
    ledger = Ledger(reports(group(None, 50, 100), group("civilian", 0, 90), group("other", 10, 10)), partition=None)
    row = ledger.parts("").filter(pl.col("part") == "other").row(0)
    assert row == ("other", 10, 10, 0.1, 0.2)


def test_two_crossing_splits_have_frechet_bounds() -> None:
    """100, 60 female, 50 children: 10 to 50 female children."""
    ledger = Ledger(reports(group(None, 100, 100), group("female", 60, 60), group("child", 50, 50)), partition=SPLIT)
    found = ledger.bounds(group="female/child")
    assert (found.low, found.high) == (10, 50)
    parts = ledger.parts("")
    assert parts.select("part", "low", "high").rows() == [
        ("adult", 50, 50), ("child", 50, 50), ("female", 60, 60), ("male", 40, 40),
    ]  # fmt: skip
    assert REST not in parts["part"].to_list()
    named = ledger.parts("female")
    assert named["part"].to_list() == [REST]


def test_a_path_that_crosses_splits_names_no_new_part() -> None:
    ledger = Ledger(reports(group(None, 100, 100), group("female/child", 20, 20)), partition=SPLIT)
    assert ledger.parts("")["part"].to_list() == ["adult", "child", "female", "male"]


def test_sides_alone_are_a_floor_on_the_total() -> None:
    """A recorder attributes 662 deaths to one side and publishes no total: at least 662."""
    ledger = Ledger(reports(said(0, 9, 662, None, perpetrator="A"), said(0, 9, 60, 60, perpetrator="B")))
    assert (ledger.bounds().low, ledger.bounds().high) == (722, None)
    assert ledger.bounds(perpetrator="A").low == 662
    found = ledger.parts(by="perpetrator")
    assert found.rows() == [
        ("A", 662, None, 0.0, 1.0), ("B", 60, 60, 0.0, round(60 / 722, 9)), (REST, 0, None, 0.0, round(1.0, 9)),
    ]  # fmt: skip


def test_those_of_unknown_status_are_never_dropped() -> None:
    ledger = Ledger(reports(group(None, 100, 100), group("civilian", 60, 60), group("fighter", 20, 20)))
    either = ledger.ratio("civilian", "fighter")
    assert (either.low, either.best, either.high) == (1.5, None, 4)
    assert "Those in neither group (20) may belong to either" in either.note
    assert "ratio of violent deaths of civilians to violent deaths of fighters" in either.about
    apart = ledger.ratio("civilian", "fighter", unknown="apart")
    assert (apart.low, apart.high) == (3, 3)
    assert "Those in neither group (20) are left out of both" in apart.note


def test_without_a_total_the_unknown_have_no_bound() -> None:
    ledger = Ledger(reports(group("civilian", 60, 60), group("fighter", 20, 20)))
    found = ledger.ratio("civilian", "fighter")
    assert (found.low, found.high) == (0, None)
    assert "not bounded" in found.note
    assert ledger.ratio("civilian", "fighter", unknown="apart").high == 3
    whole = Ledger(
        reports(group("civilian", 60, 60), group("fighter", 20, 20)), partition={"": [["civilian", "fighter"]]}
    ).ratio("civilian", "fighter")
    assert (whole.low, whole.high, whole.note) == (3, 3, "")


def test_a_ratio_inside_a_larger_group_asks_only_for_its_own_unknown() -> None:
    rows = (
        group("civilian", 50, 50),
        group("civilian/woman", 20, 20),
        group("civilian/child", 10, 10),
        group("fighter", 5, None),
    )
    found = Ledger(reports(*rows)).ratio("civilian/woman", "civilian/child")
    assert (found.low, found.high) == (round(20 / 30, 9), 4)


def test_a_denominator_of_0_leaves_no_high() -> None:
    ledger = Ledger(reports(group("civilian", 60, 60), group("fighter", 0, 20)))
    found = ledger.ratio("civilian", "fighter", unknown="apart")
    assert (found.low, found.high) == (3, None)
    assert "denominator may be 0" in found.note
    none = Ledger(reports(group("civilian", 0, 0), group("fighter", 0, 0), group(None, 0, 0)))
    assert (none.ratio("civilian", "fighter").low, none.ratio("civilian", "fighter").high) == (0, None)
    assert none.parts("")["share_low"].to_list() == [None] * 3
    unbounded = Ledger(reports(group("civilian", 60, None), group("fighter", 20, 20)))
    assert unbounded.ratio("civilian", "fighter", unknown="apart").high is None


def test_fuzzy_ends_and_places_leave_bounds_that_hold() -> None:
    rows = (
        said(0, 9, 100, 100, place="A"), said(0, 9, 60, 60, place="A", group="civilian"),
        said(2, 7, 30, 40, place="B", group="civilian"), said(0, 12, 5, 30, place="B"),
    )  # fmt: skip
    ledger = Ledger(reports(*rows))
    there = ledger.parts(period=f"{day(0)}/{day(9)}", place="A")
    assert there.row(0) == ("civilian", 60, 60, 0.6, 0.6)
    # Days on which a place has no report have no high, and may hold all or nothing.
    assert ledger.parts(place="A").row(0) == ("civilian", 60, None, 0.0, 1.0)
    fuzzy = ledger.parts("", f"[{day(0)}..{day(2)}]/{day(9)}", place="A")
    assert fuzzy["low"].to_list() == [0, 0]
    assert fuzzy["high"].to_list() == [60, 40]


@pytest.mark.parametrize(
    ("numerator", "denominator"),
    [("civilian", "civilian/child"), ("civilian/child", "civilian"), ("civilian", "civilian"), ("", "fighter")],
)
def test_groups_that_overlap_have_no_ratio(numerator: str, denominator: str) -> None:
    ledger = Ledger(reports(group("civilian", 60, 60)))
    with pytest.raises(OptionError, match="share nobody"):
        ledger.ratio(numerator, denominator)


def test_crossing_parts_overlap() -> None:
    ledger = Ledger(reports(group(None, 100, 100)), partition=SPLIT)
    with pytest.raises(OptionError, match="share nobody"):
        ledger.ratio("female", "child")


def test_options_that_are_not_known_are_refused() -> None:
    ledger = Ledger(reports(group("civilian", 60, 60)))
    wrong: Any = "source"
    with pytest.raises(OptionError, match="expected by= 'group' or 'perpetrator', got 'source'"):
        ledger.parts(by=wrong)
    with pytest.raises(OptionError, match="expected unknown= 'either' or 'apart'"):
        ledger.ratio("civilian", "fighter", unknown=wrong)


def test_a_part_above_its_whole_is_named_by_row_and_amount() -> None:
    rows = (
        group("civilian", 50, 50, report_id="civ"), group("fighter", 3, 3, report_id="men"),
        group("civilian/woman", 60, 60, report_id="civ-women"),
    )  # fmt: skip
    ledger = Ledger(reports(*rows))
    words = r"row 3 \(civ-women\): 60 of group civilian/woman is 10 more than the 50 of row 1 \(civ\)"
    for call in (ledger.bounds, ledger.parts, lambda: ledger.ratio("civilian", "fighter")):
        with pytest.raises(ContradictionError, match=words):
            call()
    assert ledger.contradictions()[0].apart == 10
    assert ledger.parts("civilian", relax="least")["part"].to_list() == ["civilian/woman", REST]


def test_several_parts_above_their_whole() -> None:
    rows = (
        group("civilian", 50, 50, report_id="civ"), group("civilian/woman", 30, 30, report_id="w"),
        group("civilian/child", 25, 25, report_id="c"),
    )  # fmt: skip
    sentence = Ledger(reports(*rows)).contradictions()[0].sentence
    assert "row 2 (w): 30 of group civilian/woman" in sentence
    assert "row 3 (c): 25 of group civilian/child" in sentence
    assert "together, 55, are 5 more than the 50 of row 1 (civ)" in sentence


def test_a_part_in_a_shorter_period() -> None:
    rows = (said(0, 9, 50, 50, place="A"), said(2, 3, 60, None, place="A", group="civilian"))
    sentence = Ledger(reports(*rows)).contradictions()[0].sentence
    assert "row 2 (r1): 60 of group civilian is 10 more than the 50 of row 1 (r0)" in sentence


def test_a_part_in_a_shorter_period_and_a_smaller_place() -> None:
    rows = (said(0, 9, 50, 50, place="A"), said(2, 3, 60, None, place="A/b"))
    sentence = Ledger(reports(*rows)).contradictions()[0].sentence
    assert "row 2 (r1): 60 of place A/b is 10 more than the 50 of row 1 (r0)" in sentence


def test_of_a_zone_it_is_asked_whether_both_mean_the_same_area() -> None:
    rows = (said(0, 9, 50, 50, place="zone"), said(2, 3, 60, None, place="A"))
    sentence = Ledger(reports(*rows, places=Places({"zone": ("A", "B")}))).contradictions()[0].sentence
    assert "row" not in sentence
    assert "10 apart, if both mean the same area" in sentence


def test_other_contradictions_are_told_without_parts() -> None:
    same = Ledger(reports(group("civilian", 50, 50), group("civilian", 60, 60))).contradictions()[0].sentence
    assert "row" not in same
    longer = Ledger(reports(said(0, 4, 9, 9), said(0, 9, 20, 20), said(5, 9, 30, 30))).contradictions()
    assert all("row" not in one.sentence for one in longer)
    split = Ledger(
        reports(group("civilian", 50, 50), group("civilian/woman", 0, 10), group("civilian/man", 0, 10)),
        partition={"civilian": [["civilian/woman", "civilian/man"]]},
    )
    assert "row" not in split.contradictions()[0].sentence
