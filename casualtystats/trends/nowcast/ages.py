"""How old a figure was when it was published: whole days, weeks or months since the last day of its period."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from casualtystats.periods.cadence import Every
from casualtystats.trends.nowcast.triangle import AgeStep

__all__ = ["age_between", "age_of", "usual_step"]


def age_of(published: pl.Expr, end: pl.Expr, step: AgeStep) -> pl.Expr:
    """Whole steps from the last day of a period to the day of publication; below 0 if it was published before.

    A month is full on the day before the one with the same number: of a period that ends on 31 January, the age is 0
    months up to 27 February and 1 month from 28 February on.

    Parameters
    ----------
    published, end : pl.Expr
        Dates.
    step : {"day", "week", "month"}
        The step.

    Examples
    --------
    >>> frame = pl.DataFrame({"end": [date(2019, 1, 31)] * 2, "on": [date(2019, 2, 27), date(2019, 2, 28)]})
    >>> frame.select(age_of(pl.col("on"), pl.col("end"), "month")).to_series().to_list()
    [0, 1]
    """
    if step == "month":
        first, last = end.dt.offset_by("1d"), published.dt.offset_by("1d")
        months = 12 * (last.dt.year() - first.dt.year()) + last.dt.month().cast(pl.Int32) - first.dt.month()
        return (months - (last.dt.day() < first.dt.day()).cast(pl.Int32)).cast(pl.Int64)
    days = published.to_physical().cast(pl.Int64) - end.to_physical()
    return days if step == "day" else days.floordiv(7)


def age_between(published: date, end: date, step: AgeStep) -> int:
    """The same of two dates.

    Examples
    --------
    >>> age_between(date(2019, 5, 20), date(2019, 5, 5), "week")
    2
    """
    frame = pl.DataFrame({"published": [published], "end": [end]})
    return int(frame.select(age_of(pl.col("published"), pl.col("end"), step)).item())


def usual_step(every: Every) -> AgeStep:
    """The step that goes with a calendar: days with days, months with months and longer, else weeks.

    Examples
    --------
    >>> usual_step("day"), usual_step("week"), usual_step("quarter"), usual_step(timedelta(days=10))
    ('day', 'week', 'month', 'week')
    """
    if isinstance(every, timedelta):
        return "day" if every.days < 7 else "week"
    if every == "day":
        return "day"
    return "week" if every in ("week", "epiweek") else "month"
