"""Surges as bars against thresholds, and change points as levels over bars."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes

from casualtystats.errors import MeasureError
from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.surges import change_bars, surge_bars
from casualtystats.plots.dates import day_label, number
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.style import BAND, COLOURS, GAP, GREY, HALO, INK, SMALL, UP, house_style, lighter
from casualtystats.plots.text import text_width
from casualtystats.trends.changeresult import ChangePoints
from casualtystats.trends.surgeresult import Surges

__all__ = ["change_points", "surges"]

_COLOUR: Final = COLOURS[0]
_PALE: Final = lighter(_COLOUR, 0.65)
_LINE: Final = SMALL * 1.35
_AIR: Final = 4.0
_ALARM: Final = 5.0
# State, face and edge of the bars.
_LOOKS: Final = (("alarm", _COLOUR, "white"), ("below", _PALE, "white"), ("not judged", "white", GREY))
# Points of width below which a bar has no edge: edges of narrow bars would hide them.
_NARROW: Final = 4.0


def surges(found: Surges, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """Each cell as a bar as high as its count, with a line at its threshold; alarms dark, with a mark above.

    Parameters
    ----------
    found : Surges
        From `surges`.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        Cells that could not be judged are in outline; those without a count are shaded, for silence is not zero.

    Raises
    ------
    MeasureError
        If it is no result of `surges`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> from casualtystats.trends.surges import surges as find
    >>> days = pl.date_range(date(2020, 1, 1), date(2020, 1, 11), eager=True)
    >>> rows = pl.DataFrame({"start": days, "end": days, "value": [5, 3, 4, 6, 5, 4, 3, 5, 6, 4, 12]})
    >>> rows = rows.with_columns(report_id=pl.col("start").cast(pl.String), measure=pl.lit("killed"),
    ...     unit=pl.lit("people"), kind=pl.lit("flow"))
    >>> surges(find(cs.deaths(cs.read_reports(rows)).resample("day"))).get_ylabel()
    'reported violent deaths per day'
    """
    if not isinstance(found, Surges):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected surges (cs.surges), got {type(found).__name__}")
    bars = surge_bars(found)
    rows = bars.to_dicts()
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        drawn: list[float] = [*bars["height"].drop_nulls(), *bars.filter(~pl.col("beyond"))["threshold"].drop_nulls()]
        label = f"{found.noun} per {found.cell}"
        body = sheet.scale(label, max(drawn) * 1.15, rows[0]["period_start"], rows[-1]["period_end"], whole=True)
        sheet.dress()
        _draw_surges(sheet, rows)
        sheet.settle(body, 0, found.source, title, _surge_key(bars, found))
    return sheet.axes


def change_points(found: ChangePoints, *, ax: Axes | None = None, width: float = 7.0, title: str | None = None) -> Axes:
    """Each cell as a bar as high as its daily rate, under the level of its segment; changes named by their dates.

    Parameters
    ----------
    found : ChangePoints
        From `change_points`.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        A grey band is the interval of a level, which takes the segment as given.

    Raises
    ------
    MeasureError
        If it is no result of `change_points`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> from casualtystats.trends.changepoints import change_points as find
    >>> days = pl.date_range(date(2020, 1, 1), date(2020, 1, 12), eager=True)
    >>> rows = pl.DataFrame({"start": days, "end": days, "value": [2, 3, 1, 4, 2, 3, 9, 11, 8, 12, 10, 9]})
    >>> rows = rows.with_columns(report_id=pl.col("start").cast(pl.String), measure=pl.lit("killed"),
    ...     unit=pl.lit("people"), kind=pl.lit("flow"))
    >>> ax = change_points(find(cs.deaths(cs.read_reports(rows)).resample("day")))
    >>> [text.get_text() for text in ax.texts if text.get_gid() == "change"]
    ['7 Jan']
    """
    if not isinstance(found, ChangePoints):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected change points (cs.change_points), got {type(found).__name__}")
    bars = change_bars(found)
    rows = bars.to_dicts()
    tallest: list[float] = [*bars["height"], *bars["level_high"]]
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        first, last = rows[0]["period_start"], rows[-1]["period_end"]
        body = sheet.scale(f"{found.noun} per day", max(tallest) * 1.08, first, last)
        sheet.dress()
        _bars(sheet, rows, _PALE, "white")
        for row in found.segments.to_dicts():
            start, end = number(row["first_day"]) - 0.5, number(row["last_day"]) + 0.5
            sheet.ax.fill_between(
                [start, end], row["per_day_low"], row["per_day_high"], color=BAND, alpha=0.3, linewidth=0, zorder=2.5
            )
            sheet.ax.plot([start, end], [row["per_day"]] * 2, color=INK, linewidth=1.6, solid_capstyle="butt", zorder=3)
        above = _dates(sheet, list(found.dates), first.year != last.year)
        key: list[Any] = [
            box_key(f"as reported, by {found.cell}", _PALE),
            line_key("level of the segment", INK, linewidth=1.6),
            box_key(f"its interval ({100 * found.level:.10g} %), the segment taken as given", BAND, alpha=0.3),
        ]
        if (bars["height"] == 0).any():
            key.insert(1, _zero_key())
        sheet.settle(body, above, found.source, title, key)
    return sheet.axes


def _zero_key() -> Any:
    return line_key("0 reported", _COLOUR, linewidth=2.0)


def _edges(row: dict[str, Any]) -> tuple[float, float]:
    return number(row["period_start"]) - 0.5, number(row["period_end"]) + 0.5


def _bars(sheet: Sheet, rows: list[dict[str, Any]], face: str, edge: str) -> None:
    """Bars of one look. A count of zero is a count: a line on the ground."""
    ends = [_edges(row) for row in rows]
    heights = [row["height"] for row in rows]
    left, right = sheet.ax.get_xlim()
    thin = any((end - start) * sheet.width / (right - left) < _NARROW for start, end in ends)
    sheet.ax.bar(
        [(start + end) / 2 for start, end in ends], heights, [end - start for start, end in ends], facecolor=face,
        edgecolor=edge, linewidth=(0.4 if face == "white" else 0) if thin else 0.6, zorder=2,
    )  # fmt: skip
    _flat(sheet.ax, [(*end, 0.0) for end, height in zip(ends, heights, strict=True) if not height], _COLOUR, 2.0)


def _flat(ax: Any, lines: list[tuple[float, float, float]], colour: str, thick: float) -> None:
    """Level lines, each from a start to an end at a height."""
    if lines:
        starts, ends, heights = zip(*lines, strict=True)
        ax.hlines(heights, starts, ends, color=colour, linewidth=thick, capstyle="butt", clip_on=thick < 2, zorder=3)


def _draw_surges(sheet: Sheet, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if row["state"] == "no report":
            sheet.ax.axvspan(*_edges(row), facecolor=GAP, edgecolor="none", zorder=0.3)
    for state, face, edge in _LOOKS:
        _bars(sheet, [row for row in rows if row["state"] == state], face, edge)
    top = sheet.ax.get_ylim()[1]
    alarms = [(sum(_edges(row)) / 2, row["height"] + top * 0.025) for row in rows if row["state"] == "alarm"]
    sheet.ax.plot(
        [x for x, _ in alarms], [y for _, y in alarms], marker="v", markersize=_ALARM, color=INK, markeredgewidth=0,
        linestyle="none", zorder=5, gid="alarm",
    )  # fmt: skip
    shown = [row for row in rows if row["threshold"] is not None and not row["beyond"]]
    _flat(sheet.ax, [(*_edges(row), row["threshold"]) for row in shown], INK, 1.1)
    # Neighbours alike share an arrow.
    first = [
        row for before, row in zip([{"beyond": False}, *rows], rows, strict=False) if row["beyond"] > before["beyond"]
    ]
    sheet.ax.plot(
        [_edges(row)[0] + 0.5 for row in first], [top * 0.88] * len(first), marker=UP, markersize=13,
        markerfacecolor="white", markeredgecolor=INK, markeredgewidth=0.7, linestyle="none", zorder=4,
    )  # fmt: skip


def _surge_key(bars: pl.DataFrame, found: Surges) -> list[Any]:
    state = set(bars["state"])
    key: list[Any] = []
    if bars["threshold"].is_not_null().any():
        key.append(line_key(f"threshold, EARS {found.method} (z = {found.z:.3g})", INK, linewidth=1.1))
    if "alarm" in state:
        key.append(box_key("above it: alarm (marked)", _COLOUR))
    if "below" in state:
        key.append(box_key("not above it", _PALE))
    if "not judged" in state:
        key.append(box_key("not judged", "white", GREY, linewidth=0.6))
    if bars["beyond"].any():
        key.append(open_key("threshold above the picture", hollow=True))
    if (bars["height"] == 0).any():
        key.append(_zero_key())
    if "no report" in state:
        key.append(box_key("no report, or not about every day", GAP))
    return key


def _dates(sheet: Sheet, dates: list[date], year: bool) -> float:
    """A line at each change, with its date over the axes; the height that the dates take, in points."""
    left, right = sheet.ax.get_xlim()
    taken: list[float] = []
    for day in dates:
        at, text = number(day) - 0.5, day_label(day, year=year)
        wide = text_width(text, SMALL)
        x = min(max((at - left) * sheet.width / (right - left) - wide / 2, 0.0), sheet.width - wide)
        # The lowest row in which the date runs into no other: from left to right, as they come.
        level = next((row for row, end in enumerate(taken) if end + _AIR <= x), len(taken))
        taken[level : level + 1] = [x + wide]
        over = 3 + level * _LINE
        sheet.ax.axvline(at, color=GREY, linewidth=0.7, linestyle=(0, (1.5, 1.2)), zorder=2.2)
        sheet.ax.annotate(
            "", (at, 1), (0, over), xycoords=("data", "axes fraction"), textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": BAND, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
        )  # fmt: skip
        sheet.ax.annotate(
            text, (0, 1), (x, over), xycoords="axes fraction", textcoords="offset points", fontsize=SMALL, color=INK,
            va="bottom", annotation_clip=False, parse_math=False, gid="change", path_effects=HALO, zorder=6,
        )  # fmt: skip
    return len(taken) * _LINE + 2 if taken else 0.0
