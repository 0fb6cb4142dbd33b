"""Typed time series of deaths, displacement and facility outages, from published reports.

A published figure is kept as what it is: a constraint on a count over a period, with its bounds, source and date.

    import casualtystats as cs

    cs.daily_rate(180_000, start="2019-04-29", end="2019-05-09")
    reports = cs.datasets.load("idlib-2019")
    civilians = cs.deaths(reports, group="civilian", source="OHCHR", overlap="latest")
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casualtystats import datasets, errors, plots
    from casualtystats.errors import CasualtyStatsError
    from casualtystats.estimates import Estimate
    from casualtystats.ledger import Bounds, Ledger, LedgerOptions, relations
    from casualtystats.periods import Period
    from casualtystats.places import Places
    from casualtystats.provenance import Origin
    from casualtystats.rates import (
        Exposure,
        Rate,
        RateDifference,
        RateRatio,
        RateSeries,
        Threshold,
        crude_mortality_rate,
        daily_rate,
        death_rate,
        displacement_rate,
        person_days,
        rate,
        rate_difference,
        rate_ratio,
        standardize_direct,
        standardize_indirect,
        thresholds,
        under5_mortality_rate,
    )
    from casualtystats.reports import Report, ReportArchive, Reports, read_reports
    from casualtystats.reports.wording import parse_count
    from casualtystats.series import (
        Break,
        CumulativeSeries,
        FlowSeries,
        Increments,
        OutageSeries,
        StockSeries,
        deaths,
        displacement,
        idps,
        outages,
        population,
        read_counter,
    )
    from casualtystats.trends import Sensitivity, TrendFit, fit_trend
    from casualtystats.trends.changepoints import change_points
    from casualtystats.trends.decomposition import decompose
    from casualtystats.trends.forecast import forecast
    from casualtystats.trends.interrupted import interrupted_trend
    from casualtystats.trends.many import fit_trends
    from casualtystats.trends.nowcast import nowcast
    from casualtystats.trends.segmented import segmented_trend
    from casualtystats.trends.surges import surges

__all__ = [
    "Bounds",
    "Break",
    "CasualtyStatsError",
    "CumulativeSeries",
    "Estimate",
    "Exposure",
    "FlowSeries",
    "Increments",
    "Ledger",
    "LedgerOptions",
    "Origin",
    "OutageSeries",
    "Period",
    "Places",
    "Rate",
    "RateDifference",
    "RateRatio",
    "RateSeries",
    "Report",
    "ReportArchive",
    "Reports",
    "Sensitivity",
    "StockSeries",
    "Threshold",
    "TrendFit",
    "change_points",
    "crude_mortality_rate",
    "daily_rate",
    "datasets",
    "death_rate",
    "deaths",
    "decompose",
    "displacement",
    "displacement_rate",
    "errors",
    "fit_trend",
    "fit_trends",
    "forecast",
    "idps",
    "interrupted_trend",
    "nowcast",
    "outages",
    "parse_count",
    "person_days",
    "plots",
    "population",
    "rate",
    "rate_difference",
    "rate_ratio",
    "read_counter",
    "read_reports",
    "relations",
    "segmented_trend",
    "standardize_direct",
    "standardize_indirect",
    "surges",
    "thresholds",
    "under5_mortality_rate",
]

# Each name and the room that it is loaded from when it is first used: numpy, dataframely, statsmodels, matplotlib and
# great-tables come in only with what needs them.
_ROOMS = {
    "errors": ("CasualtyStatsError",),
    "estimates": ("Estimate",),
    "ledger": ("Bounds", "Ledger", "LedgerOptions", "relations"),
    "periods": ("Period",),
    "places": ("Places",),
    "provenance": ("Origin",),
    "rates": (
        "Exposure", "Rate", "RateDifference", "RateRatio", "RateSeries", "Threshold", "crude_mortality_rate",
        "daily_rate", "death_rate", "displacement_rate", "person_days", "rate", "rate_difference", "rate_ratio",
        "standardize_direct", "standardize_indirect", "thresholds", "under5_mortality_rate",
    ),
    "reports": ("Report", "ReportArchive", "Reports", "read_reports"),
    "reports.wording": ("parse_count",),
    "series": (
        "Break", "CumulativeSeries", "FlowSeries", "Increments", "OutageSeries", "StockSeries",
        "deaths", "displacement", "idps", "outages", "population", "read_counter",
    ),
    "trends": ("Sensitivity", "TrendFit", "fit_trend"),
    "trends.changepoints": ("change_points",),
    "trends.surges": ("surges",),
    "trends.decomposition": ("decompose",),
    "trends.segmented": ("segmented_trend",),
    "trends.interrupted": ("interrupted_trend",),
    "trends.forecast": ("forecast",),
    "trends.nowcast": ("nowcast",),
    "trends.many": ("fit_trends",),
}  # fmt: skip
_HOME = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        return version("casualtystats")
    if name in ("datasets", "errors", "plots"):
        return import_module(f"casualtystats.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'casualtystats' has no attribute {name!r}")
    found = getattr(import_module(f"casualtystats.{_HOME[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The public names, loaded or not."""
    return sorted([*__all__, "__version__"])
