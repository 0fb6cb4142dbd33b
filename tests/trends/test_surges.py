from __future__ import annotations

import json
import math
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from trends_reports import make_reports

import casualtystats as cs
from casualtystats.errors import KindError, OptionError, TooFewReportsError, UndefinedEstimateError
from casualtystats.trends.ears import BEFORE, FLAT, GAP, NO_COUNT, SHORT, ears, history
from casualtystats.trends.surges import surges

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}
EARS = PUBLISHED["tr-ears"]
FIRST = date(2020, 1, 1)
Z = 3.090232306167813


def daily(counts: list[int | None], **more: Any) -> Any:
    rows = [
        {"value": n, "start": (FIRST + timedelta(days=at)).isoformat(), "end": (FIRST + timedelta(days=at)).isoformat()}
        for at, n in enumerate(counts)
        if n is not None
    ]
    return cs.deaths(make_reports([row | more for row in rows])).resample("day")


@pytest.mark.parametrize("method", ["C1", "C2"])
def test_published_thresholds(method: Any) -> None:
    """R surveillance::earsC, alpha 0.001."""
    expected, frame = EARS["expected"], surges(daily(EARS["inputs"]["y"]), method=method).to_frame()
    first = {"C1": 8, "C2": 10}[method]
    thresholds = frame["threshold"].to_list()
    assert thresholds[: first - 1] == [None] * (first - 1)
    assert thresholds[first - 1 :] == pytest.approx(
        expected[f"{method}_threshold_t{first}_17"], rel=EARS["tolerance"]["rel"]
    )
    alarms = frame.with_row_index("t", offset=1).filter("alarm")["t"].to_list()
    assert alarms == expected[f"{method}_alarms_t"]


def test_published_c3_upper_bounds() -> None:
    """R surveillance::earsC, alpha 0.001, four decimals: with the count of the day in the place of its mean."""
    found = surges(daily(EARS["inputs"]["y"]), method="C3", c3_bound="count")
    thresholds = found.to_frame()["threshold"].to_list()
    assert thresholds[:11] == [None] * 11
    assert thresholds[11:] == pytest.approx(EARS["expected"]["C3_upper_t12_17"], abs=5e-5)
    # These bounds let no surge be seen on its own day: the two peaks, of 15 and 20, are no alarms, what follows is.
    assert [day.day for day in found.dates] == [12, 13, 16, 17]
    assert "judged by the two before it only" in found.summary()


def test_c3_as_its_formula_says() -> None:
    """U = mean + sd (z - s), the manual of surveillance::earsC: the same bounds with the mean of the baseline."""
    found = surges(daily(EARS["inputs"]["y"]), method="C3").to_frame()
    r = np.array(EARS["expected"]["C3_upper_t12_17"])
    expected = r - np.array(EARS["inputs"]["y"][11:]) + found["mean"][11:].to_numpy()
    inside = r > 0
    assert found["threshold"][11:].to_numpy()[inside] == pytest.approx(expected[inside], abs=1e-4)
    assert {14, 15} <= {day.day for day in found.filter("alarm")["date"]}


def plain_ears(y: list[float], method: Any, z: float, baseline: int) -> list[tuple[float, float]]:
    """Threshold and statistic by the formulas, from the first cell that can be judged; where no sd is 0."""
    guard = 0 if method == "C1" else 2

    def c(at: int) -> tuple[float, float, float]:
        before = y[at - guard - baseline : at - guard]
        mean, sd = float(np.mean(before)), float(np.std(before, ddof=1))
        return mean, sd, (y[at] - mean) / sd

    found: list[tuple[float, float]] = []
    for at in range(history(method, baseline), len(y)):
        mean, sd, statistic = c(at)
        if method == "C3":
            excess = [max(0.0, c(at - back)[2] - 1) for back in (2, 1, 0)]
            found.append((max(0.0, mean + sd * (z - excess[0] - excess[1])), sum(excess)))
        else:
            found.append((mean + z * sd, statistic))
    return found


counts_of = st.lists(st.integers(0, 60), min_size=18, max_size=40)


@given(counts_of, st.sampled_from(["C1", "C2", "C3"]), st.sampled_from([3, 7]), st.floats(0.5, 4))
def test_against_the_formulas(counts: list[int], method: Any, baseline: int, z: float) -> None:
    # Uneven, so that no baseline is flat.
    y = [count + at % 3 * 100 for at, count in enumerate(counts)]
    lag = history(method, baseline)
    found = ears(y, method, z, baseline, 0.0)
    assert [verdict.reason for verdict in found[:lag]] == [SHORT] * lag
    for verdict, count, (threshold, statistic) in zip(
        found[lag:], y[lag:], plain_ears([float(n) for n in y], method, z, baseline), strict=True
    ):
        assert verdict.threshold == pytest.approx(threshold, abs=1e-7)
        assert verdict.statistic == pytest.approx(statistic, abs=1e-7)
        assert verdict.alarm == (count > verdict.threshold)


@given(counts_of)
def test_c3_is_the_sum_of_excesses_above_z_less_one(counts: list[int]) -> None:
    y = [count + at % 3 for at, count in enumerate(counts)]
    own, three = ears(y, "C2", 3.0, 7, 0.5), ears(y, "C3", 3.0, 7, 0.5)
    for one, verdict in zip(own, three, strict=True):
        if verdict.alarm is None:
            continue
        if one.statistic > 1 and abs(verdict.statistic - 2) > 1e-9:
            assert verdict.alarm == (verdict.statistic > 2)
        # C3 sees whatever C2 sees.
        assert verdict.alarm or not one.alarm


@given(counts_of, st.sampled_from(["C1", "C2", "C3"]), st.data())
def test_a_missing_cell_is_not_a_zero(counts: list[int], method: Any, data: Any) -> None:
    gap = data.draw(st.integers(0, len(counts) - 1))
    holed: list[int | None] = [*counts]
    holed[gap] = None
    before, after = ears(counts, method, Z, 7, 1.0), ears(holed, method, Z, 7, 1.0)
    reach = history(method, 7)
    for at, (whole, cut) in enumerate(zip(before, after, strict=True)):
        if at < gap or at > gap + reach:
            assert whole == cut
        if at == gap:
            assert cut.alarm is None
        # A verdict never changes: it is there or not.
        assert cut.alarm in (None, whole.alarm)
    if gap + 1 < len(counts) and gap + 1 >= reach and method == "C1":
        assert after[gap + 1].reason == GAP


@given(counts_of, st.integers(1, 5))
def test_thresholds_follow_the_scale(counts: list[int], factor: int) -> None:
    one, other = (ears([count * times for count in counts], "C2", 3.0, 7, 0.0) for times in (1, factor))
    for a, b in zip(one, other, strict=True):
        assert a.reason == b.reason
        if a.threshold is not None:
            assert b.threshold == pytest.approx(factor * a.threshold)
            assert b.statistic == pytest.approx(a.statistic)


def test_reasons() -> None:
    y: list[int | None] = [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, None, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]
    # The missing day is day 10: it is in the baselines of the 7 days after it, or after the two days of the guard.
    for method, first in (("C1", 11), ("C2", 13)):
        frame = surges(daily(y), method=method).to_frame()
        assert frame["reason"][10] == "no count: no report"
        assert frame.with_row_index("at").filter(pl.col("reason") == GAP)["at"].to_list() == [*range(first, first + 7)]
        assert frame["alarm"][-1] is False
    assert surges(daily(y), method="C3").to_frame()["reason"][10] == SHORT
    frame = surges(daily(y), method="C3").to_frame()
    assert frame["reason"][12] == BEFORE
    assert frame["threshold"][12] is None
    assert frame["mean"][12] is not None
    c3 = surges(daily([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, None, 2]), method="C3").to_frame()
    assert c3["reason"][12] == "no count: no report"
    assert c3["threshold"][12] is not None
    by_count = surges(daily([1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, None, 2]), method="C3", c3_bound="count").to_frame()
    assert by_count["reason"][12] == "no count: no report"
    assert by_count["threshold"][12] is None


def test_a_baseline_that_does_not_vary_gives_no_threshold_and_is_said() -> None:
    quiet = [0] * 12 + [30, 0, 1]
    found = surges(daily(quiet))
    assert found.dates == ()
    row = found.to_frame().row(12, named=True)
    assert (row["mean"], row["sd"], row["threshold"], row["alarm"], row["reason"]) == (0.0, 0.0, None, None, FLAT)
    assert "above a baseline that does not vary: 2020-01-13; min_sd= would judge them" in str(found)
    judged = surges(daily(quiet), min_sd=0.5)
    assert judged.dates == (date(2020, 1, 13),)
    assert judged.to_frame()["threshold"][12] == pytest.approx(0.5 * Z)
    assert judged.to_frame()["sd"][12] == 0
    assert "sd at least 0.500" in str(judged)
    # Equal counts have an sd of exactly 0, whatever they are.
    assert surges(daily([10**6 + 1] * 9)).to_frame()["sd"].to_list()[7:] == [0.0, 0.0]
    assert surges(daily([*quiet, 3]), method="C3").to_frame()["reason"].to_list()[11:] == [
        FLAT,
        FLAT,
        FLAT,
        FLAT,
        BEFORE,
    ]


def test_nothing_judged() -> None:
    found = surges(daily([2] * 12))
    assert found.judged == 0
    assert "no day could be judged" in str(found)
    assert found.not_judged == {FLAT: 5, SHORT: 7}


def test_alpha_and_z() -> None:
    y = EARS["inputs"]["y"]
    assert surges(daily(y)).z == pytest.approx(Z, rel=1e-12)
    assert surges(daily(y), alpha=0.025).z == pytest.approx(1.959963984540054, rel=1e-12)
    assert surges(daily(y), z=2).z == 2.0
    assert surges(daily(y), alpha=1e-300).z == pytest.approx(37.0471, abs=1e-3)
    assert len(surges(daily(y), z=1)) > len(surges(daily(y), z=40)) == 0


def test_text(tmp_path: Path) -> None:
    found = surges(daily(EARS["inputs"]["y"], source="Ministry"), method="C2")
    assert str(found) == (
        "reported violent deaths: 3 alarms in 8 days judged: 11 January 2020, 14 January 2020, 15 January 2020 [EARS "
        "C2: above mean + 3.09 sd of the 7 days that end three before; the first 9 days, 1 to 9 January 2020, can not "
        "be judged]"
    )
    assert repr(found) == str(found)
    assert "more reporting looks the same as more events" in found.summary()
    assert "Source: Ministry" in found._repr_html_()
    found.to_csv(tmp_path / "surges.csv")
    assert (tmp_path / "surges.csv").read_text("utf-8").startswith("date,last_day,count,mean,sd,threshold")
    assert len(found) == 3
    calm = surges(daily([3, 4, 5, 3, 4, 5, 3, 4, 5, None, 3]))
    assert "no alarm in 2 days judged" in str(calm)
    assert "; 1 more not judged (a cell of its baseline has no count)" in str(calm)
    assert "1 more not judged (no count: no report)" in str(calm)
    many = surges(daily([1, 2, 1, 2, 1, 2, 1, *(3**n for n in range(2, 14))]), z=1.5)
    assert len(many) == 12
    assert "9 January 2020" in str(many)
    assert " and 4 more [" in str(many)
    assert "lowered by the excess of the two before" in str(surges(daily(EARS["inputs"]["y"]), method="C3"))


def test_weeks_are_allowed_and_said() -> None:
    y: list[int | None] = [at % 3 for at in range(5 + 7 * 10)]
    y[-8] = 400
    found = surges(cs.deaths(daily(y).reports).resample("week"))
    assert found.frame["count"].len() == 10
    assert found.cell == "week"
    assert "1 alarm in 3 weeks judged: of the weeks from" in str(found)
    assert "made for daily counts; its baseline here is of weeks" in found.summary()
    assert "Left out at the start, for not every day is covered: 1 week" in found.summary()
    ten = surges(daily(y).resample(timedelta(days=5)), baseline=3)
    assert "of the 3 5-day cells before" in str(ten)


def test_refusals() -> None:
    y: list[int | None] = EARS["inputs"]["y"]
    wrong: Any
    for name, values, match in (
        ("method", ("C4", None, "c1"), "method= one of C1, C2, C3"),
        ("c3_bound", ("median",), "c3_bound= one of"),
        ("c3_bound", ("count",), "only, got it with C1"),
        ("baseline", (2, 7.0, True, None), "baseline= a whole number of cells of at least 3"),
        ("min_sd", (-1, math.nan, math.inf, True, None), "min_sd="),
        ("alpha", (0, 0.5, 1, 5, math.nan, True, "0.1"), "alpha= a share"),
        ("z", (0, -1, math.inf, math.nan, True, "3"), "z= a finite number"),
        ("count", ("middle",), "count= one of"),
    ):
        for wrong in values:
            with pytest.raises(OptionError, match=match):
                surges(daily(y), **{name: wrong})
    with pytest.raises(OptionError, match="not both"):
        surges(daily(y), alpha=0.01, z=3)
    for every in ("month", "quarter", "year"):
        whole = make_reports([{"value": 5, "start": "2019-01-01", "end": "2019-12-31"}])
        with pytest.raises(KindError if every != "year" else OptionError):
            surges(cs.deaths(whole).resample(every))
    with pytest.raises(
        TooFewReportsError, match="at least 8 days in a row for surges by C1 with a baseline of 7, got 7"
    ):
        surges(daily(y[:7]))
    with pytest.raises(TooFewReportsError, match="at least 12 days"):
        surges(daily(y[:11]), method="C3")
    with pytest.raises(UndefinedEstimateError, match="count above 0"):
        surges(daily([0] * 20))
    with pytest.raises(KindError, match="spread over days"):
        surges(cs.deaths(make_reports([{"value": 50, "start": "2020-01-01", "end": "2020-01-20"}])).daily())
    with pytest.raises(UndefinedEstimateError, match="exact counts for surges"):
        surges(daily(y, qualifier="at_least"))
    assert len(surges(daily(y, qualifier="at_least"), count="low")) == 2


def test_missing_counts_of_a_lone_cell() -> None:
    verdicts = ears([1, 2, 3, None], "C1", 3.0, 3, 0.0)
    assert verdicts[3].reason == NO_COUNT
    assert verdicts[3].threshold == pytest.approx(5)
