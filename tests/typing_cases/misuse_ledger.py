"""Ledgers that a type checker must refuse, at the marked lines only. Read by checkers, never run."""

import casualtystats as cs

reports = cs.read_reports("reports.csv")
ledger = cs.Ledger(reports)

cs.Ledger(reports, of="happened")  # E
cs.Ledger(reports, measure="deaths")  # E
cs.Ledger(reports, trust="OHCHR")  # E
cs.Ledger("reports.csv")  # E
ledger.bounds(relax="most")  # E
ledger.bounds(besides="a")  # E
ledger.bounds_by("weeks")  # E
ledger.bounds_by("week", by="group")  # E
ledger.bounds_by("week", by=["source"])  # E
cs.LedgerOptions(of="happened")  # E
cs.deaths(reports, overlap="bound")  # E
cs.read_counter(reports).increments("cummax")  # E
