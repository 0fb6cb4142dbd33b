"""What a segmented trend is made of: joints, the segments between them, and ratios, each with its interval."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from casualtystats.errors import OptionError
from casualtystats.periods import Period, spoken_day
from casualtystats.printing import format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends.wording import Doubling, Interval, percent_span

__all__ = ["Joint", "Ratio", "Segment", "growth_interval"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio with its sampling interval.

    Attributes
    ----------
    value, low, high : float
        The ratio (no unit) and the ends of its interval.
    level : float
        Its level, as a share.

    Examples
    --------
    >>> print(Ratio(0.472, 0.2952, 0.7546, 0.95))
    0.472 (95 % interval 0.295 to 0.755)
    """

    value: float
    low: float
    high: float
    level: float

    @classmethod
    def of_log(cls, log: float, half: float, level: float) -> Ratio:
        """The exponential of a log and of the ends that lie `half` below and above it."""
        value, low, high = (math.exp(min(end, 700.0)) for end in (log, log - half, log + half))
        return cls(value, low, high, level)

    def __str__(self) -> str:
        return f"{format_rate(self.value)} ({level_text(self.level)} interval {self.range()})"

    def range(self) -> str:
        """The interval in words, rounded outward."""
        return f"{format_rate(self.low, 'down')} to {format_rate(self.high, 'up')}"


@dataclass(frozen=True, slots=True)
class Joint:
    """A day on which the growth changes.

    Attributes
    ----------
    origin : date
        The day that positions count from: the first day of the periods used.
    at : float
        Days from `origin` to the joint: whole for method "grid", with a fraction for "muggeo".
    se : float or None
        Standard error of `at`, in days; None where there is none.
    low, high : float or None
        Ends of its interval, in days from `origin`; None where there is no interval.
    open_low, open_high : bool
        Whether the interval reaches the first or last day on which a joint was looked for, so that the data do not
        bound it on that side.
    ratio : Ratio
        Factor by which the daily growth factor changes: exp(slope after - slope before).
    level : float
        Level of the intervals, as a share.
    """

    origin: dt.date
    at: float
    se: float | None
    low: float | None
    high: float | None
    open_low: bool
    open_high: bool
    ratio: Ratio
    level: float

    @property
    def date(self) -> dt.date:
        """The day nearest to the joint."""
        return self.origin + dt.timedelta(days=math.floor(self.at + 0.5))

    @property
    def first_date(self) -> dt.date | None:
        """The first day of the interval, rounded outward; None where there is none."""
        return None if self.low is None else self.origin + dt.timedelta(days=math.floor(self.low + 1e-9))

    @property
    def last_date(self) -> dt.date | None:
        """The last day of the interval, rounded outward; None where there is none."""
        return None if self.high is None else self.origin + dt.timedelta(days=math.ceil(self.high - 1e-9))

    def range(self) -> str:
        """The interval of the date in words."""
        if self.first_date is None or self.last_date is None:
            return "no interval"
        if not (self.open_low or self.open_high):
            return f"{level_text(self.level)} interval {Period.of(self.first_date, self.last_date)}"
        low, high = (spoken_day(day) for day in (self.first_date, self.last_date))
        low, high = low + " or earlier" * self.open_low, high + " or later" * self.open_high
        return f"{level_text(self.level)} interval {low} to {high}"

    def __str__(self) -> str:
        return f"{spoken_day(self.date)} ({self.range()})"


@dataclass(frozen=True, slots=True)
class Segment:
    """The days between two joints, with their growth.

    Attributes
    ----------
    first_day, last_day : date
        First and last day, both included. The day of a joint belongs to the segment before it.
    b, low, high : float
        Growth of the log per day, and the ends of its interval.
    level : float
        Level of the interval, as a share.
    source_low, source_high : float or None
        Range of the growth per day, as a share, over the extreme dates of reports whose ends are not known, at the same
        joints; None where all are known. It is no sampling interval.
    """

    first_day: dt.date
    last_day: dt.date
    b: float
    low: float
    high: float
    level: float
    source_low: float | None = None
    source_high: float | None = None

    @property
    def growth_per_day(self) -> Interval:
        """Growth a day, exp(b) - 1, as a share."""
        return growth_interval(self.b, self.low, self.high, self.level)

    @property
    def growth_per_week(self) -> Interval:
        """Growth a week, exp(7 b) - 1, as a share."""
        return growth_interval(self.b, self.low, self.high, self.level, 7)

    @property
    def doubling(self) -> Doubling:
        """Time to double or to halve; its text claims no more than the interval holds."""
        return Doubling(self.b, self.low, self.high, self.level)

    def over_dates(self) -> str:
        """The range over the dates that reports leave open, as a sentence."""
        days = Period.of(self.first_day, self.last_day)
        if self.source_low is None or self.source_high is None:
            return f"All dates are known, {days}."
        low, high = self.source_low, self.source_high
        span = percent_span(low, high) + " a day" if math.isfinite(high) else "any growth"
        return f"Over the dates that the reports leave open, the growth of {days} is {span}."

    def __str__(self) -> str:
        return f"{Period.of(self.first_day, self.last_day)}: {self.growth_per_day} a day"


def growth_interval(b: float, low: float, high: float, level: float, days: int = 1) -> Interval:
    """Growth over some days as a share, from the growth of the log per day.

    Raises
    ------
    OptionError
        If the number of days is below 1.

    Examples
    --------
    >>> print(growth_interval(0.1, 0.05, 0.15, 0.95))
    +10.5 % (95 % interval +5.12 to +16.2 %)
    """
    if days < 1:
        raise OptionError(f"expected at least one day, got {days}")
    value, least, most = (math.expm1(min(days * end, 700.0)) for end in (b, low, high))
    return Interval(value, least, most, level)
