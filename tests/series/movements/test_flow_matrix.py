"""Matrices of moves: bounds of cells, margins and nets against every matrix of whole counts that agrees with the reports."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import casualtystats as cs
from casualtystats.errors import ContradictionError, NotAdditiveError, OptionError
from casualtystats.places import Places
from casualtystats.series.movements import FlowMatrix, flow_matrix, leaving
from casualtystats.series.movements.axes import ALL, ELSEWHERE
from casualtystats.series.movements.leave import Rest
from casualtystats.testing import reports_of

DAY = date(2019, 4, 29)
LAST = date(2019, 5, 9)
MOST = 4
NAMES = ("A", "B", "rest")
PAIRS = list(product(NAMES, NAMES))
MATRICES = [dict(zip(PAIRS, counts, strict=True)) for counts in product(range(MOST), repeat=9) if sum(counts) < MOST]


def said(place: str | None, destination: str | None, low: int, high: int | None = -1, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"place": place, "destination": destination, "measure": "displaced", "unit": "displacements"}
    row |= {
        "start_earliest": DAY,
        "end_latest": LAST,
        "source": "Cluster",
        "low": low,
        "high": low if high == -1 else high,
    }
    row["best"] = low if row["high"] == low else None
    row["value"] = row["best"]
    return row | more


def holds(pair: tuple[str, str], place: str | None, destination: str | None) -> bool:
    return place in (None, pair[0]) and destination in (None, pair[1])


def count(matrix: dict[tuple[str, str], int], place: str | None, destination: str | None) -> int:
    return sum(number for pair, number in matrix.items() if holds(pair, place, destination))


@st.composite
def constraints(draw: st.DrawFn) -> list[tuple[str | None, str | None, int, int | None]]:
    """Reports of cells, margins and the total that at least one matrix meets; the total is bounded, so that all are few."""
    truth = draw(st.sampled_from(MATRICES))
    keys = draw(st.lists(st.sampled_from([*product(("A", "B", None), repeat=2)]), unique=True, max_size=6))
    rows: list[tuple[str | None, str | None, int, int | None]] = []
    for place, destination in keys:
        number = count(truth, place, destination)
        low = max(0, number - draw(st.integers(0, 1)))
        high = draw(st.sampled_from([number, number + 1, None]))
        rows.append((place, destination, low, high))
    if not any(row[:2] == (None, None) and row[3] is not None for row in rows):
        rows = [row for row in rows if row[:2] != (None, None)]
        rows.append((None, None, 0, MOST - 1))
    # Names that no report has are no rows of a matrix; both are named on both sides.
    rows += [("A", "B", 0, None), ("B", "A", 0, None)]
    return list({row[:2]: row for row in reversed(rows)}.values())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(constraints())
def test_bounds_are_those_of_every_matrix_of_whole_counts(
    rows: list[tuple[str | None, str | None, int, int | None]],
) -> None:
    meeting = [
        matrix for matrix in MATRICES
        if all(low <= count(matrix, a, b) <= (MOST if high is None else high) for a, b, low, high in rows)
    ]  # fmt: skip
    tops = [high for a, b, _, high in rows if (a, b) == (None, None)]
    # A matrix beyond those that are listed must not be possible.
    assume(meeting and tops[0] is not None and tops[0] < MOST)
    found = flow_matrix(reports_of([said(*row) for row in rows]))
    name = {"A": "A", "B": "B", "rest": ELSEWHERE, None: ALL}
    frame = {(row["origin"], row["destination"]): row for row in found.to_frame().to_dicts()}
    assert len(frame) == 16
    for a, b in product((*NAMES, None), repeat=2):
        counts = [count(matrix, a, b) for matrix in meeting]
        row = frame[name[a], name[b]]
        assert (row["low"], row["high"]) == (min(counts), max(counts)), (a, b)
        assert row["best"] == (counts[0] if len(set(counts)) == 1 else None)
    for row in found.net(rest="elsewhere").to_dicts():
        place = row["place"]
        gained = [count(m, None, place) - count(m, place, place) for m in meeting]
        lost = [count(m, place, None) - count(m, place, place) for m in meeting]
        net = [a - b for a, b in zip(gained, lost, strict=True)]
        assert (row["arrivals_low"], row["arrivals_high"]) == (min(gained), max(gained))
        assert (row["departures_low"], row["departures_high"]) == (min(lost), max(lost))
        assert (row["net_low"], row["net_high"]) == (min(net), max(net))
    for row in found.net().to_dicts():
        # What is in a margin but in no named pair may have stayed in the place, or not.
        place, other = row["place"], "B" if row["place"] == "A" else "A"
        low = [m[other, place] - m[place, other] - m[place, "rest"] for m in meeting]
        high = [m[other, place] + m["rest", place] - m[place, other] for m in meeting]
        assert (row["net_low"], row["net_high"]) == (min(low), max(high))
    readings: tuple[tuple[Rest, int], ...] = (("unknown", 0), ("elsewhere", 1))
    for rest, outside in readings:
        gone = found.leaving("A", rest=rest)
        assert gone.low == min(m["A", "B"] + outside * m["A", "rest"] for m in meeting)
        assert gone.high == max(m["A", "B"] + m["A", "rest"] for m in meeting)


def test_a_margin_bounds_what_nobody_reports() -> None:
    rows = [said("A", None, 180_000), said("A", "X", 164_000), said("B", "X", 5, None)]
    found = flow_matrix(reports_of(rows))
    assert found.destinations == ("X",)
    assert found.origins == ("A", "B")
    frame = found.to_frame(margins=False)
    assert frame.columns == ["origin", "destination", "low", "best", "high", "kind", "reports"]
    assert frame.rows()[:4] == [
        ("A", "X", 164_000, 164_000, 164_000, "stated", "r2"),
        ("A", ELSEWHERE, 16_000, 16_000, 16_000, "bounded", ""),
        ("B", "X", 5, None, None, "stated", "r3"),
        ("B", ELSEWHERE, 0, None, None, "bounded", ""),
    ]
    assert str(found.margin(origin="B")) == "at least 5"
    assert str(found.margin(destination="X")) == "at least 164,005"
    assert found.margin(origin="A").sentence.startswith("displacements (movements), from A to (all), 29 April to 9 May")
    assert found.to_wide().rows()[0] == ("A", "164,000", "16,000", "180,000")
    assert found.to_wide().rows()[1] == ("B", "at least 5", "not bounded", "at least 5")
    assert found.additive
    assert "cells add up" in found.convention
    assert found.source_line == "Source: Cluster"


def test_a_net_is_open_where_nothing_bounds_it() -> None:
    rows = [said("A", None, 10), said("A", "B", 4), said("B", "A", 3), said("C", "D", 2)]
    net = {row["place"]: row for row in flow_matrix(reports_of(rows)).net().to_dicts()}
    # Who came to A from places that report nothing is not known; who left it is.
    assert (net["A"]["net_low"], net["A"]["net_high"]) == (3 - 10, None)
    assert (net["B"]["net_low"], net["B"]["net_high"]) == (None, None)
    closed = [said("A", "B", 4), said("B", "A", 3), said(None, None, 7), said("C", "D", 0)]
    net = {row["place"]: row for row in flow_matrix(reports_of(closed)).net().to_dicts()}
    assert (net["A"]["net_low"], net["A"]["net_high"], net["B"]["net_high"], net["C"]["net_low"]) == (-1, -1, 1, 0)
    # Days that no report speaks about bound nothing.
    longer = flow_matrix(reports_of(closed), period="2019-04-29/2019-05-20").net().to_dicts()[0]
    assert (longer["arrivals_low"], longer["arrivals_high"], longer["net_high"]) == (3, None, None)


def test_two_named_cells_share_what_their_margin_leaves() -> None:
    rows = [said("A", None, 180_000), said("A", "X", 164_000), said("A", "Y", 0, None)]
    found = flow_matrix(reports_of(rows))
    assert found.to_wide()["Y"][0] == "0 to 16,000"
    assert flow_matrix(reports_of(rows), options=cs.LedgerOptions(integer=True)).cell("A", "Y").sharp


def test_one_report_of_about_is_told_as_such() -> None:
    found = flow_matrix(
        reports_of([said("A", "X", 155_800, 172_200, best=164_000, value=164_000, qualifier="approximately")])
    )
    assert found.to_wide()["X"][0] == "164,000 (about)"
    assert found.cell("A", "X").best == 164_000
    # Another report that rules it out leaves bounds.
    both = [*found.ledger.reports.frame.to_dicts(), said("A", None, 0, 160_000, report_id="top")]
    assert flow_matrix(reports_of(both)).cell("A", "X").best is None


def test_contradictory_margins_name_their_reports() -> None:
    rows = [said("A", None, 100, report_id="margin"), said("A", "X", 120, report_id="cell")]
    with pytest.raises(ContradictionError, match=r"reports: .*margin") as caught:
        flow_matrix(reports_of(rows))
    assert "cell" in str(caught.value)
    settled = flow_matrix(reports_of(rows), options=cs.LedgerOptions(drop=["margin"]))
    assert settled.cell("A", "X").low == 120


def test_places_in_one_another_are_refused_with_a_hint() -> None:
    rows = [said("S/A", "X", 1), said("S/A/n", "X", 1), said("S/B", "X", 2)]
    with pytest.raises(OptionError, match=r"'S/A' and 'S/A/n'; name places .* origins="):
        flow_matrix(reports_of(rows))
    chosen = flow_matrix(reports_of(rows), origins=["S/B", "S/A"])
    assert chosen.origins == ("S/B", "S/A")
    text: Any = "S/A"
    with pytest.raises(OptionError, match="origins= a list of different places, got 'S/A'"):
        flow_matrix(reports_of(rows), origins=text)
    nested = [said("S/A", "S/A/n", 3), said("S/B", "S/A/n", 2)]
    found = flow_matrix(reports_of(nested))
    with pytest.raises(OptionError, match="places of arrival that share nobody"):
        found.net()


def test_the_place_that_holds_all_is_the_whole() -> None:
    rows = [said("S", None, 10), said("S/A", None, 4), said("S/B", None, 6)]
    found = flow_matrix(reports_of(rows), destinations=["S/A"])
    assert found.whole == ("S", None)
    assert ELSEWHERE in found.to_frame()["origin"].to_list()
    assert found.cell(ELSEWHERE, "S/A").high == 0
    alone = flow_matrix(reports_of(rows), place="S/A", destinations=["S/A"])
    assert ELSEWHERE not in alone.to_frame()["origin"].to_list()
    with pytest.raises(OptionError, match="the named ones are all that there are"):
        alone.cell(ELSEWHERE, "S/A")
    assert flow_matrix(reports_of(rows), origins=["S/A", "T"], destinations=["S/A"]).whole[0] is None


def test_zones_are_places_like_any_other() -> None:
    places = Places({"zone": ("S/A", "S/B")}, {"zone": "the zone"})
    rows = [said("zone", None, 10), said("zone", "S/A", 7), said("zone", "S/C", 1)]
    found = flow_matrix(reports_of(rows, places=places))
    assert found.origins == ("zone",)
    # To S/A stays in the zone; to S/C leaves it; two are not stated.
    assert str(found.leaving("zone")) == "1 to 3"
    assert str(found.leaving("zone", rest="elsewhere")) == "3"
    assert "the zone" in found.cell("zone", "S/A").about


def people(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    return [row | {"unit": "people"} for row in rows]


def test_people_do_not_add_over_places() -> None:
    rows = people(said("A", None, 180), said("A", "X", 164), said("A", "Y", 0, None))
    found = flow_matrix(reports_of(rows))
    assert not found.additive
    assert str(found.cell("A", "X")) == "164"
    # Some of the 164 may have gone on to Y.
    assert str(found.cell("A", "Y")) == "up to 180"
    assert "do not add up to margins" in found.convention
    net = found.net().row(by_predicate=pl.col("place") == "A", named=True)
    assert (net["departures_low"], net["departures_high"]) == (164, 180)
    assert net["net_low"] == -180
    assert "difference of bounds" in net["method"]
    assert str(found.leaving("A")) == "164 to 180"
    once = flow_matrix(reports_of(rows), once=True)
    assert once.unit == "people"
    assert str(once.cell("A", "Y")) == "up to 16"
    assert "moved once, as the caller states" in once.convention
    assert str(once).startswith("people displaced by origin and destination")


def test_people_since_different_days_need_an_origin() -> None:
    later = {"start_earliest": date(2019, 5, 1)}
    rows = people(said("A", "X", 10), said("A", "X", 4) | later)
    with pytest.raises(NotAdditiveError, match="origin="):
        flow_matrix(reports_of(rows))
    found = flow_matrix(reports_of(rows), origin=DAY)
    assert str(found.cell("A", "X")) == "10"
    assert "since 2019-04-29" in found.convention


def test_one_period_of_one_source_with_fuzzy_ends() -> None:
    fuzzy = {"start_earliest": date(2019, 4, 21), "start_latest": date(2019, 4, 30)}
    rows = [said("A", None, 100) | fuzzy, said("A", "X", 60) | fuzzy]
    found = flow_matrix(reports_of(rows))
    assert str(found.cell("A", ELSEWHERE)) == "40"
    assert found.period.fuzzy
    assert not flow_matrix(reports_of([row | {"source": None} for row in rows])).period.fuzzy
    other = flow_matrix(reports_of([rows[0], rows[1] | {"source": "Other"}]))
    assert other.cell("A", ELSEWHERE).high is None


def test_several_periods_are_bounded_together() -> None:
    second = {"start_earliest": date(2019, 5, 10), "end_latest": date(2019, 5, 20)}
    rows = [said("A", "X", 10), said("A", "X", 5) | second]
    found = flow_matrix(reports_of(rows))
    cell = found.to_frame(margins=False).row(0, named=True)
    assert (cell["low"], cell["best"], cell["kind"]) == (15, 15, "bounded")
    first = flow_matrix(reports_of(rows), period="2019-04-29/2019-05-09").to_frame(margins=False).row(0, named=True)
    assert (first["low"], first["kind"], first["reports"]) == (10, "stated", "r1")


def test_those_who_stay_inside_stay_in_the_denominator() -> None:
    rows = [said("S/A", None, 180_000), said("S/A", "S/A", 164_000)]
    days = "2019-04-29/2019-05-09"
    gone = leaving(reports_of(rows), "S/A")
    assert str(gone) == "up to 16,000"
    exposure = cs.person_days(500_000, days, leaving=gone)
    assert (exposure.low, exposure.high) == (5_412_000, 5_500_000)
    sure = leaving(reports_of(rows), "S/A", rest="elsewhere")
    assert float(cs.person_days(500_000, days, leaving=sure)) == 5_412_000
    # With the destination of nobody stated, all may have left, or none.
    unknown = leaving(reports_of(rows[:1]), "S/A")
    assert str(unknown) == "up to 180,000"
    assert str(leaving(reports_of([*rows, said("S/A", "S/B", 16_000)]), "S/A")) == "16,000"
    nested = [*rows, said("S/A", "T", 10_000), said("S/A", "T/n", 4_000), said("S/A", "S/A/n", 1)]
    assert str(leaving(reports_of(nested), "S/A")) == "10,000 to 16,000"
    assert str(leaving(flow_matrix(reports_of(rows)), "S/A")) == "up to 16,000"


def test_what_is_asked_wrongly_is_refused(tmp_path: Any) -> None:
    found = flow_matrix(reports_of([said("A", "X", 3)]))
    everything: Any = found
    deaths: Any = "killed"
    five: Any = 5
    for call, message in (
        (lambda: found.cell("A", "Q"), "destination= one of X"),
        (lambda: found.cell("Q", "X"), "origin= one of A"),
        (lambda: found.margin(origin="A", destination="X"), r"a pair is .cell\(origin, destination\)"),
        (lambda: everything.net(rest="none"), "rest= 'unknown' or 'elsewhere'"),
        (lambda: found.leaving(""), "area= the path or zone"),
        (lambda: flow_matrix(everything), "expected Reports, got FlowMatrix"),
        (lambda: flow_matrix(found.ledger.reports, measure=deaths), "measure= 'displaced' or 'returned'"),
        (lambda: flow_matrix(found.ledger.reports, period=five), "period= a Period or its text"),
        (lambda: leaving(everything, "A", source="X"), "options of flow_matrix beside reports"),
        (lambda: leaving(five, "A"), "expected a FlowMatrix or Reports, got int"),
        (
            lambda: flow_matrix(reports_of([said("A", "X", 3, unit="households")])).leaving("A"),
            "got households",
        ),
    ):
        with pytest.raises(OptionError, match=message):
            call()
    assert str(found) == repr(found)
    assert "<table>" in found._repr_html_()
    found.to_csv(tmp_path / "flows.csv")
    assert (
        (tmp_path / "flows.csv")
        .read_text()
        .startswith("origin,destination,low,best,high,kind,reports\nA,X,3,3,3,stated,r1")
    )


def test_the_published_case_of_idlib() -> None:
    reports = cs.datasets.load("idlib-2019").filter(pl.col("report_id").str.starts_with("ocha-sr2"))
    found: FlowMatrix = flow_matrix(reports, once=True)
    assert found.to_wide().rows()[0][:3] == ("Idlib zone", "16,000 (about)", "164,000 (about)")
    # The bands of "about": the total bounds what no named destination holds.
    rest = found.cell("Idlib zone", ELSEWHERE)
    assert rest.low == 0
    assert rest.high == 189_000 - 155_800 - 15_200


def test_a_destination_that_lies_in_the_area_in_part_is_not_surely_outside() -> None:
    places = Places({"zone": ("S/A", "S/B/west")}, {})
    rows = [said("zone", None, 180), said("zone", "S/A", 164), said("zone", "S/B", 16)]
    reports = reports_of(rows)
    reports = cs.Reports(reports.frame, places=places)
    for rest in ("unknown", "elsewhere"):
        assert str(leaving(reports, "zone", rest=rest)) == "up to 16"  # type: ignore[arg-type]
