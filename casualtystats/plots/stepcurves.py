"""Curves that change on single days only, with the interval of each step: told apart by line as well as by colour."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from casualtystats.plots.style import COLOURS, INK, LINES

__all__ = ["HUES", "THICK", "draw_interval", "draw_line", "steps"]

THICK: Final = 1.5
# Luminance steps as well as hues: blue, black, amber, green.
HUES: Final = (COLOURS[0], INK, COLOURS[1], COLOURS[2])
# Of one band, and of several.
_PALE: Final = (0.16, 0.1)


def steps(days: Sequence[float], values: Sequence[float | None], end: float) -> tuple[list[float], list[float]]:
    """The corners of a step function, up to a last day; steps without a value are left out.

    Examples
    --------
    >>> steps([0, 3], [1.0, 0.5], 5)
    ([0, 3, 3, 5], [1.0, 1.0, 0.5, 0.5])
    """
    x, y = list[float](), list[float]()
    for (here, after), value in zip(pairwise([*days, max(end, days[-1])]), values, strict=True):
        if value is not None:
            x += [here, after]
            y += [value, value]
    return x, y


def draw_line(ax: Any, x: Sequence[float], y: Sequence[float], at: int) -> None:
    """Draw a curve in the look of the n-th."""
    ax.plot(
        x, y, color=HUES[at], linewidth=THICK, linestyle=LINES[at], zorder=3 + 0.05 * at, gid="curve",
        solid_joinstyle="miter", solid_capstyle="butt",
    )  # fmt: skip


def draw_interval(
    ax: Any, days: Sequence[float], low: Sequence[float | None], high: Sequence[float | None], end: float, at: int, *,
    several: bool,
) -> None:  # fmt: skip
    """Draw the band of a curve, and its edges in the curve's line; steps without an interval are left out."""
    known = [one is not None and other is not None for one, other in zip(low, high, strict=True)]
    if not any(known):
        return
    x, lows = steps(days, [value if there else None for value, there in zip(low, known, strict=True)], end)
    _, highs = steps(days, [value if there else None for value, there in zip(high, known, strict=True)], end)
    ax.fill_between(
        x, lows, highs, color=HUES[at], alpha=_PALE[several], linewidth=0, zorder=1.5 + 0.1 * at, gid="band"
    )
    for edge in (lows, highs):
        ax.plot(x, edge, color=HUES[at], linewidth=0.5, linestyle=LINES[at], alpha=0.8, zorder=2)
