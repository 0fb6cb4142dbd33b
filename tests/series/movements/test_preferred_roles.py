"""Recommended figures, and triangulation only of an event that has no other: never both."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import NoReportsError, OptionError, ReportFileError
from casualtystats.reports.preferred import preferred_ids
from casualtystats.reports.select import Selection
from casualtystats.series.movements import flow_matrix
from casualtystats.testing import reports_of

DAY = date(2019, 5, 1)
EVENTS = ("one", "two", None)
ROLES = ("recommended", "triangulation", None)


def figure(event: str | None, role: str | None, value: int, day: int = 0, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "measure": "displaced",
        "unit": "displacements",
        "event": event,
        "role": role,
        "value": value,
    }
    day_ = DAY + timedelta(days=day)
    return row | {"start_earliest": day_, "end_latest": day_, "place": "S/A"} | more


rows = st.lists(
    st.builds(
        figure,
        st.sampled_from(EVENTS),
        st.sampled_from(ROLES),
        st.integers(1, 50),
        st.integers(0, 3),
        place=st.sampled_from(["S", "S/A", "S/B"]),
        unit=st.sampled_from(["displacements", "people"]),
    ),
    min_size=1,
    max_size=8,
)


def chosen(reports: cs.Reports, **more: Any) -> pl.DataFrame:
    """What is used, by the audit of a selection; nothing where nothing matches."""
    asked: dict[str, Any] = dict.fromkeys(("place", "group", "source", "as_of"))
    try:
        found = Selection.of(reports, "displaced", ("flow",), unit="displacements", role="preferred", **asked | more)
    except NoReportsError:
        return reports.frame.head(0)
    audit = found.audit().collect()
    used = audit.filter(pl.col("status") == "used")["report_id"].to_list()
    kept = found.frame().collect()
    assert kept["report_id"].to_list() == used
    assert audit.height == len(reports)
    return kept


@settings(deadline=None)
@given(rows)
def test_a_sum_over_both_never_occurs(some: list[dict[str, Any]]) -> None:
    reports = reports_of(some)
    kept = chosen(reports)
    ours = reports.frame.filter(pl.col("unit") == "displacements")
    main = ours.filter(pl.col("role").is_null() | (pl.col("role") == "recommended"))
    # All that is no triangulation stays, as without a role.
    assert main["report_id"].is_in(kept["report_id"].to_list()).all()
    checks = kept.filter(pl.col("role") == "triangulation")
    assert checks["event"].null_count() == 0
    assert not set(checks["event"]) & set(main["event"].drop_nulls())
    # Nor could a figure that names no event be of the same one.
    for check in checks.to_dicts():
        for other in main.filter(pl.col("event").is_null()).to_dicts():
            apart = reports.places.relation(check["place"], other["place"]) == "disjoint"
            assert apart or check["start_earliest"] != other["start_earliest"]
    # A triangulation figure that nothing could repeat is not lost.
    if main.is_empty():
        assert checks.height == ours["event"].drop_nulls().len()


@settings(deadline=None)
@given(rows)
def test_a_filter_lets_in_nothing_that_was_left_out(some: list[dict[str, Any]]) -> None:
    reports = reports_of(some)
    everything = set(chosen(reports)["report_id"])
    for place in {row["place"] for row in some}:
        assert set(chosen(reports, place=place)["report_id"]) <= everything


def test_the_audit_says_why() -> None:
    reports = reports_of([
        figure("one", "recommended", 100),
        figure("one", "triangulation", 90),
        figure("two", "triangulation", 40, 5),
        figure(None, "triangulation", 7, 9),
        figure(None, None, 3, 20),
        figure("three", "triangulation", 2, 20),
        figure("one", "triangulation", 80, unit="people"),
    ])  # fmt: skip
    series = cs.displacement(reports, unit="displacements", role="preferred")
    told = {
        name: (status, reason)
        for name, status, reason in series.audit.select("report_id", "status", "reason").collect().rows()
    }
    assert told["r1"] == ("used", "it is used as it stands")
    assert told["r2"] == (
        "not_preferred",
        "it is a triangulation figure, and its event has a recommended figure, or one without a role",
    )
    assert told["r3"] == ("used", "it is a triangulation figure, used as no other figure of its event is known")
    assert told["r4"][0] == "not_selected"
    assert "names no event" in told["r4"][1]
    assert told["r5"][0] == "used"
    assert told["r6"][0] == "not_preferred"
    assert "may be of the same one" in told["r6"][1]
    assert "unit" in told["r7"][1]
    assert series.total().best == 143
    # In people the event has no recommended figure.
    assert cs.displacement(reports, unit="people", role="preferred").total().best == 80
    # Without a role, triangulation stays out, as ever.
    assert cs.displacement(reports, unit="displacements").total().best == 103
    ledger = cs.Ledger(reports, unit="displacements", role="preferred")
    assert ledger.bounds().low == 143
    assert flow_matrix(reports, unit="displacements", role="preferred").margin(origin="S/A").low == 143


def test_what_was_not_known_yet_does_not_push_out() -> None:
    early, late = ({"published_earliest": day, "published_latest": day} for day in (date(2019, 5, 5), date(2019, 6, 1)))
    reports = reports_of([figure("one", "recommended", 100) | late, figure("one", "triangulation", 90) | early])
    assert cs.displacement(reports, role="preferred", as_of="2019-05-10").total().best == 90
    assert cs.displacement(reports, role="preferred", as_of="2019-06-10").total().best == 100
    # A choice of source does not turn the check into the figure.
    named = reports_of([figure("one", "recommended", 100, source="A"), figure("one", "triangulation", 90, source="B")])
    with pytest.raises(NoReportsError, match="its source is not B"):
        cs.displacement(named, role="preferred", source="B")
    wrong: Any = "best"
    with pytest.raises(OptionError, match="role= one of recommended, triangulation, preferred, got 'best'"):
        cs.displacement(named, role=wrong)
    assert list(preferred_ids(named.frame, named.places).values()) == [["r2"], []]


def test_events_go_through_files_and_back(tmp_path: Path) -> None:
    reports = reports_of([figure("=1+1", "triangulation", 90), figure(None, "recommended", 100)])
    for name in ("r.csv", "r.tsv", "r.json", "r.jsonl", "r.parquet"):
        path = tmp_path / name
        {"csv": reports.write_csv, "tsv": reports.write_csv, "parquet": reports.write_parquet}.get(
            path.suffix[1:], reports.write_json
        )(path)
        assert cs.read_reports(path).frame["event"].to_list() == ["=1+1", None]
    assert reports["r1"].event == "=1+1"
    assert cs.datasets.load("idlib-2019").frame["event"].null_count() == len(cs.datasets.load("idlib-2019"))


def test_columns_about_events_are_not_taken_for_it() -> None:
    plain = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": 1, "start": "2019-05-01",
             "end": "2019-05-01"}  # fmt: skip
    read = cs.read_reports(pl.DataFrame([plain | {"event_date": "2019-05-01", "event_type": "battle"}]))
    assert read.ignored_columns == ("event_date", "event_type")
    with pytest.raises(ReportFileError, match="expected the column 'event', got 'events'"):
        cs.read_reports(pl.DataFrame([plain | {"events": "1"}]))
