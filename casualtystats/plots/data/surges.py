"""Bars of a calendar series against thresholds, or under the levels of its segments."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.periods import Period
from casualtystats.plots.data.flow import ABSURD
from casualtystats.plots.dates import day_label
from casualtystats.printing import format_count, format_rate
from casualtystats.trends.changeresult import ChangePoints
from casualtystats.trends.surgeresult import Surges

__all__ = ["change_bars", "change_points_alt", "surge_bars", "surges_alt"]

_MOST: Final = 8


def surge_bars(found: Surges) -> pl.DataFrame:
    """One row a cell.

    Returns
    -------
    pl.DataFrame
        `period_start`, `period_end` (both included), `height` (count of the cell; null in a gap), `mean` (of the
        baseline), `threshold` (null where there is none), `state` ("alarm", "below", "not judged", "no report"),
        `beyond` (whether the threshold lies too high to draw).

    Examples
    --------
    >>> from datetime import date
    >>> import casualtystats as cs
    >>> from casualtystats.trends.surges import surges
    >>> days = pl.date_range(date(2020, 1, 1), date(2020, 1, 11), eager=True)
    >>> rows = pl.DataFrame({"start": days, "end": days, "value": [5, 3, 4, 6, 5, 4, 3, 5, 6, 4, 12]})
    >>> rows = rows.with_columns(report_id=pl.col("start").cast(pl.String), measure=pl.lit("killed"),
    ...     unit=pl.lit("people"), kind=pl.lit("flow"))
    >>> surge_bars(surges(cs.deaths(cs.read_reports(rows)).resample("day")))["state"].to_list()[-2:]
    ['below', 'alarm']
    """
    state = (
        pl.when(pl.col("count").is_null()).then(pl.lit("no report"))
        .when(pl.col("alarm").is_null()).then(pl.lit("not judged"))
        .when(pl.col("alarm")).then(pl.lit("alarm"))
        .otherwise(pl.lit("below"))
    )  # fmt: skip
    tallest: Any = found.frame["count"].max()
    return found.frame.select(
        "mean", "threshold", period_start="date", period_end="last_day", height=pl.col("count").cast(pl.Float64),
        state=state, beyond=(pl.col("threshold") > ABSURD * tallest).fill_null(value=False),
    ).select("period_start", "period_end", "height", "mean", "threshold", "state", "beyond")  # fmt: skip


def change_bars(found: ChangePoints) -> pl.DataFrame:
    """One row a cell, with the level of its segment.

    Returns
    -------
    pl.DataFrame
        `period_start`, `period_end` (both included), `height` (count per day of the cell), `segment`, `level`,
        `level_low`, `level_high` (mean per day of the segment, and its interval).
    """
    names = {"per_day": "level", "per_day_low": "level_low", "per_day_high": "level_high"}
    levels = found.segments.select("segment", *names).rename(names)
    return found.cells.join(levels, on="segment", how="left", maintain_order="left").select(
        "period_start", "period_end", "segment", *names.values(), height=pl.col("count") / pl.col("days")
    ).select("period_start", "period_end", "height", "segment", *names.values())  # fmt: skip


def surges_alt(found: Surges) -> str:
    """The alarms with their counts and thresholds, and what could not be judged.

    Examples
    --------
    >>> from datetime import date
    >>> import casualtystats as cs
    >>> from casualtystats.trends.surges import surges
    >>> days = pl.date_range(date(2020, 1, 1), date(2020, 1, 11), eager=True)
    >>> rows = pl.DataFrame({"start": days, "end": days, "value": [5, 3, 4, 6, 5, 4, 3, 5, 6, 4, 12]})
    >>> rows = rows.with_columns(report_id=pl.col("start").cast(pl.String), measure=pl.lit("killed"),
    ...     unit=pl.lit("people"), kind=pl.lit("flow"))
    >>> print(surges_alt(surges(cs.deaths(cs.read_reports(rows)).resample("day"))))
    Bars of reported violent deaths per day, 1 to 11 January 2020, with EARS C1 thresholds. Alarms: 11 Jan 2020: 12, above
    8.15. 4 of 11 days judged.
    """
    first: date = found.frame["date"][0]
    last: date = found.frame["last_day"][-1]
    rows = found.frame.filter(pl.col("alarm")).to_dicts()
    told = [f"{day_label(row['date'])}: {format_count(row['count'])}, above {_limit(row['threshold'])}" for row in rows]
    alarms = f"Alarms: {_some(told)}" if told else "No alarm"
    silent = int(found.frame["count"].null_count())
    gap = (
        f" For {silent:,} {found.cell}{'s' if silent > 1 else ''} there is no report about every day." if silent else ""
    )
    return (
        f"Bars of {found.noun} per {found.cell}, {Period.of(first, last)}, with EARS {found.method} thresholds. {alarms}. "
        f"{found.judged:,} of {found.frame.height:,} {found.cell}s judged.{gap}"
    )


def change_points_alt(found: ChangePoints) -> str:
    """Each segment with its dates and its level.

    Examples
    --------
    >>> from datetime import date
    >>> import casualtystats as cs
    >>> from casualtystats.trends.changepoints import change_points
    >>> days = pl.date_range(date(2020, 1, 1), date(2020, 1, 12), eager=True)
    >>> rows = pl.DataFrame({"start": days, "end": days, "value": [2, 3, 1, 4, 2, 3, 9, 11, 8, 12, 10, 9]})
    >>> rows = rows.with_columns(report_id=pl.col("start").cast(pl.String), measure=pl.lit("killed"),
    ...     unit=pl.lit("people"), kind=pl.lit("flow"))
    >>> print(change_points_alt(change_points(cs.deaths(cs.read_reports(rows)).resample("day"))))
    Bars of reported violent deaths per day with the levels of 2 segments. 1 to 6 January 2020: 2.50 per day;
    7 to 12 January 2020: 9.83 per day.
    """
    rows = found.segments.to_dicts()
    told = [f"{Period.of(row['first_day'], row['last_day'])}: {format_rate(row['per_day'])} per day" for row in rows]
    segments = "1 segment, as no change was found" if len(rows) == 1 else f"{len(rows)} segments"
    return f"Bars of {found.noun} per day with the levels of {segments}. {_some(told)}."


def _limit(threshold: float) -> str:
    return format_rate(threshold)


def _some(parts: list[str]) -> str:
    if len(parts) <= _MOST:
        return "; ".join(parts)
    half = _MOST // 2
    return "; ".join([*parts[:half], f"{len(parts) - _MOST:,} more", *parts[-half:]])
