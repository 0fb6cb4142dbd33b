"""A nowcast: what is reported as bars, recent ones grey, and what is expected once reports are complete as open marks."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.nowcast import nowcast_bars, nowcast_top
from casualtystats.plots.dates import number
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.style import BAND, COLOURS, FAINT, GAP, GREY, HALO, INK, POSSIBLE, SAMPLING, UP, house_style
from casualtystats.rates.sampling import level_text
from casualtystats.trends.nowcast import Nowcast

__all__ = ["nowcast"]

_COLOUR: Final = COLOURS[0]
# Points of width below which bars touch and marks are small.
_NARROW: Final = 8.0


def nowcast(result: Nowcast, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """What is reported of each period, and what is expected once reports are complete.

    Parameters
    ----------
    result : Nowcast
        With dates.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        A bar a period, as high as its reported count. Bars of recent periods, of which much is still to be reported, are
        grey and hatched. An open circle is the count that is expected, a thin line its prediction interval; a hollow arrow
        says that the interval goes on above the picture. Days without a figure are shaded.

    Raises
    ------
    KindError, MeasureError
        If it is no nowcast.
    OptionError
        If its triangle has no dates.

    Examples
    --------
    >>> from casualtystats.trends.nowcast import Triangle
    >>> from casualtystats.trends.nowcast import nowcast as made
    >>> weeks = ["2019-04-29/2019-05-05", "2019-05-06/2019-05-12"]
    >>> triangle = Triangle.of([[40, 62], [50, None]], values="cumulative", periods=weeks, noun="violent deaths")
    >>> nowcast(made(triangle)).get_ylabel()
    'violent deaths per period'
    """
    bars = nowcast_bars(result)
    with house_style(ax is None):
        return _drawn(Sheet.of(ax, width), bars, result, title)


def _drawn(sheet: Sheet, bars: pl.DataFrame, result: Nowcast, title: str | None) -> Axes:
    top = nowcast_top(bars) * 1.12
    first, last = bars["period_start"][0], bars["period_end"][-1]
    every = result.triangle.every or "period"
    body = sheet.scale(f"{result.triangle.noun} per {every}", top, first, last, whole=result.triangle.whole)
    sheet.dress()
    rows = bars.to_dicts()
    left, right = sheet.ax.get_xlim()
    for row in rows:
        _bar(sheet, row)
        _expected(sheet, row, (right - left) / sheet.width)
    sheet.settle(body, 0, result.note, title, _key(bars, sheet.ax.get_ylim()[1], result))
    return sheet.axes


def _edges(row: dict[str, Any]) -> tuple[float, float]:
    return number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5


def _bar(sheet: Sheet, row: dict[str, Any]) -> None:
    start, end = _edges(row)
    if row["state"] == "no report":
        sheet.ax.axvspan(start, end, facecolor=GAP, edgecolor="none", zorder=0.3)
        return
    recent = row["state"] == "recent"
    left, right = sheet.ax.get_xlim()
    # Narrow bars touch each other: slits between them would dazzle.
    air = 0.04 * (end - start) if (end - start) * sheet.width / (right - left) > _NARROW else 0.0
    box = Rectangle(
        (start + air, 0), end - start - 2 * air, row["reported"], facecolor=FAINT if recent else _COLOUR,
        edgecolor=BAND if recent else "white", linewidth=0.0, hatch=POSSIBLE if recent else None, zorder=2,
    )  # fmt: skip
    box.set_hatch_linewidth(0.6)
    sheet.ax.add_patch(box)
    if recent:
        sheet.ax.add_patch(
            Rectangle((start + air, 0), end - start - 2 * air, row["reported"], fill=False, edgecolor=GREY, linewidth=0.6,
                      zorder=2.1)
        )  # fmt: skip
    if not row["reported"]:
        sheet.ax.plot(
            [start, end], [0, 0], color=GREY if recent else _COLOUR, linewidth=2.4, solid_capstyle="butt", clip_on=False,
            zorder=4,
        )  # fmt: skip


def _expected(sheet: Sheet, row: dict[str, Any], days_a_point: float) -> None:
    """The open mark and its interval."""
    if row["expected"] is None:
        return
    start, end = _edges(row)
    x, top = (start + end) / 2, sheet.ax.get_ylim()[1]
    narrow = (end - start) / days_a_point < _NARROW
    low: float | None = row["low"]
    high: float | None = row["high"]
    if low is not None and high is not None:
        ends = [low] if high > top else [low, high]
        sheet.ax.plot(
            [x, x],
            [low, min(high, top)],
            color=INK,
            linewidth=SAMPLING,
            solid_capstyle="butt",
            zorder=3,
            path_effects=HALO,
        )
        sheet.ax.plot(
            [x] * len(ends), ends, marker="_", markersize=3 if narrow else 5, color=INK, markeredgewidth=SAMPLING,
            linestyle="none", zorder=3.1,
        )  # fmt: skip
        if high > top:
            sheet.ax.plot(
                [x], [top * 0.9], marker=UP, markersize=13 if narrow else 20, markerfacecolor="white",
                markeredgecolor=INK, markeredgewidth=0.7, linestyle="none", zorder=3.5,
            )  # fmt: skip
    sheet.ax.plot(
        [x], [row["expected"]], marker="o", markersize=3 if narrow else 5.5, markerfacecolor="white", markeredgecolor=INK,
        markeredgewidth=0.8 if narrow else 1.2, linestyle="none", zorder=4, clip_on=False,
    )  # fmt: skip


def _key(bars: pl.DataFrame, top: float, result: Nowcast) -> list[Any]:
    states = set(bars["state"])
    key: list[Any] = []
    if states & {"complete", "growing"}:
        key.append(box_key("reported", _COLOUR, _COLOUR))
    if "recent" in states:
        key.append(box_key("reported so far: recent, late reports to come", FAINT, BAND, hatch=POSSIBLE))
    if bars["expected"].is_not_null().any():
        mark: dict[str, Any] = {"marker": "o", "markersize": 5.5, "markerfacecolor": "white", "linestyle": "none"}
        key.append(line_key("expected once reports are complete", INK, **mark))
    if bars["high"].is_not_null().any():
        name = f"prediction interval ({level_text(result.level)})"
        key.append(line_key(name, INK, linewidth=SAMPLING, marker="|", markersize=6))
    if (bars["high"].drop_nulls() > top).any():
        key.append(open_key("interval goes on above the picture", hollow=True))
    if "no report" in states:
        key.append(box_key("no report (not zero)", GAP))
    return key
