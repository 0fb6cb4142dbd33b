"""The result of an interrupted trend: rate ratios at a date that was fixed beforehand."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period, spoken_day
from casualtystats.printing import format_rate
from casualtystats.trends.families import FAMILY_NAMES
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.result import TrendFit
from casualtystats.trends.segments.parts import Ratio, growth_interval
from casualtystats.trends.segments.sides import Sides, neighbours
from casualtystats.trends.wording import Doubling, Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Impact", "InterruptedTrend"]

Impact = Literal["both", "level", "slope"]
_FEW: Final = 8


@dataclass(frozen=True, eq=False, repr=False)
class InterruptedTrend:
    """A trend that may change at a date which was fixed beforehand.

    Attributes
    ----------
    date : date
        The date.
    start : date
        The day from which the terms of the change count: the date, or the first day after the washout.
    impact : {"both", "level", "slope"}
        What may change.
    sides : Sides
        Totals `before`, `after` and `across`.
    fit : TrendFit
        The fit with these terms: coefficients, residuals, dispersion.
    """

    date: dt.date
    start: dt.date
    impact: Impact
    sides: Sides
    fit: TrendFit

    # ---- numbers

    @property
    def level(self) -> float:
        """Level of the intervals, as a share."""
        return self.fit.level

    @property
    def noun(self) -> str:
        """What is counted."""
        return self.fit.noun

    @property
    def note(self) -> str:
        """Sources."""
        return self.fit.note

    @property
    def level_ratio(self) -> Ratio | None:
        """Mean on the day `start` over that of the earlier trend on this day, exp(gamma); None with impact="slope"."""
        return None if self.impact == "slope" else self._ratio("step(")

    @property
    def slope_ratio(self) -> Ratio | None:
        """Factor by which the daily growth factor changes, exp(delta); None with impact="level"."""
        return None if self.impact == "level" else self._ratio("slope(")

    @property
    def growth_before(self) -> Interval:
        """Growth a day before the date, as a share."""
        return growth_interval(*self._slope(self._weights()), self.level)

    @property
    def growth_after(self) -> Interval:
        """Growth a day from `start` on, as a share; that of before with impact="level"."""
        return growth_interval(*self._slope(self._weights(after=True)), self.level)

    @property
    def doubling_before(self) -> Doubling:
        """Time to double or halve before the date."""
        return Doubling(*self._slope(self._weights()), self.level)

    @property
    def doubling_after(self) -> Doubling:
        """Time to double or halve from `start` on."""
        return Doubling(*self._slope(self._weights(after=True)), self.level)

    @property
    def lag_1(self) -> float | None:
        r"""Correlation of the Pearson residuals of exact totals with those of the totals that follow the day after.

        .. math:: r_1 = \frac{\sum r_i r_{i+1} / m}{\sum r_i^2 / n}

        over the m pairs of neighbours and the n exact totals; None where fewer than five pairs are neighbours.
        """
        found = neighbours(self.fit.residuals("pearson"))
        return None if found is None else found[0]

    def _at(self, start: str) -> int:
        return next(at for at, name in enumerate(self.fit.names) if name.startswith(start))

    def _ratio(self, term: str) -> Ratio:
        at = self._at(term)
        half = self.fit.quantile * math.sqrt(float(self.fit.covariance[at, at]))
        return Ratio.of_log(float(self.fit.params[at]), half, self.level)

    def _weights(self, *, after: bool = False) -> Array:
        weights = np.zeros(len(self.fit.names))
        weights[self.fit.names.index("day")] = 1.0
        if after and self.impact != "level":
            weights[self._at("slope(")] = 1.0
        return weights

    def _slope(self, weights: Array) -> tuple[float, float, float]:
        b = float(weights @ self.fit.params)
        half = self.fit.quantile * math.sqrt(float(weights @ self.fit.covariance @ weights))
        return b, b - half, b + half

    def predict(
        self, dates: Sequence[dt.date] | pl.Series | Sequence[Period], *, draws: int = 4_000, seed: int = 0
    ) -> pl.DataFrame:
        """What the trend, with its change, expects on days, or over periods: `TrendFit.predict`.

        Parameters
        ----------
        dates, draws, seed
            As in `TrendFit.predict`. Days of a washout follow the earlier trend.

        Returns
        -------
        pl.DataFrame
            As `TrendFit.predict`.
        """
        return self.fit.predict(dates, draws=draws, seed=seed)

    def plot(self, *, ax: Axes | None = None, **options: Any) -> Axes:
        """The fitted mean before and after over the reports: `casualtystats.plots.segments`."""
        axes: Axes = import_module("casualtystats.plots.segments").segments(self, ax=ax, **options)
        return axes

    # ---- tables

    def to_frame(self) -> pl.DataFrame:
        """The ratios and growths, one row each.

        Returns
        -------
        pl.DataFrame
            `what` ("level rate ratio", "slope rate ratio", "growth per day before", "growth per day after"), `value`,
            `low`, `high` (ratios without unit; growths as shares), `level`, `date`, `start`, `before`, `after`, `across`
            (totals).
        """
        rows: list[tuple[str, float, float, float]] = []
        for what, ratio in (("level rate ratio", self.level_ratio), ("slope rate ratio", self.slope_ratio)):
            if ratio is not None:
                rows.append((what, ratio.value, ratio.low, ratio.high))
        for what, growth in (("before", self.growth_before), ("after", self.growth_after)):
            rows.append((f"growth per day {what}", growth.value, growth.low, growth.high))
        return pl.DataFrame(rows, schema=["what", "value", "low", "high"], orient="row").with_columns(
            level=pl.lit(self.level),
            date=pl.lit(self.date),
            start=pl.lit(self.start),
            before=pl.lit(self.sides.before, pl.Int64),
            after=pl.lit(self.sides.after, pl.Int64),
            across=pl.lit(self.sides.across, pl.Int64),
        )

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    # ---- text

    @property
    def sentence(self) -> str:
        """What was found, without how: the first part of `str()`."""
        subject = self.noun if self.fit.request.exposure is None else f"{self.noun}, per exposure"
        ratios = [("level", self.level_ratio), ("slope a day", self.slope_ratio)]
        told = ", ".join(f"{name} rate ratio {ratio}" for name, ratio in ratios if ratio is not None)
        return f"{subject}: from {spoken_day(self.start)} on against the earlier trend, {told}"

    def __str__(self) -> str:
        fit, sides = self.fit, self.sides
        spans = f", {sides.across} across" if sides.across else ""
        by = f"{FAMILY_NAMES[fit.family]} fit to {sides.before} totals before and {sides.after} after{spans}"
        return f"{self.sentence} [{by}, {Period.of(fit.first_day, fit.last_day)}]"

    __repr__ = __str__

    @property
    def notes(self) -> tuple[str, ...]:
        """What the result assumes and what was left out, one sentence each."""
        found = [
            "The date and what may change are taken as fixed before the counts were seen.",
            "Other things may have changed at the same time, the reporting among them.",
        ]
        if self.start != self.date:
            washout = Period.of(self.date, self.start - dt.timedelta(days=1))
            found.append(f"The washout is {washout}; the terms of the change count from {spoken_day(self.start)}.")
        if self.sides.across:
            found.append(
                f"{self.sides.across} of {self.fit.n} totals span the date: their days before and after have their own means."
            )
        if min(self.sides.before, self.sides.after) < _FEW:
            found.append(f"Fewer than {_FEW} totals lie on one side: the trend of so few is weakly known.")
        pairs = neighbours(self.fit.residuals("pearson"))
        if pairs is None:
            found.append("Too few totals are neighbours to say whether neighbours are correlated.")
        else:
            lag, number = pairs
            told = f"Correlation of the residuals of neighbouring totals: {format_rate(lag)}"
            if lag > 2 / math.sqrt(number) and self.fit.request.cov != "HAC":
                told += ", more than chance explains: intervals are too narrow; cov='HAC' allows for it where totals are many"
            found.append(told + ".")
        return (*found, *self.fit.notes)

    def summary(self) -> str:
        """The ratios, the growth on both sides, what is assumed and what was left out, as lines of text."""
        lines = [str(self)]
        lines.append(f"before: {self.growth_before} a day, {self.doubling_before}")
        lines.append(f"after: {self.growth_after} a day, {self.doubling_after}")
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        return html_table(self.to_frame().select("what", "value", "low", "high", "level"), str(self), self.note)
