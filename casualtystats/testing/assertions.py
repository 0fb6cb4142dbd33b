"""Assertions on what the numbers of a series must keep."""

from __future__ import annotations

import math
from typing import Any, Final

import polars as pl

from casualtystats.errors import NotAdditiveError, OptionError
from casualtystats.periods import EVERY, Every
from casualtystats.series import FlowSeries
from casualtystats.series.cells import Facts

__all__ = ["assert_bounds_ordered", "assert_conserves_total"]

_TRIPLES: Final = (
    ("low", "best", "high"),
    ("cumulative_low", "cumulative_best", "cumulative_high"),
    ("numerator_low", "numerator", "numerator_high"),
    ("person_days_low", "person_days", "person_days_high"),
    ("rate_low", "rate", "rate_high"),
    ("ci_low", "rate", "ci_high"),
)


def assert_conserves_total(series: FlowSeries[Any], *, every: list[Every] | None = None, rel: float = 1e-12) -> None:
    """Assert that the cells of a series give back its reports: nothing is lost, gained, or invented.

    For each row of the series whose reports all have a best value, the best values of its cells must sum to
    those of the reports; exactly where they are spread in whole people. A report without a best value leaves
    none to the cells that it touches. A cell that no report touches and that nobody observed must hold
    nothing: neither low nor best nor high.

    Parameters
    ----------
    series : FlowSeries
        What adds up over time: deaths, movements, hits.
    every : list of Every, optional
        Calendars to try. By default that of the series, or all named ones where it has none.
    rel : float, default 1e-12
        Relative tolerance of the sum.

    Raises
    ------
    AssertionError
        Naming the calendar, the row and both sums.
    NotAdditiveError
        If counts of disjoint periods do not add: people displaced, distinct facilities.

    Examples
    --------
    >>> from datetime import date
    >>> import casualtystats as cs
    >>> from casualtystats.testing import reports_of
    >>> row = {"start_earliest": date(2019, 4, 29), "end_latest": date(2019, 5, 9), "value": 119}
    >>> reports = reports_of([row])
    >>> assert_conserves_total(cs.deaths(reports), every=["day", "week", "month"])
    """
    if not series.info.additive:
        raise NotAdditiveError(
            f"expected a series that adds up over time, got {series.info.noun}; "
            "series.as_displacements() reads people as movements"
        )
    own: list[Every] = list(EVERY) if series.every is None else [series.every]
    intervals = series.intervals.collect()
    for cadence in own if every is None else every:
        same = cadence == series.every
        cells = (series if same else series.resample(cadence)).to_frame()
        _check_rows(cells, intervals, series, cadence, rel)


def _check_rows(
    cells: pl.DataFrame, intervals: pl.DataFrame, series: FlowSeries[Any], cadence: Every, rel: float
) -> None:
    facts: Facts = series.facts
    rows: list[dict[str, Any]] = facts.rows.to_dicts() if facts.by else [{}]
    for row in rows:
        same = [pl.col(name).eq_missing(pl.lit(value)) for name, value in row.items()]
        some, reports = cells.filter(*same), intervals.filter(*same)
        where = f"by {cadence}" + (f", row {row}" if row else "")
        _check_silence(some, where)
        if reports["best"].has_nulls():
            _check_one_sided(some, reports, where)
        else:
            _check_sum(some, reports, where, 0.0 if series.spread == "whole" else rel)


def _check_silence(cells: pl.DataFrame, where: str) -> None:
    silent = cells.filter(pl.col("reports") == 0, pl.col("coverage") == 0)
    said = silent.filter(pl.any_horizontal(pl.col("low", "best", "high").is_not_null()))
    if not said.is_empty():
        got = said.row(0, named=True)
        raise AssertionError(f"{where}: expected nothing in a cell without report, got {got}")


def _check_one_sided(cells: pl.DataFrame, reports: pl.DataFrame, where: str) -> None:
    for first, last in reports.filter(pl.col("best").is_null()).select("period_start", "period_end").rows():
        touched = cells.filter(pl.col("period_start") <= last, pl.col("period_end") >= first)
        said = touched.filter(pl.col("best").is_not_null())
        if not said.is_empty():
            got = said.row(0, named=True)
            raise AssertionError(
                f"{where}: expected no best value where a report has none ({first} to {last}), got {got}"
            )


def _check_sum(cells: pl.DataFrame, reports: pl.DataFrame, where: str, rel: float) -> None:
    total, spread = int(reports["best"].sum()), math.fsum(cells["best"].drop_nulls().to_list())
    if abs(spread - total) > rel * total:
        raise AssertionError(f"{where}: expected cells that sum to {total:,}, got {spread!r}")


def assert_bounds_ordered(frame: pl.DataFrame | pl.LazyFrame, *, best: bool = True, rel: float = 1e-9) -> None:
    """Assert that low <= best <= high in every row; what is missing is compared to nothing.

    Parameters
    ----------
    frame : pl.DataFrame or pl.LazyFrame
        Intervals, cells, running totals or rates: columns named low, best and high, or as the package names
        them elsewhere (cumulative_low, cumulative_best, ...; numerator_low, numerator, ...; rate_low, rate, ...;
        ci_low, ci_high).
    best : bool, default True
        Whether to look at best values, too. Reports as they were read may have a published best outside their
        bounds.
    rel : float, default 1e-9
        Relative tolerance where a best value is compared: it may be derived.

    Raises
    ------
    AssertionError
        Naming the columns and the first row.
    OptionError
        If the frame has no columns of bounds.

    Examples
    --------
    >>> assert_bounds_ordered(pl.DataFrame({"low": [3], "best": [2], "high": [None]}))
    Traceback (most recent call last):
    AssertionError: expected low <= best, got {'low': 3, 'best': 2, 'high': None}
    """
    rows = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
    present = [names for names in _TRIPLES if names[0] in rows.columns and names[2] in rows.columns]
    if not present:
        raise OptionError(f"expected columns of bounds such as low and high, got {', '.join(rows.columns)}")
    for low, middle, high in present:
        _check_order(rows, low, high, 0.0)
        if best and middle in rows.columns:
            _check_order(rows, low, middle, rel)
            _check_order(rows, middle, high, rel)


def _check_order(rows: pl.DataFrame, small: str, large: str, rel: float) -> None:
    less, more = pl.col(small), pl.col(large)
    slack = rel * more.cast(pl.Float64).abs() if rel else pl.lit(0.0)
    wrong = rows.filter(less > more, less.cast(pl.Float64) - more.cast(pl.Float64) > slack)
    if not wrong.is_empty():
        raise AssertionError(f"expected {small} <= {large}, got {wrong.row(0, named=True)}")
