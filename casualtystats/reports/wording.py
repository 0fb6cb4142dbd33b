"""The wording of counts: a closed grammar of qualifier, number and noun. What is not in it raises.

`n` is a number of `casualtystats.numerals` (42, 1,089, three million, 1.5 million). One qualifier a count.

| wording | qualifier | read as |
|---|---|---|
| n; exactly n; a total of n | exactly | [n, n] |
| at least n; no (not) fewer (less) than n; a minimum of n; >= n; n+ | at_least | [n, none) |
| more than n; over n; in excess of n; > n | more_than | [n+1, none) |
| up to n; as many as n; at most n; no (not) more than n; a maximum of n; <= n | up_to | [0, n] |
| less than n; fewer than n; under n; < n | less_than | [0, n-1] |
| about, around, approximately, roughly, some, circa, ~ n | approximately | `about_bounds` of n |
| between n and m; from n to m; n to m; n-m (in figures) | between | [n, m] |

"A total of" may stand before any of them. A noun of a short list may follow ("people", "civilians", "deaths",
"displacements", with "killed", "injured" or "displaced"): it is read over, for measure, unit and group have
columns of their own.

**Refused.** "Nearly", "almost", "just over" and their like (no convention says how far), "dozens", "several"
(no number), two qualifiers at once, "2 to 3 million" (two, or two million?), `180.000`, and all else.
"""

from __future__ import annotations

import re
from typing import Final

from casualtystats.errors import ParseError
from casualtystats.estimates import Estimate
from casualtystats.numerals import NUMBER_GRAMMAR, SCALES, normalise, parse_number
from casualtystats.vocabulary import Qualifier

__all__ = ["parse_count"]

_WORDS: Final[dict[Qualifier, tuple[str, ...]]] = {
    "exactly": ("exactly",),
    "at_least": (
        "at least", "no fewer than", "no less than", "not fewer than", "not less than", "a minimum of",
        ">=", "≥",
    ),
    "more_than": ("more than", "over", "in excess of", ">"),
    "up_to": ("up to", "as many as", "at most", "no more than", "not more than", "a maximum of", "<=", "≤"),
    "less_than": ("less than", "fewer than", "under", "<"),
    "approximately": ("about", "around", "approximately", "roughly", "some", "circa", "~", "≈"),
}  # fmt: skip
_QUALIFIER_OF: Final[dict[str, Qualifier]] = {word: key for key, words in _WORDS.items() for word in words}
_KNOWN: Final = (
    "'42', 'at least 42', 'more than 42', 'up to 42', 'less than 42', 'about 42', 'between 40 and 50', "
    "optionally with a noun such as people, civilians, deaths or displacements"
)

_NOUN: Final = re.compile(
    r"(?P<rest>.+?)"
    r"(?: (?:civilian |health )?(?:people|persons?|civilians?|fighters?|child|children|wom[ae]n|m[ae]n"
    r"|deaths?|displacements?|movements?|households?|facility|facilities|attacks?|hits?))?"
    r"(?: (?:killed|injured|displaced))?"
)
_PREFIX: Final = re.compile(
    f"({'|'.join(re.escape(word) for word in sorted(_QUALIFIER_OF, key=len, reverse=True))})(?: |(?<=[<>=~≈≤≥]))(.+)"
)
_PLUS: Final = re.compile(r"(\d[\d, ]*)\+", re.ASCII)
_TO: Final = re.compile(r"(?:from )?(.+?) to (.+)")
_DASH: Final = re.compile(r"(\d[\d,. ]*[a-z]*) ?- ?(\d[\d,. ]*[a-z]*)", re.ASCII)
_HINTS: Final = (
    (
        re.compile(r"(?:nearly|almost|close to|(?:just|well|a little|slightly) (?:over|under|(?:more|less) than)) .*"),
        "no convention says how far from the number this is: publish it as 'about', 'more than' or 'less "
        "than', whichever you stand for",
    ),
    (
        re.compile(r"an estimated .*"),
        "'estimated' is a standard, not a qualifier: write 'about' if the number is rough, or leave the word out",
    ),
)


def parse_count(text: str) -> Estimate:
    """Read a count in the words of a report, with the bounds that its qualifier states.

    Parameters
    ----------
    text : str
        One count: qualifier, number and at most a noun.

    Returns
    -------
    Estimate
        With `qualifier`, and with `stated` = the number as printed (None for a range of two numbers).

    Raises
    ------
    ParseError
        If the wording is outside the grammar. Nothing is guessed.

    Examples
    --------
    >>> parse_count("at least 42 fighters")
    Estimate(low=42, best=None, high=None, stated=42, qualifier='at_least', unit=None)
    >>> str(parse_count("more than 370,000")), str(parse_count("some 201,000"))
    ('more than 370,000', 'about 201,000 (190,950 to 211,050)')
    >>> str(parse_count("between 40 and 50"))
    '40 to 50'
    """
    cleaned = normalise(text)
    match = _NOUN.fullmatch(cleaned)
    wording = cleaned if match is None else match["rest"]
    wording = wording.removeprefix("a total of ")
    try:
        return _read(wording)
    except ParseError as error:
        hint = next((f". {hint}" for pattern, hint in _HINTS if pattern.fullmatch(wording)), "")
        raise ParseError(f"expected a count such as {_KNOWN}; got {text[:80]!r}: {error}{hint}") from error


def _read(text: str) -> Estimate:
    # Before the ranges: "up to 50" holds their " to ".
    if match := _PREFIX.fullmatch(text):
        return Estimate.of(_QUALIFIER_OF[match[1]], parse_number(match[2]))
    if match := _PLUS.fullmatch(text):
        return Estimate.of("at_least", parse_number(match[1]))
    if text.startswith("between "):
        return _between(text.removeprefix("between "))
    if match := _TO.fullmatch(text) or _DASH.fullmatch(text):
        return _range(match[1], match[2])
    return Estimate.of("exactly", parse_number(text))


def _between(text: str) -> Estimate:
    # A number in words may hold an "and" of its own: the one cut that leaves two numbers is taken.
    cuts = [(text[: at.start()], text[at.end() :]) for at in re.finditer(" and ", text)]
    readable = [(low, high) for low, high in cuts if _is_number(low) and _is_number(high)]
    if len(readable) != 1:
        raise ParseError(f"expected 'between n and m', each {NUMBER_GRAMMAR}; got {text[:80]!r}")
    return _range(*readable[0])


def _is_number(text: str) -> bool:
    try:
        parse_number(text)
    except ParseError:
        return False
    return True


def _range(left: str, right: str) -> Estimate:
    low, high = parse_number(left), parse_number(right)
    for word, scale in SCALES.items():
        # "2 to 3 million" may be short for "2 million to 3 million".
        if word in right.split() and word not in left.split() and 0 < low * scale <= high:
            raise ParseError(f"expected both numbers in full, got {left!r} and {right!r}: write {word!r} with both")
    if low > high:
        raise ParseError(f"expected the smaller number first, got {left!r} and {right!r}")
    return Estimate.between(low, high)
