from __future__ import annotations

from typing import Any

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.periods import parse_date
from casualtystats.reports import Reports
from casualtystats.schemas import ReportSchema

DEFAULTS: dict[str, Any] = {"measure": "killed", "unit": "people", "kind": "flow", "qualifier": "exactly"}


def _report(number: int, row: dict[str, Any]) -> dict[str, Any]:
    full = dict.fromkeys(ReportSchema.column_names()) | {"report_id": f"r{number}"} | DEFAULTS | row
    if full["low"] is None and full["best"] is None:
        estimate = Estimate.of(full["qualifier"], full["value"])
        full |= {"low": estimate.low, "best": estimate.best, "high": estimate.high}
    start, end = full.pop("start"), full.pop("end")
    full["start_earliest"], full["start_latest"] = parse_date(start)
    full["end_earliest"], full["end_latest"] = parse_date(end)
    return full


def make_reports(rows: list[dict[str, Any]]) -> Reports:
    """Reports from rows that say no more than they need to."""
    schema = ReportSchema.create_empty().schema
    full = [_report(number, row) for number, row in enumerate(rows)]
    return Reports(ReportSchema.validate(pl.DataFrame(full, schema=schema)))
