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
    CasualtyStatsError,
    DoubleCountError,
    KindError,
    MeasureError,
    NotAdditiveError,
    OptionError,
    TooFewReportsError,
    UndefinedEstimateError,
)
from casualtystats.trends import Doubling, dispersion_index
from casualtystats.trends.composite import Days, day_variance, fit_growth, log_total, mean_day
from casualtystats.trends.usable import usable_rows

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
DAY_ZERO = date(2020, 1, 1)


def rows_of(spans: list[list[int]], counts: list[int]) -> list[dict[str, Any]]:
    """Reports of counts over numbered days, day 0 being 1 January 2020."""
    ends = [[(DAY_ZERO + timedelta(days=day)).isoformat() for day in span] for span in spans]
    return [{"value": n, "start": start, "end": end} for (start, end), n in zip(ends, counts, strict=True)]


def daily(counts: list[int]) -> list[dict[str, Any]]:
    return rows_of([[day, day] for day in range(len(counts))], counts)


def numbered(spans: list[list[int]]) -> Days:
    return Days(*np.array(spans, dtype=np.float64).T)


def test_published_fit_to_intervals() -> None:
    entry = PUBLISHED["ic-poisfit"]
    spans, counts = (
        entry["inputs"]["intervals_inclusive_day"],
        np.array(entry["inputs"]["counts"], dtype=np.float64),
    )
    fit, expected = fit_growth(numbered(spans), counts), entry["expected"]
    for name in ("a", "b", "loglik"):
        assert getattr(fit, name) == pytest.approx(expected[name], rel=entry["tolerance"]["rel"])
    # Observed information of the exact likelihood, by mpmath with 40 digits. The published standard errors
    # (R nlm, presumably a finite-difference Hessian) differ by 0.1 % and 0.3 %.
    assert math.sqrt(fit.var_a) == pytest.approx(0.0816919691925, rel=1e-8)
    assert math.sqrt(fit.var_b) == pytest.approx(0.00268292647484, rel=1e-8)
    assert math.sqrt(fit.var_a) == pytest.approx(expected["se_a"], rel=2e-3)
    assert math.sqrt(fit.var_b) == pytest.approx(expected["se_b"], rel=4e-3)
    wrong = PUBLISHED["ic-poisfit-naive"]["expected"]
    for name in ("spread_b", "midpoint_b"):
        assert fit.b != pytest.approx(wrong[name], rel=1e-3)


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


def test_negative_binomial_of_intervals_is_a_maximum() -> None:
    spans = [[0, 6], [7, 13], [14, 14], [15, 25], [26, 40], [41, 60]]
    days, counts = numbered(spans), np.array([70.0, 15, 20, 260, 90, 800])
    fit = fit_growth(days, counts, negative_binomial=True)
    from scipy import stats

    def loglik(a: float, b: float, alpha: float) -> float:
        mu = np.exp(a + log_total(days, b))
        return float(stats.nbinom.logpmf(counts, 1 / alpha, 1 / (1 + alpha * mu)).sum())

    assert fit.alpha is not None
    best = loglik(fit.a, fit.b, fit.alpha)
    assert best == pytest.approx(fit.loglik, rel=1e-9)
    for step in (-1e-3, 1e-3):
        assert loglik(fit.a + step, fit.b, fit.alpha) < best
        assert loglik(fit.a, fit.b + step / 10, fit.alpha) < best
        assert loglik(fit.a, fit.b, fit.alpha * (1 + step)) < best


def test_dispersion_index() -> None:
    entry = PUBLISHED["tr-disp"]
    assert dispersion_index(entry["inputs"]["y"]) == pytest.approx(entry["expected"]["index"], rel=1e-6)
    for wrong in ([1], [0, 0], [1.0, float("nan")]):
        with pytest.raises(OptionError):
            dispersion_index(np.array(wrong))


@pytest.mark.parametrize("b", [0.0, 1e-9, 1e-4, 0.0133, 0.02, 0.4, 3.0, -0.002, -3.0])
def test_moments_equal_sums_over_days(b: float) -> None:
    spans = [[0, 0], [10, 12], [500, 3000], [0, 1000]]
    for index, (first, last) in enumerate(spans):
        t = np.arange(first, last + 1, dtype=np.float64)
        top = (b * t).max()
        weights = np.exp(b * t - top)
        mean = (weights * t).sum() / weights.sum()
        days = numbered(spans)
        assert log_total(days, b)[index] == pytest.approx(math.log(weights.sum()) + top, rel=1e-11, abs=1e-11)
        assert mean_day(days, b)[index] == pytest.approx(mean, rel=1e-10, abs=1e-9)
        variance = (weights * (t - mean) ** 2).sum() / weights.sum()
        assert day_variance(days, b)[index] == pytest.approx(variance, rel=1e-7, abs=1e-9)


def test_left_out_rows_are_counted() -> None:
    rows = daily([3, 4, 5, 6])
    rows += [
        {"value": 9, "qualifier": "at_least", "start": "2020-02-01", "end": "2020-02-02"},
        {"value": 9, "start": "2020-03", "end": "2020-03-31"},
        {"value": 9, "hours": 24.0, "start": "2020-04-01", "end": "2020-04-02"},
        {"value": 9, "hours": 24.0, "start": "2020-04-03", "end": "2020-04-03"},
        {"value": 20, "qualifier": "approximately", "start": "2020-04-04", "end": "2020-04-05"},
    ]
    fit = cs.fit_trend(cs.deaths(make_reports(rows)))
    assert fit.n == 6
    assert fit.hedged == 1
    assert fit.left_out == {
        "no best value": 1,
        "the ends of the period are not known": 1,
        "the stated hours are fewer than the days of the period": 1,
    }
    assert "left out: 1 (no best value)" in fit.summary()
    assert "1 of 6 counts have a range" in fit.summary()


def test_cells_that_cut_a_report_are_left_out() -> None:
    spans = [[5, 11], [12, 18], [19, 25], [26, 32], [33, 40], [61, 62]]
    fit = cs.fit_trend(cs.deaths(make_reports(rows_of(spans, [5, 6, 9, 12, 20, 3]))).resample("week"))
    assert fit.n == 4
    assert fit.left_out == {
        "the cell cuts a report": 2,
        "no report": 2,
        "some days are not covered by a report about the whole": 1,
    }


def test_too_few() -> None:
    rows = [
        *daily([3, 4, 5]),
        {"value": 9, "qualifier": "at_least", "start": "2020-02-01", "end": "2020-02-02"},
    ]
    with pytest.raises(TooFewReportsError, match=r"got 3 \(1 left out: no best value\)"):
        cs.fit_trend(cs.deaths(make_reports(rows)))


def test_overlaps_are_refused() -> None:
    rows = rows_of([[0, 1], [2, 3], [3, 4], [5, 6]], [1, 2, 3, 4])
    with pytest.raises(DoubleCountError, match=r"share no day.*resample"):
        usable_rows(cs.deaths(make_reports(rows), overlap="add").to_frame())


@pytest.mark.parametrize("counts", [[0, 0, 0, 0, 0], [7, 0, 0, 0, 0], [0, 0, 0, 0, 7]])
@pytest.mark.parametrize("family", ["quasi", "poisson", "nb2"])
def test_growth_without_a_finite_value(counts: list[int], family: Any) -> None:
    with pytest.raises(UndefinedEstimateError, match="zeros"):
        cs.fit_trend(cs.deaths(make_reports(daily(counts))), family=family)


@pytest.mark.parametrize(
    "counts", [[5, 5, 5, 5], [1, 2, 4, 8, 16], [0, 0, 9, 0, 0], [10**9, 0, 0, 1], [0, 0, 0, 1, 10**9]]
)
def test_perfect_data_claims_no_certainty(counts: list[int]) -> None:
    fit = cs.fit_trend(cs.deaths(make_reports(daily(counts))))
    assert fit.se_b > 0
    with pytest.raises(CasualtyStatsError):
        cs.fit_trend(cs.deaths(make_reports(daily([5, 5, 5, 5]))), family="nb2")


def test_refusals() -> None:
    killed = cs.deaths(make_reports(daily([1, 2, 3, 4])))
    wrong: Any = "gamma"
    with pytest.raises(OptionError, match="family"):
        cs.fit_trend(killed, family=wrong)
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
    assert frame.columns == ["date", "mean", "mean_low", "mean_high", "extrapolated"]
    assert frame["extrapolated"].to_list() == [True, False, False, True]
    assert frame.filter((pl.col("mean_low") >= pl.col("mean")) | (pl.col("mean") >= pl.col("mean_high"))).is_empty()
    all_days = pl.date_range(date(2020, 1, 1), date(2020, 2, 14), eager=True)
    # The intercept's likelihood equation: fitted days add up to the reported total.
    assert fit.predict(all_days)["mean"].sum() == pytest.approx(sum(entry["counts"]), rel=1e-9)
    assert fit.predict([]).height == 0
    for bad in ([None], ["2020-01-01"], [date(9999, 1, 1)]):
        with pytest.raises(OptionError, match="dates"):
            fit.predict(bad)  # type: ignore[arg-type]
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


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 10**5)), min_size=4, max_size=9))
def test_score_is_zero_at_the_fit(pieces: list[tuple[int, int]]) -> None:
    ends = np.cumsum([length for length, _ in pieces])
    days = Days(ends - np.array([length for length, _ in pieces]) + 0.0, ends - 1.0)
    counts = np.array([count for _, count in pieces], dtype=np.float64)
    try:
        fit = fit_growth(days, counts)
    except UndefinedEstimateError:
        return
    residual = counts - fit.mu
    assert residual.sum() == pytest.approx(0, abs=1e-7 * counts.sum())
    assert residual @ mean_day(days, fit.b) == pytest.approx(0, abs=1e-6 * counts.sum() * ends[-1])
