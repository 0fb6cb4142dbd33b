"""Who moved from where to where: a heat map with the number in each cell, and margins at its edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Patch, Polygon, Rectangle

from casualtystats.plots.captions import Captioned
from casualtystats.plots.data.matrix import MatrixPicture, matrix_picture
from casualtystats.plots.style import COLOURS, GREY, HALO, INK, POSSIBLE, SMALL, TEXT, house_style, lighter
from casualtystats.plots.text import text_width, wrap
from casualtystats.series.movements import FlowMatrix

__all__ = ["flow_matrix"]

_COLOUR: Final = COLOURS[0]
# Shades from nothing to the largest count; dark text stays readable on all of them.
_PALE, _DEEP = 0.97, 0.38
_GAP: Final = 0.25
_DASHED: Final = (0, (3, 2))
_LINE: Final = SMALL * 1.25
_INSET: Final = 0.04
# Names of rows: of the width at most, and points at least. Points of height of a row, of air beside texts, of texts on their
# side, of names on their side; of width below which outlines are thin.
_NAMES: Final = 0.17
_LEAST: Final = 60.0
_ROW: Final = 22.0
_AIR: Final = 4.0
_TURNED: Final = 36.0
_TALL: Final = 75.0
_NARROW: Final = 16.0
_HATCHED: Final[dict[str, Any]] = {
    "edgecolor": lighter(_COLOUR, 0.35), "hatch": POSSIBLE, "hatch_linewidth": 0.35, "linewidth": 0,
}  # fmt: skip
_IMPLIED: Final[dict[str, Any]] = {"edgecolor": GREY, "linestyle": _DASHED}


@dataclass(frozen=True)
class _Fit:
    """How texts fit into cells: points of room, whether on their side, points that a row takes, and lines at most."""

    room: float
    turned: bool
    row: float
    lines: int


def flow_matrix(matrix: FlowMatrix, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """Moves from each place (rows) to each other (columns), with the number in the cell.

    Parameters
    ----------
    matrix : FlowMatrix
        From `flow_matrix`.
    ax : Axes, optional
        Where to draw; by default a figure that is as high as it needs. 3 to 15 places a side are readable.
    width, title
        As in `flow`.

    Returns
    -------
    Axes
        The deeper the shade, the larger the count (its root). A solid outline: a report states it; a dashed one: the
        reports imply it. A hatched cell holds a range: the shade below its diagonal is that of the least, above it of the
        most, and white where nothing bounds it. Margins and total, unshaded, stand at the edge.

    Raises
    ------
    KindError, MeasureError
        If it is no matrix of moves.
    OptionError
        If `ax` is no Axes, or the width no possible width.
    """
    picture = matrix_picture(matrix)
    with house_style(ax is None):
        return _drawn(Captioned.on(ax, width, picture.sentence), picture, title)


def _drawn(sheet: Captioned, picture: MatrixPicture, title: str | None) -> Axes:
    ax, rows = sheet.ax, picture.cells.to_dicts()
    total = sheet.figure.get_figwidth() * 72 if sheet.own else sheet.width
    names = [wrap(name, max(_NAMES * total, _LEAST), SMALL) for name in picture.rows]
    wide = max(text_width(line, SMALL) for lines in names for line in lines)
    sheet.side_margins(wide + 14, 8)
    across, down = (len(some) + _GAP for some in (picture.columns, picture.rows))
    cell = sheet.width / across
    fit = _fit(rows, cell, max(len(lines) for lines in names))
    ax.set_xlim(0, across)
    ax.set_ylim(down, 0)
    sheet.dress(grid=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    for row in rows:
        _cell(ax, row, _at(row["column"], picture.columns), _at(row["row"], picture.rows), fit, cell)
    ax.set_yticks([_at(n, picture.rows) + 0.5 for n in range(len(names))], ["\n".join(lines) for lines in names])
    ax.tick_params(axis="both", length=0, pad=3, labelsize=SMALL)
    above = _heads(ax, picture.columns, cell)
    _note(ax, "from ↓", (-3, 4), "right")
    _note(ax, "to →", (0, above - TEXT * 1.4 + 2), "left")
    lines = wrap(picture.unit, sheet.width, SMALL)[:2]
    _note(ax, "\n".join(lines), (0, -3), "left", at=0, size=SMALL, gid="unit")
    sheet.settle(down * fit.row if sheet.own else sheet.height, above, picture.source, title, _keys(rows))
    return sheet.axes


def _note(
    ax: Any, text: str, shift: tuple[float, float], side: str, *, at: float = 1, size: float = TEXT, gid: str = "side"
) -> None:
    ax.annotate(
        text, (0, at), shift, xycoords="axes fraction", textcoords="offset points", va="bottom" if at else "top", ha=side,
        fontsize=size, color=INK, annotation_clip=False, parse_math=False, gid=gid,
    )  # fmt: skip


def _at(number: int, names: tuple[str, ...]) -> float:
    """Where a row or column begins: the margin stands apart."""
    return number + (_GAP if number == len(names) - 1 else 0.0)


def _fit(rows: list[dict[str, Any]], cell: float, lines: int) -> _Fit:
    """Texts lie where the shortest of each cell fits, else they stand on their side."""
    tall, room = max(_ROW, lines * _LINE + _AIR), cell - _AIR
    if all(_wide(row["texts"][-1]) <= room for row in rows):
        deep = max(_text(row, room, 2).count("\n") + 1 for row in rows)
        return _Fit(room, False, max(tall, deep * _LINE + _AIR), 2)
    lines = 2 if room >= 2 * _LINE - _AIR else 1
    longest = max(_wide(_text(row, _TURNED, lines)) for row in rows)
    return _Fit(_TURNED, True, max(tall, longest + 1.5 * _AIR), lines)


def _wide(text: str) -> float:
    return max(text_width(line, SMALL) for line in text.split("\n"))


def _text(row: dict[str, Any], room: float, lines: int) -> str:
    """The longest text of a cell that fits; the shortest where none does."""
    every: list[str] = row["texts"]
    texts = [text for text in every if text.count("\n") < lines]
    return next((text for text in texts if _wide(text) <= room), texts[-1])


def _cell(ax: Any, row: dict[str, Any], x: float, y: float, fit: _Fit, cell: float) -> None:
    a, b, c, d = x + _INSET, y + _INSET, x + 1 - _INSET, y + 1 - _INSET
    if not row["margin"]:
        ax.add_patch(Rectangle((a, b), c - a, d - b, facecolor=_shade(row["low_shade"]), edgecolor="none", zorder=1))
    if not row["margin"] and row["state"] != "exact":
        most = "white" if row["high_shade"] is None else _shade(row["high_shade"])
        ax.add_patch(Polygon([(a, b), (c, b), (c, d)], facecolor=most, zorder=1.2, gid="most", **_HATCHED))
    if row["stated"] or not row["margin"]:
        thin = 0.6 if cell < _NARROW else 1.0
        stated: dict[str, Any] = {"edgecolor": INK, "linewidth": 1.1 * thin}
        look: dict[str, Any] = stated if row["stated"] else {**_IMPLIED, "linewidth": 0.7 * thin}
        name = "stated" if row["stated"] else "bounded"
        ax.add_patch(Rectangle((a, b), c - a, d - b, facecolor="none", zorder=2, gid=name, clip_on=False, **look))
    ax.text(
        (a + c) / 2, (b + d) / 2, _text(row, fit.room, fit.lines), fontsize=SMALL, color=INK, ha="center", va="center",
        rotation=90 if fit.turned else 0, linespacing=1.1, parse_math=False, zorder=4, gid="count", path_effects=HALO,
    )  # fmt: skip


def _shade(share: float) -> str:
    return lighter(_COLOUR, _PALE - (_PALE - _DEEP) * share)


def _heads(ax: Any, columns: tuple[str, ...], cell: float) -> float:
    """Names over the columns, on their side where they do not fit; the points that they and the word above take."""
    lines = [wrap(name, cell - _AIR, SMALL) for name in columns]
    turned = any("…" in line for some in lines for line in some) or max(map(len, lines)) > 3
    if turned:
        # Names on their side stand one beside the other: two lines need twice the room.
        lines = [wrap(name, _TALL, SMALL) for name in columns]
        lines = [some if len(some) * _LINE <= cell else [" ".join(some)] for some in lines]
    labels = ["\n".join(some) for some in lines]
    ax.xaxis.tick_top()
    ax.set_xticks([_at(n, columns) + 0.5 for n in range(len(columns))], labels, rotation=90 if turned else 0)
    high = max(map(_wide, labels)) if turned else max(map(len, lines)) * _LINE
    return high + 6 + TEXT * 1.4


def _keys(rows: list[dict[str, Any]]) -> list[Any]:
    inner = [row for row in rows if not row["margin"]]
    states = {row["state"] for row in inner}
    key: list[Any] = []
    if any(row["stated"] for row in rows):
        key.append(Patch(facecolor=_shade(0.4), edgecolor=INK, linewidth=1.1, label="stated by a report"))
    if any(not row["stated"] for row in inner):
        key.append(Patch(facecolor=_shade(0.4), linewidth=0.7, label="implied by the reports", **_IMPLIED))
    if states & {"about", "range"}:
        told = "range: most above the diagonal, least below" + ("; ≈: its best value" if "about" in states else "")
        key.append(Patch(facecolor=_shade(0.4), label=told, **_HATCHED))
    if states & {"floor", "unbounded"}:
        told = "no upper bound" + ("; ?: nothing bounds it" if "unbounded" in states else "")
        key.append(Patch(facecolor="white", label=told, **_HATCHED))
    return key
