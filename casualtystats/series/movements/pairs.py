"""A ledger that answers about pairs of places: what moved from one to another, and what a place gains and loses.

Regions are made of the ledger's own cells, so that every report is a constraint on every answer, whatever pair, margin or
total it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from casualtystats.ledger import Ledger
from casualtystats.ledger.holding import Holding
from casualtystats.ledger.keys import Key
from casualtystats.ledger.solve.atoms import Located
from casualtystats.ledger.solve.model import Region
from casualtystats.ledger.solve.programme import Objective
from casualtystats.ledger.solve.system import Component, Question, Span
from casualtystats.ledger.statements import Statement
from casualtystats.ledger.subgroups import span_of
from casualtystats.periods import Period

__all__ = ["Pair", "PairLedger", "Surely"]

Pair = tuple[str | None, str | None]
Net = tuple[int | None, int | None]


@dataclass(frozen=True)
class Surely:
    """Cells of moves: `least` are surely part of what is asked, `most` are all that may be.

    Attributes
    ----------
    least, most : Located
        Where they lie among the cells of the ledger.
    """

    least: Located
    most: Located


class PairLedger(Ledger):
    """A ledger whose questions are pairs (origin, destination); None = all."""

    def period(self, asked: Period | None) -> Period:
        """The days that a question is about."""
        return asked or Period(self._held.first, self._held.first, self._held.last, self._held.last)

    def sharp(self, asked: Period | None) -> bool:
        """Whether bounds are known to be the sharpest."""
        exact = self._held.sure(sharp=self.options.sharp, integer=self.options.integer)
        return exact and not (asked is not None and asked.fuzzy)

    def pair_key(self, pair: Pair) -> Key:
        """The key of a pair; group and side are what all reports together speak about."""
        scope = self._held.scope
        return (pair[0], scope[1], scope[2], pair[1])

    def pair_spans(self, pairs: Sequence[Pair], asked: Period | None) -> list[Span]:
        """The least and the most of each pair."""
        held = self._held
        questions = [held.questions(asked, self.pair_key(pair), ()) for pair in pairs]
        flat = [question for some in questions for question in some]
        spans = held.spans(flat, sharp=self.options.sharp, integer=self.options.integer)
        found: list[Span] = []
        at = 0
        for some in questions:
            found.append((spans[at][0], spans[at + len(some) - 1][1]))
            at += len(some)
        return found

    def region(self, pair: Pair, without: Sequence[Pair] = ()) -> Located:
        """The cells of a pair, without those of others."""
        held = self._held.at(self.pair_key(pair))
        return held.system.atoms.locate(self.pair_key(pair), [self.pair_key(other) for other in without])

    def region_span(self, pair: Pair, region: Located, asked: Period | None) -> Span:
        """The least and the most of a region of cells of a pair."""
        held = self._held.at(self.pair_key(pair))
        return span_of(held, region, self._ends(held, pair, asked))

    def surely_span(self, pair: Pair, some: Surely, asked: Period | None) -> Span:
        """The least of what is surely part of it, and the most of what may be."""
        return self.region_span(pair, some.least, asked)[0], self.region_span(pair, some.most, asked)[1]

    def net_span(self, gained: Surely, lost: Surely, asked: Period | None) -> Net:
        """The least and the most of what is gained less what is lost, over all counts that agree with the reports.

        None = nothing bounds it on that side.
        """
        pair: Pair = (None, None)
        ends = self._ends(self._held, pair, asked)
        high = self._most(gained.most, lost.least, ends)
        low = self._most(lost.most, gained.least, ends)
        return None if low is None else -low, high

    def stating(self, pair: Pair, asked: Period) -> list[Statement]:
        """What states the count of just this pair over just these days."""
        key, days = self.pair_key(pair), _edges(asked)
        return [s for s in self.statements if s.key == key and (*s.start[:2], *s.end[:2]) == days]

    @staticmethod
    def _ends(held: Holding, pair: Pair, asked: Period | None) -> list[Question]:
        return held.questions(asked, (pair[0], None, None, pair[1]), ())

    def _most(self, plus: Located, minus: Located, ends: Sequence[Question]) -> int | None:
        """The most that one region can be above another; they share no cell that lies in both as a whole."""
        if plus.outside:
            return None
        total = 0
        for component in self._held.system.components:
            taken = plus.whole | plus.cut, minus.whole
            if not any(some & component.atoms for some in taken):
                continue
            bound = _most_of(component, plus, minus, ends, integer=self.options.integer)
            if bound is None:
                return None
            total += bound
        return total


def _most_of(
    component: Component, plus: Located, minus: Located, ends: Sequence[Question], *, integer: bool
) -> int | None:
    """The same within one component: a linear programme with gains of 1 and losses of -1."""
    matrix = component.programme.matrix
    costs: dict[int, int] = {}
    up = Region(ends[-1].first, ends[-1].until, plus.whole & component.atoms, plus.cut & component.atoms)
    if up.whole or up.cut:
        columns, _, outside = matrix.question(up)
        if outside:
            return None
        costs.update(dict.fromkeys(columns.tolist(), 1))
    down = Region(ends[0].first, ends[0].until, minus.whole & component.atoms, frozenset())
    if down.whole:
        for column in matrix.question(down)[1].tolist():
            costs[column] = costs.get(column, 0) - 1
    order = np.array(sorted(column for column, cost in costs.items() if cost), np.int64)
    objective = Objective(order, np.array([costs[int(column)] for column in order], np.int64), True)
    return component.programme.answers([objective], integer=integer)[0]


def _edges(period: Period) -> tuple[int, int, int, int]:
    start, end = (period.start_earliest, period.start_latest), (period.end_earliest, period.end_latest)
    return start[0].toordinal(), start[1].toordinal(), end[0].toordinal() + 1, end[1].toordinal() + 1
