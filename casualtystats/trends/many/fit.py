"""The growth of every row of a split series, with failures as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar, get_args

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.ledger.progress import progress_bar
from casualtystats.rates.sampling import check_level
from casualtystats.reports.select import By, check_by
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.trends.families import Family
from casualtystats.trends.growth import flow_info
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.many.batch import ManyFits, fit_many
from casualtystats.trends.many.reasons import TOO_FEW
from casualtystats.trends.many.result import COLUMNS, TrendFits
from casualtystats.trends.many.rows import ManyRows, many_rows
from casualtystats.trends.many.single import fit_alone, parts
from casualtystats.trends.result import TrendFit
from casualtystats.trends.usable import Use
from casualtystats.vocabulary import MeasureType

__all__ = ["fit_trends"]

M = TypeVar("M", bound=MeasureType)
EDGE: Final = "counts vary no more than Poisson counts: alpha is 0 and the values are those of a Poisson fit"
_FLOATS: Final = ("a", "b", "se_b", "quantile", "dispersion", "alpha", "loglik", "source_low", "source_high")


def fit_trends(
    series: FlowSeries[M],
    *,
    by: By | Sequence[By] = "place",
    family: Family | None = None,
    use: Use = "reported",
    level: float = 0.95,
    progress: bool | None = None,
) -> TrendFits:
    r"""The log-linear growth of each area of a split series, each fitted to its own reported totals.

    The model is that of `fit_trend` with its default terms: the total Y_i of a period has the mean

    .. math:: E[Y_i] = \sum_{t \in i} \exp(a + b t)

    with a and b of the area. Areas whose usable rows are all exact and dated are fitted together, in chunks
    (`fit_many`); those with a bound, or with dates that are not exactly known, by `fit_trend` one at a time. An area that
    can not be fitted is a row with a reason, not an error.

    Parameters
    ----------
    series : FlowSeries
        Split, such as `deaths(reports, by=["place"])`; intervals, or calendar cells after `resample`.
    by : str or list of str, default "place"
        The columns that split the series: all of them.
    family : {"quasi", "nb2", "nb1", "poisson"}, optional
        Default, as in `fit_trend`: "quasi" for areas whose counts are all exact and whose dates are all known, else "nb2".
        "quasi": Poisson values, intervals widened by Pearson's statistic / (n - 2) where that exceeds 1. "nb2": variance
        mu + alpha mu^2, "nb1": (1 + alpha) mu, of totals, alpha estimated for each area; where the likelihood rises towards
        alpha = 0 it is 0, and a note says so. "poisson": variance = mean. "quasi" can not be fitted to bounds: such areas
        then have that reason.
    use : {"reported", "low", "best", "high"}
        "reported" fits bounds as bounds. The others take one value of each report as if it were exact, and leave out
        reports that have none.
    level : float, default 0.95
        Level of each single interval, as a share. Intervals use quantiles of Student's t with n - 2 degrees of freedom, of
        the normal distribution for "poisson".
    progress : bool, optional
        Show a progress bar; by default where standard error is a terminal.

    Returns
    -------
    TrendFits
        One row an area. With many areas some intervals exclude zero by chance alone: `chance()` says how many.

    Raises
    ------
    OptionError
        If an option is not known, or the series is not split by `by`.
    NotAdditiveError
        If counts of the series do not add up over days (people displaced, distinct facilities).
    KindError, MeasureError
        If it is no flow series of independent counts.

    Notes
    -----
    Totals are taken as independent, and areas as having nothing in common: no strength is borrowed between them, so that an
    area with few reports has a wide interval.

    References
    ----------
    Thompson, R. and Baker, R. J. (1981). Composite link functions in generalized linear models. Applied Statistics 30,
    125-131.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> days = [f"2020-01-{day:02d}" for day in range(1, 7)]
    >>> rows = pl.DataFrame({
    ...     "report_id": [f"{place}{day}" for place in "AB" for day in range(6)], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "value": [3, 5, 4, 9, 12, 11, 0, 0, 0, 0, 0, 0], "start": days * 2, "end": days * 2,
    ...     "place": ["Area A"] * 6 + ["Area B"] * 6,
    ... })
    >>> fits = fit_trends(deaths(read_reports(rows), by=["place"]), by="place")
    >>> print(fits)
    reported violent deaths: 2 areas: 1 fitted, 1 not (1: zeros only: the growth of nothing is not defined)
    >>> round(fits.fitted["growth_per_day"][0], 3)
    0.308
    """
    info = _split_info(series, by)
    share = check_level(level)
    for name, value, known in (("family", family, Family), ("use", use, Use)):
        if value not in get_args(known) and (name, value) != ("family", None):
            raise OptionError(f"expected {name}= one of {', '.join(get_args(known))}; got {value!r}")
    rows = many_rows(series.to_frame(), series.facts.rows, use)
    with progress_bar("trends", rows.areas.height, progress) as tick:

        def step(number: int) -> None:
            for _ in range(number):
                tick()

        together: Family = family or "quasi"
        fits = fit_many(rows.first, rows.last, rows.counts, rows.area, family=together, step=step)
        table = _Table.of(rows, fits, share)
        alone = rows.areas.filter("alone")
        for area, part in zip(alone["area"], parts(series, alone) if alone.height else (), strict=True):
            table.put(int(area), fit_alone(part, family, use, share))
            tick()
    return TrendFits(info.reported, info.by, family, share, info.source_line, table.frame(rows, info.by, share))


def _split_info(series: Any, by: By | Sequence[By]) -> SeriesInfo:
    """What the series is about, if its rows can be fitted by `by`."""
    columns = check_by([by] if isinstance(by, str) else by)
    info: object = getattr(series, "info", None)
    split: tuple[str, ...] = ()
    if isinstance(info, SeriesInfo):
        split, series = info.by, replace(series, info=replace(info, by=()))
    known = replace(flow_info(series), by=split)
    if set(split) != set(columns) or not columns:
        got = f"one by {', '.join(split)}" if split else "one that is not split"
        raise OptionError(
            f"expected a series split by {', '.join(columns) or 'some column'}, got {got}; build it with "
            f"by={list(columns) or ['place']}, or fit a series that is not split with fit_trend"
        )
    return known


class _Table:
    """The numbers of the fits, one entry an area; NaN and None where there is none."""

    def __init__(self, size: int, family: Family) -> None:
        self.floats: dict[str, Array] = {name: np.full(size, np.nan) for name in _FLOATS}
        self.reason: list[str | None] = [TOO_FEW] * size
        self.note: list[str | None] = [None] * size
        self.family: list[str] = [family] * size

    @classmethod
    def of(cls, rows: ManyRows, fits: ManyFits, level: float) -> _Table:
        """The fits of the areas that were fitted together."""
        table = cls(rows.areas.height, fits.family)
        at = fits.area
        for name in ("a", "b", "dispersion", "alpha", "loglik"):
            table.floats[name][at] = getattr(fits, name)
        table.floats["se_b"][at] = np.sqrt(fits.var_b)
        table.floats["quantile"][at] = _quantiles(fits, level)
        for area, reason, edge in zip(at.tolist(), fits.reason.tolist(), fits.edge.tolist(), strict=True):
            table.reason[area] = reason or None
            table.note[area] = EDGE if edge else None
        return table

    def put(self, area: int, found: TrendFit | str) -> None:
        """The fit of one area, or the reason why there is none."""
        if isinstance(found, str):
            self.reason[area] = found
            return
        self.reason[area] = None
        self.family[area] = found.family
        for name in ("a", "b", "se_b", "quantile", "dispersion", "alpha", "loglik"):
            value = getattr(found, name)
            self.floats[name][area] = np.nan if value is None else value
        over = found.growth_over_dates
        if over is not None:
            self.floats["source_low"][area], self.floats["source_high"][area] = over
        bounds = found.floors + found.ceilings + found.ranges
        notes = [f"{bounds} of {found.n} totals are bounds, fitted as such"] if bounds else []
        notes += [f"{found.fuzzy} of {found.n} periods have dates that are not exactly known"] if found.fuzzy else []
        notes += ["the threshold of lower bounds is taken not to depend on the count"] if found.floors else []
        notes += [EDGE] if found.alpha == 0 else []
        self.note[area] = "; ".join(notes) or None

    def frame(self, rows: ManyRows, by: tuple[str, ...], level: float) -> pl.DataFrame:
        """The frame of the result."""
        with np.errstate(all="ignore"):
            columns = self._columns(level)
        fitted = rows.areas.with_columns(
            family=pl.Series(self.family, dtype=pl.String),
            reason=pl.Series(self.reason, dtype=pl.String),
            note=pl.Series(self.note, dtype=pl.String),
            **{name: pl.Series(values, dtype=pl.Float64).fill_nan(None) for name, values in columns.items()},
        ).with_columns(
            status=pl.when(pl.col("reason").is_null()).then(pl.lit("fitted")).otherwise(pl.lit("not fitted")),
            level=level,
        )
        low, high = pl.col("b_low"), pl.col("b_high")
        certain = (low > 0) | (high < 0)
        near, far = pl.min_horizontal(low.abs(), high.abs()), pl.max_horizontal(low.abs(), high.abs())
        two = float(np.log(2))
        return fitted.with_columns(
            direction=pl.when(low.is_null()).then(None)
            .when(~certain).then(pl.lit("not known"))
            .when(pl.col("b") > 0).then(pl.lit("doubling")).otherwise(pl.lit("halving")),
            days_to_double_or_halve=pl.when(certain).then(two / pl.col("b").abs()),
            days_low=pl.when(certain).then(two / far),
            days_high=pl.when(certain).then(two / near),
        ).select(*by, *(pl.col(name).cast(kind) for name, kind in COLUMNS.items()))  # fmt: skip

    def _columns(self, level: float) -> dict[str, Array]:
        b, half = self.floats["b"], self.floats["quantile"] * self.floats["se_b"]
        ends = {"": b, "_low": b - half, "_high": b + half}
        columns = {f"growth_per_{unit}{end}": np.expm1(days * value)
                   for unit, days in (("day", 1), ("week", 7)) for end, value in ends.items()}  # fmt: skip
        kept = {name: self.floats[name] for name in _FLOATS if name != "quantile"}
        return kept | columns | {"b_low": ends["_low"], "b_high": ends["_high"]}


def _quantiles(fits: ManyFits, level: float) -> Array:
    """What standard errors are multiplied by: normal for Poisson, else Student's t with n - 2 degrees of freedom."""
    from scipy import stats

    tail = (1 - level) / 2
    if fits.family == "poisson":
        return np.full(len(fits.n), float(stats.norm.isf(tail)))
    freedom, back = np.unique(np.maximum(fits.n - 2, 1), return_inverse=True)
    return np.asarray(stats.t.isf(tail, freedom), dtype=np.float64)[back]
