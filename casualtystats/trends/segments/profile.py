"""How well sets of joints fit: twice the negative log-likelihood, maximised over all else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np

from casualtystats.errors import OptionError, UndefinedEstimateError
from casualtystats.trends.fitting import Fitted
from casualtystats.trends.likelihood.counts import Kernel
from casualtystats.trends.likelihood.maximum import maximise
from casualtystats.trends.likelihood.objective import Likelihood
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Totals
from casualtystats.trends.segments.batch import PoissonBatch
from casualtystats.trends.segments.design import hinges
from casualtystats.trends.segments.newton import newton

__all__ = ["Cost", "Profile"]

# Costs of sets of joints, one set a row.
Cost: TypeAlias = Callable[[Array], Array]
_SMALL_LOG_ALPHA: Final = -9.0


@dataclass(frozen=True, eq=False)
class Profile:
    """Totals with the terms that all sets of joints share.

    Attributes
    ----------
    totals : Totals
        The totals.
    base, offset : array
        Terms other than the joints, and log of exposure plus offset, by day.
    kernel : {"poisson", "nb1", "nb2"}
        Distribution of the totals.
    names : tuple of str
        Names of the shared terms.
    start : array
        Coefficients, and log(alpha) where there is one, of the fit without joints.
    batch : PoissonBatch or None
        Where all sets can be fitted at once: Poisson values of exact totals with known dates.
    warm : dict
        The last coefficients, by their number: where the next search starts.
    """

    totals: Totals
    base: Array
    offset: Array
    kernel: Kernel
    names: tuple[str, ...]
    start: Array
    batch: PoissonBatch | None
    warm: dict[int, Array] = field(default_factory=dict[int, Array])

    @classmethod
    def of(cls, fitted: Fitted, names: tuple[str, ...]) -> Profile:
        """From the fit without joints; a negative binomial that is Poisson without joints is so with them."""
        likelihood = fitted.likelihood
        found = cls(likelihood.totals, fitted.matrix, fitted.offset, likelihood.kernel, names, fitted.point, None)
        return found.by_poisson() if likelihood.kernel == "poisson" else found

    def by_poisson(self) -> Profile:
        """The same totals with Poisson counts, all sets of joints at once where that can be: for a first look."""
        exact = self.totals.exact and self.totals.dated
        batch = PoissonBatch.of(self.totals, self.base, self.offset) if exact else None
        start = self.start[: self.base.shape[1]]
        return Profile(self.totals, self.base, self.offset, "poisson", self.names, start, batch)

    def costs(self, joints: Array) -> Array:
        """Twice the negative log-likelihood, up to a constant, of sets of joints (one a row); infinite where none fits."""
        if self.batch is not None:
            return self.batch.deviances(self.totals.low[None, :], joints)
        return np.array([self.cost(row) for row in joints])

    @property
    def most(self) -> int:
        """How many sets of joints are looked at one by one before they are added one at a time instead."""
        return 400 if self.batch is None else 2_500

    def cost(self, joints: Array) -> float:
        """The same, of one set of joints."""
        if self.batch is not None:
            return float(self.batch.deviances(self.totals.low[None, :], joints[None, :])[0])
        return self.exact_cost(joints)

    def exact_cost(self, joints: Array) -> float:
        """Twice the negative log-likelihood of one set of joints, to the last digits; infinite where none fits."""
        found = self.solved(self.matrix(joints))
        return np.inf if found is None else -2 * found[1]

    def matrix(self, joints: Array) -> Array:
        """The terms with joints, by day."""
        return np.hstack([self.base, hinges(np.arange(len(self.base), dtype=np.float64), joints)])

    def solved(self, matrix: Array) -> tuple[Array, float] | None:
        """Coefficients and log-likelihood of any terms; None where no finite fit is best, or totals can not tell them apart."""
        shared, number = self.base.shape[1], matrix.shape[1]
        plain = np.append(self.start[:shared], np.zeros(number - shared))
        for first in (self.warm.get(number), plain):
            found = None if first is None else self._from(first, matrix)
            if found is not None:
                return found
        names = (*self.names, *(f"joint term {at}" for at in range(1, number - shared + 1)))
        try:
            best = maximise(self.totals, matrix, self.offset, self.kernel, names)
        except (UndefinedEstimateError, OptionError):
            return None
        return best.beta, best.loglik

    def _from(self, first: Array, matrix: Array) -> tuple[Array, float] | None:
        """By Newton's method from some coefficients on; None where that does not settle."""
        terms = matrix.shape[1]
        size = np.sqrt((matrix**2).mean(axis=0))
        size = np.where(size > 0, size, 1.0)
        poisson = Likelihood.of(self.totals, matrix / size, self.offset, "poisson")
        found = newton(poisson, first * size)
        if found is None:
            return None
        point, plain = found
        self.warm[terms] = point / size
        if self.kernel == "poisson":
            return point / size, plain
        wide = Likelihood.of(self.totals, matrix / size, self.offset, self.kernel)
        if wide.loglik(np.append(point, _SMALL_LOG_ALPHA)) <= plain:
            # The log-likelihood falls with alpha from 0 on.
            return point / size, plain
        excess = self._excess(poisson.row_means(point))
        found = newton(wide, np.append(point, np.log(min(max(excess, 1e-3), 1e3))))
        if found is None or found[1] < plain:
            return None
        return found[0][:terms] / size, found[1]

    def _excess(self, means: Array) -> float:
        """Alpha by moments of the totals as they stand; it may be below 0."""
        low, high = self.totals.row_bounds()
        counts = np.where(np.isfinite(high), (low + high) / 2, low)
        excess = (counts - means) ** 2 - counts
        return float(excess.sum() / (means**2).sum()) if self.kernel == "nb2" else float((excess / means).mean())
