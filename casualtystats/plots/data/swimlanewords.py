"""A swimlane timeline in words: how many facilities were out, until when, and of how many that is not known."""

from __future__ import annotations

from typing import Final

from casualtystats.periods import Period
from casualtystats.plots.data.swimlanes import LESS, OUT, Lane, Sort, swimlanes_picture
from casualtystats.plots.dates import day_label
from casualtystats.printing import many
from casualtystats.reports.facilities import Facilities

__all__ = ["swimlanes_alt"]

_LISTED: Final = 5


def swimlanes_alt(
    facilities: Facilities, *, period: Period | str | None = None, sort: Sort = "start", most: int = 200
) -> str:
    """What the lanes show, in sentences with the numbers.

    Parameters
    ----------
    facilities, period, sort, most
        As in `plots.swimlanes`; so are the errors.

    Examples
    --------
    >>> import polars as pl
    >>> from datetime import date
    >>> from casualtystats.schemas import FacilitySchema
    >>> blank = dict.fromkeys(FacilitySchema.create_empty().columns)
    >>> row = blank | {"facility_id": "a", "observed_from": date(2019, 5, 1), "observed_until": date(2019, 5, 9)}
    >>> swimlanes_alt(Facilities(pl.DataFrame([row], schema=FacilitySchema.create_empty().schema)))
    'Timeline of 1 facility, 1 to 9 May 2019, one lane each. Never known to be out of service: 1. No hits.'
    """
    picture = swimlanes_picture(facilities, period=period, sort=sort, most=most)
    lanes = picture.lanes
    out = [lane for lane in lanes if lane.days(*OUT)]
    may = [lane for lane in lanes if not lane.days(*OUT) and lane.days(*OUT, sure=False)]
    less = [lane for lane in lanes if lane.days("partial") and lane not in out and lane not in may]
    told = [
        f"Timeline of {many(len(lanes), 'facility', 'facilities')}, {Period.of(picture.first, picture.last)}, one lane each"
    ]
    if out:
        longest = sorted(out, key=lambda lane: (-lane.days(*OUT), lane.id))[:_LISTED]
        told.append(f"Out of service on at least one day: {len(out):,}")
        told.append(f"{'Longest' if len(out) > 1 else 'It'}: {'; '.join(_told(lane) for lane in longest)}")
    for words, found in (
        ("Perhaps out, on days not exactly known", len(may)),
        ("Partly functional only", len(less)),
        ("Destroyed", sum(lane.days("destroyed") > 0 for lane in lanes)),
        ("Said to be still out where last seen", sum(bool(lane.still) for lane in lanes)),
        ("Restoration not known on some days", sum(_not_known(lane) for lane in lanes)),
        ("Never known to be out of service", sum(not lane.days(*LESS, sure=False) for lane in lanes)),
        ("Of these, nothing known on any day", sum(not lane.stretches for lane in lanes)),
    ):
        if found:
            told.append(f"{words}: {found:,}")
    hits = sum(count for lane in lanes for _, _, count in lane.hits)
    strays = sum(count for _, _, count in picture.strays)
    if hits + strays:
        more = f", {strays:,} of them on facilities that are not known" if strays else ""
        told.append(f"Hits: {hits + strays:,}{more}")
    else:
        told.append("No hits")
    return ". ".join(told) + "."


def _not_known(lane: Lane) -> bool:
    return any(one.open and one.status == "unknown" for one in lane.stretches)


def _told(lane: Lane) -> str:
    days = lane.days(*OUT)
    first = min(one.first for one in lane.stretches if one.status in OUT and one.sure)
    return f"{lane.label}, {days:,} day{'' if days == 1 else 's'}, first on {day_label(first)}"
