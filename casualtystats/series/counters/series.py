"""The running total that a published counter is: its frame, and what became of each of its rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from casualtystats.errors import PeriodError
from casualtystats.ledger.counters.counter import Counter
from casualtystats.ledger.counters.rules import CounterRow
from casualtystats.reports import Reports
from casualtystats.series.cumulative import CumulativeSeries
from casualtystats.series.info import SeriesInfo

__all__ = ["counter_series"]


def counter_series(info: SeriesInfo, counter: Counter, reports: Reports) -> CumulativeSeries[Any]:
    """The running total that a counter is.

    Raises
    ------
    PeriodError
        If the counter's first day lies after its first row.
    """
    if counter.since is not None and counter.since[1] > counter.rows[0].day:
        raise PeriodError(
            f"expected since= on or before the first row ({counter.rows[0].day}), got {counter.since[1]}: the counter has "
            "counted by then"
        )
    first = counter.since[0] if counter.since is not None else info.first
    return CumulativeSeries[Any](
        replace(info, first=first),
        reports,
        _frame(counter, counter.usable()).lazy(),
        _audit(counter).lazy(),
        counter=counter,
    )


def _frame(counter: Counter, usable: list[CounterRow]) -> pl.DataFrame:
    """The columns of a running total. `since` is null where the first day is not known."""
    since: dict[int, date | None] = {}
    start = None if counter.since is None else counter.since[0]
    for segment in counter.segments():
        before = segment.changes[0].before
        if segment.opens == "reset" and before is not None:
            start = before.day + timedelta(days=1)
        since |= {change.row.row: start for change in segment.changes}
    rows: list[dict[str, Any]] = []
    for number, row in enumerate(usable, 1):
        known = since[row.row]
        best = row.value if row.qualifier in ("exactly", "approximately") else None
        rows.append({
            "since": known, "date": row.day, "cumulative_low": row.low, "cumulative_best": best, "cumulative_high": row.high,
            "coverage": None if known is None else 1.0, "reports": number,
        })  # fmt: skip
    types = {
        "since": pl.Date, "date": pl.Date, "cumulative_low": pl.Int64, "cumulative_best": pl.Float64,
        "cumulative_high": pl.Int64, "coverage": pl.Float64, "reports": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=types, orient="row")


def _audit(counter: Counter) -> pl.DataFrame:
    """What became of each row, in the columns of `AuditSchema`."""
    lines: list[tuple[str, str, None, str, None]] = []
    for row in counter.rows:
        if row.usable:
            status, reason = "used", "it is used as it stands"
        elif row.hours == 0:
            status, reason = "no report", "its period is 0 hours: a repeated value, not a new one"
        else:
            status, reason = "missing", "the value is missing; it is not zero"
        lines.append((f"row {row.row} ({row.day})", status, None, reason, None))
    return pl.DataFrame(
        lines, schema=dict.fromkeys(("report_id", "status", "by", "reason", "uncovered"), pl.String), orient="row"
    )
