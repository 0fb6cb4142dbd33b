"""The mean cumulative number of hits a facility, from days of hits and days of follow-up, with its standard errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.rates.given import finite
from casualtystats.rates.recurrence.result import MEAN, Errors, MeanCumulative, Scale
from casualtystats.rates.restoration.inputs import Floats
from casualtystats.rates.sampling import check_level

__all__ = ["check_choices", "mean_cumulative_function", "mean_curve"]

Places = NDArray[np.int64]


def mean_cumulative_function(
    events: Mapping[Any, Sequence[float]], followed: Mapping[Any, tuple[float, float]], *, level: float = 0.95,
    errors: Errors = "robust", interval: Scale = "log",
) -> MeanCumulative:  # fmt: skip
    r"""Mean number of hits a facility up to a day, where facilities are followed over different days.

    .. math:: M(t) = \sum_{t_k \le t} \frac{d_k}{Y_k}, \qquad
              V_{robust}(t) = \sum_i \Big[ \sum_{t_k \le t} \frac{1}{Y_k} \Big(d_{ik} - \frac{d_k}{Y_k}\Big) Y_{ik} \Big]^2,
              \qquad V_{poisson}(t) = \sum_{t_k \le t} \frac{d_k}{Y_k^2}

    with d_ik hits of facility i on day t_k, Y_ik 1 where it is followed then and 0 else, d_k and Y_k their sums.

    Parameters
    ----------
    events : mapping
        Facility to the days of its hits (a day twice = two hits).
    followed : mapping
        Facility to the day after which its follow-up begins, and its last day: from (0, 15) on it is followed on
        days 1 to 15. One that was never hit belongs here all the same.
    level : float, default 0.95
        Level of the interval.
    errors : {"robust", "poisson"}
        Robust: right however the hits of one facility depend on each other, as long as facilities do not (Lawless and
        Nadeau 1995). Poisson: right where every hit comes independently of all others.
    interval : {"log", "plain"}
        M exp(+- z se / M), or M +- z se cut at 0.

    Returns
    -------
    MeanCumulative
        From day 0 on.

    Raises
    ------
    OptionError
        If a facility has hits and no follow-up, a hit lies outside its follow-up, or a day is no number.
    NoReportsError
        If no facility is followed.

    References
    ----------
    Nelson, W. (1995). Confidence limits for recurrence data, applied to cost or number of product repairs. Technometrics
    37, 147-157. Lawless, J. F. and Nadeau, C. (1995). Some simple robust methods for the analysis of recurrent events.
    Technometrics 37, 158-168.

    Examples
    --------
    >>> events = {"a": [3, 9], "b": [5], "d": [3]}
    >>> curve = mean_cumulative_function(events, {"a": (0, 15), "b": (0, 15), "c": (0, 15), "d": (0, 12)})
    >>> curve.frame.select("day", "mean_hits", "se").rows()[1:4]
    [(3.0, 0.5, 0.25), (5.0, 0.75, 0.21650635094610965), (9.0, 1.0, 0.3535533905932738)]
    """
    share = check_choices(level, errors, interval)
    if not followed:
        raise NoReportsError("expected followed= the days of at least one facility, got none")
    names = list(followed)
    entry, last = np.zeros(len(names)), np.zeros(len(names))
    for at, (name, window) in enumerate(followed.items()):
        given = tuple(window)
        ends = [finite(end) for end in given]
        if len(ends) != 2 or ends[0] is None or ends[1] is None or not 0 <= ends[0] < ends[1]:
            raise OptionError(
                f"expected followed= (entry, last day) with 0 <= entry < last day, got {given!r} of {name!r}"
            )
        entry[at], last[at] = ends[0], ends[1]
    place = {name: at for at, name in enumerate(names)}
    days: list[float] = []
    whose: list[int] = []
    for name, hits in events.items():
        if name not in place:
            raise OptionError(f"expected the follow-up of every facility with hits, got none of {name!r}")
        for hit in hits:
            day, at = finite(hit), place[name]
            if day is None or not entry[at] < day <= last[at]:
                raise OptionError(
                    f"expected hits of {name!r} after day {entry[at]:g} and up to day {last[at]:g}, its follow-up; got {hit!r}"
                )
            days.append(day)
            whose.append(at)
    frame = mean_curve(np.array(days, np.float64), np.array(whose, np.int64), entry, last, share, errors, interval)
    windows = pl.DataFrame({"group": pl.Series([None] * len(names), dtype=pl.String), "entry": entry, "last": last})
    return MeanCumulative(frame, windows, errors, interval, share)


def check_choices(level: float, errors: str, interval: str) -> float:
    """The level as a share.

    Raises
    ------
    OptionError
        If it is none, or errors or interval are not known.
    """
    if errors not in ("robust", "poisson"):
        raise OptionError(f"expected errors= 'robust' or 'poisson', got {errors!r}")
    if interval not in ("log", "plain"):
        raise OptionError(f"expected interval= 'log' or 'plain', got {interval!r}")
    return check_level(level)


def mean_curve(
    days: Floats, whose: Places, entry: Floats, last: Floats, level: float, errors: str, interval: str
) -> pl.DataFrame:
    """The curve of one group in the columns of `MEAN`; group and date null.

    Parameters
    ----------
    days, whose : array
        Day of each hit, and the place of its facility.
    entry, last : array
        Follow-up of each facility: after entry, up to last.
    level, errors, interval
        As in `mean_cumulative_function`, checked.
    """
    from scipy.special import ndtri

    day, at = np.unique(days, return_inverse=True)
    at_risk = (np.searchsorted(np.sort(entry), day, "left") - np.searchsorted(np.sort(last), day, "left")).astype(float)
    hits = np.bincount(at, minlength=len(day))
    step = hits / at_risk
    mean = np.cumsum(step)
    variance = np.cumsum(hits / at_risk**2)
    if errors == "robust":
        variance = _robust(day, at, whose, entry, last, at_risk, step)
    se = np.sqrt(variance)
    z = -float(ndtri((1 - level) / 2))
    low, high = (mean * np.exp(sign * z * se / mean) if interval == "log" else mean + sign * z * se for sign in (-1, 1))
    end = float(last.max())
    more = [] if day.size and day[-1] == end else [end]
    tail = len(more)

    def column(first: float, values: Any, keep: bool) -> Any:
        """A column with its row of day 0 and, where nothing happens on the last day, one that repeats the last."""
        final = (values[-1:] if keep and len(values) else np.array([first]))[:tail]
        return np.r_[[first], values, final]

    start = float((entry == 0).sum())
    frame = pl.DataFrame(
        {
            "day": np.r_[0.0, day, more],
            "at_risk": np.r_[start, at_risk, [float((last == end).sum())] * tail].astype(np.int64),
            "hits": column(0, hits, False).astype(np.int64),
            "mean_hits": column(0.0, mean, True), "se": column(0.0, se, True),
            "ci_low": column(np.nan, np.maximum(0.0, low), True), "ci_high": column(np.nan, high, True),
        }
    )  # fmt: skip
    always = {"group": None, "date": None, "level": level, "method": f"{errors} errors, {interval} interval"}
    frame = frame.with_columns(pl.lit(value).alias(name) for name, value in always.items())
    return frame.with_columns(pl.col(pl.Float64).fill_nan(None)).select(list(MEAN)).cast(dict(MEAN.items()))


def _robust(
    day: Floats, at: Places, whose: Places, entry: Floats, last: Floats, at_risk: Floats, step: Floats
) -> Floats:
    """Lawless and Nadeau's variance on each day, without a table of all facilities by all days.

    The sum of facility i is H_i - E_i: its hits over those at risk, less what was expected while it was followed. Of those
    never hit, only how many are followed over which days matters.
    """
    expected = np.r_[0.0, np.cumsum(step / at_risk)]
    first = np.searchsorted(day, entry, "right")
    final = np.searchsorted(day, last, "right")
    hit = np.unique(whose)
    never = np.setdiff1d(np.arange(len(entry)), hit)
    reached = np.arange(1, len(day) + 1)
    total = np.zeros(len(day))
    windows, numbers = np.unique(np.column_stack([first[never], final[never]]), axis=0, return_counts=True)
    for (start, stop), number in zip(windows.tolist(), numbers.tolist(), strict=True):
        total += number * (expected[np.clip(reached, start, stop)] - expected[start]) ** 2
    if not hit.size:
        return total
    order = np.argsort(whose, kind="stable")
    edges = np.searchsorted(whose[order], hit)
    for one, mine in zip(hit.tolist(), np.split(at[order], edges[1:]), strict=True):
        got = np.cumsum(np.bincount(mine, minlength=len(day)) / at_risk)
        total += (got - (expected[np.clip(reached, first[one], final[one])] - expected[first[one]])) ** 2
    return total
