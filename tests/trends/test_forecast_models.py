from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.discrete.discrete_model import NegativeBinomial
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.stattools import diebold_mariano_test

from casualtystats.errors import UndefinedEstimateError
from casualtystats.trends.forecast import loglinear as loglinear_module
from casualtystats.trends.forecast.comparison import paired_difference
from casualtystats.trends.forecast.loglinear import fit_loglinear, loglinear
from casualtystats.trends.forecast.members import log_probabilities, pooled, predict
from casualtystats.trends.forecast.models import History, Model, Predictive, generator, quantiles
from casualtystats.trends.forecast.rootscale import damped, naive, smooth

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
FLAT = [12, 9, 14, 11, 15, 10, 13, 12, 16, 11, 9, 14, 40, 2, 12]
SINGLE: tuple[Model, ...] = ("naive", "poisson", "nb", "damped")


def history(counts: list[int], horizon: int = 3, days: int | list[int] = 7, ahead: int | list[int] = 7) -> History:
    known = np.array(days) if isinstance(days, list) else np.full(len(counts), days)
    coming = np.array(ahead) if isinstance(ahead, list) else np.full(horizon, ahead)
    return History(np.array(counts), known, coming)


def one(model: Model, given_: History, draws: int = 2000, seed: int = 0) -> Predictive:
    return predict((model,), (), given_, draws, seed)[model]


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30), st.integers(200, 203))
def test_the_median_of_the_naive_forecast_is_the_last_count(counts: list[int], draws: int) -> None:
    found = naive(history(counts), draws, generator(0, 1, "naive"))
    assert found.draws.shape == (draws, 3)
    assert (found.draws >= 0).all()
    assert quantiles(found.draws, [0.5]).ravel().tolist() == [counts[-1]] * 3


def test_the_naive_forecast_of_unequal_months_keeps_the_daily_rate() -> None:
    found = naive(history([40, 52, 62], days=[31, 28, 31], ahead=[30, 31]), 2000, generator(0, 3, "naive"))
    assert quantiles(found.draws, [0.5]).ravel().tolist() == [60, 62]


def test_naive_steps_are_as_large_as_those_seen() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    roots = 60 + np.cumsum(rng.normal(0, 2, 400))
    found = naive(history(np.rint(roots**2).astype(int).tolist(), horizon=9), 40_000, generator(0, 1, "naive"))
    spread = np.sqrt(found.draws).std(axis=0)
    assert spread[0] == pytest.approx(2, rel=0.08)
    assert spread[8] == pytest.approx(3 * spread[0], rel=0.03)


def test_equal_counts_are_not_certainty() -> None:
    for model in ("naive", "damped"):
        low, high = quantiles(one(model, history([7] * 10)).draws, [0.025, 0.975])
        assert (low < 7).all()
        assert (high > 7).all()


@pytest.mark.parametrize("model", SINGLE)
@pytest.mark.parametrize("counts", [FLAT, [0, 0, 1, 0, 2, 0, 0, 1, 1, 0], [3, 2, 6, 9, 11, 22, 30, 52, 60, 100]])
def test_probabilities_are_those_of_the_draws(model: Model, counts: list[int]) -> None:
    found = one(model, history(counts, horizon=2), draws=4000)
    for count in np.unique(found.draws[:, 0])[:8]:
        expected = np.exp(found.log_probability(np.array([float(count)] * 2)))
        shares = (found.draws == count).mean(axis=0)
        assert (abs(shares - expected) < 5 * np.sqrt(expected / 4000) + 5e-4).all()


@pytest.mark.parametrize("model", SINGLE)
def test_probabilities_sum_to_one(model: Model) -> None:
    found = one(model, history([0, 0, 1, 0, 2, 0, 0, 1, 1, 0, 1, 0], horizon=1), draws=400)
    total = sum(float(np.exp(found.log_probability(np.array([float(k)])))[0]) for k in range(250))
    assert total == pytest.approx(1, abs=2e-3)
    assert total <= 1 + 1e-9


def test_far_counts_have_a_probability() -> None:
    for model in SINGLE:
        found = one(model, history(FLAT)).log_probability(np.array([10.0**6, 10.0**9, 0.0]))
        assert np.isfinite(found).all()
        assert (found < 0).all()


@given(
    st.lists(st.floats(0, 30), min_size=8, max_size=25),
    st.floats(0.05, 0.99), st.floats(0, 0.5), st.floats(0.8, 0.98), st.floats(0, 20), st.floats(-2, 2),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_damped_trend_is_that_of_statsmodels(
    values: list[float], alpha: float, share: float, phi: float, level: float, trend: float
) -> None:
    series = np.array(values)
    found = smooth(series, np.array([alpha]), np.array([alpha * share]), np.array([phi]))
    at = np.array([1.0, level, trend])
    model = ETSModel(
        series, error="add", trend="add", damped_trend=True,
        initialization_method="known", initial_level=level, initial_trend=trend,
    )  # fmt: skip
    fitted, states = model.smooth(np.array([alpha, alpha * share, phi, level, trend]), return_raw=True)
    assert found.level[0] @ at == pytest.approx(float(states[-1, 0]), rel=1e-8, abs=1e-8)
    assert found.trend[0] @ at == pytest.approx(float(states[-1, 1]), rel=1e-8, abs=1e-8)
    # The starting values found by least squares leave no larger sum of squared errors than any other.
    assert found.squares[0] <= float(((series - fitted) ** 2).sum()) + 1e-8


def test_damped_trend_averages_over_smoothing_values() -> None:
    # A straight line on the root scale: the forecast goes on upward, and ever less so.
    found = damped(history([n * n for n in range(5, 25)], horizon=10), 4000, generator(0, 20, "damped"))
    medians = np.sqrt(quantiles(found.draws, [0.5])[0])
    steps = np.diff(np.append(24, medians))
    assert (steps > 0).all()
    assert steps[0] > 0.7
    assert steps[-1] < 0.9 * steps[0]
    assert (np.diff(steps)[::3] < 0.02).all()


def test_loglinear_trends_are_the_published_fits() -> None:
    # R glm and MASS::glm.nb, with days from 0 on; ours count in lengths of the history, from its start.
    for name, dispersed in (("tr-pois", False), ("tr-nb", True)):
        entry = PUBLISHED[name]
        counts, (a, b) = entry["inputs"]["y"], entry["expected"]["coef"]
        fit = fit_loglinear(history(counts, days=1, ahead=1), dispersed=dispersed)
        growth = fit.params[1] / len(counts)
        assert growth == pytest.approx(b, rel=1e-5)
        assert fit.params[0] + growth / 2 == pytest.approx(a, rel=1e-5)
        if dispersed:
            assert fit.params[2] == pytest.approx(entry["expected"]["alpha"], rel=1e-5)
            errors = np.sqrt(np.diag(fit.covariance))
            assert errors[1] / len(counts) == pytest.approx(entry["expected"]["se_joint_statsmodels"][1], rel=1e-4)


def test_intervals_hold_the_uncertainty_of_the_coefficients() -> None:
    counts = [4, 9, 3, 12, 8, 20, 9, 30, 15, 33]
    found = one("nb", history(counts, horizon=6), draws=20_000)
    x = np.column_stack((np.ones(16), np.arange(16) + 0.0))
    fit = NegativeBinomial(np.array(counts), x[:10]).fit(disp=0)
    low, high = fit.get_distribution(x[10:]).ppf(0.025), fit.get_distribution(x[10:]).ppf(0.975)
    ours = quantiles(found.draws, [0.025, 0.975])
    assert (ours[1] - ours[0] > high - low).all()
    # The further ahead, the more the coefficients matter.
    wider = (ours[1] - ours[0]) / (high - low)
    assert wider[-1] > wider[0]
    assert wider[-1] > 1.2


def test_months_of_unequal_length_are_no_growth() -> None:
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 2
    found = one("poisson", history([20 * n for n in days], days=days, ahead=[31, 28, 31]), draws=4000)
    assert found.draws.mean(axis=0) == pytest.approx([620, 560, 620], rel=0.02)
    assert any("1.00 times" in note for note in found.notes)


def test_notes_of_the_loglinear_trends() -> None:
    even = [10, 11, 10, 9, 10, 11, 9, 10, 10, 11]
    narrow = one("nb", history(even))
    assert any("alpha is 0" in note for note in narrow.notes)
    wide = one("poisson", history([4, 40, 3, 50, 8, 20, 60, 3, 15, 33]))
    assert any("too narrow" in note for note in wide.notes)
    assert not any("too narrow" in note for note in one("poisson", history(even)).notes)


def test_a_trend_that_explodes_is_refused() -> None:
    counts = [4**n for n in range(10)]
    with pytest.raises(UndefinedEstimateError, match="Shorten the horizon"):
        loglinear(history(counts, horizon=20), 500, generator(0, 10, "nb"), dispersed=True)


@pytest.mark.parametrize("counts", [[0] * 9 + [5], [5] + [0] * 9])
@pytest.mark.parametrize("dispersed", [True, False])
def test_a_trend_without_a_finite_value_is_refused(counts: list[int], dispersed: bool) -> None:
    with pytest.raises(UndefinedEstimateError, match="first or last cell"):
        loglinear(history(counts), 500, generator(0, 10, "nb"), dispersed=dispersed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=8, max_size=20))
def test_any_counts_are_fitted_or_refused_in_words(counts: list[int]) -> None:
    for dispersed in (True, False):
        try:
            found = loglinear(history(counts), 200, generator(0, 10, "nb"), dispersed=dispersed)
        except UndefinedEstimateError:
            assert sum(counts[1:]) == 0 or sum(counts[:-1]) == 0
            continue
        assert (found.draws >= 0).all()
        assert np.isfinite(found.log_probability(np.array([0.0, 5.0, 5000.0]))).all()


class Flat:
    """A likelihood without curvature."""

    def hessian(self, params: Any) -> Any:
        return np.zeros((len(params), len(params)))

    def score(self, params: Any) -> Any:
        return np.zeros(len(params))


def test_what_is_no_maximum_is_not_taken_for_one() -> None:
    params, covariance = np.array([1.0, 2.0, 0.5]), np.eye(3)
    assert loglinear_module._settled(params, covariance, np.zeros(3))
    assert not loglinear_module._settled(params, covariance, np.full(3, 0.1))
    assert not loglinear_module._settled(params, -covariance, np.zeros(3))
    assert not loglinear_module._settled(np.array([1.0, 2.0, -0.1]), covariance, np.zeros(3))
    assert not loglinear_module._settled(np.array([1.0, np.nan, 0.1]), covariance, np.zeros(3))
    inverse, _ = loglinear_module._curvature(Flat(), params)
    assert not loglinear_module._settled(params, inverse, np.zeros(3))


@pytest.mark.parametrize("dispersed", [True, False])
def test_a_fit_that_does_not_settle_is_refused(dispersed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loglinear_module, "_settled", lambda *_: False)
    if dispersed:
        monkeypatch.setattr(loglinear_module, "_poisson", lambda y, *_: (np.array([2.0, 0.0]), np.eye(2)))
    with pytest.raises(UndefinedEstimateError, match="does not settle; leave this model out"):
        loglinear(history(FLAT), 500, generator(0, 10, "nb"), dispersed=dispersed)


def test_ensemble_is_an_even_mixture() -> None:
    models: tuple[Model, ...] = ("naive", "nb", "damped", "ensemble")
    found = predict(models, models[:3], history(FLAT), 1000, 0)
    assert list(found) == list(models)
    parts = [found[model].draws for model in models[:3]]
    assert found["ensemble"].draws.tolist() == np.concatenate((parts[0][:334], parts[1][:333], parts[2][:333])).tolist()
    y = np.array([3.0, 12.0, 40.0])
    mean = np.mean([np.exp(found[model].log_probability(y)) for model in models[:3]], axis=0)
    assert np.exp(found["ensemble"].log_probability(y)) == pytest.approx(mean)
    assert np.exp(log_probabilities(found, models[:3], y)["ensemble"]) == pytest.approx(mean)
    # A model's draws do not depend on which others are asked for.
    assert (one("nb", history(FLAT), 1000).draws == parts[1]).all()


def test_a_pool_of_one_is_itself() -> None:
    found = one("naive", history(FLAT))
    assert (pooled([found], 2000).draws == found.draws).all()


def coverage_of(model: Model, sets: int, seed: int) -> tuple[int, int]:
    rng = np.random.Generator(np.random.PCG64(seed))
    inside = 0
    for number in range(sets):
        mean = 30 * np.exp(0.02 * np.arange(24))
        counts = rng.poisson(mean * rng.gamma(4, 1 / 4, 24))
        draws = one(model, history(counts[:20].tolist(), horizon=1), draws=600, seed=number).draws
        low, high = quantiles(draws, [0.05, 0.95])
        inside += int(low[0] <= counts[20] <= high[0])
    return inside, sets


@pytest.mark.parametrize("model", ["naive", "nb", "damped"])
def test_intervals_cover_at_their_level(model: Model) -> None:
    inside, sets = coverage_of(model, 150, 11)
    # Simulated NB2 counts about a growth of 2 %: 90 % intervals, with four binomial standard errors of tolerance.
    assert abs(inside / sets - 0.9) < 4 * np.sqrt(0.09 / sets)


def test_poisson_intervals_do_not() -> None:
    inside, sets = coverage_of("poisson", 80, 11)
    assert inside / sets < 0.75


@pytest.mark.parametrize("span", [1, 3, 4])
def test_paired_difference_is_diebold_and_marianos(span: int) -> None:
    rng = np.random.Generator(np.random.PCG64(span))
    first, second = rng.gamma(2, 3, 25), rng.gamma(2, 2.5, 25)
    mean, low, high = paired_difference(first, second, span)
    assert low is not None
    assert high is not None
    other = diebold_mariano_test(
        np.zeros(25),
        first,
        second,
        lags=span - 1,
        criterion=lambda _, forecast: forecast,
        harvey_adj=True,
        horizon=span,
    )
    assert mean == pytest.approx((first - second).mean())
    # 2.0639 is the 97.5 % quantile of Student's t with 24 degrees of freedom.
    assert mean / ((high - low) / 2) * 2.0638985616280205 == pytest.approx(other.statistic, rel=1e-9)


def test_paired_difference_of_too_few_origins_has_no_interval() -> None:
    assert paired_difference(np.array([3.0]), np.array([1.0]), 1) == (2.0, None, None)
    assert paired_difference(np.array([3.0, 2.0, 4.0]), np.array([1.0, 1.0, 1.0]), 3)[1:] == (None, None)
