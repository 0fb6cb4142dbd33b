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

# Columns of a report that are read in the same way: as many of a kind are read in one go.
_LIKE: Final = {
    "text": ("source", "wording", "url", "derived_from", "report_id"),
    "path": ("place", "group", "destination", "perpetrator"),
    "count": ("value", "best"),
    "date": ("start", "end", "published"),
}
# "[..2019-05-01]": when it began is not known; it was so when first seen on that day.
OPEN_START: Final = r"^\[\s*\.\.\s*([0-9]{4}-[0-9]{2}-[0-9]{2})\s*\]$"
STILL: Final = ("still", "still out", "ongoing")


def read_cells(columns: list[tuple[pl.Series, str]], *, defused: bool) -> pl.DataFrame:
    """Columns, read.

    Parameters
    ----------
    columns : list of (pl.Series, str)
        Cells as they came, all of one length, and a kind of `Format`.
    defused : bool
        Whether text may carry a spreadsheet's leading apostrophe.

    Returns
    -------
    pl.DataFrame
        For each, the columns that its name stands for in the module's description.

    Examples
    --------
    >>> read_cells([(pl.Series("beds", ["40", "many"]), "count")], defused=False).to_dict(as_series=False)
    {'beds': [40, None], 'beds?': [False, True]}
    """
    parts: list[pl.DataFrame] = []
    left = columns
    while left:
        free = {kind: list(names) for kind, names in _LIKE.items()}
        taken: list[tuple[pl.Series, str, str]] = []
        over: list[tuple[pl.Series, str]] = []
        for cells, kind in left:
            names = free["date" if kind == "day" else kind]
            if names:
                taken.append((cells, kind, names.pop(0)))
            else:
                over.append((cells, kind))
        parts.append(_read(taken, defused=defused))
        left = over
    return pl.concat(parts, how="horizontal")


def _read(columns: list[tuple[pl.Series, str, str]], *, defused: bool) -> pl.DataFrame:
    frame = pl.DataFrame([cells.alias(like) for cells, _, like in columns])
    read = parse(frame.lazy(), frame.schema, Layout(frozenset(frame.columns), ()), defused=defused)
    wanted: list[pl.Expr] = []
    for cells, kind, like in columns:
        name, unread = cells.name, pl.col(f"{like}?")
        first, last = pl.col(f"{like}_earliest"), pl.col(f"{like}_latest")
        if kind == "date":
            wanted += [first.alias(f"{name}_earliest"), last.alias(f"{name}_latest"), unread.alias(f"{name}?")]
        elif kind == "day":
            vague = (first != last).fill_null(value=False)
            wanted += [pl.when(~vague).then(first).alias(name), (unread | vague).alias(f"{name}?")]
        else:
            wanted += [pl.col(like).alias(name), unread.alias(f"{name}?")]
    return read.select(wanted).collect()


def typed_cells(raw: RawTable, table: Format) -> pl.DataFrame:
    """Every column of a table, read, with `row`; columns that are not there are null.

    Two notations of spells are read too: a start "[..day]" leaves `start_earliest` null, and an end of "still out"
    sets `still` and no end.
    """
    columns: list[tuple[pl.Series, str]] = []
    marks = [raw.rows.alias("row")]
    for name, kind in table.columns.items():
        cells = raw.frame[name] if name in raw.frame.columns else pl.Series(name, [None] * raw.frame.height, pl.String)
        if table.name == "outages" and name in ("start", "end"):
            cells, mark = _spell_dates(cells, defused=raw.defused)
            marks.append(mark)
        columns.append((cells, kind))
    typed = pl.concat([pl.DataFrame(marks), read_cells(columns, defused=raw.defused)], how="horizontal")
    if "open_start" not in typed.columns:
        return typed
    known = pl.when(~pl.col("open_start")).then(pl.col("start_earliest"))
    return typed.with_columns(start_earliest=known).drop("open_start")


def _spell_dates(cells: pl.Series, *, defused: bool) -> tuple[pl.Series, pl.Series]:
    """Cells in the grammar of dates, and which were in a notation of their own."""
    name = cells.name
    mark = "open_start" if name == "start" else "still"
    if not isinstance(cells.dtype, (pl.String, pl.Categorical, pl.Enum)):
        return cells, pl.Series(mark, [False] * len(cells), pl.Boolean)
    text = read_cells([(cells, "text")], defused=defused)[name]
    if name == "start":
        day = text.str.extract(OPEN_START, 1)
        return pl.select(pl.coalesce(day, text).alias(name)).to_series(), day.is_not_null().alias(mark)
    still = text.str.to_lowercase().is_in(list(STILL)).fill_null(value=False)
    return pl.select(pl.when(~still).then(text).alias(name)).to_series(), still.alias(mark)
