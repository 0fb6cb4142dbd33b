"""Standardised rates: suppression, Tiwari's interval, and the indirect kind."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casualtystats.errors import OptionError
from casualtystats.rates import byar, garwood, midp, standardize_direct, standardize_indirect

NUMBERS = json.loads((Path(__file__).parents[1] / "published" / "reference_numbers.json").read_text("utf-8"))
DSR = next(entry for entry in NUMBERS if entry["id"] == "rate-dsr")
STRATA = tuple(DSR["inputs"][name] for name in ("count", "pop", "std"))


def test_published_tiwari_upper_end() -> None:
    found = standardize_direct(*STRATA, method="tiwari")
    assert found.ci_high == pytest.approx(DSR["expected"]["tiwari_upper"], rel=1e-6)
    assert found.ci_low == pytest.approx(DSR["expected"]["fay_feuer"][0], rel=1e-6)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 10**6), st.integers(1, 1000)), min_size=1, max_size=6).filter(
        lambda strata: any(count for count, _, _ in strata)
    ),
    st.sampled_from(["fay-feuer", "tiwari", "dobson-exact", "dobson-byar"]), st.integers(2, 50), st.floats(0.5, 0.98),
)  # fmt: skip
def test_units_order_and_level(strata: list[tuple[int, int, int]], method: Any, factor: int, level: float) -> None:
    counts, people, standard = map(list, zip(*strata, strict=True))
    found = standardize_direct(counts, people, standard, method=method, level=level)
    assert found.rate is not None
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert 0 <= found.ci_low <= found.rate * (1 + 1e-9)
    assert found.rate <= found.ci_high * (1 + 1e-9)
    scaled = standardize_direct(
        counts,
        [p * factor for p in people],
        [s * 7 for s in standard],
        per=100_000 * factor,
        method=method,
        level=level,
    )
    assert (scaled.rate, scaled.ci_low, scaled.ci_high) == pytest.approx(
        (found.rate, found.ci_low, found.ci_high), rel=1e-7
    )
    wide = standardize_direct(counts, people, standard, method=method, level=level + 0.01)
    assert wide.ci_low is not None
    assert wide.ci_high is not None
    assert wide.ci_low <= found.ci_low
    assert wide.ci_high >= found.ci_high


def test_suppression() -> None:
    kept = standardize_direct(*STRATA, suppress_below=57)
    assert (kept.suppressed, kept.suppress_below) == (False, 57)
    hidden = standardize_direct(*STRATA, suppress_below=58)
    assert hidden.rate is hidden.variance is hidden.ci_low is hidden.ci_high is None
    assert (hidden.suppressed, hidden.events) == (True, 57)
    assert str(hidden) == "suppressed: fewer than 58 events (57 events), no rate per 100,000"
    assert standardize_direct(*STRATA, suppress_below=58, hide_count=True).events is None
    assert standardize_direct([0], [5], [5], suppress_below=10).suppressed
    frame = hidden.to_frame()
    assert frame["events"].to_list() == [57]
    assert frame["rate"].to_list() == [None]
    assert "suppressed" in hidden._repr_html_()
    for wrong in (0, -1, 2.5, True):
        with pytest.raises(OptionError, match="suppress_below="):
            standardize_direct(*STRATA, suppress_below=wrong)  # type: ignore[arg-type]
    for per in (0, float("nan"), True):
        with pytest.raises(OptionError, match="per="):
            standardize_direct(*STRATA, per=per)


def test_text() -> None:
    assert str(standardize_direct(*STRATA)) == "357 per 100,000 (95 % fay-feuer interval 269 to 464)"
    found = standardize_indirect(57, [10_000, 8_000, 3_000], [60, 120, 900], per=100_000)
    assert str(found).startswith("standardised mortality ratio 1.34 (57 observed, 42.6 expected; 95 % Garwood")


def test_csv(tmp_path: Path) -> None:
    standardize_direct(*STRATA).to_csv(tmp_path / "direct.csv")
    assert (tmp_path / "direct.csv").read_text("utf-8").startswith("rate,variance,")
    standardize_indirect(5, [1_000], [2], per=1_000).to_csv(tmp_path / "indirect.csv")
    assert (tmp_path / "indirect.csv").read_text("utf-8").startswith("ratio,observed,")


@pytest.mark.parametrize(("method", "ends"), [("garwood", garwood), ("byar", byar), ("midp", midp)])
def test_standardised_mortality_ratio(method: Any, ends: Any) -> None:
    """Expected 42.6 by hand: 10,000 at 60, 8,000 at 120 and 3,000 at 900 per 100,000."""
    found = standardize_indirect([5, 12, 40], [10_000, 8_000, 3_000], [60, 120, 900], per=100_000, method=method)
    assert (found.observed, found.expected) == (57, pytest.approx(42.6))
    assert found.ratio == pytest.approx(57 / 42.6)
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(end / 42.6 for end in ends(57)))
    assert standardize_indirect(57, [10_000, 8_000, 3_000], [60, 120, 900], per=100_000, method=method) == found


def test_published_interval_of_a_standardised_mortality_ratio() -> None:
    """Byar's limits of 42 events are published (rate-byar): with 42 expected they are those of the ratio times 42."""
    low, high = next(entry for entry in NUMBERS if entry["id"] == "rate-byar")["expected"]["42"]
    found = standardize_indirect(42, [42], [1], method="byar")
    assert found.ratio == 1
    assert (found.ci_low, found.ci_high) == pytest.approx((low / 42, high / 42), rel=1e-6)


def test_nobody_died_and_few_died() -> None:
    none = standardize_indirect(0, [1_000], [2], per=1_000)
    assert (none.ratio, none.ci_low, none.ci_high) == (0, 0, pytest.approx(garwood(0)[1] / 2))
    few = standardize_indirect([1, 2], [1_000, 1_000], [2, 3], per=1_000, suppress_below=10)
    assert (few.ratio, few.ci_low, few.observed, few.expected) == (None, None, 3, 5)
    assert str(few) == "suppressed: fewer than 10 events (3 events), no standardised mortality ratio"
    hidden = standardize_indirect([1, 2], [1_000, 1_000], [2, 3], per=1_000, suppress_below=10, hide_count=True)
    assert (hidden.observed, hidden.expected) == (None, None)
    assert str(hidden) == "suppressed: fewer than 10 events, no standardised mortality ratio"
    assert "suppressed" in hidden._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "options", "match"),
    [
        (([1, 2], [5], [1]), {}, "one length"), ((1, [5, 5], [1]), {}, "one length"), ((1, [], []), {}, "one length"),
        ((1, [0], [1]), {}, "above 0"), ((1, [5], [0]), {}, "not all 0"), ((1, [float("nan")], [1]), {}, "above 0"),
        ((1.5, [5], [1]), {}, "whole"), ((-1, [5], [1]), {}, "whole"), ((1, [5], [1]), {"method": "wald"}, "method="),
        ((1, [5], [1]), {"per": 0}, "per="), ((1, [5], [1]), {"level": 95}, "share"),
    ],
)  # fmt: skip
def test_indirect_refuses(arguments: Any, options: Any, match: str) -> None:
    with pytest.raises(OptionError, match=match):
        standardize_indirect(*arguments, **options)
