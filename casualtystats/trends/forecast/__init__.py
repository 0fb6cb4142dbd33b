"""Forecasts of reported counts with prediction intervals, and what they scored over the past of the series."""

from casualtystats.trends.forecast.models import Model
from casualtystats.trends.forecast.result import Forecast
from casualtystats.trends.forecast.run import forecast
from casualtystats.trends.forecast.scoretable import ScoreTable

__all__ = ["Forecast", "Model", "ScoreTable", "forecast"]
