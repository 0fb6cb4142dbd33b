"""Ledgers that a type checker must accept. Read by checkers, never run."""

from typing import assert_type

import polars as pl

import casualtystats as cs
from casualtystats.vocabulary import ViolentDeaths

reports = cs.read_reports("reports.csv")
ledger = cs.Ledger(
    reports, of="occurred", measure="killed", partition={"civilian": [["civilian/child", "civilian/adult"]]}
)
assert_type(ledger.bounds("2019-05", place="Syria/Idlib", besides=["a"], relax="least"), cs.Bounds)
assert_type(ledger.bounds().low, float)
assert_type(ledger.bounds_by("week", by=["group", "place"], drop=["a"]), pl.DataFrame)
assert_type(ledger.contradictions()[0].sentence, str)
assert_type(ledger.settled(trust=["OHCHR", "UN"]), cs.Ledger)
together = cs.deaths(reports, overlap="bounds")
assert_type(together, cs.FlowSeries[ViolentDeaths])
assert_type(cs.deaths(reports, overlap=cs.LedgerOptions(of="occurred", relax="least")), cs.FlowSeries[ViolentDeaths])

counter = cs.read_counter(pl.DataFrame(), value="killed", date="day")
assert_type(counter, cs.CumulativeSeries[ViolentDeaths])
assert_type(counter.increments("isotonic"), cs.Increments[ViolentDeaths])
assert_type(cs.ReportArchive().append(reports).as_of("2019-09-01"), cs.Reports)
