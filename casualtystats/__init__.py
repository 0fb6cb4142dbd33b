"""Typed time series of deaths, displacement and facility outages, from published reports.

A published figure is kept as what it is: a constraint on a count over a period, with its bounds, source and date.
"""

from casualtystats import datasets, errors
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports import Report, Reports, read_reports
from casualtystats.series import deaths, displacement, idps, outages, population
