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
    from casualtystats.rates.displaced import displaced_share
    from casualtystats.rates.displaced_days import displacement_person_days
    from casualtystats.rates.hits import HitRate, hit_rate
    from casualtystats.rates.recurrence import MeanCumulative, mean_cumulative_hits
    from casualtystats.rates.restoration import Restoration, time_to_restoration
    from casualtystats.reports import Report, ReportArchive, Reports, read_reports
    from casualtystats.reports.facilities import (
        Facilities,
        Facility,
        HitEvent,
        OutageSpell,
        StatusRounds,
        read_facilities,
        read_status_rounds,
    )
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
    from casualtystats.series.accounts import DisplacementAccount, displacement_account
    from casualtystats.series.availability import Availability, availability, facility_days_lost
    from casualtystats.series.displacement import returns
    from casualtystats.series.movements import FlowMatrix, flow_matrix, leaving
    from casualtystats.series.units import movements_per_person, people_from_movements
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
    "Availability",
    "Bounds",
    "Break",
    "CasualtyStatsError",
    "CumulativeSeries",
    "DisplacementAccount",
    "Estimate",
    "Exposure",
    "Facilities",
    "Facility",
    "FlowMatrix",
    "FlowSeries",
    "HitEvent",
    "HitRate",
    "Increments",
    "Ledger",
    "LedgerOptions",
    "MeanCumulative",
    "Origin",
    "OutageSeries",
    "OutageSpell",
    "Period",
    "Places",
    "Rate",
    "RateDifference",
    "RateRatio",
    "RateSeries",
    "Report",
    "ReportArchive",
    "Reports",
    "Restoration",
    "Sensitivity",
    "StatusRounds",
    "StockSeries",
    "Threshold",
    "TrendFit",
    "availability",
    "change_points",
    "crude_mortality_rate",
    "daily_rate",
    "datasets",
    "death_rate",
    "deaths",
    "decompose",
    "displaced_share",
    "displacement",
    "displacement_account",
    "displacement_person_days",
    "displacement_rate",
    "errors",
    "facility_days_lost",
    "fit_trend",
    "fit_trends",
    "flow_matrix",
    "forecast",
    "hit_rate",
    "idps",
    "interrupted_trend",
    "leaving",
    "mean_cumulative_hits",
    "movements_per_person",
    "nowcast",
    "outages",
    "parse_count",
    "people_from_movements",
    "person_days",
    "plots",
    "population",
    "rate",
    "rate_difference",
    "rate_ratio",
    "read_counter",
    "read_facilities",
    "read_reports",
    "read_status_rounds",
    "relations",
    "returns",
    "segmented_trend",
    "standardize_direct",
    "standardize_indirect",
    "surges",
    "thresholds",
    "time_to_restoration",
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
    "reports.facilities": (
        "Facilities", "Facility", "HitEvent", "OutageSpell", "StatusRounds", "read_facilities", "read_status_rounds",
    ),
    "series.accounts": ("DisplacementAccount", "displacement_account"),
    "series.availability": ("Availability", "availability", "facility_days_lost"),
    "series.movements": ("FlowMatrix", "flow_matrix", "leaving"),
    "series.units": ("movements_per_person", "people_from_movements"),
    "series.displacement": ("returns",),
    "rates.restoration": ("Restoration", "time_to_restoration"),
    "rates.recurrence": ("MeanCumulative", "mean_cumulative_hits"),
    "rates.hits": ("HitRate", "hit_rate"),
    "rates.displaced": ("displaced_share",),
    "rates.displaced_days": ("displacement_person_days",),
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
