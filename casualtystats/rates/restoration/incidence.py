"""Cumulative incidence: the share restored where some facilities are destroyed, and so can never be restored."""

from __future__ import annotations

from typing import Any

import numpy as np

from casualtystats.rates.restoration.inputs import Floats

__all__ = ["Incidence", "incidence"]

Incidence = tuple[Floats, Floats, Floats, Floats]


def incidence(time: Floats, event: Any, entry: Floats, cause: int) -> Incidence:
    r"""Aalen-Johansen estimate of the share that has ended by a cause, on every day with an event of any cause.

    .. math:: F_k(t) = \sum_{t_i \le t} S(t_{i-1})\, d_{ki} / n_i

    .. math:: var = \sum_{t_i \le t} \Big[ (F_k(t) - F_k(t_i))^2 \frac{d_i}{n_i (n_i - d_i)}
              + S(t_{i-1})^2 \frac{d_{ki} (n_i - d_{ki})}{n_i^3}
              - 2 (F_k(t) - F_k(t_i)) S(t_{i-1}) \frac{d_{ki}}{n_i^2} \Big]

    with n_i at risk on day t_i, d_i ended by any cause, d_ki by cause k, S the share that has not ended.

    Parameters
    ----------
    time, entry : array
        Days out, and days already out when follow-up began.
    event : array of int
        0 = censored, else the cause.
    cause : int
        The cause of interest.

    Returns
    -------
    (array, array, array, array)
        Days (from 0 on), shares, standard errors, numbers at risk.

    Notes
    -----
    statsmodels' `CumIncidenceRight` knows no delayed entry, and its standard error is nan from the day on which the last
    one at risk ends (a division of 0 by 0 in a term that is 0); elsewhere it gives the same numbers. So does R's
    `survfit`, save that with delayed entry its errors are those of an infinitesimal jackknife, some per cent apart.

    References
    ----------
    Dinse, G. E. and Larson, M. G. (1986). A note on semi-Markov models for partially censored data. Biometrika 73, 379-386.
    """
    day = np.unique(np.r_[0.0, time[event > 0]])
    at_risk = _at_risk(day, time, entry)
    ended = _numbers(day, time[event > 0])
    ours = _numbers(day, time[event == cause])
    n = np.maximum(at_risk, 1.0)
    after = np.cumprod(1 - ended / n)
    before = np.r_[1.0, after[:-1]]
    share = np.cumsum(before * ours / n)
    left = n > ended
    greenwood = np.where(left, ended / np.where(left, n * (n - ended), 1.0), 0.0)
    own, cross = before**2 * ours * (n - ours) / n**3, before * ours / n**2
    # The squares written out, so that each sum is one running sum.
    variance = share**2 * np.cumsum(greenwood) - 2 * share * np.cumsum(share * greenwood)
    variance += np.cumsum(share**2 * greenwood) + np.cumsum(own)
    variance -= 2 * (share * np.cumsum(cross) - np.cumsum(share * cross))
    return day, share, np.sqrt(np.maximum(variance, 0.0)), at_risk


def _numbers(day: Floats, time: Floats) -> Floats:
    return np.bincount(np.searchsorted(day, time), minlength=len(day)).astype(np.float64)


def _at_risk(day: Floats, time: Floats, entry: Floats) -> Floats:
    """How many have entered before each day (from the start: before 0) and have not left before it."""
    entered = np.searchsorted(np.sort(np.where(entry > 0, entry, -1.0)), day, side="left")
    left = np.searchsorted(np.sort(time), day, side="left")
    return (entered - left).astype(np.float64)
