"""Where reports that count facilities meet a register that names some of them: how many more there must be, and may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from casualtystats.errors import ContradictionError
from casualtystats.estimates import Estimate
from casualtystats.periods import spoken_day
from casualtystats.printing import format_count
from casualtystats.vocabulary import measure_noun

__all__ = ["Unnamed", "met"]


@dataclass(frozen=True, slots=True)
class Unnamed:
    """How many facilities reports count that the register does not name. Made by `OutageSeries.unnamed`.

    Attributes
    ----------
    estimate : Estimate
        [max(0, reported.low - named.high), reported.high - named.low]; no high where the reports have none.
    reported, named : Estimate
        What the reports say together, and how many of these the register names.
    first, last : date
        The period or day, both ends included (the widest where the ends of a report are fuzzy).
    place, group : str or None
        What both are about.
    reports, facilities : tuple of str
        Identifiers of the reports; of the facilities that are surely among those counted.
    """

    estimate: Estimate
    reported: Estimate
    named: Estimate
    first: date
    last: date
    place: str | None
    group: str | None
    reports: tuple[str, ...]
    facilities: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """One row: `first`, `last`, `place`, `group`, then `low` and `high` of reported, named and unnamed."""
        row: dict[str, object] = {"first": self.first, "last": self.last, "place": self.place, "group": self.group}
        for name in ("reported", "named", "estimate"):
            found: Estimate = getattr(self, name)
            label = "unnamed" if name == "estimate" else name
            row |= {f"{label}_low": int(found.low), f"{label}_high": None if found.high is None else int(found.high)}
        types = {"first": pl.Date, "last": pl.Date, "place": pl.String, "group": pl.String}
        return pl.DataFrame([row], schema=types | {name: pl.Int64 for name in row if name not in types})

    def __str__(self) -> str:
        noun = measure_noun("facilities_out", "facilities", self.group)
        when = spoken_day(self.first)
        when = f"on {when}" if self.first == self.last else f"from {when} to {spoken_day(self.last)}"
        return f"{self.reported} {noun} {when}, of which {_range(self.named)} named: {_range(self.estimate)} not named"


def _range(count: Estimate) -> str:
    if count.high is None:
        return f"at least {format_count(count.low)}"
    return (
        format_count(count.low)
        if count.low == count.high
        else f"{format_count(count.low)} to {format_count(count.high)}"
    )


def met(
    reported: Estimate, counted: Estimate, surely: list[str], *, first: date, last: date,
    scope: tuple[str | None, str | None], reports: list[str],
) -> Unnamed:  # fmt: skip
    """What remains of the reported when the named are taken out.

    Raises
    ------
    ContradictionError
        If more are named than reported; the message says which.
    """
    if reported.high is not None and counted.low > reported.high:
        shown = ", ".join(surely[:8]) + (", ..." if len(surely) > 8 else "")
        raise ContradictionError(
            f"expected no more named facilities out of service than reported, got {format_count(counted.low)} ({shown}) "
            f"where {' and '.join(reports)} count at most {format_count(reported.high)} from {first} to {last}; look whether "
            "the report is about the same place, type and days, or whether a spell of the register is wrong"
        )
    most = counted.high or 0
    high = None if reported.high is None else reported.high - counted.low
    low = max(0, reported.low - most)
    estimate = Estimate(low, low if low == high else None, high, unit="facilities")
    return Unnamed(estimate, reported, counted, first, last, *scope, tuple(reports), tuple(surely))
