"""Logarithmic axes with ticks at 1, 2 and 5 times powers of ten, as many as there is room for."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from casualtystats.plots.text import text_width

__all__ = ["label", "log_ticks", "tick", "use_log"]

_AIR = 10.0


def log_ticks(low: float, high: float, points: float) -> list[float]:
    """Ticks between two values whose labels fit into a width in points.

    Examples
    --------
    >>> log_ticks(0.4, 6, 200)
    [0.5, 1.0, 2.0, 5.0]
    >>> log_ticks(0.002, 300, 120)
    [0.01, 1.0, 100.0]
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for steps, stride in (((1, 2, 5), 1), ((1,), 1), ((1,), 2), ((1,), 3)):
        powers = [power for power in range(first, last + 1) if power % stride == 0]
        # Powers of ten as they are written: products would bring their last bits.
        found = [float(f"{step}e{power}") for power in powers for step in steps]
        found = [value for value in found if low <= value <= high]
        scale = points / math.log10(high / low)
        places = [math.log10(value) * scale for value in found]
        gaps = [
            (b - a) - (text_width(label(x)) + text_width(label(y))) / 2 - _AIR
            for a, b, x, y in zip(places, places[1:], found, found[1:], strict=False)
        ]
        if len(found) >= 1 and min(gaps, default=0.0) >= 0:
            return found
    return found[:: max(1, len(found) // 2)]


def label(value: float) -> str:
    """A number on the axis.

    Examples
    --------
    >>> label(0.05), label(1_000_000.0)
    ('0.05', '1,000,000')
    """
    return f"{value:,.10g}"


def tick(value: float, _: int | None = None) -> str:
    """`label`, as matplotlib calls it."""
    return label(value)


def use_log(ax: Any, low: float, high: float, points: float) -> None:
    """Make the x axis logarithmic, from one value to another, on a width in points."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.xaxis.set_major_locator(FixedLocator(log_ticks(low, high, points)))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(tick))
