"""How far a growth moves under other choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from casualtystats.plots.captions import Captioned
from casualtystats.plots.data.sensitivity import SensitivityPicture, sensitivity_picture
from casualtystats.plots.keys import line_key
from casualtystats.plots.style import COLOURS, FAINT, GREY, HALO, INK, SAMPLING, SMALL, TEXT, house_style
from casualtystats.plots.text import text_width, wrap
from casualtystats.rates.sampling import level_text
from casualtystats.trends import Sensitivity

__all__ = ["sensitivity"]

_LINE: Final = SMALL * 1.35
_HEAD: Final = 15.0
_ROW: Final = 14.0
# Inches from which on labels stand beside the rows, and of the width, what dots keep at least.
_WIDE: Final = 5.0
_DOTS: Final = 0.42
_EDGE: Final = 6.0
_INDENT: Final = 8.0
_COLOUR: Final = COLOURS[0]
_DASHED: Final = (0, (5, 3))


@dataclass(frozen=True)
class _Place:
    """Where a row stands: points from the top to its head, its label and its mark."""

    row: dict[str, Any]
    head: float | None
    label: float
    mark: float
    lines: list[str]


def sensitivity(result: Sensitivity, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """The growth a day under each choice, with the growth as fitted as a line through all of them.

    Parameters
    ----------
    result : Sensitivity
        From `TrendFit.sensitivity()`.
    ax : Axes, optional
        Where to draw; it needs about 28 points of height a choice. By default a figure that is as high as it needs.
    width, title
        As in `flow`. Below 5 inches, and on given axes, labels stand over the dots.

    Returns
    -------
    Axes
        A dot a choice, with its sampling interval where there is one; an arrowhead where the interval goes on outside
        of the picture. Hollow grey diamonds are a contrast, and no estimates to choose from: reports spread over days
        first. A choice without a growth has its reason in words.

    Raises
    ------
    KindError, MeasureError
        If it is no sensitivity of a trend.
    OptionError
        If `ax` is no Axes, or the width no possible width.
    """
    picture = sensitivity_picture(result)
    with house_style(ax is None):
        return _drawn(Captioned.on(ax, width, picture.sentence), picture, title)


def _drawn(sheet: Captioned, picture: SensitivityPicture, title: str | None) -> Axes:
    rows, ax = picture.rows.to_dicts(), sheet.ax
    beside = sheet.own and sheet.figure.get_figwidth() >= _WIDE
    if beside:
        room = sheet.figure.get_figwidth() * 72
        numbers = max(text_width(row["text"], SMALL) for row in rows if row["growth"] is not None) + 12
        names = max(_name_width(row) for row in rows)
        sheet.side_margins(min(names, room * (1 - _DOTS) - numbers), numbers + 6)
    else:
        sheet.side_margins(12, 14)
    ax.set_xlim(picture.left, picture.right)
    places, deep = _stack(sheet, rows, beside=beside)
    ax.set_ylim(deep, 0)
    sheet.dress(grid=False)
    ax.grid(visible=True, axis="x", color=FAINT, linewidth=0.6)
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=max(2, int(sheet.width / 45)), steps=[1, 2, 2.5, 5, 10]))
    ax.xaxis.set_major_formatter(FuncFormatter(_tick))
    ax.set_xlabel("growth a day, %", fontsize=TEXT, color=INK, labelpad=2)
    if picture.left < 0 < picture.right:
        ax.axvline(0, color=GREY, linewidth=0.8, zorder=1)
    ax.axvline(picture.growth, color=_COLOUR, linewidth=1.0, linestyle=_DASHED, zorder=1.2, gid="fitted")
    for place in places:
        _row(sheet, picture, place, beside=beside)
    sheet.settle(deep if sheet.own else sheet.height, 0, picture.source, title, _keys(picture))
    return sheet.axes


def _name(row: dict[str, Any]) -> str:
    return f"as fitted: {row['what']}" if row["kind"] == "fitted" else row["what"]


def _name_width(row: dict[str, Any]) -> float:
    """Points that the name of a row, or of its group, takes beside the axes."""
    bold = row["kind"] == "fitted"
    head = 0.0 if bold else text_width(row["head"], SMALL, bold=True)
    return max(head, text_width(_name(row), SMALL, bold) + (0 if bold else _INDENT)) + _EDGE + 10


def _stack(sheet: Captioned, rows: list[dict[str, Any]], *, beside: bool) -> tuple[list[_Place], float]:
    """The places of the rows under each other, and the points that they take."""
    y, before = 2.0, ""
    places: list[_Place] = []
    left = sheet.ax.get_position().x0 * sheet.figure.get_figwidth() * 72
    for row in rows:
        head = None
        if row["head"] != before and row["kind"] != "fitted":
            y += 4
            head = y
            y += _HEAD
        before = row["head"]
        reason = row["growth"] is None
        if beside:
            bold = row["kind"] == "fitted"
            lines = wrap(_name(row), left - _EDGE - (0 if bold else _INDENT) - 6, SMALL, bold)
            high = max(_ROW, len(lines) * _LINE + 4, len(_reason(sheet, row)) * _LINE + 4 if reason else 0)
            places.append(_Place(row, head, y + high / 2, y + high / 2, lines))
        else:
            text = _name(row) if reason else f"{_name(row)}: {row['text']}"
            lines = wrap(text, sheet.width - 4, SMALL, row["kind"] == "fitted")
            tall = len(lines) * _LINE
            below = len(_reason(sheet, row)) * _LINE if reason else _ROW - 3
            places.append(_Place(row, head, y + tall / 2, y + tall + below / 2, lines))
            high = tall + below + 3
        y += high
    return places, y + 4


def _reason(sheet: Captioned, row: dict[str, Any]) -> list[str]:
    """Why a choice has no growth, in two lines at most."""
    lines = wrap(row["text"], sheet.width - 6, SMALL)
    return lines if len(lines) < 3 else [lines[0], f"{lines[1]} …"]


def _row(sheet: Captioned, picture: SensitivityPicture, place: _Place, *, beside: bool) -> None:
    ax, row = sheet.ax, place.row
    shift = _EDGE - ax.get_position().x0 * sheet.figure.get_figwidth() * 72 if beside else 0.0
    if place.head is not None:
        ax.axhline(place.head - 1, color=FAINT, linewidth=0.6, zorder=0.4)
        _text(ax, row["head"], (0, place.head + _HEAD / 2), (shift, 0), weight="bold", gid="head")
    weight = "bold" if row["kind"] == "fitted" else "normal"
    indent = _INDENT if beside and row["kind"] != "fitted" else 0.0
    _text(ax, "\n".join(place.lines), (0, place.label), (shift + indent, 0), weight=weight, gid="what")
    if row["growth"] is None:
        _text(ax, "\n".join(_reason(sheet, row)), (0, place.mark), (4, 0), color=GREY, gid="reason")
        return
    if beside:
        _text(ax, row["text"], (1, place.mark), (6, 0), weight=weight, gid="value")
    if row["low"] is not None:
        ends = [max(row["low"], picture.left), min(row["high"], picture.right)]
        ax.plot(ends, [place.mark] * 2, color=INK, linewidth=SAMPLING, zorder=3, solid_capstyle="butt")
        for end, cut, head in ((ends[0], row["cut_low"], "<"), (ends[1], row["cut_high"], ">")):
            ax.plot(
                [end], [place.mark], color=INK, marker=head if cut else "|", markersize=4 if cut else 5,
                markeredgewidth=SAMPLING, linestyle="none", zorder=3, clip_on=False, gid="cut" if cut else None,
            )  # fmt: skip
    ax.plot([row["growth"]], [place.mark], zorder=4, linestyle="none", gid=row["kind"], **_look(row["kind"]))


def _look(kind: str) -> dict[str, Any]:
    if kind == "contrast":
        return {
            "marker": "D",
            "markersize": 4.6,
            "markerfacecolor": "white",
            "markeredgecolor": GREY,
            "markeredgewidth": 1,
        }
    size = 7.0 if kind == "fitted" else 5.0
    return {
        "marker": "o",
        "markersize": size,
        "markerfacecolor": _COLOUR,
        "markeredgecolor": "white",
        "markeredgewidth": 0.4,
    }


def _text(ax: Any, text: str, at: tuple[float, float], shift: tuple[float, float], **look: Any) -> None:
    ax.annotate(
        text, at, shift, xycoords=("axes fraction", "data"), textcoords="offset points",
        **{"va": "center_baseline" if "\n" not in text else "center", "ha": "left", "fontsize": SMALL, "color": INK} | look,
        annotation_clip=False, parse_math=False, zorder=6, path_effects=HALO,
    )  # fmt: skip


def _tick(value: float, _: int | None = None) -> str:
    return f"{value:+,.10g}" if value else "0"


def _keys(picture: SensitivityPicture) -> list[Any]:
    rows = picture.rows.to_dicts()
    share = f" ({level_text(picture.level)})"
    key: list[Any] = [line_key("growth a day", _COLOUR, linestyle="none", **_look("choice"))]
    if any(row["low"] is not None for row in rows):
        key.append(line_key(f"its sampling interval{share}", INK, linewidth=SAMPLING, marker="|", markersize=5))
    if any(row["cut_low"] or row["cut_high"] for row in rows):
        key.append(line_key("it goes on outside of the picture", INK, linestyle="none", marker=">", markersize=4))
    key.append(line_key("as fitted", _COLOUR, linewidth=1.0, linestyle=_DASHED))
    if any(row["kind"] == "contrast" and row["growth"] is not None for row in rows):
        key.append(line_key("contrast, not an estimate", GREY, linestyle="none", **_look("contrast")))
    if picture.left < 0 < picture.right:
        key.append(line_key("no change", GREY, linewidth=0.8))
    return key
