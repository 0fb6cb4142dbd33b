"""Rates that a type checker must accept. Read by checkers, never run."""

from typing import assert_type

import casualtystats as cs
from casualtystats.rates import (
    Exposure,
    RateDifference,
    RateRatio,
    RateRatios,
    Verdicts,
    displacement_rate,
    midp,
    person_days,
    rate,
    rate_difference,
    rate_ratio,
    thresholds,
    under5_mortality_rate,
)

reports = cs.read_reports("reports.csv")
inhabitants = cs.population(reports).at("2019-05-13")

assert_type(cs.death_rate(cs.deaths(reports), population=3_000_000), cs.RateSeries)
assert_type(cs.death_rate(cs.deaths(reports, cause="all"), population=inhabitants), cs.RateSeries)
assert_type(cs.crude_mortality_rate(cs.deaths(reports, cause="all"), population=3_000_000), cs.RateSeries)
assert_type(cs.daily_rate(180_000, start="2019-04-29", end="2019-05-09"), cs.Rate)
assert_type(cs.fit_trend(cs.displacement(reports)), cs.TrendFit)

exposure = person_days(cs.population(reports), "2019-04-29/2019-05-09", leaving=cs.displacement(reports))
rates = cs.death_rate(cs.deaths(reports), population=exposure, interval="midp")

assert_type(exposure, Exposure)
assert_type(float(exposure), float)
assert_type(cs.death_rate(cs.deaths(reports), population=cs.population(reports)), cs.RateSeries)
assert_type(under5_mortality_rate(cs.deaths(reports, cause="all", group="under5"), population=20_000), cs.RateSeries)
assert_type(rate(cs.outages(reports).hits), cs.RateSeries)
assert_type(displacement_rate(cs.displacement(reports), population=3_000_000), cs.RateSeries)
assert_type(rates.against(thresholds.get("CDC/MSF emergency")), Verdicts)
assert_type(rates.ratio(reference="2019-04-01/2019-04-30"), RateRatios)
assert_type(rate_ratio(119, 38, 42, 20), RateRatio)
assert_type(rate_ratio(rates, rates, method="midp"), RateRatio)
assert_type(rate_difference(rates, rates), RateDifference)
assert_type(midp(0), tuple[float, float])
