"""Trends whose growth changes at days that are found in the data."""

from __future__ import annotations

from itertools import takewhile
from typing import TypeVar, get_args

import numpy as np
import polars as pl

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.rates.sampling import check_level
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.design import Exposure, day_list, make_design
from casualtystats.trends.families import Covariance, Family
from casualtystats.trends.growth import flow_info
from casualtystats.trends.request import Request
from casualtystats.trends.segments.assembly import Task
from casualtystats.trends.segments.choice import by_permutation, choices_of, frame_of_tests
from casualtystats.trends.segments.permutation import PermutationTest
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.profile import Profile
from casualtystats.trends.segments.result import Choose, Method, SegmentedTrend
from casualtystats.trends.segments.stages import Found, described, fit_at, tried
from casualtystats.trends.segments.terms import check_terms
from casualtystats.trends.usable import Use, report_sources, totals_family, usable_rows
from casualtystats.vocabulary import MeasureType

__all__ = ["segmented_trend"]

M = TypeVar("M", bound=MeasureType)
_MOST_JOINTS = 10


def segmented_trend(
    series: FlowSeries[M],
    *,
    max_joints: int = 2,
    method: Method = "grid",
    choose: Choose = "bic",
    min_totals: int = 3,
    family: Family | None = None,
    formula: str = "day",
    exposure: Exposure | None = None,
    data: pl.DataFrame | None = None,
    offset: str | None = None,
    use: Use = "reported",
    cov: Covariance = "model",
    maxlags: int | None = None,
    draws: int = 499,
    seed: int = 0,
    significance: float = 0.05,
    level: float = 0.95,
) -> SegmentedTrend:
    r"""A log-linear trend whose growth changes at joints that are found in the data, fitted to totals of periods.

    The mean of the total Y_i of a period is the sum over its days,

    .. math:: E[Y_i] = \sum_{t \in i} e_t \exp\Big(x_t'\beta + \sum_j \delta_j \max(0, t - \psi_j)\Big)

    with x the terms of the formula, e the exposure, psi_j the joints and delta_j the changes of slope there (joinpoint
    regression; broken-line regression). Bounds, unknown dates and families are those of `fit_trend`. The mean is
    continuous: for a jump at a date known beforehand see `interrupted_trend`.

    Parameters
    ----------
    series : FlowSeries
        As in `fit_trend`.
    max_joints : int, default 2
        The greatest number of joints tried. No joint at all is among the answers.
    method : {"grid", "muggeo"}
        "grid": joints on whole days; their interval holds the days at which the likelihood, greatest over all else,
        has fallen by no more than the quantile allows (profile), and need not be symmetric. "muggeo": joints anywhere
        between days, by Muggeo's iteration from the best whole days, with a symmetric interval by the delta method.
    choose : {"bic", "permutation"}
        How the number of joints is chosen: the least BIC, each joint counting as two parameters, or a sequence of
        permutation tests (exact counts with known dates only). It is never a chi-squared test: see Notes.
    min_totals : int, default 3
        Totals, counted by their middle days, that must lie between two joints and between a joint and either end.
    family, formula, exposure, data, offset, use, cov, maxlags, level
        As in `fit_trend`; the formula must hold `day`, and no other function of time (a weekday may be).
    draws : int, default 499
        Permutations of each test.
    seed : int, default 0
        Of the permutations: the same seed gives the same answer.
    significance : float, default 0.05
        Level of the sequence of permutation tests; each has this over `max_joints`.

    Returns
    -------
    SegmentedTrend
        Joints and the growth between them, with intervals; what other numbers of joints give.

    Raises
    ------
    OptionError
        As `fit_trend`; if the formula lacks `day` or holds another function of time; or if permutations are asked of
        bounds or unknown dates.
    TooFewReportsError
        If the totals have no room for `max_joints`; the message says for how many they have.
    KindError, MeasureError, NotAdditiveError, DoubleCountError, UnboundedTrendError, UndefinedEstimateError
        As `fit_trend`.

    Notes
    -----
    Where there is no change, its place has no meaning: the likelihood ratio of one joint against none does not follow a
    chi-squared distribution. For "quasi", which has no likelihood, joints are placed by the Poisson deviance, and BIC and
    AIC are those of a negative binomial (NB1) at the same joints, whose variance has the same form.

    Where more than 100 days are allowed (36 for bounds, unknown dates and negative binomials), evenly spread ones are
    looked at first, then days around the best. All sets of them are looked at where they are few (2,500; 400 for bounds
    and unknown dates). Else joints are added and moved one at a time, which may miss a set that only moves of several
    joints together would reach. The first look takes counts as Poisson counts; the rest is by the likelihood of the family.

    The covariance holds the uncertainty of the places of the joints with that of the slopes. For "muggeo" their
    intervals use Student's t with the totals less all parameters, as R's `segmented` does, in every family. All intervals
    are given the number of joints, which was chosen from the same data.

    Permutations put the standardised residuals of the fit with fewer joints in another order (Kim et al. 2000), on the
    scale where that fit is linear. There, joints are looked at on few enough days that they make at most 5,000 sets.

    Seen by simulation, 24 daily totals with means from 6 to 28, rising and falling by 12 % a day about one joint, 200
    sets, family "quasi": 95 % intervals hold the joint in 99 % ("grid") and 90 % ("muggeo") for Poisson counts, in 89 %
    and 79 % for twice their variance; they hold the slopes in 94 to 96 % and in 89 to 91 %. Where there is no joint (means
    of 2 and 20, and of 20 with four times the variance; 300 sets each), one is found in 4 to 8 % by BIC and in 5 to 7 %
    by permutations with max_joints=1.

    Joints need totals that are short beside the distance of joints: within one long total the day of a change is hardly
    seen, and the interval says so.

    References
    ----------
    Kim, H.-J., Fay, M. P., Feuer, E. J. and Midthune, D. N. (2000). Permutation tests for joinpoint regression with
    applications to cancer rates. Statistics in Medicine 19, 335-351.
    Muggeo, V. M. R. (2003). Estimating regression models with unknown break-points. Statistics in Medicine 22,
    3055-3071.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> counts = [4, 5, 6, 6, 8, 9, 11, 12, 15, 17, 20, 23, 20, 17, 15, 14, 11, 10, 9, 8, 6, 6, 5, 4]
    >>> days = [f"2020-01-{day:02}" for day in range(1, 25)]
    >>> rows = pl.DataFrame({
    ...     "report_id": days, "measure": "killed", "unit": "people", "kind": "flow", "start": days, "end": days,
    ...     "value": [str(count) for count in counts],
    ... })
    >>> found = segmented_trend(deaths(read_reports(rows)))
    >>> print(found.joints[0])
    12 January 2020 (95 % interval 11 to 13 January 2020)
    >>> print(found.segments[0].growth_per_day)
    +16.9 % (95 % interval +9.33 to +25.0 %)
    """
    request = Request(family, formula, exposure, data, offset, use, cov, maxlags, check_level(level))
    task = _task(series, request, max_joints)
    _check(method, choose, draws, significance)
    check_terms(task.design.names, formula)
    fitted = task.fit(task.design)
    placement = _placement(task, max_joints, min_totals)
    if choose == "permutation" and not (task.rows.totals.exact and task.rows.totals.dated):
        raise OptionError(
            "expected exact counts with known dates for choose='permutation', got bounds or unknown dates, whose residuals "
            "can not be put in another order; use choose='bic', or use='best'"
        )
    profile = Profile.of(fitted, task.design.names)
    if profile.batch is None:
        placement = placement.thinned()
    plain = fit_at(task, np.zeros(0), 0.0)
    more = [tried(task, profile, placement, number, method) for number in range(1, max_joints + 1)]
    tests: list[PermutationTest] = []
    if choose == "bic":
        best = min([plain, *(one for one in more if isinstance(one, Found))], key=lambda one: one.bic)
    else:
        # Numbers beyond one that has no fit are not asked for.
        known = [one for one in takewhile(lambda one: isinstance(one, Found), more) if isinstance(one, Found)]
        number, tests = by_permutation(task, placement, [plain, *known], draws, seed, significance)
        best = [plain, *known][number]
    joints, segments = described(best, profile, placement, method)
    return SegmentedTrend(
        joints,
        segments,
        choices_of([plain, *more], len(joints)),
        frame_of_tests(tests),
        method,
        choose,
        max_joints,
        min_totals,
        best.trend,
    )


def _task(series: FlowSeries[M], request: Request, max_joints: int) -> Task:
    info = flow_info(series)
    request.check()
    if isinstance(max_joints, bool) or not isinstance(max_joints, int) or not 0 <= max_joints <= _MOST_JOINTS:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected max_joints= a whole number from 0 to {_MOST_JOINTS}, got {max_joints!r}")
    rows = usable_rows(series.to_frame(), report_sources(series), request.use)
    totals = rows.totals
    design = make_design(request.formula, day_list(rows.first, totals.days), rows.first, request.data, request.offset)
    rows.check(len(design.names))
    family = request.family or totals_family(totals)
    return Task(series, info, request, family, rows, design)


def _check(method: Method, choose: Choose, draws: int, significance: float) -> None:
    if method not in get_args(Method):
        raise OptionError(f"expected method= one of {', '.join(get_args(Method))}; got {method!r}")
    if choose not in get_args(Choose):
        raise OptionError(f"expected choose= one of {', '.join(get_args(Choose))}; got {choose!r}")
    if isinstance(draws, bool) or not 99 <= draws <= 100_000:
        raise OptionError(f"expected draws= from 99 to 100,000, got {draws!r}")
    if not 0 < significance < 1:
        raise OptionError(f"expected significance= a share between 0 and 1, such as 0.05; got {significance!r}")


def _placement(task: Task, max_joints: int, min_totals: int) -> Placement:
    """The days on which joints may stand.

    Raises
    ------
    TooFewReportsError
        If there is no room for so many joints.
    """
    starts, ends = ((task.rows.rows[name] - task.rows.first).dt.total_days() for name in ("period_start", "period_end"))
    placement = Placement.of(starts.to_numpy(), ends.to_numpy(), min_totals)
    number = task.rows.rows.height
    room = min(placement.room(), (number - len(task.design.names) - 2) // 2)
    if room < max_joints:
        raise TooFewReportsError(
            f"expected totals with room for {max_joints} joints, {min_totals} totals between joints and at either end, and "
            f"at least {len(task.design.names) + 2 * max_joints + 2} in all; got {number} totals, which have room for "
            f"{max(room, 0)}. Use max_joints={max(room, 0)}"
        )
    return placement
