"""The sizes of the events behind each row: what a compound Poisson interval needs beside the count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.rates.rowintervals import counted_of_row
from casualtystats.rates.sampling import whole_counts
from casualtystats.series.flow import FlowSeries

__all__ = ["with_event_sizes"]


def with_event_sizes(
    rows: pl.DataFrame, series: FlowSeries[Any], sizes: Sequence[int] | pl.DataFrame | None
) -> pl.DataFrame:
    """Rows with `_squares`, the sum of squared event sizes, and `_largest`, the largest size.

    A row without deaths takes the largest size of any event of the series: one more event may be as large. Both are null
    where the sizes of a row's events are not all known.

    Parameters
    ----------
    rows : pl.DataFrame
        Rows of the series with rates.
    series : FlowSeries
        The series: without `sizes` its reports are the events.
    sizes : list of int, frame or None
        Sizes of the events of its only row; or a frame with `date`, `size` and the columns of `by`.

    Raises
    ------
    OptionError
        If nobody says that reports are separate events, the frame lacks a column or a date, a size is not a whole number,
        an event lies outside all rows, or sizes do not sum to the count of a row (of a floor, to the floor).
    """
    by, numbered = series.info.by, rows.with_row_index("_row")
    if sizes is None:
        _refuse_undeclared(series)
        events = series.intervals.select(
            *by, first="period_start", last="period_end", size=pl.col("best").cast(pl.Float64), least="low"
        ).collect()
    elif isinstance(sizes, pl.DataFrame):
        events = _of_frame(sizes, by)
    else:
        events = _of_list(rows, by, sizes)
    if series.every is not None:
        inside = _in_cells(numbered, events, by)
    elif sizes is None:
        inside = numbered.select("_row", "low", size=pl.col("best").cast(pl.Float64)).rename({"low": "least"})
    else:
        inside = _in_intervals(numbered, events, by)
    if isinstance(sizes, pl.DataFrame):
        _refuse_outside(events, inside)
    # A row that reports about the whole do not cover counts the least that they say.
    inside = inside.join(numbered.select("_row", "coverage"), on="_row", how="left", maintain_order="left")
    size = pl.when(pl.col("coverage") >= 1).then("size").otherwise(pl.col("least").cast(pl.Float64))
    summed = inside.group_by("_row").agg(
        _sum=size.sum(), _squares=(size**2).sum(), _largest=size.max(), _unknown=size.null_count()
    )
    found = numbered.join(summed, on="_row", how="left", maintain_order="left").with_columns(
        pl.col("_sum", "_squares", "_unknown").fill_null(0)
    )
    _check_sums(found)
    known, largest = pl.col("_unknown") == 0, events["size"].max()
    most = pl.when(pl.col("_largest") > 0).then("_largest").otherwise(pl.lit(largest or None, pl.Float64))
    return found.with_columns(
        _squares=pl.when(known).then("_squares"), _largest=pl.when(known).then(most)
    ).drop("_row", "_sum", "_unknown")  # fmt: skip


def _refuse_undeclared(series: FlowSeries[Any]) -> None:
    origin = series.reports.origin
    declared = origin is not None and origin.separate_events
    if not declared or series.info.overlap == "difference" or series.ledger is not None:
        raise OptionError(
            "expected the sizes of events for interval='compound': give event_sizes= the deaths in each event, or reports "
            "whose publisher declares that rows are separate events (Origin(separate_events=True))"
        )


def _of_frame(sizes: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    missing = [name for name in ("date", "size", *by) if name not in sizes.columns]
    if missing or sizes.schema["date"] != pl.Date:
        wanted = ", ".join(("date (as dates)", "size", *by))
        raise OptionError(
            f"expected event_sizes= a frame with {wanted}; got {', '.join(map(str, sizes.schema.items()))}"
        )
    if sizes["date"].has_nulls():
        row = sizes["date"].is_null().arg_max()
        raise OptionError(f"expected a date for every event in event_sizes=, got none in row {row} (counted from 0)")
    counted = pl.Series("size", whole_counts(sizes["size"]), dtype=pl.Float64)
    events = sizes.select(*by, first="date", last="date").with_columns(counted, counted.alias("least"))
    return events.with_row_index("_event")


def _of_list(rows: pl.DataFrame, by: tuple[str, ...], sizes: Sequence[int]) -> pl.DataFrame:
    if rows.height != 1:
        raise OptionError(
            f"expected event_sizes= a frame with date and size for a series of {rows.height} rows, got a list: that is for one "
            "row"
        )
    if not isinstance(sizes, Sequence | pl.Series | np.ndarray):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected event_sizes= a list of whole numbers, or a frame with date and size; got {type(sizes).__name__}"
        )
    counted = pl.DataFrame({"size": pl.Series(whole_counts(list(sizes)), dtype=pl.Float64)}).with_columns(least="size")
    return rows.select(*by, first="period_start", last="period_end").join(counted, how="cross")


def _in_cells(numbered: pl.DataFrame, events: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """Events with the calendar cell that they lie in; cells of one part of a series do not overlap."""
    parts = numbered.select(by).unique(maintain_order=True).with_row_index("_part") if by else None
    cells = numbered.select(*by, "_row", _start="period_start", _end="period_end")
    if parts is None:
        cells, events = cells.with_columns(_part=pl.lit(0)), events.with_columns(_part=pl.lit(0))
    else:
        cells = cells.join(parts, on=by, how="left", nulls_equal=True)
        events = events.join(parts, on=by, how="inner", nulls_equal=True)
    cells = cells.select("_part", "_row", "_start", "_end").sort("_start")
    placed = events.sort("first").join_asof(
        cells, left_on="first", right_on="_start", by="_part", strategy="backward", check_sortedness=False
    )  # fmt: skip
    return placed.filter(pl.col("last") <= pl.col("_end"))


def _in_intervals(numbered: pl.DataFrame, events: pl.DataFrame, by: tuple[str, ...]) -> pl.DataFrame:
    rows = numbered.select("_row", *by, _start="period_start", _end="period_end")
    placed = rows.join(events, how="cross", suffix="_event")
    same = [pl.col(name).eq_missing(pl.col(f"{name}_event")) for name in by]
    within = (pl.col("first") >= pl.col("_start")) & (pl.col("last") <= pl.col("_end"))
    return placed.filter(within, *same)


def _refuse_outside(events: pl.DataFrame, inside: pl.DataFrame) -> None:
    lost = events.join(inside, on="_event", how="anti")
    if lost.height:
        row = lost.sort("_event").row(0, named=True)
        raise OptionError(
            f"expected every event of event_sizes= within a row of the series, got one of {row['first']} (row {row['_event']}, "
            f"counted from 0) outside all of them{f', and {lost.height - 1} more' if lost.height > 1 else ''}; filter the "
            "events first"
        )


def _check_sums(found: pl.DataFrame) -> None:
    # The count that the interval is of: of a floor, the least.
    used = counted_of_row().cast(pl.Float64)
    known = used.is_not_null() & ~pl.col("allocated") & (pl.col("_unknown") == 0)
    wrong = found.with_columns(_used=used).filter(known, (pl.col("_sum") - used).abs() > 1e-9 * used)
    if wrong.height:
        row = wrong.row(0, named=True)
        raise OptionError(
            f"expected event sizes that sum to the count of each row, got {row['_sum']:g} for a count of {row['_used']:g} from "
            f"{row['period_start']} to {row['period_end']}"
        )
