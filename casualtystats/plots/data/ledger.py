"""What a ledger shows: its reports as lanes, the groups that contradict each other, and the band that all imply.

Counts of a cell lie between two bounds, and nothing is said of where between them; there is no best value here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_low
from typing import Any, Final

import polars as pl

from casualtystats.ledger import Contradiction, Contradictions, Ledger
from casualtystats.ledger.keys import DIMENSIONS, Key
from casualtystats.ledger.options import Relax
from casualtystats.periods import Period
from casualtystats.periods.cadence import Every, calendar, check_every, every_name
from casualtystats.plots.data.checks import expect
from casualtystats.plots.data.flow import ABSURD
from casualtystats.plots.data.ledgerlanes import MOST, chosen, first_shown, ledger_lanes
from casualtystats.vocabulary import measure_noun

__all__ = ["LISTED", "LedgerPicture", "band_cells", "ledger_picture"]

# Groups of reports that contradict each other which are told in words.
LISTED: Final = 3
# A band is the picture itself, so that its bounds may stand higher above each other than those of bars.
_HUGE: Final = 4 * ABSURD
_CELLS: Final = {
    "period_start": pl.Date, "period_end": pl.Date, "days": pl.Int64, "low": pl.Int64, "high": pl.Int64,
    "state": pl.String, "beyond": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class LedgerPicture:
    """What a picture of a ledger shows.

    Attributes
    ----------
    lanes : pl.DataFrame
        One row a report that is shown: the columns of `report_lanes`, with `status` (as in `ledger.audit`), `left_out`
        (a rule leaves it out) and `signs` (the groups that it belongs to).
    cells : pl.DataFrame
        One row a calendar cell (`band_cells`); empty where the reports contradict each other and no rule is named.
    groups : tuple of Contradiction
        Groups of reports that can not all be true, before a rule.
    consistent : bool
        Whether, after the rule, all reports that are left can be true together.
    reports : int
        How many reports the ledger uses, or a rule left out, shown or not.
    sources : tuple of str
        Of all of these reports.
    first, last : date
        The days shown.
    label : str
        What the band counts, with its unit.
    notes : tuple of str
        What a reader must know, after the sources.
    """

    lanes: pl.DataFrame
    cells: pl.DataFrame
    groups: tuple[Contradiction, ...]
    consistent: bool
    reports: int
    sources: tuple[str, ...]
    first: date
    last: date
    label: str
    notes: tuple[str, ...]

    @property
    def cut(self) -> date | None:
        """The first day shown, where a report begins before it."""
        return self.first if (self.lanes["start"] < self.first).any() else None


def ledger_picture(
    ledger: Ledger, every: Every = "week", *, place: str | None = None, group: str | None = None,
    relax: Relax | None = None, drop: list[str] | None = None, trust: list[str] | None = None, most: int = MOST,
) -> LedgerPicture:  # fmt: skip
    """What a picture of a ledger shows.

    Parameters
    ----------
    ledger : Ledger
        Its reports are shown; if there are more than `most`, those that make a bound.
    every : {"day", "week", "epiweek", "month", "quarter", "year"} or timedelta
        The calendar of the band.
    place, group : str, optional
        What the band counts; by default what all reports together speak about. "" is everywhere, or everybody.
    relax, drop, trust
        A rule for contradictions, as in `Ledger.settled`.
    most : int, default 24
        How many lanes there is room for.

    Raises
    ------
    KindError, MeasureError
        If it is no ledger.
    OptionError
        If the calendar, a report or a source is not known, or two rules are named.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [100, 150],
    ...     "start": ["2019-05-01", "2019-05-06"], "end": ["2019-05-10", "2019-05-15"],
    ... }))
    >>> picture = ledger_picture(cs.Ledger(reports))
    >>> picture.label, picture.cells.select("low", "high").rows()
    ('violent deaths in a week', [(0, None), (0, 150), (0, None)])
    """
    expect(ledger, Ledger, "a ledger (cs.Ledger)")
    check_every(every, None)
    settled = ledger.settled(relax, drop, trust)
    found = ledger.contradictions() if settled.consistent else settled.contradictions()
    key = _key(settled, place, group)
    lanes = ledger_lanes(settled, _signs(found), group=key[DIMENSIONS.index("group")])
    begins = first_shown(lanes)
    periods = _periods(settled, every, begins)
    known, sources = lanes.height, tuple(lanes["source"].unique().sort())
    if known > most:
        lanes = chosen(settled, lanes, periods, place, group, most)
    cells = band_cells(settled.spans(periods, [key]) if settled.consistent else [], periods)
    edges = [periods[0][0], periods[-1][1]] if settled.consistent else []
    starts: list[date] = lanes["start"].to_list()
    ends: list[date] = lanes["end"].to_list()
    first = periods[0][0] if begins is not None else min(edges + starts)
    last = max(edges + ends)
    notes = _notes(settled, lanes, found, known)
    return LedgerPicture(
        lanes, cells, found.found, settled.consistent, known, sources, first, last, _label(settled, key, every), notes
    )


def band_cells(spans: Sequence[tuple[int, int | None]], periods: Sequence[tuple[date, date]]) -> pl.DataFrame:
    """What the reports imply for each period.

    Parameters
    ----------
    spans : sequence of (int, int or None)
        Low and high of each period; None = no upper bound. Empty where nothing can be said.
    periods : sequence of (date, date)
        First and last day of each.

    Returns
    -------
    pl.DataFrame
        `period_start`, `period_end` (both included), `days`, `low`, `high` (null = no upper bound follows), `state`
        ("exact"; "band"; "floor": no upper bound; "unbounded": nothing from below or above), `beyond` (the high is more
        than ten times the highest low and the median of the highs: it would press all others to the ground).

    Examples
    --------
    >>> days = [(date(2019, 5, day), date(2019, 5, day)) for day in (1, 2, 3, 4)]
    >>> band_cells([(3, 9), (0, None), (2, None), (0, 900)], days).select("state", "beyond").rows()
    [('band', False), ('unbounded', False), ('floor', False), ('band', True)]
    """
    if not spans:
        return pl.DataFrame(schema=_CELLS)
    highs = sorted(high for _, high in spans if high)
    usual = max([low for low, _ in spans] + ([median_low(highs)] if highs else []))
    rows = [
        (first, last, (last - first).days + 1, low, high, _state(low, high), high is not None and high > _HUGE * usual)
        for (first, last), (low, high) in zip(periods, spans, strict=True)
    ]
    return pl.DataFrame(rows, schema=_CELLS, orient="row")


def _state(low: int, high: int | None) -> str:
    if high is None:
        return "floor" if low else "unbounded"
    return "exact" if low == high else "band"


def _periods(ledger: Ledger, every: Every, begins: date | None) -> list[tuple[date, date]]:
    """The cells from the first day (or the cell of a later day) to the last."""
    origin = ledger.first if isinstance(every, timedelta) else None
    cells = calendar(ledger.first if begins is None else max(begins, ledger.first), ledger.last, every, origin)
    return cells.select("period_start", "period_end").rows()


def _key(ledger: Ledger, place: str | None, group: str | None) -> Key:
    """What all reports together speak about, with what is named in its stead; "" is all."""
    named = {"place": place, "group": group}
    scope = ledger.keys()[0]
    return tuple(
        own if named.get(name) is None else named[name] or None for name, own in zip(DIMENSIONS, scope, strict=True)
    )


def _label(ledger: Ledger, key: Key, every: Every) -> str:
    """What the band counts: "violent deaths of civilians in a week, Idlib"."""
    where = dict(zip(DIMENSIONS, key, strict=True))
    text = measure_noun(ledger.measure, ledger.unit, where["group"])
    text += "" if ledger.additive else " for the first time"
    article = "" if isinstance(every, timedelta) else "an " if every == "epiweek" else "a "
    text += f" in {article}{every_name(every)}"
    said = ((where["place"], ""), (where["destination"], "to "), (where["perpetrator"], "side: "))
    for value, word in said:
        if value:
            text += f", {word}{value.rsplit('/', 1)[-1]}"
    return text


def _signs(found: Contradictions) -> dict[str, list[dict[str, Any]]]:
    """The groups of each report: numbers of those that are told, and one sign for all others."""
    signs: dict[str, list[dict[str, Any]]] = {}
    for number, one in enumerate(found, 1):
        sign = {"text": str(number) if number <= LISTED else "+", "dashed": one.kind == "tension"}
        for name in one.reports:
            # Several reports that carry one statement are named together.
            for part in {name, *name.split(" + ")}:
                mine = signs.setdefault(part, [])
                if not any(other["text"] == sign["text"] for other in mine):
                    mine.append(sign)
    return signs


def _notes(ledger: Ledger, lanes: pl.DataFrame, found: Contradictions, known: int) -> tuple[str, ...]:
    options = ledger.options
    notes: list[str] = []
    if ledger.reports.origin is not None and ledger.reports.origin.title:
        notes.append(f"From: {ledger.reports.origin.title}")
    if lanes.height < known:
        notes.append(f"{lanes.height:,} of {known:,} reports shown")
    if options.relax is not None and (found or "loosened" in lanes["status"]):
        notes.append("Rule: reports that contradict each other give way as little as possible in total")
    if options.trust:
        notes.append(f"Rule: sources are trusted in this order: {', '.join(options.trust)}")
    if options.drop:
        named = ", ".join(options.drop) if len(options.drop) <= LISTED else f"{len(options.drop):,} reports"
        notes.append(f"Left out: {named}")
    if options.of == "occurred":
        notes.append("Bounds on what occurred: verified and documented counts are read as floors")
    since = ledger.origin
    if since is not None:
        first, last = since.start_earliest, since.start_latest
        word = "a day of " if since.fuzzy else ""
        notes.append(f"Counted once each, for the first time since {word}{Period(first, first, last, last)}")
    if ledger.consistent:
        notes.append("Bounds of several cells do not add up")
    return tuple(notes)
