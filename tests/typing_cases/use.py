"""What a type checker must accept: the public face of the package. Read by checkers, never run."""

from datetime import date, timedelta
from typing import assert_type

import polars as pl

import casualtystats as cs
from casualtystats.series import CumulativeSeries, FlowSeries, OutageSeries, StockSeries
from casualtystats.testing import (
    assert_bounds_ordered,
    assert_conserves_total,
    flow_series,
    populations,
    reports_of,
)
from casualtystats.vocabulary import (
    AllCauseDeaths,
    Attacks,
    Displaced,
    FacilitiesOut,
    InternallyDisplaced,
    Population,
    ViolentDeaths,
)

reports = cs.read_reports("reports.csv")
assert_type(cs.datasets.load("idlib-2019"), cs.Reports)
assert_type(reports_of([{"start_earliest": date(2019, 5, 1), "value": 1}]), cs.Reports)

killed = cs.deaths(reports, group="civilian", source="OHCHR", overlap="latest", as_of="2019-09-01")
assert_type(killed, FlowSeries[ViolentDeaths])
died = cs.deaths(reports, cause="all", by=["place", "group"], overlap=["WHO", "OCHA"])
assert_type(died, FlowSeries[AllCauseDeaths])
moved = cs.displacement(reports, unit="displacements", role="recommended", overlap="difference")
assert_type(moved, FlowSeries[Displaced])
assert_type(cs.outages(reports, observed=cs.Period.of("2019-05-01", "2019-05-31")), OutageSeries)
assert_type(cs.outages(reports).distinct, FlowSeries[FacilitiesOut])
assert_type(cs.outages(reports).hits, FlowSeries[Attacks])
present = cs.idps(reports, place="Syria/Idlib")
assert_type(present, StockSeries[InternallyDisplaced])
inhabitants = cs.population(reports)
assert_type(inhabitants, StockSeries[Population])

weekly = moved.resample("week").resample(timedelta(days=10), origin=date(2019, 4, 29))
assert_type(weekly, FlowSeries[Displaced])
assert_type(weekly.cumulate(), CumulativeSeries[Displaced])
assert_type(moved.daily(spread={date(2019, 5, 1): 1.0}).to_frame(), pl.DataFrame)
assert_type(killed.total() + died.total(), cs.Estimate)
assert_type(present.at("2019-05-13"), cs.Estimate)
assert_type(moved.as_displacements(), FlowSeries[Displaced])

assert_conserves_total(killed, every=["day", "week", timedelta(days=10)])
assert_bounds_ordered(weekly.to_frame())
drawn = (flow_series(measures=["killed"], fuzzy=False), populations())
