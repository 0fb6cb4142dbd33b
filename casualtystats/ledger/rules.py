"""What to do where reports overlap: the rules that a caller can name, and what became of each report.

- "raise": refuse.
- "add": the caller states that rows are separate events; nested places or groups are still refused.
- "latest": a later report of the same series whose widest period holds an earlier one's takes its place.
- "difference": running totals of one source from one origin become disjoint periods by subtraction.
- a list of sources: the first named source that speaks about a stretch is kept there.

"bounds" is no rule in this sense: nothing is left out, and the ledger answers what all reports say together.

A rule returns what is used as a frame in the shape of reports (a difference has both ids in `report_id`) and the
lines of the audit for reports that are not used as they stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from casualtystats.errors import DoubleCountError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger.audit import AuditLine, Row, inside, key_of, with_gaps
from casualtystats.ledger.differences import differences
from casualtystats.ledger.keys import DIMENSIONS, Key, Keys
from casualtystats.ledger.options import LedgerOptions
from casualtystats.ledger.overlap import Overlap, find_overlaps
from casualtystats.ledger.vintages import vintage_error
from casualtystats.provenance import Origin

__all__ = ["AuditLine", "OverlapRule", "Resolution", "resolve"]

OverlapRule = Literal["raise", "add", "latest", "difference", "bounds"] | list[str] | LedgerOptions
_SERIES = ("standard", *DIMENSIONS)


@dataclass(frozen=True)
class Resolution:
    """The reports that a rule uses, the audit lines of the others, and what the total of differences consists of."""

    used: pl.LazyFrame
    audit: tuple[AuditLine, ...] = field(default_factory=tuple[AuditLine, ...])
    total: tuple[Estimate, ...] = ()


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
    total: tuple[Estimate, ...] = ()
    if isinstance(rule, list):
        frame, audit = _preferred(reports.collect(), keys, rule)
    elif rule == "latest":
        frame, audit = _latest(reports.collect())
    elif rule == "difference":
        frame, audit, total = differences(reports.collect(), keys, apart)
    elif rule == "add":
        if origin is None or not origin.separate_events:
            _refuse(find_overlaps(reports, keys, apart=apart, nested_only=True), rule)
        _refuse(_running_totals(reports, keys, apart), "totals")
        return Resolution(reports)
    elif rule == "raise":
        _refuse_vintages(find_overlaps(reports, keys, apart=apart), reports)
        return Resolution(reports)
    else:
        raise OptionError(
            "expected overlap= 'raise', 'add', 'latest', 'difference', 'bounds', a list of sources or LedgerOptions; "
            f"got {rule!r}"
        )
    _refuse(find_overlaps(frame.lazy(), Keys.of(frame.lazy(), keys.places), apart=apart), rule)
    return Resolution(frame.lazy(), with_gaps(audit, reports, frame, keys), total)


_HINTS: dict[str, str] = {
    "raise": "Name a rule: overlap='bounds' (what all of them say together), 'latest' (a later report of the same series "
    "supersedes), 'difference' (running totals of one source), a list of sources in order of preference, or 'add' if "
    "these are separate events; or select with source=, place=, group=, standard columns first",
    "add": "The place or group of one contains that of the other, so that adding counts people twice. Select one level "
    "with place= or group=, or give the reports an Origin with separate_events=True if the publisher says so",
    "totals": "A running total counts what the other counts and is no event of its own: use overlap='difference' or 'latest', "
    "or leave the running totals out",
    "latest": "Only a later report of the same source, standard, place and group whose period holds the earlier one's "
    "supersedes it. Select with source=, place= or group=, or name an order of sources",
    "difference": "Select one place and group with place= and group=; a running total whose last day is fuzzy can not be the end "
    "of one difference and the start of the next: leave it out",
    "list": "One source overlaps with itself: select further with place= or group=, or filter the reports",
}  # fmt: skip


def _running_totals(reports: pl.LazyFrame, keys: Keys, apart: Sequence[str]) -> list[Overlap]:
    """Running totals that overlap with any other report: a total since a day is never an event of its own."""
    totals = reports.filter(pl.col("kind") == "cumulative").collect()
    if totals.is_empty():
        return []
    found = find_overlaps(totals.lazy(), keys, apart=apart)
    first, last = totals["start_earliest"].min(), totals["end_latest"].max()
    flows = reports.filter(
        pl.col("kind") != "cumulative", pl.col("end_latest") >= pl.lit(first), pl.col("start_earliest") <= pl.lit(last)
    ).collect()
    for total in totals.iter_rows(named=True):
        near = flows.filter(
            pl.col("start_earliest") <= total["end_latest"],
            pl.col("end_latest") >= total["start_earliest"],
            *(pl.col(name).eq_missing(pl.lit(total[name])) for name in apart),
        )
        for flow in near.iter_rows(named=True):
            if _meet(keys, key_of(total), key_of(flow)):
                start = max(total["start_earliest"], flow["start_earliest"])
                end = min(total["end_latest"], flow["end_latest"])
                found.append(Overlap(total["report_id"], flow["report_id"], start, end))
                break
    return found


def _refuse(overlaps: list[Overlap], rule: OverlapRule | Literal["totals"]) -> None:
    if overlaps:
        name = rule if isinstance(rule, str) else "list"
        raise DoubleCountError(f"expected reports that do not overlap, got {_listed(overlaps)}. {_HINTS[name]}")


def _refuse_vintages(overlaps: list[Overlap], reports: pl.LazyFrame) -> None:
    if not overlaps:
        return
    ids = {name for overlap in overlaps for name in (overlap.first, overlap.second)}
    found = reports.filter(pl.col("report_id").is_in(list(ids))).collect()
    rows = {row["report_id"]: row for row in found.to_dicts()}
    same = ("source", *DIMENSIONS, "start_earliest", "start_latest", "end_earliest", "end_latest")

    def again(a: Row, b: Row) -> bool:
        return all(a[name] == b[name] for name in same) and a["published_latest"] != b["published_latest"]

    if all(again(rows[overlap.first], rows[overlap.second]) for overlap in overlaps):
        alike = reports.join(found.lazy(), on=list(same), how="semi", nulls_equal=True).collect()
        raise vintage_error(alike, [pl.col(name) for name in same], choice=", overlap='latest' the newest")
    _refuse(overlaps, "raise")


def _listed(overlaps: list[Overlap]) -> str:
    shown = "; ".join(str(overlap) for overlap in overlaps[:6])
    more = f"; and at least {len(overlaps) - 6} more pairs" if len(overlaps) > 6 else ""
    return shown + more


def _latest(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[AuditLine]]:
    kept: list[str] = []
    audit: list[AuditLine] = []
    # Reports without a source are not known to be of one series.
    source = pl.coalesce("source", pl.concat_str(pl.lit("\x00"), "report_id"))
    for _, group in frame.group_by(source, *_SERIES, maintain_order=True):
        rows = sorted(
            group.to_dicts(), key=lambda row: (row["published_latest"] or date.min, row["report_id"]), reverse=True
        )
        standing: list[Row] = []
        for row in rows:
            winner = next((other for other in standing if _later(other, row) and inside(row, other)), None)
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
        winner = next(
            (
                other
                for other in kept
                if rank[other["source"]] < rank[row["source"]]
                and _share_days(row, other)
                and _meet(keys, key_of(row), key_of(other))
            ),
            None,
        )
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
