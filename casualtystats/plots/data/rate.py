"""Rates as points with a source range and a sampling interval, which stay two things."""

from __future__ import annotations

import polars as pl

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.plots.data.checks import expect
from casualtystats.rates import RateSeries

__all__ = ["rate_marks"]


def rate_marks(series: RateSeries) -> pl.DataFrame:
    """One row a period.

    Returns
    -------
    pl.DataFrame
        `row` (what splits the series; "" where nothing does), `period_start`, `period_end`, `state`
        ("value"; "floor": a lower bound
        only; "range": bounds without a best value; "no report"), `rate`, `rate_low`, `rate_high`,
        `ci_low`, `ci_high`, `open_top` (no upper end of the source range
        is known), `ci_open` (no upper end of the sampling interval), `allocated`, `partial` (a day
        has no report), `level`, `label`.

    Raises
    ------
    KindError, MeasureError
        If it holds no rates.
    NoReportsError
        If it has no rows.
    OptionError
        If its rows are different rates.
    """
    frame = expect(series, RateSeries, "rates (cs.death_rate)").to_frame()
    if frame.is_empty():
        raise NoReportsError("expected at least one rate to draw, got none")
    if frame["label"].n_unique() > 1:
        raise OptionError(
            f"expected one rate, got {', '.join(frame['label'].unique().sort())}; draw each on axes of its own"
        )
    names = [pl.col(name).cast(pl.String).fill_null("not stated") for name in series.by]
    row = pl.concat_str(names, separator=", ") if names else pl.lit("")
    rate, low, high = pl.col("rate"), pl.col("rate_low"), pl.col("rate_high")
    state = (
        pl.when(rate.is_not_null())
        .then(pl.lit("value"))
        .when(low.is_null() & high.is_null())
        .then(pl.lit("no report"))
        .when(high.is_null())
        .then(pl.lit("floor"))
        .otherwise(pl.lit("range"))
    )
    return frame.select(
        "period_start",
        "period_end",
        "rate",
        "rate_low",
        "rate_high",
        "ci_low",
        "ci_high",
        "allocated",
        "level",
        "label",
        row=row,
        state=state,
        open_top=high.is_null() & (rate.is_not_null() | low.is_not_null()),
        ci_open=pl.col("ci_low").is_not_null() & pl.col("ci_high").is_null(),
        partial=pl.col("coverage") < 1,
    ).sort("row", "period_start")
