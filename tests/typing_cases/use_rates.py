"""Rates that a type checker must accept. Read by checkers, never run."""

from typing import assert_type

import casualtystats as cs

reports = cs.read_reports("reports.csv")
inhabitants = cs.population(reports).at("2019-05-13")

assert_type(cs.death_rate(cs.deaths(reports), population=3_000_000), cs.RateSeries)
assert_type(cs.death_rate(cs.deaths(reports, cause="all"), population=inhabitants), cs.RateSeries)
assert_type(cs.crude_mortality_rate(cs.deaths(reports, cause="all"), population=3_000_000), cs.RateSeries)
assert_type(cs.daily_rate(180_000, start="2019-04-29", end="2019-05-09"), cs.Rate)
assert_type(cs.fit_trend(cs.displacement(reports)), cs.TrendFit)
