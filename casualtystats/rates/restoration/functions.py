"""Time to restoration from plain columns of days: one estimate a function."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.rates.restoration.assemble import assembled, observations
from casualtystats.rates.restoration.inputs import Column, checked_entry, checked_events, checked_times, columns
from casualtystats.rates.restoration.result import Interval, Restoration

__all__ = ["cumulative_incidence", "kaplan_meier", "turnbull"]


def kaplan_meier(
    time: Column, restored: Column, *, entry: Column | None = None, level: float = 0.95,
    interval: Interval = "log-log", horizon: float | None = None,
) -> Restoration:  # fmt: skip
    r"""Share of outages that last longer than a number of days, with right censoring and delayed entry.

    .. math:: S(t) = \prod_{t_i \le t} (1 - d_i / n_i), \qquad
              se(t) = S(t) \sqrt{\sum_{t_i \le t} \frac{d_i}{n_i (n_i - d_i)}}

    with d_i restored of n_i at risk on day t_i (Greenwood 1926). The interval is on the scale of log(-log S), or of log S;
    that of the median holds the days on which the interval of the curve holds one half (Brookmeyer and Crowley 1982).
    The median is the first day on which at most half are still out.

    Parameters
    ----------
    time : sequence of float
        Days out, of 0 or more.
    restored : sequence of int or bool
        1 = restored after so many days, 0 = not restored by then (censored: it lasts longer than `time`).
    entry : sequence of float, optional
        Days already out when follow-up began, before `time`; at risk only after them.
    level : float, default 0.95
        Level of the intervals.
    interval : {"log-log", "log"}, default "log-log"
        Scale of the intervals.
    horizon : float, optional
        Days up to which the restricted mean is taken; by default the last time.

    Returns
    -------
    Restoration
        Null intervals where nobody is left, and where the median is not reached.

    Raises
    ------
    OptionError
        If the columns do not fit each other, an event is neither 0 nor 1, or the horizon lies beyond the last time and the
        last outage was not restored.

    Notes
    -----
    Censoring must have nothing to do with how long an outage still lasts. Where facilities are destroyed, use
    `cumulative_incidence`: they are not censored, for they will not be restored. The mean of completed repairs alone is
    too short, and is not offered.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete observations. JASA 53, 457-481.

    Examples
    --------
    >>> curve = kaplan_meier([3, 5, 5, 8, 12, 14], [1, 1, 1, 1, 0, 1])
    >>> print(curve)
    median 5 days (95 % interval 3 to not reached), 6 outages, 5 restored; Kaplan-Meier
    >>> round(curve.restricted_mean, 2), curve.horizon
    (8.17, 14.0)
    """
    days = checked_times(time)
    event = checked_events(restored, "restored", len(days))
    data = observations(days, np.where(event > 0, days, math.inf), event, checked_entry(entry, days))
    return assembled(data, "kaplan_meier", level=level, interval=interval, horizon=horizon)


def cumulative_incidence(
    time: Column, event: Column, entry: Column | None = None, *, level: float = 0.95, interval: Interval = "log-log"
) -> Restoration:
    """Share restored by a number of days where some facilities are destroyed, and so can not be restored.

    Parameters
    ----------
    time : sequence of float
        Days out, of 0 or more.
    event : sequence of int
        1 = restored, 2 = destroyed, 0 = neither by then (censored).
    entry : sequence of float, optional
        Days already out when follow-up began, before `time`; at risk only after them.
    level, interval
        As in `kaplan_meier`; of a share F restored, the log-log interval is F to the power of exp(+-z se / (F log F)).

    Returns
    -------
    Restoration
        `share_restored`, `share_destroyed` and `still_out` sum to 1 on every day. The median is the first day by which half
        are restored; there is no restricted mean.

    Raises
    ------
    OptionError
        If the columns do not fit each other, or an event is none of these.

    Notes
    -----
    One minus Kaplan-Meier, with destroyed facilities as censored, would be the share restored had nothing been destroyed:
    never smaller, and of no meaning here. Formulas: `casualtystats.rates.restoration.incidence`.

    Examples
    --------
    >>> curve = cumulative_incidence([2, 3, 5, 7, 9], [1, 2, 1, 0, 1])
    >>> curve.at(5).select("share_restored", "share_destroyed").row(0)
    (0.4, 0.2)
    """
    days = checked_times(time)
    kinds = checked_events(event, "event", len(days), kinds=2)
    data = observations(days, np.where(kinds > 0, days, math.inf), kinds, checked_entry(entry, days))
    return assembled(data, "cumulative_incidence", level=level, interval=interval)


def turnbull(low: Column, high: Column) -> Restoration:
    """Share still out where ends of outages are known only as intervals.

    Parameters
    ----------
    low : sequence of float
        The fewest days that an outage may have lasted.
    high : sequence of float or None
        The most days, included; equal to `low` where the end is known. None or infinite: not restored by then, it lasts
        longer than `low`.

    Returns
    -------
    Restoration
        Intervals of days with the share that falls into each: where inside them, the data do not say. No standard error
        and no interval (Greenwood's does not hold); the median by its bounds.

    Raises
    ------
    OptionError
        If the columns do not fit each other, or `high` lies below `low`.
    TooFewReportsError
        If the most likely distribution is not reached.

    Notes
    -----
    The masses are the most likely ones, with proof by their derivatives. With wide intervals other
    masses may be as likely; the share in each observed interval is then still the same. Of exact and right-censored
    durations it is Kaplan-Meier.

    References
    ----------
    Turnbull, B. W. (1976). The empirical distribution function with arbitrarily grouped, censored and truncated data. JRSS B
    38, 290-295. Gentleman, R. and Geyer, C. J. (1994). Maximum likelihood for interval censored data: consistency and
    computation. Biometrika 81, 618-623.

    Examples
    --------
    >>> curve = turnbull([3, 5, 9, 7], [6, 6, 12, None])
    >>> print(curve)
    median between 5 and 6 days, 4 outages, 3 restored; Turnbull, from intervals; no sampling interval
    >>> curve.at(8).select("still_out").item()
    0.5
    """
    least = checked_times(low, "low")
    given = columns(high, "high")
    if len(given) != len(least):
        raise OptionError(f"expected high= one value for each of {len(least)} in low=, got {len(given)}")
    none = [value is None or (isinstance(value, float) and value == math.inf) for value in given]
    filled: list[Any] = [low if gone else value for low, value, gone in zip(least, given, none, strict=True)]
    most = np.where(none, math.inf, checked_times(filled, "high"))
    wrong = np.flatnonzero(most < least)
    if wrong.size:
        at = int(wrong[0])
        raise OptionError(f"expected high= at least low=, got {least[at]:g} to {most[at]:g} in place {at + 1}")
    event = np.isfinite(most).astype(np.int64)
    return assembled(observations(least, most, event, np.zeros(len(least))), "turnbull", level=0.95)
