"""A register as three CSV files that `read_facilities` reads back to equal frames."""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from casualtystats.errors import ReportFileError
from casualtystats.markup import defused
from casualtystats.reports.facilities.texts import hit_texts, spell_texts

__all__ = ["write_register"]


def write_register(
    facilities: pl.DataFrame, spells: pl.DataFrame, hits: pl.DataFrame, folder: str | os.PathLike[str]
) -> None:
    """Write `facilities.csv`, `outages.csv` and `hits.csv` with formulas defused.

    Raises
    ------
    ReportFileError
        If they can not be written.
    """
    target = Path(folder)
    tables = {"facilities": facilities, "outages": spell_texts(spells), "hits": hit_texts(hits)}
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            (target / f"{name}.csv").write_bytes(defused(table).write_csv().encode())
    except OSError as error:
        raise ReportFileError(f"{target}: expected a folder that can be written, got: {error}") from error
