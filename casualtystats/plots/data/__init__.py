"""What each picture shows, as small frames: numbers are made here, and only drawn elsewhere."""

from casualtystats.plots.data.flow import flow_bars
from casualtystats.plots.data.lanes import outage_lanes, report_lanes
from casualtystats.plots.data.ledger import LedgerPicture, ledger_picture
from casualtystats.plots.data.rate import rate_marks
from casualtystats.plots.data.running import running_points, running_steps

__all__ = [
    "LedgerPicture", "flow_bars", "ledger_picture", "outage_lanes", "rate_marks", "report_lanes", "running_points",
    "running_steps",
]  # fmt: skip
