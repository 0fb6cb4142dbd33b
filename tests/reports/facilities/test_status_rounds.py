"""Rounds of a status survey: what is counted, what is compared, and what the days between rounds may have been."""

from __future__ import annotations

import csv
import itertools
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casualtystats.errors import OptionError, ParseError, ReportFileError
from casualtystats.provenance import Origin
from casualtystats.reports.facilities import (
    Facilities,
    Facility,
    StatusRounds,
    read_facilities,
    read_status_rounds,
)
from casualtystats.reports.facilities.states import states
from casualtystats.vocabulary import FACILITY_STATUSES

DATA = Path(__file__).parents[4] / "shared" / "data" / "facility_status" / "hf_borno.csv"
DAY = date(2021, 1, 1)
slow = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def table(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(["round", "facility_id", "date", "status"], pl.String), orient="row")


def example() -> StatusRounds:
    """Three facilities; in the second round c was not listed and b did not report."""
    return read_status_rounds(
        table(
            ("1", "a", "2021-01-11", "functional"), ("1", "b", "", "partial"), ("1", "c", "", "destroyed"),
            ("2", "a", "2021-02-11", "non_functional"), ("2", "b", "", ""), ("2", "d", "", "unknown"),
            ("3", "a", "2021-03-11", "functional"), ("3", "b", "", "partial"), ("3", "c", "", "destroyed"),
        )
    )  # fmt: skip


def test_a_round_is_counted_by_hand() -> None:
    rounds = example()
    assert str(rounds) == "3 rounds of 4 facilities, 11 January to 11 March 2021: 8 of 9 rows with a status"
    made = rounds.summary()
    counts = ["listed", "reported", "not_reported", *FACILITY_STATUSES, "entered", "left"]
    assert made.select(counts).rows() == [
        (3, 3, 0, 1, 1, 0, 1, 0, None, None),
        (3, 2, 1, 0, 0, 1, 0, 1, 1, 1),
        (3, 3, 0, 1, 1, 0, 1, 0, 1, 1),
    ]
    assert made["share_functional_of_reported"].to_list() == [1 / 3, 0, 1 / 3]
    assert made["share_low"].to_list() == [1 / 3, 0, 1 / 3]
    assert made["share_high"].to_list() == [2 / 3, 2 / 3, 2 / 3]
    matched = made.select(
        "matched_reported", "matched_functional", "matched_functional_before", "matched_non_functional"
    )
    assert matched.rows() == [(None,) * 4, (1, 0, 1, 1), (1, 1, 0, 0)]
    assert made["matched_share_high_before"].to_list() == [None, 1, 0]
    assert [row[0] for row in rounds.rounds.rows()] == ["1", "2", "3"]
    assert len(rounds) == 3
    assert "entered" in rounds._repr_html_()
    assert rounds.to_frame().equals(rounds.rows)


def test_transitions_name_who_did_not_report_and_who_was_not_listed() -> None:
    assert example().transitions().rows() == [
        ("1", "2", "functional", "non_functional", 1), ("1", "2", "partial", "not_reported", 1),
        ("1", "2", "destroyed", "not_listed", 1), ("1", "2", "not_listed", "unknown", 1),
        ("2", "3", "non_functional", "functional", 1), ("2", "3", "unknown", "not_listed", 1),
        ("2", "3", "not_reported", "partial", 1), ("2", "3", "not_listed", "destroyed", 1),
    ]  # fmt: skip


def test_summaries_by_place_are_complete_and_add_up() -> None:
    rows = example().rows.select("round", "facility_id", pl.col("date_earliest").alias("date"), "status")
    where = {"a": "C/North", "b": "C/South", "c": "C/North", "d": None}
    placed = rows.with_columns(place=pl.col("facility_id").replace_strict(where))
    rounds = read_status_rounds(placed)
    by = rounds.summary(["place"])
    assert by.height == 9
    assert by.filter(pl.col("place").is_null())["listed"].to_list() == [0, 1, 0]
    counts = ["listed", "reported", "not_reported", *FACILITY_STATUSES, "matched_reported"]
    added = by.group_by("round", maintain_order=True).agg(pl.col(counts).sum())
    assert added.equals(rounds.summary().select("round", pl.col(counts).fill_null(0)))
    bad: Any
    for bad in (["territory"], "place", ["place", "place"]):
        with pytest.raises(OptionError, match="expected by="):
            rounds.summary(bad)


REJECTED = [
    (("1", "a", "2021-01-11", "broken"), "unknown_status", "status", "got 'broken'"),
    (("1", "", "2021-01-11", "partial"), "missing", "facility_id", "expected a facility_id"),
    (("", "a", "2021-01-11", "partial"), "missing", "round", "expected a round"),
    (("1", "a", "", "partial"), "missing", "date", "give date="),
    (("1", "a", "spring", "partial"), "date", "date", "got 'spring'"),
]


@pytest.mark.parametrize(("row", "rule", "column", "hint"), REJECTED)
def test_a_row_that_breaks_a_rule_is_rejected(row: tuple[str, ...], rule: str, column: str, hint: str) -> None:
    made = read_status_rounds(table(row, ("9", "z", "2021-05-01", "functional")))
    assert made.rejected.select("table", "row", "rule", "column").rows() == [("rounds", 1, rule, column)]
    assert hint in made.rejected["hint"][0]
    assert str(made).endswith("1 row rejected (see .rejected)")


def test_two_rows_of_a_facility_in_a_round_are_rejected() -> None:
    made = read_status_rounds(
        table(("1", "a", "2021-01-11", "partial"), ("1", "a", "", ""), ("2", "a", "2021-02-01", ""))
    )
    assert made.rejected.select("row", "rule").rows() == [(1, "duplicate_report"), (2, "duplicate_report")]
    assert made.rows.height == 1


def test_dates_against_the_order_of_rounds_are_rejected() -> None:
    made = read_status_rounds(
        table(
            ("2", "a", "2021-01-11", "partial"), ("10", "a", "2021-01-11", "functional"),
            ("2", "b", "2021-01-11", "partial"), ("10", "b", "[2021-01-05..2021-01-20]", "functional"),
        )
    )  # fmt: skip
    assert made.rejected.select("row", "rule").rows() == [(1, "round_order"), (2, "round_order")]
    assert "on or before 2021-01-10" in made.rejected["hint"][0]
    assert "on or after 2021-01-12" in made.rejected["hint"][1]
    assert made.rounds["round"].to_list() == ["2", "10"]
    named = read_status_rounds(table(("late", "a", "2021-02-11", "partial"), ("z", "a", "2021-01-11", "partial")))
    assert named.rounds["round"].to_list() == ["z", "late"]


def test_publishers_words_are_understood_in_any_case() -> None:
    words = [
        "Fully Functioning",
        "PARTIALLY FUNCTIONING",
        "Non-Functioning",
        "not_functional",
        "Destroyed",
        "Closed",
        "n/a",
    ]
    rows = table(*[("1", str(i), "2021-01-11", word) for i, word in enumerate(words)])
    made = read_status_rounds(rows, statuses={"CLOSED": "non_functional", "N/A": None})
    assert made.rejected.is_empty()
    assert made.rows["status"].to_list() == [
        "functional", "partial", "non_functional", "non_functional", "destroyed", "non_functional", None,
    ]  # fmt: skip
    bad: Any = {"Closed": "shut"}
    with pytest.raises(OptionError, match="got 'Closed': 'shut'"):
        read_status_rounds(rows, statuses=bad)


def test_dates_of_rounds_without_any_are_given() -> None:
    bare = pl.DataFrame({"facility_id": ["a", "b"], "status": ["functional", "partial"]})
    made = read_status_rounds(bare, date="2021-03")
    assert made.rounds.select("round", "date_earliest", "date_latest").rows() == [
        ("1", date(2021, 3, 1), date(2021, 3, 31))
    ]
    two = bare.with_columns(round=pl.Series([1, 2]))
    with pytest.raises(OptionError, match="mapping of round to date, got one date for 2 rounds"):
        read_status_rounds(two, date="2021-03")
    assert read_status_rounds(two, date={"1": "2021-03", "2": date(2021, 4, 2)}).rejected.is_empty()
    with pytest.raises(ParseError):
        read_status_rounds(bare, date="spring")


def test_territories_change_the_denominator_and_are_shown() -> None:
    rows = table(("1", "a", "2021-01-11", "functional"), ("1", "b", "", "partial"), ("1", "c", "", "partial"))
    made = read_status_rounds(rows.with_columns(territory=pl.Series(["North", "no", "yes"])))
    assert made.summary()["listed"].to_list() == [2]
    assert made.rounds["territory"].to_list() == ["North"]
    assert made.warnings.select("row", "flag").rows() == [(2, "outside_territory")]
    assert made.to_facilities("unknown").spells.height == 3


def test_a_register_is_kept_and_completed() -> None:
    rows = example().rows.select("round", "facility_id", pl.col("date_earliest").alias("date"), "status")
    rows = rows.with_columns(beds=pl.Series([1, 2, 3, 4, 5, 6, 7, 8, 9]), place=pl.lit("C/North"))
    register = Facilities.of([Facility("e"), Facility("a", beds=40), Facility("b"), Facility("c")])
    made = read_status_rounds(rows, facilities=register)
    assert made.rejected.select("row", "rule").rows() == [(6, "unknown_facility")]
    assert made.facilities.select("facility_id", "beds").rows() == [("e", None), ("a", 40), ("b", 8), ("c", 9)]
    twins = pl.DataFrame({"facility_id": ["a", "b", "c", "c", "d"]})
    made = read_status_rounds(rows, facilities=twins)
    assert made.rejected["table"].to_list() == ["rounds", "rounds", "facilities", "facilities"]
    moved = read_status_rounds(rows.with_columns(place=pl.Series(["C/South", *["C/North"] * 8])))
    assert moved.warnings.select("row", "flag").rows() == [(1, "place_changed")]
    assert moved.facilities["place"].unique().to_list() == ["C/North"]


def test_spells_of_rounds_by_hand() -> None:
    made = example().to_facilities("unchanged")
    assert made.from_rounds
    dates = pl.col("start_earliest", "start_latest", "end_earliest", "end_latest").dt.to_string("%m-%d")
    assert made.spells.select("facility_id", "status", dates, "still").rows() == [
        ("a", "non_functional", "01-12", "02-11", "02-11", "03-10", False),
        ("b", "partial", None, "01-11", "03-11", None, True),
        ("c", "destroyed", None, "01-11", "03-11", None, True),
        ("d", "unknown", None, "02-11", "02-11", None, True),
    ]
    assert made["a"].observed == (date(2021, 1, 11), date(2021, 3, 11))
    unknown = example().to_facilities("unknown")
    assert unknown["a"].observed is None
    assert unknown.spells.filter(pl.col("facility_id") == "b").select(dates, "still").rows() == [
        (None, "01-11", "01-11", None, False), (None, "03-11", "03-11", None, True),
    ]  # fmt: skip
    bad: Any = "same"
    with pytest.raises(OptionError, match="between= unchanged or unknown"):
        example().to_facilities(bad)


def test_frames_of_another_shape_are_refused() -> None:
    with pytest.raises(ReportFileError, match="expected rows with the columns"):
        StatusRounds(pl.DataFrame({"round": ["1"]}), example().facilities)


def test_an_empty_survey_says_so() -> None:
    made = read_status_rounds(table(), origin=Origin("cluster", "survey"))
    assert str(made) == "no rounds of no facilities: 0 of no rows with a status"
    assert made.summary().is_empty()
    assert made.to_facilities("unchanged").spells.is_empty()
    assert "cluster: survey" in made._repr_html_()


# Day by day

said = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["", *FACILITY_STATUSES])), min_size=1, max_size=5)
MAY = {
    "functional": {"functional"}, "partial": {"partial"}, "non_functional": {"out"}, "destroyed": {"out"},
    "unknown": {"functional", "partial", "out"},
}  # fmt: skip


def between_reports(one: str, after: str, unchanged: bool) -> set[str]:
    """What a facility may be on a day between two reports, as the frames can say it."""
    if one == after:
        return MAY[one] if unchanged or one == "destroyed" else MAY["unknown"]
    if not unchanged:
        return MAY["unknown"]
    return MAY[one] | MAY[after] | {"functional"}


def possible(register: Facilities, first: date, last: date) -> list[set[str]]:
    found = states(register, f"{first}/{last}", functional=True)
    days: dict[date, set[str]] = {}
    for row in found.rows(named=True):
        may = {name for name in ("functional", "partial", "out") if row[f"can_{name}"]}
        for n in range((row["last"] - row["first"]).days + 1):
            days[row["first"] + timedelta(days=n)] = may
    return [days[first + timedelta(days=n)] for n in range((last - first).days + 1)]


@slow
@given(said, st.booleans())
def test_the_days_between_rounds_are_those_of_an_oracle(made: list[tuple[int, str]], unchanged: bool) -> None:
    days = list(itertools.accumulate((step for step, _ in made), initial=2))[1:]
    rows = [
        (str(n), "a", (DAY + timedelta(days=day)).isoformat(), status)
        for n, (day, (_, status)) in enumerate(zip(days, made, strict=True))
    ]
    register = read_status_rounds(table(*rows)).to_facilities("unchanged" if unchanged else "unknown")
    reports = [(day, status) for day, (_, status) in zip(days, made, strict=True) if status]
    expected: list[set[str]] = []
    for day in range(days[-1] + 4):
        before = [one for one in reports if one[0] <= day]
        after = [one for one in reports if one[0] >= day]
        if before and before[-1][0] == day:
            expected.append(MAY[before[-1][1]])
        elif before and after:
            expected.append(between_reports(before[-1][1], after[0][1], unchanged))
        else:
            lasting = bool(before) and before[-1][1] == "destroyed"
            expected.append(MAY["destroyed"] if lasting else MAY["unknown"])
    assert possible(register, DAY, DAY + timedelta(days=days[-1] + 3)) == expected


fuzzy_rounds = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.sampled_from(["functional", "partial", "non_functional", ""])),
    min_size=1,
    max_size=4,
)


def ranges(made: list[tuple[int, int, str]]) -> list[tuple[str, int, int, str]]:
    at, rows = 2, []
    for n, (step, width, status) in enumerate(made):
        at += step
        rows.append((str(n), at, at + width, status))
    return rows


@slow
@given(fuzzy_rounds)
def test_nothing_that_fuzzy_dates_allow_is_excluded(made: list[tuple[int, int, str]]) -> None:
    rows = ranges(made)
    read = read_status_rounds(
        table(*[(r, "a", f"[{DAY + timedelta(days=a)}..{DAY + timedelta(days=b)}]", s) for r, a, b, s in rows])
    )
    lost = set(read.rejected["row"].to_list())
    reports = [row for n, row in enumerate(rows, 1) if n not in lost and row[3]]
    register = read.to_facilities("unchanged")
    spells = register.spells.rows(named=True)
    # Days on which the frames say that a status surely holds: no choice of the days of assessment may contradict it.
    for days in itertools.product(*(range(a, b + 1) for _, a, b, _ in reports)):
        if any(one >= after for one, after in itertools.pairwise(days)):
            continue
        for spell in spells:
            sure = range((spell["start_latest"] - DAY).days, (spell["end_earliest"] - DAY).days + 1)
            for day in sure:
                before = [n for n, at in enumerate(days) if at <= day]
                after = [n for n, at in enumerate(days) if at >= day]
                assert before
                assert after
                assert {reports[before[-1]][3], reports[after[0]][3]} == {spell["status"]}


@slow
@given(fuzzy_rounds, st.booleans())
def test_registers_of_rounds_are_read_back_from_files(
    tmp_path: Path, made: list[tuple[int, int, str]], unchanged: bool
) -> None:
    # Rounds that overlap say by their numbers which report came first; tables of spells can not.
    apart = [(step + 4, width, status) for step, width, status in made]
    rows = [(r, "a", f"[{DAY + timedelta(days=a)}..{DAY + timedelta(days=b)}]", s) for r, a, b, s in ranges(apart)]
    register = read_status_rounds(table(*rows)).to_facilities("unchanged" if unchanged else "unknown")
    register.to_csv(tmp_path)
    again = read_facilities(tmp_path / "facilities.csv", outages=tmp_path / "outages.csv", hits=tmp_path / "hits.csv")
    assert again.rejected.is_empty()
    assert again.spells.equals(register.spells)
    assert again.facilities.equals(register.facilities)


@slow
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "round": st.sampled_from(["1", "2", "3", "", "x"]),
                "facility_id": st.sampled_from(["a", "b", "c", ""]),
                "date": st.sampled_from(["2021-01-11", "2021-02", "[2021-01-20..2021-02-20]", "", "?"]),
                "status": st.sampled_from(["functional", "Functioning", "partial", "", "out", "destroyed"]),
                "territory": st.sampled_from(["", "no", "North"]),
                "beds": st.sampled_from(["", "4", "4.5"]),
            }
        ),
        min_size=1,
        max_size=10,
    ),
    st.randoms(use_true_random=False),
)
def test_nothing_is_lost_and_the_order_of_rows_does_not_matter(rows: list[dict[str, str]], rng: random.Random) -> None:
    made = read_status_rounds(pl.DataFrame(rows))
    assert made.rows.height + made.rejected["row"].n_unique() == len(rows)
    rng.shuffle(rows)
    mixed = read_status_rounds(pl.DataFrame(rows))
    assert mixed.rows.equals(made.rows)
    assert mixed.facilities.equals(made.facilities)
    key = ["raw", "column", "rule"]
    assert mixed.rejected.select(key).sort(key).equals(made.rejected.select(key).sort(key))
    summary = made.summary()
    assert summary.filter(pl.col("listed") != pl.col("reported") + pl.col("not_reported")).is_empty()
    assert summary.filter(pl.col("share_low") > pl.col("share_high")).is_empty()
    assert summary.equals(mixed.summary())
    assert made.transitions().equals(mixed.transitions())


# A publisher's file


@pytest.mark.realdata
def test_a_published_status_list_is_read_whole() -> None:
    """A list of 1,761 facilities without dates or identifiers, counted a second time with the standard library alone."""
    if not DATA.exists():
        pytest.skip(f"no publisher's file at {DATA.parent.name}: it is not part of the project")
    with DATA.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = [f"{row['state']}/{row['lga']}/{row['ward']}/{row['health_facility']}" for row in rows]
    source = pl.DataFrame(
        {
            "facility_id": [name if row["health_facility"] else None for name, row in zip(names, rows, strict=True)],
            "status": [row["status"] for row in rows],
            "type": [row["type_hf"] for row in rows],
        }
    )
    made = read_status_rounds(source, date="2021-06")
    assert made.rows.height + made.rejected["row"].n_unique() == len(rows) > 1_700
    assert set(made.rejected["rule"]) <= {"missing", "duplicate_report"}
    once = [
        row["status"]
        for name, row in zip(names, rows, strict=True)
        if names.count(name) == 1 and row["health_facility"]
    ]
    summary = made.summary().row(0, named=True)
    words = {"functional": "Functioning", "partial": "Partially Functioning", "non_functional": "Not Functioning"}
    assert {name: summary[name] for name in words} == {name: once.count(word) for name, word in words.items()}
    assert summary["listed"] == len(once)
