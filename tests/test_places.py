"""Paths contain by steps, zones by their members, and relations of two places mirror each other."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import PlacesError
from casualtystats.places import Places, Relation, path_relation, split_path

STEPS = st.sampled_from(["Syria", "Idlib", "Hama", "north", "south"])
PATHS = st.lists(STEPS, max_size=3).map("/".join)
MEMBERS = st.lists(PATHS.filter(bool), min_size=1, max_size=3).map(tuple)
ZONES = st.dictionaries(st.sampled_from(["zone A", "zone B"]), MEMBERS)
MIRROR: dict[Relation, Relation] = {
    "equal": "equal",
    "contains": "within",
    "within": "contains",
    "overlaps": "overlaps",
    "disjoint": "disjoint",
}
NORTH_WEST = Places({"north-west": ("Syria/Idlib", "Syria/Hama/north")}, {"Syria/Idlib": "Idlib Governorate"})


@given(PATHS, PATHS)
def test_relations_of_paths_mirror_each_other(a: str, b: str) -> None:
    assert path_relation(b, a) == MIRROR[path_relation(a, b)]


@given(PATHS, PATHS, PATHS)
def test_containing_is_transitive(a: str, b: str, c: str) -> None:
    holds = {"equal", "contains"}
    if path_relation(a, b) in holds and path_relation(b, c) in holds:
        assert path_relation(a, c) in holds


@given(PATHS, PATHS)
def test_a_path_contains_whatever_is_written_below_it(a: str, b: str) -> None:
    below = "/".join(filter(None, (a, b)))
    assert path_relation(a, below) == ("contains" if b else "equal")


@given(ZONES, st.data())
def test_relations_of_places_mirror_each_other(zones: dict[str, tuple[str, ...]], data: st.DataObject) -> None:
    places = Places(zones)
    names = st.sampled_from([*zones, ""]) | PATHS
    a, b = data.draw(names), data.draw(names)
    assert places.relation(b, a) == MIRROR[places.relation(a, b)]
    assert places.relation(a, a) == "equal"


@given(ZONES)
def test_everywhere_holds_every_zone_and_a_zone_its_members(zones: dict[str, tuple[str, ...]]) -> None:
    places = Places(zones)
    for zone, members in zones.items():
        assert places.relation("", zone) == "contains"
        for member in members:
            assert places.relation(zone, member) in {"contains", "equal"}


@pytest.mark.parametrize(
    ("a", "b", "relation"),
    [
        ("Syria/Idlib", "Syria/Idlib/Kafranbel", "contains"),
        ("Syria/Idlib", "Syria/Idlib West", "disjoint"),
        (None, "Syria", "contains"),
        (None, "", "equal"),
        ("north-west", "Syria/Idlib/Kafranbel", "contains"),
        ("north-west", "Syria", "within"),
        ("Syria/Hama", "north-west", "overlaps"),
        ("Syria/Hama/south", "north-west", "disjoint"),
        ("north-west", None, "within"),
    ],
)
def test_relations(a: str | None, b: str | None, relation: Relation) -> None:
    assert NORTH_WEST.relation(a, b) == relation


def test_two_zones_with_the_same_members_are_one_place() -> None:
    places = Places({"de-escalation zone": ("Syria/Idlib",), "enclave": ("Syria/Idlib",)})
    assert places.relation("de-escalation zone", "enclave") == "equal"


def test_names_and_members() -> None:
    assert NORTH_WEST.name("Syria/Idlib") == "Idlib Governorate"
    assert NORTH_WEST.name("Syria/Hama") == "Hama"
    assert NORTH_WEST.name("north-west") == "north-west"
    assert NORTH_WEST.name(None) == "everywhere"
    assert NORTH_WEST.members("north-west") == ("Syria/Idlib", "Syria/Hama/north")
    assert NORTH_WEST.members("Syria") == ("Syria",)
    assert NORTH_WEST.members(None) == ("",)
    assert split_path(" Syria / Idlib ") == ("Syria", "Idlib")


@pytest.mark.parametrize("zones", [{"": ("Syria",)}, {"empty": ()}, {"blank": ("",)}])
def test_zones_need_a_name_and_members(zones: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(PlacesError, match="at least one member"):
        Places(zones)


def test_zones_do_not_nest() -> None:
    with pytest.raises(PlacesError, match="list its members"):
        Places({"inner": ("Syria",), "outer": ("inner",)})


def write(folder: Path, text: str) -> Path:
    file = folder / "places.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_table_of_places(tmp_path: Path) -> None:
    rows = [
        "place,name,type,members,note",
        "Syria/Idlib,Idlib,place,,",
        "nw,North-west,zone,Syria/Idlib; Syria/Hama,both",
    ]
    places = Places.read(write(tmp_path, "\n".join(rows)))
    assert places.zones == {"nw": ("Syria/Idlib", "Syria/Hama")}
    assert places.name("nw") == "North-west"


def test_a_table_of_places_with_the_least_columns(tmp_path: Path) -> None:
    places = Places.read(write(tmp_path, "place,type\nSyria/Idlib,place\n"))
    assert places.name("Syria/Idlib") == "Syria/Idlib"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("place,name\nSyria,Syria\n", "expected the columns place and type"),
        ("place,type\nSyria,place\nSyria,place\n", "row 2: expected a place that is named once"),
        ("place,type\n,place\n", "row 1: expected a place"),
        ("place,type\nSyria,region\n", "expected type place or zone"),
        ("place,type,members\nnw,zone,\n", "at least one member"),
        ("", "expected a CSV file of places"),
    ],
)
def test_tables_that_contradict_themselves(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PlacesError, match=message):
        Places.read(write(tmp_path, text))


def test_a_table_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(PlacesError, match="expected a CSV file of places"):
        Places.read(tmp_path / "none.csv")
