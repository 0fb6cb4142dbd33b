"""Each rule by an example: what is rejected, and what the hint says; and what is accepted beside it."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from casualtystats.estimates import Estimate
from casualtystats.reports import Reports, read_reports
from casualtystats.reports.columns import FORMAT

BASE: dict[str, Any] = dict.fromkeys(FORMAT, "") | {
    "report_id": "a",
    "measure": "killed",
    "unit": "people",
    "kind": "flow",
    "value": "42",
    "start": "2019-05-12",
    "end": "2019-05-13",
}
STOCK = {"measure": "idps", "kind": "stock", "end": ""}


def read_one(**changes: Any) -> Reports:
    row = BASE | changes
    return read_reports(pl.DataFrame({name: [cell] for name, cell in row.items()}))


REJECTED = [
    ({"report_id": " "}, "missing", "report_id", "expected a report_id, got an empty cell"),
    ({"measure": ""}, "missing", "measure", "expected a measure"),
    ({"unit": ""}, "missing", "unit", "expected a unit"),
    ({"kind": ""}, "missing", "kind", "expected a kind"),
    ({"start": ""}, "missing", "start", "expected a start"),
    ({"end": ""}, "missing", "end", "a flow has the last day of its period"),
    ({"measure": "Killed"}, "unknown_word", "measure", "got 'Killed'; write killed"),
    ({"measure": "murdered"}, "unknown_word", "measure", "got 'murdered'"),
    ({"unit": "persons"}, "unknown_word", "unit", "expected one of people, displacements"),
    ({"kind": "stocks"}, "unknown_word", "kind", "expected one of flow, cumulative, stock"),
    ({"qualifier": "at least"}, "unknown_word", "qualifier", "got 'at least'; write at_least"),
    ({"standard": "certain"}, "unknown_word", "standard", "expected one of verified"),
    ({"role": "main"}, "unknown_word", "role", "expected one of recommended"),
    (
        {"value": "1,234"},
        "whole_number",
        "value",
        "without separators, signs or fractions; got '1,234'; write 1234",
    ),
    ({"value": "1 234"}, "whole_number", "value", "write 1234"),
    ({"value": "-1"}, "whole_number", "value", "got '-1'"),
    ({"value": "+1"}, "whole_number", "value", "got '+1'"),
    ({"value": "1.5"}, "whole_number", "value", "got '1.5'"),
    ({"value": "1e3"}, "whole_number", "value", "got '1e3'"),
    ({"value": "NaN"}, "whole_number", "value", "got 'NaN'"),
    ({"value": "\u0663"}, "whole_number", "value", "got '\u0663'"),
    ({"value": "1000000000000001"}, "whole_number", "value", "10**15"),
    ({"value": "9" * 400}, "whole_number", "value", "9..."),
    ({"value": 1.5}, "whole_number", "value", "got '1.5'"),
    ({"value": float("nan")}, "whole_number", "value", "got 'NaN'"),
    ({"value": float("inf")}, "whole_number", "value", "got 'inf'"),
    ({"value": -1}, "whole_number", "value", "got '-1'"),
    ({"value": True}, "whole_number", "value", "got 'true'"),
    ({"value": date(2019, 5, 1)}, "whole_number", "value", "got '2019-05-01'"),
    ({"value": [1]}, "whole_number", "value", "got '[1]'"),
    ({"low": "x"}, "whole_number", "low", "got 'x'"),
    ({"best": "x"}, "whole_number", "best", "got 'x'"),
    ({"high": "x"}, "whole_number", "high", "got 'x'"),
    ({"hours": "a day"}, "hours", "hours", "expected a number of hours above 0"),
    ({"hours": "0"}, "hours", "hours", "got '0'"),
    ({"hours": float("inf")}, "hours", "hours", "got 'inf'"),
    ({"hours": True}, "hours", "hours", "got 'true'"),
    ({"start": "12 May 2019"}, "date", "start", "expected 2019-05-09, 2019-05"),
    ({"start": "2019-02-30"}, "date", "start", "got '2019-02-30'"),
    ({"start": "[2019-05-02..2019-05-01]"}, "date", "start", "got '[2019-05-02..2019-05-01]'"),
    ({"start": 2019}, "date", "start", "got '2019'"),
    ({"end": datetime.fromisoformat("2019-05-13T22:30")}, "date", "end", "time zone"),
    ({"published": "soon"}, "date", "published", "got 'soon'"),
    ({"source": 1.5}, "text", "source", "expected text"),
    ({"wording": "a\0b"}, "text", "wording", "NUL"),
    ({"place": "Syria//Idlib"}, "path", "place", "none of them empty; got 'Syria//Idlib'"),
    ({"destination": "Syria/"}, "path", "destination", "none of them empty"),
    ({"group": "/child"}, "path", "group", "none of them empty"),
    ({"perpetrator": "a/ /b"}, "path", "perpetrator", "none of them empty"),
    (
        {"unit": "facilities"},
        "unit_of_measure",
        "unit",
        "expected the unit people for killed; got facilities",
    ),
    (
        {"measure": "idps"},
        "kind_of_measure",
        "kind",
        "expected the kind stock for idps; got flow",
    ),
    ({"value": ""}, "no_count", "value", "No number is not 0"),
    ({"value": "", "high": "9"}, "no_count", "value", "No number is not 0"),
    ({"value": "", "low": "1", "qualifier": "up_to"}, "no_value", "value", "with the qualifier up_to"),
    (
        {"value": "", "low": "1", "qualifier": "exactly"},
        "no_value",
        "value",
        "A published range is 'between'",
    ),
    ({"qualifier": "between"}, "between_low", "low", "expected a low"),
    ({"qualifier": "less_than", "value": "0"}, "less_than_zero", "value", "no count is less than 0"),
    ({"qualifier": "between", "low": "1", "best": "41"}, "best_is_value", "best", "got best 41 and value 42"),
    (
        {"qualifier": "between", "low": "9", "high": "8", "value": ""},
        "low_above_high",
        "low",
        "got low 9 and high 8",
    ),
    ({"value": "", "low": "9", "high": "8"}, "low_above_high", "low", "got low 9 and high 8"),
    ({"low": "41"}, "bounds_disagree", "low", "expected low 42 for 'exactly 42', or an empty cell; got '41'"),
    ({"best": "41"}, "bounds_disagree", "best", "got '41'"),
    ({"high": "50"}, "bounds_disagree", "high", "A published range has the qualifier between"),
    (
        {"qualifier": "at_least", "best": "42"},
        "bounds_disagree",
        "best",
        "expected best nothing for 'at_least 42'",
    ),
    ({"qualifier": "at_least", "high": "50"}, "bounds_disagree", "high", "expected high nothing"),
    (
        {"qualifier": "at_least", "value": "", "low": "1", "high": "2"},
        "bounds_disagree",
        "high",
        "expected high nothing",
    ),
    (
        {"qualifier": "at_least", "value": "", "low": "1", "best": "2"},
        "bounds_disagree",
        "best",
        "expected best nothing",
    ),
    ({"value": "", "low": "1", "best": "2"}, "bounds_disagree", "best", "expected best nothing"),
    ({"qualifier": "approximately", "low": "42"}, "bounds_disagree", "low", "expected low 39"),
    ({**STOCK, "end": "2019-05-13"}, "stock_date", "end", "a stock has one date; got '2019-05-13'"),
    ({**STOCK, "hours": "24"}, "stock_hours", "hours", "a date, not a length"),
    ({"end": "2019-05-11"}, "end_before_start", "end", "on or after the start 2019-05-12; got '2019-05-11'"),
    ({"hours": "48.5"}, "hours_too_long", "hours", "expected up to 48 hours"),
    ({"published": "2019-05-12"}, "counts_the_future", "published", "(2019-05-13); got '2019-05-12'"),
    (
        {**STOCK, "published": "2019-05-11"},
        "counts_the_future",
        "published",
        "(2019-05-12); got '2019-05-11'",
    ),
]


@pytest.mark.parametrize(("changes", "rule", "column", "hint"), REJECTED)
def test_a_row_that_breaks_one_rule_is_rejected_with_a_hint(
    changes: dict[str, Any], rule: str, column: str, hint: str
) -> None:
    reports = read_one(**changes)
    assert len(reports) == 0
    found = reports.rejected.to_dicts()
    assert [(line["row"], line["rule"], line["column"]) for line in found] == [(1, rule, column)]
    assert hint in found[0]["hint"]
    raw = json.loads(found[0]["raw"])
    assert list(raw) == sorted(BASE)
    assert raw[column] == found[0]["value"]


ACCEPTED: list[tuple[dict[str, Any], tuple[Any, ...]]] = [
    ({}, ("exactly", 42, 42, 42, 42)),
    ({"value": "0"}, ("exactly", 0, 0, 0, 0)),
    ({"value": " 16.0 "}, ("exactly", 16, 16, 16, 16)),
    ({"value": 16.0}, ("exactly", 16, 16, 16, 16)),
    ({"value": Decimal("16.00")}, ("exactly", 16, 16, 16, 16)),
    ({"value": 10**15, "qualifier": "more_than"}, ("more_than", 10**15, 10**15 + 1, None, None)),
    ({"qualifier": "at_least", "low": "42"}, ("at_least", 42, 42, None, None)),
    ({"qualifier": "up_to"}, ("up_to", 42, 0, None, 42)),
    ({"qualifier": "less_than"}, ("less_than", 42, 0, None, 41)),
    (
        {"qualifier": "approximately", "low": "39", "best": "42", "high": "45"},
        ("approximately", 42, 39, 42, 45),
    ),
    ({"value": "", "low": "7"}, ("at_least", None, 7, None, None)),
    ({"value": "", "low": "7", "qualifier": "more_than"}, ("more_than", None, 7, None, None)),
    ({"value": "", "low": "7", "qualifier": "between"}, ("between", None, 7, None, None)),
    ({"value": "", "low": "7", "high": "9"}, ("between", None, 7, None, 9)),
    ({"value": "", "low": "7", "high": "9", "best": "8"}, ("between", 8, 7, 8, 9)),
    ({"value": "8", "low": "7", "high": "9", "qualifier": "between"}, ("between", 8, 7, 8, 9)),
    ({"value": "", "low": "7", "high": "9", "best": "12", "qualifier": "between"}, ("between", 12, 7, 12, 9)),
]


@pytest.mark.parametrize(("changes", "expected"), ACCEPTED)
def test_counts_and_their_bounds(changes: dict[str, Any], expected: tuple[Any, ...]) -> None:
    frame = read_one(**changes).frame
    assert frame.select("qualifier", "value", "low", "best", "high").rows() == [expected]


def test_a_between_agrees_with_the_scalar_class() -> None:
    report = read_one(value="", low="40", high="50", best="42")["a"]
    assert report.estimate == Estimate.between(40, 50, best=42)


def test_fuzzy_periods_are_kept_and_only_impossible_ones_rejected() -> None:
    frame = read_one(start="2019-05", end="[2019-04-28..2019-05-02]", published="2019-04-28").frame
    assert frame["start_latest"][0] == date(2019, 5, 31)
    assert frame["end_earliest"][0] == date(2019, 4, 28)


def test_a_stock_has_one_date() -> None:
    for end in ("", "2019-05"):
        row = read_one(**(STOCK | {"start": "2019-05", "end": end})).frame.row(0, named=True)
        assert (row["start_earliest"], row["start_latest"]) == (row["end_earliest"], row["end_latest"])
        assert row["end_latest"] == date(2019, 5, 31)


def test_datetimes_at_midnight_are_dates() -> None:
    assert read_one(start=datetime.fromisoformat("2019-05-12")).frame["start_latest"].to_list() == [date(2019, 5, 12)]


def test_dates_beyond_python_are_rejected() -> None:
    frame = pl.DataFrame({name: [cell] for name, cell in BASE.items()}).with_columns(
        end=pl.lit(10**7).cast(pl.Int32).cast(pl.Date)
    )
    assert read_reports(frame).rejected["rule"].to_list() == ["date"]


def test_steps_of_paths_are_stripped_and_ids_may_be_whole_numbers() -> None:
    row = read_one(place=" Syria / Idlib\u00a0/Kafranbel ", report_id=7, hours=24).frame.row(0, named=True)
    assert (row["place"], row["report_id"], row["hours"]) == ("Syria/Idlib/Kafranbel", "7", 24.0)


def test_all_rows_of_a_duplicate_id_are_rejected() -> None:
    rows = pl.DataFrame([BASE, BASE | {"report_id": "b"}, BASE | {"report_id": " a ", "value": "43"}])
    reports = read_reports(rows)
    assert reports.frame["report_id"].to_list() == ["b"]
    assert reports.rejected.select("row", "rule").rows() == [(1, "duplicate_id"), (3, "duplicate_id")]
    assert "in rows 1, 3: which is right can not be known" in reports.rejected["hint"][0]


def test_many_twins_are_not_all_listed() -> None:
    reports = read_reports(pl.DataFrame([BASE] * 12))
    assert "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and more" in reports.rejected["hint"][11]


def test_every_broken_rule_of_a_row_is_named() -> None:
    reports = read_one(measure="", value="x", start="2019-13")
    assert reports.rejected["rule"].to_list() == ["missing", "whole_number", "date"]
    assert reports.rejected["row"].n_unique() == 1
