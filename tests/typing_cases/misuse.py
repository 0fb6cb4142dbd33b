"""What a type checker must refuse, at the marked lines and nowhere else. Read by checkers, never run."""

import casualtystats as cs
from casualtystats.testing import flow_series
from casualtystats.vocabulary import AllCauseDeaths

reports = cs.read_reports("reports.csv")
killed = cs.deaths(reports)
moved = cs.displacement(reports)
present = cs.idps(reports)

# A stock is not summed over time, a running total not cumulated again.
present.total()  # E
present.resample("week")  # E
present.cumulate()  # E
killed.cumulate().cumulate()  # E
killed.cumulate().total()  # E
killed.cumulate().resample("week")  # E

# Two series are not added: whether their reports overlap is checked where one series is built.
killed + killed  # E
killed + moved  # E

# Options are closed sets, lists are lists.
cs.deaths(reports, cause="typo")  # E
cs.deaths(reports, unit="persons")  # E
cs.deaths(reports, by="place")  # E
cs.deaths(reports, by=["country"])  # E
cs.deaths(reports, overlap="ad")  # E
cs.deaths(reports, role="main")  # E
cs.deaths("reports.csv")  # E
cs.displacement(reports, unit="movements")  # E
cs.idps(reports, observed="2019-05")  # E
killed.resample("weeks")  # E
killed.resample(every="weeks")  # E
killed.daily(spread="even")  # E
flow_series(measures=["deaths"])  # E

# A measure is not another.
mortality: cs.FlowSeries[AllCauseDeaths] = killed  # E
