"""References of a best value: what is taken for granted about days before any report is read, always by name.

A *shape* says how days compare (uniform, an indicator) and nothing of how many there are; a *level* (an earlier series)
says both. Neither says anything of the parts (places, groups) that reports tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, Protocol, runtime_checkable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import MeasureError, OptionError
from casualtystats.periods import parse_date
from casualtystats.vocabulary import Measure, Unit

__all__ = ["Reference", "ReferenceLike", "Tabular", "read_reference"]

Floats = NDArray[np.float64]
_ASK = (
    "reference='uniform' (the same every day), a mapping from dates to weights, a frame with the columns date and weight "
    "(an indicator), or an earlier series (period_start, period_end, best)"
)
_SERIES = ("period_start", "period_end", "best")


@runtime_checkable
class Tabular(Protocol):
    """Anything that can be a frame, such as a series."""

    def to_frame(self) -> pl.DataFrame:
        """As a frame."""
        ...


ReferenceLike = str | Mapping[date, float] | Mapping[str, float] | pl.DataFrame | Tabular


@dataclass(frozen=True)
class Reference:
    """A reference as it is read.

    Attributes
    ----------
    words : str
        What it is, for the reader of a result.
    level : bool
        Whether it says how many there are; else only how days compare.
    weights : mapping of int to float, or None
        Weight of each day (proleptic ordinal); None = the same every day.
    """

    words: str
    level: bool = False
    weights: Mapping[int, float] | None = None

    def days(self, first: int, until: int) -> Floats:
        """The weights of the days [first, until).

        Raises
        ------
        OptionError
            If a day has none; the first such day is named.
        """
        if self.weights is None:
            return np.ones(until - first)
        for day in range(first, until):
            if day not in self.weights:
                raise OptionError(
                    f"expected a reference that has a weight for each day on which reports bound the count from above, got none "
                    f"for {date.fromordinal(day)}; add the day (0 says that there is no count), or use reference='uniform'"
                )
        return np.array([self.weights[day] for day in range(first, until)], np.float64)


def read_reference(reference: ReferenceLike | None, measure: Measure, unit: Unit) -> Reference:
    """A reference from what a caller gives.

    Parameters
    ----------
    reference : "uniform", mapping, frame, series or None
        "uniform"; date -> weight; a frame with `date` and `weight`; a frame, or an object with `to_frame()`, with
        `period_start`, `period_end` (included) and `best` (null = not known there).
    measure, unit : Measure, Unit
        What the ledger counts.

    Raises
    ------
    OptionError
        If there is none, it is not known, a weight is negative or not finite, days are given twice, or all are 0.
    MeasureError
        If an earlier series counts something else: its level means nothing here.

    Examples
    --------
    >>> read_reference({date(2019, 5, 1): 2.0, date(2019, 5, 2): 1.0}, "killed", "people").words
    'an indicator of 2 days, 2019-05-01 to 2019-05-02, as a shape'
    """
    if reference is None:
        raise OptionError(f"no reference, no best: expected {_ASK}; got none. ledger.bounds_by needs none")
    if isinstance(reference, str):
        if reference != "uniform":
            raise OptionError(f"expected {_ASK}; got {reference!r}")
        return Reference("uniform: the same every day")
    if isinstance(reference, Mapping):
        return _indicator(reference.items())
    frame: object = reference
    if isinstance(reference, Tabular):
        _same_count(reference, measure, unit)
        frame = reference.to_frame()
    if not isinstance(frame, pl.DataFrame):
        raise OptionError(f"expected {_ASK}; got {type(reference).__name__}")
    if {"date", "weight"} <= set(frame.columns):
        return _indicator(frame.select("date", "weight").rows())
    if set(_SERIES) <= set(frame.columns):
        return _earlier(frame)
    raise OptionError(f"expected {_ASK}; got a frame with the columns {', '.join(frame.columns) or 'none'}")


def _same_count(series: object, measure: Measure, unit: Unit) -> None:
    """Refuse a series that counts something else, where it says what it counts."""
    info: Any = getattr(series, "info", None)
    counts = getattr(info, "measure", measure), getattr(info, "unit", unit)
    if counts != (measure, unit):
        raise MeasureError(
            f"expected an earlier series of {measure} ({unit}), got one of {counts[0]} ({counts[1]}): its level means nothing "
            "here. To use its shape, give a frame with the columns date and weight"
        )


def _indicator(pairs: Iterable[tuple[Any, Any]]) -> Reference:
    weights: dict[int, float] = {}
    for given, weight in pairs:
        first, last = parse_date(given)
        if first != last:
            raise OptionError(f"expected single days in the reference, got {given!r}")
        _add(weights, first, weight)
    return Reference(_spoken(weights, "an indicator of", "as a shape"), False, weights)


def _earlier(frame: pl.DataFrame) -> Reference:
    weights: dict[int, float] = {}
    for first, last, best in frame.select(_SERIES).rows():
        days = (last - first).days + 1
        for number in range(days if best is not None else 0):
            _add(weights, date.fromordinal(first.toordinal() + number), best / days)
    return Reference(_spoken(weights, "an earlier series of", "at its level, evenly inside its cells"), True, weights)


def _add(weights: dict[int, float], day: date, weight: object) -> None:
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not isfinite(weight) or weight < 0:
        raise OptionError(f"expected weights of 0 or more in the reference, got {weight!r} for {day}")
    if day.toordinal() in weights:
        raise OptionError(
            f"expected one weight a day in the reference, got two for {day}; filter it to one place and group"
        )
    weights[day.toordinal()] = float(weight)


def _spoken(weights: Mapping[int, float], what: str, how: str) -> str:
    if not any(weights.values()):
        raise OptionError("expected a reference with some weight above 0, got none")
    first, last = date.fromordinal(min(weights)), date.fromordinal(max(weights))
    return f"{what} {len(weights):,} day{'' if len(weights) == 1 else 's'}, {first} to {last}, {how}"
