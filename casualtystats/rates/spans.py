"""The period of an exposure as a caller gives it: a Period, its wording, two dates, or a number of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.periods import Period
from casualtystats.rates.given import number

__all__ = ["PeriodLike", "Span"]

PeriodLike = Period | str | tuple[str | date, str | date] | int | float


@dataclass(frozen=True, slots=True)
class Span:
    """A period, or only its length in days."""

    period: Period | None
    shortest: float
    longest: float
    convention: str

    @classmethod
    def of(cls, given: PeriodLike) -> Span:
        """Read what a caller gives.

        Raises
        ------
        OptionError
            If it is none of these, or a number of days not above 0.
        ParseError, PeriodError
            If a wording is outside its grammar, or the end lies before the start.

        Examples
        --------
        >>> Span.of("29 April to 9 May 2019").longest, Span.of(("2019-04-29", "2019-05-09")).convention, Span.of(11).period
        (11, '11 days, both ends counted', None)
        """
        if isinstance(given, str):
            given = Period.parse(given)
        elif isinstance(given, tuple):
            if len(given) != 2:  # pyright: ignore[reportUnnecessaryComparison]
                raise OptionError(f"expected period= two dates, got {len(given)}: {given!r}")
            if not all(isinstance(end, str | date) for end in given):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise OptionError(f"expected period= two dates, such as ('2019-04-29', '2019-05-09'); got {given!r}")
            given = Period.of(*given)
        if isinstance(given, Period):
            shortest, longest = given.length
            return cls(given, shortest, longest, given.convention)
        if isinstance(given, bool) or not isinstance(given, int | float | np.number):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(
                f"expected period= a Period, its wording such as '29 April to 9 May 2019', (start, end) or a number of days; "
                f"got {given!r}"
            )
        days = number(given, "period= a number of days above 0")
        noun = "day" if days == 1 else "days"
        return cls(None, days, days, f"{days:,.10g} {noun}")

    @property
    def dated(self) -> bool:
        """Whether it consists of whole days with dates."""
        return self.period is not None and self.period.hours is None

    def feasible(self) -> list[tuple[int, int]]:
        """All feasible periods as pairs of proleptic ordinals; one where both ends are known."""
        period = self.period
        if period is None:
            return []
        starts = range(period.start_earliest.toordinal(), period.start_latest.toordinal() + 1)
        ends = range(period.end_earliest.toordinal(), period.end_latest.toordinal() + 1)
        return [(start, end) for start in starts for end in ends if start <= end]
