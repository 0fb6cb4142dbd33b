"""The door for named facilities: registers, spells out of service, hits, and rounds of status surveys."""

from casualtystats.reports.facilities.model import Facilities, Facility, HitEvent, OutageSpell

__all__ = ["Facilities", "Facility", "HitEvent", "OutageSpell"]
