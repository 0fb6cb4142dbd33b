"""Raw columns, as text or typed, become the typed columns of the format; what can not be read is marked.

For each column `c` of the format the result has `c` (null where blank or unreadable) and `c?` (True where
something stood there that can not be read). Dates have `c_earliest`, `c_latest` and `c?`.
"""

from __future__ import annotations

from datetime import time
from typing import Final

import polars as pl

from casualtystats.reports.bounds import LARGEST, LARGEST_BOUND
from casualtystats.reports.columns import COUNTS, DATES, PATHS, TEXTS, WORDS, Layout
from casualtystats.reports.textdates import SPACE, parse_dates

__all__ = ["DEFUSED", "parse"]

DEFUSED: Final = r"^'+[=+\-@\t\r]"
_COUNT: Final = r"^([0-9]+)(?:\.0+)?$"
_NUMBER: Final = r"^[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"
_TEXTUAL: Final = (pl.String, pl.Categorical, pl.Enum, pl.Null)


def parse(raw: pl.LazyFrame, schema: pl.Schema, layout: Layout, *, defused: bool) -> pl.LazyFrame:
    """Typed columns of a raw table, row by row, with a mark for each cell that can not be read.

    Parameters
    ----------
    raw : pl.LazyFrame
        Columns as they were read; only those that `layout` knows are looked at.
    schema : pl.Schema
        Their types.
    layout : Layout
        Which columns there are.
    defused : bool
        Whether text may carry the apostrophe that keeps a spreadsheet from running it as a formula.

    Returns
    -------
    pl.LazyFrame
        As many rows, in the same order.
    """
    cleaned = raw.select(
        _clean(pl.col(name), schema[name], defused).alias(f"~{name}") for name in schema.names() if name in layout.known
    )
    typed: list[pl.Expr] = []
    for name in (*WORDS, *COUNTS, "hours", *TEXTS):
        cell, dtype = pl.col(f"~{name}"), schema.get(name, pl.Null())
        if name not in layout.known:
            cell = pl.lit(None)
        typed.append(_typed(name, cell, dtype).alias(name))
    for name in DATES:
        typed += _dates(name, schema, layout)
    marks: list[pl.Expr] = []
    for name in (*WORDS, *COUNTS, "hours", *TEXTS):
        unread = (
            pl.col(f"~{name}").is_not_null() & pl.col(name).is_null() if name in layout.known else pl.lit(value=False)
        )
        marks.append(unread.alias(f"{name}?"))
    for name in DATES:
        for mark, source, result in _date_cells(name, layout):
            unread = (
                pl.lit(value=False) if source is None else pl.col(f"~{source}").is_not_null() & pl.col(result).is_null()
            )
            marks.append(unread.alias(f"{mark}?"))
    return cleaned.with_columns(typed).with_columns(marks).drop(pl.selectors.starts_with("~"))


def _date_cells(name: str, layout: Layout) -> list[tuple[str, str | None, str]]:
    early, late = f"{name}_earliest", f"{name}_latest"
    if layout.has_edges(name):
        return [(early, early, early), (late, late, late), (name, None, early)]
    return [(name, name if name in layout.known else None, early), (early, None, early), (late, None, late)]


def _clean(cell: pl.Expr, dtype: pl.DataType, defused: bool) -> pl.Expr:
    """Text without space around it, null where nothing is left; other types as they are."""
    if not isinstance(dtype, _TEXTUAL):
        return cell
    text = cell.cast(pl.String)
    if defused:
        text = pl.when(text.str.contains(DEFUSED)).then(text.str.slice(1)).otherwise(text)
    text = text.str.strip_chars(SPACE)
    return pl.when(text != "").then(text)


def _typed(name: str, cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if name in WORDS:
        enum = pl.Enum(WORDS[name])
        return cell.cast(enum, strict=False) if isinstance(dtype, _TEXTUAL) else pl.lit(None, enum)
    if name in COUNTS:
        return _count(cell, dtype, LARGEST_BOUND if name in ("low", "high") else LARGEST)
    if name == "hours":
        return _hours(cell, dtype)
    return _text(name, cell, dtype)


def _count(cell: pl.Expr, dtype: pl.DataType, largest: int) -> pl.Expr:
    if isinstance(dtype, _TEXTUAL):
        number = cell.cast(pl.String).str.extract(_COUNT, 1).cast(pl.Int64, strict=False)
    elif dtype.is_integer():
        number = cell.cast(pl.Int64, strict=False)
    elif dtype.is_float() or dtype.is_decimal():
        # Compared in the type that came: 2**53 and more is far above the largest count, so nothing is lost.
        number = pl.when(cell == cell.floor()).then(cell).cast(pl.Int64, strict=False)
    else:
        number = pl.lit(None, pl.Int64)
    return pl.when(number.is_between(0, largest)).then(number)


def _hours(cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if isinstance(dtype, _TEXTUAL):
        text = cell.cast(pl.String)
        number = pl.when(text.str.contains(_NUMBER)).then(text).cast(pl.Float64, strict=False)
    elif dtype.is_numeric():
        number = cell.cast(pl.Float64, strict=False)
    else:
        number = pl.lit(None, pl.Float64)
    return pl.when((number > 0) & number.is_finite()).then(number)


def _text(name: str, cell: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    if not (isinstance(dtype, _TEXTUAL) or dtype.is_integer()):
        return pl.lit(None, pl.String)
    text = cell.cast(pl.String)
    if name in PATHS:
        space = f"[{SPACE}]*"
        text = text.str.replace_all(f"{space}/{space}", "/")
    return pl.when(~text.str.contains("\0", literal=True)).then(text)


def _dates(name: str, schema: pl.Schema, layout: Layout) -> list[pl.Expr]:
    early, late = f"{name}_earliest", f"{name}_latest"
    if layout.has_edges(name):
        pairs = [_days(pl.col(f"~{edge}"), schema[edge]) for edge in (early, late)]
        # A month in a column of earliest days is a day that somebody would have to guess.
        return [pl.when(a == b).then(a).alias(edge) for (a, b), edge in zip(pairs, (early, late), strict=True)]
    if name in layout.known:
        first, last = _days(pl.col(f"~{name}"), schema[name])
        return [first.alias(early), last.alias(late)]
    return [pl.lit(None, pl.Date).alias(early), pl.lit(None, pl.Date).alias(late)]


def _days(cell: pl.Expr, dtype: pl.DataType) -> tuple[pl.Expr, pl.Expr]:
    if isinstance(dtype, _TEXTUAL):
        return parse_dates(cell.cast(pl.String))
    if isinstance(dtype, pl.Datetime):
        cell = pl.when(cell.dt.time() == time()).then(cell.dt.date())
    elif not isinstance(dtype, pl.Date):
        cell = pl.lit(None, pl.Date)
    # Python has no dates outside these years.
    day = pl.when(cell.dt.year().is_between(1, 9999)).then(cell)
    return day, day
