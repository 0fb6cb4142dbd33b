"""Proper scores of count forecasts: how far a whole predictive distribution was from what came.

Negatively oriented: smaller is better, and in expectation none is better than the truth.
"""

from casualtystats.trends.scores.exact import crps_negative_binomial, crps_pmf, crps_poisson
from casualtystats.trends.scores.intervals import coverage, interval_score, wis
from casualtystats.trends.scores.logscore import log_score
from casualtystats.trends.scores.sample import crps_sample

__all__ = [
    "coverage", "crps_negative_binomial", "crps_pmf", "crps_poisson", "crps_sample", "interval_score", "log_score", "wis",
]  # fmt: skip
