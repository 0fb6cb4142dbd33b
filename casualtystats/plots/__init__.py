"""Pictures of series, without more certainty than the reports hold: `(series, *, ax=None, ...) -> Axes`."""

from casualtystats.plots.bars import flow
from casualtystats.plots.canvas import figure_bytes, save
from casualtystats.plots.lanes import outages, report_periods
from casualtystats.plots.points import rate
from casualtystats.plots.steps import cumulative

__all__ = ["cumulative", "figure_bytes", "flow", "outages", "rate", "report_periods", "save"]
