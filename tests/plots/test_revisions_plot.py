"""Figures as seen from each day of publication: numbers first, then the picture."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from matplotlib._pylab_helpers import Gcf
from matplotlib.figure import Figure
from plot_samples import one, reports

import casualtystats as cs
from casualtystats import plots
from casualtystats.errors import KindError, MeasureError, MixedUnitsError, NoReportsError, OptionError
from casualtystats.plots.data.revisions import revision_noun, revision_points
from casualtystats.provenance import Origin
from casualtystats.reports import ReportArchive, Reports

PERIOD = {"start": "2019-04-29", "end": "2019-05-09"}
Vintage = tuple[Any, str, dict[str, Any]]
OHCHR: tuple[Vintage, ...] = (
    (42, "2019-05-10", {}),
    (55, "2019-05-17", {"qualifier": "at_least"}),
    (61, "2019-06-03", {}),
    (60, "2019-07-15", {}),
)
SOHR: tuple[Vintage, ...] = (
    (80, "2019-05-11", {"qualifier": "approximately"}),
    (95, "[2019-05-20..2019-05-28]", {"qualifier": "more_than"}),
    (120, "2019-07-01", {"qualifier": "up_to"}),
)


def vintages(*some: Vintage, **more: Any) -> list[dict[str, Any]]:
    return [PERIOD | more | {"value": value, "published": on} | extra for value, on, extra in some]


def both() -> Reports:
    return reports(*vintages(*OHCHR), *vintages(*SOHR, source="SOHR"))


def words(ax: Any) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in ax.get_legend().get_texts()]


def test_points_are_the_vintages_as_published() -> None:
    points = revision_points(both())
    assert points["line"].unique(maintain_order=True).to_list() == [
        "OHCHR, 29 April to 9 May 2019", "SOHR, 29 April to 9 May 2019",
    ]  # fmt: skip
    assert points["text"].to_list() == ["42", "at least 55", "61", "60", "about 80", "more than 95", "up to 120"]
    assert points["value"].to_list() == [42, 55, 61, 60, 80, 95, 120]
    assert points["open_top"].to_list() == [False, True, False, False, False, True, False]
    assert points["open_bottom"].to_list() == [False] * 6 + [True]
    assert points.row(5, named=True)["date_earliest"] == date(2019, 5, 20)
    assert points.row(5, named=True)["date"] == date(2019, 5, 28)


def test_an_archive_and_its_reports_show_the_same() -> None:
    archive = ReportArchive.of(both())
    assert revision_points(archive).equals(revision_points(both()))
    assert revision_noun(archive) == "violent deaths of civilians"


def test_figures_published_once_take_no_part() -> None:
    undated = PERIOD | {"value": 3, "source": "Ministry"}
    points = revision_points(
        reports(*vintages(*OHCHR), PERIOD | {"value": 5, "source": "UN", "published": "2020-01"}, undated)
    )
    assert set(points["source"]) == {"OHCHR"}
    with pytest.raises(NoReportsError, match="published more than once, got none: 1 report of 1 figure"):
        revision_points(one(published="2019-05-10"))


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"derived_from": "SOHR"}, "OHCHR, from SOHR, 29 April to 9 May 2019"),
        ({"group": None}, "all groups, 29 April to 9 May 2019"),
        ({"group": "civilian/child"}, "children, 29 April to 9 May 2019"),
        ({"place": "Syria/Idlib"}, "Syria/Idlib, 29 April to 9 May 2019"),
        ({"perpetrator": "state"}, "side: state, 29 April to 9 May 2019"),
        ({"destination": "Azaz"}, "to Azaz, 29 April to 9 May 2019"),
        ({"kind": "cumulative"}, "running total, 29 April to 9 May 2019"),
        ({"standard": "verified"}, "29 April to 9 May 2019, verified"),
        ({"role": "triangulation"}, "29 April to 9 May 2019, triangulation"),
        ({"hours": 24, "end": "2019-04-30"}, "29 to 30 April 2019 (24 hours of it)"),
        ({"start": "2019-05"}, "from 1–31 May 2019 to 9 May 2019"),
    ],
)  # fmt: skip
def test_lines_name_what_tells_figures_apart(change: dict[str, Any], line: str) -> None:
    other = [row | change for row in vintages(*SOHR[1:])]
    lines = revision_points(reports(*vintages(*OHCHR), *other))["line"].unique().to_list()
    assert line in lines
    assert len(lines) == 2


def test_stocks_name_their_date() -> None:
    stock = {"measure": "idps", "kind": "stock", "group": None}
    some = [stock | {"value": value, "published": on} for value, on in ((9, "2019-06-01"), (8, "2019-07-01"))]
    found = reports(*(row | {"start": start} for start in ("2019-05-09", "2019-04") for row in some))
    assert revision_points(found)["line"].unique(maintain_order=True).to_list() == [
        "on a day of 1 to 30 April 2019", "on 9 May 2019",
    ]  # fmt: skip
    assert revision_noun(found) == "internally displaced people"


def test_running_totals_are_named_on_the_axis() -> None:
    totals = reports(*vintages(*OHCHR, kind="cumulative"))
    assert revision_noun(totals) == "violent deaths of civilians, running total"
    groups = reports(*vintages(*OHCHR), *vintages(*OHCHR, group="fighter"))
    assert revision_noun(groups) == "violent deaths"


def test_separate_events_that_agree_are_told_apart() -> None:
    events = Origin("Publisher", "Events", separate_events=True)
    archive = ReportArchive(origin=events)
    for on, values in (("2019-06-01", (3, 4)), ("2019-07-01", (3, 5))):
        rows = [PERIOD | {"report_id": f"e{at}", "value": value, "published": on} for at, value in enumerate(values)]
        found = reports(*rows)
        archive = archive.append(Reports(found.frame, origin=events))
    assert revision_points(archive)["line"].unique(maintain_order=True).to_list() == [
        "29 April to 9 May 2019 (e0)", "29 April to 9 May 2019 (e1)",
    ]  # fmt: skip


def test_what_can_not_stand_on_one_axis_is_refused() -> None:
    moved = vintages(*OHCHR, measure="displaced", group=None)
    with pytest.raises(OptionError, match=r"one measure, got displaced and killed; select one: archive\.filter"):
        revision_points(reports(*vintages(*OHCHR), *moved))
    movements = vintages(*OHCHR, measure="displaced", unit="displacements", group=None)
    with pytest.raises(MixedUnitsError, match="displacements and people"):
        revision_points(reports(*movements, *moved))
    with pytest.raises(KindError, match=r"plots\.flow"):
        plots.revisions(cs.deaths(one()))
    with pytest.raises(MeasureError, match="an archive or reports"):
        plots.revisions(3)


def test_too_many_figures_say_how_to_select() -> None:
    sources = [row for at in range(9) for row in vintages(*OHCHR, source=f"S{at}")]
    with pytest.raises(OptionError, match=r"at most 6 figures .* got 9; .*pl\.col\('source'\) == 'S0'.* and others"):
        revision_points(reports(*sources))
    days = [row | {"start": f"2019-04-0{at}"} for at in range(1, 8) for row in vintages(*OHCHR)]
    with pytest.raises(OptionError, match=r"pl\.col\('start_earliest'\) >= date\(2019, 4, 7\)"):
        revision_points(reports(*days))
    groups = [row for at in range(7) for row in vintages(*OHCHR, group=f"g{at}")]
    with pytest.raises(OptionError, match=r"== 'g0'\) \(there are: g0, g1, g2, g3, g4, g5, g6\)"):
        revision_points(reports(*groups))
    chosen = ReportArchive.of(reports(*sources)).filter(pl.col("source") == "S0")
    assert revision_points(chosen).height == 4


# --- the picture -------------------------------------------------------------------------------------------------------


def lows() -> Reports:
    between = {"qualifier": "between", "low": 1, "high": 90, "best": 3}
    return reports(*vintages((3, "2019-05-10", between), (5, "2019-05-17", {}), (0, "2019-06-03", {})))


def zeros() -> Reports:
    return reports(*vintages((0, "2019-05-10", {}), (0, "2019-06-10", {})))


def single_range() -> Reports:
    wide = {"qualifier": "between", "low": 0, "high": 90}
    return reports(*vintages((None, "2019-05-10", wide), (60, "2019-05-17", {})))


@pytest.mark.parametrize("width", [3.5, 7.0])
@pytest.mark.parametrize("make", [both, lows, zeros, single_range])
def test_nothing_is_cut_off(make: Any, width: float) -> None:
    ax: Any = plots.revisions(make(), width=width, title="As published")
    figure = ax.figure
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    assert figure.get_figwidth() == width
    assert min(box.x0, box.y0) >= 0
    assert box.x1 <= width
    assert box.y1 <= figure.get_figheight()
    dates = [label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()]
    assert len(dates) >= 2
    assert all(a.x1 < b.x0 for a, b in pairwise(dates))


def test_steps_hold_from_one_publication_to_the_next() -> None:
    ax: Any = plots.revisions(ReportArchive.of(reports(*vintages(*OHCHR))))
    steps = [line for line in ax.lines if line.get_drawstyle() == "steps-post"]
    assert [list(line.get_ydata()) for line in steps] == [[42, 55, 61, 60]]
    shown = {text.get_text() for text in ax.texts if text.get_gid() == "value"}
    assert shown == {"42", "55", "61", "60"}


def test_labels_key_and_source() -> None:
    ax: Any = plots.revisions(both(), title="As published")
    assert ax.get_ylabel() == "violent deaths of civilians, as last published"
    assert ax.get_title(loc="left") == "As published"
    said = {text.get_gid(): text.get_text() for text in ax.texts}
    assert said["axis"] == "day of publication"
    assert said["source"] == "Source: OHCHR, SOHR"
    assert words(ax) == [
        "OHCHR, 29 April to 9 May 2019", "SOHR, 29 April to 9 May 2019", "from lower to upper bound",
        "possible days of publication", "no upper bound known", "upper bound only",
    ]  # fmt: skip
    exact = reports(*vintages((42, "2019-05-10", {}), (48, "2019-06-10", {})))
    assert words(plots.revisions(exact)) == ["29 April to 9 May 2019"]


def test_bounds_far_above_are_marked_not_drawn() -> None:
    ax: Any = plots.revisions(lows())
    assert ax.get_ylim()[1] == pytest.approx(6)
    assert "upper bound above the picture" in words(ax)
    # Nothing of it stands higher than its number.
    assert max(max(line.get_ydata()) for line in ax.lines) == 5
    near: Any = plots.revisions(single_range())
    assert "upper bound above the picture" not in words(near)
    assert near.get_ylim()[1] == pytest.approx(108)


@pytest.mark.parametrize(("make", "corner"), [(both, 0), (lows, 1), (zeros, 1)])
def test_the_axis_is_named_where_no_number_stands(make: Any, corner: int) -> None:
    ax: Any = plots.revisions(make())
    (label,) = [text for text in ax.texts if text.get_gid() == "axis"]
    assert label.xy == (1, corner)


def test_on_given_axes_without_global_state() -> None:
    ax = Figure(figsize=(5, 4), layout="constrained").add_subplot()
    assert plots.revisions(both(), ax=ax) is ax
    assert not Gcf.figs
    with pytest.raises(OptionError, match="width="):
        plots.revisions(both(), width=1)


def test_the_same_bytes_in_any_order() -> None:
    archive = ReportArchive.of(both())
    turned = ReportArchive.of(Reports(both().frame.reverse()))
    assert plots.figure_bytes(plots.revisions(archive)) == plots.figure_bytes(plots.revisions(turned))


def test_alternative_text() -> None:
    assert plots.alt_text.revisions(both()) == (
        "Published numbers of violent deaths of civilians, as of each day. OHCHR, 29 April to 9 May 2019: 42 on 10 May "
        "2019, at least 55 on 17 May 2019, 61 on 3 Jun 2019, 60 on 15 Jul 2019; SOHR, 29 April to 9 May 2019: about 80 "
        "on 11 May 2019, more than 95 between 20 May 2019 and 28 May 2019, up to 120 on 1 Jul 2019."
    )
    many = vintages(*((at, f"2019-06-{at:02}", {}) for at in range(1, 20)))
    said = plots.alt_text.revisions(ReportArchive.of(reports(*many)))
    assert "by OHCHR" in said
    assert "4 on 4 Jun 2019, 11 more, 16 on 16 Jun 2019" in said
