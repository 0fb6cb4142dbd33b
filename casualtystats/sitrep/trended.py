"""The trends of the series on the page: the sentence, how far it moves under other choices, and what has none."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from casualtystats.errors import CasualtyStatsError
from casualtystats.periods import Period
from casualtystats.sitrep.found import Found
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.tables import to_html
from casualtystats.trends import Interval, Sensitivity, TrendFit, fit_trend
from casualtystats.trends.families import FAMILY_NAMES
from casualtystats.trends.wording import percent_span

__all__ = ["TrendShown", "Trended", "find_trends", "title_of", "told_trend"]


@dataclass(frozen=True)
class Trended:
    """A trend, and how far it moves."""

    series: Found
    fit: TrendFit
    sensitivity: Sensitivity


@dataclass(frozen=True)
class TrendShown:
    """A trend on the page."""

    key: str
    title: str
    sentence: Markup
    moves: Markup
    notes: list[str]
    table: Markup


def find_trends(found: list[Found]) -> tuple[list[Trended], list[tuple[str, str]]]:
    """The trends of the series that have enough disjoint totals; and the others, with the reason."""
    trends: list[Trended] = []
    without: list[tuple[str, str]] = []
    for one in found:
        try:
            fit = fit_trend(one.series)
            trends.append(Trended(one, fit, fit.sensitivity()))
        except CasualtyStatsError as error:
            without.append((title_of(one), str(error)))
    return trends, without


def title_of(found: Found) -> str:
    """What a series is about: noun, place and sources."""
    info = found.series.info
    where = found.series.reports.places.name(info.place)
    return f"{info.noun[:1].upper()}{info.noun[1:]}, {where}, {', '.join(info.sources)}"


def told_trend(trended: Trended, number: int, numbers: Numbers) -> TrendShown:
    """A trend in words, with every number noted."""
    fit, key = trended.fit, f"trend-{number}"
    behind = sorted({name for row in fit.rows["report_id"] for name in row.split(" minus ")})
    period = Period.of(fit.first_day, fit.last_day)
    method = f"{FAMILY_NAMES[fit.family]} fit to {fit.n} totals of periods"
    growth = numbers.put(
        f"{fit.noun}: growth a day", str(fit.growth_per_day), fit.growth_per_day, unit="share per day", method=method,
        reports=behind, period=period,
    )  # fmt: skip
    double = fit.doubling_days
    sentence = Markup("{}: {} a day; {}. {}, {}.").format(
        fit.noun[:1].upper() + fit.noun[1:], growth, str(double), method[:1].upper() + method[1:], period
    )
    table = trended.sensitivity
    low, high = table.span
    span = Interval(table.growth, low, high, fit.level)
    moves = Markup("Over the other choices in the table, contrasts apart, the growth a day lies from {}.").format(
        numbers.put(
            f"{fit.noun}: growth a day under other choices", percent_span(low, high), span,
            unit="share per day", method="least and greatest of the refits; no sampling interval", reports=behind, period=period,
        )
    )  # fmt: skip
    return TrendShown(
        key, title_of(trended.series), sentence, moves, list(fit.notes), _table(table, key, behind, period, numbers)
    )


def _table(table: Sensitivity, key: str, behind: list[str], period: Period, numbers: Numbers) -> Markup:
    rows: list[dict[str, str]] = []
    for at, row in enumerate(table.frame.iter_rows(named=True), 1):
        growth = row["growth_per_day"]
        shown = "–" if growth is None else percent_span(growth, growth).partition(" to ")[0] + " %"
        interval = "–"
        if growth is not None:
            low, high = row["growth_per_day_low"], row["growth_per_day_high"]
            interval = "–" if low is None else percent_span(low, high)
            numbers.put(
                f"{table.noun}: growth a day, {row['choice']}: {row['what']}", shown,
                Interval(growth, growth if low is None else low, growth if high is None else high, 0.95),
                unit="share per day", method="refit", reports=behind, period=period, where=f"table {key}, row {at}",
            )  # fmt: skip
        rows.append({
            "choice": row["choice"], "what": row["what"], "growth a day": shown, "sampling interval": interval,
            "why none": row["reason"].partition(".")[0] if row["reason"] else "",
        })  # fmt: skip
    return Markup(to_html(pl.DataFrame(rows), key))
