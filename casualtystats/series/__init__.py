"""Typed time series: flows, stocks and running totals, and the three builders that the package is for."""

from casualtystats.ledger.counters.breaks import Break
from casualtystats.series.counters.increments import Increments
from casualtystats.series.counters.read import read_counter
from casualtystats.series.cumulative import CumulativeSeries
from casualtystats.series.deaths import deaths
from casualtystats.series.displacement import displacement
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.series.outages import OutageSeries, outages
from casualtystats.series.stock import StockSeries, idps, population

__all__ = [
    "Break",
    "CumulativeSeries",
    "FlowSeries",
    "Increments",
    "OutageSeries",
    "SeriesInfo",
    "StockSeries",
    "deaths",
    "displacement",
    "idps",
    "outages",
    "population",
    "read_counter",
]
