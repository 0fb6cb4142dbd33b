"""The result of a trend: growth per day of reported counts, with its interval and what was left out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period
from casualtystats.printing import format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends.wording import Doubling, Interval

__all__ = ["FAMILY_NAMES", "Family", "TrendFit"]

Family = Literal["quasi", "nb2", "poisson"]
FAMILY_NAMES: Final[dict[Family, str]] = {
    "quasi": "quasi-Poisson",
    "nb2": "negative binomial (NB2)",
    "poisson": "Poisson",
}
_LARGEST_LOG: Final = 600.0


@dataclass(frozen=True, eq=False, repr=False)
class TrendFit:
    """Log-linear growth of reported counts: the daily mean is exp(a + b t), t days after `first_day`.

    Attributes
    ----------
    noun : str
        What is counted.
    family : {"quasi", "nb2", "poisson"}
        Model of the totals.
    level : float
        Level of the intervals, as a share.
    a, b : float
        Log of the daily mean on `first_day`; growth of the log per day.
    se_a, se_b, cov_ab : float
        Standard errors and covariance as used for the intervals: for "quasi", times the dispersion where
        above 1.
    quantile : float
        Quantile that the intervals multiply the standard errors by: of the normal distribution for
        "poisson", else of Student's t with n - 2 degrees of freedom.
    dispersion : float
        Pearson's statistic over its degrees of freedom: 1 where totals vary about their means as Poisson
        counts do.
    alpha : float or None
        For "nb2": variance = mu + alpha * mu^2, where mu is the mean of a total, not of a day. None
        otherwise.
    loglik : float or None
        Log-likelihood of the totals; None for "quasi", which has none.
    n : int
        Number of totals used.
    hedged : int
        How many of them have bounds that differ from their best value.
    left_out : mapping
        Number of rows left out, by reason.
    first_day, last_day : date
        First and last day of the periods used.
    note : str
        Sources.
    """

    noun: str
    family: Family
    level: float
    a: float
    b: float
    se_a: float
    se_b: float
    cov_ab: float
    quantile: float
    dispersion: float
    alpha: float | None
    loglik: float | None
    n: int
    hedged: int
    left_out: Mapping[str, int]
    first_day: date
    last_day: date
    note: str = ""

    def _ends(self) -> tuple[float, float]:
        return self.b - self.quantile * self.se_b, self.b + self.quantile * self.se_b

    def _growth(self, days: int) -> Interval:
        low, high = self._ends()
        return Interval(math.expm1(days * self.b), math.expm1(days * low), math.expm1(days * high), self.level)

    @property
    def growth_per_day(self) -> Interval:
        """Growth a day, exp(b) - 1, as a share."""
        return self._growth(1)

    @property
    def growth_per_week(self) -> Interval:
        """Growth a week, exp(7 b) - 1, as a share."""
        return self._growth(7)

    @property
    def doubling_days(self) -> Doubling:
        """Time to double or to halve, ln 2 / b; its text claims no more than the interval holds."""
        return Doubling(self.b, *self._ends(), self.level)

    def predict(self, dates: Sequence[date] | pl.Series) -> pl.DataFrame:
        """The daily mean of the fitted trend.

        Parameters
        ----------
        dates : list or series of date
            Days inside or outside the periods used.

        Returns
        -------
        pl.DataFrame
            `date`; `mean`: exp(a + b t), reported counts a day; `mean_low`, `mean_high`: confidence interval
            of that mean. It is no prediction interval: counts of single days vary more. `extrapolated`:
            whether the day lies outside the periods used.

        Raises
        ------
        OptionError
            If a date is missing or no date, or lies so far away that the mean has no number.
        """
        days = pl.Series("date", dates)
        if days.len() == 0:
            days = days.cast(pl.Date)
        if days.dtype != pl.Date or days.null_count():
            raise OptionError(f"expected dates, each one known; got {days.dtype} with {days.null_count()} missing")
        t = (days - self.first_day).dt.total_days().to_numpy().astype(np.float64)
        log_mean = self.a + self.b * t
        variance = self.se_a**2 + 2 * t * self.cov_ab + (t * self.se_b) ** 2
        half = self.quantile * np.sqrt(np.maximum(variance, 0.0))
        if (np.abs(log_mean) + half > _LARGEST_LOG).any():
            raise OptionError(
                "expected dates near the periods used, got one so far away that the trend has no number there"
            )
        return pl.DataFrame(
            {
                "date": days,
                "mean": np.exp(log_mean),
                "mean_low": np.exp(log_mean - half),
                "mean_high": np.exp(log_mean + half),
                "extrapolated": (days < self.first_day) | (days > self.last_day),
            }
        )

    def to_frame(self) -> pl.DataFrame:
        """The fit as a frame of one row."""
        day, week, double = self.growth_per_day, self.growth_per_week, self.doubling_days
        columns: dict[str, str | float | int | date | None] = {
            "noun": self.noun,
            "family": self.family,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "n": self.n,
            "growth_per_day": day.value,
            "growth_per_day_low": day.low,
            "growth_per_day_high": day.high,
            "growth_per_week": week.value,
            "growth_per_week_low": week.low,
            "growth_per_week_high": week.high,
            "level": self.level,
            "direction": double.direction,
            "days_to_double_or_halve": double.days,
            "days_low": double.days_low,
            "days_high": double.days_high,
            "dispersion": self.dispersion,
            "alpha": self.alpha,
            "loglik": self.loglik,
            "left_out": sum(self.left_out.values()),
        }
        texts, dates, counts = ("noun", "family", "direction"), ("first_day", "last_day"), ("n", "left_out")
        types: dict[str, type[pl.DataType]] = dict.fromkeys(columns, pl.Float64)
        types |= dict.fromkeys(texts, pl.String) | dict.fromkeys(dates, pl.Date) | dict.fromkeys(counts, pl.Int64)
        return pl.DataFrame({name: [value] for name, value in columns.items()}, schema=types)

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    def __str__(self) -> str:
        day, double = self.growth_per_day, self.doubling_days
        return (
            f"{self.noun}: {str(day).replace(' % (', ' % a day (', 1)}"
            f"{',' if double.certain else ':'} {double} [{FAMILY_NAMES[self.family]} fit to {self.n} totals, "
            f"{Period.of(self.first_day, self.last_day)}]"
        )

    __repr__ = __str__

    def summary(self) -> str:
        """The fit, its assumptions and what was left out, as lines of text."""
        lines = [
            str(self),
            f"per week: {self.growth_per_week}",
            f"dispersion {format_rate(self.dispersion)} (1 = as Poisson counts)"
            + (f"; alpha {format_rate(self.alpha)}, of the totals and not of days" if self.alpha is not None else ""),
            _INTERVALS[self.family].format(level=level_text(self.level)),
            "The trend is of reported counts: more reporting looks the same as more events.",
        ]
        if self.hedged:
            lines.append(f"{self.hedged} of {self.n} counts have a range; the fit uses their best values only")
        lines += [f"left out: {number} ({reason})" for reason, number in self.left_out.items()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        shown = ("growth_per_day", "growth_per_day_low", "growth_per_day_high", "dispersion", "n", "left_out")
        return html_table(self.to_frame().select(shown), str(self), self.note)


_INTERVALS: Final[dict[Family, str]] = {
    "quasi": "{level} intervals from Student's t, widened by a dispersion above 1, never narrowed",
    "nb2": "{level} intervals from Student's t",
    "poisson": "{level} intervals of Poisson counts: too narrow where the dispersion exceeds 1",
}
