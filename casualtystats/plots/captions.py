"""Axes with a sentence between title and key: a picture of a result says the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.style import INK, TEXT
from casualtystats.plots.text import wrap

__all__ = ["Captioned"]

_LINE: Final = 1.3


@dataclass
class Captioned(Sheet):
    """A sheet with a sentence under its title, over the key.

    Parameters
    ----------
    ax, own
        As of `Sheet`.
    sentence : str
        The sentence; it is wrapped to the width of the axes.
    """

    sentence: str = ""

    @classmethod
    def on(cls, ax: Axes | None, width: float, sentence: str) -> Captioned:
        """A caller's axes, or new ones; the errors are those of `Sheet.of`."""
        sheet = Sheet.of(ax, width)
        return cls(sheet.ax, sheet.own, sentence)

    def _key(self, key: list[Any], above: float, body: float) -> float:
        """The key, with the sentence over it; the height of both in points."""
        # Less what is reckoned too high for keys of many lines.
        high = 0.94 * super()._key(key, above, body)
        lines = wrap(self.sentence, self.width, TEXT)
        self.ax.annotate(
            "\n".join(lines), (0, 1), (0, above + high + 3), xycoords="axes fraction", textcoords="offset points",
            ha="left", va="bottom", fontsize=TEXT, linespacing=_LINE, color=INK, annotation_clip=False,
            parse_math=False, gid="sentence",
        )  # fmt: skip
        return high + 3 + len(lines) * TEXT * _LINE + 2
