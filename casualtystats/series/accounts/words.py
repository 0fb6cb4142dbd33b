"""The terms of an account of displacement: their order, signs and names, written once."""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = ["MISSING_SIGN", "NOUNS", "SIGNS", "TERMS", "Stocks", "TermName", "listed"]

TermName = Literal["displaced", "onward", "returned", "settled", "births", "deaths", "arrivals"]
Stocks = Literal["stock_start", "stock_end"]
TERMS: Final[tuple[TermName, ...]] = get_args(TermName)
SIGNS: Final[dict[TermName, int]] = {
    "displaced": 1, "onward": -1, "returned": -1, "settled": -1, "births": 1, "deaths": -1, "arrivals": 1,
}  # fmt: skip
NOUNS: Final[dict[TermName, str]] = {
    "displaced": "displaced (first and again)",
    "onward": "onward moves",
    "returned": "returned",
    "settled": "settled or left",
    "births": "births",
    "deaths": "deaths",
    "arrivals": "net arrivals",
}
# Everything but the balance of arrivals and departures is a count.
MISSING_SIGN: Final = frozenset({"arrivals"})


def listed(names: tuple[TermName, ...]) -> str:
    """Names of terms in a sentence.

    Examples
    --------
    >>> listed(("returned", "settled"))
    'returned, settled or left'
    """
    return ", ".join(NOUNS[name] for name in names)
