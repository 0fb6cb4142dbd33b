"""How wide texts are, and lines that fit: measured without a renderer."""

from __future__ import annotations

from functools import lru_cache

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from casualtystats.plots.style import TEXT

__all__ = ["balanced", "text_width", "wrap"]


@lru_cache(maxsize=4096)
def _width(text: str, size: float, bold: bool, family: tuple[str, ...]) -> float:
    font = FontProperties(family=list(family), size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def text_width(text: str, size: float = TEXT, bold: bool = False) -> float:
    """How many points wide a line of text will be.

    Examples
    --------
    >>> 0 < text_width("12") < text_width("1,234")
    True
    """
    family: list[str] = mpl.rcParams["font.family"]
    return _width(text, size, bold, tuple(family))


def wrap(text: str, points: float, size: float = TEXT, bold: bool = False) -> list[str]:
    """Lines no wider than a number of points; a word that is wider than that is cut, with an ellipsis.

    Examples
    --------
    >>> wrap("violent deaths of civilians per day", 90)
    ['violent deaths of', 'civilians per day']
    """
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(joined, size, bold) <= points:
            lines[-1] = joined
            continue
        while len(word) > 2 and text_width(word, size, bold) > points:
            word = word.rstrip("…")[:-1] + "…"
        lines.append(word)
    return lines


def balanced(text: str, points: float) -> list[str]:
    """As few lines as fit, of about the same length.

    Examples
    --------
    >>> balanced("violent deaths of civilians per day", 130)
    ['violent deaths of', 'civilians per day']
    """
    lines = wrap(text, points)
    while points > 20 and len(narrower := wrap(text, points - 5)) == len(lines) and "…" not in "".join(narrower):
        lines, points = narrower, points - 5
    return lines
