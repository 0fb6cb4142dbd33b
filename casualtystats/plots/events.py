"""Dated annotations: thin lines and bands, with labels over the axes that do not run into each other."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.plots.canvas import Sheet
from casualtystats.plots.dates import number
from casualtystats.plots.style import BAND, INK, SMALL
from casualtystats.plots.text import text_width

__all__ = ["draw_events", "place_labels"]

_LINE: Final = SMALL * 1.35
_AIR: Final = 8.0
_NEEDED: Final = ("start_earliest", "start_latest", "end_latest", "label")


def place_labels(spots: list[tuple[float, float]], width: float) -> list[tuple[float, int]]:
    """Left edge and row of each label, so that none runs into another, into its line, or over an edge.

    Parameters
    ----------
    spots : list of (float, float)
        Where the line of each label stands, and how wide the label is, in points, from left to right.
    width : float
        The room.

    Returns
    -------
    list of (float, int)
        Row 0 is the lowest. A label stands at the right of its line, or at its left where there is no room.

    Examples
    --------
    >>> place_labels([(10, 50), (30, 50), (95, 20)], 100)
    [(10, 2), (30, 1), (75, 0)]
    """
    placed: dict[int, tuple[float, int]] = {}
    for at in reversed(range(len(spots))):
        line, wide = spots[at]
        left = line if line + wide <= width else max(0.0, line - wide)
        rows = range(len(placed) + 1)
        costs = [
            sum(_clash((line, left, wide, row), spots[other], spot) for other, spot in placed.items()) for row in rows
        ]
        placed[at] = (left, costs.index(min(costs)))
    return [placed[at] for at in range(len(spots))]


def _clash(mine: tuple[float, float, float, int], other: tuple[float, float], spot: tuple[float, int]) -> bool:
    """Whether two labels overlap, or the line of the upper one crosses the lower one."""
    line, left, wide, row = mine
    other_line, other_wide = other
    other_left, other_row = spot
    if row == other_row:
        return left < other_left + other_wide + _AIR and other_left < left + wide + _AIR
    if row > other_row:
        return other_left - 1 < line < other_left + other_wide + 1
    return left - 1 < other_line < left + wide + 1


def draw_events(sheet: Sheet, events: pl.DataFrame | None) -> float:
    """Draw the events of the days shown; the height in points that their labels take over the axes.

    Raises
    ------
    OptionError
        If the frame lacks a column of `cs.datasets.events`.
    """
    if events is None:
        return 0.0
    if not isinstance(events, pl.DataFrame) or not set(_NEEDED) <= set(events.columns):  # pyright: ignore[reportUnnecessaryIsInstance]
        got = ", ".join(getattr(events, "columns", [type(events).__name__]))
        raise OptionError(
            f"expected events= a frame with the columns {', '.join(_NEEDED)} (cs.datasets.events), got {got}"
        )
    left, right = sheet.ax.get_xlim()
    scale = sheet.width / (right - left)
    shown: list[tuple[float, float, dict[str, Any]]] = []
    for row in events.sort("start_earliest", "label").to_dicts():
        first, last = number(row["start_earliest"]) - 0.5, number(_last(row)) + 0.5
        if last > left and first < right:
            if row["start_earliest"] == _last(row):
                first = last = (first + last) / 2
            shown.append((max(first, left), min(last, right), row))
    spots = [((first - left) * scale, text_width(row["label"], SMALL) + 4) for first, _, row in shown]
    placed = place_labels(spots, sheet.width)
    rows = max((row for _, row in placed), default=-1) + 1
    for (first, last, row), spot, (at, level) in zip(shown, spots, placed, strict=True):
        if first == last:
            sheet.ax.axvline(first, color=BAND, linewidth=0.7, zorder=0.6)
        else:
            sheet.ax.axvspan(first, last, color=BAND, alpha=0.16, linewidth=0, zorder=0.5)
        over = 3 + level * _LINE
        # The line goes on over the axes to the row of its label.
        sheet.ax.annotate(
            "",
            (first, 1),
            (0, over + SMALL),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": BAND, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
        )
        sheet.ax.annotate(
            row["label"],
            (0, 1),
            (at + (2 if at >= spot[0] - 0.01 else -2), over),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=SMALL,
            color=INK,
            va="bottom",
            annotation_clip=False,
            parse_math=False,
            gid="event",
        )
    return rows * _LINE + 2 if rows else 0.0


def _last(row: dict[str, Any]) -> date:
    end: date = row["end_latest"]
    latest: date = row["start_latest"]
    return max(end, latest)
