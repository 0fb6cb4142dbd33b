"""Names beside curves, where they run into no curve and no other name."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.plots.lanelabels import shortened
from casualtystats.plots.style import HALO, INK, SMALL
from casualtystats.plots.text import text_width

__all__ = ["label_curves"]

_WIDEST: Final = 110.0
_HIGH: Final = SMALL * 1.3
_APART: Final = 4.0
# Points between the spots that are tried, and between those of a curve that are looked at.
_STEP: Final = 12.0
_FINE: Final = 3.0

Floats = NDArray[np.float64]
Line = tuple[str, list[float], list[float]]


def label_curves(ax: Any, curves: list[Line], scale: tuple[float, float]) -> None:
    """Write the name of each curve close to it.

    Parameters
    ----------
    ax : Axes
        Axes whose lower left corner is at 0, 0.
    curves : list of (str, list of float, list of float)
        Name, and corners in data coordinates.
    scale : (float, float)
        Points per unit along both axes.
    """
    right, top = ax.get_xlim()[1] * scale[0], ax.get_ylim()[1] * scale[1]
    lines = [_dense(np.array(x) * scale[0], np.array(y) * scale[1]) for _, x, y in curves]
    taken: list[tuple[float, float, float, float]] = []
    everything = np.vstack(lines)
    for (name, _, _), line in zip(curves, lines, strict=True):
        text = shortened(name, _WIDEST, SMALL)
        wide = text_width(text, SMALL) + 2
        spots = [
            (x, y, dx, dy)
            for x, y in line[:: int(_STEP / _FINE)].tolist()
            for dx, dy in ((_APART, 2.0), (-_APART - wide, 2.0), (_APART, -2 - _HIGH), (-_APART - wide, -2 - _HIGH))
        ]
        boxes = [(x + dx, y + dy, x + dx + wide, y + dy + _HIGH) for x, y, dx, dy in spots]
        costs = [_cost(box, everything, taken, right, top) for box in boxes]
        best = costs.index(min(costs))
        taken.append(boxes[best])
        x, y, dx, dy = spots[best]
        # Held to its spot of the curve, so that it stays there when a layout changes the axes.
        ax.annotate(
            text, (x / scale[0], y / scale[1]), (dx + 1, dy + _HIGH / 2), textcoords="offset points",
            va="center_baseline", fontsize=SMALL, color=INK, path_effects=HALO, parse_math=False, gid="curve name",
            annotation_clip=False, zorder=6,
        )  # fmt: skip


def _dense(x: Floats, y: Floats) -> Floats:
    """Spots along a line, some points from each other."""
    steps: Floats = np.hypot(np.diff(x), np.diff(y))
    length: Floats = np.concatenate([np.zeros(1), np.cumsum(steps)])
    total = float(length[-1])
    at: Floats = np.linspace(0.0, total, max(2, int(total / _FINE)))
    return np.column_stack([np.interp(at, length, x), np.interp(at, length, y)])


def _cost(
    box: tuple[float, float, float, float], spots: Any, taken: list[tuple[float, float, float, float]], right: float,
    top: float,
) -> float:  # fmt: skip
    """How much a name hides there; spots close by count a little, so that names stand where there is air."""
    low_x, low_y, high_x, high_y = box
    if low_x < 1 or low_y < 1 or high_x > right - 1 or high_y > top:
        return 1e6
    away = np.maximum(
        np.maximum(low_x - spots[:, 0], spots[:, 0] - high_x), np.maximum(low_y - spots[:, 1], spots[:, 1] - high_y)
    )
    cost = float(np.where(away < 0, 10.0, np.maximum(0.0, 1 - away / 12)).sum())
    for a, b, c, d in taken:
        if low_x < c + 2 and a - 2 < high_x and low_y < d + 1 and b - 1 < high_y:
            cost += 1e4
    return cost
