"""The public face of the package on the data set that comes with it."""

from __future__ import annotations

import polars as pl
import pytest

import casualtystats as cs
from casualtystats.errors import DoubleCountError, MixedUnitsError, VintageError
from casualtystats.ledger import relations
from casualtystats.reports import Reports
from casualtystats.testing import assert_bounds_ordered


@pytest.fixture(scope="module")
def idlib() -> Reports:
    return cs.datasets.load("idlib-2019")


def test_displacement(idlib: Reports) -> None:
    moved = cs.displacement(idlib, unit="displacements", source="CCCM", overlap="difference")
    frame = moved.to_frame().sort("period_start")
    assert (moved.info.measure, moved.info.unit, moved.info.sources) == (
        "displaced",
        "displacements",
        ("CCCM",),
    )
    first = frame.row(0, named=True)
    assert (first["low"], first["best"], first["high"]) == (518_000, 518_000, 518_000)
    # Totals of which each is a floor have no difference; the stated one stands beside.
    assert frame["stated"].to_list()[1:] == [72_000, 40_000]
    assert frame["low"].to_list()[1:] == [0, 0]
    assert frame["high"].is_null().to_list()[1:] == [True, True]
    assert moved.total().high is None
    weekly = moved.resample("week").to_frame()
    assert_bounds_ordered(weekly)
    assert (weekly["coverage"] <= 1).all()
    statuses = dict(moved.audit.select("report_id", "status").collect().rows())
    assert len(statuses) == len(idlib)
    assert statuses["cccm-movements-june"] == "contained"
    with pytest.raises(MixedUnitsError, match="unit="):
        cs.displacement(idlib, overlap="difference")


def test_deaths_of_civilians(idlib: Reports) -> None:
    civilians = cs.deaths(idlib, group="civilian", source="OHCHR", overlap="latest")
    assert civilians.total().best == 1506
    assert civilians.info.group == "civilian"
    audit = civilians.audit.collect()
    assert audit.height == len(idlib)
    assert audit["report_id"].n_unique() == audit.height


def test_outages(idlib: Reports) -> None:
    outages = cs.outages(idlib, source="UN")
    assert (str(outages.distinct.total()), str(outages.hits.total())) == ("18", "at least 20")
    lost = outages.days_lost()
    assert (lost.low, lost.best, lost.high) == (18, None, 306)
    assert outages.out_on("2019-05-13").high == 18
    assert cs.outages(idlib).out_on("2019-05-13").high is not None


NIGHT = [
    "sohr-fighters-42",
    "sohr-loyalists-16",
    "sohr-jihadists-19",
    "sana-child-1",
    "sohr-civilians-119",
    "news-war-370k",
]


def test_relations_of_six_counts_in_one_paragraph(idlib: Reports) -> None:
    """16 and 19 lie within the 42; the child within neither the 42 nor the 119; all within the 370,000."""
    some = idlib.filter(pl.col("report_id").is_in(NIGHT))
    found = {(a, b): relation for a, relation, b, _ in relations(some.frame, some.places).rows()}
    turned = {"within": "contains", "contains": "within"}
    found |= {(b, a): turned.get(relation, relation) for (a, b), relation in found.items()}
    fighters, loyal, jihad, child, civilians, war = NIGHT
    assert found[loyal, fighters] == found[jihad, fighters] == "within"
    assert found[loyal, jihad] == found[child, fighters] == found[child, civilians] == "disjoint"
    assert {found[one, war] for one in NIGHT[:-1]} == {"within"}
    for chosen in (NIGHT[:2], [fighters, jihad], [child, war], NIGHT):
        for rule in ("raise", "add"):
            with pytest.raises(DoubleCountError, match="and"):
                cs.deaths(idlib.filter(pl.col("report_id").is_in(chosen)), overlap=rule)  # type: ignore[arg-type]
    assert cs.deaths(idlib.filter(pl.col("report_id").is_in([loyal, jihad, child]))).total().best == 36


def test_the_same_180_000_published_twice(idlib: Reports) -> None:
    twice = idlib.filter(pl.col("report_id").is_in(["ocha-displaced-180k", "ocha-sr2-displaced-180k"]))
    with pytest.raises(VintageError, match="as_of="):
        cs.displacement(twice)
    then = cs.displacement(twice, as_of="2019-05-14")
    assert then.daily(spread="whole").to_frame()["best"].to_list() == [16_364] * 7 + [16_363] * 4
    assert str(cs.displacement(twice, as_of="2019-05-17").total().low) == "171000"
