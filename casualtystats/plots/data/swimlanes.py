"""One lane a facility: what is known of its status on each day, its hits, and where nothing is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal, get_args

import polars as pl

from casualtystats.errors import MeasureError, NoReportsError, OptionError
from casualtystats.periods import Period
from casualtystats.plots.data.facilitydays import Stretch, facility_days
from casualtystats.reports.facilities import Facilities

__all__ = ["LESS", "OUT", "Lane", "Sort", "SwimlanesPicture", "swimlanes_picture"]

Sort = Literal["start", "place", "type", "duration", "register"]
# Less than full service; out of service.
LESS: Final = ("partial", "non_functional", "destroyed")
OUT: Final = ("non_functional", "destroyed")
_LISTED: Final = 6


@dataclass(frozen=True)
class Lane:
    """What is drawn of one facility.

    Parameters
    ----------
    id, label : str
        Its identifier, and its name (the identifier where it has none).
    group : str
        Its place or type, where lanes are sorted by it; else "".
    stretches : tuple of Stretch
        What is known, day by day.
    still : tuple of date
        Last days of spells that the source says "still" lasted, without an end.
    kept : tuple of date
        Last days drawn of a destruction without a known end.
    hits : tuple of (date, date, int)
        First and last day that may be the day of a hit, and how many hits have these dates.
    """

    id: str
    label: str
    group: str
    stretches: tuple[Stretch, ...]
    still: tuple[date, ...]
    kept: tuple[date, ...]
    hits: tuple[tuple[date, date, int], ...]

    def days(self, *status: str, sure: bool = True) -> int:
        """Days with one of some statuses; with `sure=False`, also those on which it may be so."""
        return sum(one.days for one in self.stretches if one.status in status and (one.sure or not sure))


@dataclass(frozen=True)
class SwimlanesPicture:
    """What a swimlane timeline shows.

    Parameters
    ----------
    lanes : tuple of Lane
        From the top to the bottom.
    strays : tuple of (date, date, int)
        Hits on facilities that are not known, as `Lane.hits`.
    first, last : date
        The days shown.
    source : str
        The line under the picture.
    """

    lanes: tuple[Lane, ...]
    strays: tuple[tuple[date, date, int], ...]
    first: date
    last: date
    source: str

    @property
    def sentence(self) -> str:
        """How many facilities were surely out on a day or more, and how many may have been besides."""
        out = sum(lane.days(*OUT) > 0 for lane in self.lanes)
        may = sum(lane.days(*OUT, sure=False) > 0 for lane in self.lanes) - out
        more = f", {may:,} more perhaps" if may else ""
        noun = "facility" if len(self.lanes) == 1 else "facilities"
        return f"{out:,} of {len(self.lanes):,} {noun} out of service on at least one day{more}"


def swimlanes_picture(
    facilities: Facilities, *, period: Period | str | None = None, sort: Sort = "start", most: int = 200
) -> SwimlanesPicture:
    """The lanes of a register of facilities.

    Parameters
    ----------
    facilities, period, sort, most
        As in `plots.swimlanes`.

    Raises
    ------
    MeasureError, NoReportsError, OptionError
        As in `plots.swimlanes`.
    """
    if not isinstance(facilities, Facilities):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(
            f"expected a register of facilities (cs.read_facilities), got {type(facilities).__name__}; aggregate reports "
            "of outages: plots.outages(series)"
        )
    if sort not in get_args(Sort):
        raise OptionError(f"expected sort= {', '.join(map(repr, get_args(Sort)))}; got {sort!r}")
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected most= a whole number from 1 up, got {most!r}")
    first, last = _shown(facilities, period)
    register = facilities.facilities.filter(
        (pl.col("opened").is_null() | (pl.col("opened") <= last))
        & (pl.col("closed").is_null() | (pl.col("closed") >= first))
    )
    if register.is_empty():
        raise NoReportsError(
            f"expected facilities that exist between {first} and {last}, got none; give another period="
        )
    if register.height > most:
        raise OptionError(
            f"expected at most {most:,} facilities (most=), got {register.height:,}: their lanes could not be read; select "
            "by place or type, give a greater most=, or draw plots.availability(cs.availability(facilities))"
        )
    spells: dict[str, list[dict[str, Any]]] = {}
    for spell in facilities.spells.sort("facility_id", "start_latest", "spell_id").to_dicts():
        spells.setdefault(spell["facility_id"], []).append(spell)
    seen = (pl.col("date_latest") >= first) & (pl.col("date_earliest") <= last)
    hits = _hits(facilities.hits.filter(seen), first, last)
    found = [
        _lane(row, spells.get(row["facility_id"], []), hits.get(row["facility_id"], ()), sort, first, last)
        for row in register.to_dicts()
    ]
    lanes = _told_apart(found)
    if sort != "register":
        lanes.sort(key=lambda lane: _order(lane, sort, last))
    outside = facilities.facilities.height - register.height
    return SwimlanesPicture(tuple(lanes), hits.get(None, ()), first, last, _source(facilities, outside, seen))


def _shown(facilities: Facilities, period: Period | str | None) -> tuple[date, date]:
    """The days asked for, or all that anything speaks about."""
    if period is not None:
        if not isinstance(period, Period | str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(f'expected period= a Period or a text such as "2019-04-01/2019-06-30", got {period!r}')
        found = Period.parse(period) if isinstance(period, str) else period
        return found.start_earliest, found.end_latest
    days: list[date] = []
    for frame, names in (
        (facilities.facilities, ("observed_from", "observed_until")),
        (facilities.spells, ("start_earliest", "start_latest", "end_earliest", "end_latest")),
        (facilities.hits, ("date_earliest", "date_latest")),
    ):
        for name in names:
            days += frame[name].drop_nulls().to_list()
    if not days:
        raise NoReportsError(
            "expected a facility with a spell, a hit or observed days, got none; give period= to draw empty lanes, or read "
            "the spells too: read_facilities(facilities, outages)"
        )
    return min(days), max(days)


def _hits(frame: pl.DataFrame, first: date, last: date) -> dict[str | None, tuple[tuple[date, date, int], ...]]:
    days = frame.select(
        "facility_id", start=pl.col("date_earliest").clip(first, last), end=pl.col("date_latest").clip(first, last)
    )
    found: dict[str | None, tuple[tuple[date, date, int], ...]] = {}
    for facility, start, end, count in days.group_by("facility_id", "start", "end").len().sort(pl.all()).rows():
        found[facility] = (*found.get(facility, ()), (start, end, count))
    return found


def _lane(
    row: dict[str, Any], spells: list[dict[str, Any]], hits: tuple[tuple[date, date, int], ...], sort: Sort, first: date,
    last: date,
) -> Lane:  # fmt: skip
    stretches = facility_days(row, spells, first, last)
    still = [
        spell["end_earliest"]
        for spell in spells
        if spell["still"] and spell["end_latest"] is None and spell["status"] in ("partial", "non_functional")
        and first <= spell["end_earliest"] <= last
    ]  # fmt: skip
    kept = [one.last for one in stretches if one.status == "destroyed" and one.open]
    # A destruction that is seen on the last day only is kept too.
    last_spell = spells[-1] if spells else None
    if last_spell and last_spell["status"] == "destroyed" and last_spell["end_latest"] is None and not kept:
        since = last_spell["start_latest"]
        kept = [one.last for one in stretches[-1:] if one.status == "destroyed" and one.sure and one.last >= since]
    group = (row[sort] or f"{sort} not stated") if sort in ("place", "type") else ""
    label = row["name"] or row["facility_id"]
    return Lane(row["facility_id"], label, group, tuple(stretches), tuple(still), tuple(kept), hits)


def _told_apart(lanes: list[Lane]) -> list[Lane]:
    """Facilities of one name, with their identifiers."""
    times = Counter(lane.label for lane in lanes)
    return [
        replace(lane, label=f"{lane.label} ({lane.id})") if times[lane.label] > 1 and lane.label != lane.id else lane
        for lane in lanes
    ]


def _order(lane: Lane, sort: Sort, last: date) -> tuple[Any, ...]:
    """Those never known to be out come last; ties by identifier."""
    starts = [one.first for one in lane.stretches if one.status in LESS]
    start = (not starts, min(starts, default=last))
    if sort == "duration":
        return (-lane.days(*OUT), -lane.days(*LESS), *start, lane.id)
    return (lane.group.endswith("not stated"), lane.group, *start, lane.id)


def _source(facilities: Facilities, outside: int, seen: pl.Expr) -> str:
    names = sorted({*facilities.spells["source"].drop_nulls(), *facilities.hits["source"].drop_nulls()})
    shown = names if len(names) <= _LISTED else [*names[:_LISTED], f"{len(names) - _LISTED} more"]
    origin = facilities.origin
    parts = ["Source: " + (", ".join(shown) or (origin.producer if origin else "not stated"))]
    if origin and origin.title:
        parts.append(f"From: {origin.title}")
    parts.append("No line and no bar: not observed")
    if outside:
        parts.append(
            f"{outside:,} {'facilities' if outside > 1 else 'facility'} that did not exist in these days left out"
        )
    unseen = facilities.hits.filter(~seen).height
    if unseen:
        parts.append(f"{unseen:,} hit{'s' if unseen > 1 else ''} outside these days")
    return ". ".join(parts)
