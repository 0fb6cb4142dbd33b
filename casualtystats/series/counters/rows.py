"""The rows of a counter, from a file, a frame or reports: every cell is a number, is missing, or is an error with its place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from casualtystats.errors import CasualtyStatsError, ParseError, ReportFileError, VintageError
from casualtystats.estimates import Estimate
from casualtystats.ledger.counters.rules import CounterRow
from casualtystats.series.counters.table import ReadableFrame, table_columns
from casualtystats.vocabulary import QUALIFIERS, Qualifier

__all__ = ["checked_order", "table_rows"]

_LARGEST: Final = 10**15
_DIGITS: Final = 16
_WHOLE: Final = re.compile(r"([0-9]+)(?:\.0+)?", re.ASCII)
_DAY: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?", re.ASCII)
_HINT: Final = "; leave a cell empty where the value is missing"


def table_rows(source: ReadableFrame, columns: dict[str, str | None], qualifier: str) -> list[CounterRow]:
    """The rows of a table, sorted by date.

    Parameters
    ----------
    source : path or frame
        A CSV file with a header, or a frame of polars, pandas, pyarrow or duckdb.
    columns : mapping of str to str or None
        The names of the columns date, value, incident, period_hours and phase; None = there is none.
    qualifier : str
        The words around every number, or the column that holds them.

    Raises
    ------
    ReportFileError
        If the source can not be read, has no rows or lacks a column.
    ParseError
        If a cell is no date, count, length or qualifier; the message names row and column.
    VintageError
        If a date stands twice.
    """
    constant: Qualifier | None = next((word for word in QUALIFIERS if word == qualifier), None)
    words = qualifier if constant is None else None
    wanted = {name: column for name, column in {**columns, "qualifier": words}.items() if column is not None}
    cells, where = table_columns(source, wanted)
    height = len(cells["date"])
    if height == 0:
        raise ReportFileError(f"{where}: expected at least one row of a counter, got none")
    readers: dict[str, Callable[[Any], Any]] = {
        "date": _day, "value": _whole, "incident": _whole, "period_hours": _hours, "phase": _text, "qualifier": _qualifier,
    }  # fmt: skip
    read: dict[str, list[Any]] = {}
    for name, column in wanted.items():
        read[name] = [_cell(readers[name], cell, row, column) for row, cell in enumerate(cells[name], 1)]
    rows: list[CounterRow] = []
    for at in range(height):
        get = {name: column[at] for name, column in read.items()}
        said: Qualifier = constant or get["qualifier"]
        rows.append(_row(at + 1, get, said, columns["value"] or ""))
    return checked_order(rows)


def checked_order(rows: list[CounterRow]) -> list[CounterRow]:
    """Rows by date, each date once.

    Raises
    ------
    VintageError
        If a date stands twice: which of the two values is meant is not guessed.
    """
    ordered = sorted(rows, key=lambda row: (row.day, row.row))
    for a, b in pairwise(ordered):
        if a.day == b.day:
            raise VintageError(
                f"expected one row for each date, got rows {a.row} and {b.row} for {a.day}: keep one (that which was last known "
                "on a day you name), or read each source as a counter of its own"
            )
    return ordered


def _row(row: int, get: dict[str, Any], qualifier: Qualifier, column: str) -> CounterRow:
    value: int | None = get["value"]
    low = high = None
    if value is not None:
        try:
            known = Estimate.of(qualifier, value)
        except CasualtyStatsError as error:
            raise ParseError(f"row {row}, column {column!r}: {error}") from error
        low, high = int(known.low), None if known.high is None else int(known.high)
    return CounterRow(
        row, get["date"], value, low, high, qualifier, get.get("incident"), get.get("period_hours"), get.get("phase")
    )


def _cell(reader: Callable[[Any], Any], cell: Any, row: int, column: str) -> Any:
    try:
        return reader(cell.strip() or None if isinstance(cell, str) else cell)
    except ParseError as error:
        raise ParseError(f"row {row}, column {column!r}: {error}") from None


def _day(cell: Any) -> date:
    if isinstance(cell, datetime):
        if (cell.hour, cell.minute, cell.second, cell.microsecond) != (0, 0, 0, 0):
            raise ParseError(
                f"expected a day, got the time {cell.isoformat()}; cast the column to dates in its own time zone"
            )
        return cell.date()
    if isinstance(cell, date):
        return cell
    match = _DAY.fullmatch(cell) if isinstance(cell, str) else None
    if match is not None:
        try:
            return date.fromisoformat(match[1])
        except ValueError:
            raise ParseError(f"expected a date that exists, got {cell!r}") from None
    got = "an empty cell" if cell is None else repr(cell)
    raise ParseError(f"expected a day such as 2019-05-09, got {got}")


def _whole(cell: Any) -> int | None:
    if cell is None:
        return None
    number: int | None = None
    if isinstance(cell, str):
        match = _WHOLE.fullmatch(cell)
        digits = "" if match is None else match[1].lstrip("0") or "0"
        number = int(digits) if 0 < len(digits) <= _DIGITS else None
    elif isinstance(cell, int) and not isinstance(cell, bool):
        number = cell
    elif (
        isinstance(cell, float | Decimal)
        and not math.isnan(cell)
        and -_LARGEST <= cell <= _LARGEST
        and cell == int(cell)
    ):
        number = int(cell)
    if number is None or not 0 <= number <= _LARGEST:
        raise ParseError(f"expected a whole number from 0 to {_LARGEST:,}, got {cell!r}{_HINT}")
    return number


def _hours(cell: Any) -> int | None:
    hours = _whole(cell)
    if hours is not None and hours % 24:
        raise ParseError(f"expected hours of whole days (24, 48, 72, ...; 0 = no report), got {cell!r}")
    return hours


def _text(cell: Any) -> str:
    if cell is None:
        raise ParseError("expected the phase of the row, got an empty cell: which phase it belongs to is not guessed")
    return str(cell)


def _qualifier(cell: Any) -> Qualifier:
    found: Qualifier | None = next((word for word in QUALIFIERS if word == cell), None)
    if cell is None:
        return "exactly"
    if found is None:
        raise ParseError(f"expected a qualifier of {', '.join(QUALIFIERS)}, got {cell!r}")
    return found
