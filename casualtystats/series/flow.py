"""Flow series: counts of what is new in each of a set of periods.

Invariants
----------
- A series keeps its intervals. Every `resample` starts from them, so that a week never inherits what a day rounded,
  and `s.resample("week").resample("month")` equals `s.resample("month")`.
- `best` is an allocated value; `low` and `high` are what the reports imply for a cell: the least is the sum of the
  lows of reports that lie inside it, the most the sum of the highs of those that touch it.
- With a ledger (overlap="bounds") there is no `best`, and every `low` and `high` is the ledger's, asked anew for each
  calendar: bounds of weeks are not sums of those of days.
- A cell without a report is null unless it was observed. A cell with a day that no report about the whole speaks
  about has no `high`. A report without an upper bound leaves none to any cell that it touches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import polars as pl

from casualtystats.errors import KindError, MeasureError, MixedUnitsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import Ledger
from casualtystats.periods.cadence import Every, check_every, every_name
from casualtystats.reports import Reports
from casualtystats.series.bounded import bounded_cells, bounded_intervals, bounded_totals
from casualtystats.series.build import Built
from casualtystats.series.cells import Facts, cells
from casualtystats.series.cumulative import CumulativeSeries, cumulated
from casualtystats.series.info import SeriesInfo
from casualtystats.series.units import Counted, HouseholdSize, Size, people_from_movements
from casualtystats.series.weights import Weights, weighted_cells
from casualtystats.vocabulary import MeasureType

if TYPE_CHECKING:
    from casualtystats.series.stock import StockSeries

__all__ = ["FlowSeries", "Spread"]

M = TypeVar("M", bound=MeasureType)
Spread = Literal["uniform", "whole"]


@dataclass(frozen=True, eq=False, repr=False)
class FlowSeries(Generic[M]):
    """Counts over periods, with bounds, from published reports. Made by `deaths`, `displacement` and `outages`.

    Attributes
    ----------
    info : SeriesInfo
        Measure, unit, place, group, sources, rule for overlaps.
    reports : Reports
        The reports that it was selected from.
    intervals : pl.LazyFrame
        One row an interval, in the columns of `IntervalSchema` with the columns of `by` in front.
    every, origin : Every or None, date or None
        The calendar, once resampled.
    spread : "uniform", "whole" or Weights
        How `best` is spread over the days of a report.
    audit : pl.LazyFrame
        What became of each report (`AuditSchema`).
    running_total : Estimate or None
        Where the intervals are differences of running totals: the last of these, which their sum can not better.
    ledger : Ledger or None
        With overlap="bounds": what all reports say together. `intervals` are then those of the reports, which overlap.
    """

    info: SeriesInfo
    reports: Reports
    intervals: pl.LazyFrame
    audit: pl.LazyFrame
    facts: Facts
    every: Every | None = None
    origin: date | None = None
    spread: Spread | Weights = "uniform"
    running_total: Estimate | None = None
    ledger: Ledger | None = None

    @classmethod
    def from_built(cls, built: Built, reports: Reports) -> FlowSeries[M]:
        """A series from what the builders share."""
        return cls(
            built.info,
            reports,
            built.intervals,
            built.audit,
            built.facts,
            running_total=built.total,
            ledger=built.ledger,
        )

    @property
    def cells(self) -> pl.LazyFrame:
        """The calendar cells, in the columns of `CellSchema` with the columns of `by` in front.

        Raises
        ------
        OptionError
            If the series has no calendar yet: use `resample`.
        """
        if self.every is None:
            raise OptionError("expected a series with a calendar; use .resample('week') or .daily() first")
        if self.ledger is not None:
            return bounded_cells(self.ledger, self.intervals, self.facts, self.every, self.origin)
        if isinstance(self.spread, Weights):
            return weighted_cells(self.intervals, self.facts, self.every, self.origin, self.spread)
        return cells(self.intervals, self.facts, self.every, self.origin, self.spread)

    def to_frame(self) -> pl.DataFrame:
        """The intervals, or the cells of a series with a calendar, as a frame.

        With a ledger, and without a calendar: the stretches between neighbouring ends of reports, with their bounds.
        """
        if self.ledger is not None and self.every is None:
            return bounded_intervals(self.ledger, self.intervals, self.info.by)
        return (self.intervals if self.every is None else self.cells).collect(engine="streaming")

    def resample(self, every: Every, origin: date | None = None) -> FlowSeries[M]:
        """The same series on a calendar.

        Parameters
        ----------
        every : {"day", "week", "epiweek", "month", "quarter", "year"} or timedelta
            Weeks are ISO weeks (Monday), epiweeks MMWR weeks (Sunday); a timedelta is a number of days.
        origin : date, optional
            With a timedelta: a day on which a cell starts; by default the first day of the series.

        Returns
        -------
        FlowSeries
            Its `to_frame()` has one row a cell: `low` and `high` as the reports imply, `best` allocated.
        """
        check_every(every, origin)
        return replace(self, every=every, origin=origin)

    def daily(self, spread: Spread | Mapping[date, float] | pl.DataFrame = "uniform") -> FlowSeries[M]:
        """The same series by day, each report spread over the days of its widest period.

        Parameters
        ----------
        spread : {"uniform", "whole"}, mapping of date to float, or frame
            "uniform": count / days. "whole": whole people by largest remainders, ties to the earliest day. A mapping
            or a frame (`date`, `weight`): in proportion to weights, which every day of every report must have.
            A fuzzy report is spread over its widest period, each feasible period being equally likely; by weights,
            over the widest period as a whole.

        Raises
        ------
        OptionError
            If the spread is not known, or a report has a day without weight.

        Notes
        -----
        Allocated days of a report sum to the report. They are derived, and marked `allocated`; the interval
        [low, high] of each says what the report itself implies.
        """
        if self.ledger is not None and not (isinstance(spread, str) and spread == "uniform"):
            raise OptionError(
                "expected no spread= with overlap='bounds', which has no best value to spread; best values from a named "
                "reference: series.ledger.best(reference=...)"
            )
        if isinstance(spread, str):
            if spread not in ("uniform", "whole"):
                raise OptionError(f"expected spread= 'uniform', 'whole' or weights by date; got {spread!r}")
            return replace(self, every="day", origin=None, spread=spread)
        weights = Weights.of(spread)
        weights.check(self.intervals)
        return replace(self, every="day", origin=None, spread=weights)

    def total(self) -> Estimate:
        """The count over all periods of the series together.

        Returns
        -------
        Estimate
            For what adds up, the sums of low, best and high. For people displaced and distinct facilities, which may
            be counted again, [largest low, sum of highs]; best only where there is one report. For differences of
            running totals, the last running total. With a ledger, its bounds (`Bounds`).

        Raises
        ------
        DoubleCountError
            Never here: reports that overlap were settled, or refused, when the series was built.
        OptionError
            If the series is split by source or standard: these speak about the same people.
        """
        twice = [name for name in self.info.by if name in ("source", "standard")]
        if twice:
            raise OptionError(
                f"expected a series that is not split by {twice[0]} for a total: different {twice[0]}s may count the same "
                "people. Select one, or take to_frame()"
            )
        if self.ledger is not None:
            return self.ledger.bounds()
        if self.running_total is not None:
            return replace(self.running_total, unit=self.info.unit)
        low = pl.col("low").sum() if self.info.additive else pl.col("low").max()
        row = self.intervals.select(
            low,
            pl.when(pl.col("best").has_nulls()).then(None).otherwise(pl.col("best").sum()).alias("best"),
            pl.when(pl.col("high").has_nulls()).then(None).otherwise(pl.col("high").sum()).alias("high"),
            pl.len().alias("n"),
        ).collect(engine="streaming").row(0, named=True)  # fmt: skip
        best = row["best"] if self.info.additive or row["n"] == 1 else None
        return Estimate(row["low"], best, row["high"], unit=self.info.unit)

    def cumulate(self) -> CumulativeSeries[M]:
        """The running total since the first day of the series, at the end of each cell (of each day without calendar).

        Returns
        -------
        CumulativeSeries
            Bounds count whole reports: `cumulative_low` those that have ended, `cumulative_high` those that have begun.

        Raises
        ------
        OptionError
            If `best` is spread by weights.
        """
        if isinstance(self.spread, Weights):
            raise OptionError("expected spread='uniform' or 'whole' for a running total, got weights by date")
        if self.ledger is not None:
            totals = bounded_totals(self.ledger, self.intervals, self.facts, self.every or "day", self.origin)
            return CumulativeSeries(self.info, self.reports, totals, self.audit)
        frame = cumulated(self.intervals, self.facts, self.every or "day", self.origin, self.spread)
        return CumulativeSeries(self.info, self.reports, frame, self.audit)

    def as_displacements(self) -> FlowSeries[M]:
        """The same counts, read as movements: a statement of the caller's, after which they add up over time.

        Raises
        ------
        MeasureError
            If the series does not count people displaced or returned.
        """
        if self.info.measure not in ("displaced", "returned") or self.info.unit == "households":
            raise MeasureError(f"expected people displaced or returned to read as movements, got {self.info.noun}")
        if self.ledger is not None:
            raise KindError(
                "expected a series without overlap='bounds' to read as movements: its bounds are on people. Read the reports as "
                "movements first (unit='displacements' in their rows)"
            )
        info = replace(self.info, unit="displacements")
        return replace(self, info=info, facts=replace(self.facts, additive=True))

    def to_people(self, household_size: Size, *, low: Size | None = None, high: Size | None = None) -> FlowSeries[M]:
        """The same series in people, each count of households times a household size.

        Parameters
        ----------
        household_size : number
            People in a household on average.
        low, high : number, optional
            Least and most that the average may be, together; without them it is taken as exact, and the source line says so.

        Returns
        -------
        FlowSeries
            In people, who do not add over periods. best = best x size, low = low x least size, high = high x largest size,
            each rounded half up; null stays null.

        Raises
        ------
        MeasureError
            If the series is not of households.
        KindError
            If it has a ledger (overlap="bounds").
        OptionError
            If a size is not above 0, sizes are out of order, or only one end is given.
        """
        size = HouseholdSize.of(household_size, low, high)
        if self.info.unit != "households":
            raise MeasureError(f"expected a series of households to read as people, got {self.info.noun}")
        if self.ledger is not None:
            raise KindError(
                "expected a series without overlap='bounds' to read as people: its bounds are on households. Choose one "
                "report for each period with another overlap= rule"
            )
        intervals = self.intervals.with_columns(**size.columns(), stated=pl.lit(None, pl.Int64))
        total = None if self.running_total is None else size.people(self.running_total)
        info = replace(self.info, unit="people", converted=size.words)
        return replace(self, info=info, intervals=intervals, running_total=total)

    def people(self, *, no_repeats: Counted | FlowSeries[Any] | StockSeries[Any] | None = None) -> Estimate:
        """How many people the movements of this series can be of, as in `people_from_movements`.

        Parameters
        ----------
        no_repeats : int, str, Estimate, FlowSeries or StockSeries, optional
            A count in which nobody is counted twice: one event, or a stock on one date of people displaced in this period.

        Raises
        ------
        MeasureError
            If the series does not count movements.
        ContradictionError
            If the count without repeats exceeds the movements.
        """
        return people_from_movements(self, no_repeats=no_repeats)

    def __str__(self) -> str:
        rows = self.intervals.select(pl.len()).collect().item()
        where = "" if self.info.place is None else f", {self.reports.places.name(self.info.place)}"
        calendar = "" if self.every is None else f", by {every_name(self.every)}"
        split = f", by {' and '.join(self.info.by)}" if self.info.by else ""
        intervals = f"{rows:,} interval" + ("" if rows == 1 else "s")
        return f"{self.info.reported}{where}: {intervals} from {self.info.first} to {self.info.last}{calendar}{split}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from casualtystats.markup import html_table

        return html_table(self.to_frame(), str(self), self.info.source_line)

    if not TYPE_CHECKING:

        def __add__(self, other: object) -> FlowSeries[M]:
            if not isinstance(other, FlowSeries):
                return NotImplemented
            if self.info.unit != other.info.unit:
                raise MixedUnitsError(f"{self.info.unit} and {other.info.unit} are never added to each other")
            raise KindError(
                "expected one builder call that selects all reports (it checks that none overlap), got two series to "
                "add; totals of separate things add as estimates: a.total() + b.total()"
            )
