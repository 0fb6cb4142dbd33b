"""Where lanes stand, and the names beside them: shortened to fit, and only as many as can be read."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.swimlanes import SwimlanesPicture
from casualtystats.plots.style import INK, SMALL
from casualtystats.plots.text import text_width

__all__ = ["Names", "lane_names", "shortened"]

# Of the width of a figure, what names take at most.
_SHARE: Final = 0.33
_SMALLEST: Final = 6.0
# Lanes from which on groups have a name beside them, and no lane has.
_MANY: Final = 60
# ... or names are so many points apart.
_APART: Final = 10.0
_LEFT: Final = 0.6
_STRAY: Final = "facility not known"
_HEAD: Final = 1.15


@dataclass(frozen=True)
class Names:
    """Where lanes stand.

    Parameters
    ----------
    places : list of float
        The middle of each lane, in points from the top; the last is that of hits on facilities not known, where there
        are any.
    rules : list of float
        Where light rules part groups.
    pitch : float
        Points from lane to lane.
    height : float
        Points that all of them take.
    size : float
        Size of type of the names.
    """

    places: list[float]
    rules: list[float]
    pitch: float
    height: float
    size: float


def shortened(text: str, points: float, size: float) -> str:
    """A text cut to a width, with an ellipsis.

    Examples
    --------
    >>> shortened("Hospital of the northern district", 80, 7), shortened("A", 80, 7)
    ('Hospital of the north…', 'A')
    """
    while len(text) > 2 and text_width(text, size) > points:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return text


def lane_names(sheet: Sheet, picture: SwimlanesPicture, groups: list[tuple[str, int]], pitch: float) -> Names:
    """Place the lanes, write their names as labels of the y axis, and make room for them.

    Parameters
    ----------
    sheet : Sheet
        Where to draw.
    picture : SwimlanesPicture
        The lanes.
    groups : list of (str, int)
        Names of neighbouring lanes that belong together, and how many they are; empty where there are none.
    pitch : float
        Points from lane to lane.
    """
    beside = len(picture.lanes) > _MANY
    heads = [] if beside else groups
    if not sheet.own and heads:
        pitch *= len(picture.lanes) / (len(picture.lanes) + _HEAD * len(heads))
    y, rules = 0.0, list[float]()
    places, middles = list[float](), list[tuple[float, str, int]]()
    for name, many in groups or [("", len(picture.lanes))]:
        if places:
            rules.append(y)
        y += _HEAD * pitch if heads else 0.0
        middles.append((y - (_HEAD * pitch / 2 if heads else -many * pitch / 2), name, many))
        places += [y + (at + 0.5) * pitch for at in range(many)]
        y += many * pitch
    if picture.strays:
        rules.append(y + 0.25 * pitch)
        places.append(y + pitch)
        y += 1.5 * pitch
    points = sheet.figure.get_figwidth() * 72
    size = min(SMALL, max(_SMALLEST, 0.8 * pitch))
    apart = _APART if beside else 1.15 * size
    # A layout may yet take height from a caller's axes.
    every = max(1, ceil(apart / (pitch if sheet.own else _LEFT * pitch)))
    wanted = [(place, lane.label) for place, lane in list(zip(places, picture.lanes, strict=False))[::every]]
    if beside and groups:
        wanted = _spread([(middle, f"{name} ({many})") for middle, name, many in middles], size * 1.2)
    if picture.strays:
        last = places[-1]
        wanted = [one for one in wanted if one[0] < last - size * 1.1]
        wanted.append((last, _STRAY))
    room = _SHARE * points
    shown = _distinct([text for _, text in wanted], room, size)
    ax: Any = sheet.ax
    ax.set_yticks([place for place, _ in wanted], shown, fontsize=size, color=INK, parse_math=False)
    widest = max(text_width(text, size) for text in shown)
    sheet.side_margins(max(15.0, 1.02 * widest + 10), 18)
    for middle, name, _ in middles if heads else ():
        ax.annotate(
            shortened(name, sheet.width - 4, SMALL), (0, middle), (2, 0), xycoords=("axes fraction", "data"),
            textcoords="offset points", fontsize=size, fontweight="bold", color=INK, va="center", gid="group",
            parse_math=False, zorder=5,
        )  # fmt: skip
    return Names(places, rules, pitch, y, size)


def _spread(wanted: list[tuple[float, str]], apart: float) -> list[tuple[float, str]]:
    """Those names that are far enough below the one before."""
    kept: list[tuple[float, str]] = []
    for one in wanted:
        if not kept or one[0] - kept[-1][0] >= apart:
            kept.append(one)
    return kept


def _distinct(texts: list[str], room: float, size: float) -> list[str]:
    """Shortened texts, of which those that became alike are cut in the middle: their ends tell them apart."""
    cut = [shortened(text, room, size) for text in texts]
    shown = list(cut)
    for at, text in enumerate(texts):
        if cut.count(cut[at]) > 1 and cut[at] != text:
            half = shortened(text, room / 2, size).rstrip("…")
            tail = text[len(half) :]
            while tail and text_width(f"{half}…{tail}", size) > room:
                tail = tail[1:]
            shown[at] = f"{half}…{tail}"
    return shown
