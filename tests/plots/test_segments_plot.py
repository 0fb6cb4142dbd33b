"""Pictures of segmented and interrupted trends: numbers first, then the picture."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure
from plot_samples import reports

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.plots import figure_bytes
from casualtystats.plots.data.segments import segments_alt, segments_picture
from casualtystats.plots.segments import segments
from casualtystats.trends.segments.interruption import InterruptedTrend
from casualtystats.trends.segments.result import SegmentedTrend

ORIGIN = date(2019, 4, 1)
PEAK = (4, 5, 6, 6, 8, 9, 11, 12, 15, 17, 20, 23, 20, 17, 15, 14, 11, 10, 9, 8, 6, 6, 5, 4)
STEP = (12, 15, 11, 14, 13, 16, 18, 15, 17, 19, 16, 20, 9, 8, 10, 7, 9, 6, 8, 7, 5, 6, 7, 4)


def days(*counts: int, length: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "value": count,
            "start": str(ORIGIN + timedelta(days=length * at)),
            "end": str(ORIGIN + timedelta(days=length * (at + 1) - 1)),
        }
        for at, count in enumerate(counts)
    ]


@cache
def peak(method: Any = "grid") -> SegmentedTrend:
    return cs.segmented_trend(cs.deaths(reports(*days(*PEAK))), max_joints=1, method=method)


@cache
def flat() -> SegmentedTrend:
    return cs.segmented_trend(cs.deaths(reports(*days(5, 6, 5, 6, 5, 6, 5, 6, 5, length=7))), max_joints=1)


@cache
def bounds() -> SegmentedTrend:
    rows = days(*PEAK)
    rows[3] |= {"qualifier": "at_least"}
    rows[8] |= {"qualifier": "between", "low": 12, "high": 18, "value": None}
    rows[20] |= {"qualifier": "up_to", "value": 8}
    del rows[15]
    return cs.segmented_trend(cs.deaths(reports(*rows)), max_joints=1, family="poisson")


@cache
def step(washout: int = 0, impact: Any = "both") -> InterruptedTrend:
    return cs.interrupted_trend(cs.deaths(reports(*days(*STEP))), "2019-04-13", washout=washout, impact=impact)


def texts(ax: Any, gid: str) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


def key(ax: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()]


# ---- numbers


def test_bars_have_the_area_of_their_counts() -> None:
    shown = segments_picture(flat())
    assert shown.bars["state"].unique().to_list() == ["exact"]
    assert (shown.bars["low_rate"] * 7).to_list() == pytest.approx([5, 6, 5, 6, 5, 6, 5, 6, 5])
    assert shown.joints == ()
    assert shown.changes is None
    assert shown.label == "reported violent deaths of civilians per day"


def test_bounds_keep_their_kind_and_gaps_stay_empty() -> None:
    shown = segments_picture(bounds())
    kinds = dict(zip(shown.bars["period_start"].to_list(), shown.bars["state"].to_list(), strict=True))
    assert kinds[ORIGIN + timedelta(days=3)] == "floor"
    assert kinds[ORIGIN + timedelta(days=8)] == "range"
    assert kinds[ORIGIN + timedelta(days=20)] == "ceiling"
    floor = shown.bars.filter(pl.col("state") == "floor")
    assert floor["high_rate"].to_list() == [None]
    assert ORIGIN + timedelta(days=15) not in shown.mean["date"].to_list()
    assert shown.mean["piece"].n_unique() == 2
    assert shown.mean.filter((pl.col("mean_low") > pl.col("mean")) | (pl.col("mean") > pl.col("mean_high"))).is_empty()


def test_joint_and_date() -> None:
    ((at, low, high),) = segments_picture(peak()).joints
    assert (at, low, high) == (11.0, date(2019, 4, 11), date(2019, 4, 13))
    shown = segments_picture(step(3))
    assert shown.changes == date(2019, 4, 16)
    assert shown.washout == (date(2019, 4, 13), date(2019, 4, 15))
    unused = shown.bars.filter(~pl.col("used"))
    assert unused["low_rate"].to_list() == [9, 8, 10]
    assert shown.earlier.is_empty()
    breaks = shown.mean.filter(pl.col("piece") != pl.col("piece").shift(1))["date"].to_list()
    assert breaks == [date(2019, 4, 16)]


@pytest.mark.parametrize("impact", ["level", "slope", "both"])
def test_earlier_trend_goes_on_from_the_date(impact: Any) -> None:
    result = step(0, impact)
    shown = segments_picture(result, earlier_trend=True)
    first, second = shown.earlier["mean"].to_list()[:2]
    assert shown.earlier["date"][0] == result.date
    assert second / first == pytest.approx(1 + result.growth_before.value)
    there = shown.mean.filter(pl.col("date") == result.date)["mean"].item()
    expected = 1.0 if result.level_ratio is None else result.level_ratio.value
    assert there / first == pytest.approx(expected)


def test_wrong_results() -> None:
    series = cs.deaths(reports(*days(*PEAK)))
    plain: Any = cs.fit_trend(series)
    with pytest.raises(KindError, match=r"plots\.trend"):
        segments_picture(plain)
    other: Any = series
    with pytest.raises(MeasureError, match="segmented_trend"):
        segments(other)
    with pytest.raises(OptionError, match="interrupted"):
        segments(peak(), earlier_trend=True)


# ---- pictures


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("result", [peak, flat, bounds, step])
def test_pictures_are_drawn_without_global_state(result: Any, width: float) -> None:
    before = dict(mpl.rcParams)
    ax = segments(result(), width=width, title="Reported deaths")
    data = figure_bytes(ax, "png")
    assert data == figure_bytes(segments(result(), width=width, title="Reported deaths"), "png")
    assert Gcf.get_all_fig_managers() == []
    assert dict(mpl.rcParams) == before
    assert ax.get_ylabel().replace("\n", " ") == "reported violent deaths of civilians per day"
    assert ax.get_ylim()[0] == 0
    assert ax.get_title(loc="left") == "Reported deaths"
    assert texts(ax, "source")[0].startswith("Source: OHCHR")


def test_key_names_what_is_there() -> None:
    assert key(segments(peak())) == [
        "total as reported, per day", "fitted mean per day", "95 % interval of the mean", "joint: growth changes",
        "95 % interval of the joint",
    ]  # fmt: skip
    assert key(segments(flat())) == ["total as reported, per day", "fitted mean per day", "95 % interval of the mean"]
    assert {"at least", "no upper bound known", "range, or up to"} <= set(key(segments(bounds())))
    assert "date fixed beforehand" in key(segments(step()))
    shown = key(segments(step(3), earlier_trend=True))
    assert shown[-1] == "if the earlier trend had gone on"
    assert any(text.startswith("washout") for text in shown)


def test_the_earlier_trend_is_off_by_default() -> None:
    assert "if the earlier trend had gone on" not in key(segments(step()))
    with_it, without = (segments(step(), earlier_trend=asked).get_lines() for asked in (True, False))
    assert len(with_it) == len(without) + 1


def test_labels_of_dates() -> None:
    assert texts(segments(peak()), "joint") == ["12 Apr 2019"]
    assert texts(segments(peak("muggeo")), "joint") == ["12 Apr 2019"]
    assert texts(segments(step(3)), "joint") == ["from 16 Apr 2019"]
    assert texts(segments(flat()), "joint") == []


def test_labels_that_have_no_room_are_left_out() -> None:
    day = np.arange(60)
    mean = np.exp(2 + 0.4 * np.minimum(day, 8) - 0.4 * np.clip(day - 8, 0, 6) + 0.01 * np.maximum(0, day - 14))
    counts = [int(value) for value in np.round(mean)]
    found = cs.segmented_trend(cs.deaths(reports(*days(*counts))), max_joints=2)
    assert len(found.joints) == 2
    assert len(texts(segments(found, width=2.5), "joint")) == 1


def test_an_interval_that_runs_away_does_not_press_the_bars_down() -> None:
    result = step()
    ax = segments(result, earlier_trend=True)
    tallest = max(segments_picture(result).bars["low_rate"].to_list())
    assert ax.get_ylim()[1] <= 1.06 * 1.5 * tallest + 1e-9
    assert ax.get_ylim()[1] >= tallest


def test_single_days_have_a_mean_too() -> None:
    rows = [row for at, row in enumerate(days(*PEAK)) if at % 2]
    found = cs.segmented_trend(cs.deaths(reports(*rows)), max_joints=1)
    ax = segments(found)
    widths = {float(np.ptp(line.get_xdata())) for line in ax.get_lines() if line.get_linewidth() == 1.6}
    assert widths == {1.0}


def test_callers_axes_and_methods() -> None:
    ax = Figure().add_subplot()
    assert segments(peak(), ax=ax) is ax
    assert peak().plot(width=4.0).get_ylabel()
    assert step().plot(earlier_trend=True).get_ylabel()


# ---- words


def test_alt_text() -> None:
    assert segments_alt(peak()) == (
        "Bars of reported violent deaths of civilians per day for 24 totals, 1 to 24 April 2019, with the "
        "fitted mean. It is 4.17 on the first day and 4.30 on the last. The growth changes about 12 April 2019 (95 % "
        "interval 11 to 13 April 2019). +16.9 % "
        "(95 % interval +9.33 to +25.0 %) a day over 1 to 12 April 2019; -13.1 % (95 % interval -17.3 to -8.67 %) a day over "
        "13 to 24 April 2019."
    )
    assert "(1 at least, 1 up to, 1 as ranges)" in segments_alt(bounds())
    assert "No change of growth was found" in segments_alt(flat())
    told = segments_alt(step(3))
    assert "A line marks 16 April 2019" in told
    assert "The washout, 13 to 15 April 2019, is left out." in told
    assert "level rate ratio" in told
    assert "slope rate ratio" not in segments_alt(step(0, "level"))
