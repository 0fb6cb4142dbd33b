"""Colours, marks and type sizes: told apart by colour-blind readers and in greyscale."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from typing import Any, Final

import matplotlib as mpl
from matplotlib import style
from matplotlib.path import Path
from matplotlib.patheffects import Normal, Stroke

__all__ = [
    "BAND",
    "COLOURS",
    "DOTS",
    "DOWN",
    "DOWN_SIGN",
    "FAINT",
    "FONT",
    "GAP",
    "GREY",
    "HALO",
    "INK",
    "LINES",
    "MARKERS",
    "POSSIBLE",
    "SAMPLING",
    "SMALL",
    "TEXT",
    "UNKNOWN",
    "UP",
    "UP_SIGN",
    "house_style",
    "lighter",
    "style_for",
]

# Okabe and Ito's colours, without vermillion (no red for the dead) and yellow (too light on white).
COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#5F5F5F")
# Beside the colour, so that lines stay apart in greyscale; seven of them, so that pairs repeat only after
# 42 lines.
MARKERS: Final = ("o", "s", "D", "v", "P", "X", "<")
LINES: Final[tuple[Any, ...]] = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)))
INK: Final = "#222222"
GREY: Final = "#5F5F5F"
FAINT: Final = "#E4E4E4"
GAP: Final = "#F1F1F1"
BAND: Final = "#8A8A8A"
FONT: Final = "DejaVu Sans"
TEXT: Final = 8.0
SMALL: Final = 7.0
# Hatches: days that are only possible; what is not known; a part without a report.
POSSIBLE: Final = "//////"
UNKNOWN: Final = "\\" * 5
DOTS: Final = "......"
SAMPLING: Final = 0.9

_ARROW: Final = [
    (-0.09, 0),
    (0.09, 0),
    (0.09, 0.5),
    (0.34, 0.5),
    (0, 1),
    (-0.34, 0.5),
    (-0.09, 0.5),
    (-0.09, 0),
]
# Arrows that start at their point: the stem stands on the value, the head says in which direction it is open.
UP: Final = Path(_ARROW, closed=True)
DOWN: Final = Path([(x, -y) for x, y in _ARROW], closed=True)
# The same, centred, for texts and keys.
UP_SIGN: Final = Path([(x, y - 0.5) for x, y in _ARROW], closed=True)
DOWN_SIGN: Final = Path([(x, 0.5 - y) for x, y in _ARROW], closed=True)
HALO: Final = [Stroke(linewidth=2.2, foreground="white"), Normal()]

_HOUSE: Final[dict[str, Any]] = {
    "font.family": [FONT],
    "font.size": TEXT,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "text.color": INK,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "text.parse_math": False,
    # Letters as outlines: the page looks the same, and has the same bytes, whatever fonts a machine has.
    "svg.fonttype": "path",
    "svg.hashsalt": "casualtystats",
}


@contextmanager
def _defaults() -> Generator[None, None, None]:
    settings: Any = vars(mpl)["rc_context"]
    with style.context("default"), settings(_HOUSE):
        yield


def house_style(own: bool = True) -> Any:
    """A context in which figures of our own are drawn; a caller's axes keep the caller's settings.

    Settings are put back when the context ends.

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["font.size"]
    >>> with house_style():
    ...     inside = matplotlib.rcParams["font.size"]
    >>> inside, matplotlib.rcParams["font.size"] == before
    (8.0, True)
    """
    return _defaults() if own else nullcontext()


def lighter(colour: str, share: float = 0.6) -> str:
    """A colour mixed with white.

    Examples
    --------
    >>> lighter("#000000", 0.5)
    '#808080'
    """
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{round(part + (255 - part) * share):02x}" for part in parts)


def style_for(number: int) -> tuple[str, str, Any]:
    """Colour, marker and line of the n-th thing to tell apart.

    Examples
    --------
    >>> style_for(0)
    ('#0072B2', 'o', '-')
    """
    return COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)], LINES[number % len(LINES)]
