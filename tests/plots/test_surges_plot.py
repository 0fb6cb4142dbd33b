from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from plot_samples import reports

import casualtystats as cs
from casualtystats.errors import MeasureError, OptionError
from casualtystats.plots import figure_bytes
from casualtystats.plots.data.surges import change_bars, change_points_alt, surge_bars, surges_alt
from casualtystats.plots.surges import change_points as draw_changes
from casualtystats.plots.surges import surges as draw_surges
from casualtystats.trends.changepoints import change_points
from casualtystats.trends.surges import surges

FIRST = date(2019, 5, 1)
# Quiet days, a surge, a gap, and a surge that no baseline allows to judge.
COUNTS: list[int | None] = [
    4,
    3,
    9,
    4,
    5,
    1,
    5,
    5,
    4,
    7,
    0,
    6,
    4,
    21,
    3,
    5,
    4,
    None,
    4,
    7,
    30,
    5,
    2,
    6,
    4,
    5,
    3,
    4,
    5,
    4,
]
LEVELS = [2, 3, 1, 4, 2, 3, 2, 1, 9, 11, 8, 12, 10, 9, 13, 10, 4, 3, 5, 2, 4, 3, 5, 4, 3, 0]


def daily(counts: list[Any]) -> Any:
    rows = [{"value": n, "start": str(FIRST + timedelta(days=at))} for at, n in enumerate(counts) if n is not None]
    return cs.deaths(reports(*rows)).resample("day")


FAMILIES: dict[str, Any] = {
    "surges": lambda **more: draw_surges(surges(daily(COUNTS)), **more),
    "surges-weeks": lambda **more: draw_surges(
        surges(daily([n or 2 for n in COUNTS] * 3).resample("week"), baseline=3), **more
    ),
    "surges-long": lambda **more: draw_surges(
        surges(daily([at % 7 + at % 5 for at in range(300)]), method="C3"), **more
    ),
    "changes": lambda **more: draw_changes(change_points(daily(LEVELS)), **more),
    "changes-many": lambda **more: draw_changes(
        change_points(daily([1, 1, 1, 60, 60, 60] * 4), cost="poisson"), **more
    ),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_draws_on_given_axes_without_touching_global_state(name: str) -> None:
    before = dict(mpl.rcParams)
    ax = Figure(figsize=(5, 4), layout="constrained").add_subplot()
    assert FAMILIES[name](ax=ax) is ax
    ax.figure.draw_without_rendering()
    assert not Gcf.figs
    assert dict(mpl.rcParams) == before
    assert any(text.get_gid() == "source" for text in ax.texts)


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_is_cut_off_and_dates_do_not_overlap(name: str, width: float) -> None:
    ax = FAMILIES[name](width=width, title="Reported deaths")
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= figure.get_figwidth() == width
    assert box.y1 <= figure.get_figheight()
    labels = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert all(a.x1 < b.x0 for a, b in pairwise(labels))
    dates = [text.get_window_extent() for text in ax.texts if text.get_gid() == "change"]
    assert not any(a.overlaps(b) for at, a in enumerate(dates) for b in dates[at + 1 :])


def test_surge_bars() -> None:
    found = surges(daily(COUNTS))
    bars = surge_bars(found)
    assert bars.columns == ["period_start", "period_end", "height", "mean", "threshold", "state", "beyond"]
    assert bars["height"].to_list() == COUNTS
    state = bars["state"].to_list()
    assert state[:7] == ["not judged"] * 7
    assert state[13] == "alarm"
    assert state[17] == "no report"
    assert state[20] == "not judged"
    assert state[7] == "below"
    assert not bars["beyond"].any()
    # A threshold far above all counts would press them to the ground.
    wide = surge_bars(surges(daily([1, 9, 1, 9, 1, 9, 1, 9]), z=40))
    assert wide["beyond"].to_list() == [False] * 7 + [True]


def test_marks_of_surges() -> None:
    found = surges(daily(COUNTS))
    ax = draw_surges(found)
    (marks,) = (line for line in ax.lines if line.get_gid() == "alarm")
    assert len(marks.get_xdata()) == len(found.dates) == 1
    assert ax.get_ylabel() == "reported violent deaths of civilians per day"
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {
        "threshold, EARS C1 (z = 3.09)", "above it: alarm (marked)", "not above it", "not judged", "0 reported",
        "no report, or not about every day",
    }  # fmt: skip
    bars = [box for box in ax.patches if isinstance(box, Rectangle) and box.get_height() == 21]
    assert len(bars) == 1
    assert bars[0].get_width() == pytest.approx(1)
    wide = draw_surges(surges(daily([1, 9, 1, 9, 1, 9, 1, 9]), z=40))
    words = {text.get_text() for text in wide.get_legend().get_texts()}
    assert words == {"threshold, EARS C1 (z = 40)", "not above it", "not judged", "threshold above the picture"}
    assert wide.get_ylim()[1] < 12
    flat = draw_surges(surges(daily([2] * 10)))
    assert {text.get_text() for text in flat.get_legend().get_texts()} == {"not judged"}


def test_change_bars_and_their_levels() -> None:
    found = change_points(daily(LEVELS))
    bars = change_bars(found)
    assert bars["height"].to_list() == LEVELS
    assert bars["level"].to_list() == pytest.approx([2.25] * 8 + [10.25] * 8 + [3.3] * 10)
    assert (bars["level_low"] < bars["level"]).all()
    assert (bars["level"] < bars["level_high"]).all()
    ax = draw_changes(found)
    assert [text.get_text() for text in ax.texts if text.get_gid() == "change"] == ["9 May", "17 May"]
    levels = [line.get_ydata()[0] for line in ax.lines if line.get_linewidth() == 1.6]
    assert levels == pytest.approx([2.25, 10.25, 3.3])
    words = [text.get_text() for text in ax.get_legend().get_texts()]
    assert words == [
        "as reported, by day", "0 reported", "level of the segment", "its interval (95 %), the segment taken as given",
    ]  # fmt: skip
    none = draw_changes(change_points(daily([3, 4, 3, 4, 3, 4, 3, 4])))
    assert [text for text in none.texts if text.get_gid() == "change"] == []


def test_weeks_are_drawn_by_day_under_levels() -> None:
    weekly = daily([2] * 35 + [9] * 35).resample("week")
    bars = change_bars(change_points(weekly, cost="poisson"))
    # The levels part on Wednesday, 5 June 2019.
    assert bars["height"].to_list() == [2, 2, 2, 2, 7, 9, 9, 9, 9]


def test_dates_of_changes_have_a_year_where_there_are_several() -> None:
    months = [
        {"value": 30 if at < 8 else 300, "start": str(date(2019 + at // 12, at % 12 + 1, 1)),
         "end": str(date(2019 + (at + 1) // 12, (at + 1) % 12 + 1, 1) - timedelta(days=1))}
        for at in range(16)
    ]  # fmt: skip
    ax = draw_changes(change_points(cs.deaths(reports(*months)).resample("month")))
    assert [text.get_text() for text in ax.texts if text.get_gid() == "change"] == ["1 Sep 2019"]


def test_alt_texts() -> None:
    assert surges_alt(surges(daily(COUNTS))) == (
        "Bars of reported violent deaths of civilians per day, 1 to 30 May 2019, with EARS C1 thresholds. Alarms: 14 May "
        "2019: 21, above 11.3. 15 of 30 days judged. For 1 day there is no report about every day."
    )
    assert "No alarm. 3 of 10 days judged." in surges_alt(surges(daily([2, 3, 4, 2, 3, 4, 2, 3, 4, 3])))
    assert change_points_alt(change_points(daily(LEVELS))) == (
        "Bars of reported violent deaths of civilians per day with the levels of 3 segments. 1 to 8 May 2019: 2.25 per "
        "day; 9 to 16 May 2019: 10.2 per day; 17 to 26 May 2019: 3.30 per day."
    )
    assert "1 segment, as no change was found" in change_points_alt(change_points(daily([3, 4, 3, 4, 3, 4, 3, 4])))
    many = change_points_alt(change_points(daily([1, 1, 1, 60, 60, 60] * 5), cost="poisson"))
    assert "; 2 more; " in many


def test_the_same_bytes_on_every_run() -> None:
    one, other = (figure_bytes(draw_surges(surges(daily(COUNTS)))) for _ in range(2))
    assert one == other


def test_wrong_types() -> None:
    wrong: Any = daily(COUNTS)
    with pytest.raises(MeasureError, match=r"surges \(cs.surges\), got FlowSeries"):
        draw_surges(wrong)
    with pytest.raises(MeasureError, match=r"change points \(cs.change_points\), got FlowSeries"):
        draw_changes(wrong)
    with pytest.raises(OptionError, match="ax="):
        draw_surges(surges(daily(COUNTS)), ax=wrong)
