"""From one stock to the next: a bar for each term with its bounds, and at the end what no term explains."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import offset_copy

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.waterfall import stretch_of, waterfall_bars
from casualtystats.plots.keys import box_key, line_key
from casualtystats.plots.style import BAND, COLOURS, FAINT, GREY, INK, SMALL, TEXT, UNKNOWN, UP, house_style, lighter
from casualtystats.plots.text import text_width, wrap
from casualtystats.series.accounts import DisplacementAccount, Stretch
from casualtystats.series.accounts.given import StretchKey

__all__ = ["waterfall"]

_COLOURS: Final = {
    "stock": COLOURS[5], "more": COLOURS[0], "fewer": COLOURS[1], "expected": COLOURS[5], "residual": COLOURS[3],
}  # fmt: skip
_ROW: Final = 27.0
_AIR: Final = 7.0
_BAR: Final = 0.5
# Of the width, what names take at most.
_NAMES: Final = 0.42
# Bounds further than this times the longest bar from it are cut: they would press the rest together.
_REACH: Final = 0.6
_POINTS: Final[list[tuple[float, float]]] = [(float(x), float(y)) for x, y in np.asarray(UP.vertices, dtype=np.float64)]
_RIGHT: Final = Path([(y, x) for x, y in _POINTS], closed=True)
_LEFT: Final = Path([(-y, x) for x, y in _POINTS], closed=True)
_RIGHT_SIGN: Final = Path([(y - 0.5, x) for x, y in _POINTS], closed=True)


def waterfall(
    account: DisplacementAccount | Stretch, stretch: StretchKey | None = None, *, ax: Axes | None = None,
    width: float = 7.0, title: str | None = None,
) -> Axes:  # fmt: skip
    """From one stock to the next: the terms of a stretch as bars that follow one another, each with its bounds.

    Parameters
    ----------
    account : DisplacementAccount or Stretch
        Made by `displacement_account`.
    stretch : int, str or pair of dates, optional
        Which stretch, as in `DisplacementAccount.stretch`; may be left out where there is but one.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        A term with a lower bound only is as long as that and pale; a thin line is its bounds, an arrow stands where there is
        no end. A term that is not given has a hatched row and moves nothing. The bar of what is unexplained lies between the
        stock that is expected and the one that is stated; its line is its bounds, drawn from the end of the last stock's bar.

    Raises
    ------
    MeasureError
        If it is no account.
    OptionError
        If the stretch is not known, or `ax` is no Axes.
    """
    found = stretch_of(account, stretch)
    rows = waterfall_bars(found).to_dicts()
    source = account.source_line if isinstance(account, DisplacementAccount) else "Source: not stated"
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        body = _names(sheet, rows)
        low, high = _span(rows)
        sheet.ax.set_xlim(low, high)
        sheet.ax.xaxis.set_major_locator(
            MaxNLocator(nbins=max(2, int(sheet.width / 62)), integer=True, steps=[1, 2, 2.5, 5, 10])
        )
        sheet.ax.xaxis.set_major_formatter(FuncFormatter(_people))
        sheet.ax.set_xlabel("people", fontsize=TEXT, color=INK, labelpad=1, loc="right")
        sheet.dress(grid=False)
        sheet.ax.grid(visible=True, axis="x", color=FAINT, linewidth=0.6)
        sheet.ax.spines["left"].set_visible(False)
        if low < 0:
            sheet.ax.axvline(0, color=GREY, linewidth=0.6, zorder=1)
        for at, row in enumerate(rows):
            _bar(sheet, row, at, (low, high))
            if row["end"] is not None and row["kind"] not in ("expected", "residual") and row["name"] != "stock_end":
                sheet.ax.plot(
                    [row["end"]] * 2, [at, at + 1], color=GREY, linewidth=0.5, linestyle=(0, (2, 2)), zorder=1.5
                )
        line = f"Flows over {found.days}. {source}"
        sheet.settle(body, 0, line, title, _key(rows, low, high))
    return sheet.axes


def _people(value: float, _: int | None = None) -> str:
    return f"{value:,.10g}"


def _names(sheet: Sheet, rows: list[dict[str, Any]]) -> float:
    """Names and numbers at the left; the height of the axes in points."""
    most = _NAMES * (sheet.figure.get_figwidth() * 72 if sheet.own else sheet.width)
    blocks = [(wrap(row["label"], most), wrap(row["text"], most, SMALL)) for row in rows]
    column = max(
        [text_width(line) for name, _ in blocks for line in name]
        + [text_width(line, SMALL) for _, text in blocks for line in text]
    )
    sheet.side_margins(column + 3 * _AIR, 18)
    deep = max(len(name) * TEXT + len(text) * SMALL for name, text in blocks) * 1.3
    row_height = max(_ROW, deep + 5) if sheet.own else sheet.height / len(rows)
    sheet.ax.set_ylim(len(rows) - 0.5, -0.5)
    sheet.ax.set_yticks([])
    for at, (name, text) in enumerate(blocks):
        block = (len(name) * TEXT + len(text) * SMALL) * 1.3
        for lines, font, colour, down in ((name, TEXT, INK, 0.0), (text, SMALL, GREY, len(name) * TEXT * 1.3)):
            sheet.ax.annotate(
                "\n".join(lines), (0, at), (-column - 2 * _AIR, block / 2 - down), xycoords=("axes fraction", "data"),
                textcoords="offset points", ha="left", va="top", fontsize=font, color=colour, linespacing=1.3,
                annotation_clip=False, parse_math=False, gid="name" if font == TEXT else "numbers",
            )  # fmt: skip
    return row_height * len(rows)


def _span(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """What is to be seen of the axis: 0, all bars, and bounds that are not absurdly far away."""
    bars = [0.0, *(value for row in rows for value in (row["start"], row["end"]) if value is not None)]
    least, most = min(bars), max(bars)
    reach = _REACH * max(most - least, 1.0)
    ends = [row[name] for row in rows for name in ("low", "high") if row[name] is not None]
    low = min([least, *(end for end in ends if end >= least - reach)])
    high = max([most, *(end for end in ends if end <= most + reach)])
    air = 0.05 * max(high - low, 1.0)
    return (low - air if low < 0 else 0.0), high + air


def _bar(sheet: Sheet, row: dict[str, Any], y: int, limits: tuple[float, float]) -> None:
    ax, (left, right) = sheet.ax, limits
    colour = _COLOURS[row["kind"]]
    if row["state"] == "not given":
        band = Rectangle(
            (left, y - _BAR / 2), right - left, _BAR, facecolor="white", edgecolor=BAND, hatch=UNKNOWN, linewidth=0, zorder=1.2,
            gid="not given",
        )  # fmt: skip
        band.set_hatch_linewidth(0.5)
        ax.add_patch(band)
        return
    if row["end"] is not None:
        start, end = sorted((row["start"], row["end"]))
        hollow = row["kind"] == "expected"
        face = "white" if hollow else lighter(colour, 0.6) if row["state"] == "floor" else colour
        box = Rectangle(
            (start, y - _BAR / 2), end - start, _BAR, facecolor=face, edgecolor=colour, linewidth=0.8,
            linestyle=(0, (3, 2)) if row["state"] == "floor" or hollow else "-", zorder=2, gid=row["kind"],
        )  # fmt: skip
        if start < end:
            ax.add_patch(box)
        else:
            ax.plot([start] * 2, [y - _BAR / 2, y + _BAR / 2], color=GREY, linewidth=1.8, zorder=2.2, gid="nought")
    _whisker(ax, row, y, left, right)


def _whisker(ax: Any, row: dict[str, Any], y: int, left: float, right: float) -> None:
    if row["low"] is None and row["high"] is None and not (row["open_low"] or row["open_high"]):
        return
    low = left if row["low"] is None else max(row["low"], left)
    high = right if row["high"] is None else min(row["high"], right)
    ax.plot([low, high], [y, y], color=INK, linewidth=0.9, zorder=3, gid="bounds")
    for end, value in ((low, row["low"]), (high, row["high"])):
        if value is not None and end == value:
            ax.plot([end], [y], color=INK, marker="|", markersize=7, markeredgewidth=0.9, linestyle="none", zorder=3)
    if row["open_low"] or low != row["low"]:
        _arrow(ax, left, y, _LEFT, hollow=not row["open_low"])
    if row["open_high"] or high != row["high"]:
        _arrow(ax, right, y, _RIGHT, hollow=not row["open_high"])


def _arrow(ax: Any, x: float, y: float, path: Path, *, hollow: bool) -> None:
    """An arrow whose head reaches over the edge of the axes."""
    ax.plot(
        [x], [y], marker=path, markersize=15, markerfacecolor="white" if hollow else INK, markeredgecolor=INK,
        markeredgewidth=0.7 if hollow else 0, linestyle="none", zorder=3.5, clip_on=False, gid="arrow",
        transform=offset_copy(ax.transData, ax.get_figure(root=True), x=-5 if path is _RIGHT else 5, units="points"),
    )  # fmt: skip


def _key(rows: list[dict[str, Any]], low: float, high: float) -> list[Any]:
    drawn = [row for row in rows if row["state"] != "not given"]
    key: list[Any] = [box_key("stock as stated", _COLOURS["stock"])]
    kinds = {row["kind"] for row in drawn if row["end"] not in (None, row["start"])}
    if "more" in kinds:
        key.append(box_key("more people", _COLOURS["more"]))
    if "fewer" in kinds:
        key.append(box_key("fewer people", _COLOURS["fewer"]))
    if "expected" in kinds:
        look: dict[str, Any] = {"linewidth": 0.8, "linestyle": (0, (3, 2))}
        key.append(box_key("stock as expected", "white", _COLOURS["expected"], **look))
    if "residual" in kinds:
        key.append(box_key("unexplained", _COLOURS["residual"]))
    if any(row["state"] == "floor" and row["end"] not in (None, row["start"]) for row in drawn):
        key.append(
            box_key(
                "no best value: drawn to its nearest bound",
                lighter(GREY, 0.6),
                GREY,
                linewidth=0.8,
                linestyle=(0, (3, 2)),
            )
        )
    if any(row["state"] == "not given" for row in rows):
        key.append(box_key("not given (not zero)", "white", BAND, hatch=UNKNOWN))
    if any(row["low"] is not None or row["high"] is not None for row in drawn):
        key.append(line_key("bounds", INK, linewidth=0.9, marker="|", markersize=7))
    sign: dict[str, Any] = {"marker": _RIGHT_SIGN, "markersize": 9, "linestyle": "none"}
    if any(row["open_low"] or row["open_high"] for row in drawn):
        key.append(line_key("no bound known", INK, markeredgewidth=0, **sign))
    cut = [row for row in drawn if (row["low"] or 0) < low or (row["high"] or 0) > high]
    if cut:
        key.append(line_key("goes on beyond the picture", INK, markerfacecolor="white", markeredgewidth=0.7, **sign))
    return key
