"""A nowcast as bars of what is reported and marks of what is expected; and the same in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods import Period
from casualtystats.plots.data.checks import expect
from casualtystats.printing import format_count, format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends.nowcast import Nowcast

__all__ = ["ABSURD", "nowcast_alt", "nowcast_bars", "nowcast_top"]

# An end more than this many times as high as anything else would press all bars to the ground: it is cut.
ABSURD: Final = 2.5
_MOST: Final = 8
_SCHEMA: Final = {
    "period_start": pl.Date,
    "period_end": pl.Date,
    "state": pl.String,
    "reported": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "completeness": pl.Float64,
}


def nowcast_bars(result: Nowcast) -> pl.DataFrame:
    """One row a period, and one a stretch of days without a figure.

    Parameters
    ----------
    result : Nowcast
        With dates.

    Returns
    -------
    pl.DataFrame
        `period_start`, `period_end` (both included), `state` ("complete"; "growing": a little is still expected; "recent":
        much is; "no report"), `reported`, `expected`, `low`, `high` (counts of the period; `expected` and its interval
        null where complete, all null without a report; ends null where no interval can be told), `completeness`.

    Raises
    ------
    KindError, MeasureError
        If it is no nowcast.
    OptionError
        If its triangle has no dates.

    Examples
    --------
    >>> from casualtystats.trends.nowcast import Triangle, nowcast
    >>> weeks = ["2019-04-29/2019-05-05", "2019-05-06/2019-05-12", "2019-05-20/2019-05-26"]
    >>> result = nowcast(
    ...     Triangle.of([[40, 62, 70], [50, 80, None], [60, None, None]], values="cumulative", periods=weeks))
    >>> nowcast_bars(result).select("state", "reported").rows()
    [('complete', 70.0), ('recent', 80.0), ('no report', None), ('recent', 60.0)]
    """
    found = expect(result, Nowcast, "a nowcast (cs.nowcast)")
    if not found.triangle.periods:
        raise OptionError(
            "expected a nowcast with dates, got one of numbers alone; give Triangle.of(..., periods=[...])"
        )
    rows: list[dict[str, Any]] = []
    for row in found.to_frame().to_dicts():
        start: date = row["period_start"]
        before: date | None = rows[-1]["period_end"] if rows else None
        if before is not None and start > before + timedelta(days=1):
            rows.append(_gap(before + timedelta(days=1), start - timedelta(days=1)))
        done = row["complete"]
        state = "complete" if done else "recent" if row["recent"] else "growing"
        ends = {name: None if done else row[name] for name in ("expected", "low", "high")}
        rows.append({name: row[name] for name in _SCHEMA if name in row} | ends | {"state": state})
    return pl.DataFrame(rows, schema=_SCHEMA)


def _gap(start: date, end: date) -> dict[str, Any]:
    return dict.fromkeys(_SCHEMA) | {"period_start": start, "period_end": end, "state": "no report"}


def nowcast_top(bars: pl.DataFrame) -> float:
    """The highest count to be seen: upper ends far above all bars and marks are cut.

    Examples
    --------
    >>> nowcast_top(pl.DataFrame({"reported": [20.0, 4.0], "expected": [None, 9.0], "low": [None, 4.0], "high": [None, 80.0]}))
    20.0
    """
    seen: list[float] = [*bars["reported"].drop_nulls(), *bars["expected"].drop_nulls(), *bars["low"].drop_nulls()]
    tallest = max(seen, default=0.0)
    ends: list[float] = bars["high"].drop_nulls().to_list()
    return max([tallest, *(end for end in ends if not tallest or end <= ABSURD * tallest)])


def nowcast_alt(result: Nowcast) -> str:
    """What the picture of a nowcast shows, in sentences with the numbers.

    Examples
    --------
    >>> from casualtystats.trends.nowcast import Triangle, nowcast
    >>> weeks = ["2019-04-29/2019-05-05", "2019-05-06/2019-05-12"]
    >>> triangle = Triangle.of([[40, 62], [50, None]], values="cumulative", periods=weeks, noun="violent deaths")
    >>> nowcast_alt(nowcast(triangle))
    'Bars of reported violent deaths by period. 29 April to 5 May 2019: 62. 6 to 12 May 2019: 50, 77.5 expected. Recent
    periods are grey: late reports are still to come.'
    """
    bars = nowcast_bars(result)
    told = [_told(row, result.level) for row in bars.to_dicts()]
    if len(told) > _MOST:
        # The recent ones are what the picture is about.
        told = [*told[:2], f"{len(told) - _MOST:,} more", *told[2 - _MOST :]]
    grey = " Recent periods are grey: late reports are still to come." if (bars["state"] == "recent").any() else ""
    known = "" if result.triangle.as_of is None else f", as published by {result.triangle.as_of}"
    every = result.triangle.every or "period"
    return f"Bars of reported {result.triangle.noun} by {every}{known}. {'. '.join(told)}.{grey}"


def _told(row: dict[str, Any], level: float) -> str:
    when = Period.of(row["period_start"], row["period_end"])
    if row["state"] == "no report":
        return f"{when}: no report"
    text = f"{when}: {format_count(row['reported'])}"
    if row["expected"] is None:
        return text
    text += f", {format_rate(row['expected'])} expected"
    if row["low"] is None or row["high"] is None:
        return text
    low, high = format_count(row["low"], "down"), format_count(row["high"], "up")
    return f"{text} ({level_text(level)} prediction interval {low} to {high})"
