"""Ticks of a time axis: whole days, months or years, as many as there is room for.

A day is drawn from half a day before its number to half a day after, so that its tick stands under its
middle.
Names of months are written here: those of strftime would follow the machine's locale.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from matplotlib import dates
from matplotlib.ticker import Formatter, Locator

__all__ = ["DateLabels", "DateTicks", "day_label", "number", "ticks", "use_dates"]

# Typed loosely: matplotlib does not annotate them.
_to_number: Any = vars(dates)["date2num"]
_to_date: Any = vars(dates)["num2date"]
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Points along the axis that one label needs: "29 Apr" at 8 points, and air.
_ROOM: Final = 40.0
_DAYS: Final = (1, 2, 3, 5, 7, 14)
_MONTH_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)


def number(day: date) -> float:
    """Where a day stands on the axis."""
    return float(_to_number(day))


def day_label(day: date, year: bool = True) -> str:
    """A day in words.

    Examples
    --------
    >>> day_label(date(2019, 4, 29)), day_label(date(2019, 4, 29), year=False)
    ('29 Apr 2019', '29 Apr')
    """
    return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def ticks(first: date, last: date, most: int) -> list[date]:
    """The finest regular days between two dates of which there are no more than `most`.

    Examples
    --------
    >>> [str(day) for day in ticks(date(2019, 4, 20), date(2019, 5, 20), 5)]
    ['2019-04-22', '2019-04-29', '2019-05-06', '2019-05-13', '2019-05-20']
    >>> [str(day) for day in ticks(date(2019, 1, 15), date(2020, 2, 1), 5)]
    ['2019-04-01', '2019-07-01', '2019-10-01', '2020-01-01']
    """
    span = (last - first).days + 1
    for step in _DAYS:
        if span / step <= most + 1:
            # Ordinal 1 is a Monday: weeks start on Mondays.
            offset = -(first.toordinal() - 1) % step
            found = [first + timedelta(days=at) for at in range(offset, span, step)]
            if len(found) <= most:
                return found
    months = 12 * first.year + first.month - 1 + (first.day > 1)
    latest = 12 * last.year + last.month - 1
    for step in _MONTH_STEPS:
        start = months + -months % step
        if (latest - start) // step + 1 <= most or step == _MONTH_STEPS[-1]:
            # Year 1 is the first that Python knows.
            return [date(at // 12, at % 12 + 1, 1) for at in range(max(start, 12), latest + 1, step)]
    raise AssertionError  # pragma: no cover


class DateTicks(Locator):
    """Puts as many ticks on a time axis as it has room for."""

    def __call__(self) -> Sequence[float]:
        """The ticks of the present limits."""
        axis: Any = self.axis
        low, high = sorted(axis.get_view_interval())
        found: Sequence[float] = self.tick_values(low, high)
        return found

    def tick_values(self, vmin: float, vmax: float) -> Any:
        """The ticks between two numbers of days."""
        axis: Any = self.axis
        width = axis.axes.get_position().width * axis.axes.get_figure(root=True).get_figwidth() * 72
        first = _to_date(vmin).date() + timedelta(days=1 if vmin % 1 else 0)
        last = _to_date(vmax).date()
        found = ticks(first, last, max(2, int(width / _ROOM)))
        return [number(day) for day in found or [first]]


class DateLabels(Formatter):
    """Writes "29 Apr", with the year under the first tick and under the first of every later year."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """One day in full, as for a cursor."""
        return day_label(_to_date(x).date())

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """The labels of all ticks together."""
        days: list[date] = [_to_date(value).date() for value in values]
        if len(days) > 1 and all((day.month, day.day) == (1, 1) for day in days):
            return [str(day.year) for day in days]
        monthly = len(days) > 1 and all(day.day == 1 for day in days)
        labels: list[str] = []
        year = None
        for day in days:
            text = _MONTHS[day.month - 1] if monthly else day_label(day, year=False)
            labels.append(text if day.year == year else f"{text}\n{day.year}")
            year = day.year
        return labels


def use_dates(ax: Any, first: date, last: date, pad: float = 0.015) -> None:
    """Make the x axis a time axis that shows two days and those between, with a little air."""
    ax.xaxis_date("UTC")
    ax.xaxis.set_major_locator(DateTicks())
    ax.xaxis.set_major_formatter(DateLabels())
    air = max(0.3, pad * ((last - first).days + 1))
    ax.set_xlim(number(first) - 0.5 - air, number(last) + 0.5 + air)
