"""What reports say of facilities out of service, of hits and of other words, and where they meet a register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, cast

import polars as pl

from casualtystats.errors import NoReportsError, NotAdditiveError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger import DIMENSIONS, Keys
from casualtystats.ledger.audit import key_of
from casualtystats.periods import Period, parse_date
from casualtystats.places import Places
from casualtystats.reports import Reports
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.select import Selection
from casualtystats.series.build import Built
from casualtystats.series.flow import FlowSeries
from casualtystats.series.outagemeeting import unnamed_in, unnamed_on
from casualtystats.series.outagenamed import NamedOutages
from casualtystats.series.outageunnamed import Unnamed
from casualtystats.series.outagewords import WORDS, OutageWord, Peak, peak_of, stock_of, words_of
from casualtystats.series.stock import StockSeries
from casualtystats.vocabulary import Attacks, FacilitiesOut, Kind, Measure, Unit, kinds_of, units_of

__all__ = ["OutageSeries"]

_FLOWS: Final[tuple[Kind, ...]] = ("flow", "cumulative")
_MEASURES: Final[tuple[Measure, ...]] = (*WORDS.values(), "attacks")


@dataclass(frozen=True, eq=False, repr=False)
class OutageSeries:
    """Facilities that went out of service, and hits on facilities. Made by `outages`.

    Hit, affected, impacted, damaged, out of service, functioning and back in service are different words: each is a series of
    its own (`word`), and nothing is added or subtracted between them. Unknown is not functional: a facility that
    went out may have been back the next day or never.

    Attributes
    ----------
    reports : Reports
        The reports that it was selected from.
    """

    reports: Reports
    _select: Callable[..., Selection]
    _known: Callable[[Selection], pl.LazyFrame]
    _build: Callable[[Measure, Unit | None, tuple[Kind, ...]], Built]
    _facilities: Facilities | None = None
    _asked: tuple[str | None, str | None] = (None, None)

    @property
    def distinct(self) -> FlowSeries[FacilitiesOut]:
        """Distinct facilities that went out of service, by period. They do not add over periods.

        Raises
        ------
        NoReportsError, DoubleCountError
            As in `deaths`.
        """
        return FlowSeries[FacilitiesOut].from_built(self._build("facilities_out", "facilities", _FLOWS), self.reports)

    @property
    def hits(self) -> FlowSeries[Attacks]:
        """Hits on facilities, by period: one facility can be hit more than once.

        Raises
        ------
        NoReportsError, DoubleCountError
            As in `deaths`.
        """
        return FlowSeries[Attacks].from_built(self._build("attacks", "attacks", _FLOWS), self.reports)

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

    def word(
        self, *names: OutageWord, unit: Unit | None = None, stock: bool | None = None
    ) -> FlowSeries[Any] | StockSeries[Any]:
        """The series of one word: hit, affected, impacted, damaged, out, functional or restored.

        Parameters
        ----------
        *names : OutageWord
            One word.
        unit : Unit, optional
            Needed where its reports are counted in several units (facilities hit, and hits).
        stock : bool, optional
            Whether to take what is so on a date, and not what became so in a period; by default only where there is
            nothing else.

        Raises
        ------
        NotAdditiveError
            If several words are asked for: they are not added.
        OptionError
            If the word is not known.
        NoReportsError, DoubleCountError, MixedUnitsError
            As in `deaths`.
        """
        if len(names) > 1:
            raise NotAdditiveError(
                f"expected one word, got {' and '.join(map(repr, names))}: a facility can be hit, damaged and out at once, "
                "and one source's affected is not another's impacted. They are not added; take each by itself, or words()"
            )
        if not names or names[0] not in WORDS:
            raise OptionError(f"expected a word of {', '.join(WORDS)}; got {names[0] if names else 'none'!r}")
        measure = WORDS[names[0]]
        if stock is None:
            stock = "flow" not in kinds_of(measure) or not self._frame(measure, _FLOWS).height
            stock &= "stock" in kinds_of(measure) and bool(self._frame(measure, ("stock",)).height)
        if not stock:
            return FlowSeries[Any].from_built(self._build(measure, unit, _FLOWS), self.reports)
        return stock_of(self._build(measure, unit, ("stock",)), self.reports)

    def words(self) -> pl.DataFrame:
        """What the reports call it: one row a word, unit and kind. Rows are never added.

        Returns
        -------
        pl.DataFrame
            `word`, `measure`, `unit`, `kind`, `reports` (how many), `first`, `last` (dates), `low`, `high` (of the report with
            the greatest low; null = no upper bound). Attacks are the last word: they are no facilities.
        """
        kinds: tuple[Kind, ...] = ("flow", "cumulative", "stock")
        frames = [self._frame(measure, kinds) for measure in _MEASURES]
        return words_of(pl.concat(frames))

    @property
    def restored(self) -> FlowSeries[Any] | StockSeries[Any]:
        """Facilities reported back in service ("of the 20 only one is back"): a figure of its own, taken from no other.

        Raises
        ------
        NoReportsError, DoubleCountError
            As in `deaths`.
        """
        return self.word("restored")

    def peak(self) -> Peak:
        """The largest number that a report says was out of service at one time, with its date or the range of it.

        Returns
        -------
        Peak
            "50 at the peak", dated by month: on some day of it at least so many were out; how many more is not known.

        Raises
        ------
        NoReportsError
            If no report counts facilities out of service on a date.
        """
        stocks = self._frame("facilities_out", ("stock",))
        if stocks.is_empty():
            raise NoReportsError(
                "expected a report of facilities out of service on a date (kind stock), got none; reports of those that went out "
                "in a period: .distinct"
            )
        return peak_of(stocks)

    @property
    def named(self) -> NamedOutages:
        """The outages of named facilities: `distinct`, `hits`, `distinct_hit`, `went_out`, `out`, `out_on`.

        Raises
        ------
        OptionError
            Without a register.
        """
        return NamedOutages.of(self._named_register(), self._places(), *self._asked)

    def unnamed(
        self, period: Period | str | None = None, *, by: str | date | None = None, on: str | date | None = None
    ) -> Unnamed:
        """How many facilities the reports count that the register does not name.

        Parameters
        ----------
        period : Period or str, optional
            Facilities that went out of service in it; by default the period of the report, where they all have one.
        by : str or date, optional
            In its place: what reports count up to this day ("18 by 13 May"), since the first of them begins.
        on : str or date, optional
            In its place: facilities out of service on this day, as `out_on` bounds them.

        Returns
        -------
        Unnamed
            Between max(0, least reported - most named) and most reported - least named. Named are facilities of the place and
            type that the reports are about: at least those that surely went out in the period, at most those that may
            have been out on a day of it. One without place or type may be of them.

        Raises
        ------
        ContradictionError
            If more are named than reported, or the reports contradict each other.
        NoReportsError
            If no report bounds them.
        OptionError
            Without a register; if no one place and type holds what the reports are about; if the period is not clear.
        """
        register = self._named_register()
        if sum(one is not None for one in (period, by, on)) > 1:
            raise OptionError("expected one of period, by= and on=, got several")
        places = self._places()
        if on is not None:
            rows = self._rows((*_FLOWS, "stock"))
            return unnamed_on(on, rows, self.out_on(on), self.reports, register, places, self._asked)
        return unnamed_in(period, by, self._rows(_FLOWS), self.reports, register, places, self._asked)

    def _named_register(self) -> Facilities:
        if self._facilities is None:
            raise OptionError(
                "expected a register of named facilities; use outages(reports, facilities=read_facilities(...))"
            )
        return self._facilities

    def _places(self) -> Places:
        """The zones of the reports, and those of the register that they do not declare."""
        own, other = self.reports.places, self._named_register().places
        return Places({**other.zones, **own.zones}, {**other.names, **own.names})

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
        rows = self._frame("facilities_out", kinds)
        best = pl.col("best")
        return rows.with_columns(
            low=pl.when(best < pl.col("low")).then(best).otherwise("low"),
            high=pl.when(best > pl.col("high")).then(best).otherwise("high"),
        )

    def _frame(self, measure: Measure, kinds: tuple[Kind, ...]) -> pl.DataFrame:
        """Reports of a measure, in every unit; none is no error."""
        found: list[pl.DataFrame] = []
        for unit in units_of(measure):
            try:
                found.append(self._known(self._select(measure, kinds, unit)).collect())
            except NoReportsError:
                continue
        return pl.concat(found) if found else self.reports.frame.clear()

    def __str__(self) -> str:
        went = self._rows(("flow", "cumulative"))
        return f"reported facility outages: {went.height} report{'' if went.height == 1 else 's'} of facilities out of service"

    __repr__ = __str__
