"""Rates that a type checker must refuse, at the marked lines only. Read by checkers, never run."""

import casualtystats as cs
from casualtystats.rates import displacement_rate, rate_ratio, thresholds, under5_mortality_rate

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

# A rate under five is of all causes; a displacement rate is of displacement; a threshold is no number.
under5_mortality_rate(killed, population=20_000)  # E
displacement_rate(killed, population=20_000)  # E
cs.death_rate(killed, population=3_000_000).against(1.0)  # E
cs.death_rate(killed, population=3_000_000, interval="wald")  # E
rate_ratio(cs.death_rate(killed, population=3_000_000), 5)  # E
thresholds.sphere("South Asia", measure="IMR")  # E
