"""`read_status_rounds`: a long table of repeated status surveys becomes checked rounds."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods import parse_date
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.facilities.cells import typed_cells
from casualtystats.reports.facilities.checks import Register, check_facilities, join_register
from casualtystats.reports.facilities.judge import Judged, duplicates
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.roundrules import (
    ROUNDS,
    in_order,
    order_rules,
    register_of_rows,
    row_rules,
    row_warnings,
    with_status,
)
from casualtystats.reports.facilities.rounds import ROUND_TYPES, StatusRounds
from casualtystats.reports.facilities.tables import TableSource, raw_table

__all__ = ["read_status_rounds"]

_OUTSIDE: Final = ("no", "false", "0")
_INSIDE: Final = ("yes", "true", "1")
_Day = str | datetime.date


def read_status_rounds(
    source: TableSource,
    *,
    facilities: Facilities | TableSource | None = None,
    statuses: Mapping[str, str | None] | None = None,
    date: _Day | Mapping[str, _Day] | None = None,
    places: Places | str | os.PathLike[str] | None = None,
    origin: Origin | None = None,
) -> StatusRounds:
    """Read rounds of a status survey (as HeRAMS is), one facility in one round a row, and check every row.

    Parameters
    ----------
    source : path or frame
        As in `read_facilities`. Needed: `facility_id`, `status`. Optional:

        - `round`, the identifier of the round; without the column there is one round;
        - `date`, when it was assessed: a day, a month or [day..day]. Rows without one have the days of the dated rows
          of their round;
        - `status`: one of functional, partial, non_functional, destroyed, unknown, or a publisher's word that means
          one of them ("Functioning", "Partially functioning", "Not functioning", ...; in any case); empty = listed in
          this round, and did not report;
        - `territory`: "no" = the facility lies outside the territory of this round; "yes", empty, or the name of the
          territory = inside;
        - `name`, `place`, `type`, `beds`, `catchment` of the facility: of several, what the latest round states.

        A facility without a row in a round was not listed in it: outside its territory, or left out.
    facilities : Facilities, path or frame, optional
        The register; without it, the facilities that the rounds name. Rows of other facilities are rejected.
    statuses : mapping of str to str or None, optional
        More publishers' words -> status, or None for "did not report".
    date : str, date or mapping of round to date, optional
        The date of rounds without any.
    places : Places or path, optional
        Declared zones and names.
    origin : Origin, optional
        The publication that the table comes from.

    Returns
    -------
    StatusRounds
        Accepted rows and distinct rejected rows are the rows that were read. Rounds with whole numbers as identifiers
        stand in the order of these, others in the order of their dates. Of a facility whose dates can not follow each
        other in the order of rounds, the rows that contradict each other are rejected (`round_order`).

    Raises
    ------
    ReportFileError
        If a table can not be read at all, or its columns do not fit.
    OptionError
        If `statuses` means no status, or one `date` is given for several rounds without one.
    ParseError
        If `date` is no date.
    PlacesError
        If the table of places can not be read.

    Examples
    --------
    >>> table = pl.DataFrame({"round": [1, 1, 2, 2], "facility_id": ["a", "b", "a", "b"],
    ...     "date": ["2021-01-11", None, "2021-03-15", None], "status": ["Functioning", "", "Not functioning", "partial"]})
    >>> print(read_status_rounds(table))
    2 rounds of 2 facilities, 11 January to 15 March 2021: 3 of 4 rows with a status
    """
    raw = raw_table(source, ROUNDS)
    declared = Places() if places is None else places if isinstance(places, Places) else Places.read(Path(places))
    typed = typed_cells(raw, ROUNDS)
    if "round" not in raw.frame.columns:
        typed = typed.with_columns(round=pl.lit("1"))
    twins, rule = duplicates("report", ["round", "facility_id"])
    judged = Judged("rounds", raw, with_status(_dated(typed, date), statuses).with_columns(twins))
    judged.apply([*row_rules(), rule])
    register, refused = _register(facilities)
    if register is not None:
        join_register(judged, register)
    judged.typed = in_order(judged.typed)
    judged.apply(order_rules())
    rows = in_order(judged.typed)
    named = register_of_rows(rows, None if register is None else register.facilities)
    territory = pl.col("territory").str.to_lowercase()
    held = rows.with_columns(
        listed=~territory.is_in(list(_OUTSIDE)).fill_null(value=False),
        territory=pl.when(~territory.is_in([*_OUTSIDE, *_INSIDE])).then(pl.col("territory")),
        status=pl.col("status_"),
    )
    return StatusRounds(
        held.select(pl.col(name).cast(dtype) for name, dtype in ROUND_TYPES.items()).sort("position", "facility_id"),
        named,
        pl.concat([judged.rejected(), *refused]),
        row_warnings(held),
        declared,
        origin,
    )


def _register(facilities: Facilities | TableSource | None) -> tuple[Register | None, list[pl.DataFrame]]:
    if facilities is None:
        return None, []
    if isinstance(facilities, Facilities):
        known = facilities.facilities
        return Register(known, pl.Series([], dtype=pl.String), facilities.rejected.clear()), []
    register = check_facilities(facilities)
    return register, [register.rejected]


def _dated(typed: pl.DataFrame, given: _Day | Mapping[str, _Day] | None) -> pl.DataFrame:
    """Rows without a date get the days of their round: of its dated rows, else the given."""
    first, last = pl.col("date_earliest"), pl.col("date_latest")
    typed = typed.with_columns(first_=first.min().over("round"), last_=last.max().over("round"))
    bare = typed.filter(pl.col("first_").is_null() & pl.col("round").is_not_null())["round"].unique().sort().to_list()
    if given is None:
        days: dict[str, tuple[datetime.date, datetime.date]] = {}
    elif isinstance(given, Mapping):
        days = {str(name): parse_date(day) for name, day in given.items()}
    elif len(bare) > 1:
        raise OptionError(
            f"expected date= a mapping of round to date, got one date for {len(bare)} rounds without one: "
            f"{', '.join(bare[:8])}"
        )
    else:
        days = dict.fromkeys(bare, parse_date(given))
    told = pl.DataFrame(
        [(name, *day) for name, day in days.items()],
        schema={"round": pl.String, "given_first": pl.Date, "given_last": pl.Date},
        orient="row",
    )
    joined = typed.join(told, on="round", how="left", maintain_order="left")
    empty = first.is_null() & ~pl.col("date?")
    return joined.with_columns(
        date_earliest=pl.when(empty).then(pl.coalesce("first_", "given_first")).otherwise(first),
        date_latest=pl.when(empty).then(pl.coalesce("last_", "given_last")).otherwise(last),
    )
