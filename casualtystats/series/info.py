"""What a series is about: measure, unit, place, group, sources, and the rules that made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casualtystats.periods import spoken_day
from casualtystats.vocabulary import Measure, Unit, adds_over_time, measure_noun

__all__ = ["SeriesInfo"]


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """The facts that travel with a series.

    Parameters
    ----------
    measure, unit : Measure, Unit
        What is counted, and in what.
    place, group, perpetrator, destination : str or None
        What the series as a whole speaks about; None = all.
    by : tuple of str
        Columns that split the series into rows of their own.
    sources, standards : tuple of str
        To whom the reports are attributed, and what they rest on, sorted.
    overlap : str
        The rule by which overlapping reports were settled.
    as_of : date, optional
        The publication date up to which reports were known; None = all that were read.
    first, last : date
        First and last day of any report.
    newly : bool
        Whether it counts what was newly reported (increments of a counter), which is not what happened in the period.
    first_time_since : date, optional
        Since when first times are counted: of people displaced or facilities, whose counts do not add up.
    converted : str, optional
        How the unit of the reports was changed: "people from households at 5.1 each (4.5 to 6)". None = it was not.
    """

    measure: Measure
    unit: Unit
    place: str | None
    group: str | None
    perpetrator: str | None
    destination: str | None
    by: tuple[str, ...]
    sources: tuple[str, ...]
    standards: tuple[str, ...]
    overlap: str
    as_of: date | None
    first: date
    last: date
    newly: bool = False
    first_time_since: date | None = None
    converted: str | None = None

    @property
    def additive(self) -> bool:
        """Whether counts of disjoint periods may be added."""
        return adds_over_time(self.measure, self.unit)

    @property
    def noun(self) -> str:
        """What is counted, in words: "violent deaths of civilians", "newly reported violent deaths"."""
        noun = measure_noun(self.measure, self.unit, self.group)
        if self.first_time_since is not None:
            noun += f", for the first time since {spoken_day(self.first_time_since)}"
        return f"newly reported {noun}" if self.newly else noun

    @property
    def reported(self) -> str:
        """The noun behind the word "reported", which "newly reported" holds already."""
        return self.noun if self.newly else f"reported {self.noun}"

    @property
    def source_line(self) -> str:
        """The line to print under a picture or table."""
        line = "Source: " + (", ".join(self.sources) if self.sources else "not stated")
        if self.converted is not None:
            line = f"{line}; {self.converted}"
        return line if self.as_of is None else f"{line}; as published by {self.as_of}"
