"""Log-linear trends of counts, extended over the cells ahead, with the uncertainty of their coefficients."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from casualtystats.errors import UndefinedEstimateError
from casualtystats.printing import format_rate
from casualtystats.trends.forecast.models import LABELS, Array, History, Model, Predictive
from casualtystats.trends.scores.logscore import log_probability

__all__ = ["Loglinear", "fit_loglinear", "loglinear"]

# Larger means can not be counted in whole numbers by a float.
_LARGEST_LOG: Final = 34.0
_SETTLED: Final = 1e-4
_METHODS: Final = ("bfgs", "nm", "newton")
# Newton steps from where a search stopped: BFGS is right to four digits only.
_POLISH: Final = 3


@dataclass(frozen=True, eq=False)
class Loglinear:
    """A fitted trend.

    Attributes
    ----------
    params : array
        Log of the daily mean at the start of the history; its growth over the length of the history; and alpha, where it
        is above 0.
    covariance : array
        Of these.
    notes : tuple of str
        What must be read with it.
    """

    params: Array
    covariance: Array
    notes: tuple[str, ...]


def fit_loglinear(history: History, *, dispersed: bool) -> Loglinear:
    r"""Fit a trend by maximum likelihood: log mu = a + b t + log d, with t the middle of a cell and d its days.

    t runs from 0 at the start of the history to 1 at its end. Counts are Poisson, or, if `dispersed`, negative binomial
    with variance mu + alpha mu^2 (NB2).

    Parameters
    ----------
    history : History
        At least `NEEDED` cells.
    dispersed : bool
        Whether counts may vary more than Poisson counts do.

    Raises
    ------
    UndefinedEstimateError
        If no finite trend fits best, or the fit does not settle.

    Notes
    -----
    Fitted by `statsmodels.discrete.discrete_model.NegativeBinomial`. Where the likelihood falls as soon as alpha rises
    from 0, alpha is 0, and left out of the parameters.
    """
    model: Model = "nb" if dispersed else "poisson"
    y = history.counts.astype(np.float64)
    if not y[1:].any() or not y[:-1].any():
        raise UndefinedEstimateError(
            f"expected counts above 0 in more than the first or last cell for the {LABELS[model]}, got none: no finite trend "
            "fits best. Leave this model out"
        )
    design, offset = _design(history)[: len(y)], np.log(history.days.astype(np.float64))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Whether a search settled is looked at below, by its gradient; its own warnings are left aside.
        warnings.simplefilter("ignore")
        beta, covariance = _poisson(y, design, offset)
        mean = np.exp(design @ beta + offset)
        if not dispersed:
            return Loglinear(beta, covariance, (_pearson(y, mean),))
        if float(((y - mean) ** 2 - y).sum()) <= 0:
            note = f"{LABELS[model]}: counts vary no more than Poisson counts do; alpha is 0."
            return Loglinear(beta, covariance, (note,))
        return Loglinear(*_negative_binomial(y, design, offset, beta, mean), ())


def loglinear(history: History, draws: int, rng: np.random.Generator, *, dispersed: bool) -> Predictive:
    """A trend that goes on as before, as `fit_loglinear` finds it.

    Coefficients, and alpha, are drawn from the normal distribution of their estimates, an alpha below 0 as 0; then counts
    given these.

    Parameters
    ----------
    history : History
        At least `NEEDED` cells.
    draws : int
        Number of paths; in each, all cells ahead have the same coefficients.
    rng : Generator
        Random numbers.
    dispersed : bool
        Whether counts may vary more than Poisson counts do.

    Raises
    ------
    UndefinedEstimateError
        If no finite trend fits best, the fit does not settle, or the trend leaves all bounds within the horizon.

    Notes
    -----
    The forecast of statsmodels, `fit.get_distribution(X).ppf`, leaves out that coefficients are estimates: from 10 cells, 6
    cells ahead, its 95 % intervals can be half as wide as these.
    """
    model: Model = "nb" if dispersed else "poisson"
    fit = fit_loglinear(history, dispersed=dispersed)
    known, ahead = np.split(_design(history), [len(history.counts)])
    values, vectors = np.linalg.eigh(fit.covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = fit.params + rng.standard_normal((draws, len(fit.params))) @ root.T
    log_mean = drawn[:, :2] @ ahead.T + np.log(history.ahead)
    if float(log_mean.max()) > _LARGEST_LOG:
        raise UndefinedEstimateError(
            f"expected a horizon over which the {LABELS[model]} stays a number of people, got means above "
            f"{format_rate(np.exp(_LARGEST_LOG))} within {len(history.ahead)} cells: an extended growth explodes. Shorten the "
            "horizon, or leave this model out"
        )
    means = np.exp(log_mean)
    alphas = np.maximum(drawn[:, 2], 0.0) if len(fit.params) > 2 else np.zeros(draws)
    notes = (*fit.notes, _growth(model, fit.params, known, ahead))
    return Predictive(_counts(means, alphas, rng), _mixture(means, alphas), notes)


def _design(history: History) -> Array:
    """A constant and the middle of each cell, known and ahead, as a share of the length of the history."""
    lengths = np.concatenate((history.days, history.ahead)).astype(np.float64)
    middle = (np.cumsum(lengths) - lengths / 2) / float(history.days.sum())
    return np.column_stack((np.ones_like(middle), middle))


def _poisson(y: Array, design: Array, offset: Array) -> tuple[Array, Array]:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    model: Any = GLM(y, design, family=Poisson(), offset=offset)
    fit: Any = model.fit(tol=1e-12)
    beta, covariance = np.asarray(fit.params, dtype=np.float64), np.asarray(fit.cov_params(), dtype=np.float64)
    mean = np.exp(design @ beta + offset)
    if not _settled(beta, covariance, design.T @ (y - mean)):
        raise UndefinedEstimateError(_unsettled("poisson"))
    return beta, covariance


def _negative_binomial(y: Array, design: Array, offset: Array, beta: Array, mean: Array) -> tuple[Array, Array]:
    from statsmodels.discrete.discrete_model import NegativeBinomial

    found: Any = NegativeBinomial(y, design, loglike_method="nb2", offset=offset)
    guess = max(float(((y - mean) ** 2 - y).sum() / (mean**2).sum()), 1e-4)
    start = np.append(beta, guess)
    for method in _METHODS:
        fit: Any = found.fit(start_params=start, method=method, maxiter=500, disp=0, skip_hessian=True)
        params = np.asarray(fit.params, dtype=np.float64)
        for _ in range(_POLISH):
            covariance, gradient = _curvature(found, params)
            if not _settled(params, covariance, gradient):
                break
            params = params + covariance @ gradient
        else:
            return params, _curvature(found, params)[0]
    raise UndefinedEstimateError(_unsettled("nb"))


def _curvature(model: Any, params: Array) -> tuple[Array, Array]:
    """The inverse of the observed information, and the gradient; not numbers where there is no inverse."""
    information = -np.asarray(model.hessian(params), dtype=np.float64)
    try:
        inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
    except np.linalg.LinAlgError:
        inverse = np.full_like(information, np.nan)
    return inverse, np.asarray(model.score(params), dtype=np.float64)


def _settled(params: Array, covariance: Array, gradient: Array) -> bool:
    """Whether this is a maximum: a gradient of nothing, in standard errors, a covariance that is one, an alpha above 0."""
    if not all(bool(np.isfinite(found).all()) for found in (params, covariance, gradient)):
        return False
    if float(np.linalg.eigvalsh(covariance)[0]) <= 0 or (len(params) > 2 and params[2] <= 0):
        return False
    return float(gradient @ covariance @ gradient) < _SETTLED


def _unsettled(model: Model) -> str:
    return (
        f"expected counts to which the {LABELS[model]} can be fitted, but the fit does not settle; leave this model out, or "
        "take a longer history"
    )


def _pearson(y: Array, mean: Array) -> str:
    ratio = float((((y - mean) ** 2) / mean).sum()) / (len(y) - 2)
    return (
        f"{LABELS['poisson']}: assumes that counts vary as Poisson counts; they vary {format_rate(ratio)} times as much "
        f"about the trend{', so that its intervals are too narrow' if ratio > 1.5 else ''}."
    )


def _growth(model: Model, beta: Array, known: Array, ahead: Array) -> str:
    reach = float(ahead[-1, 1] - known[-1, 1])
    factor = float(np.exp(beta[1] * reach))
    times = format_rate(factor)
    return f"{LABELS[model]}: its growth goes on unchanged, to {times} times its present mean in the last cell ahead."


def _counts(means: Array, alphas: Array, rng: np.random.Generator) -> Any:
    wide = alphas > 0
    rates = means.copy()
    if wide.any():
        size = np.broadcast_to(1 / alphas[wide][:, None], means[wide].shape)
        rates[wide] = means[wide] * (rng.standard_gamma(size) / size)
    return rng.poisson(rates).astype(np.int64)


def _mixture(means: Array, alphas: Array) -> Any:
    def log_probability_of(y: Array) -> Array:
        from scipy.special import logsumexp

        grid, spread = np.broadcast_to(y, means.shape), np.broadcast_to(alphas[:, None], means.shape)
        each = log_probability(np.asarray(grid), means, np.asarray(spread))
        return np.asarray(logsumexp(each, axis=0) - np.log(len(means)))

    return log_probability_of
