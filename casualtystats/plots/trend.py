"""A fitted trend: its daily mean over the totals that it was fitted to."""

from __future__ import annotations

from datetime import date
from itertools import groupby
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes

from casualtystats.plots.boxes import Scale, draw_totals
from casualtystats.plots.captions import Captioned
from casualtystats.plots.data.trend import TrendPicture, trend_picture
from casualtystats.plots.dates import number
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.style import BAND, COLOURS, GAP, GREY, HALO, INK, POSSIBLE, SMALL, house_style, lighter
from casualtystats.plots.text import text_width
from casualtystats.rates.sampling import level_text
from casualtystats.trends import TrendFit

__all__ = ["trend"]

_DASHED: Final = (0, (3, 2))
_THICK: Final = 1.7
_THIN: Final = 0.35
# Points a day below which steps crowd.
_CROWDED: Final = 1.5
_FLAT: Final[dict[str, Any]] = {"linestyle": (0, (1.2, 1.2)), "linewidth": 0.9}


def trend(
    fit: TrendFit,
    *,
    ax: Axes | None = None,
    width: float = 7.0,
    title: str | None = None,
    prediction: bool = False,
) -> Axes:
    """The fitted mean of each day, with its confidence interval, over the totals that it was fitted to.

    A total is a box over the days of its period whose area is the count: it is as high as the mean per day that the
    count implies. The line is not fitted to these heights, but to the totals.

    Parameters
    ----------
    fit : TrendFit
        Made by `fit_trend`, with any terms.
    ax, width, title
        As in `flow`.
    prediction : bool, default False
        Add the prediction interval of the count of each day, as thin lines. Counts of one day vary more than the mean
        per day of a longer period.

    Returns
    -------
    Axes
        A lower bound is pale, has no lid, and bears an arrow; an upper bound is a hollow box with an arrow that hangs
        from its lid; a range is pale up to its lower bound and a hollow box from there to its upper one. Days that a
        report may, but need not, speak about are hatched, and its height falls there. Days without a total that is
        used are shaded, and the line is dashed on them. The line has steps where its terms jump from day to day.

    Raises
    ------
    KindError, MeasureError
        If it is no fitted trend.
    OptionError
        If `ax` is no Axes, or the width no possible width.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> rows = [{"report_id": f"r{at}", "measure": "killed", "unit": "people", "kind": "flow", "value": str(10 + 3 * at),
    ...          "start": f"2019-05-{7 * at + 1:02}", "end": f"2019-05-{7 * at + 7:02}"} for at in range(4)]
    >>> trend(cs.fit_trend(cs.deaths(cs.read_reports(pl.DataFrame(rows))))).get_ylabel()
    'reported violent deaths per day'
    """
    picture = trend_picture(fit, prediction=prediction)
    with house_style(ax is None):
        return _drawn(Captioned.on(ax, width, picture.sentence), picture, title)


def _drawn(sheet: Captioned, picture: TrendPicture, title: str | None) -> Axes:
    rows = picture.totals.to_dicts()
    first: date = picture.days["date"][0]
    last: date = picture.days["date"][-1]
    body = sheet.scale(picture.label, picture.top, first, last)
    sheet.dress()
    left, right = sheet.ax.get_xlim()
    top = sheet.ax.get_ylim()[1]
    scale = Scale(sheet.width / (right - left), top, body if sheet.own else sheet.height)
    draw_totals(sheet.ax, rows, scale)
    _silent(sheet, picture, scale.height)
    _curves(sheet.ax, picture, first, scale)
    sheet.settle(body, 0, f"{picture.notes}. {picture.source}", title, _keys(picture))
    return sheet.axes


def _curves(ax: Any, picture: TrendPicture, first: date, scale: Scale) -> None:
    """The mean and its intervals, run by run: dashed on days that no total speaks about."""
    days, start, done = picture.days, number(first), 0
    # Steps of many days would run together to a black band.
    thick, thin = (_THIN, _THIN) if picture.stepped and scale.day < _CROWDED else (_THICK, 0.5)
    for covered, run in groupby(days["covered"].to_list()):
        i, j = done, done + len(list(run))
        done = j
        # What lies far above the picture must not be handed on in full: it may be astronomical.
        found = {
            name: _line(np.minimum(days[name].cast(float).to_numpy(), 3 * scale.top), i, j, stepped=stepped)
            for name, stepped in {
                "mean": picture.stepped, "mean_low": picture.stepped, "mean_high": picture.stepped,
                **({"low": True, "high": True} if picture.prediction else {}),
            }.items()
        }  # fmt: skip
        x, mean = found["mean"]
        x = x + start
        low, high = found["mean_low"][1], found["mean_high"][1]
        ax.fill_between(x, low, high, color=BAND, alpha=0.42, linewidth=0, zorder=3)
        for edge in (low, high):
            ax.plot(x, edge, color=INK, linewidth=thin, alpha=0.8, zorder=3.1)
        line: dict[str, Any] = {"linestyle": "-" if covered else _DASHED, "linewidth": thick}
        line["path_effects"] = HALO if thick > _THIN else None
        ax.plot(x, mean, color=INK, zorder=3.6, solid_capstyle="butt", gid="mean", **line)
        for name in ("low", "high") if picture.prediction else ():
            ax.plot(found[name][0] + start, found[name][1], color=GREY, zorder=3.3, gid="prediction", **_FLAT)


def _line(values: Any, i: int, j: int, *, stepped: bool) -> tuple[Any, Any]:
    """A line over the days i to j - 1, from the start of the first to the end of the last: day 0 is at 0."""
    if stepped:
        edges = np.arange(i, j + 1) - 0.5
        return np.repeat(edges, 2)[1:-1], np.repeat(values[i:j], 2)
    x = np.concatenate([[i - 0.5], np.arange(i, j), [j - 0.5]])
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values)
        # Half a day before the first and after the last it goes on as it went.
        ends = [2 * logs[0] - logs[1], 2 * logs[-1] - logs[-2]] if len(logs) > 1 else [logs[0], logs[0]]
        known = np.concatenate([ends[:1], logs, ends[1:]])
        return x, np.exp(np.interp(x, np.arange(-1, len(logs) + 1), known))


def _silent(sheet: Captioned, picture: TrendPicture, height: float) -> None:
    """Shade the days that no total speaks about."""
    (left, right), top, days = sheet.ax.get_xlim(), sheet.ax.get_ylim()[1], picture.days
    done = 0
    for covered, run in groupby(days["covered"].to_list()):
        i, done = done, done + len(list(run))
        if covered:
            continue
        start, end = number(days["date"][i]) - 0.5, number(days["date"][done - 1]) + 0.5
        sheet.ax.axvspan(start, end, facecolor=GAP, linewidth=0, zorder=0.3)
        room = (end - start) * sheet.width / (right - left)
        # Under the interval, where that leaves room.
        under = days["mean_low"][i:done].fill_null(0).min()
        free = float(under) * height / top if isinstance(under, float) else 0.0
        text = "no report used"
        wide, high = text_width(text, SMALL) + 6, SMALL * 1.6
        for turn, across, up in ((0, wide, high), (90, high, wide)):
            if room > across and free > up:
                sheet.ax.annotate(
                    text, ((start + end) / 2, 0), (0, 4), textcoords="offset points", ha="center", va="bottom",
                    fontsize=SMALL, color=GREY, rotation=turn, gid="gap", path_effects=HALO, zorder=2.5,
                )  # fmt: skip
                break


def _keys(picture: TrendPicture) -> list[Any]:
    rows = picture.totals.to_dicts()
    states, colour = {row["state"] for row in rows}, COLOURS[0]
    share = level_text(picture.level)
    key: list[Any] = [
        line_key("fitted mean of a day", INK, linewidth=_THICK),
        box_key(f"its confidence interval ({share})", BAND, INK, alpha=0.42, linewidth=0.5),
    ]
    if picture.prediction:
        key.append(line_key(f"prediction interval of the count of one day ({share})", GREY, **_FLAT))
    if "exact" in states:
        key.append(
            box_key("reported, per day of its period (area: the count)", lighter(colour, 0.5), colour, linewidth=0.9)
        )
    if "floor" in states:
        key.append(box_key("at least", lighter(colour, 0.82), colour, linewidth=0.8, linestyle="--"))
        key.append(open_key())
    if "range" in states:
        key.append(box_key("from lower to upper bound", "white", colour, linewidth=0.9))
    if "ceiling" in states:
        key.append(open_key("upper bound only", down=True))
    if any(row["sure_start"] != row["period_start"] or row["sure_end"] != row["period_end"] for row in rows):
        pale = lighter(colour, 0.82)
        key.append(box_key("possible days: date not exactly known", pale, colour, hatch=POSSIBLE))
    if any(row["beyond"] for row in rows):
        key.append(open_key("upper bound above the picture", hollow=True))
    if not picture.days["covered"].all():
        key.append(box_key("no report used (not zero)", GAP))
    return key
