"""Rates of what adds up, whatever it is: injuries, attacks, movements; per person-days, per day, or per people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from casualtystats.errors import KindError, MeasureError, NotAdditiveError, OptionError
from casualtystats.rates.denominators import AtRisk
from casualtystats.rates.make import constant, make_rates
from casualtystats.rates.result import RateSeries
from casualtystats.rates.rowintervals import TOGETHER, Interval
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import Displaced

__all__ = ["displacement_rate", "rate"]


def rate(
    series: FlowSeries[Any],
    population: AtRisk | None = None,
    *,
    per: float | None = None,
    level: float = 0.95,
    interval: Interval | None = None,
    event_sizes: Sequence[int] | pl.DataFrame | None = None,
    assume_independent: bool = False,
) -> RateSeries:
    """A rate of any flow that adds up over time: per person-days of a population, or per day without one.

    With n counted and T person-days (or D days, both ends counted): rate = per * n / T (or / D). Range and interval as in
    `death_rate`.

    Parameters
    ----------
    series : FlowSeries
        Deaths, injuries, attacks, hits, or displacements (movements). People displaced and distinct facilities do not add
        up, and are refused: see `displacement_rate`.
    population : as in `death_rate`, optional
        People at risk; without it the rate is per day.
    per : float, optional
        Person-days that the rate is given for, by default 10,000; without a population days, by default 1.
    level : float, default 0.95
        A share.
    interval : {"garwood", "byar", "midp", "compound"}, optional
        By default Garwood's; for movements none, as people flee together: a Poisson interval would be far too narrow.
    event_sizes : optional
        As in `death_rate`.
    assume_independent : bool, default False
        Needed beside `interval` for movements: the caller states that people move one by one.

    Returns
    -------
    RateSeries
        As in `death_rate`; `per_unit` says whether it is per person-days or per days.

    Raises
    ------
    NotAdditiveError
        If what is counted does not add up over time.
    KindError, MeasureError
        If it is no flow series.
    OptionError
        As in `death_rate`; and for an interval of movements without `assume_independent`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"report_id": "a", "measure": "attacks", "unit": "attacks", "kind": "flow", "group": "health"}
    >>> row |= {"value": "20", "start": "2019-04-28", "end": "2019-05-17"}
    >>> hits = cs.outages(cs.read_reports(pl.DataFrame([row]))).hits
    >>> print(rate(hits))
    attacks on health facilities per day: 1.00 (95 % Garwood interval 0.610 to 1.55) over 20 days, both ends counted
    """
    info = _flow_info(series)
    if not info.additive:
        raise NotAdditiveError(
            f"expected counts that add up over time for a rate, got {info.noun}: the same ones may be counted again. Use "
            "displacement_rate for people displaced, .as_displacements() to read them as movements, or hits for facilities"
        )
    moving = info.measure in ("displaced", "returned")
    method = _method(interval, moving, assume_independent)
    if population is None:
        days = constant(1.0 if per is None else per, "days")
        label = f"{info.noun} per {'day' if days == '1' else f'{days} days'}"
        return make_rates(
            series,
            label,
            None,
            per=1.0 if per is None else per,
            unit="days",
            level=level,
            interval=method,
            sizes=event_sizes,
        )
    size = 10_000.0 if per is None else per
    label = f"{info.noun} per {constant(size)} person-days"
    return make_rates(
        series, label, population, per=size, unit="person-days", level=level, interval=method, sizes=event_sizes
    )


def displacement_rate(
    series: FlowSeries[Displaced],
    population: AtRisk,
    per: float = 1_000,
    level: float = 0.95,
    *,
    interval: Interval | None = None,
    assume_independent: bool = False,
) -> RateSeries:
    """Displacement per 1,000 people over the period of each row: not per day, and not per person-days.

    With n displaced (or movements) and T person-days over D days, both ends counted: rate = per * n / (T / D), T / D the
    mean number of people at risk. Of people displaced, per=100 gives the share of the population in percent; movements
    may exceed the population, as one person may flee more than once. Rates of periods of different length do not compare.

    Parameters
    ----------
    series : FlowSeries of displacement
        People, or displacements (movements); not households.
    population : as in `death_rate`
        People at risk of being displaced: in the area that they leave.
    per : float, default 1,000
        People that the rate is given for.
    level : float, default 0.95
        A share.
    interval, assume_independent
        There is no sampling interval: people flee together, and a Poisson interval (180,000 displaced: 179,169 to 180,834)
        would be false precision. A named interval is given only with `assume_independent=True`.

    Returns
    -------
    RateSeries
        As in `death_rate`, with `per_unit` "people"; `method` says why there is no sampling interval.

    Raises
    ------
    MeasureError
        If the series does not count people displaced or displacements.
    KindError, OptionError
        As in `rate`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> row = {"report_id": "a", "measure": "displaced", "unit": "people", "kind": "flow", "value": "180000"}
    >>> row |= {"start": "2019-04-29", "end": "2019-05-09"}
    >>> moved = cs.displacement(cs.read_reports(pl.DataFrame([row])))
    >>> print(displacement_rate(moved, population=3_000_000))
    people displaced per 1,000 people over each period: 60.0 over 11 days, both ends counted
    """
    info = _flow_info(series)
    if info.measure != "displaced" or info.unit not in ("people", "displacements"):
        raise MeasureError(f"expected people displaced, or displacements, for a displacement rate; got {info.noun}")
    method = _method(interval, True, assume_independent)
    label = f"{info.noun} per {constant(per, 'people')} people over each period"
    return make_rates(series, label, population, per=per, unit="people", level=level, interval=method)


def _flow_info(series: object) -> SeriesInfo:
    if isinstance(series, FlowSeries):
        known: SeriesInfo = series.info
        return known
    info = getattr(series, "info", None)
    if isinstance(info, SeriesInfo):
        raise KindError(f"expected a flow series (new in each period), got a {type(series).__name__} of {info.noun}")
    raise MeasureError(f"expected a flow series such as cs.deaths(...) makes, got {type(series).__name__}")


def _method(interval: Interval | None, moving: bool, assume_independent: bool) -> Interval | None:
    if not moving:
        return interval or "garwood"
    if interval is not None and not assume_independent:
        raise OptionError(
            f"expected no interval= for displacement, got {interval!r} ({TOGETHER.removeprefix('none: ')}); to state that they "
            "move one by one all the same, add assume_independent=True"
        )
    return interval
