"""Signs before the number of a lane: an arrow where it is one-sided, a boxed number for each group it belongs to.

They are shapes, not colours, so that they are seen in greyscale.
"""

from __future__ import annotations

from typing import Any, Final

from matplotlib.transforms import offset_copy

from casualtystats.plots.style import DOWN_SIGN, INK, UP_SIGN
from casualtystats.plots.text import text_width

__all__ = ["draw_box", "draw_signs", "signs_width"]

_ARROW: Final = 8.0
_DIGIT: Final = 6.0
_PAD: Final = 1.6
_BETWEEN: Final = 3.0


def signs_width(row: dict[str, Any]) -> float:
    """Points that the signs of a lane take.

    Examples
    --------
    >>> signs_width({"open_top": False, "open_bottom": False}), signs_width({"open_top": True, "open_bottom": False})
    (0.0, 8.0)
    """
    arrow = _ARROW if row["open_top"] or row["open_bottom"] else 0.0
    return arrow + sum(box_width(sign["text"]) for sign in row.get("signs") or ())


def box_width(text: str) -> float:
    """Points that a boxed number takes, with the air after it."""
    return text_width(text, _DIGIT, bold=True) + 2 * _PAD + _BETWEEN


def draw_signs(ax: Any, row: dict[str, Any], at: tuple[float, float], points: float) -> None:
    """Draw the signs of a lane.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    row : dict
        `open_top`, `open_bottom`, and `signs` (a list of {"text", "dashed"}) where there are any.
    at : tuple of float
        A spot at the height of the text, in data coordinates.
    points : float
        How far right of it the signs begin, in points.
    """
    for sign in row.get("signs") or ():
        draw_box(ax, sign["text"], at, points, dashed=sign["dashed"])
        points += box_width(sign["text"])
    if row["open_top"] or row["open_bottom"]:
        moved = offset_copy(ax.transData, ax.get_figure(root=True), x=points + _ARROW / 2 - 1, units="points")
        ax.plot(
            [at[0]], [at[1]], marker=UP_SIGN if row["open_top"] else DOWN_SIGN, markersize=9, color=INK,
            linestyle="none", markeredgewidth=0, zorder=5, transform=moved,
        )  # fmt: skip


def draw_box(
    ax: Any, text: str, at: tuple[float, float], points: float, *, dashed: bool, coords: Any = "data", down: float = 0
) -> None:
    """Draw a boxed number, `points` to the right of a spot and `down` points below it; dashed for a tension."""
    ax.annotate(
        text, at, (points + _PAD, -down), xycoords=coords, textcoords="offset points", va="center_baseline",
        fontsize=_DIGIT, fontweight="bold", color=INK, gid="sign", zorder=6.5, annotation_clip=False,
        bbox={
            "boxstyle": f"square,pad={_PAD / _DIGIT}", "facecolor": "white", "edgecolor": INK,
            "linewidth": 0.7, "linestyle": (0, (1.6, 1.1)) if dashed else "-",
        },
    )  # fmt: skip
