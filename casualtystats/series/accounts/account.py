"""Accounts of displacement: stocks, the flows between them, and what these leave unexplained.

Invariants
----------
- The equation is stock(t2) = stock(t1) + displaced - onward - returned - settled or left + births - deaths + net arrivals.
- The residual is shown with its bounds, and never spread over terms, fitted, or set to 0.
- A term that is not given is unknown, not 0. A term of 0 was stated to be none.
- Every number can be traced to reports, or to a number that the caller stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from casualtystats.errors import ContradictionError, OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.places import Places
from casualtystats.series.accounts.flows import Flow, Pair, Stated
from casualtystats.series.accounts.given import StretchKey, pair_of
from casualtystats.series.accounts.points import Point, Span, neighbours, ordered_pairs
from casualtystats.series.accounts.signed import SignedBounds
from casualtystats.series.accounts.stretch import Stretch, Term
from casualtystats.series.accounts.table import shown, stretch_frame, traced_frame
from casualtystats.series.accounts.terms import term_of
from casualtystats.series.accounts.words import TERMS, Stocks, TermName
from casualtystats.series.info import SeriesInfo

__all__ = ["DisplacementAccount", "Pairs"]

Pairs = Literal["neighbours", "all"]
_LISTED = 5


@dataclass(frozen=True, eq=False, repr=False)
class DisplacementAccount:
    """What stocks of displaced people and the flows between them say together. Made by `displacement_account`.

    Attributes
    ----------
    info : SeriesInfo
        Place, group and sources of the stocks.
    places : Places
        The table of places and zones.
    points : tuple of Point
        The stocks in order.
    given : mapping of TermName to Flow, Stated or None
        The terms; None = not given.
    notes : tuple of str
        What a reader must know of the terms.
    source_line : str
        The sources of stocks and series, to print under a picture or table.
    """

    info: SeriesInfo
    places: Places
    points: tuple[Point, ...]
    given: Mapping[TermName, Flow | Stated | None]
    notes: tuple[str, ...]
    source_line: str = "Source: not stated"

    @cached_property
    def _pairs(self) -> list[Pair]:
        return neighbours(self.points)

    @cached_property
    def parts(self) -> tuple[Stretch, ...]:
        """The stretches between neighbouring stocks, in order."""
        return tuple(self._between(pair) for pair in self._pairs)

    def stretch(self, stretch: StretchKey | None = None) -> Stretch:
        """One stretch with its terms.

        Parameters
        ----------
        stretch : int, str or pair of dates, optional
            Its number among neighbours (from 0), or the dates of any two stocks: "2019-03-31/2019-06-30". May be left out
            where there is but one.

        Raises
        ------
        OptionError
            If there is no such stretch, or several and none is named.
        """
        if stretch is None:
            if len(self.parts) > 1:
                names = ", ".join(part.name for part in self.parts[:6])
                raise OptionError(f"expected stretch= one of {len(self.parts)} stretches, got none; there are {names}")
            return next(iter(self.parts))
        pair = pair_of(stretch, self.points, self._pairs, ordered_pairs(self.points))
        return self._between(pair)

    def _between(self, pair: Pair) -> Stretch:
        first, last = (self.points[at] for at in pair)
        span = Span.between(first, last)
        terms: dict[TermName, Term] = {}
        for name in TERMS:
            terms[name] = term_of(name, self.given[name], span, pair, terms)
        where = "" if self.info.place is None else self.places.name(self.info.place)
        found = Stretch(first, last, tuple(terms.values()), self.info.noun, where)
        if terms["onward"].given:
            # Raises where there are more onward moves than moves.
            _ = found.equation.net
        return found

    def stretches(self, pairs: Pairs = "neighbours") -> pl.DataFrame:
        """The account of each stretch.

        Parameters
        ----------
        pairs : {"neighbours", "all"}
            Between neighbouring stocks, or between every two. A report that lies over several stretches is exact on their
            union, so that a longer stretch may contradict though its parts do not.

        Returns
        -------
        pl.DataFrame
            In the columns of `StretchSchema`; bounds in people, null = open. `residual` is the stated last stock less the
            expected one; `verdict` is "balances" (0 lies inside, all terms given), "unexplained" (0 lies outside) or
            "open" (terms missing).

        Raises
        ------
        OptionError
            If pairs= is neither.
        """
        return stretch_frame(self._chosen(pairs))

    def _chosen(self, pairs: Pairs) -> tuple[Stretch, ...]:
        if pairs not in ("neighbours", "all"):
            raise OptionError(f"expected pairs= 'neighbours' or 'all', got {pairs!r}")
        if pairs == "neighbours":
            return self.parts
        return tuple(self._between(pair) for pair in ordered_pairs(self.points))

    def bounds_of(self, term: TermName | Stocks, stretch: StretchKey | None = None) -> SignedBounds:
        """What the other numbers of a stretch leave to one term (or stock), whether it is given or not.

        Parameters
        ----------
        term : str
            displaced, onward, returned, settled, births, deaths, arrivals, stock_start or stock_end.
        stretch
            As in `stretch`.

        Returns
        -------
        SignedBounds
            Interval propagation over the one equation of the stretch: sharp for it where the dates of both stocks are known.
            Never below 0, but for net arrivals.

        Raises
        ------
        ContradictionError
            If nothing is left, with every number and its reports.
        OptionError
            If there is no such term or stretch.
        """
        return self.stretch(stretch).bounds_of(term)

    def missing(self, stretch: StretchKey | None = None) -> SignedBounds:
        """What the terms that are not given come to together, each with its sign in the equation.

        Parameters
        ----------
        stretch
            As in `stretch`.

        Returns
        -------
        SignedBounds
            Sharp for the equation of the stretch; 0 where all terms are given.

        Raises
        ------
        ContradictionError
            If nothing is left.
        OptionError
            If there is no such stretch.
        """
        return self.stretch(stretch).missing_sum()

    def contradictions(self) -> pl.DataFrame:
        """The stretches, between any two stocks, of which the numbers can not all be true.

        Returns
        -------
        pl.DataFrame
            `stretch`, `residual_low`, `residual_high` (people; null = open), `numbers` (each with the ids of its reports).
        """
        rows = [
            (stretch.name, stretch.residual.low, stretch.residual.high, stretch.numbers)
            for stretch in self._chosen("all")
            if stretch.verdict == "unexplained"
        ]
        schema = {"stretch": pl.String, "residual_low": pl.Int64, "residual_high": pl.Int64, "numbers": pl.String}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def check(self) -> DisplacementAccount:
        """The account itself, if no stretch between any two stocks is left unexplained.

        Raises
        ------
        ContradictionError
            Otherwise, with every number of the first such stretches and its reports.
        """
        found = [stretch for stretch in self._chosen("all") if stretch.verdict == "unexplained"]
        if found:
            told = " / ".join(stretch.contradiction for stretch in found[:_LISTED])
            more = f" / and {len(found) - _LISTED} more stretches: contradictions()" if len(found) > _LISTED else ""
            raise ContradictionError(told + more)
        return self

    def traced(self, pairs: Pairs = "neighbours") -> pl.DataFrame:
        """The reports behind each number: `stretch`, `term`, `report_id`. A number that was stated has none."""
        return traced_frame(self._chosen(pairs))

    def to_frame(self) -> pl.DataFrame:
        """The stretches between neighbouring stocks: `stretches()`."""
        return self.stretches()

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    def __str__(self) -> str:
        if len(self.parts) == 1:
            return str(self.parts[0])
        where = "" if self.info.place is None else f" in {self.places.name(self.info.place)}"
        counts = {
            name: sum(part.verdict == name for part in self.parts) for name in ("balances", "unexplained", "open")
        }
        words = {"balances": "balance"}
        told = ", ".join(
            f"{number} {words.get(name, name) if number > 1 else name}" for name, number in counts.items() if number
        )
        return (
            f"account of {self.info.noun}{where}: {len(self.parts)} stretches from {self.points[0].name} to "
            f"{self.points[-1].name}, {told}"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(shown(self.parts), str(self), ". ".join([self.source_line, *self.notes]))
