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

import os
from dataclasses import dataclass, replace
from typing import TypedDict, Unpack

import polars as pl

from casualtystats.errors import OptionError, ReportFileError
from casualtystats.periods import Period
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.facilities.choose import chosen, chosen_hits
from casualtystats.reports.facilities.frames import RegisterTables
from casualtystats.reports.facilities.incidents import hits_of_reports, joined_places
from casualtystats.reports.facilities.items import Facility, HitEvent, OutageSpell
from casualtystats.reports.facilities.merging import merged_spells
from casualtystats.reports.facilities.policies import Overlap
from casualtystats.reports.model import Reports

__all__ = ["Facilities", "Facility", "HitEvent", "OutageSpell"]


class _Asked(TypedDict, total=False):
    place: str | None
    type: str | None
    facility: str | None


@dataclass(frozen=True, eq=False, repr=False)
class Facilities(RegisterTables):
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
    from_rounds : bool
        Whether the spells follow from rounds of a status survey: then their ends are interval-censored, and outages
        between two rounds are unseen.

    Raises
    ------
    ReportFileError
        If a frame has other columns than its schema.

    Examples
    --------
    >>> register = Facilities.of([Facility("a", beds=40)], [OutageSpell("a", "2019-05-04", "2019-05-08")])
    >>> print(register)
    1 facility, 1 spell, no hits
    >>> register["a"].beds
    40
    """

    @classmethod
    def of(
        cls,
        facilities: list[Facility],
        spells: list[OutageSpell] | None = None,
        hits: list[HitEvent] | None = None,
        *,
        observed: Period | str | None = None,
        overlap: Overlap = "reject",
        places: Places | str | os.PathLike[str] | None = None,
        origin: Origin | None = None,
    ) -> Facilities:
        """Make a register of objects, with the checks and options of `read_facilities`.

        What is written by hand is mended by hand: nothing is set aside, one broken rule raises.

        Parameters
        ----------
        facilities, spells, hits : list
            In any order; row n of a message is the nth object of its list.
        observed, overlap, places, origin
            As in `read_facilities`.

        Raises
        ------
        ReportFileError
            If an object breaks a rule; the message lists the first of them.
        OptionError, PlacesError
            As `read_facilities`.

        Examples
        --------
        >>> Facilities.of([Facility("a")], [OutageSpell("b", "2019-05-04")])
        Traceback (most recent call last):
        casualtystats.errors.ReportFileError: expected facilities, spells and hits that keep the rules; got 1 that do not:
        outages, row 1, facility_id: expected a facility_id of the register, got 'b'
        """
        from casualtystats.reports.facilities.objects import tables_of
        from casualtystats.reports.facilities.read import read_facilities

        register, outages, events = tables_of(facilities, spells or [], hits or [])
        made = read_facilities(
            register, outages=outages, hits=events, observed=observed, overlap=overlap, places=places, origin=origin
        )
        if made.rejected.height:
            told = "\n".join(
                f"{table}, row {row}, {column}: {hint}"
                for table, row, column, hint in made.rejected.select("table", "row", "column", "hint").head(5).rows()
            )
            broken = made.rejected.select("table", "row").n_unique()
            raise ReportFileError(
                f"expected facilities, spells and hits that keep the rules; got {broken} that do not:\n{told}"
            )
        return made

    def select(self, **asked: Unpack[_Asked]) -> Facilities:
        """Keep the facilities inside a place, of a type, or one facility, with their spells and hits.

        Parameters
        ----------
        place : str, optional
            Path or declared zone. Facilities without a place, and those that a zone only overlaps, are left out.
        type : str, optional
            Path of a type: "health" holds "health/hospital".
        facility : str, optional
            A facility_id.

        Returns
        -------
        Facilities
            Hits on facilities that are not known are kept where their own place and type are inside what was asked,
            and never where `facility` was. `rejected` and `warnings` are kept whole.

        Raises
        ------
        OptionError
            If something else is asked.
        NoReportsError
            If no facility is left; the message names what there is.

        Examples
        --------
        >>> register = Facilities.of([Facility("a", place="Country/North"), Facility("b", place="Country/South")])
        >>> register.select(place="Country/North").facilities["facility_id"].to_list()
        ['a']
        """
        unknown_names = sorted(set(asked) - set(_Asked.__annotations__))
        if unknown_names:
            raise OptionError(f"expected select(place=, type=, facility=), got {', '.join(unknown_names)}")
        place, type_, facility = asked.get("place"), asked.get("type"), asked.get("facility")
        kept = chosen(self.facilities, self.places, place, type_, facility)
        unknown = chosen_hits(self.hits, self.places, place, type_, facility)
        return self._with(kept, unknown)

    def filter(self, *conditions: pl.Expr) -> Facilities:
        """Keep the facilities that satisfy all conditions, with their spells and hits.

        Parameters
        ----------
        *conditions : pl.Expr
            Boolean expressions over the columns of `facilities`; null counts as not satisfied.

        Returns
        -------
        Facilities
            Without the hits on facilities that are not known: whether these satisfy the conditions can not be said.

        Examples
        --------
        >>> len(Facilities.of([Facility("a", beds=40), Facility("b")]).filter(pl.col("beds") >= 20))
        1
        """
        return self._with(self.facilities.filter(*conditions), self.hits.clear())

    def _with(self, facilities: pl.DataFrame, unknown: pl.DataFrame) -> Facilities:
        ids = facilities["facility_id"].implode()
        hit = pl.col("facility_id").is_in(ids) | pl.col("hit_id").is_in(unknown["hit_id"].implode())
        spells = self.spells.filter(pl.col("facility_id").is_in(ids))
        return replace(self, facilities=facilities, spells=spells, hits=self.hits.filter(hit.fill_null(value=False)))

    def merged(self) -> Facilities:
        """Join spells of one facility and status where one ends, for sure, on the day before the next begins.

        What is known of each day stays the same, so availability does; the number of spells and their lengths do not,
        so times to restoration change. Each join is told in `warnings` (flag `merged`).

        Returns
        -------
        Facilities
            A joined spell has the identifier of its first part; different causes and sources are joined by "; ".

        Examples
        --------
        >>> spells = [OutageSpell("a", "2019-05-01", "2019-05-04"), OutageSpell("a", "2019-05-05", "2019-05-06")]
        >>> print(Facilities.of([Facility("a")], spells).merged())
        1 facility, 1 spell, no hits
        """
        spells, told = merged_spells(self.spells)
        return replace(self, spells=spells, warnings=pl.concat([self.warnings, told]))

    def with_hits(self, reports: Reports) -> Facilities:
        """Add an attack incident list: each report of one attack becomes one hit on a facility that is not known.

        Parameters
        ----------
        reports : Reports
            Reports of the measure `attacks`: flows of exactly 1. A hit has the report's identifier, place and source,
            its group as type, and some day of its period as date. Reports of other measures are no hits and are not
            looked at.

        Raises
        ------
        OptionError
            If reports of attacks say another number than exactly 1, or are no flows: keep those as aggregate reports.
            If a report has the identifier of a hit.
        NoReportsError
            If there is no report of attacks.
        PlacesError
            If the two declare one zone with different members.

        Examples
        --------
        >>> from casualtystats.reports import read_reports
        >>> attacks = read_reports(pl.DataFrame({"report_id": ["i1"], "measure": "attacks", "unit": "attacks",
        ...     "kind": "flow", "value": [1], "start": "2019-05-05", "end": "2019-05-05", "group": "health"}))
        >>> print(Facilities.of([Facility("a")]).with_hits(attacks))
        1 facility, no spells, 1 hit (1 on a facility not known)
        """
        hits = hits_of_reports(reports, self.hits)
        return replace(self, hits=pl.concat([self.hits, hits]), places=joined_places(self.places, reports.places))
