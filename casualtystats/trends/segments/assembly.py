"""A trend with joints as a `TrendFit`, with the uncertainty of the places of the joints in its covariance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from casualtystats.errors import CasualtyStatsError
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.trends.design import Design, day_list
from casualtystats.trends.families import Family
from casualtystats.trends.fitting import Fitted, fit_rows
from casualtystats.trends.growth import trend_result
from casualtystats.trends.likelihood.maximum import Maximum
from casualtystats.trends.likelihood.objective import Likelihood
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.request import Request
from casualtystats.trends.result import TrendFit
from casualtystats.trends.segments.design import jointed
from casualtystats.trends.usable import Usable

__all__ = ["Task", "trend_of"]


@dataclass(frozen=True, eq=False)
class Task:
    """What is to be fitted: a series, what was asked, its usable rows, and the terms without joints."""

    series: FlowSeries[Any]
    info: SeriesInfo
    request: Request
    family: Family
    rows: Usable
    design: Design

    def fit(self, design: Design, family: Family | None = None) -> Fitted:
        """A fit of the rows to some terms."""
        request = self.request
        return fit_rows(
            self.rows, design, request.exposure, family or self.family, request.cov, request.maxlags, request.level
        )

    def whole(self) -> TrendFit:
        """The fit with the terms of the design, as a `TrendFit`."""
        return trend_of(self, self.design, self.fit(self.design))

    def trend(self, joints: Array) -> TrendFit:
        """The fit with some joints, none among them, as a `TrendFit`.

        Its last terms are shifts of the joints in days: 0, with the variance of their places; they are left out where the
        totals can not tell how well the places are known.

        Raises
        ------
        CasualtyStatsError
            As `fit_rows`.
        """
        if not len(joints):
            return self.whole()
        design = jointed(self.design, joints)
        fitted = self.fit(design)
        free = self._free(design, fitted, joints)
        if free is None:
            return trend_of(self, design, fitted, len(joints))
        return trend_of(self, *free)

    def _free(self, design: Design, fitted: Fitted, joints: Array) -> tuple[Design, Fitted] | None:
        """The terms with shifts, and the fit with the covariance of all of them."""
        number = len(joints)
        changes = fitted.maximum.beta[-number:]
        whole = joints == np.round(joints)
        best: tuple[float, Design, Fitted] | None = None
        # On a whole day the derivative differs from side to side: the less certain one is taken.
        for upon in product(*[(0.0, 1.0) if on_day else (0.0,) for on_day in whole]):
            shifted = jointed(self.design, joints, changes, np.array(upon))
            try:
                found = self.fit(shifted)
            except CasualtyStatsError:
                continue
            spread = float(np.trace(found.covariance[-number:, -number:]))
            if best is None or spread > best[0]:
                best = spread, shifted, found
        if best is None:
            return None
        _, shifted, found = best
        days = day_list(self.rows.first, self.rows.totals.days)
        matrix = shifted.matrix(days)
        beta = np.append(fitted.maximum.beta, np.zeros(number))
        likelihood = Likelihood.of(self.rows.totals, matrix, fitted.offset, fitted.likelihood.kernel)
        # The loglik and alpha are those of the joined lines; only the covariance is that of lines that need not meet.
        terms, alpha = len(beta), fitted.maximum.alpha
        covariance = _sized(found, terms, alpha)
        maximum = Maximum(beta, alpha, covariance, fitted.maximum.loglik)
        dispersion = _rescaled(fitted.dispersion, design, shifted, self.rows)
        return shifted, replace(
            fitted, likelihood=likelihood, maximum=maximum, covariance=found.covariance, dispersion=dispersion,
            matrix=matrix,
        )  # fmt: skip


def _sized(found: Fitted, terms: int, alpha: float | None) -> Array:
    """The model's covariance, with a row for alpha where the fit has one."""
    whole = np.array(found.maximum.covariance)
    if not alpha:
        return whole[:terms, :terms]
    if len(whole) > terms:
        return whole
    padded = np.zeros((terms + 1, terms + 1))
    padded[:terms, :terms] = whole
    return padded


def _rescaled(dispersion: float | None, joined: Design, shifted: Design, rows: Usable) -> float | None:
    """Pearson's statistic over the degrees of freedom that are left when the joints count as terms."""
    low, high = rows.totals.row_bounds()
    exact = int((low == high).sum())
    left = exact - len(shifted.names)
    if dispersion is None or left <= 0:
        return None
    return dispersion * (exact - len(joined.names)) / left


def trend_of(task: Task, design: Design, fitted: Fitted, lost: int = 0) -> TrendFit:
    """A fit as a `TrendFit`.

    Parameters
    ----------
    task : Task
        What was fitted.
    design, fitted
        Its terms and estimates.
    lost : int, default 0
        Degrees of freedom that are lost beside those of the terms.
    """
    return trend_result(task.series, task.info, task.request, task.family, task.rows, design, fitted, lost)
