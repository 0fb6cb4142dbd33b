"""What became of each report: the lines of the audit, and the days that nothing covers any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import polars as pl

from casualtystats.ledger.keys import DIMENSIONS, Key, Keys

__all__ = ["AuditLine", "Row", "audit_frame", "inside", "key_of", "with_gaps"]

Row = dict[str, Any]
Stretch = tuple[date, date]


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What became of one report that is not used as it stands."""

    report_id: str
    status: str
    by: str | None
    reason: str
    uncovered: str | None = None


def audit_frame(selected: pl.LazyFrame, lines: Sequence[AuditLine]) -> pl.LazyFrame:
    """What became of each report (`AuditSchema`): what its selection says of it, unless a line says more."""
    texts = ("status", "by", "reason", "uncovered")
    told = pl.LazyFrame(
        [(line.report_id, line.status, line.by, line.reason, line.uncovered) for line in lines],
        schema=dict.fromkeys(("report_id", *(f"_{name}" for name in texts)), pl.String),
        orient="row",
    )
    blank = pl.lit(None, pl.String)
    base = selected.with_columns(by=blank, uncovered=blank)
    first = [pl.coalesce(f"_{name}", name).alias(name) for name in texts]
    return base.join(told, on="report_id", how="left", maintain_order="left").select("report_id", *first)


def inside(part: Row, whole: Row) -> bool:
    """Whether the widest period of one report lies in that of another."""
    return bool(whole["start_earliest"] <= part["start_earliest"] and part["end_latest"] <= whole["end_latest"])


def key_of(row: Row) -> Key:
    """The key of a report: its place, group, perpetrator and destination."""
    return tuple(row[name] for name in DIMENSIONS)


def with_gaps(audit: list[AuditLine], reports: pl.LazyFrame, used: pl.DataFrame, keys: Keys) -> tuple[AuditLine, ...]:
    """The audit lines with the days of each report that no used report about the same or a larger whole covers."""
    if not audit:
        return ()
    columns = ("report_id", *DIMENSIONS, "start_earliest", "end_latest")
    lost = {row["report_id"]: row for row in reports.select(columns).collect().to_dicts()}
    kept: defaultdict[Key, list[Stretch]] = defaultdict(list)
    for row in used.select(columns).sort("start_earliest").to_dicts():
        kept[key_of(row)].append((row["start_earliest"], row["end_latest"]))
    covers: dict[Key, list[Stretch]] = {}
    lines: list[AuditLine] = []
    for line in audit:
        row = lost[line.report_id]
        key = key_of(row)
        if key not in covers:
            covers[key] = sorted(days for other, some in kept.items() if keys.holds(other, key) for days in some)
        gaps = _gaps((row["start_earliest"], row["end_latest"]), covers[key])
        text = "; ".join(f"{first}/{last}" for first, last in gaps)
        lines.append(replace(line, uncovered=text or None))
    return tuple(lines)


def _gaps(period: Stretch, covers: list[Stretch]) -> list[Stretch]:
    """The stretches of a period that none of the covering stretches (sorted by start) holds."""
    gaps: list[Stretch] = []
    day, (at, last) = timedelta(days=1), period
    for first, until in covers:
        if first > last or at > last:
            break
        if first > at:
            gaps.append((at, first - day))
        at = max(at, until + day)
    if at <= last:
        gaps.append((at, last))
    return gaps
