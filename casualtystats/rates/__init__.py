"""Rates: a count over its days, deaths over person-days, and the intervals that belong to them."""

from casualtystats.rates.daily import Rate, daily_rate
from casualtystats.rates.death_rates import crude_mortality_rate, death_rate
from casualtystats.rates.exposure import Population
from casualtystats.rates.result import RateSeries
from casualtystats.rates.sampling import garwood

__all__ = [
    "Population",
    "Rate",
    "RateSeries",
    "crude_mortality_rate",
    "daily_rate",
    "death_rate",
    "garwood",
]
