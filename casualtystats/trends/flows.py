"""The one kind of series that trends are about."""

from __future__ import annotations

from typing import Any

from casualtystats.errors import KindError, MeasureError
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo

__all__ = ["expect_flow"]


def expect_flow(series: object, purpose: str = "") -> FlowSeries[Any]:
    """The series, if it is a flow; `purpose` stands in the message, such as " for surges".

    Raises
    ------
    KindError, MeasureError
        If it is another kind of series, or none.
    """
    if isinstance(series, FlowSeries):
        flow: FlowSeries[Any] = series  # pyright: ignore[reportUnknownVariableType]
        return flow
    info = getattr(series, "info", None)
    if isinstance(info, SeriesInfo):
        raise KindError(
            f"expected a flow series (new in each period){purpose}, got a {type(series).__name__} of {info.noun}"
        )
    raise MeasureError(
        f"expected a flow series from cs.deaths(...) or cs.displacement(...){purpose}, got {type(series).__name__}"
    )
