"""Statements as one system: rows, atoms, and the components that have no atom in common and are solved apart.

A component whose rows are all about the same atoms is a network of running totals; any other is a linear programme.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.ledger.keys import Key
from casualtystats.ledger.rows import Pair, Row
from casualtystats.ledger.solve.atoms import Atoms
from casualtystats.ledger.solve.model import Matrix, Region
from casualtystats.ledger.solve.network import Cause, Network
from casualtystats.ledger.solve.programme import Objective, Programme

__all__ = ["Component", "Question", "Span", "System"]

Span = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class Question:
    """The count of the days [first, until) in a key, without what some rows count (`besides`)."""

    first: int
    until: int
    key: Key
    besides: tuple[int, ...] = ()


class Component:
    """Rows that have atoms in common, directly or through others.

    Parameters
    ----------
    numbers : sequence of int
        Numbers of the rows in the system.
    rows : sequence of Row
        The rows themselves.
    table : Atoms
        The atoms of the keys of the rows.
    """

    def __init__(self, numbers: Sequence[int], rows: Sequence[Row], table: Atoms) -> None:
        sets = table.sets
        self.table = table
        self.numbers = list(numbers)
        self.rows = list(rows)
        self.sets = sets
        self.atoms: frozenset[int] = frozenset().union(*(sets[row.key] for row in rows))
        self.single = len({sets[row.key] for row in rows}) == 1
        self.fuzzy = any(edge.fuzzy for row in rows for edge in (row.start, row.end))

    @cached_property
    def network(self) -> Network:
        """As a network; only where all rows are about the same atoms."""
        return Network(self.rows)

    @cached_property
    def programme(self) -> Programme:
        """As a linear programme."""
        return Programme(Matrix(self.rows, self.sets))

    @property
    def feasible(self) -> bool:
        """Whether all rows can be true together."""
        return not self.network.cycle if self.single else self.programme.feasible

    def bounds(self, regions: Sequence[Region], *, integer: bool, step: Callable[[], None]) -> list[Span]:
        """Least and most of each region; only the part of it that lies in this component."""
        if not self.single:
            return self._solved(self.programme, [(region, {}) for region in regions], integer=integer, step=step)
        found: list[Span] = []
        for region, (low, high) in zip(
            regions, self.network.bounds([(r.first, r.until) for r in regions]), strict=True
        ):
            step()
            step()
            # A part of the atoms can hold all of it or nothing.
            found.append((low if self.atoms <= region.whole else 0, high))
        return found

    def besides(self, region: Region, taken: Sequence[int], *, integer: bool) -> Span:
        """The same without what the rows `taken` (numbers of the system) count."""
        programme, minus = self._without(taken)
        return self._solved(programme, [(region, minus)], integer=integer, step=lambda: None)[0]

    def explain(self, region: Region, taken: Sequence[int] = ()) -> tuple[list[Cause], list[Cause]]:
        """The rows (numbers of the system) that make the least and the most."""
        if self.single and not taken:
            low, high = self.network.explain(region.first, region.until)
            low = low if self.atoms <= region.whole else []
        else:
            programme, minus = self._without(taken) if taken else (self.programme, {})
            least, most, outside = self._objectives(programme, region, minus)
            low = programme.explain(least).causes
            high = [] if outside else programme.explain(most).causes
        return self._numbered(low), self._numbered(high)

    def _numbered(self, causes: Sequence[Cause]) -> list[Cause]:
        return [Cause(self.numbers[cause.row], cause.side, cause.times) for cause in causes]

    def _without(self, taken: Sequence[int]) -> tuple[Programme, dict[int, int]]:
        inner = [self.numbers.index(number) for number in taken if number in self.numbers]
        programme = Programme(Matrix(self.rows, self.sets, explicit=inner))
        minus: dict[int, int] = {}
        for at in inner:
            for column, coefficient in programme.matrix.statement(at).items():
                minus[column] = minus.get(column, 0) - coefficient
        return programme, minus

    @staticmethod
    def _objectives(
        programme: Programme, region: Region, minus: Mapping[int, int]
    ) -> tuple[Objective, Objective, bool]:
        most, least, outside = programme.matrix.question(region)
        found: list[Objective] = []
        for columns, side in ((least, False), (most, True)):
            some = dict.fromkeys(columns.tolist(), 1)
            for column, coefficient in minus.items():
                some[column] = some.get(column, 0) + coefficient
            some = {column: coefficient for column, coefficient in some.items() if coefficient}
            order = np.array(sorted(some), np.int64)
            found.append(Objective(order, np.array([some[c] for c in order.tolist()], np.int64), side))
        return found[0], found[1], outside

    def _solved(
        self, programme: Programme, asked: Sequence[tuple[Region, Mapping[int, int]]], *, integer: bool,
        step: Callable[[], None],
    ) -> list[Span]:  # fmt: skip
        lows: list[Objective] = []
        highs: list[Objective] = []
        outsides: list[bool] = []
        for region, minus in asked:
            least, most, outside = self._objectives(programme, region, minus)
            lows.append(least)
            highs.append(most)
            outsides.append(outside)
        least_of = programme.answers(lows, integer=integer, step=step)
        inside = [most for most, outside in zip(highs, outsides, strict=True) if not outside]
        most_of = iter(programme.answers(inside, integer=integer, step=step))
        found: list[Span] = []
        for low, outside in zip(least_of, outsides, strict=True):
            high = None if outside else next(most_of)
            found.append((max(0, low or 0), None if high is None else max(0, high)))
        return found


class System:
    """All rows of a ledger.

    Parameters
    ----------
    rows : sequence of Row
        In a fixed order.
    pairs : sequence of Pair
        Statements that can not both be true.
    atoms : Atoms
        The atoms of the keys of the rows.
    others : sequence of System
        The same statements about other scopes (first times from another place): asked whether all can be true, and
        nothing else.
    """

    def __init__(self, rows: Sequence[Row], pairs: Sequence[Pair], atoms: Atoms, others: Sequence[System] = ()) -> None:
        self.rows = list(rows)
        self.pairs = list(pairs)
        self.atoms = atoms
        self.others = list(others)
        self.components = _components(self.rows, atoms)

    @property
    def every(self) -> list[Component]:
        """The components of this scope and of the others."""
        return [*self.components, *(component for other in self.others for component in other.components)]

    @cached_property
    def feasible(self) -> bool:
        """Whether all rows can be true together."""
        return not self.pairs and all(component.feasible for component in self.every)

    @property
    def fuzzy(self) -> bool:
        """Whether an end of a period is not exactly known."""
        return any(component.fuzzy for component in self.every)

    def only(self, statements: Collection[int]) -> System:
        """The system of some statements alone, over the same atoms."""
        kept = set(statements)
        rows = [row for row in self.rows if row.statement < 0 or row.statement in kept]
        pairs = [pair for pair in self.pairs if pair.part in kept and pair.whole in kept]
        return System(rows, pairs, self.atoms, [other.only(kept) for other in self.others])

    def bounds(
        self, questions: Sequence[Question], *, integer: bool = False, step: Callable[[], None] = lambda: None
    ) -> list[Span]:
        """Least and most of each question: sums over the components, which know nothing of each other."""
        lows = [0] * len(questions)
        highs: list[int | None] = [None if self.atoms.locate(q.key).outside else 0 for q in questions]
        for component in self.components:
            asked = [(at, self._region(q, component)) for at, q in enumerate(questions)]
            asked = [(at, region) for at, region in asked if region.whole or region.cut]
            plain = [(at, region) for at, region in asked if not questions[at].besides]
            answers = component.bounds([region for _, region in plain], integer=integer, step=step)
            pairs = list(zip([at for at, _ in plain], answers, strict=True))
            pairs += [
                (at, component.besides(region, questions[at].besides, integer=integer))
                for at, region in asked
                if questions[at].besides
            ]
            for at, (low, high) in pairs:
                lows[at] += low
                known = highs[at]
                highs[at] = None if known is None or high is None else known + high
        return list(zip(lows, highs, strict=True))

    def explain(self, question: Question) -> tuple[list[Cause], list[Cause]]:
        """The rows that make the least and the most of a question."""
        low: list[Cause] = []
        high: list[Cause] = []
        for component in self.components:
            region = self._region(question, component)
            if region.whole or region.cut:
                least, most = component.explain(region, question.besides)
                low += least
                high += most
        return low, high

    def check_besides(self, question: Question) -> None:
        """Refuse to leave out rows that do not lie in the question as a whole, or that share cells with each other.

        Raises
        ------
        OptionError
            If the rest would not be a count.
        """
        located = self.atoms.locate(question.key)
        taken: list[tuple[int, int, frozenset[int]]] = []
        for number in question.besides:
            row = self.rows[number]
            atoms = self.atoms.sets[row.key]
            if row.start.first < question.first or row.end.last > question.until or not atoms <= located.whole:
                raise OptionError(
                    "expected reports in besides= that lie inside the period, place and group asked for, got one that does "
                    "not; name a longer period, or a larger place or group"
                )
            for first, until, others in taken:
                if atoms & others and row.start.first < until and first < row.end.last:
                    raise OptionError(
                        "expected reports in besides= that share nobody, got two that overlap; name the one that holds the other"
                    )
            taken.append((row.start.first, row.end.last, atoms))

    def _region(self, question: Question, component: Component) -> Region:
        located = self.atoms.locate(question.key)
        whole, cut = located.whole & component.atoms, located.cut & component.atoms
        return Region(question.first, question.until, whole, cut)


def _components(rows: Sequence[Row], atoms: Atoms) -> list[Component]:
    sets = atoms.sets
    parent: dict[int, int] = {}

    def root(atom: int) -> int:
        while parent.setdefault(atom, atom) != atom:
            parent[atom] = parent[parent[atom]]
            atom = parent[atom]
        return atom

    for some in _distinct(sets[row.key] for row in rows):
        first, *others = sorted(some)
        for other in others:
            a, b = sorted((root(first), root(other)))
            parent[b] = a
    groups: dict[int, list[int]] = {}
    for at, row in enumerate(rows):
        groups.setdefault(root(min(sets[row.key])), []).append(at)
    return [Component(numbers, [rows[at] for at in numbers], atoms) for _, numbers in sorted(groups.items())]


def _distinct(sets: Iterable[frozenset[int]]) -> list[frozenset[int]]:
    return list(dict.fromkeys(sets))
