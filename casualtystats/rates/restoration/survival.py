"""Kaplan-Meier: the share of outages that last longer than a number of days, from exact and right-censored ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from casualtystats.rates.restoration.inputs import Floats

__all__ = ["Curve", "interval_of", "quantile", "survival"]


@dataclass(frozen=True, eq=False, slots=True)
class Curve:
    """A step function of days: what stands after each of `day`, from day 0 on.

    `at_risk`, `events` and `lost` are numbers of outages; `share` the share still out, `se` its standard error (nan where
    there is none).
    """

    day: Floats
    at_risk: Floats
    events: Floats
    share: Floats
    se: Floats


def survival(time: Floats, event: Any, entry: Floats) -> Curve:
    """Kaplan-Meier estimate with Greenwood's standard error, on the days with events.

    Parameters
    ----------
    time : array
        Days out, of 0 or more.
    event : array of int
        1 = ended, 0 = censored.
    entry : array
        Days already out when follow-up began.

    Returns
    -------
    Curve
        From day 0 (share 1) on.

    Notes
    -----
    `statsmodels.duration.survfunc.SurvfuncRight`, with two things mended. It refuses an entry at the time of the event, so
    that an outage that ends at day 0 could not be given beside others with a later entry: who was there from the start
    enters before 0 here. And where all who are at risk end while others enter later, its share is 0 on that day and
    1e-16 times a product on the later ones: it stays 0 here.
    """
    from statsmodels.duration.survfunc import SurvfuncRight

    if not event.any():
        return Curve(np.zeros(1), np.array([float((entry == 0).sum())]), np.zeros(1), np.ones(1), np.zeros(1))
    late = bool((entry > 0).any())
    fitted: Any = SurvfuncRight(time, event, entry=np.where(entry > 0, entry, -1.0) if late else None)
    share: Floats = np.asarray(fitted.surv_prob, dtype=np.float64)
    risk, ended = np.asarray(fitted.n_risk, np.float64), np.asarray(fitted.n_events, np.float64)
    gone = np.cumsum(risk == ended) > 0
    share = np.where(gone, 0.0, share)
    se = np.where(gone, np.nan, np.asarray(fitted.surv_prob_se, np.float64))
    day = np.asarray(fitted.surv_times, np.float64)
    if day[0] == 0:
        return Curve(day, risk, ended, share, se)
    start = float((entry == 0).sum())
    return Curve(np.r_[0.0, day], np.r_[start, risk], np.r_[0.0, ended], np.r_[1.0, share], np.r_[0.0, se])


def interval_of(share: Floats, se: Floats, level: float, scale: str) -> tuple[Floats, Floats]:
    r"""Interval of a share at each day: nan where there is no standard error (a share of 0), none wide where it is 1.

    .. math:: S^{\exp(\pm z\,se / (S \ln S))} \quad\text{(log-log)}, \qquad S \exp(\pm z\,se/S) \quad\text{(log)}

    with z the normal quantile; on the scale of the log the upper end is cut at 1.

    Parameters
    ----------
    share, se : array
        Estimates between 0 and 1, and their standard errors.
    level : float
        A share.
    scale : {"log-log", "log"}
        The scale.
    """
    from scipy.special import ndtri

    z = -float(ndtri((1 - level) / 2))
    inside = (share > 0) & (share < 1) & np.isfinite(se)
    s, e = np.where(inside, share, 0.5), np.where(inside, se, 0.0)
    if scale == "log-log":
        wide = z * e / (s * np.log(s))
        low, high = s ** np.exp(-wide), s ** np.exp(wide)
    else:
        low, high = s * np.exp(-z * e / s), np.minimum(1.0, s * np.exp(z * e / s))
    sure = (share == 1) & np.isfinite(se)
    low, high = np.where(inside, low, np.nan), np.where(inside, high, np.nan)
    return np.where(sure, 1.0, low), np.where(sure, 1.0, high)


def quantile(day: Floats, share: Floats, p: float = 0.5) -> float | None:
    """The first day on which a falling share is at most p; None = never.

    Last bits of a product do not put it off: 1e-12 is allowed.
    """
    reached = np.flatnonzero(np.nan_to_num(share, nan=1.0) <= p + 1e-12)
    return float(day[reached[0]]) if reached.size else None
