"""The columns of a counter from a CSV file or a frame of any library: cells as they are, nothing read into them yet."""

from __future__ import annotations

import csv
import difflib
import os
from pathlib import Path
from typing import Any

import polars as pl

from casualtystats.errors import MissingExtraError, OptionError, ReportFileError
from casualtystats.reports.files import refuse_encoding
from casualtystats.reports.rawtables import ArrowFrame
from casualtystats.vocabulary import QUALIFIERS

__all__ = ["ReadableFrame", "table_columns"]

ReadableFrame = str | os.PathLike[str] | pl.DataFrame | pl.LazyFrame | ArrowFrame


def table_columns(source: ReadableFrame, wanted: dict[str, str]) -> tuple[dict[str, list[Any]], str]:
    """The cells of the wanted columns, with None for what is empty, and what to call the source in a message.

    Raises
    ------
    ReportFileError
        If the source can not be read or lacks a column.
    OptionError
        If the qualifier is neither a known one nor a column.
    MissingExtraError
        If a frame can be handed over by pyarrow only, and that is not installed.
    """
    if isinstance(source, str | os.PathLike):
        return _from_file(Path(source), wanted)
    library = type(source).__module__.partition(".")[0]
    where = f"the {library} frame"
    frame: Any = source
    try:
        if isinstance(frame, pl.LazyFrame):
            frame = frame.collect()
        elif library != "pandas" and not isinstance(frame, pl.DataFrame):
            if not isinstance(frame, ArrowFrame):
                raise ReportFileError(
                    f"expected a path, Reports, or a frame (polars, pandas, pyarrow, duckdb), got {type(source).__name__}"
                )
            frame = pl.DataFrame(frame)
        _known([str(name) for name in frame.columns], wanted, where)
        if library == "pandas":
            return _pandas_cells(source, wanted), where
        return {name: frame[column].to_list() for name, column in wanted.items()}, where
    except ImportError as error:
        raise MissingExtraError(
            f"expected pyarrow, through which {where} is handed over: pip install pyarrow"
        ) from error
    except (pl.exceptions.PolarsError, TypeError, OverflowError) as error:
        raise ReportFileError(f"{where}: expected columns of text, numbers and dates, got: {error}") from error


def _pandas_cells(frame: Any, wanted: dict[str, str]) -> dict[str, list[Any]]:
    """Whatever pandas takes for missing becomes None."""
    read: dict[str, list[Any]] = {}
    for name, column in wanted.items():
        cells, gone = frame[column].tolist(), frame[column].isna().tolist()
        read[name] = [None if lost else cell for cell, lost in zip(cells, gone, strict=True)]
    return read


def _from_file(path: Path, wanted: dict[str, str]) -> tuple[dict[str, list[Any]], str]:
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise ReportFileError(f"{path}: expected a file that ends in .csv or .tsv, got {path.suffix or 'no ending'}")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, delimiter="\t" if path.suffix.lower() == ".tsv" else ",", strict=True)
            table = [(reader.line_num, fields) for fields in reader if fields]
    except UnicodeDecodeError:
        refuse_encoding(path, path.read_bytes())
    except csv.Error as error:
        raise ReportFileError(f"{path}: expected fields that are quoted as in CSV, got: {error}") from error
    except OSError as error:
        raise ReportFileError(f"{path}: expected a file that can be read, got: {error}") from error
    if not table:
        raise ReportFileError(f"{path}: expected a header line with column names, got an empty file")
    header = table[0][1]
    _known(header, wanted, str(path))
    # A line of white space is no row; a line of empty cells is one.
    table = [table[0], *((line, fields) for line, fields in table[1:] if len(fields) > 1 or fields[0].strip())]
    for line, fields in table[1:]:
        if len(fields) != len(header):
            raise ReportFileError(
                f"{path}, line {line}: expected {len(header)} fields as in the header, got {len(fields)}"
            )
    return {name: [fields[header.index(column)] for _, fields in table[1:]] for name, column in wanted.items()}, str(
        path
    )


def _known(names: list[str], wanted: dict[str, str], where: str) -> None:
    for name, column in wanted.items():
        if names.count(column) == 1:
            continue
        if column in names:
            raise ReportFileError(f"{where}: expected one column {column!r}, got {names.count(column)}; rename one")
        near = difflib.get_close_matches(column, names, n=3)
        hint = f"; near it: {', '.join(near)}" if near else ""
        got = f"got {', '.join(names) or 'no columns'}{hint}"
        if name == "qualifier":
            raise OptionError(
                f"{where}: expected qualifier= one of {', '.join(QUALIFIERS)} or a column, got {column!r}{hint}"
            )
        raise ReportFileError(f"{where}: expected the column {column!r} ({name}), {got}")
