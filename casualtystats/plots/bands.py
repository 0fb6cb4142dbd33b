"""The band of a ledger: each calendar cell from its lower to its upper bound, and what it looks like where one is missing."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import polars as pl
from matplotlib.patches import Rectangle

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.dates import number
from casualtystats.plots.style import BAND, COLOURS, GREY, HALO, INK, SMALL, UP, lighter
from casualtystats.plots.text import text_width
from casualtystats.printing import format_count

__all__ = ["band_top", "draw_cells"]

_DASHED: Final = (0, (3, 2))
# Points of an arrow, and of the room that it needs under the upper edge.
_ARROW: Final = 20.0
_HEAD: Final = 15.0


def band_top(cells: pl.DataFrame) -> float:
    """How high the axis goes: over all bounds that are drawn, with room for arrows.

    Examples
    --------
    >>> cells = pl.DataFrame({"low": [0, 2], "high": [100, 9000], "beyond": [False, True], "state": ["band", "band"]})
    >>> band_top(cells)
    130.0
    """
    drawn: list[int] = [*cells["low"].to_list(), *cells.filter(~pl.col("beyond"))["high"].drop_nulls().to_list()]
    arrows = cells["beyond"].any() or cells["state"].is_in(["floor"]).any()
    return max(drawn, default=0) * (1.3 if arrows else 1.08)


def draw_cells(sheet: Sheet, cells: pl.DataFrame, body: float) -> None:
    """Draw the cells (columns of `band_cells`) on axes of `body` points of height whose scales are set."""
    rows = cells.to_dicts()
    for unbounded, group in groupby(rows, lambda row: row["state"] == "unbounded"):
        run = list(group)
        if unbounded:
            _hatched(sheet, _edge(run[0], 0), _edge(run[-1], 1), body)
        else:
            _filled(sheet, run)
    if not cells.filter((pl.col("low") > 0) | (pl.col("high") > 0)).height:
        # Nothing has a height: marks of a scale would make one up.
        sheet.ax.set_yticks([0] if (cells["state"] == "exact").any() else [])
    _arrows(sheet, rows, body)


def _edge(row: dict[str, Any], side: int) -> float:
    return number(row["period_end"]) + 0.5 if side else number(row["period_start"]) - 0.5


def _filled(sheet: Sheet, run: list[dict[str, Any]]) -> None:
    """Neighbours that something bounds: their fill, and lines along their lower and upper bounds."""
    ax, top = sheet.ax, sheet.ax.get_ylim()[1]
    for row in run:
        a, b = _edge(row, 0), _edge(row, 1)
        lidless = row["high"] is None or row["beyond"]
        high = top if lidless else row["high"]
        # What has no lid goes out of the picture, paler.
        shade = 0.14 if row["high"] is None else 0.3
        box = Rectangle((a, row["low"]), b - a, high - row["low"], facecolor=BAND, alpha=shade, linewidth=0, zorder=1.5)
        ax.add_patch(box)
    for floor, group in groupby(run, lambda row: row["state"] == "floor"):
        part = list(group)
        look: dict[str, Any] = {"linewidth": 1.2, "linestyle": _DASHED} if floor else {"linewidth": 1.2}
        _along(ax, part, "low", **look)
    for lid, group in groupby(run, lambda row: row["high"] is not None and not row["beyond"]):
        if lid:
            _along(ax, list(group), "high", linewidth=1.2)


def _along(ax: Any, run: list[dict[str, Any]], name: str, **look: Any) -> None:
    edges = [_edge(row, 0) for row in run] + [_edge(run[-1], 1)]
    line = ax.stairs([row[name] for row in run], edges, baseline=None, color=INK, zorder=3, **look)
    # A bound of 0 lies on the axis, and is seen whole.
    line.set_clip_on(False)


def _hatched(sheet: Sheet, start: float, end: float, body: float) -> None:
    """Days that nothing bounds, from the ground to the top: they are not zero."""
    ax, colour = sheet.ax, lighter(COLOURS[0])
    ax.axvspan(start, end, linewidth=0, zorder=0.3, facecolor=lighter(COLOURS[0], 0.93), edgecolor=colour, hatch="..")
    left, right = ax.get_xlim()
    room = (end - start) * sheet.width / (right - left)
    wide, high = text_width("not bounded", SMALL) + 4, SMALL * 1.6
    for turn, across, up in ((0, wide, high), (90, high, wide)):
        if room > across and body - 10 > up:
            ax.annotate(
                "not bounded", ((start + end) / 2, 0), (0, 10), textcoords="offset points", ha="center", va="bottom",
                fontsize=SMALL, color=GREY, rotation=turn, gid="gap", path_effects=HALO,
            )  # fmt: skip
            return


def _arrows(sheet: Sheet, rows: list[dict[str, Any]], body: float) -> None:
    """One arrow for neighbours alike: on a lower bound without an upper one, or under an upper one above the picture."""
    ax, top = sheet.ax, sheet.ax.get_ylim()[1]
    left, right = ax.get_xlim()
    scale = sheet.width / (right - left)
    reached = left
    for (kind, value), group in groupby(rows, _arrow_of):
        if not kind:
            continue
        run = list(group)
        x = (_edge(run[0], 0) + _edge(run[-1], 1)) / 2
        hollow = kind == "beyond"
        y = top * (1 - _HEAD / body) if hollow else value
        ax.plot(
            [x], [y], marker=UP, markersize=_ARROW, markerfacecolor="white" if hollow else INK, markeredgecolor=INK,
            markeredgewidth=0.7 if hollow else 0, linestyle="none", zorder=5, path_effects=None if hollow else HALO,
        )  # fmt: skip
        text = format_count(value)
        begins, ends = x + 6 / scale, x + (6 + text_width(text, SMALL)) / scale
        if hollow and begins > reached and ends < right:
            reached = ends + 3 / scale
            ax.annotate(
                text, (x, y), (6, 5), textcoords="offset points", va="center_baseline", fontsize=SMALL, color=INK,
                gid="value", zorder=6, path_effects=HALO,
            )  # fmt: skip


def _arrow_of(row: dict[str, Any]) -> tuple[str, int]:
    if row["beyond"]:
        return "beyond", row["high"]
    return ("open", row["low"]) if row["state"] == "floor" else ("", 0)
