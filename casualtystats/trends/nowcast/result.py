"""The result of a nowcast: what is reported of each period, what is expected once reports are complete, and how sure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.errors import NotAdditiveError
from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period, spoken_day
from casualtystats.printing import Rounding, format_count, format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends.nowcast.decreases import Decrease, DecreaseRule
from casualtystats.trends.nowcast.ladder import ChainLadder
from casualtystats.trends.nowcast.triangle import Triangle

__all__ = ["METHOD", "NOWCAST_TYPES", "Nowcast", "Total"]

METHOD: Final = "chain ladder, residual bootstrap of the over-dispersed Poisson model"
NOWCAST_TYPES: Final[dict[str, type[pl.DataType]]] = {
    "period_start": pl.Date,
    "period_end": pl.Date,
    "age": pl.Int64,
    "reported": pl.Float64,
    "completeness": pl.Float64,
    "expected": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "method": pl.String,
    "recent": pl.Boolean,
    "complete": pl.Boolean,
}


@dataclass(frozen=True, slots=True)
class Total:
    """The sum over all periods.

    Attributes
    ----------
    reported : float
        What is reported.
    expected : float
        What is expected once reports are complete.
    low, high : float or None
        Ends of its prediction interval; None where it can not be told.
    """

    reported: float
    expected: float
    low: float | None
    high: float | None

    @property
    def missing(self) -> float:
        """What is expected to be reported later."""
        return self.expected - self.reported


@dataclass(frozen=True, eq=False, repr=False)
class Nowcast:
    """Counts of recent periods as they are expected to stand once reports are complete.

    "Complete" means as complete as those of the oldest periods: what is never reported is not in it.

    Attributes
    ----------
    triangle : Triangle
        What was reported of each period by each age, as published.
    ladder : ChainLadder
        Factors, completeness by age and expected counts.
    frame : pl.DataFrame
        As `to_frame` gives it.
    sum : Total
        Over all periods; see `total`.
    level : float
        Level of the prediction intervals, as a share.
    draws, seed : int
        Of the bootstrap.
    dispersion : float or None
        Pearson's statistic of the increments over its degrees of freedom: 1 where they vary as Poisson counts do.
        Intervals rest on at least 1. None where there is no degree of freedom.
    on_decrease : str
        The rule for counts that were taken back.
    decreases : tuple of Decrease
        Every count that fell with age, as published.
    recent_below : float
        Completeness below which a period is `recent`.
    notes : tuple of str
        What was left out, and what the result rests on.
    """

    triangle: Triangle
    ladder: ChainLadder
    frame: pl.DataFrame
    sum: Total
    level: float
    draws: int
    seed: int
    dispersion: float | None
    on_decrease: DecreaseRule
    decreases: tuple[Decrease, ...]
    recent_below: float
    notes: tuple[str, ...]

    @property
    def total(self) -> Total:
        """The sum over all periods.

        Raises
        ------
        NotAdditiveError
            If counts of disjoint periods do not add up, as with people displaced.
        """
        if not self.triangle.additive:
            raise NotAdditiveError(
                f"expected counts that add up over periods, got {self.triangle.noun}: the same ones may be counted again. "
                "Read each period in to_frame()"
            )
        return self.sum

    def to_frame(self) -> pl.DataFrame:
        """One row a period, in order.

        Returns
        -------
        pl.DataFrame
            `period_start`, `period_end` (both included; null where the triangle has no dates); `age` (steps since the
            last day of the period, as of the last publication); `reported` (count as published); `completeness` (share
            of the final count that is reported by this age; above 1 where later revisions take counts back);
            `expected` (count expected once reports are complete); `low`, `high` (prediction interval of that count, of
            chance and of the factors; null where too few increments tell how much they vary); `level`, `method`;
            `recent` (completeness is below `recent_below`, or above its inverse); `complete` (at the age of the
            oldest, or at one from which on nothing ever changed).
        """
        return self.frame

    def completeness(self) -> pl.DataFrame:
        """How complete reports are by age.

        Returns
        -------
        pl.DataFrame
            `age` (steps), `factor` (by how much counts grow to the next age; at the oldest, the tail), `completeness`
            (share of the final count), `periods` (known at this age and the next; 0 at the oldest).
        """
        ladder = self.ladder
        number = range(len(ladder.completeness) - 1)
        return pl.DataFrame(
            {
                "age": self.triangle.ages,
                "factor": [*ladder.factors.tolist(), ladder.tail],
                "completeness": ladder.completeness.tolist(),
                "periods": [*(int(((ladder.first <= at) & (ladder.last > at)).sum()) for at in number), 0],
            },
            schema={"age": pl.Int64, "factor": pl.Float64, "completeness": pl.Float64, "periods": pl.Int64},
        )

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    @property
    def note(self) -> str:
        """The line to print under a picture or table."""
        return (
            f"{self.triangle.source_line}. Expected: {METHOD}, {level_text(self.level)} prediction intervals, "
            "assuming that delays stay as they were."
        )

    def __str__(self) -> str:
        triangle = self.triangle
        when, by = "", ""
        if triangle.periods:
            first, last = triangle.periods[0].start_earliest, triangle.periods[-1].end_latest
            if not triangle.additive:
                first = triangle.periods[-1].start_earliest
            when = f", {Period.of(first, last)}"
        if triangle.as_of is not None:
            by = f", by {spoken_day(triangle.as_of)}"
        found = self.sum if triangle.additive else self._newest()
        if not triangle.additive and not triangle.periods:
            when = ", newest period"
        head = f"reported {triangle.noun}{when}{by}: {format_count(found.reported)}"
        if not self.frame.filter(~pl.col("complete")).height:
            return f"{head}; reports of all periods are as complete as they get"
        tail = ", assuming that delays stay as they were"
        return f"{head}; expected once reports are complete: {format_count(found.expected)}{self._range(found)}{tail}"

    __repr__ = __str__

    def _newest(self) -> Total:
        row = self.frame.row(-1, named=True)
        return Total(row["reported"], row["expected"], row["low"], row["high"])

    def _range(self, found: Total) -> str:
        if found.low is None or found.high is None:
            return " (no interval: too few increments)"
        ways: tuple[Rounding, Rounding] = ("down", "up")
        low, high = (format_count(end, way) for end, way in zip((found.low, found.high), ways, strict=True))
        return f" ({level_text(self.level)} prediction interval {low} to {high})"

    def summary(self) -> str:
        """The nowcast, what it assumes and what was left out, as lines of text."""
        lines = [str(self), f"{METHOD}: {self.draws:,} draws, seed {self.seed}"]
        if self.dispersion is not None:
            lines.append(f"dispersion {format_rate(self.dispersion)} (1 = as Poisson counts)")
        lines += self.notes
        lines.append("What is never reported is not in it: a documented count is a floor on what happened.")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        shown = self.frame.drop("level", "method").sort("period_start", descending=True)
        return html_table(shown, str(self), "; ".join((self.note, *self.notes)))
