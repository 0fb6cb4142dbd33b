"""Files that can not be read say so in one clear error; rows that can not be read are rejected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from casualtystats.errors import OptionError, PlacesError, ReportFileError
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports import read_reports
from casualtystats.reports.table import record_json

HEAD = "report_id,measure,unit,kind,value,start,end"
ROW = "a,killed,people,flow,42,2019-05-12,2019-05-13"


def write(tmp_path: Path, content: str | bytes, name: str = "r.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


BAD_FILES = [
    ("", "r.csv", "got an empty file"),
    ("\n \n", "r.csv", "got an empty file"),
    (f"{HEAD}\n", "r.csv", "line 1: expected at least one report, got no rows"),
    (f"{HEAD}\n".encode() + b"a,\xff\n", "r.csv", "line 2: expected UTF-8, got the byte 0xff"),
    (f"{HEAD}\n{ROW}\n".encode("utf-16"), "r.csv", "got UTF-16"),
    (f"{HEAD}\n\0{ROW}\n", "r.csv", "line 2: expected text, got a NUL byte"),
    (f"{HEAD}\n{ROW}\n".replace(",", ";"), "r.csv", "separated by semicolons"),
    (f"{HEAD}\n{ROW}\n".replace(",", "\t"), "r.csv", "separated by tabs"),
    (f"{HEAD}\n{ROW}\n", "r.tsv", "separated by commas"),
    (f'{HEAD}\n"{ROW}\n', "r.csv", "each quote closed"),
    (f'{HEAD}\n"a"b{ROW}\n', "r.csv", "line 2: expected fields that are quoted as in CSV"),
    (f"{HEAD},\n{ROW},\n", "r.csv", "expected a name for each column, got none for column 8"),
    (f"{HEAD},value\n{ROW},1\n", "r.csv", "expected each column once, got 'value' twice"),
    (
        f"{HEAD},published_on\n{ROW},\n",
        "r.csv",
        "line 1: expected the column 'published', got 'published_on'",
    ),
    (f"{HEAD},Published\n{ROW},\n", "r.csv", "expected the column 'published', got 'Published'"),
    (f"{HEAD}, place\n{ROW},\n", "r.csv", "expected the column 'place', got ' place'"),
    (f"{HEAD},derived from\n{ROW},\n", "r.csv", "expected the column 'derived_from'"),
    (f"{HEAD},source_name\n{ROW},\n", "r.csv", "expected the column 'source', got 'source_name'"),
    (f"{HEAD},end_earliest\n{ROW},\n", "r.csv", "expected either end or both end_earliest and end_latest"),
    (f"{HEAD},published_latest\n{ROW},\n", "r.csv", "expected either published or both"),
    (
        "report_id,measure\na,killed\n",
        "r.csv",
        "missing: unit, kind, start, value (or low); got: report_id, measure",
    ),
    (",".join(f"c{i}" for i in range(50)) + "\n", "r.csv", "c39 ..."),
    (
        "report_id,measure,unit,kind,value,start\na,killed,people,flow,1,2019-05\n",
        "r.csv",
        "expected the column end",
    ),
    ("\ufeff\ufeffreport_id\n", "r.csv", "expected the column 'report_id'"),
    ("", "r.json", "got an empty file"),
    ("[]", "r.json", "got no rows"),
    ("[1", "r.json", "line 1: expected JSON"),
    ("{}", "r.json", "expected an array of records such as [{...}, {...}], got an object"),
    ("7", "r.json", "got 7"),
    ("null", "r.json", "got null"),
    ("true", "r.json", "got the boolean true"),
    ('"x"', "r.json", "got the text 'x'"),
    ("[" * 100_000, "r.json", "nested too deep"),
    (b"\xff", "r.json", "line 1: expected UTF-8"),
    ('[{"\\ud800": 1}]', "r.json", "expected keys in UTF-8"),
    ("[1]", "r.json", "missing: report_id"),
    (b"PAR1", "r.parquet", "expected a Parquet file"),
    ("x", "r.xlsx", "got .xlsx"),
    ("x", "r", "got no ending"),
]


@pytest.mark.parametrize(("content", "name", "message"), BAD_FILES)
def test_a_file_that_can_not_be_read(tmp_path: Path, content: str | bytes, name: str, message: str) -> None:
    path = write(tmp_path, content, name)
    with pytest.raises(ReportFileError) as caught:
        read_reports(path)
    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_paths_that_lead_to_no_file(tmp_path: Path) -> None:
    with pytest.raises(ReportFileError, match="got no such file"):
        read_reports(tmp_path / "none.csv")
    with pytest.raises(ReportFileError, match="got a directory"):
        read_reports(str(tmp_path))
    with pytest.raises(ReportFileError, match="got no such file"):
        read_reports("a\0.csv")
    with pytest.raises(ReportFileError, match="expected a file"):
        read_reports("a" * 5000 + ".csv")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD}\n{ROW}\n")
    path.chmod(0)
    with pytest.raises(ReportFileError, match="can be read"):
        read_reports(path)


def test_ragged_rows_are_rejected_and_shift_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, f"\ufeff{HEAD}\r\n\r\na,killed\r\n{ROW}\r\n   \r\nb{ROW},x\r\n")
    reports = read_reports(path)
    assert reports.frame["report_id"].to_list() == ["a"]
    assert reports.rejected.select("row", "rule").rows() == [(1, "field_count"), (3, "field_count")]
    assert "expected 7 fields as in the header, got 2 (the row ends on line 3" in reports.rejected["hint"][0]
    assert reports.rejected["raw"][0] == '["a","killed"]'


def test_rows_keep_their_numbers_beside_ragged_ones(tmp_path: Path) -> None:
    reports = read_reports(write(tmp_path, f"{HEAD}\nshort\n{ROW}\n{ROW.replace('42', 'x').replace('a,', 'b,', 1)}\n"))
    assert reports.rejected.select("row", "rule").rows() == [(1, "field_count"), (3, "whole_number")]


def test_a_file_of_ragged_rows_alone_is_no_error(tmp_path: Path) -> None:
    reports = read_reports(write(tmp_path, f"{HEAD}\nx\ny\n"))
    assert (len(reports), reports.rejected["row"].to_list()) == (0, [1, 2])


def test_line_breaks_inside_quotes_and_tabs(tmp_path: Path) -> None:
    wording = 'at least 42\n"fighters"\r, killed'
    quoted = '"' + wording.replace('"', '""') + '"'
    assert read_reports(write(tmp_path, f"{HEAD},wording\n{ROW},{quoted}\n"))["a"].wording == wording
    tabs = f"{HEAD},wording\n{ROW},".replace(",", "\t")
    assert read_reports(write(tmp_path, f"{tabs}{quoted}\n", "R.TSV"))["a"].wording == wording


def test_long_files_are_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casualtystats.reports.files._PART", 2)
    monkeypatch.setattr("casualtystats.reports.check._PART", 3)
    rows = "".join(f"{i}{ROW if i != 4 else ',x,,,,,'}\n" for i in range(8))
    reports = read_reports(write(tmp_path, f"{HEAD}\n{rows}"))
    assert reports.frame["report_id"].to_list() == [f"{i}a" for i in range(8) if i != 4]
    assert reports.rejected["row"].unique().to_list() == [5]


def test_an_apostrophe_before_a_formula_is_removed(tmp_path: Path) -> None:
    reports = read_reports(write(tmp_path, f"{HEAD},wording,source\n{ROW},'=1+1,'said\n"))
    assert (reports["a"].wording, reports["a"].source) == ("=1+1", "'said")
    reports.write_csv(tmp_path / "out.csv")
    assert ",'=1+1" in (tmp_path / "out.csv").read_text()


def test_unknown_columns_are_kept_out_and_named(tmp_path: Path) -> None:
    reports = read_reports(write(tmp_path, f"editor,{HEAD},note\nx,{ROW},y\n"))
    assert reports.ignored_columns == ("editor", "note")


RECORD = (
    '{"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": 42, '
    '"start": "2019-05-12", "end": "2019-05-13"%s}'
)
BAD_RECORDS = [
    (RECORD % ', "value": 43', "duplicate_key", "value", "got 'value' twice"),
    (RECORD % ', "best": NaN', "cell_type", "best", "got NaN"),
    (RECORD % ', "best": true', "cell_type", "best", "got the boolean true"),
    (RECORD % ', "place": ["x"]', "cell_type", "place", "got a list"),
    (RECORD % ', "place": {"x": 1}', "cell_type", "place", "got an object"),
    (RECORD % ', "place": "\\ud800"', "cell_type", "place", "got the text '\\ud800'"),
    ("[1, 2]", "not_a_record", "", "got a list"),
    (RECORD % ', "best": 42.5', "whole_number", "best", "got '42.5'"),
    (RECORD % f', "best": {"9" * 5000}', "whole_number", "best", "got '999"),
]


@pytest.mark.parametrize(("record", "rule", "column", "hint"), BAD_RECORDS)
@pytest.mark.parametrize("name", ["r.json", "r.jsonl"])
def test_records_that_can_not_be_reports(
    tmp_path: Path, name: str, record: str, rule: str, column: str, hint: str
) -> None:
    good = RECORD.replace('"a"', '"b"') % ', "high": null'
    content = f"[{good}, {record}]" if name == "r.json" else f"{good}\n\n{record}\n"
    reports = read_reports(write(tmp_path, content, name))
    assert reports.frame["report_id"].to_list() == ["b"]
    assert reports.rejected.select("row", "column", "rule").rows() == [(2, column, rule)]
    assert hint in reports.rejected["hint"][0]


def test_lines_that_are_not_json(tmp_path: Path) -> None:
    reports = read_reports(write(tmp_path, f"{RECORD % ''}\n{{\n{'[' * 100_000}\n", "r.ndjson"))
    assert reports.rejected.select("row", "rule").rows() == [(2, "json_line"), (3, "json_line")]
    assert reports.rejected["raw"][0] == '["{"]'


def test_places_and_origin_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEAD},place\n{ROW},unknown place\n")
    zones = write(tmp_path, "place,type,members\nnorth-west,zone,Syria/Idlib\n", "places.csv")
    origin = Origin("SOHR", "Daily counts")
    reports = read_reports(path, places=zones, origin=origin)
    assert (reports.places.zones, reports.origin) == ({"north-west": ("Syria/Idlib",)}, origin)
    assert read_reports(path, places=Places({"z": ("x",)})).places.zones == {"z": ("x",)}
    assert read_reports(path).places.zones == {}
    with pytest.raises(PlacesError):
        read_reports(path, places=tmp_path / "none.csv")


def test_writing_where_it_can_not_be_read_again(tmp_path: Path) -> None:
    reports = read_reports(write(tmp_path, f"{HEAD}\n{ROW}\n"))
    for method in (reports.write_csv, reports.write_json, reports.write_parquet):
        with pytest.raises(OptionError, match="expected a path that ends in"):
            method(tmp_path / "r.txt")
    for method, name in (
        (reports.write_csv, "r.csv"),
        (reports.write_json, "r.json"),
        (reports.write_parquet, "r.parquet"),
    ):
        with pytest.raises(ReportFileError, match="expected a path that can be written"):
            method(tmp_path / "none" / name)


def test_a_record_that_is_nested_too_deep_is_still_shown() -> None:
    record: list[object] = []
    for _ in range(100_000):
        record = [record]
    assert record_json(record) == '"values nested too deep to show"'
