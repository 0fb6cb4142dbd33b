"""Whether one forecast scored lower than another by more than chance: a paired difference with its interval."""

from __future__ import annotations

import math

from casualtystats.trends.forecast.models import Array

__all__ = ["paired_difference"]


def paired_difference(
    first: Array, second: Array, span: int, level: float = 0.95
) -> tuple[float, float | None, float | None]:
    r"""Mean difference of scores of two forecasts over the same origins, with an interval.

    .. math:: \bar d \pm t_{n-1} \sqrt{\frac{\hat V}{n} \cdot \frac{n}{n + 1 - 2h + h(h-1)/n}}, \qquad
        \hat V = \gamma_0 + 2 \sum_{k=1}^{h-1} (1 - \tfrac{k}{h}) \gamma_k

    with d the differences first - second, gamma_k their autocovariances, and h the number of origins whose cells ahead
    overlap: forecasts of neighbouring origins miss together.

    Parameters
    ----------
    first, second : array (origins)
        Scores, in the order of the origins.
    span : int
        h, 1 or more.
    level : float, default 0.95
        Level of the interval, as a share.

    Returns
    -------
    (float, float or None, float or None)
        Mean, and the ends of its interval, in the unit of the scores; None where there are too few origins for any.

    References
    ----------
    Diebold, F. X. and Mariano, R. S. (1995). Comparing predictive accuracy. Journal of Business and Economic Statistics
    13, 253-263. doi:10.1080/07350015.1995.10524599
    Harvey, D., Leybourne, S. and Newbold, P. (1997). Testing the equality of prediction mean squared errors.
    International Journal of Forecasting 13, 281-291. doi:10.1016/S0169-2070(96)00719-4

    Notes
    -----
    Bartlett weights, as in `statsmodels.tsa.stattools.diebold_mariano_test(lags=h-1, harvey_adj=True)`, which gives a
    p-value and no interval. One comparison: the best of several models was chosen by the same scores.

    Examples
    --------
    >>> import numpy as np
    >>> mean, low, high = paired_difference(np.array([3.0, 4, 6, 5, 4]), np.array([2.0, 2, 5, 3, 4]), 1)
    >>> mean, round(low, 2), round(high, 2)
    (1.2, 0.16, 2.24)
    """
    from scipy import stats

    differences = first - second
    n = len(differences)
    mean = math.fsum(differences.tolist()) / n
    correction = (n + 1 - 2 * span + span * (span - 1) / n) / n
    if n < 2 or span >= n or correction <= 0:
        return mean, None, None
    centred = differences - mean
    gammas = [float(centred[lag:] @ centred[: n - lag]) / n for lag in range(span)]
    variance = gammas[0] + 2 * math.fsum((1 - lag / span) * gammas[lag] for lag in range(1, span))
    half = float(stats.t.isf((1 - level) / 2, n - 1)) * math.sqrt(max(variance, 0.0) / n / correction)
    return mean, mean - half, mean + half
