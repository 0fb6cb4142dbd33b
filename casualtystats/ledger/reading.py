"""A ledger before it is asked anything: which reports it holds, how they are read, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final, Self

import polars as pl

from casualtystats.errors import ContradictionError, MeasureError, NoReportsError, OptionError
from casualtystats.ledger.audit import audit_frame
from casualtystats.ledger.conflicts import find_conflicts
from casualtystats.ledger.holding import Holding
from casualtystats.ledger.keys import DIMENSIONS, Key
from casualtystats.ledger.options import LedgerOptions, Of, Relax
from casualtystats.ledger.results import Contradictions
from casualtystats.ledger.solve.leaves import Partition
from casualtystats.ledger.solve.system import Question, Span
from casualtystats.ledger.statements import Statement
from casualtystats.ledger.wording import contradiction, spoken_edge
from casualtystats.markup import html_table
from casualtystats.periods import Period
from casualtystats.reports.model import Reports
from casualtystats.reports.preferred import RoleChoice
from casualtystats.reports.select import Observed, Selection
from casualtystats.vocabulary import Measure, Unit, measure_noun

__all__ = ["Reading", "one_measure"]

_SHOWN: Final = 3


class Reading:
    """Reports of one measure and unit, read together. `Ledger` says how, and answers questions about them."""

    def __init__(
        self, reports: Reports, of: Of = "reported", *, measure: Measure | None = None, unit: Unit | None = None,
        place: str | None = None, group: str | None = None, source: str | None = None, role: RoleChoice | None = None,
        as_of: str | date | None = None, comparable: bool = False, unconfirmed: bool = False,
        origin: str | date | None = None, partition: Partition | None = None, observed: Observed | None = None,
        sharp: bool = False, integer: bool = False, relax: Relax | None = None, drop: list[str] | None = None,
        trust: list[str] | None = None,
    ) -> None:  # fmt: skip
        if not isinstance(reports, Reports):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(
                f"expected Reports, got {type(reports).__name__}; read a file with cs.read_reports(path); of an archive take "
                "archive.as_of(day)"
            )
        options = LedgerOptions(
            of, comparable, unconfirmed, origin, partition, observed, sharp, integer, relax, drop or [], trust or []
        )
        chosen = one_measure(reports) if measure is None else measure
        selection = Selection.of(
            reports, chosen, ("flow", "cumulative"), unit=unit, place=place, group=group, source=source, role=role,
            as_of=as_of,
        )  # fmt: skip
        self._begin(reports, selection, options)

    @classmethod
    def of_selection(cls, reports: Reports, selection: Selection, options: LedgerOptions) -> Self:
        """A ledger of selected reports, as the builders make it."""
        ledger = cls.__new__(cls)
        ledger._begin(reports, selection, options)
        return ledger

    def _begin(self, reports: Reports, selection: Selection, options: LedgerOptions) -> None:
        self.reports = reports
        self.options = options
        self.measure: Measure = selection.measure
        self.unit: Unit = selection.unit
        self.as_of = selection.as_of
        self._selection = selection
        self._held = Holding.of(selection, options, reports.places)

    @property
    def additive(self) -> bool:
        """Whether counts of disjoint periods add up; else first times since `origin` are counted."""
        return self._held.origin is None

    @property
    def origin(self) -> Period | None:
        """The day (or possible days) since which first times are counted; None where counts add up."""
        edge = self._held.origin
        if edge is None:
            return None
        first, last = date.fromordinal(edge.first), date.fromordinal(edge.last)
        return Period(first, last, first, last)

    @property
    def first(self) -> date:
        """First day that a report may speak about."""
        return self._held.first

    @property
    def last(self) -> date:
        """Last day that a report may speak about."""
        return self._held.last

    @property
    def scope(self) -> dict[str, str | None]:
        """What all reports together speak about: place, group, perpetrator, destination; None = all."""
        return dict(zip(DIMENSIONS, self._held.scope, strict=True))

    @property
    def noun(self) -> str:
        """What is counted, in words."""
        return self._noun(self._held.scope)

    def _noun(self, key: Key) -> str:
        noun = measure_noun(self.measure, self.unit, key[1])
        edge = self._held.origin
        if edge is None:
            return noun
        return f"{noun}, counted once each, for the first time since {spoken_edge(edge)}"

    def _about(self, key: Key) -> str:
        """What is counted, and where."""
        names = [self.reports.places.name(place) for place in (key[0],) if place]
        if key[3]:
            names.append(f"to {self.reports.places.name(key[3])}")
        if key[2]:
            names.append(f"side: {key[2]}")
        return ", ".join([self._noun(key), *names])

    @property
    def consistent(self) -> bool:
        """Whether all reports can be true together."""
        return self._held.system.feasible

    @cached_property
    def audit(self) -> pl.DataFrame:
        """What became of each report, and what it holds, in the columns of `AuditSchema`."""
        return audit_frame(self._selection.audit(), self._held.audit_lines()).collect()

    def settled(
        self, relax: Relax | None = None, drop: list[str] | None = None, trust: list[str] | None = None
    ) -> Self:
        """The same ledger with a rule for contradictions.

        Parameters
        ----------
        relax : {"least"}, optional
            Contradictory reports give way as little as possible in total. Where that can be split in several ways, each
            bound gives way by the most that it does in any of them.
        drop : list of str, optional
            Ids of reports to leave out.
        trust : list of str, optional
            Sources in order: a report that contradicts a source before its own is left out. Sources that are not named
            come last.

        Raises
        ------
        OptionError
            If a report or source is not there, or two rules are named.
        """
        for name, listed in (("drop", drop), ("trust", trust)):
            if isinstance(listed, str):
                raise OptionError(f"expected {name}= a list, got the text {listed!r}; write [{listed!r}]")
        if relax is None and not drop and not trust:
            return self
        more = [*self.options.drop, *(drop or [])]
        options = replace(self.options, relax=relax or self.options.relax, drop=more, trust=trust or self.options.trust)
        return type(self).of_selection(self.reports, self._selection, options)

    def contradictions(self) -> Contradictions:
        """Irreducible groups of reports that can not all be true, with by how much they are apart.

        Returns
        -------
        Contradictions
            Empty where all can be true. Floors never contradict floors. Every report that does not fit with the rest
            is in some group; groups of it with other reports that do not fit either may be left out.
        """
        return self._contradictions

    @cached_property
    def _contradictions(self) -> Contradictions:
        held = self._held
        if held.system.feasible:
            return Contradictions()
        found = find_conflicts(held.system, range(len(held.statements)))
        return Contradictions(tuple(contradiction(one, held.statements, held.places) for one in found))

    def spans(self, periods: Sequence[tuple[date, date]], keys: Sequence[Key]) -> list[Span]:
        """Bounds of each period for each key (keys first), as the series of the builders ask for them."""
        self.refuse_contradictions()
        asked = [Question(first.toordinal(), last.toordinal() + 1, key) for key in keys for first, last in periods]
        return self._held.spans(asked, sharp=self.options.sharp, integer=self.options.integer)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is held, one statement a report (or a set of reports that relay one figure)."""
        return self._held.statements

    def keys(self, by: Sequence[str] = ()) -> list[Key]:
        """The scope as a key, with each combination of values of some columns that a report has."""
        return self._held.keys(by)

    def stretches(self) -> list[tuple[date, date]]:
        """The stretches of days between neighbouring ends of periods: inside one, reports tell no day from another."""
        rows = self._held.system.rows
        edges = sorted({day for row in rows for edge in (row.start, row.end) for day in edge[:2]})
        return [(date.fromordinal(first), date.fromordinal(until - 1)) for first, until in pairwise(edges)]

    def refuse_contradictions(self) -> None:
        """Refuse to go on where reports can not all be true."""
        if self._held.system.feasible:
            return
        found = self.contradictions()
        shown = ". ".join(one.sentence for one in found.found[:_SHOWN])
        more = f". And {len(found) - _SHOWN} more: see ledger.contradictions()" if len(found) > _SHOWN else ""
        raise ContradictionError(
            f"expected reports that can all be true, got: {shown}{more}. Name a rule: relax='least' (they give way as "
            "little as possible in total), trust=[sources in order], or drop=[report ids]; in a builder: "
            "overlap=cs.LedgerOptions(relax='least')"
        )

    def __len__(self) -> int:
        return len(self._held.statements)

    def __str__(self) -> str:
        number = len(self)
        of = "what was reported" if self.options.of == "reported" else "what occurred"
        word = "" if self.consistent else ", contradictory (see .contradictions())"
        span = Period(self.first, self.first, self.last, self.last)
        return f"ledger of {number:,} report{'' if number == 1 else 's'}, of {of}: {self.noun}, {span}{word}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        used = self.audit.filter(pl.col("status") == "used").select("report_id", "reason")
        return html_table(used, str(self), "")


def one_measure(reports: Reports) -> Measure:
    """The one measure of the flows and running totals.

    Raises
    ------
    NoReportsError, MeasureError
        If there is none, or several.
    """
    found: list[Measure] = reports.frame.filter(pl.col("kind") != "stock")["measure"].unique().sort().to_list()
    if not found:
        raise NoReportsError(
            f"expected flows or running totals, got {reports}: stocks are present on a date and do not add over days"
        )
    if len(found) > 1:
        raise MeasureError(
            f"expected reports of one measure, got {', '.join(found)}; choose one: Ledger(reports, measure={found[0]!r})"
        )
    return found[0]
