"""The status of each facility by disjoint stretches of days: what it surely is, and what it may be."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.periods import Period
from casualtystats.reports.facilities.chains import FAR, Chains, chains, day_number
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.stretches import CODE_NAMES, stretches
from casualtystats.vocabulary import FACILITY_STATUSES

__all__ = ["days_of", "spoken_days", "states"]

_ANY: Final = (4,)
_MAY: Final = {
    "can_functional": (0, 5, 8, *_ANY),
    "can_partial": (1, 5, 6, *_ANY),
    "can_out": (2, 3, 6, 7, 8, *_ANY),
}


def spoken_days(facilities: Facilities) -> tuple[date, date]:
    """The first and the last day that an observed window or a spell speaks of.

    Raises
    ------
    NoReportsError
        If there is neither.
    """
    spells, register = facilities.spells, facilities.facilities
    firsts = [spells["start_earliest"].min(), spells["start_latest"].min(), register["observed_from"].min()]
    lasts = [spells["end_earliest"].max(), spells["end_latest"].max(), register["observed_until"].max()]
    first, last = ([day for day in days if isinstance(day, date)] for days in (firsts, lasts))
    if not first or not last:
        raise NoReportsError(
            "expected facilities with spells or observed days, got neither: their status is not known on any day. Give "
            "period='2019-04-29/2019-05-13', or state on which days the lack of a spell means that a facility functions "
            "(observed_from, observed_until)"
        )
    return min(first), max(last)


def days_of(facilities: Facilities, period: Period | str | None) -> tuple[date, date]:
    """The days of a period with known ends; without one, those that the register speaks of.

    Raises
    ------
    OptionError
        If an end of the period is not one day.
    NoReportsError
        If no period is given, and the register speaks of no day.
    """
    if period is None:
        return spoken_days(facilities)
    found = Period.parse(period) if isinstance(period, str) else period
    if not isinstance(found, Period):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected period= a Period or its text, such as '2019-04-29/2019-05-13'; got {period!r}")
    if found.start_earliest != found.start_latest or found.end_earliest != found.end_latest:
        raise OptionError(f"expected a period with known ends, got {found}; choose a first and a last day")
    return found.start_earliest, found.end_latest


def states(facilities: Facilities, period: Period | str | None = None, *, functional: bool = False) -> pl.DataFrame:
    """The status of facilities, by stretches of days that do not overlap.

    Parameters
    ----------
    facilities : Facilities
        A register with spells.
    period : Period or str, optional
        The days to speak of; by default from the first to the last day that an observed window or a spell speaks of.
    functional : bool
        Whether days on which a facility plainly functions (observed, and no spell speaks) get rows too. Without
        them, each day of the period on which a facility exists and that no row holds is such a day.

    Returns
    -------
    pl.DataFrame
        `facility_id`; `first`, `last` (dates, both included); `status`: functional, partial, non_functional, destroyed or
        unknown where it surely is so, else unknown; `can_functional`, `can_partial`, `can_out` (whether it may be so on each
        of these days: all three where it is not known at all). In the order of the register and of days.

    Raises
    ------
    ContradictionError
        If the spells of a facility can not be put in an order without overlap.
    OptionError, NoReportsError
        If the period has a fuzzy end; if there is none, and nothing speaks of any day.

    Notes
    -----
    After the last known day of a spell without an end a facility is unknown, on observed days too, until its next spell
    begins; a destroyed one stays destroyed. Before the day on which a spell was first seen, where its start is not known, it
    is unknown back to the end of the spell before. On other days it is functional where observed, else unknown.

    What may be on a day is what some arrangement of all its spells allows (each edge within its range, no overlap).

    Examples
    --------
    >>> from datetime import date
    >>> from casualtystats.schemas import FacilitySchema, SpellSchema
    >>> def frame(schema, row):
    ...     types = schema.create_empty().schema
    ...     return pl.DataFrame([dict.fromkeys(types) | row], schema=types)
    >>> seen = {"observed_from": date(2019, 5, 1), "observed_until": date(2019, 5, 9)}
    >>> spell = {"start_earliest": date(2019, 5, 3), "start_latest": date(2019, 5, 4), "end_earliest": date(2019, 5, 6)}
    >>> more = {"spell_id": "s", "facility_id": "A", "status": "non_functional", "still": False}
    >>> register = Facilities(frame(FacilitySchema, {"facility_id": "A"} | seen), frame(SpellSchema, spell | more))
    >>> states(register).select(pl.col("first", "last").dt.day(), "status", "can_functional", "can_out").rows()
    [(3, 3, 'unknown', True, True), (4, 6, 'non_functional', False, True), (7, 9, 'unknown', True, True)]
    """
    first, last = days_of(facilities, period)
    chained = chains(facilities)
    found = stretches(chained).sort("f", "from")
    begin, end = day_number(first), day_number(last)
    rows = pl.concat([found, _between(chained, found, functional=functional)]).with_columns(
        pl.col("from").clip(lower_bound=begin), pl.col("until").clip(upper_bound=end)
    )
    rows = rows.filter(pl.col("from") <= pl.col("until")).sort("f", "from")
    names = [name if name in FACILITY_STATUSES else "unknown" for name in CODE_NAMES]
    return rows.select(
        facility_id=facilities.facilities["facility_id"].gather(rows["f"]),
        first=pl.col("from").cast(pl.Int32).cast(pl.Date),
        last=pl.col("until").cast(pl.Int32).cast(pl.Date),
        status=pl.Series(names, dtype=pl.Enum(list(FACILITY_STATUSES))).gather(rows["code"]),
        **{name: pl.Series([code in codes for code in range(9)]).gather(rows["code"]) for name, codes in _MAY.items()},
    )


def _between(chained: Chains, found: pl.DataFrame, *, functional: bool) -> pl.DataFrame:
    """Rows of the base status between the stretches: unknown on days that were not observed, and functional on others."""
    register = chained.register.select(pl.int_range(pl.len(), dtype=pl.Int32).alias("f"), "opened", "closed")
    edges = pl.concat([
        register.select("f", after=pl.col("opened").cast(pl.Int64) - 1, before=pl.lit(None, pl.Int64)),
        found.select("f", after=pl.col("until").cast(pl.Int64), before=pl.col("from").cast(pl.Int64)),
        register.select("f", after=pl.lit(None, pl.Int64), before=pl.col("closed").cast(pl.Int64) + 1),
    ]).sort("f", pl.coalesce("after", "before"), maintain_order=True)  # fmt: skip
    base = edges.select(
        "f",
        (pl.col("after") + 1).alias("from"),
        until=pl.col("before").shift(-1) - 1,
    ).drop_nulls()
    row = base["f"]
    seen_from, seen_until = (chained.register[name].gather(row).cast(pl.Int64) for name in ("seen_from", "seen_until"))
    parts = [
        base.with_columns(until=pl.min_horizontal("until", seen_from - 1), code=pl.lit(4)),
        base.with_columns(pl.max_horizontal("from", seen_until + 1, seen_from).alias("from"), code=pl.lit(4)),
    ]
    if functional:
        seen = base.with_columns(pl.max_horizontal("from", seen_from), pl.min_horizontal("until", seen_until))
        parts.append(seen.with_columns(code=pl.lit(0)))
    rows = pl.concat(parts).filter(pl.col("from") <= pl.col("until"), pl.col("from") < FAR[1])
    return rows.select(
        "f", pl.col("from").cast(pl.Int32), pl.col("until").cast(pl.Int32), pl.col("code").cast(pl.UInt8)
    )
