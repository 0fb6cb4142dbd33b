"""A flow series as bars: as wide as a period, as high as its daily rate, so that the area is the count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.plots.data.checks import expect, whole_series
from casualtystats.series import FlowSeries

__all__ = ["ABSURD", "flow_bars"]

# A bound more than this many times as high as the highest bar would press all bars to the ground: it is
# marked, not drawn.
ABSURD: Final = 2.5
_SCHEMA: Final = {
    "period_start": pl.Date,
    "period_end": pl.Date,
    "start_latest": pl.Date,
    "end_earliest": pl.Date,
    "days": pl.Float64,
    "state": pl.String,
    "count": pl.Float64,
    "height": pl.Float64,
    "low_rate": pl.Float64,
    "high_rate": pl.Float64,
    "allocated": pl.Boolean,
    "partial": pl.Boolean,
    "stated": pl.Int64,
}


def flow_bars(series: FlowSeries[Any]) -> pl.DataFrame:
    """One row a bar or a gap.

    Parameters
    ----------
    series : FlowSeries
        Its intervals, or its cells after `resample`; not split, and without intervals that overlap.

    Returns
    -------
    pl.DataFrame
        `period_start`, `period_end` (both included), `start_latest`, `end_earliest` (where the ends
        are fuzzy), `days` (the width:
        the widest period, or the stated length), `state` ("value"; "floor"; "unbounded": a report, but a
        floor of 0 and no upper bound; "none reported"; "no report"), `count` (best, or
        low of a floor; null in a gap), `height` (count / days), `low_rate`, `high_rate`,
        `allocated`, `partial` (some
        days, or some of the place or group, have no report), `stated` (the number as printed, of an
        interval), `top` ("exact", "band", "beyond": a bound too high to draw,
        "open": no upper bound is known; null in a gap).

    Raises
    ------
    KindError, MeasureError
        If it is no flow series.
    OptionError
        If it is split, or its intervals overlap.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": "22"}
    >>> reports = cs.read_reports(pl.DataFrame([row | {"start": "2019-04-29", "end": "2019-05-09"}]))
    >>> flow_bars(cs.deaths(reports)).select("days", "height", "top").row(0)
    (11.0, 2.0, 'exact')
    """
    expect(series, FlowSeries, "a flow series")
    whole_series(series.info.by)
    rows = _from_intervals(series) if series.every is None else _from_cells(series)
    if not rows:
        raise NoReportsError("expected at least one interval to draw, got none")
    frame = pl.DataFrame(rows, schema=_SCHEMA)
    tallest: float = max(frame["height"].drop_nulls().to_list(), default=0.0)
    height, low, high = pl.col("height"), pl.col("low_rate"), pl.col("high_rate")
    top = (
        pl.when(height.is_null() | (pl.col("state") == "none reported"))
        .then(None)
        .when(high.is_null())
        .then(pl.lit("open"))
        .when(((high - height).abs() <= 1e-9 * high) & ((height - low).abs() <= 1e-9 * high))
        .then(pl.lit("exact"))
        # Where nothing but the bound is known, the bound is the picture.
        .when((high > ABSURD * tallest) & (pl.col("state") != "floor"))
        .then(pl.lit("beyond"))
        .otherwise(pl.lit("band"))
    )
    return frame.with_columns(top=top)


def _from_intervals(series: FlowSeries[Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    reached: date | None = None
    for row in series.to_frame().sort("period_start", "period_end", "report_id").to_dicts():
        start = row["period_start"]
        if reached is not None and start <= reached:
            raise OptionError(
                f"expected intervals that do not overlap, got {row['report_id']} from {start} while an earlier one "
                f"lasts to {reached}; draw a calendar instead: plots.flow(series.resample('week'))"
            )
        if reached is not None and start > reached + timedelta(days=1):
            rows += _gaps(reached + timedelta(days=1), start - timedelta(days=1), series.facts.observed)
        reached = row["period_end"]
        days = (row["period_end"] - start).days + 1 if row["hours"] is None else row["hours"] / 24
        rows.append(_bar(row, float(days), allocated=False, partial=not row["whole"]))
    return rows


def _from_cells(series: FlowSeries[Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for row in series.to_frame().sort("period_start").to_dicts():
        row |= {"start_latest": row["period_start"], "end_earliest": row["period_end"]}
        if row["low"] is None and row["best"] is None:
            rows.append(_gap(row["period_start"], row["period_end"], "no report"))
        elif row["reports"] == 0:
            rows.append(_gap(row["period_start"], row["period_end"], "none reported"))
        else:
            rows.append(_bar(row, float(row["days"]), allocated=row["allocated"], partial=row["coverage"] < 1))
    return rows


def _bar(row: dict[str, Any], days: float, *, allocated: bool, partial: bool) -> dict[str, Any]:
    low, best, high = row["low"], row["best"], row["high"]
    if best is None and low == high:
        # Bounds that meet say how many it was.
        best = low
    count = best if best is not None else low
    return {name: row[name] for name in ("period_start", "period_end", "start_latest", "end_earliest")} | {
        "days": days,
        "state": "value" if best is not None else "floor" if low or high is not None else "unbounded",
        "count": float(count),
        "height": count / days,
        "low_rate": low / days,
        "high_rate": None if high is None else high / days,
        "allocated": allocated,
        "partial": partial,
        "stated": row.get("stated"),
    }


def _gap(start: date, end: date, state: str) -> dict[str, Any]:
    zero = 0.0 if state == "none reported" else None
    return {
        "period_start": start,
        "period_end": end,
        "start_latest": start,
        "end_earliest": end,
        "days": float((end - start).days + 1),
        "state": state,
        "count": zero,
        "height": zero,
        "low_rate": zero,
        "high_rate": zero,
        "allocated": False,
        "partial": False,
        "stated": None,
    }


def _gaps(first: date, last: date, observed: tuple[tuple[date, date], ...]) -> list[dict[str, Any]]:
    """The days between two intervals: none reported where they were observed, else no report."""
    days = [first + timedelta(days=at) for at in range((last - first).days + 1)]
    rows: list[dict[str, Any]] = []
    for day in days:
        state = "none reported" if any(a <= day <= b for a, b in observed) else "no report"
        if rows and rows[-1]["state"] == state:
            rows[-1] = _gap(rows[-1]["period_start"], day, state)
        else:
            rows.append(_gap(day, day, state))
    return rows
