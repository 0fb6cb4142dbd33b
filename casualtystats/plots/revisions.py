"""Figures that were published again: the same period as seen from each day of publication."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.revisions import revision_noun, revision_points
from casualtystats.plots.dates import number
from casualtystats.plots.keys import line_key, open_key, published_key
from casualtystats.plots.style import DOWN, HALO, INK, SMALL, UP, house_style, style_for
from casualtystats.plots.values import print_values
from casualtystats.reports import ReportArchive, Reports

__all__ = ["revisions"]

_ABSURD: Final = 2.5


def revisions(
    archive: ReportArchive | Reports,
    *,
    ax: Axes | None = None,
    width: float = 7.0,
    title: str | None = None,
) -> Axes:
    """The same period as seen from each day of publication: how figures changed when they were published again.

    Parameters
    ----------
    archive : ReportArchive or Reports
        Vintages of one measure and unit. Figures that were published more than once are drawn, six at most; select
        with `archive.filter(...)`.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        A step line a figure: its number (as printed, else the best value, else the lower bound) holds from one
        publication to the next. An arrow stands on a number without an upper bound, or hangs from one that is an
        upper bound only; a pale bar goes from the lower to the upper bound; a thin line goes back to the first day
        on which a vintage may have been published.

    Raises
    ------
    KindError, MeasureError
        If it is a series, or nothing of the kind.
    NoReportsError
        If no figure was published more than once.
    MixedUnitsError, OptionError
        If the figures count different things, or are more than six.
    """
    points = revision_points(archive)
    sources = "Source: " + ", ".join(points["source"].unique().sort())
    with house_style(ax is None):
        return _drawn(Sheet.of(ax, width), points, revision_noun(archive), sources, title)


def _drawn(sheet: Sheet, points: pl.DataFrame, noun: str, sources: str, title: str | None) -> Axes:
    largest: int = max(points["value"].to_list())
    # An upper bound far above all numbers would press them to the ground: a hollow arrow says that it is there.
    points = points.with_columns(beyond=pl.col("high").fill_null(0) > _ABSURD * max(largest, 1))
    drawn: list[int] = points.filter(~pl.col("beyond"))["high"].drop_nulls().to_list()
    first, last = min(points["date_earliest"].to_list()), max(points["date"].to_list())
    top = max([largest, *drawn]) * 1.2
    body = sheet.scale(f"{noun}, as last published", top, first, last, whole=True)
    sheet.dress()
    key: list[Any] = []
    for at, (_, rows) in enumerate(points.group_by("line", maintain_order=True)):
        colour, marker, line = style_for(at)
        _line(sheet.ax, rows.to_dicts(), at)
        name = str(rows["line"][0])
        key.append(line_key(name, colour, linestyle=line, linewidth=1.2, marker=marker, markersize=5))
    print_values(sheet, points, body)
    _name_days(sheet.ax, points, top)
    key += published_key(points)
    if points["open_top"].any():
        key.append(open_key())
    if points["open_bottom"].any():
        key.append(open_key("upper bound only", down=True))
    if points["beyond"].any():
        key.append(open_key("upper bound above the picture", hollow=True))
    sheet.settle(body, 0, sources, title, key)
    return sheet.axes


def _name_days(ax: Any, points: pl.DataFrame, top: float) -> None:
    """Say what the days are: in the lower right corner, or the upper where small numbers stand in the lower."""
    days: list[date] = points["date"].to_list()
    middle = min(days) + (max(days) - min(days)) / 2
    low = points.filter(pl.col("date") >= middle, pl.col("value") <= 0.12 * top).height
    ax.annotate(
        "day of publication",
        (1, 1 if low else 0),
        (-2, -3 if low else 3),
        xycoords="axes fraction",
        textcoords="offset points",
        ha="right",
        va="top" if low else "bottom",
        fontsize=SMALL,
        color=INK,
        gid="axis",
        zorder=6,
        path_effects=HALO,
    )


def _line(ax: Any, rows: list[dict[str, Any]], at: int) -> None:
    """One figure: its steps, and what is known of each vintage."""
    colour, marker, line = style_for(at)
    x, y = [number(row["date"]) for row in rows], [row["value"] for row in rows]
    ax.step(x, y, where="post", color=colour, linestyle=line, linewidth=1.2, zorder=2)
    for row, px, py in zip(rows, x, y, strict=True):
        if row["date_earliest"] != row["date"]:
            early = number(row["date_earliest"])
            ax.plot([early, px], [py, py], color=colour, linewidth=0.8, marker="|", markersize=4, zorder=2)
        if row["high"] is not None and row["low"] < row["high"]:
            ends = [row["low"], py if row["beyond"] else row["high"]]
            ax.plot([px, px], ends, color=colour, linewidth=4, alpha=0.35, solid_capstyle="butt", zorder=1.8)
        if row["open_top"] or row["open_bottom"] or row["beyond"]:
            look = {"marker": DOWN if row["open_bottom"] else UP, "markersize": 20, "linestyle": "none", "color": INK}
            look |= {"markeredgewidth": 0.7, "markerfacecolor": "white"} if row["beyond"] else {"markeredgewidth": 0}
            ax.plot([px], [py], zorder=2.5, **look)
        look = {"marker": marker, "markersize": 6, "markeredgewidth": 0.5, "linestyle": "none"}
        ax.plot([px], [py], color=colour, markeredgecolor="white", zorder=4, **look)
