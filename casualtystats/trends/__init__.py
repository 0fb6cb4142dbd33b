"""Trends of reported counts: results are frozen objects that say what they left out."""

from casualtystats.trends.dispersion import DispersionTest, dispersion_index
from casualtystats.trends.growth import fit_trend
from casualtystats.trends.onesided import mean_at_least
from casualtystats.trends.result import Family, TrendFit
from casualtystats.trends.sensitivity import Sensitivity
from casualtystats.trends.wording import Doubling, Interval, RatioOverTime

__all__ = [
    "DispersionTest", "Doubling", "Family", "Interval", "RatioOverTime", "Sensitivity", "TrendFit", "dispersion_index",
    "fit_trend", "mean_at_least",
]  # fmt: skip
