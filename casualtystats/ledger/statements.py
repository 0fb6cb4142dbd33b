"""What each report states, read for a purpose: bounds on one count, between two ends, with a reason where it says nothing.

Counts are kept on boundaries between days: S(b) is the count before the first moment of day b, so that a report of the
days s to e bounds S(e + 1) - S(s). A fuzzy end is a boundary that lies somewhere between two days. A stated length
(24 hours of two days) is a window that lies somewhere in its dates. Ends of one source that are fuzzy in the same way
("since late April") are one boundary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import polars as pl

from casualtystats.errors import MixedStandardsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger.audit import AuditLine, Row, key_of
from casualtystats.ledger.keys import Key
from casualtystats.ledger.options import LedgerOptions

__all__ = ["WINDOW", "Edge", "Statement", "read_statements", "spoken_bounds"]

# How the shared name of a window begins: it may begin at any moment of a day, so that its dates can not be listed.
WINDOW: Final = "window "

_FLOORS = ("verified", "documented")


class Edge(NamedTuple):
    """A boundary between days (a proleptic ordinal: the count before that day), or one that lies between two.

    `shared` names edges that are one and the same boundary; empty where nothing is known of that.
    """

    first: int
    last: int
    shared: str

    @property
    def fuzzy(self) -> bool:
        """Whether the boundary is not exactly known."""
        return self.first != self.last


@dataclass(frozen=True, slots=True)
class Statement:
    """Bounds on one count between two edges.

    Attributes
    ----------
    ids : tuple of str
        The reports that state it; more than one where outlets relay one authority.
    row : Row
        The report itself (that of the first id), as a row of `Reports.frame`.
    key : Key
        Place, group, perpetrator and destination.
    start, end : Edge
        Where the count begins and where it ends.
    low : int
        0 where it says nothing from below.
    high : int or None
        None where it says nothing from above.
    """

    ids: tuple[str, ...]
    row: Row
    key: Key
    start: Edge
    end: Edge
    low: int
    high: int | None

    @property
    def name(self) -> str:
        """The id of the report, or the ids of those that are one."""
        return " + ".join(self.ids)

    @property
    def about(self) -> bool:
        """Whether its bounds are the band read into "about n"."""
        return bool(self.row["qualifier"] == "approximately")

    @property
    def running(self) -> bool:
        """Whether it is a running total."""
        return bool(self.row["kind"] == "cumulative")

    @property
    def said(self) -> str:
        """The count in the words of the report: "more than 150,000"."""
        row = self.row
        return str(Estimate(row["low"], row["best"], row["high"], row["value"], row["qualifier"]))

    @property
    def source(self) -> str:
        """To whom it is attributed, or its id."""
        return str(self.row["source"] or self.ids[0])


def read_statements(frame: pl.DataFrame, options: LedgerOptions) -> tuple[list[Statement], list[AuditLine]]:
    """Statements of selected reports, in an order that does not depend on ids, and lines for those that state nothing.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports of one measure and unit, no stocks, one vintage of each figure.
    options : LedgerOptions
        How to read them.

    Raises
    ------
    MixedStandardsError
        If reports of several standards are read as one count of what was reported.
    OptionError
        If `drop` names a report that is not there.
    """
    there = set(frame["report_id"])
    unknown = [name for name in options.drop if name not in there]
    if unknown:
        raise OptionError(f"expected drop= ids of reports in the ledger, got {unknown[0]!r}; see ledger.audit")
    audit: list[AuditLine] = []
    rows: list[Row] = []
    for row in frame.to_dicts():
        if row["report_id"] in options.drop:
            audit.append(AuditLine(row["report_id"], "dropped", None, "the caller leaves it out (drop=)"))
        elif row["standard"] == "unconfirmed" and not options.unconfirmed:
            reason = "it is unconfirmed; unconfirmed=True takes such reports in"
            audit.append(AuditLine(row["report_id"], "not_selected", None, reason))
        else:
            rows.append(row)
    _one_standard(rows, options)
    statements: list[Statement] = []
    for group, relays in _relayed(rows):
        found = _statement(group, options.of)
        if found.low == 0 and found.high is None:
            reason = (
                "an upper bound on a record says nothing of what occurred"
                if options.of == "occurred" and group[0]["high"] is not None
                else "it has neither a lower bound above 0 nor an upper bound"
            )
            audit += [AuditLine(row["report_id"], "says_nothing", None, reason) for row in group]
            continue
        statements.append(found)
        audit += relays
    return sorted(statements, key=_order), audit


def spoken_bounds(low: int, high: int | None) -> str:
    """Bounds in words.

    Examples
    --------
    >>> spoken_bounds(42, None), spoken_bounds(0, 100), spoken_bounds(0, None), spoken_bounds(5, 5)
    ('at least 42', 'up to 100', 'not bounded', '5')
    """
    return "not bounded" if low == 0 and high is None else str(Estimate(low, None, high))


def _one_standard(rows: Sequence[Row], options: LedgerOptions) -> None:
    standards = sorted({str(row["standard"] or "not stated") for row in rows})
    if options.of == "reported" and not options.comparable and len(standards) > 1:
        raise MixedStandardsError(
            f"expected reports of one standard to be read as one count of what was reported, got {', '.join(standards)}: "
            "a verified count and an estimate do not count the same thing. Select with reports.filter(...) or source=, "
            "ask for what occurred (of='occurred'), or say that they count the same (comparable=True)"
        )


def _relayed(rows: list[Row]) -> list[tuple[list[Row], list[AuditLine]]]:
    """Reports by the statement that they carry: outlets that cite one authority for one figure carry one."""
    found: defaultdict[tuple[object, ...], list[Row]] = defaultdict(list)
    figures = {row["report_id"]: (key_of(row), *(row[name] for name in ("kind", *_PERIOD))) for row in rows}
    above = {(row["source"], figures[row["report_id"]]): row["derived_from"] for row in rows if row["derived_from"]}
    for row in rows:
        # Two reports of one source are two; only what is derived, and what it is derived from, may be one.
        authority, figure = row["derived_from"] or row["source"], figures[row["report_id"]]
        passed: set[str] = set()
        while authority not in passed and above.get((authority, figure)):
            passed.add(authority)
            authority = above[authority, figure]
        found[(authority or row["report_id"], authority is not None, figure)].append(row)
    groups: list[tuple[list[Row], list[AuditLine]]] = []
    for same in found.values():
        own = [row for row in same if row["derived_from"] is None]
        relays = [row for row in same if row["derived_from"] is not None]
        if own and relays:
            lines = [
                AuditLine(
                    row["report_id"],
                    "relayed",
                    own[0]["report_id"],
                    _relays(row, own[0]) + "; its own statement counts",
                )
                for row in relays
            ]
            groups.append(([own[0]], lines))
            groups += [([row], []) for row in own[1:]]
        elif relays:
            relays.sort(key=lambda row: (row["low"], -_top(row["high"]), row["report_id"]))
            first = relays[0]
            why = "; what all relays of it leave possible counts"
            lines = [
                AuditLine(row["report_id"], "relayed", first["report_id"], _relays(row, first) + why)
                for row in relays[1:]
            ]
            groups.append((relays, lines))
        else:
            groups += [([row], []) for row in own]
    return groups


def _relays(row: Row, other: Row) -> str:
    """That a report relays a statement, and whether with the same number."""
    same = row["value"] == other["value"] and row["value"] is not None
    number = "the same number" if same else f"another number ({row['value']} for {other['value']})"
    return f"it relays {row['derived_from']} with {number}"


_PERIOD = ("start_earliest", "start_latest", "end_earliest", "end_latest", "hours")


def _top(high: int | None) -> float:
    return float("inf") if high is None else float(high)


def _statement(group: list[Row], of: str) -> Statement:
    """The statement of one report, or of several that relay one figure: what all of them leave possible."""
    lows: list[int] = []
    highs: list[int | None] = []
    for row in group:
        known = Estimate(row["low"], row["best"], row["high"]).widened()
        lows.append(int(known.low))
        # What was verified or documented is the least of what occurred: nobody says that the record is complete.
        open_top = known.high is None or (of == "occurred" and row["standard"] in _FLOORS)
        highs.append(None if open_top or known.high is None else int(known.high))
    high = None if None in highs else max(top for top in highs if top is not None)
    start, end = _edges(group[0])
    return Statement(tuple(row["report_id"] for row in group), group[0], key_of(group[0]), start, end, min(lows), high)


def _edges(row: Row) -> tuple[Edge, Edge]:
    first, last = row["start_earliest"].toordinal(), row["end_latest"].toordinal() + 1
    hours = row["hours"]
    source = row["source"] or f"\x00{row['report_id']}"
    if hours is not None and hours < 24 * (last - first):
        whole = int(hours // 24)
        window = f"{WINDOW}{source}|{first}|{last}|{hours}|{row['published_earliest']}|{row['published_latest']}"
        return Edge(first, last - whole, f"{window}|from"), Edge(first + whole, last, f"{window}|until")
    return (
        _edge(row["start_earliest"], row["start_latest"], 0, f"{source}|from"),
        _edge(row["end_earliest"], row["end_latest"], 1, f"{source}|until"),
    )


def _edge(earliest: date, latest: date, after: int, name: str) -> Edge:
    first, last = earliest.toordinal() + after, latest.toordinal() + after
    return Edge(first, last, "" if first == last else f"{name}|{first}|{last}")


def _order(statement: Statement) -> tuple[object, ...]:
    key = tuple(value or "" for value in statement.key)
    said = (statement.start[:2], statement.end[:2], key, -statement.low, _top(statement.high), statement.source)
    return (*said, str(statement.row["published_latest"]), statement.name)
