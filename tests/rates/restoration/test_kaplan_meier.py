"""Kaplan-Meier, its errors, median, restricted mean and log-rank test, against R and properties."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.rates.restoration import kaplan_meier, log_rank

NUMBERS = json.loads((Path(__file__).parents[2] / "published" / "reference_numbers.json").read_text("utf-8"))
FA_KM = next(number for number in NUMBERS if number["id"] == "fa-km")
TIME, DONE = FA_KM["inputs"]["time"], FA_KM["inputs"]["restored"]

# Freireich et al. (1963), weeks of remission under 6-MP and placebo, as printed in Kalbfleisch and Prentice.
SIX_MP = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]

outages = st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=40)


def row(curve: Any, day: float) -> dict[str, Any]:
    return curve.at(day).row(0, named=True)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=50), st.integers(0, 45))
def test_without_censoring_it_is_one_minus_the_empirical_distribution(times: list[int], day: int) -> None:
    curve = kaplan_meier(times, [1] * len(times))
    assert row(curve, day)["still_out"] == pytest.approx(sum(time > day for time in times) / len(times), abs=1e-12)


@given(outages)
def test_it_falls_from_one_within_its_interval_and_counts_everybody(rows: list[tuple[int, bool]]) -> None:
    time, done = zip(*rows, strict=True)
    frame = kaplan_meier(time, done).frame
    out = frame["still_out"].to_list()
    assert out[0] == 1
    assert all(0 <= after <= before for before, after in pairwise(out))
    for low, share, high in frame.select("ci_low", "still_out", "ci_high").iter_rows():
        assert low is None or -1e-12 <= low <= share + 1e-12 <= high + 2e-12 <= 1 + 3e-12
    assert frame["restored"].sum() + frame["censored"].sum() == len(rows)
    risk = frame["at_risk"].to_list()
    left = (frame["restored"] + frame["censored"]).to_list()
    assert risk == [len(rows) - sum(left[:at]) for at in range(len(left))]


@given(outages, st.randoms(use_true_random=False))
def test_the_order_of_outages_changes_nothing(rows: list[tuple[int, bool]], random: Any) -> None:
    mixed = random.sample(rows, len(rows))
    first, second = (kaplan_meier(*zip(*part, strict=True)) for part in (rows, mixed))
    assert first.frame.equals(second.frame)
    assert first.summary.equals(second.summary)


@given(outages, st.integers(1, 30))
def test_the_restricted_mean_is_the_mean_of_shortened_times_without_censoring(
    rows: list[tuple[int, bool]], horizon: int
) -> None:
    times = [time for time, _ in rows]
    curve = kaplan_meier(times, [1] * len(times), horizon=horizon)
    assert curve.restricted_mean == pytest.approx(np.minimum(times, horizon).mean())
    # Greenwood's variance is then that of a mean with divisor n.
    assert curve.restricted_mean_se == pytest.approx(np.minimum(times, horizon).std() / math.sqrt(len(times)), abs=1e-7)


@given(outages, st.lists(st.integers(0, 29), min_size=40, max_size=40))
def test_delayed_entry_is_the_product_over_those_who_entered(rows: list[tuple[int, bool]], late: list[int]) -> None:
    entry = [min(began, time - 1) for began, (time, _) in zip(late, rows, strict=False)]
    time, done = (list(part) for part in zip(*rows, strict=True))
    curve, share = kaplan_meier(time, done, entry=entry), 1.0
    for day in range(31):
        risk = sum(began < day <= last for began, last in zip(entry, time, strict=True))
        ended = sum(last == day and over for last, over in rows)
        share *= 1 - ended / risk if ended else 1
        if day <= max(time):
            assert row(curve, day)["still_out"] == pytest.approx(share, abs=1e-12)
        assert curve.at_risk([day])["at_risk"].item() == (risk if day else entry.count(0))


def test_published_numbers_of_eighteen_outages() -> None:
    expected, rel = FA_KM["expected"], FA_KM["tolerance"]["rel"]
    curve = kaplan_meier(TIME, DONE, horizon=15)
    for day, share in expected["S"].items():
        assert row(curve, float(day))["still_out"] == pytest.approx(share, rel=rel)
    last = row(curve, 14)
    assert [last["ci_low"], last["ci_high"]] == pytest.approx(expected["S14_loglog_ci"], rel=rel)
    assert last["se"] == pytest.approx(expected["greenwood_se_14"], rel=rel)
    assert curve.median == expected["median"]
    assert list(curve.median_interval) == expected["median_ci_loglog"]
    assert list(kaplan_meier(TIME, DONE, interval="log").median_interval) == expected["median_ci_log"]
    assert curve.restricted_mean == pytest.approx(expected["rmst15"], rel=1e-9)
    assert curve.restricted_mean_se == pytest.approx(expected["rmst_se"], rel=1e-8)
    assert curve.horizon == 15
    low, high = curve.restricted_mean_interval
    assert low is not None
    assert high is not None
    assert (low + high) / 2 == pytest.approx(expected["rmst15"])
    assert str(curve) == "median 11 days (95 % interval 5 to not reached), 18 outages, 11 restored; Kaplan-Meier"
    assert curve.at_risk([0, 5, 10, 15])["at_risk"].to_list() == [18, 15, 9, 5]
    assert curve.median_bounds == (11, 11)
    assert "median 11 days" in curve._repr_html_()


def test_remission_times_as_in_r() -> None:
    """R 4.2.2, survival 3.5-3: survfit(Surv(t, s) ~ 1, conf.type = "log-log"), summary(f, rmean = 35)$table."""
    curve = kaplan_meier(SIX_MP, ENDED)
    event = curve.frame.filter(curve.frame["restored"] > 0)
    assert event["day"].to_list() == [6, 7, 10, 13, 16, 22, 23]
    assert event["still_out"].round(3).to_list() == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    se = [0.0763603548321, 0.0869352851801, 0.0963496529943, 0.1068147077750, 0.1140538652568, 0.1282337516930]
    low = [0.619717955266, 0.563146564622, 0.503199510800, 0.431610222486, 0.367510855988, 0.267778936767]
    high = [0.951551747647, 0.922809019203, 0.889361835169, 0.849065963349, 0.804912189472, 0.746790717635]
    assert event["se"].to_list() == pytest.approx([*se, 0.1345914567558], rel=1e-9)
    assert event["ci_low"].to_list() == pytest.approx([*low, 0.188052005959], rel=1e-9)
    assert event["ci_high"].to_list() == pytest.approx([*high, 0.680142628495], rel=1e-9)
    assert (curve.median, *curve.median_interval) == (23, 13, None)
    assert kaplan_meier(SIX_MP, ENDED, interval="log").median_interval == (16, None)
    assert curve.horizon == 35
    assert curve.restricted_mean == pytest.approx(23.28739495798, rel=1e-10)
    assert curve.restricted_mean_se == pytest.approx(2.82746762337, rel=1e-9)


def test_delayed_entry_as_in_r() -> None:
    """R, survival: summary(survfit(Surv(en, ti, st) ~ 1, conf.type = "log-log"))."""
    entry, time = [0, 0, 0, 2, 5, 1, 0, 3, 4, 0], [2, 4, 6, 7, 8, 9, 11, 12, 13, 5]
    curve = kaplan_meier(time, [1, 0, 1, 1, 1, 0, 1, 0, 1, 1], entry=entry)
    event = curve.frame.filter(curve.frame["restored"] > 0)
    assert event["day"].to_list() == [2, 5, 6, 7, 8, 11, 13]
    assert event["at_risk"].to_list() == [6, 7, 7, 6, 5, 3, 1]
    share = [0.833333333333, 0.714285714286, 0.612244897959, 0.510204081633, 0.408163265306, 0.272108843537, 0]
    se = [0.152145154863, 0.170746944191, 0.174196725904, 0.172480460149, 0.165437445587, 0.156540029565]
    assert event["still_out"].to_list() == pytest.approx(share, rel=1e-10)
    assert event["se"].to_list()[:-1] == pytest.approx(se, rel=1e-9)
    assert event.row(-1, named=True)["se"] is None
    assert event["ci_low"].to_list()[5] == pytest.approx(0.0452649775394, rel=1e-9)
    assert event["ci_high"].to_list()[5] == pytest.approx(0.578504869205, rel=1e-9)
    assert any("5 of 10 outages entered late" in note for note in curve.notes)


def test_a_risk_set_that_empties_early_is_said_and_stays_zero() -> None:
    curve = kaplan_meier([2, 8, 9, 9], [1, 1, 1, 0], entry=[0, 5, 5, 6])
    assert row(curve, 9)["still_out"] == 0
    assert row(curve, 9)["ci_low"] is None
    assert any("says nothing of the later ones" in note for note in curve.notes)
    thin = kaplan_meier([2, 8, 9, 9], [1, 1, 1, 0], entry=[0, 0, 5, 6])
    assert any("only 2 at risk on day 2" in note for note in thin.notes)
    many = kaplan_meier([7] * 6 + [9], [1] + [0] * 6, entry=[0] * 6 + [8])
    assert not any("at risk" in note for note in many.notes)


def test_what_is_not_known_is_null() -> None:
    curve = kaplan_meier([3, 5, 8], [1, 0, 0])
    assert curve.median is None
    assert str(curve).startswith("median not reached (95 % interval 3 to not reached), 3 outages, 1 restored")
    after = row(curve, 9)
    assert after["still_out"] is None
    assert (after["still_out_low"], after["still_out_high"]) == (0, pytest.approx(2 / 3))
    nobody = kaplan_meier([3, 5], [0, 0])
    assert str(nobody) == "median not reached, 2 outages, 0 restored; Kaplan-Meier"
    assert row(nobody, 4)["ci_low"] == 1
    everybody = kaplan_meier([0, 0], [1, 1])
    assert everybody.frame["still_out"].to_list() == [0]
    assert everybody.restricted_mean is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"time": [], "restored": []}, "at least one outage, got none"),
        ({"time": [1, None], "restored": [1, 1]}, "got None in place 2"),
        ({"time": [1, -2.0], "restored": [1, 1]}, "got -2.0 in place 2"),
        ({"time": "12", "restored": [1, 1]}, "a list, array or series"),
        ({"time": [1, 2], "restored": [1]}, "one value for each of 2 times, got 1"),
        ({"time": [1, 2], "restored": [1, 2]}, "cumulative_incidence"),
        ({"time": [1, 2], "restored": [1, None]}, "got None in place 2"),
        ({"time": [1, 2], "restored": [1, 1], "entry": [0]}, "one value for each"),
        ({"time": [1, 2], "restored": [1, 1], "entry": [0, 2]}, "entry 2 and time 2 in place 2"),
        ({"time": [1, 2], "restored": [1, 1], "level": 95}, "level=0.95"),
        ({"time": [1, 2], "restored": [1, 1], "interval": "plain"}, "'log-log' or 'log'"),
        ({"time": [1, 2], "restored": [1, 0], "horizon": 3}, "at most 2 days"),
        ({"time": [1, 2], "restored": [1, 0], "horizon": 0}, "horizon="),
    ],
)
def test_what_does_not_fit_is_refused(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError, match=words):
        kaplan_meier(**arguments)


def test_a_horizon_beyond_the_last_restoration_is_fine() -> None:
    assert kaplan_meier([1, 2], [1, 1], horizon=30).restricted_mean == pytest.approx(1.5)
    assert kaplan_meier(np.array([1, 2]), np.array([True, False])).summary["restored"].item() == 1


@pytest.mark.parametrize("day", [-1, "3", float("nan")])
def test_days_asked_for_are_checked(day: Any) -> None:
    curve = kaplan_meier([1, 2], [1, 1])
    with pytest.raises(OptionError, match="number of days of 0 or more"):
        curve.at(day)
    with pytest.raises(OptionError, match="number of days of 0 or more"):
        curve.at_risk([day])


def test_log_rank_of_remission_times() -> None:
    """Published: chi-squared 16.79; R: survdiff(...)$chisq = 16.7929409892, expected 19.25 and 10.75."""
    found = log_rank(SIX_MP + PLACEBO, ENDED + [1] * 21, ["6-MP"] * 21 + ["placebo"] * 21)
    assert found.chi2 == pytest.approx(16.7929409892, rel=1e-10)
    assert found.frame["restored"].to_list() == [9, 21]
    assert found.frame["expected"].round(2).to_list() == [19.25, 10.75]
    assert found.p_value == pytest.approx(4.17e-5, rel=1e-2)
    assert str(found) == "log-rank test of 2 groups: chi-squared 16.79, 1 degree of freedom, p < 0.0001"
    assert "16.79" in found._repr_html_()


def test_log_rank_of_three_groups_as_in_r() -> None:
    """R: survdiff(Surv(time, done) ~ rep(1:3, each = 5)): expected 3.186, 4.562, 4.252; p = 0.887351."""
    time, done = [6, 7, 10, 15, 19, 25, 3, 8, 9, 12, 20, 22, 4, 5, 11], [1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]
    found = log_rank(time, done, ["a"] * 5 + ["b"] * 5 + [None] * 5)
    assert found.p_value == pytest.approx(0.887351, abs=1e-6)
    assert found.df == 2
    assert found.frame["expected"].to_list() == pytest.approx([3.1858059, 4.5624542, 4.2517399], rel=1e-7)
    assert found.frame["group"].to_list() == ["a", "b", "not stated"]


@given(outages, st.lists(st.sampled_from("ab"), min_size=40, max_size=40))
def test_names_and_order_of_groups_do_not_change_the_test(rows: list[tuple[int, bool]], groups: list[str]) -> None:
    named = groups[: len(rows)]
    time, done = zip(*rows, strict=True)
    if len(set(named)) < 2 or not any(done):
        with pytest.raises((OptionError, TooFewReportsError)):
            log_rank(time, done, named)
        return
    try:
        first = log_rank(time, done, named)
    except TooFewReportsError:
        return
    second = log_rank(time, done, [{"a": "z", "b": "c"}[name] for name in named])
    assert first.chi2 == pytest.approx(second.chi2, rel=1e-9, abs=1e-12)
    assert first.frame["expected"].sum() == pytest.approx(sum(done))
    # An entry of 0 for everybody is no entry.
    assert log_rank(time, done, named, [0] * len(time)).chi2 == pytest.approx(first.chi2)


def test_log_rank_refuses_groups_that_never_meet(tmp_path: Path) -> None:
    with pytest.raises(TooFewReportsError, match="at risk on the same days"):
        log_rank([2, 3, 9, 10], [1, 0, 1, 0], ["a", "a", "b", "b"], entry=[0, 0, 5, 5])
    with pytest.raises(OptionError, match="one value for each"):
        log_rank([2, 3], [1, 0], ["a"])
    found = log_rank([2, 3, 4, 5], [1, 0, 1, 1], ["a", "a", "b", "b"], entry=[0, 1, 1, 0])
    found.to_csv(tmp_path / "ranks.csv")
    assert found.to_frame().height == 2
    assert (tmp_path / "ranks.csv").read_text("utf-8").startswith("group,outages")
