"""Segmented and interrupted trends: the fitted mean over the totals, and where it changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.segments import SegmentsPicture, segments_picture
from casualtystats.plots.dates import day_label, number
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.style import BAND, COLOURS, GAP, GREY, HALO, INK, SMALL, UP, house_style, lighter
from casualtystats.plots.text import text_width
from casualtystats.rates.sampling import level_text
from casualtystats.trends.segments.interruption import InterruptedTrend
from casualtystats.trends.segments.result import SegmentedTrend

__all__ = ["segments"]

_BAR: Final = COLOURS[0]
_PALE: Final = lighter(_BAR, 0.72)
_JOINT: Final = COLOURS[1]
_JOINT_BAND: Final = lighter(_JOINT, 0.75)
_DASHED: Final = (0, (3, 2))
_LONG: Final = (0, (6, 1.5, 1.2, 1.5))
_THIN: Final = (0, (4, 3))
_ABOVE: Final = SMALL * 1.4


def segments(
    result: SegmentedTrend | InterruptedTrend,
    *,
    ax: Axes | None = None,
    width: float = 7.0,
    title: str | None = None,
    earlier_trend: bool = False,
) -> Axes:
    """The fitted mean of a segmented or interrupted trend over the totals that it was fitted to.

    Each total is a bar as wide as its period and as high as its mean per day, so that its area is the count; a lower bound
    has a dashed top and an arrow. A joint is a line with its interval as a band; the date of an interrupted trend is a
    line, and the days of a washout are grey.

    Parameters
    ----------
    result : SegmentedTrend or InterruptedTrend
        The result of `segmented_trend` or `interrupted_trend`.
    ax, width, title
        As in `flow`.
    earlier_trend : bool, default False
        Whether the trend before the date is continued after it, as a thin dashed line. Interrupted trends only; it is no
        estimate of what would have been.

    Returns
    -------
    Axes
        The mean is drawn on days of totals only.

    Raises
    ------
    KindError, MeasureError
        If it is no such result.
    OptionError
        If the earlier trend of a segmented trend is asked for.
    """
    shown = segments_picture(result, earlier_trend)
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        return _draw(sheet, shown, _source(result), title)


def _source(result: SegmentedTrend | InterruptedTrend) -> str:
    left_out = [f"Left out: {number} ({reason})" for reason, number in result.fit.left_out.items()]
    return ". ".join([result.note or "Source: not stated", *left_out])


def _draw(sheet: Sheet, shown: SegmentsPicture, source: str, title: str | None) -> Axes:
    rows = shown.bars.to_dicts()
    first, last = min(row["period_start"] for row in rows), max(row["period_end"] for row in rows)
    heights = [value for row in rows for value in (row["low_rate"], row["high_rate"]) if value is not None]
    tallest = max([*heights, *shown.mean["mean"].to_list()])
    # An interval, or an earlier trend, that runs away must not press the totals to the ground.
    ends = [*shown.mean["mean_high"].to_list(), *shown.earlier["mean"].to_list()]
    top = max([tallest, *(end for end in ends if end <= 1.5 * tallest)])
    floors = any(row["state"] == "floor" for row in rows)
    body = sheet.scale(shown.label, top * (1.25 if floors else 1.06), first, last)
    sheet.dress()
    marks = _marks(sheet, shown)
    for row in rows:
        _bar(sheet.ax, row)
    _lines(sheet.ax, shown)
    sheet.settle(body, _ABOVE if marks else 0, source, title, _key(shown, rows))
    return sheet.axes


def _marks(sheet: Sheet, shown: SegmentsPicture) -> bool:
    """Joints with their intervals, the date with its washout; whether any has a label above."""
    ax = sheet.ax
    for _, low, high in shown.joints:
        if low is not None and high is not None:
            ax.axvspan(
                number(low) - 0.5, number(high) + 0.5, facecolor=_JOINT_BAND, edgecolor="none", alpha=0.75, zorder=0.4,
            )  # fmt: skip
    lines = [number(shown.origin) + at for at, _, _ in shown.joints]
    labels = [shown.origin + timedelta(days=int(at + 0.5)) for at, _, _ in shown.joints]
    look: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": _LONG}
    if shown.washout is not None:
        start, end = shown.washout
        ax.axvspan(number(start) - 0.5, number(end) + 0.5, facecolor=GAP, edgecolor="none", zorder=0.3)
    if shown.changes is not None:
        lines, labels, look["linestyle"] = [number(shown.changes) - 0.5], [shown.changes], "-"
    for x in lines:
        ax.axvline(x, zorder=3.2, **look)
    _labels(sheet, lines, labels, "from " if shown.changes is not None else "")
    return bool(lines)


def _labels(sheet: Sheet, lines: list[float], days: list[date], before: str) -> None:
    """The dates above the axes, where they have room beside each other."""
    left, right = sheet.ax.get_xlim()
    reached = -1e9
    for x, day in zip(lines, days, strict=True):
        text = before + day_label(day)
        wide = text_width(text, SMALL)
        middle = (x - left) * sheet.width / (right - left)
        begin = min(max(middle - wide / 2, 0.0), sheet.width - wide)
        if begin <= reached:
            continue
        reached = begin + wide + 6
        sheet.ax.annotate(
            text, (0, 1), (begin, 2), xycoords="axes fraction", textcoords="offset points", ha="left", va="bottom",
            fontsize=SMALL, color=INK, gid="joint", annotation_clip=False, parse_math=False,
        )  # fmt: skip


def _bar(ax: Any, row: dict[str, Any]) -> None:
    start, end = number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5
    low, high, state = row["low_rate"], row["high_rate"], row["state"]
    colour = _BAR if row["used"] else BAND
    face = _PALE if row["used"] else "white"
    look: dict[str, Any] = {"edgecolor": "none", "zorder": 1.2}
    if state in ("exact", "floor"):
        ax.add_patch(
            Rectangle(
                (start, 0), end - start, low, facecolor=face if state == "exact" else lighter(colour, 0.85), **look
            )
        )
        ax.vlines([start, end], 0, low, color=colour, linewidth=0.6, zorder=1.4)
        ax.hlines(
            low, start, end, color=colour, linewidth=1.0, linestyle="-" if state == "exact" else _DASHED, zorder=1.4
        )
    else:
        if low:
            ax.add_patch(Rectangle((start, 0), end - start, low, facecolor=lighter(colour, 0.85), **look))
        ax.add_patch(
            Rectangle((start, low), end - start, high - low, facecolor=lighter(colour, 0.9), hatch="....",
                      edgecolor=lighter(colour, 0.4), linewidth=0, zorder=1.2)
        )  # fmt: skip
        ax.hlines([low, high], start, end, color=colour, linewidth=0.8, zorder=1.4)
    if state == "floor":
        ax.plot(
            [(start + end) / 2], [low], marker=UP, markersize=16, markerfacecolor=INK, markeredgewidth=0,
            linestyle="none", path_effects=HALO, zorder=3.6,
        )  # fmt: skip


def _lines(ax: Any, shown: SegmentsPicture) -> None:
    top = ax.get_ylim()[1]
    for _, piece in shown.mean.group_by("piece", maintain_order=True):
        x = [number(day) for day in piece["date"].to_list()]
        low, mean, high = (piece[name].to_list() for name in ("mean_low", "mean", "mean_high"))
        if len(x) == 1:
            x, low, mean, high = [x[0] - 0.5, x[0] + 0.5], low * 2, mean * 2, high * 2
        ax.fill_between(x, low, [min(end, top) for end in high], facecolor=BAND, alpha=0.35, linewidth=0, zorder=2.4)
        ax.plot(x, mean, color="white", linewidth=3.0, zorder=3.0)
        ax.plot(x, mean, color=INK, linewidth=1.6, zorder=3.1)
    if shown.earlier.height:
        x = [number(day) for day in shown.earlier["date"].to_list()]
        ax.plot(x, shown.earlier["mean"].to_list(), color=GREY, linewidth=0.9, linestyle=_THIN, zorder=2.9)


def _key(shown: SegmentsPicture, rows: list[dict[str, Any]]) -> list[Any]:
    states = {row["state"] for row in rows if row["used"]}
    level = level_text(shown.level)
    key: list[Any] = []
    if "exact" in states:
        key.append(box_key("total as reported, per day", _PALE, _BAR, linewidth=0.6))
    if "floor" in states:
        key.append(box_key("at least", lighter(_BAR, 0.85), _BAR, linewidth=0.8, linestyle="--"))
        key.append(open_key())
    if states & {"range", "ceiling"}:
        key.append(box_key("range, or up to", lighter(_BAR, 0.9), lighter(_BAR, 0.4), hatch="...."))
    key.append(line_key("fitted mean per day", INK, linewidth=1.6))
    key.append(box_key(f"{level} interval of the mean", lighter(BAND, 0.65)))
    if shown.joints:
        key.append(line_key("joint: growth changes", INK, linewidth=0.9, linestyle=_LONG))
    if any(low is not None for _, low, _ in shown.joints):
        key.append(box_key(f"{level} interval of the joint", _JOINT_BAND))
    if shown.changes is not None:
        meaning = "date fixed beforehand" if shown.washout is None else "change counts from here"
        key.append(line_key(meaning, INK, linewidth=0.9))
    if shown.washout is not None:
        key.append(box_key("washout, from the date fixed beforehand: left out", GAP, BAND, linewidth=0.6))
    if shown.earlier.height:
        key.append(line_key("if the earlier trend had gone on", GREY, linewidth=0.9, linestyle=_THIN))
    return key
