"""Reports as files in the package's own format, which `read_reports` reads back to an equal frame."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.errors import OptionError, ReportFileError
from casualtystats.reports.columns import DATES, FORMAT, TEXTS, WORDS
from casualtystats.reports.textdates import date_texts

__all__ = ["public", "write_csv", "write_json", "write_parquet"]

_FORMULA: Final = r"^'*[=+\-@\t\r]"


def public(frame: pl.DataFrame) -> pl.DataFrame:
    """Put reports into the columns of the format: dates and words as text, the end of a stock empty.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> reports = read_reports(pl.DataFrame({"report_id": ["a"], "measure": "idps", "unit": "people",
    ...     "kind": "stock", "value": [100], "start": "2019-05"}))
    >>> public(reports.frame).select("start", "end", "value").row(0)
    ('2019-05', None, 100)
    """
    dates = {name: date_texts(pl.col(f"{name}_earliest"), pl.col(f"{name}_latest")) for name in DATES}
    dates["end"] = pl.when(pl.col("kind") != "stock").then(dates["end"])
    words = {name: pl.col(name).cast(pl.String) for name in WORDS}
    columns = {name: pl.col(name) for name in FORMAT if name not in DATES} | words | dates
    return frame.select(columns[name].alias(name) for name in FORMAT)


def write_csv(frame: pl.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write reports as `.csv`, or with tabs as `.tsv`; spreadsheet formulas are defused."""
    target = _target(path, (".csv", ".tsv"))
    # `''=1` too: the reader takes one apostrophe away, so one more has to be there.
    safe = [
        pl.when(pl.col(name).str.contains(_FORMULA)).then("'" + pl.col(name)).otherwise(pl.col(name)).alias(name)
        for name in TEXTS
    ]
    separator = "\t" if target.suffix.lower() == ".tsv" else ","
    _save(target, public(frame).with_columns(safe).write_csv(separator=separator).encode())


def write_json(frame: pl.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write reports as an array of records (`.json`) or as one record a line (`.jsonl`, `.ndjson`)."""
    target = _target(path, (".json", ".jsonl", ".ndjson"))
    lines = public(frame).select(pl.struct(pl.all()).struct.json_encode()).to_series().to_list()
    text = (
        "[\n" + ",\n".join(lines) + "\n]\n"
        if target.suffix.lower() == ".json"
        else "".join(f"{line}\n" for line in lines)
    )
    _save(target, text.encode())


def write_parquet(frame: pl.DataFrame, path: str | os.PathLike[str]) -> None:
    """Write reports as `.parquet`: counts as integers, hours as floats, everything else as text."""
    target = _target(path, (".parquet",))
    try:
        public(frame).write_parquet(target)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ReportFileError(f"{target}: expected a path that can be written, got: {error}") from error


def _target(path: str | os.PathLike[str], suffixes: tuple[str, ...]) -> Path:
    target = Path(path)
    if target.suffix.lower() not in suffixes:
        raise OptionError(f"expected a path that ends in {' or '.join(suffixes)}, got {str(target)!r}")
    return target


def _save(target: Path, content: bytes) -> None:
    try:
        target.write_bytes(content)
    except OSError as error:
        raise ReportFileError(f"{target}: expected a path that can be written, got: {error}") from error
