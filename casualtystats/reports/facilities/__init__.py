"""The door for named facilities: registers, spells out of service, hits, and rounds of status surveys."""

from casualtystats.reports.facilities.items import Facility, HitEvent, OutageSpell
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.read import read_facilities
from casualtystats.reports.facilities.roundread import read_status_rounds
from casualtystats.reports.facilities.rounds import StatusRounds

__all__ = [
    "Facilities", "Facility", "HitEvent", "OutageSpell", "StatusRounds", "read_facilities", "read_status_rounds",
]  # fmt: skip
