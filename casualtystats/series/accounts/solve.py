"""Bounds that the one equation of an account implies, sharp for what is given.

The equation is a sum of intervals but for one thing: onward moves are held in `displaced`, so that their difference, the
net number of people who became displaced, is never negative. Displaced, onward and net are three quantities of which each
bounds the other two (a system of differences), and net enters the sum as one interval. Each is cut once with what the sum
leaves to it; as the sum and the differences share net alone, nothing tighter follows.
"""

from __future__ import annotations

from dataclasses import dataclass

from casualtystats.errors import ContradictionError
from casualtystats.series.accounts.signed import SignedBounds, total
from casualtystats.series.accounts.words import SIGNS, TERMS, Stocks, TermName

__all__ = ["Equation"]

_COUNT = SignedBounds(0)


@dataclass(frozen=True)
class Equation:
    """One stretch: two stocks, and seven terms with what is known of each (where nothing is, its domain).

    Attributes
    ----------
    start, end : SignedBounds
        The stocks.
    terms : dict of TermName to SignedBounds
        All seven.
    """

    start: SignedBounds
    end: SignedBounds
    terms: dict[TermName, SignedBounds]

    @property
    def net(self) -> SignedBounds:
        """Displaced less onward moves, which are a part of them.

        Raises
        ------
        ContradictionError
            If there are surely more onward moves than moves.
        """
        gained = (self.terms["displaced"] - self.terms["onward"]).meet(_COUNT)
        if gained is None:
            raise ContradictionError(
                f"expected onward moves among the displaced, got {self.terms['onward']} onward moves of "
                f"{self.terms['displaced']} displaced"
            )
        return gained

    def signed(self, *without: TermName) -> list[SignedBounds]:
        """The terms but displaced and onward with their signs, some left out."""
        names: list[TermName] = [name for name in TERMS if name not in ("displaced", "onward", *without)]
        return [self.terms[name] if SIGNS[name] > 0 else -self.terms[name] for name in names]

    @property
    def expected(self) -> SignedBounds:
        """The second stock as the first and the terms imply it; not cut at 0, for nothing is to be hidden."""
        return total([self.start, self.net, *self.signed()])

    @property
    def residual(self) -> SignedBounds:
        """What the terms leave unexplained: the stated second stock less the expected one."""
        return self.end - self.expected

    def bounds_of(self, name: TermName | Stocks) -> SignedBounds | None:
        """What the equation leaves to a term or a stock; None where the numbers can not all be true."""
        change = self.end - self.start
        net = self.net.meet(change - total(self.signed()))
        if net is None:
            return None
        if name == "stock_start":
            return self.start.meet(self.end - total([self.net, *self.signed()]))
        if name == "stock_end":
            return self.end.meet(self.expected)
        if name == "displaced":
            return self.terms["displaced"].meet(self.terms["onward"] + net)
        if name == "onward":
            return self.terms["onward"].meet(self.terms["displaced"] - net)
        rest = change - total([self.net, *self.signed(name)])
        return self.terms[name].meet(rest if SIGNS[name] > 0 else -rest)

    def signed_sum(self, missing: tuple[TermName, ...]) -> SignedBounds | None:
        """What the equation leaves to the sum of some terms, each with its sign; None where not all can be true.

        Write m for the terms in question but displaced (d) and onward (o), g for the others, v = d - o + m, which lies in
        [least m, open) and in change - g.
        """
        others: list[TermName] = [name for name in missing if name not in ("displaced", "onward")]
        domain = total(self.terms[name] if SIGNS[name] > 0 else -self.terms[name] for name in others)
        change = self.end - self.start - total(self.signed(*others))
        whole = change.meet(self.net + domain)
        moves = {"displaced", "onward"} & set(missing)
        if whole is None or len(moves) == 2:
            return whole
        displaced, onward = self.terms["displaced"], self.terms["onward"]
        if "onward" in moves:
            # m - o = v - d, and o >= 0 leaves it below the most m.
            return (whole - displaced).meet(-onward + domain)
        if "displaced" in moves:
            return (whole + onward).meet(displaced + domain)
        return domain.meet(change - self.net)
