"""Counters from the door to the flow series: nothing is lost, nothing is repaired unasked, and the audit says the rest."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import (
    DecreaseError,
    DoubleCountError,
    KindError,
    MeasureError,
    NoReportsError,
    NotAdditiveError,
    OptionError,
    ParseError,
    PeriodError,
    ReportFileError,
    UndefinedEstimateError,
    VintageError,
)
from casualtystats.reports import Reports
from casualtystats.schemas import AuditSchema
from casualtystats.series import Break, CumulativeSeries, read_counter
from casualtystats.series.counters.steps import counter_steps
from casualtystats.testing import assert_conserves_total, reports_of

FIRST = date(2024, 1, 1)
NIGHT = datetime.fromisoformat("2024-01-01")
DATA = Path(__file__).parents[3] / "shared" / "data" / "gaza_daily" / "casualties_daily_2025.csv"
RULES = ("keep", "null", "isotonic", "backward")


def day(n: int) -> date:
    return FIRST + timedelta(days=n)


def table(values: list[Any], **more: list[Any]) -> pl.DataFrame:
    return pl.DataFrame({"d": [day(n) for n in range(len(values))], "v": values, **more}, strict=False)


def counter(values: list[Any], *, breaks: Any = (), **options: Any) -> CumulativeSeries[Any]:
    """A counter by day; options that are lists are columns of their own name."""
    columns = {name: cells for name, cells in options.items() if isinstance(cells, list)}
    named: dict[str, Any] = {name: name for name in columns}
    return read_counter(table(values, **columns), value="v", date="d", breaks=breaks, **(options | named))


def increments(series: CumulativeSeries[Any], rule: Any = "raise") -> list[Any]:
    return series.increments(rule).to_frame()["increment"].to_list()


# The record


def test_a_reset() -> None:
    reset = counter([100, 140, 12, 30], breaks=[Break("2024-01-03", "reset", "a second phase")])
    frame = reset.increments().to_frame()
    assert frame["increment"].to_list() == [None, 40, 12, 18]
    assert frame["status"].to_list() == ["first", "observed", "reset", "observed"]
    assert frame["phase"].to_list() == [1, 1, 2, 2]
    assert str(reset.increments().total()) == "70"
    by_column = counter([100, 140, 12, 30], phase=["first", "first", "second", "second"])
    assert increments(by_column) == [None, 40, 12, 18]
    assert by_column.increments().to_frame()["phase_name"].to_list() == ["first", "first", "second", "second"]
    told = by_column.increments().audit.row(0, named=True)
    assert told["note"].startswith("2024-01-03: reset, a new phase begins (second): 140 on 2024-01-02 (row 2), then 12")


def test_increments_are_labelled_as_newly_reported() -> None:
    made = counter([100, 140], group="civilian").increments()
    assert made.label == "newly reported violent deaths of civilians"
    assert made.to_frame()["label"].unique().to_list() == [made.label]
    assert str(made) == f"{made.label}, 2024-01-02 to 2024-01-02: 1 increment, together 40"
    assert made.label in made._repr_html_()
    assert repr(made) == str(made)
    assert made.info.reported == made.label
    assert counter([1]).info.reported == "reported violent deaths"


def test_a_decrease_is_refused_unless_a_rule_is_named() -> None:
    falling = counter([100, 120, 115, 140])
    with pytest.raises(DecreaseError, match=r"120 on 2024-01-02 \(row 2\), then 115 on 2024-01-03 \(row 3\)"):
        falling.increments()
    assert increments(falling, "keep") == [None, 20, -5, 25]
    assert increments(falling, "null") == [None, 20, None, 25]
    assert increments(falling, "backward") == [None, 15, 0, 25]
    assert increments(falling, "isotonic") == [None, 17.5, 0.0, 22.5]
    with pytest.raises(OptionError, match="erases retractions"):
        falling.increments("cummax")  # type: ignore[arg-type]
    for rule in RULES:
        frame = falling.increments(rule).to_frame()  # type: ignore[arg-type]
        assert frame["status"].to_list() == ["first", "observed", "negative", "observed"]
        assert frame["change"].to_list() == [None, 20, -5, 25]
        assert frame["increment"].dtype == (pl.Float64 if rule == "isotonic" else pl.Int64)


def test_what_null_withholds_is_said() -> None:
    held = counter([100, 120, 115, 140]).increments("null")
    assert str(held).endswith("2 increments, together 45; 1 withheld (the total lacks them); decreases: null")
    with pytest.raises(UndefinedEstimateError, match=r"1 missing: 2024-01-03 \(negative\); the others sum to 45"):
        held.total()
    (line,) = held.audit.to_dicts()
    assert (line["kind"], line["change"], line["value"]) == ("withheld", -5, 115)


def test_a_repair_is_told_line_by_line() -> None:
    audit = counter([100, 90, 95]).increments("backward").audit
    assert audit.select("row", "kind", "change").rows() == [
        (1, "repaired", None), (2, "decrease", -10), (2, "repaired", -10),
    ]  # fmt: skip
    assert audit["note"][0] == "the first value of the phase is lowered from 100 to 90, so that the total starts there"
    assert audit["note"][2] == "backward: an increment of 0 instead of -10"


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.sampled_from(RULES), st.booleans())
def test_every_row_has_a_line_and_sums_keep(values: list[int], rule: Any, from_zero: bool) -> None:
    made = counter(values, since=FIRST if from_zero else None).increments(rule)
    frame = made.to_frame()
    assert frame["row"].to_list() == list(range(1, len(values) + 1))
    assert frame["repaired"].to_list() == [
        change is not None and change != step for change, step in frame.select("change", "increment").rows()
    ]
    known = frame["increment"].drop_nulls()
    start = 0 if from_zero else values[0]
    if rule == "keep" or (rule == "backward" and (from_zero or min(values) == values[0])):
        assert known.sum() == values[-1] - start
    if rule in ("isotonic", "backward"):
        assert all(step >= 0 for step in known)


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=2, max_size=12),
    st.lists(st.sampled_from([0, 24, None]), min_size=12, max_size=12),
)
def test_gaps_lose_nothing(steps: list[int | None], hours: list[int | None]) -> None:
    """With values missing and rows without a report, the increments still sum to last minus first, over all the days."""
    total, values = 0, list[int | None]()
    for step in steps:
        total += step or 0
        values.append(None if step is None else total)
    made = counter(values, period_hours=hours[: len(values)])
    frame = made.increments().to_frame()
    usable = [n for n, value in enumerate(values) if value is not None and hours[n] != 0]
    assert frame.height == len(values)
    assert frame["status"].to_list() == [
        "no report" if hours[n] == 0
        else "missing" if value is None
        else "first" if n == usable[0]
        else "observed"
        for n, value in enumerate(values)
    ]  # fmt: skip
    if len(usable) > 1:
        first, last = values[usable[0]] or 0, values[usable[-1]] or 0
        assert frame["increment"].sum() == last - first
        assert frame["days"].sum() == usable[-1] - usable[0]


# Periods


def test_a_stated_length_is_an_interval_of_days() -> None:
    made = counter([10, 10, 30, 35], period_hours=[24, 0, 48, 24]).increments()
    frame = made.to_frame()
    assert frame["status"].to_list() == ["first", "no report", "observed", "observed"]
    assert frame.select("period_start", "period_end", "days", "increment").rows()[2] == (day(1), day(2), 2, 20)
    assert made.audit["kind"].to_list() == ["no report"]


def test_a_stated_length_that_does_not_fit_the_dates() -> None:
    longer = counter([10, 30], period_hours=[24, 72]).increments()
    assert longer.to_frame()["days"].to_list() == [None, 3]
    assert longer.audit["note"].to_list() == ["it states 72 hours and the last value is of 2024-01-01: taken as 3 days"]
    shorter = counter([10, None, 30], period_hours=[24, None, 24]).increments()
    assert shorter.to_frame()["days"].to_list() == [None, None, 2]
    assert shorter.audit["kind"].to_list() == ["counter missing", "period"]


def test_a_stated_length_that_reaches_into_the_row_before_does_not_count_twice() -> None:
    flow = counter([10, 20, 40], period_hours=[24, 24, 48]).increments()
    with pytest.raises(DoubleCountError):
        flow.flow()


def test_a_value_on_a_day_without_report_is_not_used_and_said() -> None:
    made = counter([10, 15, 30], period_hours=[24, 0, 48]).increments()
    assert made.to_frame()["increment"].to_list() == [None, None, 20]
    assert made.audit["note"][0].endswith("yet its value of 15 is not that of 2024-01-01 (10), and is not used")


def test_since_makes_the_first_value_an_increment() -> None:
    fixed = counter([100, 140], since="2023-12-30")
    assert fixed.increments().to_frame().select("period_start", "period_end", "increment").row(0) == (
        date(2023, 12, 30), FIRST, 100,
    )  # fmt: skip
    assert str(fixed) == "published counter of violent deaths since 2023-12-30: 2 values, to 2024-01-02"
    assert fixed.to_frame()["since"].to_list() == [date(2023, 12, 30)] * 2
    fuzzy = counter([100, 140], since="[2023-12-20..2023-12-30]")
    interval = fuzzy.increments().flow().to_frame().row(0, named=True)
    assert (interval["period_start"], interval["start_latest"]) == (date(2023, 12, 20), date(2023, 12, 30))
    assert "since 2023-12-20 to 2023-12-30" in str(fuzzy)
    with pytest.raises(PeriodError, match=r"on or before the first row \(2024-01-01\), got 2024-01-02"):
        counter([100], since="2024-01-02")
    with pytest.raises(ParseError, match="since="):
        counter([100], since=20240101)


def test_without_since_nothing_is_said_about_the_first_day() -> None:
    frame = counter([100, None, 140]).to_frame()
    assert frame.select("since", "date", "cumulative_low", "cumulative_best", "coverage", "reports").rows() == [
        (None, day(0), 100, 100.0, None, 1), (None, day(2), 140, 140.0, None, 2),
    ]  # fmt: skip
    assert str(counter([100])) == "published counter of violent deaths: 1 value, to 2024-01-01"
    reset = counter([100, 12], since=FIRST, breaks=[Break(day(1), "reset", "x")])
    assert reset.to_frame()["since"].to_list() == [FIRST, day(1)]


# Breaks


def test_a_retroactive_block_is_kept_out_of_the_daily_increments() -> None:
    values = [100, 110, 350, 361]
    apart = counter(values, breaks=[Break(day(2), "retroactive", "a committee")]).increments()
    frame = apart.to_frame()
    assert frame.select("increment", "status", "period_start", "days").rows()[2:] == [
        (240, "retroactive", None, None), (11, "observed", day(3), 1),
    ]  # fmt: skip
    assert str(apart.total()) == "261"
    assert str(apart.flow().total()) == "21"
    block = apart.flow().audit.collect().filter(pl.col("status") == "not_selected").row(0, named=True)
    assert block["reason"] == "240 of earlier days, reported at once, with no stated period"
    assert "1 retroactive" in str(apart)
    assert apart.flow(retroactive="spread").total() == apart.flow().total(), "it has no period to be spread over"


def test_a_retroactive_block_with_a_stated_period_and_size() -> None:
    block = Break(day(2), "retroactive", "a committee", period="2023-12-22/2023-12-31", count=230)
    made = counter([100, 110, 350, 361], breaks=[block]).increments()
    assert made.to_frame().select("increment", "status", "period_start", "period_end", "days").rows()[2:4] == [
        (10, "observed", day(2), day(2), 1),
        (230, "retroactive", date(2023, 12, 22), date(2023, 12, 31), 10),
    ]
    assert str(made.flow().total()) == "31"
    spread = made.flow(retroactive="spread")
    assert str(spread.total()) == "261"
    assert spread.daily().to_frame()["best"].to_list()[:10] == [23.0] * 10
    assert_conserves_total(spread, every=["day", "week", "month"])
    assert "flow(retroactive='spread') takes them in" in made.flow().audit.collect()["reason"].to_list()[-1]
    with pytest.raises(OptionError, match="retroactive= 'apart' or 'spread'"):
        made.flow(retroactive="all")  # type: ignore[arg-type]


def test_a_spread_block_may_share_days_with_daily_increments() -> None:
    block = Break(day(3), "retroactive", "a committee", period="2024-01-02/2024-01-04", count=30)
    made = counter([100, 110, 120, 160], breaks=[block]).increments().flow(retroactive="spread")
    assert made.daily().to_frame()["best"].to_list() == [20.0, 20.0, 20.0]


def test_a_block_of_stated_hours_behind_many_rows() -> None:
    period = cs.Period.of("2023-12-30", "2023-12-31", hours=24)
    block = Break(day(150), "retroactive", "x", period=period, count=5)
    flow = counter([10 * n for n in range(151)], breaks=[block]).increments().flow(retroactive="spread")
    assert flow.to_frame()["hours"].to_list().count(24.0) == 1
    assert str(flow.total()) == "1,500"


def test_a_stated_retraction_is_no_decrease() -> None:
    stated = counter([100, 140, 120, 125], breaks=[Break(day(2), "retraction", "names were removed")])
    made = stated.increments()
    assert made.to_frame()["increment"].to_list() == [None, 40, -20, 5]
    assert made.to_frame()["status"].to_list()[2] == "retraction"
    assert str(made.total()) == "25"
    assert str(made.flow().total()) == "45"
    assert "20 that were reported earlier are taken back" in made.flow().audit.collect()["reason"].to_list()[-1]
    sized = counter([100, 140, 145], breaks=[Break(day(2), "retraction", "x", count=3)]).increments()
    assert sized.to_frame()["increment"].to_list() == [None, 40, 8, -3]


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=10),
    st.dictionaries(st.integers(1, 9), st.tuples(st.sampled_from(["retroactive", "retraction"]), st.integers(1, 60))),
    st.sampled_from(["keep", "backward"]),
)
def test_blocks_of_stated_size_lose_nothing(values: list[int], blocks: dict[int, Any], rule: Any) -> None:
    breaks = [Break(day(at), kind, "x", count=size) for at, (kind, size) in blocks.items() if at < len(values)]
    frame = counter(values, since=FIRST, breaks=breaks).increments(rule).to_frame()
    assert frame["increment"].sum() == values[-1]
    sizes = {at: size if kind == "retroactive" else -size for at, (kind, size) in blocks.items() if at < len(values)}
    apart = frame.filter(pl.col("status").cast(pl.String).is_in(["retroactive", "retraction"]))
    assert dict(apart.select("date", "increment").rows()) == {day(at): size for at, size in sizes.items()}


def test_across_a_new_definition_there_is_no_increment() -> None:
    made = counter([100, 140, 60, 75], breaks=[Break(day(2), "definition", "verified only")]).increments()
    frame = made.to_frame()
    assert frame.select("increment", "status").rows()[2:] == [(None, "definition"), (15, "observed")]
    with pytest.raises(UndefinedEstimateError, match=r"2024-01-03 \(definition\); the others sum to 55"):
        made.total()
    assert made.audit.row(0, named=True)["change"] == -80
    assert "1 lost in a new definition" in str(made)


def test_a_repair_does_not_cross_a_phase() -> None:
    breaks = [Break(day(2), "reset", "x")]
    assert increments(counter([100, 140, 12, 30], breaks=breaks), "backward") == [None, 40, 12, 18]
    assert increments(counter([100, 140, 12, 30], breaks=breaks), "isotonic") == [None, 40.0, 12.0, 18.0]


def test_with_breaks_adds_and_leaves_the_old_series_alone() -> None:
    plain = counter([100, 140, 12, 30])
    stated = plain.with_breaks([Break(day(2), "reset", "x")])
    assert increments(stated) == [None, 40, 12, 18]
    assert plain.counter is not None
    assert plain.counter.breaks == ()
    assert plain.find_breaks()["kind"].to_list() == ["reset"]
    assert stated.find_breaks().is_empty()
    both = stated.with_breaks([Break(day(1), "retroactive", "y")])
    assert both.increments().to_frame()["status"].to_list() == ["first", "retroactive", "reset", "observed"]
    with pytest.raises(OptionError, match="a list of breaks, got one"):
        plain.with_breaks(Break(day(2), "reset", "x"))  # type: ignore[arg-type]


# Incident and cumulative columns


def test_columns_that_disagree_stand_in_the_audit() -> None:
    made = counter([100, 110, 150, None, 170, 175], incident=[100, 10, 12, None, 20, None]).increments()
    audit = made.audit.filter(pl.col("kind") == "differs")
    assert audit.select("date", "incident", "change", "value").rows() == [(day(2), 12, 40, 150)]
    assert made.audit.filter(pl.col("kind") == "incident missing")["date"].to_list() == [day(5)]
    start = counter([100, 110], incident=[90, 10], since=FIRST).increments().audit
    assert start["note"].to_list() == ["the row says 90, the counter changes by 100 since its start"]
    several = counter([100, None, 150], incident=[1, 20, 20]).increments().audit
    assert several.filter(pl.col("kind") == "differs").row(0, named=True)["note"] == (
        "the rows since the last value say 40 together, the counter changes by 50 over 2 days"
    )
    assert "incident missing" not in counter([100, 110]).increments().audit["kind"].to_list()


# Floors and ranges


def test_floors_that_go_down_wait_for_a_choice() -> None:
    floors = counter([160, 205, 160], qualifier="at_least")
    assert floors.find_breaks()["kind"].to_list() == ["retraction"]
    with pytest.raises(OptionError, match=r"do not contradict.*'keep' holds to 205, on_retraction='withdraw' to 160"):
        floors.floor()
    assert str(floors.floor("keep")) == "at least 205"
    assert str(floors.floor("withdraw")) == "at least 160"
    with pytest.raises(OptionError, match="'keep', 'withdraw' or None, got 'max'"):
        floors.floor("max")  # type: ignore[arg-type]
    rising = counter([160, 205], qualifier="more_than")
    assert str(rising.floor()) == "more than 205"
    assert rising.floor().low == 206
    assert counter([205, 3], qualifier="at_least", breaks=[Break(day(1), "reset", "x")]).floor().low == 3


def test_increments_of_floors_and_ranges_are_undefined() -> None:
    with pytest.raises(UndefinedEstimateError, match=r"at_least 160 on 2024-01-01 \(row 1\).*floor\(on_retraction"):
        counter([160, 205], qualifier="at_least").increments()
    mixed = counter([160, 205], qualifier=["", "approximately"])
    with pytest.raises(UndefinedEstimateError, match=r"approximately 205.*overlap='difference'"):
        mixed.increments()
    with pytest.raises(OptionError, match=r"a counter of floors.*got 160 on 2024-01-01 \(row 1\) \(exactly\)"):
        mixed.floor()
    with pytest.raises(OptionError, match="no row with a value"):
        counter([None], qualifier="at_least").floor()
    assert mixed.to_frame()["cumulative_high"].to_list() == [160, 216]


def test_published_floors_of_one_authority() -> None:
    """At least 205, then at least 160 civilians, both by the UN."""
    reports = cs.datasets.load("idlib-2019").filter(pl.col("report_id").is_in(["un-civilians-205", "un-civilians-160"]))
    floors = read_counter(reports)
    assert floors.find_breaks().select("date", "kind", "before", "after").rows() == [
        (date(2019, 6, 7), "retraction", 205, 160)
    ]
    assert (floors.floor("keep").low, floors.floor("withdraw").low) == (205, 160)
    assert floors.reports is reports
    assert floors.info.sources == ("UN",)


def running(*rows: dict[str, Any]) -> Reports:
    return reports_of([{"kind": "cumulative", "start_earliest": FIRST, **row} for row in rows])


def test_reports_of_one_counter() -> None:
    made = read_counter(running({"end_latest": day(9), "value": 30}, {"end_latest": day(4), "value": 20}))
    assert increments(made) == [20, 10]
    assert made.increments().to_frame().select("period_start", "period_end").rows() == [
        (FIRST, day(4)), (day(5), day(9)),
    ]  # fmt: skip
    only_low = {"low": 7, "qualifier": "at_least", "value": None, "best": None, "high": None}
    assert read_counter(running({"end_latest": day(4), **only_low})).floor().low == 7


@pytest.mark.parametrize(
    ("rows", "error", "named"),
    [
        ([], NoReportsError, "got none"),
        ([{"kind": "flow", "end_latest": day(1)}], KindError, "running totals"),
        ([{"end_latest": day(1)}, {"end_latest": day(2), "source": "Q"}], DoubleCountError, "one source, got Q, not"),
        ([{"end_latest": day(1)}, {"end_latest": day(2), "group": "g"}], DoubleCountError, r"pl\.col\('group'\)"),
        ([{"end_latest": day(1)}, {"end_latest": day(1)}], VintageError, "rows 1 and 2 for 2024-01-02"),
        ([{"end_earliest": day(1), "end_latest": day(2)}], ParseError, "r1: expected a known last day"),
        (
            [{"end_latest": day(3)}, {"end_latest": day(4), "start_earliest": day(1)}],
            DoubleCountError,
            r"one first day \(start\)",
        ),
    ],
)
def test_reports_that_are_no_counter(rows: list[dict[str, Any]], error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        read_counter(running(*({"value": 5} | row for row in rows)))


def test_reports_say_what_they_count() -> None:
    reports = running({"end_latest": day(1), "value": 5})
    with pytest.raises(OptionError, match="got value, source"):
        read_counter(reports, value="v", source="x")  # type: ignore[call-overload]
    with pytest.raises(OptionError, match="got measure or qualifier"):
        read_counter(reports, measure="died")  # type: ignore[call-overload]


# The door


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        (-1, r"row 2, column 'v': expected a whole number from 0 to .*, got -1"),
        (1.5, "got 1.5"),
        (float("nan"), "got nan; leave a cell empty"),
        (float("inf"), "got inf"),
        ("1,234", "got '1,234'"),
        ("n/a", "got 'n/a'"),
        ("1e3", "got '1e3'"),
        (10**15 + 1, "got 1000000000000001"),
        ("9" * 30, "got '9"),
        (True, "got True"),
        (Decimal("2.5"), r"Decimal\('2.5'\)"),
    ],
)
def test_a_count_that_is_none(cell: Any, named: str) -> None:
    frame = pl.DataFrame({"d": [day(0), day(1)], "v": pl.Series([None, cell])})
    with pytest.raises(ParseError, match=named):
        read_counter(frame, value="v", date="d")


@pytest.mark.parametrize("cell", [None, "", " "])
def test_a_missing_value_is_missing(cell: str | None) -> None:
    made = counter(["10", cell, "30"])
    assert increments(made) == [None, None, 20]
    audit = made.audit.collect()
    assert audit.select("report_id", "status").rows()[1] == ("row 2 (2024-01-02)", "missing")
    AuditSchema.validate(audit)


@pytest.mark.parametrize(
    "cells", [["100", "140.0"], ["0" * 20 + "100", "140"], [100.0, 140.0], [Decimal(100), Decimal(140)]]
)
def test_whole_numbers_in_other_clothes(cells: list[Any]) -> None:
    assert increments(counter(cells)) == [None, 40]


@pytest.mark.parametrize(
    ("cells", "error", "named"),
    [
        (["2024-01-01", None], ParseError, "row 2, column 'd': expected a day such as 2019-05-09, got an empty cell"),
        (["2024-01-01", "2024-02-30"], ParseError, "a date that exists, got '2024-02-30'"),
        (["2024-01-01", "01/02/2024"], ParseError, "got '01/02/2024'"),
        (["2024-01-01", "2024-01"], ParseError, "got '2024-01'"),
        ([20240101, 20240102], ParseError, "row 1, column 'd'.*got 20240101"),
        ([NIGHT, NIGHT + timedelta(hours=32.5)], ParseError, "got the time 2024-01-02T08:30:00"),
        (["2024-01-02", "2024-01-02"], VintageError, "rows 1 and 2 for 2024-01-02"),
    ],
)
def test_days_that_are_none(cells: list[Any], error: type[Exception], named: str) -> None:
    with pytest.raises(error, match=named):
        read_counter(pl.DataFrame({"d": cells, "v": [1, 2]}), value="v", date="d")


def test_days_in_other_clothes_and_any_order() -> None:
    expected = [None, 40]
    for cells in (["2024-01-02", "2024-01-01"], [NIGHT + timedelta(days=1), NIGHT], [day(1), day(0)],
                  ["2024-01-02T00:00:00", " 2024-01-01 00:00 "]):  # fmt: skip
        made = read_counter(pl.DataFrame({"d": cells, "v": [140, 100]}), value="v", date="d")
        assert increments(made) == expected
        assert made.increments().to_frame()["row"].to_list() == [2, 1]


@pytest.mark.parametrize(("hours", "named"), [(36, "hours of whole days.*got 36"), (-24, "got -24"), (0.5, "got 0.5")])
def test_lengths_that_are_none(hours: float, named: str) -> None:
    with pytest.raises(ParseError, match=rf"row 1, column 'period_hours': .*{named}"):
        counter([1], period_hours=[hours])


def test_other_cells_that_are_none() -> None:
    with pytest.raises(ParseError, match="row 2, column 'phase': expected the phase"):
        counter([1, 2], phase=["a", None])
    with pytest.raises(ParseError, match="row 1, column 'qualifier': expected a qualifier"):
        counter([1], qualifier=["over"])
    with pytest.raises(ParseError, match=r"row 1, column 'incident'.*got True"):
        counter([1], incident=[True])
    with pytest.raises(ParseError, match="row 1, column 'v': no count is less than 0"):
        counter([0], qualifier="less_than")
    with pytest.raises(ParseError, match="row 1, column 'v': 'between' needs two numbers"):
        counter([0], qualifier="between")


def test_frames_of_every_library_and_a_file(tmp_path: Path) -> None:
    frame = table([100, None, 140], phase=["a", "a", "a"])
    plain = pd.DataFrame({"d": [day(0), day(1), day(2)], "v": [100, None, 140], "phase": ["a", "a", "a"]})
    path = tmp_path / "counter.csv"
    path.write_text("\ufeffd,v,phase\n2024-01-01,100,a\n\n2024-01-02,,a\n2024-01-03,140,a\n", encoding="utf-8")
    tabbed = tmp_path / "counter.tsv"
    frame.write_csv(tabbed, separator="\t")
    one = tmp_path / "one.csv"
    one.write_text("d\n2024-01-01\n", encoding="utf-8")
    arrow = pa.table({"d": [day(0), day(1), day(2)], "v": [100, None, 140], "phase": ["a", "a", "a"]})
    sources: list[Any] = [frame, frame.lazy(), plain, arrow, path, str(path), tabbed]
    for source in sources:
        made = read_counter(source, value="v", date="d", phase="phase")
        assert increments(made) == [None, None, 40]
        assert made.increments().to_frame().equals(counter([100, None, 140], phase=["a"] * 3).increments().to_frame())
    with pytest.raises(ReportFileError, match="expected the column 'v'"):
        read_counter(one, value="v", date="d")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "a header line with column names, got an empty file"),
        ("d,v\n", "at least one row"),
        ("d,v\n2024-01-01\n", "line 2: expected 2 fields as in the header, got 1"),
        ("d,v\n2024-01-01,1,2\n", "line 2: expected 2 fields as in the header, got 3"),
        ("d,value\n2024-01-01,1\n", r"expected the column 'v' \(value\), got d, value"),
        ("d,vv\n2024-01-01,1\n", "near it: vv"),
        ("d,v,v\n2024-01-01,1,1\n", "one column 'v', got 2"),
        ('d,v\n2024-01-01,"1\n', "quoted as in CSV"),
    ],
)
def test_files_that_are_no_counter(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "counter.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ReportFileError, match=named):
        read_counter(path, value="v", date="d")


def test_a_row_of_empty_cells_is_not_dropped(tmp_path: Path) -> None:
    path = tmp_path / "counter.csv"
    path.write_text("d,v\n2024-01-01,1\n,\n", encoding="utf-8")
    with pytest.raises(ParseError, match="row 2, column 'd'"):
        read_counter(path, value="v", date="d")


def test_sources_that_can_not_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "counter.csv"
    latin.write_bytes("d,v\n2024-01-01,\xe9\n".encode("latin-1"))
    broken = pl.LazyFrame({"d": [1]}).select(pl.col("nothing"))
    for source, named in (
        (latin, "line 2: expected UTF-8"), (tmp_path / "none.csv", "a file that can be read"),
        (tmp_path, "ends in .csv or .tsv, got no ending"), (42, "a path, Reports, or a frame .*, got int"),
        (broken, "the polars frame: expected columns"), (table([]), "at least one row"),
    ):  # fmt: skip
        with pytest.raises(ReportFileError, match=named):
            read_counter(source, value="v", date="d")  # type: ignore[call-overload]


def test_arguments_that_make_no_sense() -> None:
    with pytest.raises(OptionError, match="value= and date="):
        read_counter(table([1]), value="v")  # type: ignore[call-overload]
    with pytest.raises(OptionError, match=r"one of exactly.* or a column, got 'exact'"):
        counter([1], qualifier="exact")
    with pytest.raises(OptionError, match="value= the name of a column, got 3"):
        read_counter(table([1]), value=3, date="d")  # type: ignore[call-overload]
    with pytest.raises(OptionError, match="standard= one of verified"):
        counter([1], standard="seen")
    with pytest.raises(MeasureError, match=r"a running total \(killed.*got 'population'"):
        counter([1], measure="population")
    with pytest.raises(OptionError, match="unit= one of people, displacements, households for displaced, got None"):
        counter([1], measure="displaced")
    with pytest.raises(OptionError, match="unit= one of people for killed, got 'households'"):
        counter([1], unit="households")


# What comes of it


def test_a_flow_series_of_newly_reported_counts() -> None:
    made = counter([100, 110, None, 130], place="A/b", group="civilian", source="MoH", standard="reported").increments()
    flow = made.flow()
    assert flow.info.newly
    assert (flow.info.place, flow.info.sources, flow.info.standards) == ("A/b", ("MoH",), ("reported",))
    assert "newly reported violent deaths of civilians" in str(flow)
    assert flow.daily().to_frame().select("period_start", "best").rows() == [
        (day(1), 10.0),
        (day(2), 10.0),
        (day(3), 10.0),
    ]
    assert flow.resample("week").to_frame()["coverage"].to_list() == [pytest.approx(3 / 7)]
    rates = cs.death_rate(flow, population=10_000)
    assert rates.to_frame()["label"][0].startswith("newly reported violent deaths of civilians per 10,000")
    assert_conserves_total(flow)


def test_a_gap_in_the_increments_is_no_zero() -> None:
    cells = counter([100, 120, 115, 140]).increments("null").flow().daily().to_frame()
    assert cells["best"].to_list() == [20.0, None, 25.0]


def test_what_is_no_flow() -> None:
    with pytest.raises(DecreaseError, match=r"got -5 on 2024-01-03 \(row 3\).*'retraction'"):
        counter([100, 120, 115]).increments("keep").flow()
    with pytest.raises(OptionError, match=r"whole counts.*got 17\.5 on 2024-01-02"):
        counter([100, 120, 115]).increments("isotonic").flow()
    assert str(counter([100, 120, 110, 120]).increments("isotonic").flow().total()) == "20"
    single = counter([100]).increments()
    with pytest.raises(NoReportsError, match="two rows with a value"):
        single.flow()
    with pytest.raises(NoReportsError, match="two rows with a value"):
        single.total()
    assert str(single) == "newly reported violent deaths: no increment"
    with pytest.raises(ReportFileError, match="group"):
        counter([1, 2], group="a//b").increments().flow()


def test_other_measures() -> None:
    died = counter([1, 5], measure="died").increments()
    assert cs.crude_mortality_rate(died.flow(), population=1_000).to_frame().height == 1
    moved = counter([10, 50, 5, 20], measure="displaced", unit="people", breaks=[Break(day(2), "reset", "x")])
    with pytest.raises(NotAdditiveError, match="newly reported people displaced"):
        moved.increments().total()
    one_phase = counter([10, 50], measure="displaced", unit="people").increments()
    assert one_phase.total().unit == "people"
    block = Break(day(1), "retroactive", "x", period="2023-12", count=5)
    held = counter([10, 50], measure="displaced", unit="people", breaks=[block]).increments()
    with pytest.raises(NotAdditiveError, match="retroactive='apart'"):
        held.flow(retroactive="spread")


def test_a_running_total_of_a_flow_series_is_no_counter() -> None:
    made = cs.deaths(reports_of([{"start_earliest": FIRST, "value": 5}])).cumulate()
    for call in (made.increments, made.find_breaks, made.floor, lambda: made.with_breaks([])):
        with pytest.raises(KindError, match="expected a published counter"):
            call()
    with pytest.raises(KindError, match="the flow series that it was made from holds them"):
        made.increments()
    assert str(made).startswith("running total of reported violent deaths since")


def test_a_counter_is_not_summed_or_cumulated() -> None:
    for name in ("cumulate", "total", "resample"):
        method = getattr(counter([1, 2]), name)
        with pytest.raises(KindError):
            method()
    assert "published counter" in counter([1, 2])._repr_html_()


def test_the_same_rows_in_another_order_give_the_same_answer() -> None:
    frame = table([100, 120, 115, 140], incident=[0, 20, 1, 25])
    first, second = (
        read_counter(one, value="v", date="d", incident="incident").increments("keep")
        for one in (frame, frame.reverse())
    )  # fmt: skip
    assert first.to_frame().drop("row").equals(second.to_frame().drop("row"))
    assert first.audit["note"].to_list() != []
    assert first.audit.drop("row", "note").equals(second.audit.drop("row", "note"))


# A publisher's file


@pytest.mark.realdata
def test_the_audit_lists_every_day_on_which_the_columns_differ() -> None:
    """A daily counter of 460 rows, read a second time with the standard library alone."""
    if not DATA.exists():
        pytest.skip(f"no publisher's file at {DATA.parent.name}: it is not part of the project")
    made = read_counter(
        DATA,
        value="killed_cum",
        date="report_date",
        period_hours="report_period",
        incident="killed",
        since="2023-10-07",
    )
    steps = made.increments()
    with DATA.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    expected: dict[str, tuple[int, int]] = {}
    last, said, known = 0, 0, True
    for row in rows:
        killed, total = row["killed"], row["killed_cum"]
        if total == "" or row["report_period"] == "0":
            said, known = said + int(killed or 0), known and (killed != "" or row["report_period"] == "0")
            continue
        if killed and int(killed) + said != int(total) - last:
            expected[row["report_date"]] = (int(killed) + said, int(total) - last)
        last, said, known = int(total), 0, True
    found = steps.audit.filter(pl.col("kind") == "differs")
    assert {str(when): (a, b) for when, a, b in found.select("date", "incident", "change").rows()} == expected
    plain = {
        now["report_date"]
        for before, now in pairwise(rows)
        if "" not in (now["killed"], now["killed_cum"], before["killed_cum"])
        and int(now["killed"]) != int(now["killed_cum"]) - int(before["killed_cum"])
    }
    assert plain <= set(expected)
    assert len(plain) == 7
    assert steps.to_frame().height == len(rows) == 460
    assert steps.total().best == int(rows[-1]["killed_cum"])
    frame = steps.to_frame()
    assert frame["days"].sum() == 460, "every day of the counter lies in one increment"
    hours = {when: days for when, days in frame.select("date", "days").rows() if days is not None}
    assert [hours[date.fromisoformat(row["report_date"])] for row in rows if row["report_period"] in ("48", "72")] == [
        int(row["report_period"]) // 24 for row in rows if row["report_period"] in ("48", "72")
    ]  # fmt: skip
    assert {row["report_date"] for row in rows if row["report_period"] == "0"} == {
        str(when) for when, status in frame.select("date", "status").rows() if status == "no report"
    }
    assert str(steps.flow().total()) == f"{int(rows[-1]['killed_cum']):,}"


def test_steps_of_a_counter_without_values() -> None:
    empty = counter([None, None])
    assert empty.counter is not None
    assert [step.status for step in counter_steps(empty.counter, "raise")] == ["missing", "missing"]
    assert empty.to_frame().is_empty()
