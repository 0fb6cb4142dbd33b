"""Time to restoration: a curve of steps a group, with what is known of its error, and how many it rests on below."""

from __future__ import annotations

from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from casualtystats.plots.curvelabels import label_curves
from casualtystats.plots.data.restoration import Curve, RestorationPicture, Show, restoration_picture, risk_rows
from casualtystats.plots.keys import box_key, line_key
from casualtystats.plots.panels import Panelled, round_days, table_height
from casualtystats.plots.stepcurves import HUES, THICK, draw_interval, draw_line, steps
from casualtystats.plots.style import GREY, INK, LINES, POSSIBLE, SMALL, house_style, lighter
from casualtystats.printing import format_count
from casualtystats.rates.restoration import Restoration
from casualtystats.rates.sampling import level_text

__all__ = ["restoration"]

# Points along the x axis that a number at risk needs.
_ROOM: Final = 34.0


def restoration(
    result: Restoration, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None,
    show: Show | None = None,
) -> Axes:  # fmt: skip
    """The share of outages that last longer than so many days, or that are restored by then; numbers at risk below.

    Parameters
    ----------
    result : Restoration
        From `time_to_restoration`, of at most four groups.
    ax : Axes, optional
        Where to draw; the numbers at risk stand beneath it, where dates of other pictures stand. By default a figure
        that is as high as it needs.
    width, title
        As in `flow`.
    show : {"still out", "restored"}, optional
        The share still out, or the share restored. By default what was estimated: with destroyed facilities the
        cumulative incidence of restoration, and that of destruction beside it where there is one group.

    Returns
    -------
    Axes
        Groups differ in line style as well as in colour, and bear their names. A band is the sampling interval at each
        day. A tick is an outage that was still out when last seen; a dotted line leads to the median. Of Turnbull's
        estimate there is no band: hatched boxes span the days in which the curve falls somewhere, it is not known
        where. Beneath: how many outages are known to last so long and are still followed; two numbers are bounds.

    Raises
    ------
    MeasureError
        If it is no time to restoration.
    NoReportsError
        If it has no outage.
    OptionError
        If it has more than four groups, or an option is wrong.

    Examples
    --------
    >>> from casualtystats.rates.restoration import kaplan_meier
    >>> restoration(kaplan_meier([3, 5, 5, 8], [1, 1, 1, 0])).get_xlabel()
    'days since the outage began'
    """
    picture = restoration_picture(result, show=show)
    with house_style(ax is None):
        return _drawn(Panelled.on(ax, width, picture.sentence), picture, result, title)


def _drawn(sheet: Panelled, picture: RestorationPicture, result: Restoration, title: str | None) -> Axes:
    sheet.claim(table_height(len(picture.groups)))
    body, rows = sheet.plain(picture.label, sheet.shares(), list(picture.groups))
    ticks = round_days(picture.last, max(2, int(sheet.width / _ROOM)))
    sheet.days(picture.last, ticks, "days since the outage began")
    sheet.dress()
    for at, curve in enumerate(picture.curves):
        _curve(sheet.ax, curve, at, several=len(picture.curves) > 1)
    if len(picture.curves) == 1 and picture.curves[0].median is not None:
        _median(sheet, picture.curves[0].median, body)
    if len(picture.curves) > 1:
        scale = (sheet.width / sheet.ax.get_xlim()[1], body / sheet.ax.get_ylim()[1])
        label_curves(
            sheet.ax,
            [(curve.group or curve.what, *steps(curve.days, curve.shares, curve.end)) for curve in picture.curves],
            scale,
        )
    sheet.table("number of outages at risk", rows, ticks, risk_rows(result, ticks))
    sheet.settle(body if sheet.own else sheet.height, 0, picture.source, title, _key(picture, result))
    return sheet.axes


def _curve(ax: Any, curve: Curve, at: int, *, several: bool) -> None:
    colour = HUES[at]
    draw_interval(ax, curve.days, curve.low, curve.high, curve.end, at, several=several)
    for box in curve.boxes:
        right = ax.get_xlim()[1] if box.last is None else box.last
        low, high = sorted((box.before, box.after))
        drawn = Rectangle(
            (box.first, low), right - box.first, high - low, facecolor=lighter(colour, 0.88), edgecolor=colour,
            linewidth=0.6 if box.last is not None else 0, hatch=POSSIBLE, zorder=1.8, gid="box",
        )  # fmt: skip
        drawn.set_hatch_linewidth(0.5)
        ax.add_patch(drawn)
    if curve.boxes:
        _flats(ax, curve, at)
    else:
        draw_line(ax, *steps(curve.days, curve.shares, curve.end), at)
    if curve.ticks:
        ax.plot(
            [day for day, _ in curve.ticks], [share for _, share in curve.ticks], marker="|", markersize=6, color=colour,
            markeredgewidth=1.0, linestyle="none", zorder=3.2, gid="censored", clip_on=False,
        )  # fmt: skip


def _flats(ax: Any, curve: Curve, at: int) -> None:
    """Where the curve is known, between the boxes: level, and straight down on exact days."""
    starts = {box.last: box.first for box in curve.boxes if box.last is not None}
    stop = next((box.first for box in curve.boxes if box.last is None), curve.end)
    corners: list[tuple[float, float]] = []
    for (here, share), after in zip(zip(curve.days, curve.shares, strict=True), [*curve.days[1:], None], strict=True):
        # A step that lies somewhere in a box ends the line before it.
        until = stop if after is None else starts.get(after, after)
        corners += [(here, share), (max(here, until), share)]
        if after is None or after in starts:
            draw_line(ax, [x for x, _ in corners], [y for _, y in corners], at)
            corners = []


def _median(sheet: Panelled, median: float, body: float) -> None:
    look: dict[str, Any] = {"color": GREY, "linewidth": 0.9, "linestyle": (0, (1.2, 1.2)), "zorder": 2.6}
    sheet.ax.plot([0, median, median], [0.5, 0.5, 0], gid="median", **look)
    text = f"median {format_count(median)} {'day' if median == 1 else 'days'}"
    right = median < 0.6 * sheet.ax.get_xlim()[1]
    sheet.ax.annotate(
        text, (median, 0), (4 if right else -4, min(9.0, body / 12)), textcoords="offset points",
        ha="left" if right else "right", va="bottom", fontsize=SMALL, color=INK, gid="median", zorder=6,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
    )  # fmt: skip


def _key(picture: RestorationPicture, result: Restoration) -> list[Any]:
    key: list[Any] = []
    boxed = any(curve.boxes for curve in picture.curves)
    if len(picture.curves) == 1:
        word = picture.label.removeprefix("share of outages ")
        key.append(line_key(f"{word}{' (Turnbull)' if result.method == 'turnbull' else ''}", HUES[0], linewidth=THICK))
    else:
        for at, curve in enumerate(picture.curves):
            key.append(line_key(curve.group or curve.what, HUES[at], linewidth=THICK, linestyle=LINES[at]))
    if any(value is not None for curve in picture.curves for value in curve.low):
        key.append(box_key(f"sampling interval ({level_text(result.level)})", GREY, alpha=0.3))
    if any(curve.ticks for curve in picture.curves):
        key.append(line_key("still out when last seen (censored)", GREY, marker="|", markersize=6, linestyle="none"))
    if boxed:
        key.append(
            box_key("days in which the curve falls somewhere: no sampling interval", "white", GREY, hatch=POSSIBLE)
        )
    return key
