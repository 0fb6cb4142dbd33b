"""For test suites: Hypothesis strategies of reports and series, and assertions on what the numbers must keep.

The strategies need Hypothesis (`pip install 'casualtystats[test]'`); the assertions and `reports_of` do not.

Examples
--------
>>> from hypothesis import given, settings
>>> from casualtystats.testing import assert_conserves_total, flow_series
>>> @settings(max_examples=3, database=None, derandomize=True)
... @given(flow_series(measures=["killed"], one_sided=False))
... def test_my_pipeline(series):
...     assert_conserves_total(series.resample("week"))
>>> test_my_pipeline()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casualtystats.testing.assertions import assert_bounds_ordered, assert_conserves_total
from casualtystats.testing.frames import reports_of

if TYPE_CHECKING:
    from casualtystats.testing.strategies import (
        estimates,
        flow_series,
        periods,
        populations,
        reports,
        stock_series,
    )

__all__ = [
    "assert_bounds_ordered",
    "assert_conserves_total",
    "estimates",
    "flow_series",
    "periods",
    "populations",
    "reports",
    "reports_of",
    "stock_series",
]


def __getattr__(name: str) -> object:
    """Load the strategies when one is first used.

    Raises
    ------
    MissingExtraError
        If Hypothesis is not installed.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from casualtystats.testing import strategies

    return getattr(strategies, name)


def __dir__() -> list[str]:
    return sorted(__all__)
