"""Bounds that may be open on both sides and lie below zero: a residual is a difference, and no count.

`Estimate` always has a lower bound, for counts are never negative; what is left of an account may be, and a term that is
not given has no end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from casualtystats.errors import UndefinedEstimateError
from casualtystats.estimates import Estimate

__all__ = ["SignedBounds", "total"]


@dataclass(frozen=True, slots=True)
class SignedBounds:
    """A whole number of people of any sign, known to lie in [low, high].

    Parameters
    ----------
    low, high : int, optional
        Lower and upper bound; None = there is none.
    best : int, optional
        Best value; None = there is none.

    Raises
    ------
    UndefinedEstimateError
        If low exceeds high.

    Examples
    --------
    >>> str(SignedBounds(-12_000, None, 3_000)), str(SignedBounds(0)), str(SignedBounds(5, 5, 5) - SignedBounds(2, 2, 2))
    ('-12,000 to 3,000', 'at least 0', '3')
    """

    low: int | None = None
    best: int | None = None
    high: int | None = None

    def __post_init__(self) -> None:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise UndefinedEstimateError(f"expected low <= high, got {self.low} and {self.high}")

    @classmethod
    def of(cls, known: Estimate) -> SignedBounds:
        """An estimate, its bounds widened outward to whole people and its best value rounded half up."""
        wide = known.widened()
        return cls(
            math.floor(wide.low),
            None if wide.best is None else math.floor(wide.best + 0.5),
            None if wide.high is None else math.ceil(wide.high),
        )

    @classmethod
    def exactly(cls, value: int) -> SignedBounds:
        """One number."""
        return cls(value, value, value)

    @property
    def point(self) -> bool:
        """Whether the bounds leave one number only."""
        return self.low is not None and self.low == self.high

    def holds(self, value: int) -> bool:
        """Whether a number lies within the bounds."""
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)

    def meet(self, other: SignedBounds) -> SignedBounds | None:
        """What lies in both; None where nothing does. A best value (this one's first) stays where it lies in both."""
        lows = [low for low in (self.low, other.low) if low is not None]
        highs = [high for high in (self.high, other.high) if high is not None]
        low, high = max(lows, default=None), min(highs, default=None)
        if low is not None and high is not None and low > high:
            return None
        both = SignedBounds(low, None, high)
        best = self.best if self.best is not None else other.best
        return both if best is None or not both.holds(best) else SignedBounds(low, best, high)

    def __neg__(self) -> SignedBounds:
        low, best, high = (None if value is None else -value for value in (self.high, self.best, self.low))
        return SignedBounds(low, best, high)

    def __add__(self, other: SignedBounds) -> SignedBounds:
        return total((self, other))

    def __sub__(self, other: SignedBounds) -> SignedBounds:
        return self + -other

    def __str__(self) -> str:
        if self.low is None and self.high is None:
            return "not bounded"
        if self.high is None:
            return f"at least {self.low:,}"
        if self.low is None:
            return f"up to {self.high:,}"
        if self.low == self.high:
            return f"{self.low:,}"
        span = f"{self.low:,} to {self.high:,}"
        return span if self.best is None else f"{self.best:,} ({span})"


def total(parts: Iterable[SignedBounds]) -> SignedBounds:
    """The sum: what is open or without a best value in one part is so in the sum.

    Examples
    --------
    >>> str(total([SignedBounds(1, None, 2), SignedBounds(-5, None, None)])), str(total([]))
    ('at least -4', '0')
    """
    low: int | None = 0
    best: int | None = 0
    high: int | None = 0
    for part in parts:
        low = None if low is None or part.low is None else low + part.low
        best = None if best is None or part.best is None else best + part.best
        high = None if high is None or part.high is None else high + part.high
    return SignedBounds(low, best, high)
