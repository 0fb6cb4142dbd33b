"""Putting the page together: the same reports give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from casualtystats import datasets
from casualtystats.errors import NoReportsError, SitrepError
from casualtystats.reports import Reports
from casualtystats.sitrep.accounted import find_accounts
from casualtystats.sitrep.accounttable import account_files, no_account, told_account
from casualtystats.sitrep.claims import replay
from casualtystats.sitrep.figures import Figure, figures
from casualtystats.sitrep.found import Found, find_series, rate_table
from casualtystats.sitrep.judged import judge_rates, told_verdicts
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.outagepage import outage_page
from casualtystats.sitrep.render import render
from casualtystats.sitrep.shown import head_lines, show, sources_of
from casualtystats.sitrep.tables import interval_table, rejected_table, report_table, to_csv, to_html
from casualtystats.sitrep.together import find_ledgers, together_table, told
from casualtystats.sitrep.trended import find_trends, told_trend
from casualtystats.sitrep.write import check_target, write_folder

__all__ = ["write_sitrep"]

LEAD: Final = 15
_TABLE_NOTE: Final = "Days: both ends counted, or the stated length. Per day: the count over these days."
_LINK: Final = Markup(
    'Each word by itself, the peak, days lost, and what a register or a survey says: <a href="outages.html">facility outages</a>.'
)
_SECTIONS: Final = (("deaths", "Deaths"), ("displacement", "Displacement and population"), ("facilities", "Facilities"))


@dataclass(frozen=True, slots=True)
class Done:
    """What was written, in a line, and how many rows were not accepted."""

    line: str
    rejected: int


def write_sitrep(folder: str | Path, out: str | Path, *, step: Callable[[str], None] = lambda _: None) -> Done:
    """Write the situation report of a folder of reports.

    Parameters
    ----------
    folder : str or Path
        Holds `reports.csv`, and may hold `places.csv`, `events.csv` and `datapackage.json` (its list `lead` names the
        reports to replay first); a register of facilities (`facilities.csv` with a column `facility_id`, `outages.csv`,
        `hits.csv`), and rounds of status surveys (`rounds.csv`).
    out : str or Path
        The folder to write: `index.html`, `outages.html` where there are figures on facilities, a register or rounds,
        `numbers.json`, `figures/`, `tables/`. An earlier situation report there is replaced; any other folder that is not
        empty is refused. On failure nothing is changed.
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
    step("drawing up accounts")
    accounts = find_accounts(reports)
    accounted = [told_account(one, number, numbers) for number, one in enumerate(accounts, 1)]
    missing = no_account(reports, accounts, numbers)
    drawn: list[Figure] = []
    for figure in figures(reports, lead, found, held, trends, accounts, datasets.events(str(folder))):
        step(f"drawing {figure.name}")
        drawn.append(figure)
    licence = reports.origin.licence if reports.origin else ""
    title = str(package.get("title") or Path(folder).resolve().name)
    shown = [show(number, one, numbers) for number, one in enumerate(found, 1)]
    every = report_table(reports, numbers)
    outages = outage_page(folder, reports, [figure for figure in drawn if figure.name == "outages"], numbers, step)
    step("writing")
    more = {"displacement": [] if missing is None else [missing], "facilities": [] if outages is None else [_LINK]}
    context = {
        "title": title,
        "description": str(package.get("description") or ""),
        "head": head_lines(reports, numbers),
        "claims": claims,
        "lead_chosen": isinstance(package.get("lead"), list),
        "sections": [
            (key, name, [figure for figure in drawn if figure.section == key],
             [one for one, of in zip(shown, found, strict=True) if _section_of(of) == key], more.get(key, []))
            for key, name in _SECTIONS
        ],
        "lead_figures": [figure for figure in drawn if figure.section == "lead"],
        "together": [(one, [figure for figure in drawn if figure.section == one.key]) for one in together],
        "accounts": [(one, [figure for figure in drawn if figure.section == one.key]) for one in accounted],
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
        "sources": sources_of(reports),
        "licence": licence,
    }  # fmt: skip
    files = {"index.html": render("page.html.j2", context)}
    files |= account_files(accounts)
    if outages is not None:
        files |= outages.files(title, licence)
    traced = numbers.to_json(title, reports, None if outages is None else outages.tables)
    files["numbers.json"] = (json.dumps(traced, indent=1, ensure_ascii=False) + "\n").encode()
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
    pictures = sum(name.endswith(".svg") for name in files)
    line = f"{len(reports):,} reports, {len(numbers.printed):,} traced numbers, {pictures} figures"
    return Done(line, reports.rejected["row"].n_unique() + (0 if outages is None else outages.rejected))


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


def _section_of(found: Found) -> str:
    return "displacement" if found.series.info.measure == "displaced" else "deaths"
