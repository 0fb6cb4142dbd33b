"""The figures of the page, each with its caption and alternative text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from casualtystats import plots
from casualtystats.errors import CasualtyStatsError
from casualtystats.plots import alt_text
from casualtystats.reports import Reports
from casualtystats.series import FlowSeries, outages
from casualtystats.sitrep.accounted import Accounted
from casualtystats.sitrep.found import Found, rate_table
from casualtystats.sitrep.together import Found as Held
from casualtystats.sitrep.together import span_every
from casualtystats.sitrep.trended import Trended
from casualtystats.vocabulary import measure_noun

__all__ = ["Figure", "figure_of", "figures"]

SHOWN: Final = 6
TOGETHER: Final = 3


@dataclass(frozen=True)
class Figure:
    """One picture: file name without ending, section, caption, alternative text, and its bytes."""

    name: str
    section: str
    caption: str
    alt: str
    svg: bytes
    png: bytes


def figures(
    reports: Reports, lead: list[str], found: list[Found], held: list[Held], trends: list[Trended],
    accounts: list[Accounted], events: pl.DataFrame,
) -> Iterator[Figure]:  # fmt: skip
    """Draw what the reports hold; a family without reports is left out."""
    chosen = reports.filter(pl.col("report_id").is_in(lead))
    if len(chosen):
        caption = (
            "The reports on their periods: one bar a report, hatched where an end is not exactly known; an arrow where no "
            "upper bound is known."
        )
        near = _recent(chosen)
        ax = plots.report_periods(near, events=events)
        yield figure_of("report-periods", "lead", caption, alt_text.report_periods(near), ax)
    for number, ledger in enumerate(held[:TOGETHER], 1):
        every = span_every(ledger)
        asked: dict[str, Any] = {"place": ledger.place or "", "group": ledger.group or "", "every": every}
        caption = (
            f"Above, the reports; below, what they leave possible together in each {every}: the band from the least to the "
            "most that agrees with every report. Reports that contradict each other give way as little as possible."
            if ledger.apart
            else f"Above, the reports; below, what they leave possible together in each {every}: the band from the least "
            "to the most that agrees with every report."
        )
        ax = plots.ledger(ledger.standing, relax="least" if ledger.apart else None, **asked)
        alt = alt_text.ledger(ledger.standing, relax="least" if ledger.apart else None, **asked)
        yield figure_of(f"together-{number}", f"together-{number}", caption, alt, ax)
    totals = reports.frame.filter(pl.col("kind") == "cumulative")
    for (measure, unit, group), same in totals.group_by("measure", "unit", "group", maintain_order=True):
        if same.height > 1:
            noun = measure_noun(measure, unit, group)
            caption = f"Published running totals: {noun}, by source. They are never added to each other: they may count the same."
            some = reports.filter(pl.col("report_id").is_in(same["report_id"].to_list()))
            ax = plots.cumulative(some)
            name = "-".join(str(part).replace("/", "-") for part in ("running-totals", measure, unit, group) if part)
            yield figure_of(name, _section(str(measure)), caption, alt_text.cumulative(some), ax)
    # What stands above the stocks of an account need not be drawn twice.
    there = {_about(account.flows["displaced"]) for account in accounts[:SHOWN] if "displaced" in account.flows}
    several = [one for one in found if one.series.intervals.select(pl.len()).collect().item() > 1]
    several = [one for one in several if _about(one.series) not in there]
    for number, one in enumerate(several[:SHOWN], 1):
        series = one.series
        where = series.reports.places.name(series.info.place)
        what = f"{_first_upper(series.info.noun)}, {where}, {', '.join(series.info.sources)} ({one.rule})"
        caption = f"{what}: width is the period, height the daily rate, so that area is the count."
        ax = plots.flow(series)
        yield figure_of(
            f"flow-{number}-{series.info.measure}", _section(series.info.measure), caption, alt_text.flow(series), ax
        )
    for number, trend in enumerate(trends[:SHOWN], 1):
        caption = "Each report over its days: its area is its count. The line is the fitted mean with its interval."
        ax = plots.trend(trend.fit)
        yield figure_of(f"trend-{number}", f"trend-{number}", caption, alt_text.trend(trend.fit), ax)
        caption = "The growth a day when one choice is made otherwise. Grey, open: spread days, as a contrast."
        ax = plots.sensitivity(trend.sensitivity)
        yield figure_of(
            f"trend-{number}-sensitivity", f"trend-{number}", caption, alt_text.sensitivity(trend.sensitivity), ax
        )
    for number, account in enumerate(accounts[:SHOWN], 1):
        if "displaced" in account.flows:
            yield _account_figure(account, f"account-{number}")
    rates = rate_table(found, reports)
    if rates is not None:
        caption = "Death rates on the inhabitants stated nearest to the period; no upper end where none is known."
        yield figure_of("death-rates", "deaths", caption, alt_text.rate(rates.rates), plots.rate(rates.rates))
    out = outages(reports)
    try:
        ax = plots.outages(out)
    except CasualtyStatsError:
        return
    caption = "Facilities out of service as reported. Hatched: it is not known whether service came back."
    yield figure_of("outages", "facilities", caption, alt_text.outages(out), ax)


def _account_figure(account: Accounted, key: str) -> Figure:
    """Flow above stock, on two panels."""
    from casualtystats.plots.data.displacement import displacement_alt
    from casualtystats.plots.displacement import displacement

    flow = account.flows["displaced"]
    caption = "Above, displacement as reported: the area of a bar is its count. Below, stocks on their dates."
    return figure_of(key, key, caption, displacement_alt(flow, account.stocks), displacement(flow, account.stocks))


def _about(series: FlowSeries[Any]) -> tuple[Any, ...]:
    info = series.info
    return info.measure, info.unit, info.place, info.group, info.sources


def _recent(chosen: Reports) -> Reports:
    """Leave out what began more than a year before everything else: it would squeeze the axis."""
    frame = chosen.frame
    middle = frame["start_earliest"].median()
    near = frame.filter((pl.lit(middle) - pl.col("start_earliest")).dt.total_days() <= 366)
    return chosen.filter(pl.col("report_id").is_in(near["report_id"].to_list()))


def _section(measure: str) -> str:
    if measure in ("killed", "died", "injured", "missing"):
        return "deaths"
    return "displacement" if measure in ("displaced", "returned", "idps", "population") else "facilities"


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def figure_of(name: str, section: str, caption: str, alt: str, ax: Any) -> Figure:
    """A drawn picture as its two files."""
    return Figure(name, section, caption, alt, plots.figure_bytes(ax, "svg"), plots.figure_bytes(ax, "png"))
