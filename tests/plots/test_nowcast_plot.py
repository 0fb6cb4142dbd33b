"""The picture of a nowcast: numbers first, then what is drawn."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from plot_samples import one

from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.plots.data.nowcast import ABSURD, nowcast_alt, nowcast_bars, nowcast_top
from casualtystats.plots.files import figure_bytes
from casualtystats.plots.nowcast import nowcast as draw
from casualtystats.trends.nowcast import Nowcast, Triangle, nowcast

MONDAY = date(2019, 4, 1)
COUNTS: list[list[int | None]] = [
    [40, 62, 70, 72], [52, 80, 90, 92], [44, 70, 77, 80], [55, 85, 96, None], [48, 68, None, None], [20, None, None, None],
]  # fmt: skip


def weeks(number: int, skip: int | None = None) -> list[str]:
    numbers = [at for at in range(number + 1) if at != skip][:number]
    starts = [MONDAY + timedelta(days=7 * at) for at in numbers]
    return [f"{start}/{start + timedelta(days=6)}" for start in starts]


def made(counts: list[list[int | None]] = COUNTS, skip: int | None = None, **more: Any) -> Nowcast:
    triangle = Triangle.of(
        counts, values="cumulative", periods=weeks(len(counts), skip), age="week", as_of=date(2019, 5, 13),
        noun="violent deaths of civilians", source="OHCHR",
    )  # fmt: skip
    return nowcast(triangle, **more)


def daily(days: int = 60) -> Nowcast:
    counts: list[list[int | None]] = [
        [3 + at % 4 if days - at > 0 else None, *((5 + at % 4 + age if days - at > age else None) for age in (1, 2))]
        for at in range(days)
    ]
    dates = [str(MONDAY + timedelta(days=at)) for at in range(days)]
    return nowcast(Triangle.of(counts, values="cumulative", periods=dates, noun="violent deaths"))


def words(ax: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()]


def bars_of(ax: Any) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_fill() and patch.get_y() == 0]


def test_bars_are_the_rows_of_the_result() -> None:
    found = made()
    bars = nowcast_bars(found)
    assert bars["state"].to_list() == ["complete", "complete", "complete", "growing", "recent", "recent"]
    assert bars["reported"].to_list() == found.to_frame()["reported"].to_list()
    assert bars["expected"].null_count() == 3
    assert bars.filter(bars["expected"].is_not_null())["high"].to_list() == found.to_frame()["high"].to_list()[3:]


def test_a_period_without_a_figure_is_a_gap() -> None:
    bars = nowcast_bars(made(skip=2))
    assert bars["state"].to_list()[:4] == ["complete", "complete", "no report", "complete"]
    assert bars.row(2, named=True)["period_start"] == MONDAY + timedelta(days=14)
    assert bars.row(2, named=True)["reported"] is None
    assert "no report (not zero)" in words(draw(made(skip=2)))


def test_recent_bars_are_grey_and_hatched_and_marks_are_open() -> None:
    ax = draw(made())
    bars = [patch for patch in bars_of(ax) if patch.get_height() > 0]
    assert [patch.get_height() for patch in bars] == [72, 92, 80, 96, 68, 20]
    assert [bool(patch.get_hatch()) for patch in bars] == [False] * 4 + [True] * 2
    grey = bars[-1].get_facecolor()[:3]
    assert max(grey) - min(grey) < 0.02
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_ydata()[0] for line in marks] == pytest.approx(made().to_frame()["expected"].to_list()[3:])
    assert {line.get_markerfacecolor() for line in marks} == {"white"}
    assert words(ax) == [
        "reported", "reported so far: recent, late reports to come", "expected once reports are complete",
        "prediction interval (95 %)",
    ]  # fmt: skip
    note = next(text.get_text() for text in ax.texts if text.get_gid() == "source").replace("\n", " ")
    assert note.startswith("Source: OHCHR; as published by 2019-05-13. Expected: chain ladder")
    assert ax.get_ylabel().replace("\n", " ") == "violent deaths of civilians per period"


def test_an_end_far_above_everything_is_cut_and_said() -> None:
    found = made([[30, 40, 41], [30, 39, 40], [31, 40, 40], [1, 4, None], [2, None, None]])
    bars = nowcast_bars(found)
    seen = nowcast_top(bars)
    assert seen == max(bars["reported"])
    wide = bars.with_columns(high=bars["high"] * 40)
    assert nowcast_top(wide) <= ABSURD * seen
    small = made([[1, 2, 2], [1, 2, 3], [2, 3, 3], [1, 1, None], [1, None, None]])
    high = max(nowcast_bars(small)["high"].drop_nulls())
    ax = draw(small, title="Nowcast")
    assert high > ax.get_ylim()[1]
    assert "interval goes on above the picture" in words(ax)
    assert ax.get_title(loc="left") == "Nowcast"


def test_without_an_interval_there_is_a_mark_alone() -> None:
    found = made([[40, 62], [50, None]])
    ax = draw(found)
    assert words(ax) == [
        "reported",
        "reported so far: recent, late reports to come",
        "expected once reports are complete",
    ]
    assert "77.5 expected. Recent" in nowcast_alt(found)


def test_a_complete_triangle_is_bars_alone() -> None:
    found = made([[40, 62], [50, 61], [0, 0]])
    assert words(draw(found)) == ["reported"]
    assert nowcast_alt(found) == (
        "Bars of reported violent deaths of civilians by period, as published by 2019-05-13. 1 to 7 April 2019: 62. "
        "8 to 14 April 2019: 61. 15 to 21 April 2019: 0."
    )


def test_none_reported_is_seen() -> None:
    ax = draw(made([[40, 62, 64], [30, 45, 46], [44, 60, 66], [20, 30, None], [0, None, None]]))
    flat = [line for line in ax.lines if list(line.get_ydata()) == [0, 0]]
    assert len(flat) == 1


def test_alt_text_says_the_numbers_of_the_recent_ones() -> None:
    row = made().to_frame().row(-1, named=True)
    told = nowcast_alt(made())
    assert f"6 to 12 May 2019: 20, {row['expected']:.1f} expected (95 % prediction interval {row['low']} to" in told
    assert told.endswith("Recent periods are grey: late reports are still to come.")
    assert "15 to 21 April 2019: no report" in nowcast_alt(made(skip=2))
    assert "52 more" in nowcast_alt(daily())


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("make", [made, daily, lambda: made(skip=2)], ids=["weeks", "days", "gap"])
def test_nothing_is_cut_off_and_dates_do_not_overlap(make: Any, width: float) -> None:
    ax = draw(make(), width=width)
    figure: Any = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert figure.get_figwidth() == width
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= figure.get_figwidth()
    assert box.y1 <= figure.get_figheight()
    labels = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert len(labels) >= 2
    assert all(a.x1 < b.x0 for a, b in pairwise(labels))


def test_draws_on_given_axes_without_global_state_and_the_same_bytes() -> None:
    before = dict(mpl.rcParams)
    ax = Figure(figsize=(5, 4)).add_subplot()
    assert draw(made(), ax=ax) is ax
    assert not Gcf.figs
    assert dict(mpl.rcParams) == before
    assert figure_bytes(draw(made()), "svg") == figure_bytes(draw(made()), "svg")


def test_other_things_are_refused() -> None:
    with pytest.raises(KindError, match="expected a nowcast"):
        draw(one())
    with pytest.raises(MeasureError, match="expected a nowcast"):
        draw(3)
    undated = nowcast(Triangle.of(COUNTS, values="cumulative"))
    with pytest.raises(OptionError, match="expected a nowcast with dates"):
        draw(undated)
    with pytest.raises(OptionError, match="expected width="):
        draw(made(), width=1)
