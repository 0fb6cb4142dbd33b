"""Pictures of series, without more certainty than the reports hold: `(series, *, ax=None, ...) -> Axes`."""

from casualtystats.plots.canvas import figure_bytes, save
from casualtystats.plots.lanes import outages, report_periods

__all__ = ["figure_bytes", "outages", "report_periods", "save"]
