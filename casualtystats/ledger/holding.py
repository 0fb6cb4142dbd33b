"""What a ledger holds: selected reports, read as statements, settled by the rule that was named, as one system.

`Ledger` is the face; what it asks is answered here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from casualtystats.errors import ContradictionError, NoReportsError, NotAdditiveError, OptionError
from casualtystats.ledger.audit import AuditLine
from casualtystats.ledger.keys import DIMENSIONS, Key, Keys
from casualtystats.ledger.options import LedgerOptions
from casualtystats.ledger.rows import (
    Pair,
    additive_rows,
    contained,
    find_origin,
    first_time_rows,
    observed_rows,
    widened,
)
from casualtystats.ledger.settle import relaxed, trusted
from casualtystats.ledger.solve.atoms import Atoms
from casualtystats.ledger.solve.dates import dated_systems
from casualtystats.ledger.solve.leaves import check_partition
from casualtystats.ledger.solve.system import Question, Span, System
from casualtystats.ledger.statements import WINDOW, Edge, Statement, read_statements, spoken_bounds
from casualtystats.ledger.vintages import refuse_vintages
from casualtystats.ledger.wording import period_of, spoken_edge
from casualtystats.periods import Period
from casualtystats.places import Places, path_relation, split_path
from casualtystats.reports.select import Selection, observed_days
from casualtystats.reports.vintages import newest
from casualtystats.vocabulary import Unit, adds_over_time, measure_noun

__all__ = ["Holding"]


@dataclass(frozen=True, eq=False)
class Holding:
    """Statements as a system.

    Attributes
    ----------
    options : LedgerOptions
        How reports are read.
    places : Places
        Declared zones.
    statements : tuple of Statement
        What is held, in an order that does not depend on ids.
    lines : tuple of AuditLine
        What became of the reports that are not held as they stand.
    scope : Key
        What all statements together speak about.
    origin : Edge or None
        Since when first times are counted; None where counts add up.
    system : System
        The rows.
    what : str
        What is counted, in words, whatever the group.
    unit : Unit
        In what it is counted.
    about : callable
        The system of another scope.
    cache : dict
        The systems that were made.
    """

    options: LedgerOptions
    places: Places
    statements: tuple[Statement, ...]
    lines: tuple[AuditLine, ...]
    scope: Key
    origin: Edge | None
    system: System
    what: str
    unit: Unit
    about: Callable[[Key], System]
    cache: dict[Key, System]

    @classmethod
    def of(cls, selection: Selection, options: LedgerOptions, places: Places) -> Holding:
        """What selected reports state.

        Raises
        ------
        NoReportsError, MixedStandardsError, VintageError, NotAdditiveError, OptionError
            As `Ledger`.
        """
        statements, lines = _statements(selection, options)
        what = measure_noun(selection.measure, selection.unit)
        origin = None if adds_over_time(selection.measure, selection.unit) else find_origin(statements, options, what)

        def scope(some: Sequence[Statement]) -> Key:
            keys = sorted({s.key for s in some}, key=lambda key: tuple(value or "" for value in key))
            found = Keys(tuple(keys), places).scope(selection.fixed)
            return tuple(found[name] for name in DIMENSIONS)

        same = (pl.col("measure") == selection.measure) & (pl.col("unit") == selection.unit)
        spoken = (
            selection.reports.frame.filter(same, pl.col("kind") != "stock")
            .select("start_earliest", "end_latest")
            .rows()
        )

        def one(
            some: Sequence[Statement], whole: Key, pairs: Sequence[Pair] = (), others: Sequence[System] = ()
        ) -> System:
            rows = (
                additive_rows(some) if origin is None else first_time_rows(some, origin, whole, selection.unit, places)
            )
            # A report that is not used speaks all the same: its days are not known to be zero.
            rows += observed_rows(spoken, whole, observed_days(options.observed))
            every = list(dict.fromkeys(row.key for row in rows))
            return System(rows, pairs, Atoms.of(every, places, check_partition(options.partition)), others)

        def system(some: Sequence[Statement]) -> System:
            whole = scope(some)
            if origin is None:
                return one(some, whole)
            # First times from a part of the scope are another count: all of them must be possible.
            scopes = dict.fromkeys(_elsewhere(s.key, whole, selection.unit) for s in some)
            # Which count lies inside which is the same in every scope, and is looked at once.
            return one(some, whole, contained(some, places), [one(some, other) for other in scopes if other != whole])

        def about(whole: Key) -> System:
            return one(statements, whole)

        built = system(statements)
        told: list[AuditLine] = []
        if options.trust:
            statements, told = trusted(system, statements, options.trust)
            built = system(statements)
        elif options.relax == "least" and not built.feasible:
            statements, told = relaxed(built, statements)
            built = system(statements)
        everything = (*lines, *told)
        whole = scope(statements)
        return cls(
            options, places, tuple(statements), everything, whole, origin, built, what, selection.unit, about, {whole: built}
        )  # fmt: skip

    def at(self, key: Key) -> Holding:
        """The same, for questions about a key: first times are those in its place, side and destination.

        Raises
        ------
        ContradictionError
            If, of these first times, not all reports can be true.
        """
        if self.origin is None:
            return self
        whole = _elsewhere(key, self.scope, self.unit)
        if whole not in self.cache:
            self.cache[whole] = self.about(whole)
        system = self.cache[whole]
        if self.system.feasible and not system.feasible:
            names = ", ".join(statement.name for statement in self.statements)
            raise ContradictionError(
                f"expected reports that can all be true of {self.what} in {self.places.name(whole[0])}, got some of {names} that "
                "can not. Leave a report out with drop=[report ids]"
            )
        return replace(self, system=system, scope=whole)

    @property
    def first(self) -> date:
        """First day that a statement may speak about."""
        return date.fromordinal(min(row.start.first for row in self.system.rows))

    @property
    def last(self) -> date:
        """Last day that a statement may speak about."""
        return date.fromordinal(max(row.end.last for row in self.system.rows) - 1)

    @property
    def single(self) -> bool:
        """Whether no places or groups nest, so that all bounds come from shortest paths."""
        return all(component.single for component in self.system.components)

    def audit_lines(self) -> list[AuditLine]:
        """What became of the reports, and what each that is held holds."""
        told = {line.report_id for line in self.lines}
        held = [
            AuditLine(name, "used", None, self._part(statement))
            for statement in self.statements
            for name in statement.ids
            if name not in told
        ]
        return [*self.lines, *held]

    def _part(self, statement: Statement) -> str:
        bounds = spoken_bounds(statement.low, statement.high)
        if self.origin is not None and statement.end.last <= self.origin.first:
            return f"it says nothing of first times since {spoken_edge(self.origin)}: it ends before"
        span = period_of(statement.start, statement.end)
        if self.origin is not None and statement.start[:2] != self.origin[:2]:
            since = spoken_edge(self.origin)
            return f"{bounds} over {span}: it bounds first times there from above, and all since {since} from below"
        fuzzy = statement.start.fuzzy or statement.end.fuzzy
        ends = " (at least over its widest period, at most over its narrowest)" if fuzzy else ""
        return f"it holds {bounds} over {span}{ends}"

    def key(self, where: Mapping[str, str | None]) -> Key:
        """The key that is asked for: what is not named is as in the scope, and "" is all."""
        pairs = zip(DIMENSIONS, self.scope, strict=True)
        return tuple(own if where.get(name) is None else where[name] or None for name, own in pairs)

    def unnamed(self, key: Key) -> list[str]:
        """A sentence for each value of a key that no report, zone or partition names, nor anything below it."""
        found: list[str] = []
        for name, value, position in zip(DIMENSIONS, key, range(len(DIMENSIONS)), strict=True):
            there = {s.key[position] for s in self.statements} - {None}
            parts = [part for axes in (self.options.partition or {}).values() for axis in axes for part in axis]
            known = [
                *there,
                *(self.places.zones if name in ("place", "destination") else parts if name == "group" else ()),
            ]
            steps = [split_path(one) for one in known]
            top = split_path(value)
            # A path that goes on with a part of another partition is named by its parts.
            crossing = {path[-1] for path in map(split_path, parts)} if name == "group" else set[str]()
            if value and not any(path[: len(top)] == top for path in steps) and not set(top[1:]) <= crossing:
                names = ", ".join(sorted(str(one) for one in there)) or "none"
                found.append(f"No report names the {name} {value!r} (there are: {names})")
        return found

    def refuse_unknown(self, group: str | None) -> None:
        """Refuse a group that no report or partition names, nor anything above or below it.

        Raises
        ------
        OptionError
            With the groups that there are.
        """
        unknown = self.unnamed((None, group or None, None, None))
        above = {s.key[1] for s in self.statements} - {None}
        if unknown and not any(path_relation(one, group) == "contains" for one in above):
            raise OptionError(f"expected a group of the reports: {unknown[0][0].lower()}{unknown[0][1:]}")

    def keys(self, by: Sequence[str], where: Mapping[str, str | None] | None = None) -> list[Key]:
        """What is asked for (by default the scope), with each combination of values of some columns that a statement has.

        Raises
        ------
        OptionError
            If one of these columns is asked for a value too.
        """
        both = [name for name in by if where is not None and where.get(name) is not None]
        if both:
            raise OptionError(f"expected {both[0]} in by= or as {both[0]}=, got it in both")
        asked = self.key(where or {})
        at = [DIMENSIONS.index(name) for name in by]
        values = {tuple(statement.key[n] for n in at) for statement in self.statements}
        found: list[Key] = []
        for chosen in sorted(values, key=lambda value: tuple(part or "" for part in value)):
            key = list(asked)
            for n, value in zip(at, chosen, strict=True):
                key[n] = value
            found.append(tuple(key))
        return found

    def taken(self, besides: Sequence[str] | None) -> tuple[int, ...]:
        """The numbers of the rows of some reports.

        Raises
        ------
        OptionError
            If a report is not held.
        NotAdditiveError
            If counts do not add up.
        """
        if not besides:
            return ()
        if isinstance(besides, str):
            raise OptionError(f"expected besides= a list of report ids, got {besides!r}")
        if self.origin is not None:
            raise NotAdditiveError(
                f"expected counts that add up for besides=, got {self.what}: the same ones may be counted in what is left"
            )
        where: dict[str, int] = {}
        for at, row in enumerate(self.system.rows):
            if row.statement >= 0:
                where |= dict.fromkeys(self.statements[row.statement].ids, at)
        unknown = [name for name in besides if name not in where]
        if unknown:
            raise OptionError(
                f"expected besides= ids of reports that the ledger uses, got {unknown[0]!r}; see ledger.audit"
            )
        return tuple(where[name] for name in besides)

    def questions(self, asked: Period | None, key: Key, taken: tuple[int, ...]) -> list[Question]:
        """The question, or the two of which one has the low and the other the high of every possible period."""
        if asked is None:
            return [Question(self.first.toordinal(), self.last.toordinal() + 1, key, taken)]
        widest = Question(asked.start_earliest.toordinal(), asked.end_latest.toordinal() + 1, key, taken)
        if not asked.fuzzy:
            return [widest]
        first, until = asked.start_latest.toordinal(), asked.end_earliest.toordinal() + 1
        return [Question(first, max(first, until), key, taken), widest]

    def spans(
        self, questions: Sequence[Question], *, sharp: bool, integer: bool, step: Callable[[], None] = lambda: None
    ) -> list[Span]:
        """Bounds of each question.

        Raises
        ------
        ContradictionError
            If, on every choice of dates, the statements can not all be true.
        """
        found: list[Span | None] = [None] * len(questions)
        scopes: dict[Key, list[int]] = {}
        for number, question in enumerate(questions):
            at = self.scope if self.origin is None else _elsewhere(question.key, self.scope, self.unit)
            scopes.setdefault(at, []).append(number)
        for at, numbers in scopes.items():
            system = self.at(at).system
            asked = [questions[number] for number in numbers]
            for number, span in zip(
                numbers, self._answered(system, asked, sharp=sharp, integer=integer, step=step), strict=True
            ):
                found[number] = span
        return [span for span in found if span is not None]

    def _answered(
        self, system: System, questions: Sequence[Question], *, sharp: bool, integer: bool, step: Callable[[], None]
    ) -> list[Span]:
        for question in questions:
            if question.besides:
                system.check_besides(question)
        if not sharp or not system.fuzzy:
            return _whole(system.bounds(questions, integer=integer, step=step))
        found: list[Span] | None = None
        for dated in dated_systems(system, first_times=self.origin is not None):
            if dated.feasible:
                spans = dated.bounds(questions, integer=integer)
                found = spans if found is None else [_hull(a, b) for a, b in zip(found, spans, strict=True)]
        if found is None:
            raise ContradictionError(
                "expected some choice of dates for the fuzzy ends under which all reports can be true, got none: they contradict "
                "each other on every one of their possible days. Leave a report out with drop=[report ids], or widen its dates"
            )
        return _whole(found)

    def sure(self, *, sharp: bool, integer: bool) -> bool:
        """Whether bounds are known to be the sharpest: known ends (or all gone through), and whole counts.

        A window of hours can not be gone through, and first times are bounded sharply by totals of the whole alone.
        """
        edges = [edge for s in self.statements for edge in (s.start, s.end)]
        windows = any(edge.fuzzy and edge.shared.startswith(WINDOW) for edge in edges)
        totals = self.origin is None or all(s.start == self.origin and s.key == self.scope for s in self.statements)
        dates = not self.system.fuzzy or (sharp and not windows)
        return dates and totals and (integer or self.single)


def _elsewhere(key: Key, scope: Key, unit: Unit) -> Key:
    """The scope whose place, side and destination are those of a key; what stays with the counted is as in the scope."""
    return widened(scope, key, unit)


def _whole(spans: list[Span]) -> list[Span]:
    """Refuse bounds between which there is no whole count: only fractions agree with all reports."""
    if any(high is not None and low > high for low, high in spans):
        raise ContradictionError(
            "expected reports that whole counts can meet, got some that only fractions can: they contradict each other. Leave "
            "one out with drop=[report ids]"
        )
    return spans


def _hull(a: Span, b: Span) -> Span:
    return min(a[0], b[0]), None if a[1] is None or b[1] is None else max(a[1], b[1])


def _statements(selection: Selection, options: LedgerOptions) -> tuple[list[Statement], list[AuditLine]]:
    lines: list[AuditLine] = []
    known = selection.frame()
    if selection.as_of is not None:
        known, older = newest(known)
        again = "the same figure was published again"
        lines += [AuditLine(name, "superseded", by, again) for name, by in older.collect().rows()]
    # Which row of the reports it is, for whoever looks for it there.
    rows = selection.reports.frame.select("report_id").with_row_index("row", offset=1)
    frame = known.collect().join(rows, on="report_id", how="left", maintain_order="left")
    if selection.as_of is None:
        refuse_vintages(frame.filter(~pl.col("report_id").is_in(options.drop)))
    statements, more = read_statements(frame, options)
    lines += more
    if not statements:
        reasons = "; ".join(dict.fromkeys(line.reason for line in lines)) or "there is none"
        raise NoReportsError(f"expected at least one report that bounds a count, got none of {len(frame)}: {reasons}")
    return statements, lines
