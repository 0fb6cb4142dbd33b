"""Trends that may change at a date fixed beforehand: published values, properties, and what bad input is told."""

from __future__ import annotations

import datetime as dt
import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trends_reports import make_reports

import casualtystats as cs
from casualtystats.errors import (
    CasualtyStatsError,
    KindError,
    OptionError,
    ParseError,
    TooFewReportsError,
    UnboundedTrendError,
    UndefinedEstimateError,
)
from casualtystats.periods import Period
from casualtystats.trends.interrupted import interrupted_trend
from casualtystats.trends.segments.sides import Sides, neighbours

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
DAY_ZERO = date(2020, 1, 1)
COUNTS: list[int] = PUBLISHED["tr-its"]["inputs"]["y"]
AT = "2020-01-13"


def rows_of(counts: Any, days: int = 1, start: date = DAY_ZERO) -> list[dict[str, Any]]:
    return [
        {
            "value": int(count),
            "start": str(start + timedelta(days=at * days)),
            "end": str(start + timedelta(days=(at + 1) * days - 1)),
        }
        for at, count in enumerate(counts)
    ]


def series(rows: list[dict[str, Any]]) -> Any:
    return cs.deaths(make_reports(rows))


# ---- published values


def test_published_level_and_slope() -> None:
    """The published slope counts 0 at t = 13, and its constant stands at t = 0, a day before the first."""
    entry = PUBLISHED["tr-its"]
    expected, rel = entry["expected"], entry["tolerance"]["rel"]
    found = interrupted_trend(series(rows_of(COUNTS)), AT, family="poisson")
    constant, day, level, slope = found.fit.params.tolist()
    coef = expected["coef"]
    assert [constant - day, day, level, slope] == pytest.approx(
        [coef["const"], coef["t"], coef["level"], coef["slope"]], rel=rel
    )
    for ratio, name in ((found.level_ratio, "level_RR"), (found.slope_ratio, "slope_RR")):
        assert ratio is not None
        assert [ratio.value, ratio.low, ratio.high] == pytest.approx(expected[name], rel=rel)
    assert (found.sides.before, found.sides.after, found.sides.across) == (12, 12, 0)


@pytest.mark.parametrize("impact", ["level", "slope", "both"])
def test_agrees_with_statsmodels(impact: Any) -> None:
    import statsmodels.api as sm

    day = np.arange(24, dtype=np.float64)
    terms = {"level": [day >= 12], "slope": [np.maximum(0, day - 12)]}
    terms["both"] = [*terms["level"], *terms["slope"]]
    matrix = np.column_stack([np.ones(24), day, *(np.asarray(term, dtype=np.float64) for term in terms[impact])])
    other = sm.GLM(COUNTS, matrix, sm.families.Poisson()).fit(tol=1e-13)
    found = interrupted_trend(series(rows_of(COUNTS)), AT, impact=impact, family="poisson")
    assert found.fit.params.tolist() == pytest.approx(other.params.tolist(), rel=1e-7)
    assert np.sqrt(np.diag(found.fit.covariance)).tolist() == pytest.approx(other.bse.tolist(), rel=1e-6)
    assert (found.level_ratio is None) == (impact == "slope")
    assert (found.slope_ratio is None) == (impact == "level")
    if impact == "level":
        assert found.growth_after == found.growth_before
        assert found.doubling_after == found.doubling_before
    else:
        log = math.log1p(found.growth_after.value) - math.log1p(found.growth_before.value)
        assert log == pytest.approx(found.fit.params[-1])


def test_quasi_is_the_default_and_widens() -> None:
    plain = interrupted_trend(series(rows_of(COUNTS)), AT, family="poisson")
    quasi = interrupted_trend(series(rows_of(COUNTS)), AT)
    assert quasi.fit.family == "quasi"
    assert quasi.level_ratio is not None
    assert plain.level_ratio is not None
    assert quasi.level_ratio.value == pytest.approx(plain.level_ratio.value)
    assert quasi.level_ratio.high > plain.level_ratio.high


# ---- intervals cover


@pytest.mark.parametrize(("impact", "dispersion"), [("level", 1.0), ("both", 3.0)])
def test_without_a_change_the_intervals_hold_one(impact: Any, dispersion: float) -> None:
    generator = np.random.Generator(np.random.PCG64(8))
    mean = 15 * np.exp(0.02 * np.arange(30))
    number, held = 100, {"level": 0, "slope": 0}
    for _ in range(number):
        counts = (
            generator.poisson(mean)
            if dispersion == 1
            else generator.negative_binomial(mean / (dispersion - 1), 1 / dispersion)
        )
        found = interrupted_trend(series(rows_of(counts)), DAY_ZERO + timedelta(days=15), impact=impact)
        for name, ratio in (("level", found.level_ratio), ("slope", found.slope_ratio)):
            held[name] += ratio is not None and ratio.low <= 1 <= ratio.high
    # Binomial(100, 0.95) lies below 88 with a probability of 0.002.
    assert held["level"] >= 88
    assert held["slope"] >= (88 if impact == "both" else 0)


# ---- properties


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 80), min_size=10, max_size=14), st.integers(-900, 900), st.randoms())
def test_order_names_and_a_shift_of_time_change_nothing_but_dates(counts: list[int], days: int, random: Any) -> None:
    moved = rows_of(counts, start=DAY_ZERO + timedelta(days=days))
    moved = [row | {"report_id": f"x{at}"} for at, row in enumerate(random.sample(moved, len(moved)))]
    at = DAY_ZERO + timedelta(days=5)
    first = interrupted_trend(series(rows_of(counts)), at)
    second = interrupted_trend(series(moved), at + timedelta(days=days))
    assert second.date - first.date == timedelta(days=days)
    for name in ("value", "low", "high"):
        assert first.to_frame()[name].to_list() == pytest.approx(second.to_frame()[name].to_list(), rel=1e-8, abs=1e-10)


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 30), min_size=7, max_size=14))
def test_any_counts_give_finite_numbers_or_a_reason(counts: list[int]) -> None:
    reason = ""
    try:
        found = interrupted_trend(series(rows_of(counts)), DAY_ZERO + timedelta(days=len(counts) // 2))
    except CasualtyStatsError as error:
        found, reason = None, str(error)
    if found is None:
        assert reason.startswith("expected")
        return
    frame = found.to_frame()
    assert frame.filter((pl.col("low") > pl.col("value")) | (pl.col("value") > pl.col("high"))).is_empty()
    assert all(math.isfinite(value) for value in frame["high"])
    assert "nan" not in found.summary()


# ---- washout, reports across the date, bounds


def test_washout_leaves_out_what_touches_it() -> None:
    for washout in (3, Period.of(AT, "2020-01-15")):
        found = interrupted_trend(series(rows_of(COUNTS)), AT, washout=washout)
        assert (found.sides.before, found.sides.after, found.sides.across) == (12, 9, 0)
        assert (found.date, found.start) == (date(2020, 1, 13), date(2020, 1, 16))
        assert dict(found.fit.left_out) == {"touches the washout after the date": 3}
        assert "from 16 January 2020 on" in str(found)
        assert "The washout is 13 to 15 January 2020" in found.summary()
        assert "left out: 3" in found.summary()
    # What happened in the washout has no part in the answer.
    other = [*COUNTS[:12], 900, 0, 500, *COUNTS[15:]]
    again = interrupted_trend(series(rows_of(other)), AT, washout=3)
    assert again.to_frame().equals(found.to_frame())
    none = interrupted_trend(series(rows_of(COUNTS)), AT, washout=0)
    assert none.to_frame().equals(interrupted_trend(series(rows_of(COUNTS)), AT).to_frame())


def test_washout_of_weekly_totals_leaves_out_whole_totals() -> None:
    counts = [20, 22, 21, 25, 24, 26, 12, 11, 12, 10, 11, 9]
    found = interrupted_trend(series(rows_of(counts, 7)), DAY_ZERO + timedelta(days=44), washout=2)
    assert (found.sides.before, found.sides.after) == (6, 5)
    assert found.fit.n == 11


def test_a_report_across_the_date_has_days_of_both_sides() -> None:
    """Daily means of 10 before and 4 after; one total of six days spans the date, two of them before."""
    counts = [10] * 10 + [4] * 10
    rows = rows_of(counts[:8])
    rows += [{"value": 2 * 10 + 4 * 4, "start": "2020-01-09", "end": "2020-01-14"}]
    rows += rows_of(counts[14:], start=date(2020, 1, 15))
    found = interrupted_trend(series(rows), "2020-01-11", impact="level", family="poisson")
    assert (found.sides.before, found.sides.after, found.sides.across) == (8, 6, 1)
    assert found.level_ratio is not None
    assert found.level_ratio.value == pytest.approx(0.4, rel=1e-7)
    assert "span the date" in found.summary()
    assert "1 across" in str(found)


def test_bounds_and_unknown_dates() -> None:
    day = np.arange(168)
    mean = 3 * np.exp(0.008 * day - 0.6 * (day >= 84))
    counts = np.random.Generator(np.random.PCG64(1)).poisson(np.add.reduceat(mean, np.arange(0, 168, 7)))
    rows = rows_of(counts, 7)
    rows[4] |= {"qualifier": "at_least", "value": int(counts[4] * 0.9)}
    rows[18] |= {"qualifier": "approximately"}
    ends = [DAY_ZERO + timedelta(days=at) for at in (38, 41, 42, 44)]
    rows[5]["end"], rows[6]["start"] = f"[{ends[0]}..{ends[1]}]", f"[{ends[2]}..{ends[3]}]"
    found = interrupted_trend(series(rows), DAY_ZERO + timedelta(days=84), impact="level")
    assert (found.fit.family, found.fit.floors, found.fit.ranges, found.fit.fuzzy) == ("nb2", 1, 1, 2)
    assert found.level_ratio is not None
    assert found.level_ratio.low <= math.exp(-0.6) <= found.level_ratio.high
    assert "lower bounds" in found.summary()
    with pytest.raises(UnboundedTrendError):
        interrupted_trend(series([row | {"qualifier": "at_least"} for row in rows_of(COUNTS)]), AT)


# ---- correlation of neighbours


def test_neighbours() -> None:
    days = [date(2020, 1, 1) + timedelta(days=at) for at in range(8)]
    frame = pl.DataFrame({"period_start": days, "period_end": days, "residual": [1.0, 1, 1, 1, -1, -1, -1, -1]})
    assert neighbours(frame) == (pytest.approx(5 / 7), 7)
    # A day without a report, or a bound, makes no pair.
    assert neighbours(frame.filter(pl.col("period_start") != days[2])) == (pytest.approx(3 / 5), 5)
    bounded = frame.with_columns(residual=pl.when(pl.col("period_start") == days[2]).then(None).otherwise("residual"))
    assert neighbours(bounded) == (pytest.approx(3 / 5), 5)
    assert neighbours(frame.head(4)) is None
    assert neighbours(frame.with_columns(residual=pl.lit(0.0))) is None


def test_correlated_totals_are_told_and_hac_passed_on() -> None:
    wave = np.round(30 + 12 * np.sin(np.arange(40) / 2.5)).astype(int)
    plain = interrupted_trend(series(rows_of(wave)), DAY_ZERO + timedelta(days=20))
    assert plain.lag_1 is not None
    assert plain.lag_1 > 0.5
    assert "cov='HAC'" in plain.summary()
    robust = interrupted_trend(series(rows_of(wave)), DAY_ZERO + timedelta(days=20), cov="HAC", maxlags=3)
    assert robust.level_ratio is not None
    assert plain.level_ratio is not None
    assert robust.level_ratio.value == pytest.approx(plain.level_ratio.value)
    assert robust.level_ratio.low != pytest.approx(plain.level_ratio.low)
    assert "cov='HAC'" not in robust.summary()
    apart = [row for at, row in enumerate(rows_of(wave)) if at % 2]
    assert interrupted_trend(series(apart), DAY_ZERO + timedelta(days=20)).lag_1 is None
    negative = interrupted_trend(series(rows_of(COUNTS)), AT)
    assert negative.lag_1 is not None
    assert negative.lag_1 < 0
    assert "cov='HAC'" not in negative.summary()


# ---- bad input


@pytest.mark.parametrize("day", ["2019-12-31", "2020-01-01", "2020-01-25", "2020-01"])
def test_dates_outside_or_not_one_day(day: str) -> None:
    with pytest.raises(OptionError, match="date="):
        interrupted_trend(series(rows_of(COUNTS)), day)


def test_refusals() -> None:
    rows = series(rows_of(COUNTS))
    for wrong, words in (
        ({"impact": "effect"}, "impact"),
        ({"washout": -1}, "washout"),
        ({"washout": True}, "washout"),
        ({"washout": 1.5}, "washout"),
        ({"washout": 40}, "washout that ends before"),
        ({"washout": Period.of("2020-01-10", "2020-01-15")}, "does not begin before"),
        ({"washout": Period.of("2020-01-15", "2020-01-16")}, "from 2020-01-13 on"),
        ({"washout": Period.of("2020-01-13", "[2020-01-15..2020-01-16]")}, "known ends"),
        ({"formula": "week"}, "'day'"),
        ({"cov": "x"}, "cov"),
    ):
        anything: Any = wrong
        with pytest.raises(OptionError, match=words):
            interrupted_trend(rows, AT, **anything)
    for wrong_date in (3, dt.datetime.combine(date(2020, 1, 13), dt.time())):
        day: Any = wrong_date
        with pytest.raises(OptionError, match="date="):
            interrupted_trend(rows, day)
    with pytest.raises(ParseError):
        interrupted_trend(rows, "spring")
    with pytest.raises(KindError, match="flow"):
        interrupted_trend(rows.cumulate(), AT)
    with pytest.raises(KindError, match="bounds"):
        interrupted_trend(cs.deaths(make_reports(rows_of(COUNTS)), overlap="bounds"), AT)


def test_too_few_on_a_side() -> None:
    with pytest.raises(TooFewReportsError, match="wholly before 2020-01-03, got 2"):
        interrupted_trend(series(rows_of(COUNTS)), "2020-01-03")
    with pytest.raises(TooFewReportsError, match=r"wholly from 2020-01-23 on, got 2 \(9 left out: touches"):
        interrupted_trend(series(rows_of(COUNTS)), "2020-01-14", washout=9)
    spanning = [*rows_of(COUNTS[:2]), {"value": 40, "start": "2020-01-03", "end": "2020-01-06"}, *rows_of(COUNTS[6:])]
    spanning = spanning[:3] + rows_of(COUNTS[6:], start=date(2020, 1, 7))
    with pytest.raises(TooFewReportsError, match="1 more span the date"):
        interrupted_trend(series(spanning), "2020-01-05")


def test_zeros_on_one_side() -> None:
    with pytest.raises(UndefinedEstimateError, match="does not settle"):
        interrupted_trend(series(rows_of([5, 6, 7, 8, 9, 0, 0, 0, 0, 0])), "2020-01-06")


# ---- tables and text


def test_text_and_frames(tmp_path: Path) -> None:
    found = interrupted_trend(series(rows_of(COUNTS)), AT, family="poisson")
    assert str(found) == (
        "reported violent deaths: from 13 January 2020 on against the earlier trend, level rate ratio 0.472 (95 % interval "
        "0.295 to 0.755), slope a day rate ratio 0.912 (95 % interval 0.846 to 0.983) [Poisson fit to 12 totals before and "
        "12 after, 1 to 24 January 2020]"
    )
    assert repr(found) == str(found)
    rate = interrupted_trend(series(rows_of(COUNTS)), AT, family="poisson", exposure=1_000.0)
    assert rate.sentence == found.sentence.replace("deaths:", "deaths, per exposure:")
    frame = found.to_frame()
    assert frame["what"].to_list() == [
        "level rate ratio",
        "slope rate ratio",
        "growth per day before",
        "growth per day after",
    ]
    assert frame["value"][3] == pytest.approx(math.exp(0.0398543885 - 0.09190783) - 1, rel=1e-6)
    found.to_csv(tmp_path / "its.csv")
    assert (tmp_path / "its.csv").read_text("utf-8").startswith("what,value")
    assert "reported violent deaths" in found._repr_html_()
    assert (found.level, found.noun, found.note) == (0.95, "reported violent deaths", found.fit.note)
    summary = found.summary()
    assert "fixed before the counts were seen" in summary
    assert "Other things may have changed" in summary
    few = interrupted_trend(series(rows_of(COUNTS[6:18])), DAY_ZERO + timedelta(days=6))
    assert "Fewer than 8 totals" in few.summary()


def test_no_sum_of_differences_and_no_word_of_causes_is_offered() -> None:
    found = interrupted_trend(series(rows_of(COUNTS)), AT)
    text = (found.summary() + str(found) + " ".join(found.to_frame()["what"])).lower()
    for word in ("saved", "prevented", "averted", "effect", "caused", "because of", "due to", "counterfactual"):
        assert word not in text
    names = [name for name in dir(found) if not name.startswith("_")]
    assert not [name for name in names if "counterfactual" in name or "saved" in name or "averted" in name]


def test_prediction_has_the_change() -> None:
    found = interrupted_trend(series(rows_of(COUNTS)), AT)
    days = [DAY_ZERO + timedelta(days=at) for at in (11, 12, 13)]
    means = found.predict(days)["mean"].to_list()
    assert found.level_ratio is not None
    assert means[1] / means[0] == pytest.approx(found.level_ratio.value * (1 + found.growth_before.value))
    assert means[2] / means[1] == pytest.approx(1 + found.growth_after.value)
    assert found.doubling_before.days is None
    assert found.doubling_after.direction == "not known"


def test_sides_by_widest_dates() -> None:
    frame = pl.DataFrame(
        {
            "period_start": [DAY_ZERO, date(2020, 1, 5), date(2020, 1, 9)],
            "period_end": [date(2020, 1, 4), date(2020, 1, 8), date(2020, 1, 12)],
        }
    )
    assert Sides.of(frame, date(2020, 1, 6), date(2020, 1, 6)) == Sides(1, 1, 1)
    assert Sides.of(frame, date(2020, 1, 5), date(2020, 1, 9)) == Sides(1, 1, 1)
