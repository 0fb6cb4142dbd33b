"""Pictures of series, without more certainty than the reports hold: `(series, *, ax=None, ...) -> Axes`.

`alt_text` has a function of the same name for each picture, which says in words what it shows.
"""

from casualtystats.plots import alt_text
from casualtystats.plots.bars import flow
from casualtystats.plots.files import figure_bytes, save
from casualtystats.plots.forecast import forecast
from casualtystats.plots.forest import forest
from casualtystats.plots.funnel import funnel
from casualtystats.plots.ledger import ledger
from casualtystats.plots.nowcast import nowcast
from casualtystats.plots.points import rate
from casualtystats.plots.revisions import revisions
from casualtystats.plots.scores import scores
from casualtystats.plots.segments import segments
from casualtystats.plots.sensitivity import sensitivity
from casualtystats.plots.steps import cumulative
from casualtystats.plots.surges import change_points, surges
from casualtystats.plots.timelines import outages, report_periods
from casualtystats.plots.trend import trend

__all__ = [
    "alt_text", "change_points", "cumulative", "figure_bytes", "flow", "forecast", "forest", "funnel", "ledger", "nowcast",
    "outages", "rate", "report_periods", "revisions", "save", "scores", "segments", "sensitivity", "surges", "trend",
]  # fmt: skip
