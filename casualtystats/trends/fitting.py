"""From usable rows to estimates: the likelihood's maximum, its covariance, and the range over unknown dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from casualtystats.errors import CasualtyStatsError, OptionError, UnboundedTrendError, UndefinedEstimateError
from casualtystats.printing import format_count, format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends.design import Design, Exposure, daily_exposure, day_list
from casualtystats.trends.families import KERNELS, Covariance, Family
from casualtystats.trends.likelihood.maximum import Maximum, maximise
from casualtystats.trends.likelihood.objective import Likelihood, Value
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Totals
from casualtystats.trends.onesided import mean_at_least
from casualtystats.trends.usable import Usable

__all__ = ["Fitted", "fit_rows", "log_exposure"]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Estimates with what they were made from.

    Attributes
    ----------
    likelihood : Likelihood
        Of the totals, in the terms as given; its kernel is Poisson where alpha is None or 0.
    maximum : Maximum
        Its maximum.
    covariance : array
        Of the coefficients, as used for intervals.
    means : array
        Fitted mean of each row.
    dispersion : float or None
        Pearson's statistic of the exact rows over their number less the terms; None where these are too few.
    spans : array or None
        The growth term at extreme dates; None where all dates are known, or no term is a growth. NaN where no finite
        trend fits.
    matrix, offset : array
        Terms, and log of exposure plus offset, of every day from the first.
    """

    likelihood: Likelihood
    maximum: Maximum
    covariance: Array
    means: Array
    dispersion: float | None
    spans: Array | None
    matrix: Array
    offset: Array

    @property
    def point(self) -> Array:
        """Coefficients and, for a negative binomial, log(alpha)."""
        if self.likelihood.kernel == "poisson":
            return self.maximum.beta
        return np.append(self.maximum.beta, np.log(self.maximum.alpha or 1.0))


def log_exposure(design: Design, exposure: Exposure | None, days: list[date], needed: list[bool]) -> Array:
    """Log of exposure plus offset, by day."""
    return np.log(daily_exposure(exposure, days, needed)) + design.offsets(days)


def fit_rows(
    rows: Usable,
    design: Design,
    exposure: Exposure | None,
    family: Family,
    cov: Covariance,
    lags: int | None,
    level: float,
) -> Fitted:
    """Fit a design to usable rows.

    Raises
    ------
    OptionError
        If the family is "quasi" and counts are bounds or dates are not known, or terms can not be told apart.
    UndefinedEstimateError
        If no finite trend fits best.
    """
    totals = rows.totals
    if family == "quasi" and not (totals.exact and totals.dated):
        raise OptionError(
            "expected exact counts with known dates for family='quasi', which has no likelihood for bounds; got "
            f"{rows.floors} lower bounds, {rows.ceilings} upper bounds, {rows.ranges} ranges and {rows.dating.fuzzy} periods "
            "with unknown ends. Use family='nb2', or use='best' to take best values as exact"
        )
    days = day_list(rows.first, totals.days)
    offset = log_exposure(design, exposure, days, _needed(totals))
    _refuse_unbounded(totals, design.names, level)
    matrix = design.matrix(days)
    kernel = KERNELS[family]
    maximum = maximise(totals, matrix, offset, kernel, design.names)
    if not maximum.alpha:
        kernel = "poisson"
    likelihood = Likelihood.of(totals, matrix, offset, kernel)
    point = maximum.beta if kernel == "poisson" else np.append(maximum.beta, np.log(maximum.alpha or 1.0))
    means = likelihood.row_means(point)
    dispersion = _dispersion(totals, means, matrix.shape[1])
    if cov == "model":
        scale = max(1.0, dispersion or 1.0) if family == "quasi" else 1.0
        covariance = maximum.covariance[: matrix.shape[1], : matrix.shape[1]] * scale
    else:
        covariance = _robust(likelihood.at(point), cov, lags)[: matrix.shape[1], : matrix.shape[1]]
    spans = _spans(rows, matrix, offset, family, design.names, maximum.beta)
    return Fitted(likelihood, maximum, covariance, means, dispersion, spans, matrix, offset)


def _needed(totals: Totals) -> list[bool]:
    """Which days a total speaks about."""
    needed = np.zeros(totals.days, dtype=bool)
    for first, last in zip(totals.first, totals.last, strict=True):
        needed[first : last + 1] = True
    return needed.tolist()


def _refuse_unbounded(totals: Totals, names: tuple[str, ...], level: float) -> None:
    low, high = totals.row_bounds()
    if not low.any():
        bounds = "upper bounds only: none at all would fit them best"
        what = bounds if high.any() else "zeros only: the growth of nothing is not defined"
        raise UndefinedEstimateError(f"expected some count above 0, got {what}")
    if not np.isfinite(high).any():
        floor = int(low.sum())
        length = int((totals.last - totals.first + 1)[np.unique(totals.row, return_index=True)[1]].sum())
        bound = mean_at_least(floor, level) / length
        raise UnboundedTrendError(
            "expected some count with an upper bound for a trend, got lower bounds only: every mean that is large enough "
            f"fits, and none fits best. What they say is one-sided: together at least {format_count(floor)}, and a mean of at "
            f"least {format_rate(bound, 'down')} a day (one-sided {level_text(level)} bound, for Poisson counts)",
            bound,
        )
    where = np.flatnonzero(low)
    nothing = high == 0
    if names == ("Intercept", "day") and nothing.sum() == len(low) - 1 and where[0] in (0, len(low) - 1):
        end = "first" if where[-1] == 0 else "last"
        raise UndefinedEstimateError(
            f"expected counts above 0 in more than the {end} period, got zeros in all others: any "
            "decline or growth that is steep enough fits, and none fits best"
        )


def _dispersion(totals: Totals, means: Array, terms: int) -> float | None:
    low, high = totals.row_bounds()
    exact = low == high
    freedom = int(exact.sum()) - terms
    if freedom <= 0:
        return None
    return float((((low - means) ** 2) / means)[exact].sum()) / freedom


def _robust(value: Value, cov: Covariance, lags: int | None) -> Array:
    """The sandwich covariance of all parameters."""
    scores = value.scores
    number, size = scores.shape
    if cov == "HAC":
        from statsmodels.stats import sandwich_covariance

        sandwich: Any = sandwich_covariance
        middle = np.asarray(sandwich.S_hac_simple(scores, nlags=_lags(lags, number)), dtype=np.float64)
    else:
        middle = scores.T @ scores
    bread = np.linalg.inv(-value.hessian)
    small = number / (number - size) if cov == "HC1" else 1.0
    return np.asarray(bread @ middle @ bread * small, dtype=np.float64)


def _lags(lags: int | None, number: int) -> int:
    """Lags of the Newey-West covariance: floor(4 (n / 100)^(2/9)) where none are given."""
    if lags is None:
        return int(np.floor(4 * (number / 100) ** (2 / 9)))
    if isinstance(lags, bool) or not isinstance(lags, int) or not 0 <= lags < number:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected maxlags= a number from 0 to {number - 1}, got {lags!r}")
    return int(lags)


def _spans(
    rows: Usable, matrix: Array, offset: Array, family: Family, names: tuple[str, ...], start: Array
) -> Array | None:
    """The growth term where every unknown end lies at its first or last day."""
    at = next((names.index(name) for name in ("day", "week") if name in names), None)
    if at is None:
        return None

    def growth(totals: Totals) -> float:
        return float(maximise(totals, matrix, offset, KERNELS[family], names, start).beta[at])

    try:
        found = rows.dating.extremes(growth)
    except CasualtyStatsError:
        # At these dates no finite trend fits best: nothing bounds what it may be.
        return np.array([np.nan])
    return np.array(found) if found else None
