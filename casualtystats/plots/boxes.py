"""Totals as boxes over the days of their periods, whose area is the count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.collections import LineCollection, PolyCollection

from casualtystats.plots.dates import number
from casualtystats.plots.style import COLOURS, DOWN, HALO, INK, POSSIBLE, UP, lighter

__all__ = ["Scale", "draw_totals"]

_COLOUR: Final = COLOURS[0]
_EXACT: Final = lighter(_COLOUR, 0.5)
_PALE: Final = lighter(_COLOUR, 0.82)
_DASHED: Final = (0, (3, 2))
# Points of width below which a box has no outline of its own, and between arrows of neighbours.
_NARROW: Final = 3.0
_BETWEEN: Final = 7.0
_ARROW: Final = 20.0


@dataclass(frozen=True)
class Scale:
    """Points a day, the highest value to be seen, and points of height."""

    day: float
    top: float
    height: float


def draw_totals(ax: Any, rows: list[dict[str, Any]], scale: Scale) -> None:
    """Draw totals (columns of `TrendPicture.totals`).

    Parameters
    ----------
    ax : Axes
        Where to draw; its limits are set.
    rows : list of dict
        The totals.
    scale : Scale
        Its scales.
    """
    fills: dict[tuple[str, bool], list[Any]] = {}
    lines: dict[str, list[Any]] = {"-": [], "--": []}
    reached = float("-inf")
    for row in rows:
        start, shares = number(row["period_start"]) - 0.5, np.array(row["shares"])
        low, high = shares * row["low"], None if row["high"] is None else shares * row["high"]
        if high is not None and row["beyond"]:
            high = np.minimum(high, scale.top * 2)
        face = _EXACT if row["state"] == "exact" else _PALE
        for a, b, possible in _parts(row):
            fills.setdefault((_PALE if possible else face, possible), []).append(_polygon(start, low, a, b))
            if high is not None and row["state"] != "exact" and possible:
                fills.setdefault(("none", True), []).append(_polygon(start, high, a, b, low))
        if len(shares) * scale.day >= _NARROW:
            _outline(lines, row, start, low, high)
        reached = _arrow(ax, row, start, scale, reached)
    for (face, possible), boxes in fills.items():
        ax.add_collection(
            PolyCollection(
                boxes, facecolor=face, edgecolor=_COLOUR if possible else "none", linewidth=0,
                hatch=POSSIBLE if possible else None, hatch_linewidth=0.5, zorder=1.5,
            ),
            autolim=False,
        )  # fmt: skip
    for style, paths in lines.items():
        ax.add_collection(
            LineCollection(paths, color=_COLOUR, linewidth=0.9, linestyle="-" if style == "-" else _DASHED, zorder=2),
            autolim=False,
        )
    _zeros(ax, rows)


def _parts(row: dict[str, Any]) -> Iterator[tuple[int, int, bool]]:
    """The days from a to b - 1 that a total does, or only may, speak about."""
    length = len(row["shares"])
    if row["sure_start"] is None:
        yield 0, length, True
        return
    a = (row["sure_start"] - row["period_start"]).days
    b = (row["sure_end"] - row["period_start"]).days + 1
    for begin, end, possible in ((0, a, True), (a, b, False), (b, length, True)):
        if end > begin:
            yield begin, end, possible


def _steps(start: float, heights: Any, a: int, b: int) -> Any:
    """The upper edge of the days a to b - 1."""
    x = np.repeat(start + np.arange(a, b + 1), 2)[1:-1]
    return np.column_stack([x, np.repeat(heights[a:b], 2)])


def _polygon(start: float, heights: Any, a: int, b: int, ground: Any = None) -> Any:
    upper = _steps(start, heights, a, b)
    lower = _steps(start, np.zeros(len(heights)) if ground is None else ground, a, b)
    return np.concatenate([upper, lower[::-1]])


def _outline(lines: dict[str, list[Any]], row: dict[str, Any], start: float, low: Any, high: Any) -> None:
    length = len(low)
    if row["state"] in ("floor", "exact"):
        lid = _steps(start, low, 0, length)
        sides = [[[x, 0.0], [x, y]] for x, y in (lid[0], lid[-1])]
        if row["low"]:
            lines["-"] += sides
            lines["-" if row["state"] == "exact" else "--"].append(lid)
        return
    box = _polygon(start, high, 0, length, low)
    lines["-"].append(np.concatenate([box, box[:1]]))


def _arrow(ax: Any, row: dict[str, Any], start: float, scale: Scale, reached: float) -> float:
    """An arrow on a lower bound, under an upper one, or where a box goes on above; where the last one drawn stands."""
    if row["state"] in ("exact", "range") and not row["beyond"]:
        return reached
    shares = np.array(row["shares"])
    highest = np.flatnonzero(shares > shares.max() * (1 - 1e-9))
    x = start + (highest[0] + highest[-1] + 1) / 2
    if (x - reached) * scale.day < _BETWEEN:
        return reached
    beyond = row["beyond"]
    hang = row["state"] == "ceiling" and not beyond
    y = scale.top * (1 - 0.75 * _ARROW / scale.height) if beyond else row["high_rate"] if hang else row["low_rate"]
    ax.plot(
        [x], [y], marker=DOWN if hang else UP, markersize=_ARROW, markerfacecolor="white" if beyond else INK,
        markeredgecolor=INK, markeredgewidth=0.7 if beyond else 0, linestyle="none", zorder=5,
        path_effects=None if beyond else HALO, gid="beyond" if beyond else "ceiling" if hang else "floor",
    )  # fmt: skip
    return float(x)


def _zeros(ax: Any, rows: list[dict[str, Any]]) -> None:
    """A total of zero is a line on the ground: it was reported."""
    for row in rows:
        if row["high"] == 0:
            ends = [number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5]
            ax.plot(
                ends, [0, 0], color=_COLOUR, linewidth=2.4, solid_capstyle="butt", clip_on=False, zorder=4, gid="zero"
            )
