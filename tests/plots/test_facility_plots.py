"""Pictures of facilities: swimlanes, availability, time to restoration, recurrent hits."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from facility_samples import day, facility, five, hit, made, many, spell
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib._pylab_helpers import Gcf
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from casualtystats.errors import MeasureError, OptionError
from casualtystats.plots import figure_bytes
from casualtystats.plots.availability import availability as draw_availability
from casualtystats.plots.curvelabels import label_curves
from casualtystats.plots.dates import number
from casualtystats.plots.lanelabels import shortened
from casualtystats.plots.recurrence import mean_cumulative as draw_hits
from casualtystats.plots.restoration import restoration as draw_restoration
from casualtystats.plots.swimlanes import swimlanes
from casualtystats.plots.swimlooks import LOOKS
from casualtystats.plots.text import text_width
from casualtystats.rates.recurrence import mean_cumulative_function, mean_cumulative_hits
from casualtystats.rates.restoration import cumulative_incidence, kaplan_meier, time_to_restoration, turnbull
from casualtystats.series.availability import availability

TIMES = [3, 5, 5, 8, 9, 12, 14, 14, 20, 31]
DONE = [1, 1, 0, 1, 1, 1, 1, 0, 1, 0]


def exact(number_: int = 60) -> Any:
    """Facilities whose ends are known, and nothing destroyed."""
    found = many(number_, 2)
    spells = found.spells.filter(pl.col("status") != "destroyed").with_columns(
        start_earliest="start_latest",
        end_latest=pl.when(pl.col("end_latest").is_not_null()).then(pl.col("end_earliest")),
    )
    return made(found.facilities.to_dicts(), spells.to_dicts())


FAMILIES: dict[str, Any] = {
    "lanes-5": lambda **more: swimlanes(five(), **more),
    "lanes-60": lambda **more: swimlanes(many(60), **more),
    "lanes-60-type": lambda **more: swimlanes(many(60), sort="type", **more),
    "lanes-200": lambda **more: swimlanes(many(200), **more),
    "lanes-200-place": lambda **more: swimlanes(many(200), sort="place", **more),
    "availability": lambda **more: draw_availability(availability(many(60)), **more),
    "availability-months": lambda **more: draw_availability(availability(many(60), "month", weight="beds"), **more),
    "availability-places": lambda **more: draw_availability(availability(many(60), by=["place"]), **more),
    "restoration": lambda **more: draw_restoration(kaplan_meier(TIMES, DONE), **more),
    "restoration-types": lambda **more: draw_restoration(time_to_restoration(exact(), by=["type"]), **more),
    "restoration-destroyed": lambda **more: draw_restoration(
        cumulative_incidence(TIMES, [2 if at == 9 else done for at, done in zip(TIMES, DONE, strict=True)]), **more
    ),
    "restoration-rounds": lambda **more: draw_restoration(
        turnbull([1, 8, 8, 15, 22, 15], [7, 14, 21, 28, float("inf"), float("inf")]), **more
    ),
    "hits": lambda **more: draw_hits(mean_cumulative_hits(many(60)), **more),
    "hits-types": lambda **more: draw_hits(mean_cumulative_hits(many(60), by=["type"]), **more),
}


def words(ax: Any) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def of(things: Any, gid: str) -> list[Any]:
    return [one for one in things if one.get_gid() == gid]


@pytest.mark.parametrize("name", FAMILIES)
def test_draws_on_given_axes_without_touching_global_state(name: str) -> None:
    before = dict(mpl.rcParams)
    figure = Figure(figsize=(6, 9), layout="constrained")
    ax, other = figure.subplots(2, 1)
    assert FAMILIES[name](ax=ax, title="Facilities") is ax
    figure.draw_without_rendering()
    assert not Gcf.figs
    assert dict(mpl.rcParams) == before
    (source,) = of(ax.texts, "source")
    assert source.get_window_extent().y0 > other.get_window_extent().y1


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_is_cut_off_and_labels_do_not_overlap(name: str, width: float) -> None:
    ax = FAMILIES[name](width=width, title="Facilities")
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= figure.get_figwidth() == width
    assert box.y1 <= figure.get_figheight()
    for panel in (ax, *ax.child_axes):
        labels = [label.get_window_extent() for label in panel.get_xticklabels() if label.get_text()]
        assert all(a.x1 < b.x0 for a, b in pairwise(sorted(labels, key=lambda label: label.x0)))
        rows = [label.get_window_extent() for label in panel.get_yticklabels() if label.get_text()]
        # Boxes of letters hold some air above and below them.
        assert all(a.y1 < b.y1 - 4 for a, b in pairwise(sorted(rows, key=lambda row: row.y1)))
    for gid in ("curve name", "at risk", "group", "part"):
        shown = [text.get_window_extent() for text in of(ax.texts, gid)]
        assert not any(a.overlaps(b) for at, a in enumerate(shown) for b in shown[at + 1 :])
    (source,) = of(ax.texts, "source")
    over = [text.get_window_extent().y0 for gid in ("at risk", "head", "name") for text in of(ax.texts, gid)]
    assert all(source.get_window_extent().y1 < y for y in over)


@pytest.mark.parametrize("name", ["lanes-60", "availability-places", "restoration-rounds", "hits-types"])
def test_same_bytes_each_time(name: str) -> None:
    assert figure_bytes(FAMILIES[name]()) == figure_bytes(FAMILIES[name]())


def test_what_a_lane_bears() -> None:
    ax = swimlanes(five(), title="Facilities")
    assert [text.get_text() for text in ax.get_yticklabels()] == [
        "Southern hospital", "Northern district hospital", "Primary health centre in the eastern quarter…",
        "Western clinic", "Central maternity hospital", "facility not known",
    ]  # fmt: skip
    assert words(ax) == [
        "out of service", "destroyed", "partly functional", "no rebuilding known", "functional, observed",
        "change not exactly dated", "status not known", "still out when last seen", "hit", "two hits or more",
        "hit not exactly dated",
    ]  # fmt: skip
    (still,), (kept,) = of(ax.lines, "still"), of(ax.lines, "kept")
    assert list(still.get_xdata()) == [number(day(66)) + 0.5]
    assert list(kept.get_xdata()) == [number(day(90)) + 0.5]
    (ones,), (twos,) = of(ax.lines, "hit"), of(ax.lines, "hits")
    assert len(ones.get_xdata()) == 6
    assert twos.get_xdata() == [number(day(35))]
    # Hits on facilities not known stand below all lanes.
    lanes = ax.get_yticks()
    assert sorted(ones.get_ydata())[-2:] == [lanes[-1]] * 2
    assert lanes[-1] > lanes[-2]
    looks = {one.get_gid(): one for one in ax.collections if one.get_gid()}
    assert set(looks) == {
        "destroyed", "non_functional", "non_functional possible", "partial", "unknown",
    }  # fmt: skip
    assert looks["non_functional possible"].get_hatch()
    assert looks["unknown"].get_hatch() != looks["non_functional possible"].get_hatch()
    heights = {
        name: {round(float(np.ptp(path.vertices[:, 1])), 6) for path in one.get_paths()} for name, one in looks.items()
    }
    assert heights["partial"] == {round(0.5 * max(heights["non_functional"]), 6)}
    assert heights["destroyed"] == heights["non_functional"]


def test_what_is_not_observed_is_empty_and_a_plain_register_has_a_short_key() -> None:
    ax = swimlanes(made([facility("A", observed=False), facility("B")], [], [hit(1, "B", 4)]))
    assert words(ax) == ["functional, observed", "hit"]
    (lines,) = ax.collections
    assert len(lines.get_segments()) == 1
    assert of(ax.texts, "source")[0].get_text() == "Source: Monitors. No line and no bar: not observed"


def test_statuses_stay_apart_in_grey() -> None:
    def luminance(colour: str) -> float:
        r, g, b = to_rgb(colour)
        return 0.299 * r + 0.587 * g + 0.114 * b

    sure = sorted(luminance(LOOKS[status, True][0]) for status in ("partial", "non_functional", "destroyed", "unknown"))
    assert all(b - a > 0.15 for a, b in pairwise(sure))
    # What is not sure is hatched, whatever its colour.
    assert all(look[2] for (_, is_sure), look in LOOKS.items() if not is_sure)


def test_names_of_many_lanes_are_left_out_evenly_and_groups_are_named() -> None:
    ax = swimlanes(many(200))
    places = ax.get_yticks()[:-1]
    steps = {round(float(b - a), 6) for a, b in pairwise(places)}
    assert len(steps) == 1
    assert steps.pop() >= 10
    grouped = swimlanes(many(200), sort="place")
    labels = [text.get_text() for text in grouped.get_yticklabels()]
    assert [label.split(" (")[0] for label in labels[:-1]] == [f"District {one}" for one in "ABCDE"]
    assert sum(int(label.split("(")[1].rstrip(")")) for label in labels[:-1]) == 200
    few = swimlanes(many(40), sort="place")
    assert [text.get_text() for text in of(few.texts, "group")] == [f"District {one}" for one in "ABCDE"]
    assert len(few.get_yticks()) == 41
    # Many groups of one facility: their names can not all stand.
    alone = made([facility(f"F{at}", place=f"P{at}") for at in range(150)], [spell("F3", 4, 9)])
    assert len(swimlanes(alone, sort="place").get_yticks()) < 100


def test_names_that_would_be_cut_alike_keep_their_ends() -> None:
    long = "Comprehensive primary health care centre of the town of"
    names = [f"{long} {end}" for end in ("Alpha", "Beta")]
    ax = swimlanes(made([facility(name[-1], name=name) for name in names]), width=3.5)
    first, second = (text.get_text() for text in ax.get_yticklabels())
    assert first != second
    assert first.endswith("Alpha")
    assert "…" in first


@given(st.text("abcdefgh ", min_size=1, max_size=60), st.floats(12, 200))
def test_shortened_names_fit(text: str, room: float) -> None:
    found = shortened(text, room, 7)
    assert text_width(found, 7) <= room or len(found) <= 2
    assert found == text or found.endswith("…")


def test_events_and_days_of_a_timeline() -> None:
    events = pl.DataFrame({
        "start_earliest": [day(30)], "start_latest": [day(30)], "end_latest": [day(30)], "label": ["Ceasefire"],
    })  # fmt: skip
    ax = swimlanes(five(), events=events, period=f"{day(20)}/{day(60)}")
    assert [text.get_text() for text in of(ax.texts, "event")] == ["Ceasefire"]
    left, right = ax.get_xlim()
    assert number(day(18)) < left < number(day(20)) - 0.5
    assert number(day(60)) + 0.5 < right < number(day(62))
    with pytest.raises(OptionError, match="expected events= a frame"):
        swimlanes(five(), events=pl.DataFrame({"label": ["x"]}))


def test_a_band_of_availability_is_its_bounds() -> None:
    result = availability(made([facility("A"), facility("B", observed=False), facility("C")], [spell("A", 10, 20)]))
    ax = draw_availability(result)
    low, high = (line.get_ydata() for line in of(ax.lines, "bound"))
    assert low.tolist() == np.repeat(result.frame["low"].to_numpy(), 2).tolist()
    assert high.tolist() == np.repeat(result.frame["high"].to_numpy(), 2).tolist()
    (best,) = of(ax.lines, "best")
    assert np.isnan(best.get_ydata()).all()
    assert best.get_xdata()[:2].tolist() == [number(day(0)) - 0.5, number(day(0)) + 0.5]
    assert words(ax) == ["between lower and upper bound", "share of days with known status (strip below)"]
    assert ax.get_ylim()[0] == 0
    assert 1 <= ax.get_ylim()[1] < 1.1
    (strip,) = ax.child_axes
    (known,) = of(strip.collections, "known")
    assert known.get_paths()[0].vertices[:, 1].max() == pytest.approx(2 / 3)


def test_availability_has_gaps_where_no_facility_exists() -> None:
    result = availability(made([facility("A", opened=day(10), closed=day(40))], [spell("A", 12, 15)]))
    ax = draw_availability(result)
    assert words(ax)[:2] == ["known", "no facility exists"]
    spans = [(one.get_x(), one.get_x() + one.get_width()) for one in of(ax.patches, "empty")]
    assert spans == [
        (number(day(0)) - 0.5, number(day(9)) + 0.5), (number(day(41)) - 0.5, number(day(90)) + 0.5)
    ]  # fmt: skip
    (best,) = of(ax.lines, "best")
    assert np.isnan(best.get_ydata()).sum() == 2 * 60


def test_parts_of_availability_share_their_days() -> None:
    ax = draw_availability(availability(many(60), by=["place"]))
    assert [text.get_text() for panel in (ax, *ax.child_axes) for text in of(panel.texts, "part")] == [
        f"District {one}" for one in "ABCDE"
    ]
    assert len(ax.child_axes) == 9
    assert {panel.get_xlim() for panel in ax.child_axes} == {ax.get_xlim()}
    ax.figure.draw_without_rendering()
    panels = [panel.get_window_extent() for panel in (ax, *ax.child_axes)]
    assert all(a.y0 > b.y1 for a, b in pairwise(panels))


def test_a_curve_of_restoration_and_its_table() -> None:
    result = kaplan_meier(TIMES, DONE)
    ax = draw_restoration(result)
    (curve,) = of(ax.lines, "curve")
    x, y = curve.get_xdata(), curve.get_ydata()
    for at in range(31):
        share = [value for where, value in zip(x, y, strict=True) if where <= at][-1]
        assert share == pytest.approx(result.at(at)["still_out"].item())
    (ticks,) = of(ax.lines, "censored")
    assert list(ticks.get_xdata()) == [5, 14, 31]
    assert words(ax) == ["still out of service", "sampling interval (95 %)", "still out when last seen (censored)"]
    assert [text.get_text() for text in of(ax.texts, "median")] == ["median 12 days"]
    assert [text.get_text() for text in of(ax.texts, "at risk")] == ["10", "9", "5", "2", "2", "1", "1"]
    assert ax.get_xlabel() == "days since the outage began"
    assert [text.get_text() for text in ax.get_yticklabels()] == ["0 %", "25 %", "50 %", "75 %", "100 %"]
    late = draw_restoration(kaplan_meier([20, 21, 22], [1, 1, 1]))
    assert of(late.texts, "median")[0].get_ha() == "right"


def test_groups_differ_in_line_and_have_names() -> None:
    ax = draw_restoration(time_to_restoration(exact(), by=["type"]))
    curves = of(ax.lines, "curve")
    dashes = {str(curve._dash_pattern) for curve in curves}
    assert len(dashes) == len({curve.get_color() for curve in curves}) == 3
    names = ["health/clinic", "health/hospital", "health/primary care"]
    assert sorted(text.get_text() for text in of(ax.texts, "curve name")) == names
    assert [text.get_text() for text in of(ax.texts, "name")] == names
    assert words(ax)[:3] == names
    assert not of(ax.lines, "median")


def test_destroyed_facilities_have_a_curve_of_their_own() -> None:
    result = cumulative_incidence(TIMES, [2 if at == 9 else done for at, done in zip(TIMES, DONE, strict=True)])
    ax = draw_restoration(result)
    assert words(ax)[:2] == ["restored", "destroyed"]
    last = [curve.get_ydata()[-1] for curve in of(ax.lines, "curve")]
    row = result.frame.row(-1, named=True)
    assert last == pytest.approx([row["share_restored"], row["share_destroyed"]])


def test_turnbull_is_drawn_as_boxes_without_a_band() -> None:
    result = turnbull([1, 8, 8, 15, 22, 15], [7, 14, 21, 28, float("inf"), float("inf")])
    ax = draw_restoration(result)
    boxes = of(ax.patches, "box")
    mass = result.frame.filter(pl.col("mass") > 1e-9)
    assert [box.get_x() for box in boxes] == mass["day_from"].to_list()
    assert [box.get_height() for box in boxes] == pytest.approx(mass["mass"].to_list(), abs=1e-6)
    assert all(box.get_hatch() for box in boxes)
    assert not of(ax.collections, "band")
    assert words(ax)[0] == "still out of service (Turnbull)"
    assert words(ax)[-1] == "days in which the curve falls somewhere: no sampling interval"
    # The curve itself is drawn between the boxes only.
    for curve in of(ax.lines, "curve"):
        for a, b in pairwise(zip(curve.get_xdata(), curve.get_ydata(), strict=True)):
            assert not any(box.get_x() < (a[0] + b[0]) / 2 < box.get_x() + box.get_width() for box in boxes)


def test_a_curve_of_hits() -> None:
    result = mean_cumulative_function({"a": [3, 9], "b": [5]}, {"a": (0, 15), "b": (0, 15), "c": (0, 15)})
    ax = draw_hits(result)
    (curve,) = of(ax.lines, "curve")
    assert curve.get_ydata()[-1] == pytest.approx(1.0)
    assert words(ax)[0] == "mean number of hits a facility so far"
    assert words(ax)[1] == "interval (95 %, robust)"
    assert {text.get_text() for text in of(ax.texts, "at risk")} == {"3"}
    apart = draw_hits(mean_cumulative_function({"a": [3]}, {"a": (0, 9), "b": (0, 9)}, errors="poisson"))
    assert words(apart)[1:] == ["interval (95 %, if hits are independent)", "interval goes on above the picture"]
    assert len(of(apart.lines, "beyond")) == 1
    assert apart.get_ylim()[1] < 2
    none = draw_hits(mean_cumulative_function({}, {"a": (0, 9)}))
    assert none.get_ylim()[1] > 0
    assert words(none) == ["mean number of hits a facility so far"]


def test_pictures_refuse_other_things() -> None:
    for draw in (swimlanes, draw_availability, draw_restoration, draw_hits):
        wrong: Any = "a register"
        with pytest.raises(MeasureError, match=r"expected .*, got str"):
            draw(wrong)
    with pytest.raises(OptionError, match="expected width="):
        swimlanes(five(), width=1)


walks = st.lists(st.lists(st.floats(0, 1), min_size=2, max_size=6), min_size=2, max_size=4)


@settings(max_examples=25, deadline=None)
@given(walks)
def test_names_of_curves_do_not_run_into_each_other(curves: list[list[float]]) -> None:
    ax = Figure(figsize=(5, 4)).add_subplot()
    ax.set_xlim(0, 6)
    ax.set_ylim(0, 1)
    box = ax.get_position()
    scale = (box.width * 5 * 72 / 6, box.height * 4 * 72)
    lines = [(f"Group {at}", [float(x) for x in range(len(values))], values) for at, values in enumerate(curves)]
    label_curves(ax, lines, scale)
    ax.figure.draw_without_rendering()
    shown = [text.get_window_extent() for text in of(ax.texts, "curve name")]
    assert len(shown) == len(curves)
    assert not any(a.overlaps(b) for at, a in enumerate(shown) for b in shown[at + 1 :])
