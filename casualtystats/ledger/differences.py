"""Running totals of one source from one origin, as disjoint periods by subtraction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import polars as pl

from casualtystats.errors import DecreaseError, DoubleCountError, VintageError
from casualtystats.estimates import Estimate
from casualtystats.ledger.audit import AuditLine, Row, inside, key_of
from casualtystats.ledger.keys import DIMENSIONS, Keys

__all__ = ["differences"]


def differences(
    frame: pl.DataFrame, keys: Keys, apart: Sequence[str]
) -> tuple[pl.DataFrame, list[AuditLine], tuple[Estimate, ...]]:
    """Differences, and the counts that their total consists of: the last running total, and flows beside it.

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
            holder = next(
                (total for total in totals if inside(row, total) and keys.holds(key_of(total), key_of(row))), None
            )
            if holder is None:
                used.append(row)
                last.append(row)
            elif holder["high"] is not None and row["low"] > holder["high"]:
                raise DoubleCountError(
                    f"expected a count that fits into the running total over it, got {row['report_id']} ({_count(row)}) "
                    f"inside {holder['report_id']} ({_count(holder)}): they contradict each other. Leave one out"
                )
            else:
                reason = "the running total counts its period, place and group already"
                audit.append(AuditLine(row["report_id"], "contained", holder["report_id"], reason))
    total = tuple(Estimate(row["low"], row["best"], row["high"]).widened() for row in last)
    return pl.DataFrame(used, schema=frame.schema, orient="row"), audit, total


def _steps(totals: list[Row], audit: list[AuditLine]) -> list[Row]:
    """Running totals, in order of their ends, as one first interval and the differences after it."""
    first = totals[0]
    for name in ("source", "standard", *DIMENSIONS, "start_earliest", "start_latest"):
        values = {str(row[name] or "all") for row in totals}
        if len(values) > 1:
            what = "origin (start)" if name.startswith("start") else name
            raise DoubleCountError(
                f"expected running totals of one {what} for overlap='difference', got {', '.join(sorted(values))}; "
                "select with source=, place= or group=, or filter the reports"
            )
    used = [first]
    for before, row in pairwise(totals):
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
        used.append(
            row | _subtracted(row, before) | {"report_id": ids, "value": stated, "kind": "flow", "qualifier": "between"}
        )
        reason = f"the part up to {before['end_latest']} is taken out: {ids}"
        audit.append(AuditLine(row["report_id"], "differenced", before["report_id"], reason))
    return used


def _count(row: Row) -> str:
    return str(Estimate(row["low"], row["best"], row["high"], row["value"], row["qualifier"]))


def _widened(row: Row) -> Row:
    known = Estimate(row["low"], row["best"], row["high"]).widened()
    return row | {"low": known.low, "high": known.high}


def _subtracted(row: Row, before: Row) -> Row:
    """Bounds and period of one running total minus an earlier one."""
    day = timedelta(days=1)
    row, before = _widened(row), _widened(before)
    ends: Row = {
        "start_earliest": before["end_earliest"] + day,
        "start_latest": before["end_latest"] + day,
        "hours": None,
    }
    if row["high"] is None or before["high"] is None:
        return ends | {"low": 0, "best": None, "high": None}
    best = None if row["best"] is None or before["best"] is None else row["best"] - before["best"]
    low = max(0, row["low"] - before["high"])
    return ends | {"low": low, "best": best if best is None or best >= 0 else None, "high": row["high"] - before["low"]}
