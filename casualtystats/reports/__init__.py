"""The door: reports are read, checked row by row, and kept with what was rejected and why."""

from casualtystats.reports.model import Report, Reports
from casualtystats.reports.read import read_reports

__all__ = ["Report", "Reports", "read_reports"]
