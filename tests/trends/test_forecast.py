from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from itertools import pairwise
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
    MeasureError,
    NotAdditiveError,
    OptionError,
    TooFewReportsError,
    UndefinedEstimateError,
)
from casualtystats.trends.forecast import Forecast, forecast
from casualtystats.trends.forecast.models import quantiles
from casualtystats.trends.scores import crps_sample, interval_score, wis

MONDAY = date(2019, 4, 1)
LEVELS = {0.5: ("low_50", "high_50"), 0.8: ("low_80", "high_80"), 0.95: ("low_95", "high_95")}


def rows_of(counts: list[int], days: int = 7, first: date = MONDAY, **more: Any) -> list[dict[str, Any]]:
    starts = [first + timedelta(days=days * at) for at in range(len(counts))]
    ends = [start + timedelta(days=days - 1) for start in starts]
    return [
        {"value": count, "start": str(start), "end": str(end)} | more
        for count, start, end in zip(counts, starts, ends, strict=True)
    ]


def weekly(counts: list[int], **more: Any) -> Any:
    return cs.deaths(make_reports(rows_of(counts, **more))).resample("week")


def noisy(cells: int, growth: float = 0.0, seed: int = 0, base: float = 20.0) -> list[int]:
    rng = np.random.Generator(np.random.PCG64(seed))
    mean = base * np.exp(growth * np.arange(cells))
    found: list[int] = rng.poisson(mean * rng.gamma(5, 1 / 5, cells)).tolist()
    return found


def wandering(cells: int, seed: int = 1) -> list[int]:
    """A random walk on the square-root scale: what the naive forecast takes for granted."""
    rng = np.random.Generator(np.random.PCG64(seed))
    return np.rint((40 + np.cumsum(rng.normal(0, 1.5, cells))) ** 2).astype(int).tolist()


@pytest.fixture(scope="module")
def found() -> Forecast:
    return forecast(weekly(noisy(30, 0.02)), 3, origins=12, draws=1000)


def test_frame(found: Forecast) -> None:
    frame = found.to_frame()
    assert frame["model"].unique(maintain_order=True).to_list() == ["naive", "nb", "damped", "ensemble"]
    assert found.horizon == 3
    first = frame.filter(pl.col("model") == "nb")
    assert first["period_start"].to_list() == [date(2019, 10, 28), date(2019, 11, 4), date(2019, 11, 11)]
    assert first["days"].to_list() == [7, 7, 7]
    assert frame.null_count().sum_horizontal().item() == 0
    ordered = ["low_95", "low_80", "low_50", "median", "high_50", "high_80", "high_95"]
    assert all(frame[name].dtype == pl.Int64 for name in ordered)
    for a, b in pairwise(ordered):
        assert (frame[a] <= frame[b]).all()
    assert (frame["low_95"] >= 0).all()


def test_frame_is_of_the_draws(found: Forecast) -> None:
    for model in found.models:
        draws = found.draws[model]
        assert draws.shape == (1000, 3)
        rows = found.to_frame().filter(pl.col("model") == model)
        assert rows["mean"].to_list() == pytest.approx(draws.mean(axis=0))
        assert rows["high_95"].to_list() == quantiles(draws, [0.975])[0].tolist()
        with pytest.raises(ValueError, match="read-only"):
            draws[0, 0] = 1


def test_evaluation_sees_nothing_of_what_came_later(found: Forecast) -> None:
    by_origin = found.scores().by_origin
    counts = noisy(30, 0.02)
    for known in (16, 21, 27):
        then = forecast(weekly(counts[:known]), 3, draws=1000, origins=0)
        came = np.array(counts[known : known + 3])
        rows = by_origin.filter(pl.col("origin") == MONDAY + timedelta(days=7 * known - 1))
        assert rows.height == 12
        for model in found.models:
            scored = rows.filter(pl.col("model") == model)
            own = then.to_frame().filter(pl.col("model") == model)
            assert scored["observed"].to_list() == came.tolist()
            assert scored["median"].to_list() == own["median"].to_list()
            assert scored["period_start"].to_list() == own["period_start"].to_list()
            intervals = {level: (own[low].to_numpy(), own[high].to_numpy()) for level, (low, high) in LEVELS.items()}
            assert scored["crps"].to_list() == pytest.approx(crps_sample(came, then.draws[model].T))
            assert scored["wis"].to_list() == pytest.approx(wis(came, own["median"], intervals))
            assert scored["interval_score_95"].to_list() == pytest.approx(interval_score(came, *intervals[0.95], 0.95))


def test_table_is_the_mean_over_origins(found: Forecast) -> None:
    table, by_origin = found.table, found.scores().by_origin
    assert table.columns == [
        "model", "horizon", "origins", "crps", "wis", "interval_score_95", "log_score", "coverage_50", "coverage_80",
        "coverage_95", "skill", "gain", "gain_low", "gain_high",
    ]  # fmt: skip
    assert table["origins"].to_list() == [12] * 16
    naive = by_origin.filter(pl.col("model") == "naive")
    for row in table.to_dicts():
        part = by_origin.filter(pl.col("model") == row["model"])
        base = naive
        if row["horizon"] is not None:
            part, base = (rows.filter(pl.col("horizon") == row["horizon"]) for rows in (part, base))
        for name in ("crps", "wis", "interval_score_95", "log_score"):
            assert row[name] == pytest.approx(part[name].mean())
        assert row["coverage_50"] == pytest.approx(part["covered_50"].mean())
        if row["model"] == "naive":
            assert row["skill"] is row["gain"] is row["gain_low"] is None
        else:
            assert row["skill"] == pytest.approx(1 - row["crps"] / base["crps"].mean())
            assert row["gain"] == pytest.approx(base["crps"].mean() - row["crps"])
            assert row["gain_low"] < row["gain"] < row["gain_high"]


def test_the_same_input_gives_the_same_bytes(found: Forecast) -> None:
    again = forecast(weekly(noisy(30, 0.02)), 3, origins=12, draws=1000)
    assert again.to_frame().equals(found.to_frame())
    assert again.table.equals(found.table)
    assert all((again.draws[model] == found.draws[model]).all() for model in found.models)
    alone = forecast(weekly(noisy(30, 0.02)), 3, ["nb"], origins=0, draws=1000)
    assert (alone.draws["nb"] == found.draws["nb"]).all()
    other = forecast(weekly(noisy(30, 0.02)), 3, ["nb"], origins=0, draws=1000, seed=1)
    assert (other.draws["nb"] != found.draws["nb"]).any()
    assert other.to_frame()["median"].to_list() == pytest.approx(alone.to_frame()["median"].to_list(), rel=0.15)


def test_naive_is_not_beaten_where_it_is_the_truth() -> None:
    one = forecast(weekly(wandering(40)), 2, ["naive", "nb"], origins=20, draws=500)
    assert one.scores().best == "naive"
    assert one.scores().verdict == "the naive forecast is not beaten: it has the lowest mean CRPS over 20 origins"
    assert one.headline == "naive"
    assert str(one).endswith("the naive forecast is not beaten: it has the lowest mean CRPS over 20 origins]")
    skill = one.table.filter((pl.col("model") == "nb") & pl.col("horizon").is_null())["skill"].item()
    assert skill < 0


def test_naive_is_beaten_where_growth_is_steady() -> None:
    counts = [round(200 * 1.08**at) for at in range(36)]
    one = forecast(weekly(counts), 3, origins=20, draws=500)
    assert one.scores().best == "nb"
    assert "it beats the naive forecast (95 % interval of the difference" in str(one.scores())
    assert one.headline == "nb"


def test_a_difference_that_may_be_chance_is_said() -> None:
    one = forecast(weekly(noisy(40, seed=1)), 1, ["naive", "nb"], origins=10, draws=500)
    table = one.table.filter((pl.col("model") == "nb") & pl.col("horizon").is_null()).row(0, named=True)
    assert table["gain_low"] < 0 < table["gain"]
    assert one.scores().verdict.endswith("the difference may be chance: the naive forecast is not clearly beaten")


def test_few_origins_are_too_few_to_tell() -> None:
    counts = [round(200 * 1.08**at) for at in range(16)]
    one = forecast(weekly(counts), 2, ["naive", "nb"], draws=500)
    assert one.scores().origins == 5
    assert one.scores().verdict.endswith("5 origins are too few to tell: the naive forecast is not clearly beaten")
    single = forecast(weekly(counts[:12]), 2, ["naive", "nb"], draws=500)
    assert single.scores().origins == 1
    assert "1 origin is too few to tell" in single.scores().verdict
    assert single.table["gain_low"].null_count() == single.table.height


def test_short_histories_are_not_evaluated() -> None:
    one = forecast(weekly([12, 9, 14, 11, 15, 10, 13, 12]), 2, draws=500)
    assert one.table.is_empty()
    assert one.scores().by_origin.is_empty()
    assert one.scores().best is None
    assert one.headline == "ensemble"
    assert "not evaluated: at least 12 weeks are needed (10 known and 2 ahead), got 8" in str(one)
    assert "not evaluated, as asked" in str(forecast(weekly(noisy(20)), 2, ["nb", "damped"], draws=500, origins=0))


def test_origins_roll_as_asked() -> None:
    one = forecast(weekly(noisy(40)), 4, ["damped"], draws=200, origins=4, step=3, min_history=20)
    last = [MONDAY + timedelta(days=7 * known - 1) for known in (27, 30, 33, 36)]
    assert one.scores().by_origin["origin"].unique().sort().to_list() == last
    # The naive forecast is the measure, whether it was asked for or not.
    assert one.table["model"].unique(maintain_order=True).to_list() == ["naive", "damped"]
    assert one.to_frame()["model"].unique().to_list() == ["damped"]
    assert one.headline == "damped"


def test_an_ensemble_is_of_the_models_asked_for() -> None:
    counts = noisy(24)
    one = forecast(weekly(counts), 2, ["nb", "damped", "ensemble"], draws=400, origins=3)
    expected = np.concatenate((one.draws["nb"][:200], one.draws["damped"][:200]))
    assert (one.draws["ensemble"] == expected).all()
    then = forecast(weekly(counts[:22]), 2, ["nb", "damped", "ensemble"], draws=400, origins=0)
    scored = one.scores().by_origin.filter(pl.col("model") == "ensemble")
    assert scored["median"].to_list()[-2:] == then.to_frame().filter(pl.col("model") == "ensemble")["median"].to_list()


def test_origins_at_which_a_model_fails_are_left_out_for_all() -> None:
    counts = [0] * 12 + [1, 4, 3, 6, 5, 9, 7, 12, 9, 14]
    series = cs.deaths(make_reports(rows_of(counts))).resample("week")
    one = forecast(series, 2, ["naive", "nb"], draws=300)
    assert one.scores().origins == 7
    assert one.scores().by_origin["origin"].n_unique() == 7
    assert any("left out for all models" in note and "2019-06-09, 2019-06-16" in note for note in one.scores().notes)
    never = forecast(weekly([0] * 10 + [3, 2, 4]), 3, ["naive", "nb"], draws=300)
    assert never.scores().verdict == "not evaluated: at no origin could all models be fitted"


def test_calendars() -> None:
    months = ["2018-11", "2018-12", *(f"2019-{at:02}" for at in range(1, 11))]
    rows = []
    for at, month in enumerate(months):
        start = date(int(month[:4]), int(month[5:]), 1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        rows.append({"value": 30 + at % 5, "start": str(start), "end": str(end)})
    one = forecast(cs.deaths(make_reports(rows)).resample("month"), 5, ["naive", "nb"], draws=300)
    coming = one.to_frame().filter(pl.col("model") == "nb")
    assert coming["days"].to_list() == [30, 31, 31, 29, 31]
    assert coming["period_end"].to_list()[-1] == date(2020, 3, 31)
    daily = cs.deaths(make_reports(rows_of(noisy(20), days=1))).resample("day")
    assert forecast(daily, 2, ["naive"], draws=300).to_frame()["period_start"].to_list() == [
        date(2019, 4, 21), date(2019, 4, 22),
    ]  # fmt: skip
    tens = cs.deaths(make_reports(rows_of(noisy(12), days=10))).resample(timedelta(days=10))
    found = forecast(tens, 2, ["naive"], draws=300)
    assert found.to_frame()["period_start"].to_list() == [date(2019, 7, 30), date(2019, 8, 9)]
    assert found.cell == "10-day cell"
    sundays = cs.deaths(make_reports(rows_of(noisy(12), first=date(2019, 3, 31)))).resample("epiweek")
    assert forecast(sundays, 1, ["naive"], draws=300).to_frame()["period_start"].item() == date(2019, 6, 23)


def test_text(found: Forecast, tmp_path: Path) -> None:
    text = str(found)
    assert text.startswith("forecast of reported violent deaths, 28 October to 3 November 2019: ")
    assert "(95 % prediction interval " in text
    assert "\n" not in text
    assert "Intervals hold chance" in found.summary()
    assert "12 origins, 1 week apart, 3 weeks ahead" in found.summary()
    assert "reports that come late are not foreseen" in found._repr_html_()
    assert "all" in found.scores()._repr_html_()
    found.to_csv(tmp_path / "forecast.csv")
    found.scores().to_csv(tmp_path / "scores.csv")
    assert pl.read_csv(tmp_path / "forecast.csv").height == 12
    assert pl.read_csv(tmp_path / "scores.csv").height == 16
    single = forecast(weekly(noisy(12)), 1, ["naive"], draws=300, origins=0)
    assert single.summary().count("\n") == 2


def test_levels_and_names_of_columns() -> None:
    one = forecast(weekly(noisy(20)), 1, ["naive"], levels=[0.9, 0.6], draws=300, origins=2)
    assert one.levels == (0.6, 0.9)
    assert {"low_60", "high_60", "low_90", "high_90"} < set(one.to_frame().columns)
    assert {"interval_score_90", "coverage_60", "coverage_90"} < set(one.table.columns)


def test_intervals_of_many_forecasts_cover() -> None:
    rows = [
        forecast(weekly(noisy(60, seed=seed)), 1, ["nb"], draws=400, origins=40).scores().by_origin
        for seed in (1, 2, 3)
    ]
    scored = pl.concat(rows).filter(pl.col("model") == "nb")
    share = scored["covered_80"].mean()
    # 120 one-step forecasts of NB2 counts; neighbours share their history, so that the tolerance is a wide one.
    assert share == pytest.approx(0.8, abs=0.12)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=8, max_size=16))
def test_any_counts_give_numbers_or_an_error_in_words(counts: list[int]) -> None:
    try:
        one = forecast(weekly(counts), 2, draws=200, origins=2)
    except CasualtyStatsError as error:
        text = str(error)
    else:
        assert one.to_frame().null_count().sum_horizontal().item() == 0
        numbers = one.table.select("crps", "wis", "log_score").to_numpy()
        assert np.isfinite(numbers).all()
        return
    assert text.startswith("expected")


def test_ends_that_are_not_covered_are_left_out_and_said() -> None:
    rows = rows_of(noisy(12)) + rows_of([3], days=2, first=date(2019, 6, 24))
    one = forecast(cs.deaths(make_reports(rows)).resample("week"), 2, ["naive"], draws=300)
    assert one.to_frame()["period_start"].to_list()[0] == date(2019, 6, 24)
    assert any("Left out at the end" in note for note in one.notes)


def test_bounds_may_be_taken_by_name() -> None:
    rows = rows_of(noisy(12))
    rows[5] |= {"qualifier": "approximately", "value": 40}
    series = cs.deaths(make_reports(rows)).resample("week")
    with pytest.raises(UndefinedEstimateError, match="bounds that do not meet"):
        forecast(series, 2)
    one = forecast(series, 2, ["naive"], count="best", draws=300)
    assert one.history["count"].to_list()[5] == 40
    assert any("best value was taken" in note for note in one.notes)


def test_refused_series() -> None:
    good = rows_of(noisy(12))
    with pytest.raises(OptionError, match="resample"):
        forecast(cs.deaths(make_reports(good)), 2)
    with pytest.raises(KindError, match="spread over days"):
        forecast(cs.deaths(make_reports(good)).daily(), 2)
    with pytest.raises(KindError, match="flow series"):
        forecast(cs.deaths(make_reports(good)).cumulate(), 2)  # type: ignore[arg-type]
    with pytest.raises(MeasureError, match=r"cs\.deaths"):
        forecast([1, 2, 3], 2)  # type: ignore[arg-type]
    with pytest.raises(KindError, match="bounds"):
        forecast(cs.deaths(make_reports(good), overlap="bounds").resample("week"), 2)
    named = [row | {"source": "A"} for row in good]
    with pytest.raises(OptionError, match="not split"):
        forecast(cs.deaths(make_reports(named), by=["source"]).resample("week"), 2)
    people = make_reports([row | {"measure": "displaced"} for row in good])
    with pytest.raises(NotAdditiveError, match="displacements"):
        forecast(cs.displacement(people, unit="people").resample("week"), 2)
    floors = make_reports([*good[:5], good[5] | {"qualifier": "at_least"}, *good[6:]])
    with pytest.raises(UndefinedEstimateError, match="do not meet"):
        forecast(cs.deaths(floors).resample("week"), 2)
    with pytest.raises(TooFewReportsError, match="2019-05-06"):
        forecast(cs.deaths(make_reports(good[:5] + good[6:])).resample("week"), 2)
    with pytest.raises(TooFewReportsError, match=r"at least 8 weeks.*got 5"):
        forecast(weekly(noisy(5)), 2)
    with pytest.raises(UndefinedEstimateError, match="above 0"):
        forecast(weekly([0] * 12), 2)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"horizon": 0}, "horizon= a whole number of 1"),
        ({"horizon": True}, "horizon="),
        ({"horizon": 2.5}, "horizon="),
        ({"horizon": 13}, "at most the number of weeks known, 12"),
        ({"models": ["arima"]}, "models="),
        ({"models": ["nb", "nb"]}, "each once"),
        ({"models": "nb"}, "models= a list"),
        ({"models": []}, "models="),
        ({"models": ["nb", "ensemble"]}, "two other models"),
        ({"levels": [95]}, "level=0.95"),
        ({"levels": [0.5, 0.5]}, "each once"),
        ({"levels": 0.95}, "levels="),
        ({"draws": 10}, "draws= a whole number of 200"),
        ({"seed": -1}, "seed="),
        ({"origins": -1}, "origins="),
        ({"step": 0}, "step="),
        ({"min_history": 3}, "min_history= a whole number of 8"),
        ({"count": "mean"}, "count="),
    ],
)
def test_refused_options(options: dict[str, Any], text: str) -> None:
    arguments: dict[str, Any] = {"horizon": 2} | options
    with pytest.raises(OptionError, match=text):
        forecast(weekly(noisy(12)), **arguments)


def test_forecasts_load_nothing_heavy_before_they_are_made() -> None:
    code = "import casualtystats.trends.forecast, casualtystats.trends.scores, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"scipy", "statsmodels", "pandas", "matplotlib"}
