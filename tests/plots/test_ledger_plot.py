"""A ledger as a picture: what is shown is computed and tested first, then drawn."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure
from plot_samples import FUZZY, one, reports

import casualtystats as cs
from casualtystats import plots
from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.plots.bands import band_top
from casualtystats.plots.data import ledger_picture
from casualtystats.plots.data.ledger import LISTED, band_cells
from casualtystats.plots.data.ledgerlanes import MOST, first_shown, ledger_lanes
from casualtystats.reports import Reports

DAY = date(2019, 5, 1)


def since(days: int) -> date:
    return DAY + timedelta(days=days)


PLAIN = (
    {"value": 100, "start": "2019-05-01", "end": "2019-05-10", "source": "A"},
    {"value": 150, "start": "2019-05-06", "end": "2019-05-15", "source": "B"},
    {"value": 20, "qualifier": "at_least", "start": "2019-05-20", "end": "2019-05-26", "source": "B"},
    {"value": 12, "start": "2019-05-27", "end": "2019-06-02", "source": "A"},
)
APART = (
    {"value": 100, "start": "2019-05-01", "end": "2019-05-20", "source": "Ministry"},
    {"value": 60, "start": "2019-05-01", "end": "2019-05-10", "source": "Observatory"},
    {"value": 55, "start": "2019-05-11", "end": "2019-05-20", "source": "Observatory"},
    {"value": 300, "qualifier": "approximately", "start": "2019-05-25", "end": "2019-06-09", "source": "UN"},
    {"value": 400, "qualifier": "at_least", "start": "2019-05-25", "end": "2019-06-05", "source": "OHCHR"},
)
HUGE = (
    {"value": 20, "start": "2019-05-06", "end": "2019-05-12"},
    {"qualifier": "between", "value": None, "low": 10, "high": 30, "start": "2019-05-13", "end": "2019-05-19"},
    {"value": 90_000, "qualifier": "up_to", "start": "2019-05-20", "end": "2019-05-26"},
    {"value": 7, "qualifier": "at_least", "start": "2019-06-03", "end": "2019-06-09"},
)


def plain() -> cs.Ledger:
    return cs.Ledger(reports(*PLAIN))


def apart() -> cs.Ledger:
    return cs.Ledger(reports(*APART))


def huge() -> cs.Ledger:
    return cs.Ledger(reports(*HUGE))


def pairs(number: int, **more: Any) -> Reports:
    """Contradictory pairs of reports, a pair a fortnight."""
    rows = [
        {"value": value, "start": since(14 * at), "end": since(14 * at + 6), "source": source} | more
        for at in range(number)
        for value, source in ((5, "A"), (9, "B"))
    ]
    return reports(*rows)


def words(ax: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()]


def lanes_of(ax: Any) -> Any:
    (found,) = [other for other in ax.figure.axes if other.get_label() == "reports"]
    return found


def said(ax: Any, gid: str) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_gid() == gid]


# --- what is shown -----------------------------------------------------------------------------------------------------


@st.composite
def some_reports(draw: Any) -> Reports:
    rows: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 7))):
        start, length = draw(st.integers(0, 30)), draw(st.integers(1, 25))
        qualifier = draw(st.sampled_from(["exactly", "at_least", "up_to", "approximately"]))
        row = {"value": draw(st.integers(1, 40)), "qualifier": qualifier, "source": draw(st.sampled_from("ABC"))}
        rows.append(row | {"start": since(start), "end": since(start + length - 1)})
    return reports(*rows)


@settings(max_examples=40, deadline=None)
@given(some_reports(), st.sampled_from(["week", "month", "epiweek", timedelta(days=9)]))
def test_the_band_is_what_the_ledger_answers(found: Reports, every: Any) -> None:
    ledger = cs.Ledger(found)
    picture = ledger_picture(ledger, every, relax="least")
    told = ledger.bounds_by(every, relax="least").select("period_start", "period_end", "days", "low", "high")
    assert picture.cells.drop("state", "beyond").equals(told)
    assert picture.consistent
    assert sorted(picture.lanes["report_id"]) == sorted(found.frame["report_id"])
    assert picture.first <= min(picture.lanes["start"])
    assert picture.last >= max(picture.lanes["end"])


@settings(max_examples=40, deadline=None)
@given(some_reports())
def test_every_report_is_shown_and_contradictions_are_signed(found: Reports) -> None:
    ledger = cs.Ledger(found)
    picture = ledger_picture(ledger)
    assert picture.consistent == ledger.consistent == (not picture.groups)
    assert picture.cells.is_empty() == (not ledger.consistent)
    signed = set(picture.lanes.filter(pl.col("signs").list.len() > 0)["report_id"])
    assert signed == {name for one_ in ledger.contradictions() for name in one_.reports}
    for row in picture.lanes.to_dicts():
        numbers = [sign["text"] for sign in row["signs"]]
        assert len(set(numbers)) == len(numbers)
        assert set(numbers) <= {"+", *map(str, range(1, LISTED + 1))}


spans = st.lists(
    st.tuples(st.integers(0, 500), st.none() | st.integers(0, 100_000)).map(
        lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
    ),
    min_size=1,
    max_size=12,
)


@given(spans)
def test_lows_stay_readable_and_the_usual_high_is_drawn(found: list[tuple[int, int | None]]) -> None:
    cells = band_cells(found, [(since(at), since(at)) for at in range(len(found))])
    assert cells.select("low", "high").rows() == found
    top = band_top(cells)
    assert top >= max(cells["low"])
    drawn = cells.filter(~pl.col("beyond"))["high"].drop_nulls()
    highs = [high for _, high in found if high]
    if highs:
        assert not drawn.is_empty()
        assert top <= 13 * max([low for low, _ in found] + [sorted(highs)[(len(highs) - 1) // 2]])
    states = {
        (low == high, high is None, low > 0): state for (low, high), state in zip(found, cells["state"], strict=True)
    }
    expected = {(True, False): "exact", (False, False): "band"}
    for (exact, open_, floor), state in states.items():
        assert state == (expected[exact, open_] if not open_ else "floor" if floor else "unbounded")


@given(st.lists(st.tuples(st.integers(-4000, 400), st.integers(0, 4500)), min_size=1, max_size=9))
def test_only_long_reports_that_reach_the_days_shown_are_cut(periods: list[tuple[int, int]]) -> None:
    rows = [(since(start), since(start + length)) for start, length in periods]
    lanes = pl.DataFrame(rows, schema=["start", "end"], orient="row")
    day = first_shown(lanes)
    if day is not None:
        cut = lanes.filter(pl.col("start") < day)
        assert 0 < cut.height <= max(1, lanes.height // 3)
        assert (cut["end"] >= day).all()
        assert day - max(cut["start"]) > timedelta(days=180)
        assert day in lanes["start"]


def test_bounds_are_counts_of_cells() -> None:
    picture = ledger_picture(plain())
    assert picture.label == "violent deaths of civilians in a week"
    assert picture.cells["state"].to_list() == ["unbounded", "band", "unbounded", "floor", "exact"]
    assert picture.cells.row(1)[3:5] == (0, 150)
    assert not picture.cells["beyond"].any()
    assert (picture.first, picture.last, picture.cut) == (date(2019, 4, 29), date(2019, 6, 2), None)
    assert picture.notes == ("Bounds of several cells do not add up",)
    assert ledger_picture(huge()).cells["beyond"].to_list() == [False, False, True, False, False]
    assert ledger_picture(plain(), timedelta(days=10)).label == "violent deaths of civilians in 10 days"
    assert ledger_picture(plain(), "epiweek").label == "violent deaths of civilians in an epiweek"


def test_place_and_group_are_those_of_the_bounds() -> None:
    rows = [
        {"value": 9, "start": "2019-05-06", "end": "2019-05-12", "place": "Syria/Idlib", "group": "civilian/child"},
        {"value": 30, "start": "2019-05-06", "end": "2019-05-12", "place": "Syria", "group": "civilian"},
        {"value": 80, "start": "2019-05-06", "end": "2019-05-12", "place": "Syria", "group": None},
    ]
    ledger = cs.Ledger(reports(*rows))
    picture = ledger_picture(ledger)
    assert picture.label == "violent deaths in a week, Syria"
    assert picture.lanes["text"].to_list() == ["9, Idlib, children", "30, Syria, civilians", "80, Syria"]
    narrow = ledger_picture(ledger, place="Syria/Idlib", group="civilian")
    assert narrow.label == "violent deaths of civilians in a week, Idlib"
    assert "80, Syria, everybody" in narrow.lanes["text"].to_list()
    asked = ledger.bounds("2019-05-06/2019-05-12", place="Syria/Idlib", group="civilian")
    assert narrow.cells.select("low", "high").rows() == [(asked.low, asked.high)] == [(9, 30)]
    assert ledger_picture(ledger, place="").label == "violent deaths in a week"


def test_a_rule_is_seen_in_the_lanes() -> None:
    loose = ledger_picture(apart(), relax="least")
    texts = dict(loose.lanes.select("report_id", "text").rows())
    assert texts["r0"] == "100 (read as 100 to 115)"
    assert texts["r4"] == "at least 400 (read as at least 350)"
    assert set(loose.lanes["status"]) == {"loosened"}
    assert not loose.lanes["left_out"].any()
    assert loose.notes[0] == "Rule: reports that contradict each other give way as little as possible in total"
    trust = ledger_picture(apart(), trust=["Observatory", "OHCHR"])
    assert trust.lanes.filter("left_out")["report_id"].to_list() == ["r0", "r3"]
    assert trust.notes[0] == "Rule: sources are trusted in this order: Observatory, OHCHR"
    drop = ledger_picture(apart(), drop=["r0", "r3"])
    assert drop.lanes.filter("left_out")["text"].to_list() == ["100 (left out)", "about 300 (left out)"]
    assert drop.notes[0] == "Left out: r0, r3"
    assert [len(found.groups) for found in (loose, trust, drop)] == [2, 2, 2]
    assert all(found.consistent for found in (loose, trust, drop))
    assert ledger_picture(apart(), drop=["r0", "r1", "r2", "r3"]).notes[0] == "Left out: 4 reports"
    # Where the rule does not settle all, what is left is told.
    part = ledger_picture(apart(), drop=["r0"])
    assert (part.consistent, [one_.kind for one_ in part.groups]) == (False, ["tension"])
    assert part.cells.is_empty()


def test_signs_are_numbers_of_groups() -> None:
    signs = {row["report_id"]: row["signs"] for row in ledger_picture(apart()).lanes.to_dicts()}
    assert signs["r0"] == signs["r1"] == signs["r2"] == [{"text": "1", "dashed": False}]
    assert signs["r3"] == signs["r4"] == [{"text": "2", "dashed": True}]
    found = ledger_picture(cs.Ledger(pairs(5)))
    assert [row["signs"][0]["text"] for row in found.lanes.to_dicts() if row["source"] == "A"] == [
        "1",
        "2",
        "3",
        "+",
        "+",
    ]


def test_relays_of_one_figure_are_one_statement() -> None:
    relay = {"start": "2019-05-01", "end": "2019-05-10", "derived_from": "Ministry"}
    rows = [{"value": 50, "source": name} | relay for name in ("X", "Y")]
    rows.append({"value": 80, "source": "Z", "start": "2019-05-01", "end": "2019-05-10"})
    picture = ledger_picture(cs.Ledger(reports(*rows)))
    assert {row["report_id"]: len(row["signs"]) for row in picture.lanes.to_dicts()} == {"r0": 1, "r2": 1}
    loose = ledger_picture(cs.Ledger(reports(*rows)), relax="least")
    assert loose.lanes["report_id"].to_list() == ["r0", "r2"]


def test_records_are_floors_on_what_occurred() -> None:
    row = {"value": 30, "start": "2019-05-06", "end": "2019-05-12"}
    found = reports(row | {"standard": "verified"}, row | {"standard": "reported", "source": "X", "value": 31})
    picture = ledger_picture(cs.Ledger(found, of="occurred"))
    assert picture.lanes["open_top"].to_list() == [True, False]
    assert "Bounds on what occurred: verified and documented counts are read as floors" in picture.notes
    assert not ledger_lanes(cs.Ledger(found, comparable=True, relax="least"))["open_top"].any()


def test_first_times_say_since_when() -> None:
    row = {"measure": "displaced", "group": None, "kind": "cumulative", "value": 900, "start": "2019-05-01"}
    found = reports(row | {"end": "2019-05-12"}, row | {"end": "2019-05-19", "value": 1500})
    picture = ledger_picture(cs.Ledger(found))
    assert picture.label == "people displaced for the first time in a week"
    assert "Counted once each, for the first time since 1 May 2019" in picture.notes
    assert picture.cells["high"].to_list() == [None, 900, 600]
    fuzzy = reports(row | {"start": "[2019-04-21..2019-04-30]", "end": "2019-05-12"})
    assert any("since a day of 21 to 30 April 2019" in note for note in ledger_picture(cs.Ledger(fuzzy)).notes)


def test_reports_that_began_years_before_are_cut() -> None:
    long = {"value": 900, "start": "2011-03-15", "end": "2019-06-02", "source": "Z"}
    picture = ledger_picture(cs.Ledger(reports(*PLAIN, long)))
    assert picture.first == picture.cut == date(2019, 4, 29)
    assert picture.cells["period_start"][0] == date(2019, 4, 29)
    assert picture.lanes.height == 5
    ax: Any = plots.ledger(cs.Ledger(reports(*PLAIN, long)))
    assert "900 (from 15 Mar 2011)" in said(lanes_of(ax), "value")
    # A report that lies in those years alone is not hidden.
    early = {"value": 9, "start": "2011-03-15", "end": "2011-06-02", "source": "Z"}
    assert ledger_picture(cs.Ledger(reports(*PLAIN, early)), "year").cut is None


def test_of_many_reports_those_that_make_a_bound_are_shown() -> None:
    rows: list[dict[str, Any]] = [
        {
            "value": 3 + at % 5,
            "qualifier": "at_least",
            "start": since(2 * at),
            "end": since(2 * at + 9),
            "source": "ABC"[at % 3],
        }
        for at in range(40)
    ]
    rows.append({"value": 500, "start": since(-10), "end": since(100), "source": "Z"})
    ledger = cs.Ledger(reports(*rows))
    picture = ledger_picture(ledger)
    assert picture.reports == 41
    assert 1 < picture.lanes.height <= MOST
    shown = set(picture.lanes["report_id"])
    whole = ledger.explain(f"{picture.cells['period_start'][0]}/{picture.cells['period_end'][-1]}")
    assert "r40" in shown
    assert set(whole.to_frame()["report_id"]) <= shown
    assert f"{len(shown)} of 41 reports shown" in picture.notes
    dropped = ledger_picture(ledger, drop=["r1"])
    assert "r1" in set(dropped.lanes["report_id"])


def test_of_many_contradictory_reports_those_of_the_groups_are_shown() -> None:
    found = ledger_picture(cs.Ledger(pairs(20)))
    assert (found.reports, found.lanes.height) == (40, MOST)
    assert (found.lanes["signs"].list.len() > 0).all()
    # Nothing chooses between reports that bound no cell: the first are taken.
    rows = [
        {"value": 2, "qualifier": "at_least", "start": since(at), "end": since(at + 20), "source": "A"}
        for at in range(30)
    ]
    short = ledger_picture(cs.Ledger(reports(*rows)), "day")
    assert 0 < short.lanes.height <= MOST


def test_other_things_are_refused_with_the_right_picture() -> None:
    with pytest.raises(KindError, match=r"expected a ledger \(cs\.Ledger\), got reports; use plots\.report_periods"):
        plots.ledger(one())  # type: ignore[arg-type]
    with pytest.raises(KindError, match=r"got a ledger; use plots\.ledger\(ledger\)"):
        plots.flow(plain())  # type: ignore[arg-type]
    with pytest.raises(KindError, match=r"plots\.ledger"):
        plots.report_periods(plain())  # type: ignore[arg-type]
    with pytest.raises(MeasureError, match="expected a ledger"):
        plots.ledger(3)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="every="):
        plots.ledger(plain(), every="fortnight")  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="one rule"):
        plots.ledger(apart(), relax="least", trust=["UN"])
    with pytest.raises(OptionError, match="drop="):
        plots.ledger(apart(), drop=["nobody"])
    with pytest.raises(OptionError, match="width="):
        plots.ledger(plain(), width=1)


# --- the picture -------------------------------------------------------------------------------------------------------


def idlib() -> cs.Ledger:
    civilian = pl.col("group").str.starts_with("civilian") & (pl.col("measure") == "killed")
    later = pl.col("start_earliest") >= date(2019, 4, 1)
    return cs.Ledger(cs.datasets.load("idlib-2019").filter(civilian, later), of="occurred")


def moved() -> cs.Ledger:
    return cs.Ledger(cs.datasets.load("idlib-2019"), measure="displaced", unit="displacements", comparable=True)


def silent() -> cs.Ledger:
    return cs.Ledger(reports({"value": 0, "start": "2019-05-06", "end": "2019-05-19"}))


def floors() -> cs.Ledger:
    return cs.Ledger(one(qualifier="at_least"))


FAMILIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "plain": (plain, {"title": "Deaths"}),
    "apart": (apart, {}),
    "relax": (apart, {"relax": "least"}),
    "trust": (apart, {"trust": ["Observatory", "OHCHR"]}),
    "drop": (apart, {"drop": ["r0", "r3"]}),
    "many": (lambda: cs.Ledger(pairs(20)), {}),
    "huge": (huge, {}),
    "fuzzy": (lambda: cs.Ledger(reports(*FUZZY)), {}),
    "days": (plain, {"every": "day"}),
    "idlib": (idlib, {"every": "month"}),
    "moved": (moved, {}),
    "silent": (silent, {}),
    "unbounded": (floors, {}),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_draws_inside_given_axes_without_touching_global_state(name: str) -> None:
    make, more = FAMILIES[name]
    before = dict(mpl.rcParams)
    figure = Figure(figsize=(7, 9), layout="constrained")
    ax, other = figure.subplots(2, 1)
    place = ax.get_subplotspec()
    assert plots.ledger(make(), ax=ax, **more) is ax
    figure.draw_without_rendering()
    assert not Gcf.figs
    assert dict(mpl.rcParams) == before
    assert said(ax, "source")
    assert ax.get_subplotspec() is place
    whole, band, lanes = ax.get_position(original=True), ax.get_position(), lanes_of(ax).get_position()
    assert band.y0 == pytest.approx(whole.y0)
    assert lanes.y1 == pytest.approx(whole.y1)
    assert band.y1 < lanes.y0
    assert (band.x0, band.x1) == pytest.approx((lanes.x0, lanes.x1))
    assert band.y0 > other.get_position().y1


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_is_cut_off_and_nothing_overlaps(name: str, width: float) -> None:
    make, more = FAMILIES[name]
    ax: Any = plots.ledger(make(), width=width, **more)
    figure, upper = ax.figure, lanes_of(ax)
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert figure.get_figwidth() == width
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= width
    assert box.y1 <= figure.get_figheight()
    assert upper.get_xlim() == ax.get_xlim()
    dates = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert len(dates) >= 2
    assert all(a.x1 < b.x0 for a, b in pairwise(dates))
    told = [text.get_window_extent() for text in upper.texts if text.get_gid() == "contradiction"]
    assert all(ax.get_window_extent().y1 < text.y0 and text.y1 < upper.get_window_extent().y0 + 4 for text in told)
    values = [text.get_window_extent() for text in upper.texts if text.get_gid() in ("value", "sign")]
    apart_ = [a.y1 <= b.y0 + 3 or b.y1 <= a.y0 + 3 or a.x1 < b.x0 + 1 or b.x1 < a.x0 + 1 for a, b in pairwise(values)]
    assert all(apart_)


def test_contradictions_are_told_and_no_band_is_drawn() -> None:
    ax: Any = plots.ledger(apart())
    assert len(ax.patches) == 0
    assert "Name a rule" in " ".join(said(ax, "nothing follows")[0].split())
    told = " ".join(said(lanes_of(ax), "contradiction"))
    for one_ in apart().contradictions():
        assert one_.sentence in told
    assert sorted(said(lanes_of(ax), "sign")) == ["1", "1", "1", "1", "2", "2", "2"]
    styles = {
        text.get_text(): text.get_bbox_patch().get_linestyle()
        for text in lanes_of(ax).texts
        if text.get_gid() == "sign"
    }
    assert styles["1"] == "-"
    assert styles["2"] != "-"
    many: Any = plots.ledger(cs.Ledger(pairs(5)))
    assert said(lanes_of(many), "contradiction")[-1].startswith("and 2 more groups of reports that can not all be true")


def test_small_axes_show_as_many_reports_as_they_have_room_for() -> None:
    shown: list[int] = []
    for height in (1.2, 2.5, 9):
        ax: Any = Figure(figsize=(5, height)).add_subplot()
        plots.ledger(apart(), ax=ax)
        upper = lanes_of(ax)
        shown.append(len(said(upper, "value")))
        # Points from the top, at their full height: nothing is squeezed.
        points = upper.get_position().height * height * 72
        assert shown[-1] == 1 or points >= upper.get_ylim()[0] - 0.01
        line = " ".join(said(ax, "source")[0].split())
        assert line.startswith("Source: Ministry, OHCHR, Observatory, UN")
        assert (f"{shown[-1]} of 5 reports shown" in line) == (shown[-1] < 5)
    assert shown == sorted(shown)
    assert (shown[0], shown[-1]) == (1, 5)
    tiny: Any = Figure(figsize=(5, 1.6)).add_subplot()
    plots.ledger(apart(), ax=tiny)
    assert said(lanes_of(tiny), "contradiction")[0].startswith("2 groups of reports that can not")
    plots.ledger(huge(), ax=Figure(figsize=(2.5, 0.8)).add_subplot())


def test_a_rule_is_named_under_the_picture() -> None:
    ax: Any = plots.ledger(apart(), trust=["Observatory", "OHCHR"])
    assert "trusted in this order: Observatory, OHCHR" in " ".join(said(ax, "source")[0].split())
    assert said(ax, "nothing follows") == []
    assert len(ax.patches) > 0
    assert "left out by the rule" in words(ax)


def test_the_key_names_only_what_is_there() -> None:
    assert words(plots.ledger(plain())) == [
        "what the reports allow", "at least", "no upper bound known", "not bounded by any report (not zero)",
    ]  # fmt: skip
    assert words(plots.ledger(apart())) == [
        "no upper bound known", "can not all be true (same number: one group)", 'in tension: rests on how "about" is read',
    ]  # fmt: skip
    assert "upper bound above the picture" in words(plots.ledger(huge()))
    assert words(plots.ledger(silent())) == ["what the reports allow"]


def test_bands_reach_from_low_to_high_and_floors_have_no_lid() -> None:
    ax: Any = plots.ledger(huge())
    assert ax.get_ylabel() == "violent deaths of civilians in a week"
    top = ax.get_ylim()[1]
    assert top == pytest.approx(1.3 * 30)
    boxes = [(patch.get_y(), patch.get_y() + patch.get_height()) for patch in ax.patches if patch.get_zorder() == 1.5]
    assert boxes == [(20, 20), (10, 30), (0, top), (7, top)]
    assert said(ax, "value") == ["90,000"]
    assert said(ax, "gap") == ["not bounded"]
    # No line runs along a bound that is not there or not drawn.
    heights = {value for patch in ax.patches if hasattr(patch, "get_data") for value in patch.get_data().values}
    assert heights == {20, 10, 30, 0, 7}


def test_where_nothing_has_a_height_the_axis_has_no_scale() -> None:
    assert list(plots.ledger(floors()).get_yticks()) == []
    assert list(plots.ledger(silent()).get_yticks()) == [0]


def test_the_same_bytes_in_any_order() -> None:
    found = reports(*APART)
    turned = Reports(found.frame.reverse())
    for more in ({}, {"relax": "least"}):
        a, b = (plots.figure_bytes(plots.ledger(cs.Ledger(some), **more)) for some in (found, turned))
        assert a == b


def test_alternative_text() -> None:
    assert plots.alt_text.ledger(plain()) == (
        "Timeline of 4 reports. A: 100, 1 to 10 May 2019; A: 12, 27 May to 2 June 2019; B: 150, 6 to 15 May 2019; B: at least "
        "20, 20 to 26 May 2019. Bounds on violent deaths of civilians in a week. 29 Apr 2019 to 5 May 2019: not bounded; "
        "6 May 2019 to 12 May 2019: up to 150; 13 May 2019 to 19 May 2019: not bounded; 20 May 2019 to 26 May 2019: at "
        "least 20; 27 May 2019 to 2 Jun 2019: 12."
    )
    contradictory = plots.alt_text.ledger(apart())
    assert "Reports that can not all be true: Observatory: 60" in contradictory
    assert contradictory.endswith("nothing follows from reports that contradict each other.")
    settled = plots.alt_text.ledger(apart(), drop=["r0", "r3"])
    assert "(left out)" in settled
    assert settled.endswith("Left out: r0, r3.")
    assert "24 of 40 reports" in plots.alt_text.ledger(cs.Ledger(pairs(20)))
    assert "10 to 30" in plots.alt_text.ledger(huge())
    assert "1 May 2019 to 10 May 2019 (each cell): up to 100" in plots.alt_text.ledger(plain(), every="day")
