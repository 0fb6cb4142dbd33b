"""Change points: the days from which on counts run at another level, found by an exact search with a penalty."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.rates.sampling import check_level
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.cellchecks import Count
from casualtystats.trends.changeresult import ChangePoints
from casualtystats.trends.complete import CompleteCells, complete_cells
from casualtystats.trends.partition import best_partition
from casualtystats.trends.segmentcost import SegmentCost, successive_alpha
from casualtystats.trends.segmentmeans import GARWOOD, RATIO, mean_interval

__all__ = ["change_points"]

CostName = Literal["nb", "poisson"]
Penalty = Literal["mbic", "bic"]
_WHY = "change points"
_LEAST = 4
_LEAST_ESTIMATED = 8


def change_points(
    series: FlowSeries[Any],
    *,
    cost: CostName = "nb",
    penalty: Penalty | float = "mbic",
    min_size: int = 2,
    alpha: float | None = None,
    count: Count = "exact",
    level: float = 0.95,
) -> ChangePoints:
    r"""The days from which on reported counts run at another level.

    The cells of a calendar are divided into segments with a mean per day each, so that

    .. math:: \sum_j C_j + m \cdot \text{penalty}

    is least, with m the number of changes and C minus twice the log-likelihood of a segment. The search is PELT
    (Killick et al. 2012) in an exact form: no division is better.

    Parameters
    ----------
    series : FlowSeries
        With a calendar (`resample`), every cell of which is covered by whole reports with exact counts.
    cost : {"nb", "poisson"}
        "nb": NB2 counts, whose variance is mu + alpha mu^2, mu being the mean of a cell. "poisson": variance = mean;
        deaths that come in batches then look like changes. Seen by simulation of 1,000 series of 100 days, mean 10,
        without any change: with alpha 0.3 the Poisson cost finds one in 82 %, the NB cost in 1 %; with Poisson counts,
        each in less than 1 %.
    penalty : {"mbic", "bic"} or float
        "mbic" (Zhang and Siegmund 2007): 3 log n a change, and the log of each segment's number of cells. "bic":
        2 log n a change. A number: that much a change, in units of minus twice the log-likelihood.
    min_size : int, default 2
        Least number of cells of a segment.
    alpha : float, optional
        The dispersion of the NB cost, if it is known. By default it is estimated from differences of neighbouring
        cells (`successive_alpha`), which a few changes of level hardly raise, and then held fixed; at 0 the NB
        cost is the Poisson cost.
    count : {"exact", "low", "best", "high"}
        "exact" refuses cells whose bounds do not meet; the others take one value of each as if it were exact.
    level : float, default 0.95
        Level of the intervals of the segments' means, as a share.

    Returns
    -------
    ChangePoints
        `dates` (first days of new segments), segments with their means, and by how much each change improves the fit.

    Raises
    ------
    KindError, MeasureError, NotAdditiveError
        If the series is no flow of counts that add up, or a cell holds a count that was spread over days.
    OptionError
        If an option is not known, or the series is split or has no calendar.
    TooFewReportsError
        If a cell between others is not covered, or there are too few cells.
    UndefinedEstimateError
        If all counts are 0, bounds do not meet, or the dispersion can not be estimated.

    Notes
    -----
    Means are per day, with the length of each cell as its exposure: that February is shorter than March is no change.

    "mbic" and "bic" are the penalties of the R package changepoint (`cpt.meanvar`, `test.stat="Poisson"`). Its cost
    leaves out the log of the length of segments without any event; here they have it like all others. n counts cells.

    No interval is given for the dates of changes. The interval of a mean takes its segment as given: after a search
    for the best segments it is too narrow. Days of the week look like dispersion, growth like a staircase of changes.

    References
    ----------
    Killick, R., Fearnhead, P. and Eckley, I. A. (2012). Optimal detection of changepoints with a linear computational
    cost. Journal of the American Statistical Association 107, 1590-1598.
    Zhang, N. R. and Siegmund, D. O. (2007). A modified Bayes information criterion with applications to the analysis
    of comparative genomic hybridization data. Biometrics 63, 22-32.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> days = pl.date_range(date(2020, 1, 1), date(2020, 1, 12), eager=True)
    >>> rows = pl.DataFrame({"start": days, "end": days, "value": [2, 3, 1, 4, 2, 3, 9, 11, 8, 12, 10, 9]})
    >>> rows = rows.with_columns(report_id=pl.col("start").cast(pl.String), measure=pl.lit("killed"),
    ...     unit=pl.lit("people"), kind=pl.lit("flow"))
    >>> found = change_points(deaths(read_reports(rows)).resample("day"))
    >>> found.dates
    (datetime.date(2020, 1, 7),)
    >>> found.to_frame()["per_day"].round(2).to_list()
    [2.5, 9.83]
    """
    _check(cost, penalty, min_size, alpha)
    share = check_level(level)
    cells = complete_cells(series, count=count, why=_WHY)
    estimated = cost == "nb" and alpha is None
    cells.enough(max(_LEAST_ESTIMATED if estimated else _LEAST, 2 * min_size), _WHY)
    counts, days = cells.counts, cells.days
    width = 0.0 if cost == "poisson" else successive_alpha(counts, days) if alpha is None else float(alpha)
    found = SegmentCost.of(counts, days, width)
    n, by_length = counts.size, penalty == "mbic"
    a_change = (3 if by_length else 2) * math.log(n) if isinstance(penalty, str) else float(penalty)
    starts = best_partition(found, n, a_change, min_size, by_length=by_length)
    bounds = list(zip([0, *starts], [*starts, n], strict=True))
    segments = _segments(cells, found, bounds, share)
    notes = _notes(cells, cost, width, estimated)
    return ChangePoints(
        noun=cells.info.reported,
        dates=tuple(segments["first_day"].to_list()[1:]),
        segments=segments,
        changes=_changes(segments, found, bounds, a_change, by_length),
        cells=_numbered(cells, bounds),
        every=cells.every,
        cost=cost,
        alpha=width,
        estimated=estimated,
        penalty=a_change,
        penalty_name=penalty if isinstance(penalty, str) else "given",
        min_size=min_size,
        level=share,
        notes=notes,
        source=cells.info.source_line,
    )


def _check(cost: object, penalty: object, min_size: object, alpha: object) -> None:
    if cost not in get_args(CostName):
        raise OptionError(f"expected cost= one of {', '.join(get_args(CostName))}; got {cost!r}")
    number = (
        isinstance(penalty, int | float) and not isinstance(penalty, bool) and math.isfinite(penalty) and penalty > 0
    )
    if not number and penalty not in get_args(Penalty):
        raise OptionError(
            f"expected penalty= 'mbic', 'bic' or a finite number above 0 (in units of -2 log-likelihood); got {penalty!r}"
        )
    if isinstance(min_size, bool) or not isinstance(min_size, int) or min_size < 1:
        raise OptionError(f"expected min_size= a whole number of cells of at least 1, got {min_size!r}")
    if alpha is None:
        return
    if cost == "poisson":
        raise OptionError(f"expected no alpha= with cost='poisson', whose variance is its mean; got {alpha!r}")
    if isinstance(alpha, bool) or not isinstance(alpha, int | float) or not math.isfinite(alpha) or alpha < 0:
        raise OptionError(f"expected alpha= a finite number of 0 or more (variance = mu + alpha mu^2), got {alpha!r}")


def _segments(cells: CompleteCells, cost: SegmentCost, bounds: list[tuple[int, int]], level: float) -> pl.DataFrame:
    starts, ends = cells.frame["period_start"].to_list(), cells.frame["period_end"].to_list()
    rows: list[tuple[int, date, date, int, int, int, float, float]] = []
    for number, (a, b) in enumerate(bounds, start=1):
        total, days = int(cells.counts[a:b].sum()), int(cells.days[a:b].sum())
        low, high = mean_interval(cost, a, b, level)
        rows.append((number, starts[a], ends[b - 1], b - a, days, total, low, high))
    names = ["segment", "first_day", "last_day", "cells", "days", "total", "per_day_low", "per_day_high"]
    return pl.DataFrame(rows, schema=names, orient="row").select(
        *names[:6],
        per_cell=pl.col("total") / pl.col("cells"),
        per_day=pl.col("total") / pl.col("days"),
        per_day_low="per_day_low",
        per_day_high="per_day_high",
        level=pl.lit(level),
        method=pl.lit(RATIO if cost.alpha else GARWOOD),
    )


def _changes(
    segments: pl.DataFrame, cost: SegmentCost, bounds: list[tuple[int, int]], penalty: float, by_length: bool
) -> pl.DataFrame:
    """Each change with the means before and after it, its gain, and the gain that the penalty asks for."""
    rows: list[tuple[date, float, float, float | None, float, float]] = []
    per_day, first = segments["per_day"].to_list(), segments["first_day"].to_list()
    for at, ((a, b), (_, c)) in enumerate(pairwise(bounds)):
        gain = cost.one(a, c) - cost.one(a, b) - cost.one(b, c)
        needed = penalty + (math.log(b - a) + math.log(c - b) - math.log(c - a) if by_length else 0.0)
        before, after = per_day[at], per_day[at + 1]
        rows.append((first[at + 1], before, after, after / before if before else None, gain, needed))
    schema = {
        "date": pl.Date, "before": pl.Float64, "after": pl.Float64, "ratio": pl.Float64, "gain": pl.Float64,
        "needed": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _numbered(cells: CompleteCells, bounds: list[tuple[int, int]]) -> pl.DataFrame:
    number = np.repeat(np.arange(1, len(bounds) + 1), [b - a for a, b in bounds])
    return cells.frame.drop("reason").with_columns(segment=pl.Series(number, dtype=pl.Int64))


def _notes(cells: CompleteCells, cost: CostName, alpha: float, estimated: bool) -> tuple[str, ...]:
    notes = [*cells.caveat]
    if cost == "poisson":
        notes.append("The Poisson cost takes wide variation, such as deaths in batches, for changes.")
    elif estimated and alpha == 0:
        notes.append("Neighbouring cells vary no more than Poisson counts: the NB cost is the Poisson cost here.")
    notes.append("Dates of changes have no interval; the intervals of means do not know of the search.")
    return tuple(notes)
