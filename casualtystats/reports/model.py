"""The two classes of the door: one report, and a checked set of reports with its rejected rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from casualtystats.errors import NoReportsError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.schemas import RejectedSchema
from casualtystats.vocabulary import Kind, Measure, Role, Standard, Unit

__all__ = ["Report", "Reports"]


@dataclass(frozen=True)
class Report:
    """One published statement of a count."""

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
    url: str | None = None
    wording: str | None = None


@dataclass(frozen=True, eq=False)
class Reports:
    """A checked set of reports."""

    frame: pl.DataFrame
    rejected: pl.DataFrame = field(default_factory=RejectedSchema.create_empty)
    places: Places = field(default_factory=Places)
    origin: Origin | None = None
    ignored_columns: tuple[str, ...] = ()

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[Report]:
        return (self[i] for i in self.frame["report_id"])

    def __getitem__(self, report_id: str) -> Report:
        rows = self.frame.filter(pl.col("report_id") == report_id).to_dicts()
        if not rows:
            raise NoReportsError(report_id)
        r = rows[0]
        est = Estimate(r["low"], r["best"], r["high"], r["value"], r["qualifier"])
        per = Period(r["start_earliest"], r["start_latest"], r["end_earliest"], r["end_latest"], r["hours"])
        pub = None if r["published_earliest"] is None else (r["published_earliest"], r["published_latest"])
        keep = {k: r[k] for k in ("report_id", "measure", "unit", "kind", "place", "destination", "group", "perpetrator",
                                  "standard", "source", "derived_from", "role", "url", "wording")}
        return Report(**keep, estimate=est, period=per, published=pub)

    def filter(self, *conditions: pl.Expr) -> Reports:
        """The reports that satisfy all conditions."""
        return Reports(self.frame.filter(*conditions), self.rejected, self.places, self.origin, self.ignored_columns)

    def to_frame(self) -> pl.DataFrame:
        """The frame of reports."""
        return self.frame
