"""What the reports of a set say together: one ledger for each measure and unit, with its bounds week by week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from casualtystats.errors import CasualtyStatsError, MixedStandardsError, NotAdditiveError, VintageError
from casualtystats.estimates import Estimate
from casualtystats.ledger import Bounds, Contradiction, Contradictions, Explanation, Ledger, LedgerOptions
from casualtystats.ledger.statements import Statement
from casualtystats.periods import Period
from casualtystats.periods.cadence import Named, calendar
from casualtystats.periods.dates import format_date
from casualtystats.reports import Reports
from casualtystats.reports.select import Selection
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.tables import to_html
from casualtystats.vocabulary import Measure, Unit

__all__ = ["Found", "Together", "find_ledgers", "span_every", "together_table", "told"]

MATTER: Final = 5
WEEKS: Final = 60
FLOORS: Final = ("verified", "documented")
_KINDS: Final = ("flow", "cumulative")


@dataclass(frozen=True)
class Found:
    """A ledger as its reports stand, with its contradictions; settled where there are some; what most reports are about."""

    standing: Ledger
    ledger: Ledger
    place: str | None
    group: str | None
    apart: Contradictions


@dataclass(frozen=True)
class Together:
    """A ledger on the page."""

    key: str
    title: str
    read: str
    total: Markup
    table: Markup | None
    silent: str
    contradictions: list[Markup]
    matter: list[str]


def find_ledgers(reports: Reports) -> tuple[list[Found], list[tuple[str, str]]]:
    """Ledgers of two or more reports of one measure and unit, most reports first; and what can not be one, with why.

    Reports of one standard are read as one count of what was reported, those of several as bounds on what occurred.
    Where a figure was published several times, the newest is taken. Where people displaced or facilities are counted
    since several days, first times are counted since the day on which most reports begin. Contradictory reports give
    way as little as possible. All of this is said on the page.
    """
    usable = reports.frame.filter(pl.col("kind").is_in(_KINDS))
    found: list[Found] = []
    refused: list[tuple[str, str]] = []
    for (measure, unit), same in sorted(usable.group_by("measure", "unit"), key=lambda pair: str(pair[0])):
        if same.height < 2:
            continue
        try:
            standing = _read(reports, measure, unit, same)
            apart = standing.contradictions()
            ledger = standing.settled(relax="least") if apart else standing
        except CasualtyStatsError as error:
            refused.append((f"{measure} in {unit}", str(error)))
            continue
        if len(ledger) > 1:
            keys = Counter((s.key[0], s.key[1]) for s in ledger.statements)
            place, group = min(keys, key=lambda key: (-keys[key], str(key[0] or ""), str(key[1] or "")))
            found.append(Found(standing, ledger, place, group, apart))
    return sorted(found, key=lambda one: (-len(one.ledger), one.ledger.measure, one.ledger.unit)), refused


def _read(reports: Reports, measure: Measure, unit: Unit, same: pl.DataFrame) -> Ledger:
    """The ledger, with the options that its reports need."""
    options: dict[str, Any] = {}
    as_of = None
    while True:
        try:
            selection = Selection.of(
                reports, measure, _KINDS, unit=unit, place=None, group=None, source=None, role=None, as_of=as_of
            )
            return Ledger.of_selection(reports, selection, LedgerOptions(**options))
        except MixedStandardsError:
            options["of"] = "occurred"
        except VintageError:
            latest = same["published_latest"].max()
            if as_of is not None or latest is None:
                raise
            as_of = str(latest)
        except NotAdditiveError:
            if "origin" in options:
                raise
            options["origin"] = _origin(same)


def _origin(same: pl.DataFrame) -> str:
    """The day on which most reports begin; the earliest of equals."""
    starts = Counter(same.select("start_earliest", "start_latest").rows())
    return format_date(*min(starts, key=lambda start: (-starts[start], start)))


def _said(ledger: Ledger) -> str:
    """How the reports were read, in words."""
    told = {
        "reported": "what was reported, as all reports rest on one standard",
        "occurred": "what occurred, as the reports rest on several standards",
    }[ledger.options.of]
    parts = [f"Bounds on {told}"]
    if ledger.options.of == "occurred" and any(s.row["standard"] in FLOORS for s in ledger.statements):
        parts.append("what was verified or documented is a floor")
    if ledger.as_of is not None:
        parts.append(f"each figure as last published by {ledger.as_of}")
    if ledger.options.relax is not None:
        parts.append("reports that contradict each other give way as little as possible in total")
    return "; ".join(parts)


def told(found: Found, number: int, numbers: Numbers) -> Together:
    """A ledger in words, with every number noted."""
    ledger, key = found.ledger, f"together-{number}"
    span = _span(found)
    where: dict[str, Any] = {"place": found.place or "", "group": found.group or ""}
    whole = ledger.explain(span, **where)
    noun = whole.bounds.about.removesuffix(f", {span}")
    method = "least and most that agree with every report"
    # Where nothing follows, it follows from all reports about this place and group that nothing does.
    behind = _behind(whole) or sorted(name for s in _held(found) for name in s.ids)
    total = numbers.put(
        f"{noun}: what all reports leave possible", _text(whole.bounds), whole.bounds, unit=ledger.unit,
        method=method, reports=behind, period=span,
    )  # fmt: skip
    used = Counter(_behind(whole))
    every = span_every(found)
    rows: list[dict[str, str]] = []
    silent = 0
    for first, last in (
        calendar(span.start_earliest, span.end_latest, every).select("period_start", "period_end").rows()
    ):
        cell = Period(first, first, last, last)
        explained = ledger.explain(cell, **where)
        known = explained.bounds
        if known.low == 0 and known.high is None:
            silent += 1
            continue
        behind = _behind(explained)
        used.update(behind)
        numbers.put(
            f"{noun} in the {every}", _text(known), known, unit=ledger.unit, method=method, reports=behind, period=cell,
            where=f"table {key}, {cell}",
        )  # fmt: skip
        rows.append({every: str(cell), "what the reports leave possible": _text(known), "made by": ", ".join(behind)})
    sentences = [_apart(one, numbers, ledger.unit) for one in found.apart]
    most = sorted(used.items(), key=lambda pair: (-pair[1], pair[0]))[:MATTER]
    return Together(
        key,
        f"{noun[:1].upper()}{noun[1:]}, {span}",
        _said(ledger),
        total,
        Markup(to_html(pl.DataFrame(rows), key)) if rows else None,
        f"No report bounds the count of {silent} {every}{'s' if silent > 1 else ''}; left out." if silent else "",
        sentences,
        [f"{name} (in {times} of {len(rows) + 1} bounds)" for name, times in most],
    )


def together_table(found: Found) -> pl.DataFrame:
    """The bounds of each cell of the calendar, with those that are not bounded."""
    span, every = _span(found), span_every(found)
    return found.ledger.bounds_by(
        every, place=found.place or "", group=found.group or "", start=span.start_earliest, end=span.end_latest,
        progress=False,
    )  # fmt: skip


def _span(found: Found) -> Period:
    """The days that the reports about the chosen place and group speak about."""
    held = _held(found)
    first, last = min(s.row["start_earliest"] for s in held), max(s.row["end_latest"] for s in held)
    origin = found.ledger.origin
    if origin is not None:
        first = min(max(first, origin.start_earliest), last)
    return Period(first, first, last, last)


def _held(found: Found) -> list[Statement]:
    """What is held about the chosen place and group."""
    return [s for s in found.ledger.statements if (s.key[0], s.key[1]) == (found.place, found.group)]


def span_every(found: Found) -> Named:
    """The calendar of a ledger: weeks, or months and years where there would be too many to read."""
    span = _span(found)
    return "week" if span.days <= 7 * WEEKS else "month" if span.days <= 31 * WEEKS else "year"


def _behind(explained: Explanation) -> list[str]:
    """The reports that make a bound, each once."""
    names = (name for names in explained.frame["report_id"] for name in names.split(" + "))
    return sorted({name for name in names if name != "observed"})


def _text(known: Bounds) -> str:
    return str(known) if known.low or known.high is not None else "not bounded"


def _apart(one: Contradiction, numbers: Numbers, unit: Unit) -> Markup:
    """A contradiction in words, with by how much the reports are apart noted."""
    before, _, after = one.sentence.partition(f"{one.apart:,} apart")
    ids = [name for names in one.reports for name in names.split(" + ")]
    text = numbers.put(
        f"{one.kind}: least total by which reports must give way", f"{one.apart:,}",
        Estimate(one.apart, one.apart, one.apart), unit=unit, method="least total relaxation", reports=ids,
    )  # fmt: skip
    return Markup("{}: {}{} apart{}.").format(one.kind.capitalize(), before, text, after)
