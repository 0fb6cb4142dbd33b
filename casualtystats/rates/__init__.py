"""Rates: a count over its days, deaths over person-days, and the intervals that belong to them."""

from casualtystats.rates.comparison import RateRatio, rate_ratio
from casualtystats.rates.daily import Rate, daily_rate
from casualtystats.rates.death_rates import crude_mortality_rate, death_rate
from casualtystats.rates.exposure import Population, person_days
from casualtystats.rates.result import RateSeries
from casualtystats.rates.sampling import byar, garwood
from casualtystats.rates.standardization import StandardizedRate, standardize_direct

__all__ = [
    "Population",
    "Rate",
    "RateRatio",
    "RateSeries",
    "StandardizedRate",
    "byar",
    "crude_mortality_rate",
    "daily_rate",
    "death_rate",
    "garwood",
    "person_days",
    "rate_ratio",
    "standardize_direct",
]
