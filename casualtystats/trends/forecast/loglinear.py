"""Log-linear trends of counts, extended over the cells ahead, with the uncertainty of their coefficients."""

from __future__ import annotations

import warnings
from typing import Any, Final

import numpy as np

from casualtystats.errors import UndefinedEstimateError
from casualtystats.printing import format_rate
from casualtystats.trends.forecast.models import LABELS, Array, History, Model, Predictive
from casualtystats.trends.scores.exact import log_probability

__all__ = ["loglinear"]

# Larger means can not be counted in whole numbers by a float.
_LARGEST_LOG: Final = 34.0
_SETTLED: Final = 1e-4
_METHODS: Final = ("bfgs", "nm", "newton")


def loglinear(history: History, draws: int, rng: np.random.Generator, *, dispersed: bool) -> Predictive:
    r"""A trend that goes on as before: log mu = a + b t + log d, with t the middle of a cell and d its days.

    Counts are Poisson, or, if `dispersed`, negative binomial with variance mu + alpha mu^2 (NB2). Coefficients, and alpha,
    are drawn from the normal distribution of their maximum-likelihood estimates, an alpha below 0 as 0; then counts given
    these.

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
    Fitted by `statsmodels.discrete.discrete_model.NegativeBinomial` (its `get_distribution().ppf` leaves out that
    coefficients are estimates). Where the likelihood falls as soon as alpha rises from 0, alpha is 0.
    """
    model: Model = "nb" if dispersed else "poisson"
    y = history.counts.astype(np.float64)
    if not y[1:].any() or not y[:-1].any():
        raise UndefinedEstimateError(
            f"expected counts above 0 in more than the first or last cell for the {LABELS[model]}, got none: no finite trend "
            "fits best. Leave this model out"
        )
    ends = np.cumsum(np.concatenate((history.days, history.ahead))).astype(np.float64)
    lengths = np.concatenate((history.days, history.ahead)).astype(np.float64)
    middle = (ends - lengths / 2) / ends[len(y) - 1]
    design = np.column_stack((np.ones_like(middle), middle))
    known, ahead = design[: len(y)], design[len(y) :]
    offset = np.log(lengths[: len(y)])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Whether the fit settled is looked at below, by its gradient: warnings of searches that did are noise.
        warnings.simplefilter("ignore")
        beta, covariance = _poisson(y, known, offset)
        mean = np.exp(known @ beta + offset)
        notes = [_pearson(y, mean)] if not dispersed else []
        alpha = 0.0
        if dispersed and float(((y - mean) ** 2 - y).sum()) > 0:
            beta, covariance = _negative_binomial(y, known, offset, beta, mean)
            alpha = float(beta[2])
        elif dispersed:
            notes = [f"{LABELS[model]}: counts vary no more than Poisson counts do; alpha is 0."]
    # A symmetric root is the same for every order of the parameters, and needs no positive diagonal.
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    drawn = beta + rng.standard_normal((draws, len(beta))) @ root.T
    log_mean = drawn[:, :2] @ ahead.T + np.log(history.ahead)
    if float(log_mean.max()) > _LARGEST_LOG:
        raise UndefinedEstimateError(
            f"expected a horizon over which the {LABELS[model]} stays a number of people, got means above "
            f"{format_rate(np.exp(_LARGEST_LOG))} within {len(history.ahead)} cells: an extended growth explodes. Shorten the "
            "horizon, or leave this model out"
        )
    means = np.exp(log_mean)
    alphas = np.maximum(drawn[:, 2], 0.0) if alpha else np.zeros(draws)
    notes.append(_growth(model, beta, known, ahead))
    return Predictive(_counts(means, alphas, rng), _mixture(means, alphas), tuple(notes))


def _poisson(y: Array, design: Array, offset: Array) -> tuple[Array, Array]:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    model: Any = GLM(y, design, family=Poisson(), offset=offset)
    fit: Any = model.fit(tol=1e-12)
    beta, covariance = np.asarray(fit.params, dtype=np.float64), np.asarray(fit.cov_params(), dtype=np.float64)
    mean = np.exp(design @ beta + offset)
    _check("poisson", beta, covariance, design.T @ (y - mean))
    return beta, covariance


def _negative_binomial(y: Array, design: Array, offset: Array, beta: Array, mean: Array) -> tuple[Array, Array]:
    from statsmodels.discrete.discrete_model import NegativeBinomial

    found: Any = NegativeBinomial(y, design, loglike_method="nb2", offset=offset)
    guess = max(float(((y - mean) ** 2 - y).sum() / (mean**2).sum()), 1e-4)
    start = np.append(beta, guess)
    last: UndefinedEstimateError | None = None
    for method in _METHODS:
        params = np.asarray(
            found.fit(start_params=start, method=method, maxiter=500, disp=0, skip_hessian=True).params,
            dtype=np.float64,
        )
        try:
            covariance = np.asarray(np.linalg.inv(-np.asarray(found.hessian(params))), dtype=np.float64)
            _check("nb", params, covariance, np.asarray(found.score(params), dtype=np.float64))
        except (np.linalg.LinAlgError, UndefinedEstimateError) as error:
            last = UndefinedEstimateError(str(error))
            continue
        return params, covariance
    raise UndefinedEstimateError(_unsettled("nb")) from last


def _check(model: Model, params: Array, covariance: Array, gradient: Array) -> None:
    """A maximum: a gradient of nothing, measured in standard errors, and a covariance that is one."""
    good = bool(np.isfinite(params).all() and np.isfinite(covariance).all() and np.isfinite(gradient).all())
    if good:
        good = bool((np.diag(covariance) > 0).all()) and float(gradient @ covariance @ gradient) < _SETTLED
    if good and len(params) > 2:
        good = bool(params[2] > 0) and bool((np.linalg.eigvalsh(covariance) > 0).all())
    if not good:
        raise UndefinedEstimateError(_unsettled(model))


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
