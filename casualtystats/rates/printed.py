"""How derived rates print: as rates do, after the last bits of their arithmetic are cut off."""

from __future__ import annotations

from casualtystats.printing import Rounding, format_rate

__all__ = ["printed"]


def printed(value: float, rounding: Rounding = "nearest") -> str:
    """A derived number, to twelve digits first: the last bits of a product must not push a bound to the next digit.

    Examples
    --------
    >>> printed(0.7499999999999999, "down"), printed(0.1 * 3, "up")
    ('0.750', '0.300')
    """
    return format_rate(float(f"{value:.12g}"), rounding)
