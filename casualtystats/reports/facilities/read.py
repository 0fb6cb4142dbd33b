"""`read_facilities`: a table of facilities, and tables of spells and hits, become a checked register."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods import Period
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.facilities.checks import check_facilities, check_hits, check_outages
from casualtystats.reports.facilities.judge import WARNING_TYPES
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.policies import OVERLAPS, Overlap
from casualtystats.reports.facilities.tables import TableSource
from casualtystats.reports.facilities.unread import without_window
from casualtystats.reports.facilities.warnings import hit_warnings, spell_warnings
from casualtystats.schemas import FacilitySchema, HitSchema, SpellSchema

__all__ = ["read_facilities"]


def read_facilities(
    facilities: TableSource,
    *,
    outages: TableSource | None = None,
    hits: TableSource | None = None,
    observed: Period | str | None = None,
    overlap: Overlap = "reject",
    places: Places | str | os.PathLike[str] | None = None,
    origin: Origin | None = None,
) -> Facilities:
    """Read a register of facilities with their spells out of service and their hits, and check every row.

    Rows that break a rule are not dropped: they stand in `Facilities.rejected` with table, row, rule and hint. In
    each table, accepted rows and distinct rejected rows are the rows that were read.

    Parameters
    ----------
    facilities : path or frame
        One facility a row. Needed: `facility_id`. Optional: `name`; `type` and `place` (paths); `beds` and
        `catchment` (whole numbers); `opened`, `closed` (first and last day on which it exists; empty = without end);
        `observed_from`, `observed_until` (days on which the lack of a spell means that it functions; empty = none).
    outages : path or frame, optional
        One spell a row. Needed: `facility_id`, `start`. Optional:

        - `end`, the last day of the spell; empty = no end is known (after `known_until` its status is unknown);
          "still out", "still" or "ongoing" = it lasted on `known_until`, else on `observed_until` of the facility;
        - `status`: functional, partial, non_functional (also where empty), destroyed or unknown;
        - `known_until`, the day on which it was last known to last, or a range of days of which one is that day;
        - `spell_id` (empty = made from the number of the row), `cause`, `source`.

        `start` and `end` are a day, a month or [day..day] (one of these days); `start` may be [..day]: it is not known
        when it began, it was so when first seen on that day.
    hits : path or frame, optional
        One hit a row. Needed: `date`. Optional: `facility_id` (empty = not known which), `hit_id`, `place`, `type`,
        `source`. A hit makes no spell: no duration follows from it.
    observed : Period or its text, optional
        `observed_from` and `observed_until` of the facilities that have none; of fuzzy ends only the sure days count.
    overlap : {"reject", "worst", "latest"}
        What is done with spells of one facility that no choice of their fuzzy dates keeps apart. "reject": all of them
        are rejected, each hint names the others. "worst": on shared days the worse status holds (destroyed >
        non_functional > partial > unknown > functional); spells are cut, those of exactly known days only; a spell of
        which nothing is left is rejected (`overlap_covered`), further pieces of one spell carry its id and "#2", ...
        "latest": the later spell ends the earlier on the day before it starts, where starts are known and differ.
        Spells that may overlap are narrowed to the dates that keep them apart.
    places : Places or path, optional
        Declared zones and names, or the CSV file that declares them.
    origin : Origin, optional
        The publication that the tables come from.

    Returns
    -------
    Facilities
        None accepted is no error. A facility of which a row of outages was rejected loses its observed days, with a
        warning: where no spell speaks it is then unknown, not functional, until that row is mended.

    Raises
    ------
    ReportFileError
        If a table can not be read at all, or its columns do not fit.
    OptionError
        If `overlap` or `observed` is not one of the above.
    PlacesError
        If the table of places can not be read.
    MissingExtraError
        If a frame can be handed over by pyarrow only, and that is not installed.

    Examples
    --------
    >>> clinics = pl.DataFrame({"facility_id": ["a", "b"], "beds": [40, 12]})
    >>> spells = pl.DataFrame({"facility_id": ["a", "a", "c"], "start": ["2019-05-04", "2019-06", "2019-05-01"],
    ...     "end": ["2019-05-08", "still out", None], "known_until": [None, "2019-07-31", None]})
    >>> register = read_facilities(clinics, outages=spells, observed="2019-05-01/2019-07-31")
    >>> print(register)
    2 facilities, 2 spells (1 still out), no hits; 1 row rejected (see .rejected)
    >>> register.rejected.select("table", "row", "rule").row(0)
    ('outages', 3, 'unknown_facility')
    """
    if overlap not in OVERLAPS:
        raise OptionError(f"expected overlap= one of {', '.join(OVERLAPS)}, got {overlap!r}")
    window = _window(observed)
    declared = Places() if places is None else places if isinstance(places, Places) else Places.read(Path(places))
    register = check_facilities(facilities)
    if window is not None:
        bare = pl.col("observed_from").is_null()
        accepted = register.facilities.with_columns(
            observed_from=pl.when(bare).then(window[0]).otherwise("observed_from"),
            observed_until=pl.when(bare).then(window[1]).otherwise("observed_until"),
        )
        register = replace(register, facilities=accepted)
    accepted = register.facilities
    rejected, warnings = [register.rejected], [pl.DataFrame(schema=WARNING_TYPES)]
    spells = pl.DataFrame(schema={"row": pl.Int64(), **SpellSchema.create_empty().schema})
    told = pl.DataFrame(schema={"row": pl.Int64(), **HitSchema.create_empty().schema})
    if outages is not None:
        spells, refused, said = check_outages(outages, register, overlap)
        rejected.append(refused)
        accepted, unsure = without_window(accepted, refused)
        warnings += [said, unsure]
    if hits is not None:
        told, refused = check_hits(hits, register)
        rejected.append(refused)
    warnings += spell_warnings(spells) + hit_warnings(told, accepted, spells)
    return Facilities(
        FacilitySchema.validate(accepted),
        SpellSchema.validate(spells.drop("row")),
        HitSchema.validate(told.drop("row")),
        pl.concat(rejected),
        pl.concat(warnings).sort("table", "row", "flag", maintain_order=True),
        declared,
        origin,
    )


def _window(observed: Period | str | None) -> tuple[date, date] | None:
    if observed is None:
        return None
    period = Period.parse(observed) if isinstance(observed, str) else observed
    if not isinstance(period, Period):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected observed= a Period or its text, such as '2019-05-01/2019-05-31'; got {observed!r}")
    if period.start_latest > period.end_earliest:
        raise OptionError(f"expected observed= a period with at least one sure day, got {period}")
    return period.start_latest, period.end_earliest
