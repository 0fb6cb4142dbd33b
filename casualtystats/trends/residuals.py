"""Residuals of totals: what each differs from its fitted mean by, bounds included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.trends.likelihood.counts import Kernel, log_between
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.prediction import check_seed

if TYPE_CHECKING:
    from casualtystats.trends.result import TrendFit

__all__ = ["Kind", "residuals"]

Kind = Literal["pearson", "deviance", "quantile"]


def residuals(fit: TrendFit, kind: Kind, seed: int) -> pl.DataFrame:
    """Residuals of the totals of a fit, as `TrendFit.residuals` describes them.

    References
    ----------
    Dunn, P. K. and Smyth, G. K. (1996). Randomized quantile residuals. Journal of Computational and Graphical
    Statistics 5, 236-244.
    """
    if kind not in get_args(Kind):
        raise OptionError(f"expected kind= one of {', '.join(get_args(Kind))}; got {kind!r}")
    check_seed(seed)
    low, high = fit.fitted.likelihood.totals.row_bounds()
    means, exact = fit.fitted.means, low == high
    if kind == "quantile":
        found = _quantile(fit, low, high, means, seed)
    else:
        found = np.full_like(means, np.nan)
        variance = _variance(fit, means)
        found[exact] = ((low - means) / np.sqrt(variance))[exact]
        if kind == "deviance":
            found[exact] = _deviance(fit, low[exact], means[exact])
    values = [None if np.isnan(value) else float(value) for value in found]
    return fit.rows.select("period_start", "period_end", low="fit_low", high="fit_high").with_columns(
        mean=means, residual=pl.Series(values, dtype=pl.Float64)
    )


def _variance(fit: TrendFit, means: Array) -> Array:
    """The variance of a total; of Poisson counts for "quasi", whose residuals show its dispersion."""
    alpha = fit.alpha or 0.0
    return means * (1 + alpha * means) if fit.family == "nb2" else means * (1 + alpha)


def _kernel(fit: TrendFit) -> tuple[Kernel, float | None]:
    kernel = fit.fitted.likelihood.kernel
    return kernel, None if kernel == "poisson" else float(np.log(fit.alpha or 1.0))


def _deviance(fit: TrendFit, counts: Array, means: Array) -> Array:
    """Signed roots of twice the gap between the log-likelihoods of a perfect mean and of the fitted one."""
    kernel, log_alpha = _kernel(fit)
    perfect = np.log(np.maximum(counts, 1e-12))
    gap = log_between(kernel, counts, counts, perfect, log_alpha) - log_between(
        kernel, counts, counts, np.log(means), log_alpha
    )
    return np.sign(counts - means) * np.sqrt(np.maximum(2 * gap, 0.0))


def _quantile(fit: TrendFit, low: Array, high: Array, means: Array, seed: int) -> Array:
    """Normal quantiles of a uniform draw between P(Y < low) and P(Y <= high)."""
    from scipy.special import ndtri

    kernel, log_alpha = _kernel(fit)
    if fit.family == "quasi" and (fit.dispersion or 1.0) > 1 + 1e-9:
        # Counts with variance dispersion times mean, as the predictions of this family are drawn.
        kernel, log_alpha = "nb1", float(np.log((fit.dispersion or 1.0) - 1))
    logs, zero = np.log(means), np.zeros_like(low)
    below, upto = np.zeros_like(low), np.ones_like(low)
    some, finite = low > 0, np.isfinite(high)
    below[some] = np.exp(log_between(kernel, zero[some], low[some] - 1, logs[some], log_alpha))
    upto[finite] = np.exp(log_between(kernel, zero[finite], high[finite], logs[finite], log_alpha))
    draw = np.random.Generator(np.random.PCG64(seed)).random(len(low))
    share = np.clip(below + draw * (upto - below), 1e-300, 1 - 1e-16)
    return np.asarray(ndtri(share), dtype=np.float64)
