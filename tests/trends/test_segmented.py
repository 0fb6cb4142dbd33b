"""Trends with joints: published values, properties, and what bad input is told."""

from __future__ import annotations

import json
import math
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
    OptionError,
    TooFewReportsError,
    UnboundedTrendError,
    UndefinedEstimateError,
)
from casualtystats.trends.likelihood.maximum import maximise
from casualtystats.trends.likelihood.objective import Likelihood
from casualtystats.trends.likelihood.totals import Totals
from casualtystats.trends.segmented import segmented_trend
from casualtystats.trends.segments.batch import PoissonBatch
from casualtystats.trends.segments.design import hinges
from casualtystats.trends.segments.newton import newton
from casualtystats.trends.segments.parts import Joint, Ratio, Segment, growth_interval
from casualtystats.trends.segments.permutation import PermutationTest, number_by_tests
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.search import first_look, refined
from casualtystats.trends.segments.terms import check_terms

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
DAY_ZERO = date(2020, 1, 1)
COUNTS: list[int] = PUBLISHED["tr-seg"]["inputs"]["y"]


def rows_of(counts: list[int], days: int = 1, start: date = DAY_ZERO) -> list[dict[str, Any]]:
    """Neighbouring totals of some days each."""
    return [
        {
            "value": int(count),
            "start": str(start + timedelta(days=at * days)),
            "end": str(start + timedelta(days=(at + 1) * days - 1)),
        }
        for at, count in enumerate(counts)
    ]


def series(rows: list[dict[str, Any]]) -> Any:
    return cs.deaths(make_reports(rows))


def weekly(seed: int = 0) -> list[dict[str, Any]]:
    """24 weekly totals that grow for 70 days and then fall."""
    day = np.arange(168)
    mean = 3 * np.exp(0.03 * np.minimum(day, 70) - 0.02 * np.maximum(0, day - 70))
    generator = np.random.Generator(np.random.PCG64(seed))
    return rows_of(generator.poisson(np.add.reduceat(mean, np.arange(0, 168, 7))).tolist(), 7)


# ---- published values


def test_published_muggeo() -> None:
    """R's `segmented` counts days from 1, and its interval takes Student's t with 20 degrees of freedom."""
    entry = PUBLISHED["tr-seg"]
    expected, rel = entry["expected"], entry["tolerance"]["rel"]
    found = segmented_trend(series(rows_of(COUNTS)), max_joints=1, method="muggeo", family="poisson")
    joint = found.joints[0]
    assert joint.at + 1 == pytest.approx(expected["psi"], rel=rel)
    assert joint.se == pytest.approx(expected["psi_se"], abs=5e-4)
    assert joint.low is not None
    assert joint.high is not None
    assert [joint.low + 1, joint.high + 1] == pytest.approx(expected["psi_ci"], rel=rel)
    assert [one.b for one in found.segments] == pytest.approx([expected["slope1"], expected["slope2"]], rel=rel)
    assert found.deviance == pytest.approx(expected["deviance"], rel=rel)
    assert found.aic == pytest.approx(expected["AIC"], rel=rel)
    assert joint.date == date(2020, 1, 12)
    assert (joint.first_date, joint.last_date) == (date(2020, 1, 10), date(2020, 1, 14))


def test_published_grid() -> None:
    entry = PUBLISHED["tr-seg"]
    expected, rel = entry["expected"]["grid_joinpoint"], entry["tolerance"]["rel"]
    found = segmented_trend(series(rows_of(COUNTS)), max_joints=1, family="poisson")
    assert found.joints[0].at + 1 == expected["knot"]
    assert found.deviance == pytest.approx(expected["deviance"], rel=rel)
    growth = [100 * one.growth_per_day.value for one in found.segments]
    assert growth == pytest.approx([expected["APC1"], expected["APC2"]], rel=rel)


def test_grid_agrees_with_statsmodels() -> None:
    import statsmodels.api as sm

    day = np.arange(len(COUNTS), dtype=np.float64)
    deviances = {
        knot: sm.GLM(COUNTS, sm.add_constant(np.column_stack([day, np.maximum(0, day - knot)])), sm.families.Poisson())
        .fit()
        .deviance
        for knot in range(3, 21)
    }
    found = segmented_trend(series(rows_of(COUNTS)), max_joints=1, family="poisson")
    best = min(deviances, key=lambda knot: deviances[knot])
    assert found.joints[0].at == best
    assert found.deviance == pytest.approx(deviances[best], rel=1e-8)
    # The profile interval: days at which the deviance is within the quantile of the least.
    from scipy.stats import chi2

    inside = [knot for knot, value in deviances.items() if value <= deviances[best] + chi2.ppf(0.95, 1)]
    assert (found.joints[0].low, found.joints[0].high) == (min(inside), max(inside))


def test_bic_counts_two_parameters_for_a_joint() -> None:
    found = segmented_trend(series(rows_of(COUNTS)), family="poisson")
    assert found.choices["parameters"].to_list() == [2, 4, 6]
    for row in found.choices.to_dicts():
        assert row["bic"] == pytest.approx(-2 * row["loglik"] + row["parameters"] * math.log(24))
        assert row["aic"] == pytest.approx(-2 * row["loglik"] + 2 * row["parameters"])
    assert found.choices.filter("chosen")["joints"].to_list() == [1]
    assert found.bic == found.choices["bic"].min()
    quasi = segmented_trend(series(rows_of(COUNTS)))
    assert quasi.choices["parameters"].to_list() == [3, 5, 7]
    assert "NB1" in "".join(quasi.notes)
    # With a joint the counts vary less than Poisson counts; without one they vary more, which a dispersion explains.
    assert quasi.choices["loglik"].to_list()[1:] == pytest.approx(found.choices["loglik"].to_list()[1:])
    assert quasi.choices["loglik"][0] > found.choices["loglik"][0]


def test_permutation_finds_the_joint_and_no_more() -> None:
    found = segmented_trend(series(rows_of(COUNTS)), choose="permutation", draws=199)
    assert [(row["fewer"], row["more"]) for row in found.tests.to_dicts()] == [(0, 2), (1, 2)]
    assert found.tests["p_value"].to_list()[0] == pytest.approx(1 / 200)
    assert found.tests["p_value"].to_list()[1] > 0.1
    assert len(found.joints) == 1
    again = segmented_trend(series(rows_of(COUNTS)), choose="permutation", draws=199)
    assert again.tests.equals(found.tests)
    assert "199 permutations" in found.summary()
    other = segmented_trend(series(rows_of(COUNTS)), choose="permutation", draws=199, seed=1)
    assert other.tests["p_value"].to_list() != found.tests["p_value"].to_list()


def test_permutation_rarely_finds_a_joint_where_there_is_none() -> None:
    generator = np.random.Generator(np.random.PCG64(5))
    mean = 12 * np.exp(0.02 * np.arange(20))
    found = 0
    for _ in range(40):
        counts = generator.negative_binomial(mean, 0.5).tolist()
        fit = segmented_trend(series(rows_of(counts)), max_joints=1, choose="permutation", draws=99)
        found += len(fit.joints)
    # Binomial(40, 0.05) exceeds 6 with a probability of 0.003.
    assert found <= 6


def test_sequence_of_tests() -> None:
    asked: list[tuple[int, int]] = []

    def test(fewer: int, more: int) -> PermutationTest:
        asked.append((fewer, more))
        return PermutationTest(fewer, more, 1.0, 0.001 if fewer < 1 else 0.5, 999)

    assert number_by_tests(test, 3, 0.05)[0] == 1
    assert asked == [(0, 3), (1, 3), (1, 2)]
    assert number_by_tests(test, 0, 0.05) == (0, [])


# ---- intervals cover


def test_intervals_of_the_joint_cover() -> None:
    generator = np.random.Generator(np.random.PCG64(11))
    day = np.arange(24)
    mean = 6 * np.exp(0.12 * np.minimum(day, 13) - 0.12 * np.maximum(0, day - 13))
    held = {"joint": 0, "before": 0, "after": 0}
    number = 60
    for _ in range(number):
        found = segmented_trend(series(rows_of(generator.poisson(mean).tolist())), max_joints=1)
        joint = found.joints[0]
        assert joint.low is not None
        assert joint.high is not None
        held["joint"] += joint.low <= 13 <= joint.high
        held["before"] += found.segments[0].low <= 0.12 <= found.segments[0].high
        held["after"] += found.segments[1].low <= -0.12 <= found.segments[1].high
    # Binomial(60, 0.95) lies below 51 with a probability of 0.001.
    assert min(held.values()) >= 51


# ---- properties


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(1, 60), min_size=10, max_size=14), st.integers(-900, 900), st.randoms())
def test_order_names_and_a_shift_of_time_change_nothing_but_dates(counts: list[int], days: int, random: Any) -> None:
    rows = rows_of(counts)
    moved = rows_of(counts, start=DAY_ZERO + timedelta(days=days))
    moved = [row | {"report_id": f"x{at}"} for at, row in enumerate(random.sample(moved, len(moved)))]
    first, second = (segmented_trend(series(some), max_joints=1) for some in (rows, moved))
    assert [joint.at for joint in first.joints] == [joint.at for joint in second.joints]
    assert [one.b for one in first.segments] == pytest.approx([one.b for one in second.segments], rel=1e-9, abs=1e-12)
    for one, other in zip(first.joints, second.joints, strict=True):
        assert other.date - one.date == timedelta(days=days)
    assert second.segments[0].first_day - first.segments[0].first_day == timedelta(days=days)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.integers(1, 400), min_size=8, max_size=14), st.sampled_from(["quasi", "poisson", "nb1", "nb2"]))
def test_no_joint_is_the_plain_trend(counts: list[int], family: Any) -> None:
    rows = series(rows_of(counts, 3))
    found = segmented_trend(rows, max_joints=0, family=family)
    plain = cs.fit_trend(rows, family=family)
    assert found.joints == ()
    assert found.segments[0].growth_per_day == plain.growth_per_day
    assert found.segments[0].doubling == plain.doubling_days
    assert (found.segments[0].first_day, found.segments[0].last_day) == (plain.first_day, plain.last_day)
    days = [DAY_ZERO, DAY_ZERO + timedelta(days=5)]
    assert found.predict(days).equals(plain.predict(days))


@settings(deadline=None, max_examples=15)
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 300)), min_size=9, max_size=12), st.data())
def test_batch_agrees_with_one_fit_at_a_time(pieces: list[tuple[int, int]], data: Any) -> None:
    lengths = np.array([length for length, _ in pieces])
    last = np.cumsum(lengths) - 1
    counts = np.array([count for _, count in pieces], dtype=np.float64)
    totals = Totals.of(last - lengths + 1, last, counts, counts)
    day = np.arange(totals.days, dtype=np.float64)
    base = np.column_stack([np.ones_like(day), day])
    placement = Placement.of(totals.first, totals.last, 3)
    joint = float(data.draw(st.sampled_from(placement.days.tolist())))
    matrix = np.hstack([base, hinges(day, np.array([joint]))])
    batch = PoissonBatch.of(totals, base, np.zeros_like(day))
    found = batch.deviances(counts[None, :], np.array([[joint]]))[0]
    best = maximise(totals, matrix, np.zeros_like(day), "poisson", ("Intercept", "day", "joint"))
    from scipy.stats import poisson

    perfect = float(poisson.logpmf(counts, counts).sum())
    assert found == pytest.approx(2 * (perfect - best.loglik), rel=1e-6, abs=1e-6)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 9), min_size=6, max_size=20), st.integers(2, 4), st.integers(1, 3))
def test_placement_leaves_enough_totals(lengths: list[int], least: int, number: int) -> None:
    last = np.cumsum(lengths) - 1
    first = last - np.array(lengths) + 1
    placement = Placement.of(first, last, least)
    middles = (first + last) / 2
    sets = placement.sets(number, 10**6)
    assert sets is not None
    assert (len(sets) > 0) == (placement.room() >= number)
    if len(sets):
        assert placement.allows(placement.start(number)[None, :])[0]
    for joints in sets[:50]:
        edges = [-1.0, *joints, 1e9]
        for low, high in pairwise(edges):
            assert ((middles > low) & (middles < high)).sum() >= least


def test_search_one_at_a_time_finds_what_all_sets_find() -> None:
    day = np.arange(40, dtype=np.float64)
    mean = np.exp(2 + 0.1 * day - 0.2 * np.maximum(0, day - 13) + 0.25 * np.maximum(0, day - 27))
    counts = np.round(mean)
    totals = Totals.of(np.arange(40), np.arange(40), counts, counts)
    batch = PoissonBatch.of(totals, np.column_stack([np.ones(40), day]), np.zeros(40))
    placement = Placement.of(totals.first, totals.last, 3)

    def cost(joints: Any) -> Any:
        return batch.deviances(counts[None, :], joints)

    every, least = first_look(cost, placement, 2)
    steps, reached = first_look(cost, placement, 2, most=10)
    assert every.tolist() == steps.tolist() == [13, 27]
    assert reached == pytest.approx(least)
    thin = placement.thinned(6)
    rough, value = first_look(cost, thin, 2)
    assert rough.tolist() != [13, 27]
    assert refined(cost, thin, rough, value)[0].tolist() == [13, 27]


def test_newton_gives_up_where_the_way_is_not_plain() -> None:
    at = np.arange(6)

    def climbed(counts: list[float], terms: list[Any], start: list[float]) -> Any:
        values = np.array(counts, dtype=np.float64)
        totals = Totals.of(at, at, values, values)
        design = np.column_stack([np.asarray(term, dtype=np.float64) for term in terms])
        return newton(Likelihood.of(totals, design, np.zeros(6), "poisson"), np.array(start))

    found = climbed([5, 7, 6, 8, 9, 9], [np.ones(6), at / 5], [1.0, 0.0])
    assert found is not None
    assert np.exp(found[0][0] + found[0][1] * at / 5).sum() == pytest.approx(44)
    # A term that is nowhere: no curvature. A run of zeros: no finite slope. A start out of reach.
    assert climbed([5, 7, 6, 8, 9, 9], [np.ones(6), np.zeros(6)], [1.0, 0.0]) is None
    assert climbed([5, 0, 0, 0, 0, 0], [np.ones(6), at / 5], [1.0, 0.0]) is None
    assert climbed([5, 7, 6, 8, 9, 9], [np.ones(6), at / 5], [-60.0, 0.0]) is None


def test_as_many_joints_as_there_is_room_for() -> None:
    found = segmented_trend(series(rows_of(COUNTS)), max_joints=5, choose="permutation", draws=99)
    assert found.tests["more"][0] == 5
    assert found.tests["fewer"].to_list() == sorted(found.tests["fewer"].to_list())


# ---- bounds, dates, families


def test_two_joints() -> None:
    day = np.arange(60)
    mean = np.exp(2 + 0.08 * np.minimum(day, 20) - 0.1 * np.clip(day - 20, 0, 20) + 0.09 * np.maximum(0, day - 40))
    counts = np.random.Generator(np.random.PCG64(2)).poisson(mean).tolist()
    for method in ("grid", "muggeo"):
        found = segmented_trend(series(rows_of(counts)), method=method)
        first, second = found.joints
        for joint, truth in ((first, 20), (second, 40)):
            assert joint.low is not None
            assert joint.high is not None
            assert joint.low - 1 <= truth <= joint.high + 1
            assert (joint.open_low, joint.open_high) == (False, False)
        assert [one.doubling.direction for one in found.segments] == ["doubling", "halving", "doubling"]
        assert "changes twice" in str(found)
        assert found.segments[1].first_day - found.segments[0].last_day == timedelta(days=1)
        assert first.ratio.high < 1 < second.ratio.low


@pytest.mark.parametrize("method", ["grid", "muggeo"])
def test_weekly_totals_recover_the_day(method: Any) -> None:
    found = segmented_trend(series(weekly()), method=method)
    joint = found.joints[0]
    assert joint.low is not None
    assert joint.high is not None
    assert joint.low <= 70 <= joint.high
    assert found.segments[0].low <= 0.03 <= found.segments[0].high
    assert found.segments[1].low <= -0.02 <= found.segments[1].high


@pytest.mark.parametrize("method", ["grid", "muggeo"])
def test_bounds_are_fitted_as_bounds(method: Any) -> None:
    rows = weekly()
    for at in (3, 15):
        rows[at] |= {"qualifier": "at_least", "value": int(rows[at]["value"] * 0.9)}
    rows[12] |= {"qualifier": "up_to"}
    found = segmented_trend(series(rows), method=method, max_joints=1)
    assert found.fit.family == "nb2"
    assert (found.fit.floors, found.fit.ceilings) == (2, 1)
    assert found.deviance is None
    joint = found.joints[0]
    assert joint.low is not None
    assert joint.high is not None
    assert joint.low <= 70 <= joint.high
    assert "lower bounds" in found.summary()
    with pytest.raises(OptionError, match="permutation"):
        segmented_trend(series(rows), choose="permutation")
    with pytest.raises(OptionError, match="quasi"):
        segmented_trend(series(rows), family="quasi")


def test_unknown_dates_give_a_source_range_for_each_segment() -> None:
    rows = weekly()
    ends = [DAY_ZERO + timedelta(days=day) for day in (38, 41, 42, 44)]
    rows[5]["end"], rows[6]["start"] = f"[{ends[0]}..{ends[1]}]", f"[{ends[2]}..{ends[3]}]"
    found = segmented_trend(series(rows), family="poisson", max_joints=1)
    assert found.fit.fuzzy == 2
    for one in found.segments:
        assert one.source_low is not None
        assert one.source_high is not None
        assert one.source_low <= one.growth_per_day.value <= one.source_high
        assert one.over_dates() in found.notes
    assert found.to_frame()["source_low"].null_count() == 0
    muggeo = segmented_trend(series(rows), family="poisson", max_joints=1, method="muggeo")
    assert muggeo.segments[0].source_low == pytest.approx(found.segments[0].source_low, abs=2e-3)


def test_negative_binomial_with_dispersion() -> None:
    day = np.arange(60)
    mean = 20 * np.exp(0.04 * np.minimum(day, 30) - 0.04 * np.maximum(0, day - 30))
    counts = np.random.Generator(np.random.PCG64(3)).negative_binomial(6, 6 / (6 + mean)).tolist()
    for family in ("nb1", "nb2"):
        grid = segmented_trend(series(rows_of(counts)), family=family, max_joints=1)
        assert grid.fit.alpha
        assert grid.choices["parameters"].to_list() == [3, 5]
        best = float(grid.choices["loglik"][1])
        # No other day is better, by the fit one at a time.
        totals = grid.fit.fitted.likelihood.totals
        base = grid.fit.fitted.matrix[:, :2]
        for knot in range(3, 57, 3):
            matrix = np.hstack([base, hinges(day.astype(np.float64), np.array([float(knot)]))])
            one = maximise(totals, matrix, np.zeros(60), family, ("Intercept", "day", "joint"))
            assert one.loglik <= best + 1e-7
    perm = segmented_trend(series(rows_of(counts)), family="nb2", max_joints=1, choose="permutation", draws=99)
    assert len(perm.joints) == 1


def test_weekdays_and_exposure() -> None:
    day = np.arange(56)
    mean = 15 * np.exp(0.03 * np.minimum(day, 28) - 0.03 * np.maximum(0, day - 28)) * np.where(day % 7 == 2, 0.5, 1.0)
    counts = np.random.Generator(np.random.PCG64(4)).poisson(mean).tolist()
    found = segmented_trend(series(rows_of(counts)), formula="day + weekday", exposure=2_000.0, max_joints=1)
    assert len(found.joints) == 1
    assert found.segments[0].low <= 0.03 <= found.segments[0].high
    assert found.choices["parameters"].to_list() == [9, 11]


def test_robust_covariance() -> None:
    plain = segmented_trend(series(rows_of(COUNTS)), max_joints=1)
    robust = segmented_trend(series(rows_of(COUNTS)), max_joints=1, cov="HC1")
    assert robust.joints[0].at == plain.joints[0].at
    assert robust.segments[0].b == plain.segments[0].b
    assert robust.segments[0].high < plain.segments[0].high
    assert any("HC1" in note for note in robust.notes)


def test_a_joint_that_the_data_do_not_bound() -> None:
    found = segmented_trend(series(rows_of([5, 6, 7, 8, 9, 0, 0, 0, 0, 0])), max_joints=1)
    joint = found.joints[0]
    assert joint.open_low
    assert joint.open_high
    assert "or earlier" in str(joint)
    assert "or later" in str(joint)
    assert any("reaches the end" in note for note in found.notes)
    muggeo = segmented_trend(series(rows_of([5, 6, 7, 8, 9, 0, 0, 0, 0, 0])), max_joints=1, method="muggeo")
    # The unjoined lines after a run of zeros have no finite fit: no interval is made up.
    assert muggeo.joints[0].se is None
    assert muggeo.joints[0].range() == "no interval"
    assert any("take the joints as known" in note for note in muggeo.notes)
    assert muggeo.joints_frame()["first_date"].to_list() == [None]


def test_joint_on_a_whole_day_stays_there() -> None:
    """Where two straight lines meet exactly on a day, the iteration stays."""
    counts = [2**at for at in range(8)] + [2 ** (6 - at) for at in range(7)]
    found = segmented_trend(series(rows_of(counts)), max_joints=1, method="muggeo", family="poisson")
    assert found.joints[0].at == pytest.approx(7, abs=1e-6)
    assert found.segments[0].growth_per_day.value == pytest.approx(1.0)
    assert found.segments[1].growth_per_day.value == pytest.approx(-0.5)


# ---- bad input


def test_refusals() -> None:
    rows = series(rows_of(COUNTS))
    for wrong, words in (
        ({"max_joints": -1}, "max_joints"),
        ({"max_joints": True}, "max_joints"),
        ({"method": "x"}, "method"),
        ({"choose": "chi2"}, "choose"),
        ({"min_totals": 1}, "min_totals"),
        ({"draws": 5, "choose": "permutation"}, "draws"),
        ({"significance": 0.0}, "significance"),
        ({"level": 95}, "share"),
        ({"formula": "week"}, "'day'"),
        ({"formula": "day + bs(day, df=4)"}, "no other function of time"),
        ({"formula": "day - 1"}, "constant"),
        ({"formula": 'day + step("2020-01-05")'}, "no other function of time"),
        ({"family": "gamma"}, "family"),
    ):
        anything: Any = wrong
        with pytest.raises(OptionError, match=words):
            segmented_trend(rows, **anything)
    with pytest.raises(KindError, match="flow"):
        segmented_trend(rows.cumulate())
    with pytest.raises(KindError, match="bounds"):
        segmented_trend(cs.deaths(make_reports(rows_of(COUNTS)), overlap="bounds"))
    split = cs.deaths(make_reports([row | {"source": "A"} for row in rows_of(COUNTS)]), by=["source"])
    with pytest.raises(OptionError, match="not split"):
        segmented_trend(split)


def test_too_few_totals_say_how_many_joints_they_have_room_for() -> None:
    with pytest.raises(TooFewReportsError, match=r"Use max_joints=1$"):
        segmented_trend(series(rows_of([5, 6, 7, 8, 9, 6, 4])))
    assert segmented_trend(series(rows_of([5, 6, 7, 8, 9, 6, 4])), max_joints=1).fit.n == 7
    with pytest.raises(TooFewReportsError, match=r"Use max_joints=0$"):
        segmented_trend(series(rows_of([5, 6, 7, 8])), max_joints=1)
    with pytest.raises(TooFewReportsError, match="at least 4"):
        segmented_trend(series(rows_of([5, 6, 7])), max_joints=0)


@pytest.mark.parametrize("counts", [[0] * 12, [0] * 11 + [9], [9] + [0] * 11])
def test_no_finite_trend(counts: list[int]) -> None:
    with pytest.raises(UndefinedEstimateError, match="zeros"):
        segmented_trend(series(rows_of(counts)))


def test_only_lower_bounds() -> None:
    rows = [row | {"qualifier": "at_least"} for row in weekly()]
    with pytest.raises(UnboundedTrendError) as raised:
        segmented_trend(series(rows))
    assert raised.value.mean_at_least is not None


def test_numbers_without_a_fit_say_why() -> None:
    found = segmented_trend(series(rows_of([0, 0, 0, 0, 0, 0, 3, 5, 8, 12, 20, 30])), max_joints=2)
    failed = found.choices.filter(pl.col("bic").is_null())
    assert failed.height
    assert failed["reason"].null_count() == 0
    assert found.choices.filter(pl.col("bic").is_not_null())["reason"].null_count() == 3 - failed.height
    assert any("no finite" in note or "does not settle" in note for note in found.notes)
    perm = segmented_trend(
        series(rows_of([0, 0, 0, 0, 0, 0, 3, 5, 8, 12, 20, 30])), max_joints=2, choose="permutation", draws=99
    )
    assert perm.tests.filter(pl.col("more").is_in(failed["joints"].implode())).is_empty()


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(0, 30), min_size=9, max_size=14), st.sampled_from(["grid", "muggeo"]))
def test_any_counts_give_finite_numbers_or_a_reason(counts: list[int], method: Any) -> None:
    reason = ""
    try:
        found = segmented_trend(series(rows_of(counts)), max_joints=1, method=method)
    except CasualtyStatsError as error:
        found, reason = None, str(error)
    if found is None:
        assert reason.startswith("expected")
        return
    for one in found.segments:
        assert one.low <= one.b <= one.high
        assert math.isfinite(one.low)
        assert math.isfinite(one.high)
    for joint in found.joints:
        if joint.low is not None and joint.high is not None:
            assert joint.low <= joint.at <= joint.high
    assert "nan" not in found.summary()


# ---- tables and text


def test_text_and_frames(tmp_path: Path) -> None:
    found = segmented_trend(series(rows_of(COUNTS)), max_joints=2)
    assert str(found) == (
        "reported violent deaths: growth a day changes once, about 12 January 2020 (95 % interval 11 to 13 January 2020); "
        "it is +16.9 % (95 % interval +9.33 to +25.0 %), then -13.1 % (95 % interval -17.3 to -8.67 %) "
        "[segmented quasi-Poisson fit to 24 totals, 1 to 24 January 2020; at most 2 joints tried, chosen by BIC]"
    )
    assert repr(found) == str(found)
    frame = found.to_frame()
    assert frame["first_day"].to_list() == [date(2020, 1, 1), date(2020, 1, 13)]
    assert frame["last_day"].to_list() == [date(2020, 1, 12), date(2020, 1, 24)]
    assert frame["direction"].to_list() == ["doubling", "halving"]
    assert frame["growth_per_week"][0] == pytest.approx((1 + frame["growth_per_day"][0]) ** 7 - 1)
    joints = found.joints_frame()
    assert joints["slope_ratio"][0] == pytest.approx(math.exp(found.segments[1].b - found.segments[0].b))
    assert joints["level"].to_list() == [0.95]
    found.to_csv(tmp_path / "segments.csv")
    assert (tmp_path / "segments.csv").read_text("utf-8").startswith("segment,first_day")
    assert "reported violent deaths" in found._repr_html_()
    assert (found.level, found.noun, found.note) == (0.95, "reported violent deaths", found.fit.note)
    summary = found.summary()
    assert "1 joint: BIC" in summary
    assert "(chosen)" in summary
    assert "chosen from the same data" in summary
    flat = segmented_trend(series(rows_of([5, 7, 6, 5, 6, 7, 5, 6, 6])), max_joints=1)
    assert "no change of growth found" in str(flat)
    assert "at most 1 joint tried, chosen by BIC" in str(flat)
    assert str(flat).startswith(flat.sentence)
    rate = segmented_trend(series(rows_of(COUNTS)), max_joints=1, exposure=1_000.0)
    assert rate.sentence.startswith("reported violent deaths, per exposure: growth a day changes once")
    assert flat.joints_frame().height == 0


def test_prediction_is_continuous_at_a_joint_and_goes_on_after_the_last() -> None:
    found = segmented_trend(series(rows_of(COUNTS)), max_joints=1)
    days = [DAY_ZERO + timedelta(days=at) for at in (10, 11, 12, 30, 31)]
    frame = found.predict(days)
    means = frame["mean"].to_list()
    first, second = (math.exp(one.b) for one in found.segments)
    assert means[1] / means[0] == pytest.approx(first)
    assert means[2] / means[1] == pytest.approx(second)
    assert means[4] / means[3] == pytest.approx(second)
    assert frame["extrapolated"].to_list() == [False, False, False, True, True]


def test_parts() -> None:
    ratio = Ratio.of_log(0.0, 0.1, 0.9)
    assert str(ratio) == "1.00 (90 % interval 0.904 to 1.11)"
    joint = Joint(DAY_ZERO, 3.5, 0.5, 2.2, 4.8, False, True, ratio, 0.9)
    assert joint.date == date(2020, 1, 5)
    assert str(joint) == "5 January 2020 (90 % interval 3 January 2020 to 6 January 2020 or later)"
    segment = Segment(DAY_ZERO, date(2020, 1, 9), 0.1, 0.05, 0.15, 0.9)
    assert str(segment) == "1 to 9 January 2020: +10.5 % (90 % interval +5.12 to +16.2 %) a day"
    assert segment.over_dates() == "All dates are known, 1 to 9 January 2020."
    wide = Segment(DAY_ZERO, date(2020, 1, 9), 0.1, 0.05, 0.15, 0.9, -1.0, math.inf)
    assert wide.over_dates().endswith("is any growth.")
    with pytest.raises(OptionError, match="one day"):
        growth_interval(0.1, 0.0, 0.2, 0.9, 0)
    with pytest.raises(OptionError, match="constant"):
        check_terms(("day",), "day - 1")
