"""Areas against a threshold as a funnel: the more person-days, the less chance there is in a rate."""

from __future__ import annotations

from math import log
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.funnel import LEVELS, FunnelPicture, funnel_picture
from casualtystats.plots.keys import line_key, open_key
from casualtystats.plots.logaxis import label, tick, use_log
from casualtystats.plots.style import COLOURS, GREY, HALO, INK, SMALL, TEXT, UP, house_style
from casualtystats.plots.text import balanced, text_width
from casualtystats.rates import RateSeries, Threshold

__all__ = ["funnel"]

_BLUE: Final = COLOURS[0]
_LINES: Final[dict[float, Any]] = {LEVELS[0]: (0, (4, 2)), LEVELS[1]: (0, (1.2, 1.4))}
_NAMED: Final = 12
# Verdict: marker, and whether it is filled. Shapes, not colours, tell them apart.
_SHAPES: Final[dict[str, tuple[str, bool]]] = {
    "above": ("^", True),
    "straddles": ("o", True),
    "below": ("v", True),
    "not shown to be above": ("o", False),
}


def funnel(
    rates: RateSeries, threshold: Threshold, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None
) -> Axes:
    """The rate of each area over its person-days, with exact Poisson limits of 95 % and 99.8 % around a threshold.

    Parameters
    ----------
    rates : RateSeries
        Death rates by area, such as `crude_mortality_rate` of a series with by=["place"].
    threshold : Threshold
        Such as `cs.thresholds.get("CDC/MSF emergency")`.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        The shape of a mark is the verdict of `rates.against(threshold)`; an arrow stands on a floor, such as a rate of
        violent deaths alone. Areas outside the limits are named, and all where there are few. Areas without a rate or
        person-days are left out, and the line below says which.

    Raises
    ------
    KindError, MeasureError
        If it holds no rates, or rates that can not be judged against the threshold.
    NoReportsError
        If no area has both a rate and person-days.
    OptionError
        If the threshold is none, `ax` is no Axes, or the width no possible width.

    Notes
    -----
    With many areas some lie outside by chance: of 100 at the threshold, about 5 outside the limits of 95 %.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> from casualtystats.rates import thresholds
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "died", "unit": "people",
    ...     "kind": "flow", "place": ["A", "B"], "value": [10, 30], "start": "2019-05-01", "end": "2019-05-10"}))
    >>> rates = cs.crude_mortality_rate(cs.deaths(reports, cause="all", by=["place"]), {"A": 10_000, "B": 9_000})
    >>> funnel(rates, thresholds.get("CDC/MSF emergency")).get_xlabel()
    'person-days (logarithmic)'
    """
    picture = funnel_picture(rates, threshold)
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        top = _top(picture)
        body = _axes(sheet, picture, top)
        _curves(sheet.ax, picture, top)
        marks = picture.marks.to_dicts()
        for row in marks:
            _mark(sheet.ax, row)
        _name(sheet, picture, marks, body, top)
        left = f"Left out, without a rate or person-days: {', '.join(picture.left_out)}. " if picture.left_out else ""
        sheet.settle(body, 0, left + picture.source, title, _key(picture))
    return sheet.axes


def _top(picture: FunnelPicture) -> float:
    """The highest value to be seen: all rates, and the limits where most areas are."""
    days = float(np.median(picture.marks["person_days"].to_numpy()))
    near: list[float] = [high for at, high in picture.limits.select("person_days", "high").rows() if at >= days]
    highest: float = max(*picture.marks["rate"].to_list(), 1.6 * picture.threshold)
    return max(highest * 1.18, min(max(near), 2 * highest))


def _axes(sheet: Sheet, picture: FunnelPicture, top: float) -> float:
    ax = sheet.ax
    body = min(max(0.5 * sheet.figure.get_figwidth() * 72, 150.0), 230.0) if sheet.own else sheet.height
    locator = MaxNLocator(nbins=max(2, min(7, int(body / 28))), steps=[1, 2, 2.5, 5, 10])
    ax.set_ylim(0, top)
    ax.yaxis.set_major_locator(locator)
    ax.yaxis.set_major_formatter(FuncFormatter(tick))
    lines = balanced(picture.label, body)
    ax.set_ylabel("\n".join(lines), fontsize=TEXT, color=INK, labelpad=4)
    shown = [value for value in locator.tick_values(0, top) if 0 <= value <= top]
    widest = max(text_width(label(float(value))) for value in shown)
    sheet.side_margins(widest + 17 + len(lines) * TEXT * 1.25, 20)
    days = picture.limits["person_days"]
    use_log(ax, float(days[0]), float(days[-1]), sheet.width)
    ax.set_xlabel("person-days (logarithmic)", fontsize=TEXT, color=INK, labelpad=2)
    sheet.dress()
    return body


def _curves(ax: Any, picture: FunnelPicture, top: float) -> None:
    ax.axhline(picture.threshold, color=INK, linewidth=1.1, zorder=1.5, gid="threshold")
    for level in LEVELS:
        part = picture.limits.filter(picture.limits["level"] == level)
        days = part["person_days"].to_numpy()
        # What lies far above the picture need not be handed on in full.
        for name in ("low", "high"):
            values = part[name].clip(upper_bound=3 * top).to_numpy()
            ax.plot(
                days, values, color=GREY, linewidth=1.0, linestyle=_LINES[level], zorder=1.6, gid=f"{name} {level:g}"
            )


def _mark(ax: Any, row: dict[str, Any]) -> None:
    marker, filled = _SHAPES[row["verdict"]]
    x, y = row["person_days"], row["rate"]
    if row["state"] == "floor":
        ax.plot(
            [x], [y], marker=UP, markersize=18, color=INK, markeredgewidth=0, linestyle="none", zorder=2.5, clip_on=False,
            gid="arrow",
        )  # fmt: skip
    ax.plot(
        [x], [y], marker=marker, markersize=6, markerfacecolor=_BLUE if filled else "white", markeredgecolor=_BLUE,
        markeredgewidth=1.1, linestyle="none", zorder=4, clip_on=False, gid=row["verdict"],
    )  # fmt: skip


def _name(sheet: Sheet, picture: FunnelPicture, marks: list[dict[str, Any]], body: float, top: float) -> None:
    """Names beside marks, where they run into no mark and no other name: those outside the limits first."""
    few = len(marks) <= _NAMED
    days = picture.limits["person_days"]
    first, span = log(days[0]), log(days[-1] / days[0])
    spots = [((log(row["person_days"]) - first) / span * sheet.width, row["rate"] / top * body, row) for row in marks]
    line = picture.threshold / top * body
    taken = [(x - 5, y - 5, x + 5, y + (20 if row["state"] == "floor" else 5)) for x, y, row in spots]
    taken.append((0, line - 1, sheet.width, line + 1))
    for x, y, row in sorted(spots, key=lambda spot: (not spot[2]["outside"], -spot[1], spot[0])):
        if not (few or row["outside"]):
            continue
        wide = text_width(row["name"], SMALL)
        for dx, dy in ((8, 0), (-8 - wide, 0), (-wide / 2, -11), (-wide / 2, 11), (8, -8), (-8 - wide, -8), (8, 9)):
            box = (x + dx, y + dy - SMALL / 2, x + dx + wide, y + dy + SMALL / 2)
            inside = box[0] >= 0 and box[2] <= sheet.width + 14 and box[1] >= 1 and box[3] <= body + 8
            if inside and not any(box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken):
                taken.append(box)
                sheet.ax.annotate(
                    row["name"], (row["person_days"], row["rate"]), (dx, dy), textcoords="offset points",
                    va="center_baseline", fontsize=SMALL, color=INK, zorder=6, gid="name", path_effects=HALO,
                    parse_math=False, annotation_clip=False,
                )  # fmt: skip
                break


def _key(picture: FunnelPicture) -> list[Any]:
    found = set(picture.marks["verdict"].to_list())
    key: list[Any] = [line_key(f"{picture.name}: {picture.threshold:,.10g}", INK, linewidth=1.1)]
    for level, line in _LINES.items():
        look: dict[str, Any] = {"linewidth": 1.0, "linestyle": line}
        key += [line_key(f"exact limits, {100 * level:.10g} %", GREY, **look)]
    for verdict, (marker, filled) in _SHAPES.items():
        if verdict in found:
            face = _BLUE if filled else "white"
            look = {"marker": marker, "markersize": 6, "markerfacecolor": face, "linestyle": "none"}
            key.append(line_key(verdict, _BLUE, **look))
    if (picture.marks["state"] == "floor").any():
        key.append(open_key("a floor: more may have died"))
    return key
