"""Cells and running totals against a slow second computation from their definitions.

The oracle writes out every day of every report with fractions, takes bounds and coverage from sets of days,
and makes its own calendars. It shares no code with the package.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import OptionError
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.testing import reports_of

DAY = timedelta(days=1)
# No deadline: runs share their cores. Under CI Hypothesis takes the same examples on every run.
USUAL = settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow])
MORE = settings(USUAL, max_examples=30)
EVENTS = Origin("maker", "events", separate_events=True)
# "north" holds a part of A and all of B; it is declared, not a path.
ZONES = Places({"north": ("A/x", "B")})
PLACES: dict[str | None, set[str]] = {
    None: {"*", "A/*", "A/x", "A/y", "B/*", "B/z", "C"},
    "A": {"A/*", "A/x", "A/y"},
    "A/x": {"A/x"},
    "A/y": {"A/y"},
    "B": {"B/*", "B/z"},
    "B/z": {"B/z"},
    "C": {"C"},
    "north": {"A/x", "B/*", "B/z"},
}
GROUPS: dict[str | None, set[str]] = {
    None: {"*", "civilian/*", "child", "fighter"},
    "civilian": {"civilian/*", "child"},
    "civilian/child": {"child"},
    "fighter": {"fighter"},
}
Row = dict[str, Any]
Cell = tuple[date, date]


# --- the oracle ---------------------------------------------------------------------------------------------


def days_of(first: date, last: date) -> list[date]:
    return [first + n * DAY for n in range((last - first).days + 1)]


def month_end(day: date) -> date:
    return (day.replace(day=28) + 4 * DAY).replace(day=1) - DAY


def cell_of(day: date, every: str | timedelta, origin: date) -> Cell:
    if isinstance(every, timedelta):
        start = day - DAY * ((day - origin).days % every.days)
        return start, start + every - DAY
    if every == "day":
        return day, day
    if every == "week":
        start = day - DAY * day.weekday()
        return start, start + 6 * DAY
    if every == "epiweek":
        start = day - DAY * ((day.weekday() + 1) % 7)
        return start, start + 6 * DAY
    if every == "year":
        return date(day.year, 1, 1), date(day.year, 12, 31)
    span = 1 if every == "month" else 3
    first = (day.month - 1) // span * span + 1
    return date(day.year, first, 1), month_end(date(day.year, first + span - 1, 1))


def spread_evenly(row: Row) -> dict[date, Fraction]:
    """Mean over all feasible periods of even spreading."""
    total: dict[date, Fraction] = {}
    feasible = 0
    for start in days_of(row["start_earliest"], row["start_latest"]):
        for end in days_of(row["end_earliest"], row["end_latest"]):
            if start <= end:
                feasible += 1
                days = days_of(start, end)
                for day in days:
                    total[day] = total.get(day, Fraction(0)) + Fraction(row["best"], len(days))
    return {day: value / feasible for day, value in total.items()}


def spread_whole(row: Row) -> dict[date, Fraction]:
    """Hamilton's method on the days' exact shares: ties to the earliest day."""
    shares = spread_evenly(row)
    counts = {day: int(share) for day, share in shares.items()}
    order = sorted(shares, key=lambda day: (counts[day] - shares[day], day))
    for day in order[: row["best"] - sum(counts.values())]:
        counts[day] += 1
    return {day: Fraction(count) for day, count in counts.items()}


def top(values: Iterable[str | None], table: dict[str | None, set[str]]) -> str | None:
    """The one value that holds all others, or None."""
    there = set(values)
    return next((a for a in there if all(table[a] >= table[b] for b in there)), None)


def sure(row: Row) -> set[date]:
    """The days that every feasible period holds; none where a stated length leaves out some hours."""
    starts = days_of(row["start_earliest"], row["start_latest"])
    ends = days_of(row["end_earliest"], row["end_latest"])
    periods = [set(days_of(start, end)) for start in starts for end in ends if start <= end]
    if row.get("hours") is not None and row["hours"] < 24 * len(widest(row)):
        return set()
    return set.intersection(*periods)


def widest(row: Row) -> set[date]:
    return set(days_of(row["start_earliest"], row["end_latest"]))


class Oracle:
    """The cells of a set of reports, by definition."""

    def __init__(
        self, rows: list[Row], *, by: list[str], additive: bool, observed: list[Cell], spread: str = "uniform"
    ) -> None:
        self.by, self.additive = by, additive
        place, group = (
            top((row["place"] for row in rows), PLACES),
            top((row["group"] for row in rows), GROUPS),
        )
        self.rows: list[Row] = []
        share: Callable[[Row], dict[date, Fraction]] = spread_whole if spread == "whole" else spread_evenly
        for row in rows:
            low, best, high = row["low"], row["best"], row["high"]
            if best is not None:
                low, high = min(low, best), None if high is None else max(high, best)
            whole = ("place" in by or PLACES[row["place"]] >= PLACES[place]) and (
                "group" in by or GROUPS[row["group"]] >= GROUPS[group]
            )
            days = {} if best is None else share(row)
            self.rows.append(
                row
                | {"low": low, "high": high, "whole": whole, "share": days, "widest": widest(row), "sure": sure(row)}
            )
        self.seen = {day for first, last in observed for day in days_of(first, last)}
        days = self.seen.union(*(row["widest"] for row in self.rows))
        self.first, self.last = min(days), max(days)

    def keys(self) -> list[tuple[str | None, ...]]:
        found = {tuple(row[name] for name in self.by) for row in self.rows}
        return sorted(found, key=lambda key: tuple(value or "" for value in key))

    def cells(self, every: str | timedelta, origin: date | None) -> list[Cell]:
        anchor = self.first if origin is None else origin
        found = [cell_of(self.first, every, anchor)]
        while found[-1][1] < self.last:
            found.append(cell_of(found[-1][1] + DAY, every, anchor))
        return found

    def frame(self, every: str | timedelta, origin: date | None = None) -> list[Row]:
        lines: list[Row] = []
        for key in self.keys():
            rows = [row for row in self.rows if tuple(row[name] for name in self.by) == key]
            named = dict(zip(self.by, key, strict=True))
            lines += [named | self.cell(rows, cell) for cell in self.cells(every, origin)]
        return lines

    def cell(self, rows: list[Row], cell: Cell) -> Row:
        days = set(days_of(*cell))
        touching = [row for row in rows if row["widest"] & days]
        inside = [row for row in touching if row["widest"] <= days]
        covered = days & self.seen.union(*(row["sure"] for row in rows if row["whole"]))
        low = best = high = None
        if touching or covered:
            lows = [row["low"] for row in inside]
            low = sum(lows) if self.additive else max(lows, default=0)
            if all(row["best"] is not None for row in touching) and (self.additive or len(touching) <= 1):
                best = sum((v for row in touching for day, v in row["share"].items() if day in days), Fraction(0))
            if covered == days and all(row["high"] is not None for row in touching):
                high = sum(row["high"] for row in touching)
        return {
            "period_start": cell[0], "period_end": cell[1], "days": len(days), "low": low, "best": best,
            "high": high, "coverage": Fraction(len(covered), len(days)),
            "allocated": len(touching) > len(inside), "reports": len(touching),
        }  # fmt: skip

    def running(self, every: str | timedelta, origin: date | None = None) -> list[Row]:
        lines: list[Row] = []
        cells = self.cells(every, origin)
        since = cells[0][0]
        for key in self.keys():
            rows = [row for row in self.rows if tuple(row[name] for name in self.by) == key]
            for _, end in cells:
                days = set(days_of(since, end))
                begun = [row for row in rows if row["start_earliest"] <= end]
                ended = [row["low"] for row in rows if row["end_latest"] <= end]
                covered = days & self.seen.union(*(row["sure"] for row in rows if row["whole"]))
                low = best = high = None
                if begun or covered:
                    low = sum(ended) if self.additive else max(ended, default=0)
                    if all(row["best"] is not None for row in begun) and (self.additive or len(begun) <= 1):
                        best = sum((v for row in begun for d, v in row["share"].items() if d in days), Fraction(0))
                    if covered == days and all(row["high"] is not None for row in begun):
                        high = sum(row["high"] for row in begun)
                lines.append(
                    dict(zip(self.by, key, strict=True))
                    | {"since": since, "date": end, "cumulative_low": low, "cumulative_best": best,
                       "cumulative_high": high, "coverage": Fraction(len(covered), len(days)),
                       "reports": len(begun)}
                )  # fmt: skip
        return lines


def same(got: pl.DataFrame, expected: list[Row]) -> None:
    """Whole numbers, dates and gaps exactly; fractions to 1e-12."""
    assert got.height == len(expected)
    assert got.columns == list(expected[0])
    for line, want in zip(got.to_dicts(), expected, strict=True):
        for name, value in want.items():
            if isinstance(value, Fraction) and line[name] is not None:
                # What is nothing must be nothing, not 1e-17.
                least = 1e-15 if value else 0.0
                close = math.isclose(line[name], float(value), rel_tol=1e-12, abs_tol=least)
                assert close, (name, line, want)
            else:
                assert line[name] == value, (name, line, want)


# --- random reports -----------------------------------------------------------------------------------------

# Turns of years and months, a leap day, and days before 1970 (negative day numbers).
ANCHORS = [date(2019, 12, 20), date(2020, 2, 20), date(1969, 12, 25), date(2018, 3, 29), date(1900, 2, 25)]


@st.composite
def rows_of(
    draw: st.DrawFn, *, places: list[str | None], groups: list[str | None], disjoint: bool = False
) -> list[Row]:
    anchor = draw(st.sampled_from(ANCHORS))
    found: list[Row] = []
    at = 0
    for number in range(draw(st.integers(1, 5))):
        at = at + draw(st.integers(0, 9)) if disjoint else draw(st.integers(0, 45))
        start = anchor + at * DAY
        # An end may be known to lie in a range that begins before the start ("some day of May", from 20 May).
        loose_start, loose_end = draw(st.integers(0, 4)), draw(st.integers(0, 6))
        length = draw(st.one_of(st.integers(1, 4), st.integers(1, 40)))
        end = start + (length - 1) * DAY
        at += length
        low = draw(st.integers(0, 30))
        high = draw(st.none() | st.integers(low, 60))
        best = draw(st.none() | st.integers(0, 60))
        found.append({
            "report_id": f"r{number}", "start_earliest": start, "start_latest": start + loose_start * DAY,
            "end_earliest": end - loose_end * DAY, "end_latest": end, "low": low, "best": best, "high": high,
            "value": best, "qualifier": "between",
            "place": draw(st.sampled_from(places)), "group": draw(st.sampled_from(groups)),
        })  # fmt: skip
    return found


CALENDARS: st.SearchStrategy[tuple[Any, date | None]] = st.one_of(
    st.sampled_from(["day", "week", "epiweek", "month", "quarter", "year"]).map(lambda every: (every, None)),
    st.tuples(
        st.integers(1, 20).map(lambda n: timedelta(days=n)),
        st.none() | st.dates(date(1960, 1, 1), date(2030, 1, 1)),
    ),
)
BY = st.sampled_from([[], [], ["place"], ["group"], ["place", "group"]])


@st.composite
def observed_by(draw: st.DrawFn) -> list[Cell]:
    anchor = draw(st.sampled_from(ANCHORS))
    starts = draw(st.lists(st.integers(-5, 40), max_size=2))
    return [(anchor + n * DAY, anchor + (n + draw(st.integers(0, 20))) * DAY) for n in starts]


def span(observed: list[Cell]) -> list[cs.Period]:
    return [cs.Period.of(first, last) for first, last in observed]


def near(rows: list[Row], observed: list[Cell]) -> bool:
    """Whether an oracle of days stays small: no observed period decades away."""
    return all(abs((first - row["start_earliest"]).days) < 400 for first, _ in observed for row in rows)


ALL_PLACES: list[str | None] = [None, "A", "A/x", "A/y", "B", "B/z", "C", "north"]
ALL_GROUPS: list[str | None] = [None, "civilian", "civilian/child", "fighter"]
ONE: list[str | None] = [None]


def part(start: date, days: int, count: int, place: str | None, number: int) -> Row:
    end = start + (days - 1) * DAY
    return {
        "report_id": f"r{number}", "start_earliest": start, "start_latest": start, "end_earliest": end,
        "end_latest": end, "low": count, "best": count, "high": count, "value": count, "qualifier": "between",
        "place": place, "group": None,
    }  # fmt: skip


# A report about a part comes first, one about the whole later: the days of the part are not covered.
PART_FIRST = [part(date(2020, 1, 1), 2, 1, "A/x", 1), part(date(2020, 1, 6), 2, 2, "A", 2)]


@MORE
@given(
    rows_of(places=ALL_PLACES, groups=ALL_GROUPS),
    BY,
    CALENDARS,
    observed_by(),
    st.sampled_from(["uniform", "whole"]),
)
@example(PART_FIRST, [], ("day", None), [], "uniform")
@example(PART_FIRST, [], ("week", None), [], "uniform")
def test_cells_of_deaths(
    rows: list[Row], by: list[Any], calendar: tuple[Any, date | None], observed: list[Cell], spread: Any
) -> None:
    seen = observed if near(rows, observed) else []
    series = cs.deaths(
        reports_of(rows, places=ZONES, origin=EVENTS),
        by=by,
        overlap="add",
        observed=span(seen) if seen else None,
    )
    oracle = Oracle(rows, by=by, additive=True, observed=seen, spread=spread)
    got = series.daily(spread).resample(*calendar).to_frame()
    same(got, oracle.frame(*calendar))


@MORE
@given(rows_of(places=ONE, groups=ONE, disjoint=True), CALENDARS, observed_by())
def test_cells_of_people_displaced_in_one_place(
    rows: list[Row], calendar: tuple[Any, date | None], observed: list[Cell]
) -> None:
    moved = [row | {"measure": "displaced"} for row in rows]
    seen = observed if near(rows, observed) else []
    series = cs.displacement(reports_of(moved), observed=span(seen) if seen else None)
    same(
        series.resample(*calendar).to_frame(),
        Oracle(moved, by=[], additive=False, observed=seen).frame(*calendar),
    )


@MORE
@given(rows_of(places=ALL_PLACES, groups=ONE), st.sampled_from([[], ["place"]]), CALENDARS)
def test_cells_of_people_displaced_in_several_places(
    rows: list[Row], by: list[Any], calendar: tuple[Any, date | None]
) -> None:
    """One report a place, of places that share nobody: days may be told of twice, and do not add up."""
    apart: list[Row] = []
    for row in rows:
        if all(not PLACES[row["place"]] & PLACES[other["place"]] for other in apart):
            apart.append(row | {"measure": "displaced"})
    series = cs.displacement(reports_of(apart, places=ZONES), by=by)
    same(
        series.resample(*calendar).to_frame(),
        Oracle(apart, by=by, additive=False, observed=[]).frame(*calendar),
    )


@MORE
@given(
    rows_of(places=ALL_PLACES, groups=ALL_GROUPS),
    BY,
    CALENDARS,
    observed_by(),
    st.sampled_from(["uniform", "whole"]),
)
@example(PART_FIRST, [], ("day", None), [], "uniform")
def test_running_totals(
    rows: list[Row], by: list[Any], calendar: tuple[Any, date | None], observed: list[Cell], spread: Any
) -> None:
    seen = observed if near(rows, observed) else []
    series = cs.deaths(
        reports_of(rows, places=ZONES, origin=EVENTS),
        by=by,
        overlap="add",
        observed=span(seen) if seen else None,
    )
    oracle = Oracle(rows, by=by, additive=True, observed=seen, spread=spread)
    same(series.daily(spread).resample(*calendar).cumulate().to_frame(), oracle.running(*calendar))


@USUAL
@given(rows_of(places=ONE, groups=ONE, disjoint=True), CALENDARS)
def test_running_totals_of_what_does_not_add_up(rows: list[Row], calendar: tuple[Any, date | None]) -> None:
    moved = [row | {"measure": "displaced"} for row in rows]
    series = cs.displacement(reports_of(moved))
    oracle = Oracle(moved, by=[], additive=False, observed=[])
    same(series.resample(*calendar).cumulate().to_frame(), oracle.running(*calendar))


def test_running_total_without_calendar_is_by_day() -> None:
    series = cs.deaths(reports_of(PART_FIRST, places=ZONES))
    same(series.cumulate().to_frame(), Oracle(PART_FIRST, by=[], additive=True, observed=[]).running("day"))


@USUAL
@given(rows_of(places=["A/y", "B"], groups=ONE), st.booleans(), st.data())
def test_weights(rows: list[Row], split: bool, data: st.DataObject) -> None:
    """Each day of a report has a share in proportion to its weight, over twelve orders of magnitude."""
    counted = [row for row in rows if row["best"] is not None] or [rows[0] | {"best": 7, "low": 0, "high": None}]
    first, last = min(row["start_earliest"] for row in counted), max(row["end_latest"] for row in counted)
    size = st.one_of(st.integers(0, 5).map(float), st.floats(1e-6, 1e6))
    values = {day: data.draw(size) for day in days_of(first, last)}
    for row in counted:
        values[row["end_latest"]] = values[row["end_latest"]] or 1.0
    by: list[Any] = ["place"] if split else []
    series = cs.deaths(reports_of(counted), overlap="add", by=by).daily(values)
    expected: dict[tuple[str, date], Fraction] = {}
    for row in counted:
        whole = sum(Fraction(values[day]) for day in widest(row))
        for day in widest(row):
            key = (row["place"] if split else "", day)
            expected[key] = expected.get(key, Fraction(0)) + row["best"] * Fraction(values[day]) / whole
    cells = series.to_frame().with_columns(pl.col("place") if split else pl.lit("").alias("place"))
    got = {(place, day): value for place, day, value in cells.select("place", "period_start", "best").rows()}
    for key, value in got.items():
        if key in expected:
            assert math.isclose(value, float(expected[key]), rel_tol=1e-9, abs_tol=1e-15)
        else:
            assert value is None
    total = sum(row["best"] for row in counted)
    assert math.isclose(math.fsum(value or 0.0 for value in got.values()), total, rel_tol=1e-12)
    every, origin = data.draw(CALENDARS)
    regrouped = series.resample(every, origin).to_frame()["best"].to_list()
    assert math.isclose(math.fsum(value or 0.0 for value in regrouped), total, rel_tol=1e-12)


def test_small_weights_after_a_large_one() -> None:
    days = days_of(date(2020, 1, 1), date(2020, 1, 3))
    series = cs.deaths(reports_of([part(days[1], 2, 10, None, 1)]))
    for small in (1e-6, 1e-15, 1e-17):
        spread = series.daily({days[0]: 1.0, days[1]: small, days[2]: 2 * small})
        assert spread.to_frame()["best"].to_list() == pytest.approx([10 / 3, 20 / 3], rel=1e-12)
    with pytest.raises(OptionError, match="comparable size"):
        series.daily({days[0]: 1.0, days[1]: 1e-300, days[2]: 2e-300})


def test_ties_of_a_fuzzy_report_go_to_the_earliest_day() -> None:
    """Exact shares 3/4, 7/4, 7/4, 7/4: four equal remainders, three units left."""
    day = date(2020, 1, 1)
    row = {"start_earliest": day, "start_latest": day + DAY, "end_latest": day + 3 * DAY, "value": 6}
    series = cs.deaths(reports_of([row])).daily(spread="whole")
    assert series.to_frame()["best"].to_list() == [1, 2, 2, 1]
