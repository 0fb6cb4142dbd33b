"""A table as it was read, before anything is believed: raw columns, and the rows that are no rows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from casualtystats.schemas import RejectedSchema, ReportSchema

__all__ = ["REJECTED_TYPES", "REPORT_TYPES", "BrokenCell", "RawTable", "raw_json", "record_json", "texts"]

REPORT_TYPES: Final = ReportSchema.create_empty().schema
REJECTED_TYPES: Final = RejectedSchema.create_empty().schema
_CASTABLE: Final = (pl.String, pl.Categorical, pl.Enum, pl.Null, pl.Boolean, pl.Date, pl.Datetime, pl.Time)


@dataclass(frozen=True)
class BrokenCell:
    """What keeps a row from being a row: too few fields, a nested value, a key that stands twice."""

    row: int
    column: str
    value: str | None
    rule: str
    hint: str
    raw: str


@dataclass(frozen=True)
class RawTable:
    """Columns as they were read.

    Parameters
    ----------
    where : str
        The file (and line of its header), for messages.
    frame : pl.DataFrame
        Text or typed columns: one row for each row that could be read as one.
    rows : pl.Series
        Number of each row, Int64, 1 is the first data row.
    broken : list of BrokenCell
        What is wrong with the rows that are not in `frame`.
    defused : bool
        Whether text cells may carry a spreadsheet's leading apostrophe.
    """

    where: str
    frame: pl.DataFrame
    rows: pl.Series
    broken: list[BrokenCell] = field(default_factory=list[BrokenCell])
    defused: bool = False


def texts(cells: pl.Series) -> pl.Series:
    """Show the cells of any type as text."""
    if cells.dtype.is_numeric() or isinstance(cells.dtype, _CASTABLE):
        return cells.cast(pl.String)
    # Lists, structs and objects have no cast to text; they are never right, so they are few.
    shown = [None if cell is None else str(cell) for cell in cells.to_list()]
    return pl.Series(cells.name, [None if text is None else _storable(text) for text in shown], pl.String)


def _storable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def raw_json(frame: pl.DataFrame) -> pl.Series:
    """Each row as a JSON object of texts with sorted keys.

    Examples
    --------
    >>> raw_json(pl.DataFrame({"value": ["1,234"], "place": [None]})).item()
    '{"place":null,"value":"1,234"}'
    """
    shown = pl.DataFrame([texts(frame[name]) for name in sorted(frame.columns)])
    return shown.select(pl.struct(pl.all()).struct.json_encode()).to_series()


def record_json(record: object) -> str:
    """One record as JSON with sorted keys; ASCII escapes only where text could not be stored otherwise."""
    try:
        text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if not text.isascii() and _storable(text) != text:
            text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        return '"values nested too deep to show"'
    return text
