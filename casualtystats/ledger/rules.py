"""What to do where reports overlap: the rules that a caller can name, and what became of each report.

- "raise": refuse.
- "add": the caller states that rows are separate events; nested places or groups are still refused.
- "latest": a later report of the same series whose widest period holds an earlier one's takes its place.
- "difference": running totals of one source from one origin become disjoint periods by subtraction.
- a list of sources: the first named source that speaks about a stretch is kept there.

A rule returns what is used as a frame in the shape of reports (a difference has both ids in `report_id`) and the
lines of the audit for reports that are not used as they stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Literal

import polars as pl

from casualtystats.errors import DecreaseError, DoubleCountError, OptionError, VintageError
from casualtystats.estimates import Estimate
from casualtystats.ledger.keys import DIMENSIONS, Key, Keys
from casualtystats.ledger.overlap import Overlap, find_overlaps
from casualtystats.provenance import Origin

__all__ = ["AuditLine", "OverlapRule", "Resolution", "resolve"]

OverlapRule = Literal["raise", "add", "latest", "difference"] | list[str]
Row = dict[str, Any]
Stretch = tuple[date, date]
_SERIES = ("source", "standard", *DIMENSIONS)


@dataclass(frozen=True, slots=True)
class AuditLine:
    """What became of one report that is not used as it stands."""

    report_id: str
    status: str
    by: str | None
    reason: str
    uncovered: str | None = None


@dataclass(frozen=True)
class Resolution:
    """The reports that a rule uses, the audit lines of the others, and the total where differences have one."""

    used: pl.LazyFrame
    audit: tuple[AuditLine, ...] = field(default_factory=tuple[AuditLine, ...])
    total: Estimate | None = None


def resolve(
    reports: pl.LazyFrame, keys: Keys, rule: OverlapRule, *, apart: Sequence[str] = (), origin: Origin | None = None
) -> Resolution:
    """Apply a rule to selected reports of one measure and unit.

    Parameters
    ----------
    reports : pl.LazyFrame
        The selected reports, in the columns of `ReportSchema`.
    keys : Keys
        Their distinct keys.
    rule : OverlapRule
        "raise", "add", "latest", "difference", or a list of sources in order of preference.
    apart : sequence of str
        Columns (such as source) whose different values stand in different rows of the series.
    origin : Origin, optional
        Where they come from: it may declare that rows are separate events.

    Raises
    ------
    DoubleCountError
        If reports overlap in a way that the rule does not settle.
    DecreaseError
        If a running total goes down under "difference".
    OptionError
        If the rule is not known.
    """
    total: Estimate | None = None
    if isinstance(rule, list):
        frame, audit = _preferred(reports.collect(), keys, rule)
    elif rule == "latest":
        frame, audit = _latest(reports.collect())
    elif rule == "difference":
        frame, audit, total = _difference(reports.collect(), keys, apart)
    elif rule == "add":
        if origin is None or not origin.separate_events:
            _refuse(find_overlaps(reports, keys, apart=apart, nested_only=True), rule)
        return Resolution(reports)
    elif rule == "raise":
        _refuse_vintages(find_overlaps(reports, keys, apart=apart), reports)
        return Resolution(reports)
    else:
        raise OptionError(
            f"expected overlap= 'raise', 'add', 'latest', 'difference' or a list of sources; got {rule!r}"
        )
    _refuse(find_overlaps(frame.lazy(), Keys.of(frame.lazy(), keys.places), apart=apart), rule)
    return Resolution(frame.lazy(), _with_gaps(audit, reports, frame, keys), total)


_HINTS: dict[str, str] = {
    "raise": "Name a rule: overlap='latest' (a later report of the same series supersedes), 'difference' (running "
    "totals of one source), a list of sources in order of preference, or 'add' if these are separate events; or "
    "select with source=, place=, group=, standard columns first",
    "add": "The place or group of one contains that of the other, so that adding counts people twice. Select one level "
    "with place= or group=, or give the reports an Origin with separate_events=True if the publisher says so",
    "latest": "Only a later report of the same source, standard, place and group whose period holds the earlier one's "
    "supersedes it. Select with source=, place= or group=, or name an order of sources",
    "difference": "Select one place and group with place= and group=; a running total whose last day is fuzzy can not be the end "
    "of one difference and the start of the next: leave it out",
    "list": "One source overlaps with itself: select further with place= or group=, or filter the reports",
}  # fmt: skip


def _refuse(overlaps: list[Overlap], rule: OverlapRule) -> None:
    if overlaps:
        name = "list" if isinstance(rule, list) else rule
        raise DoubleCountError(f"expected reports that do not overlap, got {_listed(overlaps)}. {_HINTS[name]}")


def _refuse_vintages(overlaps: list[Overlap], reports: pl.LazyFrame) -> None:
    if not overlaps:
        return
    ids = {name for overlap in overlaps for name in (overlap.first, overlap.second)}
    rows = {row["report_id"]: row for row in reports.filter(pl.col("report_id").is_in(list(ids))).collect().to_dicts()}
    same = ("source", *DIMENSIONS, "start_earliest", "start_latest", "end_earliest", "end_latest")

    def again(a: Row, b: Row) -> bool:
        return all(a[name] == b[name] for name in same) and a["published_latest"] != b["published_latest"]

    if all(again(rows[overlap.first], rows[overlap.second]) for overlap in overlaps):
        raise VintageError(
            f"expected one publication of each figure, got several: {_listed(overlaps)}. Say which is meant: "
            "as_of='YYYY-MM-DD' keeps what was last known on that day, overlap='latest' the newest"
        )
    _refuse(overlaps, "raise")


def _listed(overlaps: list[Overlap]) -> str:
    shown = "; ".join(str(overlap) for overlap in overlaps[:6])
    more = f"; and at least {len(overlaps) - 6} more pairs" if len(overlaps) > 6 else ""
    return shown + more


def _latest(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[AuditLine]]:
    kept: list[str] = []
    audit: list[AuditLine] = []
    for _, group in frame.group_by(_SERIES, maintain_order=True):
        rows = sorted(
            group.to_dicts(), key=lambda row: (row["published_latest"] or date.min, row["report_id"]), reverse=True
        )
        standing: list[Row] = []
        for row in rows:
            winner = next((other for other in standing if _later(other, row) and _inside(row, other)), None)
            if winner is None:
                standing.append(row)
            else:
                reason = "a later report of the same series covers its period"
                if winner["value"] is not None and row["value"] is not None and winner["value"] < row["value"]:
                    reason += f"; the later figure is lower ({row['value']:,} became {winner['value']:,})"
                audit.append(AuditLine(row["report_id"], "superseded", winner["report_id"], reason))
        kept += [row["report_id"] for row in standing]
    return frame.filter(pl.col("report_id").is_in(kept)), audit


def _later(a: Row, b: Row) -> bool:
    if a["published_earliest"] is None or b["published_latest"] is None:
        return False
    return bool(a["published_earliest"] > b["published_latest"])


def _inside(part: Row, whole: Row) -> bool:
    return bool(whole["start_earliest"] <= part["start_earliest"] and part["end_latest"] <= whole["end_latest"])


def _key(row: Row) -> Key:
    return tuple(row[name] for name in DIMENSIONS)


def _preferred(frame: pl.DataFrame, keys: Keys, order: list[str]) -> tuple[pl.DataFrame, list[AuditLine]]:
    if not order or len(set(order)) != len(order):
        raise OptionError(f"expected a list of different sources in order of preference, got {order!r}")
    unknown = [name for name in order if name not in set(frame["source"].drop_nulls())]
    if unknown:
        have = ", ".join(sorted(set(frame["source"].drop_nulls()))) or "none"
        raise OptionError(f"expected sources of the selected reports ({have}), got {unknown[0]!r}")
    rank = {name: position for position, name in enumerate(order)}
    kept: list[Row] = []
    audit: list[AuditLine] = []
    for row in sorted(frame.to_dicts(), key=lambda row: rank.get(row["source"], len(rank))):
        if row["source"] not in rank:
            audit.append(AuditLine(row["report_id"], "not_preferred", None, "its source is not in the list"))
            continue
        winner = next((other for other in kept if rank[other["source"]] < rank[row["source"]]
                       and _share_days(row, other) and _meet(keys, _key(row), _key(other))), None)
        if winner is None:
            kept.append(row)
        else:
            reason = f"{winner['source']} is preferred and speaks about days of its period"
            audit.append(AuditLine(row["report_id"], "not_preferred", winner["report_id"], reason))
    ids = [row["report_id"] for row in kept]
    return frame.filter(pl.col("report_id").is_in(ids)), audit


def _share_days(a: Row, b: Row) -> bool:
    return bool(a["start_earliest"] <= b["end_latest"] and b["start_earliest"] <= a["end_latest"])


def _meet(keys: Keys, a: Key, b: Key) -> bool:
    return all(keys.relation(name, x, y) != "disjoint" for name, x, y in zip(DIMENSIONS, a, b, strict=True))


def _difference(
    frame: pl.DataFrame, keys: Keys, apart: Sequence[str]
) -> tuple[pl.DataFrame, list[AuditLine], Estimate | None]:
    """Differences, and their total where there is one chain of them and nothing else: the last running total.

    The sum of the differences would be looser: between two floors it knows nothing.
    """
    used: list[Row] = []
    audit: list[AuditLine] = []
    last: list[Row] = []
    groups = frame.group_by(apart, maintain_order=True) if apart else [((), frame)]
    for _, group in groups:
        rows = group.to_dicts()
        totals = sorted((row for row in rows if row["kind"] == "cumulative"), key=lambda row: row["end_latest"])
        flows = [row for row in rows if row["kind"] != "cumulative"]
        if totals:
            used += _steps(totals, audit)
            last.append(totals[-1])
        for row in flows:
            holder = next((total for total in totals if _inside(row, total) and keys.holds(_key(total), _key(row))), None)
            if holder is None:
                used.append(row)
                last.append(row)
            else:
                reason = "the running total counts its period, place and group already"
                audit.append(AuditLine(row["report_id"], "contained", holder["report_id"], reason))
    total = None
    if len(last) == 1:
        total = Estimate(last[0]["low"], last[0]["best"], last[0]["high"]).widened()
    return pl.DataFrame(used, schema=frame.schema, orient="row"), audit, total


def _steps(totals: list[Row], audit: list[AuditLine]) -> list[Row]:
    """Running totals, in order of their ends, as one first interval and the differences after it."""
    first = totals[0]
    for name in ("source", *DIMENSIONS, "start_earliest", "start_latest"):
        values = {str(row[name] or "all") for row in totals}
        if len(values) > 1:
            what = "origin (start)" if name.startswith("start") else name
            raise DoubleCountError(
                f"expected running totals of one {what} for overlap='difference', got {', '.join(sorted(values))}; "
                "select with source=, place= or group="
            )
    used = [first]
    for before, row in zip(totals, totals[1:], strict=False):
        ids = f"{row['report_id']} minus {before['report_id']}"
        if row["end_earliest"] <= before["end_latest"]:
            raise VintageError(
                f"expected one running total for each date, got {before['report_id']} and {row['report_id']} "
                f"for {row['end_latest']}; as_of= keeps what was last known on a day"
            )
        stated = None if row["value"] is None or before["value"] is None else row["value"] - before["value"]
        if (stated is not None and stated < 0) or (row["high"] is not None and row["high"] < before["low"]):
            raise DecreaseError(
                f"expected running totals that do not go down, got {ids}: {_count(before)} by {before['end_latest']}, "
                f"then {_count(row)} by {row['end_latest']}. Leave one out, or select before and after the correction"
            )
        used.append(row | _subtracted(row, before) | {"report_id": ids, "value": stated, "kind": "flow", "qualifier": "between"})
        reason = f"the part up to {before['end_latest']} is taken out: {ids}"
        audit.append(AuditLine(row["report_id"], "differenced", before["report_id"], reason))
    return used


def _count(row: Row) -> str:
    return str(Estimate(row["low"], row["best"], row["high"], row["value"], row["qualifier"]))


def _subtracted(row: Row, before: Row) -> Row:
    """Bounds and period of one running total minus an earlier one."""
    day = timedelta(days=1)
    ends: Row = {"start_earliest": before["end_earliest"] + day, "start_latest": before["end_latest"] + day, "hours": None}
    if row["high"] is None or before["high"] is None:
        return ends | {"low": 0, "best": None, "high": None}
    best = None if row["best"] is None or before["best"] is None else row["best"] - before["best"]
    low = max(0, row["low"] - before["high"])
    return ends | {"low": low, "best": best if best is None or best >= 0 else None, "high": row["high"] - before["low"]}


def _with_gaps(audit: list[AuditLine], reports: pl.LazyFrame, used: pl.DataFrame, keys: Keys) -> tuple[AuditLine, ...]:
    """The audit lines with the days of each report that no used report about the same or a larger whole covers."""
    if not audit:
        return ()
    columns = ("report_id", *DIMENSIONS, "start_earliest", "end_latest")
    lost = {row["report_id"]: row for row in reports.select(columns).collect().to_dicts()}
    kept: defaultdict[Key, list[Stretch]] = defaultdict(list)
    for row in used.select(columns).sort("start_earliest").to_dicts():
        kept[_key(row)].append((row["start_earliest"], row["end_latest"]))
    covers: dict[Key, list[Stretch]] = {}
    lines: list[AuditLine] = []
    for line in audit:
        row = lost[line.report_id]
        key = _key(row)
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
