"""Dated annotations: thin lines and bands, with labels over the axes that do not run into each other."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.plots.canvas import Sheet, text_width
from casualtystats.plots.dates import number
from casualtystats.plots.style import BAND, INK, SMALL

__all__ = ["draw_events", "place_labels"]

_LINE: Final = SMALL * 1.35
_AIR: Final = 8.0
_NEEDED: Final = ("start_earliest", "start_latest", "end_latest", "label")


def place_labels(spots: list[tuple[float, float]], width: float) -> list[tuple[float, int]]:
    """Left edge and row of each label, so that none runs into another or over an edge.

    Parameters
    ----------
    spots : list of (float, float)
        Where each label would start, and how wide it is, in points, from left to right.
    width : float
        The room.

    Examples
    --------
    >>> place_labels([(10, 50), (30, 50), (95, 20)], 100)
    [(10, 0), (30, 1), (80, 0)]
    """
    ends: list[float] = []
    placed: list[tuple[float, int]] = []
    for at, wide in spots:
        left = max(0, min(at, width - wide))
        row = next((row for row, end in enumerate(ends) if end + _AIR <= left), len(ends))
        ends[row:] = [left + wide] if row == len(ends) else [left + wide, *ends[row + 1 :]]
        placed.append((left, row))
    return placed


def draw_events(sheet: Sheet, events: pl.DataFrame | None) -> float:
    """Draw the events of the days that the axes show; the height in points that their labels take over the axes.

    Raises
    ------
    OptionError
        If the frame lacks a column of `cs.datasets.events`.
    """
    if events is None:
        return 0.0
    if not isinstance(events, pl.DataFrame) or not set(_NEEDED) <= set(events.columns):  # pyright: ignore[reportUnnecessaryIsInstance]
        got = ", ".join(events.columns) if isinstance(events, pl.DataFrame) else type(events).__name__
        raise OptionError(f"expected events= a frame with the columns {', '.join(_NEEDED)} (cs.datasets.events), got {got}")
    left, right = sheet.ax.get_xlim()
    scale = sheet.width / (right - left)
    shown: list[tuple[float, float, dict[str, Any]]] = []
    for row in events.sort("start_earliest", "label").to_dicts():
        first, last = number(row["start_earliest"]) - 0.5, number(_last(row)) + 0.5
        if last > left and first < right:
            shown.append((max(first, left), min(last, right), row))
    spots = [((first - left) * scale, text_width(row["label"], SMALL)) for first, _, row in shown]
    placed = place_labels(spots, sheet.width)
    rows = max((row for _, row in placed), default=-1) + 1
    for (first, last, row), (at, level) in zip(shown, placed, strict=True):
        if row["start_earliest"] == _last(row):
            first = last = (first + last) / 2
            sheet.ax.axvline(first, color=BAND, linewidth=0.7, zorder=0.6)
        else:
            sheet.ax.axvspan(first, last, color=BAND, alpha=0.16, linewidth=0, zorder=0.5)
        over = 3 + level * _LINE
        # The line goes on over the axes to the row of its label.
        sheet.ax.annotate(
            "", (first, 1), (0, over + SMALL), xycoords=("data", "axes fraction"), textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": BAND, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0}, annotation_clip=False,
        )  # fmt: skip
        sheet.ax.annotate(
            row["label"], (0, 1), (at + 2, over), xycoords="axes fraction", textcoords="offset points", fontsize=SMALL,
            color=INK, va="bottom", annotation_clip=False, parse_math=False, gid="event",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip
    return rows * _LINE + 2 if rows else 0.0


def _last(row: dict[str, Any]) -> date:
    end: date = row["end_latest"]
    return max(end, row["start_latest"])
