"""The result of a trend: growth per day of reported counts, with its intervals and what was left out."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from casualtystats.errors import KindError, OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period, parse_date
from casualtystats.printing import format_rate
from casualtystats.rates.sampling import check_level
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.design import Design
from casualtystats.trends.dispersion import DispersionTest, dispersion_test
from casualtystats.trends.families import FAMILY_NAMES, Family
from casualtystats.trends.fitting import Fitted, fit_rows
from casualtystats.trends.likelihood.profile import profile_ends
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.notes import notes_of
from casualtystats.trends.prediction import Days, asked, predicted
from casualtystats.trends.request import Request
from casualtystats.trends.residuals import Kind, residuals
from casualtystats.trends.usable import report_sources, usable_rows
from casualtystats.trends.wording import Coefficient, Doubling, Interval, RatioOverTime, percent_span, share_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from casualtystats.trends.sensitivity import Sensitivity

__all__ = ["FAMILY_NAMES", "Family", "TrendFit"]

_LARGEST_LOG = 600.0
# Terms after which the growth of a day is not one number: functions of time other than `day` or `week` itself.
_TIME = re.compile(r"\bday\b|\bweek\b|\bslope\(")


@dataclass(frozen=True, eq=False, repr=False)
class TrendFit:
    """A log-linear trend of reported counts: the daily mean is exp(x'beta), times the exposure where there is one.

    Attributes
    ----------
    noun : str
        What is counted.
    family : {"quasi", "nb2", "nb1", "poisson"}
        Model of the totals.
    level : float
        Level of the intervals, as a share.
    formula : str
        The terms, as they were given.
    names : tuple of str
        Names of the terms.
    params : array (terms)
        Coefficients, on the scale of the log of the daily mean.
    covariance : array (terms, terms)
        As used for the intervals: for "quasi", times the dispersion where above 1.
    alpha, alpha_se : float or None
        Dispersion of a negative binomial, 0 where it fits best without any; None otherwise. At the level of the totals.
    quantile : float
        Quantile that the intervals multiply standard errors by: of the normal distribution for "poisson", else of
        Student's t with `freedom` degrees of freedom.
    freedom : int or None
        Totals less terms; None for "poisson".
    dispersion : float or None
        Pearson's statistic of the exact totals over its degrees of freedom: 1 where they vary about their means as
        Poisson counts do; None where too few are exact.
    loglik : float or None
        Log-likelihood of the totals; None for "quasi", which has none.
    n : int
        Number of totals used.
    floors, ceilings, ranges : int
        How many of them are lower bounds, upper bounds and ranges.
    fuzzy : int
        How many of them have dates that are not exactly known.
    left_out : mapping
        Number of rows left out, by reason.
    first_day, last_day : date
        First and last day of the periods used.
    note : str
        Sources.
    series : FlowSeries
        What it was fitted to.
    """

    noun: str
    family: Family
    level: float
    formula: str
    names: tuple[str, ...]
    params: Array
    covariance: Array
    alpha: float | None
    alpha_se: float | None
    quantile: float
    freedom: int | None
    dispersion: float | None
    loglik: float | None
    n: int
    floors: int
    ceilings: int
    ranges: int
    fuzzy: int
    left_out: Mapping[str, int]
    first_day: date
    last_day: date
    note: str
    series: FlowSeries[Any]
    request: Request
    rows: pl.DataFrame
    design: Design
    fitted: Fitted

    # ---- coefficients

    @property
    def a(self) -> float:
        """Log of the daily mean on `first_day`: the intercept."""
        return float(self.params[self._at("Intercept")])

    @property
    def b(self) -> float:
        """Growth of the log per day."""
        at, days = self._growing()
        return float(self.params[at]) / days

    @property
    def se_a(self) -> float:
        """Standard error of `a`, as used for intervals."""
        at = self._at("Intercept")
        return math.sqrt(float(self.covariance[at, at]))

    @property
    def se_b(self) -> float:
        """Standard error of `b`, as used for intervals."""
        at, days = self._growing()
        return math.sqrt(float(self.covariance[at, at])) / days

    @property
    def cov_ab(self) -> float:
        """Covariance of `a` and `b`."""
        at, days = self._growing()
        return float(self.covariance[self._at("Intercept"), at]) / days

    def _at(self, name: str) -> int:
        if name not in self.names:
            raise OptionError(f"expected a term of the trend, got {name!r}; there are: {', '.join(self.names)}")
        return self.names.index(name)

    def _growing(self) -> tuple[int, int]:
        """The term that is the growth, and the days of its unit."""
        found = [name for name in self.names if name in ("day", "week")]
        if len(found) != 1 or any(_TIME.search(name) for name in self.names if name not in found):
            raise KindError(
                f"expected a trend with one growth, got the terms {', '.join(self.names)}; ask rate_ratio(day, over=day) for two "
                "days, or predict(dates)"
            )
        return self.names.index(found[0]), 1 if found[0] == "day" else 7

    @property
    def has_growth(self) -> bool:
        """Whether the growth is one number, the same on every day."""
        try:
            self._growing()
        except KindError:
            return False
        return True

    def coefficients(self) -> pl.DataFrame:
        """The terms, one row each.

        Returns
        -------
        pl.DataFrame
            `term`, `estimate`, `se`, `low`, `high` (of the log of the mean), `ratio`, `ratio_low`, `ratio_high`
            (exponentials: rate ratios for a step of 1), `level`.
        """
        se = np.sqrt(np.diag(self.covariance))
        low, high = self.params - self.quantile * se, self.params + self.quantile * se
        with np.errstate(over="ignore"):
            ratios = {"ratio": np.exp(self.params), "ratio_low": np.exp(low), "ratio_high": np.exp(high)}
        return pl.DataFrame(
            {
                "term": self.names,
                "estimate": self.params,
                "se": se,
                "low": low,
                "high": high,
                **ratios,
                "level": self.level,
            }
        )

    def profile(self, term: str = "day", level: float | None = None) -> Coefficient:
        """The profile-likelihood interval of one coefficient, which need not be symmetric.

        Parameters
        ----------
        term : str, default "day"
            A name of `names`.
        level : float, optional
            Default: that of the fit.

        Returns
        -------
        Coefficient
            On the scale of the log of the mean; an end is infinite where the likelihood does not
            fall far enough on that side.

        Raises
        ------
        KindError
            For "quasi", which has no likelihood.
        OptionError
            If there is no such term.
        """
        from scipy.stats import chi2

        if self.family == "quasi":
            raise KindError(
                "expected a family with a likelihood for a profile interval, got 'quasi'; use 'nb2' or 'poisson'"
            )
        share = self.level if level is None else check_level(level)
        at, likelihood = self._at(term), self.fitted.likelihood
        low, high = profile_ends(
            likelihood.totals,
            self.fitted.matrix,
            self.fitted.offset,
            likelihood.kernel,
            self.names,
            self.fitted.maximum,
            at,
            float(chi2.ppf(share, 1)) / 2,
        )
        return Coefficient(
            float(self.params[at]), -math.inf if low is None else low, math.inf if high is None else high, share
        )

    # ---- growth

    def _ends(self) -> tuple[float, float]:
        return self.b - self.quantile * self.se_b, self.b + self.quantile * self.se_b

    def _growth(self, days: int) -> Interval:
        low, high = self._ends()
        return Interval(share_of(days * self.b), share_of(days * low), share_of(days * high), self.level)

    @property
    def growth_per_day(self) -> Interval:
        """Growth a day, exp(b) - 1, as a share."""
        return self._growth(1)

    @property
    def growth_per_week(self) -> Interval:
        """Growth a week, exp(7 b) - 1, as a share."""
        return self._growth(7)

    @property
    def growth_over_dates(self) -> tuple[float, float] | None:
        """Range of the growth a day over the extreme dates of reports whose ends are not known; None where all are.

        It is a source range, not a sampling interval. An end is NaN-free: where no finite trend fits at some extreme
        dates, the range is from -1 to infinity.
        """
        if self.fitted.spans is None:
            return None
        values = self.fitted.spans / self._growing()[1]
        if not np.isfinite(values).all():
            return -1.0, math.inf
        return share_of(min(float(values.min()), self.b)), share_of(max(float(values.max()), self.b))

    @property
    def doubling_days(self) -> Doubling:
        """Time to double or to halve, ln 2 / b; its text claims no more than the interval holds."""
        return Doubling(self.b, *self._ends(), self.level)

    def rate_ratio(self, day: str | date, *, over: str | date) -> RatioOverTime:
        """The ratio of the means of two days.

        Parameters
        ----------
        day : str or date
            The day of the numerator.
        over : str or date
            The day of the denominator, such as the first day.

        Returns
        -------
        RatioOverTime
            exp((x_day - x_over)'beta) with its interval. Exposure and offsets are left out: it is a ratio of rates.
        """
        days = [parse_date(one) for one in (over, day)]
        for asked_day, (low, high) in zip((over, day), days, strict=True):
            if low != high:
                raise OptionError(f"expected one day, such as 2019-05-20; got {asked_day!r}")
        x = self.design.matrix([days[0][0], days[1][0]])
        change = x[1] - x[0]
        log, half = (
            float(change @ self.params),
            self.quantile * math.sqrt(max(0.0, float(change @ self.covariance @ change))),
        )
        if abs(log) + half > _LARGEST_LOG:
            raise OptionError(
                f"expected days near the periods used, got {days[1][0]} over {days[0][0]}, for which the trend has no number"
            )
        ratio, least, most = (math.exp(end) for end in (log, log - half, log + half))
        return RatioOverTime(ratio, least, most, self.level, days[0][0], days[1][0])

    # ---- predictions and checks

    def predict(self, dates: Days, *, draws: int = 4_000, seed: int = 0) -> pl.DataFrame:
        """What the trend expects on days, or over periods.

        Parameters
        ----------
        dates : list or series of dates, list of Period, or their texts
            Days ("2019-05-20"), or periods with known ends ("2019-05-20/2019-05-26", `cs.Period.of(first, last)`), inside or
            outside the periods used.
        draws : int, default 4,000
            Draws for the prediction interval.
        seed : int, default 0
            The same seed gives the same interval.

        Returns
        -------
        pl.DataFrame
            `date`, or `period_start` and `period_end`; `mean`: the expected reported count; `mean_low`, `mean_high`:
            confidence interval of that mean; `low`, `high`: prediction interval of the count itself, with the
            uncertainty of the estimates and the variation about the mean; `extrapolated`: whether it reaches outside of
            the periods used. For "nb2", days of one period share its chance factor: alpha is that of the totals.

        Notes
        -----
        With few totals, alpha by maximum likelihood is too small more often than not: in simulations, prediction intervals
        of "nb2" at 95 % then held 89 to 93 % of new counts.

        Raises
        ------
        OptionError
            If a date is missing or no date, or lies so far away that the mean has no number, or there is no exposure
            or covariate for it.
        """
        return predicted(self, asked(dates), draws, seed)

    def residuals(self, kind: Kind = "pearson", *, seed: int = 0) -> pl.DataFrame:
        """What each total differs from its mean by.

        Parameters
        ----------
        kind : {"pearson", "deviance", "quantile"}
            (y - mu) / sd; signed root of the deviance; or randomised quantile residuals (Dunn and Smyth 1996), which
            are standard normal where the model holds, for bounds as well.
        seed : int
            For "quantile".

        Returns
        -------
        pl.DataFrame
            `period_start`, `period_end`, `low`, `high` (bounds that were fitted; null = none), `mean`, `residual` (null
            for bounds, except "quantile").
        """
        return residuals(self, kind, seed)

    def dispersion_test(self) -> DispersionTest:
        """Whether the exact totals vary more than Poisson counts about the means of a Poisson fit with these terms."""
        low, high = self.fitted.likelihood.totals.row_bounds()
        means = self._poisson().means
        exact = low == high
        return dispersion_test(low[exact], means[exact], len(self.names))

    def _poisson(self) -> Fitted:
        if self.fitted.likelihood.kernel == "poisson":
            return self.fitted
        rows = usable_rows(self.series.to_frame(), report_sources(self.series), self.request.use)
        return fit_rows(rows, self.design, self.request.exposure, "poisson", "model", None, self.level)

    @cached_property
    def results(self) -> Any:
        """The fit as a results object of statsmodels: summary(), cov_params(), wald_test(), t_test(), predict().

        A `GenericLikelihoodModelResults` of `IntervalCountModel`. For "quasi" it is the Poisson fit, with a covariance
        times the dispersion where above 1; with cov="HC0", "HC1" or "HAC" it has that covariance.
        """
        from casualtystats.trends.statsmodel import fitted_results

        return fitted_results(self.fitted, self.names, self.covariance)

    def cov_params(self) -> pl.DataFrame:
        """The covariance of the coefficients, as used for intervals: one row and one column a term."""
        return pl.DataFrame({"term": self.names} | {name: self.covariance[:, at] for at, name in enumerate(self.names)})

    def wald_test(self, constraint: str | Array) -> Any:
        """A Wald test, in the language of statsmodels, such as "day = 0"; with the covariance used for intervals."""
        return self.results.wald_test(constraint, scalar=True, use_f=self.freedom is not None)

    def sensitivity(self) -> Sensitivity:
        """How far the answer moves when one choice is made otherwise.

        Refits at the low, best and high value of each report; at the extreme dates; with each source left out; with
        the other families; and, as a contrast, to days that the reports were spread over uniformly, with more at the
        front, and with more at the back.

        Returns
        -------
        Sensitivity
            One row a choice, with the growth and how far it moved.
        """
        from casualtystats.trends.sensitivity import sensitivity

        return sensitivity(self)

    def plot(self, *, ax: Axes | None = None, **options: Any) -> Axes:
        """The fitted mean over the reports: `casualtystats.plots.trend`, which takes the same options."""
        # The rooms of pictures stand below this one: what is drawn there is asked for by name.
        axes: Axes = import_module("casualtystats.plots").trend(self, ax=ax, **options)
        return axes

    # ---- tables and text

    def to_frame(self) -> pl.DataFrame:
        """The fit as a frame of one row; growth is null where it is not one number."""
        columns: dict[str, str | float | int | date | None] = {
            "noun": self.noun,
            "family": self.family,
            "formula": self.formula,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "n": self.n,
            **self._growth_columns(),
            "dispersion": self.dispersion,
            "alpha": self.alpha,
            "loglik": self.loglik,
            "floors": self.floors,
            "ceilings": self.ceilings,
            "ranges": self.ranges,
            "fuzzy": self.fuzzy,
            "left_out": sum(self.left_out.values()),
        }
        texts, dates = ("noun", "family", "formula", "direction"), ("first_day", "last_day")
        counts = ("n", "floors", "ceilings", "ranges", "fuzzy", "left_out")
        types: dict[str, type[pl.DataType]] = dict.fromkeys(columns, pl.Float64)
        types |= dict.fromkeys(texts, pl.String) | dict.fromkeys(dates, pl.Date) | dict.fromkeys(counts, pl.Int64)
        return pl.DataFrame({name: [value] for name, value in columns.items()}, schema=types)

    def _growth_columns(self) -> dict[str, str | float | int | date | None]:
        names = ("growth_per_day", "growth_per_week")
        columns: dict[str, str | float | int | date | None]
        if not self.has_growth:
            columns = dict.fromkeys(f"{name}{end}" for name in names for end in ("", "_low", "_high"))
            rest = ("direction", "days_to_double_or_halve", "days_low", "days_high")
            return columns | {"source_low": None, "source_high": None, "level": self.level} | dict.fromkeys(rest)
        columns = {}
        for name, growth in zip(names, (self.growth_per_day, self.growth_per_week), strict=True):
            columns |= {name: growth.value, f"{name}_low": growth.low, f"{name}_high": growth.high}
        over, double = self.growth_over_dates, self.doubling_days
        return columns | {
            "source_low": None if over is None else over[0],
            "source_high": None if over is None else over[1],
            "level": self.level,
            "direction": double.direction,
            "days_to_double_or_halve": double.days,
            "days_low": double.days_low,
            "days_high": double.days_high,
        }

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    @property
    def sentence(self) -> str:
        """What was found, without how: the first part of `str()`."""
        if not self.has_growth:
            return f"{self.noun}: trend with the terms {', '.join(self.names)}"
        day, double = self.growth_per_day, self.doubling_days
        return (
            f"{self._subject()}: {str(day).replace(' % (', ' % a day (', 1)}"
            f"{',' if double.certain else ':'} {double}{self._over_dates()}"
        )

    def __str__(self) -> str:
        return f"{self.sentence} [{FAMILY_NAMES[self.family]} fit to {self.n} totals, {Period.of(self.first_day, self.last_day)}]"

    __repr__ = __str__

    def _subject(self) -> str:
        beside = [", per exposure"] if self.request.exposure is not None else []
        beside += [f", beside the offset {self.request.offset}"] if self.request.offset is not None else []
        return self.noun + "".join(beside)

    def _over_dates(self) -> str:
        over = self.growth_over_dates
        if over is None:
            return ""
        if math.isinf(over[1]):
            return "; over the dates that the reports leave open, any growth"
        return f"; over the dates that the reports leave open {percent_span(*over)}"

    @property
    def notes(self) -> tuple[str, ...]:
        """What the result assumes and what was left out, one sentence each."""
        return notes_of(self)

    def summary(self) -> str:
        """The fit, its assumptions and what was left out, as lines of text; `results.summary()` is that of statsmodels."""
        lines = [str(self)]
        if self.has_growth:
            lines.append(f"per week: {self.growth_per_week}")
        else:
            lines += [f"{row[0]}: {row[1]:.6g} (se {row[2]:.3g})" for row in self.coefficients().rows()]
        spread = "not known" if self.dispersion is None else f"{format_rate(self.dispersion)} (1 = as Poisson counts)"
        lines.append(
            f"dispersion {spread}"
            + (f"; alpha {format_rate(self.alpha)}, of the totals and not of days" if self.alpha else "")
        )
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        if not self.has_growth:
            return html_table(self.coefficients(), str(self), self.note)
        shown = ("growth_per_day", "growth_per_day_low", "growth_per_day_high", "dispersion", "n", "left_out")
        return html_table(self.to_frame().select(shown), str(self), self.note)
