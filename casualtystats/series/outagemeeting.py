"""Reports and a register over one period or day, place and type: what both count, and what remains."""

from __future__ import annotations

from datetime import date

import polars as pl

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period, parse_date
from casualtystats.places import Places
from casualtystats.reports import Reports
from casualtystats.reports.facilities.model import Facilities
from casualtystats.series.outagenamed import NamedOutages
from casualtystats.series.outagereported import reported_in, scope_of
from casualtystats.series.outageunnamed import Unnamed, met

__all__ = ["unnamed_in", "unnamed_on"]

_EDGES = ("start_earliest", "start_latest", "end_earliest", "end_latest")
Asked = tuple[str | None, str | None]


def unnamed_in(
    period: Period | str | None, by: str | date | None, rows: pl.DataFrame, reports: Reports, register: Facilities,
    places: Places, asked: Asked,
) -> Unnamed:  # fmt: skip
    """Facilities that went out of service in a period, or up to a day, that the register does not name."""
    if by is not None:
        day = parse_date(by)[1]
        rows = rows.filter(pl.col("end_latest") <= day)
    if rows.is_empty():
        raise NoReportsError(
            "expected a report of facilities that went out of service"
            + ("" if by is None else f" up to {by}")
            + ", got none"
        )
    found = Period.parse(period) if isinstance(period, str) else period or _period(rows, up_to=by is not None)
    scope = scope_of(rows, reports, *asked)
    reported = reported_in(rows, reports, found, scope)
    within = NamedOutages.of(register, places, *scope)
    first, last = found.start_earliest, found.end_latest
    high = int(within.distinct(period=Period(first, first, last, last))["high"][0])
    sure = found.start_latest <= found.end_earliest
    surely = within.surely_out(found.start_latest, found.end_earliest) if sure else []
    low = len(surely)
    counted = Estimate(low, low if low == high else None, high, unit="facilities")
    names = rows["report_id"].sort().to_list()
    return met(reported, counted, surely, first=first, last=last, scope=scope, reports=names)


def unnamed_on(
    on: str | date, rows: pl.DataFrame, reported: Estimate, reports: Reports, register: Facilities, places: Places,
    asked: Asked,
) -> Unnamed:  # fmt: skip
    """Facilities out of service on a day that the register does not name."""
    day = parse_date(on)[0]
    rows = rows.filter(pl.col("start_earliest") <= day)
    scope = scope_of(rows, reports, *asked)
    within = NamedOutages.of(register, places, *scope)
    names = rows["report_id"].sort().to_list()
    counted, surely = within.out_on(day), within.surely_out_on(day)
    return met(reported, counted, surely, first=day, last=day, scope=scope, reports=names)


def _period(rows: pl.DataFrame, *, up_to: bool) -> Period:
    """The one period of reports; up to a day, from the first start to the last end."""
    periods = rows.select(_EDGES).unique().sort(_EDGES)
    if periods.height > 1 and not up_to:
        there = ", ".join(str(Period(*row)) for row in periods.rows())
        raise OptionError(f"expected a period, for the reports have several ({there}); give one, or by=, or on=")
    return Period(*periods.row(0)[:2], *rows.sort("end_latest", "end_earliest").select(_EDGES[2:]).row(-1))
