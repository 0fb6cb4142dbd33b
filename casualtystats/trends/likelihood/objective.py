"""The log-likelihood of interval totals, with its gradient and Hessian."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from casualtystats.trends.likelihood.counts import Kernel, Terms, count_terms
from casualtystats.trends.likelihood.link import CompositeLink, Linked
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices, Totals

__all__ = ["Likelihood", "Value"]


@dataclass(frozen=True, eq=False)
class Value:
    """The log-likelihood at one point.

    Attributes
    ----------
    terms : array (components)
        Log-likelihood of each component: of each report, where no ends are shared.
    scores : array (components, parameters)
        Its gradient.
    hessian : array (parameters, parameters)
        Second derivatives of the sum.
    """

    terms: Array
    scores: Array
    hessian: Array

    @property
    def loglik(self) -> float:
        """The log-likelihood."""
        return float(self.terms.sum())

    @property
    def gradient(self) -> Array:
        """Its gradient."""
        return np.asarray(self.scores.sum(axis=0))


@dataclass(frozen=True, eq=False)
class Likelihood:
    """Totals, a composite link and a distribution. Parameters: those of the link, then log(alpha) where there is one."""

    totals: Totals
    link: CompositeLink
    kernel: Kernel

    @classmethod
    def of(cls, totals: Totals, design: Array, offset: Array, kernel: Kernel) -> Likelihood:
        """With covariates and offsets by day, from day 0."""
        return cls(totals, CompositeLink.of(totals.first, totals.last, design, offset), kernel)

    @property
    def parameters(self) -> int:
        """Number of parameters, log(alpha) included."""
        return int(self.link.design.shape[1]) + (self.kernel != "poisson")

    def terms(self, point: Array) -> tuple[Linked, Terms]:
        """Means and terms of every piece."""
        count = self.link.design.shape[1]
        linked = self.link.at(point[:count])
        # Far outside of any dispersion that could be found the terms have no numbers; a search may step there.
        log_alpha = None if self.kernel == "poisson" else float(np.clip(point[count], -40.0, 40.0))
        return linked, count_terms(self.kernel, self.totals.low, self.totals.high, linked.log_mean, log_alpha)

    def loglik(self, point: Array) -> float:
        """The log-likelihood alone."""
        return float(self._components(self.terms(point)[1].value)[0].sum())

    def at(self, point: Array) -> Value:
        """The log-likelihood with its derivatives."""
        linked, terms = self.terms(point)
        slopes = terms.mean[:, None] * linked.mean_x
        if self.kernel != "poisson":
            slopes = np.column_stack([slopes, terms.size])
        values, weights, chance = self._components(terms.value)
        hessian = self._pieces(linked, terms, weights)
        totals = self.totals
        if totals.dated:
            return Value(values, slopes, hessian)
        by_scenario = np.zeros((len(totals.component), slopes.shape[1]))
        np.add.at(by_scenario, totals.scenario, slopes[totals.piece])
        scores = np.zeros((len(values), slopes.shape[1]))
        np.add.at(scores, totals.component, chance[:, None] * by_scenario)
        spread = by_scenario.T @ (chance[:, None] * by_scenario) - scores.T @ scores
        return Value(values, scores, hessian + spread)

    def _components(self, values: Array) -> tuple[Array, Array, Array]:
        """Log-likelihood of each component, weight of each piece, chance of each scenario given the counts."""
        totals = self.totals
        if totals.dated:
            return values, np.ones_like(values), np.ones_like(values)
        sums = _summed(totals.scenario, values[totals.piece], len(totals.component))
        starts = np.unique(totals.component, return_index=True)[1]
        top = np.maximum.reduceat(sums, starts)
        parts = np.exp(sums - top[totals.component])
        whole = np.add.reduceat(parts, starts)
        number = np.bincount(totals.component)
        chance = parts / whole[totals.component]
        weights = _summed(totals.piece, chance[totals.scenario], len(values))
        return top + np.log(whole / number), weights, chance

    def _pieces(self, linked: Linked, terms: Terms, weights: Array) -> Array:
        """Sum of the pieces' second derivatives, each with its weight."""
        x = linked.mean_x
        inner = x.T @ ((weights * terms.mean2)[:, None] * x) + linked.curvature(weights * terms.mean)
        if self.kernel == "poisson":
            return np.asarray(inner)
        edge = x.T @ (weights * terms.cross)
        corner = float(weights @ terms.size2)
        return np.block([[inner, edge[:, None]], [edge[None, :], np.array([[corner]])]])

    def row_means(self, point: Array) -> Array:
        """Mean of each report: over the dates that it may have, as likely as the counts make them."""
        linked, terms = self.terms(point)
        _, weights, _ = self._components(terms.value)
        return _summed(self.totals.row, weights * np.exp(linked.log_mean), self.totals.rows)


def _summed(index: Indices, values: Array, number: int) -> Array:
    return np.asarray(np.bincount(index, values, minlength=number), dtype=np.float64)
