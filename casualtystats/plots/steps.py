"""Running totals: those of a series as steps, those that were published by source."""

from __future__ import annotations

from typing import Any, Final

import polars as pl
from matplotlib.axes import Axes

from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.running import running_noun, running_points, running_steps
from casualtystats.plots.dates import day_label, number
from casualtystats.plots.keys import box_key, line_key, open_key
from casualtystats.plots.style import BAND, COLOURS, DOWN, GREY, INK, UP, house_style, style_for
from casualtystats.plots.values import print_values
from casualtystats.reports import Reports
from casualtystats.series import CumulativeSeries

__all__ = ["cumulative"]

_ABSURD: Final = 2.5


def cumulative(
    series: CumulativeSeries[Any] | Reports,
    *,
    ax: Axes | None = None,
    width: float = 7.0,
    title: str | None = None,
) -> Axes:
    """Running totals: of a series, as steps with bounds; of reports, as they were published, a line a source.

    Parameters
    ----------
    series : CumulativeSeries or Reports
        A series (`flow.cumulate()`) is a step line of the best values over a band from the lower to
        the upper bounds; where
        there is no best value, the lower bounds are dashed. Of reports, the running totals among
        them are drawn, each at its last day
        with the value as stated; a step line joins those of one source, standard, place and first
        day. A line that falls
        was published so.
    ax, width, title
        As in `flow`.

    Returns
    -------
    Axes
        An arrow stands on a number without an upper bound.

    Raises
    ------
    KindError, MeasureError
        If it is another kind of series, or no report is a running total.
    MixedUnitsError, OptionError
        If the series is split, or the reports count different things.
    """
    if isinstance(series, Reports):
        points = running_points(series)
        sources = "Source: " + ", ".join(points["source"].unique().sort())
        with house_style(ax is None):
            return _published(Sheet.of(ax, width), points, running_noun(series), sources, title)
    steps = running_steps(series)
    with house_style(ax is None):
        return _series(Sheet.of(ax, width), steps, series, title)


def _series(sheet: Sheet, steps: pl.DataFrame, series: CumulativeSeries[Any], title: str | None) -> Axes:
    ax = sheet.ax
    shown = steps.with_columns(pl.coalesce("best", "low").cast(pl.Float64).alias("shown"))
    tallest: float = max(shown["shown"].to_list())
    within = [value for value in shown["high"].drop_nulls() if not tallest or value <= _ABSURD * tallest]
    top = max([tallest, *within])
    begins, last = steps["since"][0], steps["date"][-1]
    # Of a published counter it may not be known since when it counts.
    since = series.info.first if begins is None else max(begins, series.info.first)
    what = "published counter" if begins is None else f"total since {day_label(since)}"
    body = sheet.scale(f"{series.info.noun}, {what}", top * 1.22, since, last, whole=True)
    sheet.dress()
    x = [number(day) for day in shown["date"]]
    lows, highest = (
        shown["low"].to_list(),
        [value if value is not None and value <= _ABSURD * tallest else None for value in shown["high"]],
    )
    band = [high is not None and high > low for low, high in zip(lows, highest, strict=True)]
    if any(band):
        ax.fill_between(
            x,
            lows,
            [high or 0 for high in highest],
            where=band,
            step="post",
            color=BAND,
            alpha=0.3,
            linewidth=0,
            zorder=1.5,
        )
    best = [float("nan") if value is None else value for value in shown["best"]]
    ax.step(x, best, where="post", color=COLOURS[0], linewidth=1.4, zorder=3)
    sided = [low if value is None else float("nan") for value, low in zip(shown["best"], lows, strict=True)]
    ax.step(x, sided, where="post", color=COLOURS[0], linewidth=1.2, linestyle=(0, (3, 2)), zorder=3)
    if len(x) == 1:
        ax.plot(
            x,
            shown["shown"].to_list(),
            marker="o",
            markersize=4,
            color=COLOURS[0],
            linestyle="none",
            zorder=4,
        )
    apart = not shown.filter(pl.col("low") < pl.col("best")).is_empty()
    if apart:
        ax.step(x, lows, where="post", color=GREY, linewidth=0.8, linestyle=(0, (1.2, 1.2)), zorder=2)
    kinds = [
        "open" if high is None else "beyond" if drawn is None else ""
        for high, drawn in zip(shown["high"], highest, strict=True)
    ]
    for at, kind in enumerate(kinds):
        # An arrow at the start and at the end of each stretch without an upper bound.
        if kind and (at in (0, len(kinds) - 1) or kinds[at + 1] != kind or kinds[at - 1] != kind):
            ax.plot(
                [x[at]],
                [shown["shown"][at]],
                marker=UP,
                markersize=20,
                markerfacecolor="white" if kind == "beyond" else INK,
                markeredgecolor=INK,
                markeredgewidth=0.7 if kind == "beyond" else 0,
                linestyle="none",
                zorder=5,
            )
    key: list[Any] = []
    if shown["best"].null_count() < shown.height:
        key.append(line_key("best value (between reports: derived)", COLOURS[0], linewidth=1.4))
    if shown["best"].has_nulls():
        key.append(line_key("at least", COLOURS[0], linewidth=1.2, linestyle=(0, (3, 2))))
    if apart:
        key.append(line_key("lower bound", GREY, linewidth=0.8, linestyle=(0, (1.2, 1.2))))
    if any(band):
        key.append(box_key("what the reports allow", BAND, alpha=0.3))
    if "open" in kinds:
        key.append(open_key())
    if "beyond" in kinds:
        key.append(open_key("upper bound above the picture", hollow=True))
    sheet.settle(body, 0, series.info.source_line, title, key)
    return sheet.axes


def _published(sheet: Sheet, points: pl.DataFrame, noun: str, sources: str, title: str | None) -> Axes:
    ax = sheet.ax
    largest: int = max(points["value"].to_list())
    first, last = min(points["date_earliest"].to_list()), max(points["date"].to_list())
    body = sheet.scale(f"{noun}, running total", largest * 1.2, first, last, whole=True)
    sheet.dress()
    key: list[Any] = []
    names = (
        points.group_by("line").agg(pl.col("date").min(), pl.col("value").max()).sort("date", "line")["line"].to_list()
    )
    for at, name in enumerate(names):
        colour, marker, line = style_for(at)
        rows = points.filter(pl.col("line") == name).sort("date", "report_id").to_dicts()
        x, y = [number(row["date"]) for row in rows], [row["value"] for row in rows]
        ax.step(x, y, where="post", color=colour, linestyle=line, linewidth=1.2, zorder=2)
        for row, px, py in zip(rows, x, y, strict=True):
            if row["date_earliest"] != row["date"]:
                ax.plot(
                    [number(row["date_earliest"]), px],
                    [py, py],
                    color=colour,
                    linewidth=0.8,
                    marker="|",
                    markersize=4,
                    zorder=2,
                )
            if row["high"] is not None and row["low"] < row["high"]:
                ax.plot(
                    [px, px],
                    [row["low"], row["high"]],
                    color=colour,
                    linewidth=4,
                    alpha=0.35,
                    solid_capstyle="butt",
                    zorder=1.8,
                )
            if row["open_top"] or row["open_bottom"]:
                ax.plot(
                    [px],
                    [py],
                    marker=UP if row["open_top"] else DOWN,
                    markersize=20,
                    color=INK,
                    markeredgewidth=0,
                    linestyle="none",
                    zorder=2.5,
                )
            ax.plot(
                [px],
                [py],
                marker=marker,
                markersize=6,
                color=colour,
                markeredgecolor="white",
                markeredgewidth=0.5,
                linestyle="none",
                zorder=4,
            )
        key.append(line_key(name, colour, linestyle=line, linewidth=1.2, marker=marker, markersize=5))
    print_values(sheet, points, body)
    if points["open_top"].any():
        key.append(open_key())
    if points["open_bottom"].any():
        key.append(open_key("upper bound only", down=True))
    sheet.settle(body, 0, sources, title, key)
    return sheet.axes
