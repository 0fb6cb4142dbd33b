"""Whole numbers as reports write them, in figures or English words: one closed grammar, counts and lengths.

| written | read as |
|---|---|
| `16`, `1,089`, `1 089` (also thin and no-break spaces) | 16, 1089, 1089 |
| `zero` to `ninety-nine`, `a hundred`, `two hundred and five` | the number |
| `three million`, `one hundred and eighty thousand` | the number; a billion is a thousand million |
| `3 million`, `1.5 million`, `201 thousand` | the number, if it is whole |
| `a dozen` | 12 |

Everything else raises. `180.000` is 180 in one country and 180,000 in another; `dozens` and `several` name no
number; digits of other scripts, exponents, signs and percentages are not counts.
"""

from __future__ import annotations

import re
from typing import Final

from casualtystats.errors import ParseError

__all__ = ["NUMBER_GRAMMAR", "SCALES", "normalise", "parse_number"]

NUMBER_GRAMMAR: Final = "a whole number such as 42, 1,089, 1.5 million, twelve or two hundred and five"
SCALES: Final[dict[str, int]] = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}

_LARGEST: Final = 10**15
_UNDER_TWENTY: Final = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL: Final[dict[str, int]] = (
    {word: number for number, word in enumerate(_UNDER_TWENTY)}
    | {word: 10 * number for number, word in enumerate(_TENS, 2)}
    | {
        f"{ten}-{unit}": 10 * tens + number
        for tens, ten in enumerate(_TENS, 2)
        for number, unit in enumerate(_UNDER_TWENTY[1:10], 1)
    }
)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:,\d{3}){1,5}|[1-9]\d{0,2}(?: \d{3}){1,5}", re.ASCII)
_PLAIN: Final = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)
_SCALED: Final = re.compile(r"(0|[1-9]\d{0,5})(?:\.(\d{1,9}))? (thousand|million|billion)", re.ASCII)
_HUNDREDS: Final = re.compile(r"([a-z]+) hundred(?: (?:and )?([a-z-]+))?")
_POINT: Final = re.compile(r"\d+(?:\.\d+)+(?: [a-z]+)?", re.ASCII)
_SIGNED: Final = re.compile(r"[-+] ?\d.*", re.ASCII)
_VAGUE: Final = re.compile(
    r"\b(?:dozens?|scores?|tens|hundreds|thousands|millions|several|many|few|couple|numerous|multiple|half|no|none)\b"
)
_DASHES: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"))


def normalise(text: str) -> str:
    """Lower case, single spaces (thin and no-break spaces included), and one kind of hyphen.

    Examples
    --------
    >>> normalise(" 29 April\u20139\u00a0May ")
    '29 april-9 may'
    """
    return " ".join(text.translate(_DASHES).lower().split())


def parse_number(text: str) -> int:
    """Read the whole number that figures or words write out.

    Parameters
    ----------
    text : str
        The number alone, without qualifier and noun.

    Raises
    ------
    ParseError
        If the text is not in the grammar of this module, or is larger than 10^15.

    Examples
    --------
    >>> parse_number("1,089"), parse_number("1.5 million"), parse_number("one hundred and eighty thousand")
    (1089, 1500000, 180000)
    >>> parse_number("forty-two"), parse_number("a dozen")
    (42, 12)
    """
    cleaned = normalise(text)
    number = _figures(cleaned)
    if number is None:
        number = _scaled(cleaned)
    if number is None:
        number = 12 if cleaned == "a dozen" else _words(cleaned)
    if number is None or number > _LARGEST:
        hint = _hint(cleaned) if number is None else f"; the largest count that is read is {_LARGEST:,}"
        raise ParseError(f"expected {NUMBER_GRAMMAR}; got {text[:80]!r}{hint}")
    return number


def _figures(text: str) -> int | None:
    if _PLAIN.fullmatch(text) or _GROUPED.fullmatch(text):
        return int(text.replace(",", "").replace(" ", ""))
    return None


def _scaled(text: str) -> int | None:
    match = _SCALED.fullmatch(text)
    # Three decimals may be a thousands separator: "1.500 million" is not read.
    if match is None or (match[2] is not None and len(match[2]) == 3):
        return None
    decimals = match[2] or ""
    number, rest = divmod(int(match[1] + decimals) * SCALES[match[3]], 10 ** len(decimals))
    return number if rest == 0 else None


def _words(text: str) -> int | None:
    total, rest = 0, text
    for scale in ("billion", "million", "thousand"):
        head, found, tail = rest.partition(f" {scale}")
        if not found:
            continue
        if tail and not tail.startswith(" "):
            return None
        multiplier = 1 if head == "a" and total == 0 else _below_thousand(head)
        if not multiplier:
            return None
        total, rest = total + multiplier * SCALES[scale], tail[1:]
    if not rest:
        return total or None
    last = _below_thousand(rest.removeprefix("and ") if total else rest)
    return None if last is None or (total and not last) else total + last


def _below_thousand(text: str) -> int | None:
    # "twenty one" is written with a space as often as with a hyphen.
    joined = re.sub(rf"\b({'|'.join(_TENS)}) (?={'|'.join(_UNDER_TWENTY[1:10])}\b)", r"\1-", text)
    if joined in _SMALL:
        return _SMALL[joined]
    match = _HUNDREDS.fullmatch(joined)
    if match is None:
        return None
    hundreds = 1 if match[1] == "a" else _SMALL.get(match[1], 0)
    if not 1 <= hundreds <= 9:
        return None
    if match[2] is None:
        return 100 * hundreds
    small = _SMALL.get(match[2], 0)
    return 100 * hundreds + small if small else None


def _hint(text: str) -> str:
    if _VAGUE.search(text):
        return "; it names no number: publish it as 'at least n' with the number that you stand for"
    if _POINT.fullmatch(text):
        return (
            "; a point may mark decimals or thousands: write thousands with commas (180,000), and a count as "
            "a whole number"
        )
    if _SIGNED.fullmatch(text):
        return "; a count is 0 or more and is written without a sign"
    return ""
