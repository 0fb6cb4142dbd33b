"""Leaves of groups and places against cells that are counted out one by one."""

from __future__ import annotations

from itertools import product

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from casualtystats.errors import OptionError, PlacesError
from casualtystats.ledger.solve.leaves import check_partition, group_leaves, place_leaves
from casualtystats.places import Places, path_relation

PATHS = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map("/".join)
SEXES, AGES = ("female", "male"), ("child", "adult", "unknown")
CROSSED = {"civilian": [[f"civilian/{name}" for name in SEXES], [f"civilian/{name}" for name in AGES]]}


@given(st.lists(PATHS, min_size=1, max_size=6, unique=True))
def test_leaves_relate_as_their_paths_do(paths: list[str]) -> None:
    leaves = group_leaves([None, *paths], {})
    assert leaves.sets[None] == frozenset(range(leaves.number))
    for a, b in product(paths, repeat=2):
        inner, outer = leaves.sets[a], leaves.sets[b]
        relation = path_relation(a, b)
        assert (inner == outer) == (relation == "equal")
        assert (inner < outer) == (relation == "within")
        assert inner.isdisjoint(outer) == (relation == "disjoint")
    # Something is always left over: who is in no named part is not forgotten.
    assert frozenset().union(*(leaves.sets[path] for path in paths)) < leaves.sets[None]


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["civilian", *(f"civilian/{name}" for name in (*SEXES, *AGES)),
    *(f"civilian/{a}/{b}" for a in SEXES for b in AGES), *(f"civilian/{b}/{a}" for a in SEXES for b in AGES), "fighter",
    None]), min_size=1, max_size=6, unique=True))  # fmt: skip
def test_crossing_partitions_are_the_cells_of_a_table(names: list[str | None]) -> None:
    leaves = group_leaves(names, check_partition(CROSSED))
    # Every cell of sex x age, fighters, and everybody else.
    cells = [*product(SEXES, AGES), ("fighter",), ("else",)]

    def inside(name: str | None) -> set[int]:
        steps = [] if name is None else name.split("/")
        if steps[:1] == ["civilian"]:
            return {at for at, cell in enumerate(cells) if len(cell) == 2 and set(steps[1:]) <= set(cell)}
        return {at for at, cell in enumerate(cells) if not steps or cell == tuple(steps)}

    for a, b in product(names, repeat=2):
        assert (leaves.sets[a] <= leaves.sets[b]) == (inside(a) <= inside(b))
        assert leaves.sets[a].isdisjoint(leaves.sets[b]) == inside(a).isdisjoint(inside(b))
        if (union := inside(a) | inside(b)) == inside("civilian"):
            assert (
                leaves.sets[a] | leaves.sets[b]
                >= group_leaves([*names, "civilian"], check_partition(CROSSED)).sets["civilian"]
            )
            assert len(union) == len(SEXES) * len(AGES)


def test_a_partition_leaves_nothing_over() -> None:
    split = check_partition({"": [["civilian", "fighter"]]})
    leaves = group_leaves([None, "civilian"], split)
    assert (leaves.number, len(leaves.sets["civilian"])) == (2, 1)
    assert group_leaves([None, "civilian", "press"], split).number == 4
    both = group_leaves(["civilian/female", "civilian/child", "civilian/female/child"], check_partition(CROSSED))
    assert both.sets["civilian/female"] & both.sets["civilian/child"] == both.sets["civilian/female/child"]
    assert len(both.sets["civilian/female/child"]) == 1


def test_a_part_may_be_split_further() -> None:
    leaves = group_leaves(["civilian/female/pregnant", "civilian/female"], check_partition(CROSSED))
    assert leaves.sets["civilian/female/pregnant"] < leaves.sets["civilian/female"]
    nested = check_partition({"": [["civilian", "fighter"]], "civilian": [["civilian/child", "civilian/adult"]]})
    found = group_leaves([None, "civilian", "civilian/child", "civilian/adult", "fighter"], nested)
    assert found.number == 3
    assert found.sets["civilian/child"] | found.sets["civilian/adult"] == found.sets["civilian"]


@pytest.mark.parametrize(
    "partition",
    [
        {"civilian": [["civilian/child"]]},
        {"civilian": [["civilian/child", "fighter/child"]]},
        {"civilian": [["civilian/child", "civilian/child"]]},
        {"civilian": [["civilian/a", "civilian/b"], ["civilian/a", "civilian/c"]]},
        {"civilian": ["civilian/child", "civilian/adult"]},
        {"civilian": []},
    ],
)
def test_a_partition_that_is_none_is_refused(partition: dict[str, list[list[str]]]) -> None:
    with pytest.raises(OptionError, match="expected"):
        check_partition(partition)


ZONES = Places({"zone": ("S/a", "S/b/n"), "other": ("S/b", "S/c")})
# The smallest places that these names can tell apart.
GROUND = {"S/a": {"a"}, "S/b": {"bn", "bo"}, "S/b/n": {"bn"}, "S/c": {"c"}, "S": {"a", "bn", "bo", "c", "S"}}
NAMED = GROUND | {"zone": {"a", "bn"}, "other": {"bn", "bo", "c"}}


@given(st.lists(st.sampled_from(list(NAMED)), min_size=1, max_size=7, unique=True))
def test_zones_are_the_leaves_of_their_members(names: list[str]) -> None:
    leaves = place_leaves(names, ZONES)
    for a, b in product(names, repeat=2):
        assert (leaves.sets[a] <= leaves.sets[b]) == (NAMED[a] <= NAMED[b])
        assert leaves.sets[a].isdisjoint(leaves.sets[b]) == NAMED[a].isdisjoint(NAMED[b])


def test_a_path_below_a_zone_lies_somewhere_in_it() -> None:
    leaves = place_leaves(["zone", "zone/town", "zone/town/east", "zone/hill", "S/a", "S/c", "S"], ZONES)
    town = leaves.sets["zone/town"]
    assert leaves.sets["zone/town/east"] < town < leaves.sets["zone"] < leaves.sets["S"]
    assert town.isdisjoint(leaves.sets["zone/hill"])
    # In which member it lies is not known: it may be inside or outside of each.
    assert town & leaves.sets["S/a"]
    assert town - leaves.sets["S/a"]
    assert town.isdisjoint(leaves.sets["S/c"])


def test_paths_below_two_zones_may_share_ground() -> None:
    leaves = place_leaves(["zone/x", "other/y", "zone", "other"], ZONES)
    assert leaves.sets["zone/x"] & leaves.sets["other/y"]
    assert leaves.sets["zone/x"] <= leaves.sets["zone"]
    assert leaves.sets["other/y"] <= leaves.sets["other"]


def test_a_zone_below_a_zone_is_refused() -> None:
    with pytest.raises(PlacesError, match="below one zone"):
        place_leaves(["zone/other"], ZONES)
