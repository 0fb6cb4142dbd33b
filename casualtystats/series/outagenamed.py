"""Named facilities by calendar: distinct ones that were out, hits, distinct ones hit, new outages, and out on a day.

Each is a series of its own, and none is made from another. Low and high are what every arrangement of the fuzzy and unknown
edges allows at least and at most, cell by cell; an unknown day may have been a day out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.markup import html_table
from casualtystats.periods import Period, parse_date
from casualtystats.periods.cadence import Every, check_every
from casualtystats.places import Places
from casualtystats.reports.facilities.chains import Chains, chains, day_number
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.states import days_of
from casualtystats.reports.facilities.stretches import stretches
from casualtystats.series.availability.counts import Grid, Ints, counts
from casualtystats.series.outagecells import Marks, counted_each, counted_once, starts
from casualtystats.series.outagescope import Bools, scoped

__all__ = ["NamedOutages"]

_OUT = (2, 3, 7)
_MAY = (2, 3, 4, 6, 7, 8)
_PARTIAL = (1, 5, 6)


@dataclass(frozen=True, eq=False, repr=False)
class NamedOutages:
    """Outages and hits of the facilities of a register. Made by `outages(..., facilities=...)`.

    Out of service is non-functional or destroyed. Each method gives a frame: `period_start`, `period_end` (dates, both
    included), `days`, `low`, `high`; without `every` it has one row, the whole period.

    Attributes
    ----------
    facilities : Facilities
        The register.
    sure : array of bool
        By facility: whether it surely lies in the place and is of the type that was asked for. One without place or type may:
        it counts in `high` only.
    """

    facilities: Facilities
    sure: Bools
    _hits: pl.DataFrame

    @classmethod
    def of(cls, facilities: Facilities, places: Places, place: str | None, group: str | None) -> NamedOutages:
        """The facilities that lie, or may lie, inside a place and a type, and the hits on them.

        One whose place is not stated, or only holds or overlaps the place that is asked for, may lie in it; the same for types.
        """
        return cls(*scoped(facilities, places, place, group))

    def distinct(
        self, every: Every | None = None, *, period: Period | str | None = None, origin: date | None = None,
        partial: bool = False,
    ) -> pl.DataFrame:  # fmt: skip
        """Distinct facilities that were out on some day of a cell. They do not add over cells.

        Parameters
        ----------
        every, origin : Every, date
            The calendar; None is one cell.
        period : Period or str, optional
            First and last day; by default those that the register speaks of.
        partial : bool
            Whether partial counts as out.

        Returns
        -------
        pl.DataFrame
            `low`: out for sure on some day of the cell (an outage of which no day is sure, but all possible days lie in the cell,
            included). `high`: may have been out on some day of it; a facility that was not observed may.

        Raises
        ------
        OptionError, NoReportsError, ContradictionError
            As in `availability`.
        """
        grid, chained = self._grid(every, period, origin), chains(self.facilities)
        return _framed(grid, *self._distinct(grid, chained, partial=partial))

    def _distinct(self, grid: Grid, chained: Chains, *, partial: bool) -> tuple[Ints, Ints]:
        found = stretches(chained)
        out = found.filter(pl.col("code").is_in([*_OUT, *(_PARTIAL[::2] if partial else ())]))
        low = pl.concat([out.select("f", "from", "until"), self._held(chained, grid, partial=partial)])
        may = found.filter(pl.col("code").is_in([*_MAY, *(_PARTIAL if partial else ())])).select("f", "from", "until")
        high = pl.concat([may, self._unseen(chained, found)])
        return counted_once(low, grid, self.sure), counted_once(high, grid, None)

    def _held(self, chained: Chains, grid: Grid, *, partial: bool) -> pl.DataFrame:
        """Spells of which no day is sure, and whose possible days all lie in one cell: one of its days, whichever."""
        some = chained.spells.filter(
            pl.col("status").is_in([2, 3, *([1] if partial else [])]), pl.col("start_high") > pl.col("end_low")
        )
        life = chained.register.select("opened", "closed")[some["f"]]
        some = pl.concat([some, life], how="horizontal").filter(
            pl.col("start_low") >= pl.max_horizontal("opened", pl.lit(grid.first)),
            pl.col("end_high") <= pl.min_horizontal("closed", pl.lit(grid.last)),
        )
        begin = grid.cell_of[some["start_low"].to_numpy() - grid.first]
        end = grid.cell_of[some["end_high"].to_numpy() - grid.first]
        return some.filter(pl.Series(begin == end)).select("f", pl.col("start_low").alias("from"), until="start_low")

    def _unseen(self, chained: Chains, found: pl.DataFrame) -> pl.DataFrame:
        """Days on which no spell speaks and that were not observed; they may hold days of spells, which count anyway."""
        own = chained.register.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("f"), pl.all())
        none = pl.col("seen_from") > pl.col("seen_until")
        before = own.select(
            "f", pl.col("opened").alias("from"), until=pl.min_horizontal("closed", pl.col("seen_from") - 1)
        )
        after = own.filter(~none).select(
            "f", pl.max_horizontal("opened", pl.col("seen_until") + 1).alias("from"), until="closed"
        )
        free = pl.concat([before, after]).filter(pl.col("from") <= pl.col("until")).sort("f", "from")
        # Known spells take their days away.
        known = found.select("f", "from", "until")
        return Marks.without(free, known)

    def hits(
        self, every: Every | None = None, *, period: Period | str | None = None, origin: date | None = None
    ) -> pl.DataFrame:
        """Hits: one facility can be hit more than once.

        `low` counts those whose day surely lies in the cell, `high` those whose day may. Parameters and errors as in
        `distinct`.
        """
        grid = self._grid(every, period, origin)
        sure = self._hits.filter("sure")
        return _framed(grid, counted_each(sure, grid, surely=True), counted_each(self._hits, grid, surely=False))

    def distinct_hit(
        self, every: Every | None = None, *, period: Period | str | None = None, origin: date | None = None
    ) -> pl.DataFrame:
        """Distinct facilities hit in a cell. A hit on an unknown facility may be on one that is counted already, or not.

        Parameters and errors as in `distinct`.
        """
        grid = self._grid(every, period, origin)
        known = self._hits.drop_nulls("f")
        unknown = self._hits.filter(pl.col("f").is_null())
        inside = Marks.inside(known.filter("sure"), grid)
        low = counted_once(inside, grid, None)
        low = np.maximum(low, np.minimum(1, counted_each(unknown.filter("sure"), grid, surely=True)))
        high = counted_once(known.select("f", "from", "until"), grid, None) + counted_each(unknown, grid, surely=False)
        return _framed(grid, low, high)

    def went_out(
        self, every: Every | None = None, *, period: Period | str | None = None, origin: date | None = None,
        partial: bool = False,
    ) -> pl.DataFrame:  # fmt: skip
        """New outages of the register that begin in a cell; a facility that goes out twice counts twice.

        A spell that follows another one out of service without a day between is the same outage, such as non-functional, then
        destroyed, or hit again while out. Where the earlier has no known end, or the start is not known, the spell may be new or
        not: it counts in `high`. Outages that no spell records are in neither.

        Parameters and errors as in `distinct`.
        """
        grid, chained = self._grid(every, period, origin), chains(self.facilities)
        some = starts(chained, (2, 3, 1) if partial else (2, 3))
        sure = pl.Series(self.sure).gather(some["f"])
        low = counted_each(some.filter("surely", sure), grid, surely=True)
        return _framed(grid, low, counted_each(some, grid, surely=False))

    def out(
        self, every: Every = "day", *, period: Period | str | None = None, origin: date | None = None,
        partial: bool = False,
    ) -> pl.DataFrame:  # fmt: skip
        """Facilities out on a day: a stock, on the last day of each cell. It does not add over days.

        Parameters and errors as in `distinct`.
        """
        daily, grid = self._grid("day", period, None), self._grid(every, period, origin)
        low, high = self._out(daily, partial=partial)
        last = np.cumsum(grid.cells["days"].to_numpy()) - 1
        return _framed(grid, low[last], high[last])

    def _out(self, daily: Grid, *, partial: bool) -> tuple[Ints, Ints]:
        chained = chains(self.facilities)
        found = counts(chained, stretches(chained), np.where(self.sure, 0, 1), 2, None, daily)
        surely = ["non_functional", "destroyed", "non_functional_or_destroyed"]
        never = ["functional", "partial", "functional_or_partial"]
        if partial:
            surely, never = [*surely, "partial", "partial_or_out"], ["functional"]
        low = sum((found[name][0] for name in surely), np.zeros(daily.days, np.int64))
        high = found["facility_days"] - sum((found[name] for name in never), np.zeros((2, daily.days), np.int64))
        return low, high.sum(axis=0)

    def out_on(self, day: str | date, *, partial: bool = False) -> Estimate:
        """Named facilities out of service on a day.

        Raises
        ------
        OptionError
            If the day is not one day.
        """
        first, last = parse_date(day)
        if first != last:
            raise OptionError(f"expected one day, got {day!r}")
        low, high = self._out(Grid.of(first, first, "day", None), partial=partial)
        return _estimate(int(low[0]), int(high[0]))

    def surely_out(self, first: date, last: date) -> list[str]:
        """Identifiers of facilities that surely went out between two days (both included), in the order of the register."""
        grid, chained = Grid.of(first, last, None, None), chains(self.facilities)
        some = starts(chained, (2, 3)).filter("surely")
        held = Marks.inside(some.filter(pl.Series(self.sure).gather(some["f"])), grid)
        return self.facilities.facilities["facility_id"].gather(held["f"].unique().sort()).to_list()

    def surely_out_on(self, day: date) -> list[str]:
        """Identifiers of facilities that are surely out on a day, in the order of the register."""
        number = day_number(day)
        found = stretches(chains(self.facilities)).filter(
            pl.col("from") <= number, pl.col("until") >= number, pl.col("code").is_in(list(_OUT))
        )
        out = found.filter(pl.Series(self.sure).gather(found["f"]))["f"].unique().sort()
        return self.facilities.facilities["facility_id"].gather(out).to_list()

    def _grid(self, every: Every | None, period: Period | str | None, origin: date | None) -> Grid:
        if every is not None:
            check_every(every, origin)
        first, last = days_of(self.facilities, period)
        return Grid.of(first, last, every, origin)

    def __str__(self) -> str:
        may = int((~self.sure).sum())
        note = "" if not may else f", of which {may} may lie elsewhere or be of another type"
        return f"named facilities: {self.facilities}{note}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.facilities.facilities, str(self))


def _framed(grid: Grid, low: Ints, high: Ints) -> pl.DataFrame:
    return grid.cells.with_columns(low=pl.Series(low), high=pl.Series(high))


def _estimate(low: int, high: int) -> Estimate:
    return Estimate(low, low if low == high else None, high, unit="facilities")
