"""From the rows of a counter to its increments, with the audit of what they do not say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from casualtystats.errors import UndefinedEstimateError
from casualtystats.ledger.counters.counter import Counter
from casualtystats.ledger.counters.phases import Segment
from casualtystats.ledger.counters.rules import (
    FLOORS,
    Change,
    CounterRow,
    OnDecrease,
    check_on_decrease,
    counter_increments,
    repaired_levels,
)
from casualtystats.periods import Period
from casualtystats.series.counters.step import Status, Step

__all__ = ["counter_audit", "counter_steps"]

_AUDIT: Final[dict[str, type[pl.DataType]]] = {
    "date": pl.Date, "row": pl.Int64, "kind": pl.String, "period_hours": pl.Int64, "incident": pl.Int64, "change": pl.Int64,
    "value": pl.Int64, "note": pl.String,
}  # fmt: skip
Line = dict[str, Any]


def counter_steps(counter: Counter, rule: OnDecrease) -> tuple[Step, ...]:
    """The increments of a counter, by date.

    Raises
    ------
    OptionError
        If the rule is not known, or is a running maximum.
    UndefinedEstimateError
        If a value is not exact: a bound minus a bound is no count.
    DecreaseError
        If the counter goes down under "raise".
    """
    check_on_decrease(rule)
    for row in counter.usable():
        if row.qualifier != "exactly":
            hint = (
                "series.floor(on_retraction=...) gives the floor that is left"
                if row.qualifier in FLOORS
                else "read the rows as reports and take cs.deaths(reports, overlap='difference'), which keeps their bounds"
            )
            raise UndefinedEstimateError(
                f"expected exact values for increments, got {row.qualifier} {row.value or row.low or 0:,} on {row.day} "
                f"(row {row.row}): a bound minus a bound is undefined; {hint}"
            )
    steps: list[Step] = []
    phase, name = 1, None
    for segment in counter.segments():
        steps += _segment_steps(segment, counter, rule)
    placed = {step.row: (step.phase, step.phase_name) for step in steps}
    for row in counter.rows:
        phase, name = placed.get(row.row, (phase, name))
        if not row.usable:
            status: Status = "no report" if row.hours == 0 else "missing"
            steps.append(Step(row.day, row.row, status, None, None, None, phase, name))
    # The sort is stable: a block stands behind the ordinary increment of its row.
    return tuple(sorted(steps, key=lambda step: step.day))


def _segment_steps(segment: Segment, counter: Counter, rule: OnDecrease) -> list[Step]:
    levels, changes = segment.levels(), segment.changes
    made = counter_increments(levels, rule, base=segment.base, names=[str(change.row) for change in changes])
    steps: list[Step] = []
    below = segment.base
    for at, (change, increment) in enumerate(zip(changes, made, strict=True)):
        step = None if below is None else levels[at] - below
        below = levels[at]
        row = change.row
        stated = segment.blocks.get(at)
        if stated is None or stated.count is not None:
            status: Status = "negative" if step is not None and step < 0 else "observed"
            if at == 0:
                status = segment.opens
            period = None if increment is None else _period(change, counter.since)
            steps.append(Step(row.day, row.row, status, period, step, increment, segment.phase, segment.name))
        if stated is not None:
            kind: Status = "retroactive" if stated.kind == "retroactive" else "retraction"
            size = segment.block(at)
            steps.append(Step(row.day, row.row, kind, stated.stated_period, size, size, segment.phase, segment.name))
    return steps


def _period(change: Change, since: tuple[date, date] | None) -> Period:
    """The days of an increment: all since the last value, and more where the row states a longer period."""
    last = change.row.day
    if change.before is None and since is not None:
        return Period(*since, last, last)
    first = last - timedelta(days=max(change.days, (change.row.hours or 0) // 24) - 1)
    return Period(first, first, last, last)


def counter_audit(counter: Counter, rule: OnDecrease) -> pl.DataFrame:
    """What a reader of the increments should know, one line each, by date; the columns are those of `Increments.audit`."""
    lines: list[Line] = []
    before: CounterRow | None = None
    for row in counter.rows:
        if row.usable:
            before = row
        elif row.hours == 0:
            lines.append(_line(row, "no report", None, _silent(row, before)))
        else:
            note = "the counter has no value on this day: missing, not zero; the next value counts from the last one"
            lines.append(_line(row, "counter missing", None, note))
    for segment in counter.segments():
        lines += _segment_lines(segment, counter, rule)
    return pl.DataFrame(lines, schema=_AUDIT, orient="row").sort("date", maintain_order=True)


def _line(row: CounterRow, kind: str, change: int | None, note: str, incident: int | None = None) -> Line:
    return {
        "date": row.day, "row": row.row, "kind": kind, "period_hours": row.hours,
        "incident": row.incident if incident is None else incident, "change": change,
        "value": row.value, "note": note,
    }  # fmt: skip


def _silent(row: CounterRow, before: CounterRow | None) -> str:
    note = "its period is 0 hours: no report on this day"
    if before is None or before.value is None or row.value in (None, before.value):
        return note
    return f"{note}; yet its value of {row.value:,} is not that of {before.day} ({before.value:,}), and is not used"


def _segment_lines(segment: Segment, counter: Counter, rule: OnDecrease) -> list[Line]:
    lines: list[Line] = []
    first = segment.changes[0]
    if segment.opens != "first" and first.before is not None:
        named = "" if segment.name is None else f" ({segment.name})"
        stated = segment.opened_by or f"{first.row.day}: {segment.opens}, a new phase begins{named}"
        printed = (first.row.value or 0) - (first.before.value or 0)
        lines.append(_line(first.row, "break", printed, f"{stated}: {first.before}, then {first.row}"))
    levels = segment.levels()
    fitted = repaired_levels(levels, rule) if rule in ("isotonic", "backward") else levels
    if segment.base is None and fitted[0] != levels[0]:
        note = f"the first value of the phase is lowered from {levels[0]:,} to {fitted[0]:,g}, so that the total starts there"
        lines.append(_line(first.row, "repaired", None, note))
    for at, change in enumerate(segment.changes):
        below, under = (segment.base, segment.base) if at == 0 else (levels[at - 1], fitted[at - 1])
        lines += _disagreement(change, counter)
        if at in segment.blocks:
            lines.append(_line(change.row, "break", segment.block(at), str(segment.blocks[at])))
        if below is None or under is None:
            continue
        step, made = levels[at] - below, fitted[at] - under
        if step < 0:
            since = change.before.day if change.before is not None else counter.since
            kind = "withheld" if rule == "null" else "decrease"
            lines.append(_line(change.row, kind, step, f"the counter goes down by {-step:,} since {since}"))
        if made != step:
            lines.append(_line(change.row, "repaired", step, f"{rule}: an increment of {made:,g} instead of {step:,}"))
    return lines


def _disagreement(change: Change, counter: Counter) -> list[Line]:
    """Where the incident counts and the counter differ or can not be compared, and where a stated length does not fit."""
    lines: list[Line] = []
    row, step = change.row, change.change
    if step is not None and change.disagrees:
        lacking = "" if change.complete else "; days since the last value have no incident count"
        note = f"the row says {row.incident:,}"
        if change.incident != row.incident:
            note = f"the rows since the last value say {change.incident:,} together"
        days = (
            "since its start" if change.before is None else f"over {change.days} day{'' if change.days == 1 else 's'}"
        )
        note += f", the counter changes by {step:,} {days}{lacking}"
        lines.append(_line(row, "differs", step, note, change.incident))
    elif counter.incident and row.incident is None:
        lines.append(_line(row, "incident missing", step, "the row states no count of its own period to compare with"))
    if row.hours is not None and change.before is not None and row.hours != 24 * change.days:
        taken = max(change.days, row.hours // 24)
        note = f"it states {row.hours} hours and the last value is of {change.before.day}: taken as {taken} days"
        lines.append(_line(row, "period", step, note))
    return lines
