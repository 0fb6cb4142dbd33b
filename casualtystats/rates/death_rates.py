"""Death rates of a series: deaths per person-days, row by row, and the crude mortality rate of all causes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import polars as pl

from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.printing import format_count, format_days
from casualtystats.rates.exposure import Population, population_columns
from casualtystats.rates.result import RateSeries
from casualtystats.rates.rows import with_exposure, with_rates, with_sampling
from casualtystats.rates.sampling import check_level
from casualtystats.schemas import RateSchema
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import AllCauseDeaths, Deaths

__all__ = ["crude_mortality_rate", "death_rate"]

D = TypeVar("D", bound=Deaths)


def death_rate(
    series: FlowSeries[D],
    population: Population | Mapping[Any, Population],
    per: float = 10_000,
    level: float = 0.95,
) -> RateSeries:
    r"""Deaths per person-days for each row of a series.

    With d deaths, P people and D days, both ends counted (a stated length wins): rate = per * d / (P * D).
    The source range is per * d_low / (P_high * D_max) to per * d_high / (P_low * D_min). The sampling
    interval is Garwood's (1936) of the best count, over the best person-days.

    Parameters
    ----------
    series : FlowSeries of deaths
        Intervals, or calendar cells after `resample`.
    population : int, float, Estimate, or mapping
        People at risk, constant over the series. A series split by place or group needs one for each, as a
        mapping from the value (or tuple of values) of the columns in `by`.
    per : float, default 10,000
        Person-days that the rate is given for.
    level : float, default 0.95
        Level of the sampling interval, as a share.

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
        If the series does not count deaths.
    KindError
        If it is a running total or a stock.
    OptionError
        If population, per or level is out of range, or a row has more deaths than people.

    Notes
    -----
    The rate of violent deaths alone is not a crude mortality rate. Deaths are those reported: a floor on
    those that occurred. The sampling interval assumes that deaths are independent of each other; deaths come
    in batches, so it is rather too narrow.

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
    return _rates(series, info, f"{info.noun} per {_constant(per)} person-days", population, per, level)


def crude_mortality_rate(
    series: FlowSeries[AllCauseDeaths],
    population: Population | Mapping[Any, Population],
    per: float = 10_000,
    level: float = 0.95,
) -> RateSeries:
    """The crude mortality rate: deaths from all causes per person-days of the whole population.

    Parameters
    ----------
    series : FlowSeries of deaths from all causes
        Of the whole population: no group.
    population, per, level
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
    info = _deaths_info(series)
    if info.measure != "died":
        raise MeasureError(
            f"expected deaths from all causes for a crude mortality rate, got {info.noun}; select them with "
            "cs.deaths(..., cause='all'), or use death_rate for the rate of violent deaths"
        )
    if info.group or "group" in info.by or info.perpetrator or "perpetrator" in info.by:
        raise MeasureError(
            f"expected deaths of the whole population for a crude mortality rate, got {info.noun}"
            f"{', by ' + ' and '.join(info.by) if info.by else ''}; use death_rate for a part of them"
        )
    label = f"crude mortality rate (all causes) per {_constant(per)} person-days"
    return _rates(series, info, label, population, per, level)


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


def _constant(per: float) -> str:
    number = isinstance(per, int | float) and not isinstance(per, bool)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not number or not math.isfinite(per) or per <= 0:
        raise OptionError(f"expected per= a number of person-days above 0, such as 10_000; got {per!r}")
    return format_count(per)


def _rates(
    series: FlowSeries[D],
    info: SeriesInfo,
    label: str,
    population: Population | Mapping[Any, Population],
    per: float,
    level: float,
) -> RateSeries:
    share, by = check_level(level), info.by
    frame = series.to_frame()
    people = population_columns(frame, by, population)
    rows = with_exposure(frame).with_columns(people)
    rows = with_sampling(with_rates(rows, per), per, share)
    rows = rows.with_columns(per=pl.lit(float(per)), label=pl.lit(label))
    columns = RateSchema.column_names()
    convention = _convention(rows) if rows.height == 1 else "both ends of each period counted"
    return RateSeries(rows.select(*by, *columns), label, by, convention, info.source_line)


def _convention(rows: pl.DataFrame) -> str:
    row = rows.row(0, named=True)
    if row.get("hours") is not None:
        return f"{row['hours']:g} hours, as stated"
    return f"{format_days(row['days_min'], row['days_max'])}, both ends counted"
