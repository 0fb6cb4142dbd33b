"""The door: reports are read, checked row by row, and kept with what was rejected and why."""

from casualtystats.reports.archive import ReportArchive
from casualtystats.reports.model import Report, Reports
from casualtystats.reports.read import read_reports

__all__ = ["Report", "ReportArchive", "Reports", "read_reports"]
