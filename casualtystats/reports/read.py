"""`read_reports`: a file or a frame becomes checked reports."""

from __future__ import annotations

import os
from pathlib import Path

from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.check import check
from casualtystats.reports.columns import check_names
from casualtystats.reports.model import Reports
from casualtystats.reports.rawtables import TableSource, raw_table

__all__ = ["read_reports"]


def read_reports(
    source: TableSource,
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
    table = raw_table(source, check_names, "reports")
    declared = Places() if places is None else places if isinstance(places, Places) else Places.read(Path(places))
    frame, rejected, ignored = check(table)
    return Reports(frame, rejected, declared, origin, ignored)
