"""Cumulative incidence against statsmodels and R; Turnbull's estimate against published masses and direct search."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.rates.restoration import cumulative_incidence, kaplan_meier, turnbull, turnbull_fit
from casualtystats.rates.restoration.turnbull_fit import innermost, npmle

TIME = [1, 2, 2, 3, 4, 4, 5, 6, 7, 8, 9, 10, 10, 12, 13]
EVENT = [1, 2, 1, 0, 1, 1, 2, 0, 1, 1, 2, 0, 1, 1, 0]
NEVER = math.inf
# Breast cosmesis, radiotherapy alone, months to retraction, (left, right]: Finkelstein and Wolfe (1985).
COSMESIS = [
    (45, NEVER), (6, 10), (0, 7), (46, NEVER), (46, NEVER), (7, 16), (17, NEVER), (7, 14), (37, 44), (0, 8), (4, 11),
    (15, NEVER), (11, 15), (22, NEVER), (46, NEVER), (46, NEVER), (25, 37), (46, NEVER), (26, 40), (46, NEVER),
    (27, 34), (36, 44), (46, NEVER), (36, 48), (37, NEVER), (40, NEVER), (17, 25), (46, NEVER), (11, 18), (38, NEVER),
    (5, 12), (37, NEVER), (0, 5), (18, NEVER), (24, NEVER), (36, NEVER), (5, 11), (19, 35), (17, 25), (24, NEVER),
    (32, NEVER), (33, NEVER), (19, 26), (37, NEVER), (34, NEVER), (36, NEVER),
]  # fmt: skip

events = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), min_size=1, max_size=40)
bounds = st.lists(
    st.tuples(st.integers(0, 15), st.one_of(st.none(), st.integers(0, 8))).map(
        lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    min_size=1,
    max_size=25,
)


@given(events)
def test_both_causes_and_the_share_still_out_sum_to_one(rows: list[tuple[int, int]]) -> None:
    time, event = zip(*rows, strict=True)
    frame = cumulative_incidence(time, event).frame
    total = frame["still_out"] + frame["share_restored"] + frame["share_destroyed"]
    assert total.to_list() == pytest.approx([1] * frame.height)
    restored = [int(kind == 1) for kind in event]
    naive = kaplan_meier(time, restored).frame["share_restored"]
    assert (frame["share_restored"] <= naive + 1e-9).all()


@given(events)
def test_without_destroyed_facilities_it_is_one_minus_kaplan_meier(rows: list[tuple[int, int]]) -> None:
    time, event = zip(*[(time, min(kind, 1)) for time, kind in rows], strict=True)
    ours, curve = cumulative_incidence(time, event).frame, kaplan_meier(time, event).frame
    assert ours["share_restored"].to_list() == pytest.approx((1 - curve["still_out"]).to_list(), abs=1e-12)
    # Near 1 the variance is a difference of large terms: compared as variance.
    known = curve["se"].is_not_null()
    first, second = (frame.filter(known)[name] ** 2 for frame, name in ((ours, "share_restored_se"), (curve, "se")))
    assert first.to_list() == pytest.approx(second.to_list(), abs=1e-10)


@given(events)
def test_it_is_the_estimate_of_statsmodels_where_that_has_one(rows: list[tuple[int, int]]) -> None:
    time, event = (np.array(part) for part in zip(*rows, strict=True))
    if not {1, 2} <= set(event.tolist()):
        return
    with np.errstate(all="ignore"):
        theirs: Any = CumIncidenceRight(time, event)
    frame = cumulative_incidence(time, event).frame
    for cause, name in ((0, "share_restored"), (1, "share_destroyed")):
        at = np.searchsorted(theirs.times, frame["day"].to_numpy(), side="right") - 1
        share, se = theirs.cinc[cause][at], theirs.cinc_se[cause][at]
        some = (at >= 0) & np.isfinite(se)
        assert frame[name].to_numpy()[some] == pytest.approx(share[some])
        assert frame[f"{name}_se"].to_numpy()[some] ** 2 == pytest.approx(se[some] ** 2, abs=1e-10)
    assert frame["share_restored_se"].null_count() == 0


def test_cumulative_incidence_as_in_r() -> None:
    """R 4.2.2, survival 3.5-3: survfit(Surv(ti, factor(ev, 0:2, c("c", "r", "d"))) ~ 1), pstate and std.err."""
    curve = cumulative_incidence(TIME, EVENT)
    at = [curve.at(day).row(0, named=True) for day in (1, 2, 4, 7, 8, 12)]
    restored = [0.0666666666667, 0.1333333333333, 0.2787878787879, 0.3619047619048, 0.4450216450216, 0.6528138528139]
    se = [0.0644061188720, 0.0877707451473, 0.1188512040499, 0.1308624768264, 0.1373020126747, 0.1420997611034]
    assert [row["share_restored"] for row in at] == pytest.approx(restored, rel=1e-10)
    assert [row["share_restored_se"] for row in at] == pytest.approx(se, rel=1e-9)
    last = curve.frame.row(-1, named=True)
    assert last["share_destroyed"] == pytest.approx(0.2225108225108, rel=1e-10)
    assert last["share_destroyed_se"] == pytest.approx(0.1141666287584, rel=1e-9)
    assert last["se"] == pytest.approx(0.107339138507, rel=1e-9)
    assert curve.median == 10
    assert curve.restricted_mean is None
    assert str(curve).startswith("median 10 days (95 % interval 4 to not reached), 15 outages, 8 restored, 3 destroyed")


def test_cumulative_incidence_with_delayed_entry_as_in_r() -> None:
    """R, survival: survfit(Surv(en, ti, factor(ev, 0:2, c("c", "r", "d"))) ~ 1, id = 1:15)$pstate."""
    curve = cumulative_incidence(TIME, EVENT, [0, 0, 0, 1, 2, 0, 3, 1, 0, 0, 4, 2, 0, 0, 5])
    at = [curve.at(day).row(0, named=True) for day in (1, 2, 4, 7, 12)]
    restored = [0.125, 0.222222222222, 0.373456790123, 0.439621913580, 0.671199845679]
    assert [row["share_restored"] for row in at] == pytest.approx(restored, rel=1e-10)
    assert curve.frame.filter(curve.frame["day"] == 2)["at_risk"].item() == 9


@given(events, st.lists(st.integers(0, 19), min_size=40, max_size=40))
def test_of_one_cause_with_delayed_entry_its_errors_are_greenwoods(
    rows: list[tuple[int, int]], late: list[int]
) -> None:
    """Which agree with R (`test_delayed_entry_as_in_r`); R's of several causes are of another kind."""
    time, event = ([*part] for part in zip(*[(time, min(kind, 1)) for time, kind in rows], strict=True))
    entry = [min(began, max(0, end - 1)) for began, end in zip(late, time, strict=False)]
    ours, curve = cumulative_incidence(time, event, entry).frame, kaplan_meier(time, event, entry=entry).frame
    known = curve["se"].is_not_null()
    first, second = (frame.filter(known)[name] ** 2 for frame, name in ((ours, "share_restored_se"), (curve, "se")))
    assert first.to_list() == pytest.approx(second.to_list(), abs=1e-10)


def test_cumulative_incidence_refuses_what_is_no_event() -> None:
    with pytest.raises(OptionError, match=r"0 \(censored\) or 1 \(restored\) or 2 \(destroyed\), got 3"):
        cumulative_incidence([1, 2], [1, 3])


@given(st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=40), st.integers(0, 21))
def test_of_exact_and_right_censored_days_it_is_kaplan_meier(rows: list[tuple[int, bool]], day: int) -> None:
    time, done = zip(*rows, strict=True)
    curve = turnbull(time, [last if over else None for last, over in rows])
    other = kaplan_meier(time, done)
    if day <= max(time):
        assert curve.at(day)["still_out"].item() == pytest.approx(other.at(day)["still_out"].item(), abs=1e-7)
    if curve.median is not None:
        assert curve.median == other.median
    assert curve.at_risk([day])["at_risk"].item() == other.at_risk([day])["at_risk"].item()


@given(bounds)
def test_no_direction_leads_up_from_the_masses(rows: list[tuple[int, int | None]]) -> None:
    """The certificate, from the likelihood itself and not from the numbers that the estimate reports."""
    low = np.array([first for first, _ in rows], dtype=float)
    high = np.array([NEVER if last is None else last for _, last in rows], dtype=float)
    fitted = npmle(low, high)
    inside = innermost(low, high)[3].astype(float)
    assert fitted.mass.sum() == pytest.approx(1)
    assert (fitted.mass >= 0).all()
    likely = inside @ fitted.mass
    assert ((inside / likely[:, None]).mean(axis=0) <= 1 + 2e-9).all()
    # Every observation has some interval, and every interval is one that some observation begins and some one ends.
    assert inside.any(axis=1).all()
    assert inside.any(axis=0).all()


@given(bounds.filter(lambda rows: len(rows) <= 8))
def test_a_direct_search_finds_nothing_better(rows: list[tuple[int, int | None]]) -> None:
    low = np.array([first for first, _ in rows], dtype=float)
    high = np.array([NEVER if last is None else last for _, last in rows], dtype=float)
    fitted = npmle(low, high)
    inside = innermost(low, high)[3].astype(float)

    def loss(free: Any) -> float:
        share = np.exp(free - free.max())
        return -float(np.log(inside @ (share / share.sum())).sum())

    found: Any = scipy.optimize.minimize(loss, np.zeros(inside.shape[1]), method="BFGS")
    assert -np.log(inside @ fitted.mass).sum() <= found.fun + 1e-7


def test_masses_of_the_cosmesis_trial() -> None:
    """Published for radiotherapy alone (Sun 2006; R package interval, icfit): (4, 5] 0.0463 ... (46, 48] 0.4656."""
    # Half a month after the left end, which is not included; censored ones last longer than theirs.
    low = [left + (0.5 if right < NEVER else 0) for left, right in COSMESIS]
    curve = turnbull(low, [right for _, right in COSMESIS])
    some = curve.frame.filter(curve.frame["mass"] > 1e-6)
    assert some["day"].to_list() == [5, 7, 8, 12, 25, 34, 40, 48]
    assert some["mass"].round(4).to_list() == [0.0463, 0.0334, 0.0887, 0.0708, 0.0926, 0.0818, 0.1209, 0.4656]
    assert curve.summary["censored"].item() == 25
    assert curve.frame["se"].null_count() == curve.frame.height
    assert curve.median_interval == (None, None)
    # (24, 25] begins after 24: on that day nothing of it has come.
    assert curve.at(24)["still_out"].item() == pytest.approx(1 - 0.0463 - 0.0334 - 0.0887 - 0.0708, abs=2e-4)


def test_what_lies_inside_an_interval_is_bounded() -> None:
    curve = turnbull([1, 4, 9], [3, 6, None])
    inside = curve.at(5).row(0, named=True)
    assert inside["still_out"] is None
    assert (inside["still_out_low"], inside["still_out_high"]) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert curve.median is None
    assert curve.median_bounds == (4, 6)
    assert "median between 4 and 6 days" in str(curve)
    assert str(turnbull(pl.Series([1, 4, 9]), pl.Series([3, 4, None]))).startswith("median 4 days, 3 outages")
    assert str(turnbull([1, 9, 9], [3, None, None])).startswith("median between 9 and not reached")
    risk = curve.at_risk([5, 8, 10])
    assert risk["at_risk"].to_list() == [None, 1, 0]
    assert risk.row(0)[3:] == (1, 2)


@given(bounds, st.integers(0, 25))
def test_bounds_on_a_day_hold_each_other(rows: list[tuple[int, int | None]], day: int) -> None:
    curve = turnbull([low for low, _ in rows], [high for _, high in rows])
    at = curve.at(day).row(0, named=True)
    assert 0 <= at["still_out_low"] <= at["still_out_high"] <= 1
    later = curve.at(day + 1).row(0, named=True)
    assert later["still_out_low"] <= at["still_out_low"] + 1e-9
    assert later["still_out_high"] <= at["still_out_high"] + 1e-9


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ([1, 2], [3], "one value for each of 2"),
        ([1, 4], [3, 3], "got 4 to 3 in place 2"),
        ([1, 4], [3, "x"], "got 'x' in place 2"),
    ],
)
def test_turnbull_refuses_what_does_not_fit(low: Any, high: Any, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        turnbull(low, high)


def test_turnbull_says_when_it_can_not_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [(1, 4), (3, 9), (4, 12), (6, 20), (2, 7), (10, 14), (13, 30), (1, 2), (8, 11), (5, 5), (15, 22), (3, 6)]
    with monkeypatch.context() as patch:
        patch.setattr(turnbull_fit, "ROUNDS", 0)
        with pytest.raises(TooFewReportsError, match="within 0 rounds"):
            turnbull(*zip(*rows, strict=True))

    def worn_out(*_: Any) -> Any:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(scipy.optimize, "nnls", worn_out)
        slow = turnbull(*zip(*rows, strict=True))
    assert slow.frame["mass"].to_list() == pytest.approx(
        turnbull(*zip(*rows, strict=True)).frame["mass"].to_list(), abs=1e-4
    )


def test_a_result_can_be_kept(tmp_path: Path) -> None:
    curve = turnbull([1, 4, 9], [3, 6, None])
    curve.to_csv(tmp_path / "curve.csv")
    assert (tmp_path / "curve.csv").read_text("utf-8").count("\n") == curve.to_frame().height + 1
    assert len(curve) == 1
    assert curve.groups == [None]
    with pytest.raises(OptionError, match="only as intervals"):
        curve.compare()
