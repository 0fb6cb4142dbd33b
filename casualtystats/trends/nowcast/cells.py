"""Cells of a triangle from what callers have, and back: numbers with gaps, periods, columns of counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import DoubleCountError, OptionError, TooFewReportsError
from casualtystats.periods import Period
from casualtystats.printing import many

__all__ = ["Matrix", "carry_forward", "periods_of", "read_cells", "whole_or_float"]

Floats = NDArray[np.float64]
Matrix = Sequence[Sequence[float | None]] | NDArray[Any] | pl.DataFrame


def whole_or_float(name: str, values: Floats, *, whole: bool) -> pl.Series:
    """A column of counts with nulls for NaN: Int64 where counts are whole, else Float64."""
    cells = [None if not np.isfinite(value) else value for value in values.tolist()]
    if whole:
        return pl.Series(name, [None if cell is None else round(cell) for cell in cells], pl.Int64)
    return pl.Series(name, cells, pl.Float64)


def carry_forward(counts: Floats) -> tuple[Floats, int]:
    """Gaps between known ages of a row filled with the count before them, and how many there were.

    Examples
    --------
    >>> carry_forward(np.array([[np.nan, 5, np.nan, 7, np.nan]]))
    (array([[nan,  5.,  5.,  7., nan]]), 1)
    """
    known = np.isfinite(counts)
    columns = np.arange(int(counts.shape[1]))
    before = np.maximum.accumulate(np.where(known, columns, -1), axis=1)
    last = np.where(known, columns, -1).max(axis=1, keepdims=True)
    inside: NDArray[np.bool_] = (before >= 0) & (columns <= last)
    taken = np.take_along_axis(counts, np.maximum(before, 0), axis=1)
    return np.where(inside, taken, np.nan), int((inside & ~known).sum())


def read_cells(matrix: Matrix) -> Floats:
    """The cells as floats, NaN for what is missing."""
    rows = [list(row) for row in (matrix.rows() if isinstance(matrix, pl.DataFrame) else matrix)]
    lengths = {len(row) for row in rows}
    if len(lengths) > 1:
        raise OptionError(
            f"expected rows of one length, with None where nothing is published yet; got lengths {sorted(lengths)}"
        )
    if not rows or lengths == {0}:
        raise TooFewReportsError("expected a triangle of at least 2 periods and 2 ages, got no cells")
    for row, cells in enumerate(rows, 1):
        for column, cell in enumerate(cells):
            number = isinstance(cell, int | float | np.number) and not isinstance(cell, bool)
            if cell is not None and (not number or np.isinf(cell)):
                raise OptionError(
                    f"expected a finite number or None in row {row}, age {column}, got {cell!r}; a count with words "
                    "around it is read by cs.parse_count"
                )
    return np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=np.float64)


def periods_of(periods: Sequence[Period | str] | None, rows: int) -> tuple[Period, ...]:
    """One period a row, in order and apart from each other."""
    if periods is None:
        return ()
    found = tuple(Period.parse(period) if isinstance(period, str) else period for period in periods)
    if len(found) != rows:
        raise OptionError(f"expected periods= one for each of {many(rows, 'row')}, got {len(found)}")
    for period in found:
        if period.fuzzy:
            raise OptionError(f"expected periods with known ends, got {period}")
    for before, after in pairwise(found):
        if after.start_earliest <= before.end_latest:
            error = DoubleCountError if after.end_latest >= before.start_earliest else OptionError
            raise error(f"expected periods in order that share no day, got {before} and then {after}")
    return found
