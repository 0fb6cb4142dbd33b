"""Displacement: the flow as bars whose area is the count, and the stocks as dots on a panel of their own beneath."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from casualtystats.plots.bars import draw_bars
from casualtystats.plots.bars import flow as draw_flow
from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.displacement import stock_points
from casualtystats.plots.data.flow import flow_bars
from casualtystats.plots.dates import number
from casualtystats.plots.divided import divide
from casualtystats.plots.keys import box_key, flow_key, line_key, open_key
from casualtystats.plots.style import COLOURS, DOWN, GAP, INK, TEXT, UP, house_style, lighter
from casualtystats.plots.text import balanced
from casualtystats.series import FlowSeries, StockSeries

__all__ = ["displacement"]

_COLOUR: Final = COLOURS[1]
_EDGE: Final = "#8A5F00"
# Of the height of both panels, what the stocks take; and points between them.
_SHARE: Final = 0.42
_BETWEEN: Final = 12.0
_ARROW: Final = 20.0
_STOCKS_BODY: Final = 110.0
_SILENT: Final = "no report (not zero)"


def displacement(
    flow: FlowSeries[Any], stocks: StockSeries[Any] | None = None, *, ax: Axes | None = None, width: float = 7.0,
    title: str | None = None,
) -> Axes:  # fmt: skip
    """The flow of displacement as bars, and under it the stocks as dots on their dates: two panels, one time axis.

    Parameters
    ----------
    flow : FlowSeries
        Drawn as by `plots.flow`: the area of a bar is its count.
    stocks : StockSeries, optional
        A dot a stock. Its whisker is its bounds; an arrow stands where no bound is known; a horizontal bar spans the days
        on which it may have been counted. Between stocks nothing is drawn: nothing is known there.
    ax, width, title
        As in `flow`. A caller's axes are divided: the flow keeps the upper part.

    Returns
    -------
    Axes
        Those of the flow; those of the stocks are `ax.figure.axes` beside it, with the label "stocks".

    Raises
    ------
    KindError, MeasureError
        If they are no flow and no stock.
    OptionError
        If a series is split, or intervals of the flow overlap.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"unit": "people", "value": "22", "start": "2019-04-29"}
    >>> reports = cs.read_reports(pl.DataFrame([
    ...     row | {"report_id": "a", "measure": "displaced", "kind": "flow", "end": "2019-05-09"},
    ...     row | {"report_id": "b", "measure": "idps", "kind": "stock", "end": None},
    ... ]))
    >>> displacement(cs.displacement(reports), cs.idps(reports)).get_ylabel()
    'people displaced per day'
    """
    if stocks is None:
        return draw_flow(flow, ax=ax, width=width, title=title)
    bars, points = flow_bars(flow), stock_points(stocks)
    with house_style(ax is None):
        return _drawn(Sheet.of(ax, width), bars, points, flow, stocks, title)


def _drawn(
    lower: Sheet, bars: pl.DataFrame, points: pl.DataFrame, flow: FlowSeries[Any], stocks: StockSeries[Any],
    title: str | None,
) -> Axes:  # fmt: skip
    rows, dots = bars.to_dicts(), points.to_dicts()
    first = min([row["period_start"] for row in rows] + [dot["date_earliest"] for dot in dots])
    last = max([row["period_end"] for row in rows] + [dot["date_latest"] for dot in dots])
    room, upper = lower.height, _upper(lower)
    below, above = _SHARE - _BETWEEN / (2 * room), _SHARE + _BETWEEN / (2 * room)
    if not lower.own:
        divide(lower.ax, upper.ax, below, above)
    tops = [row["height"] or 0 for row in rows] + [row["high_rate"] for row in rows if row["top"] == "band"]
    space = 1.28 if bars["top"].is_in(["open", "beyond"]).any() else 1.08
    high = upper.scale(f"{flow.info.noun} per day", max(tops) * space, first, last)
    body = _scale_stocks(lower, dots, stocks, first, last)
    if lower.own:
        left = max(lower.ax.get_position().x0, upper.ax.get_position().x0)
        for sheet in (lower, upper):
            box = sheet.ax.get_position()
            sheet.ax.set_position((left, box.y0, box.x1 - left, box.height))
    upper.ax.tick_params(axis="x", bottom=False, labelbottom=False)
    for sheet in (upper, lower):
        sheet.dress()
    draw_bars(upper, rows)
    silent = _silent(upper, rows[0]["period_start"], rows[-1]["period_end"], first, last)
    for dot in dots:
        _dot(lower, dot)
    sources = [flow.info.source_line, stocks.info.source_line]
    told = [line.removeprefix("Source: ") for line in sources]
    same = sources[0] == sources[1]
    source = sources[0] if same else f"Source of the flow: {told[0]}. Source of the stocks: {told[1]}"
    lower.settle(body, _BETWEEN + high, source, title, _key(bars, dots, silent=silent))
    if lower.own:
        box, points_high = lower.ax.get_position(), lower.figure.get_figheight() * 72
        upper.ax.set_position((box.x0, box.y1 + _BETWEEN / points_high, box.width, high / points_high))
    return upper.axes


def _silent(sheet: Sheet, start: date, end: date, first: date, last: date) -> bool:
    """Shade the days before and after the flow on which there are stocks only: no report is not zero; whether there are any."""
    spans = [(number(first) - 0.5, number(start) - 0.5), (number(end) + 0.5, number(last) + 0.5)]
    # Stocks stand on days: half a day at the edge is none of the flow.
    shaded = [(a, b) for a, b in spans if b - a > 1]
    for a, b in shaded:
        sheet.ax.axvspan(a, b, facecolor=GAP, edgecolor="none", zorder=0.3, gid="no report")
    return bool(shaded)


def _upper(lower: Sheet) -> Sheet:
    """Axes for the flow, over those of the stocks, with the same days."""
    figure: Any = lower.ax.get_figure(root=False)
    kind: dict[str, Any] = {"axes_class": type(lower.ax)} if lower.own else {}
    ax = figure.add_axes(lower.ax.get_position().bounds, sharex=lower.ax, label="flow", **kind)
    lower.ax.set_label("stocks")
    return Sheet(ax, lower.own)


def _scale_stocks(sheet: Sheet, dots: list[dict[str, Any]], stocks: StockSeries[Any], first: date, last: date) -> float:
    """Set the scale of the stocks, which starts at 0; the height of their axes in points."""
    ends = [value for dot in dots for value in (dot["low"], dot["best"], dot["high"]) if value is not None]
    opened = any(dot["high"] is None for dot in dots)
    sheet.scale(stocks.info.noun, max(ends) * (1.3 if opened else 1.12), first, last, whole=True)
    body = _STOCKS_BODY if sheet.own else sheet.height
    sheet.ax.yaxis.set_major_locator(MaxNLocator(nbins=max(2, int(body / 30)), integer=True, steps=[1, 2, 2.5, 5, 10]))
    sheet.ax.set_ylabel("\n".join(balanced(stocks.info.noun, body)), fontsize=TEXT, color=INK, labelpad=4)
    return body


def _dot(sheet: Sheet, dot: dict[str, Any]) -> None:
    """One stock: its bounds as a whisker, the days that are possible as a bar, its value as a dot."""
    ax = sheet.ax
    start, end = number(dot["date_earliest"]), number(dot["date_latest"])
    x, low, high = (start + end) / 2, dot["low"], dot["high"]
    shown = dot["best"] if dot["best"] is not None else high if dot["state"] == "ceiling" else low
    if start != end and dot["state"] == "range":
        box = Rectangle(
            (start - 0.5, low), end - start + 1, high - low, facecolor=lighter(_COLOUR, 0.35), edgecolor="none",
            zorder=2, gid="possible days",
        )  # fmt: skip
        ax.add_patch(box)
    elif start != end:
        # Over all the days on which it may have been counted.
        ax.plot(
            [start - 0.5, end + 0.5], [shown, shown], color=lighter(_COLOUR, 0.35), linewidth=4.5, solid_capstyle="butt",
            zorder=2, gid="possible days",
        )  # fmt: skip
    if high is not None and high > low:
        ax.plot(
            [x, x], [low, high], color=INK, linewidth=1.0, marker="_", markersize=6, markeredgewidth=1.0, zorder=3,
            gid="bounds",
        )  # fmt: skip
    arrow = UP if high is None else DOWN if dot["state"] == "ceiling" else None
    if arrow is not None:
        ax.plot(
            [x], [shown], marker=arrow, markersize=_ARROW, markerfacecolor=INK, markeredgewidth=0, linestyle="none",
            zorder=2.8, gid="open",
        )  # fmt: skip
    if dot["state"] != "range":
        face = _COLOUR if dot["best"] is not None or dot["state"] == "exact" else "white"
        ax.plot(
            [x], [shown], marker="o", markersize=6, markerfacecolor=face, markeredgecolor=_EDGE, markeredgewidth=1.1,
            linestyle="none", zorder=4, clip_on=False, gid="stock",
        )  # fmt: skip


def _key(bars: pl.DataFrame, dots: list[dict[str, Any]], *, silent: bool) -> list[Any]:
    states = {dot["state"] for dot in dots}
    mark: dict[str, Any] = {"marker": "o", "markersize": 6, "markeredgecolor": _EDGE, "linestyle": "none"}
    key = flow_key(bars) or [box_key("flow as reported", COLOURS[0])]
    told = {str(handle.get_label()) for handle in key}
    if silent and _SILENT not in told:
        key.append(box_key(_SILENT, GAP))
    if states & {"exact", "value"}:
        key.append(line_key("stock on its date", _COLOUR, **mark))
    if states & {"floor", "ceiling"}:
        key.append(line_key("bound of a stock", _COLOUR, markerfacecolor="white", **mark))
    if states & {"range", "value", "ceiling"}:
        key.append(line_key("bounds of a stock", INK, linewidth=1.0, marker="|", markersize=6))
    if any(dot["date_earliest"] != dot["date_latest"] for dot in dots):
        key.append(line_key("days on which a stock may have been counted", lighter(_COLOUR, 0.35), linewidth=4.5))
    if "no upper bound known" not in told and any(dot["high"] is None for dot in dots):
        key.append(open_key())
    return key
