"""The stages of a segmented trend: the best joints for each number of them, their choice, and what they say."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from casualtystats.errors import CasualtyStatsError
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.result import TrendFit
from casualtystats.trends.segments.assembly import Task
from casualtystats.trends.segments.design import jointed
from casualtystats.trends.segments.muggeo import between_days
from casualtystats.trends.segments.parts import Joint, Ratio, Segment
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.profile import Profile
from casualtystats.trends.segments.result import Method
from casualtystats.trends.segments.search import first_look, refined, spread_of_joint

__all__ = ["Found", "described", "fit_at", "tried"]

_NONE: Final = "no finite trend fits best with that many joints"


@dataclass(frozen=True, eq=False)
class Found:
    """The best joints of one number.

    Attributes
    ----------
    joints : array
        Days of the joints, from the first day.
    cost : float
        Cost of the best whole days.
    trend : TrendFit
        The fit.
    loglik : float
        Its log-likelihood; for "quasi", that of a negative binomial (NB1) at the same joints.
    """

    joints: Array
    cost: float
    trend: TrendFit
    loglik: float

    @property
    def parameters(self) -> int:
        """Number of parameters: two for a joint, and the dispersion, where there is one, counts."""
        shared = sum("joint" not in name for name in self.trend.names)
        return shared + 2 * len(self.joints) + (self.trend.family != "poisson")

    @property
    def bic(self) -> float:
        """-2 loglik + parameters times the log of the number of totals."""
        return -2 * self.loglik + self.parameters * math.log(self.trend.n)

    @property
    def aic(self) -> float:
        """-2 loglik + 2 parameters."""
        return -2 * self.loglik + 2 * self.parameters


def tried(task: Task, profile: Profile, placement: Placement, number: int, method: Method) -> Found | str:
    """The best joints of one number, with their fit; or why there is no fit with that many."""
    quick = profile.by_poisson()
    joints, _ = first_look(quick.costs, placement, number, quick.most)
    best, cost = refined(profile.costs, placement, joints, float(profile.costs(joints[None, :])[0]))
    if not np.isfinite(cost):
        return _NONE
    if method == "muggeo" and number:
        best = between_days(profile, placement, best)
    try:
        return fit_at(task, best, cost)
    except CasualtyStatsError as error:
        return str(error)


def fit_at(task: Task, joints: Array, cost: float) -> Found:
    """The fit with some joints.

    Raises
    ------
    CasualtyStatsError
        As `fit_rows`.
    """
    trend = task.trend(joints)
    loglik = trend.loglik
    if loglik is None:
        loglik = task.fit(jointed(task.design, joints), "nb1").maximum.loglik
    return Found(joints, cost, trend, loglik)


def described(
    one: Found, profile: Profile, placement: Placement, method: Method
) -> tuple[tuple[Joint, ...], tuple[Segment, ...]]:
    """Joints and segments of a fit, with their intervals."""
    joints = tuple(_joint(one, profile, placement, method, at) for at in range(len(one.joints)))
    return joints, _segments(one.joints, one.trend)


def _joint(one: Found, profile: Profile, placement: Placement, method: Method, at: int) -> Joint:
    from scipy import stats

    trend = one.trend
    slope = trend.names.index(f"slope(joint {at + 1})")
    half = trend.quantile * math.sqrt(float(trend.covariance[slope, slope]))
    ratio = Ratio.of_log(float(trend.params[slope]), half, trend.level)
    name, place, se = f"joint {at + 1}", float(one.joints[at]), None
    if name in trend.names:
        index = trend.names.index(name)
        se = math.sqrt(float(trend.covariance[index, index]))
    origin, level = trend.first_day, trend.level
    if method == "grid":
        scale = max(1.0, trend.dispersion or 1.0) if trend.family == "quasi" else 1.0
        low, high, *ends = spread_of_joint(
            profile.costs, placement, one.joints, one.cost, at, trend.quantile**2 * scale
        )
        return Joint(origin, place, se, low, high, ends[0], ends[1], ratio, level)
    if se is None:
        return Joint(origin, place, None, None, None, False, False, ratio, level)
    wide = float(stats.t.isf((1 - level) / 2, trend.n - len(trend.names))) * se
    low, high = place - wide, place + wide
    first, last = float(placement.days[0]), float(placement.days[-1])
    return Joint(origin, place, se, low, high, low < first, high > last, ratio, level)


def _segments(joints: Array, trend: TrendFit) -> tuple[Segment, ...]:
    """The growth between joints: the slope of the day with the changes up to there."""
    edges = [trend.first_day + timedelta(days=math.floor(joint)) for joint in joints.tolist()]
    starts = [trend.first_day, *(day + timedelta(days=1) for day in edges)]
    stops = [*edges, trend.last_day]
    weights = np.zeros(len(trend.names))
    weights[trend.names.index("day")] = 1.0
    found: list[Segment] = []
    for at, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        if at:
            weights[trend.names.index(f"slope(joint {at})")] = 1.0
        b = float(weights @ trend.params)
        half = trend.quantile * math.sqrt(float(weights @ trend.covariance @ weights))
        low, high = _over_dates(trend, weights, b)
        found.append(Segment(start, stop, b, b - half, b + half, trend.level, low, high))
    return tuple(found)


def _over_dates(trend: TrendFit, weights: Array, b: float) -> tuple[float | None, float | None]:
    """Range of a growth over extreme dates; from -1 to infinity where no finite trend fits at some of them."""
    if trend.fitted.spans is None:
        return None, None
    values = trend.fitted.spans @ weights
    if not np.isfinite(values).all():
        return -1.0, math.inf
    return math.expm1(min(float(values.min()), b)), math.expm1(max(float(values.max()), b))
