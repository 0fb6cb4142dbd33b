"""The tables of a register: which columns each has, and the table as it stands."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

from casualtystats.errors import ReportFileError
from casualtystats.reports import rawtables
from casualtystats.reports.rawtables import TableSource
from casualtystats.reports.table import RawTable

__all__ = ["Format", "TableSource", "raw_table"]

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

    Raises
    ------
    ReportFileError
        If it can not be read at all, or its columns do not fit.
    MissingExtraError
        If a frame can be handed over by pyarrow only, and that is not installed.
    """
    read = rawtables.raw_table(source, table.check, table.name)
    table.check(read.frame.columns, read.where)
    return read
