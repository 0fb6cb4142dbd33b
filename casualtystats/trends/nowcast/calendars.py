"""Which calendar a set of periods belongs to: a triangle needs equal cells that share no day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import polars as pl

from casualtystats.errors import DoubleCountError, OptionError
from casualtystats.periods import EVERY, Period
from casualtystats.periods.cadence import Every, cell_end, cell_start, check_every
from casualtystats.printing import format_days

__all__ = ["cells_of", "common_calendar"]

Span = tuple[date, date]


def common_calendar(spans: list[Span]) -> Every:
    """The calendar whose cells all periods are: day, week, epiweek, month, quarter, year, or N days from the first.

    Parameters
    ----------
    spans : list of (date, date)
        First and last days, both included; each pair once, sorted.

    Raises
    ------
    DoubleCountError
        If periods of one length overlap.
    OptionError
        If they are no cells of one calendar.

    Examples
    --------
    >>> common_calendar([(date(2019, 4, 29), date(2019, 5, 5)), (date(2019, 5, 6), date(2019, 5, 12))])
    'week'
    """
    for name in EVERY:
        if len(cells_of(spans, name)) == len(spans):
            return name
    lengths = Counter((end - start).days + 1 for start, end in spans)
    if len(lengths) == 1:
        step = timedelta(days=next(iter(lengths)))
        if len(cells_of(spans, step)) == len(spans):
            return step
        for (start, end), (later, its_end) in pairwise(spans):
            if later <= end:
                raise DoubleCountError(
                    f"expected periods that share no day, got {_said(start, end)} and {_said(later, its_end)}; choose "
                    "disjoint ones with archive.filter(...)"
                )
    told = ", ".join(f"{number} of {format_days(days, days)}" for days, number in sorted(lengths.items())[:6])
    fitting = [f"{name!r} ({len(found)})" for name in EVERY if (found := cells_of(spans, name))]
    hint = f"choose one calendar: every= {' or '.join(fitting)}" if fitting else "choose some with archive.filter(...)"
    raise OptionError(
        f"expected periods of one calendar (days, weeks, months or blocks of equal length, sharing no day), got {told}, "
        f"such as {_said(*spans[0])} and {_said(*spans[1])}; {hint}"
    )


def cells_of(spans: list[Span], every: Every) -> list[Span]:
    """The periods that are cells of a calendar; blocks of N days are counted from the first period of that length.

    Raises
    ------
    OptionError
        If the calendar is not known.

    Examples
    --------
    >>> cells_of([(date(2019, 4, 1), date(2019, 4, 30)), (date(2019, 4, 29), date(2019, 5, 5))], "week")
    [(datetime.date(2019, 4, 29), datetime.date(2019, 5, 5))]
    """
    check_every(every, None)
    origin: date | None = None
    if isinstance(every, timedelta):
        origin = min((start for start, end in spans if end - start == every - timedelta(days=1)), default=None)
    frame = pl.DataFrame(spans, schema={"start": pl.Date, "end": pl.Date}, orient="row")
    start = cell_start(pl.col("start"), every, origin)
    found: list[Span] = frame.filter(start == pl.col("start"), cell_end(start, every) == pl.col("end")).rows()
    return found


def _said(start: date, end: date) -> str:
    return str(Period(start, start, end, end))
