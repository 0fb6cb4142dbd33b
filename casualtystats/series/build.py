"""From checked reports to intervals of a flow, or dated stocks: what the builders share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import DIMENSIONS, Keys, Ledger, LedgerOptions, Resolution, resolve
from casualtystats.ledger.audit import AuditLine, audit_frame
from casualtystats.ledger.rules import OverlapRule
from casualtystats.reports import Reports
from casualtystats.reports.preferred import RoleChoice
from casualtystats.reports.select import By, Observed, Selection, check_by, observed_days
from casualtystats.reports.vintages import newest
from casualtystats.series.bounded import check_bounded
from casualtystats.series.cells import Facts
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import Kind, Measure, Unit, adds_over_time

__all__ = ["Built", "build"]


@dataclass(frozen=True)
class Built:
    """What a builder hands to its series."""

    info: SeriesInfo
    intervals: pl.LazyFrame
    facts: Facts
    audit: pl.LazyFrame
    total: Estimate | None = None
    ledger: Ledger | None = None


def build(
    reports: Reports,
    measure: Measure,
    kinds: tuple[Kind, ...],
    *,
    place: str | None,
    group: str | None,
    source: str | None,
    unit: Unit | None,
    role: RoleChoice | None,
    by: Sequence[By],
    overlap: OverlapRule,
    observed: Observed | None,
    as_of: str | date | None,
) -> Built:
    """Select reports, settle overlaps by the named rule, and describe what is left."""
    if not isinstance(reports, Reports):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected reports from read_reports(...), got {type(reports).__name__}; of an archive take .as_of(day), which holds "
            "each figure once"
        )
    columns = check_by(by)
    selection = Selection.of(
        reports, measure, kinds, unit=unit, place=place, group=group, source=source, role=role, as_of=as_of
    )
    additive = adds_over_time(measure, selection.unit)
    if isinstance(overlap, LedgerOptions):
        return _bounded(reports, selection, columns, overlap, observed)
    if overlap == "bounds":
        return _bounded(reports, selection, columns, LedgerOptions(), observed)
    if overlap == "add" and not additive:
        raise OptionError(
            f"overlap='add' is for separate events, and {measure} in {selection.unit} does not add up: the same ones "
            "are counted again. Use unit='displacements', as_displacements(), or choose one report for each period"
        )
    selected = selection.frame()
    known, dropped = newest(selected) if as_of is not None and overlap != "add" else (selected, None)
    keys = Keys.of(known, reports.places)
    # Only rows of different sources or standards are read side by side; all other rows may be added up.
    apart = [name for name in columns if name in ("source", "standard")]
    settled = resolve(known, keys, overlap, apart=apart, origin=reports.origin)
    scope = Keys.of(settled.used, reports.places).scope(selection.fixed)
    intervals = _intervals(settled.used, keys, scope, columns)
    facts = _facts(intervals, columns, additive, observed_days(observed))
    rule = "preference: " + ", ".join(overlap) if isinstance(overlap, list) else overlap
    info = _info(selection, scope, columns, rule, settled.used, facts)
    known_total = settled.total if additive or len(settled.total) == 1 else ()
    total = sum(known_total[1:], known_total[0]) if known_total else None
    return Built(info, intervals, facts, _audit(selection, settled, dropped), total)


def _bounded(
    reports: Reports, selection: Selection, by: tuple[By, ...], options: LedgerOptions, observed: Observed | None
) -> Built:
    """What the ledger of the selected reports says; the intervals are those of the reports that it holds."""
    check_bounded(by)
    if observed is not None:
        options = replace(options, observed=observed)
    ledger = Ledger.of_selection(reports, selection, options)
    ledger.refuse_contradictions()
    audit = ledger.audit
    held = audit.filter(pl.col("status").is_in(["used", "loosened"]))["report_id"].to_list()
    used = selection.frame().filter(pl.col("report_id").is_in(held))
    keys = Keys.of(used, reports.places)
    intervals = _intervals(used, keys, ledger.scope, by)
    facts = _facts(intervals, by, ledger.additive, observed_days(options.observed))
    info = _info(selection, ledger.scope, by, "bounds", used, facts)
    info = replace(info, first_time_since=None if ledger.origin is None else ledger.origin.start_earliest)
    return Built(info, intervals, facts, audit.lazy(), None, ledger)


def _intervals(used: pl.LazyFrame, keys: Keys, scope: dict[str, str | None], by: tuple[str, ...]) -> pl.LazyFrame:
    """Reports in the columns of `IntervalSchema`, with `by` in front; a best outside its bounds widens them."""
    found = Keys.of(used, keys.places)
    whole = [
        all(
            name in by or found.relation(name, key[at], scope[name]) in ("equal", "contains")
            for at, name in enumerate(found.dimensions)
        )
        for key in found.values
    ]
    if all(whole) or not any(whole):
        marked = used.with_columns(whole=pl.lit(all(whole)))
    else:
        table = pl.LazyFrame(
            [(*key, flag) for key, flag in zip(found.values, whole, strict=True)],
            schema=dict.fromkeys(DIMENSIONS, pl.String) | {"whole": pl.Boolean},
            orient="row",
        )
        marked = used.join(table, on=list(DIMENSIONS), how="left", nulls_equal=True, maintain_order="left")
    low, best, high = pl.col("low"), pl.col("best"), pl.col("high")
    return marked.select(
        *by, "report_id",
        "start_latest", "end_earliest", "hours", "best", "whole",
        period_start="start_earliest", period_end="end_latest", stated="value",
        low=pl.when(best < low).then(best).otherwise(low),
        high=pl.when(best > high).then(best).otherwise(high),
    ).select(
        *by, "report_id", "period_start", "period_end", "start_latest", "end_earliest", "hours",
        "low", "best", "high", "stated", "whole",
    )  # fmt: skip


def _facts(
    intervals: pl.LazyFrame, by: tuple[str, ...], additive: bool, observed: tuple[tuple[date, date], ...]
) -> Facts:
    fuzzy = (pl.col("start_latest") != pl.col("period_start")) | (pl.col("end_earliest") != pl.col("period_end"))
    length = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    seen: dict[str, Any] = intervals.select(
        short=(pl.col("hours") < 24 * length).any(),
        first=pl.col("period_start").min(), last=pl.col("period_end").max(), fuzzy=fuzzy.any(),
        one_sided=pl.col("best").has_nulls(), unbounded=pl.col("high").has_nulls(),
        every=pl.col("whole").all(), some=pl.col("whole").any(),
    ).collect(engine="streaming").row(0, named=True)  # fmt: skip
    rows = intervals.select(by).unique().collect(engine="streaming").sort(by) if by else pl.DataFrame()
    whole: Literal["all", "some", "none"] = "all" if seen["every"] else "some" if seen["some"] else "none"
    return Facts(
        rows,
        seen["first"],
        seen["last"],
        additive,
        seen["fuzzy"],
        seen["one_sided"],
        seen["unbounded"],
        whole,
        not (seen["fuzzy"] or seen["short"]),
        observed,
    )


def _info(
    selection: Selection, scope: dict[str, str | None], by: tuple[str, ...],
    rule: str, used: pl.LazyFrame, facts: Facts,
) -> SeriesInfo:  # fmt: skip
    attributed = used.select(
        pl.col("source").unique().implode(), pl.col("standard").unique().implode()
    ).collect(engine="streaming").row(0)  # fmt: skip
    sources, standards = (tuple(sorted(str(name) for name in names if name is not None)) for names in attributed)
    parts = {name: None if name in by else scope[name] for name in DIMENSIONS}
    return SeriesInfo(
        selection.measure, selection.unit, parts["place"], parts["group"], parts["perpetrator"], parts["destination"],
        by, sources, standards, rule, selection.as_of, facts.first, facts.last,
    )  # fmt: skip


def _audit(selection: Selection, settled: Resolution, dropped: pl.LazyFrame | None) -> pl.LazyFrame:
    lines = list(settled.audit)
    if dropped is not None:
        again = "the same figure was published again"
        lines += [AuditLine(name, "superseded", by, again) for name, by in dropped.collect().rows()]
    return audit_frame(selection.audit(), lines)
