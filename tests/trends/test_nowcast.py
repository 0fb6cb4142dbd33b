"""Nowcasts against published numbers, the regression that they are equal to, and simulated truth."""

from __future__ import annotations

import dataclasses
import json
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nowcast_reports import MONDAY, RAA, TAYLOR_ASHE, archive_of, ragged, simulated, vintage, weekly
from numpy.typing import NDArray
from polars.testing import assert_frame_equal
from scipy.stats import binom
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from casualtystats.errors import (
    DecreaseError,
    NotAdditiveError,
    OptionError,
    TooFewReportsError,
    UndefinedEstimateError,
)
from casualtystats.trends.nowcast import DecreaseRule, Triangle, chain_ladder, find_decreases, nowcast
from casualtystats.trends.nowcast.bootstrap import draw_missing, residuals_of
from casualtystats.trends.nowcast.decreases import told

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
few = settings(max_examples=max(25, settings().max_examples // 4))


def added(rows: list[Any]) -> Triangle:
    return Triangle.of(ragged(rows), values="incremental")


def by_age(rows: list[Any], **more: Any) -> Triangle:
    return Triangle.of(ragged(rows), values="cumulative", **more)


@st.composite
def staircases(draw: st.DrawFn, least: int = 1, falls: bool = False) -> Triangle:
    """Triangles of 3 to 7 periods, each known to one age less than the one before."""
    rows = draw(st.integers(3, 7))
    ages = draw(st.integers(3, rows))
    steps = [
        [
            draw(st.integers(least if at == 0 or not falls else -1, 60))
            for at in range(min(ages, rows - row))
        ]
        for row in range(rows)
    ]  # fmt: skip
    return added(steps)


# --- published numbers -------------------------------------------------------------------------------------


def test_published_chain_ladder() -> None:
    entry = PUBLISHED["now-cl"]
    expected, rel = entry["expected"], entry["tolerance"]["rel"]
    found = nowcast(Triangle.of(entry["inputs"]["incremental_triangle"], values="incremental"))
    assert found.ladder.factors == pytest.approx(expected["factors"], rel=rel)
    assert found.to_frame()["expected"].to_list() == pytest.approx(expected["ultimate"], rel=rel)
    assert found.total.missing == pytest.approx(expected["missing_total"], rel=rel)
    shares = found.completeness()["completeness"].to_list()
    assert shares[2::-1] == pytest.approx(expected["completeness_age3_2_1"], rel=rel)
    assert shares[3] == 1
    # Each period stands at its own age.
    assert found.to_frame()["completeness"].to_list() == shares[::-1]


def test_taylor_and_ashe_as_in_mack_1993_and_england_and_verrall_1999() -> None:
    """Reserves of Mack (1993), table of the Taylor-Ashe data; scale parameter 52,601 and prediction error of England &
    Verrall (1999): 2,945,659 for the total."""
    reserves = [0, 94634, 469511, 709638, 984889, 1419459, 2177641, 3920301, 4278972, 4625811]
    found = nowcast(added(TAYLOR_ASHE), draws=8000)
    frame = found.to_frame()
    missing = [round(value) for value in (frame["expected"] - frame["reported"]).to_list()]
    assert missing == reserves
    assert round(found.total.missing) == 18_680_856
    assert found.dispersion == pytest.approx(52_601, abs=0.5)
    residuals = residuals_of(found.triangle.known, found.ladder)
    drawn = draw_missing(found.triangle.known, found.ladder, residuals, draws=8000, seed=0, falls=False)
    assert drawn.sum(axis=1).std() == pytest.approx(2_945_659, rel=0.04)
    assert drawn.sum(axis=1).mean() == pytest.approx(18_680_856, rel=0.03)


def test_raa_as_in_mack_1994() -> None:
    """Total of 52,135 (Mack 1994), with a count that falls and is kept."""
    found = nowcast(by_age(RAA))
    assert round(found.total.missing) == 52_135
    assert [(fall.row, fall.column, fall.size) for fall in found.decreases] == [(1, 6, 103)]
    assert found.notes[0] == (
        "1 count fell with age, by 103 (15,599 to 15,496, row 2, age 6); rule 'keep': they stay, and lower the factors"
    )


# --- the two-way Poisson regression ------------------------------------------------------------------------


def two_way(triangle: Triangle) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_]]:
    """The regression of the increments on period and age, and the design of all cells."""
    steps = triangle.increments
    rows, ages = np.indices(steps.shape)
    design = np.hstack(
        [
            (rows.reshape(-1, 1) == np.arange(steps.shape[0])).astype(float),
            (ages.reshape(-1, 1) == np.arange(1, steps.shape[1])).astype(float),
        ]
    )
    known = np.isfinite(steps).ravel()
    model = sm.GLM(steps.ravel()[known], design[known], family=sm.families.Poisson())
    with warnings.catch_warnings():
        # It takes a fit without residuals for one that is not identified.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return model.fit(tol=1e-14, maxiter=200), design, known


@few
@given(staircases())
def test_it_is_the_two_way_poisson_regression(triangle: Triangle) -> None:
    """Renshaw & Verrall 1998; statsmodels is the second opinion."""
    fit, design, known = two_way(triangle)
    ladder = chain_ladder(triangle.known)
    means = fit.predict(design).reshape(triangle.known.shape)
    missing = np.where(np.isfinite(triangle.known), 0, means).sum(axis=1)
    assert ladder.missing == pytest.approx(missing, rel=1e-7, abs=1e-7)
    assert ladder.fitted().ravel()[known] == pytest.approx(means.ravel()[known], rel=1e-7)
    residuals = residuals_of(triangle.known, ladder)
    free = int(known.sum()) - design.shape[1]
    assert residuals.values.size - residuals.parameters == free
    if free > 0:
        assert residuals.dispersion == pytest.approx(fit.pearson_chi2 / free, rel=1e-6, abs=1e-12)
    else:
        assert residuals.dispersion is None


def test_the_bootstrap_spreads_as_the_analytic_prediction_error() -> None:
    """MSEP = phi * sum(mu) + phi * mu' Cov mu, from the regression (England & Verrall 1999)."""
    triangle = added(TAYLOR_ASHE)
    fit, design, known = two_way(triangle)
    future = design[~known]
    means = fit.predict(future)
    phi = fit.pearson_chi2 / fit.df_resid
    error = math.sqrt(phi * means.sum() + phi * means @ (future @ fit.cov_params() @ future.T) @ means)
    assert error == pytest.approx(2_945_659, rel=1e-4)
    ladder = chain_ladder(triangle.known)
    drawn = draw_missing(triangle.known, ladder, residuals_of(triangle.known, ladder), draws=8000, seed=5, falls=False)
    assert drawn.sum(axis=1).std() == pytest.approx(error, rel=0.04)


# --- properties --------------------------------------------------------------------------------------------


@few
@given(staircases(), st.integers(2, 50))
def test_scaling_the_counts_scales_the_estimates(triangle: Triangle, times: int) -> None:
    more = Triangle.of(triangle.known * times, values="cumulative")
    assert chain_ladder(more.known).factors == pytest.approx(chain_ladder(triangle.known).factors)
    one, many = nowcast(triangle, draws=100), nowcast(more, draws=100)
    assert many.to_frame()["expected"].to_list() == pytest.approx((one.to_frame()["expected"] * times).to_list())
    assert many.to_frame()["completeness"].to_list() == pytest.approx(one.to_frame()["completeness"].to_list())


@few
@given(staircases(), st.sampled_from([(0.5, 0.8), (0.8, 0.95), (0.95, 0.999)]))
def test_intervals_nest_in_level_and_hold_what_is_reported(triangle: Triangle, levels: tuple[float, float]) -> None:
    inner, outer = (nowcast(triangle, level=level, draws=400).to_frame() for level in levels)
    assume(inner["low"].null_count() == 0)
    assert (outer["low"] <= inner["low"]).all()
    assert (inner["high"] <= outer["high"]).all()
    assert (outer["low"] >= outer["reported"]).all()
    assert (inner["low"].cast(pl.Float64) <= inner["expected"] + 1e-9).all()
    assert (inner["high"].cast(pl.Float64) >= inner["expected"] - 1e-9).all()
    assert outer.filter("complete").select(pl.col("low") == pl.col("high")).to_series().all()


@few
@given(staircases(falls=True), st.integers(0, 5))
def test_the_same_seed_gives_the_same_numbers_without_nan(triangle: Triangle, seed: int) -> None:
    try:
        found = nowcast(triangle, seed=seed, draws=100)
    except UndefinedEstimateError:
        return
    assert_frame_equal(found.to_frame(), nowcast(triangle, seed=seed, draws=100).to_frame())
    numbers = found.to_frame().select(pl.selectors.float())
    assert all(math.isfinite(value) for row in numbers.rows() for value in row if value is not None)
    assert (found.to_frame()["low"].drop_nulls() >= 0).all()


@given(st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=2, max_size=6))
def test_a_fully_developed_triangle_is_returned_as_reported(steps: list[list[int]]) -> None:
    try:
        found = nowcast(added(steps), draws=100)
    except UndefinedEstimateError:
        # Growth from nothing has no factor, whether or not a period needs one.
        assert any(sum(row[: at + 1] for row in np.array(steps)).sum() == 0 for at in range(3))
        return
    frame = found.to_frame()
    for name in ("expected", "low", "high"):
        assert frame[name].to_list() == frame["reported"].to_list()
    assert frame["complete"].all()
    assert not frame["recent"].any()
    assert str(found).endswith("; reports of all periods are as complete as they get")


# --- coverage ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mean", "phi"), [(3.0, 1.0), (30.0, 1.0), (30.0, 4.0)], ids=["few", "poisson", "over-dispersed"]
)
def test_intervals_cover_what_was_missing(mean: float, phi: float) -> None:
    """200 simulated triangles: the 90 % interval of the total covers in at least as many as chance allows; rows too."""
    rng = np.random.default_rng(11)
    shares, times = (0.5, 0.25, 0.12, 0.08, 0.05), 200
    total, rows = 0, np.zeros(12)
    for seed in range(times):
        full, known = simulated(rng, mean, 12, shares, phi)
        found = nowcast(Triangle.of(known, values="cumulative"), level=0.9, draws=300, seed=seed)
        low, high = found.total.low, found.total.high
        assert low is not None
        assert high is not None
        total += low <= full[:, -1].sum() <= high
        frame = found.to_frame()
        rows += (frame["low"].to_numpy() <= full[:, -1]) & (full[:, -1] <= frame["high"].to_numpy())
    assert total >= binom.ppf(0.001, times, 0.9)
    assert total <= times - 2
    assert rows.min() >= binom.ppf(0.0002, times, 0.9)


def test_nothing_reported_yet_is_not_nothing_for_certain() -> None:
    """With 0 reported at completeness p, and dispersion 1, n are still missing with probability p (1-p)^n."""
    counts = np.array([[50, 100.0]] * 8 + [[50, np.nan], [0, np.nan]])
    ladder = chain_ladder(counts)
    drawn = draw_missing(counts, ladder, residuals_of(counts, ladder), draws=20_000, seed=1, falls=False)[:, -1]
    shares = [float((drawn == n).mean()) for n in range(4)]
    assert shares == pytest.approx([0.5, 0.25, 0.125, 0.0625], abs=0.012)
    found = nowcast(Triangle.of(counts, values="cumulative"))
    row = found.to_frame().row(-1, named=True)
    assert (row["reported"], row["expected"], row["low"]) == (0, 0, 0)
    assert row["high"] >= 4
    assert any(note.startswith("1 recent period with 0 reported so far") for note in found.notes)


# --- counts that were taken back ---------------------------------------------------------------------------

FALLING = [[60, 70, 66, 66], [50, 64, 60], [40, 52], [45]]


def test_rules_for_counts_that_fall() -> None:
    triangle = by_age(FALLING)
    assert [(fall.row, fall.column, fall.before, fall.after) for fall in find_decreases(triangle)] == [
        (0, 2, 70, 66),
        (1, 2, 64, 60),
    ]
    kept = nowcast(triangle)
    assert kept.ladder.factors[1] == pytest.approx(126 / 134)
    assert kept.to_frame()["completeness"][2] == pytest.approx(134 / 126)
    assert kept.to_frame()["recent"].to_list() == [False, False, True, True]
    # What is taken back may go below what is reported, but not below none.
    assert kept.to_frame().row(2, named=True)["low"] < 52
    assert any("intervals may go below" in note for note in kept.notes)
    backward = nowcast(triangle, on_decrease="backward")
    assert backward.ladder.factors[1] == 1
    assert backward.to_frame()["expected"][2] == 52
    assert (backward.to_frame()["low"] >= backward.to_frame()["reported"]).all()
    assert backward.notes[0] == (
        "2 counts fell with age, by 8 in all (most: 70 to 66, row 1, age 2); rule 'backward': earlier counts above a later "
        "one are lowered to it, as if what was taken back had never been reported"
    )
    assert not any("below what is reported" in note for note in backward.notes)


def test_the_isotonic_rule_holds_the_last_count() -> None:
    # PAVA of 100, 120, 110 gives 100, 115, 115; the last count, 112, is held and nothing stands above it.
    found = nowcast(by_age([[100, 120, 110, 112], [90, 95, 96], [80, 90], [85]]), on_decrease="isotonic")
    assert found.ladder.factors == pytest.approx([(112 + 95 + 90) / 270, 208 / 207, 1])
    assert found.to_frame()["reported"][0] == 112


def test_where_nothing_falls_nothing_is_said() -> None:
    triangle = added(TAYLOR_ASHE)
    assert told(triangle, find_decreases(triangle), "keep") == ""
    rules: tuple[DecreaseRule, ...] = ("keep", "backward", "isotonic")
    for rule in rules:
        assert nowcast(triangle, on_decrease=rule, draws=100).decreases == ()


def test_falls_are_refused_where_asked() -> None:
    with pytest.raises(DecreaseError, match=r"do not fall with age, got 2 counts fell .* on_decrease='keep'"):
        nowcast(by_age(FALLING), on_decrease="raise")
    assert nowcast(added(TAYLOR_ASHE), on_decrease="raise", draws=100).decreases == ()
    for rule in ("floor", "cummax"):
        with pytest.raises(OptionError, match="erases retractions and biases"):
            nowcast(by_age(FALLING), on_decrease=rule)
    with pytest.raises(OptionError, match="expected on_decrease= one of keep, backward, isotonic, raise"):
        nowcast(by_age(FALLING), on_decrease="null")


# --- what can not be told ----------------------------------------------------------------------------------


def test_too_few_increments_give_no_interval() -> None:
    found = nowcast(by_age([[40, 60], [50]]))
    assert found.dispersion is None
    row = found.to_frame().row(1, named=True)
    assert (row["expected"], row["low"], row["high"]) == (75, None, None)
    assert (found.total.low, found.total.high) == (None, None)
    assert "no interval: too few increments to tell how much they vary" in found.summary()
    assert "dispersion" not in found.summary()
    assert "(no interval: too few increments), assuming that delays stay as they were" in str(found)


def test_a_perfect_fit_still_varies_by_chance() -> None:
    found = nowcast(by_age([[100, 200, 200]] * 6 + [[100, 200], [100]]))
    assert found.dispersion == 0
    assert "dispersion 0 is below 1: intervals rest on 1" in found.notes
    row = found.to_frame().row(-1, named=True)
    # 100 more, plus or minus 1.96 * sqrt(100); the bootstrap of residuals of 0 adds nothing.
    assert row["low"] == pytest.approx(180, abs=3)
    assert row["high"] == pytest.approx(220, abs=3)


def test_what_comes_after_the_oldest_age_is_given_not_seen() -> None:
    plain, longer = nowcast(added(TAYLOR_ASHE), draws=200), nowcast(added(TAYLOR_ASHE), tail=1.05, draws=200)
    assert longer.to_frame()["expected"].to_list() == pytest.approx((plain.to_frame()["expected"] * 1.05).to_list())
    assert not longer.to_frame()["complete"].any()
    assert longer.to_frame()["low"][0] > longer.to_frame()["reported"][0]
    assert longer.completeness()["factor"][-1] == 1.05
    assert "after age 9, the oldest age seen, counts grow by the factor 1.05 that was given" in longer.notes
    assert "what comes after age 9, the oldest age seen, can not be seen: none is expected" in plain.notes
    for tail in (0.9, math.inf, math.nan, True, "1"):
        with pytest.raises(OptionError, match="expected tail= a finite number of 1 or more"):
            nowcast(added(TAYLOR_ASHE), tail=tail)


def test_ages_after_which_nothing_changed_are_complete() -> None:
    found = nowcast(by_age([[5, 9, 9, 9], [6, 10, 10], [4, 8], [7]]))
    assert found.to_frame()["complete"].to_list() == [True, True, True, False]
    assert "no count changed after age 1" in found.notes
    # With a tail, a perfect fit grows after the last age by that alone.
    assert nowcast(by_age([[5, 5], [6]]), tail=2).to_frame()["expected"].to_list() == [10, 12]


def test_an_age_that_only_empty_periods_reached() -> None:
    found = nowcast(by_age([[0, 0, 0], [0, 0, 0], [4, 6], [5, 8], [7]]))
    assert found.ladder.unseen == (1,)
    assert "after age 1, only periods without counts are seen" in found.notes
    assert found.to_frame()["expected"].to_list() == pytest.approx([0, 0, 6, 8, 7 * 14 / 9])


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([[0, 5], [0, 3], [2]], UndefinedEstimateError, "growth from nothing has no factor. Use longer steps of age"),
        ([[5, 0], [3, 0], [2]], UndefinedEstimateError, "all of them were taken back"),
        ([[5], [3]], TooFewReportsError, "got 2 periods at 1 age: how counts grow can not be seen"),
        ([[5, 6, 7]], TooFewReportsError, "got 1 period at 3 ages"),
        ([[5, 6], [None, 3]], None, ""),
        ([[None, 6], [5]], TooFewReportsError, "published by age 0 and by age 1, got none"),
    ],
)
def test_no_factor_is_made_up(rows: list[Any], error: type[Exception] | None, message: str) -> None:
    if error is None:
        assert nowcast(by_age(rows)).to_frame()["expected"].to_list() == [6, 3]
        return
    with pytest.raises(error, match=message):
        nowcast(by_age(rows))


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": 95}, {"level": 0}, {"draws": 10}, {"draws": 200.5}, {"draws": True}, {"seed": -1}, {"seed": None},
        {"recent_below": 0}, {"recent_below": 95}, {"recent_below": True},
    ],
)  # fmt: skip
def test_options_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=f"expected {next(iter(wrong))}= a"):
        nowcast(added(TAYLOR_ASHE), **wrong)


# --- the result --------------------------------------------------------------------------------------------

WEEKS = [[40, 62, 70, 72], [55, 85, 96], [48, 68], [60]]


def test_the_sentence_says_what_by_when_and_under_which_assumption() -> None:
    found = nowcast(archive_of(*weekly(WEEKS)), as_of="2019-04-29")
    low, high = found.total.low, found.total.high
    expected = found.total.expected
    assert str(found) == (
        f"reported violent deaths of civilians, 1 to 28 April 2019, by 29 April 2019: 296; expected once reports are "
        f"complete: {expected:,.0f} (95 % prediction interval {low:,.0f} to {high:,.0f}), assuming that delays stay as "
        "they were"
    )
    assert "2,000 draws, seed 0" in found.summary()
    assert found.summary().endswith("a documented count is a floor on what happened.")
    assert "<table>" in found._repr_html_()
    assert found.note.startswith("Source: OHCHR; as published by 2019-04-29. Expected: chain ladder")


def test_the_frame_has_one_row_a_period() -> None:
    frame = nowcast(archive_of(*weekly(WEEKS)), as_of="2019-04-29", level=0.8, recent_below=0.9).to_frame()
    assert frame["period_start"].to_list()[0] == MONDAY
    assert frame["reported"].to_list() == [72, 96, 68, 60]
    assert frame["age"].to_list() == [3, 2, 1, 0]
    assert frame["recent"].to_list() == [False, False, True, True]
    assert frame["complete"].to_list() == [True, False, False, False]
    assert set(frame["level"]) == {0.8}
    assert frame.schema["reported"] == pl.Int64
    assert frame.schema["high"] == pl.Int64


def test_numbers_that_are_not_whole_keep_their_decimals() -> None:
    found = nowcast(by_age([[40.5, 60.25, 61], [50, 70, 71.5], [50, 72], [44]]))
    assert found.to_frame().schema["reported"] == pl.Float64
    assert found.to_frame()["reported"].to_list() == [61, 71.5, 72, 44]
    assert str(found).startswith("reported counts: 248; expected once reports are complete: ")


def test_the_table_is_written_without_formulas(tmp_path: Path) -> None:
    found = nowcast(added(TAYLOR_ASHE), draws=100)
    found.to_csv(tmp_path / "nowcast.csv")
    assert pl.read_csv(tmp_path / "nowcast.csv")["reported"].to_list() == found.to_frame()["reported"].to_list()


def test_counts_that_do_not_add_up_have_no_total() -> None:
    displaced = {"measure": "displaced", "unit": "people", "group": None}
    rows = [row | displaced for row in weekly(WEEKS)]
    found = nowcast(archive_of(*rows), as_of="2019-04-29")
    with pytest.raises(NotAdditiveError, match="people displaced: the same ones may be counted again"):
        _ = found.total
    assert str(found).startswith("reported people displaced, 22 to 28 April 2019, by 29 April 2019: 60; expected")
    assert "reported so far" not in str(found.triangle)
    undated = dataclasses.replace(found.triangle, periods=(), as_of=None)
    assert str(nowcast(undated)).startswith("reported people displaced, newest period: 60; expected")


def test_a_triangle_takes_no_selection() -> None:
    with pytest.raises(OptionError, match="expected no as_of=, source= with a Triangle"):
        nowcast(added(TAYLOR_ASHE), as_of="2019-05-01", source="OHCHR")


@few
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_archive_changes_nothing(random: Any) -> None:
    rows = weekly(WEEKS)
    whole = nowcast(archive_of(*rows), as_of="2019-04-29", draws=200)
    random.shuffle(rows)
    again = nowcast(archive_of(*rows), as_of="2019-04-29", draws=200)
    assert_frame_equal(whole.to_frame(), again.to_frame())
    assert (str(whole), whole.notes) == (str(again), again.notes)


def test_a_vintage_after_the_day_changes_nothing() -> None:
    later = vintage(0, 400, 999)
    before = nowcast(archive_of(*weekly(WEEKS)), as_of="2019-04-29")
    after = nowcast(archive_of(*weekly(WEEKS), later), as_of="2019-04-29")
    assert_frame_equal(before.to_frame(), after.to_frame())
