from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import polars as pl
import pytest
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure
from plot_samples import FUZZY, GAP, TOTALS, one, reports

import casualtystats as cs
from casualtystats import plots
from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.plots.dates import DateLabels, number, ticks
from casualtystats.plots.events import place_labels
from casualtystats.plots.text import text_width, wrap


def outages() -> cs.OutageSeries:
    out = {"measure": "facilities_out", "unit": "facilities", "group": "health", "source": "UN"}
    flow = out | {"value": 18, "start": "[2019-04-27..2019-04-29]", "end": "2019-05-13"}
    return cs.outages(reports(flow, out | {"kind": "stock", "start": "2019-05", "value": 50}))


FAMILIES = {
    "report_periods": (plots.report_periods, lambda: reports(*GAP, *FUZZY, *TOTALS)),
    "flow": (plots.flow, lambda: cs.deaths(reports(*GAP))),
    "flow-cells": (
        plots.flow,
        lambda: cs.deaths(reports(*GAP), observed="2019-04-15/2019-04-21").resample("week"),
    ),
    "flow-fuzzy": (plots.flow, lambda: cs.deaths(reports(*FUZZY))),
    "flow-floor": (plots.flow, lambda: cs.deaths(one(qualifier="at_least")).resample("week")),
    "cumulative": (plots.cumulative, lambda: cs.deaths(reports(*GAP)).cumulate()),
    "cumulative-floor": (
        plots.cumulative,
        lambda: cs.deaths(one(qualifier="at_least")).resample("month").cumulate(),
    ),
    "cumulative-reports": (plots.cumulative, lambda: reports(*TOTALS)),
    "rate": (plots.rate, lambda: cs.death_rate(cs.deaths(reports(*GAP)), population=100_000)),
    "rate-fuzzy": (plots.rate, lambda: cs.death_rate(cs.deaths(reports(*FUZZY)), population=100_000)),
    "rate-cells": (
        plots.rate,
        lambda: cs.death_rate(cs.deaths(one(qualifier="at_least")).resample("week"), population=100_000),
    ),
    "outages": (plots.outages, outages),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_draws_on_given_axes_without_touching_global_state(name):
    draw, make = FAMILIES[name]
    before = dict(mpl.rcParams)
    ax = Figure(figsize=(5, 4), layout="constrained").add_subplot()
    assert draw(make(), ax=ax) is ax
    ax.figure.draw_without_rendering()
    assert not Gcf.figs
    assert dict(mpl.rcParams) == before
    assert any(text.get_gid() == "source" for text in ax.texts)


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("name", FAMILIES)
def test_nothing_is_cut_off_and_dates_do_not_overlap(name, width):
    draw, make = FAMILIES[name]
    ax = draw(make(), width=width)
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert figure.get_figwidth() == width
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= figure.get_figwidth()
    assert box.y1 <= figure.get_figheight()
    dates = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert len(dates) >= 2
    assert all(a.x1 < b.x0 for a, b in pairwise(dates))


def test_values_of_lanes_do_not_overlap():
    rows = [
        {
            "value": 3 + at,
            "qualifier": "at_least",
            "start": date(2019, 1, 1 + at // 2),
            "end": date(2019, 2, 1 + at // 3),
        }
        for at in range(40)
    ]
    ax = plots.report_periods(reports(*rows), width=3.5)
    ax.figure.draw_without_rendering()
    boxes = sorted((text.get_window_extent() for text in ax.texts if text.get_gid() == "value"), key=lambda b: b.y0)
    assert len(boxes) == 40
    assert all(a.y1 <= b.y0 + 1 or a.x1 < b.x0 or b.x1 < a.x0 for a, b in pairwise(boxes))


def test_labels_have_units():
    series = cs.deaths(reports(*GAP))
    assert plots.flow(series).get_ylabel() == "violent deaths of civilians per day"
    assert "per 10,000 person-days" in plots.rate(cs.death_rate(series, population=9_000)).get_ylabel().replace(
        "\n", " "
    )
    assert "total since 1 Apr 2019" in plots.cumulative(series.cumulate()).get_ylabel().replace("\n", " ")
    assert plots.cumulative(reports(*TOTALS)).get_ylabel() == "violent deaths of civilians, running total"


def test_thousands_are_separated():
    ax = plots.flow(cs.deaths(one(value=180_000)))
    ax.figure.draw_without_rendering()
    assert "15,000" in [label.get_text() for label in ax.get_yticklabels()]


def test_gap_is_marked_and_not_a_bar():
    ax = plots.flow(cs.deaths(reports(*GAP)))
    assert [text.get_text() for text in ax.texts if text.get_gid() == "gap"] == ["no report"]


def test_key_names_only_what_is_there():
    def words(ax):
        legend = ax.get_legend()
        return set() if legend is None else {text.get_text() for text in legend.get_texts()}

    assert words(plots.flow(cs.deaths(one()))) == set()
    assert words(plots.flow(cs.deaths(one(qualifier="at_least")))) == {"at least", "no upper bound known"}
    assert "possible days: date not exactly known" in words(plots.flow(cs.deaths(reports(*FUZZY))))
    assert "not known whether restored" in words(plots.outages(outages()))
    rates = words(plots.rate(cs.death_rate(cs.deaths(reports(*GAP)), population=10_000)))
    assert {"source range", "sampling interval (95 %)"} <= rates


def test_events_are_drawn_inside_the_days_shown():
    events = cs.datasets.events("idlib-2019")
    ax = plots.report_periods(one(), events=events)
    assert [text.get_text() for text in ax.texts if text.get_gid() == "event"] == ["Escalation begins"]
    with pytest.raises(OptionError, match="events="):
        plots.report_periods(one(), events=pl.DataFrame({"date": []}))


def test_cut_bars_name_their_dates():
    long = reports({"value": 9, "start": "2011-03-15", "end": "2019-12-31"}, {"value": 1, "start": "2018-01-01"})
    ax = plots.report_periods(long, since="2019-04-01", until="2019-06-30")
    texts = [text.get_text() for text in ax.texts]
    assert "9 (from 15 Mar 2011 to 31 Dec 2019)" in texts
    assert any("1 report outside the days shown" in text for text in texts)
    with pytest.raises(OptionError, match="since="):
        plots.report_periods(long, since="2025-01-01")


def test_thresholds():
    rates = cs.death_rate(cs.deaths(reports(*GAP)), population=10_000)
    ax = plots.rate(rates, thresholds={"emergency": 1, "baseline": 0.5})
    assert {text.get_text() for text in ax.texts if text.get_gid() == "threshold"} == {
        "emergency: 1",
        "baseline: 0.5",
    }
    with pytest.raises(OptionError, match="thresholds="):
        plots.rate(rates, thresholds={"emergency": float("nan")})


def test_split_rates_get_a_marker_each():
    rows = [dict(GAP[0], source="A"), dict(GAP[0], source="B", value=50)]
    series = cs.deaths(reports(*rows), by=["source"])
    rates = cs.death_rate(series, population={"A": 10_000, "B": 10_000})
    assert {"A", "B"} <= {text.get_text() for text in plots.rate(rates).get_legend().get_texts()}


def test_wrong_types_and_options():
    stock = cs.population(one(measure="population", kind="stock", group=None, end=None))
    with pytest.raises(KindError, match="report_periods"):
        plots.flow(stock)
    with pytest.raises(MeasureError):
        plots.cumulative(3)
    with pytest.raises(OptionError, match="ax="):
        plots.flow(cs.deaths(one()), ax=3)
    with pytest.raises(OptionError, match="width="):
        plots.flow(cs.deaths(one()), width=1)
    with pytest.raises(OptionError, match="until="):
        plots.outages(outages(), until="2019-05-01")
    with pytest.raises(OptionError, match="format="):
        plots.figure_bytes(Figure(), "pdf")
    with pytest.raises(OptionError, match="Figure"):
        plots.figure_bytes("figure")
    with pytest.raises(OptionError, match=r"\.svg"):
        plots.save(Figure(), "picture.jpg")


def test_save(tmp_path):
    ax = plots.flow(cs.deaths(one()), title="Deaths")
    for name, start in (("a.svg", b"<?xml"), ("a.png", b"\x89PNG")):
        plots.save(ax, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    assert ax.get_title(loc="left") == "Deaths"


_SCRIPT = """
import hashlib, sys
sys.path.insert(0, {here!r})
from plot_samples import GAP, TOTALS, reports
import casualtystats as cs
weekly = cs.deaths(reports(*GAP)).resample("week")
for ax in (cs.plots.flow(weekly), cs.plots.report_periods(reports(*GAP, *TOTALS))):
    for kind in ("svg", "png"):
        print(hashlib.sha256(cs.plots.figure_bytes(ax, kind)).hexdigest())
"""


def test_bytes_are_the_same_on_every_run():
    script = _SCRIPT.format(here=str(Path(__file__).parent))
    env = os.environ | {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1"}
    there = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, check=True)
    weekly = cs.deaths(reports(*GAP)).resample("week")
    here = [
        hashlib.sha256(plots.figure_bytes(ax, kind)).hexdigest()
        for ax in (plots.flow(weekly), plots.report_periods(reports(*GAP, *TOTALS)))
        for kind in ("svg", "png")
    ]
    assert there.stdout.split() == here
    ax = plots.flow(weekly)
    assert plots.figure_bytes(ax) == plots.figure_bytes(ax)


def test_callers_settings_do_not_change_the_picture():
    plain = plots.figure_bytes(plots.flow(cs.deaths(one())))
    with mpl.rc_context(
        {"font.size": 20, "axes.facecolor": "black", "savefig.bbox": "tight", "date.converter": "concise"}
    ):
        assert plots.figure_bytes(plots.flow(cs.deaths(one()))) == plain


def test_alt_text():
    said = plots.alt_text.flow(cs.deaths(reports(*GAP)))
    assert "1 Apr 2019 to 10 Apr 2019: 30 (3.00 per day)" in said
    assert "For 14 days there is no report." in said
    assert "at least 22" in plots.alt_text.flow(cs.deaths(one(qualifier="at_least")))
    assert "reported, but not bounded" in plots.alt_text.flow(cs.deaths(one(qualifier="at_least")).daily())
    assert "none reported" in plots.alt_text.flow(cs.deaths(reports(*GAP), observed="2019-04-11/2019-04-24"))
    assert "0 to 50" in plots.alt_text.flow(cs.deaths(reports(*FUZZY)))
    assert "more than 120" in plots.alt_text.cumulative(reports(*TOTALS))
    assert "no upper bound known" in plots.alt_text.cumulative(cs.deaths(reports(*GAP)).cumulate())
    assert "between 22 and 22" in plots.alt_text.cumulative(cs.deaths(one()).cumulate())
    assert "30 April 2019 to 13 May 2019" in plots.alt_text.report_periods(reports(*FUZZY))
    many = plots.alt_text.report_periods(reports(*[{"value": 5, "start": f"2019-05-{day:02}"} for day in range(1, 20)]))
    assert "19 reports" in many
    assert "11 more" in many
    told = plots.alt_text.outages(outages())
    assert "18 health facilities" in told
    assert "restored" in told
    assert "on a day of 1 May" in told
    rates = cs.death_rate(cs.deaths(reports(*GAP)).resample("week"), population=10_000)
    assert "no report" in plots.alt_text.rate(rates, thresholds={"emergency": 1})
    fuzzy = plots.alt_text.rate(cs.death_rate(cs.deaths(reports(*FUZZY)), population=10_000))
    assert " to " in fuzzy
    assert "source range" in plots.alt_text.rate(cs.death_rate(cs.deaths(reports(*GAP)), population=10_000))
    assert "at least" in plots.alt_text.rate(cs.death_rate(cs.deaths(one(qualifier="at_least")), population=10_000))


@pytest.mark.parametrize(
    ("first", "last", "most", "expected"),
    [
        (date(2019, 5, 1), date(2019, 5, 2), 4, ["2019-05-01", "2019-05-02"]),
        (date(2011, 3, 15), date(2019, 5, 13), 5, ["2012-01-01", "2014-01-01", "2016-01-01", "2018-01-01"]),
        (
            date(2019, 1, 1),
            date(2019, 6, 30),
            6,
            ["2019-01-01", "2019-02-01", "2019-03-01", "2019-04-01", "2019-05-01", "2019-06-01"],
        ),
    ],
)
def test_ticks(first, last, most, expected):
    assert [str(day) for day in ticks(first, last, most)] == expected


def test_date_labels():
    label = DateLabels()
    assert label(number(date(2019, 4, 29))) == "29 Apr 2019"
    months = [number(date(2019, 12, 1)), number(date(2020, 1, 1))]
    assert label.format_ticks(months) == ["Dec\n2019", "Jan\n2020"]
    assert label.format_ticks([number(date(year, 1, 1)) for year in (2018, 2019)]) == ["2018", "2019"]


def test_event_labels_do_not_meet():
    spots = [(0, 60), (10, 120), (100, 80), (130, 60), (195, 40)]
    placed = place_labels(spots, 200)
    for at, ((_, wide), (left, row)) in enumerate(zip(spots, placed, strict=True)):
        assert left >= 0
        assert left + wide <= 200
        for (_, other_wide), (other_left, other_row) in list(zip(spots, placed, strict=True))[at + 1 :]:
            assert row != other_row or left + wide < other_left or other_left + other_wide < left


def test_wrapped_lines_fit():
    lines = wrap("Independent International Commission of Inquiry Donaudampfschifffahrtsgesellschaft", 100)
    assert all(text_width(line) <= 100 for line in lines)
    assert any(line.endswith("…") for line in lines)
