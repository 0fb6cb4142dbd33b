"""Registers, accounts and movements that a type checker must accept. Read by checkers, never run."""

from typing import assert_type

import casualtystats as cs
from casualtystats.vocabulary import Returned

reports = cs.read_reports("reports.csv")
register = cs.read_facilities("facilities.csv", outages="outages.csv", hits="hits.csv", observed="2019-05")

assert_type(register, cs.Facilities)
assert_type(register["A"], cs.Facility)
assert_type(cs.availability(register, "week", by=["place"], weight="beds", partial=0.5), cs.Availability)
assert_type(cs.time_to_restoration(register, by=["type"]), cs.Restoration)
assert_type(cs.hit_rate(register), cs.HitRate)
assert_type(cs.outages(reports, facilities=register), cs.OutageSeries)
assert_type(cs.outages(facilities=register), cs.OutageSeries)
assert_type(cs.returns(reports), cs.FlowSeries[Returned])
assert_type(
    cs.displacement_account(cs.idps(reports), displaced=cs.displacement(reports, role="preferred"), births=0),
    cs.DisplacementAccount,
)
assert_type(cs.flow_matrix(reports), cs.FlowMatrix)
