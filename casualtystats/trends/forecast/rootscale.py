r"""Models of the square root of counts: the naive forecast, and a damped local trend.

Counts are brought to one length of cells and to the scale on which Poisson counts vary alike, z = sqrt(y D / d), with y
the count of a cell of d days, and D the mean length of the cells. A forecast of z is a count again as the whole number
nearest to z^2 d / D; where z is below 0, it is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from casualtystats.trends.forecast.models import Array, Counts, History, Predictive

__all__ = ["Smoothed", "damped", "naive", "smooth"]

# A step between two Poisson counts of one mean has a variance of 1/2 on this scale, a count about its mean 1/4: one
# such value is added, so that equal counts do not pass for certainty.
_STEP: Final = 0.5
_ERROR: Final = 0.25
_ALPHA: Final = np.linspace(0.05, 1.0, 20)
_BETA: Final = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
_PHI: Final = (0.8, 0.85, 0.9, 0.95, 0.98)


def naive(history: History, draws: int, rng: np.random.Generator) -> Predictive:
    r"""The last count goes on, with steps as large as those seen: a random walk on the square-root scale.

    .. math:: z_{T+h} = z_T + \sigma \sum_{j=1}^h \epsilon_j, \qquad
              \sigma^2 \sim \frac{\sum_t (z_t - z_{t-1})^2 + 1/2}{\chi^2_T}

    with standard normal errors and T the number of cells. The median is the last count (times the ratio of lengths of
    unequal cells): paths come in pairs that mirror each other.

    Parameters
    ----------
    history : History
        At least two cells.
    draws : int
        Number of paths.
    rng : Generator
        Random numbers.

    Notes
    -----
    After the baseline of the forecast hubs (Cramer and others 2022, doi:10.1073/pnas.2113561119): median as the last
    count, spread from past changes of both signs.

    Examples
    --------
    >>> history = History(np.array([4, 9, 6, 8, 7, 5, 9, 12]), np.full(8, 7), np.full(2, 7))
    >>> np.median(naive(history, 1000, np.random.Generator(np.random.PCG64(0))).draws, axis=0).tolist()
    [12.0, 12.0]
    """
    roots, unit = _roots(history)
    pairs = (draws - 1) // 2
    steps = rng.standard_normal((pairs, len(history.ahead)))
    spread = np.sqrt((float((np.diff(roots) ** 2).sum()) + _STEP) / rng.chisquare(len(roots), pairs))
    paths = np.cumsum(steps, axis=1) * spread[:, None]
    # One path, or two, on which nothing changes, so that the median is the last count to the unit.
    still = np.zeros((draws - 2 * pairs, len(history.ahead)))
    mirrored = np.stack((paths, -paths), axis=1).reshape(2 * pairs, -1)
    values = roots[-1] + np.concatenate((still, mirrored))
    sizes = spread[:, None] * np.sqrt(np.arange(1, len(history.ahead) + 1))
    return _predictive(values, np.full_like(sizes, roots[-1]), sizes, history.ahead / unit)


@dataclass(frozen=True, eq=False)
class Smoothed:
    """Damped local trends through one series, one for each set of smoothing values.

    Attributes
    ----------
    alpha, beta, phi : array (sets)
        Smoothing of the level and of the trend (in the error form), and the damping.
    start : array (sets, 2)
        Level and trend before the first value that fit best.
    inverse : array (sets, 2, 2)
        Inverse cross-products of these: times the variance of the errors, their covariance.
    squares : array (sets)
        Sum of squared one-step errors.
    level, trend : array (sets, 3)
        Level and trend after the last value: a constant, and their change with the starting level and trend.
    log_weight : array (sets)
        Log of the marginal likelihood, starting values and variance integrated out, up to a constant.
    """

    alpha: Array
    beta: Array
    phi: Array
    start: Array
    inverse: Array
    squares: Array
    level: Array
    trend: Array
    log_weight: Array


def smooth(values: Array, alpha: Array, beta: Array, phi: Array) -> Smoothed:
    r"""Run a damped local trend through a series for many sets of smoothing values at once.

    .. math:: y_t = l_{t-1} + \phi b_{t-1} + e_t, \quad l_t = l_{t-1} + \phi b_{t-1} + \alpha e_t, \quad
              b_t = \phi b_{t-1} + \beta e_t

    Errors are linear in the starting level and trend, which are found by least squares.

    Parameters
    ----------
    values : array (n)
        The series.
    alpha, beta, phi : array (sets)
        Smoothing values.

    References
    ----------
    Gardner, E. S. and McKenzie, E. (1985). Forecasting trends in time series. Management Science 31, 1237-1246.
    doi:10.1287/mnsc.31.10.1237
    Hyndman, R. J., Koehler, A. B., Ord, J. K. and Snyder, R. D. (2008). Forecasting with Exponential Smoothing: The
    State Space Approach. Springer.
    """
    level = np.tile(np.array([0.0, 1.0, 0.0]), (len(alpha), 1))
    trend = np.tile(np.array([0.0, 0.0, 1.0]), (len(alpha), 1))
    a, b, damp = alpha[:, None], beta[:, None], phi[:, None]
    errors = np.empty((len(values), len(alpha), 3))
    for at, value in enumerate(values):
        trend = damp * trend
        level = level + trend
        error = -level
        error[:, 0] += value
        errors[at] = error
        level = level + a * error
        trend = trend + b * error
    # Cross-products of the three columns of errors of each set.
    cross = np.asarray(np.einsum("tgi,tgj->gij", errors, errors))
    inverse = np.linalg.inv(cross[:, 1:, 1:])
    start = -np.einsum("gij,gj->gi", inverse, cross[:, 1:, 0])
    squares = np.maximum(cross[:, 0, 0] + np.einsum("gi,gi->g", cross[:, 0, 1:], start), 0.0)
    log_weight = -0.5 * np.linalg.slogdet(cross[:, 1:, 1:])[1]
    log_weight = log_weight - (len(values) - 1) / 2 * np.log(squares + _ERROR)
    return Smoothed(alpha, beta, phi, start, inverse, squares, level, trend, log_weight)


def damped(history: History, draws: int, rng: np.random.Generator) -> Predictive:
    r"""A damped local trend on the square-root scale, averaged over its smoothing values.

    The trend fades by the factor phi a cell. Smoothing values are not one estimate: 600 sets of alpha (0.05 to 1), beta /
    alpha (0 to 0.5) and phi (0.8 to 0.98), all alike beforehand, weigh by their marginal likelihood, with flat priors
    of the starting level and trend and of the log of the variance.

    Parameters
    ----------
    history : History
        At least `NEEDED` cells.
    draws : int
        Number of paths.
    rng : Generator
        Random numbers.

    Notes
    -----
    The same model as `statsmodels.tsa.statespace.ExponentialSmoothing(trend=True, damped_trend=True)`, whose estimates
    often lie on the edge of what is allowed, where their covariance means nothing. One fit of it to 40 values took 480 ms
    and gave overflow warnings; the average takes about 5 ms.
    """
    roots, unit = _roots(history)
    grid = np.array([(a, a * b, phi) for a in _ALPHA for b in _BETA for phi in _PHI]).T
    found = smooth(roots, *grid)
    weight = np.exp(found.log_weight - found.log_weight.max())
    sets = rng.choice(len(weight), size=draws, p=weight / weight.sum())
    sigma = np.sqrt((found.squares[sets] + _ERROR) / rng.chisquare(len(roots) - 1, draws))
    root = np.linalg.cholesky(found.inverse)[sets]
    start = found.start[sets] + sigma[:, None] * np.einsum("gij,gj->gi", root, rng.standard_normal((draws, 2)))
    from_start = np.concatenate((np.ones((draws, 1)), start), axis=1)
    level, trend = (found.level[sets] * from_start).sum(axis=1), (found.trend[sets] * from_start).sum(axis=1)
    alpha, beta, phi = found.alpha[sets], found.beta[sets], found.phi[sets]
    horizon = len(history.ahead)
    errors = rng.standard_normal((draws, horizon)) * sigma[:, None]
    values, means, sizes = (np.empty((draws, horizon)) for _ in range(3))
    ahead, along, variance = level.copy(), trend.copy(), np.ones(draws)
    gain = alpha.copy()
    for step in range(horizon):
        along = phi * along
        ahead = ahead + along
        means[:, step] = ahead
        sizes[:, step] = sigma * np.sqrt(variance)
        # What an error of one step adds to all later ones: alpha + beta (phi + ... + phi^j).
        gain = gain + beta * phi ** (step + 1)
        variance = variance + gain**2
        trend = phi * trend
        level = level + trend
        values[:, step] = level + errors[:, step]
        level = level + alpha * errors[:, step]
        trend = trend + beta * errors[:, step]
    return _predictive(values, means, sizes, history.ahead / unit)


def _roots(history: History) -> tuple[Array, float]:
    unit = float(history.days.mean())
    return np.sqrt(history.counts * unit / history.days), unit


def _predictive(values: Array, means: Array, sizes: Array, lengths: Array) -> Predictive:
    """Counts from values on the root scale; `means` and `sizes` (components, horizon) are the normal laws behind them."""
    counts: Counts = np.rint(np.maximum(values, 0.0) ** 2 * lengths).astype(np.int64)

    def log_probability(y: Array) -> Array:
        from scipy.special import log_ndtr, logsumexp

        above = (np.sqrt((y + 0.5) / lengths) - means) / sizes
        below = np.where(y > 0, (np.sqrt(np.maximum(y - 0.5, 0.0) / lengths) - means) / sizes, -np.inf)
        # In the upper tail both probabilities are near 1: their mirror images are not.
        flip = below > 0
        most = log_ndtr(np.where(flip, -below, above))
        least = log_ndtr(np.where(flip, -above, below))
        with np.errstate(divide="ignore"):
            between = most + np.log(-np.expm1(np.minimum(least - most, 0.0)))
        return np.asarray(logsumexp(between, axis=0) - np.log(len(between)))

    return Predictive(counts, log_probability)
