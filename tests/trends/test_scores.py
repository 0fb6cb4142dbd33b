from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from casualtystats.errors import OptionError
from casualtystats.trends.scores import (
    coverage,
    crps_negative_binomial,
    crps_pmf,
    crps_poisson,
    crps_sample,
    interval_score,
    log_score,
    wis,
)

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}

means = st.floats(0.001, 3000)
# scipy's own functions, which the sums are made of, lose digits where alpha is smaller.
alphas = st.floats(1e-6, 20)
share = st.floats(0, 1)


def summed(cumulative: Any, tail: Any, y: int, top: int) -> float:
    """The definition: squared distance of the distribution function from the step at y, over all counts."""
    k = np.arange(max(top, y) + 2)
    return float((np.where(k >= y, tail(k), cumulative(k)) ** 2).sum())


def brute_poisson(y: int, mean: float) -> float:
    law = stats.poisson(mean)
    return summed(law.cdf, law.sf, y, int(mean + 12 * math.sqrt(mean) + 60))


def brute_negative_binomial(y: int, mean: float, alpha: float) -> float:
    law = stats.nbinom(1 / alpha, 1 / (1 + alpha * mean))
    return summed(law.cdf, law.sf, y, int(law.isf(1e-16)))


def test_published_poisson_scores() -> None:
    entry = PUBLISHED["sc-pois"]
    y, mu, expected, rel = entry["inputs"]["y"], entry["inputs"]["mu"], entry["expected"], entry["tolerance"]["rel"]
    # R scoringRules and a brute-force sum; python scoringrules agrees.
    assert crps_poisson(y, mu) == pytest.approx(expected["crps"], rel=rel)
    assert log_score(y, mu) == pytest.approx(expected["log"], rel=rel)


def test_published_sample_scores() -> None:
    entry = PUBLISHED["sc-ens"]
    y, ensemble = entry["inputs"]["y"], entry["inputs"]["ens"]
    # R scoringRules crps_sample; python scoringrules crps_ensemble.
    assert crps_sample(y, ensemble) == pytest.approx(entry["expected"]["edf"], abs=entry["tolerance"]["abs"])
    assert crps_sample(y, ensemble, fair=True) == pytest.approx(
        entry["expected"]["fair"], abs=entry["tolerance"]["abs"]
    )


def test_published_interval_scores() -> None:
    entry = PUBLISHED["sc-wis"]
    y, expected, abs_ = entry["inputs"]["y"], entry["expected"], entry["tolerance"]["abs"]
    # R; python scoringrules.weighted_interval_score agrees.
    assert interval_score(y, 24, 37, 0.5) == pytest.approx(expected["IS50"], abs=abs_)
    assert interval_score(y, 15, 55, 0.9) == pytest.approx(expected["IS90"], abs=1e-11)
    assert wis(y, 30, {0.5: (24, 37), 0.9: (15, 55)}) == pytest.approx(expected["WIS"], abs=abs_)


@pytest.mark.parametrize(
    ("y", "size", "prob", "expected"),
    # Unit tests of R scoringRules, tests/testthat/test-crps_nbinom.R. In the last one, terms of 4e9 cancel: the last bit of
    # the probability moves it by 4e-10.
    [
        (5, 100, 0.95, 0.53215257681),
        (44, 200.1, 0.82, 1.70859687251),
        (41, 200.1, 0.83, 1.63833674721),
        (222, 2000.1, 0.9, 3.66926727576),
        (2222, 20000.1, 0.9, 11.6114812752),
        (1999797667, 200000.1, 0.0001, 1045062.81311),
    ],
)
def test_published_negative_binomial_scores(y: int, size: float, prob: float, expected: float) -> None:
    assert crps_negative_binomial(y, size * (1 - prob) / prob, 1 / size) == pytest.approx(expected, rel=1e-9)


@given(means, share)
def test_poisson_crps_is_its_sum(mean: float, at: float) -> None:
    y = int(stats.poisson(mean).ppf(0.0001 + 0.9998 * at))
    assert crps_poisson(y, mean) == pytest.approx(brute_poisson(y, mean), rel=1e-9, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(means, alphas, share)
def test_negative_binomial_crps_is_its_sum(mean: float, alpha: float, at: float) -> None:
    law = stats.nbinom(1 / alpha, 1 / (1 + alpha * mean))
    assume(law.isf(1e-16) < 3e5)
    y = int(law.ppf(0.0001 + 0.9998 * at))
    assert crps_negative_binomial(y, mean, alpha) == pytest.approx(
        brute_negative_binomial(y, mean, alpha), rel=1e-8, abs=1e-10
    )
    # scipy's own log-probability loses digits where alpha is small.
    assert log_score(y, mean, alpha) == pytest.approx(-law.logpmf(y), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("size", [999.0, 1000.0, 1001.0])
def test_the_two_ways_to_the_hypergeometric_function_meet(size: float) -> None:
    for mean in (0.1, 30.0, 5000.0):
        y = int(mean)
        assert crps_negative_binomial(y, mean, 1 / size) == pytest.approx(
            brute_negative_binomial(y, mean, 1 / size), rel=1e-9
        )


@given(st.integers(0, 500), st.floats(0, 500))
def test_negative_binomial_meets_poisson(y: int, mean: float) -> None:
    assert crps_negative_binomial(y, mean, 0) == crps_poisson(y, mean)
    assert crps_negative_binomial(y, mean, 1e-12) == pytest.approx(crps_poisson(y, mean), rel=1e-6, abs=1e-9)
    if mean:
        assert log_score(y, mean, 0) == log_score(y, mean)
        assert log_score(y, mean, 1e-12) == pytest.approx(log_score(y, mean), rel=1e-6, abs=1e-6)


@given(st.integers(0, 60), st.floats(0.01, 40), st.floats(0, 2))
def test_probabilities_of_counts_score_alike(y: int, mean: float, alpha: float) -> None:
    k = np.arange(2000)
    mass = np.exp(-log_score(k, mean, alpha))
    assume(mass.sum() > 1 - 1e-9)
    assert crps_pmf(y, mass) == pytest.approx(crps_negative_binomial(y, mean, alpha), rel=1e-6, abs=1e-6)


def test_probabilities_beyond_the_largest_count() -> None:
    assert crps_pmf([0, 1, 5], [1.0]).tolist() == [0.0, 1.0, 5.0]
    assert crps_pmf(3, np.array([0.5, 0.5])) == pytest.approx(0.25 + 1 + 1)


@given(st.integers(0, 100), st.lists(st.integers(0, 100), min_size=1, max_size=30))
def test_sample_crps_is_its_double_sum(y: int, draws: list[int]) -> None:
    x, m = np.array(draws, dtype=float), len(draws)
    within = np.abs(x[:, None] - x).sum()
    assert crps_sample(y, x) == pytest.approx(np.abs(x - y).mean() - within / (2 * m * m), abs=1e-9)
    # The same as of the distribution that gives every draw the same probability.
    assert crps_sample(y, x) == pytest.approx(crps_pmf(y, np.bincount(draws) / m), abs=1e-9)
    assert crps_sample(y, np.array(sorted(draws, reverse=True))) == pytest.approx(crps_sample(y, x), abs=1e-9)
    if m > 1:
        fair = np.abs(x - y).mean() - within / (2 * m * (m - 1))
        assert crps_sample(y, x, fair=True) == pytest.approx(fair, abs=1e-9)


def test_fair_score_is_without_bias() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    draws = rng.poisson(7, size=(20_000, 4))
    fair = crps_sample(np.full(20_000, 12), draws, fair=True)
    error = fair.std() / math.sqrt(len(fair))
    assert abs(fair.mean() - crps_poisson(12, 7)) < 4 * error
    plain = crps_sample(np.full(20_000, 12), draws)
    assert plain.mean() - crps_poisson(12, 7) > 20 * error


@given(st.floats(0.05, 30), st.floats(0.05, 30))
def test_no_other_poisson_forecast_is_better_than_the_truth(true: float, other: float) -> None:
    assume(abs(true - other) > 0.01 * true)
    k = np.arange(int(stats.poisson(true).isf(1e-14)) + 2)
    weights = stats.poisson(true).pmf(k)
    for score in (crps_poisson, log_score):
        assert weights @ score(k, other) > weights @ score(k, true)


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6), st.lists(st.floats(0.01, 1), min_size=2, max_size=6))
def test_crps_is_proper_on_small_distributions(first: list[float], second: list[float]) -> None:
    size = min(len(first), len(second))
    true, other = (np.array(values[:size]) / sum(values[:size]) for values in (first, second))
    k = np.arange(size)
    excess = true @ crps_pmf(k, other) - true @ crps_pmf(k, true)
    # The excess is the squared distance of the two distribution functions.
    assert excess == pytest.approx(((np.cumsum(true) - np.cumsum(other)) ** 2).sum(), abs=1e-9)


@given(st.integers(3, 40), st.sampled_from([0.5, 0.8, 0.95]))
def test_interval_score_is_least_at_the_quantiles(mean: int, level: float) -> None:
    law = stats.poisson(mean)
    k = np.arange(int(law.isf(1e-14)) + 2)
    tail = (1 - level) / 2
    low, high = law.ppf(tail), law.ppf(1 - tail)
    best = law.pmf(k) @ interval_score(k, low, high, level)
    for a in range(int(low) - 2, int(low) + 3):
        for b in range(max(a, int(high) - 2), int(high) + 3):
            assert law.pmf(k) @ interval_score(k, a, b, level) >= best - 1e-9


@settings(max_examples=40, deadline=None)
@given(st.floats(1, 400), st.integers(0, 400))
def test_wis_approaches_crps(mean: float, y: int) -> None:
    law = stats.poisson(mean)
    k = 150
    intervals = {
        1 - 2 * at / (2 * k + 2): (law.ppf(at / (2 * k + 2)), law.ppf(1 - at / (2 * k + 2))) for at in range(1, k + 1)
    }
    exact = crps_poisson(y, mean)
    assert wis(y, float(law.median()), intervals) == pytest.approx(exact, rel=0.03, abs=0.05)


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 50))
def test_wis_of_certainty_is_the_absolute_error(y: int, median: int, levels: int) -> None:
    intervals = {(at + 1) / (levels + 2): (median, median) for at in range(levels + 1)}
    assert wis(y, median, intervals) == pytest.approx(abs(y - median))
    assert crps_sample(y, [median] * 3) == abs(y - median)


def test_coverage() -> None:
    assert coverage(pl.Series([1, 5, 9]), [1, 6, 8], [2, 7, 9]) == pytest.approx(2 / 3)
    assert coverage(3, 3, 3) == 1.0


def test_shapes() -> None:
    assert crps_poisson(np.zeros((2, 3)), [1.0, 2.0, 3.0]).shape == (2, 3)
    assert isinstance(crps_poisson(1, 2), float)
    assert isinstance(crps_negative_binomial(1, 2, 0.1), float)
    assert isinstance(log_score(1, 2), float)
    assert crps_negative_binomial([1, 2], 2, [0.0, 0.5])[0] == crps_poisson(1, 2)
    assert crps_poisson(0, 0) == 0.0
    assert crps_poisson(4, 0) == 4.0
    assert crps_sample(np.array([5.0]), np.array([[0.0, 2, 3, 7, 20]])).tolist() == pytest.approx([1.8])


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: crps_poisson(-1, 2), "y= finite numbers of 0 or more, got -1"),
        (lambda: crps_poisson([0, 1.5], 2), "whole counts.*1.5"),
        (lambda: crps_poisson([0, None], 2), "position 1"),
        (lambda: crps_poisson([], 2), "at least one number"),
        (lambda: crps_poisson("many", 2), "a number"),  # type: ignore[call-overload]
        (lambda: crps_poisson([1, 2], [1, 2, 3]), r"one shape, got y \(2,\), mean \(3,\)"),
        (lambda: crps_poisson(1, math.nan), "mean= finite"),
        (lambda: log_score(1, 0), "mean="),
        (lambda: log_score(1, 1, -0.1), "alpha="),
        (lambda: crps_negative_binomial(1, 1, -1), "alpha="),
        (lambda: crps_pmf(1, [0.5, 0.4]), "sum to 1"),
        (lambda: crps_pmf(1, [[0.5, 0.5]]), "2 dimension"),
        (lambda: crps_sample(1, [1, math.inf]), "ensemble= finite numbers, got inf at position 1"),
        (lambda: crps_sample([1, 2], [1, 2]), "of shape"),
        (lambda: crps_sample(1, [1], fair=True), "two draws"),
        (lambda: crps_sample(1, [1, 2], fair="yes"), "fair="),  # type: ignore[call-overload]
        (lambda: interval_score(1, 3, 2, 0.5), "low= not above high=, got 3 above 2"),
        (lambda: interval_score(1, 2, 3, 95), "level=0.95"),
        (lambda: wis(1, 2, {}), "intervals="),
        (lambda: wis(1, 2, {50: (1, 2)}), "level="),
        (lambda: coverage([1, math.nan], 2, 3), "position 1"),
    ],
)
def test_bad_input(call: Any, text: str) -> None:
    with pytest.raises(OptionError, match=text):
        call()
