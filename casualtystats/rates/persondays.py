"""Person-days of a population over a period, while people may leave it, arrive and die."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl

from casualtystats.errors import MeasureError, OptionError
from casualtystats.places import path_relation
from casualtystats.rates.counted import Counted, counted
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.movements import Moving, evenly, flows, moving_part
from casualtystats.rates.people import Population, population_estimate
from casualtystats.rates.spans import PeriodLike, Span
from casualtystats.rates.stocks import Before, Between, Constant, Stocks, stocks_of
from casualtystats.series.flow import FlowSeries
from casualtystats.series.stock import StockSeries

__all__ = ["Decline", "People", "person_days"]

Decline = Literal["linear", "exponential"]
People = Population | StockSeries[Any] | Mapping[Any, Any]
_BETWEEN: dict[str, str] = {
    "step": "each stock until the next",
    "linear": "on a line from each stock to the next",
}


def person_days(
    population: People, period: PeriodLike, leaving: Moving = 0, *, arriving: Moving = 0, deaths: Moving = 0,
    decline: Decline = "linear", between: Between = "step", before: Before = "raise", by: Sequence[str] = ("place",),
) -> Exposure:  # fmt: skip
    r"""Person-days at risk: the exposure of a mortality rate, and of a trend.

    With P people at the start, N who leave or die less those who arrive, and D days: linear, D (P - N/2), as they go
    evenly and a day on which one goes counts for half; exponential (a constant share of those who are left goes each
    moment), D N / ln(P / (P - N)). With a flow series, the people of day t are P less all who moved before t and half
    of those who move on t. A range of the population or of movements gives a range of person-days.

    Parameters
    ----------
    population : int, float, Estimate, StockSeries, or mapping
        People at the start of the period; or stocks counted on dates (`cs.population(reports)`); or one of these for
        each place. A series of stocks that is split by place or group gives one exposure for each.
    period : Period, str, (start, end) or number of days
        Both ends counted. Fuzzy ends give the range over all feasible periods, and no best value. A stated length of
        hours wins over the dates.
    leaving, arriving, deaths : number, Estimate, FlowSeries or mapping, default 0
        People who leave the area, arrive in it, or die, over the period. A number is spread evenly over its days. A flow
        series is spread over its own days: best as allocated, bounds as the reports imply. Each counts as a movement
        (who leaves twice has come back between). Those displaced *within* the area stay in its denominator: give only
        those who leave it. A series whose destination lies inside the area is refused.
    decline : {"linear", "exponential"}
        How numbers of people go.
    between : {"step", "linear"}
        The days between two stocks: the earlier stock, or a straight line to the later one. After the last stock, that.
        A stock already lacks those who left before it: movements count from its date on.
    before : {"raise", "first"}
        Days before the first stock are not known, and raise; "first" takes the first stock for them.
    by : sequence of str, default ("place",)
        What the keys of a mapping are: "place", "group", or several columns (keys are then tuples).

    Returns
    -------
    Exposure
        `low`, `best`, `high` in person-days; `by_day()`, `total(start, end)`; `float()` of it is the best.

    Raises
    ------
    OptionError
        If a number is not possible, more leave than are there, days lie before the first stock or outside a flow series,
        or options do not go together.
    MeasureError, NotAdditiveError, KindError
        If a series counts something else, does not add up, or has only bounds.
    PeriodError, ParseError
        If the period is impossible or outside its grammar.

    Notes
    -----
    Not more can leave than are there: where the number of those who left has no upper bound, it ends at the population.

    Examples
    --------
    >>> print(person_days(500_000, "2019-04-29/2019-05-09", leaving=180_000))
    4,510,000 person-days over 11 days, both ends counted; people leave evenly
    >>> round(float(person_days(500_000, 11, leaving=180_000, decline="exponential")), 1)
    4436605.9
    """
    span = Span.of(period)
    _check_options(decline, between, before)
    if isinstance(by, str) or not isinstance(by, Sequence) or not all(isinstance(name, str) for name in by):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected by= a list of columns, such as ['place'], got {by!r}")
    keys = _keys(population, tuple(by))
    split = () if keys is None else population.info.by if isinstance(population, StockSeries) else tuple(by)
    parts: list[tuple[tuple[Any, ...], Counted]] = []
    for key in [None] if keys is None else keys:
        base = _base(population, key, split, between, before)
        named = (("leaving", leaving), ("arriving", arriving), ("deaths", deaths))
        moving = {name: moving_part(value, key, name) for name, value in named}
        found = _count(population, base, span, moving, decline, split, key)
        parts.append((key or (), found))
    moved = {"leave": leaving, "arrive": arriving, "die": deaths}
    convention = "; ".join([span.convention, *_how(population, moved, decline, between, before)])
    return Exposure(
        _totals(parts, split), _daily(parts, split), split, span.period, float(span.shortest), float(span.longest),
        convention, _note(population, (leaving, arriving, deaths)), *_about(population, split),
    )  # fmt: skip


def _check_options(decline: str, between: str, before: str) -> None:
    for name, given, known in (
        ("decline", decline, ("linear", "exponential")),
        ("between", between, ("step", "linear")),
        ("before", before, ("raise", "first")),
    ):
        if given not in known:
            raise OptionError(f"expected {name}= {' or '.join(map(repr, known))}, got {given!r}")


def _keys(population: People, by: tuple[str, ...]) -> list[tuple[Any, ...]] | None:
    if isinstance(population, StockSeries):
        columns = population.info.by
        return population.to_frame().select(columns).unique().sort(columns).rows() if columns else None
    if isinstance(population, Mapping):
        keys: list[tuple[Any, ...]] = [key if isinstance(key, tuple) else (key,) for key in population]
        if not keys:
            raise OptionError("expected a population for at least one place, got an empty mapping")
        for key in keys:
            if len(key) != len(by):
                raise OptionError(f"expected keys of population= with a value for each of by={list(by)}, got {key!r}")
        return keys
    return None


def _refuse_other(part: StockSeries[Any], key: dict[str, Any]) -> None:
    """Refuse stocks that say that they are of another place or group than the key that they stand under."""
    for name, wanted in key.items():
        stated = getattr(part.info, name, None)
        relation = part.reports.places.relation if name == "place" else path_relation
        if stated is not None and relation(stated, wanted) != "equal":
            raise MeasureError(f"expected stocks of {wanted!r} under that key, got a series of {stated!r}")


def _base(
    population: People, key: tuple[Any, ...] | None, by: tuple[str, ...], between: Between, before: Before
) -> Constant | Stocks:
    if isinstance(population, Mapping):
        wanted: Any = key[0] if key is not None and len(key) == 1 else key
        part: Population | StockSeries[Any] = population[wanted]
        if isinstance(part, StockSeries):
            if part.info.by:
                raise OptionError(
                    f"expected stocks of one place for {wanted!r}, got a series by {' and '.join(part.info.by)}"
                )
            _refuse_other(part, dict(zip(by, key or (), strict=True)))
            return stocks_of(part, None, between, before)
        return Constant.of(population_estimate(part))
    if isinstance(population, StockSeries):
        return stocks_of(population, key, between, before)
    return Constant.of(population_estimate(population))


def _count(
    population: People, base: Constant | Stocks, span: Span, moving: dict[str, Any], decline: Decline,
    by: tuple[str, ...], key: tuple[Any, ...] | None,
) -> Counted:  # fmt: skip
    stock = population if isinstance(population, StockSeries) else None
    area = stock.info.place if stock is not None else None
    if key is not None and "place" in by:
        area = key[by.index("place")]
    even: dict[str, Any] = {}
    series: dict[str, Any] = {}
    for name, value in moving.items():
        given: Any = value
        if isinstance(value, FlowSeries):
            places = stock.reports.places if stock is not None else given.reports.places
            series[name] = flows(given, name, by, key, area, places)
        else:
            even[name] = evenly(given, name)
    return counted(base, span, even, series, decline)


def _some(moving: Moving) -> bool:
    return not (isinstance(moving, int | float) and not isinstance(moving, bool) and moving == 0)


def _how(population: People, moved: dict[str, Moving], decline: str, between: str, before: str) -> list[str]:
    found: list[str] = []
    parts = list(population.values()) if isinstance(population, Mapping) else [population]
    if any(isinstance(part, StockSeries) for part in parts):
        found.append(_BETWEEN[between] + (", the first stock before its date" if before == "first" else ""))
    even = "a constant share of those left at each moment" if decline == "exponential" else "evenly"
    ways: dict[str, list[str]] = {}
    for verb, moving in moved.items():
        sizes: list[Any] = list(moving.values()) if isinstance(moving, Mapping) else [moving]
        if any(isinstance(size, FlowSeries) for size in sizes):
            ways.setdefault("on the days reported", []).append(verb)
        elif any(_some(size) for size in sizes):
            ways.setdefault(even, []).append(verb)
    return [*found, *(f"people {' and '.join(verbs)} {way}" for way, verbs in ways.items())]


def _about(population: People, split: tuple[str, ...]) -> tuple[str | None, str | None, bool]:
    """Place and group of the stocks behind an exposure, where it is not split by them; and whether there are stocks."""
    parts = list(population.values()) if isinstance(population, Mapping) else [population]
    infos = [part.info for part in parts if isinstance(part, StockSeries)]
    found = [{getattr(info, name) for info in infos} if name not in split else {None} for name in ("place", "group")]
    place, group = (next(iter(values)) if len(values) == 1 else None for values in found)
    return place, group, bool(infos)


def _note(population: People, moving: tuple[Moving, ...]) -> str:
    parts = list(population.values()) if isinstance(population, Mapping) else [population]
    lines = [part.info.source_line for part in parts if isinstance(part, StockSeries)]
    lines += [part.info.source_line for part in moving if isinstance(part, FlowSeries)]
    return "; ".join(dict.fromkeys(lines))


def _totals(parts: list[tuple[tuple[Any, ...], Counted]], by: tuple[str, ...]) -> pl.DataFrame:
    rows = [(*key, *(_value(bound) for bound in found.total)) for key, found in parts]
    schema: dict[str, Any] = dict.fromkeys(by, pl.String) | dict.fromkeys(("low", "best", "high"), pl.Float64)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _daily(parts: list[tuple[tuple[Any, ...], Counted]], by: tuple[str, ...]) -> pl.DataFrame | None:
    rows: list[tuple[Any, ...]] = []
    for key, found in parts:
        if found.path is None:
            return None
        for at, values in enumerate(zip(*found.path, strict=True)):
            rows.append((*key, date.fromordinal(found.first + at), *(_value(float(value)) for value in values)))
    schema: dict[str, Any] = dict.fromkeys(by, pl.String) | {"date": pl.Date}
    return pl.DataFrame(rows, schema=schema | dict.fromkeys(("low", "best", "high"), pl.Float64), orient="row")


def _value(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
