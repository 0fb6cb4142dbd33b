"""A series on the page: its sentence, its rule, its table, and what became of its reports; and the sources of all reports."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from casualtystats.periods import Period, spoken_day
from casualtystats.reports import Reports
from casualtystats.sitrep.found import Found
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.tables import interval_rows, to_html
from casualtystats.sitrep.trended import title_of

__all__ = ["Shown", "head_lines", "show", "sources_of"]


@dataclass(frozen=True)
class Shown:
    """A series on the page: its sentence, its rule, its table and what became of the reports."""

    title: str
    rule: str
    total: Markup
    note: str
    covers: str
    table: Markup
    audit: list[str]


def head_lines(reports: Reports, numbers: Numbers) -> list[Markup]:
    """What there is, in a line or two."""
    frame = reports.frame
    ids = frame["report_id"].to_list()
    lines = [
        Markup("{} published counts by {} sources, about days from {} to {}.").format(
            numbers.count("published counts", len(reports), "reports", ids),
            numbers.count("sources", frame["source"].drop_nulls().n_unique(), "sources", ids),
            *(spoken_day(day) for day in frame.select(pl.col("start_earliest").min(), pl.col("end_latest").max()).row(0)),
        )
    ]  # fmt: skip
    bad = reports.rejected["row"].n_unique()
    if bad:
        text = numbers.count("rows not accepted", bad, "rows")
        lines.append(Markup("{} rows were not accepted; they are listed at the end with the reason.").format(text))
    return lines


def show(number: int, found: Found, numbers: Numbers) -> Shown:
    """A series in words, with every number noted."""
    series = found.series
    audit = series.audit.collect()
    used = audit.filter(pl.col("status").is_in(["used", "differenced"]))["report_id"].to_list()
    total = series.total()
    where = series.reports.places.name(series.info.place)
    text = numbers.put(
        f"{series.info.noun}, {where}: all periods of the series", str(total), total, unit=series.info.unit,
        method=found.rule if series.info.additive else "largest low to sum of highs: these do not add over periods",
        reports=used, period=Period.of(series.info.first, series.info.last),
    )  # fmt: skip
    spoken = series.daily().to_frame().filter(pl.col("reports") > 0).height
    span = (series.info.last - series.info.first).days + 1
    covers = f"{spoken:,} of the {span:,} days from {spoken_day(series.info.first)} to {spoken_day(series.info.last)}"
    others = audit.filter(pl.col("status") != "used").select("report_id", "status", "reason", "uncovered").rows()
    lines = [
        f"{name}: {status}; {reason}" + (f"; not covered any more: {gap}" if gap else "")
        for name, status, reason, gap in others
    ]
    title = title_of(found)
    table = Markup(to_html(interval_rows(found, f"series-{number}", numbers), f"series-{number}"))
    note = (
        ""
        if series.info.additive
        else " (the same people may be counted again in a later period, so these are not added)"
    )
    return Shown(title, found.rule, text, note, covers, table, lines)


def sources_of(reports: Reports) -> list[tuple[str, int, list[str]]]:
    """Each source with its number of reports and its addresses."""
    rows = reports.frame.group_by(pl.col("source").fill_null("not stated")).agg(
        pl.len(), pl.col("url").drop_nulls().unique().sort()
    )
    return [(name, count, [url for url in urls if url.startswith(("https://", "http://"))])
            for name, count, urls in rows.sort("source").rows()]  # fmt: skip
