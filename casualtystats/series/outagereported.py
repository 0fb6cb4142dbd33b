"""How many facilities went out of service in a period, place and type, as far as reports bound it."""

from __future__ import annotations

from typing import Any

import polars as pl

from casualtystats.errors import ContradictionError, MixedStandardsError, NoReportsError, NotAdditiveError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import Keys, Ledger
from casualtystats.ledger.audit import key_of
from casualtystats.periods import Period, format_date
from casualtystats.reports import Reports

__all__ = ["reported_in", "scope_of"]


def scope_of(
    rows: pl.DataFrame, reports: Reports, place: str | None, group: str | None
) -> tuple[str | None, str | None]:
    """The place and group that reports are about together: as asked, else the one that holds all others.

    Raises
    ------
    OptionError
        If none does.
    """
    keys = Keys.of(rows.lazy(), reports.places)
    found: list[str | None] = []
    for name, asked in (("place", place), ("group", group)):
        values: list[str | None] = rows[name].unique().sort(nulls_last=False).to_list()
        tops = [a for a in values if all(keys.relation(name, a, b) in ("equal", "contains") for b in values)]
        if asked is None and not tops:
            raise OptionError(
                f"expected reports about one {name}, or one that holds the others, got {', '.join(map(str, values))}; choose "
                f"one: outages(reports, {name}=..., facilities=...)"
            )
        found.append(asked if asked is not None else tops[0])
    return found[0], found[1]


def reported_in(rows: pl.DataFrame, reports: Reports, period: Period, scope: tuple[str | None, str | None]) -> Estimate:
    """Distinct facilities that went out in a period and scope, as far as reports bound them.

    What a report counts in a shorter period or smaller place is there in a longer or larger one too: lows carry over
    that way, and highs the other way. The ledger adds what several of them imply together.

    Raises
    ------
    ContradictionError
        If a low exceeds a high.
    NoReportsError
        If no report bounds it.
    """
    keys = Keys.of(rows.lazy(), reports.places)
    whole = (scope[0], scope[1], None, None)
    inside = [row for row in rows.iter_rows(named=True) if keys.holds(whole, key_of(row)) and _within(row, period)]
    around = [row for row in rows.iter_rows(named=True) if keys.holds(key_of(row), whole) and _around(row, period)]
    if not inside and not around:
        there = rows.select("start_earliest", "start_latest", "end_earliest", "end_latest").unique().sort(pl.all())
        raise NoReportsError(
            f"expected a report of facilities out of service inside {period}, or around it, got none; there are reports for: "
            f"{'; '.join(str(Period(*edges)) for edges in there.rows())}"
        )
    low = max((int(row["low"]) for row in inside), default=0)
    tops = [row for row in around if row["high"] is not None]
    high = min((int(row["high"]) for row in tops), default=None)
    if high is not None and low > high:
        most, least = min(tops, key=lambda row: row["high"]), max(inside, key=lambda row: row["low"])
        raise ContradictionError(
            f"expected reports that can all be true, got at least {low} facilities out of service ({least['report_id']}) "
            f"inside a period and place with at most {high} ({most['report_id']}); choose a source: outages(reports, source=...)"
        )
    if rows.height > 1:
        low, high = _together(rows, reports, period, scope, low, high)
    return Estimate(low, low if low == high else None, high, unit="facilities")


def _same(row: dict[str, Any], period: Period) -> bool:
    edges = (row["start_earliest"], row["start_latest"], row["end_earliest"], row["end_latest"])
    return edges == (period.start_earliest, period.start_latest, period.end_earliest, period.end_latest)


def _within(row: dict[str, Any], period: Period) -> bool:
    """Whether the period of a report surely lies in a period; fuzzy in the same way, they are the same."""
    surely = row["start_earliest"] >= period.start_latest and row["end_latest"] <= period.end_earliest
    return surely or _same(row, period)


def _around(row: dict[str, Any], period: Period) -> bool:
    """Whether the period of a report surely holds a period."""
    surely = row["start_latest"] <= period.start_earliest and row["end_earliest"] >= period.end_latest
    return surely or _same(row, period)


def _together(
    rows: pl.DataFrame,
    reports: Reports,
    period: Period,
    scope: tuple[str | None, str | None],
    low: int,
    high: int | None,
) -> tuple[int, int | None]:
    """Bounds with what the ledger adds.

    It counts first times since an origin: no more than the distinct ones of a period, and as many where the period begins there.
    """
    first = rows.sort("start_earliest", "start_latest").row(0, named=True)
    origin = format_date(first["start_earliest"], first["start_latest"])
    kept = reports.filter(pl.col("report_id").is_in(rows["report_id"].implode()))
    try:
        ledger = Ledger(kept, measure="facilities_out", unit="facilities", origin=origin)
        found = ledger.bounds(period, place=scope[0], group=scope[1])
    except (MixedStandardsError, NotAdditiveError, NoReportsError):
        # Reports that no one ledger holds bound the count one by one only.
        return low, high
    low = max(low, int(found.low))
    same = (period.start_earliest, period.start_latest) == (first["start_earliest"], first["start_latest"])
    if same and found.high is not None:
        high = int(found.high) if high is None else min(high, int(found.high))
    return low, high
