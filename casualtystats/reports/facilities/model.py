"""A checked register of facilities with their spells and hits, and what was rejected and why.

Invariants
----------
- `facilities`, `spells` and `hits` satisfy `FacilitySchema`, `SpellSchema` and `HitSchema`; every spell is of a facility
  of the register, every hit too, unless its facility is not known.
- Spells stand in the order of facility, `start_latest`, `spell_id`. Spells of one facility do not overlap: of two
  neighbours, the later begins after `end_earliest` of the earlier, which ends before `start_latest` of the later.
- Accepted rows and distinct rejected rows of each table are the rows that were read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl

from casualtystats.errors import ReportFileError
from casualtystats.markup import html_table
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.schemas import FacilitySchema, HitSchema, RejectedSchema, SpellSchema
from casualtystats.vocabulary import FacilityStatus

__all__ = ["Facilities", "Facility", "HitEvent", "OutageSpell"]


@dataclass(frozen=True, slots=True)
class Facility:
    """One facility.

    Parameters
    ----------
    id : str
        Identifier, unique in its register.
    name, type, place : str, optional
        Name; path of its type ("health/hospital"); path of its place. None = not stated.
    beds, catchment : int, optional
        Beds; people served. None = not stated.
    opened, closed : date, optional
        First and last day on which it exists; None = without end.
    observed : (date, date), optional
        Days, both included, on which the lack of a spell means that it functions; None = on none.
    """

    id: str
    name: str | None = None
    type: str | None = None
    place: str | None = None
    beds: int | None = None
    catchment: int | None = None
    opened: date | None = None
    closed: date | None = None
    observed: tuple[date, date] | None = None


@dataclass(frozen=True, slots=True)
class OutageSpell:
    """One stretch of days, both ends included, on which a facility has one status.

    Parameters
    ----------
    facility : str
        Identifier of the facility.
    start, end : date, str or None
        A day, a range of days ("[2019-04-27..2019-04-29]") or a month. `end` is the last day of the spell; None = no
        end is known, which is neither "back" nor "still out"; "still out" = it lasted to the last day observed.
    status : FacilityStatus
        Its status on these days.
    cause, source : str, optional
        None = not stated.
    """

    facility: str
    start: date | str
    end: date | str | None = None
    status: FacilityStatus = "non_functional"
    cause: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class HitEvent:
    """One hit on one facility. No duration follows from it.

    Parameters
    ----------
    facility : str or None
        Identifier of the facility; None = not known which.
    date : date or str
        A day, or a range of days.
    place, type, source : str, optional
        Where, on what, and by whose account; None = that of the facility, or not stated.
    """

    facility: str | None
    date: date | str
    place: str | None = None
    type: str | None = None
    source: str | None = None


def _rejected() -> pl.DataFrame:
    return RejectedSchema.create_empty().select(pl.lit("").alias("table"), pl.all())


@dataclass(frozen=True, eq=False, repr=False)
class Facilities:
    """A register of facilities, with their spells and hits. Made by `read_facilities`.

    Attributes
    ----------
    facilities : pl.DataFrame
        One facility a row (`FacilitySchema`), in the order of the source.
    spells : pl.DataFrame
        One spell a row (`SpellSchema`), in the order of facility, `start_latest`, `spell_id`.
    hits : pl.DataFrame
        One hit a row (`HitSchema`), in the order of the source.
    rejected : pl.DataFrame
        `table` ("facilities", "outages" or "hits"), then the columns of `RejectedSchema`.
    warnings : pl.DataFrame
        `table`, `row`, `flag`, `why`: what was accepted, and a reader should know.
    places : Places
        Declared zones and names.
    origin : Origin, optional
        The publication that the tables come from.
    """

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

    def __str__(self) -> str:
        return f"{self.facilities.height:,} facilities, {self.spells.height:,} spells, {self.hits.height:,} hits"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.facilities, str(self))
