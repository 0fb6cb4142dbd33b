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
from casualtystats.plots.events import place_labels
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.style import BAND, COLOURS, GAP, GREY, INK, SMALL, UP, house_style, lighter
from casualtystats.plots.text import text_width
from casualtystats.trends.changeresult import ChangePoints
from casualtystats.trends.surgeresult import Surges

__all__ = ["change_points", "surges"]

_COLOUR: Final = COLOURS[0]
_PALE: Final = lighter(_COLOUR, 0.65)
_LINE: Final = SMALL * 1.35
_ALARM: Final = 5.0
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
        for row in rows:
            _surge(sheet, row)
        _thresholds(sheet.ax, rows)
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
    ['7 Jan 2020']
    """
    if not isinstance(found, ChangePoints):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected change points (cs.change_points), got {type(found).__name__}")
    bars = change_bars(found)
    rows = bars.to_dicts()
    tallest: list[float] = [*bars["height"], *bars["level_high"]]
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        body = sheet.scale(
            f"{found.noun} per day", max(tallest) * 1.08, rows[0]["period_start"], rows[-1]["period_end"]
        )
        sheet.dress()
        for row in rows:
            _bar(sheet, row, _PALE, "white")
        for row in found.segments.to_dicts():
            start, end = number(row["first_day"]) - 0.5, number(row["last_day"]) + 0.5
            sheet.ax.fill_between(
                [start, end], row["per_day_low"], row["per_day_high"], color=BAND, alpha=0.3, linewidth=0, zorder=2.5
            )
            sheet.ax.plot([start, end], [row["per_day"]] * 2, color=INK, linewidth=1.6, solid_capstyle="butt", zorder=3)
        above = _dates(sheet, list(found.dates))
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


def _points(sheet: Sheet, row: dict[str, Any]) -> float:
    """Width of a cell in points."""
    left, right = sheet.ax.get_xlim()
    start, end = _edges(row)
    return float((end - start) * sheet.width / (right - left))


def _bar(sheet: Sheet, row: dict[str, Any], face: str, edge: str) -> None:
    start, end = _edges(row)
    thin = _points(sheet, row) < _NARROW
    if not row["height"]:
        # A count of zero is a count: a line on the ground.
        sheet.ax.plot(
            [start, end], [0, 0], color=_COLOUR, linewidth=2.0, solid_capstyle="butt", clip_on=False, zorder=2
        )
        return
    outlined = face == "white"
    sheet.ax.bar(
        (start + end) / 2, row["height"], end - start, facecolor=face, edgecolor=edge,
        linewidth=(0.4 if outlined else 0) if thin else 0.6, zorder=2,
    )  # fmt: skip


def _surge(sheet: Sheet, row: dict[str, Any]) -> None:
    start, end = _edges(row)
    if row["state"] == "no report":
        sheet.ax.axvspan(start, end, facecolor=GAP, edgecolor="none", zorder=0.3)
        return
    look = {"alarm": (_COLOUR, "white"), "below": (_PALE, "white"), "not judged": ("white", GREY)}
    _bar(sheet, row, *look[row["state"]])
    if row["state"] == "alarm":
        sheet.ax.plot(
            [(start + end) / 2], [row["height"] + sheet.ax.get_ylim()[1] * 0.025], marker="v", markersize=_ALARM, color=INK,
            markeredgewidth=0, linestyle="none", zorder=5, gid="alarm",
        )  # fmt: skip


def _thresholds(ax: Any, rows: list[dict[str, Any]]) -> None:
    """A line over each cell at its threshold; an arrow for those too high to draw."""
    top = ax.get_ylim()[1]
    before = False
    for row in rows:
        start, end = _edges(row)
        if row["threshold"] is not None and not row["beyond"]:
            ax.plot([start, end], [row["threshold"]] * 2, color=INK, linewidth=1.1, solid_capstyle="butt", zorder=3)
        if row["beyond"] and not before:
            ax.plot(
                [start + 0.5], [top * 0.88], marker=UP, markersize=13, markerfacecolor="white", markeredgecolor=INK,
                markeredgewidth=0.7, linestyle="none", zorder=4,
            )  # fmt: skip
        before = row["beyond"]


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


def _dates(sheet: Sheet, dates: list[date]) -> float:
    """A line at each change, with its date over the axes; the height that the dates take, in points."""
    left, right = sheet.ax.get_xlim()
    lines = [number(day) - 0.5 for day in dates]
    texts = [day_label(day) for day in dates]
    spots = [
        ((at - left) * sheet.width / (right - left), text_width(text, SMALL) + 4)
        for at, text in zip(lines, texts, strict=True)
    ]
    placed = place_labels(spots, sheet.width)
    for at, text, spot, (x, level) in zip(lines, texts, spots, placed, strict=True):
        over = 3 + level * _LINE
        sheet.ax.axvline(at, color=GREY, linewidth=0.7, linestyle=(0, (1.5, 1.2)), zorder=2.2)
        sheet.ax.annotate(
            "", (at, 1), (0, over + SMALL), xycoords=("data", "axes fraction"), textcoords="offset points",
            arrowprops={"arrowstyle": "-", "color": BAND, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
        )  # fmt: skip
        sheet.ax.annotate(
            text, (0, 1), (x + (2 if x >= spot[0] - 0.01 else -2), over), xycoords="axes fraction",
            textcoords="offset points", fontsize=SMALL, color=INK, va="bottom", annotation_clip=False, parse_math=False,
            gid="change",
        )  # fmt: skip
    return (max(level for _, level in placed) + 1) * _LINE + 2 if placed else 0.0
