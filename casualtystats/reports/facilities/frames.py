"""The frames of a register, what it says of itself, and how it is written to files."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

import polars as pl

from casualtystats.errors import NoReportsError, ReportFileError
from casualtystats.markup import html_table
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.facilities.items import Facility
from casualtystats.reports.facilities.nearest import nearest
from casualtystats.reports.facilities.spoken import register_line
from casualtystats.reports.facilities.write import write_register
from casualtystats.schemas import FacilitySchema, HitSchema, RejectedSchema, SpellSchema

__all__ = ["RegisterTables"]


def _rejected() -> pl.DataFrame:
    return RejectedSchema.create_empty().select(pl.lit("").alias("table"), pl.all())


@dataclass(frozen=True, eq=False, repr=False)
class RegisterTables:
    """Frames of a register; `Facilities` says what they hold."""

    facilities: pl.DataFrame
    spells: pl.DataFrame = field(default_factory=SpellSchema.create_empty)
    hits: pl.DataFrame = field(default_factory=HitSchema.create_empty)
    rejected: pl.DataFrame = field(default_factory=_rejected)
    warnings: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(
            schema={"table": pl.String, "row": pl.Int64, "flag": pl.String, "why": pl.String}
        )
    )
    places: Places = field(default_factory=Places)
    origin: Origin | None = None
    from_rounds: bool = False

    def __post_init__(self) -> None:
        for name, schema in (("facilities", FacilitySchema), ("spells", SpellSchema), ("hits", HitSchema)):
            types, got = schema.create_empty().schema, getattr(self, name).schema
            if got != types:
                raise ReportFileError(
                    f"expected {name} with the columns and types {dict(types)}; got {', '.join(got)}; use "
                    "read_facilities(...), which checks every row"
                )

    def __len__(self) -> int:
        return self.facilities.height

    def __getitem__(self, facility_id: str) -> Facility:
        found = self.facilities.filter(pl.col("facility_id") == str(facility_id))
        if found.is_empty():
            near = nearest(str(facility_id), self.facilities["facility_id"].to_list())
            raise NoReportsError(f"expected the facility_id of an accepted facility, got {facility_id!r}{near}")
        row = found.row(0, named=True)
        first, last = row.pop("observed_from"), row.pop("observed_until")
        return Facility(row.pop("facility_id"), **row, observed=None if first is None else (first, last))

    def to_frame(self) -> pl.DataFrame:
        """Return the accepted facilities (`FacilitySchema`)."""
        return self.facilities

    def to_csv(self, folder: str | os.PathLike[str]) -> None:
        """Write `facilities.csv`, `outages.csv` and `hits.csv`, which `read_facilities` reads back to equal frames.

        Text that a spreadsheet would run as a formula gets a leading apostrophe, which the reader removes. Rejected
        rows, warnings and `from_rounds` are not written. Of status rounds whose days of assessment overlap, the files do
        not say which report came first; the reader rejects spells whose order it can not tell.

        Parameters
        ----------
        folder : path
            Made if it is not there; files of these names are replaced.

        Raises
        ------
        ReportFileError
            If the files can not be written.
        """
        write_register(self.facilities, self.spells, self.hits, folder)

    def __str__(self) -> str:
        return register_line(self.facilities, self.spells, self.hits, self.rejected)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        title = "" if self.origin is None else f"{self.origin.producer}: {self.origin.title}. "
        return html_table(self.facilities, title + str(self))
