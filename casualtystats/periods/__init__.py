"""Periods of inclusive days with fuzzy ends, the wording of periods, and calendars."""

from casualtystats.periods.cadence import EVERY, Every
from casualtystats.periods.dates import format_date, parse_date
from casualtystats.periods.period import Period, spoken_day

__all__ = ["EVERY", "Every", "Period", "format_date", "parse_date", "spoken_day"]
