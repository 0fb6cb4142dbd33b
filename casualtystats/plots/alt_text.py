"""What each picture shows, in plain sentences with the numbers: for readers who do not see it.

The functions have the names of the pictures: `plots.alt_text.flow(series)` describes `plots.flow(series)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.ledger import Ledger
from casualtystats.ledger.options import Relax
from casualtystats.periods import Period
from casualtystats.periods.cadence import Every
from casualtystats.plots.data.availability import availability_alt as availability
from casualtystats.plots.data.displacement import displacement_alt as displacement
from casualtystats.plots.data.flow import flow_bars
from casualtystats.plots.data.forecast import forecast_alt as forecast
from casualtystats.plots.data.forest import forest_alt as forest
from casualtystats.plots.data.funnel import funnel_alt as funnel
from casualtystats.plots.data.lanes import outage_lanes, report_lanes
from casualtystats.plots.data.ledger import ledger_picture
from casualtystats.plots.data.matrix import flow_matrix_alt as flow_matrix
from casualtystats.plots.data.nowcast import nowcast_alt as nowcast
from casualtystats.plots.data.rate import rate_marks
from casualtystats.plots.data.recurrence import mean_cumulative_alt as mean_cumulative
from casualtystats.plots.data.restoration import restoration_alt as restoration
from casualtystats.plots.data.revisions import revision_noun, revision_points
from casualtystats.plots.data.running import running_noun, running_points, running_steps
from casualtystats.plots.data.scores import scores_alt as scores
from casualtystats.plots.data.segments import segments_alt as segments
from casualtystats.plots.data.sensitivity import sensitivity_alt as sensitivity
from casualtystats.plots.data.surges import change_points_alt as change_points
from casualtystats.plots.data.surges import surges_alt as surges
from casualtystats.plots.data.swimlanewords import swimlanes_alt as swimlanes
from casualtystats.plots.data.trend import trend_alt as trend
from casualtystats.plots.data.waterfall import waterfall_alt as waterfall
from casualtystats.plots.dates import day_label
from casualtystats.printing import Rounding, format_count, format_rate, many
from casualtystats.rates import RateSeries
from casualtystats.reports import ReportArchive, Reports
from casualtystats.series import CumulativeSeries, FlowSeries, OutageSeries

__all__ = [
    "availability", "change_points", "cumulative", "displacement", "flow", "flow_matrix", "forecast", "forest",
    "funnel", "ledger", "mean_cumulative", "nowcast", "outages", "rate", "report_periods", "restoration", "revisions",
    "scores", "segments", "sensitivity", "surges", "swimlanes", "trend", "waterfall",
]  # fmt: skip

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
    return f"Timeline of {many(lanes.height, 'report')}. {_listed([_lane(row) for row in lanes.to_dicts()])}"


def outages(series: OutageSeries) -> str:
    """Each report of facilities out of service with its source and dates, and what is not known."""
    lanes = outage_lanes(series)
    told = _listed([_lane(row) for row in lanes.to_dicts()])
    return (
        f"Timeline of {many(lanes.height, 'report')} of facilities out of service. {told} "
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
    gap = f" For {many(silent, 'day')} there is no report." if silent else ""
    derived = " Allocated counts are derived by spreading reports over their days." if bars["allocated"].any() else ""
    return f"Bars of {series.info.noun} per day. {told}{gap}{derived}"


def cumulative(series: CumulativeSeries[Any] | Reports) -> str:
    """The running totals: of a series the last, of reports each as published."""
    if isinstance(series, Reports):
        points = running_points(series)
        rows = points.sort("date", "line").to_dicts()
        told = _listed([f"{day_label(row['date'])}: {row['text']}, {row['line']}" for row in rows])
        lines = many(points["line"].n_unique(), "line")
        return f"Published running totals of {running_noun(series)} from {lines}. {told}"
    steps = running_steps(series)
    row = steps.row(-1, named=True)
    low, high = format_count(row["low"]), None if row["high"] is None else format_count(row["high"])
    bounds = f"at least {low}, no upper bound known" if high is None else f"between {low} and {high}"
    best = "" if row["best"] is None else f"{format_count(row['best'])}; by the reports "
    when = "" if row["since"] is None else f" since {day_label(max(row['since'], series.info.first))}"
    kind = "Published counter" if row["since"] is None else "Running total"
    return f"{kind} of {series.info.noun}{when}. By {day_label(row['date'])}: {best}{bounds}."


def revisions(archive: ReportArchive | Reports) -> str:
    """Each figure that was published more than once, with its numbers and days of publication.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> reports = read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "source": "OHCHR", "start": "2019-04-29", "end": "2019-05-09", "value": [42, 48],
    ...     "published": ["2019-05-10", "2019-06-01"]}))
    >>> revisions(reports)
    'Published numbers of violent deaths by OHCHR, as of each day. 29 April to 9 May 2019: 42 on 10 May 2019, 48 on 1 Jun 2019.'
    """
    points = revision_points(archive)
    told: list[str] = []
    for _, rows in points.group_by("line", maintain_order=True):
        numbers = _some([f"{row['text']} {_published(row)}" for row in rows.to_dicts()], ", ")
        told.append(f"{rows['line'][0]}: {numbers}")
    source = f" by {points['source'][0]}" if points["source"].n_unique() == 1 else ""
    return f"Published numbers of {revision_noun(archive)}{source}, as of each day. {'; '.join(told)}."


def ledger(
    ledger: Ledger, *, every: Every = "week", place: str | None = None, group: str | None = None,
    relax: Relax | None = None, drop: list[str] | None = None, trust: list[str] | None = None,
) -> str:  # fmt: skip
    """Each report with its source and dates, the contradictions, and the bounds of each cell.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": ["a"], "measure": ["killed"], "unit": ["people"],
    ...     "kind": ["flow"], "source": ["SOHR"], "value": [42], "start": ["2019-05-13"], "end": ["2019-05-19"]}))
    >>> ledger(cs.Ledger(reports))
    'Timeline of 1 report. SOHR: 42, 13 to 19 May 2019. Bounds on violent deaths in a week. 13 May 2019 to 19 May 2019: 42.'
    """
    picture = ledger_picture(ledger, every, place=place, group=group, relax=relax, drop=drop, trust=trust)
    reports, shown = many(picture.reports, "report"), picture.lanes.height
    of = reports if shown == picture.reports else f"{shown:,} of {reports}"
    told = f"Timeline of {of}. {_listed([_lane(row) for row in picture.lanes.to_dicts()])}"
    if picture.groups:
        apart = _some([one.sentence for one in picture.groups], ". ")
        told += f" Reports that can not all be true: {apart}."
    if not picture.consistent:
        return f"{told} No bounds are drawn, as nothing follows from reports that contradict each other."
    cells = picture.cells.with_columns(_run=pl.struct("low", "high").rle_id())
    runs = cells.group_by("_run", maintain_order=True).agg(
        pl.col("period_start", "low", "high").first(), pl.col("period_end").last(), cells=pl.len()
    )
    bounds = _listed([_cell(row) for row in runs.to_dicts()])
    rules = "".join(f" {note}." for note in picture.notes if note.startswith(("Rule", "Left out")))
    return f"{told} Bounds on {picture.label}. {bounds}{rules}"


def rate(rate_series: RateSeries, *, thresholds: Mapping[str, float] | None = None) -> str:
    """The rate of each period with its source range and sampling interval."""
    marks = rate_marks(rate_series)
    told = _listed([_rate(row) for row in marks.to_dicts()])
    limits = "; ".join(f"{name} at {value:,.10g}" for name, value in (thresholds or {}).items())
    return f"Points of {marks['label'][0]}. {told}" + (f" Dashed lines: {limits}." if limits else "")


def _listed(parts: list[str]) -> str:
    return _some(parts, "; ") + "."


def _some(parts: list[str], joiner: str) -> str:
    if len(parts) <= _MOST:
        return joiner.join(parts)
    half = _MOST // 2
    return joiner.join([*parts[:half], f"{len(parts) - _MOST:,} more", *parts[-half:]])


def _published(row: dict[str, Any]) -> str:
    day = day_label(row["date"])
    early: date = row["date_earliest"]
    return f"on {day}" if early == row["date"] else f"between {day_label(early)} and {day}"


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


def _cell(row: dict[str, Any]) -> str:
    """Neighbouring cells that are bounded alike."""
    when = _between(row, "period_start", "period_end") + (" (each cell)" if row["cells"] > 1 else "")
    low, high = row["low"], row["high"]
    if high is None:
        return f"{when}: at least {format_count(low)}" if low else f"{when}: not bounded"
    if low == high:
        return f"{when}: {format_count(low)}"
    return f"{when}: {format_count(low)} to {format_count(high)}" if low else f"{when}: up to {format_count(high)}"


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
