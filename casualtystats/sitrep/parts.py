"""Parts of the outage page: each stands by itself, and one that can not be made becomes one sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from markupsafe import Markup

from casualtystats.errors import CasualtyStatsError
from casualtystats.periods import Period, spoken_day
from casualtystats.printing import Rounding, format_count, format_rate
from casualtystats.sitrep.figures import Figure
from casualtystats.sitrep.numbers import Numbers
from casualtystats.sitrep.tables import to_csv, to_html

__all__ = ["Part", "attempt", "because", "of_cells", "percent", "spoken_cell", "spoken_range"]

MONTHS: Final = 60
MANY: Final = 6


@dataclass
class Part:
    """A section of the page: sentences, then pictures, then tables, then notes; and its tables as CSV files.

    Attributes
    ----------
    key, title : str
        Name in the page, and heading.
    sentences : list of Markup
        What it says.
    figures : list of Figure
        Pictures.
    tables : list of (str, Markup, bool)
        A heading, which may be empty; the table; whether it has many columns.
    notes : list of str or Markup
        What a reader must know.
    files : dict
        Tables by the name of their file.
    """

    key: str
    title: str
    sentences: list[Markup] = field(default_factory=list[Markup])
    figures: list[Figure] = field(default_factory=list[Figure])
    tables: list[tuple[str, Markup, bool]] = field(default_factory=list[tuple[str, Markup, bool]])
    notes: list[str | Markup] = field(default_factory=list[str | Markup])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def table(self, name: str, rows: list[dict[str, str]], heading: str = "") -> None:
        """Add a table to the page; no rows, no table."""
        if rows:
            self.tables.append((heading, Markup(to_html(pl.DataFrame(rows), name)), len(rows[0]) > MANY))

    def csv(self, name: str, frame: pl.DataFrame) -> None:
        """Add a table to the files."""
        self.files[f"tables/{name}.csv"] = to_csv(frame)


def attempt(part: Part, numbers: Numbers, build: Callable[[Part], None]) -> Part:
    """Fill a part; where that is not possible, one sentence says why, and nothing of it is printed."""
    try:
        with numbers.all_or_none():
            build(part)
    except CasualtyStatsError as error:
        return Part(part.key, part.title, [Markup("Not shown: {}.").format(because(error))])
    return part


def because(error: CasualtyStatsError) -> str:
    """The first sentence of an error, without what to type."""
    return str(error).partition(". ")[0].partition("; use ")[0].removesuffix(".")


def percent(share: float | None, rounding: Rounding = "nearest") -> str:
    """A share in per cent.

    Examples
    --------
    >>> percent(0.84408), percent(0.98333, "up"), percent(None)
    ('84.4', '98.4', '–')
    """
    return "–" if share is None else format_rate(round(100 * share, 9), rounding)


def spoken_range(low: float, high: float | None) -> str:
    """A count between two bounds.

    Examples
    --------
    >>> spoken_range(33, 37), spoken_range(5, 5), spoken_range(8, None)
    ('33 to 37', '5', 'at least 8')
    """
    if high is None:
        return f"at least {format_count(low)}"
    return format_count(low) if low == high else f"{format_count(low)} to {format_count(high)}"


def spoken_cell(first: date, last: date) -> str:
    """The days of a cell of a calendar: a whole month by its name.

    Examples
    --------
    >>> spoken_cell(date(2021, 2, 1), date(2021, 2, 28)), spoken_cell(date(2021, 2, 1), date(2021, 2, 27))
    ('February 2021', '1 to 27 February 2021')
    """
    day_after = last + timedelta(days=1)
    if first.day == 1 == day_after.day and (first.year, first.month) == (last.year, last.month):
        return spoken_day(first).partition(" ")[2]
    return str(Period(first, first, last, last))


def of_cells(months: int) -> Any:
    """The calendar of a table: months, or quarters and years where there would be too many to read."""
    return "month" if months <= MONTHS else "quarter" if months <= 3 * MONTHS else "year"
