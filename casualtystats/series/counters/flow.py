"""The increments of a counter as reports of newly reported counts, and the flow series that these make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

import polars as pl

from casualtystats.errors import DecreaseError, NoReportsError, NotAdditiveError, OptionError, ReportFileError
from casualtystats.places import Places
from casualtystats.printing import format_count
from casualtystats.reports import Reports, read_reports
from casualtystats.series.build import build
from casualtystats.series.counters.step import BLOCKS, Step
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo

__all__ = ["counter_flow"]


def counter_flow(
    info: SeriesInfo, steps: Sequence[Step], places: Places, retroactive: Literal["apart", "spread"]
) -> FlowSeries[Any]:
    """The flow series of a counter's increments; the arguments and errors are those of `Increments.flow`."""
    if retroactive not in ("apart", "spread"):
        raise OptionError(f"expected retroactive= 'apart' or 'spread', got {retroactive!r}")
    blocks = [step for step in steps if step.status in BLOCKS]
    entering = [
        step for step in blocks
        if retroactive == "spread" and step.status == "retroactive" and step.period is not None
    ]  # fmt: skip
    taken = [step for step in steps if step.increment is not None and step.status not in BLOCKS] + entering
    if entering and not info.additive:
        raise NotAdditiveError(
            f"expected counts that add up over time to spread blocks among them, got {info.noun}: the same ones may be counted "
            "again; retroactive='apart' leaves the blocks out"
        )
    _check_counts(taken)
    if not taken:
        raise NoReportsError(
            "expected at least one increment, got none: a counter needs two rows with a value, or since="
        )
    rows = [_report(info, step) for step in taken]
    read = read_reports(pl.DataFrame(rows, schema_overrides={"value": pl.Int64, "hours": pl.Float64}))
    if not read.rejected.is_empty():
        broken = read.rejected.row(0, named=True)
        raise ReportFileError(
            f"expected what read_counter was told to fit into a report, {broken['column']}: {broken['hint']}"
        )
    reports = Reports(read.frame, places=places)
    built = build(
        reports, info.measure, ("flow",), place=None, group=None, source=None, unit=info.unit, role=None, by=(),
        overlap="add" if entering else "raise", observed=None, as_of=None,
    )  # fmt: skip
    left = [step for step in blocks if step not in entering]
    lines = pl.DataFrame(
        [(_name(step), "not_selected", None, _left_out(step), None) for step in left],
        schema=dict.fromkeys(("report_id", "status", "by", "reason", "uncovered"), pl.String),
        orient="row",
    )
    known = replace(built, info=replace(built.info, newly=True), audit=pl.concat([built.audit, lines.lazy()]))
    return FlowSeries[Any].from_built(known, reports)


def _check_counts(taken: list[Step]) -> None:
    low = next((step for step in taken if step.increment is not None and step.increment < 0), None)
    if low is not None:
        raise DecreaseError(
            f"expected counts of 0 or more for a flow series, got {format_count(low.increment or 0)} on {low.day} "
            f"(row {low.row}): a retraction is no flow. State it with with_breaks([Break(date, 'retraction', reason)]), or use "
            "on_decrease='backward' (the latest is right) or 'null' (a gap)"
        )
    part = next((step for step in taken if step.increment is not None and not float(step.increment).is_integer()), None)
    if part is not None:
        raise OptionError(
            f"expected whole counts for a flow series, got {format_count(part.increment or 0)} on {part.day} "
            f"(row {part.row}) under 'isotonic'; use on_decrease='backward', or to_frame()"
        )


def _report(info: SeriesInfo, step: Step) -> dict[str, Any]:
    period = step.period
    if period is None or step.increment is None:
        raise NoReportsError(f"expected an increment with a period, got {step}")
    return {
        "report_id": _name(step), "measure": info.measure, "unit": info.unit, "kind": "flow", "value": int(step.increment),
        "start_earliest": period.start_earliest, "start_latest": period.start_latest, "end_earliest": period.end_earliest,
        "end_latest": period.end_latest, "hours": period.hours, "place": info.place, "group": info.group,
        "perpetrator": info.perpetrator, "destination": info.destination,
        "source": info.sources[0] if info.sources else None, "standard": info.standards[0] if info.standards else None,
    }  # fmt: skip


def _name(step: Step) -> str:
    block = f", {step.status}" if step.status in BLOCKS else ""
    return f"row {step.row} ({step.day}){block}"


def _left_out(step: Step) -> str:
    size = format_count(abs(step.increment or 0))
    if step.status == "retraction":
        return f"{size} that were reported earlier are taken back: no flow of any day"
    period = (
        "with no stated period"
        if step.period is None
        else f"of {step.period}; flow(retroactive='spread') takes them in"
    )
    return f"{size} of earlier days, reported at once, {period}"
