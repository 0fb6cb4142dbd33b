"""Rate ratios as a forest: one row each, on a logarithmic axis with a line at 1."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.forest import forest_marks
from casualtystats.plots.keys import box_key, line_key
from casualtystats.plots.logaxis import use_log
from casualtystats.plots.style import COLOURS, FAINT, GREY, INK, SAMPLING, SMALL, TEXT, UP, house_style, lighter
from casualtystats.plots.text import text_width, wrap
from casualtystats.rates import RateRatios

__all__ = ["forest"]

_COLOUR: Final = COLOURS[0]
_LINE: Final = 1.3
_AIR: Final = 7.0
# Of the width, what names and numbers take at most.
_NAMES: Final = 0.46
# Ends further away than this from all points are cut: they would press the rest together.
_REACH: Final = 12.0
_POINTS: Final[list[tuple[float, float]]] = [(float(x), float(y)) for x, y in np.asarray(UP.vertices, dtype=np.float64)]
RIGHT: Final = Path([(y, x) for x, y in _POINTS], closed=True)
LEFT: Final = Path([(-y, x) for x, y in _POINTS], closed=True)
_RIGHT_SIGN: Final = Path([(y - 0.5, x) for x, y in _POINTS], closed=True)


def forest(ratios: RateRatios, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """Each rate ratio as a point on a logarithmic axis, with its name and numbers beside it.

    Parameters
    ----------
    ratios : RateRatios
        Made by `rates.ratio(reference=...)`. A thin line with ends is the sampling interval (chance), a thick light bar
        the source range (reporters hedge or disagree): two things.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        A hollow point is the bound that a floor leaves, and an arrow stands where no end is known. A ratio of 0, which a
        logarithmic axis does not have, stands at its left edge. A row that could not be compared says why.

    Raises
    ------
    MeasureError
        If it holds no rate ratios.
    NoReportsError
        If it has no rows.
    OptionError
        If `ax` is no Axes, or the width no possible width.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "place": ["A", "B"], "value": [10, 30], "start": "2019-05-01", "end": "2019-05-10"}))
    >>> rates = cs.death_rate(cs.deaths(reports, by=["place"]), {"A": 10_000, "B": 10_000})
    >>> forest(rates.ratio(reference="A")).get_xlabel()
    'rate ratio over A (logarithmic)'
    """
    rows = forest_marks(ratios).to_dicts()
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        body, heights = _names(sheet, rows)
        low, high = _span(rows)
        use_log(sheet.ax, low, high, sheet.width)
        over = sorted({row["reference"] for row in rows})
        label = f"rate ratio over {over[0]}" if len(over) == 1 else "rate ratio over the reference of each period"
        # At the right, so that a long one has the room under the names.
        sheet.ax.set_xlabel(f"{label} (logarithmic)", fontsize=TEXT, color=INK, labelpad=2, loc="right")
        sheet.dress(grid=False)
        sheet.ax.grid(visible=True, axis="x", color=FAINT, linewidth=0.6)
        sheet.ax.spines["left"].set_visible(False)
        sheet.ax.axvline(1, color=GREY, linewidth=0.9, linestyle=(0, (5, 3)), zorder=1, gid="one")
        for row, y in zip(rows, heights, strict=True):
            _draw(sheet, row, y, low, high)
        source = "; ".join(part for part in (ratios.label, ratios.note or "Source: not stated") if part)
        sheet.settle(body, 0, source, title, _key(rows, low, high))
    return sheet.axes


def _names(sheet: Sheet, rows: list[dict[str, Any]]) -> tuple[float, list[float]]:
    """Names and numbers at the left; the height of all rows in points, and the middle of each on the axis."""
    most = _NAMES * (sheet.figure.get_figwidth() * 72 if sheet.own else sheet.width)
    several = len({row["reference"] for row in rows}) > 1
    blocks: list[tuple[list[str], list[str]]] = []
    for row in rows:
        name = f"{row['name']} over {row['reference']}" if several else row["name"]
        shown = [] if row["state"] == "none" else wrap(row["text"], most, SMALL)
        blocks.append((wrap(name, most), shown))
    widths = [text_width(line) for name, _ in blocks for line in name]
    column = max([*widths, *(text_width(line, SMALL) for _, text in blocks for line in text)])
    sheet.side_margins(column + 3 * _AIR, 18)
    reasons = [len(wrap(row["text"], sheet.width - 6, SMALL)) if row["state"] == "none" else 0 for row in rows]
    sizes = [
        max(len(name) * TEXT + len(text) * SMALL, reason * SMALL) * _LINE + _AIR
        for (name, text), reason in zip(blocks, reasons, strict=True)
    ]
    body = sum(sizes)
    scale = 1.0 if sheet.own else sheet.height / body
    sheet.ax.set_ylim(body, 0)
    sheet.ax.set_yticks([])
    middles: list[float] = []
    top = 0.0
    for (name, text), size in zip(blocks, sizes, strict=True):
        middle = top + size / 2
        middles.append(middle)
        block = (len(name) * TEXT + len(text) * SMALL) * _LINE
        for lines, font, colour, down in ((name, TEXT, INK, 0.0), (text, SMALL, GREY, len(name) * TEXT * _LINE)):
            sheet.ax.annotate(
                "\n".join(lines), (0, middle), (-column - 2 * _AIR, block / 2 - down), xycoords=("axes fraction", "data"),
                textcoords="offset points", ha="left", va="top", fontsize=font, color=colour, linespacing=_LINE,
                annotation_clip=False, parse_math=False, gid="name" if font == TEXT else "numbers",
            )  # fmt: skip
        top += size
    return body * scale, middles


def _span(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """What is to be seen of the axis: all points and 1, and ends that are not absurdly far away."""
    points = [1.0, *(row["point"] for row in rows if row["point"])]
    points += [row["ci_low"] for row in rows if row["state"] == "no value" and row["ci_low"]]
    ends = [row[name] for row in rows for name in ("ci_low", "ci_high", "low", "high") if row[name]]
    least, most = min(points), max(points)
    low = min([least, *(end for end in ends if end >= least / _REACH)])
    high = max([most, *(end for end in ends if end <= most * _REACH)])
    return min(low, 0.8) / 1.25, max(high, 1.25) * 1.25


def _draw(sheet: Sheet, row: dict[str, Any], y: float, low: float, high: float) -> None:
    ax = sheet.ax
    if row["state"] == "none":
        lines = wrap(row["text"], sheet.width - 6, SMALL)
        ax.annotate(
            "\n".join(lines), (0, y), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", fontsize=SMALL, color=GREY, linespacing=_LINE, parse_math=False, gid="reason", zorder=2,
            bbox={"boxstyle": "square,pad=0.2", "facecolor": "white", "edgecolor": "none"},
        )  # fmt: skip
        return
    point = row["point"]
    if row["low"] is not None or row["high"] is not None:
        start, stop = max(row["low"] or low, low), min(row["high"] or high, high)
        ax.plot(
            [start, stop],
            [y, y],
            color=lighter(_COLOUR, 0.55),
            linewidth=8,
            solid_capstyle="butt",
            zorder=2,
            gid="range",
        )
        if row["high"] is None:
            _arrow(ax, stop, y, RIGHT, hollow=False, shift=True)
    lower, upper = row["ci_low"], row["ci_high"]
    left = low if not lower or lower < low else lower
    right = high if upper is None or upper > high else upper
    ax.plot([left, right], [y, y], color=INK, linewidth=SAMPLING, zorder=3, gid="interval")
    for end, value in ((left, lower), (right, upper)):
        if value is not None and end == value:
            ax.plot(
                [end], [y], color=INK, marker="|", markersize=6, markeredgewidth=SAMPLING, linestyle="none", zorder=3
            )
    if upper is None:
        _arrow(ax, high, y, RIGHT, hollow=False, shift=True)
    elif upper > high:
        _arrow(ax, high, y, RIGHT, hollow=True, shift=True)
    if row["state"] == "at most":
        _arrow(ax, low, y, LEFT, hollow=False, shift=True)
    elif lower and lower < low:
        _arrow(ax, low, y, LEFT, hollow=True, shift=True)
    if point is not None:
        face = _COLOUR if row["state"] == "value" else "white"
        # 0 has no place on the axis: it stands at the edge.
        ax.plot(
            [point or low], [y], marker="o" if point else "<", markersize=5.5, markerfacecolor=face, markeredgecolor=_COLOUR,
            markeredgewidth=1.2, linestyle="none", zorder=4, clip_on=False, gid="point",
        )  # fmt: skip


def _arrow(ax: Any, x: float, y: float, path: Path, *, hollow: bool, shift: bool) -> None:
    """An arrow whose head reaches over the edge of the axes."""
    from matplotlib.transforms import offset_copy

    by = (-5 if path is RIGHT else 5) if shift else 0
    ax.plot(
        [x], [y], marker=path, markersize=15, markerfacecolor="white" if hollow else INK, markeredgecolor=INK,
        markeredgewidth=0.7 if hollow else 0, linestyle="none", zorder=3.5, clip_on=False, gid="arrow",
        transform=offset_copy(ax.transData, ax.get_figure(root=True), x=by, units="points"),
    )  # fmt: skip


def _key(rows: list[dict[str, Any]], low: float, high: float) -> list[Any]:
    states = {row["state"] for row in rows}
    point: dict[str, Any] = {"marker": "o", "markersize": 5.5, "linestyle": "none"}
    key: list[Any] = []
    if any(row["state"] == "value" and row["point"] for row in rows):
        key.append(line_key("rate ratio", _COLOUR, **point))
    if any(row["state"] == "value" and row["point"] == 0 for row in rows):
        key.append(line_key("ratio of 0, at the left edge", _COLOUR, **point | {"marker": "<"}))
    if states & {"at least", "at most"}:
        key.append(line_key("bound, a count being a floor", _COLOUR, markerfacecolor="white", **point))
    if any(row["low"] is not None for row in rows):
        key.append(box_key("source range", lighter(_COLOUR, 0.55)))
    levels = sorted({row["level"] for row in rows if row["level"] is not None})
    if levels:
        share = " and ".join(f"{100 * level:.10g} %" for level in levels)
        key.append(line_key(f"sampling interval ({share})", INK, linewidth=SAMPLING, marker="|", markersize=6))
    sign: dict[str, Any] = {"marker": _RIGHT_SIGN, "markersize": 9, "linestyle": "none"}
    open_ = any(row["state"] != "none" and row["ci_high"] is None for row in rows) or "at most" in states
    if open_ or any(row["low"] is not None and row["high"] is None for row in rows):
        key.append(line_key("no end known", INK, markeredgewidth=0, **sign))
    beyond = any((row["ci_high"] or 0) > high or 0 < (row["ci_low"] or 0) < low for row in rows)
    if beyond:
        key.append(line_key("goes on beyond the picture", INK, markerfacecolor="white", markeredgewidth=0.7, **sign))
    return key
