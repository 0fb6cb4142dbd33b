"""Means and counts that a fitted trend expects, with both kinds of interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods import Period, parse_date
from casualtystats.trends.fitting import log_exposure
from casualtystats.trends.likelihood.link import CompositeLink
from casualtystats.trends.likelihood.sizes import Array

if TYPE_CHECKING:
    from casualtystats.trends.result import TrendFit

__all__ = ["Asked", "Days", "asked", "check_seed", "draw_coefficients", "draw_counts", "predicted"]

Days: TypeAlias = Sequence[date] | Sequence[str] | Sequence[Period] | pl.Series | Period | str
_LARGEST_LOG: Final = 600.0
_LARGEST_COUNT: Final = 1e15
_MOST_DAYS: Final = 200_000


@dataclass(frozen=True, eq=False)
class Asked:
    """The days or periods of a prediction: spans of first and last day, both included."""

    spans: tuple[tuple[date, date], ...]
    single: bool

    def columns(self) -> dict[str, pl.Series]:
        """The dates in front of the prediction's columns."""
        first, last = ([span[at] for span in self.spans] for at in (0, 1))
        if self.single:
            return {"date": pl.Series(first, dtype=pl.Date)}
        return {"period_start": pl.Series(first, dtype=pl.Date), "period_end": pl.Series(last, dtype=pl.Date)}


def _read(one: object) -> Any:
    """A day or a period from its text."""
    if not isinstance(one, str):
        return one
    if "/" in one:
        return Period.parse(one)
    first, last = parse_date(one)
    if first != last:
        raise OptionError(
            f"expected days or periods to predict, such as '2019-05-20' or '2019-05-20/2019-05-26'; got {one!r}"
        )
    return first


def asked(dates: Days) -> Asked:
    """What is to be predicted, from dates or periods.

    Raises
    ------
    OptionError
        If a date is missing or no date, or a period's ends are not known.
    """
    if dates is None:  # pyright: ignore[reportUnnecessaryComparison]
        raise OptionError("expected dates or periods to predict, got none")
    if isinstance(dates, str | Period):
        dates = [dates if isinstance(dates, Period) else Period.parse(dates)]
    if isinstance(dates, list | tuple) and any(isinstance(one, str) for one in dates):
        dates = [_read(one) for one in dates]
    if isinstance(dates, list | tuple) and dates and all(isinstance(one, Period) for one in dates):
        periods: list[Period] = [one for one in dates if isinstance(one, Period)]
        for period in periods:
            if period.fuzzy:
                raise OptionError(f"expected periods with known ends to predict, got {period}")
        return Asked(tuple((period.start_earliest, period.end_latest) for period in periods), False)
    try:
        days = pl.Series("date", dates)
    except (TypeError, pl.exceptions.PolarsError) as error:
        raise OptionError(f"expected dates, or periods, each one known; got {dates!r}") from error
    if days.len() == 0:
        days = days.cast(pl.Date)
    if days.dtype != pl.Date or days.null_count():
        raise OptionError(
            f"expected dates, each one known, or a list of Period; got {days.dtype} with {days.null_count()} missing"
        )
    return Asked(tuple((day, day) for day in days), True)


def check_seed(seed: int) -> None:
    """Refuse what is no seed.

    Raises
    ------
    OptionError
        If it is not a whole number of 0 or more.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected seed= a whole number of 0 or more, got {seed!r}")


def predicted(fit: TrendFit, wanted: Asked, draws: int, seed: int) -> pl.DataFrame:
    """Means with confidence intervals, and prediction intervals of the counts."""
    if isinstance(draws, bool) or not 100 <= draws <= 1_000_000:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected draws= from 100 to 1,000,000, got {draws!r}")
    check_seed(seed)
    frame = pl.DataFrame(wanted.columns())
    outside = [first < fit.first_day or last > fit.last_day for first, last in wanted.spans]
    if not wanted.spans:
        none = pl.Series([], dtype=pl.Float64)
        names = ("mean", "mean_low", "mean_high", "low", "high")
        return frame.with_columns(**dict.fromkeys(names, none), extrapolated=pl.Series([], dtype=pl.Boolean))
    link = _link(fit, wanted)
    linked = link.at(fit.params)
    variance = np.einsum("ij,jk,ik->i", linked.mean_x, fit.covariance, linked.mean_x)
    half = fit.quantile * np.sqrt(np.maximum(variance, 0.0))
    if (np.abs(linked.log_mean) + half > _LARGEST_LOG).any():
        raise OptionError(
            "expected dates near the periods used, got one so far away that the trend has no number there"
        )
    counts = draw_counts(fit, _draw_log_means(fit, link, draws, seed), seed + 1)
    tail = (1 - fit.level) / 2
    return frame.with_columns(
        mean=np.exp(linked.log_mean),
        mean_low=np.exp(linked.log_mean - half),
        mean_high=np.exp(linked.log_mean + half),
        low=np.quantile(counts, tail, axis=0, method="inverted_cdf"),
        high=np.quantile(counts, 1 - tail, axis=0, method="inverted_cdf"),
        extrapolated=pl.Series(outside, dtype=pl.Boolean),
    )


def _link(fit: TrendFit, wanted: Asked) -> CompositeLink:
    """The composite link of the days that are asked for."""
    lengths = [(last - first).days + 1 for first, last in wanted.spans]
    if sum(lengths) > _MOST_DAYS:
        raise OptionError(f"expected at most {_MOST_DAYS:,} days to predict, got {sum(lengths):,}")
    days = sorted({
        first + timedelta(days=at) for (first, _), length in zip(wanted.spans, lengths, strict=True) for at in range(length)
    })  # fmt: skip
    place = {day: at for at, day in enumerate(days)}
    first = np.array([place[span[0]] for span in wanted.spans])
    last = np.array([place[span[1]] for span in wanted.spans])
    offset = log_exposure(fit.design, fit.request.exposure, days, [True] * len(days))
    return CompositeLink.of(first, last, fit.design.matrix(days), offset)


def draw_coefficients(fit: TrendFit, draws: int, seed: int) -> Array:
    """Draws of the coefficients from their normal, or Student's t, distribution: one row a draw."""
    generator = np.random.Generator(np.random.PCG64(seed))
    root = np.linalg.cholesky(fit.covariance)
    shifts = generator.standard_normal((draws, len(fit.params))) @ root.T
    if fit.freedom is not None:
        shifts /= np.sqrt(generator.chisquare(fit.freedom, draws) / fit.freedom)[:, None]
    return fit.params + shifts


def _draw_log_means(fit: TrendFit, link: CompositeLink, draws: int, seed: int) -> Array:
    """Draws of the logs of the means, to first order in the coefficients: one row a draw."""
    linked = link.at(fit.params)
    shifts = draw_coefficients(fit, draws, seed) - fit.params
    return linked.log_mean + shifts @ linked.mean_x.T


def draw_counts(fit: TrendFit, log_means: Array, seed: int) -> Array:
    """A count for each log of a mean: Poisson, or with the dispersion of the fit (its own uncertainty included).

    For "quasi" with a dispersion above 1, counts are negative binomial with variance dispersion times mean. For "nb2",
    all days of one total share a factor, so that alpha holds for a day of it as for the total.
    """
    generator = np.random.Generator(np.random.PCG64(seed))
    means = np.exp(np.minimum(log_means, np.log(_LARGEST_COUNT)))
    draws = len(means)
    if fit.alpha:
        spread = (fit.alpha_se or 0.0) / fit.alpha
        alpha = fit.alpha * np.exp(np.clip(spread * generator.standard_normal(draws), -3, 3))[:, None]
        shape = np.broadcast_to(1 / alpha, means.shape) if fit.family == "nb2" else means / alpha
    elif fit.family == "quasi" and (fit.dispersion or 1.0) > 1 + 1e-9:
        # The dispersion is an estimate, too: on its degrees of freedom its ratio to the truth is about chi-squared.
        freedom = fit.freedom or len(fit.rows)
        drawn = (fit.dispersion or 1.0) * freedom / generator.chisquare(freedom, draws)
        shape = means / np.maximum(drawn - 1, 1e-6)[:, None]
    else:
        return generator.poisson(means).astype(np.float64)
    shape = np.maximum(shape, 1e-12)
    factors = generator.gamma(shape) / shape
    return generator.poisson(np.minimum(means * factors, _LARGEST_COUNT)).astype(np.float64)
