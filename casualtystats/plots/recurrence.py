"""Recurrent hits: the mean number of hits a facility so far, as steps, and how many facilities are followed below."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from casualtystats.plots.data.recurrence import RecurrencePicture, mean_cumulative_picture
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.panels import Panelled, round_days, table_height
from casualtystats.plots.stepcurves import HUES, THICK, draw_interval, draw_line, steps
from casualtystats.plots.style import GREY, INK, LINES, UP, house_style
from casualtystats.rates.recurrence import MeanCumulative
from casualtystats.rates.sampling import level_text

__all__ = ["mean_cumulative"]

_ROOM: Final = 34.0


def mean_cumulative(
    result: MeanCumulative, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None
) -> Axes:
    """The mean number of hits a facility up to each day, repeated hits and all; facilities followed below.

    Parameters
    ----------
    result : MeanCumulative
        From `mean_cumulative_hits`, of at most four groups.
    ax : Axes, optional
        Where to draw; the numbers followed take the lower part of its place. By default a figure that is as high as it
        needs.
    width, title
        As in `flow`.

    Returns
    -------
    Axes
        A step a day with hits. Groups differ in line style as well as in colour. A band is the interval at each day; a
        hollow arrow says that it goes on above the picture. Beneath: facilities followed on the days of the axis.

    Raises
    ------
    MeasureError
        If it is no mean cumulative number of hits.
    NoReportsError
        If no facility is followed.
    OptionError
        If it has more than four groups, or an option is wrong.

    Examples
    --------
    >>> from casualtystats.rates.recurrence import mean_cumulative_function
    >>> curve = mean_cumulative_function({"a": [3, 9], "b": [5]}, {"a": (0, 15), "b": (0, 15), "c": (0, 12)})
    >>> mean_cumulative(curve).get_ylabel()
    'mean number of hits a facility'
    """
    picture = mean_cumulative_picture(result)
    with house_style(ax is None):
        return _drawn(Panelled.on(ax, width, picture.sentence), picture, result, title)


def _drawn(sheet: Panelled, picture: RecurrencePicture, result: MeanCumulative, title: str | None) -> Axes:
    ax, curves = sheet.ax, picture.curves
    sheet.claim(table_height(len(curves)))
    top = picture.top * 1.06
    locator = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10])
    shown = [_tick(value) for value in locator.tick_values(0, top) if 0 <= value <= top]
    body, rows = sheet.plain("mean number of hits a facility", shown, [curve.group for curve in curves])
    ax.set_ylim(0, top)
    ax.yaxis.set_major_locator(locator)
    ax.yaxis.set_major_formatter(FuncFormatter(_tick))
    ticks = round_days(picture.last, max(2, int(sheet.width / _ROOM)))
    sheet.days(picture.last, ticks, picture.days_label)
    sheet.dress()
    for at, curve in enumerate(curves):
        # What lies far above the picture need not be handed on in full.
        high = [None if value is None else min(value, 2 * top) for value in curve.high]
        draw_interval(ax, curve.days, curve.low, high, curve.days[-1], at, several=len(curves) > 1)
        draw_line(ax, *steps(curve.days, curve.means, curve.days[-1]), at)
        if _beyond(curve.high, top):
            day = next(
                day for day, value in zip(curve.days, curve.high, strict=True) if value is not None and value > top
            )
            ax.plot(
                [day], [0.9 * top], marker=UP, markersize=18, markerfacecolor="white", markeredgecolor=INK,
                markeredgewidth=0.7, linestyle="none", zorder=4, gid="beyond",
            )  # fmt: skip
    counts = result.followed([int(tick) for tick in ticks])["followed"].to_list()
    each = [[f"{number:,}" for number in counts[at : at + len(ticks)]] for at in range(0, len(counts), len(ticks))]
    sheet.table("number of facilities followed", rows, ticks, each)
    sheet.settle(body if sheet.own else sheet.height, 0, picture.source, title, _key(picture, top))
    return sheet.axes


def _tick(value: float, _: int | None = None) -> str:
    return f"{value:,.10g}"


def _beyond(highs: tuple[float | None, ...], top: float) -> bool:
    return any(high is not None and high > top for high in highs)


def _key(picture: RecurrencePicture, top: float) -> list[Any]:
    key: list[Any] = []
    if len(picture.curves) == 1:
        key.append(line_key("mean number of hits a facility so far", HUES[0], linewidth=THICK))
    else:
        for at, curve in enumerate(picture.curves):
            key.append(line_key(curve.group, HUES[at], linewidth=THICK, linestyle=LINES[at]))
    if any(value is not None for curve in picture.curves for value in curve.high):
        kind = "robust" if picture.robust else "if hits are independent"
        key.append(box_key(f"interval ({level_text(picture.level)}, {kind})", GREY, alpha=0.3))
    if any(_beyond(curve.high, top) for curve in picture.curves):
        key.append(open_key("interval goes on above the picture", hollow=True))
    return key
