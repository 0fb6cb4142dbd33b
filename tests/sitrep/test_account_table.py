"""The account table of the page: every stretch, what is not reported, and what the equation leaves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from casualtystats.errors import ContradictionError, TooFewReportsError
from casualtystats.reports import read_reports
from casualtystats.series.accounts import DisplacementAccount
from casualtystats.sitrep import write_sitrep
from casualtystats.sitrep.accounted import find_accounts
from casualtystats.sitrep.accounttable import account_files, no_account, told_account
from casualtystats.sitrep.numbers import Numbers

HEAD = "report_id,measure,unit,kind,qualifier,value,start,end,place,group,source,published\n"
ROWS = """\
s1,idps,people,stock,exactly,250000,2019-03-31,,Syria/Idlib,,OCHA,2019-04-05
s2,idps,people,stock,exactly,300000,2019-06-30,,Syria/Idlib,,OCHA,2019-07-05
s3,idps,people,stock,approximately,290000,2019-09-30,,Syria/Idlib,,OCHA,2019-10-05
d1,displaced,displacements,flow,exactly,80000,2019-04-01,2019-06-30,Syria/Idlib,,OCHA,2019-07-06
d2,displaced,displacements,flow,at_least,20000,2019-07-01,2019-09-30,Syria/Idlib,,OCHA,2019-10-06
r1,returned,people,flow,exactly,12000,2019-07-01,2019-09-30,Syria/Idlib,,OCHA,2019-10-06
"""


def _reports(tmp_path: Path, rows: str):
    file = tmp_path / "reports.csv"
    file.write_text(HEAD + rows)
    return read_reports(file)


def _cells(numbers: Numbers, stretch: str) -> dict[str, str]:
    return {
        number.label.removeprefix("account of displacement: "): number.text
        for number in numbers.printed
        if number.where.endswith(stretch)
    }


def test_the_page_has_the_account(tmp_path, check_traced):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "reports.csv").write_text(HEAD + ROWS)
    write_sitrep(folder, tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    numbers = json.loads((tmp_path / "out" / "numbers.json").read_text(encoding="utf-8"))
    check_traced("index.html", page, numbers)
    text = re.sub(r"<[^>]+>", "", page)
    assert "Account of internally displaced people, Idlib" in text
    assert "Stocks: OCHA; displaced: OCHA, in movements; returned: OCHA, in people." in text
    assert "open: terms are not reported, so nothing need be unexplained" in text
    assert "There is no account" not in text
    table = (tmp_path / "out" / "tables" / "account-1.csv").read_text(encoding="utf-8").splitlines()
    assert len(table) == 3
    assert table[0].startswith("stretch,period_start,period_end")
    assert (tmp_path / "out" / "figures" / "account-1.svg").is_file()
    assert not list((tmp_path / "out" / "figures").glob("flow-*")), "the flow is drawn once, above its stocks"


def test_stretches_and_what_is_left(tmp_path):
    numbers = Numbers()
    (found,) = find_accounts(_reports(tmp_path, ROWS))
    shown = told_account(found, 1, numbers)
    assert shown.table is not None
    assert shown.table.count("not reported</td>") == 3, "returns of the first stretch; the other terms of both"
    first = _cells(numbers, "2019-03-31/2019-06-30")
    assert first == {
        "stock before": "250,000", "displaced": "80,000", "expected": "not bounded", "stated": "300,000",
        "unexplained": "not bounded", "together": "-30,000",
    }  # fmt: skip
    second = _cells(numbers, "2019-06-30/2019-09-30")
    assert (second["displaced"], second["returned"], second["together"]) == (
        "at least 20,000",
        "12,000",
        "up to -3,500",
    )
    behind = next(number for number in numbers.printed if number.label.endswith(": together"))
    assert behind.reports == ["d1", "s1", "s2"]


@pytest.mark.parametrize(
    "rows", [ROWS.replace("OCHA,2019-07-05", "IOM,2019-07-05").replace("OCHA,2019-10-05", "CCCM,2019-10-05")]
)
def test_stocks_of_several_sources_are_settled(tmp_path, rows):
    (found,) = find_accounts(_reports(tmp_path, rows))
    assert isinstance(found.account, DisplacementAccount)
    assert len(found.account.parts) == 2
    assert found.stocks.info.sources == ("CCCM", "IOM", "OCHA")


def test_one_stock_is_told_with_its_flows(tmp_path):
    reports = _reports(tmp_path, "".join(ROWS.splitlines(keepends=True)[2:4]))
    numbers = Numbers()
    (found,) = find_accounts(reports)
    assert isinstance(found.account, TooFewReportsError)
    shown = told_account(found, 1, numbers)
    assert shown.table is None
    text = re.sub(r"<[^>]+>", "", str(shown.sentences[0]))
    assert text.startswith("No account: it needs stocks on two dates of known order, and there is about 290,000")
    assert no_account(reports, [found], numbers) is None


def test_neither_stock_nor_flow(tmp_path):
    lines = ROWS.splitlines(keepends=True)
    flows = _reports(tmp_path, lines[3])
    assert find_accounts(flows) == []
    said = no_account(flows, [], Numbers())
    assert "Stocks: 0. Flows: Idlib (OCHA)." in re.sub(r"<[^>]+>", "", str(said))
    stocks = _reports(tmp_path, lines[0])
    assert find_accounts(stocks) == []
    assert no_account(stocks, [], Numbers()) is None


def test_flows_of_people_of_another_source(tmp_path):
    rows = ROWS.replace("displacements,flow", "people,flow").replace("OCHA,2019-07-06", "CCCM,2019-07-06")
    rows = rows.replace("OCHA,2019-10-06", "CCCM,2019-10-06")
    (found,) = find_accounts(_reports(tmp_path, rows))
    assert found.flows["displaced"].info.sources == ("CCCM",)
    assert found.flows["displaced"].info.unit == "people"


def test_an_account_that_can_not_be_drawn_up_says_why(tmp_path, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise ContradictionError("expected the parts to add up, got 3 and 4; use one of them")

    monkeypatch.setattr("casualtystats.sitrep.accounted.displacement_account", refuse)
    (found,) = find_accounts(_reports(tmp_path, ROWS))
    shown = told_account(found, 1, Numbers())
    assert [str(line) for line in shown.sentences] == ["No account: expected the parts to add up, got 3 and 4."]
    assert account_files([found]) == {}


def test_stocks_and_flows_that_make_no_series_are_passed_over(tmp_path):
    again = "s4,idps,people,stock,exactly,260000,2019-03-31,,Syria/Idlib,,OCHA,2019-04-05\n"
    assert find_accounts(_reports(tmp_path, ROWS + again)) == []
    (found,) = find_accounts(_reports(tmp_path, ROWS.replace("displacements,flow", "households,flow")))
    assert set(found.flows) == {"returned"}
    shown = told_account(found, 1, Numbers())
    assert shown.table is not None
    assert shown.table.count("not reported</td>") == 5
