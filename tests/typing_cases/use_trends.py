"""Trends that a type checker must accept. Read by checkers, never run."""

from datetime import date
from typing import assert_type

import polars as pl

import casualtystats as cs
from casualtystats.trends import Interval, RatioOverTime, Sensitivity

reports = cs.read_reports("reports.csv")
killed = cs.deaths(reports, source="A")

fit = cs.fit_trend(killed, family="nb2", formula="day + weekday", exposure={date(2020, 1, 1): 100.0})
assert_type(fit, cs.TrendFit)
assert_type(fit.growth_per_day, Interval)
assert_type(fit.rate_ratio("2020-02-01", over=date(2020, 1, 1)), RatioOverTime)
assert_type(fit.predict([date(2020, 1, 1)]), pl.DataFrame)
assert_type(fit.predict([cs.Period.of("2020-01-01", "2020-01-31")]), pl.DataFrame)
assert_type(fit.sensitivity(), Sensitivity)
cs.fit_trend(killed, exposure=cs.person_days(3_000_000, "2020-01-01/2020-12-31"))
cs.change_points(killed.resample("week"), cost="poisson")
cs.surges(killed.resample("day"), method="C2")
cs.interrupted_trend(killed, "2020-03-01", impact="both")
cs.segmented_trend(killed, max_joints=2)
cs.forecast(killed.resample("week"), 4, models=["naive", "nb"])
