"""The likelihood of interval totals as a model of `statsmodels`, for those who know its results."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from statsmodels.base.model import GenericLikelihoodModel
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from casualtystats.trends.fitting import Fitted
from casualtystats.trends.likelihood.counts import Kernel
from casualtystats.trends.likelihood.objective import Likelihood
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Totals

__all__ = ["IntervalCountModel", "fitted_results"]


class IntervalCountModel(GenericLikelihoodModel):  # type: ignore[misc]
    """Counts of intervals with bounds, composite link, Poisson or negative binomial.

    `endog` holds the lower bounds and `exog` the mean of the daily terms over each interval; the likelihood itself is
    of the bounds and the days. Parameters are the coefficients of the daily terms and, for a negative binomial, alpha.

    Parameters
    ----------
    totals : Totals
        The totals.
    design, offset : array
        Terms, and log of exposure plus offset, by day from day 0.
    names : tuple of str
        Names of the terms.
    kernel : {"poisson", "nb1", "nb2"}
        Distribution.
    start : array
        Parameters to start from: the maximum that was found.
    """

    def __init__(
        self, totals: Totals, design: Array, offset: Array, names: tuple[str, ...], kernel: Kernel, start: Array
    ) -> None:
        self.objective = Likelihood.of(totals, design, offset, kernel)
        self.kernel = kernel
        flat = self.objective.link.at(np.zeros(len(names))).mean_x
        at = np.unique(totals.row, return_index=True)[1]
        extra = [] if kernel == "poisson" else ["alpha"]
        parent: Any = super()
        parent.__init__(totals.row_bounds()[0], flat[at], extra_params_names=extra or None)
        self.data.xnames = [*names, *extra]
        self.start_params = start

    def _point(self, params: Array) -> Array:
        point = np.array(params, dtype=np.float64)
        if self.kernel != "poisson":
            point[-1] = np.log(max(float(point[-1]), 1e-300))
        return point

    def loglikeobs(self, params: Array) -> Array:
        """Log-likelihood of each report (of reports that share an end together)."""
        return self.objective.at(self._point(params)).terms

    def loglike(self, params: Array) -> float:
        """The log-likelihood."""
        return self.objective.loglik(self._point(params))

    def score_obs(self, params: Array, **_: Any) -> Array:
        """Its gradient, by report."""
        scores = self.objective.at(self._point(params)).scores.copy()
        if self.kernel != "poisson":
            scores[:, -1] /= params[-1]
        return scores

    def score(self, params: Array) -> Array:
        """Its gradient."""
        return np.asarray(self.score_obs(params).sum(axis=0))

    def hessian(self, params: Array) -> Array:
        """Its second derivatives."""
        value = self.objective.at(self._point(params))
        hessian = value.hessian.copy()
        if self.kernel != "poisson":
            alpha = float(params[-1])
            hessian[-1, -1] = (hessian[-1, -1] - value.gradient[-1]) / alpha**2
            hessian[:-1, -1] /= alpha
            hessian[-1, :-1] /= alpha
        return np.asarray(hessian)

    def predict(self, params: Array, exog: Array | None = None, **_: Any) -> Array:
        """Mean of each report; or, with rows of daily terms, daily means for an exposure of 1."""
        if exog is None:
            return self.objective.row_means(self._point(np.asarray(params)))
        terms = np.atleast_2d(np.asarray(exog, dtype=np.float64))
        return np.asarray(np.exp(terms @ np.asarray(params)[: terms.shape[1]]))

    def fit(
        self,
        start_params: Array | None = None,
        method: str = "newton",
        maxiter: int = 50,
        full_output: int = 1,
        disp: int = 0,
        callback: Any = None,
        retall: int = 0,
        **kwargs: Any,
    ) -> Any:
        """Fit, from the maximum that was found; arguments are those of statsmodels, such as cov_type="HC0"."""
        start = self.start_params if start_params is None else start_params
        parent: Any = super()
        return parent.fit(start, method, maxiter, full_output, disp, callback, retall, **kwargs)


def fitted_results(fitted: Fitted, names: tuple[str, ...], covariance: Array) -> Any:
    """Results of statsmodels for a fit, with the covariance that its intervals use."""
    likelihood, maximum = fitted.likelihood, fitted.maximum
    bounded = likelihood.kernel != "poisson"
    start = np.append(maximum.beta, maximum.alpha or 0.0) if bounded else maximum.beta
    model = IntervalCountModel(likelihood.totals, fitted.matrix, fitted.offset, names, likelihood.kernel, start)
    with warnings.catch_warnings():
        # It starts at the maximum, where the last digits of large likelihoods leave nothing to gain.
        warnings.simplefilter("ignore", ConvergenceWarning)
        results = model.fit()
    results.mle_retvals["converged"] = True
    whole = np.array(maximum.covariance)
    whole[: len(names), : len(names)] = covariance
    results.normalized_cov_params = whole
    results.cov_params_default = whole
    return results
