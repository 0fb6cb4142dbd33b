"""Accounts of displacement on the page: a table of their stretches, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl
from markupsafe import Markup

from casualtystats.errors import CasualtyStatsError, TooFewReportsError
from casualtystats.periods import spoken_day
from casualtystats.printing import format_days
from casualtystats.reports import Reports
from casualtystats.series.accounts import Stretch
from casualtystats.series.accounts.words import NOUNS, TERMS, TermName
from casualtystats.sitrep.accounted import HELD, Accounted
from casualtystats.sitrep.numbers import Known, Numbers
from casualtystats.sitrep.parts import because
from casualtystats.sitrep.tables import to_csv, to_html
from casualtystats.vocabulary import measure_noun

__all__ = ["AccountShown", "account_files", "no_account", "told_account"]

SHOWN: Final = 24
_NEVER: Final[tuple[TermName, ...]] = ("onward", "settled", "births", "deaths", "arrivals")
_TOUCH: Final = "reports within the stretch, and those that touch it"
_VERDICTS: Final = {
    "balances": "balances: nothing need be unexplained",
    "unexplained": "does not balance: numbers contradict each other, or a term is not what it was said to be",
    "open": "open: terms are not reported, so nothing need be unexplained",
}


@dataclass(frozen=True)
class AccountShown:
    """An account on the page."""

    key: str
    title: str
    sentences: list[Markup]
    table: Markup | None
    notes: list[str]


def told_account(found: Accounted, number: int, numbers: Numbers) -> AccountShown:
    """An account in words and as a table, with every number noted."""
    key, info = f"account-{number}", found.stocks.info
    where = found.stocks.reports.places.name(info.place)
    account = found.account
    if isinstance(account, CasualtyStatsError):
        few = isinstance(account, TooFewReportsError)
        why = _one_stock(found, numbers) if few else Markup("No account: {}.").format(because(account))
        return AccountShown(key, f"Account of {info.noun}, {where}", [why], None, [])
    read = "; ".join(
        [f"stocks: {_by(info.sources)}"]
        + [f"{name}: {_by(flow.info.sources)}, in {_unit(flow.info.unit)}" for name, flow in found.flows.items()]
    )
    sentences = [
        Markup(
            "The stock at the end of a stretch is that at its start, with those displaced and born and net arrivals, less onward "
            "moves, returns, those who settled or left, and deaths. What the terms leave over is unexplained; it is shown with "
            "its bounds, and never spread over terms. A term that is not reported is not known, and not none: what the equation "
            "leaves to all such terms together, each with its sign, stands beside them."
        ),
        Markup("{}.").format(read[:1].upper() + read[1:]),
    ]
    rows = [_row(stretch, key, numbers) for stretch in account.parts[-SHOWN:]]
    notes = [f"{note[:1].upper()}{note[1:]}." for note in account.notes]
    if len(account.parts) > SHOWN:
        notes.append(f"The last {SHOWN} of {len(account.parts)} stretches; the others are in tables/{key}.csv.")
    return AccountShown(
        key, f"Account of {info.noun}, {where}", sentences, Markup(to_html(pl.DataFrame(rows), key)), notes
    )


def _by(sources: tuple[str, ...]) -> str:
    return ", ".join(sources) or "source not stated"


def _unit(unit: str) -> str:
    return "movements" if unit == "displacements" else unit


def _row(stretch: Stretch, key: str, numbers: Numbers) -> dict[str, str]:
    span, ids = stretch.span, stretch.report_ids
    terms = {name: stretch.term(name) for name in HELD}
    flows = [name for term in HELD for name in ids[term]]
    behind = [*ids["stock_start"], *flows]
    every = [*behind, *ids["stock_end"]]
    silent: tuple[TermName, ...] = tuple(name for name in TERMS if not ids[name])
    left = stretch.equation.signed_sum(silent)
    cells = {
        "stock before": (stretch.first.count, ids["stock_start"], "as published"),
        "displaced": (terms["displaced"].bounds, ids["displaced"], _TOUCH),
        "returned": (terms["returned"].bounds, ids["returned"], _TOUCH),
        "expected": (stretch.expected, behind, "stock before and terms, missing ones as widely as they can be"),
        "stated": (stretch.last.count, ids["stock_end"], "as published"),
        "unexplained": (stretch.residual, every, "stated less expected"),
        "together": (left, every, "stated less stock before and the terms that are reported"),
    }
    shown: dict[str, str] = {}
    for name, (bounds, reports, method) in cells.items():
        if bounds is None or name in silent:
            shown[name] = "not reported" if name in silent else "nothing: see the verdict"
            continue
        shown[name] = str(bounds)
        numbers.put(
            f"account of displacement: {name}", str(bounds), Known(bounds.low, bounds.best, bounds.high), unit="people",
            method=method, reports=reports, period=span.period, where=f"table {key}, stretch {stretch.name}",
        )  # fmt: skip
    missing = ", ".join(NOUNS[name] for name in _NEVER)
    first, last = (_on(point.earliest, point.latest) for point in (stretch.first, stretch.last))
    row = {
        "stretch": f"{first} to {last}",
        "days": format_days(span.days_min, span.days_max).removesuffix(" days").removesuffix(" day"),
    }
    row |= {name: shown[name] for name in ("stock before", "displaced", "returned")}
    row |= {missing: "not reported", "left to all that is not reported": shown["together"]}
    return (
        row
        | {name: shown[name] for name in ("expected", "stated", "unexplained")}
        | {"verdict": _VERDICTS[stretch.verdict]}
    )


def _on(first: date, last: date) -> str:
    return spoken_day(first) if first == last else f"a day from {spoken_day(first)} to {spoken_day(last)}"


def _one_stock(found: Accounted, numbers: Numbers) -> Markup:
    stocks = found.stocks
    reports = stocks.reports
    listed = [_stock(reports, name, numbers) for name in stocks.to_frame()["report_id"]]
    return Markup("No account: it needs stocks on two dates of known order, and there is {}.").format(
        Markup("; ").join(listed)
    )


def _stock(reports: Reports, name: str, numbers: Numbers) -> Markup:
    report = reports[name]
    noun = measure_noun(report.measure, report.unit, report.group)
    text = numbers.put(
        f"{noun}, as published", str(report.estimate), report.estimate, unit=report.unit,
        method=f"read from the wording as '{report.estimate.qualifier}'", reports=[name], period=report.period,
    )  # fmt: skip
    when = _on(report.period.start_earliest, report.period.end_latest)
    where, by = reports.places.name(report.place), report.source or "source not stated"
    return Markup("{} {}, {}, on {} ({})").format(text, noun, where, when, by)


def no_account(reports: Reports, found: list[Accounted], numbers: Numbers) -> Markup | None:
    """Why there is no account, with the stocks and flows that there are; None where there is one, or no displacement."""
    flows = reports.frame.filter(pl.col("measure").cast(pl.String).is_in(HELD))
    if found or flows.is_empty():
        return None
    stocks = reports.frame.filter(pl.col("measure") == "idps")["report_id"].to_list()
    places = flows.group_by("place", maintain_order=True).agg(pl.len(), pl.col("source").drop_nulls().unique().sort())
    rows = places.sort("len", "place", descending=[True, False], nulls_last=True).rows()
    named = [f"{reports.places.name(place)} ({', '.join(by) or 'source not stated'})" for place, _, by in rows[:SHOWN]]
    count = numbers.count("stocks of displaced people", len(stocks), "reports", stocks or flows["report_id"].to_list())
    words = (
        "There is no account of stock and flow: it needs stocks of displaced people on two dates, and flows, of one place. "
        "Stocks: {}{}. Flows: {}."
    )
    told = Markup("; ").join(_stock(reports, name, numbers) for name in stocks[:SHOWN])
    listed = Markup(": {}").format(told) if stocks else ""
    return Markup(words).format(count, listed, "; ".join(named))


def account_files(found: list[Accounted]) -> dict[str, bytes]:
    """The accounts as CSV files."""
    files: dict[str, bytes] = {}
    for number, one in enumerate(found, 1):
        if not isinstance(one.account, CasualtyStatsError):
            files[f"tables/account-{number}.csv"] = to_csv(one.account.to_frame())
    return files
