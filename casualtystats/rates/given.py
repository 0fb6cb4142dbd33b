"""Numbers as a caller gives them: one check of what a number is, and how large or small one may be.

No quantity of people, days or events comes near the ends of the range; between them no product, square or quotient of
the formulas of this room leaves floating point.
"""

from __future__ import annotations

import math
from numbers import Real
from typing import Any, Final

import numpy as np

from casualtystats.errors import OptionError

__all__ = ["LARGEST", "LARGEST_COUNT", "SMALLEST", "finite", "number"]

SMALLEST: Final = 1e-30
LARGEST: Final = 1e30
# Up to here the ends of all intervals are right to at least ten digits.
LARGEST_COUNT: Final = 10**12


def finite(value: Any) -> float | None:
    """A real and finite number (of Python or numpy) as a float; None for all else, such as truth values and text.

    Examples
    --------
    >>> finite(5), finite(True), finite("5"), finite(10**400), finite(float("nan"))
    (5.0, None, None, None, None)
    """
    given: Any = value
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real | np.number):
        return None
    try:
        found = float(given)
    except (OverflowError, TypeError):
        return None
    return found if math.isfinite(found) else None


def number(value: Any, expected: str, *, zero: bool = False) -> float:
    """A number above 0 (or 0) that the formulas can hold.

    Parameters
    ----------
    value : int, float or numpy number
        What was given.
    expected : str
        What it should be, for the message: "per= a number of days above 0".
    zero : bool, default False
        Whether it may be 0.

    Raises
    ------
    OptionError
        If it is no number, not above 0, below `SMALLEST` or above `LARGEST`.

    Examples
    --------
    >>> number(10_000, "per= a number above 0")
    10000.0
    """
    found = finite(value)
    if found is None or found < 0 or (found == 0 and not zero):
        raise OptionError(f"expected {expected}, got {value!r}")
    if found > LARGEST or 0 < found < SMALLEST:
        raise OptionError(
            f"expected {expected}, {'0 or ' if zero else ''}from {SMALLEST:g} to {LARGEST:g}; got {value!r}"
        )
    return found
