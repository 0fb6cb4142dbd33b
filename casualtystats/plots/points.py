"""Rates as points, with the source range and the sampling interval as two different marks."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes

from casualtystats.errors import OptionError
from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.rate import rate_marks
from casualtystats.plots.dates import number
from casualtystats.plots.keys import rate_key
from casualtystats.plots.style import (
    GAP,
    GREY,
    HALO,
    INK,
    SAMPLING,
    SMALL,
    UP,
    house_style,
    lighter,
    style_for,
)
from casualtystats.plots.text import text_width
from casualtystats.rates import RateSeries

__all__ = ["rate"]

_RANGE: Final = 10.0
_ABSURD: Final = 4.0


def rate(
    rate_series: RateSeries,
    *,
    ax: Axes | None = None,
    thresholds: Mapping[str, float] | None = None,
    width: float = 7.0,
    title: str | None = None,
) -> Axes:
    """Each rate as a point at the middle of its period, with a thin line as wide as the period.

    Parameters
    ----------
    rate_series : RateSeries
        A thick light bar is the source range (reporters hedge or disagree), a thin line with ends
        the sampling
        interval (chance): two things. A series that is split is drawn in several colours and markers.
    ax, width, title
        As in `flow`.
    thresholds : mapping of str to float, optional
        Labelled dashed lines. None by default: thresholds are for rates of deaths from all causes.

    Returns
    -------
    Axes
        An arrow stands on a number without an upper bound.

    Raises
    ------
    KindError, MeasureError
        If it holds no rates.
    OptionError
        If a threshold is no finite number of 0 or more.
    """
    marks = rate_marks(rate_series)
    limits = dict(thresholds or {})
    for name, value in limits.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(f"expected thresholds= labels with finite numbers of 0 or more, got {name!r}: {value!r}")
    with house_style(ax is None):
        return _draw(Sheet.of(ax, width), marks, limits, rate_series.note or "Source: not stated", title)


def _draw(sheet: Sheet, marks: pl.DataFrame, limits: dict[str, float], source: str, title: str | None) -> Axes:
    rows = marks.to_dicts()
    top = _top(rows, limits)
    first, last = min(marks["period_start"].to_list()), max(marks["period_end"].to_list())
    body = sheet.scale(marks["label"][0], top * 1.18, first, last)
    sheet.dress()
    names = list(dict.fromkeys(row["row"] for row in rows))
    for row in rows:
        _mark(sheet, row, names.index(row["row"]), len(names))
    sheet.settle(body, 0, source, title, rate_key(marks, names, sheet.ax.get_ylim()[1]))
    _limits(sheet, limits, rows)
    return sheet.axes


def _top(rows: list[dict[str, Any]], limits: dict[str, float]) -> float:
    """The highest value to be seen: upper ends that would press all else to the ground are cut."""
    seen = [value for row in rows for value in (row["rate"], row["rate_low"], row["ci_low"]) if value is not None]
    reach = _ABSURD * max(seen, default=0.0)
    ends = [row[name] for row in rows for name in ("rate_high", "ci_high") if row[name] is not None]
    return max([*seen, *limits.values(), *(end for end in ends if not reach or end <= reach)], default=0.0)


def _mark(sheet: Sheet, row: dict[str, Any], at: int, of: int) -> None:
    ax = sheet.ax
    start, end = number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5
    if row["state"] == "no report":
        if of == 1:
            ax.axvspan(start, end, facecolor=GAP, edgecolor="none", zorder=0.3)
        return
    colour, marker, _ = style_for(at)
    top = ax.get_ylim()[1]
    left, right = ax.get_xlim()
    # Rows of one period stand beside each other.
    x = (start + end) / 2 + (at - (of - 1) / 2) * 9 * (right - left) / sheet.width
    low: Any = row["rate_low"]
    high: Any = row["rate_high"]
    if low is not None and high is not None and high > low:
        ax.plot(
            [x, x],
            [low, min(high, top)],
            color=lighter(colour, 0.55),
            linewidth=_RANGE,
            solid_capstyle="butt",
            zorder=2,
        )
    if row["state"] == "floor" and not low:
        ax.axvspan(
            start,
            end,
            facecolor=lighter(colour, 0.93),
            edgecolor=lighter(colour),
            hatch="..",
            linewidth=0,
            zorder=0.3,
        )
    if row["state"] == "range":
        ax.hlines([low, min(high, top)], start, end, color=colour, linewidth=0.8, alpha=0.8, zorder=2.2)
    point: Any = row["rate"] if row["rate"] is not None else low if row["state"] == "floor" else None
    if row["ci_low"] is not None:
        upper = row["ci_high"] if row["ci_high"] is not None else point
        ax.plot(
            [x, x],
            [row["ci_low"], min(upper, top)],
            color=INK,
            linewidth=SAMPLING,
            marker="_",
            markersize=5,
            zorder=3,
        )
    if row["open_top"] or row["ci_open"] or (high is not None and high > top):
        hollow = not (row["open_top"] or row["ci_open"])
        ax.plot(
            [x],
            [top * 0.9 if hollow else point],
            marker=UP,
            markersize=20,
            markerfacecolor="white" if hollow else INK,
            markeredgecolor=INK,
            markeredgewidth=0.7 if hollow else 0,
            linestyle="none",
            zorder=2.5,
        )
    if point is not None and not (row["state"] == "floor" and not low):
        ax.plot([start, end], [point, point], color=colour, linewidth=1.0, alpha=0.8, zorder=2.2)
        face = "white" if row["allocated"] or row["partial"] or row["state"] == "floor" else colour
        ax.plot(
            [x],
            [point],
            marker=marker,
            markersize=5.5,
            markerfacecolor=face,
            markeredgecolor=colour,
            markeredgewidth=1.2,
            linestyle="none",
            zorder=4,
        )


def _limits(sheet: Sheet, limits: dict[str, float], rows: list[dict[str, Any]]) -> None:
    """Dashed lines, each with its label over or under it, at the side where it hides least."""
    top, (left, right) = sheet.ax.get_ylim()[1], sheet.ax.get_xlim()
    lines = [value * sheet.height / top for value in limits.values()]
    taken: list[tuple[float, float, float, float]] = [(0, y - 1, sheet.width, y + 1) for y in lines]
    for row in rows:
        x = ((number(row["period_start"]) + number(row["period_end"])) / 2 - left) * sheet.width / (right - left)
        ends = [row[name] for name in ("rate", "rate_low", "rate_high", "ci_low", "ci_high") if row[name] is not None]
        if ends:
            taken.append((x - 6, min(ends) * sheet.height / top - 4, x + 6, max(ends) * sheet.height / top + 10))
    for name, value in sorted(limits.items(), key=lambda item: (item[1], item[0])):
        sheet.ax.axhline(value, color=GREY, linewidth=0.9, linestyle=(0, (5, 3)), zorder=1)
        text = f"{name}: {value:,.10g}"
        while len(text) > 4 and text_width(text, SMALL) > sheet.width - 8:
            text = text.rstrip("…")[:-1] + "…"
        wide, at = text_width(text, SMALL), value * sheet.height / top
        boxes = [
            (x, y, x + wide, y + SMALL * 1.15)
            for y in (at + 2, at - 2 - SMALL * 1.2)
            for x in (sheet.width - wide - 2, 2.0)
        ]
        costs = [sum(a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3] for b in taken) for a in boxes]
        box = boxes[costs.index(min(costs))]
        taken.append(box)
        sheet.ax.annotate(
            text, (0, 0), (box[0], box[1]), xycoords="axes fraction", textcoords="offset points", va="bottom",
            fontsize=SMALL, color=GREY, gid="threshold", parse_math=False, path_effects=HALO, zorder=6,
        )  # fmt: skip
