"""The outage page: words kept apart, a register and its rounds, and what is said where a part can not be made."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import casualtystats as cs
from casualtystats import datasets
from casualtystats.errors import UndefinedEstimateError
from casualtystats.sitrep import write_sitrep
from casualtystats.sitrep.numbers import Known, Numbers
from casualtystats.sitrep.outagepage import outage_page
from casualtystats.sitrep.outagewords import about_facilities
from casualtystats.sitrep.parts import Part, attempt, of_cells, spoken_cell
from casualtystats.sitrep.register import by_place, spells_between

NAME = "simulated-facilities"
HEAD = "report_id,measure,unit,kind,qualifier,value,start,end,place,group,source,published\n"


@pytest.fixture(scope="module")
def simulated(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("outages") / "page"
    write_sitrep(datasets.folder(NAME), out)
    return out


@pytest.fixture(scope="module")
def text(simulated) -> str:
    return (simulated / "outages.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def traced(simulated) -> dict:
    return json.loads((simulated / "numbers.json").read_text(encoding="utf-8"))


def _words(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)


def _at(traced: dict, where: str) -> list[dict]:
    found = [number for number in traced["numbers"] if number["where"].startswith(where)]
    assert found, where
    return found


def _made(folder: Path) -> tuple[str, Numbers]:
    """The parts of the outage page as text, without pictures of reports."""
    numbers = Numbers()
    reports = datasets.load_folder(folder)
    page = outage_page(folder, reports, [], numbers, lambda _: None)
    assert page is not None
    return _words(page.files("Title", "")["outages.html"].decode()), numbers


def test_numbers_of_a_register_are_traced(simulated, text, traced, check_traced):
    check_traced("outages.html", text, traced)
    check_traced("index.html", (simulated / "index.html").read_text(encoding="utf-8"), traced)
    of_rows = [number for number in traced["numbers"] if number["rows"]]
    assert {table for number in of_rows for table in number["rows"]} == {"facilities", "outages", "hits", "rounds"}
    assert all(number["page"] == "outages.html" for number in of_rows)
    assert traced["rows"]["outages"]["f02-1"]["status"] == "non_functional"
    assert traced["rows"]["hits"]["h04"]["date_latest"] == "2021-01-31"


def test_the_page_says_what_availability_says(simulated, traced):
    result = cs.availability(datasets.facilities(NAME), "month")
    assert (simulated / "tables" / "outage-availability.csv").read_text() == result.frame.write_csv()
    for row in result.frame.rows(named=True):
        month = spoken_cell(row["period_start"], row["period_end"])
        cells = {
            number["label"].partition(": ")[2]: number for number in _at(traced, f"table outage-availability, {month}")
        }
        low, high = cells["low"], cells["high"]
        assert low["low"] == pytest.approx(100 * row["low"])
        assert high["high"] == pytest.approx(100 * row["high"])
        assert float(low["text"]) <= 100 * row["low"] + 1e-9
        assert float(high["text"]) >= 100 * row["high"] - 1e-9
        assert low["rows"]["outages"]
    lost = next(number for number in traced["numbers"] if number["label"] == "facility-days lost")
    whole = result.days_lost()
    assert (lost["low"], lost["high"]) == (whole.low, whole.high)
    districts = [number for number in _at(traced, "table outage-lost") if number["label"].endswith(": low")]
    assert len(districts) == 3
    assert sum(number["high"] for number in districts) == whole.high


def test_three_series_and_the_reports_beside_them(text, traced):
    named = cs.outages(facilities=datasets.facilities(NAME)).named
    june = {number["label"]: number for number in _at(traced, "table outage-series, June 2021")}
    for label, frame in (
        ("distinct facilities out of service on some day", named.distinct("month")),
        ("hits", named.hits("month")),
        ("out of service on the last day", named.out("month")),
    ):
        low, high = frame.select("low", "high").row(5)
        assert (june[label]["low"], june[label]["high"]) == (low, high)
    assert set(june["hits"]["rows"]) == {"facilities", "hits"}
    unnamed = _at(traced, "table outage-unnamed, went out of service by 31 December 2021")
    assert [number["text"] for number in unnamed] == ["33", "33 to 37", "0"]
    assert "Facilities that are reported and not named" in text


def test_restoration_hits_and_lanes(simulated, text, traced):
    words = _words(text)
    facilities = datasets.facilities(NAME)
    with pytest.raises(UndefinedEstimateError):
        cs.time_to_restoration(facilities)
    assert "neither is an estimate" in words
    for ends in ("shortest", "longest"):
        row = cs.time_to_restoration(facilities, ends=ends).summary.row(0, named=True)
        assert f"At their {ends}: median time to full service {row['median']:g} days (95 % interval" in words
        assert (simulated / "figures" / f"outage-restoration-{ends}.svg").is_file()
    rate = cs.hit_rate(facilities).frame.row(0, named=True)
    found = next(n for n in traced["numbers"] if n["label"] == "hits per 100 facility-months, all")
    assert (found["best"], found["low"]) == (pytest.approx(rate["rate"]), pytest.approx(rate["ci_low"]))
    assert len(next(n for n in traced["numbers"] if n["label"] == "hits, South")["rows"]["hits"]) == 3
    assert 'id="figure-outage-lanes"' in text


def test_rounds_keep_not_reported_and_not_listed_apart(traced):
    second = {number["label"]: number["text"] for number in _at(traced, "table outage-rounds, round 2")}
    assert second["round 2: listed"] == "42"
    assert second["round 2: not listed"] == "18"
    assert second["round 2: not reported"] == "3"
    shares = {number["label"]: number["text"] for number in _at(traced, "table outage-rounds-shares, round 2")}
    assert shares["round 2: functional, % of listed"] == "76.1 to 83.4"
    both = {number["label"]: number["text"] for number in _at(traced, "table outage-rounds-matched, round 1 and 2")}
    assert both["round 1 and 2: reported in both"] == "35"
    assert (both["round 1 and 2: functional before"], both["round 1 and 2: functional now"]) == ("34", "31")


def test_each_figure_of_idlib_stands_under_its_own_word():
    reports = datasets.load("idlib-2019")
    text, numbers = _made(datasets.folder("idlib-2019"))
    units = {
        (number.label.partition(", as published")[0], number.text)
        for number in numbers.printed
        if number.where.startswith("table outage-words")
    }
    assert units >= {
        ("health facilities hit", "18"), ("health facilities hit", "24"), ("health facilities affected", "18"),
        ("health facilities impacted", "20"), ("health facilities impacted", "43"), ("health facilities damaged", "51"),
        ("health facilities out of service", "18"), ("health facilities out of service", "50"),
        ("health facilities back in service", "1"), ("attacks on health facilities", "25"),
        ("attacks on health facilities", "at least 39"),
    }  # fmt: skip
    assert len(units) <= len(about_facilities(reports))
    assert "50 health facilities out of service on some day of May 2019 (Health Cluster)" in text
    assert "none of these figures is added to another" in text
    assert "18 to 307 facility-days" in text
    assert "1 health facility back in service, on 24 May 2019 (WHO)" in text
    assert all(number.page == "outages.html" for number in numbers.printed)


def test_no_outage_page_without_facilities(tmp_path):
    (tmp_path / "reports.csv").write_text(HEAD + "a,killed,people,flow,exactly,3,2021-01-01,2021-01-31,X,,S,\n")
    reports = datasets.load_folder(tmp_path)
    assert outage_page(tmp_path, reports, [], Numbers(), lambda _: None) is None
    write_sitrep(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out" / "outages.html").exists()
    assert "outages.html" not in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def _register(folder: Path, *, hits: bool = True) -> Path:
    (folder / "reports.csv").write_text(HEAD + "a,killed,people,flow,exactly,3,2021-01-01,2021-01-31,X,,S,\n")
    (folder / "facilities.csv").write_text(
        "facility_id,place,beds,observed_from,observed_until\n"
        "a,X/North,10,2021-01-01,2021-03-31\nb,,,2021-01-01,2021-03-31\nd,X,-1,,\n"
    )
    (folder / "outages.csv").write_text(
        "facility_id,start,end,known_until\na,2021-01-05,2021-01-09,\nb,[..2021-02-01],,2021-02-03\nc,2021-01-01,2021-01-02,\n"
    )
    if hits:
        (folder / "hits.csv").write_text("facility_id,date\na,2021-01-05\na,2021-01-05\n,2021-02-30\n")
    return folder


def test_a_folder_with_tables_of_its_own(tmp_path):
    text, numbers = _made(_register(tmp_path))
    assert "The register holds 2 facilities, 2 spells in less than full service, and 2 hits." in text
    assert "3 rows were not accepted, and in no number below." in text
    assert "Bed-days lost are not given: expected beds of every facility, got none for 1 of 2 (b)." in text
    assert "not stated" in text, "a facility without a place has a row of its own"
    assert "What was reported" not in text, "no report is about facilities"
    rows = next(number for number in numbers.printed if number.label == "hits, all").rows
    assert len(rows["hits"]) == 2
    page = outage_page(tmp_path, datasets.load_folder(tmp_path), [], Numbers(), lambda _: None)
    assert page is not None
    assert page.rejected == 3


def test_a_part_that_can_not_be_made_is_one_sentence(tmp_path):
    folder = _register(tmp_path, hits=False)
    (folder / "outages.csv").unlink()
    text, _ = _made(folder)
    assert "Not shown: expected spells out of service, got none." in text
    assert "The register lists no hits. That does not say that there were none." in text
    (folder / "facilities.csv").write_text("facility_id,observed_from\na,\n")
    text, numbers = _made(folder)
    assert text.count("Not shown: ") >= 3
    assert "The register holds 1 facility, 0 spells in less than full service, and 0 hits." in text
    assert {number.label for number in numbers.printed} >= {"facilities", "spells in less than full service", "hits"}
    (folder / "facilities.csv").write_text("facility_id,facility_id\na,b\n")
    (folder / "rounds.csv").write_text("facility_id\na\n")
    text, numbers = _made(folder)
    assert text.count("Not read: ") == 2
    assert numbers.printed == []


def test_numbers_of_a_part_that_fails_are_forgotten():
    numbers = Numbers()

    def build(part: Part) -> None:
        numbers.put("x", "1", Known(1, 1, 1), unit="facilities", method="counted")
        raise UndefinedEstimateError("expected a, got b; use c. And more")

    part = attempt(Part("k", "T"), numbers, build)
    assert numbers.printed == []
    assert [str(line) for line in part.sentences] == ["Not shown: expected a, got b."]


def test_spells_behind_a_month():
    facilities = datasets.facilities(NAME)
    assert facilities is not None
    first, last = facilities.spells["start_latest"].min(), facilities.spells["end_earliest"].max()
    assert sorted(spells_between(facilities, first, last)) == sorted(facilities.spells["spell_id"])
    day = facilities.spells.filter(pl.col("spell_id") == "f02-1")["start_latest"].item()
    assert "f02-1" in spells_between(facilities, day, day)
    assert "f02-2" not in spells_between(facilities, day, day)


def test_calendars_and_places_that_can_be_read():
    assert [of_cells(months) for months in (12, 61, 181)] == ["month", "quarter", "year"]
    places = [f"C/D{at % 3}/V{at}" for at in range(40)]
    assert by_place(cs.Facilities.of([cs.Facility(f"f{at}", place=place) for at, place in enumerate(places)])) == 2
    assert by_place(cs.Facilities.of([cs.Facility("a", place="C/D")])) is None


def test_check_of_a_folder(tmp_path, capsys, monkeypatch):
    from casualtystats.sitrep.cli import main

    folder = _register(tmp_path)
    (folder / "rounds.csv").write_text(
        "round,facility_id,date,status\n1,a,2021-01-01,functional\n1,b,2021-01-01,fine\n"
    )

    def run() -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["casualtystats", "check", str(folder)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0), capsys.readouterr().out

    code, said = run()
    assert code == 1
    for line in (
        "facilities, row 3, beds:",
        "outages, row 3, facility_id:",
        "hits, row 3, date:",
        "rounds, row 2, status:",
    ):
        assert line in said
    for name in ("facilities", "outages", "hits", "rounds"):
        (folder / f"{name}.csv").unlink()
    (folder / "outages.csv").write_text(
        HEAD + "a,facilities_out,facilities,flow,exactly,x,2021-01-01,2021-01-31,X,,S,\n"
    )
    code, said = run()
    assert code == 1
    assert "outages, row 1, value:" in said
    (folder / "reports.csv").unlink()
    (folder / "outages.csv").unlink()
    (folder / "facilities.csv").write_text("facility_id\na\n")
    assert run() == (0, "1 facility, no spells, no hits\n")


def test_hits_that_may_lie_outside_the_period_and_an_exact_register(tmp_path):
    folder = _register(tmp_path)
    (folder / "facilities.csv").write_text(
        "facility_id,place,observed_from,observed_until\na,X/North,2021-01-01,2021-03-31\nb,X/South,2021-01-01,2021-03-31\n"
    )
    (folder / "outages.csv").write_text(
        "facility_id,start,end\na,2021-01-05,2021-01-09\nb,2021-01-05,2021-01-20\na,2021-02-05,2021-02-07\n"
    )
    (folder / "hits.csv").write_text("facility_id,date\na,[2020-12-30..2021-01-02]\n")
    text, numbers = _made(folder)
    assert "Median time to full service 5 days (95 % interval" in text
    assert "86.7 % of 180 facility-days were functional" in text
    rate = next(number for number in numbers.printed if number.label == "hits per 100 facility-months, all")
    assert (rate.low, rate.best) == (0, None)
    assert rate.text.startswith("0 to ")
    assert "A day in part service" not in text


@pytest.mark.slow
def test_same_register_same_bytes(simulated, tmp_path):
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4711", "LC_ALL": "C"}
    command = [sys.executable, "-m", "casualtystats", "sitrep", NAME, "--out", "again"]
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    files = {path.relative_to(simulated) for path in simulated.rglob("*") if path.is_file()}
    assert files == {path.relative_to(tmp_path / "again") for path in (tmp_path / "again").rglob("*") if path.is_file()}
    assert all((simulated / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in files)


def test_more_named_than_reported_is_said(tmp_path):
    folder = _register(tmp_path)
    (folder / "reports.csv").write_text(
        HEAD + "r,facilities_out,facilities,flow,exactly,1,2021-01-01,2021-02-28,,,S,2021-03-01\n"
        "q,facilities_out,facilities,flow,exactly,2,2021-01-15,2021-03-15,,,S,2021-03-20\n"
    )
    (folder / "outages.csv").write_text("facility_id,start,end\na,2021-01-05,2021-01-09\nb,2021-01-07,2021-01-09\n")
    (folder / "rounds.csv").write_text("round,facility_id,date,status\n1,a,2021-01-01,\n1,b,2021-01-01,fine\n")
    text, _ = _made(folder)
    assert "Not compared: expected no more named facilities out of service than reported, got 2 (a, b)" in text
    assert "No report says how many facilities were out of service on one date, so no peak is known." in text
    assert "facility-days were lost within their periods" in text
    assert "1 row was not accepted." in text
    assert ">–</td>" not in text


def test_without_facilities_that_went_out_no_days_are_bounded(tmp_path):
    (tmp_path / "reports.csv").write_text(HEAD + "a,attacks,attacks,flow,exactly,3,2021-01-01,2021-01-31,X,,S,\n")
    text, numbers = _made(tmp_path)
    assert "No report counts facilities that went out of service, so none bounds the days lost." in text
    assert "No report says that a facility is back in service. That is not known, not none." in text
    assert [number.text for number in numbers.printed] == ["3"]
