"""Surges: cells whose count stands out of those just before it, for series too short for anything else."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, Final, TypeGuard, get_args

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.cellchecks import Count
from casualtystats.trends.complete import CompleteCells, complete_cells
from casualtystats.trends.ears import NO_COUNT, C3Bound, Method, Verdict, ears, history
from casualtystats.trends.surgeresult import Surges

__all__ = ["surges"]

_WHY: Final = "surges"
_LEAST_BASELINE: Final = 3
_SCHEMA: Final = {
    "mean": pl.Float64, "sd": pl.Float64, "threshold": pl.Float64, "statistic": pl.Float64, "alarm": pl.Boolean,
    "reason": pl.String,
}  # fmt: skip


def surges(
    series: FlowSeries[Any],
    *,
    method: Method = "C1",
    alpha: float | None = None,
    z: float | None = None,
    baseline: int = 7,
    min_sd: float = 0.0,
    c3_bound: C3Bound = "mean",
    count: Count = "exact",
) -> Surges:
    r"""Days whose reported count stands out of the days just before (EARS C1, C2 and C3).

    Each count is compared with mean + z sd of a baseline of days before it:

    - C1: the 7 days before;
    - C2: 7 days that end three days before, so that a surge that builds up over days does not hide itself;
    - C3: as C2, but the threshold is lowered by what the two days before exceeded theirs by,

      .. math:: U_t = m_t + s_t \Big(z - \sum_{i=t-2}^{t-1} \max(0, C_2(i) - 1)\Big), \quad U_t \ge 0

      which, where the day itself is more than one sd above its mean, asks whether
      :math:`C_3(t) = \sum_{i=t-2}^{t} \max(0, C_2(i) - 1)` exceeds z - 1 (2.09 at z = 3.09; Hutwagner et al. use 2).

    Parameters
    ----------
    series : FlowSeries
        With a calendar of days, weeks or a number of days, of exact counts. Cells without a report are kept as missing.
    method : {"C1", "C2", "C3"}
        The method.
    alpha : float, optional
        By default 0.001. z is the standard normal quantile of 1 - alpha: 3.09 by default. It is no error rate of
        counts, which are not normal.
    z : float, optional
        In place of alpha: standard deviations above the mean.
    baseline : int, default 7
        Number of cells, at least 3.
    min_sd : float, default 0
        Least standard deviation, in counts, that thresholds are made with. At 0, a baseline that does not vary (often
        all zeros) gives no threshold, and the result names the counts above it: R's `surveillance::earsC` has its mean
        for a threshold there, above which any count is an alarm by arithmetic alone. For sparse counts, Burkom
        suggests 0.5 or 1 (manual of `earsC`).
    c3_bound : {"mean", "count"}
        For C3. "count": put the count of the day in the place of its mean in U, as R's `surveillance::earsC` does (its
        manual has the mean). The day's own count then plays no part: alarms come the day after a surge.
    count : {"exact", "low", "best", "high"}
        "exact" refuses cells whose bounds do not meet; the others take one value of each as if it were exact.

    Returns
    -------
    Surges
        Each cell with its mean, sd, threshold, statistic and alarm, or the reason why there is none.

    Raises
    ------
    KindError, MeasureError, NotAdditiveError
        If the series is no flow of counts that add up, or a cell holds a count that was spread over days: the sd of
        such days is 0.
    OptionError
        If an option is not known, or the series is split, has no calendar, or one whose cells differ in length.
    TooFewReportsError
        If no cell has enough cells before it.
    UndefinedEstimateError
        If all counts are 0, or bounds do not meet.

    Notes
    -----
    The first 7 (C1), 9 (C2) or 11 (C3) cells can not be judged, nor can a cell with a missing one in its baseline: no
    report is not zero. A surge raises the mean and sd of the baselines after it, which hides those that follow soon.
    The methods were made for daily counts; with weeks, a baseline is seven weeks, and slow growth is not seen.

    Alarms say that reported counts rose above their own recent level. They do not say why, and quiet days just before
    make them more likely.

    References
    ----------
    Hutwagner, L., Thompson, W., Seeman, G. M. and Treadwell, T. (2003). The bioterrorism preparedness and response
    Early Aberration Reporting System (EARS). Journal of Urban Health 80 (Suppl. 1), i89-i96.
    Fricker, R. D., Hegler, B. L. and Dunfee, D. A. (2008). Comparing syndromic surveillance detection methods: EARS'
    versus a CUSUM-based methodology. Statistics in Medicine 27, 3407-3429.
    Salmon, M., Schumacher, D. and Hoehle, M. (2016). Monitoring count time series in R: aberration detection in public
    health surveillance. Journal of Statistical Software 70 (10).

    Examples
    --------
    >>> import polars as pl
    >>> from datetime import date
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> days = pl.date_range(date(2020, 1, 1), date(2020, 1, 11), eager=True)
    >>> rows = pl.DataFrame({"start": days, "end": days, "value": [5, 3, 4, 6, 5, 4, 3, 5, 6, 4, 12]})
    >>> rows = rows.with_columns(report_id=pl.col("start").cast(pl.String), measure=pl.lit("killed"),
    ...     unit=pl.lit("people"), kind=pl.lit("flow"))
    >>> found = surges(deaths(read_reports(rows)).resample("day"))
    >>> found.dates
    (datetime.date(2020, 1, 11),)
    >>> found.to_frame()["threshold"].round(2).to_list()[-1]
    8.15
    """
    above = _check(method, alpha, z, baseline, min_sd, c3_bound)
    cells = complete_cells(series, need="gaps", count=count, why=_WHY)
    if not (isinstance(cells.every, timedelta) or cells.every in ("day", "week", "epiweek")):
        raise OptionError(
            f"expected cells of one length for {_WHY}, got {cells.every}s; use .resample('day'), .resample('week') or a "
            "timedelta"
        )
    lag = history(method, baseline)
    cells.enough(lag + 1, f"{_WHY} by {method} with a baseline of {baseline}")
    verdicts = ears(cells.frame["count"].to_list(), method, above, baseline, min_sd, c3_bound)
    return Surges(
        noun=cells.info.reported,
        method=method,
        z=above,
        baseline=baseline,
        lag=lag,
        min_sd=float(min_sd),
        frame=_frame(cells, verdicts),
        every=cells.every,
        notes=_notes(cells, method, c3_bound),
        source=cells.info.source_line,
    )


def _check(method: object, alpha: object, z: object, baseline: object, min_sd: object, c3_bound: object) -> float:
    """Refuse options that are not known; the standard deviations that a threshold lies above the mean."""
    if method not in get_args(Method):
        raise OptionError(f"expected method= one of {', '.join(get_args(Method))}; got {method!r}")
    if c3_bound not in get_args(C3Bound):
        raise OptionError(f"expected c3_bound= one of {', '.join(get_args(C3Bound))}; got {c3_bound!r}")
    if c3_bound != "mean" and method != "C3":
        raise OptionError(f"expected c3_bound= with method='C3' only, got it with {method}")
    if isinstance(baseline, bool) or not isinstance(baseline, int) or baseline < _LEAST_BASELINE:
        raise OptionError(f"expected baseline= a whole number of cells of at least {_LEAST_BASELINE}, got {baseline!r}")
    if not _finite(min_sd) or min_sd < 0:
        raise OptionError(f"expected min_sd= a finite number of 0 or more, in counts; got {min_sd!r}")
    if z is not None:
        if alpha is not None:
            raise OptionError(f"expected alpha= or z=, not both; got alpha={alpha!r} and z={z!r}")
        if not _finite(z) or z <= 0:
            raise OptionError(f"expected z= a finite number above 0, such as 3.09; got {z!r}")
        return float(z)
    chosen = 0.001 if alpha is None else alpha
    if not _finite(chosen) or not 0 < chosen < 0.5:
        raise OptionError(f"expected alpha= a share above 0 and below 0.5, such as 0.001; got {alpha!r}")
    from scipy.special import ndtri

    return -float(ndtri(chosen))


def _finite(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _frame(cells: CompleteCells, verdicts: list[Verdict]) -> pl.DataFrame:
    rows = [(v.mean, v.sd, v.threshold, v.statistic, v.alarm, v.reason) for v in verdicts]
    found = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
    why = pl.when((pl.col("reason") == NO_COUNT) & pl.col("_cell").is_not_null()).then(
        pl.concat_str(pl.lit(f"{NO_COUNT}: "), pl.col("_cell"))
    )
    return cells.frame.rename({"reason": "_cell"}).hstack(found).select(
        "count", "mean", "sd", "threshold", "statistic", "alarm", reason=why.otherwise("reason"),
        date="period_start", last_day="period_end",
    ).select("date", "last_day", "count", *_SCHEMA)  # fmt: skip


def _notes(cells: CompleteCells, method: Method, c3_bound: C3Bound) -> tuple[str, ...]:
    notes = [*cells.caveat]
    if cells.every != "day":
        notes.append(f"EARS was made for daily counts; its baseline here is of {cells.cell}s.")
    if method == "C3" and c3_bound == "count":
        notes.append("The threshold holds the count itself: a cell is judged by the two before it only.")
    return tuple(notes)
