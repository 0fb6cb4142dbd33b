"""Small made-up reports for the tests of pictures."""

from __future__ import annotations

from typing import Any

import polars as pl

from casualtystats.reports import Reports, read_reports


def reports(*rows: dict[str, Any]) -> Reports:
    base = {"measure": "killed", "unit": "people", "kind": "flow", "group": "civilian", "source": "OHCHR"}
    filled = [{"report_id": f"r{at}"} | base | row for at, row in enumerate(rows)]
    filled = [row if row["kind"] == "stock" else {"end": row["start"]} | row for row in filled]
    names = list(dict.fromkeys(name for row in filled for name in row))
    texts = [{name: None if row.get(name) is None else str(row[name]) for name in names} for row in filled]
    found = read_reports(pl.DataFrame(texts, schema=dict.fromkeys(names, pl.String)))
    assert found.rejected.is_empty(), found.rejected
    return found


def one(**more: Any) -> Reports:
    return reports({"value": 22, "start": "2019-04-29", "end": "2019-05-09"} | more)


GAP = (
    {"value": 30, "start": "2019-04-01", "end": "2019-04-10"},
    {"value": 12, "qualifier": "approximately", "start": "2019-04-25", "end": "2019-05-05"},
)
FUZZY = (
    {"value": 119, "start": "[2019-04-21..2019-04-30]", "end": "2019-05-13", "source": "SOHR"},
    {
        "value": 50,
        "qualifier": "up_to",
        "start": "2019-05-14",
        "end": "[2019-05-20..2019-05-24]",
        "source": "SOHR",
    },
)
TOTALS = tuple(
    {
        "kind": "cumulative",
        "start": "2019-04-29",
        "source": source,
        "value": value,
        "end": end,
        "qualifier": qualifier,
    }
    for source, value, end, qualifier in (
        ("Ministry", 40, "2019-05-09", "exactly"),
        ("Ministry", 38, "2019-05-19", "exactly"),
        ("Observatory", 95, "2019-05-12", "at_least"),
        ("Observatory", 120, "2019-05-22", "more_than"),
    )
)
