"""Rates: a count over its days, deaths over person-days, and the intervals that belong to them."""

from casualtystats.rates import thresholds
from casualtystats.rates.comparison import RateRatio, rate_ratio
from casualtystats.rates.compound import compound_poisson
from casualtystats.rates.daily import Rate, daily_rate
from casualtystats.rates.death_rates import crude_mortality_rate, death_rate, under5_mortality_rate
from casualtystats.rates.difference import RateDifference, rate_difference
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.general import displacement_rate, rate
from casualtystats.rates.indirect import StandardizedRatio, standardize_indirect
from casualtystats.rates.midp import midp
from casualtystats.rates.people import Population
from casualtystats.rates.persondays import person_days
from casualtystats.rates.ratios import RateRatios
from casualtystats.rates.result import RateSeries
from casualtystats.rates.sampling import byar, garwood
from casualtystats.rates.standardization import StandardizedRate, standardize_direct
from casualtystats.rates.threshold import Threshold
from casualtystats.rates.verdicts import Verdicts

__all__ = [
    "Exposure",
    "Population",
    "Rate",
    "RateDifference",
    "RateRatio",
    "RateRatios",
    "RateSeries",
    "StandardizedRate",
    "StandardizedRatio",
    "Threshold",
    "Verdicts",
    "byar",
    "compound_poisson",
    "crude_mortality_rate",
    "daily_rate",
    "death_rate",
    "displacement_rate",
    "garwood",
    "midp",
    "person_days",
    "rate",
    "rate_difference",
    "rate_ratio",
    "standardize_direct",
    "standardize_indirect",
    "thresholds",
    "under5_mortality_rate",
]
