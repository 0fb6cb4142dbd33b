"""Properties of registers that hold for every input, some of them against every arrangement on a small calendar."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casualtystats.reports.facilities import Facilities, read_facilities
from casualtystats.reports.facilities.arrange import Days, arrange
from casualtystats.vocabulary import FACILITY_STATUSES

DAY = date(2019, 5, 1)
slow = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
WORSE = ("functional", "unknown", "partial", "non_functional", "destroyed")


def iso(day: int) -> str:
    return (DAY + timedelta(days=day)).isoformat()


@st.composite
def days_of_spell(draw: st.DrawFn, row: int) -> Days:
    """A spell that is possible by itself, its dates narrowed by themselves, as the door hands them on."""
    a, b = sorted((draw(st.integers(10, 14)), draw(st.integers(10, 14))))
    c, d = sorted((draw(st.integers(10, 15)), draw(st.integers(10, 15))))
    if draw(st.booleans()):
        a = b
    if draw(st.booleans()):
        c = d
    start: int | None = a if draw(st.integers(0, 4)) else None
    if draw(st.integers(0, 3)) == 0:
        return Days(row, start, b, max(c, b) if start is None else max(c, a), None)
    if start is None:
        # Seen on the last day of the start, or on some day from the first end to it.
        b = min(b, d)
        return Days(row, None, b, max(c, b) if draw(st.booleans()) else c, d)
    a = min(a, d)
    return Days(row, a, min(b, d), max(c, a), d)


spell_lists = st.integers(1, 4).flatmap(lambda n: st.tuples(*(days_of_spell(row) for row in range(n))))


def choices(spell: Days) -> list[tuple[int, int]]:
    starts = range(8 if spell.a is None else spell.a, spell.b + 1)
    ends = range(spell.c, (17 if spell.d is None else spell.d) + 1)
    return [(start, end) for start in starts for end in ends if start <= end]


def arrangements(spells: Sequence[Days]) -> Iterator[dict[int, tuple[int, int]]]:
    def place(left: Sequence[Days], placed: dict[int, tuple[int, int]]) -> Iterator[dict[int, tuple[int, int]]]:
        if not left:
            yield dict(placed)
            return
        for start, end in choices(left[0]):
            if all(end < other[0] or start > other[1] for other in placed.values()):
                yield from place(left[1:], {**placed, left[0].row: (start, end)})

    return place(spells, {})


def facts(spells: Sequence[Days]) -> tuple[set[tuple[int, ...]], dict[int, list[set[int]]]]:
    """The orders that some arrangement has, and the starts and ends of each spell."""
    found: set[tuple[int, ...]] = set()
    edges: dict[int, list[set[int]]] = {spell.row: [set(), set()] for spell in spells}
    for one in arrangements(spells):
        found.add(tuple(sorted(one, key=lambda row: one[row])))
        for row, (start, end) in one.items():
            edges[row][0].add(start)
            edges[row][1].add(end)
    return found, edges


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(spell_lists)
def test_what_is_kept_has_one_order_and_every_arrangement_of_it(spells: tuple[Days, ...]) -> None:
    kept, broken = arrange(spells)
    rejected = {row for _, rows in broken for row in rows}
    assert sorted([spell.row for spell in kept] + sorted(rejected)) == [spell.row for spell in spells]
    every, _ = facts(spells)
    if not every:
        assert "overlap" in [rule for rule, _ in broken]
    elif len(every) > 1:
        assert broken
        assert broken[0][0] == "unclear_order"
    else:
        assert broken == []
    left = [spell for spell in spells if spell.row not in rejected]
    if not left:
        return
    found, edges = facts(left)
    assert found == {tuple(spell.row for spell in kept)}
    for spell in kept:
        starts, ends = edges[spell.row]
        assert spell.b == max(starts)
        assert spell.c == min(ends)
        assert spell.a is None or spell.a == min(starts)
        assert spell.d is None or spell.d == max(ends)
    for one, after in itertools.pairwise(kept):
        assert one.c < after.b
        assert after.a is None or one.c < after.a
        assert one.d is None or one.d < after.b


@settings(max_examples=60, deadline=None)
@given(spell_lists)
def test_narrowing_again_changes_nothing(spells: tuple[Days, ...]) -> None:
    kept, _ = arrange(spells)
    assert arrange(kept) == (kept, [])


date_texts = st.one_of(
    st.integers(0, 20).map(iso),
    st.tuples(st.integers(0, 20), st.integers(0, 6)).map(lambda t: f"[{iso(t[0])}..{iso(t[0] + t[1])}]"),
    st.integers(0, 20).map(lambda n: f"[..{iso(n)}]"),
    st.sampled_from(["", "2019-05", "still out", "ongoing", "x", "2019-05-32"]),
)
outage_rows = st.fixed_dictionaries(
    {
        "facility_id": st.sampled_from(["a", "b", "c", "d", "", "e"]),
        "status": st.sampled_from([*FACILITY_STATUSES, "", "out"]),
        "start": date_texts,
        "end": date_texts,
        "known_until": st.one_of(st.just(""), date_texts),
        "cause": st.sampled_from(["", "=1+1", "'x", ' fuel, "water"\n']),
    }
)
hit_rows = st.fixed_dictionaries(
    {"facility_id": st.sampled_from(["a", "b", "", "e"]), "date": date_texts, "source": st.sampled_from(["", "@s"])}
)
facility_rows = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["", "A", "-b"]),
        "beds": st.sampled_from(["", "4", "4.0", "x"]),
        "opened": st.sampled_from(["", iso(4), "2019-05"]),
        "closed": st.sampled_from(["", iso(15), iso(1)]),
        "observed_from": st.sampled_from(["", iso(2)]),
        "observed_until": st.sampled_from(["", iso(12)]),
    }
)
tables = st.tuples(
    st.lists(facility_rows, min_size=1, max_size=5), st.lists(outage_rows, max_size=8), st.lists(hit_rows, max_size=4)
)
overlaps = st.sampled_from(["reject", "worst", "latest"])
Tables = tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]


def frames(made: Tables) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    facilities, outages, hits = made
    names = ["a", "b", "c", "d", "a"]
    text = pl.String
    return (
        pl.DataFrame([{"facility_id": names[i], **row} for i, row in enumerate(facilities)]),
        pl.DataFrame(
            [{"spell_id": f"s{i}", **row} for i, row in enumerate(outages)],
            schema=dict.fromkeys(["spell_id", "facility_id", "status", "start", "end", "known_until", "cause"], text),
        ),
        pl.DataFrame(
            [{"hit_id": f"h{i}", **row} for i, row in enumerate(hits)],
            schema=dict.fromkeys(["hit_id", "facility_id", "date", "source"], text),
        ),
    )


def read(parts: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame], overlap: Any = "reject") -> Facilities:
    facilities, outages, hits = parts
    return read_facilities(facilities, outages=outages, hits=hits, overlap=overlap)


@slow
@given(tables, overlaps)
def test_nothing_is_lost(made: Tables, overlap: str) -> None:
    parts = frames(made)
    register = read(parts, overlap)
    ids = (
        register.facilities["facility_id"],
        register.spells["spell_id"].str.replace(r"#\d+$", "").unique(),
        register.hits["hit_id"],
    )
    for name, table, accepted in zip(("facilities", "outages", "hits"), parts, ids, strict=True):
        rejected = register.rejected.filter(pl.col("table") == name)
        assert len(accepted) + rejected["row"].n_unique() == table.height, name
        assert rejected["hint"].str.len_chars().min() is None or int(str(rejected["hint"].str.len_chars().min())) > 20
    assert str(register)
    for one, after in itertools.pairwise(register.spells.rows(named=True)):
        if one["facility_id"] == after["facility_id"]:
            assert one["end_earliest"] < after["start_latest"]
            assert one["end_latest"] is None or one["end_latest"] < after["start_latest"]
            assert after["start_earliest"] is None or one["end_earliest"] < after["start_earliest"]


@slow
@given(tables, overlaps, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_row_numbers_only(made: Tables, overlap: str, rng: random.Random) -> None:
    parts = frames(made)
    straight = read(parts, overlap)
    one_, two, three = (table.sample(fraction=1, shuffle=True, seed=rng.randrange(10**6)) for table in parts)
    mixed = read((one_, two, three), overlap)
    for name in ("facilities", "spells", "hits"):
        one, other = getattr(straight, name), getattr(mixed, name)
        assert other.sort(other.columns[0]).equals(one.sort(one.columns[0])), name
    key = ["table", "raw", "column", "rule", "value"]
    assert mixed.rejected.select(key).sort(key).equals(straight.rejected.select(key).sort(key))
    assert mixed.warnings["flag"].sort().equals(straight.warnings["flag"].sort())


@slow
@given(tables, overlaps)
def test_files_are_read_back_to_equal_frames(tmp_path: Path, made: Tables, overlap: str) -> None:
    register = read(frames(made), overlap)
    register.to_csv(tmp_path)
    again = read_facilities(tmp_path / "facilities.csv", outages=tmp_path / "outages.csv", hits=tmp_path / "hits.csv")
    assert again.rejected.is_empty()
    frames_again = read_facilities(register.facilities, outages=register.spells, hits=register.hits)
    for name in ("facilities", "spells", "hits"):
        assert getattr(again, name).equals(getattr(register, name)), name
        assert getattr(frames_again, name).equals(getattr(register, name)), name


exact_spells = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 5), st.sampled_from(FACILITY_STATUSES)), min_size=1, max_size=5
)


def held(register: Facilities) -> dict[int, str]:
    days: dict[int, str] = {}
    for row in register.spells.rows(named=True):
        for day in range((row["start_latest"] - DAY).days, (row["end_latest"] - DAY).days + 1):
            assert day not in days
            days[day] = row["status"]
    return days


@settings(max_examples=25, deadline=None)
@given(exact_spells)
@pytest.mark.parametrize("overlap", ["worst", "latest"])
def test_named_rules_hold_day_by_day(overlap: Literal["worst", "latest"], made: list[tuple[int, int, str]]) -> None:
    if overlap == "latest":
        made = list({start: (start, length, status) for start, length, status in made}.values())
    table = pl.DataFrame(
        [{"facility_id": "a", "start": iso(s), "end": iso(s + n), "status": status} for s, n, status in made]
    )
    register = read_facilities(pl.DataFrame({"facility_id": ["a"]}), outages=table, overlap=overlap)
    expected: dict[int, str] = {}
    for day in range(20):
        here = [(s, status) for s, n, status in made if s <= day <= s + n]
        if here and overlap == "worst":
            expected[day] = max((status for _, status in here), key=WORSE.index)
        started = [one for one in made if one[0] <= day]
        if started and overlap == "latest":
            s, n, status = max(started)
            if day <= s + n:
                expected[day] = status
    assert held(register) == expected
    assert set(register.rejected["rule"]) <= ({"overlap_covered"} if overlap == "worst" else set())


@slow
@given(tables)
def test_merging_keeps_the_days_of_every_status(made: Tables) -> None:
    register = read(frames(made))
    merged = register.merged()

    def sure(one: Facilities) -> set[tuple[str, str, int]]:
        return {
            (row["facility_id"], row["status"], day)
            for row in one.spells.rows(named=True)
            for day in range(row["start_latest"].toordinal(), row["end_earliest"].toordinal() + 1)
        }

    assert sure(merged) == sure(register)
    assert merged.spells.height <= register.spells.height
    assert merged.facilities.equals(register.facilities)
