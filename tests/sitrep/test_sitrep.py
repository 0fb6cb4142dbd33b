"""The situation report: the same bytes everywhere, every number traced, nothing lost on failure."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

import casualtystats as cs
from casualtystats.errors import CasualtyStatsError, NoReportsError, SitrepError
from casualtystats.sitrep import write_sitrep
from casualtystats.sitrep.write import MARKER, write_folder

ROOT = Path(__file__).parent.parent.parent
IDLIB = ROOT / "datasets" / "idlib-2019"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("sitrep") / "page"
    write_sitrep(IDLIB, out)
    return out


@pytest.fixture(scope="module")
def numbers(page) -> dict:
    return json.loads((page / "numbers.json").read_text(encoding="utf-8"))


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.slow
def test_same_input_same_bytes(page, tmp_path):
    """The page of this process, and of another with another seed of hashes, time zone and locale."""
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4711", "LC_ALL": "C"}
    command = [sys.executable, "-m", "casualtystats", "sitrep", str(IDLIB), "--out", "again"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert _files(tmp_path / "again") == _files(page)
    assert done.stderr == "", "quiet when piped"
    assert "index.html" in done.stdout


def test_page_needs_no_network_and_no_script(page):
    text = (page / "index.html").read_text(encoding="utf-8")

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.loads: list[str] = []
            self.images = 0
            self.labelled = 0

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found = dict(attrs)
            if tag in ("script", "link", "iframe", "img", "object", "embed"):
                self.loads.append(tag)
            if tag == "svg":
                self.images += 1
            if found.get("role") == "img" and found.get("aria-label"):
                self.labelled += 1
            for name in ("src", "xlink:href"):
                value = found.get(name)
                if value and not value.startswith("#"):
                    self.loads.append(value)

    reader = Reader()
    reader.feed(text)
    assert reader.loads == []
    assert 0 < reader.images <= reader.labelled, "each picture has its alternative text"
    assert "url(http" not in text
    assert "@import" not in text


def test_every_number_in_bold_is_traced(page, numbers, check_traced):
    for name in ("index.html", "outages.html"):
        check_traced(name, (page / name).read_text(encoding="utf-8"), numbers)
    assert {number["page"] for number in numbers["numbers"]} == {"index.html", "outages.html"}
    tables = {number["where"].split(",")[0] for number in numbers["numbers"] if number["where"] != "text"}
    assert tables >= {"table of all reports", "table series-1", "table outage-words"}


def test_the_pages_are_linked(page):
    assert '<a href="outages.html">' in (page / "index.html").read_text(encoding="utf-8")
    assert '<a href="index.html">' in (page / "outages.html").read_text(encoding="utf-8")


def test_one_stock_of_displaced_people_makes_no_account(page, numbers):
    text = re.sub(r"<[^>]+>", "", (page / "index.html").read_text(encoding="utf-8"))
    assert "There is no account of stock and flow: it needs stocks of displaced people on two dates" in text
    assert "about 1,777,000 (1,688,150 to 1,865,850) internally displaced people" in text
    stocks = _number(numbers, "stocks of displaced people", "reach-idps-2018-11")
    assert stocks["best"] == 1


def _number(numbers: dict, label: str, *reports: str) -> dict:
    found = [n for n in numbers["numbers"] if n["label"] == label and set(reports) <= set(n["reports"])]
    assert found, label
    return found[0]


def test_what_the_reports_say_together(page, numbers):
    text = re.sub(r"<[^>]+>", "", (page / "index.html").read_text(encoding="utf-8"))
    assert "What the reports say together" in text
    apart = "OCHA: more than 150,000 by 5 May 2019; Response Coordinators: 103,539 by 6 May 2019: 46,462 apart"
    assert f"Contradiction: {apart}, if both mean the same area." in text
    total = _number(
        numbers,
        next(n["label"] for n in numbers["numbers"] if n["label"].startswith("displacements (movements), Idlib")),
    )
    assert (total["text"], total["high"]) == ("at least 665,301", None)
    assert set(total["reports"]) == {"cccm-movements-518k", "cccm-movements-august"}
    assert "Reports that matter most: cccm-movements-518k" in text
    table = (page / "tables" / "together-1.csv").read_text(encoding="utf-8").splitlines()
    assert table[0] == "period_start,period_end,days,low,high,sharp"
    assert (page / "figures" / "together-1.svg").is_file()


def test_claims_of_the_news_report_are_replayed(numbers):
    rest = _number(numbers, "violent deaths of fighters not among the parts", "sohr-fighters-42")
    assert (rest["low"], rest["best"], rest["high"]) == (7, None, None)
    parts = _number(numbers, "violent deaths of fighters: sum of parts that share nobody")
    assert (parts["low"], parts["best"], parts["high"]) == (35, 35, 35)
    rate = _number(numbers, "people displaced a day", "ocha-displaced-180k")
    assert rate["best"] == pytest.approx(180_000 / 11)
    assert rate["days"] == [11, 11]
    late_april = _number(numbers, "violent deaths of civilians a day", "sohr-civilians-119")
    assert (late_april["low"], late_april["best"], late_april["high"]) == (pytest.approx(119 / 23), None, 8.5)
    war = _number(numbers, "violent deaths a day", "news-war-370k")
    assert war["low"] == pytest.approx(370_001 / 2982)
    assert war["high"] is None
    lost = _number(numbers, "facility-days without service within the period", "un-facilities-18")
    assert (lost["low"], lost["high"]) == (18, 306)
    twice = _number(numbers, "hits on a facility that was hit before", "un-attacks-20", "un-facilities-hit-18")
    assert (twice["low"], twice["high"]) == (2, None)
    share = _number(numbers, "people displaced, % of inhabitants", "ocha-displaced-180k", "news-population-3m")
    assert share["best"] == pytest.approx(6)


def test_what_lies_inside_is_said(page):
    text = re.sub(r"<[^>]+>", "", (page / "index.html").read_text(encoding="utf-8"))
    assert "It lies inside the at least 42 violent deaths of fighters, and is not added to it." in text
    child = text[text.index("a child killed by rocket fire") :][:600]
    assert "It lies inside the more than 370,000 violent deaths" in child
    assert "It shares nobody with the 119 violent deaths of civilians (different place)" in child
    assert "more than 370,000" in text


def test_any_folder_in_the_format(tmp_path):
    folder = tmp_path / "my <figures>"
    folder.mkdir()
    (folder / "reports.csv").write_text(
        "report_id,measure,unit,kind,qualifier,value,start,end,place,source,published,wording\n"
        'a,died,people,flow,exactly,61,2021-01-01,2021-03-31,Camp,Clinic,2021-04-02,"<script>alert(1)</script>"\n'
        "b,died,people,flow,at_least,10,2021-04-01,2021-04-30,Camp,Clinic,2021-05-02,=1+1\n"
        "c,population,people,stock,exactly,58000,2021-02-15,,Camp,Census,2021-02-15,58 000\n"
        "d,died,people,flow,exactly,minus one,2021-05-01,2021-05-31,Camp,Clinic,2021-06-02,\n"
    )
    out = tmp_path / "out"
    told: list[str] = []
    write_sitrep(folder, out, step=told.append)
    text = (out / "index.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "my &lt;figures&gt;" in text
    assert "1</span> rows were not accepted" in text or "1</span> row was not accepted" in text
    assert "'=1+1" in (out / "tables" / "reports.csv").read_text()
    assert told[0] == "reading reports"
    rates = [
        n for n in json.loads((out / "numbers.json").read_text())["numbers"] if n["unit"] == "per 10,000 person-days"
    ]
    assert next(n for n in rates if "a" in n["reports"])["best"] == pytest.approx(61 / (58_000 * 90) * 10_000)


def _folder(tmp_path: Path, rows: str) -> tuple[str, dict]:
    folder = tmp_path / "folder"
    folder.mkdir()
    head = "report_id,measure,unit,kind,qualifier,value,start,end,place,group,source,published\n"
    (folder / "reports.csv").write_text(head + rows)
    write_sitrep(folder, tmp_path / "out")
    text = re.sub(r"<[^>]+>", "", (tmp_path / "out" / "index.html").read_text(encoding="utf-8"))
    return text, json.loads((tmp_path / "out" / "numbers.json").read_text(encoding="utf-8"))


def test_what_does_not_add_is_not_added(tmp_path):
    text, _ = _folder(
        tmp_path,
        "w,displaced,people,flow,exactly,200000,2019-05-01,2019-05-31,X,,S,2019-06-01\n"
        "p1,displaced,people,flow,exactly,60000,2019-05-01,2019-05-10,X,,S,2019-06-01\n"
        "p2,displaced,people,flow,exactly,50000,2019-05-11,2019-05-20,X,,S,2019-06-01\n",
    )
    assert "It contains the 60,000 people displaced, the 50,000 people displaced." in text
    # No more than both together can have fled for the first time in a week that cuts both: a bound, and no sum.
    assert "110,000" not in text.replace("up to 110,000", "")
    assert "It shares" not in text


def test_contradicting_parts_are_said_and_the_page_is_written(tmp_path):
    text, _ = _folder(
        tmp_path,
        "w,killed,people,flow,exactly,10,2019-05-01,2019-05-31,X,,A,2019-06-01\n"
        "p1,killed,people,flow,exactly,8,2019-05-01,2019-05-10,X,,B,2019-06-01\n"
        "p2,killed,people,flow,exactly,7,2019-05-11,2019-05-20,X,,B,2019-06-01\n"
        "n,population,people,stock,exactly,1000,1990-01-01,,X,,C,1990-01-02\n",
    )
    assert "That is more than 10: these reports contradict each other." in text
    assert "per 10,000 person-days" not in text, "a population of thirty years before is no denominator"


def test_death_rates_need_inhabitants_of_the_same_place_and_year(tmp_path):
    text, numbers = _folder(
        tmp_path,
        "w1,killed,people,flow,exactly,10,2019-05-01,2019-05-31,X,,A,2019-06-01\n"
        "w2,killed,people,flow,exactly,20,2019-06-01,2019-06-30,X,,A,2019-07-01\n"
        "n,population,people,stock,exactly,1000000,2019-05-15,,X,,C,2019-06-02\n",
    )
    known = [number for number in numbers["numbers"] if number["unit"] == "per 10,000 person-days"]
    rates = [number for number in known if number["where"] == "text"]
    assert [number["best"] for number in known if number["where"] != "text"] == [number["best"] for number in rates]
    assert [rate["best"] for rate in rates] == pytest.approx([10 / 31e6 * 1e4, 20 / 30e6 * 1e4])
    assert (tmp_path / "out" / "tables" / "rates.csv").is_file()
    assert "61 of the 61 days" in text


def test_an_earlier_sitrep_is_replaced_and_nothing_else(tmp_path):
    out = tmp_path / "page"
    write_folder(out, {"index.html": b"one", "old.txt": b"old"})
    write_folder(out, {"index.html": b"two"})
    assert _files(out) == {"index.html": b"two", MARKER: b"written by casualtystats sitrep\n"}
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("keep")
    with pytest.raises(SitrepError, match="other files"):
        write_folder(mine, {"index.html": b"x"})
    file = tmp_path / "file"
    file.write_text("keep")
    with pytest.raises(SitrepError, match="got a file"):
        write_folder(file, {})
    with pytest.raises(SitrepError, match="parent folder"):
        write_folder(tmp_path / "no" / "where", {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "mine", "page"]


def test_a_failure_leaves_no_half_page(tmp_path):
    out = tmp_path / "page"
    write_folder(out, {"index.html": b"before"})
    with pytest.raises(SitrepError):
        write_folder(out, {"index.html": b"after", "index.html/below": b"not possible"})
    assert _files(out)["index.html"] == b"before"
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "reports.csv").write_text(
        "report_id,measure,unit,kind,value,start,end\na,killed,people,flow,x,2019-05-01,2019-05-01\n"
    )
    with pytest.raises(NoReportsError, match="at least one valid report"):
        write_sitrep(folder, out)
    assert _files(out)["index.html"] == b"before"
    (folder / "reports.csv").write_text(
        "report_id,measure,unit,kind,value,start,end\na,killed,people,flow,1,2019-05-01,2019-05-01\n"
    )
    (folder / "datapackage.json").write_text('{"lead": ["b"]}')
    with pytest.raises(SitrepError, match="lead reports"):
        write_sitrep(folder, out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "page"]


def _run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "casualtystats", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_command_line(tmp_path):
    shown = _run("sitrep", "--help", cwd=tmp_path)
    assert shown.returncode == 0
    assert "casualtystats sitrep idlib-2019 --out sitrep" in shown.stdout
    wrong = _run("sitrep", "idlib-2020", "--out", "x", cwd=tmp_path)
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    assert "idlib-2019" in wrong.stderr
    assert "idlib-2019" in _run("datasets", cwd=tmp_path).stdout


def test_command_line_in_process(tmp_path, capsys, monkeypatch):
    from casualtystats.sitrep.cli import main

    folder = tmp_path / "folder"
    folder.mkdir()
    good, bad = folder / "reports.csv", tmp_path / "bad.csv"
    head = "report_id,measure,unit,kind,value,start,end\n"
    good.write_text(head + "a,killed,people,flow,1,2019-05-01,2019-05-01\n")
    bad.write_text(head + "a,killed,people,flow,-1,2019-05-01,2019-05-01\n")
    for arguments, code, said in (
        (["check", str(good)], 0, "1 report"),
        (["check", str(bad)], 1, "row 1, value"),
        (["check", str(tmp_path / "none.csv")], 2, ""),
        (["datasets"], 0, "idlib-2019"),
        (["sitrep", str(folder), "--out", str(tmp_path / "page")], 0, "index.html"),
        (["sitrep", "nowhere", "--out", str(tmp_path / "page")], 2, ""),
    ):
        monkeypatch.setattr(sys, "argv", ["casualtystats", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert (ended.value.code or 0) == code, arguments
        assert said in capsys.readouterr().out


def test_errors_have_one_base():
    from casualtystats import errors

    kinds = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(kind, CasualtyStatsError) for kind in kinds)
    assert cs.CasualtyStatsError is CasualtyStatsError


def test_rates_are_judged_against_a_threshold(page, numbers):
    text = re.sub(r"<[^>]+>", "", (page / "index.html").read_text(encoding="utf-8"))
    assert "Rates against thresholds" in text
    assert "not shown to be above" in text
    assert "the fallback where no baseline of the place is documented" in text
    judged = [n for n in numbers["numbers"] if n["where"].startswith("table thresholds")]
    assert judged
    assert all("ohchr-civilians-450" in n["reports"] for n in judged)
    assert (page / "tables" / "thresholds.csv").is_file()
    # Violent deaths alone are a floor: no verdict says that they are below.
    verdicts = (page / "tables" / "thresholds.csv").read_text(encoding="utf-8")
    assert ",below," not in verdicts
    assert ",straddles," not in verdicts


def test_series_without_a_trend_say_why(page):
    text = re.sub(r"<[^>]+>", "", (page / "index.html").read_text(encoding="utf-8"))
    assert "Without a trend: Violent deaths of civilians, Idlib zone (north-west Syria), OHCHR" in text
    assert "expected at least 4 periods" in text


def test_a_trend_with_its_sentence_and_sensitivity(tmp_path):
    words = ["exactly", "exactly", "at_least", "exactly", "exactly", "exactly"]
    counts = [20, 24, 31, 33, 45, 52]
    starts = ["2021-01-04", "2021-01-11", "2021-01-18", "2021-01-25", "2021-02-01", "2021-02-08"]
    ends = ["2021-01-10", "2021-01-17", "2021-01-24", "2021-01-31", "2021-02-07", "2021-02-14"]
    rows = "".join(
        f"k{at},killed,people,flow,{word},{count},{start},{end},Camp,civilian,Monitor,2021-03-01\n"
        for at, (word, count, start, end) in enumerate(zip(words, counts, starts, ends, strict=True))
    )
    text, numbers = _folder(tmp_path, rows)
    out = tmp_path / "out"
    assert "Reported violent deaths of civilians: +" in text
    assert "fit to 6 totals of periods, 4 January to 14 February 2021" in text
    assert "threshold does not depend on the count" in text
    assert "Over the other choices in the table, contrasts apart, the growth a day lies from" in text
    growth = _number(numbers, "reported violent deaths of civilians: growth a day", "k0", "k5")
    assert growth["low"] < growth["best"] < growth["high"]
    table = (out / "tables" / "trend-1-sensitivity.csv").read_text(encoding="utf-8")
    assert table.startswith("choice,what,growth_per_day")
    assert (out / "figures" / "trend-1.svg").is_file()
    assert (out / "figures" / "trend-1-sensitivity.svg").is_file()
    fitted = (out / "tables" / "trend-1.csv").read_text(encoding="utf-8").splitlines()
    assert float(fitted[1].split(",")[fitted[0].split(",").index("growth_per_day")]) == pytest.approx(growth["best"])
    assert "It shares nobody" not in text
