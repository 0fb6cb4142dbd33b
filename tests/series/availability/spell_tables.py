"""Small registers by hand and by chance, and all ways in which things may have been, for the tests beside it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import polars as pl
from hypothesis import strategies as st

from casualtystats.reports.facilities.model import Facilities
from casualtystats.schemas import FacilitySchema, HitSchema, SpellSchema

DAYS = 8
STATUSES = ("functional", "partial", "non_functional", "destroyed", "unknown")
Row = dict[str, Any]


def day(number: int | None) -> date | None:
    """Day 0 is 2019-05-01."""
    return None if number is None else date(2019, 5, 1) + timedelta(days=number)


def _frame(schema: Any, rows: list[Row]) -> pl.DataFrame:
    types = schema.create_empty().schema
    return pl.DataFrame([dict.fromkeys(types) | row for row in rows], schema=types)


def facility(name: str, seen: tuple[int, int] | None = (0, DAYS - 1), **more: Any) -> Row:
    """A row of the register; days as numbers."""
    window = (None, None) if seen is None else seen
    row = {"facility_id": name, "observed_from": day(window[0]), "observed_until": day(window[1])}
    return row | {key: day(value) if key in ("opened", "closed") else value for key, value in more.items()}


def spell(
    name: str, start: tuple[int | None, int], end: tuple[int, int | None], status: str = "non_functional", **more: Any
) -> Row:
    """A spell; days as numbers: ranges of its start (None: not known) and end (None: not known)."""
    return {
        "facility_id": name, "status": status, "start_earliest": day(start[0]), "start_latest": day(start[1]),
        "end_earliest": day(end[0]), "end_latest": day(end[1]), "still": False,
    } | more  # fmt: skip


def hit(name: str | None, first: int, last: int | None = None, **more: Any) -> Row:
    """A hit; days as numbers."""
    return {
        "facility_id": name,
        "date_earliest": day(first),
        "date_latest": day(first if last is None else last),
    } | more


def register(facilities: list[Row], spells: list[Row] = [], hits: list[Row] = [], **more: Any) -> Facilities:  # noqa: B006
    """A checked register."""
    return Facilities(
        _frame(FacilitySchema, facilities),
        _frame(SpellSchema, [{"spell_id": f"s{at}"} | row for at, row in enumerate(spells)]),
        _frame(HitSchema, [{"hit_id": f"h{at}"} | row for at, row in enumerate(hits)]),
        **more,
    )


def arrangements(spells: list[Row]) -> Iterator[tuple[tuple[int, int], ...]]:
    """All starts and ends of the spells of one facility, each within its range, without overlap, as day numbers.

    A spell without a known end lasts to `end_earliest` and holds its first day, which may be later. One without a known start
    was first seen on `start_latest`, or, where it may have ended before, on some day up to it.
    """

    def numbers(first: date | None, last: date | None) -> range:
        low, high = first or last, last or first
        assert low is not None
        assert high is not None
        return range((low - date(2019, 5, 1)).days, (high - date(2019, 5, 1)).days + 1)

    ranges: list[range] = []
    for row in spells:
        begin = row["start_earliest"] or min(row["start_latest"], row["end_earliest"])
        end = row["end_latest"] or max(row["start_latest"], row["end_earliest"])
        ranges.append(numbers(begin, row["start_latest"]))
        ranges.append(numbers(row["end_earliest"], end))
    for edges in itertools.product(*ranges):
        pairs = tuple(zip(edges[::2], edges[1::2], strict=True))
        if all(a <= b for a, b in pairs) and all(x[1] < y[0] for x, y in itertools.pairwise(pairs)):
            yield pairs


def statuses(one: Row, spells: list[Row], pairs: tuple[tuple[int, int], ...], days: int = DAYS) -> list[str]:
    """The status of one facility on each day under one arrangement; "" where it does not exist."""
    found = []
    for number in range(days):
        today = day(number)
        assert today is not None
        if (one.get("opened") and today < one["opened"]) or (one.get("closed") and today > one["closed"]):
            found.append("")
            continue
        inside = [row["status"] for row, (a, b) in zip(spells, pairs, strict=True) if a <= number <= b]
        before = [row for row, (_, b) in zip(spells, pairs, strict=True) if b < number]
        after = [row for row, (a, _) in zip(spells, pairs, strict=True) if a > number]
        seen = one["observed_from"] is not None and one["observed_from"] <= today <= one["observed_until"]
        if inside:
            found.append(inside[0])
        elif after and after[0]["start_earliest"] is None:
            found.append("unknown")
        elif before and before[-1]["end_latest"] is None:
            found.append("destroyed" if before[-1]["status"] == "destroyed" else "unknown")
        else:
            found.append("functional" if seen else "unknown")
    return found


@st.composite
def one_facility(draw: st.DrawFn, name: str = "A", *, exact: bool = False) -> tuple[Row, list[Row]]:
    """A facility with up to three spells that can follow each other, on a calendar of `DAYS` days."""
    seen = draw(st.none() | st.tuples(st.integers(0, DAYS - 1), st.integers(0, DAYS - 1)))
    window = None if seen is None else (min(seen), max(seen))
    life = draw(st.sampled_from([(None, None), (1, None), (None, DAYS - 2), (2, DAYS - 1)]))
    one = facility(name, window, opened=life[0], closed=life[1], beds=draw(st.integers(0, 9)))
    edges = sorted(draw(st.lists(st.integers(0, 2 * DAYS - 1), min_size=2, max_size=6, unique=True)))
    spells: list[tuple[int, str, int]] = []
    slack = st.just(0) if exact else st.integers(0, 2)
    for begin, stop in zip(edges[::2], edges[1::2], strict=False):
        first, last = begin // 2, max(begin // 2, (stop - 1) // 2)
        if spells and first <= spells[-1][2]:
            continue
        spells.append((first, draw(st.sampled_from(STATUSES)), last))
    rows: list[Row] = []
    for first, status, last in spells:
        kind = draw(st.integers(0, 5))
        a: int | None
        d: int | None
        a, b = max(0, first - draw(slack)), min(DAYS - 1, first + draw(slack))
        c, d = max(0, last - draw(slack)), min(DAYS - 1, last + draw(slack))
        if not exact and kind == 0:
            a, b = None, first
        if not exact and kind == 1:
            c, d = draw(st.sampled_from([last, max(last, b)])), None
        b = b if d is None else min(b, d)
        # Spells stand in the order of their latest starts.
        if not rows or day(b) > rows[-1]["start_latest"]:
            rows.append(spell(name, (None if a is None else min(a, b), b), (c, d), status))
    return one, rows
