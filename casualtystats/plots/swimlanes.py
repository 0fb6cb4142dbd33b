"""Swimlanes: one lane a facility, with what is known of its status on each day, and with its hits."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from casualtystats.periods import Period
from casualtystats.plots.captions import Captioned
from casualtystats.plots.data.swimlanes import Lane, Sort, SwimlanesPicture, swimlanes_picture
from casualtystats.plots.dates import number, use_dates
from casualtystats.plots.events import draw_events
from casualtystats.plots.lanelabels import Names, lane_names
from casualtystats.plots.style import BAND, FAINT, INK, house_style, lighter
from casualtystats.plots.swimlooks import BLUE, LOOKS, STILL, swimlane_key
from casualtystats.reports.facilities import Facilities

__all__ = ["swimlanes"]

# Points a lane: as many as there is room for on a page.
_PAGE: Final = 640.0
_PITCH: Final = (3.6, 14.0)
# Points a lane below which lines are thin and pale, so that they are not taken for bars.
_LOW: Final = 6.0
_LOW_SHARE: Final = 0.6


def swimlanes(
    facilities: Facilities, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None,
    period: Period | str | None = None, sort: Sort = "start", events: pl.DataFrame | None = None, most: int = 200,
) -> Axes:  # fmt: skip
    """One lane a facility: out, partly functional, destroyed, functional, or not known, day by day, and its hits.

    Parameters
    ----------
    facilities : Facilities
        From `read_facilities`. Select by place or type first where there are too many.
    ax : Axes, optional
        Where to draw; the lanes share its height. By default a figure that is as high as it needs: 14 points a lane
        where there are few, 3.6 where there are many.
    width : float, default 7
        Width of a new figure in inches.
    title : str, optional
        A short noun.
    period : Period or str, optional
        The days shown, both ends included; by default all days that a spell, a hit or an observed window speaks about.
        Facilities that did not exist in them are left out, and counted under the picture.
    sort : {"start", "place", "type", "duration", "register"}
        From top to bottom: by the first day of less than full service (default), those never out last; by place or by
        type, and within it as before; by days out of service, the longest first; in the order of the register. Ties by
        identifier.
    events : pl.DataFrame, optional
        Dated annotations, as of `cs.datasets.events`.
    most : int, default 200
        More facilities than this are refused.

    Returns
    -------
    Axes
        A bar is as high as service is lost: full height out of service, half of it partly functional; near black
        destroyed, with a bar across its end where no rebuilding is known. A thin line: functional on observed days.
        Hatched in the colour of the worse status: days on which one status passes into another, not exactly known.
        Grey hatch: not known (no end of the spell is known, or its source says so). An arrow: still out on the last day
        that its source speaks of. Nothing: not observed. A ring is a hit, on its day or on the middle of a line over
        the days on which it may have been; a dot, two hits or more with the same dates. Hits on facilities that are not
        known stand in a lane at the bottom. Names of lanes that are too narrow for them are left out evenly; with
        `sort="place"` or `"type"`, groups are named.

    Raises
    ------
    MeasureError
        If it is no register of facilities.
    NoReportsError
        If nothing speaks about any day, or no facility exists in the period.
    OptionError
        If there are more than `most` facilities, or an option is wrong.

    Examples
    --------
    >>> from datetime import date
    >>> from casualtystats.schemas import FacilitySchema
    >>> blank = dict.fromkeys(FacilitySchema.create_empty().columns)
    >>> row = blank | {"facility_id": "a", "observed_from": date(2019, 5, 1), "observed_until": date(2019, 5, 9)}
    >>> found = swimlanes(Facilities(pl.DataFrame([row], schema=FacilitySchema.create_empty().schema)))
    >>> [text.get_text() for text in found.get_yticklabels()]
    ['a']
    """
    picture = swimlanes_picture(facilities, period=period, sort=sort, most=most)
    with house_style(ax is None):
        return _drawn(Captioned.on(ax, width, picture.sentence), picture, events, title)


def _drawn(sheet: Captioned, picture: SwimlanesPicture, events: pl.DataFrame | None, title: str | None) -> Axes:
    ax, lanes = sheet.ax, picture.lanes
    groups = [(name, len(list(run))) for name, run in groupby(lanes, key=lambda lane: lane.group)]
    grouped = groups[0][0] != ""
    rows = len(lanes) + (1.5 if picture.strays else 0.0)
    pitch = min(max(_PAGE / rows, _PITCH[0]), _PITCH[1])
    if not sheet.own:
        pitch = sheet.height / rows
    names = lane_names(sheet, picture, groups if grouped else [], pitch)
    body = names.height
    use_dates(ax, picture.first, picture.last)
    ax.set_ylim(body, 0)
    sheet.dress(grid=False)
    ax.grid(visible=True, axis="x", color=FAINT, linewidth=0.6)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0, pad=3, labelsize=names.size)
    thick = max(1.6, (0.68 if names.pitch > _LOW else 0.8) * names.pitch)
    for place in names.rules:
        ax.axhline(place, color=FAINT, linewidth=0.6, zorder=0.4)
    _stretches(ax, lanes, names, thick)
    _marks(ax, lanes, names, thick)
    _hits(ax, [lane.hits for lane in lanes] + [picture.strays], names)
    above = draw_events(sheet, events)
    sheet.settle(body if sheet.own else sheet.height, above, picture.source, title, swimlane_key(picture))
    return sheet.axes


def _stretches(ax: Any, lanes: tuple[Lane, ...], names: Names, thick: float) -> None:
    """Bars of one look together; functional days as thin lines."""
    lines: list[tuple[float, float, float]] = []
    boxes: dict[tuple[str, bool], list[Any]] = {}
    for lane, y in zip(lanes, names.places, strict=False):
        for one in lane.stretches:
            a, b = number(one.first) - 0.5, number(one.last) + 0.5
            if one.status == "functional" and one.sure:
                lines.append((y, a, b))
                continue
            share = LOOKS[one.status, one.sure][3]
            if names.pitch <= _LOW:
                share = max(share, _LOW_SHARE)
            # On the same ground, so that half a bar is seen as half.
            low, high = y + thick / 2, y + thick / 2 - share * thick
            if one.status in ("unknown", "functional"):
                low, high = y + share * thick / 2, y - share * thick / 2
            boxes.setdefault((one.status, one.sure), []).append([(a, low), (b, low), (b, high), (a, high)])
    if lines:
        places, starts, ends = zip(*lines, strict=True)
        look: dict[str, Any] = {"color": BAND, "linewidth": 0.8}
        if names.pitch <= _LOW:
            look = {"color": lighter(BAND, 0.4), "linewidth": 0.4}
        ax.hlines(places, starts, ends, zorder=1.5, **look)
    for (status, sure), corners in sorted(boxes.items()):
        face, edge, hatch, _ = LOOKS[status, sure]
        drawn = PolyCollection(corners, facecolors=face, edgecolors=edge, linewidths=0, hatch=hatch, zorder=2)
        drawn.set_hatch_linewidth(0.6 if names.pitch > _LOW else 0.45)
        drawn.set_gid(f"{status}{'' if sure else ' possible'}")
        ax.add_collection(drawn, autolim=False)


def _marks(ax: Any, lanes: tuple[Lane, ...], names: Names, thick: float) -> None:
    """Arrows where a facility is still out, and bars across the end of destroyed ones."""
    places = list(zip(lanes, names.places, strict=False))
    still = [(number(day) + 0.5, y) for lane, y in places for day in lane.still]
    kept = [(number(day) + 0.5, y) for lane, y in places for day in lane.kept]
    looks: dict[str, dict[str, Any]] = {
        "still": {"marker": STILL, "markersize": max(1.43 * thick, 4.5), "color": BLUE, "markeredgewidth": 0},
        "kept": {"marker": "|", "markersize": 1.35 * thick, "color": INK, "markeredgewidth": max(0.9, 0.12 * thick)},
    }
    for gid, spots in (("still", still), ("kept", kept)):
        if spots:
            x, y = zip(*spots, strict=True)
            ax.plot(x, y, linestyle="none", clip_on=False, zorder=3.5, gid=gid, **looks[gid])


def _hits(ax: Any, hits: list[tuple[tuple[Any, Any, int], ...]], names: Names) -> None:
    size = min(max(0.5 * names.pitch, 2.0), 5.0)
    edge = 1.0 if names.pitch > _LOW else 0.6
    for several in (False, True):
        spots = [
            (number(first), number(last), y)
            for found, y in zip(hits, names.places, strict=False) for first, last, count in found
            if (count > 1) is several
        ]  # fmt: skip
        for first, last, y in spots:
            if first < last:
                ends = [first - 0.5, last + 0.5]
                ax.plot(ends, [y, y], color="white", linewidth=edge + 1.6, solid_capstyle="butt", zorder=3.9)
                ax.plot(ends, [y, y], color=INK, linewidth=edge, marker="|", markersize=size, zorder=4, gid="hit days")
        if spots:
            ax.plot(
                [(first + last) / 2 for first, last, _ in spots], [y for _, _, y in spots], marker="o", markersize=size,
                markerfacecolor=INK if several else "white", markeredgecolor="white" if several else INK,
                markeredgewidth=0.7 * edge if several else edge, linestyle="none", zorder=4.2,
                gid="hits" if several else "hit",
            )  # fmt: skip
