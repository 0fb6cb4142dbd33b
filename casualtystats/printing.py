"""How numbers print: counts as they are, rates with three significant digits, bounds rounded outward."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import Final, Literal

__all__ = ["Rounding", "format_count", "format_days", "format_rate", "many"]

Rounding = Literal["nearest", "down", "up"]
_MODES: Final[dict[Rounding, str]] = {"nearest": ROUND_HALF_EVEN, "down": ROUND_FLOOR, "up": ROUND_CEILING}
# Decimal's own context holds 28 digits, and quantize raises beyond them; the largest float has 309.
_WIDE: Final = Context(prec=400)


def format_count(value: float, rounding: Rounding = "nearest") -> str:
    """A count with thousands separators; a fraction (an allocated count) follows the rule for rates.

    Examples
    --------
    >>> format_count(180000), format_count(16363.636)
    ('180,000', '16,364')
    """
    if float(value).is_integer():
        return f"{int(value):,}"
    return format_rate(value, rounding)


def format_rate(value: float, rounding: Rounding = "nearest") -> str:
    """A rate: whole from 100 up, else three significant digits. Floors round down, ceilings up.

    Parameters
    ----------
    value : float
        A finite number.
    rounding : {"nearest", "down", "up"}
        "down" for a lower bound, "up" for an upper bound.

    Examples
    --------
    >>> format_rate(16363.636), format_rate(5.1739, "down"), format_rate(0.11685824)
    ('16,364', '5.17', '0.117')
    >>> format_rate(99.96), format_rate(8.5, "up"), format_rate(0)
    ('100', '8.50', '0')
    """
    if not math.isfinite(value):
        raise ValueError(f"expected a finite number, got {value!r}")
    exact = Decimal(repr(float(value)))
    if exact == 0:
        return "0"
    places = max(0, 2 - exact.adjusted())
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=_MODES[rounding], context=_WIDE)
    if places and rounded.adjusted() > exact.adjusted():
        rounded = rounded.quantize(Decimal(1).scaleb(-(places - 1)), context=_WIDE)
    return f"{rounded:,f}"


def format_days(low: float, high: float) -> str:
    """A number of days, or a range of them, with its noun.

    Examples
    --------
    >>> format_days(11, 11), format_days(14, 23), format_days(1, 1)
    ('11 days', '14 to 23 days', '1 day')
    """
    if low == high:
        return f"{low:g} day" if low == 1 else f"{low:,.10g} days"
    return f"{low:,.10g} to {high:,.10g} days"


def many(number: int, noun: str, plural: str | None = None) -> str:
    """A number of things, with their noun.

    Parameters
    ----------
    number : int
        How many.
    noun, plural : str
        What one of them is called, and several; by default the plural ends in s.

    Examples
    --------
    >>> many(1, "week"), many(1200, "week"), many(0, "facility", "facilities")
    ('1 week', '1,200 weeks', '0 facilities')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
