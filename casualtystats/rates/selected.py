"""One row out of a series of rates, as a series of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods import Period, parse_date
from casualtystats.printing import format_days
from casualtystats.rates.result import RateSeries

__all__ = ["row_of_period", "selected"]


def selected(rates: RateSeries, period: Period | str | date, part: tuple[str | None, ...]) -> RateSeries:
    """See `RateSeries.row`."""
    frame = rates.to_frame()
    if part or rates.by:
        if len(part) != len(rates.by) or not all(value is None or isinstance(value, str) for value in part):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(
                f"expected a period and a value for each of {', '.join(rates.by) or 'no column'}, got {part!r}"
            )
        frame = frame.filter(pl.col(name).eq_missing(pl.lit(value)) for name, value in zip(rates.by, part, strict=True))
    if frame.is_empty():
        known = ", ".join(str(row) for row in rates.to_frame().select(rates.by).unique().sort(rates.by).rows()[:6])
        raise OptionError(f"expected one of {known or 'the rows, of which there are none'}; got {part!r}")
    row = row_of_period(frame, period, "period")
    length = (row["period_end"][0] - row["period_start"][0]).days + 1
    low, high = row["days_min"][0], row["days_max"][0]
    stated = low == high != length
    convention = f"{24 * high:g} hours, as stated" if stated else f"{format_days(low, high)}, both ends counted"
    return replace(rates, frame=row, convention=convention)


def row_of_period(frame: pl.DataFrame, period: Any, name: str) -> pl.DataFrame:
    """The only row of a period, or of the day on which it starts.

    Raises
    ------
    OptionError, ParseError
        If there is not exactly one, or the wording is outside its grammar.
    """
    start = pl.col("period_start")
    if isinstance(period, date):
        same = start == period
    elif isinstance(period, Period | str):
        known = Period.parse(period) if isinstance(period, str) else period
        same = (start == known.start_earliest) & (pl.col("period_end") == known.end_latest)
        if isinstance(period, str) and frame.filter(same).is_empty() and known.start_earliest == known.end_latest:
            same = start == parse_date(period)[0]
    else:
        raise OptionError(
            f"expected {name}= a period, such as '2019-04-01/2019-04-30', or the day on which it starts; got {period!r}"
        )
    rows = frame.filter(same)
    if rows.height != 1:
        known_rows = frame.select("period_start", "period_end").unique(maintain_order=True).rows()[:6]
        shown = ", ".join(f"{first}/{last}" for first, last in known_rows)
        raise OptionError(
            f"expected {name}= the period of one row, such as {shown}; got {period}, of which there are {rows.height}"
        )
    return rows
