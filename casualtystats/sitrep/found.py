"""The series that a set of reports holds: what one source published more than once about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.errors import CasualtyStatsError
from casualtystats.ledger.rules import OverlapRule
from casualtystats.rates import RateSeries, death_rate
from casualtystats.reports import Report, Reports
from casualtystats.series import FlowSeries, deaths, displacement

__all__ = ["Found", "Rated", "find_series", "inhabitants", "rate_table"]

NEAR: Final = 366
_KEY: Final = ("measure", "unit", "source", "place", "group", "perpetrator", "standard")


@dataclass(frozen=True)
class Found:
    """A series, and the words for the rule that settled its overlaps."""

    series: FlowSeries[Any]
    rule: str


@dataclass(frozen=True)
class Rated:
    """Death rates of a series, and the stock of inhabitants that they are on."""

    found: Found
    people: Report
    rates: RateSeries

    @property
    def reports(self) -> list[str]:
        """The reports that the rates rest on."""
        names = self.found.series.intervals.select("report_id").collect()["report_id"]
        return [*(name for pair in names for name in pair.split(" minus ")), self.people.report_id]


_SAID: Final = {
    "raise": "no two reports overlap",
    "difference": "running totals from one origin, as differences",
    "latest": "later reports supersede earlier ones that they cover",
}


def find_series(reports: Reports) -> tuple[list[Found], list[tuple[str, str]]]:
    """Series of two or more reports by one source about one measure, unit, place and group.

    Returns
    -------
    (list of Found, list of (str, str))
        The series, most reports first; and what could not be made one, with the reason.
    """
    usable = reports.frame.filter(
        pl.col("measure").is_in(["killed", "died", "displaced"]),
        pl.col("kind") != "stock",
        pl.col("source").is_not_null(),
    )
    found: list[Found] = []
    refused: list[tuple[str, str]] = []
    for key, frame in usable.group_by(_KEY, maintain_order=True):
        if frame.height < 2:
            continue
        same = Reports(frame, places=reports.places, origin=reports.origin)
        totals = (frame["kind"] == "cumulative").sum() > 1
        rules: tuple[OverlapRule, ...] = ("difference", "latest") if totals else ("raise", "latest")
        reason = ""
        for rule in rules:
            try:
                found.append(Found(_built(same, str(key[0]), rule), _SAID[str(rule)]))
                break
            except CasualtyStatsError as error:
                reason = str(error)
        else:
            refused.append((", ".join(str(part) for part in key if part is not None), reason))
    found.sort(key=lambda one: (-len(one.series.reports), one.series.info.measure, one.series.info.sources))
    return found, refused


def _built(reports: Reports, measure: str, rule: OverlapRule) -> FlowSeries[Any]:
    if measure == "displaced":
        return displacement(reports, overlap=rule)
    if measure == "died":
        return deaths(reports, cause="all", overlap=rule)
    return deaths(reports, overlap=rule)


def inhabitants(reports: Reports, place: str | None, day: date) -> Report | None:
    """The stock of inhabitants of exactly this place stated for the day nearest to one, within a year of it."""
    stocks = [
        reports[name]
        for name in reports.frame.filter(
            pl.col("measure") == "population", pl.col("unit") == "people", pl.col("group").is_null(),
            pl.col("place").eq_missing(pl.lit(place)), pl.col("low") > 0, pl.col("high").is_not_null(),
        )["report_id"]
    ]  # fmt: skip
    stocks = [stock for stock in stocks if abs((stock.period.end_latest - day).days) <= NEAR]
    return min(stocks, key=lambda stock: (abs((stock.period.end_latest - day).days), stock.report_id), default=None)


def rate_table(found: list[Found], reports: Reports) -> Rated | None:
    """Death rates of the first series of deaths in a place whose inhabitants are stated."""
    for one in found:
        info = one.series.info
        if info.measure in ("killed", "died"):
            people = inhabitants(reports, info.place, info.last)
            if people is not None:
                return Rated(one, people, death_rate(one.series, population=people.estimate))
    return None
