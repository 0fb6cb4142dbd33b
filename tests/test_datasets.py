"""Data sets load by name from a source checkout and from an installed wheel, and hold what their documents say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import polars as pl
import pytest

import casualtystats as cs
from casualtystats.errors import DatasetError, ReportFileError
from casualtystats.places import Places

ROOT = Path(__file__).parent.parent
IDLIB = ROOT / "datasets" / "idlib-2019"


@pytest.fixture(scope="module")
def reports() -> cs.Reports:
    return cs.datasets.load("idlib-2019")


def test_every_row_is_accepted(reports):
    assert reports.rejected.is_empty()
    assert len(reports) == pl.read_csv(IDLIB / "reports.csv", infer_schema=False).height
    assert reports.origin is not None
    assert reports.origin.licence == "CC-BY-4.0"


# What the news report of 14 May 2019 printed, typed again here: low, best, high, first and last day, place.
SAID = {
    "sohr-fighters-42": (42, None, None, "2019-05-12/2019-05-13", "edge of the bastion"),
    "sohr-loyalists-16": (16, 16, 16, "2019-05-12/2019-05-13", "Syria/Latakia/Jabal al-Akrad"),
    "sohr-jihadists-19": (19, 19, 19, "2019-05-12/2019-05-13", "Syria/Latakia/Jabal al-Akrad"),
    "sana-child-1": (1, 1, 1, "2019-05-13/2019-05-13", "Syria/Hama/regime-held town"),
    "ocha-displaced-180k": (180_000, 180_000, 180_000, "2019-04-29/2019-05-09", "Idlib zone"),
    "sohr-civilians-119": (119, 119, 119, "[2019-04-21..2019-04-30]/2019-05-13", "Idlib zone"),
    "un-facilities-18": (18, 18, 18, "[2019-04-27..2019-04-29]/2019-05-13", "Idlib zone"),
    "un-attacks-20": (20, None, None, "[2019-04-27..2019-04-29]/2019-05-13", "Idlib zone"),
    "whitehelmets-centre-1": (1, 1, 1, "2019-05-13/2019-05-13", "Syria/Idlib/Kafranbel"),
    "news-population-3m": (2_500_000, 3_000_000, 3_500_000, "2019-05-13/2019-05-13", "Idlib zone"),
    "news-war-370k": (370_001, None, None, "2011-03-15/2019-05-13", "Syria"),
}


@pytest.mark.parametrize("name", SAID)
def test_figures_of_the_news_report(reports, name):
    report = reports[name]
    low, best, high, period, place = SAID[name]
    assert (report.estimate.low, report.estimate.best, report.estimate.high) == (low, best, high)
    assert (report.period.edtf(), report.place) == (period, place)


def test_every_published_figure_is_there(reports):
    """The 53 other figures by their numbers, in the units in which they were printed."""
    stated = {(row["unit"], row["value"]) for row in reports.frame.select("unit", "value").to_dicts()}
    people = (
        "150000 152210 290784 103539 180000 179600 201000 239647 270000 310000 330000 400000 80 170 205 160 230 450"
    )
    people += " 103 662 500 780 550 1089 1506 324 1864 267 3000000 5189000 4905318"
    movements = "440000 452623 500000 518000 67500 126200 590000 147300 630000"
    expected = {("people", int(text)) for text in people.split()}
    expected |= {("displacements", int(text)) for text in movements.split()}
    expected |= {("facilities", number) for number in (12, 18, 20, 50, 43, 51, 77, 81, 78, 61, 59)}
    expected |= {("attacks", number) for number in (25, 39)}
    assert expected <= stated


def test_the_decrease_and_the_months_are_kept(reports):
    counts = reports.filter(pl.col("source") == "UN", pl.col("measure") == "killed").frame.sort("published_latest")
    assert counts["value"].to_list() == [205, 160]
    months = [reports[name].estimate.low for name in ("cccm-movements-518k", "cccm-movements-august")]
    assert sum(months) > reports["cccm-movements-630k"].estimate.low


def test_documents_agree_with_the_tables(reports):
    package = json.loads((IDLIB / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        columns = pl.read_csv(IDLIB / resource["path"], infer_schema=False).columns
        assert [field["name"] for field in resource["schema"]["fields"]] == columns
        assert all(field.get("description") for field in resource["schema"]["fields"])
    assert set(package["lead"]) <= set(reports.frame["report_id"])
    places = Places.read(IDLIB / "places.csv")
    used = set(reports.frame["place"].drop_nulls()) | set(reports.frame["destination"].drop_nulls())
    assert used <= set(places.names)
    assert {"Idlib zone", "edge of the bastion"} <= set(places.zones)


def test_events():
    events = cs.datasets.events("idlib-2019")
    assert events.height == 5
    assert events["start_earliest"].is_sorted()
    assert cs.datasets.events(str(IDLIB)).equals(events)


def test_unknown_names_are_refused(tmp_path):
    with pytest.raises(DatasetError, match="idlib-2019"):
        cs.datasets.load("idlib-2020")
    with pytest.raises(DatasetError, match=r"reports\.csv"):
        cs.datasets.load_folder(tmp_path)
    with pytest.raises(DatasetError, match="nothing there"):
        cs.datasets.load_folder(tmp_path / "none")
    (tmp_path / "reports.csv").write_text(
        "report_id,measure,unit,kind,value,start,end\na,killed,people,flow,1,2019-05-01,2019-05-01\n"
    )
    assert len(cs.datasets.load_folder(tmp_path)) == 1
    assert cs.datasets.events(str(tmp_path)).is_empty()
    with pytest.raises(DatasetError, match="a file"):
        cs.datasets.load_folder(tmp_path / "reports.csv")
    (tmp_path / "events.csv").write_text("date,end,label,kind,source\nsome day,,x,,\n")
    with pytest.raises(DatasetError, match="row 1"):
        cs.datasets.events(str(tmp_path))
    (tmp_path / "datapackage.json").write_text("[]")
    with pytest.raises(DatasetError, match="JSON object"):
        cs.datasets.load_folder(tmp_path)
    (tmp_path / "datapackage.json").write_text("{")
    with pytest.raises(DatasetError, match="JSON data package"):
        cs.datasets.load_folder(tmp_path)


def test_the_layout_of_a_wheel_works_from_any_folder(tmp_path):
    """The wheel holds the data sets as `casualtystats/_datasets`; a copy in that layout needs no checkout."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert build["force-include"] == {"datasets": "casualtystats/_datasets"}
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    shutil.copytree(ROOT / "casualtystats", site / "casualtystats", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "datasets", site / "casualtystats" / "_datasets")
    elsewhere.mkdir()
    code = "from casualtystats import datasets; print(datasets.folder('idlib-2019')); print(len(datasets.load('idlib-2019')))"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=elsewhere, env=environment, capture_output=True, text=True, check=True
    )
    where, number = done.stdout.split("\n")[:2]
    assert where == str(site / "casualtystats" / "_datasets" / "idlib-2019")
    assert int(number) == len(cs.datasets.load("idlib-2019"))


def test_rows_on_facilities_are_those_of_the_reports():
    every = pl.read_csv(IDLIB / "reports.csv", infer_schema=False)
    parts = [pl.read_csv(IDLIB / name, infer_schema=False) for name in ("facilities.csv", "outages.csv")]
    sorted_out = pl.concat(parts)
    words = sorted_out.group_by("series").agg(pl.col("measure").unique(), pl.col("unit").unique())
    assert words["measure"].list.len().to_list() == words["unit"].list.len().to_list() == [1] * words.height
    about = every.filter(pl.col("measure").str.starts_with("facilities") | (pl.col("measure") == "attacks"))
    assert sorted_out.drop("series").sort("report_id").equals(about.sort("report_id"))
    assert sorted_out.filter(pl.col("measure") == "facilities_functional")["value"].to_list() == [
        "77",
        "81",
        "78",
        "61",
        "59",
    ]


def test_the_simulated_register_is_drawn_again_to_the_byte(tmp_path):
    folder = ROOT / "datasets" / "simulated-facilities"
    subprocess.run([sys.executable, str(folder / "simulate.py"), str(tmp_path)], check=True, timeout=60)
    tables = sorted(path.name for path in folder.glob("*.csv"))
    assert tables == sorted(path.name for path in tmp_path.iterdir())
    for name in tables:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert "imulated" in package["title"]
    for resource in package["resources"]:
        columns = pl.read_csv(folder / resource["path"], infer_schema=False).columns
        assert [field["name"] for field in resource["schema"]["fields"]] == columns


def test_a_folder_with_a_register_of_its_own(tmp_path):
    (tmp_path / "facilities.csv").write_text("facility,name\na,x\n")
    with pytest.raises(ReportFileError, match="facility_id"):
        cs.datasets.facilities(str(tmp_path))
    (tmp_path / "facilities.csv").write_text("facility_id,name\na,x\n")
    (tmp_path / "hits.csv").write_text("date\n2019-05-01\n")
    register = cs.datasets.facilities(str(tmp_path))
    assert register is not None
    assert (len(register), register.hits.height) == (1, 1)
    assert cs.datasets.status_rounds(str(tmp_path)) is None
    (tmp_path / "facilities.csv").unlink()
    assert cs.datasets.facilities(str(tmp_path)) is None


def test_what_the_simulated_register_says_holds_the_truth():
    """Of every facility, the days lost as they truly were lie between the bounds of what was told."""
    register = cs.datasets.facilities("simulated-facilities")
    assert register is not None
    assert register.rejected.is_empty()
    truth = pl.read_csv(cs.datasets.folder("simulated-facilities") / "truth.csv", try_parse_dates=True)
    days = (pl.col("end") - pl.col("start")).dt.total_days() + 1
    for partial in (0.0, 0.5, 1.0):
        weight = pl.when(pl.col("status") == "partial").then(1 - partial).otherwise(1.0)
        lost = truth.group_by("facility_id").agg((days * weight).sum().alias("truth"))
        told = cs.facility_days_lost(register, partial=partial, by=["facility_id"]).frame
        both = told.join(lost, on="facility_id", how="left").with_columns(pl.col("truth").fill_null(0.0))
        assert both.filter(~pl.col("truth").is_between("lost_low", "lost_high")).is_empty()
        assert both["truth"].sum() > 0
