from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import OptionError
from casualtystats.rates import garwood

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = {entry["id"]: entry for entry in NUMBERS}


def test_published_garwood() -> None:
    entry = PUBLISHED["rate-garwood"]
    for count, (low, high) in entry["expected"].items():
        assert garwood(int(count)) == pytest.approx((low, high), rel=entry["tolerance"]["rel"])


def test_arrays_equal_scalars_in_any_shape() -> None:
    counts = [0, 1, 5, 10, 42, 119]
    single = [garwood(count) for count in counts]
    for form in (counts, np.array(counts), pl.Series(counts)):
        low, high = garwood(form)
        assert list(zip(low, high, strict=True)) == single
    low, high = garwood(np.array(counts).reshape(2, 3))
    assert low.shape == high.shape == (2, 3)
    assert garwood([])[0].size == 0
    assert garwood([0])[0].tolist() == [0.0]


@pytest.mark.parametrize("level", [95, 1, 0, -0.5, float("nan"), True, "0.95"])
def test_level_is_a_share(level: Any) -> None:
    with pytest.raises(OptionError, match="share"):
        garwood(3, level)


def test_a_percentage_gets_a_hint() -> None:
    with pytest.raises(OptionError, match=r"95 % is level=0\.95"):
        garwood(3, 95)


@pytest.mark.parametrize("count", [-1, 1.5, float("nan"), float("inf"), None, "three", [1, None], pl.Series([1, None])])
def test_counts_are_whole_and_known(count: Any) -> None:
    with pytest.raises(OptionError, match="expected"):
        garwood(count)


@given(st.integers(0, 10**6), st.floats(0.5, 0.99))
def test_interval_holds_its_count_and_widens_with_level(count: int, level: float) -> None:
    low, high = garwood(count, level)
    assert low <= count <= high
    wide_low, wide_high = garwood(count, level + 0.005)
    assert wide_low <= low
    assert wide_high > high
