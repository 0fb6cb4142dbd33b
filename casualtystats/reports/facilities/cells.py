"""Cells of the tables of a register become typed columns, by the parser that reads reports.

For a column `c` the result has `c`, and `c?`: True where something stood there that can not be read. Dates have
`c_earliest`, `c_latest` and `c?`.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.reports.columns import Layout
from casualtystats.reports.facilities.tables import Format
from casualtystats.reports.parse import parse
from casualtystats.reports.table import RawTable

__all__ = ["OPEN_START", "STILL", "read_cells", "typed_cells"]

# The column of a report that is read in the same way.
_LIKE: Final = {"text": "source", "path": "place", "count": "value", "date": "start", "day": "start"}
# "[..2019-05-01]": when it began is not known; it was so when first seen on that day.
OPEN_START: Final = r"^\[\s*\.\.\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\s*\]$"
STILL: Final = ("still", "still out", "ongoing")


def read_cells(cells: pl.Series, kind: str, *, defused: bool) -> pl.DataFrame:
    """One column, read.

    Parameters
    ----------
    cells : pl.Series
        As they came.
    kind : str
        A kind of `Format`.
    defused : bool
        Whether text may carry a spreadsheet's leading apostrophe.

    Returns
    -------
    pl.DataFrame
        The columns that the name of `cells` stands for in the module's description.

    Examples
    --------
    >>> read_cells(pl.Series("beds", ["40", "many"]), "count", defused=False).to_dict(as_series=False)
    {'beds': [40, None], 'beds?': [False, True]}
    """
    name, like = cells.name, _LIKE[kind]
    frame = cells.alias(like).to_frame()
    read = parse(frame.lazy(), frame.schema, Layout(frozenset({like}), ()), defused=defused)
    if like != "start":
        return read.select(pl.col(like).alias(name), pl.col(f"{like}?").alias(f"{name}?")).collect()
    first, last, unread = pl.col("start_earliest"), pl.col("start_latest"), pl.col("start?")
    if kind == "day":
        vague = first != last
        return read.select(
            pl.when(~vague).then(first).alias(name), (unread | vague.fill_null(value=False)).alias(f"{name}?")
        ).collect()
    return read.select(
        first.alias(f"{name}_earliest"), last.alias(f"{name}_latest"), unread.alias(f"{name}?")
    ).collect()


def typed_cells(raw: RawTable, table: Format) -> pl.DataFrame:
    """Every column of a table, read, with `row`; columns that are not there are null.

    Two notations of spells are read too: a start "[..day]" leaves `start_earliest` null, and an end of "still out"
    sets `still` and no end.
    """
    parts = [raw.rows.alias("row").to_frame()]
    for name, kind in table.columns.items():
        cells = raw.frame[name] if name in raw.frame.columns else pl.Series(name, [None] * raw.frame.height, pl.String)
        if table.name == "outages" and name in ("start", "end"):
            parts.append(_spell_dates(cells, name, defused=raw.defused))
        else:
            parts.append(read_cells(cells, kind, defused=raw.defused))
    return pl.concat(parts, how="horizontal")


def _spell_dates(cells: pl.Series, name: str, *, defused: bool) -> pl.DataFrame:
    if not isinstance(cells.dtype, (pl.String, pl.Categorical, pl.Enum)):
        read = read_cells(cells, "date", defused=defused)
        return read if name == "start" else read.with_columns(pl.lit(value=False).alias("still"))
    text = read_cells(cells, "text", defused=defused)[name]
    if name == "start":
        day = text.str.extract(OPEN_START, 1)
        read = read_cells(pl.select(pl.coalesce(day, text).alias(name)).to_series(), "date", defused=False)
        return read.with_columns(start_earliest=pl.when(day.is_null()).then(pl.col("start_earliest")))
    still = text.str.to_lowercase().is_in(list(STILL)).fill_null(value=False)
    read = read_cells(pl.select(pl.when(~still).then(text).alias(name)).to_series(), "date", defused=False)
    return read.with_columns(still.alias("still"))
