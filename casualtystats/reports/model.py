"""A checked set of reports, with what was rejected and why.

Invariants
----------
- `Reports.frame` satisfies `ReportSchema`; its rows stand in the order of the source.
- As returned by `read_reports`: `len(reports) + reports.rejected["row"].n_unique()` rows were read.
- A stock has one date: its end is its start.
"""

from __future__ import annotations

import difflib
import html
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from casualtystats.errors import NoReportsError, ReportFileError
from casualtystats.places import Places
from casualtystats.printing import many
from casualtystats.provenance import Origin
from casualtystats.reports.flags import flags
from casualtystats.reports.report import Report, report_of
from casualtystats.reports.table import REJECTED_TYPES, REPORT_TYPES
from casualtystats.reports.write import write_csv, write_json, write_parquet
from casualtystats.schemas import RejectedSchema

__all__ = ["Report", "Reports"]

# Comparing names is slow; a slip is looked for among so many reports, not among millions.
_COMPARED: Final = 10_000


@dataclass(frozen=True, eq=False, repr=False)
class Reports:
    """A checked set of reports, and the rows that were rejected; made by `read_reports`.

    Parameters
    ----------
    frame : pl.DataFrame
        One accepted report a row, columns of `ReportSchema`, in the order of the source.
    rejected : pl.DataFrame
        One broken rule of one rejected row a line: `row` (1 is the first data row), `column`, `value`,
        `rule`, `hint`, `raw` (the row as it was read, as JSON).
    places : Places
        Declared zones and names.
    origin : Origin, optional
        The publication that the reports come from; None = not stated.
    ignored_columns : tuple of str
        Columns of the source that are no part of the format.

    Raises
    ------
    ReportFileError
        If `frame` or `rejected` has other columns than its schema.
    """

    frame: pl.DataFrame
    rejected: pl.DataFrame = field(default_factory=RejectedSchema.create_empty)
    places: Places = field(default_factory=Places)
    origin: Origin | None = None
    ignored_columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, types, frame in (
            ("frame", REPORT_TYPES, self.frame),
            ("rejected", REJECTED_TYPES, self.rejected),
        ):
            if frame.schema != types:
                raise ReportFileError(
                    f"expected {name} with the columns and types {dict(types)}; got "
                    f"{', '.join(frame.columns)}; use read_reports(frame), which checks every row"
                )

    def __len__(self) -> int:
        return self.frame.height

    def __iter__(self) -> Iterator[Report]:
        return (report_of(row) for row in self.frame.iter_rows(named=True))

    def __getitem__(self, report_id: str) -> Report:
        found = self.frame.filter(pl.col("report_id") == str(report_id))
        if found.height:
            return report_of(found.row(0, named=True))
        near = difflib.get_close_matches(str(report_id), self.frame["report_id"].head(_COMPARED).to_list(), n=3)
        hint = f"; near it: {', '.join(near)}" if near else ""
        raise NoReportsError(f"expected the report_id of an accepted report, got {report_id!r}{hint}")

    def filter(self, *conditions: pl.Expr) -> Reports:
        """Keep the accepted reports that satisfy all conditions.

        Parameters
        ----------
        *conditions : pl.Expr
            Boolean expressions over the columns of `frame`; null counts as not satisfied.

        Returns
        -------
        Reports
            `rejected` is kept whole: what a rejected row would have been can not be known.

        Examples
        --------
        >>> from casualtystats.reports import read_reports
        >>> reports = read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed",
        ...     "unit": "people", "kind": "flow", "value": [16, 19],
        ...     "start": "2019-05-12", "end": "2019-05-13"}))
        >>> len(reports.filter(pl.col("value") > 16))
        1
        """
        kept = self.frame.filter(*conditions)
        return Reports(kept, self.rejected, self.places, self.origin, self.ignored_columns)

    def flags(self) -> pl.DataFrame:
        """Say what a reader should know about accepted reports.

        Returns
        -------
        pl.DataFrame
            `report_id`, `flag`, `why`, in the order of the reports. Flags: `round` (an unhedged number of
            100 or more with at most two digits before its zeros), `best_outside_bounds`, `no_source`,
            `no_publication_date`.
        """
        return flags(self.frame)

    def to_frame(self) -> pl.DataFrame:
        """Return the accepted reports as a polars frame (`ReportSchema`): null = not stated, or all."""
        return self.frame

    def write_csv(self, path: str | os.PathLike[str]) -> None:
        """Write the accepted reports as `.csv` or `.tsv` that `read_reports` reads back to an equal frame.

        Text that a spreadsheet would run as a formula gets a leading apostrophe, which the reader removes.

        Raises
        ------
        OptionError
            If the path has another ending.
        ReportFileError
            If the file can not be written.
        """
        write_csv(self.frame, path)

    def write_json(self, path: str | os.PathLike[str]) -> None:
        """Write the accepted reports as `.json` (an array), `.jsonl` or `.ndjson`; raises as `write_csv`."""
        write_json(self.frame, path)

    def write_parquet(self, path: str | os.PathLike[str]) -> None:
        """Write the accepted reports as `.parquet` with dates and words as text; raises as `write_csv`."""
        write_parquet(self.frame, path)

    def __str__(self) -> str:
        read = many(len(self), "report")
        rejected = self.rejected["row"].n_unique()
        return f"{read}, {many(rejected, 'row')} rejected (see .rejected)" if rejected else read

    __repr__ = __str__

    def _repr_html_(self) -> str:
        counts = self.frame.group_by("measure", "unit", "kind").len("reports").sort("measure", "unit", "kind")
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
            for row in counts.iter_rows()
        )
        title = "" if self.origin is None else f"{self.origin.producer}: {self.origin.title}. "
        head = "".join(f"<th>{name}</th>" for name in counts.columns)
        return (
            f"<div><p>{html.escape(title + str(self))}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
