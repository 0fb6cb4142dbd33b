"""Trends of floors, ceilings and ranges, and of reports whose dates are not exactly known."""

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
    DoubleCountError,
    KindError,
    OptionError,
    TooFewReportsError,
    UnboundedTrendError,
    UndefinedEstimateError,
)
from casualtystats.trends import mean_at_least

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
DAY_ZERO = date(2020, 1, 1)


def day(number: int) -> str:
    return (DAY_ZERO + timedelta(days=number)).isoformat()


def weeks(counts: list[int], qualifiers: list[str] | None = None) -> list[dict[str, Any]]:
    words = qualifiers or ["exactly"] * len(counts)
    return [
        {"value": n, "qualifier": word, "start": day(7 * at), "end": day(7 * at + 6)}
        for at, (n, word) in enumerate(zip(counts, words, strict=True))
    ]


def test_published_floors() -> None:
    """ic-cens1: R optimize and uniroot."""
    entry = PUBLISHED["ic-cens1"]
    words = ["at_least" if floor else "exactly" for floor in entry["inputs"]["at_least"]]
    series = cs.deaths(make_reports(weeks(entry["inputs"]["counts"], words)))
    fit = cs.fit_trend(series, family="poisson", formula="1")
    expected, tolerance = entry["expected"], entry["tolerance"]["rel"]
    mean = 7 * math.exp(fit.a)
    assert mean == pytest.approx(expected["lambda"], rel=tolerance)
    assert mean * fit.se_a == pytest.approx(expected["se"], rel=tolerance)
    assert fit.loglik == pytest.approx(expected["loglik"], rel=tolerance)
    profile = fit.profile("Intercept")
    assert [7 * math.exp(profile.low), 7 * math.exp(profile.high)] == pytest.approx(
        expected["profile95"], rel=tolerance
    )
    assert mean != pytest.approx(expected["naive_mean_wrong"], rel=1e-2)
    naive = cs.fit_trend(series, family="poisson", formula="1", use="low")
    assert 7 * math.exp(naive.a) == pytest.approx(expected["naive_mean_wrong"])
    assert (fit.floors, fit.ceilings, fit.ranges) == (2, 0, 0)
    assert "threshold does not depend on the count" in fit.summary()


def test_published_lower_bound_alone() -> None:
    """ic-cens2: P(Y >= 42) = alpha, R qgamma."""
    entry = PUBLISHED["ic-cens2"]
    rel = entry["tolerance"]["rel"]
    assert mean_at_least(42) == pytest.approx(entry["expected"]["lower95_one_sided"], rel=rel)
    assert mean_at_least(42, 0.975) == pytest.approx(entry["expected"]["lower97.5"], rel=rel)
    assert mean_at_least(0) == 0
    for wrong in (-1, 1.5, True):
        with pytest.raises(OptionError):
            mean_at_least(wrong)  # type: ignore[arg-type]
    floors = cs.deaths(make_reports(weeks([10, 12, 9, 11], ["at_least"] * 4)))
    with pytest.raises(
        UnboundedTrendError, match=r"one-sided.*at least 42, and a mean of at least 1\.14 a day"
    ) as caught:
        cs.fit_trend(floors)
    assert caught.value.mean_at_least == pytest.approx(entry["expected"]["lower95_one_sided"] / 28, rel=rel)


def test_left_out_rows_are_counted() -> None:
    rows = [{"value": n, "start": day(at), "end": day(at)} for at, n in enumerate([3, 4, 5, 6])]
    rows += [
        {"value": 9, "qualifier": "at_least", "start": "2020-02-01", "end": "2020-02-02"},
        {"value": 0, "qualifier": "at_least", "start": "2020-02-03", "end": "2020-02-03"},
        {"value": 9, "hours": 24.0, "start": "2020-04-01", "end": "2020-04-02"},
        {"value": 9, "hours": 24.0, "start": "2020-04-03", "end": "2020-04-03"},
        {"value": 20, "qualifier": "approximately", "start": "2020-04-04", "end": "2020-04-05"},
        {"value": 20, "qualifier": "up_to", "start": "2020-04-06", "end": "2020-04-06"},
    ]
    fit = cs.fit_trend(cs.deaths(make_reports(rows)))
    assert fit.family == "nb2"
    assert (fit.n, fit.floors, fit.ceilings, fit.ranges) == (8, 1, 1, 1)
    assert fit.left_out == {
        "at least 0, which says nothing": 1,
        "the stated hours are fewer than the days of the period": 1,
    }
    assert "left out: 1 (at least 0, which says nothing)" in fit.summary()
    assert "1 of 8 totals are lower bounds" in fit.summary()
    assert "2 of 8 totals are upper bounds or ranges" in fit.summary()
    best = cs.fit_trend(cs.deaths(make_reports(rows)), use="best")
    assert best.family == "quasi"
    assert best.left_out["no best value"] == 3
    assert "best value of each report is taken as if it were exact" in best.summary()
    with pytest.raises(OptionError, match=r"quasi.*1 lower bounds, 1 upper bounds, 1 ranges"):
        cs.fit_trend(cs.deaths(make_reports(rows)), family="quasi")


def test_cells_keep_their_bounds() -> None:
    rows = weeks([5, 6, 9, 12, 20, 16], ["exactly", "at_least", "exactly", "exactly", "exactly", "exactly"])
    rows.append({"value": 3, "start": day(50), "end": day(52)})
    fit = cs.fit_trend(cs.deaths(make_reports(rows)).resample(timedelta(days=7)))
    assert (fit.n, fit.floors) == (6, 1)
    assert fit.left_out == {"no report": 1, "some days are not covered by a report about the whole": 1}
    same = cs.fit_trend(cs.deaths(make_reports(rows[:-1])))
    assert fit.params == pytest.approx(same.params, rel=1e-9)


def test_cells_that_cut_a_report_are_left_out() -> None:
    spans = [[5, 11], [12, 18], [19, 25], [26, 32], [33, 40], [61, 62]]
    rows = [{"value": n, "start": day(a), "end": day(b)} for (a, b), n in zip(spans, [5, 6, 9, 12, 20, 3], strict=True)]
    fit = cs.fit_trend(cs.deaths(make_reports(rows)).resample("week"))
    assert fit.n == 4
    assert fit.left_out == {
        "the cell cuts a report": 2,
        "no report": 2,
        "some days are not covered by a report about the whole": 1,
    }


def test_too_few() -> None:
    rows = [{"value": n, "start": day(at), "end": day(at)} for at, n in enumerate([3, 4, 5])]
    rows.append({"value": 0, "qualifier": "at_least", "start": day(9), "end": day(9)})
    with pytest.raises(TooFewReportsError, match=r"at least 4 .* got 3 \(1 left out: at least 0"):
        cs.fit_trend(cs.deaths(make_reports(rows)))
    with pytest.raises(TooFewReportsError, match="at least 5"):
        cs.fit_trend(cs.deaths(make_reports(weeks([3, 4, 5, 6]))), formula="day + step('2020-01-20')")
    with pytest.raises(TooFewReportsError, match="got 0"):
        cs.fit_trend(cs.deaths(make_reports([rows[-1]])))


def test_overlaps_are_refused() -> None:
    rows = [{"value": n, "start": day(a), "end": day(b)} for n, a, b in [(1, 0, 1), (2, 2, 3), (3, 3, 4), (4, 5, 6)]]
    with pytest.raises(DoubleCountError, match=r"share no day.*resample"):
        cs.fit_trend(cs.deaths(make_reports(rows), overlap="add"))


# ---- dates that are not exactly known


def fuzzy_rows(
    *, ends: str = "[2020-01-10..2020-01-13]", start: str = "[2020-01-11..2020-01-14]", other: str = "A"
) -> Any:
    return make_reports([
        {"value": 20, "start": "2020-01-01", "end": ends, "source": "A"},
        {"value": 30, "start": start, "end": "2020-01-24", "source": other},
        {"value": 25, "start": "2020-01-25", "end": "2020-01-31", "source": "A"},
        {"value": 40, "start": "2020-02-01", "end": "2020-02-07", "source": "A"},
        {"value": 41, "start": "2020-02-08", "end": "2020-02-14", "source": "A"},
    ])  # fmt: skip


def by_hand(a: float, b: float, boundaries: range, counts: list[int]) -> float:
    """The likelihood averaged over one shared boundary (last day of the first report), written out day by day."""
    from scipy import stats

    fixed = [(24, 30), (31, 37), (38, 44)]
    total = 0.0
    for end in boundaries:
        spans = [(0, end), (end + 1, 23), *fixed]
        mu = [sum(math.exp(a + b * t) for t in range(first, last + 1)) for first, last in spans]
        total += math.exp(float(stats.poisson.logpmf(counts, mu).sum()))
    return math.log(total / len(boundaries))


@pytest.mark.parametrize("start", ["[2020-01-11..2020-01-14]"])
def test_a_shared_end_moves_together(start: str) -> None:
    fit = cs.fit_trend(cs.deaths(fuzzy_rows(start=start), overlap="add"), family="poisson")
    counts = [20, 30, 25, 40, 41]
    assert fit.fuzzy == 2
    best = by_hand(fit.a, fit.b, range(9, 13), counts)
    assert fit.loglik == pytest.approx(best, rel=1e-10)
    for da, db in ((1e-3, 0), (-1e-3, 0), (0, 1e-4), (0, -1e-4)):
        assert by_hand(fit.a + da, fit.b + db, range(9, 13), counts) < best
    over = fit.growth_over_dates
    assert over is not None
    ends = [
        cs.fit_trend(
            cs.deaths(fuzzy_rows(ends=day(end), start=day(end + 1)), overlap="add"), family="poisson"
        ).growth_per_day.value
        for end in (9, 12)
    ]
    assert over == pytest.approx((min(ends), max(ends)), rel=1e-9)
    assert over[0] < fit.growth_per_day.value < over[1]
    assert "over the dates that the reports leave open" in str(fit)
    assert fit.to_frame()["source_low"][0] == over[0]
    assert "each feasible period is taken as equally likely" in fit.summary()


def test_the_same_words_for_an_end_and_the_next_start() -> None:
    """Until late January, since late January: the next begins the day after, within the same days."""
    fit = cs.fit_trend(cs.deaths(fuzzy_rows(start="[2020-01-10..2020-01-13]"), overlap="add"), family="poisson")
    assert fit.loglik == pytest.approx(by_hand(fit.a, fit.b, range(9, 12), [20, 30, 25, 40, 41]), rel=1e-10)


def test_ends_of_two_sources_do_not_move_together() -> None:
    with pytest.raises(DoubleCountError, match="may hold 2020-01-11"):
        cs.fit_trend(cs.deaths(fuzzy_rows(other="B"), overlap="add"), family="poisson")


def test_an_end_alone_is_averaged() -> None:
    rows = [
        {"value": 20, "start": "[2019-12-25..2020-01-01]", "end": "2020-01-09"},
        {"value": 30, "start": "2020-01-11", "end": "2020-01-24"},
        {"value": 25, "start": "2020-01-25", "end": "2020-01-31"},
        {"value": 40, "start": "2020-02-01", "end": "[2020-02-07..2020-02-09]"},
    ]
    fit = cs.fit_trend(cs.deaths(make_reports(rows)), family="poisson")
    assert fit.fitted.likelihood.totals.component.tolist() == [0] * 8 + [1, 2] + [3] * 3
    assert fit.fuzzy == 2
    assert fit.first_day == date(2019, 12, 25)
    assert len(fit.residuals()) == 4
    with pytest.raises(OptionError, match="quasi"):
        cs.fit_trend(cs.deaths(make_reports(rows)), family="quasi")
    many = [row | {"start": f"[2000-01-01..{row['start'][-11:-1]}]"} if at == 0 else row for at, row in enumerate(rows)]
    many[0]["end"] = "[2000-06-01..2020-01-09]"
    with pytest.raises(OptionError, match="sets of dates"):
        cs.fit_trend(cs.deaths(make_reports(many)), family="poisson")


# ---- properties


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 300), min_size=4, max_size=7), st.integers(0, 6), st.data())
def test_splitting_in_proportion_to_the_fit_changes_nothing(counts: list[int], at: int, data: st.DataObject) -> None:
    """Poisson, exact: a total that is cut into its days' expected shares leaves the estimate where it is."""
    from casualtystats.trends.likelihood.maximum import maximise
    from casualtystats.trends.likelihood.totals import Totals

    number = len(counts)
    y = np.array(counts, dtype=np.float64)
    first = 7 * np.arange(number)
    design, offset = np.column_stack([np.ones(7 * number), np.arange(7.0 * number)]), np.zeros(7 * number)
    names = ("Intercept", "day")
    try:
        whole = maximise(Totals.of(first, first + 6, y, y), design, offset, "poisson", names)
    except UndefinedEstimateError:
        return
    cut, part = at % number, data.draw(st.integers(0, 5))
    start = 7 * cut
    means = np.exp(design[start : start + 7] @ whole.beta)
    share = means[: part + 1].sum() / means.sum()
    firsts = np.insert(first, cut + 1, start + part + 1)
    lasts = np.insert(first + 6, cut, start + part)
    split = np.insert(y, cut, y[cut] * share)
    split[cut + 1] = y[cut] * (1 - share)
    again = maximise(Totals.of(firsts, lasts, split, split), design, offset, "poisson", names)
    assert again.beta == pytest.approx(whole.beta, abs=1e-6, rel=1e-6)


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["exactly", "at_least", "up_to"])), min_size=4, max_size=7),
    st.integers(-4000, 4000),
    st.randoms(),
)
def test_a_shift_in_time_or_order_moves_nothing(pieces: list[tuple[int, str]], shift: int, random: Any) -> None:
    rows = weeks([n for n, _ in pieces], [word for _, word in pieces])
    moved = [
        row | {name: (date.fromisoformat(row[name]) + timedelta(days=shift)).isoformat() for name in ("start", "end")}
        for row in random.sample(rows, len(rows))
    ]
    try:
        fit = cs.fit_trend(cs.deaths(make_reports(rows)), family="poisson")
    except (UndefinedEstimateError, TooFewReportsError) as error:
        with pytest.raises(type(error)):
            cs.fit_trend(cs.deaths(make_reports(moved)), family="poisson")
        return
    again = cs.fit_trend(cs.deaths(make_reports(moved)), family="poisson")
    # Days count from the first day of the series: not even the intercept moves.
    assert again.params.tolist() == fit.params.tolist()
    assert (again.first_day - fit.first_day).days == shift
    assert again.growth_per_day == fit.growth_per_day
    with_origin = math.exp(fit.a) * math.exp(fit.b * 3)
    assert fit.predict([fit.first_day + timedelta(days=3)])["mean"][0] == pytest.approx(with_origin)
    narrow = cs.fit_trend(cs.deaths(make_reports(rows)), family="poisson", level=0.5)
    assert fit.growth_per_day.low <= narrow.growth_per_day.low <= narrow.growth_per_day.high <= fit.growth_per_day.high


def simulated(seed: int, threshold: int) -> Any:
    """Weekly counts about a known growth; those from a fixed threshold on are published as at least the threshold."""
    rng = np.random.default_rng(seed)
    daily = np.exp(1.0 + 0.02 * np.arange(84))
    counts = rng.poisson(daily.reshape(12, 7).sum(axis=1))
    words = ["at_least" if n >= threshold else "exactly" for n in counts]
    return weeks([min(int(n), threshold) for n in counts], words)


@pytest.mark.parametrize("threshold", [10**6, 60])
def test_intervals_cover_at_their_level(threshold: int) -> None:
    """200 seeds; floors come from a fixed threshold. The share that covers lies within 3 binomial standard errors."""
    level, seeds, held = 0.9, 200, 0
    for seed in range(seeds):
        fit = cs.fit_trend(cs.deaths(make_reports(simulated(seed, threshold))), family="poisson", level=level)
        low, high = fit.b - fit.quantile * fit.se_b, fit.b + fit.quantile * fit.se_b
        held += low <= 0.02 <= high
    assert abs(held - level * seeds) <= 3 * math.sqrt(seeds * level * (1 - level))


def test_sensitivity_says_what_moves_the_answer() -> None:
    rows = weeks([20, 24, 30, 33, 41, 52], ["exactly", "approximately", "exactly", "at_least", "exactly", "exactly"])
    rows = [row | {"source": "AB"[at % 2]} for at, row in enumerate(rows)]
    fit = cs.fit_trend(cs.deaths(make_reports(rows)), family="poisson")
    table = fit.sensitivity()
    frame = table.frame
    assert frame["choice"].unique(maintain_order=True).to_list() == [
        "as fitted", "value", "source", "family", "spread (contrast)",
    ]  # fmt: skip
    assert frame["growth_per_day"][0] == fit.growth_per_day.value == table.growth
    assert frame.filter(pl.col("what") == "without A")["growth_per_day"][0] is None
    assert "at least 4" in frame.filter(pl.col("what") == "without A")["reason"][0]
    quasi = frame.filter(pl.col("what") == "quasi-Poisson")
    assert quasi["growth_per_day"][0] is None
    assert "lower bounds" in quasi["reason"][0]
    low, high = table.span
    assert low <= table.growth <= high
    assert "it moves most" in str(table)
    assert "no growth" in str(table)
    assert table.level == fit.level
    assert table.to_frame() is frame
    assert "spread" in table._repr_html_()
    fuzzy = cs.fit_trend(cs.deaths(fuzzy_rows(), overlap="add"), family="poisson").sensitivity().frame
    assert fuzzy.filter(pl.col("choice") == "dates").height == 2
    with pytest.raises(KindError, match="one growth"):
        cs.fit_trend(cs.deaths(make_reports(rows)), family="poisson", formula="1").sensitivity()


def test_silence_that_is_zero_needs_a_calendar() -> None:
    """The days with deaths alone are no series: the days without are left out."""
    rows = [
        {"value": n, "start": day(at), "end": day(at)} for at, n in ((1, 1), (9, 2), (12, 1), (20, 3), (25, 2), (27, 4))
    ]
    reports = make_reports(rows)
    series = cs.deaths(reports, observed=f"{day(0)}/{day(27)}")
    with pytest.raises(OptionError, match=r"silence is zero.*resample\('day'\)"):
        cs.fit_trend(series)
    assert cs.fit_trend(series.resample("day")).n == 28
    assert cs.fit_trend(cs.deaths(reports, observed=f"{day(1)}/{day(1)}")).n == 6
    split = cs.deaths(
        make_reports([row | {"place": "A"} for row in rows]), by=["place"], observed=f"{day(0)}/{day(27)}"
    )
    with pytest.raises(OptionError, match="silence is zero"):
        cs.fit_trends(split, progress=False)


@pytest.mark.slow
def test_extreme_dates_of_many_reports_equal_all_combinations() -> None:
    from itertools import product

    counts = [14, 9, 20, 17, 25, 16, 31]
    starts = [14 * at for at in range(len(counts))]
    fuzzy = [
        {"value": n, "start": day(start), "end": f"[{day(start + 6)}..{day(start + 11)}]"}
        for n, start in zip(counts, starts, strict=True)
    ]
    over = cs.fit_trend(cs.deaths(make_reports(fuzzy)), family="poisson").growth_over_dates
    from casualtystats.trends.likelihood.maximum import maximise
    from casualtystats.trends.likelihood.totals import Totals

    days = starts[-1] + 12
    design, offset = np.column_stack([np.ones(days), np.arange(float(days))]), np.zeros(days)
    first, y = np.array(starts), np.array(counts, dtype=np.float64)
    growths = [
        maximise(Totals.of(first, first + np.array(ends), y, y), design, offset, "poisson", ("Intercept", "day")).beta[
            1
        ]
        for ends in product((6, 11), repeat=len(counts))
    ]
    assert over == pytest.approx((math.expm1(min(growths)), math.expm1(max(growths))), rel=1e-6)


def test_only_upper_bounds_and_differences_of_bounds() -> None:
    with pytest.raises(UndefinedEstimateError, match="upper bounds only"):
        cs.fit_trend(cs.deaths(make_reports(weeks([7, 9, 12, 5], ["up_to"] * 4))))
    rows = [
        {
            "value": n,
            "qualifier": "approximately",
            "kind": "cumulative",
            "start": day(0),
            "end": day(7 * at + 6),
            "source": "A",
        }
        for at, n in enumerate([40, 80, 130, 180, 240])
    ]
    fit = cs.fit_trend(cs.deaths(make_reports(rows), overlap="difference"))
    assert "share a running total and are not independent" in fit.summary()
    assert "The dispersion rests on" in fit.summary()
