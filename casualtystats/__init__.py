"""Typed time series of deaths, displacement and facility outages, from published reports.

A published figure is kept as what it is: a constraint on a count over a period, with its bounds, source and date.

    import casualtystats as cs

    cs.daily_rate(180_000, start="2019-04-29", end="2019-05-09")
    reports = cs.datasets.load("idlib-2019")
    civilians = cs.deaths(reports, group="civilian", source="OHCHR", overlap="latest")
"""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from casualtystats import datasets, errors
from casualtystats.errors import CasualtyStatsError
from casualtystats.estimates import Estimate
from casualtystats.ledger import relations
from casualtystats.periods import Period
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.rates import Rate, RateSeries, crude_mortality_rate, daily_rate, death_rate
from casualtystats.reports import Report, Reports, read_reports
from casualtystats.reports.wording import parse_count
from casualtystats.series import (
    CumulativeSeries,
    FlowSeries,
    OutageSeries,
    StockSeries,
    deaths,
    displacement,
    idps,
    outages,
    population,
)
from casualtystats.trends import TrendFit, fit_trend

if TYPE_CHECKING:
    from casualtystats import plots

__all__ = [
    "CasualtyStatsError",
    "CumulativeSeries",
    "Estimate",
    "FlowSeries",
    "Origin",
    "OutageSeries",
    "Period",
    "Places",
    "Rate",
    "RateSeries",
    "Report",
    "Reports",
    "StockSeries",
    "TrendFit",
    "crude_mortality_rate",
    "daily_rate",
    "datasets",
    "death_rate",
    "deaths",
    "displacement",
    "errors",
    "fit_trend",
    "idps",
    "outages",
    "parse_count",
    "plots",
    "population",
    "read_reports",
    "relations",
]

__version__ = version("casualtystats")


def __getattr__(name: str) -> Any:
    """Load `casualtystats.plots`, and matplotlib with it, when it is first used."""
    if name == "plots":
        return import_module("casualtystats.plots")
    raise AttributeError(f"module 'casualtystats' has no attribute {name!r}")
