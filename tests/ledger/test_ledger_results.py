"""What a ledger hands back: sentences, frames, files and pictures of tables."""

from __future__ import annotations

import polars as pl
import pytest
from ledger_reports import day, reports, said

import casualtystats as cs
from casualtystats.errors import OptionError, PlacesError
from casualtystats.places import Places


def test_bounds_are_an_estimate_with_a_sentence() -> None:
    found = cs.Ledger(reports(said(0, 9, 42, None, place="Syria/Idlib"))).bounds()
    assert isinstance(found, cs.Estimate)
    assert found.unit == "people"
    assert str(found) == "at least 42"
    assert (
        found.sentence
        == "violent deaths, Idlib, 1 to 10 May 2019: at least 42. No upper bound follows from the reports."
    )
    assert "<span>violent deaths" in found._repr_html_()
    assert (found + cs.Estimate.of("exactly", 8)).low == 50


def test_an_explanation_is_a_table(tmp_path) -> None:
    ledger = cs.Ledger(reports(said(0, 9, 100, 100), said(5, 14, 150, 150, source="=1+1", report_id="=b")))
    found = ledger.explain()
    assert "At most: 100 (r0); 150 (=b)" in str(found)
    assert "<table>" in found._repr_html_()
    found.to_csv(tmp_path / "explained.csv")
    assert "'=b" in (tmp_path / "explained.csv").read_text()


def test_contradictions_are_a_table(tmp_path) -> None:
    rows = [said(0, 9, 100, 100), said(0, 9, 120, None, source="B"), said(20, 25, 1, 1), said(20, 25, 2, 2, source="B")]
    found = cs.Ledger(reports(*rows)).contradictions()
    assert (len(found), bool(found), [one.apart for one in found]) == (2, True, [20, 1])
    assert str(found[0]) == "B: at least 120 by 10 May 2019; A: 100 by 10 May 2019: 20 apart"
    assert "20 apart" in found._repr_html_()
    found.to_csv(tmp_path / "apart.csv")
    assert pl.read_csv(tmp_path / "apart.csv")["group"].to_list() == [1, 1, 2, 2]
    assert not cs.Ledger(reports(rows[0])).contradictions()


def test_a_ledger_says_what_it_holds() -> None:
    ledger = cs.Ledger(reports(said(0, 9, 100, 100), said(0, 9, 120, None, source="B")))
    assert str(ledger) == (
        "ledger of 2 reports, of what was reported: violent deaths, 1 to 10 May 2019, contradictory (see .contradictions())"
    )
    assert len(ledger) == 2
    assert "it holds 100" in ledger._repr_html_()
    assert ledger.origin is None
    assert (ledger.first, ledger.last) == (day(0), day(9))


def test_counts_whose_sums_are_not_exact_are_refused() -> None:
    rows = [said(at, at, 10**15, 10**15) for at in range(10)]
    with pytest.raises(OptionError, match=r"add up to less than 9,007,199,254,740,992"):
        cs.Ledger(reports(*rows)).bounds()
    assert cs.Ledger(reports(*rows[:4])).bounds().low == 4 * 10**15


def test_a_zone_below_a_zone_is_refused() -> None:
    places = Places({"a": ("Syria/x",), "b": ("Syria/y",)})
    with pytest.raises(PlacesError, match="list it among the members"):
        cs.Ledger(reports(said(0, 1, 1, 1, place="a/b"), places=places)).bounds()


def test_a_progress_bar_is_shown_where_it_is_asked_for(capsys) -> None:
    ledger = cs.Ledger(reports(said(0, 9, 100, 100), said(0, 9, 20, None, group="civilian")))
    ledger.bounds_by("day", by=["group"], progress=True)
    assert capsys.readouterr().out == ""


def test_other_dimensions_are_questions_too() -> None:
    rows = [said(0, 9, 30, 30, perpetrator="side A"), said(0, 9, 12, None, perpetrator="side B")]
    ledger = cs.Ledger(reports(*rows))
    assert str(ledger.bounds(perpetrator="side A")) == "30"
    # Counts of one side are floors on the total.
    assert ledger.bounds().low == 42
    assert ledger.bounds().high is None
    assert "side: side A" in ledger.bounds(perpetrator="side A").about
    moves = {"measure": "displaced", "unit": "displacements", "place": "Syria/Idlib"}
    moved = cs.Ledger(reports(said(0, 9, 30, 30, **moves), said(0, 9, 12, 12, destination="Syria/Aleppo", **moves)))
    assert str(moved.bounds(destination="Syria/Aleppo")) == "12"
    assert "to Aleppo" in moved.bounds(destination="Syria/Aleppo").about
