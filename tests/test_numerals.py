"""Numbers in figures and in words: what is read is read exactly, and everything else raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import ParseError
from casualtystats.numerals import normalise, parse_number

UNITS = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int, joiner: str = " and ") -> str:
    """English words for a number below a trillion, written independently of the reader."""
    if number < 20:
        return UNITS[number]
    if number < 100:
        return TENS[number // 10] + (f"-{UNITS[number % 10]}" if number % 10 else "")
    for size, word in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            head, rest = divmod(number, size)
            tail = "" if not rest else (joiner if rest < 100 else " ") + in_words(rest, joiner)
            return f"{in_words(head, joiner)} {word}{tail}"
    raise AssertionError(number)


@given(st.integers(0, 10**12 - 1), st.sampled_from([" and ", " "]))
def test_words_are_read_back(number: int, joiner: str) -> None:
    assert parse_number(in_words(number, joiner)) == number


@given(st.integers(0, 10**15), st.sampled_from(["", ",", " ", "\u2009", "\u202f", "\u00a0"]))
def test_figures_are_read_back_with_any_thousands_space(number: int, separator: str) -> None:
    assert parse_number(f"{number:,}".replace(",", separator)) == number


@given(st.text())
def test_any_text_is_a_whole_number_or_a_parse_error(text: str) -> None:
    try:
        number = parse_number(text)
    except ParseError:
        return
    assert isinstance(number, int)
    assert 0 <= number <= 10**15


@given(st.lists(st.sampled_from([*UNITS[:12], *TENS[2:5], "hundred", "thousand", "million", "a", "and", "dozen"])))
def test_word_salad_is_read_back_or_raises(words: list[str]) -> None:
    text = " ".join(words)
    try:
        number = parse_number(text)
    except ParseError:
        return
    plain = [word for word in normalise(text).replace("-", " ").split() if word != "and"]
    expected = [word for word in in_words(number).replace("-", " ").split() if word != "and"]
    if text == "a dozen":
        assert number == 12
    else:
        assert ["one" if word == "a" else word for word in plain] == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a hundred", 100),
        ("a million", 10**6),
        ("a dozen", 12),
        ("three million", 3 * 10**6),
        ("1.5 million", 1_500_000),
        ("0.25 million", 250_000),
        ("201 thousand", 201_000),
        ("twenty one", 21),
        ("twenty\u2011one", 21),
        ("one hundred and eighty thousand", 180_000),
        ("three million two hundred thousand and five", 3_200_005),
    ],
)
def test_examples(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "", "180.000", "1.5", "1.500 million", "1,500 million", "1.23456789 million", "007", "1,00,000",
        "1e6", "16%", "½", "²", "\u0664\u0662", "9" * 5000, "1" + "0" * 16, "1000000 billion", "dozen",
        "two dozen", "twelve hundred", "hundred", "million", "a", "a one", "zero million",
        "one hundred zero", "zero hundred", "two million million", "thousand million", "twentyone",
        "two hundredfive", "two thousandand five", "one hundred and", "and five", "half a million",
        "five thousand zero", "three millions", "nine hundred ninety-nine million billion",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(ParseError, match="expected a whole number such as"):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("dozens", "names no number"),
        ("180.000", "a point may mark decimals or thousands"),
        ("-5", "without a sign"),
        ("9,999,999,999,999,999", "largest count"),
    ],
)
def test_hints(text: str, hint: str) -> None:
    with pytest.raises(ParseError, match=hint):
        parse_number(text)
