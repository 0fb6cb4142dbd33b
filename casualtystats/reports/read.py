"""Reading reports (first sketch: everything is read, the checks follow)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import polars as pl

from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.model import Reports
from casualtystats.schemas import ReportSchema


def read_reports(source: str | os.PathLike[str] | Any, *, places: Places | str | os.PathLike[str] | None = None, origin: Origin | None = None) -> Reports:
    """Read reports (sketch: exact dates only)."""
    from casualtystats.estimates import Estimate
    from casualtystats.periods import parse_date

    raw = source if isinstance(source, pl.DataFrame) else pl.read_csv(source, infer_schema=False) if isinstance(source, (str, os.PathLike)) else pl.DataFrame(source)
    rows = []
    for r in raw.to_dicts():
        row = {c: (r.get(c) if r.get(c) != "" else None) for c in ReportSchema.column_names()}
        if "start" in r:
            row["start_earliest"], row["start_latest"] = parse_date(r["start"])
            row["end_earliest"], row["end_latest"] = parse_date(r.get("end") or r["start"])
            if r.get("published"):
                row["published_earliest"], row["published_latest"] = parse_date(r["published"])
        row["qualifier"] = row["qualifier"] or "exactly"
        for c in ("value", "low", "best", "high"):
            row[c] = None if row[c] is None else int(row[c])
        if row["low"] is None:
            e = Estimate.of(row["qualifier"], row["value"])
            row["low"], row["best"], row["high"] = e.low, e.best, e.high
        row["hours"] = None if row["hours"] is None else float(row["hours"])
        rows.append(row)
    frame = pl.DataFrame(rows, schema=ReportSchema.to_polars_schema())
    table = Places() if places is None else places if isinstance(places, Places) else Places.read(Path(places))
    return Reports(ReportSchema.validate(frame), places=table, origin=origin)
