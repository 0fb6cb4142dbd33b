"""Trends that may change at a date which was known beforehand."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar, get_args

import polars as pl

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.periods import Period, parse_date
from casualtystats.rates.sampling import check_level
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.design import Exposure, day_list, make_design
from casualtystats.trends.families import Covariance, Family
from casualtystats.trends.growth import flow_info
from casualtystats.trends.request import Request
from casualtystats.trends.segments.assembly import Task
from casualtystats.trends.segments.interruption import Impact, InterruptedTrend
from casualtystats.trends.segments.sides import Sides
from casualtystats.trends.segments.terms import check_terms
from casualtystats.trends.usable import Usable, Use, report_sources, totals_family, usable_rows
from casualtystats.vocabulary import MeasureType

__all__ = ["interrupted_trend"]

M = TypeVar("M", bound=MeasureType)
_LEAST = 3
_WASHOUT = "touches the washout after the date"


def interrupted_trend(
    series: FlowSeries[M],
    date: str | dt.date,
    *,
    impact: Impact = "both",
    washout: int | Period | None = None,
    family: Family | None = None,
    formula: str = "day",
    exposure: Exposure | None = None,
    data: pl.DataFrame | None = None,
    offset: str | None = None,
    use: Use = "reported",
    cov: Covariance = "model",
    maxlags: int | None = None,
    level: float = 0.95,
) -> InterruptedTrend:
    r"""A log-linear trend that may change level, slope or both at a date that was fixed beforehand.

    The mean of the total Y_i of a period is the sum over its days,

    .. math:: E[Y_i] = \sum_{t \in i} e_t \exp\big(x_t'\beta + \gamma \, 1\{t \ge t_0\} + \delta \max(0, t - t_0)\big)

    with x the terms of the formula, e the exposure and t_0 the date: exp(gamma) is the level rate ratio and exp(delta) the
    slope rate ratio, by which the growth factor of a day is multiplied (interrupted time series; segmented regression
    of Bernal et al. 2017). Bounds, unknown dates and families are those of `fit_trend`.

    Parameters
    ----------
    series : FlowSeries
        As in `fit_trend`.
    date : str or date
        The first day on which the change may be seen. It must be known from outside of the counts; to look for dates in
        the counts see `segmented_trend` and `change_points`.
    impact : {"both", "level", "slope"}
        What may change. It is fixed before the data are seen.
    washout : int or Period, optional
        Days from the date on, the date included, or a period from the date on, that belong neither to before nor after.
        Totals that touch one of these days are left out, and counted. The terms of the change then begin on the first
        day after it: t_0 is that day.
    family, formula, exposure, data, offset, use, cov, maxlags, level
        As in `fit_trend`; the formula must hold `day`, and no other function of time (a weekday may be). cov="HAC" is for
        neighbouring totals that are positively correlated; from few totals it is too narrow.

    Returns
    -------
    InterruptedTrend
        Level and slope rate ratios, the growth before and after, and the correlation of neighbouring residuals.

    Raises
    ------
    OptionError
        As `fit_trend`; if the date is no single day, or lies outside of the series.
    TooFewReportsError
        If fewer than three totals lie wholly before, or wholly after.
    KindError, MeasureError, NotAdditiveError, DoubleCountError, UnboundedTrendError, UndefinedEstimateError
        As `fit_trend`.

    Notes
    -----
    A report that spans the date is used: its days before and after have their own means. With few such reports the date
    of a change within them is not tested, only taken.

    The ratios compare what was reported with the earlier trend, had it gone on. Other things may have changed at the same
    time, the reporting among them; a comparison series in which nothing was to be expected helps to see it. No sum of
    differences from the earlier trend is given: far from the date it rests on an extrapolation alone.

    References
    ----------
    Bernal, J. L., Cummins, S. and Gasparrini, A. (2017). Interrupted time series regression for the evaluation of public
    health interventions: a tutorial. International Journal of Epidemiology 46, 348-355.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> counts = [12, 15, 11, 14, 13, 16, 18, 15, 17, 19, 16, 20, 9, 8, 10, 7, 9, 6, 8, 7, 5, 6, 7, 4]
    >>> days = [f"2020-01-{day:02}" for day in range(1, 25)]
    >>> rows = pl.DataFrame({
    ...     "report_id": days, "measure": "killed", "unit": "people", "kind": "flow", "start": days, "end": days,
    ...     "value": [str(count) for count in counts],
    ... })
    >>> found = interrupted_trend(deaths(read_reports(rows)), "2020-01-13", family="poisson")
    >>> print(found.level_ratio)
    0.472 (95 % interval 0.295 to 0.755)
    >>> print(found.slope_ratio)
    0.912 (95 % interval 0.846 to 0.983)
    """
    request = Request(family, formula, exposure, data, offset, use, cov, maxlags, check_level(level))
    info = flow_info(series)
    request.check()
    if impact not in get_args(Impact):
        raise OptionError(f"expected impact= one of {', '.join(get_args(Impact))}; got {impact!r}")
    day = _one_day(date)
    start = _start(day, washout)
    every = usable_rows(series.to_frame(), report_sources(series), use)
    _check_inside(every, day, start)
    rows = _without(every, series, use, day, start)
    sides = Sides.of(rows.rows, day, start)
    _check_sides(sides, day, start, rows.left_out)
    days = day_list(rows.first, rows.totals.days)
    check_terms(make_design(formula, days, rows.first, data, offset).names, formula)
    terms = {
        "level": f'step("{start}")',
        "slope": f'slope("{start}")',
        "both": f'step("{start}") + slope("{start}")',
    }[impact]
    design = make_design(f"{formula} + {terms}", days, rows.first, data, offset)
    rows.check(len(design.names))
    chosen = family or totals_family(rows.totals)
    fit = Task(series, info, request, chosen, rows, design).whole()
    return InterruptedTrend(day, start, impact, sides, fit)


def _one_day(day: str | dt.date) -> dt.date:
    if not isinstance(day, str | dt.date) or isinstance(day, dt.datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected date= a date, or a text such as 2019-05-20; got {day!r}")
    first, last = parse_date(day)
    if first != last:
        raise OptionError(f"expected date= one day, such as 2019-05-20; got {day!r}")
    return first


def _start(day: dt.date, washout: int | Period | None) -> dt.date:
    """The first day after the washout."""
    if washout is None:
        return day
    if isinstance(washout, Period):
        if washout.fuzzy or not washout.start_earliest <= day <= washout.end_latest + dt.timedelta(days=1):
            raise OptionError(f"expected washout= a period with known ends from {day} on, got {washout}")
        if washout.start_earliest < day:
            raise OptionError(f"expected washout= a period that does not begin before {day}, got {washout}")
        return washout.end_latest + dt.timedelta(days=1)
    if isinstance(washout, bool) or not isinstance(washout, int) or not 0 <= washout <= 36_525:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected washout= days from the date on, 0 to 36,525, or a Period; got {washout!r}")
    return day + dt.timedelta(days=washout)


def _check_inside(rows: Usable, day: dt.date, start: dt.date) -> None:
    if not rows.first < day <= rows.last:
        raise OptionError(
            f"expected date= a day after {rows.first}, the first day of the periods used, and up to {rows.last}, the last; "
            f"got {day}"
        )
    if start > rows.last:
        raise OptionError(
            f"expected a washout that ends before {rows.last}, the last day of the periods used; got one up to "
            f"{start - dt.timedelta(days=1)}"
        )


def _without(every: Usable, series: FlowSeries[M], use: Use, day: dt.date, start: dt.date) -> Usable:
    """The rows without those that touch the washout, which are counted."""
    if start == day:
        return every
    frame = series.to_frame()
    touches = (pl.col("period_start") < start) & (pl.col("period_end") >= day)
    kept = usable_rows(frame.filter(~touches), report_sources(series), use)
    number = every.rows.height - kept.rows.height
    left_out = dict(every.left_out) | ({_WASHOUT: number} if number else {})
    return Usable(kept.rows, kept.dating, kept.first, kept.last, left_out)


def _check_sides(sides: Sides, day: dt.date, start: dt.date, left_out: dict[str, int]) -> None:
    if sides.before >= _LEAST and sides.after >= _LEAST:
        return
    side, number = (f"before {day}", sides.before) if sides.before < _LEAST else (f"from {start} on", sides.after)
    spans = f", {sides.across} more span the date" if sides.across else ""
    why = "; ".join(f"{count} left out: {reason}" for reason, count in left_out.items())
    raise TooFewReportsError(
        f"expected at least {_LEAST} totals wholly {side}, got {number}{spans}"
        + (f" ({why})" if why else "")
        + ". Finer totals or a longer series are needed; a ratio of two rates needs one total on each side (rate_ratio)"
    )
