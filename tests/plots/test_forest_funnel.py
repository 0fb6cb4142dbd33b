"""Forests of rate ratios and funnels of areas: what is drawn, in numbers, marks and words."""

from __future__ import annotations

from typing import Any

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from plot_samples import reports
from scipy.stats import poisson

import casualtystats as cs
from casualtystats.errors import KindError, MeasureError, NoReportsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.plots.data.forest import forest_alt, forest_marks
from casualtystats.plots.data.funnel import control_limits, funnel_alt, funnel_picture
from casualtystats.plots.files import figure_bytes
from casualtystats.plots.forest import forest
from casualtystats.plots.funnel import funnel
from casualtystats.plots.logaxis import log_ticks
from casualtystats.rates import crude_mortality_rate, death_rate, garwood, rate, thresholds

APRIL = {"measure": "died", "group": None, "source": "Ministry of Health", "start": "2019-04-01", "end": "2019-04-30"}
EMERGENCY = thresholds.get("CDC/MSF emergency")
AREAS: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("Central", 60, {}), ("North", 160, {}), ("East", 0, {}), ("West", 45, {"qualifier": "at_least"}), ("Coast", 3, {}),
    ("Border", 70, {"start": "[2019-04-01..2019-04-08]"}),
)  # fmt: skip


def areas(per: float = 10_000, **people: Any) -> cs.RateSeries:
    rows = [APRIL | {"value": value, "place": place} | more for place, value, more in AREAS]
    population = dict.fromkeys([place for place, _, _ in AREAS], 20_000) | {"Coast": 900} | people
    return crude_mortality_rate(cs.deaths(reports(*rows), cause="all", by=["place"]), population, per=per)


def drawn(ax: Any, gid: str) -> list[Any]:
    return [artist for artist in [*ax.lines, *ax.texts] if artist.get_gid() == gid]


def words(ax: Any) -> set[str]:
    return {" ".join(text.get_text().split()) for text in ax.get_legend().get_texts()}


# Forest


def test_forest_marks() -> None:
    marks = {row["name"]: row for row in forest_marks(areas().ratio(reference="Central")).to_dicts()}
    assert list(marks) == ["North", "East", "West", "Coast", "Border"]
    assert [marks[name]["state"] for name in marks] == ["value", "value", "at least", "value", "none"]
    assert marks["North"]["point"] == pytest.approx(160 / 60)
    assert marks["North"]["low"] is None
    assert (marks["East"]["point"], marks["East"]["ci_low"]) == (0, 0)
    assert (marks["West"]["point"], marks["West"]["ci_high"]) == (pytest.approx(0.75), None)
    assert marks["West"]["text"].startswith("at least 0.750 (")
    assert marks["Border"]["text"] == "not compared: the ends of the period are not known"


def test_forest_of_floors_and_of_nothing_below() -> None:
    over = {row["name"]: row for row in forest_marks(areas().ratio(reference="West")).to_dicts()}
    assert (over["Central"]["state"], over["Central"]["ci_low"]) == ("at most", None)
    assert over["Central"]["text"].startswith("at most 1.34 (up to ")
    none = {row["name"]: row for row in forest_marks(areas().ratio(reference="East")).to_dicts()}
    assert none["Central"]["state"] == none["West"]["state"] == "no value"
    assert none["Central"]["text"].endswith("and above)")
    assert none["Central"]["point"] is None
    nothing = death_rate(
        cs.deaths(reports(*({"value": n, "place": place, "start": "2019-05-01", "qualifier": how} for place, n, how in (
            ("A", 5, "exactly"), ("B", 0, "at_least")))), by=["place"]), {"A": 10, "B": 10},
    )  # fmt: skip
    row = forest_marks(nothing.ratio(reference="B")).row(0, named=True)
    assert (row["state"], row["point"], row["ci_high"]) == ("at most", None, None)
    assert row["text"] == "not bounded (no end known)"
    assert figure_bytes(forest(nothing.ratio(reference="B")), "png")


def test_forest_source_range() -> None:
    ratios = areas(North=Estimate(10_000, 20_000, None)).ratio(reference="Central")
    row = forest_marks(ratios).row(0, named=True)
    assert (row["low"], row["high"]) == (0, pytest.approx(2 * 160 / 60))
    ax = forest(ratios)
    assert len(drawn(ax, "range")) == 1
    assert "source range" in words(ax)
    open_ = areas(North=Estimate(0, 20_000, 30_000)).ratio(reference="Central")
    assert forest_marks(open_).row(0, named=True)["high"] is None
    assert {"no end known", "source range"} <= words(forest(open_))


def test_forest_draws_every_row_with_its_numbers() -> None:
    ax = forest(areas().ratio(reference="Central"), title="Deaths in April")
    assert [text.get_text() for text in drawn(ax, "name")] == ["North", "East", "West", "Coast", "Border"]
    assert len(drawn(ax, "point")) == 4
    assert len(drawn(ax, "interval")) == 4
    assert len(drawn(ax, "reason")) == 1
    assert drawn(ax, "one")[0].get_xdata()[0] == 1
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "rate ratio over Central (logarithmic)"
    assert ax.get_title(loc="left") == "Deaths in April"
    assert "Ministry of Health" in drawn(ax, "source")[0].get_text()
    faces = [line.get_markerfacecolor() for line in drawn(ax, "point")]
    assert [to_rgba(face) == to_rgba("white") for face in faces] == [False, False, True, False]
    # A ratio of 0 stands at the left edge, as a mark of its own.
    zero = drawn(ax, "point")[1]
    assert (zero.get_marker(), zero.get_xdata()[0]) == ("<", ax.get_xlim()[0])
    assert {"rate ratio", "ratio of 0, at the left edge", "bound, a count being a floor", "no end known"} <= words(ax)


def test_forest_cuts_what_lies_absurdly_far_away() -> None:
    rows = [{"value": value, "place": place, "start": "2019-05-01"} for place, value in (("A", 1), ("B", 1))]
    ratios = death_rate(cs.deaths(reports(*rows), by=["place"]), {"A": 10, "B": 10}).ratio(reference="A", level=0.999)
    row = ratios.to_frame().row(0, named=True)
    ax = forest(ratios)
    left, right = ax.get_xlim()
    assert row["ci_low"] < left < 1 < right < row["ci_high"]
    assert len(drawn(ax, "arrow")) == 2
    assert "goes on beyond the picture" in words(ax)


def test_forest_of_several_periods() -> None:
    rows = [
        {"value": value, "place": place, "start": start, "end": end}
        for place, value in (("A", 9), ("B", 12))
        for start, end in (("2019-04-01", "2019-04-30"), ("2019-05-01", "2019-05-31"))
    ]
    ratios = death_rate(cs.deaths(reports(*rows), by=["place"]), {"A": 1_000, "B": 1_000}).ratio(reference="A")
    ax = forest(ratios, width=3.5)
    assert ax.get_xlabel() == "rate ratio over the reference of each period (logarithmic)"
    assert "over A, 1 to 30 April 2019" in " ".join(drawn(ax, "name")[0].get_text().split())
    assert "B, 1 to 30 April 2019 over A, 1 to 30 April 2019: 1.33" in forest_alt(ratios)


def test_forest_in_words() -> None:
    told = forest_alt(areas().ratio(reference="Central"))
    assert told.startswith("Ratios of crude mortality rate (all causes) per 10,000 person-days over Central, with 95 %")
    assert "West: at least 0.750" in told
    many = pl.concat([areas().ratio(reference="Central").to_frame()] * 4)
    from casualtystats.rates import RateRatios

    assert "; 8 more." in forest_alt(RateRatios(many, "a rate", ("place",)))


@pytest.mark.parametrize("wrong", [areas(), "ratios"])
def test_forest_refuses(wrong: Any) -> None:
    with pytest.raises(MeasureError, match="ratio"):
        forest(wrong)


def test_forest_of_nothing() -> None:
    from casualtystats.rates import RateRatios

    ratios = areas().ratio(reference="Central")
    with pytest.raises(NoReportsError):
        forest(RateRatios(ratios.frame.clear(), "a rate", ("place",)))


# Funnel


@given(st.floats(0.05, 5_000), st.sampled_from([0.9, 0.95, 0.998]))
def test_limits_are_where_exact_intervals_leave_the_threshold(expected: float, level: float) -> None:
    low, high = (float(end[0]) for end in control_limits(np.array([expected]), level))
    # The next whole count above the upper limit has an interval above what is expected, the one below has not.
    above = int(np.floor(high + 1e-9)) + 1
    assert garwood(above, level)[0] > expected
    assert garwood(above - 1, level)[0] <= expected * (1 + 1e-9)
    below = int(np.ceil(low - 1e-9)) - 1
    assert garwood(below + 1, level)[1] >= expected * (1 - 1e-9)
    if below >= 0:
        assert garwood(below, level)[1] < expected
    # By the tails of the Poisson distribution itself.
    tail = (1 - level) / 2
    assert poisson.sf(above - 1, expected) <= tail * (1 + 1e-9)
    assert poisson.cdf(below, expected) <= tail * (1 + 1e-9)


@given(st.floats(0.05, 5_000))
def test_limits_nest(expected: float) -> None:
    means = np.array([expected])
    (inner_low, inner_high), (low, high) = control_limits(means, 0.95), control_limits(means, 0.998)
    assert low <= inner_low <= expected <= inner_high <= high


def test_funnel_picture() -> None:
    picture = funnel_picture(areas(), EMERGENCY)
    marks = {row["name"]: row for row in picture.marks.to_dicts()}
    assert picture.left_out == ("Border",)
    assert list(marks) == ["Central", "North", "East", "West", "Coast"]
    assert marks["North"]["verdict"] == "above"
    assert marks["North"]["outside"] == "above"
    assert (marks["East"]["verdict"], marks["East"]["outside"]) == ("below", "below")
    assert (marks["West"]["verdict"], marks["West"]["state"], marks["West"]["outside"]) == (
        "not shown to be above",
        "floor",
        "",
    )
    assert picture.threshold == 1
    assert set(picture.limits["level"]) == {0.95, 0.998}


@settings(max_examples=25)
@given(st.lists(st.integers(0, 200), min_size=1, max_size=5), st.integers(500, 50_000))
def test_verdict_by_chance_agrees_with_the_limits(counts: list[int], people: int) -> None:
    rows = [APRIL | {"value": value, "place": f"P{at}"} for at, value in enumerate(counts)]
    population = {f"P{at}": people * (at + 1) for at in range(len(counts))}
    rates = crude_mortality_rate(cs.deaths(reports(*rows), cause="all", by=["place"]), population)
    outside = funnel_picture(rates, EMERGENCY).marks["outside"].to_list()
    judged = rates.against(EMERGENCY).to_frame()["sampling"].to_list()
    assert outside == [verdict.replace("straddles", "") for verdict in judged]


def test_funnel_does_not_change_with_the_constant() -> None:
    one, more = funnel_picture(areas(), EMERGENCY), funnel_picture(areas(per=1_000), EMERGENCY)
    assert more.threshold == pytest.approx(one.threshold / 10)
    assert (more.limits["high"] * 10).to_list() == pytest.approx(one.limits["high"].to_list())
    assert more.marks["outside"].to_list() == one.marks["outside"].to_list()


def test_funnel_draws_verdicts_as_shapes() -> None:
    ax = funnel(areas(), EMERGENCY, title="Deaths in April")
    shapes = {gid: drawn(ax, gid)[0].get_marker() for gid in ("above", "below", "straddles", "not shown to be above")}
    assert shapes == {"above": "^", "below": "v", "straddles": "o", "not shown to be above": "o"}
    assert to_rgba(drawn(ax, "not shown to be above")[0].get_markerfacecolor()) == to_rgba("white")
    assert len(drawn(ax, "arrow")) == 1
    assert drawn(ax, "threshold")[0].get_ydata()[0] == 1
    assert {text.get_text() for text in drawn(ax, "name")} <= {name for name, _, _ in AREAS}
    assert "North" in {text.get_text() for text in drawn(ax, "name")}
    assert "Left out, without a rate or person-days: Border." in drawn(ax, "source")[0].get_text().replace("\n", " ")
    assert ax.get_xscale() == "log"
    assert {"above", "exact limits, 95 %", "exact limits, 99.8 %", "a floor: more may have died"} <= words(ax)
    assert "CDC/MSF emergency: 1" in words(ax)


def test_funnel_of_violent_deaths_is_of_floors() -> None:
    rows = [APRIL | {"measure": "killed", "value": value, "place": place} for place, value in (("A", 100), ("B", 1))]
    ax = funnel(death_rate(cs.deaths(reports(*rows), by=["place"]), {"A": 10_000, "B": 10_000}), EMERGENCY)
    assert len(drawn(ax, "arrow")) == 2
    assert not drawn(ax, "below")
    assert len(drawn(ax, "above")) == 1


def test_funnel_names_only_what_stands_out_where_there_are_many() -> None:
    rows = [APRIL | {"value": 300 if at == 3 else 60, "place": f"P{at}"} for at in range(20)]
    population = {f"P{at}": 20_000 + 2_000 * at for at in range(20)}
    ax = funnel(crude_mortality_rate(cs.deaths(reports(*rows), cause="all", by=["place"]), population), EMERGENCY)
    named = {text.get_text() for text in drawn(ax, "name")}
    assert "P3" in named
    assert "P1" not in named


def test_funnel_in_words() -> None:
    told = funnel_alt(areas(), EMERGENCY)
    assert "West at least 0.750 on 600,000 person-days, not shown to be above" in told
    assert told.endswith("Left out, without a rate or person-days: Border.")
    rows = [APRIL | {"value": 9, "place": f"P{at}"} for at in range(20)]
    rates = crude_mortality_rate(
        cs.deaths(reports(*rows), cause="all", by=["place"]), {f"P{at}": 900 for at in range(20)}
    )
    assert "; 8 more." in funnel_alt(rates, EMERGENCY)


def test_funnel_refuses() -> None:
    with pytest.raises(OptionError, match="thresholds"):
        funnel(areas(), 1.0)  # type: ignore[arg-type]
    with pytest.raises(KindError, match="flow series"):
        funnel(cs.deaths(reports(APRIL | {"measure": "killed", "value": 5})), EMERGENCY)  # type: ignore[arg-type]
    with pytest.raises(MeasureError, match="person-days"):
        funnel(rate(cs.deaths(reports(APRIL | {"measure": "killed", "value": 5}))), EMERGENCY)
    rows = [APRIL | {"value": 70, "place": "Border", "start": "[2019-04-01..2019-04-08]"}]
    fuzzy = crude_mortality_rate(cs.deaths(reports(*rows), cause="all", by=["place"]), {"Border": 900})
    with pytest.raises(NoReportsError, match="person-days"):
        funnel(fuzzy, EMERGENCY)


def test_a_funnel_of_one_period_by_period() -> None:
    rows = [
        APRIL | {"value": 9, "start": start, "end": end}
        for start, end in (("2019-04-01", "2019-04-30"), ("2019-05-01", "2019-05-31"))
    ]
    picture = funnel_picture(crude_mortality_rate(cs.deaths(reports(*rows), cause="all"), 10_000), EMERGENCY)
    assert picture.marks["name"].to_list() == ["1 to 30 April 2019", "1 to 31 May 2019"]


# Both


@pytest.mark.parametrize("width", [2.5, 3.5, 7.0])
def test_pictures_are_the_same_on_every_run_and_leave_no_trace(width: float) -> None:
    before = dict(mpl.rcParams)
    for draw in (
        lambda: forest(areas().ratio(reference="Central"), width=width),
        lambda: funnel(areas(), EMERGENCY, width=width),
    ):
        assert figure_bytes(draw(), "png") == figure_bytes(draw(), "png")
    assert dict(mpl.rcParams) == before


def test_pictures_on_axes_of_the_caller() -> None:
    figure = Figure(figsize=(6, 6))
    top, bottom = figure.subplots(2)
    assert forest(areas().ratio(reference="Central"), ax=top) is top
    assert funnel(areas(), EMERGENCY, ax=bottom) is bottom
    assert figure.get_figwidth() == 6
    with pytest.raises(OptionError, match="width="):
        funnel(areas(), EMERGENCY, width=1)
    with pytest.raises(OptionError, match="ax="):
        forest(areas().ratio(reference="Central"), ax="here")  # type: ignore[arg-type]


@given(st.floats(1e-6, 1e6), st.floats(1.01, 1e8), st.integers(40, 400))
def test_log_ticks_lie_inside_and_rise(low: float, factor: float, points: int) -> None:
    found = log_ticks(low, low * factor, points)
    assert found == sorted(set(found))
    assert all(low <= value <= low * factor for value in found)
