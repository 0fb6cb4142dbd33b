"""One report: a published statement of a count, with its period, place, source and date of publication."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.places import split_path
from casualtystats.vocabulary import Kind, Measure, Role, Standard, Unit, measure_noun

__all__ = ["Report", "report_of"]

_AS_THEY_ARE: Final = (
    "report_id", "measure", "unit", "kind", "place", "destination", "group", "perpetrator", "standard",
    "source", "derived_from", "role", "event", "url", "wording",
)  # fmt: skip


@dataclass(frozen=True)
class Report:
    """One published statement of a count.

    Parameters
    ----------
    report_id : str
        Unique in its set.
    measure, unit, kind : str
        What is counted, in what, and whether it is new in the period, a running total or present on a date.
    estimate : Estimate
        Bounds, best value and the number as printed, in `unit`.
    period : Period
        Inclusive days; of a stock both ends are the date.
    place, destination, group, perpetrator : str, optional
        Paths; None = all.
    standard : str, optional
        What the count rests on; None = not stated.
    source, derived_from : str, optional
        To whom the figure is attributed, and the authority that this source relays; None = not stated.
    published : (date, date), optional
        First and last day on which it may have been published; None = not stated.
    role, event, url, wording : str, optional
        IDMC role, the event that the figure is about, address, and the few words that carry the count; None = not
        stated.

    Examples
    --------
    >>> print(Report("r1", "killed", "people", "flow", Estimate.of("at_least", 42),
    ...              Period.of("2019-05-12", "2019-05-13", hours=24), group="fighter", source="SOHR"))
    at least 42 violent deaths of fighters, 12 to 13 May 2019 (24 hours of it) (SOHR)
    """

    report_id: str
    measure: Measure
    unit: Unit
    kind: Kind
    estimate: Estimate
    period: Period
    place: str | None = None
    destination: str | None = None
    group: str | None = None
    perpetrator: str | None = None
    standard: Standard | None = None
    source: str | None = None
    derived_from: str | None = None
    published: tuple[date, date] | None = None
    role: Role | None = None
    event: str | None = None
    url: str | None = None
    wording: str | None = None

    def __str__(self) -> str:
        count = str(self.estimate)
        parts = [f"{count} {measure_noun(self.measure, self.unit, self.group, one=count == '1')}", self._when()]
        # The step alone would mislead: there is a "north" in more than one province.
        if self.place:
            parts.append(_spoken_path(self.place))
        if self.destination:
            parts.append(f"to {_spoken_path(self.destination)}")
        if self.perpetrator:
            parts.append(f"side: {_spoken_path(self.perpetrator)}")
        origin = self.source or ""
        if self.derived_from:
            origin = f"{origin or 'source not stated'}, from {self.derived_from}"
        published = "" if self.published is None else f"published {_spoken_day(*self.published)}"
        attributed = ", ".join(text for text in (origin, published) if text)
        return ", ".join(parts) + (f" ({attributed})" if attributed else "")

    def _when(self) -> str:
        if self.kind == "stock":
            return f"on {_spoken_day(self.period.start_earliest, self.period.start_latest)}"
        return f"running total, {self.period}" if self.kind == "cumulative" else str(self.period)


def _spoken_path(path: str) -> str:
    return ", ".join(reversed(split_path(path)))


def _spoken_day(earliest: date, latest: date) -> str:
    span = str(Period(earliest, earliest, latest, latest))
    return span if earliest == latest else f"a day of {span}"


def report_of(row: dict[str, Any]) -> Report:
    """Make the report that a row of `Reports.frame` holds."""
    earliest, latest = row["published_earliest"], row["published_latest"]
    plain = {name: row[name] for name in _AS_THEY_ARE}
    return Report(
        **plain,
        estimate=Estimate(row["low"], row["best"], row["high"], row["value"], row["qualifier"]),
        period=Period(
            row["start_earliest"],
            row["start_latest"],
            row["end_earliest"],
            row["end_latest"],
            hours=row["hours"],
        ),
        published=None if earliest is None else (earliest, latest),
    )
