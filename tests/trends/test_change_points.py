from __future__ import annotations

import json
import math
from datetime import date, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trends_reports import make_reports

import casualtystats as cs
from casualtystats.errors import KindError, OptionError, TooFewReportsError, UndefinedEstimateError
from casualtystats.rates.sampling import garwood
from casualtystats.trends.changepoints import change_points
from casualtystats.trends.changeresult import ChangePoints
from casualtystats.trends.partition import best_partition
from casualtystats.trends.segmentcost import SegmentCost, successive_alpha
from casualtystats.trends.segmentmeans import mean_interval

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
FIRST = date(2020, 1, 1)
counts_of = st.lists(st.integers(0, 40), min_size=4, max_size=9)


def series(counts: list[int], **more: Any) -> Any:
    days = [(FIRST + timedelta(days=at)).isoformat() for at in range(len(counts))]
    rows = [{"value": n, "start": day, "end": day} | more for n, day in zip(counts, days, strict=True)]
    return cs.deaths(make_reports(rows))


def daily(counts: list[int], **more: Any) -> Any:
    return series(counts, **more).resample("day")


def monthly(counts: list[int], year: int = 2019) -> Any:
    rows: list[dict[str, Any]] = []
    for at, count in enumerate(counts):
        start = date(year + at // 12, at % 12 + 1, 1)
        end = date(year + (at + 1) // 12, (at + 1) % 12 + 1, 1) - timedelta(days=1)
        rows.append({"value": count, "start": start.isoformat(), "end": end.isoformat()})
    return cs.deaths(make_reports(rows)).resample("month")


def ones(counts: list[int]) -> Any:
    return np.ones(len(counts), dtype=np.int64)


@pytest.mark.parametrize("cost", ["poisson", "nb"])
@pytest.mark.parametrize("penalty", ["bic", "mbic"])
def test_published_change_points(cost: Any, penalty: Any) -> None:
    """R changepoint 2.3, cpt.meanvar(method="PELT", test.stat="Poisson")."""
    entry = PUBLISHED["tr-pelt"]
    counts, expected = entry["inputs"]["y"], entry["expected"]
    found = change_points(daily(counts), cost=cost, penalty=penalty)
    last = expected["changepoints_last_index_of_segment"]
    assert found.dates == tuple(FIRST + timedelta(days=index) for index in last)
    assert found.to_frame()["per_cell"].to_list() == expected["means"]
    assert found.penalty == pytest.approx(expected[f"pen_{penalty.upper()}"], rel=entry["tolerance"]["rel"])
    # Neighbours vary less than Poisson counts, so that both costs are one.
    assert found.alpha == 0


def all_divisions(n: int, min_size: int) -> list[list[int]]:
    """Every division of n cells, as the first cells of the segments after the first."""
    found: list[list[int]] = []
    for changes in range(n // min_size):
        found += [
            list(starts)
            for starts in combinations(range(1, n), changes)
            if all(b - a >= min_size for a, b in pairwise([0, *starts, n]))
        ]
    return found


def value_of(cost: SegmentCost, starts: list[int], n: int, penalty: float, by_length: bool) -> float:
    parts = list(pairwise([0, *starts, n]))
    return sum(cost.one(a, b) + (math.log(b - a) if by_length else 0) for a, b in parts) + penalty * len(starts)


@settings(max_examples=120)
@given(
    counts_of,
    st.lists(st.sampled_from([28, 30, 31]), min_size=9, max_size=9),
    st.sampled_from([0.0, 0.05, 0.7]),
    st.floats(0.05, 12),
    st.integers(1, 3),
    st.booleans(),
    st.booleans(),
)
def test_no_division_is_better(
    counts: list[int], days: list[int], alpha: float, penalty: float, min_size: int, by_length: bool, alike: bool
) -> None:
    """The search against all divisions written out, with segments of one cell and more."""
    y = np.array(counts, dtype=np.int64)
    exposure = ones(counts) if alike else np.array(days[: y.size], dtype=np.int64)
    cost = SegmentCost.of(y, exposure, alpha)
    found = best_partition(cost, y.size, penalty, min_size, by_length=by_length)
    divisions = all_divisions(y.size, min_size)
    assert found in divisions
    best = min(value_of(cost, starts, y.size, penalty, by_length) for starts in divisions)
    assert value_of(cost, found, y.size, penalty, by_length) == pytest.approx(best, abs=1e-7)


@settings(max_examples=40)
@given(st.integers(20, 50), st.integers(0, 10**6), st.booleans())
def test_long_series_against_a_search_without_dropping(n: int, seed: int, by_length: bool) -> None:
    """Starts that are dropped are never missed: the same value as dynamic programming over all starts."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(np.repeat(rng.uniform(0.2, 12, n // 5 + 1), 5)[:n]).astype(np.int64)
    cost = SegmentCost.of(counts, np.ones(n, dtype=np.int64), 0.1)
    best = [-4.0] + [math.inf] * n
    for end in range(3, n + 1):
        options = [
            best[a] + cost.one(a, end) + (math.log(end - a) if by_length else 0) + 4.0
            for a in range(end - 2)
            if end - a >= 3
        ]
        best[end] = min(options)
    found = best_partition(cost, n, 4.0, 3, by_length=by_length)
    assert value_of(cost, found, n, 4.0, by_length) == pytest.approx(best[n], abs=1e-7)


@given(counts_of, st.sampled_from([0.0, 0.02, 0.5, 3.0]), st.floats(0.01, 3), st.floats(0.01, 3))
def test_cost_is_minus_twice_the_loglikelihood(counts: list[int], alpha: float, one: float, other: float) -> None:
    from scipy import stats

    y, days = np.array(counts), np.array([28, 30, 31] * 3)[: len(counts)]

    def loglik(rate: float) -> float:
        mu = rate * days
        if alpha == 0:
            return float(stats.poisson.logpmf(y, mu).sum())
        return float(stats.nbinom.logpmf(y, 1 / alpha, 1 / (1 + alpha * mu)).sum())

    cost = SegmentCost.of(y, days, alpha)
    sums, cells = cost.counts[-1][None, :], cost.cells[-1][None, :]
    a, b = (float(cost.at(sums, cells, np.array([rate]))[0]) for rate in (one, other))
    assert a - b == pytest.approx(-2 * (loglik(one) - loglik(other)), rel=1e-8, abs=1e-7)
    # The cost of a segment is that of its likeliest rate.
    assert cost.one(0, y.size) <= min(a, b) + 1e-9
    near = float(cost.rate(sums, cells)[0])
    if near > 0:
        assert all(loglik(near) >= loglik(near * step) - 1e-9 for step in (0.999, 1.001))


@given(counts_of)
def test_small_alpha_is_poisson(counts: list[int]) -> None:
    days = np.array([28, 30, 31] * 3)[: len(counts)]
    poisson, nearly = (SegmentCost.of(np.array(counts), days, alpha).one(0, len(counts)) for alpha in (0.0, 1e-9))
    assert nearly == pytest.approx(poisson, rel=1e-5, abs=1e-4)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 30), min_size=10, max_size=30).filter(any), st.sampled_from(["mbic", "bic", 3.0]))
def test_every_change_gains_more_than_it_costs(counts: list[int], penalty: Any) -> None:
    found = change_points(daily(counts), cost="nb", alpha=0.2, penalty=penalty)
    assert (found.changes["gain"] >= found.changes["needed"] - 1e-9).all()
    assert found.changes["date"].to_list() == list(found.dates) == found.segments["first_day"].to_list()[1:]
    assert found.segments["total"].sum() == sum(counts)
    assert found.segments["cells"].min() >= 2
    assert found.cells["segment"].to_list() == sorted(found.cells["segment"].to_list())
    if penalty == 3.0:
        assert (found.changes["needed"] == 3.0).all()
    assert len(change_points(daily(counts), cost="nb", alpha=0.2, penalty=1e9)) == 0


@given(st.integers(1, 40))
def test_lengths_of_months_are_no_changes(rate: int) -> None:
    """A constant number a day: per month it goes from 28 to 31 times as much, and nothing has changed."""
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    found = change_points(monthly([rate * days for days in lengths]), cost="poisson", penalty=0.01)
    assert found.dates == ()
    assert found.segments["per_day"].to_list() == [rate]


def test_months_by_rates() -> None:
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    counts = [(2 if at < 5 else 6) * days for at, days in enumerate(lengths)]
    for cost, alpha in (("poisson", None), ("nb", 0.02)):
        found = change_points(monthly(counts), cost=cost, alpha=alpha)
        assert found.dates == (date(2019, 6, 1),)
        assert found.segments["per_day"].to_list() == pytest.approx([2, 6])
        assert found.changes["ratio"].to_list() == pytest.approx([3])
        assert found.cell == "month"


@settings(max_examples=30)
@given(st.lists(st.integers(0, 60), min_size=8, max_size=25).filter(lambda y: sum(y) > 0), st.integers(1, 1000))
def test_a_shift_in_time_shifts_the_dates(counts: list[int], shift: int) -> None:
    here = change_points(daily(counts), alpha=0.3)
    rows = [{"value": n, "start": (FIRST + timedelta(days=at + shift)).isoformat()} for at, n in enumerate(counts)]
    there = change_points(
        cs.deaths(make_reports([row | {"end": row["start"]} for row in rows])).resample("day"), alpha=0.3
    )
    assert [day + timedelta(days=shift) for day in here.dates] == list(there.dates)


@pytest.mark.parametrize(("alpha", "mean"), [(0.1, 8), (0.5, 20)])
def test_alpha_from_neighbours_is_near_the_truth(alpha: float, mean: float) -> None:
    rng = np.random.default_rng(11)
    draws = [rng.negative_binomial(1 / alpha, 1 / (1 + alpha * mean), 200) for _ in range(200)]
    found = np.array([successive_alpha(y, np.ones(200, dtype=np.int64)) for y in draws])
    # Standard error of a mean of 200: the average is right to a few per cent.
    assert abs(found.mean() - alpha) < 4 * found.std() / math.sqrt(200)


def test_alpha_by_exposure() -> None:
    rng = np.random.default_rng(12)
    days = np.array([31, 28, 30] * 100)
    mu = 0.7 * days
    found = [successive_alpha(rng.negative_binomial(4, 1 / (1 + mu / 4)), days) for _ in range(200)]
    assert np.mean(found) == pytest.approx(0.25, abs=0.01)


def test_batches_are_not_changes() -> None:
    """Seeded: no change in the mean, variance five times the mean. Poisson finds changes, NB does not."""
    rng = np.random.default_rng(5)
    finds = {"poisson": 0, "nb": 0}
    for _ in range(100):
        y = rng.negative_binomial(1 / 0.4, 1 / (1 + 0.4 * 10), 80).astype(np.int64)
        for cost, alpha in (("poisson", 0.0), ("nb", successive_alpha(y, ones(y)))):
            finds[cost] += bool(
                best_partition(SegmentCost.of(y, ones(y), alpha), 80, 3 * math.log(80), 2, by_length=True)
            )
    assert finds["poisson"] > 70
    assert finds["nb"] <= 5


@given(st.integers(0, 300), st.integers(1, 30), st.sampled_from([0.05, 0.6]), st.sampled_from([0.001, 0.8, 0.95]))
def test_intervals_of_nb_means_hold_the_mean_and_end_where_the_likelihood_says(
    total: int, cells: int, alpha: float, level: float
) -> None:
    from scipy import stats

    y = np.zeros(cells, dtype=np.int64)
    y[0] = total
    cost = SegmentCost.of(y, np.full(cells, 3), alpha)
    low, high = mean_interval(cost, 0, cells, level)
    assert low <= total / (3 * cells) <= high
    assert (low == 0) == (total == 0)

    def twice_loglik(rate: float) -> float:
        return 2 * float(stats.nbinom.logpmf(y, 1 / alpha, 1 / (1 + alpha * 3 * rate)).sum())

    allowed = stats.chi2.ppf(level, 1)
    best = twice_loglik(total / (3 * cells)) if total else 0.0
    least, most = (end / (3 * cells) for end in garwood(total, level))
    assert low <= least <= most <= high
    if high > most * (1 + 1e-9):
        assert best - twice_loglik(high) == pytest.approx(allowed, rel=1e-4, abs=1e-6)
    if low < least * (1 - 1e-9):
        assert best - twice_loglik(low) == pytest.approx(allowed, rel=1e-4, abs=1e-6)


def test_intervals_nest_and_poisson_is_garwood() -> None:
    counts = PUBLISHED["tr-pelt"]["inputs"]["y"]
    narrow, wide = (change_points(daily(counts), level=level).segments for level in (0.8, 0.95))
    assert (wide["per_day_low"] < narrow["per_day_low"]).all()
    assert (wide["per_day_high"] > narrow["per_day_high"]).all()
    assert wide.row(0, named=True)["per_day_high"] == pytest.approx(garwood(18)[1] / 8)
    assert wide["method"][0].startswith("Garwood; does not know")
    nb = change_points(daily(counts), alpha=0.1).segments
    assert nb["method"][0].startswith("likelihood ratio")
    assert (nb["per_day_high"] > wide["per_day_high"]).all()


def test_text(tmp_path: Path) -> None:
    counts = PUBLISHED["tr-pelt"]["inputs"]["y"]
    found = change_points(daily(counts, source="Ministry", group="civilian"))
    assert str(found) == (
        "reported violent deaths of civilians: 2 changes of level: from 9 January 2020, 2.25 to 10.2 per day; from 17 "
        "January 2020, 10.2 to 3.50 per day [PELT, NB cost with alpha 0 (from neighbouring cells), penalty 9.77 "
        "(modified BIC), segments of at least 2 days; 26 days, 1 to 26 January 2020]"
    )
    assert repr(found) == str(found)
    summary = found.summary()
    assert "9 to 16 January 2020: 82 in 8 days, 10.2 per day (95 % interval 8.15 to 12.8)" in summary
    assert "more reporting looks the same as more events" in summary
    assert "the NB cost is the Poisson cost here" in summary
    assert "intervals of means do not know of the search" in summary
    assert "Source: Ministry" in found._repr_html_()
    found.to_csv(tmp_path / "segments.csv")
    assert (tmp_path / "segments.csv").read_text("utf-8").startswith("segment,first_day")
    one = change_points(daily(counts), cost="poisson", penalty=500, min_size=1)
    assert "no change of level found; 5.19 per day throughout" in str(one)
    assert "Poisson cost, penalty 500 (given), segments of at least 1 day;" in str(one)
    assert "deaths in batches" in one.summary()
    assert one.changes.height == 0
    single = change_points(daily(counts[:16]), alpha=0.0)
    assert "1 change of level" in str(single)
    assert "(from neighbouring cells)" not in str(single)
    many = change_points(daily([1, 1, 1, 60, 60, 60] * 6), cost="poisson")
    assert len(many) == 11
    assert "; 5 more [" in str(many)
    cells = series(counts).resample(timedelta(days=2))
    assert "segments of at least 2 2-day cells; 13 2-day cells" in str(change_points(cells))


def test_zeros_before_a_change_have_no_ratio() -> None:
    found = change_points(daily([0, 0, 0, 0, 0, 9, 8, 7, 9, 8]), cost="poisson")
    assert found.dates == (date(2020, 1, 6),)
    assert found.changes["ratio"].to_list() == [None]
    assert found.segments["per_day_low"][0] == 0
    assert found.segments["per_day_high"][0] == pytest.approx(-math.log(0.025) / 5)
    # The likelihood ratio of NB counts alone would stop at half of that.
    spread = change_points(daily([0, 0, 0, 0, 0, 9, 8, 7, 9, 8]), alpha=0.1)
    assert spread.segments["per_day_high"][0] == pytest.approx(-math.log(0.025) / 5)


def test_refusals() -> None:
    y = PUBLISHED["tr-pelt"]["inputs"]["y"]
    wrong: Any
    for wrong in ("gauss", None):
        with pytest.raises(OptionError, match="cost= one of nb, poisson"):
            change_points(daily(y), cost=wrong)
    for wrong in ("aic", 0, -1.0, math.nan, math.inf, True, None):
        with pytest.raises(OptionError, match="penalty="):
            change_points(daily(y), penalty=wrong)
    for wrong in (0, 2.0, True, "2"):
        with pytest.raises(OptionError, match="min_size="):
            change_points(daily(y), min_size=wrong)
    for wrong in (-0.1, math.nan, math.inf, True, "0.1"):
        with pytest.raises(OptionError, match="alpha="):
            change_points(daily(y), alpha=wrong)
    with pytest.raises(OptionError, match="no alpha= with cost='poisson'"):
        change_points(daily(y), cost="poisson", alpha=0.1)
    with pytest.raises(OptionError, match="share"):
        change_points(daily(y), level=95)
    with pytest.raises(UndefinedEstimateError, match="count above 0"):
        change_points(daily([0] * 20))
    with pytest.raises(TooFewReportsError, match="at least 8 days"):
        change_points(daily([1, 2, 3, 4, 5, 6, 7]))
    with pytest.raises(TooFewReportsError, match="at least 4 days"):
        change_points(daily([1, 2, 3]), cost="poisson")
    with pytest.raises(TooFewReportsError, match="at least 14 days"):
        change_points(daily([1, 2, 3, 4, 5, 6, 7, 8]), min_size=7)
    with pytest.raises(UndefinedEstimateError, match="give alpha="):
        change_points(daily([9, 0, 7, 0, 8, 0, 12, 0, 5, 0]))
    assert isinstance(change_points(daily([9, 0, 7, 0, 8, 0, 12, 0, 5, 0]), alpha=1), ChangePoints)
    report = make_reports([{"value": 50, "start": "2020-01-01", "end": "2020-01-20"}])
    with pytest.raises(KindError, match="spread over days"):
        change_points(cs.deaths(report).daily())
    gap = make_reports([{"value": 5, "start": f"2020-01-{day:02}", "end": f"2020-01-{day:02}"} for day in (1, 2, 4)])
    with pytest.raises(TooFewReportsError, match="2020-01-03"):
        change_points(cs.deaths(gap).resample("day"))
    with pytest.raises(UndefinedEstimateError, match="count='low'"):
        change_points(daily(y, qualifier="at_least"))
    assert "the low value was taken" in change_points(daily(y, qualifier="at_least"), count="low").summary()
