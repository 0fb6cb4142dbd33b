"""Checking a folder, table by table: what would not be accepted, and in which row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats import datasets
from casualtystats.reports import read_reports
from casualtystats.reports.facilities import read_facilities

__all__ = ["Checked", "check_folder", "check_reports"]

TABLES: Final = ("facilities", "outages", "hits")


@dataclass(frozen=True)
class Checked:
    """What was read of a table or register, in a line; and a line for each row that was not accepted."""

    said: str
    rejected: list[str]


def check_reports(file: Path) -> Checked:
    """Check a file of reports.

    Raises
    ------
    ReportFileError
        If it can not be read.
    """
    reports = read_reports(file)
    return Checked(str(reports), _lines(reports.rejected))


def check_folder(folder: Path) -> Iterator[Checked]:
    """Check every table of a folder in the layout of a data set.

    `facilities.csv`, `outages.csv` and `hits.csv` are a register, unless they have a column `measure`: then they hold
    reports.

    Raises
    ------
    DatasetError
        If there is no table at all.
    ReportFileError
        If one can not be read.
    """
    there = [name for name in TABLES if (folder / f"{name}.csv").is_file()]
    register = [name for name in there if "measure" not in _header(folder / f"{name}.csv")]
    rounds = (folder / "rounds.csv").is_file()
    if (folder / "reports.csv").is_file() or not (there or rounds):
        reports = datasets.load_folder(folder)
        yield Checked(str(reports), _lines(reports.rejected))
    for name in there:
        if name not in register:
            told = datasets.load_folder(folder, name)
            yield Checked(f"{name}: {told}", _lines(told.rejected, name))
    if register:
        outages, hits = (folder / f"{name}.csv" if name in register else None for name in ("outages", "hits"))
        facilities = read_facilities(folder / "facilities.csv", outages=outages, hits=hits)
        yield Checked(str(facilities), _lines(facilities.rejected))
    if rounds:
        found = datasets.status_rounds(str(folder))
        if found is not None:
            yield Checked(str(found), _lines(found.rejected))


def _header(file: Path) -> list[str]:
    with file.open(encoding="utf-8-sig", errors="replace") as lines:
        return [name.strip().strip('"') for name in lines.readline().split(",")]


def _lines(rejected: pl.DataFrame, table: str = "") -> list[str]:
    return [
        f"{name}row {row['row']}, {row['column']}: {row['hint']}"
        for row in rejected.rows(named=True)
        for name in [f"{row.get('table', table)}, " if row.get("table", table) else ""]
    ]
