"""Rates that a type checker must refuse, at the marked lines only. Read by checkers, never run."""

import casualtystats as cs

reports = cs.read_reports("reports.csv")
killed = cs.deaths(reports)
moved = cs.displacement(reports)

# Violent deaths alone are no crude mortality; nobody dies of a displacement.
cs.crude_mortality_rate(killed, population=3_000_000)  # E
cs.crude_mortality_rate(moved, population=3_000_000)  # E
cs.death_rate(moved, population=3_000_000)  # E
cs.death_rate(cs.outages(reports).hits, population=3_000_000)  # E
cs.death_rate(cs.population(reports), population=3_000_000)  # E
cs.death_rate(killed, population=killed)  # E
