"""Pictures of series, without more certainty than the reports hold: `(series, *, ax=None, ...) -> Axes`.

`alt_text` has a function of the same name for each picture, which says in words what it shows.
"""

from casualtystats.plots import alt_text
from casualtystats.plots.bars import flow
from casualtystats.plots.files import figure_bytes, save
from casualtystats.plots.ledger import ledger
from casualtystats.plots.points import rate
from casualtystats.plots.revisions import revisions
from casualtystats.plots.steps import cumulative
from casualtystats.plots.timelines import outages, report_periods

__all__ = [
    "alt_text", "cumulative", "figure_bytes", "flow", "ledger", "outages", "rate", "report_periods", "revisions",
    "save",
]  # fmt: skip
