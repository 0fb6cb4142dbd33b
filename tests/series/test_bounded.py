"""Series with overlap="bounds": every low and high is the ledger's, whatever the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import hypothesis.strategies as st
import polars as pl
import pytest
from hypothesis import assume, given, settings

import casualtystats as cs
from casualtystats.errors import ContradictionError, KindError, MixedStandardsError, OptionError
from casualtystats.testing import assert_bounds_ordered

FIRST = date(2019, 5, 6)


def reported(*rows: tuple[int, int, int, str, str | None]) -> cs.Reports:
    """Reports from (first day, last day, count, qualifier, group)."""
    told = [
        {"report_id": f"r{at}", "start": FIRST + timedelta(a), "end": FIRST + timedelta(b), "value": n, "qualifier": word,
         "group": group}
        for at, (a, b, n, word, group) in enumerate(rows)
    ]  # fmt: skip
    every = {"measure": "killed", "unit": "people", "kind": "flow", "standard": "reported"}
    frame = pl.DataFrame(told, schema_overrides={"group": pl.String}).with_columns(
        **{k: pl.lit(v) for k, v in every.items()}
    )
    return cs.read_reports(frame)


TWO = reported((0, 9, 100, "exactly", None), (5, 14, 150, "exactly", None))


@st.composite
def overlapping(draw: st.DrawFn) -> cs.Reports:
    rows: list[tuple[int, int, int, str, str | None]] = []
    for _ in range(draw(st.integers(1, 5))):
        a = draw(st.integers(0, 20))
        b = draw(st.integers(a, 24))
        word = draw(st.sampled_from(["exactly", "at_least", "up_to", "approximately"]))
        rows.append((a, b, draw(st.integers(0, 40)), word, draw(st.sampled_from([None, "civilian", "fighter"]))))
    return reported(*rows)


@settings(max_examples=40, deadline=None)
@given(overlapping(), st.sampled_from(["day", "week", "month"]))
def test_cells_totals_and_intervals_are_the_ledgers(reports: cs.Reports, every: Any) -> None:
    try:
        series = cs.deaths(reports, overlap="bounds")
        series.total()
    except ContradictionError:
        assume(False)
        raise
    ledger = cs.Ledger(reports)
    frame = series.resample(every).to_frame()
    assert_bounds_ordered(frame)
    assert frame["best"].null_count() == frame.height
    asked = {row[:2]: row[3:5] for row in ledger.bounds_by(every).rows()}
    for row in frame.to_dicts():
        if row["low"] is not None:
            assert (row["low"], row["high"]) == asked[row["period_start"], row["period_end"]]
        else:
            assert row["reports"] == 0
    total = series.total()
    assert (total.low, total.high) == (ledger.bounds().low, ledger.bounds().high)
    for row in series.to_frame().to_dicts():
        found = ledger.bounds(cs.Period.of(row["period_start"], row["period_end"]))
        assert (row["low"], row["high"]) == (found.low, found.high)
    again = series.resample("day").resample(every).to_frame()
    assert again.equals(frame)


def test_weeks_are_not_sums_of_days() -> None:
    series = cs.deaths(TWO, overlap="bounds")
    assert str(series.total()) == "150 to 250"
    weeks = series.resample("week").to_frame()
    assert weeks["high"].to_list() == [100, 150, None]
    # Each day alone may hold nothing: their lows sum to 0, that of the fortnight does not.
    assert series.resample("day").to_frame()["low"].sum() == 0
    both = series.resample(timedelta(days=15)).to_frame()
    assert both.select("low", "high").row(0) == (150, 250)
    totals = series.resample("week").cumulate().to_frame()
    assert totals["cumulative_low"].to_list() == [0, 100, 150]
    assert totals["cumulative_high"].to_list()[:2] == [100, 250]
    assert totals["cumulative_best"].null_count() == totals.height


def test_rows_of_groups() -> None:
    reports = reported(
        (0, 6, 10, "exactly", "civilian"), (0, 6, 4, "exactly", "civilian/child"), (0, 6, 3, "at_least", "fighter")
    )
    frame = cs.deaths(reports, overlap="bounds", by=["group"]).resample("week").to_frame()
    assert frame.select("group", "low", "high").rows() == [
        ("civilian", 10, 10), ("civilian/child", 4, 4), ("fighter", 3, None),
    ]  # fmt: skip
    with pytest.raises(OptionError, match="sources and standards together"):
        cs.deaths(reports, overlap="bounds", by=["source"])


def test_the_audit_names_the_part_of_each_report() -> None:
    audit = cs.deaths(TWO, overlap="bounds").audit.collect()
    assert audit["status"].to_list() == ["used", "used"]
    assert audit["reason"][0] == "it holds 100 over 6 to 15 May 2019"


def test_options_say_how_reports_are_read() -> None:
    reports = cs.datasets.load("idlib-2019").filter(pl.col("start_earliest") >= date(2019, 4, 1))
    with pytest.raises(MixedStandardsError, match="of='occurred'"):
        cs.deaths(reports, group="civilian", place="Idlib zone", overlap="bounds")
    series = cs.deaths(reports, group="civilian", place="Idlib zone", overlap=cs.LedgerOptions(of="occurred"))
    assert str(series.total()) == "at least 1,506"
    assert series.info.overlap == "bounds"
    monthly = series.resample("month")
    rates = cs.death_rate(monthly, population=3_000_000).to_frame()
    lows = monthly.to_frame()["low"]
    assert rates["rate"].null_count() == rates.height
    assert rates["ci_high"].null_count() == rates.height
    assert rates["rate_low"].to_list()[3] == pytest.approx(10_000 * lows[3] / (3_000_000 * 31))


def test_people_displaced_are_labelled_as_first_times() -> None:
    reports = cs.datasets.load("idlib-2019").filter(
        pl.col("report_id").is_in(["cccm-displaced-152k", "cccm-displaced-270k"])
    )
    options = cs.LedgerOptions(origin="2019-04-29")
    series = cs.displacement(reports, overlap=options)
    assert "for the first time since 29 April 2019" in series.info.noun
    # All of the about 270,000 had fled by then; at most 152,210 by 7 May, and at most 283,500 since 1 May.
    assert str(series.total()) == "256,500 to 435,710"
    with pytest.raises(KindError, match="movements first"):
        series.as_displacements()


def test_bounds_are_not_spread_and_no_trend_is_fitted_to_them() -> None:
    series = cs.deaths(TWO, overlap="bounds")
    with pytest.raises(OptionError, match="reference="):
        series.daily(spread="whole")
    with pytest.raises(KindError, match="independent"):
        cs.fit_trend(series)
    assert series.daily().to_frame().height == 15


def test_contradictory_reports_raise_until_a_rule_is_named() -> None:
    reports = reported((0, 9, 100, "exactly", None), (0, 9, 120, "at_least", None))
    with pytest.raises(ContradictionError, match="20 apart"):
        cs.deaths(reports, overlap="bounds").resample("week").to_frame()
    loose = cs.deaths(reports, overlap=cs.LedgerOptions(relax="least"))
    assert str(loose.total()) == "100 to 120"
    assert set(loose.audit.collect()["status"]) == {"loosened"}
