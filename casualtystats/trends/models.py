"""The NB2 fit of statsmodels behind one typed function."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import OptionError, UndefinedEstimateError

__all__ = ["Fitted", "fit_negative_binomial"]

Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """Parameters (intercept, slope and, for NB2, alpha), their covariance and the log-likelihood."""

    params: Array
    covariance: Array
    loglik: float


@dataclass(frozen=True, eq=False)
class _Scale:
    """x to mean 0 and standard deviation 1: periods of years are then fitted as well as days."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, x: Array) -> _Scale:
        return cls(float(x.mean()), float(x.std()))

    def design(self, x: Array) -> Array:
        return np.column_stack([np.ones_like(x), (x - self.mean) / self.deviation])

    def _matrix(self, size: int) -> Array:
        """From scaled parameters to those of x."""
        matrix = np.eye(size)
        matrix[0, 1] = -self.mean / self.deviation
        matrix[1, 1] = 1 / self.deviation
        return matrix

    def scaled(self, params: Array) -> Array:
        return np.asarray(np.linalg.solve(self._matrix(len(params)), params), dtype=np.float64)

    def fitted(self, params: Array, covariance: Array, loglik: float) -> Fitted:
        matrix = self._matrix(len(params))
        return Fitted(matrix @ params, matrix @ covariance @ matrix.T, loglik)


def fit_negative_binomial(counts: Array, x: Array, offset: Array, start: Fitted) -> Fitted:
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

    scale = _Scale.of(x)
    first = scale.scaled(start.params)
    poisson = len(first) == 2
    if poisson:
        first = np.append(first, _first_alpha(counts, start.params, x, offset))
    model: Any = NegativeBinomial(counts, scale.design(x), offset=offset)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Trial steps may overflow and are then taken back; what comes out is checked below.
        for named in (ConvergenceWarning, HessianInversionWarning):
            warnings.simplefilter("error", named)
        try:
            if poisson:
                first = np.asarray(model.fit(start_params=first, method="bfgs", gtol=1e-5, maxiter=500, disp=0).params)
            result: Any = model.fit(start_params=first, method="newton", tol=1e-11, maxiter=100, disp=0)
        except (ConvergenceWarning, HessianInversionWarning, np.linalg.LinAlgError, ValueError) as error:
            raise UndefinedEstimateError(f"{_NO_NB2} ({error})") from error
    covariance: Array = np.asarray(result.cov_params())
    if not np.isfinite(covariance).all() or not result.params[2] > 0 or (np.diag(covariance) <= 0).any():
        raise UndefinedEstimateError(_NO_NB2)
    return scale.fitted(np.asarray(result.params), covariance, float(result.llf))


_NO_NB2 = "the negative binomial fit did not converge; use family='quasi'"


def _first_alpha(counts: Array, params: Array, x: Array, offset: Array) -> float:
    """Alpha by moments from a Poisson fit; its sign says whether the likelihood rises from alpha = 0."""
    mu = np.exp(params[0] + params[1] * x + offset)
    excess = float(((counts - mu) ** 2 - counts).sum())
    if excess <= 0:
        raise OptionError(
            "expected counts that vary more than Poisson counts for family='nb2', got counts that vary "
            "less; use family='quasi' or family='poisson'"
        )
    return max(1e-4, excess / float((mu**2).sum()))
