"""A period of days, both ends included, whose ends may be known only to lie between two dates.

Invariants
----------
- `start_earliest <= start_latest`, `end_earliest <= end_latest`, and some feasible period exists
  (`start_earliest <= end_latest`).
- A feasible period is a start and an end from their ranges with start <= end.
- `hours` is a stated length (24 hours) shorter than the widest period; it wins for rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casualtystats.errors import ParseError, PeriodError
from casualtystats.periods.dates import format_date, parse_date
from casualtystats.printing import format_days

__all__ = ["Period", "spoken_day"]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Inclusive days from a start to an end, either of which may be fuzzy.

    Parameters
    ----------
    start_earliest, start_latest : date
        The range of days on which the period may start.
    end_earliest, end_latest : date
        The range of days on which it may end (included).
    hours : float, optional
        A stated length in hours, shorter than the widest period.

    Raises
    ------
    PeriodError
        If no feasible period exists or the stated length does not fit.

    Examples
    --------
    >>> Period.of("2019-04-29", "2019-05-09").days
    11
    >>> late_april = Period.of("[2019-04-21..2019-04-30]", "2019-05-13")
    >>> late_april.days_min, late_april.days_max
    (14, 23)
    """

    start_earliest: date
    start_latest: date
    end_earliest: date
    end_latest: date
    hours: float | None = None

    def __post_init__(self) -> None:
        if self.start_earliest > self.start_latest or self.end_earliest > self.end_latest:
            raise PeriodError(
                f"expected earliest <= latest at both ends, got start {self.start_earliest} to "
                f"{self.start_latest} and end {self.end_earliest} to {self.end_latest}"
            )
        if self.start_earliest > self.end_latest:
            raise PeriodError(f"expected an end on or after the start, got {self.start_earliest} to {self.end_latest}")
        widest = (self.end_latest - self.start_earliest).days + 1
        if self.hours is not None and not 0 < self.hours <= 24 * widest:
            raise PeriodError(
                f"expected a stated length above 0 and up to {24 * widest} hours "
                f"({format_days(widest, widest)}), got {self.hours!r} hours"
            )

    @classmethod
    def of(cls, start: str | date, end: str | date, hours: float | None = None) -> Period:
        """A period from two dates, months or EDTF ranges (see `parse_date`).

        Examples
        --------
        >>> str(Period.of("2019-05-12", "2019-05-13", hours=24))
        '12 to 13 May 2019 (24 hours of it)'
        """
        return cls(*parse_date(start), *parse_date(end), hours=hours)

    @classmethod
    def parse(cls, text: str, *, year: int | None = None, end: str | date | None = None) -> Period:
        """A period from its wording: a small closed grammar that raises on what it does not know.

        Parameters
        ----------
        text : str
            `2019-04-29/2019-05-09`, one ISO date, a month `2019-05` (the whole month), or a phrase of
            `casualtystats.periods.phrases`, such as "between April 29 and May 9" or "since late April".
        year : int, optional
            The year of dates that are written without one.
        end : str or date, optional
            The last day of periods that are open or counted back ("since late April", "a fortnight").

        Raises
        ------
        ParseError
            If the wording is outside the grammar, or lacks the year or end that it needs.
        PeriodError
            If it names two dates and the end lies before the start.

        Examples
        --------
        >>> Period.parse("2019-04-29/2019-05-09").days
        11
        >>> Period.parse("between April 29 and May 9", year=2019) == Period.of("2019-04-29", "2019-05-09")
        True
        >>> Period.parse("since late April", end="2019-05-13").days_max
        23
        """
        if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ParseError(f"expected the wording of a period, got {text!r}; from dates: Period.of(start, end)")
        cleaned = text.strip()
        if "/" in cleaned:
            left, _, right = cleaned.partition("/")
            return cls.of(left, right)
        try:
            first, last = parse_date(cleaned)
        except ParseError:
            from casualtystats.periods.phrases import parse_phrase

            return parse_phrase(cleaned, year=year, end=end)
        if cleaned.startswith("["):
            return cls(first, last, first, last)
        return cls(first, first, last, last)

    @property
    def fuzzy(self) -> bool:
        """Whether an end is not exactly known."""
        return self.start_earliest != self.start_latest or self.end_earliest != self.end_latest

    @property
    def days_max(self) -> int:
        """Days of the widest feasible period, both ends counted."""
        return (self.end_latest - self.start_earliest).days + 1

    @property
    def days_min(self) -> int:
        """Days of the narrowest feasible period, both ends counted; at least 1."""
        return max(1, (self.end_earliest - self.start_latest).days + 1)

    @property
    def days(self) -> int:
        """Days of a period with known ends.

        Raises
        ------
        PeriodError
            If an end is fuzzy: use `days_min` and `days_max`.
        """
        if self.fuzzy:
            raise PeriodError(
                f"expected known ends, got {self}: it has {format_days(self.days_min, self.days_max)}; "
                "use days_min and days_max"
            )
        return self.days_max

    @property
    def length(self) -> tuple[float, float]:
        """Shortest and longest length in days that a rate divides by: a stated length wins over the dates."""
        if self.hours is not None:
            return self.hours / 24, self.hours / 24
        return self.days_min, self.days_max

    @property
    def convention(self) -> str:
        """How the days were counted, in words for a caption.

        Examples
        --------
        >>> Period.of("2019-04-29", "2019-05-09").convention
        '11 days, both ends counted'
        """
        if self.hours is not None:
            return f"{self.hours:g} hours, as stated"
        return f"{format_days(*self.length)}, both ends counted"

    def contains(self, other: Period) -> bool:
        """Whether the widest form of `other` lies inside the widest form of this one."""
        return self.start_earliest <= other.start_earliest and other.end_latest <= self.end_latest

    def overlaps(self, other: Period) -> bool:
        """Whether the two may share a day: touching fuzzy ends count as overlap."""
        return self.start_earliest <= other.end_latest and other.start_earliest <= self.end_latest

    def __str__(self) -> str:
        text = self._spoken()
        return text if self.hours is None else f"{text} ({self.hours:g} hours of it)"

    def _spoken(self) -> str:
        if not self.fuzzy:
            return _span(self.start_earliest, self.end_latest, " to ")
        start = _span(self.start_earliest, self.start_latest, "–")
        return f"from {start} to {_span(self.end_earliest, self.end_latest, '–')}"

    def edtf(self) -> str:
        """The period as `start/end` in the text form that `parse` reads back.

        Examples
        --------
        >>> Period.of("[2019-04-21..2019-04-30]", "2019-05-13").edtf()
        '[2019-04-21..2019-04-30]/2019-05-13'
        """
        start = format_date(self.start_earliest, self.start_latest)
        return f"{start}/{format_date(self.end_earliest, self.end_latest)}"


# Not strftime: the name of a month would follow the machine's locale.
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _span(first: date, last: date, joiner: str) -> str:
    if first == last:
        return spoken_day(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{joiner}{spoken_day(last)}"
    if first.year == last.year:
        return f"{first.day} {_MONTHS[first.month - 1]}{joiner}{spoken_day(last)}"
    return f"{spoken_day(first)}{joiner}{spoken_day(last)}"


def spoken_day(day: date) -> str:
    """A day in words, the same in every locale.

    Examples
    --------
    >>> spoken_day(date(2019, 5, 13))
    '13 May 2019'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
