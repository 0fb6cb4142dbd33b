"""How many leave an area: from those who surely did, for a destination outside, to all who may have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from casualtystats.errors import OptionError
from casualtystats.ledger.solve.atoms import Located
from casualtystats.ledger.solve.system import Span
from casualtystats.periods import Period
from casualtystats.series.movements.pairs import PairLedger, Surely

__all__ = ["Rest", "check_rest", "joined", "leaving_span"]

Rest = Literal["unknown", "elsewhere"]


def check_rest(rest: str) -> None:
    """Refuse an unknown reading of what is in a margin but in no named pair.

    Raises
    ------
    OptionError
        It names the two that there are.
    """
    if rest not in get_args(Rest):
        raise OptionError(f"expected rest= {' or '.join(map(repr, get_args(Rest)))}, got {rest!r}")


def joined(some: Sequence[Located]) -> Located:
    """Several regions as one."""
    whole = frozenset[int]().union(*(one.whole for one in some))
    cut = frozenset[int]().union(*(one.cut for one in some))
    return Located(whole, cut - whole, any(one.outside for one in some))


def leaving_span(
    ledger: PairLedger, destinations: Sequence[str], whole: str | None, area: str, period: Period, rest: Rest
) -> Span:
    """The least and the most that left an area; see `FlowMatrix.leaving`.

    Raises
    ------
    OptionError
        If `rest` is not known, or the area is not a text.
    """
    check_rest(rest)
    if not isinstance(area, str) or not area:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected area= the path or zone of an area, got {area!r}")
    relation = ledger.reports.places.relation
    named = sorted({*destinations, *(str(s.key[3]) for s in ledger.statements if s.key[3])})
    inside = [b for b in named if relation(area, b) in ("equal", "contains")]
    outside = [b for b in named if relation(area, b) == "disjoint"]
    if not ledger.additive:
        # The same people may be in several cells: the largest of those who surely left, and all who moved at all.
        spans = ledger.pair_spans([(area, b) for b in outside] + [(area, whole)], period)
        return max((low for low, _ in spans[:-1]), default=0), spans[-1][1]
    pair = (area, whole)
    if rest == "elsewhere":
        # A destination that lies in the area in part may have taken all of its arrivals there.
        surely = ledger.region(pair, [(area, b) for b in named if b not in outside])
        maybe = ledger.region(pair, [(area, b) for b in inside])
        return ledger.surely_span(pair, Surely(surely, maybe), period)
    least = joined([ledger.region((area, b)) for b in outside])
    most = ledger.region(pair, [(area, area), *((area, b) for b in inside)])
    return ledger.surely_span(pair, Surely(least, most), period)
