"""Byar's interval, rate ratios, standardised rates and person-days, against published numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import OptionError
from casualtystats.rates import byar, garwood, rate_ratio, standardize_direct

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED = {entry["id"]: entry for entry in NUMBERS}


def test_published_byar() -> None:
    entry = PUBLISHED["rate-byar"]
    for count, ends in entry["expected"].items():
        assert byar(int(count)) == pytest.approx(ends, rel=entry["tolerance"]["rel"])
    assert byar(0)[0] == 0


@given(st.integers(2, 10**6))
def test_byar_is_close_to_the_exact_interval(count: int) -> None:
    assert byar(count) == pytest.approx(garwood(count), rel=0.12)


def test_published_rate_ratio() -> None:
    entry = PUBLISHED["rate-rr"]
    given_, expected = entry["inputs"], entry["expected"]
    found = rate_ratio(given_["c1"], given_["t1"], given_["c2"], given_["t2"])
    assert found.ratio == pytest.approx(expected["rr"], rel=1e-6)
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(expected["ci"]), rel=1e-6)
    assert found.p_value == pytest.approx(expected["p_two_sided"], rel=1e-6)


@given(st.integers(0, 500), st.integers(1, 500), st.floats(0.1, 1e6), st.floats(0.1, 1e6))
def test_rate_ratio_lies_in_its_interval(a: int, b: int, s: float, t: float) -> None:
    found = rate_ratio(a, s, b, t)
    assert found.ratio is not None
    assert found.ci_high is not None
    assert found.ci_low <= found.ratio * (1 + 1e-9) <= found.ci_high * (1 + 1e-8)


def test_rate_ratio_at_zero() -> None:
    none_second = rate_ratio(5, 20, 0, 38)
    assert (none_second.ratio, none_second.ci_high) == (None, None)
    assert none_second.ci_low > 0
    assert "no upper end" in str(none_second)
    assert rate_ratio(0, 38, 5, 20).ci_low == 0
    for wrong in ((0, 1, 0, 1), (-1, 1, 1, 1), (1, 0, 1, 1), (1.5, 1, 1, 1)):
        with pytest.raises(OptionError):
            rate_ratio(*wrong)  # type: ignore[arg-type]


def test_published_standardised_rate() -> None:
    entry = PUBLISHED["rate-dsr"]
    strata, expected = entry["inputs"], entry["expected"]
    for method in ("fay-feuer", "dobson-exact", "dobson-byar"):
        found = standardize_direct(strata["count"], strata["pop"], strata["std"], method=method)
        assert found.rate == pytest.approx(expected["dsr"], rel=1e-6)
        assert found.variance == pytest.approx(expected["var"], rel=1e-6)
        assert (found.ci_low, found.ci_high) == pytest.approx(expected[method.replace("-", "_")], rel=1e-6)


def test_standardised_rate_of_one_stratum_is_the_plain_rate() -> None:
    found = standardize_direct([42], [1000], [7], per=1000)
    low, high = garwood(42)
    assert (found.rate, found.ci_low, found.ci_high) == pytest.approx((42, low, high))


@pytest.mark.parametrize(
    ("counts", "exposures", "standard", "method"),
    [
        ([1], [1, 2], [1], "fay-feuer"), ([-1], [1], [1], "fay-feuer"), ([1], [0], [1], "fay-feuer"),
        ([0], [1], [1], "fay-feuer"), ([1], [1], [0], "fay-feuer"), ([1], [1], [1], "wald"),
        ([1, 0], [1, 1], [0, 1], "fay-feuer"),
    ],
)  # fmt: skip
def test_standardised_rate_refuses(counts, exposures, standard, method) -> None:
    with pytest.raises(OptionError):
        standardize_direct(counts, exposures, standard, method=method)
