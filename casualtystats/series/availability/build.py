"""The builders of availability and of days lost: which facilities stand in which row, and how much each weighs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, Literal, get_args

import numpy as np
import polars as pl

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.periods import Period
from casualtystats.periods.cadence import Every, check_every
from casualtystats.reports.facilities.chains import chains
from casualtystats.reports.facilities.model import Facilities
from casualtystats.reports.facilities.states import days_of
from casualtystats.reports.facilities.stretches import stretches
from casualtystats.series.availability.counts import COUNTED, Grid, Ints, counts
from casualtystats.series.availability.floors import floors
from casualtystats.series.availability.lost import DaysLost
from casualtystats.series.availability.result import Availability
from casualtystats.series.availability.shares import check_partial

__all__ = ["AvailabilityBy", "LostBy", "Weight", "availability", "facility_days_lost"]

AvailabilityBy = Literal["place", "type"]
LostBy = Literal["facility_id", "place", "type"]
Weight = Literal["beds", "catchment"]
_UNSURE: Final = ("functional_or_partial", "partial_or_out", "non_functional_or_destroyed")


def availability(
    facilities: Facilities, every: Every = "day", *, by: Sequence[AvailabilityBy] = (), level: int | None = None,
    weight: Weight | None = None, partial: float | None = None, period: Period | str | None = None,
    origin: date | None = None,
) -> Availability:  # fmt: skip
    """Share of facility-days functional, by calendar cell, with bounds.

    Parameters
    ----------
    facilities : Facilities
        A register with spells.
    every : {"day", "week", "epiweek", "month", "quarter", "year"} or timedelta
        The calendar. Cells are cut at the first and last day of the period.
    by : list of "place", "type"
        Columns that split the answer into rows of their own.
    level : int, optional
        With by place: so many steps of the path of a place ("Syria/Idlib" is level 2 of "Syria/Idlib/Kafranbel"); a shorter
        path stays as it is. None = the whole path.
    weight : {"beds", "catchment"}, optional
        Count each facility-day that many times: bed-days, or person-days of the people served.
    partial : float, optional
        What a partial day counts, from 0 (lost) to 1 (functional). None: it is not known, low takes 0 and high takes 1.
    period : Period or str, optional
        First and last day; by default the first and last day that an observed window or a spell speaks of.
    origin : date, optional
        With a timedelta: a day on which a cell starts; by default the first day of the period.

    Returns
    -------
    Availability
        `frame`, `.lost`, `.days_lost()`, `.sweep([...])`, `.total()`.

    Raises
    ------
    OptionError
        If an argument is not known; if a facility lacks the weight, or all weigh nothing.
    NoReportsError
        If there is no facility, or no period is given and nothing speaks of any day.
    ContradictionError
        If the spells of a facility can not be put in an order without overlap.

    Notes
    -----
    A facility-day counts u = 1 functional, w partial, 0 non-functional or destroyed; unknown counts 0 in low and 1 in high:
    unknown is neither functional nor out. A day on which edges of spells are fuzzy takes the least and the most of what is
    possible on it. low = sum of least u / facility-days, high = sum of most u / facility-days: valid bounds, made day by day;
    the share over several days may be known better than they say (see `facility_days_lost`). A facility exists from `opened` to
    `closed`; other days are in neither part of the share.

    References
    ----------
    Availability is up-time over observed time: IEC 60050-192, 192-08-05.

    Examples
    --------
    >>> from casualtystats.reports.facilities.model import Facilities
    >>> from casualtystats.schemas import FacilitySchema
    >>> types = FacilitySchema.create_empty().schema
    >>> seen = {"observed_from": date(2019, 5, 1), "observed_until": date(2019, 5, 8)}
    >>> rows = [dict.fromkeys(types) | {"facility_id": "A"} | seen, dict.fromkeys(types) | {"facility_id": "B"}]
    >>> print(availability(Facilities(pl.DataFrame(rows, schema=types)), "week", partial=0.5))
    50.0 to 100 % of 16 facility-days functional, 1 May 2019 to 8 May 2019, 8 days, both ends counted
    """
    check_every(every, origin)
    return _built(facilities, every, _by(by, get_args(AvailabilityBy)), level, weight, partial, period, origin)


def facility_days_lost(
    facilities: Facilities, period: Period | str | None = None, *, by: Sequence[LostBy] = (), level: int | None = None,
    weight: Weight | None = None, partial: float | None = None,
) -> DaysLost:  # fmt: skip
    """Facility-days without service over a period, with bounds.

    Parameters
    ----------
    facilities : Facilities
        A register with spells; of one type of facility, select it first.
    period : Period or str, optional
        First and last day; by default the first and last day that an observed window or a spell speaks of.
    by : list of "facility_id", "place", "type"
        Rows of the answer. Its total is the same for all.
    level, weight, partial
        As in `availability`.

    Returns
    -------
    DaysLost
        "22.5 facility-days lost of 60". Its unit is bed-days, or catchment person-days without service, where weighted.

    Raises
    ------
    OptionError, NoReportsError, ContradictionError
        As in `availability`.

    Notes
    -----
    lost = sum over facilities and days of (1 - u), u as in `availability`. Where all edges are known, sums over facilities equal
    sums over time to the last bit (they are whole numbers of days, and one multiplication by 1 - w). With fuzzy edges the
    bounds add up the same way, with one exception: a spell whose edges are so fuzzy that no day of it is sure still holds
    a day; where all days that it may hold lie in the period, it takes at least 1 - w of one day from the total, so that the least
    of the total may exceed the sum of the least of its days.
    """
    return _built(
        facilities, None, _by(by, get_args(LostBy)), level, weight, partial, period, None
    ).days_lost()  # fmt: skip


def _by(by: Sequence[str], known: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(by, str) or any(name not in known for name in by) or len(set(by)) != len(by):
        raise OptionError(f"expected by= a list of different columns of {', '.join(known)}; got {by!r}")
    return tuple(by)


def _built(
    facilities: Facilities, every: Every | None, by: tuple[str, ...], level: int | None, weight: Weight | None,
    partial: float | None, period: Period | str | None, origin: date | None,
) -> Availability:  # fmt: skip
    if not isinstance(facilities, Facilities):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected facilities from read_facilities(...), got {type(facilities).__name__}")
    check_partial(partial)
    if not len(facilities):
        raise NoReportsError("expected at least one facility, got none; take another selection")
    first, last = days_of(facilities, period)
    heavy = None if weight is None else _weights(facilities, weight)
    names, group = _groups(facilities, by, level)
    chained = chains(facilities)
    found = stretches(chained)
    grid = Grid.of(first, last, every, origin)
    days = counts(chained, found, group, names.height if by else 1, heavy, grid)
    extra = floors(chained, found, grid.first, grid.last)
    row = extra["f"].to_numpy()
    named = pl.concat([names[group[row]], extra], how="horizontal") if by else extra
    extra = named.with_columns(heavy=pl.lit(1) if heavy is None else pl.Series(heavy[row]))
    return Availability.of_counts(
        _table(names, grid, days, by), extra, every=every, by=by, weight=weight, partial=partial, first=first, last=last,
        origin=facilities.origin,
    )  # fmt: skip


def _weights(facilities: Facilities, weight: Weight) -> Ints:
    if weight not in get_args(Weight):
        raise OptionError(f"expected weight= one of {', '.join(get_args(Weight))} or None; got {weight!r}")
    column = facilities.facilities[weight]
    missing = column.null_count()
    if missing:
        some = facilities.facilities.filter(pl.col(weight).is_null())["facility_id"].head(3).to_list()
        raise OptionError(
            f"expected {weight} of every facility, got none for {missing} of {len(facilities)} ({', '.join(some)}"
            f"{', ...' if missing > len(some) else ''}). Keep those that have it, and say so beside the result: "
            f"facilities.filter(pl.col({weight!r}).is_not_null()); or state it in the table"
        )
    if not column.sum():
        raise OptionError(
            f"expected {weight} above 0 of some facility, got 0 for all {len(facilities)}; use weight=None"
        )
    return column.to_numpy().astype(np.int64)


def _groups(facilities: Facilities, by: tuple[str, ...], level: int | None) -> tuple[pl.DataFrame, Ints]:
    """The values of `by`, in order with nulls last, and for each facility the number of its own."""
    if level is not None and ("place" not in by or isinstance(level, bool) or level < 1):
        raise OptionError(
            f"expected level= a number of steps, 1 or more, with by=['place']; got {level!r} with by={list(by)!r}"
        )
    if not by:
        return pl.DataFrame(), np.zeros(len(facilities), np.int64)
    table = facilities.facilities.select(by)
    if level is not None:
        table = table.with_columns(pl.col("place").str.split("/").list.head(level).list.join("/"))
    names = table.unique().sort(by, nulls_last=True) if by != ("facility_id",) else table
    numbered = names.with_row_index("_group")
    found = table.join(numbered, on=list(by), how="left", nulls_equal=True, maintain_order="left")["_group"]
    return names, found.to_numpy().astype(np.int64)


def _table(names: pl.DataFrame, grid: Grid, days: dict[str, Ints], by: tuple[str, ...]) -> pl.DataFrame:
    """Counts as a frame: groups in order, and the cells of each in order of time."""
    groups, cells = len(days["facility_days"]), grid.cells.height
    number: Ints = np.arange(groups * cells, dtype=np.int64)
    rows = names[number // cells] if by else pl.DataFrame()
    times = grid.cells[number % cells]
    flat = {name: pl.Series(np.ascontiguousarray(found).reshape(-1)) for name, found in days.items()}
    frame = pl.concat([rows, times, pl.DataFrame(flat)], how="horizontal")
    sure = [name for name in COUNTED if name not in _UNSURE]
    return frame.select(
        *by, "period_start", "period_end", "days", "facilities", "facility_days", *sure,
        *_UNSURE, unknown=pl.col("facility_days") - pl.sum_horizontal(sure),
    ).select(
        *by, "period_start", "period_end", "days", "facilities", "facility_days", *sure, "unknown", *_UNSURE
    )  # fmt: skip
