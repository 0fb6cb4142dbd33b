"""What one stretch knows of one term: from a series, from a stated number, or nothing but what it can be at all."""

from __future__ import annotations

from collections.abc import Mapping

from casualtystats.series.accounts.flows import Flow, Pair, Stated
from casualtystats.series.accounts.points import Span
from casualtystats.series.accounts.signed import SignedBounds
from casualtystats.series.accounts.stretch import Term
from casualtystats.series.accounts.words import MISSING_SIGN, TermName

__all__ = ["term_of"]


def term_of(
    name: TermName, given: Flow | Stated | None, span: Span, pair: Pair, known: Mapping[TermName, Term]
) -> Term:  # fmt: skip
    """One term of a stretch.

    Parameters
    ----------
    name : TermName
        Which.
    given : Flow, Stated or None
        What the account has of it.
    span, pair : Span, (int, int)
        The days of the stretch, and the numbers of its stocks.
    known : mapping of TermName to Term
        The terms before it: onward moves are a part of those displaced.

    Raises
    ------
    ContradictionError
        If a number stated for the stretch and those of its parts differ.
    """
    if isinstance(given, Flow):
        told = given.within(span)
        return Term(name, told.bounds, True, told.report_ids)
    stated = None if given is None else given.within(pair, name)
    if stated is not None:
        return Term(name, stated, True)
    if name == "onward":
        return Term(name, SignedBounds(0, None, known["displaced"].bounds.high), False)
    return Term(name, SignedBounds() if name in MISSING_SIGN else SignedBounds(0), False)
