"""One stretch of an account: from one stock to another, with its terms, its residual and its verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from casualtystats.errors import ContradictionError, OptionError
from casualtystats.periods import spoken_day
from casualtystats.printing import format_days
from casualtystats.series.accounts.points import Point, Span
from casualtystats.series.accounts.signed import SignedBounds
from casualtystats.series.accounts.solve import Equation
from casualtystats.series.accounts.words import TERMS, Stocks, TermName, listed

__all__ = ["Stretch", "Term", "Verdict"]

Verdict = Literal["balances", "unexplained", "open"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a stretch.

    Attributes
    ----------
    name : TermName
        Which.
    bounds : SignedBounds
        People (or movements of people). Of a term that is not given: what it can be at all.
    given : bool
        Whether something was given for it.
    report_ids : tuple of str
        The reports that its bounds are from: those inside the stretch, and those that touch it.
    """

    name: TermName
    bounds: SignedBounds
    given: bool
    report_ids: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether it is given, or can be one number only (no onward moves where nobody was displaced)."""
        return self.given or self.bounds.point


@dataclass(frozen=True)
class Stretch:
    """The account between two stocks.

    stock(t2) = stock(t1) + displaced - onward - returned - settled or left + births - deaths + net arrivals,
    flows over the days after t1 up to t2.

    Attributes
    ----------
    first, last : Point
        The two stocks.
    terms : tuple of Term
        All seven, in the order of the equation.
    noun, where : str
        Whose stock it is.
    """

    first: Point
    last: Point
    terms: tuple[Term, ...]
    noun: str = "internally displaced people"
    where: str = ""

    @property
    def name(self) -> str:
        """The dates of both stocks: "2019-03-31/2019-06-30"."""
        return f"{self.first.name}/{self.last.name}"

    @property
    def span(self) -> Span:
        """The days of its flows."""
        return Span.between(self.first, self.last)

    def term(self, name: TermName) -> Term:
        """One of its terms.

        Raises
        ------
        OptionError
            If there is no such term.
        """
        for term in self.terms:
            if term.name == name:
                return term
        raise OptionError(f"expected a term of {', '.join(TERMS)}, got {name!r}")

    @property
    def equation(self) -> Equation:
        """Its stocks and terms as an equation."""
        return Equation(self.first.count, self.last.count, {term.name: term.bounds for term in self.terms})

    @property
    def expected(self) -> SignedBounds:
        """The last stock as the first and the flows imply it. Below 0 where they can not be right."""
        return self.equation.expected

    @property
    def residual(self) -> SignedBounds:
        """The stated last stock less the expected one: people whom no term explains (below 0: too many explained)."""
        return self.equation.residual

    @property
    def missing(self) -> tuple[TermName, ...]:
        """The terms that are not given."""
        return tuple(term.name for term in self.terms if not term.known)

    @property
    def verdict(self) -> Verdict:
        """How it stands.

        "unexplained": 0 lies outside the residual, whatever the terms that are missing may be; "open": 0 lies inside and terms
        are missing; "balances": 0 lies inside and all terms are given.
        """
        if not self.residual.holds(0):
            return "unexplained"
        return "open" if self.missing else "balances"

    @property
    def report_ids(self) -> dict[str, tuple[str, ...]]:
        """The reports behind each number, by stock and term; of what was stated as a number, none."""
        found: dict[str, tuple[str, ...]] = {"stock_start": self.first.report_ids, "stock_end": self.last.report_ids}
        return found | {term.name: term.report_ids for term in self.terms}

    def bounds_of(self, name: TermName | Stocks) -> SignedBounds:
        """What the other numbers leave to one term: sharp bounds from the equation, not below 0 (net arrivals may be).

        Raises
        ------
        ContradictionError
            If nothing is left: the numbers can not all be true.
        OptionError
            If there is no such term.
        """
        if name not in (*TERMS, "stock_start", "stock_end"):
            raise OptionError(f"expected a term of {', '.join(TERMS)}, or stock_start or stock_end; got {name!r}")
        found = self.equation.bounds_of(name)
        if found is None:
            raise ContradictionError(self.contradiction)
        return found

    def missing_sum(self) -> SignedBounds:
        """What the equation leaves to the terms that are missing together, each with its sign; 0 where none is.

        Raises
        ------
        ContradictionError
            If nothing is left.
        """
        found = self.equation.signed_sum(self.missing)
        if found is None:
            raise ContradictionError(self.contradiction)
        return found

    @property
    def numbers(self) -> str:
        """Every number with its reports, in words."""
        parts: list[tuple[str, SignedBounds, tuple[str, ...]]] = [
            ("stock_start", self.first.count, self.first.report_ids)
        ]
        parts += [(term.name, term.bounds, term.report_ids) for term in self.terms if term.known]
        parts.append(("stock_end", self.last.count, self.last.report_ids))
        return "; ".join(f"{name} {bounds} ({', '.join(ids) or 'as stated'})" for name, bounds, ids in parts)

    @property
    def contradiction(self) -> str:
        """Why the numbers can not all be true."""
        free = f", whatever the terms that are not given ({listed(self.missing)})" if self.missing else ""
        return (
            f"expected numbers that can all be true from {self.first.name} to {self.last.name}, got {self.residual} people "
            f"unexplained{free}. The numbers: {self.numbers}. One of them is wrong, counts other people, or a term is not "
            "what it was stated to be"
        )

    def row(self) -> dict[str, Any]:
        """Its row in the columns of `StretchSchema`."""
        span = self.span
        columns: dict[str, SignedBounds] = {"stock_start": self.first.count}
        columns |= {term.name: term.bounds for term in self.terms}
        columns |= {"expected": self.expected, "stock_end": self.last.count, "residual": self.residual}
        row: dict[str, Any] = {
            "stretch": self.name, "period_start": span.start, "period_end": span.end, "start_latest": span.start_latest,
            "end_earliest": span.end_earliest, "days_min": span.days_min, "days_max": span.days_max,
        }  # fmt: skip
        for name, bounds in columns.items():
            row |= {f"{name}_low": bounds.low, f"{name}_best": bounds.best, f"{name}_high": bounds.high}
        return row | {"verdict": self.verdict, "missing": ", ".join(self.missing) or None}

    @property
    def days(self) -> str:
        """How long it is, in words: "91 days (1 Apr to 30 Jun 2019, both ends counted)"."""
        span = self.span
        length = format_days(span.days_min, span.days_max)
        if span.days_min != span.days_max:
            return f"{length} (stocks of {self.first.name} and {self.last.name}, whose days are not exactly known)"
        return f"{length} ({_days(span)}, both ends counted)"

    def __str__(self) -> str:
        left = f"; not given: {listed(self.missing)}" if self.missing else ""
        where = f" in {self.where}" if self.where else ""
        unbounded = self.residual.low is None and self.residual.high is None
        rest = "open" if unbounded else f"unexplained {self.residual} people"
        return (
            f"stock of {self.noun}{where} from {_spoken(self.first.count)} to {_spoken(self.last.count)}: "
            f"{rest} over {self.days}{left}"
        )


def _spoken(count: SignedBounds) -> str:
    """A stock where "to" already says from when to when."""
    if count.low is None or count.high is None or count.point:
        return str(count)
    best = "" if count.best is None else f"{count.best:,}, "
    return f"{best}between {count.low:,} and {count.high:,}"


def _days(span: Span) -> str:
    first, last = spoken_day(span.start).split(), spoken_day(span.end).split()
    short = [f"{day} {month[:3]} {year}" for day, month, year in (first, last)]
    if span.start == span.end:
        return short[1]
    same = first[2] == last[2]
    return f"{short[0].rsplit(' ', 1)[0] if same else short[0]} to {short[1]}"
