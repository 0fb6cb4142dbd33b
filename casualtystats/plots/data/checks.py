"""The right kind of series for each picture, and what to say when it is another."""

from __future__ import annotations

from typing import Final, TypeVar

from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.ledger import Ledger
from casualtystats.rates import RateSeries
from casualtystats.rates.recurrence import MeanCumulative
from casualtystats.rates.restoration import Restoration
from casualtystats.reports import Reports
from casualtystats.reports.facilities import Facilities
from casualtystats.series import CumulativeSeries, FlowSeries, OutageSeries, StockSeries
from casualtystats.series.accounts import DisplacementAccount
from casualtystats.series.availability import Availability
from casualtystats.series.movements import FlowMatrix
from casualtystats.trends import Sensitivity, TrendFit
from casualtystats.trends.changeresult import ChangePoints
from casualtystats.trends.forecast import Forecast
from casualtystats.trends.nowcast import Nowcast
from casualtystats.trends.surgeresult import Surges

__all__ = ["expect", "whole_series"]

T = TypeVar("T")

_NAMES: Final[dict[type, tuple[str, str]]] = {
    Reports: ("reports", "plots.report_periods(reports); series are made by deaths, displacement, outages"),
    FlowSeries: ("a flow series", "plots.flow(series), or plots.cumulative(series.cumulate())"),
    CumulativeSeries: ("a running total", "plots.cumulative(series)"),
    StockSeries: ("a stock", "plots.report_periods(reports), which marks stocks on their dates"),
    OutageSeries: ("facility outages", "plots.outages(series), or plots.flow(series.distinct)"),
    RateSeries: ("rates", "plots.rate(rates)"),
    Ledger: ("a ledger", "plots.ledger(ledger)"),
    TrendFit: ("a trend", "plots.trend(fit)"),
    Sensitivity: ("the sensitivity of a trend", "plots.sensitivity(result)"),
    ChangePoints: ("change points", "plots.change_points(found)"),
    Surges: ("surges", "plots.surges(found)"),
    Forecast: ("a forecast", "plots.forecast(result)"),
    Nowcast: ("a nowcast", "plots.nowcast(result)"),
    DisplacementAccount: ("an account of displacement", "plots.waterfall(account)"),
    FlowMatrix: ("a matrix of moves", "plots.flow_matrix(matrix)"),
    Facilities: ("a register of facilities", "plots.swimlanes(facilities)"),
    Availability: ("availability", "plots.availability(result)"),
    Restoration: ("time to restoration", "plots.restoration(result)"),
    MeanCumulative: ("a mean cumulative number of hits", "plots.mean_cumulative(result)"),
}


def expect(given: object, wanted: type[T], wording: str) -> T:
    """The argument, if it is of the wanted class.

    Raises
    ------
    KindError
        If it is another kind of series.
    MeasureError
        If it is no series at all.
    """
    if isinstance(given, wanted):
        return given
    for known, (name, hint) in _NAMES.items():
        if isinstance(given, known):
            raise KindError(f"expected {wording}, got {name}; use {hint}")
    raise MeasureError(f"expected {wording}, got {type(given).__name__}")


def whole_series(by: tuple[str, ...]) -> None:
    """Refuse a series that is split into rows: their bars would hide one another.

    Raises
    ------
    OptionError
        If it is split.
    """
    if by:
        raise OptionError(
            f"expected a series that is not split, got one by {' and '.join(by)}; build one series for each "
            f"{by[0]} and draw each on axes of its own (ax=)"
        )
