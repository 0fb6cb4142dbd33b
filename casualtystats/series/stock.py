"""Stocks: what is present on a date. They are never summed over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Generic, NoReturn, TypeVar

import polars as pl

from casualtystats.errors import KindError, MeasureError, NoReportsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger.rules import OverlapRule
from casualtystats.periods import parse_date
from casualtystats.reports import Reports
from casualtystats.reports.preferred import RoleChoice
from casualtystats.reports.select import By
from casualtystats.series.build import build
from casualtystats.series.info import SeriesInfo
from casualtystats.series.units import HouseholdSize, Size
from casualtystats.vocabulary import InternallyDisplaced, Measure, MeasureType, Population, Unit

__all__ = ["StockSeries", "idps", "population"]

M = TypeVar("M", bound=MeasureType)


@dataclass(frozen=True, eq=False, repr=False)
class StockSeries(Generic[M]):
    """Counts of what is present on dates. Made by `idps` and `population`.

    Attributes
    ----------
    info : SeriesInfo
        What is counted, by whom.
    reports : Reports
        The reports behind it.
    frame : pl.LazyFrame
        Columns of `by`, then `report_id`, `date_earliest`, `date_latest` (equal where the day is known), `low`, `best`
        (null = one-sided), `high` (null = no upper bound), `stated`.
    audit : pl.LazyFrame
        What became of each report.
    """

    info: SeriesInfo
    reports: Reports
    frame: pl.LazyFrame
    audit: pl.LazyFrame

    def to_frame(self) -> pl.DataFrame:
        """The stocks in order of their dates."""
        return self.frame.collect()

    def at(self, day: str | date) -> Estimate:
        """The stock that was stated for a day: the sum over the places and groups that were counted on it.

        Raises
        ------
        NoReportsError
            If no report is certainly about that day: between two stocks nothing is interpolated.
        OptionError
            If the series is split, so that there are several.
        """
        if self.info.by:
            raise OptionError(f"expected a series that is not split, got one by {' and '.join(self.info.by)}")
        first, last = parse_date(day)
        rows = self.frame.filter(pl.col("date_earliest") == first, pl.col("date_latest") == last).collect()
        if rows.is_empty():
            known = ", ".join(str(d) for d in self.to_frame()["date_earliest"].to_list())
            raise NoReportsError(f"expected a day with a stock, got {day}; there are stocks for {known}")
        # Several rows on one day are about different places or groups: others were refused or settled.
        counts = [
            Estimate(low, best, high, unit=self.info.unit)
            for low, best, high in rows.select("low", "best", "high").rows()
        ]
        return sum(counts[1:], counts[0])

    def to_people(self, household_size: Size, *, low: Size | None = None, high: Size | None = None) -> StockSeries[M]:
        """The same stocks in people, each count of households times a household size.

        Parameters
        ----------
        household_size, low, high : number
            As in `FlowSeries.to_people`: best, least and largest average size; without a range it is taken as exact.

        Raises
        ------
        MeasureError
            If the stocks are not of households.
        OptionError
            If a size is not above 0, sizes are out of order, or only one end is given.
        """
        size = HouseholdSize.of(household_size, low, high)
        if self.info.unit != "households":
            raise MeasureError(f"expected stocks of households to read as people, got {self.info.noun}")
        frame = self.frame.with_columns(**size.columns(), stated=pl.lit(None, pl.Int64))
        return replace(self, info=replace(self.info, unit="people", converted=size.words), frame=frame)

    def __str__(self) -> str:
        rows = self.to_frame().height
        return f"reported {self.info.noun}: {rows:,} stock{'' if rows == 1 else 's'} from {self.info.first} to {self.info.last}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from casualtystats.markup import html_table

        return html_table(self.to_frame(), str(self), self.info.source_line)

    if not TYPE_CHECKING:

        def total(self) -> NoReturn:
            """Refuse: a stock is not summed over time."""
            raise KindError("a stock is not summed over time: the same people are present again; use .at(date)")

        def resample(self, *_: object, **__: object) -> NoReturn:
            """Refuse: a stock says nothing about the days between two dates."""
            raise KindError("a stock is known on its dates only and is not resampled; take to_frame(), or .at(date)")

        def cumulate(self) -> NoReturn:
            """Refuse: a stock is not cumulated."""
            raise KindError("a stock is not cumulated: the same people are present again; use .at(date)")

        def daily(self, *_: object, **__: object) -> NoReturn:
            """Refuse: a stock is not spread over days."""
            raise KindError("a stock is not spread over days; take to_frame(), or .at(date)")


def _stock(
    reports: Reports, measure: Measure, *, place: str | None, group: str | None, source: str | None, unit: Unit | None,
    role: RoleChoice | None, by: Sequence[By], overlap: OverlapRule, as_of: str | date | None,
) -> StockSeries[M]:  # fmt: skip
    if overlap in ("add", "difference"):
        raise OptionError(f"expected overlap= 'raise', 'latest' or a list of sources for a stock, got {overlap!r}")
    built = build(
        reports, measure, ("stock",), place=place, group=group, source=source, unit=unit, role=role, by=by,
        overlap=overlap, observed=None, as_of=as_of,
    )  # fmt: skip
    frame = built.intervals.select(
        *built.info.by, "report_id", "low", "best", "high", "stated",
        date_earliest="period_start", date_latest="period_end",
    ).select(
        *built.info.by, "report_id", "date_earliest", "date_latest", "low", "best", "high", "stated"
    ).sort("date_earliest", "report_id")  # fmt: skip
    return StockSeries(built.info, reports, frame, built.audit)


def idps(
    reports: Reports, *, place: str | None = None, group: str | None = None, source: str | None = None,
    unit: Unit | None = None, role: RoleChoice | None = None, by: Sequence[By] = (), overlap: OverlapRule = "raise",
    as_of: str | date | None = None,
) -> StockSeries[InternallyDisplaced]:  # fmt: skip
    """Internally displaced people present on dates.

    The arguments are those of `deaths`; `overlap` knows "raise", "latest" and a list of sources.

    Raises
    ------
    NoReportsError, MixedUnitsError, DoubleCountError, VintageError, OptionError
        As in `deaths`.
    """
    return _stock(
        reports,
        "idps",
        place=place,
        group=group,
        source=source,
        unit=unit,
        role=role,
        by=by,
        overlap=overlap,
        as_of=as_of,
    )


def population(
    reports: Reports, *, place: str | None = None, group: str | None = None, source: str | None = None,
    unit: Unit | None = None, role: RoleChoice | None = None, by: Sequence[By] = (), overlap: OverlapRule = "raise",
    as_of: str | date | None = None,
) -> StockSeries[Population]:  # fmt: skip
    """Inhabitants on dates.

    The arguments are those of `deaths`; `overlap` knows "raise", "latest" and a list of sources.

    Raises
    ------
    NoReportsError, MixedUnitsError, DoubleCountError, VintageError, OptionError
        As in `deaths`.
    """
    return _stock(
        reports, "population", place=place, group=group, source=source, unit=unit, role=role, by=by, overlap=overlap,
        as_of=as_of,
    )  # fmt: skip
