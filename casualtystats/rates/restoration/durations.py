"""From spells to durations: one row an outage, with what is known of its start, its end, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Final

import polars as pl

from casualtystats.errors import MeasureError, OptionError
from casualtystats.rates.restoration.chains import Outage, outages_of
from casualtystats.rates.restoration.result import To
from casualtystats.reports.facilities.model import Facilities

__all__ = ["DURATIONS", "Durations", "durations"]

DURATIONS: Final[dict[str, Any]] = {
    "spell_id": pl.String, "facility_id": pl.String, "type": pl.String, "place": pl.String, "start": pl.Date,
    "first_seen": pl.Date, "entry": pl.Int64, "time_low": pl.Int64, "time_high": pl.Int64, "event": pl.String,
    "known": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Durations:
    """Outages and how long they lasted.

    Attributes
    ----------
    frame : pl.DataFrame
        One outage a row: `spell_id` (of its first spell), `facility_id`, `type`, `place`; `start` (its first day; null =
        not known to the day), `first_seen` (the day from which it is sure); `entry` (days already out when follow-up of
        the facility began: 0 but for a start known to the day before `observed_from`); `time_low`, `time_high` (days out,
        both ends counted: equal where exact; high null = no upper bound); `event` (restored, destroyed, or censored =
        it lasted at least `time_low` days); `known` (exact, interval, unknown_start, fuzzy_entry, before_follow_up).
    to : {"functional", "partial"}
        What ends an outage.
    """

    frame: pl.DataFrame
    to: To

    @property
    def counts(self) -> pl.DataFrame:
        """How many outages there are of each `known` and `event`: they sum to the rows of `frame`."""
        return self.frame.group_by("known", "event").len("outages").sort("known", "event")


def durations(facilities: Facilities, *, to: To = "functional") -> Durations:
    """The outages of facilities, and how long each lasted.

    Parameters
    ----------
    facilities : Facilities
        A register with its spells.
    to : {"functional", "partial"}, default "functional"
        What ends an outage: full service, or partial service.

    Returns
    -------
    Durations
        One row an outage, none left out.

    Raises
    ------
    MeasureError, OptionError
        If it is no register, or `to` is none of these.

    Notes
    -----
    - A `non_functional` spell begins an outage. To full service, a `partial` spell that follows without a gap belongs to
      it, and so does what follows that; to partial service, the outage ends there. Fuzzy edges that may meet count as
      meeting, and widen the bounds where a gap may lie between them.
    - A `destroyed` spell that follows without a gap ends an outage as destroyed, after the days out before it. Destroyed
      out of service that worked is an outage of 0 days, ended as destroyed.
    - Where the next day is `unknown`, the facility closed, or no end is known, the outage is censored: it lasted at least
      to its last sure day. Where it is later stated to work, it ended in between: an interval.
    - Two `non_functional` spells that touch are two outages, as recorded. `Facilities.merged()` makes one of them.
    - A start that is not known is no delayed entry: `time_low` holds the days seen, without upper bound.
    - An outage over, or last seen, before follow-up of its facility began is `before_follow_up`; with a fuzzy start before
      it, `fuzzy_entry`. No estimate can use them: only long ones would still be there.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports.facilities import read_facilities
    >>> spells = {"facility_id": ["a", "b", "c"], "start": ["2019-05-04", "2019-05-04", "2019-05-04"]}
    >>> spells["end"] = ["2019-05-08", "[2019-05-10..2019-05-20]", "still out"]
    >>> register = pl.DataFrame({"facility_id": ["a", "b", "c"]})
    >>> read = read_facilities(register, outages=pl.DataFrame(spells), observed="2019-05-01/2019-05-30")
    >>> durations(read).frame.select("facility_id", "time_low", "time_high", "event").rows()
    [('a', 5, 5, 'restored'), ('b', 7, 17, 'restored'), ('c', 27, None, 'censored')]
    """
    if not isinstance(facilities, Facilities):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(
            f"expected facilities= a register of facilities with spells (cs.read_facilities), got {type(facilities).__name__}"
        )
    if to not in ("functional", "partial"):
        raise OptionError(f"expected to= 'functional' or 'partial', got {to!r}")
    register = {row["facility_id"]: row for row in facilities.facilities.iter_rows(named=True)}
    spells = facilities.spells.cast({"status": pl.String}).sort("facility_id", "start_latest", "spell_id")
    rows = [
        _row(outage, register[facility])
        for facility, own in groupby(spells.iter_rows(named=True), key=lambda row: row["facility_id"])
        for outage in outages_of(list(own), to, register[facility]["closed"])
    ]
    return Durations(pl.DataFrame(rows, schema=DURATIONS, orient="row"), to)


def _row(outage: Outage, facility: dict[str, Any]) -> tuple[Any, ...]:
    begun: date | None = facility["observed_from"]
    start = outage.first_seen if outage.start_earliest == outage.first_seen else None
    entry = 0
    if outage.start_earliest is None:
        known = "unknown_start"
    elif begun is not None and outage.first_seen < begun:
        days = (begun - outage.first_seen).days
        last = outage.time_low - 1 if outage.event == "censored" else outage.time_high
        if last is not None and last <= days:
            known = "before_follow_up"
        elif start is None:
            known = "fuzzy_entry"
        else:
            entry, known = days, _known(outage)
    else:
        known = _known(outage)
    return (
        outage.spell_id, facility["facility_id"], facility["type"], facility["place"], start, outage.first_seen, entry,
        outage.time_low, outage.time_high, outage.event, known,
    )  # fmt: skip


def _known(outage: Outage) -> str:
    return "exact" if outage.event == "censored" or outage.time_low == outage.time_high else "interval"
