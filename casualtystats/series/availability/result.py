"""Availability: the share of facility-days on which facilities functioned, by calendar cell, with bounds.

Invariants
----------
- In every cell functional + partial + non_functional + destroyed + unknown = facility_days.
- 0 <= low <= high <= 1; `best` is there where they are one number, and then is that number.
- Every number is made of whole numbers of days, so that cells of weeks and months are the sums of those of days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.periods.cadence import Every, every_name
from casualtystats.printing import format_count, format_rate
from casualtystats.provenance import Origin
from casualtystats.series.availability.lost import DaysLost, convention
from casualtystats.series.availability.shares import STATUSES, UNSURE, check_partial, lost, shares

__all__ = ["Availability"]

_DAYS: Final = {None: "facility-days", "beds": "bed-days", "catchment": "catchment person-days"}


@dataclass(frozen=True, eq=False, repr=False)
class Availability:
    """Share of facility-days functional, by calendar cell. Made by `availability`.

    Attributes
    ----------
    frame : pl.DataFrame
        Columns of `by`, then `period_start`, `period_end` (dates, both included), `days`; `facilities` (the most that
        exist on a day of the cell); `facility_days` (times beds or people served, where weighted); `functional`, `partial`,
        `non_functional`, `destroyed`, `unknown` (of these facility-days; days on which more than one status is possible
        are unknown); `low`, `best`, `high` (share functional; `best` null where the bounds differ); `coverage` (share of
        facility-days whose status is known). All four are null where no facility exists (or none has any weight).
    counts : pl.DataFrame
        The whole numbers behind it: of the unknown days also which may only be `functional_or_partial`, `partial_or_out` or
        `non_functional_or_destroyed`.
    extra : pl.DataFrame
        What spells without a sure day surely take beside the sum of days, by facility: `out`, `partial`, `heavy` (its weight).
    every, by, weight, partial
        As asked; `every` None is one cell over the whole period.
    first, last : date
        The period, both ends included.
    origin : Origin, optional
        The publication that the register comes from.
    """

    frame: pl.DataFrame
    counts: pl.DataFrame
    extra: pl.DataFrame
    every: Every | None
    by: tuple[str, ...]
    weight: str | None
    partial: float | None
    first: date
    last: date
    origin: Origin | None = None

    @classmethod
    def of_counts(
        cls, counts: pl.DataFrame, extra: pl.DataFrame, *, every: Every | None, by: tuple[str, ...], weight: str | None,
        partial: float | None, first: date, last: date, origin: Origin | None,
    ) -> Availability:  # fmt: skip
        """With the shares that whole numbers of facility-days give."""
        frame = counts.select(pl.exclude(*UNSURE)).with_columns(counts.select(**shares(partial)))
        return cls(frame, counts, extra, every, by, weight, partial, first, last, origin)

    def _with(self, counts: pl.DataFrame, every: Every | None, partial: float | None) -> Availability:
        return Availability.of_counts(
            counts, self.extra, every=every, by=self.by, weight=self.weight, partial=partial, first=self.first,
            last=self.last, origin=self.origin,
        )  # fmt: skip

    def with_partial(self, partial: float | None) -> Availability:
        """The same availability with another weight of partial days.

        Raises
        ------
        OptionError
            If it is not a share.
        """
        return self._with(self.counts, self.every, partial)

    def sweep(self, partials: Sequence[float] = (0, 0.25, 0.5, 0.75, 1)) -> pl.DataFrame:
        """Availability for several weights of a partial day.

        Parameters
        ----------
        partials : list of float
            Shares from 0 (a partial day is lost) to 1 (it counts as functional).

        Returns
        -------
        pl.DataFrame
            `partial_weight`, then the columns of `frame`: all cells for the first weight, then for the next.

        Raises
        ------
        OptionError
            If there is none, or one is not a share.
        """
        if not len(partials):
            raise OptionError("expected at least one weight of a partial day, such as [0, 0.5, 1]; got none")
        frames = [
            self.with_partial(check_partial(one)[0]).frame.select(pl.lit(float(one)).alias("partial_weight"), pl.all())
            for one in partials
        ]
        return pl.concat(frames)

    @property
    def lost(self) -> pl.DataFrame:
        """Facility-days lost by cell.

        Columns of `by`, `period_start`, `period_end`, `days`, `facility_days`, `lost_low`, `lost_best` (null where the bounds
        differ), `lost_high`.
        """
        return self.counts.select(*self.by, "period_start", "period_end", "days", "facility_days", **lost(self.partial))

    def days_lost(self) -> DaysLost:
        """Facility-days lost over the whole period, by `by` and in all.

        Returns
        -------
        DaysLost
            Its bounds are sums of those of the cells, but for the lower one: a spell with such fuzzy edges that no day of
            it is sure still takes a day, where all days that it may hold lie in the period. The least of the total then
            exceeds the sum of the least of the cells.
        """
        whole = self._collapsed()
        return DaysLost.of_counts(
            whole, self.extra, by=self.by, weight=self.weight, partial=self.partial, first=self.first, last=self.last,
            origin=self.origin,
        )  # fmt: skip

    def total(self) -> Availability:
        """Availability over the whole period, in one cell for each value of `by`: the cells' facility-days, added."""
        return self._with(self._collapsed(), None, self.partial)

    def _collapsed(self) -> pl.DataFrame:
        names = ["facility_days", *STATUSES, *UNSURE]
        keys = pl.col("_group").alias("_group")
        cells = max(1, self.counts.select("period_start").n_unique()) if self.counts.height else 1
        numbered = self.counts.with_columns(_group=pl.int_range(pl.len()) // cells)
        return (
            numbered.group_by(keys, maintain_order=True)
            .agg(
                pl.col(*self.by).first() if self.by else [],
                pl.col("period_start").min(),
                pl.col("period_end").max(),
                pl.col("days").sum(),
                pl.col("facilities").max(),
                pl.col(names).sum(),
            )
            .drop("_group")
            .select(self.counts.columns)
        )

    def to_frame(self) -> pl.DataFrame:
        """The cells (`frame`)."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write the cells as CSV, formulas defused."""
        write_table(self.frame, path)

    @property
    def convention(self) -> str:
        """The days, and how a partial day counts."""
        some = ["partial", "functional_or_partial", "partial_or_out"]
        return convention(
            self.first, self.last, self.partial, some=bool(self.counts.select(some).sum().sum_horizontal()[0])
        )

    @property
    def source_line(self) -> str:
        """The line to print under a picture or table."""
        return "Source: not stated" if self.origin is None else f"Source: {self.origin.title or self.origin.producer}"

    def __str__(self) -> str:
        whole = self.counts.select(pl.col("facility_days", *STATUSES, *UNSURE).sum())
        row = whole.select("facility_days", **shares(self.partial)).row(0, named=True)
        days = f"{format_count(row['facility_days'])} {_DAYS[self.weight]}"
        if row["low"] is None:
            return f"no facility exists on any day, {self.convention}"
        if row["best"] is not None:
            share = f"{_percent(row['best'])} % of {days} functional"
        else:
            share = f"{_percent(row['low'], 'down')} to {_percent(row['high'], 'up')} % of {days} functional"
        return f"{share}, {self.convention}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        calendar = "the whole period" if self.every is None else every_name(self.every)
        split = f" and {' and '.join(self.by)}" if self.by else ""
        note = (
            f"By {calendar}{split}. Unknown is neither functional nor lost: low and high hold both. {self.source_line}"
        )
        return html_table(self.frame, str(self), note)


def _percent(share: float, rounding: str = "nearest") -> str:
    value = round(100 * share, 9)
    if rounding == "down":
        return format_rate(value, "down")
    return format_rate(value, "up") if rounding == "up" else format_rate(value)
