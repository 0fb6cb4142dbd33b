"""Time to restoration: from spells out of service to how long outages last."""

from casualtystats.rates.restoration.build import time_to_restoration
from casualtystats.rates.restoration.durations import Durations, durations
from casualtystats.rates.restoration.functions import cumulative_incidence, kaplan_meier, turnbull
from casualtystats.rates.restoration.ranks import LogRank, log_rank
from casualtystats.rates.restoration.result import Restoration

__all__ = [
    "Durations",
    "LogRank",
    "Restoration",
    "cumulative_incidence",
    "durations",
    "kaplan_meier",
    "log_rank",
    "time_to_restoration",
    "turnbull",
]
