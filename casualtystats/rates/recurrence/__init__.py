"""Facilities hit again and again: the mean number of hits a facility over time."""

from casualtystats.rates.recurrence.build import mean_cumulative_hits
from casualtystats.rates.recurrence.estimate import mean_cumulative_function
from casualtystats.rates.recurrence.result import MeanCumulative

__all__ = ["MeanCumulative", "mean_cumulative_function", "mean_cumulative_hits"]
