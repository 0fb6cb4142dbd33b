"""Archives: every vintage is kept, none twice, and a day shows what was known on it."""

from __future__ import annotations

import dataclasses
import json
import os
import stat
import subprocess
import sys
from datetime import date, timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import casualtystats as cs
from casualtystats.errors import (
    ContradictionError,
    NoReportsError,
    OptionError,
    ParseError,
    PlacesError,
    ReportFileError,
)
from casualtystats.ledger import DIMENSIONS
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports import ReportArchive, Reports
from casualtystats.reports.archivefile import signed
from casualtystats.reports.table import REPORT_TYPES
from casualtystats.reports.vintages import FIGURE, FULL_FIGURE
from casualtystats.schemas import ReportSchema
from casualtystats.testing.frames import reports_of

Row = dict[str, Any]
FIRST = date(2019, 4, 29)
# Each example makes several archives.
few = settings(max_examples=max(40, settings().max_examples // 4))


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def published(first: int | None, last: int | None = None) -> Row:
    late = first if last is None else last
    return {
        "published_earliest": None if first is None else day(first),
        "published_latest": None if late is None else day(late),
    }


def row(value: int | None, on: int | None = 20, **more: Any) -> Row:
    return {
        "report_id": "a", "source": "OHCHR", "start_earliest": FIRST, "end_latest": day(10), "value": value,
    } | published(on) | more  # fmt: skip


def archive_of(*rows: Row, origin: Origin | None = None, places: Places | None = None) -> ReportArchive:
    """An archive of rows that come one by one, as from files of one row."""
    archive = ReportArchive(origin=origin)
    for one in rows:
        archive = archive.append(reports_of([one], origin=origin, places=places))
    return archive


# --- rows that agree with one another: the count and the identifier follow from the key --------------------


@st.composite
def rows(draw: st.DrawFn) -> Row:
    source, place, start, hours = draw(
        st.tuples(
            st.sampled_from(["OHCHR", "SOHR", None]), st.sampled_from([None, "Idlib"]), st.integers(0, 1),
            st.sampled_from([None, 24.0]),
        )
    )  # fmt: skip
    on = draw(st.one_of(st.none(), st.integers(11, 18)))
    wide = draw(st.sampled_from([0, 0, 3])) if on is not None else 0
    told = {
        "report_id": f"{source}-{place}-{start}-{hours}", "source": source, "place": place, "hours": hours,
        "start_earliest": day(start), "end_latest": day(start + 1), "wording": f"in {place}",
    }  # fmt: skip
    value = (7 * (on or 0) + 3 * wide + start) % 50
    bounds = {"low": value, "best": None, "high": None, "qualifier": "at_least"} if value % 3 == 0 else {}
    return told | {"value": value} | bounds | published(on, None if on is None else on + wide)


def figure(one: Row) -> tuple[Any, ...]:
    return tuple(one.get(name) for name in ("report_id", "source", "place", "start_earliest", "hours"))


def vintage(one: Row) -> tuple[Any, ...]:
    return (*figure(one), one["published_earliest"], one["published_latest"])


def told(one: Row) -> tuple[Any, ...]:
    return (*vintage(one), one["value"], one.get("low", one["value"]))


def in_parts(some: list[Row], cuts: list[int]) -> ReportArchive:
    archive = ReportArchive()
    edges = sorted({0, len(some), *(min(cut, len(some)) for cut in cuts)})
    for first, last in pairwise(edges):
        part = reports_of([one | {"report_id": f"row {at}"} for at, one in enumerate(some[first:last])])
        ids = pl.Series("report_id", [one["report_id"] for one in some[first:last]], pl.String)
        archive = archive.append(Reports(part.frame.with_columns(ids)))
    return archive


@few
@given(st.lists(rows(), max_size=14), st.lists(st.integers(0, 14), max_size=3), st.randoms(use_true_random=False))
def test_any_order_and_split_gives_the_same_archive(some: list[Row], cuts: list[int], random: Any) -> None:
    archive = in_parts(some, cuts)
    other = list(some)
    random.shuffle(other)
    assert_frame_equal(in_parts(other, []).frame, archive.frame)
    assert {told(one) for one in archive.frame.to_dicts()} == {told(one) for one in some}
    assert len(archive) == len({vintage(one) for one in some})


@few
@given(st.lists(rows(), max_size=10), st.integers(0, 10))
def test_appending_twice_is_appending_once(some: list[Row], part: int) -> None:
    archive = in_parts(some, [])
    again = in_parts([*some, *some[:part], *some], [len(some)])
    assert_frame_equal(again.frame, archive.frame)
    assert_frame_equal(archive.append(Reports(archive.frame)).frame, archive.frame)


@few
@given(st.lists(rows(), max_size=14), st.integers(9, 24))
def test_a_day_shows_each_figure_as_last_published(some: list[Row], on: int) -> None:
    archive = in_parts(some, [])
    seen = archive.as_of(day(on))
    known: dict[tuple[Any, ...], Row] = {}
    for one in sorted(
        (one for one in some if one["published_latest"] is not None and one["published_latest"] <= day(on)),
        key=lambda one: (one["published_latest"], one["published_earliest"]),
    ):
        known[figure(one)] = one
    assert sorted(map(str, map(told, seen.frame.to_dicts()))) == sorted(map(str, map(told, known.values())))
    assert ReportSchema.is_valid(seen.frame)
    # What comes later changes nothing about what was known.
    earlier = [one for one in some if one["published_latest"] is None or one["published_latest"] <= day(on)]
    before = in_parts(earlier, []).as_of(day(on))
    assert_frame_equal(before.frame, seen.frame)
    assert seen.rejected["rule"].to_list() == ["no_publication_date"] * len(
        {figure(one) for one in some if one["published_latest"] is None}
    )


@few
@given(st.lists(rows(), max_size=14))
def test_revisions_are_those_of_a_plain_count(some: list[Row]) -> None:
    archive = in_parts(some, [])
    histories: dict[tuple[Any, ...], dict[tuple[date, date], int]] = {}
    for one in some:
        if one["published_latest"] is not None:
            days = (one["published_latest"], one["published_earliest"])
            histories.setdefault(figure(one), {})[days] = one["value"]
    expected: dict[str, tuple[Any, ...]] = {}
    for key, history in histories.items():
        if len(history) < 2:
            continue
        days, values = sorted(history), [history[at] for at in sorted(history)]
        since = next(
            at for at in range(len(values)) if all(abs(value - values[-1]) * 20 <= values[-1] for value in values[at:])
        )
        percent = 100 * (values[-1] - values[0]) / values[0] if values[0] else None
        expected[key[0]] = (
            len(values), days[0][0], days[-1][0], values[0], values[-1], values[-1] - values[0], percent,
            min(values), max(values), max(values) - min(values), (days[since][0] - days[0][0]).days,
        )  # fmt: skip
    found = archive.revisions().select(
        "report_id", "vintages", "first_published", "last_published", "first", "last", "change", "change_percent",
        "min", "max", "spread", "days_to_within_5_percent",
    )  # fmt: skip
    assert {one[0]: one[1:] for one in found.rows()} == expected
    days = archive.vintages()
    assert days["reports"].sum() == len(archive)
    assert days["new"].sum() == len(histories)
    for name, history in ((key[0], history) for key, history in histories.items()):
        values = archive.history(name).frame["value"].to_list()
        assert values == [history[at] for at in sorted(history)]


@few
@given(some=st.lists(rows(), max_size=8), zone=st.booleans(), origin=st.booleans())
def test_a_file_brings_back_the_archive(
    some: list[Row], zone: bool, origin: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("archive") / "all.parquet"
    places = Places({"north": ("Idlib/north", "Hama")}, {"Idlib": "Ідліб"}) if zone else Places()
    made = Origin("OHCHR", "Update “one”", "https://example.org", separate_events=False) if origin else None
    archive = dataclasses.replace(in_parts(some, []), places=places, origin=made)
    archive.save(path)
    opened = ReportArchive.open(path)
    assert_frame_equal(opened.frame, archive.frame)
    assert opened.frame.schema == REPORT_TYPES
    assert (opened.places, opened.origin) == (places, made)
    content = path.read_bytes()
    opened.append(opened.as_of(day(30))).save(path)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["all.parquet"]


# --- what makes a figure ---------------------------------------------------------------------------------------


def test_a_figure_of_the_builders_is_part_of_a_figure_of_the_archive() -> None:
    assert {*DIMENSIONS, "source", "standard"} < set(FIGURE) < set(FULL_FIGURE) < set(REPORT_TYPES)


@pytest.mark.parametrize(
    "change",
    [
        {"measure": "injured"}, {"kind": "cumulative"}, {"place": "Idlib"}, {"destination": "Azaz"},
        {"group": "civilian"}, {"perpetrator": "state"}, {"standard": "verified"}, {"role": "triangulation"},
        {"source": "SOHR"}, {"source": None}, {"derived_from": "SOHR"}, {"start_earliest": day(-1)},
        {"start_latest": day(2)}, {"end_latest": day(11)}, {"end_earliest": day(8)}, {"hours": 24.0},
    ],
)  # fmt: skip
def test_what_differs_in_the_key_is_another_figure(change: Row) -> None:
    archive = archive_of(row(42), row(48, 25, report_id="b", **change))
    assert archive.revisions().is_empty()
    assert len(archive.as_of(day(30))) == 2
    with pytest.raises(OptionError, match=f"differ in .*{next(iter(change)).replace('_latest', '')}"):
        archive_of(row(42), row(48, 25, **change))


def test_another_qualifier_or_address_is_no_other_figure() -> None:
    later = row(48, 25, qualifier="at_least", low=48, best=None, high=None, url="https://example.org", wording="48")
    archive = archive_of(row(42), later)
    assert archive.revisions()["vintages"].to_list() == [2]
    assert archive.revisions().select("first", "first_high", "last", "last_low", "last_high").row(0) == (
        42, 42, 48, 48, None,
    )  # fmt: skip


def test_a_row_that_is_there_changes_nothing_whatever_its_identifier() -> None:
    archive = archive_of(row(42), row(42, report_id="z", url="https://example.org"))
    assert archive.frame.select("report_id", "url").rows() == [("a", None)]


def test_an_archive_is_never_changed() -> None:
    first = archive_of(row(42))
    first.append(reports_of([row(48, 25)]))
    assert first.frame["value"].to_list() == [42]
    assert len(ReportArchive()) == 0


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (row(45), r"got 42 in 'a' and 45 in 'a', both OHCHR, violent deaths, .*published 2019-05-19\. A correction"),
        (row(42, wording="42 dead"), r"42 in 'a' \(wording: none\) and 42 in 'a' \(wording: 42 dead\)"),
    ],
)
def test_two_counts_for_one_day_of_publication_are_refused(other: Row, says: str) -> None:
    with pytest.raises(ContradictionError, match=says):
        archive_of(row(42), other)
    more = row(7, report_id="x", source="SOHR")
    both = reports_of([more | {"value": 8}, other | {"report_id": "y"}])
    with pytest.raises(ContradictionError, match="and 1 more such"):
        archive_of(row(42), more).append(both)


def test_an_identifier_names_one_figure() -> None:
    files = [[row(1, place="Idlib"), row(2, place="Hama", report_id="b")], [row(3, 30, place="Hama", report_id="a")]]
    files[1].append(row(4, 30, place="Idlib", report_id="b"))
    archive = ReportArchive.of(reports_of(files[0]))
    with pytest.raises(OptionError, match=r"'b' for .* differ in place\. 1 more report_id is shared\. Where files"):
        archive.append(reports_of(files[1]))
    # What the message says helps.
    second = reports_of(files[1])
    named = dataclasses.replace(second, frame=second.frame.with_columns(report_id="may-" + pl.col("report_id")))
    assert archive.append(named).revisions()["report_id"].to_list() == ["may-a", "may-b"]


def test_without_a_source_only_the_identifier_tells() -> None:
    archive = archive_of(row(1, source=None), row(2, 25, source=None, report_id="b"), row(3, 30, source=None))
    assert archive.as_of(day(40)).frame.select("report_id", "value").rows() == [("b", 2), ("a", 3)]
    assert archive.revisions().select("report_id", "source", "vintages").rows() == [("a", None, 2)]


def test_rows_without_a_day_of_publication_are_kept_and_told() -> None:
    archive = archive_of(row(1), row(2, None), row(2, None), row(3, None, report_id="b"))
    assert archive.frame["value"].to_list() == [1, 2, 3]
    assert archive.revisions().is_empty()
    seen = archive.as_of(day(99))
    assert seen.frame["value"].to_list() == [1]
    assert seen.rejected["row"].to_list() == [2, 3]
    assert json.loads(seen.rejected["raw"][1])["report_id"] == "b"
    assert "2019-08-06" in seen.rejected["hint"][0]
    assert str(seen) == "1 report, 2 rows rejected (see .rejected)"
    assert str(archive) == "3 reports of 3 figures, published 2019-05-19; 2 reports without a day of publication"
    assert archive.vintages().rows() == [(day(20), day(20), 1, 1, 0), (None, None, 2, None, None)]
    assert archive.reports.frame["report_id"].to_list() == ["a@2019-05-19", "a@not stated", "b"]


def test_possible_days_of_publication_are_ordered_by_the_last() -> None:
    archive = archive_of(row(5) | published(2, 32), row(7) | published(21), row(9) | published(30, 32))
    assert archive.as_of(day(20)).frame.is_empty()
    assert archive.as_of(day(31)).frame["value"].to_list() == [7]
    assert archive.as_of("2019-05").frame["value"].to_list() == [9]
    assert archive.history("a").frame["value"].to_list() == [7, 5, 9]
    with pytest.raises(ParseError, match="soon"):
        archive.as_of("soon")


def test_separate_events_are_known_by_their_identifier() -> None:
    ged = Origin("Publisher", "Events", separate_events=True)
    alike = [row(3, report_id="e1"), row(4, report_id="e2", source=None)]
    moved = row(5, 30, report_id="e1", place="Idlib", start_earliest=day(1))
    archive = ReportArchive.of(reports_of([*alike, row(3, report_id="e3")], origin=ged))
    archive = archive.append(reports_of([moved], origin=ged))
    assert len(archive.as_of(day(25))) == 3
    now = archive.as_of(day(30)).frame
    assert sorted(now.select("report_id", "value", "place").rows()) == [
        ("e1", 5, "Idlib"),
        ("e2", 4, None),
        ("e3", 3, None),
    ]
    assert archive.revisions().select("report_id", "place", "first", "last").rows() == [("e1", "Idlib", 3, 5)]
    assert archive.filter(pl.col("report_id") == "e1").origin == ged
    with pytest.raises(OptionError, match=r"differ in measure"):
        archive.append(reports_of([moved | {"measure": "injured"} | published(40)], origin=ged))
    with pytest.raises(OptionError, match="got figures for an archive of events"):
        archive.append(reports_of([row(3, 40)]))
    with pytest.raises(OptionError, match="got events for an archive of figures"):
        archive_of(row(3)).append(reports_of([moved], origin=ged))


# --- revisions, days, one figure -----------------------------------------------------------------------------------


def test_revisions_of_ranges_and_zeros() -> None:
    ranges = archive_of(
        row(None, low=10, best=15, high=20), row(None, 30, low=12, high=18), row(0, 31),
    ).revisions()  # fmt: skip
    assert ranges.select("first", "last", "min", "max", "spread").row(0) == (15, 0, 0, 15, 15)
    assert ranges.select("first_low", "first_high", "change_percent", "days_to_within_5_percent").row(0) == (
        10, 20, -100.0, 11,
    )  # fmt: skip
    from_zero = archive_of(row(0), row(20, 30), row(19, 31), row(21, 33), row(20, 40)).revisions()
    assert from_zero.select("change", "change_percent", "days_to_within_5_percent").row(0) == (20, None, 10)
    # 5 % of 19 is less than 1.
    assert archive_of(row(20), row(19, 30)).revisions()["days_to_within_5_percent"].item() == 10
    assert archive_of(row(21), row(20, 30)).revisions()["days_to_within_5_percent"].item() == 0


def test_days_of_publication() -> None:
    archive = archive_of(
        row(42), row(42, 25), row(42, 30, qualifier="at_least", low=42, best=None, high=None),
        row(7, 30, report_id="b", source="SOHR"),
    )  # fmt: skip
    assert archive.vintages().rows() == [
        (day(20), day(20), 1, 1, 0),
        (day(25), day(25), 1, 0, 0),
        (day(30), day(30), 2, 1, 1),
    ]
    assert str(archive) == (
        "4 reports of 2 figures, published 2019-05-19 to 2019-05-29; 1 figure published more than once"
    )
    html = dataclasses.replace(archive, origin=Origin("<OHCHR>", "Update"))._repr_html_()
    assert "&lt;OHCHR&gt;: Update. 4 reports" in html
    assert "published_latest" in html
    assert str(ReportArchive()) == "0 reports of 0 figures"
    assert "0 reports" in ReportArchive()._repr_html_()


def test_one_figure() -> None:
    archive = archive_of(row(48, 25), row(42), row(1, report_id="b", source="SOHR"), row(2, None, report_id="c"))
    assert archive.history("a").frame.select("report_id", "value").rows() == [
        ("a@2019-05-19", 42), ("a@2019-05-24", 48),
    ]  # fmt: skip
    assert archive.history("b").frame["report_id"].to_list() == ["b"]
    for name in ("c", "zzz"):
        with pytest.raises(NoReportsError, match=f"got '{name}'"):
            archive.history(name)
    with pytest.raises(NoReportsError, match="near it: long-name"):
        archive_of(row(1, report_id="long-name")).history("long-nam")


def test_all_vintages_as_reports_for_the_builders() -> None:
    archive = archive_of(row(42), row(48, 25), row(5, 30, report_id="x@2019-05-19", source="SOHR"))
    every = archive.reports
    assert ReportSchema.is_valid(every.frame)
    assert every.frame["report_id"].to_list() == ["a@@2019-05-19", "a@@2019-05-24", "x@2019-05-19"]
    for at, value in ((21, 42), (26, 48)):
        built = cs.deaths(every, as_of=day(at), source="OHCHR")
        assert built.total().best == value == cs.deaths(archive.as_of(day(at)), source="OHCHR").total().best


# --- places and origins --------------------------------------------------------------------------------------------


def test_places_and_origins_meet() -> None:
    places = Places({"zone": ("A", "B")}, {"A": "Alpha"})
    archive = archive_of(row(1), places=places)
    more = archive.append(reports_of([row(2, 30)], places=Places({"zone": ("B", "A"), "other": ("C",)}, {"B": "Beta"})))
    assert {name: set(inside) for name, inside in more.places.zones.items()} == {"zone": {"A", "B"}, "other": {"C"}}
    assert more.places.names == {"A": "Alpha", "B": "Beta"}
    for wrong in (Places({"zone": ("A",)}), Places(names={"A": "Aleph"})):
        with pytest.raises(PlacesError, match=r"declared as it is in the archive \(A"):
            archive.append(reports_of([row(2, 30)], places=wrong))
    assert archive.append(reports_of([], places=Places(names={"C": "Gamma"}))).places.names["C"] == "Gamma"


def test_origins_are_joined_in_any_order() -> None:
    made = [Origin("OHCHR", "Update", accessed="2019-05-01"), Origin("OHCHR", "Update", accessed="2019-06-01"), None]
    joined: list[Origin | None] = []
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0, 1)):
        archive = ReportArchive()
        for at in order:
            archive = archive.append(reports_of([row(at, 20 + at)], origin=made[at]))
        joined.append(archive.origin)
    assert joined == [Origin("OHCHR", "Update", accessed="2019-05-01; 2019-06-01")] * 3
    assert archive_of(row(1)).append(reports_of([], origin=made[0])).origin is None


# --- files -----------------------------------------------------------------------------------------------------------

_KILLED = """
import os, sys
from casualtystats.reports import ReportArchive
archive = ReportArchive.open(sys.argv[1])
os.fsync = lambda number: os._exit(9)
archive.filter(False).save(sys.argv[1])
"""


def test_a_write_that_is_killed_leaves_the_old_archive_whole(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    archive_of(row(42)).save(path)
    content = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)
    assert done.returncode == 9
    assert path.read_bytes() == content
    # It leaves its unfinished file behind, which is in nobody's way.
    assert len(list(tmp_path.iterdir())) == 2
    ReportArchive.open(path).append(reports_of([row(48, 25)])).save(path)
    assert len(ReportArchive.open(path)) == 2


@pytest.mark.parametrize("wrong", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: BaseException) -> None:
    path = tmp_path / "all.parquet"
    archive_of(row(42)).save(path)
    content = path.read_bytes()

    def fails(_: int) -> None:
        raise wrong

    monkeypatch.setattr(os, "fsync", fails)
    expected = ReportFileError if isinstance(wrong, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        archive_of(row(48)).save(path)
    assert path.read_bytes() == content
    assert [file.name for file in tmp_path.iterdir()] == ["all.parquet"]


def test_files_keep_their_mode_and_links_stay_links(tmp_path: Path) -> None:
    path, link = tmp_path / "all.parquet", tmp_path / "link.parquet"
    archive_of(row(42)).save(path)
    path.chmod(0o640)
    link.symlink_to(path)
    archive_of(row(48)).save(link)
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert ReportArchive.open(path).frame["value"].to_list() == [48]


def test_paths_that_can_not_be_written(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"\.parquet"):
        ReportArchive().save(tmp_path / "all.csv")
    with pytest.raises(ReportFileError, match="can be written"):
        ReportArchive().save(tmp_path / "none" / "all.parquet")


def _with(told: object, frame: pl.DataFrame | None = None) -> Any:
    def write(path: Path) -> None:
        text = told if isinstance(told, str) else json.dumps(told)
        found = archive_of(row(42)).frame if frame is None else frame
        written = BytesIO()
        place = f'"casualtystats sha256": "{"0" * 64}"'
        found.write_parquet(written, metadata={"casualtystats.archive": text, "more": place})
        path.write_bytes(signed(written.getvalue()))

    return write


_FINE = {"format": 1, "places": {"zones": {}, "names": {}}, "origin": None}


@pytest.mark.parametrize(
    ("write", "says"),
    [
        (lambda path: None, "No such file"),
        (lambda path: path.mkdir(), "directory"),
        (lambda path: path.write_bytes(b""), "empty file"),
        (lambda path: path.write_bytes(b"report_id,measure\n"), "no Parquet file"),
        (lambda path: path.write_bytes(b"PAR1 and so on"), "cut off"),
        (lambda path: path.write_bytes(signed(b'PAR1"casualtystats sha256": "%064d"PAR1' % 0)), "polars can not read"),
        (lambda path: reports_of([row(42)]).write_parquet(path), "ReportArchive.of"),
        (_with(_FINE | {"format": 2}), "format 2 of another version"),
        (_with("{"), "metadata are damaged"),
        (_with([1]), "metadata are damaged"),
        (_with({"format": 1}), "metadata are damaged"),
        (_with(_FINE | {"places": {"zones": {"": ["a"]}, "names": {}}}), "metadata are damaged"),
        (_with(_FINE | {"origin": {"who": "OHCHR"}}), "metadata are damaged"),
        (_with(_FINE, pl.DataFrame({"a": [1]})), "got the columns a"),
        (_with(_FINE, archive_of(row(42)).frame.with_columns(measure=pl.lit("seen"))), "other types"),
        (_with(_FINE, archive_of(row(42)).frame.with_columns(low=pl.lit(-1, pl.Int64))), "break their rules"),
    ],
)  # fmt: skip
def test_files_that_are_no_archive(tmp_path: Path, write: Any, says: str) -> None:
    path = tmp_path / "all.parquet"
    write(path)
    with pytest.raises(ReportFileError, match=says) as caught:
        ReportArchive.open(path)
    assert str(caught.value).startswith(f"{path}: expected")


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    archive_of(row(42), row(48, 25)).save(path)
    content = path.read_bytes()
    for at in range(0, len(content), 97):
        for damaged in (content[:at], content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]):
            path.write_bytes(damaged)
            with pytest.raises(ReportFileError):
                ReportArchive.open(path)


def test_a_file_of_a_version_with_fewer_words_is_read(tmp_path: Path) -> None:
    path = tmp_path / "all.parquet"
    old = archive_of(row(42)).frame.with_columns(pl.col("measure").cast(pl.String).cast(pl.Enum(["killed"])))
    _with(_FINE, old)(path)
    assert ReportArchive.open(path).frame.schema == REPORT_TYPES


def test_other_columns_are_refused() -> None:
    with pytest.raises(ReportFileError, match="read_reports"):
        ReportArchive(pl.DataFrame({"a": [1]}))
    assert ReportArchive().to_frame().schema == REPORT_TYPES
