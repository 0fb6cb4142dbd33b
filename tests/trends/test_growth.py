from __future__ import annotations

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
    KindError,
    MeasureError,
    NotAdditiveError,
    OptionError,
    UndefinedEstimateError,
)
from casualtystats.trends import Doubling, dispersion_index

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
DAY_ZERO = date(2020, 1, 1)


def rows_of(spans: list[list[int]], counts: list[int]) -> list[dict[str, Any]]:
    """Reports of counts over numbered days, day 0 being 1 January 2020."""
    ends = [[(DAY_ZERO + timedelta(days=day)).isoformat() for day in span] for span in spans]
    return [{"value": n, "start": start, "end": end} for (start, end), n in zip(ends, counts, strict=True)]


def daily(counts: list[int]) -> list[dict[str, Any]]:
    return rows_of([[day, day] for day in range(len(counts))], counts)


def test_published_fit_through_a_series() -> None:
    entry = PUBLISHED["ic-poisfit"]
    fit = cs.fit_trend(
        cs.deaths(make_reports(rows_of(entry["inputs"]["intervals_inclusive_day"], entry["inputs"]["counts"]))),
        family="poisson",
    )
    expected = entry["expected"]
    assert fit.b == pytest.approx(expected["b"], rel=2e-5)
    # Day 1 of the published fit is the first day of the series: its a lies one day before.
    assert fit.a - fit.b == pytest.approx(expected["a"], rel=2e-5)
    assert fit.doubling_days.days == pytest.approx(expected["doubling_days"], rel=2e-5)
    assert 100 * fit.growth_per_day.value == pytest.approx(expected["growth_pct_per_day"], rel=2e-5)
    assert fit.loglik == pytest.approx(expected["loglik"], rel=2e-5)


def test_published_poisson_and_quasi() -> None:
    expected, counts = PUBLISHED["tr-pois"]["expected"], PUBLISHED["tr-pois"]["inputs"]["y"]
    series = cs.deaths(make_reports(daily(counts)))
    plain = cs.fit_trend(series, family="poisson")
    assert [plain.a, plain.b] == pytest.approx(expected["coef"], rel=1e-6)
    assert [plain.se_a, plain.se_b] == pytest.approx(expected["se"], rel=1e-6)
    assert plain.loglik == pytest.approx(expected["loglik"], rel=1e-6)
    assert plain.dispersion * 23 == pytest.approx(expected["pearson"], rel=1e-6)
    double = plain.doubling_days
    assert [double.days, double.days_low, double.days_high] == pytest.approx(expected["doubling"], rel=1e-6)
    quasi = cs.fit_trend(series)
    # Less than Poisson variation never narrows the interval.
    assert quasi.dispersion < 1
    assert [quasi.se_a, quasi.se_b] == pytest.approx(expected["se"], rel=1e-6)
    assert quasi.growth_per_day.high > plain.growth_per_day.high
    assert quasi.loglik is None


def test_published_negative_binomial() -> None:
    expected, counts = PUBLISHED["tr-nb"]["expected"], PUBLISHED["tr-nb"]["inputs"]["y"]
    series = cs.deaths(make_reports(daily(counts)))
    fit = cs.fit_trend(series, family="nb2")
    assert [fit.a, fit.b] == pytest.approx(expected["coef"], rel=1e-5)
    assert fit.alpha == pytest.approx(expected["alpha"], rel=1e-5)
    assert fit.loglik == pytest.approx(expected["loglik"], rel=1e-5)
    assert [fit.se_a, fit.se_b] == pytest.approx(expected["se_joint_statsmodels"], rel=1e-5)
    assert "of the totals and not of days" in fit.summary()
    quasi, plain = cs.fit_trend(series), cs.fit_trend(series, family="poisson")
    assert quasi.se_b == pytest.approx(plain.se_b * math.sqrt(plain.dispersion))
    assert plain.dispersion > 1


def test_dispersion_index() -> None:
    entry = PUBLISHED["tr-disp"]
    assert dispersion_index(entry["inputs"]["y"]) == pytest.approx(entry["expected"]["index"], rel=1e-6)
    for wrong in ([1], [0, 0], [1.0, float("nan")]):
        with pytest.raises(OptionError):
            dispersion_index(np.array(wrong))


@pytest.mark.parametrize("counts", [[0, 0, 0, 0, 0], [7, 0, 0, 0, 0], [0, 0, 0, 0, 7]])
@pytest.mark.parametrize("family", ["quasi", "poisson", "nb2"])
def test_growth_without_a_finite_value(counts: list[int], family: Any) -> None:
    with pytest.raises(UndefinedEstimateError, match="zeros"):
        cs.fit_trend(cs.deaths(make_reports(daily(counts))), family=family)


def test_refusals() -> None:
    killed = cs.deaths(make_reports(daily([1, 2, 3, 4])))
    wrong: Any = "gamma"
    with pytest.raises(OptionError, match="family"):
        cs.fit_trend(killed, family=wrong)
    with pytest.raises(OptionError, match="cov="):
        cs.fit_trend(killed, cov=wrong)
    with pytest.raises(OptionError, match="use="):
        cs.fit_trend(killed, use=wrong)
    with pytest.raises(OptionError, match="maxlags"):
        cs.fit_trend(killed, maxlags=1)
    with pytest.raises(OptionError, match="share"):
        cs.fit_trend(killed, level=95)
    anything: Any = killed.cumulate()
    with pytest.raises(KindError, match="flow"):
        cs.fit_trend(anything)
    with pytest.raises(MeasureError, match=r"cs\.deaths"):
        cs.fit_trend(wrong)
    with pytest.raises(OptionError, match="not split"):
        cs.fit_trend(cs.deaths(make_reports([row | {"source": "A"} for row in daily([1, 2, 3, 4])]), by=["source"]))
    people = make_reports([row | {"measure": "displaced"} for row in daily([1, 2, 3, 4])])
    with pytest.raises(NotAdditiveError, match="displacements"):
        cs.fit_trend(cs.displacement(people, unit="people"))


def test_text_frame_and_prediction(tmp_path: Path) -> None:
    entry = PUBLISHED["ic-poisfit"]["inputs"]
    rows = rows_of([[a - 1, b - 1] for a, b in entry["intervals_inclusive_day"]], entry["counts"])
    fit = cs.fit_trend(cs.deaths(make_reports([row | {"group": "civilian"} for row in rows]), group="civilian"))
    assert str(fit) == (
        "reported violent deaths of civilians: +3.13 % a day (95 % interval +2.12 to +4.14 %), doubling in "
        "22.5 days (17.1 to 33.0) [quasi-Poisson fit to 5 totals, 1 January to 14 February 2020]"
    )
    assert fit.growth_per_week.value == pytest.approx((1 + fit.growth_per_day.value) ** 7 - 1)
    frame = fit.predict([date(2019, 12, 31), date(2020, 1, 1), date(2020, 2, 14), date(2020, 2, 15)])
    assert frame.columns == ["date", "mean", "mean_low", "mean_high", "low", "high", "extrapolated"]
    assert frame["extrapolated"].to_list() == [True, False, False, True]
    assert frame.filter((pl.col("mean_low") >= pl.col("mean")) | (pl.col("mean") >= pl.col("mean_high"))).is_empty()
    all_days = pl.date_range(date(2020, 1, 1), date(2020, 2, 14), eager=True)
    # The intercept's likelihood equation: fitted days add up to the reported total.
    assert fit.predict(all_days)["mean"].sum() == pytest.approx(sum(entry["counts"]), rel=1e-9)
    assert fit.predict([]).height == 0
    for bad in ([None], [1], [date(9999, 1, 1)]):
        with pytest.raises(OptionError, match="dates"):
            fit.predict(bad)  # type: ignore[arg-type]
    assert fit.predict(["2020-01-01"]).equals(fit.predict([date(2020, 1, 1)]))
    assert fit.predict("2020-02-15/2020-02-21").equals(fit.predict([cs.Period.of("2020-02-15", "2020-02-21")]))
    with pytest.raises(OptionError, match="days or periods"):
        fit.predict(["2020-01"])
    assert fit.to_frame()["direction"].to_list() == ["doubling"]
    fit.to_csv(tmp_path / "fit.csv")
    assert (tmp_path / "fit.csv").read_text("utf-8").startswith("noun,family")
    assert "reported violent deaths" in fit._repr_html_()


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (-0.01, 0.014, "halving in 69.3 days or slower, no change, or doubling in 49.5 days or slower"),
        (0.0, 0.014, "no change or doubling in 49.5 days or slower"),
        (-0.01, 0.0, "halving in 69.3 days or slower or no change"),
        (0.01, 0.02, "doubling in 46.2 days (34.6 to 69.4)"),
        (-0.02, -0.01, "halving in 46.2 days (34.6 to 69.4)"),
    ],
)
def test_doubling_text(low: float, high: float, text: str) -> None:
    assert str(Doubling((low + high) / 2, low, high, 0.95)) == text


@given(st.floats(1e-6, 0.5), st.floats(1e-6, 0.5), st.floats(0, 1))
def test_a_direction_is_claimed_only_where_zero_is_left_out(down: float, up: float, share: float) -> None:
    double = Doubling(-down + share * (down + up), -down, up, 0.95)
    assert "no change" in str(double)
    assert "halving" in str(double)
    assert "doubling" in str(double)
    assert double.days is double.days_low is double.days_high is None
    assert double.direction == "not known"


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 500)), min_size=4, max_size=9), st.randoms())
def test_order_and_names_of_reports_do_not_matter(pieces: list[tuple[int, int]], random: Any) -> None:
    ends = np.cumsum([length for length, _ in pieces]).tolist()
    spans = [[end - length, end - 1] for end, (length, _) in zip(ends, pieces, strict=True)]
    rows = rows_of(spans, [count for _, count in pieces])
    shuffled = [row | {"report_id": f"x{number}"} for number, row in enumerate(random.sample(rows, len(rows)))]
    try:
        fit = cs.fit_trend(cs.deaths(make_reports(rows)))
    except UndefinedEstimateError:
        with pytest.raises(UndefinedEstimateError):
            cs.fit_trend(cs.deaths(make_reports(shuffled)))
        return
    assert cs.fit_trend(cs.deaths(make_reports(shuffled))).growth_per_day == fit.growth_per_day
    assert fit.growth_per_day.low <= fit.growth_per_day.value <= fit.growth_per_day.high


def loglik_of(spans: list[list[int]], counts: list[int], a: float, b: float, alpha: float | None = None) -> float:
    """The log-likelihood written out day by day, with scipy's distributions."""
    from scipy import stats

    mu = np.array([sum(math.exp(a + b * t) for t in range(first, last + 1)) for first, last in spans])
    y = np.array(counts)
    if alpha is None:
        return float(stats.poisson.logpmf(y, mu).sum())
    return float(stats.nbinom.logpmf(y, 1 / alpha, 1 / (1 + alpha * mu)).sum())


def test_published_fit_to_intervals_and_the_wrong_ways() -> None:
    """ic-poisfit: R nlm on dpois. ic-poisfit-naive: R glm on spread days, and on middles with an offset."""
    import statsmodels.api as sm

    entry = PUBLISHED["ic-poisfit"]
    spans, counts = entry["inputs"]["intervals_inclusive_day"], entry["inputs"]["counts"]
    # Day 1 of the published fit is day 0 here.
    fit = cs.fit_trend(cs.deaths(make_reports(rows_of([[a - 1, b - 1] for a, b in spans], counts))), family="poisson")
    expected = entry["expected"]
    assert fit.a - fit.b == pytest.approx(expected["a"], rel=entry["tolerance"]["rel"])
    assert fit.b == pytest.approx(expected["b"], rel=entry["tolerance"]["rel"])
    assert fit.loglik == pytest.approx(expected["loglik"], rel=entry["tolerance"]["rel"])
    # Observed information of the exact likelihood, by mpmath with 40 digits. The published standard errors
    # (R nlm, presumably a finite-difference Hessian) differ by 0.1 % and 0.3 %.
    se_a = math.sqrt(fit.se_a**2 - 2 * fit.cov_ab + fit.se_b**2)
    assert se_a == pytest.approx(0.0816919691925, rel=1e-8)
    assert fit.se_b == pytest.approx(0.00268292647484, rel=1e-8)
    assert se_a == pytest.approx(expected["se_a"], rel=2e-3)
    assert fit.se_b == pytest.approx(expected["se_b"], rel=4e-3)
    wrong = PUBLISHED["ic-poisfit-naive"]["expected"]
    days = np.concatenate([np.arange(a, b + 1) for a, b in spans])
    spread = np.concatenate([np.full(b - a + 1, n / (b - a + 1)) for (a, b), n in zip(spans, counts, strict=True)])
    daily_fit: Any = sm.GLM(spread, sm.add_constant(days), family=sm.families.Poisson()).fit()
    assert daily_fit.params[1] == pytest.approx(wrong["spread_b"], rel=1e-5)
    middle = np.array([(a + b) / 2 for a, b in spans])
    length = np.array([b - a + 1 for a, b in spans])
    poisson = sm.families.Poisson()
    middle_fit: Any = sm.GLM(counts, sm.add_constant(middle), family=poisson, offset=np.log(length)).fit()
    assert middle_fit.params[1] == pytest.approx(wrong["midpoint_b"], rel=1e-5)
    for name in ("spread_b", "midpoint_b"):
        assert fit.b != pytest.approx(wrong[name], rel=1e-3)
    # The contrast that sensitivity() shows is the first of the wrong ways.
    contrast = fit.sensitivity().frame.filter(pl.col("what") == "spread uniformly over days")["growth_per_day"][0]
    assert math.log1p(contrast) == pytest.approx(wrong["spread_b"], rel=1e-5)


def test_negative_binomial_of_intervals_is_a_maximum() -> None:
    spans, counts = [[0, 6], [7, 13], [14, 14], [15, 25], [26, 40], [41, 60]], [70, 15, 20, 260, 90, 800]
    fit = cs.fit_trend(cs.deaths(make_reports(rows_of(spans, counts))), family="nb2")
    assert fit.alpha is not None
    best = loglik_of(spans, counts, fit.a, fit.b, fit.alpha)
    assert best == pytest.approx(fit.loglik, rel=1e-9)
    for step in (-1e-3, 1e-3):
        assert loglik_of(spans, counts, fit.a + step, fit.b, fit.alpha) < best
        assert loglik_of(spans, counts, fit.a, fit.b + step / 10, fit.alpha) < best
        assert loglik_of(spans, counts, fit.a, fit.b, fit.alpha * (1 + step)) < best


@pytest.mark.parametrize(
    "counts", [[5, 5, 5, 5], [1, 2, 4, 8, 16], [0, 0, 9, 0, 0], [10**9, 0, 0, 1], [0, 0, 0, 1, 10**9]]
)
def test_perfect_data_claims_no_certainty(counts: list[int]) -> None:
    fit = cs.fit_trend(cs.deaths(make_reports(daily(counts))))
    assert fit.se_b > 0
    flat = cs.fit_trend(cs.deaths(make_reports(daily([5, 5, 5, 5]))), family="nb2")
    assert flat.alpha == 0
    assert "alpha is 0" in flat.summary()


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 10**5)), min_size=4, max_size=9))
def test_likelihood_equations_hold_at_the_fit(pieces: list[tuple[int, int]]) -> None:
    ends = np.cumsum([length for length, _ in pieces])
    spans = [[int(end) - length, int(end) - 1] for end, (length, _) in zip(ends, pieces, strict=True)]
    counts = np.array([count for _, count in pieces], dtype=np.float64)
    try:
        fit = cs.fit_trend(cs.deaths(make_reports(rows_of(spans, counts.astype(int).tolist()))))
    except UndefinedEstimateError:
        return
    residual = counts - fit.fitted.means
    assert residual.sum() == pytest.approx(0, abs=1e-7 * counts.sum())
    mean_days = []
    for first, last in spans:
        days = np.arange(first, last + 1)
        shares = np.exp(fit.b * (days - (first if fit.b < 0 else last)))
        mean_days.append(float((shares * days).sum() / shares.sum()))
    assert residual @ np.array(mean_days) == pytest.approx(0, abs=1e-6 * counts.sum() * ends[-1])
