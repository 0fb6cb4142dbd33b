"""Availability: a band from its lower to its upper bound, cell by cell, over a strip that says how much is known."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from casualtystats.plots.data.availability import AvailabilityPicture, availability_picture
from casualtystats.plots.dates import number, use_dates
from casualtystats.plots.keys import box_key, line_key
from casualtystats.plots.lanelabels import shortened
from casualtystats.plots.panels import Panelled, percent
from casualtystats.plots.style import BAND, COLOURS, FAINT, GAP, GREY, INK, SMALL, TEXT, house_style, lighter
from casualtystats.plots.text import balanced, text_width
from casualtystats.series.availability import Availability

__all__ = ["availability"]

_COLOUR: Final = COLOURS[0]
_BAND: Final = lighter(_COLOUR, 0.62)
# Points: height of the bands of parts, of the strips below them, of the air between.
_PART: Final = 62.0
_STRIP: Final = (26.0, 11.0)
_AIR: Final = (13.0, 6.0)
_HEAD: Final = 13.0
_BETWEEN: Final = 19.0


def availability(result: Availability, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """The share functional of each cell, as a band from its lower to its upper bound; below, how much of it is known.

    Parameters
    ----------
    result : Availability
        From `availability`; split by place or type into six parts at most, which stand under each other.
    ax : Axes, optional
        Where to draw: the strip, and all parts but the first, take the lower part of its place. By default a figure
        that is as high as it needs.
    width, title
        As in `flow`.

    Returns
    -------
    Axes
        Those of the (first) band, from 0 to 100 %. A thick line: the share is known. A band: it lies between two
        bounds, and nothing is said of where; days without a known status are neither functional nor out. Cells in which
        no facility exists are empty. The strip below is the share of facility-days whose status is known.

    Raises
    ------
    MeasureError
        If it is no availability.
    NoReportsError
        If no facility exists on any day.
    OptionError
        If it has more than six parts, or an option is wrong.

    Examples
    --------
    >>> from datetime import date
    >>> from casualtystats.reports.facilities import Facilities
    >>> from casualtystats.schemas import FacilitySchema
    >>> from casualtystats.series.availability import availability as made
    >>> blank = dict.fromkeys(FacilitySchema.create_empty().columns)
    >>> row = blank | {"facility_id": "a", "observed_from": date(2019, 5, 1), "observed_until": date(2019, 5, 9)}
    >>> facilities = Facilities(pl.DataFrame([row], schema=FacilitySchema.create_empty().schema))
    >>> availability(made(facilities)).get_ylabel()
    'share of facilities functional'
    """
    picture = availability_picture(result)
    with house_style(ax is None):
        return _drawn(Panelled.on(ax, width, picture.sentence), picture, title)


def _drawn(sheet: Panelled, picture: AvailabilityPicture, title: str | None) -> Axes:
    parts = list(picture.parts.items())
    split = len(parts) > 1
    points = sheet.figure.get_figwidth() * 72 if sheet.own else sheet.width
    body = _PART if split else min(max(0.4 * points, 130.0), 200.0)
    strip, air = _STRIP[split], _AIR[split]
    under = len(parts) * (air + strip) + (len(parts) - 1) * (_BETWEEN + _PART)
    if not sheet.own:
        # The same proportions in the room that there is.
        scale = sheet.height / (body + under)
        sheet.claim(under * scale, under / (body + under))
    sheet.under = under
    _left(sheet, picture.label, body, under, split=split)
    use_dates(sheet.ax, picture.first, picture.last)
    down, axes = 0.0, list[Any]()
    for name, cells in parts:
        band: Any = sheet.ax
        if axes:
            down += _BETWEEN + _PART
            band = _beneath(sheet, down, _PART, body)
        down += air + strip
        below = _beneath(sheet, down, strip, body)
        _band(Panelled(band, sheet.own), cells, small=split)
        _known(below, cells, sheet.own, small=split)
        if name:
            _name(sheet, band, name)
        axes += [band, below]
    for one in axes[:-1]:
        one.tick_params(axis="x", labelbottom=False, length=0)
    axes[-1].tick_params(axis="x", labelsize=TEXT)
    sheet.settle(
        body if sheet.own else sheet.height,
        _HEAD if parts[0][0] else 0.0,
        picture.source,
        title,
        _key(picture),
        lowest=axes[-1],
    )
    return sheet.axes


def _left(sheet: Panelled, label: str, body: float, under: float, *, split: bool) -> None:
    """Name the y axis, and make room for it, for its labels and for those of the strip."""
    lines = balanced(label, body + under if split else body)
    middle = (1 - under / body) / 2 if split else 0.5
    sheet.ax.set_ylabel("\n".join(lines), fontsize=TEXT, color=INK, labelpad=4, y=middle)
    names = text_width("known", SMALL) + 10
    sheet.side_margins(max(text_width("100 %") + 14 + len(lines) * TEXT * 1.25, names), 20)


def _beneath(sheet: Panelled, down: float, high: float, body: float) -> Any:
    """Axes `high` points high whose lower edge lies `down` points beneath the main ones, with the same days."""
    return sheet.ax.inset_axes((0, -down / body, 1, high / body), sharex=sheet.ax)


def _steps(cells: pl.DataFrame, *names: str) -> tuple[Any, list[Any]]:
    """Corners of steps over the days of cells; nan where there is no value."""
    starts = np.array([number(day) - 0.5 for day in cells["period_start"]])
    ends = np.array([number(day) + 0.5 for day in cells["period_end"]])
    x = np.column_stack([starts, ends]).ravel()
    return x, [np.repeat(cells[name].cast(pl.Float64).fill_null(float("nan")).to_numpy(), 2) for name in names]


def _band(sheet: Panelled, cells: pl.DataFrame, *, small: bool) -> None:
    ax = sheet.ax
    x, (low, best, high) = _steps(cells, "low", "best", "high")
    ax.set_ylim(0, 1.03)
    ax.yaxis.set_major_locator(FixedLocator([0, 0.5, 1] if small else [0, 0.25, 0.5, 0.75, 1]))
    ax.yaxis.set_major_formatter(FuncFormatter(percent))
    sheet.dress()
    if small:
        ax.tick_params(axis="y", labelsize=SMALL)
    ax.fill_between(x, low, high, facecolor=_BAND, edgecolor="none", linewidth=0, zorder=2, gid="band")
    for edge in (low, high):
        ax.plot(x, edge, color=_COLOUR, linewidth=0.7, zorder=2.5, solid_joinstyle="miter", gid="bound")
    ax.plot(x, best, color=INK, linewidth=1.7, zorder=3, solid_capstyle="butt", solid_joinstyle="miter", gid="best")
    for start, end in _empty(cells):
        ax.axvspan(start, end, facecolor=GAP, edgecolor="none", zorder=0.3, gid="empty")


def _empty(cells: pl.DataFrame) -> list[tuple[float, float]]:
    """Stretches of cells in which no facility exists."""
    found: list[tuple[float, float]] = []
    for row in cells.filter(pl.col("low").is_null()).to_dicts():
        start, end = number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _known(ax: Any, cells: pl.DataFrame, own: bool, *, small: bool) -> None:
    """The strip: the share of facility-days whose status is known."""
    x, (known,) = _steps(cells, "coverage")
    ax.set_ylim(0, 1)
    ax.set_yticks([0.5] if small else [0, 1], ["known"] if small else ["0", "100 %"])
    Panelled(ax, own).dress(grid=False)
    ax.tick_params(axis="y", labelsize=SMALL, length=0 if small else 3)
    ax.fill_between(x, 0, 1, where=~np.isnan(known), facecolor=FAINT, edgecolor="none", linewidth=0, zorder=1)
    ax.fill_between(x, 0, known, facecolor=BAND, edgecolor="none", linewidth=0, zorder=2, gid="known")
    ax.set_label("coverage")


def _name(sheet: Panelled, ax: Any, name: str) -> None:
    ax.annotate(
        shortened(name, sheet.width - 8, SMALL), (0, 1), (2, 2), xycoords="axes fraction", textcoords="offset points",
        va="bottom", fontsize=SMALL, fontweight="bold", color=INK, annotation_clip=False, parse_math=False, gid="part",
    )  # fmt: skip


def _key(picture: AvailabilityPicture) -> list[Any]:
    cells = pl.concat(list(picture.parts.values()))
    key: list[Any] = []
    if cells["best"].is_not_null().any():
        key.append(line_key("known", INK, linewidth=1.7))
    if (cells["low"] < cells["high"]).any():
        key.append(box_key("between lower and upper bound", _BAND, _COLOUR, linewidth=0.7))
    if cells["low"].is_null().any():
        key.append(box_key("no facility exists", GAP))
    key.append(box_key("share of days with known status (strip below)", BAND, GREY))
    return key
