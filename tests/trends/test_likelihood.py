"""Log-probabilities of bounds and their derivatives, against scipy's distributions and numerical differences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import OptionError, UndefinedEstimateError
from casualtystats.trends.likelihood.counts import Kernel, Terms, count_terms, log_between
from casualtystats.trends.likelihood.maximum import maximise
from casualtystats.trends.likelihood.objective import Likelihood
from casualtystats.trends.likelihood.sizes import rising_sums
from casualtystats.trends.likelihood.totals import Totals

BOUNDS = [
    (0, 0), (5, 5), (120, 120), (3, np.inf), (40, np.inf), (900, np.inf), (3000, np.inf), (50000, np.inf), (0, 4),
    (0, 5000), (10, 20), (100, 9000),
]  # fmt: skip
POINTS = [(1.0, -1.0), (4.0, -8.0), (7.0, -0.2), (0.5, 1.0)]


def distribution(kernel: Kernel, log_mean: float, log_alpha: float) -> Any:
    from scipy import stats

    mean, alpha = math.exp(log_mean), math.exp(log_alpha)
    if kernel == "poisson":
        return stats.poisson(mean)
    if kernel == "nb2":
        return stats.nbinom(1 / alpha, 1 / (1 + alpha * mean))
    return stats.nbinom(mean / alpha, 1 / (1 + alpha))


def terms(kernel: Kernel, low: float, high: float, log_mean: float, log_alpha: float) -> Terms:
    log_alpha_or_none = None if kernel == "poisson" else log_alpha
    return count_terms(kernel, np.array([low]), np.array([high]), np.array([log_mean]), log_alpha_or_none)


@pytest.mark.parametrize("kernel", ["poisson", "nb1", "nb2"])
@pytest.mark.parametrize(("low", "high"), BOUNDS)
@pytest.mark.parametrize(("log_mean", "log_alpha"), POINTS)
def test_values_and_derivatives(kernel: Kernel, low: float, high: float, log_mean: float, log_alpha: float) -> None:
    found = terms(kernel, float(low), float(high), log_mean, log_alpha)
    law = distribution(kernel, log_mean, log_alpha)
    share = law.pmf(low) if low == high else law.sf(low - 1) - (law.sf(high) if np.isfinite(high) else 0.0)
    if share > 1e-8:
        assert found.value[0] == pytest.approx(math.log(share), rel=1e-7, abs=1e-7)
    h = 1e-5

    def slope(name: str, by_size: bool) -> float:
        ends = [
            terms(
                kernel,
                float(low),
                float(high),
                log_mean + (0 if by_size else s * h),
                log_alpha + (s * h if by_size else 0),
            )
            for s in (-1, 1)
        ]
        return float(getattr(ends[1], name)[0] - getattr(ends[0], name)[0]) / (2 * h)

    checks = [("mean", "value", False), ("mean2", "mean", False)]
    if kernel != "poisson":
        checks += [("size", "value", True), ("size2", "size", True), ("cross", "mean", True)]
    scale = max(1.0, abs(float(found.value[0])))
    for name, of, by_size in checks:
        expected = slope(of, by_size)
        assert getattr(found, name)[0] == pytest.approx(expected, rel=1e-5, abs=1e-6 * scale)


@pytest.mark.parametrize("kernel", ["poisson", "nb1", "nb2"])
def test_far_tails_have_numbers(kernel: Kernel) -> None:
    """A floor of thousands with a mean of 3, and a ceiling of 3 with a mean of thousands: by sums of logs."""
    from scipy.special import logsumexp

    law, log_alpha = distribution(kernel, math.log(3.0), -6.0), None if kernel == "poisson" else -6.0
    y = np.arange(4000, 6000)
    expected = float(logsumexp(law.logpmf(y)))
    found = log_between(kernel, np.array([4000.0]), np.array([np.inf]), np.log([3.0]), log_alpha)
    assert found[0] == pytest.approx(expected, rel=1e-9)
    law = distribution(kernel, math.log(5000.0), -6.0)
    expected = float(logsumexp(law.logpmf(np.arange(4))))
    found = log_between(kernel, np.array([0.0]), np.array([3.0]), np.log([5000.0]), log_alpha)
    assert found[0] == pytest.approx(expected, rel=1e-9)
    wide = log_between(kernel, np.array([0.0]), np.array([2500.0]), np.log([50000.0]), log_alpha)
    law = distribution(kernel, math.log(50000.0), -6.0)
    assert wide[0] == pytest.approx(float(logsumexp(law.logpmf(np.arange(2501)))), rel=1e-8)


@given(st.floats(1e-3, 1e9), st.integers(0, 300))
def test_rising_sums_equal_sums(r: float, y: int) -> None:
    log_sum, first, second = (float(value[0]) for value in rising_sums(np.array([r]), np.array([float(y)])))
    k = np.arange(y)
    assert log_sum == pytest.approx(float(np.log1p(k / r).sum()), rel=1e-8, abs=1e-10)
    assert first == pytest.approx(float((1 / (1 + k / r)).sum()), rel=1e-9, abs=1e-9)
    assert second == pytest.approx(-float((1 / (1 + k / r) ** 2).sum()), rel=1e-8, abs=1e-8)


@st.composite
def bounded(draw: st.DrawFn) -> tuple[float, float, float]:
    """A count, and bounds that hold it."""
    count = draw(st.integers(0, 400))
    low = draw(st.integers(0, count))
    high = draw(st.one_of(st.just(math.inf), st.integers(count, 900)))
    if low == 0 and high == math.inf:
        low, high = count, float(count)
    return float(count), float(low), float(high)


@given(bounded(), st.sampled_from(["poisson", "nb1", "nb2"]), st.floats(-3, 7), st.floats(-6, 2))
def test_bounds_are_never_less_likely_than_a_count_inside(
    bounds: tuple[float, float, float], kernel: Kernel, log_mean: float, log_alpha: float
) -> None:
    count, low, high = bounds
    exact = terms(kernel, count, count, log_mean, log_alpha).value[0]
    wide = terms(kernel, low, high, log_mean, log_alpha).value[0]
    assert wide >= exact - 1e-9 * max(1.0, abs(exact))


def growth(days: int) -> tuple[Any, Any]:
    t = np.arange(float(days))
    return np.column_stack([np.ones(days), t]), np.zeros(days)


@pytest.mark.parametrize("kernel", ["poisson", "nb1", "nb2"])
def test_regular_days_are_the_special_case(kernel: Kernel) -> None:
    """Against statsmodels, which fits them another way: estimates, log-likelihood, standard errors."""
    import statsmodels.api as sm

    rng = np.random.default_rng(20190429)
    for _ in range(5):
        days = 40
        design, offset = growth(days)
        mean = np.exp(1.5 + 0.03 * np.arange(days))
        y = rng.poisson(mean * rng.gamma(2.0, 0.5, days)).astype(np.float64)
        at = np.arange(days)
        found = maximise(Totals.of(at, at, y, y), design, offset, kernel, ("a", "b"))
        if kernel == "poisson":
            expected: Any = sm.GLM(y, design, family=sm.families.Poisson()).fit(tol=1e-12)
            params, bse = expected.params, expected.bse
        else:
            model = sm.NegativeBinomial(y, design, loglike_method=kernel)
            expected = model.fit(start_params=[*found.beta, found.alpha], method="newton", tol=1e-12, disp=0)
            params, bse = expected.params[:2], expected.bse[:2]
            assert found.alpha == pytest.approx(expected.params[2], rel=1e-6)
        assert found.beta == pytest.approx(params, rel=1e-6, abs=1e-6)
        assert found.loglik == pytest.approx(expected.llf, rel=1e-9)
        assert np.sqrt(np.diag(found.covariance))[:2] == pytest.approx(bse, rel=1e-6)


def test_hessian_and_scores_of_scenarios() -> None:
    """Three possible dates of one report, and two of a pair that shares an end: against numerical differences."""
    totals = Totals(
        first=np.array([0, 0, 0, 6, 9, 9, 10]), last=np.array([3, 4, 5, 8, 12, 9, 12]),
        low=np.array([9.0, 9, 9, 4, 20, 6, 20]), high=np.array([9.0, 9, 9, 4, np.inf, 6, np.inf]),
        row=np.array([0, 0, 0, 1, 3, 2, 3]),
        piece=np.array([0, 1, 2, 3, 4, 5, 6]), scenario=np.array([0, 1, 2, 3, 3, 4, 4]), component=np.array([0, 0, 0, 1, 1]),
    )  # fmt: skip
    design, offset = growth(13)
    likelihood = Likelihood.of(totals, design, offset, "nb2")
    point, h = np.array([0.4, 0.03, -1.0]), 1e-5
    value = likelihood.at(point)
    assert value.loglik == pytest.approx(likelihood.loglik(point), rel=1e-13)
    for k in range(3):
        step = np.zeros(3)
        step[k] = h
        slope = (likelihood.loglik(point + step) - likelihood.loglik(point - step)) / (2 * h)
        assert value.gradient[k] == pytest.approx(slope, rel=1e-6, abs=1e-7)
        bend = (likelihood.at(point + step).gradient - likelihood.at(point - step).gradient) / (2 * h)
        assert value.hessian[k] == pytest.approx(bend, rel=1e-5, abs=1e-6)


def test_terms_that_totals_can_not_tell_apart() -> None:
    first = np.arange(0, 42, 7)
    y = np.array([3.0, 5, 4, 8, 9, 7])
    day = np.arange(42)
    weekend = (day % 7 >= 5).astype(np.float64)
    design = np.column_stack([np.ones(42), day, weekend])
    with pytest.raises(OptionError, match="tell apart"):
        maximise(Totals.of(first, first + 6, y, y), design, np.zeros(42), "poisson", ("Intercept", "day", "weekend"))


def test_a_likelihood_that_rises_without_end_is_refused() -> None:
    """An exact count, then a floor with nothing after it: any steeper growth fits better."""
    at = np.arange(4)
    low = np.array([5.0, 0, 0, 7])
    high = np.array([5.0, 0, 0, np.inf])
    design = np.column_stack([np.ones(4), at == 3])
    with pytest.raises(UndefinedEstimateError, match="settle"):
        maximise(Totals.of(at, at, low, high), design.astype(float), np.zeros(4), "poisson", ("Intercept", "last"))
