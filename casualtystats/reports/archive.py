"""Every vintage of every figure, kept: a figure that is published again does not overwrite what was known before.

Invariants
----------
- One row a key: what is counted, by whom, where and when, and when it was published. Rows are added, never changed.
- One `report_id` names one figure, in all its vintages.
- Rows stand in one fixed order, whatever the order in which they came.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from casualtystats.errors import OptionError, ReportFileError
from casualtystats.markup import html_table
from casualtystats.periods import parse_date
from casualtystats.places import Places
from casualtystats.printing import many
from casualtystats.provenance import Origin
from casualtystats.reports.archivefile import read_archive, write_archive
from casualtystats.reports.archiverows import (
    distinct_ids,
    joined_origin,
    joined_places,
    settled,
    sorted_rows,
    undated_rows,
)
from casualtystats.reports.model import Reports
from casualtystats.reports.revisions import history_of, revision_table, vintage_table
from casualtystats.reports.table import REPORT_TYPES
from casualtystats.reports.vintages import EVENT, FULL_FIGURE, last_published
from casualtystats.schemas import ReportSchema

__all__ = ["ReportArchive"]


@dataclass(frozen=True, eq=False, repr=False)
class ReportArchive:
    """Reports in all their vintages. `ReportArchive()` is empty; `append` makes a larger one.

    Two rows are vintages of one figure where they agree in measure, unit, kind, place, destination, group,
    perpetrator, standard, role, source, derived_from, the four dates of the period and its stated length, and differ
    in their days of publication. Further:

    - Without a source, rows are vintages of one figure only if they also have the same `report_id`: nothing else says
      that they come from one hand.
    - A row without a day of publication is kept, and is no vintage of anything. `as_of` leaves it out and says so.
    - Where the origin declares separate events, `report_id` (with measure and unit) alone is the figure: two events
      may agree in everything else, and a later publication may correct the place or day of one.

    The rejected rows of what is appended are not archived: they stay with the `Reports` that were read.

    Parameters
    ----------
    frame : pl.DataFrame
        One vintage of one figure a row, columns of `ReportSchema`; a `report_id` may stand in several rows, which
        are then vintages of one figure. Put into the fixed order; equal rows become one.
    places : Places
        Declared zones and names.
    origin : Origin, optional
        The publication that the reports come from; None = not stated.

    Raises
    ------
    ReportFileError
        If the frame has other columns than its schema.
    ContradictionError, OptionError
        As in `append`.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> def published(day, value):
    ...     return read_reports(pl.DataFrame({"report_id": ["a"], "measure": "killed", "unit": "people", "kind": "flow",
    ...         "source": "OHCHR", "start": "2019-04-29", "end": "2019-05-09", "value": [value], "published": [day]}))
    >>> archive = ReportArchive.of(published("2019-05-10", 42)).append(published("2019-06-01", 48))
    >>> print(archive)
    2 reports of 1 figure, published 2019-05-10 to 2019-06-01; 1 figure published more than once
    >>> [str(archive.as_of(day)["a"].estimate) for day in ("2019-05-31", "2019-06-01")]
    ['42', '48']
    """

    frame: pl.DataFrame = field(default_factory=ReportSchema.create_empty)
    places: Places = field(default_factory=Places)
    origin: Origin | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.frame, pl.DataFrame):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ReportFileError(
                f"expected a frame of checked reports, got {type(self.frame).__name__}; use ReportArchive.of(reports)"
            )
        if self.frame.schema != REPORT_TYPES:
            raise ReportFileError(
                f"expected frame with the columns and types {dict(REPORT_TYPES)}; got {', '.join(self.frame.columns)}; "
                "use ReportArchive.of(read_reports(frame)), which checks every row"
            )
        object.__setattr__(self, "frame", settled(self.frame, self._figure))

    @property
    def _figure(self) -> tuple[str, ...]:
        return EVENT if self.origin is not None and self.origin.separate_events else FULL_FIGURE

    @classmethod
    def of(cls, reports: Reports) -> ReportArchive:
        """The archive of the accepted reports of a set, with its places and origin; raises as `append`."""
        _expect(reports)
        return cls(reports.frame, reports.places, reports.origin)

    def append(self, reports: Reports) -> ReportArchive:
        """A new archive with the accepted reports of a set added; this one stays as it is.

        A row that says what is there already changes nothing: appending a file twice is appending it once. Its
        identifier and address do not matter for that, and those that are there stay.

        Parameters
        ----------
        reports : Reports
            Each row with its own day of publication (`published`). Its zones and names are added to those that are
            there; an origin that differs is joined to that which is there, field by field.

        Raises
        ------
        ContradictionError
            If two rows are the same vintage of the same figure with another count or wording. A correction is a new
            vintage with a day of publication of its own.
        OptionError
            If one `report_id` names two figures, or one origin declares separate events and the other does not.
        PlacesError
            If a zone or name is declared differently.
        """
        _expect(reports)
        places = joined_places(self.places, reports.places)
        if not self.frame.height:
            return ReportArchive(reports.frame, places, reports.origin or self.origin)
        origin = joined_origin(self.origin, reports.origin) if len(reports) else self.origin
        return ReportArchive(pl.concat([self.frame, reports.frame]), places, origin)

    def filter(self, *conditions: pl.Expr) -> ReportArchive:
        """The archive of the rows that satisfy all conditions; null counts as not satisfied.

        Examples
        --------
        >>> len(ReportArchive().filter(pl.col("source") == "OHCHR"))
        0
        """
        return ReportArchive(self.frame.filter(*conditions), self.places, self.origin)

    def as_of(self, day: str | date) -> Reports:
        """Every figure as it was last published on or before a day.

        Parameters
        ----------
        day : str or date
            The last day of publication that counts; of a month, its last day. A report counts once it is known to be
            published: by the last of its possible days (`published_latest`).

        Returns
        -------
        Reports
            One row a figure, with the identifiers that were given. Where the possible days of two vintages overlap,
            that whose last possible day is later stands. `rejected` holds the rows without a day of publication (rule
            `no_publication_date`; `row` counts the rows of `frame`): whether they were known is not known.

        Raises
        ------
        ParseError
            If the day is no date.
        """
        last = parse_date(day)[1]
        known = last_published(self.frame.filter(pl.col("published_latest") <= last), self._figure)
        return Reports(sorted_rows(known), undated_rows(self.frame, last), self.places, self.origin)

    @property
    def reports(self) -> Reports:
        """All vintages as one set, for functions that take `as_of=`.

        An identifier that stands in several vintages gets their days of publication: "a" becomes "a@2019-05-10" and
        "a@2019-06-01" ("@@" where some identifier holds "@").
        """
        return Reports(distinct_ids(self.frame), places=self.places, origin=self.origin)

    def revisions(self) -> pl.DataFrame:
        """How each figure that was published more than once changed.

        Returns
        -------
        pl.DataFrame
            One row a figure:

            - `report_id` of its last vintage, and the columns that make the figure;
            - `vintages`: how many; `first_published`, `last_published`: their (last possible) days of publication;
            - `first`, `last`, `min`, `max`: the number as printed, else the best value, else the lower bound, in the
              unit of the row; `first_low`, `first_high`, `last_low`, `last_high`: the bounds (high null = no upper
              bound is known: then `first` or `last` is a floor);
            - `change`: last - first; `change_percent`: of first, null where first is 0; `spread`: max - min;
            - `days_to_within_5_percent`: days from the first publication to that from which on no vintage is more
              than 5 % of the last number away from it; 0 if from the start.

            Rows without a day of publication take no part. The change of a floor ("at least 40", then "at least 55")
            is one of what was printed, not of what happened.

        Examples
        --------
        >>> from casualtystats.reports import read_reports
        >>> archive = ReportArchive.of(read_reports(pl.DataFrame({
        ...     "report_id": ["a", "b", "c"], "measure": "killed", "unit": "people", "kind": "flow", "source": "OHCHR",
        ...     "start": "2019-04-29", "end": "2019-05-09", "value": [40, 58, 60],
        ...     "published": ["2019-05-10", "2019-05-20", "2019-06-01"]})))
        >>> archive.revisions().select("vintages", "first", "last", "change_percent", "days_to_within_5_percent").row(0)
        (3, 40, 60, 50.0, 10)
        """
        return revision_table(self.frame, self._figure)

    def history(self, report_id: str) -> Reports:
        """All vintages of one figure in order of publication, with identifiers as in `reports`.

        Parameters
        ----------
        report_id : str
            Of any of its vintages, as given.

        Raises
        ------
        NoReportsError
            If no report with a day of publication has it.
        """
        found = history_of(self.frame, str(report_id), self._figure)
        return Reports(distinct_ids(found), places=self.places, origin=self.origin)

    def vintages(self) -> pl.DataFrame:
        """The days of publication that there are.

        Returns
        -------
        pl.DataFrame
            One row a day: `published_earliest`, `published_latest` (equal where it is known exactly; null for all
            rows that do not state it), `reports` published then, `new` (first vintage of their figure) and `revised`
            (another qualifier, number or bound than in the vintage before; both null where no day is stated).
        """
        return vintage_table(self.frame, self._figure)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the archive as Parquet, with places and origin in the metadata.

        The old file stays whole until the new one is: a write that is killed leaves it as it was (and perhaps a file
        `.<name>.<number>.part` beside it, which may be deleted). The same archive gives the same bytes. Two programs
        that open, append and save at the same time do not see each other: the last one to save wins.

        Parameters
        ----------
        path : path
            Ends in `.parquet`; its folder exists.

        Raises
        ------
        OptionError
            If the path has another ending.
        ReportFileError
            If the file can not be written.
        """
        write_archive(self.frame, self.places, self.origin, path)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> ReportArchive:
        """Read an archive that `save` wrote.

        Raises
        ------
        ReportFileError
            If the file is missing, empty, damaged or no archive.
        """
        archive = cls(*read_archive(path))
        if not ReportSchema.is_valid(archive.reports.frame):
            raise ReportFileError(
                f"{path}: expected rows as ReportArchive.save wrote them, got some that break their rules"
            )
        return archive

    def to_frame(self) -> pl.DataFrame:
        """Every vintage as a polars frame (`ReportSchema`), with the identifiers that were given."""
        return self.frame

    def __len__(self) -> int:
        return self.frame.height

    def __str__(self) -> str:
        undated = self.frame["published_latest"].null_count()
        days = self.frame["published_latest"].drop_nulls().sort()
        changed = self.revisions()
        figures = self.frame.height - int((changed["vintages"] - 1).sum())
        parts = [f"{many(self.frame.height, 'report')} of {many(figures, 'figure')}"]
        if len(days):
            parts[0] += f", published {days[0]}" + (f" to {days[-1]}" if days[0] != days[-1] else "")
        if changed.height:
            parts.append(f"{many(changed.height, 'figure')} published more than once")
        if undated:
            parts.append(f"{many(undated, 'report')} without a day of publication")
        return "; ".join(parts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = "" if self.origin is None else f"{self.origin.producer}: {self.origin.title}. "
        return html_table(self.vintages(), title + str(self), "days of publication, and what was published on them")


def _expect(reports: object) -> None:
    """Refuse what is no set of checked reports."""
    if not isinstance(reports, Reports):
        raise OptionError(
            f"expected Reports, got {type(reports).__name__}; read a file with cs.read_reports(path), an archive with "
            "ReportArchive.open(path)"
        )
