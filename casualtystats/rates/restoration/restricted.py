"""The restricted mean: mean days out up to a horizon, which needs no outage to be followed to its end."""

from __future__ import annotations

import numpy as np

from casualtystats.rates.restoration.survival import Curve

__all__ = ["restricted_mean"]


def restricted_mean(curve: Curve, horizon: float, level: float) -> tuple[float, float, float, float]:
    r"""Mean of the smaller of days out and horizon, its standard error, and interval.

    .. math:: \mu = \int_0^h S(t)\,dt, \qquad
              se^2 = \sum_{t_i \le h} \Big(\int_{t_i}^h S(t)\,dt\Big)^2 \frac{d_i}{n_i (n_i - d_i)}

    with d_i restored of n_i at risk on day t_i (Klein and Moeschberger 2003, section 4.5); where all at risk are
    restored, nothing is left after that day and its term is 0. The interval is mu +- z se, cut at 0 and h.

    Parameters
    ----------
    curve : Curve
        A Kaplan-Meier estimate, from day 0 on.
    horizon : float
        Days, above 0.
    level : float
        A share.

    Returns
    -------
    (float, float, float, float)
        Mean, standard error, lower and upper end, in days.
    """
    from scipy.special import ndtri

    kept = curve.day <= horizon
    day, share = curve.day[kept], curve.share[kept]
    area = share * np.diff(np.r_[day, horizon])
    after = np.cumsum(area[::-1])[::-1]
    risk, ended = curve.at_risk[kept], curve.events[kept]
    some = (ended > 0) & (risk > ended)
    terms = np.where(some, ended / np.where(some, risk * (risk - ended), 1.0), 0.0)
    mean, se = float(after[0]), float(np.sqrt((after**2 * terms).sum()))
    z = -float(ndtri((1 - level) / 2))
    return mean, se, max(0.0, mean - z * se), min(horizon, mean + z * se)
