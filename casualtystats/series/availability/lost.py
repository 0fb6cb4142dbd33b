"""Facility-days, bed-days or person-days lost over a period: a number with its unit, and a sentence that can be pasted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import fsum
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.markup import html_table, write_table
from casualtystats.periods import spoken_day
from casualtystats.printing import format_count
from casualtystats.provenance import Origin
from casualtystats.series.availability.shares import STATUSES, UNSURE, lost

__all__ = ["UNITS", "DaysLost", "convention"]

UNITS: Final = {
    None: ("facility-day lost", "facility-days lost"),
    "beds": ("bed-day lost", "bed-days lost"),
    "catchment": ("catchment person-day without service", "catchment person-days without service"),
}


def convention(first: date, last: date, partial: float | None, *, some: bool) -> str:
    """The days and the weight of partial, in words; the weight only where `some` days are partial."""
    days = (last - first).days + 1
    text = f"{spoken_day(first)} to {spoken_day(last)}, {format_count(days)} day{'' if days == 1 else 's'}, both ends counted"
    if not some:
        return text
    weight = "from 0 to 1 (its weight is not known)" if partial is None else f"{partial:g}"
    return f"{text}; a partial day counts {weight}"


@dataclass(frozen=True, eq=False, repr=False)
class DaysLost:
    """Days without service over a period, with bounds. Made by `facility_days_lost` and `Availability.days_lost`.

    Attributes
    ----------
    frame : pl.DataFrame
        One row for each value of `by` (one row in all without): the columns of `by`, `facility_days`, whole numbers of days by
        status (`functional`, `partial`, `non_functional`, `destroyed`, `unknown`), `lost_low`, `lost_best` (null where the
        bounds differ), `lost_high`; days times beds or people served where weighted.
    low, high : float
        Bounds of the total. They are made of whole numbers of days and one multiplication: the same for every `by`.
    best : float or None
        The total, where its bounds are one number.
    of : int
        Facility-days (bed-days, person-days) on which facilities existed.
    by, weight, partial
        As asked.
    first, last : date
        The period, both ends included.
    """

    frame: pl.DataFrame
    low: float
    best: float | None
    high: float
    of: int
    by: tuple[str, ...]
    weight: str | None
    partial: float | None
    first: date
    last: date
    origin: Origin | None = None

    @classmethod
    def of_counts(
        cls, counts: pl.DataFrame, extra: pl.DataFrame, *, by: tuple[str, ...], weight: str | None,
        partial: float | None, first: date, last: date, origin: Origin | None,
    ) -> DaysLost:  # fmt: skip
        """From facility-days of the whole period by `by`, and what spells without a sure day surely take beside (`floors`)."""
        names = ["facility_days", *STATUSES, *UNSURE]
        whole = counts.select(pl.col(names).sum()).select("facility_days", **lost(partial)).row(0, named=True)
        w_high = 1.0 if partial is None else float(partial)
        value = pl.max_horizontal(0.0, pl.col("out") + (1 - w_high) * pl.col("partial")) * pl.col("heavy")
        more = extra.select(*by, more=value)
        added = fsum(more["more"])
        low, high = float(whole["lost_low"]), float(whole["lost_high"])
        low = min(high, low + added) if added else low
        best = low if low == high else None
        frame = counts.select(*by, "facility_days", *STATUSES, **lost(partial))
        if added:
            kinds = {name: counts.schema[name] for name in by}
            rows: dict[tuple[object, ...], list[float]] = {}
            for *key, one in more.iter_rows():
                rows.setdefault(tuple(key), []).append(one)
            table = pl.DataFrame(
                [(*key, fsum(ones)) for key, ones in rows.items()], schema=kinds | {"more": pl.Float64}, orient="row"
            )
            joined = (
                frame.join(table, on=list(by), how="left", nulls_equal=True, maintain_order="left")
                if by
                else frame.with_columns(more=pl.lit(added))
            )
            raised = pl.min_horizontal("lost_high", pl.col("lost_low") + pl.col("more").fill_null(0.0))
            frame = joined.with_columns(lost_low=raised).drop("more").with_columns(
                lost_best=pl.when(pl.col("lost_low") == pl.col("lost_high")).then("lost_low")
            )  # fmt: skip
        return cls(frame, low, best, high, int(whole["facility_days"]), by, weight, partial, first, last, origin)

    @property
    def unit(self) -> str:
        """What is counted: "facility-days lost", "bed-days lost", "catchment person-days without service"."""
        return UNITS[self.weight][1]

    @property
    def estimate(self) -> Estimate:
        """The total as an estimate; it carries no unit of counts, days being none."""
        return Estimate(self.low, self.best, self.high)

    @property
    def convention(self) -> str:
        """The days, and how a partial day counts."""
        some = bool(self.frame["partial"].sum()) or self.best is None
        return convention(self.first, self.last, self.partial, some=some)

    def to_frame(self) -> pl.DataFrame:
        """The rows (`frame`)."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write the rows as CSV, formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        one = self.best == 1
        return f"{self.estimate} {UNITS[self.weight][0 if one else 1]} of {format_count(self.of)}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.frame, str(self), self.convention)
