"""A reporting triangle: what was reported of each period by each age, and what is not yet known.

Invariants
----------
- One row a period, one column an age, in their order; ages follow each other in steps of one.
- A value is the count as reported by that age, never an increment. Null (NaN inside) = not published yet: before the
  first publication of a period, or after the last publication of all. It is not zero.
- Between the first and the last known age of a period every age has a value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.markup import html_table
from casualtystats.periods import Period
from casualtystats.printing import many
from casualtystats.trends.nowcast.cells import Matrix, carry_forward, periods_of, read_cells, whole_or_float

__all__ = ["AGES", "AgeStep", "Triangle"]

AgeStep = Literal["day", "week", "month"]
AGES: Final[tuple[AgeStep, ...]] = get_args(AgeStep)


@dataclass(frozen=True, eq=False, repr=False)
class Triangle:
    """Counts of periods as reported by each age; made by `reporting_triangle`, or by `Triangle.of` from plain numbers.

    Attributes
    ----------
    known : array of float, periods x ages
        Counts as reported by each age; NaN = not published yet.
    ages : tuple of int
        Whole steps of `age` between the last day of a period and a publication.
    age : {"day", "week", "month"} or None
        The step; None = not stated.
    periods : tuple of Period
        One a row; empty = not stated.
    every : str
        The calendar of the periods, such as "week"; "" = not stated.
    as_of, published_by : date or None
        The date of knowledge that was asked for, and the last publication up to it, which ages run to.
    noun, source_line : str
        What is counted; the line to print under it.
    additive : bool
        Whether counts of disjoint periods may be added.
    carried : int
        Cells without a publication of their own, in which the last published count stands.
    notes : tuple of str
        What was left out or read in a certain way.

    Examples
    --------
    >>> triangle = Triangle.of([[40, 22, 8], [55, 30, None], [48, None, None]], values="incremental")
    >>> print(triangle)
    reporting triangle of 3 periods and 3 ages, 6 of 9 cells known: 203 reported so far
    >>> triangle.to_frame()["age_1"].to_list()
    [62, 85, None]
    """

    known: NDArray[np.float64]
    ages: tuple[int, ...]
    age: AgeStep | None = None
    periods: tuple[Period, ...] = ()
    every: str = ""
    as_of: date | None = None
    published_by: date | None = None
    noun: str = "counts"
    source_line: str = "Source: not stated"
    additive: bool = True
    carried: int = 0
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        matrix: Matrix,
        *,
        values: Literal["incremental", "cumulative"],
        periods: Sequence[Period | str] | None = None,
        age: AgeStep | None = None,
        as_of: date | None = None,
        noun: str = "counts",
        source: str = "not stated",
    ) -> Triangle:
        """A triangle from numbers.

        Parameters
        ----------
        matrix : list of rows, array or frame of numbers
            One row a period, one column an age from 0 up; None or NaN = not published yet. A gap between known ages is
            filled with the count before it (no new publication = no known change).
        values : {"incremental", "cumulative"}
            Whether a cell holds what an age added, or all that was reported by it. Numbers alone do not say.
        periods : list of Period or str, optional
            The period of each row, with known ends, in order and without overlap.
        age : {"day", "week", "month"}, optional
            The step from one age to the next.
        as_of : date, optional
            Up to which day it was published.
        noun, source : str
            What is counted, and by whom.

        Raises
        ------
        OptionError
            If rows differ in length, a cell holds no finite number, a count is negative, or periods do not fit.
        TooFewReportsError
            If a row has no count.
        DoubleCountError
            If periods overlap.
        """
        if values not in ("incremental", "cumulative"):
            raise OptionError(f"expected values= 'incremental' or 'cumulative', got {values!r}")
        if age is not None and age not in AGES:
            raise OptionError(f"expected age= one of {', '.join(AGES)}, got {age!r}")
        given = read_cells(matrix)
        dated = periods_of(periods, len(given))
        known = np.isfinite(given)
        for at in np.flatnonzero(~known.any(axis=1))[:1]:
            raise TooFewReportsError(f"expected a count in each row, got none in row {at + 1}; leave the row out")
        if values == "incremental":
            given = np.where(known, np.nancumsum(given, axis=1), np.nan)
        filled, carried = carry_forward(given)
        for row, column in np.argwhere(filled < 0)[:1]:
            raise OptionError(
                f"expected counts of 0 or more, got {filled[row, column]:,.10g} by age {column} in row {row + 1}"
                + ("; are these increments (values='incremental')?" if values == "cumulative" else "")
            )
        line = f"Source: {source}" + ("" if as_of is None else f"; as published by {as_of}")
        ages = tuple(range(filled.shape[1]))
        return cls(
            filled, ages, age, dated, as_of=as_of, published_by=as_of, noun=noun, source_line=line, carried=carried
        )

    @property
    def increments(self) -> NDArray[np.float64]:
        """What each age added; NaN where it is not known. The first known age of a row holds all that came up to it."""
        steps = np.diff(np.where(np.isfinite(self.known), self.known, 0.0), axis=1, prepend=0.0)
        found: NDArray[np.float64] = np.where(np.isfinite(self.known), steps, np.nan)
        return found

    @property
    def latest(self) -> NDArray[np.float64]:
        """The last known count of each row."""
        found: NDArray[np.float64] = self.known[np.arange(len(self.known)), self.last]
        return found

    @property
    def last(self) -> NDArray[np.int64]:
        """The column of the last known age of each row."""
        width = self.known.shape[1]
        found: NDArray[np.int64] = width - 1 - np.isfinite(self.known)[:, ::-1].argmax(axis=1)
        return found

    @property
    def gaps(self) -> int:
        """Periods of the calendar between the first and the last that have no figure; 0 where there are no dates."""
        if not self.periods:
            return 0
        lengths = sorted((p.end_latest - p.start_earliest).days + 1 for p in self.periods)
        span = (self.periods[-1].end_latest - self.periods[0].start_earliest).days + 1
        # Months differ in length: what is missing is counted in the middle length.
        return max(0, round((span - sum(lengths)) / lengths[len(lengths) // 2]))

    def edges(self) -> tuple[list[date | None], list[date | None]]:
        """First and last days of the rows; None where they are not stated."""
        if not self.periods:
            nothing: list[date | None] = [None] * len(self.known)
            return nothing, nothing
        return [p.start_earliest for p in self.periods], [p.end_latest for p in self.periods]

    def name(self, row: int) -> str:
        """A row in words."""
        return str(self.periods[row]) if self.periods else f"row {row + 1}"

    def age_name(self, column: int) -> str:
        """A column in words, such as "2 weeks"."""
        number = self.ages[column]
        return f"age {number}" if self.age is None else many(number, self.age)

    def to_frame(self, values: Literal["cumulative", "incremental"] = "cumulative") -> pl.DataFrame:
        """One row a period: `period_start`, `period_end`, and a column an age; null = not published yet.

        Columns of ages are named by their step: `day_0`, `week_3`, or `age_0` where the step is not stated.
        """
        if values not in ("incremental", "cumulative"):
            raise OptionError(f"expected values= 'incremental' or 'cumulative', got {values!r}")
        numbers = self.known if values == "cumulative" else self.increments
        starts, ends = self.edges()
        frame = pl.DataFrame(
            {"period_start": starts, "period_end": ends}, schema={"period_start": pl.Date, "period_end": pl.Date}
        )
        names = [f"{self.age or 'age'}_{number}" for number in self.ages]
        return frame.with_columns(
            whole_or_float(name, numbers[:, at], whole=self.whole) for at, name in enumerate(names)
        )

    @property
    def whole(self) -> bool:
        """Whether all counts are whole numbers."""
        found = self.known[np.isfinite(self.known)]
        return bool((found == np.round(found)).all())

    def __str__(self) -> str:
        rows, ages = self.known.shape
        seen = int(np.isfinite(self.known).sum())
        when = f", published by {self.published_by}" if self.published_by is not None else ""
        text = (
            f"reporting triangle of {many(rows, 'period')} and {many(ages, 'age')}{when}, {seen:,} of {rows * ages:,} "
        )
        total = f": {self.latest.sum():,.10g} reported so far" if self.additive else ""
        return f"{text}cells known{total}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.to_frame(), f"{self.noun}: {self}", self.source_line)
