"""Calendars: which cell a day falls into, as polars expressions, and the cells between two dates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, Literal, get_args

import polars as pl

from casualtystats.errors import OptionError

__all__ = ["EVERY", "Every", "Named", "calendar", "cell_end", "cell_start", "check_every", "every_name", "same_cell"]

Named = Literal["day", "week", "epiweek", "month", "quarter", "year"]
Every = Named | timedelta
EVERY: Final[tuple[Named, ...]] = get_args(Named)

_STEP: Final[dict[str, str]] = {"week": "1w", "epiweek": "1w", "month": "1mo", "quarter": "1q", "year": "1y"}


def check_every(every: Every, origin: date | None) -> None:
    """Refuse a cadence that is not known.

    Raises
    ------
    OptionError
        If `every` is neither a name nor a whole number of days, or `origin` is given with a name.
    """
    if isinstance(every, timedelta):
        if every < timedelta(days=1) or every != timedelta(days=every.days):
            raise OptionError(f"expected a timedelta of whole days, at least one; got {every!r}")
        return
    if every not in EVERY:
        raise OptionError(f"expected every= one of {', '.join(EVERY)} or a timedelta; got {every!r}")
    if origin is not None:
        raise OptionError(
            f"origin= goes with a timedelta; a {every} has its own start. For seven-day cells from a date of your "
            "own use every=timedelta(days=7), origin=..."
        )


def every_name(every: Every) -> str:
    """A cadence in words: "week", "7 days".

    Examples
    --------
    >>> every_name("week"), every_name(timedelta(days=10))
    ('week', '10 days')
    """
    return f"{every.days} days" if isinstance(every, timedelta) else every


def cell_start(day: pl.Expr, every: Every, origin: date | None = None) -> pl.Expr:
    """First day of the cell that a day lies in.

    Parameters
    ----------
    day : pl.Expr
        Dates.
    every : Every
        "day"; "week" (ISO, Monday); "epiweek" (MMWR, Sunday); "month"; "quarter"; "year"; or N days.
    origin : date, optional
        With N days: a date on which a cell starts.
    """
    if isinstance(every, timedelta):
        number = day.to_physical().cast(pl.Int32)
        first = _epoch_day(origin if origin is not None else date(1970, 1, 1))
        return (number - (number - first) % every.days).cast(pl.Date)
    if every == "day":
        return day
    if every == "epiweek":
        return day.dt.offset_by("1d").dt.truncate("1w").dt.offset_by("-1d")
    return day.dt.truncate(_STEP[every])


def same_cell(start: pl.Expr, end: pl.Expr, every: Every, origin: date | None = None) -> pl.Expr:
    """Whether two days, the first not after the second, lie in one cell; without making its dates."""
    first, last = start.to_physical(), end.to_physical()
    if every == "day":
        return first == last
    if isinstance(every, timedelta):
        days, shift = every.days, -_epoch_day(origin if origin is not None else date(1970, 1, 1))
    elif every in ("week", "epiweek"):
        # 1970-01-01 was a Thursday: Mondays are -3, Sundays -4, modulo 7.
        days, shift = 7, 3 if every == "week" else 4
    else:
        months = {"month": 1, "quarter": 3, "year": 12}[every]
        return _cell_of_month(start, months) == _cell_of_month(end, months)
    return (first + shift) // days == (last + shift) // days


def _cell_of_month(day: pl.Expr, months: int) -> pl.Expr:
    return day.dt.year() * 12 + (day.dt.month().cast(pl.Int32) - 1) // months


def cell_end(start: pl.Expr, every: Every) -> pl.Expr:
    """Last day of the cell that starts on a day."""
    if isinstance(every, timedelta):
        return start.dt.offset_by(f"{every.days - 1}d")
    if every == "day":
        return start
    return start.dt.offset_by(_STEP[every]).dt.offset_by("-1d")


def calendar(first: date, last: date, every: Every, origin: date | None = None) -> pl.DataFrame:
    """The cells that hold the days from `first` to `last`.

    Returns
    -------
    pl.DataFrame
        `cell` (index from 0), `period_start`, `period_end` (dates, both included), `days`.

    Examples
    --------
    >>> calendar(date(2019, 4, 29), date(2019, 5, 9), "week")["period_start"].to_list()
    [datetime.date(2019, 4, 29), datetime.date(2019, 5, 6)]
    """
    start = pl.select(cell_start(pl.lit(first), every, origin)).item()
    step = f"{every.days}d" if isinstance(every, timedelta) else _STEP.get(every, "1d")
    starts = pl.date_range(start, last, interval=step, eager=True)
    frame = pl.DataFrame({"period_start": starts}).with_columns(period_end=cell_end(pl.col("period_start"), every))
    days = (pl.col("period_end").to_physical() - pl.col("period_start").to_physical() + 1).cast(pl.Int64)
    return frame.with_columns(days=days).with_row_index("cell")


def _epoch_day(day: date) -> int:
    return (day - date(1970, 1, 1)).days
