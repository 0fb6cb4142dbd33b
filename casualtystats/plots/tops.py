"""What stands on the bars of a flow: bands of what the reports allow, and arrows where nothing does."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.patches import Rectangle

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.dates import number
from casualtystats.plots.style import BAND, HALO, INK, UP

__all__ = ["draw_tops", "edges_of"]

# Points of width below which a cell is drawn without details.
_NARROW: Final = 8.0
_BAND_SHARE: Final = 0.32


def edges_of(row: dict[str, Any]) -> tuple[float, float]:
    """Where a bar starts and ends: over its dates, or, with a stated length, in the middle of them."""
    start, end = number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5
    spare = (end - start - row["days"]) / 2
    return (start + spare, end - spare) if row["state"] not in ("no report", "unbounded") else (start, end)


def draw_tops(sheet: Sheet, rows: list[dict[str, Any]]) -> None:
    """Bands of what the reports allow; arrows where nothing, or nothing that can be drawn, bounds a bar."""
    left, right = sheet.ax.get_xlim()
    scale = sheet.width / (right - left)
    before: tuple[Any, ...] = ()
    group: list[dict[str, Any]] = []
    for row in [*rows, None]:
        if row is not None and row["top"] == "band":
            start, end = edges_of(row)
            # Bands of narrow cells touch each other: slits between them would dazzle.
            narrow = (end - start) * scale < _NARROW
            half = (end - start) * (1 if narrow else _BAND_SHARE) / 2
            middle = (start + end) / 2
            sheet.ax.add_patch(
                Rectangle(
                    (middle - half, row["low_rate"]),
                    2 * half,
                    row["high_rate"] - row["low_rate"],
                    facecolor=BAND,
                    alpha=0.3,
                    edgecolor=INK,
                    linewidth=0 if narrow else 0.5,
                    zorder=1.8 if narrow else 3.5,
                )
            )
        # Neighbours alike share an arrow: a forest of them would say no more.
        like = (
            ()
            if row is None or row["top"] not in ("open", "beyond")
            else (row["top"], row["state"], row["allocated"], row["height"])
        )
        if group and (row is None or like != before or not row["allocated"]):
            _arrow(sheet.ax, group, scale)
            group = []
        if like and row is not None:
            group.append(row)
        before = like


def _arrow(ax: Any, group: list[dict[str, Any]], scale: float) -> None:
    start, end = edges_of(group[0])[0], edges_of(group[-1])[1]
    beyond = group[0]["top"] == "beyond"
    ax.plot(
        [(start + end) / 2],
        [group[0]["height"]],
        marker=UP,
        markersize=20 if (end - start) * scale >= _NARROW else 13,
        markerfacecolor="white" if beyond else INK,
        markeredgecolor=INK,
        markeredgewidth=0.7 if beyond else 0,
        linestyle="none",
        zorder=5,
        path_effects=None if beyond else HALO,
    )
