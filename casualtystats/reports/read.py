"""`read_reports`: a file or a frame becomes checked reports."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import polars as pl

from casualtystats.errors import MissingExtraError, ReportFileError
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.check import check
from casualtystats.reports.files import read_csv
from casualtystats.reports.jsonfiles import read_json
from casualtystats.reports.model import Reports
from casualtystats.reports.table import RawTable

__all__ = ["ArrowFrame", "read_reports"]


@runtime_checkable
class ArrowFrame(Protocol):
    """A frame with the Arrow C interface: of pandas, pyarrow, duckdb and others."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a capsule with the frame's data."""
        ...


def read_reports(
    source: str | os.PathLike[str] | pl.DataFrame | pl.LazyFrame | ArrowFrame,
    *,
    places: Places | str | os.PathLike[str] | None = None,
    origin: Origin | None = None,
) -> Reports:
    """Read reports in the package's own format and check every row.

    Rows that break a rule are not dropped: they stand in `Reports.rejected` with the rule, a hint and the
    row as it was read, and `len(reports) + reports.rejected["row"].n_unique()` is the number of rows that
    were read.

    Parameters
    ----------
    source : path or frame
        `.csv` or `.tsv` (UTF-8, with a header), `.json` (array of records), `.jsonl` or `.ndjson` (a record
        a line), `.parquet`; or a frame of polars, pandas, pyarrow or duckdb. One row a report, columns in
        any order:

        - needed: `report_id`, `measure`, `unit`, `kind`, `start`, and `value` or `low`; `end` except for
          stocks;
        - optional: `qualifier` (empty = exactly), `best`, `high`, `hours`, `place`, `destination`, `group`,
          `perpetrator`, `standard`, `source`, `derived_from`, `published`, `role`, `event`, `url`,
          `wording`;
        - dates: 2019-05-09, 2019-05 (some day of that month), [2019-04-21..2019-04-30] (one of these days),
          or typed dates; or two columns, such as `start_earliest` and `start_latest`. Periods include both
          ends;
        - counts: whole numbers from 0 to 10**15, in the row's unit; bounds that are empty follow from value
          and qualifier as in `Estimate.of`;
        - an empty cell is null: not stated, or all (place, destination, group, perpetrator).
    places : Places or path, optional
        Declared zones and names, or the CSV file that declares them. Places that it does not know are
        accepted.
    origin : Origin, optional
        The publication that the reports come from.

    Returns
    -------
    Reports
        Accepted reports in the order of the source, with what was rejected and why. None accepted is no
        error.

    Raises
    ------
    ReportFileError
        If the source can not be read at all: missing, empty, wrong encoding, no rows, a column that is
        missing or whose name is nearly one of the format.
    PlacesError
        If the table of places can not be read.
    MissingExtraError
        If a frame can be handed over by pyarrow only, and that is not installed (pandas needs none).

    Examples
    --------
    >>> import polars as pl
    >>> frame = pl.DataFrame({
    ...     "report_id": ["r1", "r2"], "measure": "killed", "unit": "people", "kind": "flow",
    ...     "qualifier": ["at_least", None], "value": ["42", "1,234"],
    ...     "start": "2019-05-12", "end": "2019-05-13",
    ... })
    >>> reports = read_reports(frame)
    >>> print(reports)
    1 report, 1 row rejected (see .rejected)
    >>> print(reports["r1"].estimate)
    at least 42
    >>> reports.rejected.select("row", "column", "value", "rule").row(0)
    (2, 'value', '1,234', 'whole_number')
    """
    table = _from_path(source) if isinstance(source, str | os.PathLike) else _from_frame(source)
    declared = Places() if places is None else places if isinstance(places, Places) else Places.read(Path(places))
    frame, rejected, ignored = check(table)
    return Reports(frame, rejected, declared, origin, ignored)


def _from_path(source: str | os.PathLike[str]) -> RawTable:
    path = Path(source)
    suffix = path.suffix.lower()
    try:
        if path.is_dir():
            raise ReportFileError(f"{path}: expected a file of reports, got a directory")
        if not path.exists():
            raise ReportFileError(f"{path}: expected a file of reports, got no such file")
        match suffix:
            case ".csv" | ".tsv":
                return read_csv(path, "\t" if suffix == ".tsv" else ",")
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


def _from_frame(source: object) -> RawTable:
    library = type(source).__module__.partition(".")[0]
    where = f"the {library} frame"
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
                f"expected a path or a frame (polars, pandas, pyarrow, duckdb), got {type(source).__name__}"
            )
    except ImportError as error:
        raise MissingExtraError(
            f"expected pyarrow, through which {where} is handed over: pip install pyarrow"
        ) from error
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise ReportFileError(f"{where}: expected columns of text, numbers and dates, got: {error}") from error
    return _numbered(where, frame)


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
