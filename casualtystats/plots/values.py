"""Values printed beside points, where they run into nothing."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.dates import number
from casualtystats.plots.style import HALO, INK, SMALL
from casualtystats.plots.text import text_width
from casualtystats.printing import format_count

__all__ = ["print_values"]


def print_values(sheet: Sheet, points: pl.DataFrame, body: float) -> None:
    """Print the value at each point where it runs into no other point and no other value."""
    left, right = sheet.ax.get_xlim()
    _, top = sheet.ax.get_ylim()
    spots = [
        ((number(row["date"]) - left) * sheet.width / (right - left), row["value"] * body / top, row)
        for row in points.to_dicts()
    ]
    # Room that is taken: points with their arrows, as boxes (left, bottom, right, top).
    taken = [(x - 4, y - 4, x + 4, y + (13 if row["open_top"] else 4)) for x, y, row in spots]
    for (x, y, row), (later_x, later_y, later) in pairwise(spots):
        if row["line"] == later["line"]:
            taken += [
                (x, y - 1, later_x, y + 1),
                (later_x - 1, min(y, later_y), later_x + 1, max(y, later_y)),
            ]
    for x, y, row in sorted(spots, key=lambda spot: (-spot[1], spot[0])):
        text = format_count(row["value"])
        wide = text_width(text, SMALL)
        # Off the level of the point, where its line runs.
        for dx, dy in ((6, 7), (6, -8), (-6 - wide, 7), (-6 - wide, -8)):
            box = (x + dx, y + dy - SMALL / 2, x + dx + wide, y + dy + SMALL / 2)
            inside = box[0] >= 0 and box[2] <= sheet.width + 14 and box[1] >= 0
            if inside and not any(box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken):
                taken.append(box)
                sheet.ax.annotate(
                    text,
                    (number(row["date"]), row["value"]),
                    (dx, dy),
                    textcoords="offset points",
                    va="center_baseline",
                    fontsize=SMALL,
                    color=INK,
                    zorder=6,
                    gid="value",
                    path_effects=HALO,
                )
                break
