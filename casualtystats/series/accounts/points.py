"""The stocks between which an account is drawn up, and the stretches of days between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from casualtystats.errors import MeasureError, MixedUnitsError, OptionError, TooFewReportsError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period, format_date
from casualtystats.series.accounts.signed import SignedBounds
from casualtystats.series.stock import StockSeries

__all__ = ["Point", "Span", "neighbours", "ordered_pairs", "parts_of", "points_of"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Point:
    """A stock on a date that may be known to some days only.

    Attributes
    ----------
    earliest, latest : date
        The days on which it may have been counted; equal where the day is known.
    count : SignedBounds
        People.
    report_ids : tuple of str
        The reports that it is from.
    """

    earliest: date
    latest: date
    count: SignedBounds
    report_ids: tuple[str, ...]

    @property
    def name(self) -> str:
        """Its date: "2019-06-30", "2019-06"."""
        return format_date(self.earliest, self.latest)


@dataclass(frozen=True, slots=True)
class Span:
    """The days after one stock up to another, both of which may be known to some days only.

    Attributes
    ----------
    start, start_latest, end_earliest, end : date
        First days that the stretch may have, and last ones (included).
    """

    start: date
    start_latest: date
    end_earliest: date
    end: date

    @classmethod
    def between(cls, first: Point, last: Point) -> Span:
        """From the day after the first stock to the day of the last."""
        return cls(first.earliest + _DAY, first.latest + _DAY, last.earliest, last.latest)

    @property
    def days_min(self) -> int:
        """Length of the shortest stretch that is possible."""
        return (self.end_earliest - self.start_latest).days + 1

    @property
    def days_max(self) -> int:
        """Length of the longest."""
        return (self.end - self.start).days + 1

    @property
    def period(self) -> Period:
        """The stretch as a period with fuzzy ends."""
        return Period(self.start, self.start_latest, self.end_earliest, self.end)


def points_of(stocks: StockSeries[Any]) -> tuple[Point, ...]:
    """The stocks in order of their dates; those of several places or groups on one date are summed.

    Raises
    ------
    MeasureError, MixedUnitsError, OptionError
        If they are no stocks of displaced people, are split, or are of other places or groups on other dates.
    TooFewReportsError
        If there is but one.
    """
    if not isinstance(stocks, StockSeries):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected stocks= from idps(...), got {type(stocks).__name__}")
    if stocks.info.measure != "idps":
        raise MeasureError(f"expected stocks= of internally displaced people, got {stocks.info.noun}")
    if stocks.info.unit != "people":
        raise MixedUnitsError(
            f"expected stocks= in people, got {stocks.info.unit}; take stocks.to_people(household_size=...) first"
        )
    if stocks.info.by:
        raise OptionError(
            f"expected stocks= that are not split, got them by {' and '.join(stocks.info.by)}; draw up one account for each"
        )
    keys = stocks.reports.frame.lazy().select("report_id", "place", "group")
    rows = (
        stocks.frame.join(keys, on="report_id", how="left").sort("date_earliest", "date_latest", "report_id").collect()
    )
    found: list[Point] = []
    parts: dict[str, tuple[Any, ...]] = {}
    for _, frame in rows.group_by("date_earliest", "date_latest", maintain_order=True):
        counts = [Estimate(low, best, high) for low, best, high in frame.select("low", "best", "high").rows()]
        one = SignedBounds.of(sum(counts[1:], counts[0]))
        point = Point(frame["date_earliest"][0], frame["date_latest"][0], one, tuple(frame["report_id"].to_list()))
        found.append(point)
        pairs = frame.select("place", "group").rows()
        parts[point.name] = tuple(sorted(pairs, key=lambda pair: tuple(text or "" for text in pair)))
    _same_parts(parts)
    if len(found) < 2:
        raise TooFewReportsError(f"expected stocks on at least two dates for an account, got {len(found)}")
    return tuple(found)


def parts_of(stocks: StockSeries[Any], points: tuple[Point, ...]) -> tuple[tuple[str | None, str | None], ...]:
    """Place and group of each stock of a date, which are the same on every date."""
    ids = points[0].report_ids
    rows = stocks.reports.frame.filter(pl.col("report_id").is_in(list(ids))).select("place", "group")
    return tuple(rows.unique().sort("place", "group").rows())


def _same_parts(parts: dict[str, tuple[Any, ...]]) -> None:
    """Refuse stocks that speak about other places or groups on other dates: their difference is no change."""
    first, wanted = next(iter(parts.items()), ("", ()))
    for name, got in parts.items():
        if got != wanted:
            raise OptionError(
                f"expected stocks= of the same places and groups on every date, got {_spoken(wanted)} on {first} and "
                f"{_spoken(got)} on {name}; select with place= and group="
            )


def _spoken(keys: tuple[Any, ...]) -> str:
    return ", ".join(" of ".join(part or "all" for part in (group, place)) for place, group in keys)


def ordered_pairs(points: tuple[Point, ...]) -> list[tuple[int, int]]:
    """All pairs of stocks of which the first was surely counted before the second."""
    return [
        (i, j)
        for i, first in enumerate(points)
        for j, last in enumerate(points)
        if first.latest < last.earliest
    ]  # fmt: skip


def neighbours(points: tuple[Point, ...]) -> list[tuple[int, int]]:
    """The pairs between which no third stock was surely counted.

    With dates that are known to the day: each stock with the next one. A stock of "June" and one of 15 June are in no known
    order, and have no stretch between them.
    """
    pairs: list[tuple[int, int]] = []
    for j, last in enumerate(points):
        before = [i for i, first in enumerate(points) if first.latest < last.earliest]
        newest = max((points[i].earliest for i in before), default=None)
        pairs += [(i, j) for i in before if newest is not None and points[i].latest >= newest]
    return sorted(pairs)
