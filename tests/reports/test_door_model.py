"""Reports and Report: selecting, saying, flagging."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from casualtystats.errors import NoReportsError, ReportFileError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.provenance import Origin
from casualtystats.reports import Report, Reports, read_reports

ROWS: list[dict[str, Any]] = [
    {
        "report_id": "fighters",
        "measure": "killed",
        "unit": "people",
        "kind": "flow",
        "qualifier": "at_least",
        "value": "42",
        "start": "2019-05-12",
        "end": "2019-05-13",
        "hours": "24",
        "place": "edge of the bastion",
        "group": "fighter",
        "source": "SOHR",
        "published": "2019-05-13",
    },
    {
        "report_id": "moved",
        "measure": "displaced",
        "unit": "displacements",
        "kind": "cumulative",
        "value": "180000",
        "start": "2019-04-29",
        "end": "2019-05-09",
        "place": "Syria/Hama/north",
        "destination": "Syria/Idlib",
        "derived_from": "OCHA",
        "published": "2019-05",
        "perpetrator": "government",
    },
    {
        "report_id": "camps",
        "measure": "idps",
        "unit": "people",
        "kind": "stock",
        "qualifier": "between",
        "low": "40",
        "high": "50",
        "best": "60",
        "start": "2019-05",
        "source": "IOM",
    },
    {
        "report_id": "bad",
        "measure": "killed",
        "unit": "people",
        "kind": "flow",
        "value": "-1",
        "start": "2019",
        "end": "x",
    },
]


@pytest.fixture
def reports() -> Reports:
    return read_reports(pl.DataFrame(ROWS), origin=Origin("<b>IOM</b>", "Camps & more"))


def test_a_report_is_a_sentence(reports: Reports) -> None:
    assert [str(report) for report in reports] == [
        "at least 42 violent deaths of fighters, 12 to 13 May 2019 (24 hours of it), edge of the bastion "
        "(SOHR, published 13 May 2019)",
        "180,000 displacements (movements), running total, 29 April to 9 May 2019, north, Hama, Syria, "
        "to Idlib, Syria, "
        "side: government (source not stated, from OCHA, published a day of 1 to 31 May 2019)",
        "60 (40 to 50) internally displaced people, on a day of 1 to 31 May 2019 (IOM)",
    ]


def test_a_report_holds_typed_parts(reports: Reports) -> None:
    report = reports["fighters"]
    assert report.estimate == Estimate.of("at_least", 42)
    assert report.period == Period.of("2019-05-12", "2019-05-13", hours=24)
    assert report.published == (date(2019, 5, 13), date(2019, 5, 13))
    assert reports["camps"].published is None
    assert reports["camps"].period == Period.of("2019-05", "2019-05")


def test_a_stock_of_a_known_day() -> None:
    report = Report("a", "idps", "people", "stock", Estimate.of("exactly", 7), Period.of("2019-05-01", "2019-05-01"))
    assert str(report) == "7 internally displaced people, on 1 May 2019"


def test_looking_up_an_id_that_is_not_there(reports: Reports) -> None:
    with pytest.raises(NoReportsError, match="got 'fighter'; near it: fighters"):
        reports["fighter"]
    with pytest.raises(NoReportsError, match=r"got 'zzz'$"):
        reports["zzz"]


def test_filter_keeps_what_was_rejected(reports: Reports) -> None:
    some = reports.filter(pl.col("kind") == "flow", pl.col("value") > 1)
    assert [report.report_id for report in some] == ["fighters"]
    assert some.rejected.equals(reports.rejected)
    assert some.origin == reports.origin


def test_reports_say_what_they_are(reports: Reports) -> None:
    assert str(reports) == "3 reports, 1 row rejected (see .rejected)"
    assert str(reports.filter(pl.lit(value=True))) == str(reports)
    assert str(Reports(reports.frame.head(1))) == "1 report"
    page = reports._repr_html_()
    assert "&lt;b&gt;IOM&lt;/b&gt;: Camps &amp; more. 3 reports" in page
    assert "<td>displaced</td><td>displacements</td><td>cumulative</td><td>1</td>" in page
    assert Reports(reports.frame)._repr_html_().startswith("<div><p>3 reports</p>")
    assert reports.to_frame() is reports.frame


def test_only_checked_frames_are_reports(reports: Reports) -> None:
    with pytest.raises(ReportFileError, match="expected frame with the columns and types"):
        Reports(reports.frame.drop("wording"))
    with pytest.raises(ReportFileError, match="expected rejected with the columns"):
        Reports(reports.frame, reports.frame)


def test_flags(reports: Reports) -> None:
    found = reports.flags()
    assert found.select("report_id", "flag").rows() == [
        ("moved", "round"),
        ("moved", "no_source"),
        ("camps", "best_outside_bounds"),
        ("camps", "no_publication_date"),
    ]
    assert found["why"][2] == "the published best 60 lies outside 40 to 50; what is built on it is widened"


@pytest.mark.parametrize(
    ("value", "qualifier", "is_round"),
    [(180_000, "", True), (3_000_000, "", True), (100, "", True), (120, "", True), (105_000, "", False),
     (90, "", False), (111, "", False), (180_000, "at_least", False),
     (180_000, "approximately", False), (10**15, "", True)],
)  # fmt: skip
def test_round_numbers(value: int, qualifier: str, is_round: bool) -> None:
    row = ROWS[0] | {"value": str(value), "qualifier": qualifier}
    assert ("round" in read_reports(pl.DataFrame([row])).flags()["flag"].to_list()) == is_round


def test_a_best_above_an_unknown_upper_bound_is_said_in_words() -> None:
    row = ROWS[2] | {"high": "", "best": "30"}
    assert "outside 40 to no known upper bound" in read_reports(pl.DataFrame([row])).flags()["why"][0]
