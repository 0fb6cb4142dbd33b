"""Sets of reports from plain rows, without a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports import Reports
from casualtystats.schemas import ReportSchema

__all__ = ["reports_of"]

_TYPES: Final = ReportSchema.create_empty().schema


def reports_of(
    rows: Sequence[Mapping[str, Any]], *, places: Places | None = None, origin: Origin | None = None
) -> Reports:
    """Build reports from rows in the columns of `ReportSchema`, filling in what a row leaves out.

    Left out, `report_id` is "r1", "r2", ... by position; measure, unit and kind are killed, people and flow;
    the ends of a period are known, and the end is the start; low, best and high follow from `value` as an
    exact count; everything else is null.

    Parameters
    ----------
    rows : sequence of mapping
        Each names at least `start_earliest` and either `value` or `low`.
    places : Places, optional
        The zones that rows may name.
    origin : Origin, optional
        Where the reports come from.

    Returns
    -------
    Reports
        Checked against `ReportSchema`; nothing is rejected, a wrong row raises.

    Raises
    ------
    dataframely.exc.ValidationError
        If a row breaks a rule of the schema.

    Examples
    --------
    >>> from datetime import date
    >>> row = {"start_earliest": date(2019, 5, 12), "end_latest": date(2019, 5, 13), "value": 16}
    >>> reports = reports_of([row])
    >>> reports.frame.select("report_id", "low", "end_earliest").row(0)
    ('r1', 16, datetime.date(2019, 5, 13))
    """
    filled = [_filled(row, number) for number, row in enumerate(rows, 1)]
    columns = {name: [row.get(name) for row in filled] for name in _TYPES}
    frame = ReportSchema.validate(pl.DataFrame(columns, schema=_TYPES))
    return Reports(frame, places=places if places is not None else Places(), origin=origin)


def _filled(row: Mapping[str, Any], number: int) -> dict[str, Any]:
    told = {"report_id": f"r{number}", "measure": "killed", "unit": "people", "kind": "flow", **row}
    told.setdefault("start_latest", told["start_earliest"])
    told.setdefault("end_latest", told.get("end_earliest", told["start_latest"]))
    told.setdefault("end_earliest", told["end_latest"])
    if "low" not in told:
        told |= {"qualifier": "exactly", "low": told["value"], "best": told["value"], "high": told["value"]}
    told.setdefault("qualifier", "at_least" if told.get("high") is None else "between")
    return told
