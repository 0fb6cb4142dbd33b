"""Whether a population is that of the place and the group whose deaths or movements are counted."""

from __future__ import annotations

from typing import Any

from casualtystats.errors import MeasureError
from casualtystats.places import Places, path_relation
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.people import is_under_five
from casualtystats.series.info import SeriesInfo
from casualtystats.series.stock import StockSeries

__all__ = ["check_population", "people_group"]

_HINT = "; give the number of people, as in population=stocks.at(date), to state that they are the same"


def check_population(info: SeriesInfo, population: Any, places: Places) -> None:
    """Refuse stocks, or person-days of stocks, that are of another place or group than the series.

    A population whose reports name no place is taken for that of the series. Plain numbers are the caller's.

    Raises
    ------
    MeasureError
        If the places differ, or the population is of a group that does not hold the one that is counted; and for children
        under five, if the population is not of them alone.
    """
    if not isinstance(population, StockSeries | Exposure):
        return
    split: tuple[str, ...]
    if isinstance(population, StockSeries):
        stocks, place, group, split = True, population.info.place, population.info.group, population.info.by
    else:
        stocks, place, group, split = population.of_stocks, population.place, population.group, population.by
    if "place" not in (*info.by, *split) and place is not None and places.relation(place, info.place) != "equal":
        raise MeasureError(
            f"expected a population of {info.place or 'every place'}, where those counted were, got one of {place}{_HINT}"
        )
    if "group" in (*info.by, *split) or not stocks:
        return
    holds = path_relation(group, info.group) in ("equal", "contains")
    if not (is_under_five(group) if is_under_five(info.group) else holds):
        raise MeasureError(
            f"expected a population of {info.group or 'all people'}, as those counted, got one of {group or 'all people'}"
            f"{_HINT}"
        )


def people_group(population: Any) -> str | None:
    """The group that a population is of; None for everybody, where it is split, and for plain numbers."""
    if isinstance(population, StockSeries):
        known: SeriesInfo = population.info
        return known.group
    return population.group if isinstance(population, Exposure) else None
