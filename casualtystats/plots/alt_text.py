"""What each picture shows, in plain sentences with the numbers: for readers who do not see it.

The functions have the names of the pictures: `plots.alt_text.flow(series)` describes `plots.flow(series)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.periods import Period
from casualtystats.plots.data.flow import flow_bars
from casualtystats.plots.data.lanes import outage_lanes, report_lanes
from casualtystats.plots.data.rate import rate_marks
from casualtystats.plots.data.running import running_noun, running_points, running_steps
from casualtystats.plots.dates import day_label
from casualtystats.printing import Rounding, format_count, format_rate
from casualtystats.rates import RateSeries
from casualtystats.reports import Reports
from casualtystats.series import CumulativeSeries, FlowSeries, OutageSeries

__all__ = ["cumulative", "flow", "outages", "rate", "report_periods"]

_MOST: Final = 8


def report_periods(reports: Reports) -> str:
    """Each report with its source and dates.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> row = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": "42"}
    >>> row |= {"source": "SOHR", "start": "2019-05-12", "end": "2019-05-13"}
    >>> report_periods(read_reports(pl.DataFrame([row])))
    'Timeline of 1 report. SOHR: 42 violent deaths, 12 to 13 May 2019.'
    """
    lanes = report_lanes(reports, "count")
    return f"Timeline of {_many(lanes.height, 'report')}. {_listed([_lane(row) for row in lanes.to_dicts()])}"


def outages(series: OutageSeries) -> str:
    """Each report of facilities out of service with its source and dates, and what is not known."""
    lanes = outage_lanes(series)
    told = _listed([_lane(row) for row in lanes.to_dicts()])
    return (
        f"Timeline of {_many(lanes.height, 'report')} of facilities out of service. {told} "
        "Whether they were restored afterwards is not reported."
    )


def flow(series: FlowSeries[Any]) -> str:
    """The count, daily rate and dates of each bar.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": "22"}
    >>> reports = cs.read_reports(pl.DataFrame([row | {"start": "2019-04-29", "end": "2019-05-09"}]))
    >>> flow(cs.deaths(reports))
    'Bars of violent deaths per day. 29 Apr 2019 to 9 May 2019: 22 (2.00 per day).'
    """
    bars = flow_bars(series)
    silent = int(bars.filter(pl.col("state") == "no report")["days"].sum())
    told = _listed([_bar(row) for row in bars.filter(pl.col("state") != "no report").to_dicts()])
    gap = f" For {_many(silent, 'day')} there is no report." if silent else ""
    derived = " Allocated counts are derived by spreading reports over their days." if bars["allocated"].any() else ""
    return f"Bars of {series.info.noun} per day. {told}{gap}{derived}"


def cumulative(series: CumulativeSeries[Any] | Reports) -> str:
    """The running totals: of a series the last, of reports each as published."""
    if isinstance(series, Reports):
        points = running_points(series)
        rows = points.sort("date", "line").to_dicts()
        told = _listed([f"{day_label(row['date'])}: {row['text']}, {row['line']}" for row in rows])
        lines = _many(points["line"].n_unique(), "line")
        return f"Published running totals of {running_noun(series)} from {lines}. {told}"
    steps = running_steps(series)
    row = steps.row(-1, named=True)
    low, high = format_count(row["low"]), None if row["high"] is None else format_count(row["high"])
    bounds = f"at least {low}, no upper bound known" if high is None else f"between {low} and {high}"
    best = "" if row["best"] is None else f"{format_count(row['best'])}; by the reports "
    start, end = max(row["since"], series.info.first), row["date"]
    return f"Running total of {series.info.noun} since {day_label(start)}. By {day_label(end)}: {best}{bounds}."


def rate(rate_series: RateSeries, *, thresholds: Mapping[str, float] | None = None) -> str:
    """The rate of each period with its source range and sampling interval."""
    marks = rate_marks(rate_series)
    told = _listed([_rate(row) for row in marks.to_dicts()])
    limits = "; ".join(f"{name} at {value:,.10g}" for name, value in (thresholds or {}).items())
    return f"Points of {marks['label'][0]}. {told}" + (f" Dashed lines: {limits}." if limits else "")


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _listed(parts: list[str]) -> str:
    if len(parts) <= _MOST:
        return "; ".join(parts) + "."
    half = _MOST // 2
    return f"{'; '.join(parts[:half])}; {len(parts) - _MOST:,} more; {'; '.join(parts[-half:])}."


def _between(row: dict[str, Any], first: str, last: str) -> str:
    start: date = row[first]
    end: date = row[last]
    return day_label(start) if start == end else f"{day_label(start)} to {day_label(end)}"


def _lane(row: dict[str, Any]) -> str:
    start, end = row["start"], row["end"]
    if row["kind"] == "stock":
        when = f"on {day_label(start)}" if start == end else f"on a day of {_between(row, 'start', 'end')}"
    else:
        when = str(Period(start, row["start_latest"], row["end_earliest"], end))
    kind = "running total, " if row["kind"] == "cumulative" else ""
    return f"{row['source']}: {row['text']}, {kind}{when}"


def _bar(row: dict[str, Any]) -> str:
    when = _between(row, "period_start", "period_end")
    if row["state"] == "none reported":
        return f"{when}: none reported"
    if row["state"] == "unbounded":
        stated = "" if row["stated"] is None else f" ({row['stated']:,} stated)"
        return f"{when}: reported, but not bounded{stated}"
    floor = row["state"] == "floor"
    high = row["high_rate"]
    if floor and high is not None:
        low, most = row["low_rate"] * row["days"], high * row["days"]
        return f"{when}: {format_count(round(low))} to {format_count(round(most))}"
    words = "at least " if floor else ""
    way: Rounding = "down" if floor else "nearest"
    # What an allocated cell may hold at most is drawn, but would drown the sentence.
    allocated = " allocated" if row["allocated"] and not floor else ""
    part = ", from reports on a part only" if row["partial"] else ""
    count, height = format_count(row["count"], way), format_rate(row["height"], way)
    return f"{when}: {words}{count}{allocated} ({words}{height} per day){part}"


def _rate(row: dict[str, Any]) -> str:
    when = (f"{row['row']}, " if row["row"] else "") + _between(row, "period_start", "period_end")
    if row["state"] == "no report":
        return f"{when}: no report"
    low, high = row["rate_low"], row["rate_high"]
    if row["state"] == "floor":
        text = f"at least {format_rate(low, 'down')}"
    elif row["state"] == "range":
        text = f"{format_rate(low, 'down')} to {format_rate(high, 'up')}"
    else:
        text = format_rate(row["rate"])
        if high is None:
            text += ", no upper bound known"
        elif high > low * (1 + 1e-9):
            text += f", source range {format_rate(low, 'down')} to {format_rate(high, 'up')}"
    if row["ci_low"] is None:
        return f"{when}: {text}"
    upper = "and above" if row["ci_high"] is None else f"to {format_rate(row['ci_high'], 'up')}"
    name = f"{100 * row['level']:.10g} % sampling interval"
    return f"{when}: {text}, {name} {format_rate(row['ci_low'], 'down')} {upper}"
