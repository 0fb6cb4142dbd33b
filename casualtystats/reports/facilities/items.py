"""One facility, one spell and one hit, as they are written by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casualtystats.vocabulary import FacilityStatus

__all__ = ["Facility", "HitEvent", "OutageSpell"]


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
        A day, a range of days ("[2019-04-27..2019-04-29]") or a month; a start "[..2019-05-01]" is not known, it was so
        when first seen on that day. `end` is the last day of the spell; None = no end is known, which is neither "back"
        nor "still out"; "still out" = it lasted to the last day observed.
    status : FacilityStatus
        Its status on these days.
    cause, source : str, optional
        None = not stated.
    known_until : date or str, optional
        The last day to which it is known to last, where no end is known; or a range of days of which one is that day. Of
        "still out", None = the last day on which the facility is observed.
    """

    facility: str
    start: date | str
    end: date | str | None = None
    status: FacilityStatus = "non_functional"
    cause: str | None = None
    source: str | None = None
    known_until: date | str | None = None


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
