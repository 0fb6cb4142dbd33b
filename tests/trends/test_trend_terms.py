"""Covariates, exposure, robust covariances, predictions and residuals of trends, and what statsmodels shows of them."""

from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from trends_reports import make_reports

import casualtystats as cs
from casualtystats.errors import KindError, OptionError

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
DAY_ZERO = date(2020, 1, 1)
SOBER = [3, 1, 4, 2, 6, 5, 4, 8, 7, 5, 9, 12, 8, 10, 15, 11, 14, 20, 16, 19, 25, 18, 24, 30, 27, 22, 31, 29]


def series_of(counts: list[int], qualifier: str = "exactly") -> Any:
    days = [(DAY_ZERO + timedelta(days=at)).isoformat() for at in range(len(counts))]
    return cs.deaths(
        make_reports(
            [{"value": n, "start": d, "end": d, "qualifier": qualifier} for n, d in zip(counts, days, strict=True)]
        )
    )


def glm(counts: list[int], design: Any, **options: Any) -> Any:
    import statsmodels.api as sm

    return sm.GLM(counts, design, family=sm.families.Poisson(), **options).fit(tol=1e-12)


def test_terms_of_the_calendar_equal_those_of_a_glm() -> None:
    fit = cs.fit_trend(series_of(SOBER), family="poisson", formula="day + weekday + step('2020-01-10')")
    t = np.arange(28)
    number = [(DAY_ZERO + timedelta(days=int(at))).weekday() for at in t]
    columns = [np.ones(28), t, *([float(n == k) for n in number] for k in range(1, 7)), (t >= 9).astype(float)]
    expected = glm(SOBER, np.column_stack(columns))
    by_name = dict(zip(fit.names, fit.params, strict=True))
    names = ["Intercept", "day", *(f"weekday[T.{name}]" for name in
             ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")), "step('2020-01-10')"]  # fmt: skip
    assert [by_name[name] for name in names] == pytest.approx(expected.params, rel=1e-6, abs=1e-6)
    # A step and days of the week leave one growth; a slope does not.
    assert fit.has_growth
    assert fit.growth_per_day.value == pytest.approx(math.expm1(expected.params[1]))


def test_slopes_splines_and_ratios() -> None:
    bent = cs.fit_trend(series_of(SOBER), family="poisson", formula="day + slope('2020-01-10')")
    t = np.arange(28.0)
    expected = glm(SOBER, np.column_stack([np.ones(28), t, np.maximum(0, t - 9)]))
    assert bent.params == pytest.approx(expected.params, rel=1e-6, abs=1e-7)
    assert not bent.has_growth
    with pytest.raises(KindError, match="rate_ratio"):
        _ = bent.growth_per_day
    assert bent.to_frame()["growth_per_day"].to_list() == [None]
    assert "slope" in str(bent)
    ratio = bent.rate_ratio("2020-01-20", over="2020-01-10")
    assert ratio.ratio == pytest.approx(math.exp(10 * (expected.params[1] + expected.params[2])))
    contrast = np.array([0, 10, 10])
    se = math.sqrt(contrast @ expected.cov_params() @ contrast)
    assert math.log(ratio.high) - math.log(ratio.ratio) == pytest.approx(bent.quantile * se, rel=1e-6)
    assert "2020-01-20 over 2020-01-10" in str(ratio)
    with pytest.raises(OptionError, match="one day"):
        bent.rate_ratio("2020-02-01", over="2020-01")
    smooth = cs.fit_trend(series_of(SOBER), formula="cr(day, df=4) - 1")
    assert smooth.predict([DAY_ZERO, date(2020, 1, 28)])["mean"].is_finite().all()
    assert "cr(day" in smooth.names[-1]
    assert "cr(day" in smooth._repr_html_()
    weekly = cs.fit_trend(series_of(SOBER), formula="week", family="poisson")
    daily = cs.fit_trend(series_of(SOBER), family="poisson")
    assert weekly.growth_per_week == daily.growth_per_week or weekly.growth_per_week.value == pytest.approx(
        daily.growth_per_week.value
    )
    assert weekly.se_b == pytest.approx(daily.se_b)


def test_columns_and_offsets_of_the_caller() -> None:
    days = pl.date_range(DAY_ZERO, DAY_ZERO + timedelta(days=40), eager=True)
    rain = np.cos(np.arange(41.0))
    data = pl.DataFrame({"date": days, "rain": rain, "log_staff": 0.1 * rain})
    fit = cs.fit_trend(series_of(SOBER), family="poisson", formula="day + rain", data=data, offset="log_staff")
    design = np.column_stack([np.ones(28), np.arange(28), rain[:28]])
    expected = glm(SOBER, design, offset=0.1 * rain[:28])
    assert fit.params == pytest.approx(expected.params, rel=1e-6, abs=1e-7)
    later = fit.predict([date(2020, 2, 5)])["mean"][0]
    assert later == pytest.approx(float(np.exp(np.array([1, 35, rain[35]]) @ fit.params + 0.1 * rain[35])))
    with pytest.raises(OptionError, match=r"every day.*none for 2020-03-01"):
        fit.predict([date(2020, 3, 1)])
    for wrong, message in (
        (data.head(20), "none for 2020-01-21"),
        (pl.DataFrame({"day": [1]}), "'date'"),
        (data.with_columns(day=1), "already"),
        (pl.concat([data, data]), "twice"),
    ):
        with pytest.raises(OptionError, match=message):
            cs.fit_trend(series_of(SOBER), formula="day + rain", data=wrong)
    with pytest.raises(OptionError, match="offset="):
        cs.fit_trend(series_of(SOBER), offset="none")
    gap = data.with_columns(log_staff=pl.when(pl.col("date") != date(2020, 1, 9)).then("log_staff"))
    with pytest.raises(OptionError, match="a number in column 'log_staff'"):
        cs.fit_trend(series_of(SOBER), data=gap, offset="log_staff")
    hole = data.with_columns(rain=pl.when(pl.col("date") != date(2020, 1, 9)).then("rain"))
    with pytest.raises(OptionError, match=r"formula|number"):
        cs.fit_trend(series_of(SOBER), formula="day + rain", data=hole)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("", "terms of the trend"), ("y ~ day", "terms of the trend"), ("nothing", "formula"), ("day +", "formula"),
        ("0", "at least one term"), ("day + I(2 * day)", "tell apart"), ("step('2020-01')", "one day"),
        ("day + step('2030-01-01')", "tell apart"), ("np.log(day)", "number"), ("day + week", "tell apart"),
    ],
)  # fmt: skip
def test_formulas_that_can_not_be_used(formula: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        cs.fit_trend(series_of(SOBER), formula=formula)


def test_exposure_makes_it_a_rate() -> None:
    people = {DAY_ZERO + timedelta(days=at): 1000.0 * 0.98**at for at in range(40)}
    fit = cs.fit_trend(series_of(SOBER), family="poisson", exposure=people)
    expected = glm(SOBER, np.column_stack([np.ones(28), np.arange(28)]), offset=np.log(list(people.values())[:28]))
    assert fit.params == pytest.approx(expected.params, rel=1e-6)
    assert fit.growth_per_day.value > cs.fit_trend(series_of(SOBER), family="poisson").growth_per_day.value
    assert "per exposure" in str(fit)
    constant = cs.fit_trend(series_of(SOBER), family="poisson", exposure=500)
    assert constant.b == pytest.approx(cs.fit_trend(series_of(SOBER), family="poisson").b, rel=1e-9)
    # Predictions are counts: the exposure of their day is in them.
    day = DAY_ZERO + timedelta(days=30)
    assert fit.predict([day])["mean"][0] == pytest.approx(math.exp(fit.a + 30 * fit.b) * people[day])
    frame = pl.DataFrame({"date": list(people), "best": list(people.values())})
    assert cs.fit_trend(series_of(SOBER), family="poisson", exposure=frame).params.tolist() == fit.params.tolist()
    del people[date(2020, 1, 5)]
    for wrong, message in (
        (people, "got none for 2020-01-05"), (0, "got 0 for 2020-01-01"), (True, "truth value"), ("many", "mapping"),
        (frame.rename({"best": "people"}), "'date' and 'exposure'"), (pl.concat([frame, frame]), "twice"),
        ({**people, date(2020, 1, 5): 0.0}, "got 0 for 2020-01-05"),
    ):  # fmt: skip
        with pytest.raises(OptionError, match=message):
            cs.fit_trend(series_of(SOBER), exposure=wrong)  # type: ignore[arg-type]


def test_statsmodels_sees_the_same_fit() -> None:
    fit = cs.fit_trend(series_of(PUBLISHED["tr-nb"]["inputs"]["y"]), family="nb2")
    results = fit.results
    assert results.params[:2] == pytest.approx(fit.params, rel=1e-6)
    assert results.params[2] == pytest.approx(fit.alpha, rel=1e-6)
    assert results.llf == pytest.approx(fit.loglik, rel=1e-12)
    assert results.aic == pytest.approx(PUBLISHED["tr-nb"]["expected"]["AIC"], rel=1e-5)
    assert results.bse[:2] == pytest.approx([fit.se_a, fit.se_b], rel=1e-6)
    assert results.bse[2] == pytest.approx(fit.alpha_se, rel=1e-6)
    assert "alpha" in str(results.summary())
    assert "IntervalCountModel" in str(results.summary())
    assert results.predict() == pytest.approx(fit.fitted.means, rel=1e-6)
    assert results.predict(np.array([[1.0, 3.0]]))[0] == pytest.approx(fit.predict([date(2020, 1, 4)])["mean"][0])
    wald = fit.wald_test("day = 0")
    assert float(wald.statistic) == pytest.approx((fit.b / fit.se_b) ** 2, rel=1e-6)
    assert fit.cov_params()["day"].to_list() == pytest.approx([fit.cov_ab, fit.se_b**2])
    numbers = results.model
    point = np.array(results.params) * 1.01
    from statsmodels.tools.numdiff import approx_fprime, approx_hess

    assert numbers.score(point) == pytest.approx(approx_fprime(point, numbers.loglike, centered=True), rel=1e-5)
    assert numbers.hessian(point) == pytest.approx(approx_hess(point, numbers.loglike), rel=2e-3, abs=0.05)
    assert numbers.loglikeobs(point).sum() == pytest.approx(numbers.loglike(point))
    quasi = cs.fit_trend(series_of(PUBLISHED["tr-nb"]["inputs"]["y"]))
    assert quasi.results.bse == pytest.approx([quasi.se_a, quasi.se_b])


@pytest.mark.parametrize("cov", ["HC0", "HC1", "HAC"])
def test_robust_covariances_equal_those_of_statsmodels(cov: Any) -> None:
    y = PUBLISHED["tr-nb"]["inputs"]["y"]
    fit = cs.fit_trend(series_of(y), family="poisson", cov=cov, maxlags=3 if cov == "HAC" else None)
    import statsmodels.api as sm

    design = np.column_stack([np.ones(25), np.arange(25)])
    options = {"cov_kwds": {"maxlags": 3, "use_correction": False}} if cov == "HAC" else {}
    model = sm.GLM(y, design, family=sm.families.Poisson())
    expected: Any = model.fit(tol=1e-12, cov_type=cov, **options)
    # HC1 = HC0 n / (n - k), as in R's sandwich; statsmodels' GLM leaves the factor out.
    factor = math.sqrt(25 / 23) if cov == "HC1" else 1.0
    assert [fit.se_a, fit.se_b] == pytest.approx(expected.bse * factor, rel=1e-6)
    assert f"robust ({cov})" in fit.summary()
    own = fit.results.model.fit(
        cov_type=cov, **({"cov_kwds": {"maxlags": 3, "use_correction": False}} if cov == "HAC" else {})
    )
    assert own.bse == pytest.approx(expected.bse, rel=0.05)
    if cov == "HAC":
        default = cs.fit_trend(series_of(y), cov="HAC")
        assert default.se_b > 0
        for wrong in (-1, 25):
            with pytest.raises(OptionError, match="maxlags"):
                cs.fit_trend(series_of(y), cov="HAC", maxlags=wrong)


def test_published_dispersion_tests() -> None:
    """tr-disp: R lm. statsmodels 0.15 repeats the NB2 value in its NB1 row."""
    entry = PUBLISHED["tr-disp"]
    expected = entry["expected"]
    for family in ("quasi", "nb2"):
        test = cs.fit_trend(series_of(entry["inputs"]["y"]), family=family).dispersion_test()
        assert test.nb2_t == pytest.approx(expected["ct_nb2_t"], rel=1e-6)
        assert test.nb1_t == pytest.approx(expected["ct_nb1_t"], rel=1e-6)
    y = np.array(entry["inputs"]["y"], dtype=np.float64)
    assert (len(y) - 1) * expected["index"] == pytest.approx(expected["chi2_24"], rel=1e-6)
    assert "more than Poisson counts" in str(test)
    calm = cs.fit_trend(series_of(SOBER), family="poisson").dispersion_test()
    assert "no more than Poisson" in str(calm)
    assert calm.dispersion * calm.freedom == pytest.approx(calm.pearson)


def test_prediction_intervals_hold_what_was_left_out() -> None:
    """Fits to 20 totals, and the share of the next five days inside of their 80 % prediction interval."""
    rng = np.random.default_rng(7)
    inside = total = 0
    for seed in range(60):
        mean = np.exp(2 + 0.02 * np.arange(25))
        y = rng.poisson(mean * rng.gamma(4, 0.25, 25))
        fit = cs.fit_trend(series_of(y[:20].tolist()), family="nb2", level=0.8)
        frame = fit.predict([DAY_ZERO + timedelta(days=at) for at in range(20, 25)], draws=1000, seed=seed)
        inside += int(((frame["low"] <= y[20:]) & (frame["high"] >= y[20:])).sum())
        total += 5
    assert 0.72 * total <= inside <= 0.92 * total


def test_predictions_of_periods() -> None:
    fit = cs.fit_trend(series_of(SOBER), family="poisson")
    days = [DAY_ZERO + timedelta(days=at) for at in range(30, 37)]
    period = cs.Period.of(days[0], days[-1])
    frame = fit.predict([period])
    assert frame.columns[:2] == ["period_start", "period_end"]
    assert frame["mean"][0] == pytest.approx(fit.predict(days)["mean"].sum())
    assert frame["low"][0] <= frame["mean_low"][0] < frame["mean"][0] < frame["mean_high"][0] <= frame["high"][0]
    assert frame.equals(fit.predict([period]))
    assert not frame.equals(fit.predict([period], seed=5))
    for family in ("nb1", "nb2", "quasi"):
        wide = cs.fit_trend(series_of(PUBLISHED["tr-nb"]["inputs"]["y"]), family=family).predict([period])  # type: ignore[arg-type]
        assert wide["high"][0] > wide["mean_high"][0]
    with pytest.raises(OptionError, match="known ends"):
        fit.predict([cs.Period.of("2020-02", "2020-03-01")])
    with pytest.raises(OptionError, match="draws"):
        fit.predict(days, draws=5)
    with pytest.raises(OptionError, match="at most"):
        fit.predict([cs.Period.of("1000-01-01", "3000-01-01")])


def test_residuals() -> None:
    counts = PUBLISHED["tr-pois"]["inputs"]["y"]
    fit = cs.fit_trend(series_of(counts), family="poisson")
    expected = PUBLISHED["tr-pois"]["expected"]
    assert (fit.residuals()["residual"] ** 2).sum() == pytest.approx(expected["pearson"], rel=1e-6)
    assert (fit.residuals("deviance")["residual"] ** 2).sum() == pytest.approx(expected["deviance"], rel=1e-6)
    from scipy.stats import kstest

    y = PUBLISHED["tr-nb"]["inputs"]["y"]
    for family in ("nb2", "quasi", "nb1"):
        other = cs.fit_trend(series_of(y), family=family)  # type: ignore[arg-type]
        assert kstest(other.residuals("quantile")["residual"].to_numpy(), "norm").pvalue > 0.05
        assert other.residuals("quantile", seed=1)["residual"].is_finite().all()
    rows = [{"value": n, "start": d, "end": d, "qualifier": "at_least" if at % 9 == 0 else "exactly"}
            for at, n in enumerate(SOBER) for d in [(DAY_ZERO + timedelta(days=at)).isoformat()]]  # fmt: skip
    floors = cs.fit_trend(cs.deaths(make_reports(rows)), family="poisson")
    assert floors.residuals()["residual"].null_count() == 4
    assert floors.residuals("quantile")["residual"].null_count() == 0
    wrong: Any = "raw"
    with pytest.raises(OptionError, match="kind"):
        fit.residuals(wrong)


def test_profiles() -> None:
    fit = cs.fit_trend(series_of(PUBLISHED["tr-nb"]["inputs"]["y"]), family="nb2", level=0.9)
    profile = fit.profile()
    assert profile.low < fit.b < profile.high
    assert profile.high - profile.low == pytest.approx(2 * 1.645 * fit.se_b, rel=0.1)
    assert fit.profile("day", 0.99).low < profile.low
    constant = cs.fit_trend(series_of(PUBLISHED["tr-nb"]["inputs"]["y"]), family="nb2", formula="1").profile(
        "Intercept"
    )
    assert constant.low < constant.value < constant.high
    with pytest.raises(OptionError, match="term of the trend"):
        fit.profile("slope")
    with pytest.raises(KindError, match="likelihood"):
        cs.fit_trend(series_of(SOBER)).profile()


def test_what_formulas_and_tables_can_not_hide() -> None:
    days = pl.date_range(DAY_ZERO, DAY_ZERO + timedelta(days=40), eager=True)
    kinds = pl.DataFrame({"date": days, "kind": ["a", "b"] * 14 + ["z"] * 13, "x": [1 + at % 3 for at in range(41)]})
    fit = cs.fit_trend(series_of(SOBER), formula="day + kind", data=kinds)
    with pytest.raises(OptionError, match="has a value"):
        fit.predict([DAY_ZERO + timedelta(days=35)])
    assert "beside the terms kind[T.b]" in fit.summary()
    exact = cs.fit_trend(
        series_of(SOBER), formula="day + x", data=kinds.with_columns(pl.col("x").cast(pl.Decimal(10, 2)))
    )
    assert exact.names == ("Intercept", "day", "x")
    with pytest.raises(OptionError, match="dates in column"):
        cs.fit_trend(series_of(SOBER), formula="day + x", data=kinds.with_columns(x=pl.col("date")))
    shifted = cs.fit_trend(series_of(SOBER), data=kinds, offset="x")
    assert "beside the offset x" in str(shifted)
    assert "growth is beside it" in shifted.summary()
    assert "no intercept" in cs.fit_trend(series_of(SOBER), formula="0 + day").summary()
    with pytest.raises(OptionError, match="near the periods"):
        cs.fit_trend(series_of(SOBER)).rate_ratio("9999-12-31", over="0001-01-01")
    for seed in (-1, "a", True):
        with pytest.raises(OptionError, match="seed"):
            exact.residuals("quantile", seed=seed)  # type: ignore[arg-type]
        with pytest.raises(OptionError, match="seed"):
            shifted.predict([DAY_ZERO], seed=seed)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="got none"):
        shifted.predict(None)  # type: ignore[arg-type]
    wrong: Any = {DAY_ZERO + timedelta(days=at): None for at in range(40)}
    with pytest.raises(OptionError, match="no number"):
        cs.fit_trend(series_of(SOBER), exposure=wrong)
