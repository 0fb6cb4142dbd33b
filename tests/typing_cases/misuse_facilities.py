"""Registers, accounts and movements that a type checker must refuse, at the marked lines only. Never run."""

import casualtystats as cs

reports = cs.read_reports("reports.csv")
register = cs.read_facilities("facilities.csv", outages="outages.csv")
moved = cs.displacement(reports)

# Reports name no facility, and a register holds no published counts.
cs.availability(reports)  # E
cs.outages(register)  # E
cs.time_to_restoration(cs.outages(reports))  # E
cs.availability(register, weight="staff")  # E
cs.availability(register, by=["source"])  # E
cs.facility_days_lost(register, partial="half")  # E
cs.time_to_restoration(register, ends="middle")  # E
cs.outages(reports, facilities=register).word("hurt")  # E

# An account goes from stock to stock; a flow is no stock, and inhabitants are not the displaced.
cs.displacement_account(moved)  # E
cs.displacement_account(cs.population(reports))  # E
cs.displacement(reports, role="recomended")  # E
cs.displaced_share(cs.idps(reports), cs.population(reports))  # E
cs.displaced_share(cs.idps(reports), cs.population(reports), displaced="perhaps")  # E
