"""The accounts of displacement that reports allow: which stocks, and which flows between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from casualtystats.errors import CasualtyStatsError
from casualtystats.ledger.rules import OverlapRule
from casualtystats.reports import Reports
from casualtystats.series import FlowSeries, StockSeries, displacement, idps
from casualtystats.series.accounts import DisplacementAccount, displacement_account
from casualtystats.series.accounts.words import TermName
from casualtystats.series.displacement import returns
from casualtystats.vocabulary import Unit

__all__ = ["HELD", "Accounted", "find_accounts"]

RULES: Final[tuple[OverlapRule, ...]] = ("raise", "latest")
UNITS: Final[tuple[Unit, ...]] = ("displacements", "people")
HELD: Final[tuple[TermName, ...]] = ("displaced", "returned")


@dataclass(frozen=True)
class Accounted:
    """The stocks of a place, its flows, and their account; where there is none, why."""

    stocks: StockSeries[Any]
    flows: dict[TermName, FlowSeries[Any]]
    account: DisplacementAccount | CasualtyStatsError


def find_accounts(reports: Reports) -> list[Accounted]:
    """The accounts of places with stocks of displaced people and flows of displacement or returns.

    For each place and group: the stocks of each source that has two or more; those of all sources, newest first, where none
    has. Flows are those of the same source, else of the source with most reports; movements before people. Births, deaths,
    those who settled, onward moves and net arrivals are not taken from other reports: these are about other people.
    """
    stocks = reports.frame.filter(pl.col("measure") == "idps")
    found: list[Accounted] = []
    for (place, group), same in stocks.group_by("place", "group", maintain_order=True):
        flows = reports.frame.filter(
            pl.col("measure").cast(pl.String).is_in(HELD),
            pl.col("place").eq_missing(pl.lit(place)), pl.col("group").eq_missing(pl.lit(group)),
        )  # fmt: skip
        if flows.is_empty():
            continue
        several = same.group_by("source", maintain_order=True).agg(pl.col("start_earliest").n_unique().alias("dates"))
        sources = several.filter(pl.col("dates") > 1, pl.col("source").is_not_null())["source"].to_list()
        for source in sources or [None]:
            series = _stocks(reports, same if source is None else same.filter(pl.col("source") == source))
            given: dict[TermName, FlowSeries[Any] | None] = {
                name: _flow(reports, flows.filter(pl.col("measure") == name), source) for name in HELD
            }
            terms: dict[TermName, FlowSeries[Any]] = {name: flow for name, flow in given.items() if flow is not None}
            if series is not None and terms:
                found.append(Accounted(series, terms, _account(series, terms)))
    return found


def _only(reports: Reports, frame: pl.DataFrame) -> Reports:
    return reports.filter(pl.col("report_id").is_in(frame["report_id"].implode()))


def _stocks(reports: Reports, same: pl.DataFrame) -> StockSeries[Any] | None:
    for rule in RULES:
        try:
            return idps(_only(reports, same.filter(pl.col("unit") == "people")), overlap=rule)
        except CasualtyStatsError:
            continue
    return None


def _flow(reports: Reports, flows: pl.DataFrame, source: str | None) -> FlowSeries[Any] | None:
    """The flow of the same source, else of the one with most reports; in movements, else in people."""
    counts = flows.group_by("source").len().sort("len", "source", descending=[True, False], nulls_last=True)
    names: list[str | None] = counts["source"].to_list()
    for name in sorted(names, key=lambda one: one != source):
        for unit in UNITS:
            rows = flows.filter(pl.col("source").eq_missing(pl.lit(name)), pl.col("unit") == unit)
            for rule in RULES if rows.height else ():
                some, returned = _only(reports, rows), (flows["measure"] == "returned").all()
                try:
                    return returns(some, overlap=rule) if returned else displacement(some, overlap=rule)
                except CasualtyStatsError:
                    continue
    return None


def _account(
    stocks: StockSeries[Any], flows: dict[TermName, FlowSeries[Any]]
) -> DisplacementAccount | CasualtyStatsError:
    try:
        return displacement_account(stocks, displaced=flows.get("displaced"), returned=flows.get("returned"))
    except CasualtyStatsError as error:
        return error
