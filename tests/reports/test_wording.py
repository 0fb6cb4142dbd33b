"""The wording of counts: a qualifier, a number and at most a noun, or an error."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casualtystats.errors import ParseError
from casualtystats.estimates import Estimate
from casualtystats.reports.wording import parse_count
from casualtystats.vocabulary import Qualifier

COUNTS = st.integers(0, 10**12)
WORDINGS: dict[str, Qualifier] = {
    "{}": "exactly",
    "exactly {}": "exactly",
    "a total of {}": "exactly",
    "at least {}": "at_least",
    "At least {} fighters": "at_least",
    "a total of at least {} people": "at_least",
    "no fewer than {}": "at_least",
    "no less than {}": "at_least",
    "not fewer than {}": "at_least",
    "not less than {}": "at_least",
    "a minimum of {}": "at_least",
    "\u2265 {}": "at_least",
    ">={}": "at_least",
    "{}+": "at_least",
    "more than {}": "more_than",
    "over {} people": "more_than",
    "in excess of {}": "more_than",
    "> {}": "more_than",
    "up to {}": "up_to",
    "as many as {}": "up_to",
    "at most {}": "up_to",
    "no more than {}": "up_to",
    "not more than {} deaths": "up_to",
    "a maximum of {}": "up_to",
    "<= {}": "up_to",
    "\u2264{}": "up_to",
    "less than {}": "less_than",
    "fewer than {}": "less_than",
    "under {}": "less_than",
    "<{}": "less_than",
    "about {}": "approximately",
    "around {}": "approximately",
    "approximately {} displacements": "approximately",
    "roughly {}": "approximately",
    "some {} civilians killed": "approximately",
    "circa {}": "approximately",
    "~ {}": "approximately",
    "~{}": "approximately",
}
NUMBER_STYLES = st.sampled_from(["{}", "{:,}"])
SALAD = [
    "at", "least", "more", "than", "less", "no", "fewer", "up", "to", "about", "some", "between", "and",
    "from", "a", "total", "of", "42", "1,089", "180.000", "-", "+", ">", "<", "=", "~", "two", "three",
    "hundred", "million", "1.5", "dozen", "dozens", "people", "killed", "nearly", "50", "40", "several",
]  # fmt: skip


@given(COUNTS, st.sampled_from(sorted(WORDINGS)), NUMBER_STYLES)
def test_each_wording_states_its_qualifier(count: int, wording: str, style: str) -> None:
    qualifier = WORDINGS[wording]
    assume(count or qualifier != "less_than")
    assert parse_count(wording.format(style.format(count))) == Estimate.of(qualifier, count)


@given(COUNTS, st.sampled_from(["exactly", "at_least", "more_than", "up_to", "less_than"]))
def test_what_an_estimate_prints_is_read_back(count: int, qualifier: Qualifier) -> None:
    assume(count or qualifier != "less_than")
    estimate = Estimate.of(qualifier, count)
    assert parse_count(str(estimate)) == estimate


@given(
    COUNTS,
    COUNTS,
    st.sampled_from(["between {} and {}", "{} to {}", "from {} to {}", "{}-{}", "{:,}\u2013{:,}", "{} - {} people"]),
)
def test_a_range_is_both_its_ends(a: int, b: int, wording: str) -> None:
    low, high = min(a, b), max(a, b)
    assert parse_count(wording.format(low, high)) == Estimate.between(low, high)
    if low < high:
        with pytest.raises(ParseError, match="the smaller number first"):
            parse_count(wording.format(high, low))


@given(st.text())
def test_any_text_is_an_estimate_or_a_parse_error(text: str) -> None:
    try:
        estimate = parse_count(text)
    except ParseError:
        return
    assert estimate.low >= 0
    assert estimate.qualifier is not None


@given(st.lists(st.sampled_from(SALAD), max_size=9), st.sampled_from(["", " "]))
def test_word_salad_is_an_estimate_or_a_parse_error(words: list[str], joiner: str) -> None:
    try:
        estimate = parse_count(joiner.join(words))
    except ParseError:
        return
    assert estimate.low >= 0
    # Nothing of what was written is left out: hedges and numbers without a convention never pass.
    assert not {"nearly", "several", "dozens", "180.000"} & set(words)


@pytest.mark.parametrize(
    ("text", "low", "best", "high"),
    [
        ("at least 42", 42, None, None),
        ("more than 370,000", 370_001, None, None),
        ("over 150,000", 150_001, None, None),
        ("some 201,000", 190_950, 201_000, 211_050),
        ("16", 16, 16, 16),
        ("16 people killed", 16, 16, 16),
        ("18 health facilities", 18, 18, 18),
        ("1 civilian", 1, 1, 1),
        ("three million", 3_000_000, 3_000_000, 3_000_000),
        ("approximately three million", 2_500_000, 3_000_000, 3_500_000),
        ("1.5 million", 1_500_000, 1_500_000, 1_500_000),
        ("1\u2009089", 1089, 1089, 1089),
        ("1\u202f089", 1089, 1089, 1089),
        ("a dozen people", 12, 12, 12),
        ("zero", 0, 0, 0),
        ("up to 50", 0, None, 50),
        ("less than 10", 0, None, 9),
        ("<1", 0, None, 0),
        ("between 40 and 50", 40, None, 50),
        ("between one hundred and five and two hundred", 105, None, 200),
        ("between 500 and two thousand", 500, None, 2000),
        ("between 900 and 1 million", 900, None, 1_000_000),
        ("1.5 million - 2 million", 1_500_000, None, 2_000_000),
        ("40 000-50 000", 40_000, None, 50_000),
    ],
)
def test_examples(text: str, low: int, best: int | None, high: int | None) -> None:
    estimate = parse_count(text)
    assert (estimate.low, estimate.best, estimate.high) == (low, best, high)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("nearly 42", "no convention says"),
        ("almost 50", "no convention says"),
        ("just over 42", "no convention says"),
        ("slightly more than 42", "no convention says"),
        ("an estimated 180,000", "'estimated' is a standard"),
        ("180.000", "a point may mark decimals or thousands"),
        ("dozens", "publish it as 'at least n'"),
        ("hundreds of people", "publish it as 'at least n'"),
        ("at least several people", "publish it as 'at least n'"),
        ("-5", "without a sign"),
        ("\u22125", "without a sign"),
        ("2 to 3 million", "write 'million' with both"),
        ("2-3 million", "write 'million' with both"),
        ("between 2 and 3 million", "write 'million' with both"),
        ("two to three hundred", "write 'hundred' with both"),
        ("one hundred to two hundred thousand", "write 'thousand' with both"),
        ("50 to 40", "the smaller number first"),
        ("120-30", "the smaller number first"),
        ("less than 0", "no count is less than 0"),
        ("9" * 5000, "a whole number"),
    ],
)
def test_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(ParseError, match=hint):
        parse_count(text)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "people", "at least", "\u2265", "+", "16%", "1e6", "about42", "some16", "overall 16",
        "at least 42+", "at least about 40", "more than up to 5", "42 fighters and 16 civilians",
        "42 families", "two dozen", "119 civilians, including 51 children", "2019-04-29", "between 40",
        "between 40 and", "between 1 and 2 and 3", "1.5-2 million", "\u0664\u0662", "1 08", "42.",
        "42 (40 to 50)", "none", "killed 16",
    ],
)  # fmt: skip
def test_refused(text: str) -> None:
    with pytest.raises(ParseError, match="expected a count such as '42', 'at least 42'"):
        parse_count(text)


def test_a_noun_is_read_over_and_takes_no_part() -> None:
    assert parse_count("at least 42 fighters") == parse_count("at least 42 civilian deaths") == parse_count("42+")
