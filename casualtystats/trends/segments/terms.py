"""Which formulas the terms of a change can be added to."""

from __future__ import annotations

import re
from typing import Final

from casualtystats.errors import OptionError

__all__ = ["check_terms"]

# Terms that are functions of time other than a weekday and `day` itself.
_TIME: Final = re.compile(r"\bday\b|\bweek\b|\bslope\(|\bstep\(")


def check_terms(names: tuple[str, ...], formula: str) -> None:
    """Refuse formulas without the term `day`, or with another function of time.

    Raises
    ------
    OptionError
        If the growth of the formula is not one number.

    Examples
    --------
    >>> check_terms(("Intercept", "day", "weekday[T.Monday]"), "day + weekday")
    """
    others = [name for name in names if name != "day" and _TIME.search(name)]
    if "day" not in names or "Intercept" not in names or others:
        also = f" (with {', '.join(others)})" if others else ""
        raise OptionError(
            f"expected a formula with a constant, 'day' and no other function of time, such as 'day' or 'day + weekday'; got "
            f"{formula!r}{also}. The terms of the change are added to it"
        )
