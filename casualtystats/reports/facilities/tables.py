"""The three tables of a register as raw text, from a file or a frame of any library; which columns each has.

The columns of `read_reports` are others, and its readers check them while they read: so the header is checked here.
What a row is, what is broken and how it is kept are those of `casualtystats.reports.table`.
"""

from __future__ import annotations

import csv
import difflib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from casualtystats.errors import MissingExtraError, ReportFileError
from casualtystats.reports.files import refuse_encoding
from casualtystats.reports.jsonfiles import read_json
from casualtystats.reports.read import ArrowFrame
from casualtystats.reports.table import BrokenCell, RawTable, record_json

__all__ = ["Format", "TableSource", "raw_table"]

TableSource = str | os.PathLike[str] | pl.DataFrame | pl.LazyFrame | ArrowFrame
# At this ratio "facility" is near "facility_id"; lower, words of everyday use come near each other.
_NEAR: Final = 0.8


@dataclass(frozen=True)
class Format:
    """The columns of one table.

    Parameters
    ----------
    name : str
        What the table holds, for messages.
    columns : dict of str to str
        Column -> kind: "text", "path", "count", "date" (a day, or a range of days), "day" (one day).
    needed : tuple of str
        Columns without which there is no such table.
    """

    name: str
    columns: dict[str, str]
    needed: tuple[str, ...]

    def check(self, names: list[str], where: str) -> tuple[str, ...]:
        """The names that are no part of the format.

        Raises
        ------
        ReportFileError
            If a name is empty, stands twice or is nearly one of the format, or if a needed column is missing.
        """
        for mark, word in ((";", "semicolons"), ("\t", "tabs"), (",", "commas")):
            if len(names) == 1 and mark in names[0]:
                raise ReportFileError(
                    f"{where}: expected columns separated by commas in a .csv file and by tabs in a .tsv file, got a "
                    f"header that looks separated by {word}; save it again, or with the other ending"
                )
        for at, name in enumerate(names):
            if not name.strip():
                raise ReportFileError(f"{where}: expected a name for each column, got none for column {at + 1}")
            if name in names[:at]:
                raise ReportFileError(f"{where}: expected each column once, got {name!r} twice")
        ignored = tuple(name for name in names if name not in self.columns)
        for name in ignored:
            near = self._near(name, names)
            if near is not None:
                raise ReportFileError(
                    f"{where}: expected the column {near!r}, got {name!r}; rename it if that is meant, else give it a "
                    f"name that can not be mistaken for {near!r}, or leave it out"
                )
        missing = [name for name in self.needed if name not in names]
        if missing:
            raise ReportFileError(
                f"{where}: expected {self.name} with the columns {', '.join(self.columns)} (needed: "
                f"{', '.join(self.needed)}); missing: {', '.join(missing)}; got: {', '.join(names[:40])}"
            )
        return ignored

    def _near(self, name: str, names: list[str]) -> str | None:
        plain = re.sub(r"[\s\-_.]+", "_", name.replace("\ufeff", "").strip().casefold()).strip("_")
        if plain in self.columns:
            return plain
        free = [word for word in self.columns if word not in names]
        close = difflib.get_close_matches(plain, free, n=1, cutoff=_NEAR)
        return close[0] if close else None


def raw_table(source: TableSource, table: Format) -> RawTable:
    """Read a table as it stands.

    Parameters
    ----------
    source : path or frame
        `.csv`, `.tsv`, `.json`, `.jsonl`, `.ndjson` or `.parquet`; or a frame of polars, pandas, pyarrow or duckdb.
    table : Format
        The columns that it should have.

    Raises
    ------
    ReportFileError
        If it can not be read at all, or its columns do not fit.
    MissingExtraError
        If a frame can be handed over by pyarrow only, and that is not installed.
    """
    read = _from_path(Path(source), table) if isinstance(source, str | os.PathLike) else _from_frame(source, table)
    table.check(read.frame.columns, read.where)
    return read


def _from_path(path: Path, table: Format) -> RawTable:
    suffix = path.suffix.lower()
    try:
        if not path.is_file():
            got = "a directory" if path.is_dir() else "no such file"
            raise ReportFileError(f"{path}: expected a file of {table.name}, got {got}")
        if suffix in (".csv", ".tsv"):
            return _from_csv(path, "\t" if suffix == ".tsv" else ",", table)
        if suffix in (".json", ".jsonl", ".ndjson"):
            return read_json(path, lines=suffix != ".json")
        if suffix == ".parquet":
            return _numbered(str(path), pl.read_parquet(path, glob=False, hive_partitioning=False))
    except pl.exceptions.PolarsError as error:
        raise ReportFileError(f"{path}: expected a Parquet file, got: {error}") from error
    except UnicodeDecodeError:
        refuse_encoding(path, path.read_bytes())
    except OSError as error:
        raise ReportFileError(f"{path}: expected a file that can be read, got: {error}") from error
    raise ReportFileError(
        f"{path}: expected a file that ends in .csv, .tsv, .json, .jsonl, .ndjson or .parquet, got "
        f"{suffix or 'no ending'}"
    )


def _from_csv(path: Path, delimiter: str, table: Format) -> RawTable:
    header: list[str] = []
    held: list[list[str]] = []
    numbers: list[int] = []
    broken: list[BrokenCell] = []
    where = str(path)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(_without_nul(lines, path), delimiter=delimiter, strict=True)
        try:
            for fields in reader:
                if not fields or (len(fields) == 1 and len(header) != 1 and not fields[0].strip()):
                    continue
                if not header:
                    header, where = fields, f"{path}, line {reader.line_num}"
                    table.check(header, where)
                    continue
                row = len(held) + len(broken) + 1
                if len(fields) == len(header):
                    held.append(fields)
                    numbers.append(row)
                    continue
                hint = (
                    f"expected {len(header)} fields as in the header, got {len(fields)} (the row ends on line "
                    f"{reader.line_num} of the file). A comma or a line break inside a cell needs quotes around the cell"
                )
                broken.append(BrokenCell(row, "", None, "field_count", hint, record_json(fields)))
        except csv.Error as error:
            raise ReportFileError(
                f"{path}, line {reader.line_num}: expected fields that are quoted as in CSV, got: {error}"
            ) from error
    if not header:
        raise ReportFileError(f"{path}: expected a header line with column names, got an empty file")
    frame = pl.DataFrame(held, schema=dict.fromkeys(header, pl.String), orient="row")
    return RawTable(where, frame, pl.Series(numbers, dtype=pl.Int64), broken, defused=True)


def _without_nul(lines: Iterator[str], path: Path) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        if "\0" in line:
            raise ReportFileError(f"{path}, line {number}: expected text, got a NUL byte; is it a spreadsheet?")
        yield line


def _numbered(where: str, frame: pl.DataFrame) -> RawTable:
    return RawTable(where, frame, pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True))


def _from_frame(source: Any, table: Format) -> RawTable:
    library = type(source).__module__.partition(".")[0]
    where = f"the {library} frame of {table.name}"
    try:
        if isinstance(source, pl.LazyFrame):
            return _numbered(where, source.collect())
        if isinstance(source, pl.DataFrame):
            return _numbered(where, source)
        if library == "pandas":
            return _numbered(where, _from_pandas(source))
        if isinstance(source, ArrowFrame):
            return _numbered(where, pl.DataFrame(source))
    except ImportError as error:
        raise MissingExtraError(
            f"expected pyarrow, through which {where} is handed over: pip install pyarrow"
        ) from error
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise ReportFileError(f"{where}: expected columns of text, numbers and dates, got: {error}") from error
    raise ReportFileError(
        f"expected {table.name} as a path or a frame (polars, pandas, pyarrow, duckdb), got {type(source).__name__}"
    )


def _from_pandas(source: Any) -> pl.DataFrame:
    """Whatever pandas takes for missing becomes null; a column of mixed kinds becomes text."""
    columns: list[pl.Series] = []
    for at, name in enumerate(source.columns):
        cells = source.iloc[:, at]
        values = [None if gone else cell for cell, gone in zip(cells.tolist(), cells.isna().tolist(), strict=True)]
        try:
            columns.append(pl.Series(str(name), values, strict=True))
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            columns.append(pl.Series(str(name), [None if cell is None else str(cell) for cell in values], pl.String))
    return pl.DataFrame(columns)
