"""Pictures of series, without more certainty than the reports hold: `(series, *, ax=None, ...) -> Axes`.

`alt_text` has a function of the same name for each picture, which says in words what it shows.
"""

from casualtystats.plots import alt_text
from casualtystats.plots.availability import availability
from casualtystats.plots.bars import flow
from casualtystats.plots.displacement import displacement
from casualtystats.plots.files import figure_bytes, save
from casualtystats.plots.forecast import forecast
from casualtystats.plots.forest import forest
from casualtystats.plots.funnel import funnel
from casualtystats.plots.ledger import ledger
from casualtystats.plots.matrix import flow_matrix
from casualtystats.plots.nowcast import nowcast
from casualtystats.plots.points import rate
from casualtystats.plots.recurrence import mean_cumulative
from casualtystats.plots.restoration import restoration
from casualtystats.plots.revisions import revisions
from casualtystats.plots.scores import scores
from casualtystats.plots.segments import segments
from casualtystats.plots.sensitivity import sensitivity
from casualtystats.plots.steps import cumulative
from casualtystats.plots.surges import change_points, surges
from casualtystats.plots.swimlanes import swimlanes
from casualtystats.plots.timelines import outages, report_periods
from casualtystats.plots.trend import trend
from casualtystats.plots.waterfall import waterfall

__all__ = [
    "alt_text", "availability", "change_points", "cumulative", "displacement", "figure_bytes", "flow", "flow_matrix",
    "forecast", "forest", "funnel", "ledger", "mean_cumulative", "nowcast", "outages", "rate", "report_periods",
    "restoration", "revisions", "save", "scores", "segments", "sensitivity", "surges", "swimlanes", "trend",
    "waterfall",
]  # fmt: skip
