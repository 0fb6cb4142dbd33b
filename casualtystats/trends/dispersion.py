"""Whether totals vary more than Poisson counts do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.printing import format_rate
from casualtystats.trends.likelihood.sizes import Array

__all__ = ["DispersionTest", "dispersion_index", "dispersion_test"]


@dataclass(frozen=True, slots=True)
class DispersionTest:
    """Cameron and Trivedi's tests of the variance, and Pearson's dispersion.

    Attributes
    ----------
    pearson : float
        Pearson's statistic, the sum of (y - mu)^2 / mu.
    freedom : int
        Its degrees of freedom: exact totals less terms.
    dispersion : float
        Their ratio: about 1 for Poisson counts.
    p_value : float
        Of a Pearson statistic as large or larger, for Poisson counts.
    nb2_t, nb1_t : float
        t statistics of the variances mu + alpha mu^2 and (1 + alpha) mu against mu.
    n : int
        Exact totals used.
    """

    pearson: float
    freedom: int
    dispersion: float
    p_value: float
    nb2_t: float
    nb1_t: float
    n: int

    def __str__(self) -> str:
        verdict = "more than Poisson counts" if self.p_value < 0.05 else "no more than Poisson counts may by chance"
        return (
            f"{self.n} totals vary {verdict}: dispersion {format_rate(self.dispersion)} on {self.freedom} degrees of freedom "
            f"(p = {self.p_value:.3g}); Cameron-Trivedi t = {self.nb2_t:.3g} (variance mean + alpha mean^2), {self.nb1_t:.3g} "
            "(variance (1 + alpha) mean)"
        )


def dispersion_test(counts: Array, means: Array, terms: int) -> DispersionTest:
    r"""Tests of dispersion of Poisson counts about fitted means.

    With z = ((y - mu)^2 - y) / mu, t is that of the slope in a regression without constant of z on mu (NB2) and on 1
    (NB1).

    Parameters
    ----------
    counts, means : array
        Exact totals, and their means in a Poisson fit.
    terms : int
        Terms of the fit.

    Raises
    ------
    TooFewReportsError
        If there are no more totals than terms.

    Notes
    -----
    `statsmodels` 0.15 prints the NB2 value in both rows ("CT nb1" repeats "CT nb2").

    References
    ----------
    Cameron, A. C. and Trivedi, P. K. (1990). Regression-based tests for overdispersion in the Poisson model. Journal
    of Econometrics 46, 347-364.
    """
    from scipy.stats import chi2

    freedom = len(counts) - terms
    if freedom <= 0:
        raise TooFewReportsError(f"expected more exact totals than terms for a test of dispersion, got {len(counts)}")
    z = ((counts - means) ** 2 - counts) / means
    pearson = float(((counts - means) ** 2 / means).sum())
    return DispersionTest(
        pearson,
        freedom,
        pearson / freedom,
        float(chi2.sf(pearson, freedom)),
        _slope_t(z, means),
        _slope_t(z, np.ones_like(means)),
        len(counts),
    )


def _slope_t(z: Array, x: Array) -> float:
    slope = float(x @ z / (x @ x))
    rest = z - slope * x
    error = float(np.sqrt(rest @ rest / (len(z) - 1) / (x @ x)))
    return slope / error if error > 0 else 0.0


def dispersion_index(counts: list[int] | np.ndarray[Any, np.dtype[Any]]) -> float:
    """Variance over mean of counts: about 1 for Poisson counts of one mean.

    Parameters
    ----------
    counts : list or array of int
        Counts of periods of equal length. With a trend, or periods of different length, it says nothing about
        dispersion: use `TrendFit.dispersion_test()`.

    Returns
    -------
    float
        s^2 / mean, with s^2 the sample variance (n - 1).

    Raises
    ------
    OptionError
        If there are fewer than two counts, one is missing, or all are zero.

    Examples
    --------
    >>> dispersion_index([2, 4, 6])
    1.0
    """
    values = np.asarray(counts, dtype=np.float64)
    if values.size < 2 or not np.isfinite(values).all() or values.sum() <= 0:
        raise OptionError("expected two or more counts, all known and not all 0")
    return float(values.var(ddof=1) / values.mean())
