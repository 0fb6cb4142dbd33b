"""From one unit to another: households to people, movements to people. No unit is ever added to another one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from casualtystats.errors import ContradictionError, MeasureError, UndefinedEstimateError
from casualtystats.estimates import Estimate
from casualtystats.printing import format_rate
from casualtystats.series.given import Counted, counted
from casualtystats.series.households import HouseholdSize, Size, households_to_people

if TYPE_CHECKING:
    from casualtystats.series.flow import FlowSeries
    from casualtystats.series.stock import StockSeries

__all__ = [
    "Counted", "HouseholdSize", "MovementsPerPerson", "Size", "households_to_people", "movements_per_person",
    "people_from_movements",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class MovementsPerPerson(Estimate):
    """Movements a person, from below and above. Made by `movements_per_person`.

    Attributes
    ----------
    low, best, high : float
        Movements a person; `low` is never below 1. `best` null = one-sided, `high` null = no upper bound.
    about : str
        Of which movements and people, in words.
    """

    about: str = ""

    @property
    def sentence(self) -> str:
        """The range with what it is of."""
        return f"{self.about}: {self}"

    def __str__(self) -> str:
        # To the nearest third digit, as such a ratio is published; the numbers themselves are not rounded.
        low = format_rate(self.low) if self.low != int(self.low) else f"{int(self.low):,}"
        if self.high is None:
            return f"at least {low} movement{'' if self.low == 1 else 's'} a person"
        high = format_rate(self.high) if self.high != int(self.high) else f"{int(self.high):,}"
        if self.low == self.high:
            return f"{low} movement{'' if self.low == 1 else 's'} a person"
        best = "" if self.best is None else f"{format_rate(self.best)} ("
        return f"{best}{low} to {high}{')' if best else ''} movements a person"


def movements_per_person(movements: Counted, people: Counted) -> MovementsPerPerson:
    """How often a displaced person moved, on average, from a count of movements and one of people.

    Parameters
    ----------
    movements : int, str or Estimate
        Movements ("displacements").
    people : int, str or Estimate
        The people who made them.

    Returns
    -------
    MovementsPerPerson
        An estimate: low = max(1, least movements / most people), high = most movements / least people (null where either
        is open). Everybody who is displaced has moved at least once.

    Raises
    ------
    ContradictionError
        If there are surely more people than movements.
    UndefinedEstimateError
        If there may be no people at all.

    Examples
    --------
    >>> found = movements_per_person(452_623, "over 330,000")
    >>> found.sentence
    '452,623 movements of more than 330,000 people: 1 to 1.37 movements a person'
    """
    moved = counted(movements, "movements", units=("displacements",))
    moving = counted(people, "people", units=("people",))
    if moved.high is not None and moving.low > moved.high:
        raise ContradictionError(
            f"expected at least one movement for each of {moving} people displaced, got {moved} movements; check that both "
            "are of the same place and period"
        )
    if moving.low <= 0 and moving.high == 0:
        raise UndefinedEstimateError("expected people who moved, got none: movements a person are then undefined")
    low = 1.0 if not moving.high else max(1.0, moved.low / moving.high)
    high = None if moved.high is None or moving.low <= 0 else moved.high / moving.low
    best = moved.best / moving.best if moved.best is not None and moving.best else None
    best = best if best is not None and best >= low else None
    return MovementsPerPerson(low, best, high, about=f"{moved} movements of {moving} people")


def people_from_movements(
    movements: Counted | FlowSeries[Any], *, no_repeats: Counted | FlowSeries[Any] | StockSeries[Any] | None = None
) -> Estimate:
    """How many people a number of movements can be of: from the largest count without repeats to all movements.

    Parameters
    ----------
    movements : int, str, Estimate or FlowSeries
        Movements; of a series, its total.
    no_repeats : int, str, Estimate, FlowSeries or StockSeries, optional
        A count in which nobody is counted twice: those displaced in one event, or present on one date after having been
        displaced in this period (a stock of people who were displaced earlier bounds nothing here). Of a series of stocks
        the largest lower bound of any date is taken, of one of people displaced the largest of any report.

    Returns
    -------
    Estimate
        In people. low: the largest count without repeats, else 1 (0 where there may be no movement); high: the number
        of movements (null where it has no upper bound); best null, for movements alone say nothing between.

    Raises
    ------
    MeasureError, MixedUnitsError
        If a series counts something else.
    ContradictionError
        If the count without repeats exceeds the movements.

    Examples
    --------
    >>> str(people_from_movements(452_623)), str(people_from_movements(452_623, no_repeats="over 330,000"))
    ('1 to 452,623', '330,001 to 452,623')
    """
    moved = _moved(movements)
    single = 0 if no_repeats is None else _single(no_repeats)
    low = max(math.ceil(single), 1 if moved.low > 0 else 0)
    high = None if moved.high is None else math.floor(moved.high)
    if high is not None and low > high:
        raise ContradictionError(
            f"expected no more people without repeats than movements, got at least {low:,} people and {moved} movements; "
            "check that both are of the same place and period"
        )
    return Estimate(low, low if low == high else None, high, unit="people")


def _moved(movements: object) -> Estimate:
    from casualtystats.series.flow import FlowSeries

    if not isinstance(movements, FlowSeries):
        return counted(movements, "movements", units=("displacements",))
    info = movements.info
    if info.measure not in ("displaced", "returned") or info.unit != "displacements":
        raise MeasureError(f"expected a series of movements (unit='displacements'), got {info.noun}")
    return movements.total()


def _single(no_repeats: object) -> float:
    from casualtystats.series.flow import FlowSeries
    from casualtystats.series.stock import StockSeries

    if not isinstance(no_repeats, FlowSeries | StockSeries):
        return counted(no_repeats, "no_repeats", units=("people",)).low
    info = no_repeats.info
    if info.measure not in ("idps", "displaced") or info.unit != "people":
        raise MeasureError(f"expected no_repeats= people displaced, by report or on a date, got {info.noun}")
    if isinstance(no_repeats, FlowSeries):
        return float(no_repeats.intervals.select(pl.col("low").max()).collect().item() or 0)
    # Nobody is in two places on one day; in a month somebody may be.
    sure = pl.col("date_earliest") == pl.col("date_latest")
    on_a_day = no_repeats.frame.filter(sure).group_by("date_earliest").agg(pl.col("low").sum()).select("low")
    counts = pl.concat([on_a_day, no_repeats.frame.filter(~sure).select("low")])
    return float(counts.select(pl.col("low").max()).collect().item() or 0)
