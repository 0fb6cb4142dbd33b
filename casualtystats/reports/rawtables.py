"""Tables of any source as they stand: delimited files, JSON, Parquet, and frames of any library."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import polars as pl

from casualtystats.errors import MissingExtraError, ReportFileError
from casualtystats.reports.files import read_csv
from casualtystats.reports.jsonfiles import read_json
from casualtystats.reports.table import RawTable

__all__ = ["ArrowFrame", "Check", "TableSource", "raw_table"]

# A look at the names of the columns, which raises where they do not fit; and where they stand, for its message.
Check = Callable[[list[str], str], object]


@runtime_checkable
class ArrowFrame(Protocol):
    """A frame with the Arrow C interface: of pandas, pyarrow, duckdb and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a capsule with the frame's data."""
        ...


TableSource = str | os.PathLike[str] | pl.DataFrame | pl.LazyFrame | ArrowFrame


def raw_table(source: TableSource, check: Check, what: str) -> RawTable:
    """Read a table as it stands.

    Parameters
    ----------
    source : path or frame
        `.csv`, `.tsv`, `.json`, `.jsonl`, `.ndjson` or `.parquet`; or a frame of polars, pandas, pyarrow or duckdb.
    check : callable
        Looks at the header of a delimited file before its rows are read.
    what : str
        What the table holds, for messages.

    Raises
    ------
    ReportFileError
        If it can not be read at all, or its header does not fit.
    MissingExtraError
        If a frame can be handed over by pyarrow only, and that is not installed.
    """
    return _from_path(Path(source), check, what) if isinstance(source, str | os.PathLike) else _from_frame(source, what)


def _from_path(path: Path, check: Check, what: str) -> RawTable:
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            raise ReportFileError(f"{path}: expected a file of {what}, got a directory")
        if not path.exists():
            raise ReportFileError(f"{path}: expected a file of {what}, got no such file")
        match suffix:
            case ".csv" | ".tsv":
                return read_csv(path, "\t" if suffix == ".tsv" else ",", check)
            case ".json" | ".jsonl" | ".ndjson":
                return read_json(path, lines=suffix != ".json")
            case ".parquet":
                return _numbered(str(path), pl.read_parquet(path, glob=False, hive_partitioning=False))
            case _:
                raise ReportFileError(
                    f"{path}: expected a file that ends in .csv, .tsv, .json, .jsonl, .ndjson or "
                    ".parquet, got "
                    f"{suffix or 'no ending'}"
                )
    except pl.exceptions.PolarsError as error:
        raise ReportFileError(f"{path}: expected a Parquet file, got: {error}") from error
    except OSError as error:
        raise ReportFileError(f"{path}: expected a file that can be read, got: {error}") from error


def _from_frame(source: object, what: str) -> RawTable:
    library = type(source).__module__.partition(".")[0]
    where = f"the {library} frame" if what == "reports" else f"the {library} frame of {what}"
    try:
        if isinstance(source, pl.DataFrame):
            frame = source
        elif isinstance(source, pl.LazyFrame):
            frame = source.collect()
        elif library == "pandas":
            frame = _from_pandas(source)
        elif isinstance(source, ArrowFrame):
            frame = _through_arrow(source)
        else:
            raise ReportFileError(
                f"expected {_as(what)}a path or a frame (polars, pandas, pyarrow, duckdb), got {type(source).__name__}"
            )
    except ImportError as error:
        raise MissingExtraError(
            f"expected pyarrow, through which {where} is handed over: pip install pyarrow"
        ) from error
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise ReportFileError(f"{where}: expected columns of text, numbers and dates, got: {error}") from error
    return _numbered(where, frame)


def _as(what: str) -> str:
    return "" if what == "reports" else f"{what} as "


def _numbered(where: str, frame: pl.DataFrame) -> RawTable:
    return RawTable(where, frame, pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True))


def _through_arrow(source: Any) -> pl.DataFrame:
    return pl.DataFrame(source)


def _from_pandas(source: Any) -> pl.DataFrame:
    """Through Arrow where pyarrow is there and takes the columns, else column by column.

    Whatever pandas takes for missing becomes null; a column of mixed kinds becomes text.
    """
    try:
        return _through_arrow(source)
    except (ImportError, TypeError, ValueError):
        columns: list[pl.Series] = []
    for at, name in enumerate(source.columns):
        column = source.iloc[:, at]
        values = [None if gone else value for value, gone in zip(column.tolist(), column.isna().tolist(), strict=True)]
        try:
            columns.append(pl.Series(str(name), values, strict=True))
        except (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError):
            columns.append(pl.Series(str(name), [None if value is None else str(value) for value in values]))
    return pl.DataFrame(columns)
