"""From statements to rows: a lower and an upper bound on the sum of the cells between two edges, in a place and group.

Counts that add up (deaths, movements, hits) make one row each.

People displaced and distinct facilities do not add up, but *first times since an origin* do: each person is counted
once, on the day of the first flight. A report of the distinct ones in a period bounds them so:

- from above, the first times in its own period, place and group, which are among those it counts;
- from below, all first times from the origin to its end, wherever they fell: each of those it counts had a first time
  by then, at the latest in its period, perhaps before and elsewhere. It says nothing from below where it may count
  before the origin.

A running total since the origin about the whole does both on the same cells. Where one count lies inside another, its
low can not exceed the other's high, wherever the first times fell: these pairs are looked at one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import NotAdditiveError, OptionError
from casualtystats.ledger.keys import DIMENSIONS, Key, Keys
from casualtystats.ledger.options import LedgerOptions
from casualtystats.ledger.statements import Edge, Statement
from casualtystats.periods import parse_date
from casualtystats.places import Places
from casualtystats.vocabulary import Unit

__all__ = ["Pair", "Row", "additive_rows", "contained", "find_origin", "first_time_rows", "observed_rows", "widened"]


class Row(NamedTuple):
    """low <= count between two edges in a key <= high. `statement` is its number, -1 for what the caller declares."""

    statement: int
    key: Key
    start: Edge
    end: Edge
    low: int
    high: int | None


class Pair(NamedTuple):
    """A statement that lies inside another, and its low that exceeds the other's high."""

    part: int
    whole: int
    low: int
    high: int


def additive_rows(statements: Sequence[Statement]) -> list[Row]:
    """One row a statement."""
    return [Row(at, s.key, s.start, s.end, s.low, s.high) for at, s in enumerate(statements)]


def find_origin(statements: Sequence[Statement], options: LedgerOptions, what: str) -> Edge:
    """The day since which first times are counted.

    It is the one that the caller names; else the common start of all running totals; else that of all reports.

    Raises
    ------
    NotAdditiveError
        If reports begin on different days and none is named.
    OptionError
        If no report begins on the day that is named.
    """
    totals = [s for s in statements if s.running] or list(statements)
    starts = Counter((s.start.first, s.start.last) for s in totals)
    # A start that is fuzzy in the same way is the same day for one source only: the one with most reports.
    number = Counter(s.start for s in statements)
    every = {edge[:2]: edge for edge in sorted(number, key=lambda edge: (number[edge], edge))}
    if options.origin is not None:
        first, last = (day.toordinal() for day in parse_date(options.origin))
        if (first, last) not in every:
            raise OptionError(
                f"expected origin= a day on which a report of {what} begins, got {options.origin!r}; there are: {_listed(starts)}"
            )
        return Edge(first, last, every[first, last].shared)
    if len(starts) > 1:
        raise NotAdditiveError(
            f"expected running totals of {what} from one origin, got {_listed(starts)}: the same ones are counted again in "
            "different periods, so that only first times since one day add up. Name it with origin='YYYY-MM-DD'"
        )
    (first, last), _ = starts.most_common(1)[0]
    return every[first, last]


def _listed(starts: Counter[tuple[int, int]]) -> str:
    shown: list[str] = []
    for (first, last), number in sorted(starts.items()):
        a, b = date.fromordinal(first), date.fromordinal(last)
        shown.append(f"{a if a == b else f'[{a}..{b}]'} ({number} report{'' if number == 1 else 's'})")
    return ", ".join(shown)


def first_time_rows(statements: Sequence[Statement], origin: Edge, scope: Key, unit: Unit, places: Places) -> list[Row]:
    """Rows on first times since the origin, in a scope (place, side and destination of the first time).

    A report about a part of the scope bounds from above the first times there, and from below those anywhere in the
    scope; one about more than the scope bounds from above those in it, and nothing from below; one that cuts it says
    nothing here. Before the origin there are no first times, whichever of its possible days it is.
    """
    rows: list[Row] = []
    begins = Edge(origin.first, origin.first, "")
    for at, s in enumerate(statements):
        same = s.start == origin
        wide = widened(s.key, scope, unit)
        keys = Keys((s.key, wide), places)
        if s.end.last <= origin.first:
            continue
        if same and _equal(s.key, wide, places):
            rows.append(Row(at, wide, begins, s.end, s.low, s.high))
            continue
        inside = keys.holds(wide, s.key)
        if s.high is not None and (inside or keys.holds(s.key, wide)):
            start = begins if same else _not_before(s.start, origin)
            rows.append(Row(at, s.key if inside else wide, start, s.end, 0, s.high))
        if s.low > 0 and inside and (same or s.start.first >= origin.last):
            rows.append(Row(at, wide, begins, s.end, s.low, None))
    return rows


def widened(key: Key, scope: Key, unit: Unit) -> Key:
    """Where the first time of those that a key counts may have been: a facility stays in its place, people move."""
    stays = ("place", "group") if unit == "facilities" else ("group",)
    return tuple(own if name in stays else all_ for name, own, all_ in zip(DIMENSIONS, key, scope, strict=True))


def _equal(a: Key, b: Key, places: Places) -> bool:
    keys = Keys((a, b), places)
    return all(keys.relation(name, x, y) == "equal" for name, x, y in zip(DIMENSIONS, a, b, strict=True))


def _not_before(start: Edge, origin: Edge) -> Edge:
    """The edge, cut off at the origin: first times are not counted before it."""
    if start.first >= origin.first:
        return start
    first, last = max(start.first, origin.first), max(start.last, origin.first)
    return Edge(first, last, "" if first == last else f"{start.shared}|{first}")


def contained(statements: Sequence[Statement], places: Places) -> list[Pair]:
    """Pairs of which one surely lies inside the other and says more from below than the other allows from above."""
    keys = Keys(tuple({s.key: None for s in statements}), places)
    first = np.array([s.start.first for s in statements])
    last = np.array([s.end.last for s in statements])
    low = np.array([s.low for s in statements])
    starts = _codes([s.start for s in statements])
    ends = _codes([s.end for s in statements])
    pairs: list[Pair] = []
    for whole, large in enumerate(statements):
        if large.high is None:
            continue
        # Every possible period of the part lies in every possible one of the whole; ends that are one agree.
        begins = (first >= large.start.last) | (starts == starts[whole])
        until = (last <= large.end.first) | (ends == ends[whole])
        near: list[int] = np.flatnonzero((low > large.high) & begins & until).tolist()
        pairs += [
            Pair(part, whole, statements[part].low, large.high)
            for part in near
            if part != whole and keys.holds(large.key, statements[part].key)
        ]
    return pairs


def _codes(edges: Sequence[Edge]) -> NDArray[np.int64]:
    """One number for edges that are known to be the same boundary, and one of its own for every other."""
    known: dict[str, int] = {}
    codes = [known.setdefault(edge.shared or f"{edge.first}|{at}", at) for at, edge in enumerate(edges)]
    return np.array(codes, np.int64)


def observed_rows(spoken: Sequence[tuple[date, date]], scope: Key, observed: Sequence[tuple[date, date]]) -> list[Row]:
    """Rows that say zero: the observed days that none of the periods which reports speak about holds."""
    taken = sorted((first.toordinal(), last.toordinal() + 1) for first, last in spoken)
    found: list[Row] = []
    for first, last in observed:
        at, until = first.toordinal(), last.toordinal() + 1
        for begins, ends in taken:
            if begins >= until:
                break
            if begins > at:
                found.append(Row(-1, scope, Edge(at, at, ""), Edge(begins, begins, ""), 0, 0))
            at = max(at, ends)
        if at < until:
            found.append(Row(-1, scope, Edge(at, at, ""), Edge(until, until, ""), 0, 0))
    return found
