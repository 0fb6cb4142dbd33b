"""The builder for facility outages: distinct facilities, hits, and facilities out on a date are three things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

import polars as pl

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import DIMENSIONS, Keys, resolve
from casualtystats.ledger.audit import key_of
from casualtystats.ledger.rules import OverlapRule
from casualtystats.periods import parse_date
from casualtystats.reports import Reports
from casualtystats.reports.select import By, Observed, Selection
from casualtystats.reports.vintages import newest
from casualtystats.series.build import Built, build
from casualtystats.series.flow import FlowSeries
from casualtystats.vocabulary import Attacks, FacilitiesOut, Kind, Measure, Role, Unit

__all__ = ["OutageSeries", "outages"]


@dataclass(frozen=True, eq=False, repr=False)
class OutageSeries:
    """Facilities that went out of service, and hits on facilities. Made by `outages`.

    Restoration is not reported here, and unknown is not functional: a facility that went out may have been back
    the next day or never.

    Attributes
    ----------
    reports : Reports
        The reports that it was selected from.
    """

    reports: Reports
    _select: Callable[[Measure, tuple[Kind, ...]], Selection]
    _known: Callable[[Selection], pl.LazyFrame]
    _build: Callable[[Measure, Unit], Built]

    @property
    def distinct(self) -> FlowSeries[FacilitiesOut]:
        """Distinct facilities that went out of service, by period. They do not add over periods.

        Raises
        ------
        NoReportsError, DoubleCountError
            As in `deaths`.
        """
        return FlowSeries[FacilitiesOut].from_built(self._build("facilities_out", "facilities"), self.reports)

    @property
    def hits(self) -> FlowSeries[Attacks]:
        """Hits on facilities, by period: one facility can be hit more than once.

        Raises
        ------
        NoReportsError, DoubleCountError
            As in `deaths`.
        """
        return FlowSeries[Attacks].from_built(self._build("attacks", "attacks"), self.reports)

    def out_on(self, day: str | date) -> Estimate:
        """Facilities out of service on a day, of those that the reports are about.

        Parameters
        ----------
        day : str or date
            One day.

        Returns
        -------
        Estimate
            From below: a stock stated for that very day, else 0 (a facility may have been out for one day only). From
            above: the last stock that speaks about all places and groups together, and what went out after it; without
            one, all facilities that a report says went out or were out by then, counted as different facilities. No
            upper bound where a report has none.

        Raises
        ------
        NoReportsError
            If no report speaks about that day or an earlier one.
        OptionError
            If the day is not one day.
        """
        first, last = parse_date(day)
        if first != last:
            raise OptionError(f"expected one day, got {day!r}")
        rows = self._rows(("flow", "cumulative", "stock")).filter(pl.col("start_earliest") <= first)
        if rows.is_empty():
            raise NoReportsError(
                f"expected a day on or after the first report of facilities out of service, got {first}"
            )
        exact = (pl.col("kind") == "stock") & (pl.col("start_earliest") == pl.col("end_latest"))
        today = rows.filter(exact, pl.col("end_latest") == first)
        # Sources that disagree about one place and group leave the lesser of their lows.
        low = today.group_by(DIMENSIONS).agg(pl.col("low").min())["low"].max() or 0
        high = self._most(rows, rows.filter(exact), first)
        return Estimate(cast("int", low), None, high, unit="facilities")

    def _most(self, rows: pl.DataFrame, stocks: pl.DataFrame, day: date) -> int | None:
        """The most that can be out on a day: the last stock about all of them and what went out since, or everything."""
        keys = Keys.of(rows.lazy(), self.reports.places)
        for stock in stocks.sort("end_latest", descending=True).iter_rows(named=True):
            if all(keys.holds(key_of(stock), key) for key in keys.values):
                same_day = (pl.col("kind") == "stock") & (pl.col("end_latest") == stock["end_latest"])
                since = rows.filter(pl.col("end_latest") > stock["end_latest"])
                told = rows.filter(same_day, *(pl.col(name).eq_missing(pl.lit(stock[name])) for name in DIMENSIONS))
                counted = [told["high"].max()] if not told["high"].has_nulls() else [None]
                tops = pl.Series([*counted, *(since["high"] if stock["end_latest"] < day else [])], dtype=pl.Int64)
                return None if tops.has_nulls() else int(tops.sum())
        return None if rows["high"].has_nulls() else int(rows["high"].sum())

    def days_lost(self) -> Estimate:
        """Facility-days without service within the reports' own periods, as far as they bound them.

        Each facility was out for at least one day, and for no more than the days of the widest period of its report.
        What came after a report's period is not counted: it is not known.

        Returns
        -------
        Estimate
            18 facilities over 15 to 17 days: 18 to 306 facility-days. Low is that of the largest report where reports
            may count the same facilities.

        Raises
        ------
        NoReportsError
            If no report says that facilities went out.
        """
        rows = self._rows(("flow", "cumulative"))
        if rows.is_empty():
            raise NoReportsError("expected a report of facilities that went out of service, got none")
        days = (pl.col("end_latest") - pl.col("start_earliest")).dt.total_days() + 1
        low, high, open_top = rows.select(
            pl.col("low").max(), (pl.col("high") * days).sum().alias("most"), pl.col("high").has_nulls().alias("open")
        ).row(0)
        return Estimate(low, None, None if open_top else high)

    def _rows(self, kinds: tuple[Kind, ...]) -> pl.DataFrame:
        """Reports of facilities out of service, of the kinds named."""
        try:
            rows = self._known(self._select("facilities_out", kinds)).collect()
        except NoReportsError:
            return self.reports.frame.clear()
        best = pl.col("best")
        return rows.with_columns(
            low=pl.when(best < pl.col("low")).then(best).otherwise("low"),
            high=pl.when(best > pl.col("high")).then(best).otherwise("high"),
        )

    def __str__(self) -> str:
        went = self._rows(("flow", "cumulative"))
        return f"reported facility outages: {went.height} report{'' if went.height == 1 else 's'} of facilities out of service"

    __repr__ = __str__


def outages(
    reports: Reports, *, place: str | None = None, group: str | None = None, source: str | None = None,
    role: Role | None = None, by: Sequence[By] = (), overlap: OverlapRule = "raise", observed: Observed | None = None,
    as_of: str | date | None = None,
) -> OutageSeries:  # fmt: skip
    """Facilities out of service, and hits on facilities.

    Parameters
    ----------
    reports, place, group, source, role, by, overlap, observed, as_of
        As in `deaths`. Overlaps are settled where a series is taken: `.distinct` and `.hits` may raise.

    Returns
    -------
    OutageSeries
        `.distinct`, `.hits`, `.out_on(date)`, `.days_lost()`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["out"], "measure": ["facilities_out"], "unit": ["facilities"], "kind": ["flow"],
    ...     "value": [18], "start": ["[2019-04-27..2019-04-29]"], "end": ["2019-05-13"],
    ... }))
    >>> str(cs.outages(reports).days_lost())
    '18 to 306'
    """

    def chosen(measure: Measure, kinds: tuple[Kind, ...]) -> Selection:
        return Selection.of(
            reports, measure, kinds, unit=None, place=place, group=group, source=source, role=role, as_of=as_of
        )

    def known(selection: Selection) -> pl.LazyFrame:
        """Newest vintages, and later or preferred reports, where these were asked for; bounds need no other rule."""
        frame = selection.frame()
        if as_of is not None and overlap != "add":
            frame, _ = newest(frame)
        if overlap == "latest" or isinstance(overlap, list):
            frame = resolve(frame, Keys.of(frame, reports.places), overlap, origin=reports.origin).used
        return frame

    def built(measure: Measure, unit: Unit) -> Built:
        return build(
            reports, measure, ("flow", "cumulative"), place=place, group=group, source=source, unit=unit, role=role,
            by=by, overlap=overlap, observed=observed, as_of=as_of,
        )  # fmt: skip

    return OutageSeries(reports, chosen, known, built)
