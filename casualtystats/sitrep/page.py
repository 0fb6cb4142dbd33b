"""Putting the page together: the same reports give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from casualtystats import datasets
from casualtystats.errors import NoReportsError, SitrepError
from casualtystats.periods import Period, spoken_day
from casualtystats.reports import Reports
from casualtystats.sitrep.claims import replay
from casualtystats.sitrep.figures import Figure, figures
from casualtystats.sitrep.found import Found, find_series, rate_table
from casualtystats.sitrep.judged import judge_rates, told_verdicts
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.tables import interval_rows, interval_table, rejected_table, report_table, to_csv, to_html
from casualtystats.sitrep.together import find_ledgers, together_table, told
from casualtystats.sitrep.trended import find_trends, title_of, told_trend
from casualtystats.sitrep.write import check_target, write_folder

__all__ = ["write_sitrep"]

LEAD: Final = 15
_TABLE_NOTE: Final = "Days: both ends counted, or the stated length. Per day: the count over these days."
_SECTIONS: Final = (("deaths", "Deaths"), ("displacement", "Displacement and population"), ("facilities", "Facilities"))


@dataclass(frozen=True, slots=True)
class Done:
    """What was written, in a line, and how many rows were not accepted."""

    line: str
    rejected: int


@dataclass(frozen=True)
class _Shown:
    """A series on the page: its sentence, its rule, its table and what became of the reports."""

    title: str
    rule: str
    total: Markup
    note: str
    covers: str
    table: Markup
    audit: list[str]


def write_sitrep(folder: str | Path, out: str | Path, *, step: Callable[[str], None] = lambda _: None) -> Done:
    """Write the situation report of a folder of reports.

    Parameters
    ----------
    folder : str or Path
        Holds `reports.csv`, and may hold `places.csv`, `events.csv` and `datapackage.json` (its list `lead` names the
        reports to replay first).
    out : str or Path
        The folder to write: `index.html`, `numbers.json`, `figures/`, `tables/`. An earlier situation report there is
        replaced; any other folder that is not empty is refused. On failure nothing is changed.
    step : callable
        Is told, in a few words, what is being done.

    Returns
    -------
    Done
        One line on what was written, and the number of rows that were not accepted.

    Raises
    ------
    SitrepError
        If `out` can not be written, or the list of lead reports names one that does not exist.
    DatasetError, ReportFileError
        If the folder can not be read.
    NoReportsError
        If no row of it is a valid report.
    """
    target = Path(out)
    check_target(target)
    step("reading reports")
    reports = datasets.load_folder(folder)
    if not len(reports):
        raise NoReportsError(f"{folder}: expected at least one valid report, got {reports}")
    package = datasets.describe(folder)
    numbers = Numbers()
    step("replaying claims")
    lead = _lead(reports, package)
    claims = replay(reports, lead, numbers)
    step("building series")
    found, refused = find_series(reports)
    step("reading reports together")
    held, unread = find_ledgers(reports)
    together = [told(one, number, numbers) for number, one in enumerate(held, 1)]
    rated = rate_table(found, reports)
    verdicts = judge_rates(rated)
    judged = None if rated is None or verdicts is None else told_verdicts(rated, verdicts, numbers)
    step("fitting trends")
    trends, flat = find_trends(found)
    trended = [told_trend(one, number, numbers) for number, one in enumerate(trends, 1)]
    drawn: list[Figure] = []
    for figure in figures(reports, lead, found, held, trends, datasets.events(str(folder))):
        step(f"drawing {figure.name}")
        drawn.append(figure)
    step("writing")
    title = str(package.get("title") or Path(folder).resolve().name)
    shown = [_show(number, one, numbers) for number, one in enumerate(found, 1)]
    every = report_table(reports, numbers)
    context = {
        "title": title,
        "description": str(package.get("description") or ""),
        "head": _head(reports, numbers),
        "claims": claims,
        "lead_chosen": isinstance(package.get("lead"), list),
        "sections": [
            (key, name, [figure for figure in drawn if figure.section == key],
             [one for one, of in zip(shown, found, strict=True) if _section_of(of) == key])
            for key, name in _SECTIONS
        ],
        "lead_figures": [figure for figure in drawn if figure.section == "lead"],
        "together": [(one, [figure for figure in drawn if figure.section == one.key]) for one in together],
        "judged": judged,
        "trends": [(one, [figure for figure in drawn if figure.section == one.key]) for one in trended],
        "without_trend": [(name, reason.partition(". ")[0]) for name, reason in flat],
        "refused": [(name, reason.partition(". ")[0]) for name, reason in refused],
        "unread": [(name, reason.partition(". ")[0]) for name, reason in unread],
        "reports": Markup(to_html(every, "reports", notes=[_TABLE_NOTE])),
        "rejected": Markup(to_html(rejected_table(reports), "rejected", "Rows that were not accepted"))
        if reports.rejected.height else None,
        "flag_words": {
            "round": "Round figures without a hedge, kept as exact",
            "best_outside_bounds": "Best values outside their own bounds, which widen them",
            "no_source": "Counts without a source",
            "no_publication_date": "Counts without a date of publication",
        },
        "flags": reports.flags().group_by("flag").len().sort("flag").rows(),
        "sources": _sources(reports),
        "licence": reports.origin.licence if reports.origin else "",
        "inline": _inline,
    }  # fmt: skip
    files = {"index.html": _render(context)}
    files["numbers.json"] = (json.dumps(numbers.to_json(title, reports), indent=1, ensure_ascii=False) + "\n").encode()
    files["tables/reports.csv"] = to_csv(every)
    files["tables/rejected.csv"] = to_csv(rejected_table(reports))
    if rated is not None:
        files["tables/rates.csv"] = to_csv(rated.rates.to_frame())
    if verdicts is not None:
        files["tables/thresholds.csv"] = to_csv(verdicts.to_frame())
    for number, one in enumerate(found, 1):
        files[f"tables/series-{number}.csv"] = to_csv(interval_table(one))
        audit = one.series.audit.collect()
        files[f"tables/series-{number}-audit.csv"] = to_csv(audit)
    for number, ledger in enumerate(held, 1):
        files[f"tables/together-{number}.csv"] = to_csv(together_table(ledger))
        files[f"tables/together-{number}-contradictions.csv"] = to_csv(ledger.apart.to_frame())
    for number, trend in enumerate(trends, 1):
        files[f"tables/trend-{number}.csv"] = to_csv(trend.fit.to_frame())
        files[f"tables/trend-{number}-sensitivity.csv"] = to_csv(trend.sensitivity.to_frame())
    for figure in drawn:
        files[f"figures/{figure.name}.svg"] = figure.svg
        files[f"figures/{figure.name}.png"] = figure.png
    write_folder(target, files)
    line = f"{len(reports):,} reports, {len(numbers.printed):,} traced numbers, {len(drawn)} figures"
    return Done(line, reports.rejected["row"].n_unique())


def _lead(reports: Reports, package: dict[str, Any]) -> list[str]:
    """The reports to replay: those that the data package names, else the most recently published ones."""
    named = package.get("lead")
    known = set(reports.frame["report_id"])
    if isinstance(named, list):
        listed: list[Any] = named  # pyright: ignore[reportUnknownVariableType]
        names = [str(name) for name in listed]
        missing = [name for name in names if name not in known]
        if missing:
            raise SitrepError(
                f"datapackage.json: expected lead reports that exist and are valid, got {', '.join(missing)}"
            )
        return names
    order = reports.frame.sort("published_latest", "report_id", descending=[True, False], nulls_last=True).head(LEAD)
    return order.sort("measure", "start_earliest", "report_id")["report_id"].to_list()


def _head(reports: Reports, numbers: Numbers) -> list[Markup]:
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


def _section_of(found: Found) -> str:
    return "displacement" if found.series.info.measure == "displaced" else "deaths"


def _show(number: int, found: Found, numbers: Numbers) -> _Shown:
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
    return _Shown(title, found.rule, text, note, covers, table, lines)


def _sources(reports: Reports) -> list[tuple[str, int, list[str]]]:
    rows = reports.frame.group_by(pl.col("source").fill_null("not stated")).agg(
        pl.len(), pl.col("url").drop_nulls().unique().sort()
    )
    return [(name, count, [url for url in urls if url.startswith(("https://", "http://"))])
            for name, count, urls in rows.sort("source").rows()]  # fmt: skip


def _inline(figure: Figure) -> Markup:
    """The drawing itself, without the lines that only a file of its own needs."""
    svg = figure.svg
    return Markup(svg[svg.index(b"<svg") :].decode())


def _render(context: dict[str, Any]) -> bytes:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("casualtystats.sitrep", "templates"),
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    return environment.get_template("page.html.j2").render(context).encode()
