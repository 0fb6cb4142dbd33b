"""Lanes: one bar a report, under the name of its source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl
from matplotlib.patches import Rectangle

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.dates import day_label, number, use_dates
from casualtystats.plots.events import draw_events
from casualtystats.plots.keys import lane_key
from casualtystats.plots.signs import draw_signs, signs_width
from casualtystats.plots.style import (
    BAND,
    COLOURS,
    FAINT,
    GREY,
    HALO,
    INK,
    POSSIBLE,
    SMALL,
    UNKNOWN,
    lighter,
)
from casualtystats.plots.text import text_width, wrap

__all__ = ["Placed", "draw_lanes", "lane_text", "lanes_height", "place_lane", "stack_lanes"]

_HEAD: Final = 15.0
_LANE: Final = 13.0
_LINE: Final = SMALL * 1.3
_THICK: Final = {"flow": 7.0, "cumulative": 3.0, "stock": 3.0}
# Of the width, what bars keep at least when room is made for labels at their right.
_BARS: Final = 0.55


@dataclass
class Placed:
    """A lane with the place of its text: right of the bar, left of it, or over it."""

    row: dict[str, Any]
    side: str
    lines: list[str]

    @property
    def height(self) -> float:
        """Points that the lane takes."""
        return _LANE + (len(self.lines) * _LINE if self.side == "over" else 0)


def draw_lanes(
    sheet: Sheet,
    lanes: pl.DataFrame,
    first: date | None,
    last: date | None,
    events: pl.DataFrame | None,
    line: str,
    title: str | None,
    *,
    tail: bool,
) -> None:
    """Draw a bar a row (columns of `report_lanes`); with `tail`, hatch what is not known after it."""
    rows = lanes.to_dicts()
    # Half a date label may stand out at the left.
    sheet.side_margins(15, 18)
    start = first or min(row["start"] for row in rows)
    end = last or max(row["end"] for row in rows)
    use_dates(sheet.ax, start, end)
    if last is None:
        left, right = sheet.ax.get_xlim()
        sheet.ax.set_xlim(left, left + (right - left) * 7 / 6 if tail else _room(sheet, rows, left, right))
    placed = [place_lane(sheet, row, lane_text(row, first, last), over=tail) for row in rows]
    body = stack_lanes(sheet, placed, tail=tail)
    sheet.dress(grid=False)
    sheet.ax.spines["left"].set_visible(False)
    sheet.ax.set_yticks([])
    above = draw_events(sheet, events)
    sheet.settle(body if sheet.own else sheet.height, above, line, title, lane_key(rows, tail=tail))


def lane_text(row: dict[str, Any], first: date | None, last: date | None) -> str:
    """The text of a lane, with the dates of a bar that is cut at the first or last day shown."""
    parts: list[str] = []
    if first is not None and row["start"] < first:
        parts.append(f"from {day_label(row['start'])}")
    if last is not None and row["end"] > last:
        parts.append(f"to {day_label(row['end'])}")
    return f"{row['text']} ({' '.join(parts)})" if parts else str(row["text"])


def _needs(row: dict[str, Any], text: str) -> float:
    return text_width(text, SMALL) + signs_width(row) + (12 if row["kind"] == "stock" else 8)


def _room(sheet: Sheet, rows: list[dict[str, Any]], left: float, right: float) -> float:
    """A right limit with room for the texts beside the bars, as far as bars keep their share of the width."""
    most = left + (right - left) / _BARS
    limit = right
    for row in rows:
        share = 1 - _needs(row, row["text"]) / sheet.width
        reach = left + (number(row["end"]) + 0.5 - left) / share if share > 0 else most + 1
        if reach <= most:
            limit = max(limit, reach)
    return limit


def place_lane(sheet: Sheet, row: dict[str, Any], text: str, *, over: bool) -> Placed:
    """Find room for the text of a lane: beside its bar, else over it."""
    left, right = sheet.ax.get_xlim()
    scale = sheet.width / (right - left)
    need = _needs(row, text)
    if not over and (number(row["end"]) + 0.5 - left) * scale + need <= sheet.width + 0.01:
        return Placed(row, "right", [text])
    if not over and (number(row["start"]) - 0.5 - left) * scale >= need:
        return Placed(row, "left", [text])
    return Placed(row, "over", wrap(text, sheet.width - 4 - signs_width(row), SMALL))


def lanes_height(sheet: Sheet, placed: list[Placed]) -> float:
    """Points that lanes take, with the names of their sources."""
    names = dict.fromkeys(lane.row["source"] for lane in placed)
    heads = sum(_HEAD + (len(wrap(name, sheet.width - 4, SMALL, bold=True)) - 1) * _LINE for name in names)
    return heads + sum(lane.height for lane in placed) + 4


def stack_lanes(sheet: Sheet, placed: list[Placed], *, tail: bool) -> float:
    """Draw the lanes under each other, in points from the top; how many points they take."""
    sources = list(dict.fromkeys(lane.row["source"] for lane in placed))
    y = 0.0
    for number_, source in enumerate(sources):
        lines = wrap(source, sheet.width - 4, SMALL, bold=True)
        if y:
            sheet.ax.axhline(y + 2, color=FAINT, linewidth=0.6, zorder=0.4)
        y += _HEAD + (len(lines) - 1) * _LINE
        sheet.ax.annotate(
            "\n".join(lines),
            (0, y - 2),
            (2, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize=SMALL,
            fontweight="bold",
            color=INK,
            va="bottom",
            parse_math=False,
            gid="source-name",
        )
        for lane in placed:
            if lane.row["source"] == source:
                _lane(sheet, lane, y + lane.height - _LANE / 2, COLOURS[number_ % len(COLOURS)], tail=tail)
                y += lane.height
    sheet.ax.set_ylim(y + 4, 0)
    return y + 4


def _lane(sheet: Sheet, lane: Placed, y: float, colour: str, *, tail: bool) -> None:
    row, ax = lane.row, sheet.ax
    left, right = ax.get_xlim()
    start, end = max(left, number(row["start"]) - 0.5), min(right, number(row["end"]) + 0.5)
    sure, until = max(start, number(row["start_latest"]) - 0.5), min(end, number(row["end_earliest"]) + 0.5)
    stock = row["kind"] == "stock"
    thick = _THICK[row["kind"]]
    possible = (
        [(start, end)] if sure >= until or (stock and row["start"] != row["end"]) else [(start, sure), (until, end)]
    )
    for a, b in possible:
        if b > a and not (stock and row["start"] == row["end"]):
            _box(ax, a, b, y, max(thick, 5), lighter(colour, 0.8), colour, POSSIBLE)
    if stock:
        face = colour if row["start"] == row["end"] else "white"
        ax.plot(
            [(start + end) / 2],
            [y],
            marker="D",
            markersize=5.5,
            markerfacecolor=face,
            markeredgecolor=colour,
            linestyle="none",
            zorder=4,
        )
    elif until > sure and row.get("left_out"):
        # What a rule leaves out stays to be seen, hollow.
        hollow: dict[str, Any] = {
            "facecolor": "white",
            "edgecolor": colour,
            "linewidth": 0.9,
            "linestyle": (0, (2, 1.5)),
        }
        ax.add_patch(Rectangle((sure, y - 2.5), until - sure, 5, zorder=2, **hollow))
    elif until > sure:
        _box(ax, sure, until, y, thick, colour, "none", None)
    if row["kind"] == "cumulative" and end < right:
        ax.plot([end, end], [y - 4, y + 4], color=colour, linewidth=1.4, solid_capstyle="butt", zorder=3)
    if number(row["start"]) - 0.5 < left:
        ax.plot([left], [y], marker="<", markersize=5, color=colour, clip_on=False, zorder=4)
    if number(row["end"]) + 0.5 > right:
        ax.plot([right], [y], marker=">", markersize=5, color=colour, clip_on=False, zorder=4)
    if tail and not stock:
        _box(ax, end, right, y, thick, "white", BAND, UNKNOWN)
    _print(sheet, lane, y, start, end)


def _box(ax: Any, a: float, b: float, y: float, thick: float, face: str, edge: str, hatch: str | None) -> None:
    box = Rectangle(
        (a, y - thick / 2), b - a, thick, facecolor=face, edgecolor=edge, linewidth=0, hatch=hatch, zorder=2
    )
    box.set_hatch_linewidth(0.6)
    ax.add_patch(box)


def _print(sheet: Sheet, lane: Placed, y: float, start: float, end: float) -> None:
    row, ax = lane.row, sheet.ax
    left, right = ax.get_xlim()
    scale = sheet.width / (right - left)
    mark, after = signs_width(row), 4.0 if row["kind"] == "stock" else 0.0
    widest = max(text_width(line, SMALL) for line in lane.lines)
    if lane.side == "right":
        x, at = end, 3 + after
    elif lane.side == "left":
        x, at = start, -3 - after - mark - widest
    else:
        x, at = left, max(2.0, min((start - left) * scale, sheet.width - widest - mark - 2))
    height = -(_LANE / 2 - 1 + len(lane.lines) * _LINE / 2) if lane.side == "over" else 0.0
    ax.annotate(
        "\n".join(lane.lines),
        (x, y + height),
        (at + mark, 0),
        textcoords="offset points",
        va="center_baseline",
        fontsize=SMALL,
        color=GREY if row.get("left_out") else INK,
        parse_math=False,
        gid="value",
        zorder=6,
        path_effects=HALO,
    )
    first = height - (len(lane.lines) - 1) * _LINE / 2 if height else 0.0
    draw_signs(ax, row, (x, y + first), at)
