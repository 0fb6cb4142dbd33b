"""Flows as bars whose area is the count."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.flow import flow_bars
from casualtystats.plots.dates import number
from casualtystats.plots.keys import flow_key
from casualtystats.plots.style import COLOURS, DOTS, GAP, GREY, HALO, POSSIBLE, SMALL, house_style, lighter
from casualtystats.plots.text import text_width
from casualtystats.plots.tops import draw_tops, edges_of
from casualtystats.series import FlowSeries

__all__ = ["draw_bars", "flow"]

_COLOUR: Final = COLOURS[0]
_PALE: Final = lighter(_COLOUR, 0.82)
_FAINT: Final = lighter(_COLOUR, 0.93)


def flow(series: FlowSeries[Any], *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """Each interval, or each calendar cell, as a bar as wide as its period and as high as its daily rate.

    The area of a bar is its count. A bar in outline was derived by spreading reports over days; an
    arrow stands on a
    number without an upper bound; a grey band spans what the reports allow; days without a report are
    shaded, for
    silence is not zero.

    Parameters
    ----------
    series : FlowSeries
        Not split, and without intervals that overlap (else draw `series.resample(...)`).
    ax : Axes, optional
        Where to draw; by default a new figure.
    width : float, default 7
        Width of a new figure in inches.
    title : str, optional
        A short noun.

    Returns
    -------
    Axes
        `ax.figure.savefig`, or `plots.save(ax, path)`.

    Raises
    ------
    KindError, MeasureError
        If it is no flow series.
    OptionError
        If the series is split, or its intervals overlap.

    Notes
    -----
    An interval with fuzzy ends is as wide as its widest period, the days that are only possible being
    hatched; one
    with a stated length (24 hours) is as wide as that, in the middle of its dates.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": "22"}
    >>> reports = cs.read_reports(pl.DataFrame([row | {"start": "2019-04-29", "end": "2019-05-09"}]))
    >>> flow(cs.deaths(reports)).get_ylabel()
    'violent deaths per day'
    """
    bars = flow_bars(series)
    rows = bars.to_dicts()
    first: date = rows[0]["period_start"]
    last: date = rows[-1]["period_end"]
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        tops = [row["height"] or 0 for row in rows] + [row["high_rate"] for row in rows if row["top"] == "band"]
        room = 1.28 if bars["top"].is_in(["open", "beyond"]).any() else 1.08
        body = sheet.scale(f"{series.info.noun} per day", max(tops) * room, first, last)
        sheet.dress()
        draw_bars(sheet, rows)
        sheet.settle(body, 0, series.info.source_line, title, flow_key(bars))
    return sheet.axes


def draw_bars(sheet: Sheet, rows: list[dict[str, Any]]) -> None:
    """Draw bars (rows of `flow_bars`) with what stands on them, on axes whose limits are set."""
    for run in _runs(rows):
        _outline(sheet.ax, run) if run[0]["allocated"] and run[0]["state"] == "value" else _solid(sheet, run[0])
    draw_tops(sheet, rows)


def _runs(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Neighbours that were both derived share one outline; every other bar stands alone."""
    runs: list[list[dict[str, Any]]] = []
    for row in rows:
        shared = row["allocated"] and row["state"] == "value"
        before = runs[-1][-1] if runs else None
        if (
            shared
            and before
            and before["allocated"]
            and before["state"] == "value"
            and before["partial"] == row["partial"]
        ):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _outline(ax: Any, run: list[dict[str, Any]]) -> None:
    edges = [number(row["period_start"]) - 0.5 for row in run] + [number(run[-1]["period_end"]) + 0.5]
    heights = [row["height"] for row in run]
    hatch = DOTS if run[0]["partial"] else None
    ax.stairs(
        heights,
        edges,
        fill=True,
        facecolor=_PALE,
        edgecolor=lighter(_COLOUR, 0.35),
        linewidth=0,
        hatch=hatch,
        zorder=2,
    )
    ax.stairs(heights, edges, baseline=0, color=_COLOUR, linewidth=1.0, zorder=3)
    if len(run) <= 60:
        ax.vlines(edges[1:-1], 0, [min(a, b) for a, b in pairwise(heights)], color=_COLOUR,
                  linewidth=0.35, zorder=3)  # fmt: skip


def _solid(sheet: Sheet, row: dict[str, Any]) -> None:
    ax = sheet.ax
    start, end = edges_of(row)
    if row["state"] in ("no report", "unbounded"):
        _column(sheet, row, start, end)
        return
    height = row["height"]
    if row["state"] == "none reported" or not height:
        ax.plot(
            [start, end],
            [0, 0],
            color=_COLOUR,
            linewidth=2.4,
            solid_capstyle="butt",
            clip_on=False,
            zorder=4,
            linestyle="-" if row["state"] != "floor" else (0, (1.5, 1)),
        )
        return
    floor, fuzzy = row["state"] == "floor", row["days"] == end - start
    sure = (number(row["start_latest"]) - 0.5, number(row["end_earliest"]) + 0.5) if fuzzy else (start, end)
    sure = (max(start, sure[0]), min(end, sure[1]))
    parts = (
        [(start, end, True)] if sure[0] >= sure[1] else [(start, sure[0], True), (*sure, False), (sure[1], end, True)]
    )
    for a, b, only_possible in parts:
        if b > a:
            face = _PALE if only_possible else lighter(_COLOUR, 0.6) if floor else _COLOUR
            hatch = POSSIBLE if only_possible else DOTS if row["partial"] else None
            edge = _COLOUR if only_possible else "white"
            box = Rectangle((a, 0), b - a, height, facecolor=face, edgecolor=edge, linewidth=0, hatch=hatch, zorder=2)
            box.set_hatch_linewidth(0.6)
            ax.add_patch(box)
    # A floor has no lid: its top is dashed.
    ax.plot([start, start], [0, height], color=_COLOUR, linewidth=0.8, zorder=3)
    ax.plot([end, end], [0, height], color=_COLOUR, linewidth=0.8, zorder=3)
    ax.plot(
        [start, end],
        [height, height],
        color=_COLOUR,
        linewidth=1.0,
        linestyle=(0, (3, 2)) if floor else "-",
        zorder=3,
    )


def _column(sheet: Sheet, row: dict[str, Any], start: float, end: float) -> None:
    """Days without a report, or with one that bounds nothing, from the ground to the top: neither is zero."""
    silent = row["state"] == "no report"
    stated = "" if row["stated"] is None else f" ({row['stated']:,} stated)"
    texts = ["no report"] if silent else [f"not bounded{stated}", "not bounded"]
    look: dict[str, Any] = (
        {"facecolor": GAP} if silent else {"facecolor": _FAINT, "edgecolor": lighter(_COLOUR), "hatch": ".."}
    )
    sheet.ax.axvspan(start, end, linewidth=0, zorder=0.3, **look)
    if not silent:
        sheet.ax.plot(
            [start, end],
            [0, 0],
            color=_COLOUR,
            linewidth=2.4,
            solid_capstyle="butt",
            linestyle=(0, (1.5, 1)),
            clip_on=False,
            zorder=4,
        )
    left, right = sheet.ax.get_xlim()
    room = (end - start) * sheet.width / (right - left)
    for text in texts:
        for turn, need in ((0, text_width(text, SMALL) + 4), (90, SMALL * 1.6)):
            if room > need:
                sheet.ax.annotate(
                    text,
                    ((start + end) / 2, 0),
                    (0, 4 if silent else 16),
                    textcoords="offset points",
                    ha="center",
                    va="bottom",
                    fontsize=SMALL,
                    color=GREY,
                    rotation=turn,
                    gid="gap",
                    path_effects=None if silent else HALO,
                )
                return
