"""Death rates of a series: deaths per person-days, row by row, and the mortality rates of all causes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import polars as pl

from casualtystats.errors import KindError, MeasureError
from casualtystats.rates.denominators import AtRisk
from casualtystats.rates.make import constant, make_rates
from casualtystats.rates.people import is_under_five
from casualtystats.rates.result import RateSeries
from casualtystats.rates.rowintervals import Interval
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import AllCauseDeaths, Deaths

__all__ = ["crude_mortality_rate", "death_rate", "under5_mortality_rate"]

D = TypeVar("D", bound=Deaths)


def death_rate(
    series: FlowSeries[D],
    population: AtRisk,
    per: float = 10_000,
    level: float = 0.95,
    *,
    interval: Interval = "garwood",
    event_sizes: Sequence[int] | pl.DataFrame | None = None,
) -> RateSeries:
    r"""Deaths per person-days for each row of a series.

    With d deaths and T person-days, both ends of the period counted (a stated length wins): rate = per * d / T. The
    source range is per * d_low / T_high to per * d_high / T_low. The sampling interval is that of the best count, over
    the best person-days.

    Parameters
    ----------
    series : FlowSeries of deaths
        Intervals, or calendar cells after `resample`.
    population : number, Estimate, Exposure, StockSeries or mapping
        People at risk. A number or estimate is constant over the series; stocks (`cs.population`) hold from their date
        until the next one; the result of `person_days` has people by day, and may count those who leave. A series split
        by place or group needs one for each: a mapping from the value (or tuple of values) of the columns in `by`, or an
        exposure or stocks split in the same way.
    per : float, default 10,000
        Person-days that the rate is given for.
    level : float, default 0.95
        Level of the sampling interval, as a share.
    interval : {"garwood", "byar", "midp", "compound"}
        The sampling interval: exact, Byar's approximation, mid-P, or compound Poisson, in which events happen
        independently and deaths come in batches. The last needs the sizes of events.
    event_sizes : list of int or frame, optional
        With "compound": the deaths in each event, of a series of one row; or a frame with `date` and `size` (and the
        columns of `by`). Without it each report is an event, which its publisher must have declared
        (`Origin(separate_events=True)`).

    Returns
    -------
    RateSeries
        In the columns of `RateSchema`. `rate` is null where the count is one-sided, where the ends of the
        period are not known, and where a day is not covered by a report about the whole place and group:
        silence is not zero. `rate_high` is null where no upper bound is known. `ci_low` and `ci_high` are
        null where there is no sampling interval, and `method` says why.

    Raises
    ------
    MeasureError
        If the series does not count deaths, or stocks (or person-days of stocks) are of another place or group.
    KindError
        If it is a running total or a stock.
    OptionError
        If population, per, level or interval is out of range, a row has more deaths than people, lies outside the
        exposure, or the sizes of events are not known or do not sum to its deaths.

    Notes
    -----
    The rate of violent deaths alone is not a crude mortality rate. Deaths are those reported: a floor on
    those that occurred. Garwood's, Byar's and the mid-P interval assume that deaths are independent of each other; deaths
    come in batches, so they are rather too narrow.

    References
    ----------
    Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> row = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "group": "civilian"}
    >>> row |= {"value": "119", "start": "2019-04-29", "end": "2019-05-12"}
    >>> civilians = deaths(read_reports(pl.DataFrame([row])), group="civilian")
    >>> print(str(death_rate(civilians, population=3_000_000)).replace(": ", ":\n"))
    violent deaths of civilians per 10,000 person-days:
    0.0283 (95 % Garwood interval 0.0234 to 0.0340) over 14 days, both ends counted
    """
    info = _deaths_info(series)
    label = f"{info.noun} per {constant(per)} person-days"
    return make_rates(
        series, label, population, per=per, unit="person-days", level=level, interval=interval, sizes=event_sizes
    )


def crude_mortality_rate(
    series: FlowSeries[AllCauseDeaths],
    population: AtRisk,
    per: float = 10_000,
    level: float = 0.95,
    *,
    interval: Interval = "garwood",
    event_sizes: Sequence[int] | pl.DataFrame | None = None,
) -> RateSeries:
    """The crude mortality rate (CMR): deaths from all causes per person-days of the whole population.

    Parameters
    ----------
    series : FlowSeries of deaths from all causes
        Of the whole population: no group.
    population, per, level, interval, event_sizes
        As in `death_rate`.

    Returns
    -------
    RateSeries
        As in `death_rate`.

    Raises
    ------
    MeasureError
        If the series counts violent deaths or something else, or a group of the population.
    KindError, OptionError
        As in `death_rate`.

    References
    ----------
    The Sphere Handbook (2018), health standard 2.1: deaths per 10,000 people a day.
    """
    info = _all_causes(series, "crude mortality rate")
    if info.group or "group" in info.by or info.perpetrator or "perpetrator" in info.by:
        raise MeasureError(
            f"expected deaths of the whole population for a crude mortality rate, got {info.noun}"
            f"{', by ' + ' and '.join(info.by) if info.by else ''}; use death_rate for a part of them"
        )
    label = f"crude mortality rate (all causes) per {constant(per)} person-days"
    return make_rates(
        series, label, population, per=per, unit="person-days", level=level, interval=interval, sizes=event_sizes,
        indicator="CMR",
    )  # fmt: skip


def under5_mortality_rate(
    series: FlowSeries[AllCauseDeaths],
    population: AtRisk,
    per: float = 10_000,
    level: float = 0.95,
    *,
    interval: Interval = "garwood",
    event_sizes: Sequence[int] | pl.DataFrame | None = None,
) -> RateSeries:
    """The under-five mortality rate (U5MR) of emergencies: deaths under five per person-days of children under five.

    Parameters
    ----------
    series : FlowSeries of deaths from all causes
        Of children under five: the last step of the group's path must say so (`is_under_five`), as in "under5",
        "under five", "civilian/under-five". `civilian/child` is under 18.
    population : number, Estimate, Exposure, StockSeries or mapping
        Children under five, as in `death_rate`: not the whole population.
    per, level, interval, event_sizes
        As in `death_rate`.

    Returns
    -------
    RateSeries
        As in `death_rate`.

    Raises
    ------
    MeasureError
        If the series does not count deaths from all causes, or of another group than children under five.
    KindError, OptionError
        As in `death_rate`.

    References
    ----------
    The Sphere Handbook (2018), health standard 2.2: deaths of children under five per 10,000 of them a day. Not the
    probability of dying before the fifth birthday, which bears the same name.
    """
    info = _all_causes(series, "under-five mortality rate")
    groups = (
        [info.group]
        if "group" not in info.by
        else series.intervals.select("group").unique().collect()["group"].to_list()
    )
    wrong = sorted({str(group) for group in groups if not is_under_five(group)})
    if wrong or info.perpetrator or "perpetrator" in info.by:
        raise MeasureError(
            "expected deaths of children under five for an under-five mortality rate, got group "
            f"{', '.join(wrong) or info.noun}; select them with group='under5' (or a path that ends so). A group 'child' is "
            "under 18, and no rate under five"
        )
    label = f"under-five mortality rate (all causes) per {constant(per)} person-days of children under five"
    return make_rates(
        series, label, population, per=per, unit="person-days", level=level, interval=interval, sizes=event_sizes,
        indicator="U5MR",
    )  # fmt: skip


def _all_causes(series: object, name: str) -> SeriesInfo:
    info = _deaths_info(series)
    if info.measure != "died":
        raise MeasureError(
            f"expected deaths from all causes for a {name}, got {info.noun}; select them with "
            "cs.deaths(..., cause='all'), or use death_rate for the rate of violent deaths"
        )
    return info


def _deaths_info(series: object) -> SeriesInfo:
    if not isinstance(series, FlowSeries):
        info = getattr(series, "info", None)
        if isinstance(info, SeriesInfo):
            raise KindError(
                f"expected a flow series of deaths (new in each period), got a {type(series).__name__} of {info.noun}"
            )
        raise MeasureError(f"expected a series of deaths from cs.deaths(...), got {type(series).__name__}")
    known: SeriesInfo = series.info
    if known.measure not in ("killed", "died"):
        raise MeasureError(f"expected a series of deaths, got {known.noun}: a mortality rate of it has no meaning")
    return known
