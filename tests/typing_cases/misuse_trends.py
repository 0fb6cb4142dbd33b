"""Trends that a type checker must refuse, at the marked lines only. Read by checkers, never run."""

import casualtystats as cs

reports = cs.read_reports("reports.csv")
killed = cs.deaths(reports, source="A")

cs.fit_trend(cs.population(reports))  # E
cs.fit_trend(killed.cumulate())  # E
cs.fit_trend(killed, family="gamma")  # E
cs.fit_trend(killed, cov="HC9")  # E
cs.fit_trend(killed, "nb2")  # E
cs.interrupted_trend(killed)  # E
cs.change_points(reports)  # E
cs.under5_mortality_rate(killed, population=500)  # E
