"""Where reports that count facilities meet a register that names some of them: how many more there must be, and may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from casualtystats.errors import ContradictionError, MixedStandardsError, NoReportsError, NotAdditiveError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import Keys, Ledger
from casualtystats.ledger.audit import key_of
from casualtystats.periods import Period, format_date, spoken_day
from casualtystats.printing import format_count
from casualtystats.reports import Reports
from casualtystats.series.outagenamed import NamedOutages
from casualtystats.vocabulary import measure_noun

__all__ = ["Unnamed", "met", "scope_of", "unnamed_in"]


@dataclass(frozen=True, slots=True)
class Unnamed:
    """How many facilities reports count that the register does not name. Made by `OutageSeries.unnamed`.

    Attributes
    ----------
    estimate : Estimate
        [max(0, reported.low - named.high), reported.high - named.low]; no high where the reports have none.
    reported, named : Estimate
        What the reports say together, and how many of these the register names.
    first, last : date
        The period or day, both ends included (the widest where the ends of a report are fuzzy).
    place, group : str or None
        What both are about.
    reports, facilities : tuple of str
        Identifiers of the reports; of the facilities that are surely among those counted.
    """

    estimate: Estimate
    reported: Estimate
    named: Estimate
    first: date
    last: date
    place: str | None
    group: str | None
    reports: tuple[str, ...]
    facilities: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """One row: `first`, `last`, `place`, `group`, then `low` and `high` of reported, named and unnamed."""
        row: dict[str, object] = {"first": self.first, "last": self.last, "place": self.place, "group": self.group}
        for name in ("reported", "named", "estimate"):
            found: Estimate = getattr(self, name)
            label = "unnamed" if name == "estimate" else name
            row |= {f"{label}_low": int(found.low), f"{label}_high": None if found.high is None else int(found.high)}
        types = {"first": pl.Date, "last": pl.Date, "place": pl.String, "group": pl.String}
        return pl.DataFrame([row], schema=types | {name: pl.Int64 for name in row if name not in types})

    def __str__(self) -> str:
        noun = measure_noun("facilities_out", "facilities", self.group)
        when = spoken_day(self.first)
        when = f"on {when}" if self.first == self.last else f"from {when} to {spoken_day(self.last)}"
        return f"{self.reported} {noun} {when}, of which {_range(self.named)} named: {_range(self.estimate)} not named"


def _range(count: Estimate) -> str:
    if count.high is None:
        return f"at least {format_count(count.low)}"
    return (
        format_count(count.low)
        if count.low == count.high
        else f"{format_count(count.low)} to {format_count(count.high)}"
    )


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


def unnamed_in(rows: pl.DataFrame, reports: Reports, period: Period, scope: tuple[str | None, str | None]) -> Estimate:
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


def met(
    reported: Estimate, named: NamedOutages, counted: Estimate, surely: list[str], *, first: date, last: date,
    scope: tuple[str | None, str | None], reports: list[str],
) -> Unnamed:  # fmt: skip
    """What remains of the reported when the named are taken out.

    Raises
    ------
    ContradictionError
        If more are named than reported; the message says which.
    """
    if reported.high is not None and counted.low > reported.high:
        shown = ", ".join(surely[:8]) + (", ..." if len(surely) > 8 else "")
        raise ContradictionError(
            f"expected no more named facilities out of service than reported, got {format_count(counted.low)} ({shown}) "
            f"where {' and '.join(reports)} count at most {format_count(reported.high)} from {first} to {last}; look whether "
            "the report is about the same place, type and days, or whether a spell of the register is wrong"
        )
    most = counted.high or 0
    high = None if reported.high is None else reported.high - counted.low
    low = max(0, reported.low - most)
    estimate = Estimate(low, low if low == high else None, high, unit="facilities")
    return Unnamed(estimate, reported, counted, first, last, *scope, tuple(reports), tuple(surely))
