"""Delimited files as raw text tables: what can not be a row is kept as broken, nothing shifts or vanishes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Never

import polars as pl

from casualtystats.errors import ReportFileError
from casualtystats.reports.table import BrokenCell, RawTable, record_json

__all__ = ["read_csv", "refuse_encoding"]

# Rows of Python text are turned into columns in parts, which keeps memory near the size of the file.
_PART: Final = 50_000


def read_csv(path: Path, delimiter: str, check: Callable[[list[str], str], object]) -> RawTable:
    """Read a delimited file, UTF-8 with or without a byte order mark, all cells as text; `check` looks at its header.

    Raises
    ------
    ReportFileError
        If the file is empty, is not UTF-8, holds NUL bytes or quotes that do not close, or has no header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return _csv_table(path, _without_nul(lines, path), delimiter, check)
    except UnicodeDecodeError:
        refuse_encoding(path, path.read_bytes())


def _csv_table(path: Path, lines: Iterator[str], delimiter: str, check: Callable[[list[str], str], object]) -> RawTable:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    header: list[str] = []
    broken: list[BrokenCell] = []
    parts: list[pl.DataFrame] = []
    held: list[list[str]] = []
    numbers: list[int] = []
    row, where = 0, str(path)
    try:
        for fields in reader:
            if not fields or (len(fields) == 1 and len(header) != 1 and not fields[0].strip()):
                continue
            if not header:
                header, where = fields, f"{path}, line {reader.line_num}"
                check(header, where)
                continue
            row += 1
            if len(fields) != len(header):
                broken.append(_ragged(row, reader.line_num, fields, len(header)))
                continue
            held.append(fields)
            numbers.append(row)
            if len(held) == _PART:
                parts.append(_text_frame(header, held))
                held = []
    except csv.Error as error:
        raise ReportFileError(
            f"{path}, line {reader.line_num}: expected fields that are quoted as in CSV (a quote inside "
            "doubled, each "
            f"quote closed), got: {error}"
        ) from error
    if not header:
        raise ReportFileError(f"{path}: expected a header line with column names, got an empty file")
    parts.append(_text_frame(header, held))
    return RawTable(where, pl.concat(parts), pl.Series(numbers, dtype=pl.Int64), broken, defused=True)


def _text_frame(header: list[str], rows: list[list[str]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")


def _ragged(row: int, line: int, fields: list[str], expected: int) -> BrokenCell:
    what = "few" if len(fields) < expected else "many"
    hint = (
        f"expected {expected} fields as in the header, got {len(fields)} (the row ends on line {line} of "
        "the file); too "
        f"{what} fields shift the rest. A comma or a line break inside a cell needs quotes around the cell"
    )
    return BrokenCell(row, "", None, "field_count", hint, record_json(fields))


def _without_nul(lines: Iterator[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise ReportFileError(
                f"{path}, line {number}: expected text, got a NUL byte; is it a spreadsheet or UTF-16?"
            )
        yield line


def refuse_encoding(path: Path, content: bytes) -> Never:
    """Say in which line a file stops being UTF-8.

    Raises
    ------
    ReportFileError
        Always.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ReportFileError(f"{path}, line 1: expected UTF-8, got UTF-16; save it as 'CSV UTF-8'")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        got = content[error.start]
        raise ReportFileError(
            f"{path}, line {line}: expected UTF-8, got the byte 0x{got:02x}; save the file as UTF-8 (in a "
            "spreadsheet: "
            "'CSV UTF-8')"
        ) from error
    raise ReportFileError(f"{path}: expected a file that stays the same while it is read")  # pragma: no cover
