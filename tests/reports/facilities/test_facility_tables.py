"""Each rule of the three tables by an example: what is rejected, what the hint says, and what is kept beside it."""

from __future__ import annotations

import importlib.util
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import casualtystats as cs
from casualtystats.errors import MissingExtraError, NoReportsError, OptionError, PlacesError, ReportFileError
from casualtystats.periods import Period
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports import read_reports
from casualtystats.reports.facilities import Facilities, Facility, HitEvent, OutageSpell, read_facilities

REGISTER: dict[str, Any] = {
    "facility_id": ["hospital-1", "clinic-2", "new-3"],
    "opened": [None, None, "2019-05-10"],
    "closed": [None, None, "2019-06-10"],
    "observed_from": ["2019-05-01", None, None],
    "observed_until": ["2019-05-31", None, None],
}
SPELL: dict[str, Any] = {
    "spell_id": "s", "facility_id": "hospital-1", "status": "", "start": "2019-05-04", "end": "2019-05-08",
    "known_until": "", "cause": "", "source": "",
}  # fmt: skip


def register(**options: Any) -> Facilities:
    return read_facilities(pl.DataFrame(REGISTER), **options)


def spells(*rows: dict[str, Any], **options: Any) -> Facilities:
    table = pl.DataFrame([{**SPELL, "spell_id": f"s{i}", **row} for i, row in enumerate(rows, 1)])
    return register(outages=table, **options)


REJECTED = [
    ({"facility_id": ""}, "missing", "facility_id", "expected the facility_id"),
    ({"facility_id": "hospital-9"}, "unknown_facility", "facility_id", "got 'hospital-9'; near it: hospital-1"),
    ({"status": "out"}, "unknown_status", "status", "expected a status of functional, partial, non_functional, destroyed"),
    ({"status": "non-functional"}, "unknown_status", "status", "near it: non_functional"),
    ({"start": ""}, "restoration_without_outage", "start", "the spell that ends on 2019-05-08; got no start"),
    ({"start": "", "end": ""}, "missing", "start", "expected a start"),
    ({"start": "May"}, "date", "start", "got 'May'"),
    ({"start": "[..2019-05]"}, "date", "start", "got '[..2019-05]'"),
    ({"start": "[..2019-05-41]"}, "date", "start", "expected 2019-05-09"),
    ({"end": "soon"}, "date", "end", "got 'soon'"),
    ({"end": "2019-05-03"}, "end_before_start", "end", "on or after the start 2019-05-04; got '2019-05-03'"),
    ({"start": "[..2019-05-09]"}, "end_before_start", "end", "got '2019-05-08'"),
    ({"facility_id": "clinic-2", "end": "still out"}, "still_without_day", "end", "give known_until"),
    ({"end": "still out", "start": "2019-06-02"}, "known_until", "known_until", "got 2019-05-31"),
    ({"end": "still", "start": "[..2019-06-02]"}, "known_until", "known_until", "got 2019-05-31"),
    ({"known_until": "2019-05-09"}, "known_until", "known_until", "on or before the end 2019-05-08; got '2019-05-09'"),
    ({"end": "", "known_until": "2019-05-01"}, "known_until", "known_until", "on or after its start 2019-05-04"),
    ({"known_until": "spring"}, "date", "known_until", "got 'spring'"),
    ({"facility_id": "new-3"}, "outside_existence", "start", "opening of new-3 on 2019-05-10"),
    ({"facility_id": "new-3", "start": "[2019-05-01..2019-05-12]"}, "outside_existence", "end", "opening of new-3"),
    (
        {"facility_id": "new-3", "start": "2019-06-11", "end": "2019-06-12"},
        "outside_existence", "start", "closing of new-3 on 2019-06-10",
    ),
    (
        {"facility_id": "new-3", "start": "2019-06-09", "end": "2019-06-12"},
        "outside_existence", "end", "closing of new-3 on 2019-06-10; got '2019-06-12'",
    ),
    ({"cause": "a\0b"}, "text", "cause", "NUL"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "rule", "column", "hint"), REJECTED)
def test_a_spell_that_breaks_a_rule_is_rejected_with_a_hint(
    row: dict[str, Any], rule: str, column: str, hint: str
) -> None:
    made = spells(row)
    assert made.spells.is_empty()
    assert made.rejected.select("table", "row", "rule", "column").rows() == [("outages", 1, rule, column)]
    assert hint in made.rejected["hint"][0]


def edges(made: Facilities) -> list[tuple[str | None, ...]]:
    dates = pl.col("start_earliest", "start_latest", "end_earliest", "end_latest").dt.to_string("%m-%d")
    return made.spells.select(dates).rows()


KEPT = [
    ({}, ("05-04", "05-04", "05-08", "05-08"), False),
    ({"end": "2019-05-04"}, ("05-04", "05-04", "05-04", "05-04"), False),
    ({"end": ""}, ("05-04", "05-04", "05-04", None), False),
    ({"end": "", "known_until": "2019-05-06"}, ("05-04", "05-04", "05-06", None), False),
    ({"end": "Still out"}, ("05-04", "05-04", "05-31", None), True),
    ({"end": "ongoing", "known_until": "2019-05-06"}, ("05-04", "05-04", "05-06", None), True),
    ({"end": "[2019-05-01..2019-05-09]"}, ("05-04", "05-04", "05-04", "05-09"), False),
    ({"end": "[2019-05-01..2019-05-09]", "known_until": "2019-05-06"}, ("05-04", "05-04", "05-06", "05-09"), False),
    ({"start": "[2019-05-02..2019-05-12]"}, ("05-02", "05-08", "05-08", "05-08"), False),
    ({"start": "[2019-05-02..2019-05-05]", "end": ""}, ("05-02", "05-05", "05-02", None), False),
    (
        {"start": "[2019-05-02..2019-05-05]", "end": "", "known_until": "2019-05-03"},
        ("05-02", "05-03", "05-03", None), False,
    ),
    (
        {"start": "[2019-05-02..2019-05-09]", "end": "", "known_until": "[2019-05-03..2019-05-07]"},
        ("05-02", "05-07", "05-03", None), False,
    ),
    (
        {"start": "[..2019-05-07]", "end": "", "known_until": "[2019-05-03..2019-05-07]"},
        (None, "05-07", "05-03", None), False,
    ),
    ({"facility_id": "new-3", "start": "[2019-06-09..2019-06-12]", "end": ""}, ("06-09", "06-10", "06-09", None), False),
    ({"start": "[..2019-05-04]"}, (None, "05-04", "05-08", "05-08"), False),
    ({"start": "[ .. 2019-05-04 ]", "end": ""}, (None, "05-04", "05-04", None), False),
    ({"start": "[..2019-05-04]", "end": "[2019-05-01..2019-05-09]"}, (None, "05-04", "05-04", "05-09"), False),
    ({"facility_id": "new-3", "start": "2019-05", "end": "2019-06"}, ("05-10", "05-31", "06-01", "06-10"), False),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected", "still"), KEPT)
def test_the_dates_of_a_spell_are_narrowed_to_what_they_can_be(
    row: dict[str, Any], expected: tuple[str | None, ...], still: bool
) -> None:
    made = spells(row)
    assert made.rejected.is_empty()
    assert edges(made) == [expected]
    assert made.spells["still"].to_list() == [still]
    assert made.spells["status"].to_list() == ["non_functional"]


def test_overlapping_spells_are_rejected_and_each_hint_names_the_others() -> None:
    made = spells({}, {"start": "2019-05-08", "end": "2019-05-12"}, {"start": "2019-05-20", "end": "2019-05-21"})
    assert made.spells["spell_id"].to_list() == ["s3"]
    assert made.rejected.select("row", "rule").rows() == [(1, "overlap"), (2, "overlap")]
    first, second = made.rejected["hint"].to_list()
    assert "row 2 (s2, non_functional from 2019-05-08 to 2019-05-12)" in first
    assert "row 1 (s1," in second
    assert "overlap='worst'" in first


def test_adjacent_spells_are_kept() -> None:
    made = spells({}, {"start": "2019-05-09", "end": "2019-05-12"})
    assert made.rejected.is_empty()
    assert made.warnings.is_empty()
    assert made.spells.height == 2


def test_spells_that_may_overlap_are_narrowed_and_it_is_said() -> None:
    made = spells(
        {"start": "2019-05-01", "end": "[2019-05-04..2019-05-12]"},
        {"start": "[2019-05-03..2019-05-09]", "end": "2019-05-20"},
    )
    assert made.rejected.is_empty()
    assert edges(made) == [("05-01", "05-01", "05-04", "05-08"), ("05-05", "05-09", "05-20", "05-20")]
    assert made.warnings.select("row", "flag").rows() == [(1, "narrowed"), (2, "narrowed")]


def test_spells_of_unclear_order_are_rejected() -> None:
    made = spells({"start": "2019-05", "end": "2019-05"}, {"start": "2019-05-10", "end": "2019-05-12"})
    assert made.rejected["rule"].to_list() == ["unclear_order", "unclear_order"]
    assert "before or after row 2" in made.rejected["hint"][0]


def test_three_spells_of_which_each_two_but_not_all_fit_are_rejected() -> None:
    made = spells(
        {"start": "2019-05-05", "end": "2019-05-05"},
        {"start": "[2019-05-05..2019-05-06]", "end": "[2019-05-05..2019-05-06]"},
        {"start": "2019-05-06", "end": "2019-05-06"},
    )
    assert made.rejected["rule"].to_list() == ["overlap"] * 3


def test_the_worse_status_holds_on_shared_days() -> None:
    rows = [
        {"status": "partial", "start": "2019-05-01", "end": "2019-05-20"},
        {"status": "non_functional", "start": "2019-05-05", "end": "2019-05-08"},
        {"status": "functional", "start": "2019-05-06", "end": "2019-05-07"},
    ]
    made = spells(*rows, overlap="worst")
    assert made.spells["spell_id"].to_list() == ["s1", "s2", "s1#2"]
    assert [row[1:3] for row in edges(made)] == [("05-01", "05-04"), ("05-05", "05-08"), ("05-09", "05-20")]
    assert made.rejected.select("row", "rule").rows() == [(3, "overlap_covered")]
    assert made.warnings.select("row", "flag").rows() == [(1, "overlap_cut")]
    assert "row 2 (s2" in made.warnings["why"][0]


def test_of_a_spell_without_an_end_the_last_piece_has_none() -> None:
    rows = [
        {"status": "partial", "start": "2019-05-01", "end": "still out", "known_until": "2019-05-20"},
        {"status": "non_functional", "start": "2019-05-05", "end": "2019-05-08"},
    ]
    made = spells(*rows, overlap="worst")
    assert [row[1:] for row in edges(made)] == [
        ("05-01", "05-04", "05-04"), ("05-05", "05-08", "05-08"), ("05-09", "05-20", None),
    ]  # fmt: skip
    assert made.spells["still"].to_list() == [False, False, True]


def test_a_destroyed_facility_stays_destroyed_under_the_worst() -> None:
    rows = [
        {"status": "non_functional", "start": "2019-05-03", "end": "2019-05-20"},
        {"status": "destroyed", "start": "2019-05-05", "end": ""},
    ]
    made = spells(*rows, overlap="worst")
    assert made.spells["status"].to_list() == ["non_functional", "destroyed"]
    assert [row[1:] for row in edges(made)] == [("05-03", "05-04", "05-04"), ("05-05", "05-05", None)]


def test_rules_for_overlaps_do_not_guess_at_fuzzy_dates() -> None:
    rows = [
        {"start": "2019-05-01", "end": "2019-05-20"},
        {"start": "[2019-05-05..2019-05-06]", "end": "2019-05-08"},
    ]
    for overlap in ("worst", "latest"):
        made = spells(*rows, overlap=overlap)
        assert made.rejected["rule"].to_list() == ["overlap", "overlap"]
    assert "known and different days" in made.rejected["hint"][0]


def test_the_later_spell_ends_the_earlier() -> None:
    rows = [
        {"start": "2019-05-01", "end": "2019-05-20"},
        {"status": "partial", "start": "2019-05-05", "end": "[2019-05-08..2019-05-12]"},
        {"start": "2019-05-10", "end": "still out"},
    ]
    made = spells(*rows, overlap="latest")
    assert edges(made) == [
        ("05-01", "05-01", "05-04", "05-04"), ("05-05", "05-05", "05-08", "05-09"), ("05-10", "05-10", "05-31", None),
    ]  # fmt: skip
    assert made.rejected.is_empty()
    assert made.warnings.select("row", "flag").rows() == [(1, "overlap_cut"), (2, "narrowed")]
    assert spells({}, {}, overlap="latest").rejected["rule"].to_list() == ["overlap", "overlap"]


def test_a_spell_after_destruction_is_kept_with_a_warning() -> None:
    made = spells({"status": "destroyed", "end": ""}, {"start": "2019-05-20", "end": "2019-05-21"})
    assert made.spells.height == 2
    assert made.warnings.select("table", "row", "flag").rows() == [("outages", 2, "after_destroyed")]
    assert "rebuilt" in made.warnings["why"][0]
    assert spells({"status": "destroyed"}, {"start": "2019-05-20", "end": "2019-05-21"}).warnings.is_empty()


FACILITIES = [
    ({"facility_id": ""}, "missing", "facility_id"),
    ({"beds": "12.5"}, "whole_number", "beds"),
    ({"beds": "-1"}, "whole_number", "beds"),
    ({"catchment": "1,200"}, "whole_number", "catchment"),
    ({"type": "health//hospital"}, "path", "type"),
    ({"place": "/Idlib"}, "path", "place"),
    ({"opened": "2019-05"}, "date", "opened"),
    ({"opened": "2019-05-09", "closed": "2019-05-08"}, "closed_before_opened", "closed"),
    ({"observed_from": "2019-05-09"}, "half_window", "observed_until"),
    ({"observed_from": "2019-05-09", "observed_until": "2019-05-08"}, "observed_order", "observed_until"),
]


@pytest.mark.parametrize(("row", "rule", "column"), FACILITIES)
def test_a_facility_that_breaks_a_rule_is_rejected(row: dict[str, str], rule: str, column: str) -> None:
    names = ("beds", "catchment", "type", "place", "opened", "closed", "observed_from", "observed_until")
    good = {"facility_id": "a", **dict.fromkeys(names, "")}
    made = read_facilities(pl.DataFrame([good | row, good | {"facility_id": "b"}]))
    assert made.rejected.select("table", "row", "rule", "column").rows() == [("facilities", 1, rule, column)]
    assert made.facilities["facility_id"].to_list() == ["b"]


def test_twins_are_rejected_with_their_spells_and_hits() -> None:
    table = pl.DataFrame({"facility_id": ["a", "b", "a"]})
    outages = pl.DataFrame({"facility_id": ["a", "b"], "start": "2019-05-04"})
    hits = pl.DataFrame({"facility_id": ["a", "b"], "date": "2019-05-04"})
    made = read_facilities(table, outages=outages, hits=hits)
    assert made.rejected.select("table", "row", "rule").rows() == [
        ("facilities", 1, "duplicate_id"), ("facilities", 3, "duplicate_id"), ("outages", 1, "unknown_facility"),
        ("hits", 1, "unknown_facility"),
    ]  # fmt: skip
    assert "rows 1, 3" in made.rejected["hint"][0]
    assert "the row of a in the table of facilities was rejected" in made.rejected["hint"][2]
    assert (made.facilities.height, made.spells.height, made.hits.height) == (1, 1, 1)


def test_duplicate_ids_of_spells_and_hits_are_rejected() -> None:
    made = spells({}, {"spell_id": "s1", "start": "2019-05-20", "end": ""})
    assert made.rejected["rule"].to_list() == ["duplicate_id"] * 2
    made = register(hits=pl.DataFrame({"hit_id": ["h", "h", ""], "date": "2019-05-04"}))
    assert made.rejected["rule"].to_list() == ["duplicate_id"] * 2
    assert made.hits["hit_id"].to_list() == ["hit-3"]


HITS = [
    ({"date": ""}, "missing", "date"),
    ({"date": "4 May"}, "date", "date"),
    ({"facility_id": "clinic-3"}, "unknown_facility", "facility_id"),
    ({"place": "a//b"}, "path", "place"),
]


@pytest.mark.parametrize(("row", "rule", "column"), HITS)
def test_a_hit_that_breaks_a_rule_is_rejected(row: dict[str, str], rule: str, column: str) -> None:
    good = {"facility_id": "", "date": "2019-05-04", "place": "", "type": ""}
    made = register(hits=pl.DataFrame([good | row]))
    assert made.rejected.select("table", "row", "rule", "column").rows() == [("hits", 1, rule, column)]


def test_odd_hits_are_kept_with_a_warning_and_make_no_spell() -> None:
    hits = pl.DataFrame(
        {
            "facility_id": ["hospital-1", "hospital-1", "hospital-1", "new-3", None],
            "date": ["2019-05-04", "2019-05-20", "2019-05-20", "2019-05-01", "2019-05"],
        }
    )
    made = spells({"status": "destroyed", "end": ""}, hits=hits)
    assert made.hits.height == 5
    assert made.spells.height == 1
    assert made.warnings.select("row", "flag").rows() == [
        (2, "hit_destroyed"), (2, "same_day"), (3, "hit_destroyed"), (3, "same_day"), (4, "hit_outside_existence"),
    ]  # fmt: skip
    ended = spells({"status": "destroyed"}, hits=hits.head(2))
    assert ended.warnings.is_empty()


def test_observed_days_are_those_of_facilities_that_have_none() -> None:
    made = register(observed="[2019-04-01..2019-04-10]/2019-04-30")
    assert made.facilities["observed_from"].to_list() == [date(2019, 5, 1), date(2019, 4, 10), date(2019, 4, 10)]
    assert made["clinic-2"].observed == (date(2019, 4, 10), date(2019, 4, 30))
    assert register(observed=Period.of("2019-04-01", "2019-04-02"))["new-3"].observed is not None
    assert register()["clinic-2"].observed is None
    bad: Any = [3, "[2019-04-01..2019-04-10]/[2019-04-02..2019-04-20]"]
    for observed in bad:
        with pytest.raises(OptionError, match="observed="):
            register(observed=observed)


def test_an_unknown_rule_for_overlaps_is_refused() -> None:
    bad: Any = "best"
    with pytest.raises(OptionError, match="overlap= one of reject, worst, latest"):
        register(overlap=bad)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (["name"], "missing: facility_id"),
        (["facility_id", "Facility ID"], "expected the column 'facility_id', got 'Facility ID'"),
        (["facility_id", "bed"], "expected the column 'beds', got 'bed'"),
        (["facility_id", " "], "none for column 2"),
        (["facility_id;name"], "separated by semicolons"),
    ],
)
def test_columns_that_would_be_lost_are_refused(columns: list[str], message: str) -> None:
    with pytest.raises(ReportFileError, match=message):
        read_facilities(pl.DataFrame({name: ["a"] for name in columns}))


def test_files_and_frames_are_read_alike(tmp_path: Path) -> None:
    table = pl.DataFrame({"facility_id": ["1", "2"], "beds": [4, None], "opened": [date(2019, 5, 1), None]})
    expected = read_facilities(table).facilities
    table.write_csv(tmp_path / "f.csv")
    table.write_csv(tmp_path / "f.tsv", separator="\t")
    table.write_parquet(tmp_path / "f.parquet")
    table.with_columns(pl.col("opened").cast(pl.String)).write_ndjson(tmp_path / "f.jsonl")
    (tmp_path / "f.json").write_text('[{"facility_id": "1", "beds": 4, "opened": "2019-05-01"}, {"facility_id": "2"}]')
    for suffix in ("csv", "tsv", "parquet", "jsonl", "json"):
        assert read_facilities(tmp_path / f"f.{suffix}").facilities.equals(expected), suffix
    assert read_facilities(table.lazy()).facilities.equals(expected)
    assert read_facilities(table.to_pandas()).facilities.equals(expected)
    if importlib.util.find_spec("pyarrow"):
        assert read_facilities(table.to_arrow()).facilities.equals(expected)


class Handed:
    """A frame whose library fails on handing it over."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        raise self.error


def test_frames_that_can_not_be_handed_over_are_named() -> None:
    with pytest.raises(MissingExtraError, match="pip install pyarrow"):
        read_facilities(Handed(ImportError()))
    with pytest.raises(ReportFileError, match="expected columns of text, numbers and dates"):
        read_facilities(Handed(TypeError("no")))


def test_mixed_columns_of_pandas_become_text() -> None:
    import pandas as pd

    made = read_facilities(pd.DataFrame({"facility_id": ["a", 2, None], "beds": [4, None, 5]}, dtype=object))
    assert made.facilities.select("facility_id", "beds").rows() == [("a", 4), ("2", None)]
    assert made.rejected["rule"].to_list() == ["missing"]


def test_a_piece_of_a_spell_takes_no_identifier_of_another() -> None:
    rows = [
        {"status": "partial", "start": "2019-05-01", "end": "2019-05-20"},
        {"status": "non_functional", "start": "2019-05-05", "end": "2019-05-08"},
        {"spell_id": "s1#2", "facility_id": "clinic-2"},
    ]
    assert spells(*rows, overlap="worst").spells["spell_id"].to_list() == ["s1#2", "s1", "s2", "s1#2'"]


def test_typed_columns_are_read() -> None:
    outages = pl.DataFrame(
        {
            "facility_id": ["a", "a"],
            "start": [date(2019, 5, 1), date(2019, 5, 9)],
            "end": [datetime.fromisoformat("2019-05-04"), None],
        }
    )
    made = read_facilities(pl.DataFrame({"facility_id": ["a"]}), outages=outages)
    assert edges(made) == [("05-01", "05-01", "05-04", "05-04"), ("05-09", "05-09", "05-09", None)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"facility_id\n\xff\n", "line 2: expected UTF-8"),
        (b"facility_id\na\0b\n", "a NUL byte"),
        (b'facility_id\n"a\n', "quoted as in CSV"),
        (b"facility_id,facility_id\na,b\n", "got 'facility_id' twice"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    with pytest.raises(ReportFileError, match=message):
        read_facilities(path)


def test_what_is_no_file_of_facilities_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.xlsx").write_bytes(b"x")
    (tmp_path / "f.parquet").write_bytes(b"x")
    bad: Any
    for bad, message in (
        (tmp_path, "a directory"), (tmp_path / "no.csv", "no such file"), (tmp_path / "f.xlsx", "ends in .csv"),
        (tmp_path / "f.parquet", "a Parquet file"), (3, "got int"),
    ):  # fmt: skip
        with pytest.raises(ReportFileError, match=message):
            read_facilities(bad)


def test_rows_of_too_few_fields_are_kept_as_rejected(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("facility_id,beds\na,1\nb\n\nc,3\n", encoding="utf-8")
    made = read_facilities(path)
    assert made.facilities["facility_id"].to_list() == ["a", "c"]
    assert made.rejected.select("row", "rule", "raw").rows() == [(2, "field_count", '["b"]')]


def test_objects_make_a_register() -> None:
    made = Facilities.of(
        [Facility("a", "A", "health/hospital", "Country/North", 40, 9000, date(2019, 1, 1), None,
                  (date(2019, 5, 1), date(2019, 5, 31))), Facility("b")],
        [OutageSpell("a", date(2019, 5, 4), "still out", "partial", "shelling", "cluster"),
         OutageSpell("b", "2019-05", None, known_until="2019-06-03")],
        [HitEvent("a", "2019-05-04"), HitEvent(None, date(2019, 5, 5), "Country/South", "health", "cluster")],
        origin=Origin("cluster", "register"),
    )  # fmt: skip
    assert str(made) == (
        "2 facilities, 2 spells (1 still partial, 1 with no known end), 2 hits (1 on a facility not known)"
    )
    assert made["a"] == Facility(
        "a", "A", "health/hospital", "Country/North", 40, 9000, date(2019, 1, 1), None,
        (date(2019, 5, 1), date(2019, 5, 31)),
    )  # fmt: skip
    assert "cluster: register. 2 facilities" in made._repr_html_()
    assert len(made) == 2
    assert made.to_frame().equals(made.facilities)
    assert not made.from_rounds
    assert str(Facilities.of([])) == "no facilities, no spells, no hits"


def test_objects_that_break_a_rule_raise_one_error() -> None:
    with pytest.raises(
        ReportFileError, match=r"got 2 that do not:\noutages, row 1, start: .*\noutages, row 2, start: "
    ):
        Facilities.of([Facility("a")], [OutageSpell("a", "2019-05-04", "2019-05-08"), OutageSpell("a", "2019-05-08")])
    bad: Any = 12
    with pytest.raises(ReportFileError, match=r"hits, row 1, date: .*got '12'"):
        Facilities.of([Facility("a")], None, [HitEvent("a", bad)])


def test_a_name_that_is_not_there_is_answered_with_near_ones() -> None:
    with pytest.raises(NoReportsError, match="got 'clinic2'; near it: clinic-2"):
        register()["clinic2"]


def test_frames_of_another_shape_are_refused() -> None:
    with pytest.raises(ReportFileError, match="expected facilities with the columns"):
        Facilities(pl.DataFrame({"facility_id": ["a"]}))


def mixed() -> Facilities:
    return Facilities.of(
        [Facility("a", type="health/hospital", place="C/North", beds=40), Facility("b", type="health", place="C/South"),
         Facility("c")],
        [OutageSpell("a", "2019-05-04"), OutageSpell("b", "2019-05-05")],
        [HitEvent("a", "2019-05-04"), HitEvent(None, "2019-05-05", "C/North/Town", "health/hospital"),
         HitEvent(None, "2019-05-05", "C"), HitEvent("c", "2019-05-05")],
        places=Places({"zone": ("C/North", "C/East")}),
    )  # fmt: skip


def test_select_follows_places_zones_and_types() -> None:
    made = mixed()
    for asked in ({"place": "zone"}, {"place": "C/North", "type": "health"}):
        found = made.select(**asked)
        assert found.facilities["facility_id"].to_list() == ["a"]
        assert found.spells["facility_id"].to_list() == ["a"]
        assert found.hits["hit_id"].to_list() == ["hit-1", "hit-2"]
    assert made.select(facility="c").hits["hit_id"].to_list() == ["hit-4"]
    assert made.select(type="health").facilities.height == 2
    assert made.select().hits.height == 4
    with pytest.raises(NoReportsError, match=r"place 'C/Nord'.*there are place: C/North"):
        made.select(place="C/Nord")
    with pytest.raises(NoReportsError, match="none stated"):
        register().select(type="health")
    bad: Any = {"beds": 3}
    with pytest.raises(OptionError, match="got beds"):
        made.select(**bad)


def test_filter_keeps_what_satisfies_and_its_hits() -> None:
    found = mixed().filter(pl.col("beds") > 12)
    assert found.facilities["facility_id"].to_list() == ["a"]
    assert found.hits["hit_id"].to_list() == ["hit-1"]


def test_merging_joins_what_is_exact_at_the_seam() -> None:
    made = Facilities.of(
        [Facility("a"), Facility("b")],
        [
            OutageSpell("a", "[2019-05-01..2019-05-02]", "2019-05-04", cause="shelling"),
            OutageSpell("a", "2019-05-05", "2019-05-06", cause="no fuel", source="cluster"),
            OutageSpell("a", "2019-05-07", "still out", known_until="2019-05-09"),
            OutageSpell("a", "2019-05-20", "2019-05-21", "partial"),
            OutageSpell("a", "2019-05-22", "2019-05-23"),
            OutageSpell("a", "2019-05-24", "[2019-05-24..2019-05-25]"),
            OutageSpell("b", "2019-05-26", "2019-05-26"),
        ],
    )
    merged = made.merged()
    assert merged.spells["spell_id"].to_list() == ["spell-1", "spell-4", "spell-5", "spell-7"]
    assert edges(merged)[0] == ("05-01", "05-02", "05-09", None)
    first = merged.spells.row(0, named=True)
    assert (first["cause"], first["source"], first["still"]) == ("shelling; no fuel", "cluster", True)
    assert merged.warnings["flag"].to_list() == ["merged", "merged"]
    assert "spell-1 and spell-2, spell-3 were joined: lengths of spells" in merged.warnings["why"][0]
    assert merged.merged().spells.equals(merged.spells)


def attacks(**changes: Any) -> Any:
    table = {
        "report_id": ["i1", "i2"], "measure": ["attacks", "killed"], "unit": ["attacks", "people"], "kind": "flow",
        "value": [1, 3], "start": ["[2019-05-04..2019-05-06]", "2019-05-04"], "end": ["2019-05-06", "2019-05-04"],
        "group": "health", "place": "C/North", "source": "coalition",
    }  # fmt: skip
    return read_reports(pl.DataFrame(table | changes), places=Places({"zone": ("C/North", "C/East")}))


def test_an_incident_list_becomes_hits_on_facilities_not_known() -> None:
    made = mixed().with_hits(attacks())
    assert made.hits.tail(1).rows() == [
        ("i1", None, date(2019, 5, 4), date(2019, 5, 6), "C/North", "health", "coalition")
    ]
    assert made.places.zones == {"zone": ("C/North", "C/East")}
    with pytest.raises(OptionError, match="1 whose report_id is that of a hit: i1"):
        made.with_hits(attacks())


@pytest.mark.parametrize("changes", [{"value": [2, 3]}, {"qualifier": "at_least"}, {"kind": ["cumulative", "flow"]}])
def test_reports_of_other_numbers_stay_aggregates(changes: dict[str, Any]) -> None:
    with pytest.raises(
        OptionError, match=r"got 1 of 1 that say another number or are no flows: i1; .* aggregate reports"
    ):
        mixed().with_hits(attacks(**changes))


def test_an_incident_list_needs_attacks_and_the_same_zones() -> None:
    with pytest.raises(NoReportsError, match="got none of 2"):
        mixed().with_hits(attacks(measure="killed", unit="people"))
    other = Facilities.of([Facility("a")], places=Places({"zone": ("C/South",)}))
    with pytest.raises(PlacesError, match="zone 'zone'"):
        other.with_hits(attacks())


def test_a_folder_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ReportFileError, match="expected a folder that can be written"):
        mixed().to_csv(tmp_path / "file")


def test_formulas_are_defused_in_files(tmp_path: Path) -> None:
    made = Facilities.of([Facility("=a", name="@x")], [OutageSpell("=a", "2019-05-04", cause="-1")])
    made.to_csv(tmp_path)
    assert "'=a,'@x" in (tmp_path / "facilities.csv").read_text()
    again = read_facilities(tmp_path / "facilities.csv", outages=tmp_path / "outages.csv", hits=tmp_path / "hits.csv")
    assert again.facilities.equals(made.facilities)
    assert again.spells.equals(made.spells)


def test_a_facility_of_which_a_row_was_rejected_is_not_taken_to_function() -> None:
    """Otherwise a mistyped outage would make its facility available on all days."""
    read = read_facilities(
        pl.DataFrame({"facility_id": ["a", "b"]}),
        outages=pl.DataFrame({"facility_id": ["a"], "start": ["2019-05-04"], "end": ["2019-05-01"]}),
        observed="2019-05-01/2019-05-10",
    )
    assert read.facilities["observed_from"].is_null().to_list() == [True, False]
    assert read.warnings.select("table", "row", "flag").rows() == [("outages", 1, "not_observed")]
    found = cs.availability(read, "month", period="2019-05-01/2019-05-10").to_frame().row(0, named=True)
    assert (found["low"], found["high"], found["unknown"]) == (0.5, 1.0, 10)
    covered = read_facilities(
        pl.DataFrame({"facility_id": ["a"]}),
        outages=pl.DataFrame({
            "facility_id": ["a", "a"], "status": ["non_functional", "partial"],
            "start": ["2019-05-01", "2019-05-03"], "end": ["2019-05-09", "2019-05-05"],
        }),
        observed="2019-05-01/2019-05-10", overlap="worst",
    )  # fmt: skip
    assert covered.rejected["rule"].to_list() == ["overlap_covered"]
    assert covered.facilities["observed_from"].is_null().to_list() == [False]
