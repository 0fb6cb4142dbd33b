"""One estimate of a count: bounds, best value, and the number as it was printed.

Invariants
----------
- `low` is never missing: a count that nobody has bounded from below is bounded by 0. `high` None means that no
  upper bound is known. `best` None means one-sided.
- `low <= high`. A published best outside its own bounds is kept; `widened()` gives the bounds that hold it.
- `stated` is the printed number, whatever its qualifier, and takes no part in arithmetic.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from casualtystats.errors import MixedUnitsError, ParseError, UndefinedEstimateError
from casualtystats.printing import format_count
from casualtystats.vocabulary import QUALIFIERS, Qualifier, Unit

__all__ = ["Estimate", "about_bounds"]

_LARGEST: Final = 10**15


def about_bounds(value: int) -> tuple[int, int]:
    """The band read into "about n": a convention of this package, stated wherever it is used.

    Half-width h is the larger of half a unit of n's last non-zero digit and 5 % of n; the band [n-h, n+h] is
    widened outward to whole numbers and cut at 0.

    Examples
    --------
    >>> about_bounds(180_000), about_bounds(201_000), about_bounds(7)
    ((171000, 189000), (190950, 211050), (6, 8))
    """
    if value < 0:
        raise ParseError(f"expected a count of 0 or more, got {value}")
    unit = 1
    while value and value % (unit * 10) == 0:
        unit *= 10
    twenty_h = max(10 * unit, value)
    return max(0, (20 * value - twenty_h) // 20), -((-20 * value - twenty_h) // 20)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A count known to lie in [low, high], with a best value where one was given.

    Parameters
    ----------
    low : int or float
        Lower bound.
    best : int or float, optional
        Best value; None where the statement is one-sided.
    high : int or float, optional
        Upper bound; None where none is known.
    stated : int or float, optional
        The number as printed.
    qualifier : Qualifier, optional
        The words around it: exactly, at_least, more_than, approximately, up_to, less_than, between.
    unit : Unit, optional
        What is counted, where it is known: estimates of different units are never added.

    Raises
    ------
    UndefinedEstimateError
        If a number is not finite or `low` exceeds `high`.

    Examples
    --------
    >>> str(Estimate.of("at_least", 42))
    'at least 42'
    >>> str(Estimate.of("exactly", 16) + Estimate.of("exactly", 19))
    '35'
    >>> str(Estimate.of("at_least", 42).minus_part(Estimate.of("exactly", 35)))
    'at least 7'
    """

    low: float
    best: float | None = None
    high: float | None = None
    stated: float | None = None
    qualifier: Qualifier | None = None
    unit: Unit | None = None

    def __post_init__(self) -> None:
        for name, value in (("low", self.low), ("best", self.best), ("high", self.high), ("stated", self.stated)):
            if value is not None and not math.isfinite(value):
                raise UndefinedEstimateError(
                    f"expected a finite number for {name}, got {value!r}; use None for 'not known'"
                )
        if self.high is not None and self.low > self.high:
            raise UndefinedEstimateError(f"expected low <= high, got low={self.low!r} and high={self.high!r}")

    @classmethod
    def of(cls, qualifier: Qualifier, value: int) -> Estimate:
        """The estimate that a qualifier and a number state.

        "At least n" is [n, none); "more than n" [n+1, none); "up to n" [0, n]; "less than n" [0, n-1]; "about n"
        the band of `about_bounds`; "exactly n" is [n, n]. "Between" needs two numbers: use `between`.

        Raises
        ------
        ParseError
            If the qualifier is not known, the value is negative or not whole, or nothing is less than it.

        Examples
        --------
        >>> Estimate.of("more_than", 370_000).low
        370001
        """
        if qualifier not in QUALIFIERS:
            raise ParseError(f"expected a qualifier of {', '.join(QUALIFIERS)}; got {qualifier!r}")
        # The bounds first: float() overflows on what lies far beyond them.
        if isinstance(value, bool) or not 0 <= value <= _LARGEST or not float(value).is_integer():
            raise ParseError(f"expected a whole number from 0 to {_LARGEST:,}, got {value!r}")
        n = int(value)
        match qualifier:
            case "exactly":
                return cls(n, n, n, n, qualifier)
            case "at_least":
                return cls(n, None, None, n, qualifier)
            case "more_than":
                return cls(n + 1, None, None, n, qualifier)
            case "up_to":
                return cls(0, None, n, n, qualifier)
            case "less_than":
                if n == 0:
                    raise ParseError("no count is less than 0; expected 'less_than' with a value of 1 or more")
                return cls(0, None, n - 1, n, qualifier)
            case "approximately":
                low, high = about_bounds(n)
                return cls(low, n, high, n, qualifier)
            case "between":
                raise ParseError("'between' needs two numbers: use Estimate.between(low, high)")

    @classmethod
    def between(cls, low: int, high: int, best: int | None = None) -> Estimate:
        """A range, with a best value if one was published with it.

        Examples
        --------
        >>> str(Estimate.between(40, 50, best=42))
        '42 (40 to 50)'
        """
        return cls(low, best, high, best, "between")

    @property
    def exact(self) -> bool:
        """Whether low, best and high are one number."""
        return self.best is not None and self.low == self.best == self.high

    def widened(self) -> Estimate:
        """The same estimate with bounds that hold a published best outside them."""
        if self.best is None:
            return self
        high = None if self.high is None else max(self.high, self.best)
        return replace(self, low=min(self.low, self.best), high=high)

    def __add__(self, other: Estimate) -> Estimate:
        """Sum of counts of separate things: bounds add, and what is missing on one side stays missing."""
        if not isinstance(other, Estimate):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        unit = self._shared_unit(other)
        a, b = self.widened(), other.widened()
        best = None if a.best is None or b.best is None else a.best + b.best
        high = None if a.high is None or b.high is None else a.high + b.high
        return Estimate(a.low + b.low, best, high, unit=unit)

    def __radd__(self, other: object) -> Estimate:
        """The start of `sum`: nothing, plus an estimate."""
        return self if other == 0 else NotImplemented

    def __sub__(self, other: Estimate) -> Estimate:
        """Difference of two counts, by interval arithmetic: [low - other.high, high - other.low].

        Raises
        ------
        UndefinedEstimateError
            If `other` has no upper bound: then nothing bounds the difference from below. Where `other` counts a
            part of what this one counts, `minus_part` knows that the rest is not negative.
        """
        if not isinstance(other, Estimate):  # pyright: ignore[reportUnnecessaryIsInstance]
            return NotImplemented
        unit = self._shared_unit(other)
        a, b = self.widened(), other.widened()
        if b.high is None:
            raise UndefinedEstimateError(
                f"expected an upper bound on what is subtracted, got '{other}'; a bound minus a bound is undefined. "
                "If it counts a part of the whole, use whole.minus_part(part)"
            )
        best = None if a.best is None or b.best is None else a.best - b.best
        high = None if a.high is None else a.high - b.low
        return Estimate(a.low - b.high, best, high, unit=unit)

    def minus_part(self, part: Estimate) -> Estimate:
        """What remains of a whole when a part of it is taken out: never negative.

        Raises
        ------
        UndefinedEstimateError
            If the part must exceed the whole: they contradict each other.

        Examples
        --------
        >>> str(Estimate.of("exactly", 10).minus_part(Estimate.of("at_least", 4)))
        'up to 6'
        """
        unit = self._shared_unit(part)
        a, b = self.widened(), part.widened()
        high = None if a.high is None else a.high - b.low
        if high is not None and high < 0:
            raise UndefinedEstimateError(f"expected a part that fits into the whole, got '{part}' inside '{self}'")
        low = 0 if b.high is None else max(0, a.low - b.high)
        best = None if a.best is None or b.best is None else a.best - b.best
        return Estimate(low, best if best is None or best >= 0 else None, high, unit=unit)

    def __mul__(self, factor: float) -> Estimate:
        """The estimate times a non-negative number."""
        if factor < 0:
            raise UndefinedEstimateError(f"expected a factor of 0 or more, got {factor!r}")
        a = self.widened()
        best = None if a.best is None else a.best * factor
        high = None if a.high is None else a.high * factor
        return Estimate(a.low * factor, best, high, unit=a.unit)

    __rmul__ = __mul__

    def _shared_unit(self, other: Estimate) -> Unit | None:
        if self.unit is not None and other.unit is not None and self.unit != other.unit:
            raise MixedUnitsError(
                f"expected two estimates of one unit, got {self.unit} and {other.unit}; these are never added or subtracted"
            )
        return self.unit or other.unit

    def __str__(self) -> str:
        best = "" if self.best is None else format_count(self.best)
        if self.high is None:
            floor = format_count(self.low, "down")
            if self.qualifier == "more_than" and self.stated is not None:
                return f"more than {format_count(self.stated)}"
            if self.best is not None:
                return f"{best} (at least {floor}, no upper bound known)"
            return f"at least {floor}"
        high = format_count(self.high, "up")
        if self.exact:
            return best
        if self.best is None and self.low == self.high and self.qualifier not in ("up_to", "less_than"):
            return high
        if self.best is None:
            if self.qualifier == "less_than" and self.stated is not None:
                return f"less than {format_count(self.stated)}"
            return f"up to {high}" if self.low == 0 else f"{format_count(self.low, 'down')} to {high}"
        prefix = "about " if self.qualifier == "approximately" else ""
        return f"{prefix}{best} ({format_count(self.low, 'down')} to {high})"

    def _repr_html_(self) -> str:
        return f"<span>{self}</span>"
