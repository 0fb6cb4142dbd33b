"""Availability of facilities and days lost: from spells to calendar cells, with bounds where the status is not known."""

from casualtystats.series.availability.build import availability, facility_days_lost
from casualtystats.series.availability.lost import DaysLost
from casualtystats.series.availability.result import Availability

__all__ = ["Availability", "DaysLost", "availability", "facility_days_lost"]
