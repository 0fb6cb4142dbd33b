from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.tsa.seasonal import STL
from trends_reports import make_reports

import casualtystats as cs
from casualtystats.errors import KindError, OptionError, TooFewReportsError, UndefinedEstimateError
from casualtystats.trends.decomposition import decompose

# A Monday.
FIRST = date(2020, 1, 6)


def daily(counts: list[int], **more: Any) -> Any:
    days = [(FIRST + timedelta(days=at)).isoformat() for at in range(len(counts))]
    rows = [{"value": int(n), "start": day, "end": day} | more for n, day in zip(counts, days, strict=True)]
    return cs.deaths(make_reports(rows)).resample("day")


def monthly(per_day: list[int]) -> Any:
    rows: list[dict[str, Any]] = []
    for at, rate in enumerate(per_day):
        start = date(2018 + at // 12, at % 12 + 1, 1)
        end = date(2018 + (at + 1) // 12, (at + 1) % 12 + 1, 1) - timedelta(days=1)
        rows.append({"value": rate * ((end - start).days + 1), "start": start.isoformat(), "end": end.isoformat()})
    return cs.deaths(make_reports(rows)).resample("month")


@settings(max_examples=25)
@given(
    st.lists(st.integers(0, 200), min_size=14, max_size=60).filter(any),
    st.booleans(),
    st.sampled_from(["none", "log1p"]),
)
def test_parts_add_up_and_are_those_of_statsmodels(counts: list[int], robust: bool, transform: Any) -> None:
    found = decompose(daily(counts), robust=robust, transform=transform)
    frame = found.to_frame()
    assert frame.null_count().sum_horizontal().item() == 0
    total = frame["trend"] + frame["seasonal"] + frame["remainder"]
    observed = np.array(counts, dtype=float) if transform == "none" else np.log1p(counts)
    assert total.to_numpy() == pytest.approx(observed, abs=1e-9)
    assert frame["count"].to_list() == counts
    fit = STL(observed, period=7, robust=robust).fit()
    assert frame["trend"].to_numpy() == pytest.approx(fit.trend, abs=1e-9)
    assert frame["seasonal"].to_numpy() == pytest.approx(fit.seasonal, abs=1e-9)
    assert frame["weight"].to_numpy() == pytest.approx(fit.weights, abs=1e-9)
    assert found.strength is None or 0 <= found.strength <= 1
    assert frame["weight"].is_between(0, 1).all()
    if not robust:
        assert (frame["weight"] == 1).all()


@given(st.lists(st.integers(0, 30), min_size=7, max_size=7).filter(lambda y: len(set(y)) > 1), st.integers(4, 8))
def test_a_pure_pattern_is_found_whole(week: list[int], weeks: int) -> None:
    found = decompose(daily(week * weeks))
    middle = sum(week) / 7
    assert found.to_frame()["seasonal"].to_numpy() == pytest.approx([n - middle for n in week] * weeks, abs=1e-6)
    assert found.to_frame()["remainder"].to_numpy() == pytest.approx(np.zeros(7 * weeks), abs=1e-6)
    assert found.strength == pytest.approx(1)


def test_settings_are_those_of_statsmodels_and_stated() -> None:
    y = [at % 7 + at // 7 for at in range(70)]
    for seasonal in (7, 9, 13):
        theirs = STL(np.array(y, dtype=float), period=7, seasonal=seasonal).config
        ours = decompose(daily(y), seasonal=seasonal).settings
        assert (ours.trend, ours.low_pass) == (theirs["trend"], theirs["low_pass"])
        assert ours.low_pass > ours.period
    found = decompose(daily(y), seasonal=9, trend=21, low_pass=11, robust=True)
    assert "[STL with period 7, seasonal 9, trend 21, low_pass 11, robust]" in str(found)
    assert (found.settings.inner, found.settings.outer) == (2, 15)
    assert decompose(daily(y), period=5).settings.low_pass == 7
    assert decompose(daily(y), period=6).settings.low_pass == 7


def test_one_day_of_very_many_deaths_is_weighed_down() -> None:
    rng = np.random.default_rng(1)
    y = rng.poisson(np.array([9, 8, 9, 8, 9, 4, 3] * 8)).tolist()
    y[24] = 300
    plain, robust = decompose(daily(y)), decompose(daily(y), robust=True)
    assert robust.to_frame()["weight"][24] < 1e-6
    assert robust.to_frame()["remainder"][24] > plain.to_frame()["remainder"][24] > 0
    assert abs(robust.to_frame()["trend"][24] - 7) < 3 < abs(plain.to_frame()["trend"][24] - 7)


def test_months_are_compared_by_day() -> None:
    found = decompose(monthly([3] * 30))
    assert found.scale == "counts per day"
    assert found.to_frame()["observed"].to_list() == [3.0] * 30
    assert found.to_frame()["seasonal"].to_numpy() == pytest.approx(np.zeros(30), abs=1e-12)
    assert found.strength is None
    assert found.trend_strength is None
    assert "nothing recurs" in str(found)
    assert "Counts are divided by the days of each month" in found.summary()
    assert "holds 2.5 periods" in found.summary()
    assert decompose(monthly([3, 4, 5] * 10), transform="log1p").scale == "log(1 + counts per day)"


def test_strength_separates_a_pattern_from_noise() -> None:
    rng = np.random.default_rng(2)
    noise = [decompose(daily(rng.poisson(10, 70).tolist())).strength or 0.0 for _ in range(40)]
    week = np.array([14, 12, 13, 12, 11, 5, 3] * 10)
    pattern = [decompose(daily(rng.poisson(week).tolist())).strength or 0.0 for _ in range(20)]
    assert max(noise) < min(pattern)
    # As the docstring says, by simulation.
    assert 0.3 < float(np.mean(noise)) < 0.5


def test_text(tmp_path: Path) -> None:
    found = decompose(daily([9, 7, 6, 7, 8, 3, 2] * 5, group="civilian", source="Ministry"))
    assert str(found) == (
        "reported violent deaths of civilians, counts of 35 days, 6 January to 9 February 2020: trend from 6.00 to 6.00; "
        "strength of the pattern 1.00 (0 none, 1 all that the trend leaves) [STL with period 7, seasonal 7, trend 15, "
        "low_pass 9, not robust]"
    )
    assert repr(found) == str(found)
    assert "usually one of reporting, not of violence" in found.summary()
    assert "more reporting looks the same as more events" in found.summary()
    assert "Source: Ministry" in found._repr_html_()
    found.to_csv(tmp_path / "parts.csv")
    assert (tmp_path / "parts.csv").read_text("utf-8").startswith("date,last_day,days,count,observed,trend,seasonal")
    assert len(found) == 35
    cells = daily([9, 7, 6, 7, 8, 3, 2] * 6).resample(timedelta(days=2))
    assert "counts of 21 2-day cells" in str(decompose(cells, period=3))


def test_weeks_and_quarters_have_periods_of_their_own() -> None:
    quarters = [
        {"value": 100 + 10 * (at % 4), "start": f"{2015 + at // 4}-{3 * (at % 4) + 1:02}-01",
         "end": f"{2015 + at // 4}-{('03-31', '06-30', '09-30', '12-31')[at % 4]}"}
        for at in range(12)
    ]  # fmt: skip
    found = decompose(cs.deaths(make_reports(quarters)).resample("quarter"))
    assert found.settings.period == 4
    with pytest.raises(TooFewReportsError, match=r"at least 104 weeks in a row .* period of 52"):
        decompose(daily([1, 2, 3, 4, 5, 6, 7] * 10).resample("week"))


def test_refusals() -> None:
    y = [9, 7, 6, 7, 8, 3, 2] * 4
    wrong: Any
    for name, values, match in (
        ("period", (1, 0, 7.0, True, "7"), "period= a whole number"),
        ("seasonal", (1, 4, None, True, 7.0), "seasonal= an odd"),
        ("trend", (1, 8, True), "trend= an odd"),
        ("trend", (7, 5), "trend= above the period of 7"),
        ("low_pass", (8, 9.0), "low_pass= an odd"),
        ("low_pass", (7, 3), "low_pass= above the period of 7"),
        ("robust", (1, None, "yes"), "robust= True or False"),
        ("transform", ("log", None), "transform= one of none, log1p"),
    ):
        for wrong in values:
            with pytest.raises(OptionError, match=match):
                decompose(daily(y), **{name: wrong})
    with pytest.raises(OptionError, match="period= with cells of a 2-day cell"):
        decompose(daily(y).resample(timedelta(days=2)))
    years = make_reports([{"value": 9, "start": f"{2010 + at}-01-01", "end": f"{2010 + at}-12-31"} for at in range(9)])
    with pytest.raises(OptionError, match="period= with cells of a year"):
        decompose(cs.deaths(years).resample("year"))
    with pytest.raises(TooFewReportsError, match="at least 14 days"):
        decompose(daily(y[:13]))
    with pytest.raises(UndefinedEstimateError, match="count above 0"):
        decompose(daily([0] * 20))
    with pytest.raises(KindError, match="spread over days"):
        decompose(cs.deaths(make_reports([{"value": 50, "start": "2020-01-01", "end": "2020-01-30"}])).daily())
    holed = make_reports([{"value": 5, "start": f"2020-01-{day:02}", "end": f"2020-01-{day:02}"} for day in (1, 2, 4)])
    with pytest.raises(TooFewReportsError, match="2020-01-03"):
        decompose(cs.deaths(holed).resample("day"))
    with pytest.raises(UndefinedEstimateError, match="exact counts for a decomposition"):
        decompose(daily(y, qualifier="at_least"))


def test_robust_weights_of_a_perfect_fit_are_numbers() -> None:
    for y in ([4] * 21, [9, 7, 6, 7, 8, 3, 2] * 3, [0] * 20 + [1]):
        frame = decompose(daily(y), robust=True).to_frame()
        assert not frame.select(pl.col(pl.Float64).is_nan().any()).sum_horizontal().item()
        assert all(math.isfinite(value) for value in frame["trend"])
