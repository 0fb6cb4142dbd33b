"""The families of totals that a trend can be fitted with."""

from __future__ import annotations

from typing import Final, Literal

from casualtystats.trends.likelihood.counts import Kernel

__all__ = ["FAMILY_NAMES", "INTERVALS", "KERNELS", "Covariance", "Family"]

Family = Literal["quasi", "nb2", "nb1", "poisson"]
Covariance = Literal["model", "HC0", "HC1", "HAC"]
FAMILY_NAMES: Final[dict[Family, str]] = {
    "quasi": "quasi-Poisson",
    "nb2": "negative binomial (NB2)",
    "nb1": "negative binomial (NB1)",
    "poisson": "Poisson",
}
KERNELS: Final[dict[Family, Kernel]] = {"quasi": "poisson", "nb2": "nb2", "nb1": "nb1", "poisson": "poisson"}
INTERVALS: Final[dict[Family, str]] = {
    "quasi": "{level} intervals from Student's t, widened by a dispersion above 1, never narrowed",
    "nb2": "{level} intervals from Student's t; variance mean + alpha mean^2 of the totals and not of days",
    "nb1": "{level} intervals from Student's t; variance (1 + alpha) mean, of totals and of independent days alike",
    "poisson": "{level} intervals of Poisson counts: too narrow where the dispersion exceeds 1",
}
