"""The two statsmodels fits behind the trends, each as one typed function."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import OptionError, UndefinedEstimateError

__all__ = ["Fitted", "fit_negative_binomial", "fit_poisson"]

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Parameters (intercept, slope and, for NB2, alpha), their covariance and the log-likelihood."""

    params: Array
    covariance: Array
    loglik: float


def _design(x: Array) -> Array:
    return np.column_stack([np.ones_like(x), x])


def fit_poisson(counts: Array, x: Array, offset: Array, start: Fitted | None) -> Fitted:
    """Poisson regression of counts on x with an offset (`statsmodels.GLM`).

    Raises
    ------
    UndefinedEstimateError
        If the iteration does not converge.
    """
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

    model: Any = sm.GLM(counts, _design(x), family=sm.families.Poisson(), offset=offset)
    first = None if start is None else start.params[:2]
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        # Counts that grow exactly by a factor are fitted exactly. That is no separation; where the likelihood has no
        # finite maximum was refused before.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        try:
            result: Any = model.fit(start_params=first, tol=1e-12, tol_criterion="params", maxiter=200)
        except (ConvergenceWarning, np.linalg.LinAlgError, ValueError) as error:
            raise UndefinedEstimateError(f"the Poisson fit did not converge: {error}") from error
    return Fitted(np.asarray(result.params), np.asarray(result.cov_params()), float(result.llf))


def fit_negative_binomial(counts: Array, x: Array, offset: Array, start: Fitted | None) -> Fitted:
    """NB2 regression with alpha estimated jointly (`statsmodels.discrete.NegativeBinomial`).

    `statsmodels.GLM` with its negative binomial family is not used: there alpha is silently 1.

    Parameters
    ----------
    counts, x, offset : array
        Counts, covariate and offset.
    start : Fitted
        A Poisson fit, or an earlier fit of this kind.

    Raises
    ------
    OptionError
        If the counts vary no more than Poisson counts: then alpha is 0, at the edge of what NB2 allows.
    UndefinedEstimateError
        If the iteration does not converge.
    """
    from statsmodels.discrete.discrete_model import NegativeBinomial
    from statsmodels.tools.sm_exceptions import ConvergenceWarning, HessianInversionWarning

    if start is None:
        start = fit_poisson(counts, x, offset, None)
    params = start.params
    if len(params) == 2:
        mu = np.exp(params[0] + params[1] * x + offset)
        excess = float(((counts - mu) ** 2 - counts).sum())
        if excess <= 0:
            raise OptionError(
                "expected counts that vary more than Poisson counts for family='nb2', got counts that vary less; use "
                "family='quasi' or family='poisson'"
            )
        params = np.append(params, max(1e-4, excess / float((mu**2).sum())))
    model: Any = NegativeBinomial(counts, _design(x), offset=offset)
    with warnings.catch_warnings():
        for named in (ConvergenceWarning, HessianInversionWarning):
            warnings.simplefilter("error", named)
        try:
            result: Any = model.fit(start_params=params, method="bfgs", gtol=1e-6, maxiter=500, disp=0)
            result = model.fit(start_params=result.params, method="newton", tol=1e-12, maxiter=50, disp=0)
        except (ConvergenceWarning, HessianInversionWarning, np.linalg.LinAlgError, ValueError) as error:
            raise UndefinedEstimateError(
                f"the negative binomial fit did not converge ({error}); use family='quasi'"
            ) from error
    covariance: Array = np.asarray(result.cov_params())
    if not np.isfinite(covariance).all() or not result.params[2] > 0 or (np.diag(covariance) <= 0).any():
        raise UndefinedEstimateError("the negative binomial fit did not converge; use family='quasi'")
    return Fitted(np.asarray(result.params), covariance, float(result.llf))
