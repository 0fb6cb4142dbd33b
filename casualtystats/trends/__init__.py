"""Trends of reported counts: results are frozen objects that say what they left out."""

from casualtystats.trends.growth import dispersion_index, fit_trend
from casualtystats.trends.result import Family, TrendFit
from casualtystats.trends.wording import Doubling, Interval

__all__ = ["Doubling", "Family", "Interval", "TrendFit", "dispersion_index", "fit_trend"]
