"""Frames of polars, pandas, pyarrow and duckdb, and frames with two columns a date."""

from __future__ import annotations

import builtins
import subprocess
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from casualtystats.errors import MissingExtraError, ReportFileError
from casualtystats.reports import read_reports

FRAME = pl.DataFrame(
    {
        "report_id": ["a", "b", "c"],
        "measure": ["killed", "displaced", "idps"],
        "unit": ["people", "displacements", "households"],
        "kind": ["flow", "cumulative", "stock"],
        "qualifier": [None, "at_least", "approximately"],
        "value": [42, 180_000, 700],
        "start": [date(2019, 5, 12), date(2019, 4, 29), date(2019, 5, 1)],
        "end": [date(2019, 5, 13), date(2019, 5, 9), None],
        "hours": [24.0, None, None],
    }
)
EXPECTED = read_reports(FRAME).frame


def test_lazy_and_typed_frames() -> None:
    words = FRAME.with_columns(
        pl.col("measure", "unit").cast(pl.Categorical),
        pl.col("kind").cast(pl.Enum(["stock", "flow", "cumulative"])),
    )
    for frame in (
        FRAME.lazy(),
        words,
        FRAME.cast({"value": pl.Float64}),
        FRAME.cast({"value": pl.UInt32, "hours": pl.Decimal(5, 1)}),
    ):
        assert read_reports(frame).frame.equals(EXPECTED)


def test_pandas_and_pyarrow() -> None:
    assert read_reports(FRAME.to_pandas()).frame.equals(EXPECTED)
    assert read_reports(FRAME.to_arrow()).frame.equals(EXPECTED)
    table: Any = FRAME.to_arrow()
    assert isinstance(table, pa.Table)


DUCKDB = """
import sys, duckdb, casualtystats as cs
with duckdb.connect() as connection:
    given = connection.sql("select * from read_parquet('" + sys.argv[1] + "')")
    cs.read_reports(given).frame.write_parquet(sys.argv[2])
"""


def test_duckdb(tmp_path: Path) -> None:
    """In a process of its own: duckdb reports leaks of its own bindings when the interpreter ends."""
    given, found = tmp_path / "given.parquet", tmp_path / "found.parquet"
    FRAME.write_parquet(given)
    subprocess.run([sys.executable, "-c", DUCKDB, str(given), str(found)], check=True, capture_output=True)
    assert pl.read_parquet(found).equals(EXPECTED)


def test_pandas_dates_with_a_time_zone_at_midnight_are_dates() -> None:
    frame = FRAME.to_pandas()
    frame["start"] = pd.to_datetime(frame["start"]).dt.tz_localize("Asia/Damascus")
    assert read_reports(frame).frame.equals(EXPECTED)


def test_a_time_of_day_is_rejected_with_a_hint_about_time_zones() -> None:
    late = FRAME.with_columns(start=pl.lit(datetime(2019, 5, 1, 21, tzinfo=timezone.utc)))  # noqa: UP017
    reports = read_reports(late)
    assert len(reports) == 0
    assert "time zone" in reports.rejected["hint"][0]


def test_an_accepted_frame_is_accepted_again() -> None:
    again = read_reports(EXPECTED.filter(pl.col("report_id") != "b"))
    assert again.frame.equals(EXPECTED.filter(pl.col("report_id") != "b"))
    assert again.rejected.is_empty()


@pytest.mark.parametrize(
    ("column", "cell", "rule", "where", "value"),
    [
        ("start_latest", None, "half_date", "start_earliest", "2019-05-12"),
        ("start_latest", date(2019, 5, 11), "date_order", "start_earliest", "2019-05-12"),
        ("end_earliest", "2019-05", "date", "end_earliest", "2019-05"),
        ("end_latest", "2019-05-11", "end_before_start", "end", "[2019-05-10..2019-05-11]"),
    ],
)
def test_dates_in_two_columns(column: str, cell: object, rule: str, where: str, value: str) -> None:
    first = EXPECTED.head(1)
    if rule == "end_before_start":
        first = first.with_columns(end_earliest=pl.lit("2019-05-10"))
    found = read_reports(first.with_columns(pl.Series(column, [cell]))).rejected
    assert found.select("rule", "column", "value").rows() == [(rule, where, value)]


def test_a_needed_date_in_two_empty_columns_is_missing() -> None:
    none = pl.lit(None, pl.Date)
    found = read_reports(EXPECTED.head(1).with_columns(start_earliest=none, start_latest=none)).rejected
    assert found.select("rule", "column", "value").rows() == [("missing", "start", None)]


def test_a_value_of_a_rule_on_a_column_that_is_not_there() -> None:
    found = read_reports(FRAME.drop("value").with_columns(low=pl.Series([None, None, 1]))).rejected
    assert found.select("rule", "column", "value").rows()[:2] == [("no_count", "value", None)] * 2


def test_stocks_need_no_column_end() -> None:
    assert len(read_reports(FRAME.filter(pl.col("kind") == "stock").drop("end"))) == 1


def test_what_is_no_frame() -> None:
    for nothing in (None, 7, [{"report_id": "a"}]):
        with pytest.raises(ReportFileError, match="expected a path or a frame"):
            read_reports(nothing)  # type: ignore[arg-type]


def test_frames_that_can_not_be_handed_over() -> None:
    twice = pd.concat([FRAME.to_pandas(), FRAME.to_pandas()[["value"]]], axis=1)
    with pytest.raises(ReportFileError, match="the pandas frame"):
        read_reports(twice)
    with pytest.raises(ReportFileError, match="the polars frame"):
        read_reports(FRAME.lazy().select(pl.col("none")))
    with pytest.raises(ReportFileError, match="got no rows"):
        read_reports(FRAME.clear())


def test_pandas_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(source: object) -> pl.DataFrame:
        raise ModuleNotFoundError("pyarrow")

    monkeypatch.setattr("casualtystats.reports.rawtables._through_arrow", absent)
    frame = pd.DataFrame(
        {
            "report_id": ["a", "b"],
            "measure": "killed",
            "unit": "people",
            "kind": "flow",
            "value": [42, None],
            "low": [None, 7],
            "start": pd.to_datetime(["2019-05-12", "2019-05-01"]),
            "end": ["2019-05-13", "2019-05-02"],
            "wording": ["at least", float("nan")],
        }
    )
    reports = read_reports(frame)
    assert [str(report.estimate) for report in reports] == ["42", "at least 7"]
    assert reports["b"].wording is None


def test_pandas_columns_of_mixed_kinds_are_text() -> None:
    frame = FRAME.to_pandas()
    frame["wording"] = ["text", 1, None]
    assert read_reports(frame).frame["wording"].to_list() == ["text", "1", None]


def test_a_frame_that_needs_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    class Frame:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            return builtins.__import__("no_such_module_here")

    with pytest.raises(MissingExtraError, match="pip install pyarrow"):
        read_reports(Frame())
