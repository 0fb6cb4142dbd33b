"""Who leaves, arrives and dies while people are counted: numbers spread evenly, or flow series with their bounds.

Every source of movement answers one question: how many have moved from a first day to the middle of each later day. Those
who move on a day count for half of it, so that N people who leave evenly over D days take N * D / 2 person-days away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import KindError, MeasureError, NotAdditiveError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.places import Places
from casualtystats.rates.people import Population, moving_estimate
from casualtystats.series.flow import FlowSeries

__all__ = ["Even", "Flows", "Moved", "Moving", "Path", "evenly", "flows", "moving_part"]

Floats = NDArray[np.float64]
Path = tuple[Floats, Floats, Floats]
Moving = Population | FlowSeries[Any] | Mapping[Any, Any]
_MEASURES = {
    "leaving": ("displaced", "returned"),
    "arriving": ("displaced", "returned"),
    "deaths": ("killed", "died"),
}


class Moved(Protocol):
    """People who move, up to the middle of each day; the unknown best is NaN and an unknown upper bound infinite."""

    def until(self, since: int, first: int, last: int, start: int, end: int) -> Path:
        """Low, best and high of those who moved from day `since` to the middle of each day from `first` to `last`.

        `start` and `end` are the ends of the period that is counted; all days are proleptic ordinals.
        """
        ...


@dataclass(frozen=True)
class Even:
    """A number of people who move evenly over the period."""

    low: float
    best: float
    high: float

    @classmethod
    def of(cls, known: Estimate) -> Even:
        """From an estimate."""
        return cls(
            float(known.low),
            float("nan") if known.best is None else float(known.best),
            float("inf") if known.high is None else float(known.high),
        )

    def until(self, since: int, first: int, last: int, start: int, end: int) -> Path:
        """As in `Moved`: nobody before the period, an equal number on each of its days."""
        days = np.arange(first, last + 1, dtype=np.float64)
        share = np.maximum(0.0, days - max(since, start) + 0.5) / (end - start + 1)
        # Nobody has moved by a day before: of infinitely many, too.
        none = share == 0
        low, best, high = (np.where(none, 0.0, size * np.where(none, 1.0, share)) for size in self._sizes())
        return low, best, high

    def _sizes(self) -> tuple[float, float, float]:
        return self.low, self.best, self.high


@dataclass(frozen=True)
class Flows:
    """A flow series: its reports, and their best values by day."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    lows: Floats
    highs: Floats
    first: int
    daily: Floats
    covered: NDArray[np.bool_]
    name: str

    def until(self, since: int, first: int, last: int, start: int, end: int) -> Path:
        """As in `Moved`: low counts reports that lie inside, high those that touch the days."""
        self._check(since, last)
        best = self._best(since, first, last)
        edges = np.arange(first - 1, last + 1)
        inside = (self.starts >= since)[:, None] & (self.ends[:, None] <= edges)
        touching = (self.ends >= since)[:, None] & (self.starts[:, None] <= edges) & (edges >= since)
        low = np.where(inside, self.lows[:, None], 0.0).sum(axis=0)
        high = np.where(touching, self.highs[:, None], 0.0).sum(axis=0)
        return (low[:-1] + low[1:]) / 2, best, (high[:-1] + high[1:]) / 2

    def _best(self, since: int, first: int, last: int) -> Floats:
        by_day = self.daily[since - self.first : last - self.first + 1]
        before = np.concatenate([[0.0], np.cumsum(by_day)])
        middle = (before[:-1] + before[1:]) / 2
        found: Floats = middle[first - since :]
        return found

    def _check(self, since: int, last: int) -> None:
        wanted = range(since, last + 1)
        missing = [
            day
            for day in wanted
            if not (0 <= day - self.first < self.covered.size and bool(self.covered[day - self.first]))
        ]
        if missing:
            raise OptionError(
                f"expected {self.name}= a series that speaks about every day from {date.fromordinal(since)} to "
                f"{date.fromordinal(last)}; no report is certain about {date.fromordinal(missing[0])}"
                f"{f' and {len(missing) - 1} more days' if len(missing) > 1 else ''}, and silence is not zero. State "
                "observed= for periods in which no row means none, shorten the period, or give a number of people"
            )


def moving_part(moving: Moving, key: tuple[Any, ...] | None, name: str) -> Population | FlowSeries[Any]:
    """What moves in one part of a population that is split; `key` is None where it is not.

    Raises
    ------
    OptionError
        If a part has no number, or one number is given for all parts.
    """
    if isinstance(moving, Mapping):
        if key is None:
            raise OptionError(f"expected one {name}= for a population that is not split, got a mapping")
        wanted: Any = key[0] if len(key) == 1 else key
        if wanted not in moving:
            raise OptionError(
                f"expected {name}= for every part of the population; there is none for {wanted!r} (0 for none)"
            )
        found: Population | FlowSeries[Any] = moving[wanted]
        return found
    split = isinstance(moving, FlowSeries) and bool(moving.info.by)
    none = isinstance(moving, int | float) and moving == 0
    if key is not None and not (none or split):
        raise OptionError(
            f"expected {name}= for each part of a population that is split; give a mapping such as "
            f"{{{(key[0] if len(key) == 1 else key)!r}: number of people, ...}}, or a series with the same by="
        )
    return moving


def evenly(moving: Population | FlowSeries[Any], name: str) -> Even | None:
    """A number of people as an even movement; None for a series."""
    return None if isinstance(moving, FlowSeries) else Even.of(moving_estimate(moving, name))


def flows(
    series: FlowSeries[Any],
    name: str,
    by: tuple[str, ...],
    key: tuple[Any, ...] | None,
    area: str | None,
    places: Places,
) -> Flows:
    """A flow series as movements, after a look at whether it can be one.

    Raises
    ------
    MeasureError, NotAdditiveError, KindError, OptionError
        If it counts something else, does not add up, has no best values by day, or stays inside the area.
    """
    _check_series(series, name)
    _check_area(series, name, area, places)
    info = series.info
    # A series out of a mapping is its part's own.
    own = not info.by
    if key is not None and not own and info.by != by:
        raise OptionError(
            f"expected {name}= split by {' and '.join(by)} as the population is, got {' and '.join(info.by)}"
        )
    daily = series if series.every == "day" else series.resample("day")
    cells, intervals = daily.to_frame(), series.intervals.collect()
    if key is not None and not own:
        same = [pl.col(column).eq_missing(pl.lit(value)) for column, value in zip(by, key, strict=True)]
        cells, intervals = cells.filter(same), intervals.filter(same)
    # Rows that are split further (by destination, say) are movements beside each other.
    best = pl.when(pl.col("best").has_nulls()).then(None).otherwise(pl.col("best").sum()).alias("best")
    days = cells.group_by("period_start").agg(best, pl.col("coverage").min()).sort("period_start")
    if days.is_empty():
        raise OptionError(f"expected {name}= with rows for every part of the population; there is none for {key!r}")
    return Flows(
        _ordinals(intervals["period_start"]),
        _ordinals(intervals["period_end"]),
        intervals["low"].cast(pl.Float64).to_numpy(),
        intervals["high"].cast(pl.Float64).fill_null(float("inf")).to_numpy(),
        int(_ordinals(days["period_start"])[0]),
        days["best"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        (days["coverage"] >= 1).to_numpy(),
        name,
    )


def _check_series(series: FlowSeries[Any], name: str) -> None:
    info = series.info
    if info.measure not in _MEASURES[name] or info.unit == "households":
        kinds = "deaths" if name == "deaths" else "people who move, or movements"
        raise MeasureError(f"expected {name}= a series of {kinds}, got {info.noun}")
    if series.ledger is not None:
        raise KindError(
            f"expected {name}= a series with a best value for each day, got bounds of several reports (overlap='bounds'); "
            "choose one report for each period with another overlap= rule"
        )
    if not info.additive and series.intervals.select(pl.len()).collect().item() > 1:
        raise NotAdditiveError(
            f"expected {name}= of movements, which add up, got {info.noun} over several periods: the same people may leave "
            "twice. If every count is of people who leave anew, say so with .as_displacements()"
        )


def _check_area(series: FlowSeries[Any], name: str, area: str | None, places: Places) -> None:
    info = series.info
    # Those who arrive come from elsewhere: their place is where they were before.
    if name != "arriving" and area is not None and info.place is not None:
        inside = places.relation(info.place, area) in ("equal", "within")
        if not inside:
            raise MeasureError(
                f"expected {name}= of people in {area}, whose people are counted, got a series of {info.place}; give the "
                "number of people to state that they are of that area"
            )
    if name == "deaths" or info.destination is None:
        return
    around = area if area is not None else info.place
    inside = around is not None and places.relation(info.destination, around) in ("equal", "within")
    if name == "leaving" and inside:
        raise MeasureError(
            f"expected leaving= people who leave {around}, got a series of arrivals in {info.destination}, which lies inside "
            "it: those displaced within an area stay in its denominator"
        )
    if name == "arriving" and around is not None and not inside:
        raise MeasureError(f"expected arriving= people who arrive in {around}, got arrivals in {info.destination}")


def _ordinals(days: pl.Series) -> NDArray[np.int64]:
    return np.array([day.toordinal() for day in days.to_list()], dtype=np.int64)
