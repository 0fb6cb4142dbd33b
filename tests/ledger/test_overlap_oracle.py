"""Overlaps, keys and zones against brute force: every value is written out as a set of smallest parts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import DoubleCountError, PlacesError
from casualtystats.ledger import DIMENSIONS, Keys, find_overlaps
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.testing import reports_of

DAY = timedelta(days=1)
# No deadline: runs share their cores. Under CI Hypothesis takes the same examples on every run.
USUAL = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
MORE = settings(USUAL, max_examples=30)
FIRST = date(2019, 12, 27)
PATHS = ("A", "A/x", "A/x/1", "A/y", "A/xx", "B", "B/z", "C")
ZONES = {"north": ("A/x", "B"), "south": ("A/y", "B/z"), "all of A": ("A",), "twice": ("A", "A/x")}
GROUPS = ("civilian", "civilian/child", "civilian/woman", "fighter")
SIDES = ("government", "government/army", "opposition")


def parts(paths: tuple[str, ...]) -> dict[str | None, frozenset[str]]:
    """Each path as the set of itself and the paths under it; None (all) has a part beyond every path."""
    table: dict[str | None, frozenset[str]] = {
        path: frozenset(other for other in paths if other == path or other.startswith(path + "/")) for path in paths
    }
    return table | {None: frozenset(paths) | {"elsewhere"}}


AREAS = parts(PATHS)
ZONED = AREAS | {name: frozenset[str]().union(*(AREAS[one] for one in members)) for name, members in ZONES.items()}
TABLES: dict[str, dict[str | None, frozenset[str]]] = {
    "place": ZONED, "group": parts(GROUPS), "perpetrator": parts(SIDES), "destination": ZONED,
}  # fmt: skip
PLACES = Places(ZONES)
Row = dict[str, Any]


def meet(a: Row, b: Row) -> bool:
    return all(TABLES[name][a[name]] & TABLES[name][b[name]] for name in DIMENSIONS)


def nested(a: Row, b: Row) -> bool:
    """Whether the place or group of one strictly contains that of the other."""
    return any(TABLES[n][a[n]] < TABLES[n][b[n]] or TABLES[n][b[n]] < TABLES[n][a[n]] for n in ("place", "group"))


def days(row: Row) -> set[date]:
    return {row["start_earliest"] + n * DAY for n in range((row["end_latest"] - row["start_earliest"]).days + 1)}


def surely(whole: Row, part: Row) -> bool:
    """Whether one period lies in the other whatever days their ends are; ends fuzzy in the same way are one day."""

    def range_(row: Row, end: str) -> set[date]:
        first, last = row[f"{end}_earliest"], row[f"{end}_latest"]
        return {first + n * DAY for n in range((last - first).days + 1)}

    starts, ends = (range_(whole, "start"), range_(part, "start")), (range_(whole, "end"), range_(part, "end"))
    begins = starts[0] == starts[1] or all(w <= p for w in starts[0] for p in starts[1])
    return begins and (ends[0] == ends[1] or all(p <= w for w in ends[0] for p in ends[1]))


def brute(
    rows: list[Row], *, nested_only: bool = False, apart: tuple[str, ...] = ()
) -> dict[frozenset[str], set[date]]:
    found: dict[frozenset[str], set[date]] = {}
    for a, b in combinations(rows, 2):
        shared = days(a) & days(b)
        compared = all((a[name] or "") == (b[name] or "") for name in apart)
        if shared and compared and meet(a, b) and (not nested_only or nested(a, b)):
            found[frozenset((a["report_id"], b["report_id"]))] = shared
    return found


def some_of(values: tuple[str, ...] | dict[str, Any]) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), st.sampled_from(list(values)))


@st.composite
def rows_of(draw: st.DrawFn, max_size: int = 6) -> list[Row]:
    found: list[Row] = []
    # Mostly one dimension varies: with all four free, almost nothing meets.
    free = draw(st.sets(st.sampled_from(DIMENSIONS), max_size=3))
    values = {
        "place": some_of((*PATHS, *ZONES)), "group": some_of(GROUPS), "perpetrator": some_of(SIDES),
        "destination": some_of((*PATHS, *ZONES)),
    }  # fmt: skip
    for number in range(draw(st.integers(1, max_size))):
        start, length = draw(st.integers(0, 12)), draw(st.integers(1, 6))
        slack = draw(st.integers(0, length - 1))
        first, last = FIRST + start * DAY, FIRST + (start + length - 1) * DAY
        found.append(
            {name: draw(values[name]) if name in free else None for name in DIMENSIONS}
            | {"report_id": f"r{number}", "start_earliest": first, "start_latest": first + slack * DAY,
               "end_earliest": last - draw(st.integers(0, length - 1)) * DAY, "end_latest": last, "value": 1,
               "source": draw(st.sampled_from([None, "P", "Q"]))}
        )  # fmt: skip
    return found


@MORE
@given(rows_of(), st.booleans(), st.sampled_from([(), ("source",), ("perpetrator", "source")]))
def test_overlaps(rows: list[Row], nested_only: bool, apart: tuple[str, ...]) -> None:
    frame = reports_of(rows, places=PLACES).frame.lazy()
    found = find_overlaps(frame, Keys.of(frame, PLACES), apart=apart, nested_only=nested_only)
    expected = brute(rows, nested_only=nested_only, apart=apart)
    got = {frozenset((one.first, one.second)): one for one in found}
    assert len(got) == len(found)
    assert set(got) == set(expected)
    for pair, one in got.items():
        assert (one.start, one.end) == (min(expected[pair]), max(expected[pair]))
        assert f"{one.first} and {one.second} share {one.start}" in str(one)


@MORE
@given(rows_of(), st.sampled_from(["raise", "add"]), st.booleans())
def test_rules_refuse_what_overlaps(rows: list[Row], rule: Any, declared: bool) -> None:
    origin = Origin("maker", "events", separate_events=declared)
    reports = reports_of([row | {"published_earliest": None} for row in rows], places=PLACES, origin=origin)
    expected = brute(rows, nested_only=rule == "add")
    if expected and not (rule == "add" and declared):
        with pytest.raises(DoubleCountError, match="share") as caught:
            cs.deaths(reports, overlap=rule)
        assert any(all(name in str(caught.value) for name in pair) for pair in expected)
    else:
        assert cs.deaths(reports, overlap=rule).total().low == len(rows)


@USUAL
@given(rows_of(max_size=8))
def test_related_keys(rows: list[Row]) -> None:
    frame = reports_of(rows, places=PLACES).frame.lazy()
    keys = Keys.of(frame, PLACES)
    named = [dict(zip(DIMENSIONS, key, strict=True)) for key in keys.values]
    assert {tuple(key) for key in keys.values} == {tuple(row[name] for name in DIMENSIONS) for row in rows}
    both = [(i, j) for i in range(len(named)) for j in range(len(named)) if i != j and meet(named[i], named[j])]
    assert sorted(keys.related()) == both
    strict = [
        (i, j) for i, j in both
        if any(TABLES[name][named[i][name]] > TABLES[name][named[j][name]] for name in ("place", "group"))
    ]  # fmt: skip
    assert sorted(keys.related(strict=True)) == strict
    for i, one in enumerate(named):
        for j, other in enumerate(named):
            holds = all(TABLES[name][one[name]] >= TABLES[name][other[name]] for name in DIMENSIONS)
            assert keys.holds(keys.values[i], keys.values[j]) == holds


@USUAL
@given(rows_of(max_size=5))
def test_scope_is_the_one_value_that_holds_all_others(rows: list[Row]) -> None:
    keys = Keys.of(reports_of(rows, places=PLACES).frame.lazy(), PLACES)
    scope = keys.scope({})
    for name in DIMENSIONS:
        values = {row[name] for row in rows}
        table = TABLES[name]
        tops = [a for a in values if all(table[a] >= table[b] for b in values)]
        assert scope[name] in tops if tops else scope[name] is None
    assert keys.scope({"place": "Q"})["place"] == "Q"


def test_places_of_every_pair() -> None:
    for a, left in ZONED.items():
        for b, right in ZONED.items():
            relation = PLACES.relation(a, b)
            if left == right:
                assert relation == "equal"
            elif left > right:
                assert relation == "contains"
            elif left < right:
                assert relation == "within"
            else:
                assert relation == ("overlaps" if left & right else "disjoint")


def test_zones_that_contradict_themselves() -> None:
    for zones in ({"": ("A",)}, {"north": ()}, {"north": ("",)}, {"north": ("south",), "south": ("A",)}):
        with pytest.raises(PlacesError, match="expected"):
            Places(zones)


def test_many_overlaps_are_counted_and_the_first_are_named() -> None:
    rows = [{"report_id": f"r{n:02}", "start_earliest": FIRST, "value": 1} for n in range(30)]
    frame = reports_of(rows).frame.lazy()
    assert len(find_overlaps(frame, Keys.of(frame, Places()))) == 20
    with pytest.raises(DoubleCountError, match=r"r00 and r01 share 2019-12-27.*and at least 14 more pairs"):
        cs.deaths(reports_of(rows))


@USUAL
@given(rows_of(max_size=5))
def test_relations_of_single_reports(rows: list[Row]) -> None:
    from casualtystats.ledger import relations

    lines = relations(reports_of(rows, places=PLACES).frame, PLACES)
    assert lines.height == len(rows) * (len(rows) - 1) // 2
    known = {row["report_id"]: row for row in rows}
    for one, relation, other, reason in lines.rows():
        a, b = known[one], known[other]
        pairs = [(TABLES[n][a[n]], TABLES[n][b[n]]) for n in DIMENSIONS]
        if not days(a) & days(b) or any(not left & right for left, right in pairs):  # type: ignore[operator]
            expected = "disjoint"
        elif surely(a, b) and surely(b, a) and all(left == right for left, right in pairs):
            expected = "equal"
        elif surely(a, b) and all(left >= right for left, right in pairs):  # type: ignore[operator]
            expected = "contains"
        elif surely(b, a) and all(left <= right for left, right in pairs):  # type: ignore[operator]
            expected = "within"
        else:
            expected = "overlaps"
        assert relation == expected
        assert reason
    assert relations(pl.DataFrame(schema=reports_of(rows).frame.schema)).is_empty()
