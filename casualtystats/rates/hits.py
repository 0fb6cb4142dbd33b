"""Hits per 100 facility-months, how many facilities were hit, and how many of them again."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import MeasureError, NoReportsError, OptionError
from casualtystats.printing import many
from casualtystats.rates.given import finite, number
from casualtystats.rates.hitrates import HITS, HitRate, bounds_of_distinct, rate_row
from casualtystats.rates.recurrence import mean_cumulative_function
from casualtystats.rates.recurrence.build import Exact, days_of
from casualtystats.rates.restoration.build import By, grouped
from casualtystats.rates.sampling import check_level, whole_counts
from casualtystats.reports.facilities.model import Facilities

__all__ = ["HitRate", "hit_rate"]

CLUSTERED: Final = (
    "hits cluster (the same places, on the same days), so that the exact Poisson interval is too narrow; mean_hits_se is the "
    "robust error, which holds where hits of one facility depend on each other"
)


def hit_rate(
    facilities: Facilities | int | None = None, *, hits: int | None = None, distinct: int | None = None,
    repeated: int | None = None, days: float | None = None, by: list[By] | None = None,
    period: Exact | None = None, level: float = 0.95,
) -> HitRate:  # fmt: skip
    r"""Hits per 100 facility-months, hits per day, distinct facilities hit, and the share of them hit again.

    .. math:: 100\, x \Big/ \sum_i \frac{e_i}{30.4375}

    with x hits and e_i the days on which facility i exists within the period, both ends counted; a month is 365.25/12 =
    30.4375 days. Interval: exact (Garwood), of the hits, divided by the same.

    Parameters
    ----------
    facilities : Facilities or int, optional
        A register with its hits; or, beside plain numbers, how many facilities there are (all of the time).
    hits, distinct, days : int, int, float
        Plain numbers in place of a register: hits, facilities hit (null where not known), days of the period.
    repeated : int, optional
        Facilities hit more than once. Without it, bounds follow from hits and distinct facilities.
    by : list of {"type", "place"}, optional
        Of a register: what splits the groups, each value as it stands; "not stated" is a group. Hits of facilities not known
        stand where they say themselves.
    period : Period, str or (start, end), optional
        Of a register: both ends counted, its dates exact; by default from the first to the last observed day.
    level : float, default 0.95
        Level of the interval.

    Returns
    -------
    HitRate
        One row a group.

    Raises
    ------
    OptionError
        If numbers contradict each other (more distinct facilities than hits), or both numbers and a register are given.
    MeasureError
        If it is no register.
    NoReportsError
        If there is no period, or no facility exists in it.

    Notes
    -----
    Hits of facilities not known count as hits, and widen the bounds of the facilities hit and of the share hit again: they
    may all be of those hit before, or each of another. Hits that may lie outside the period widen the bounds of the count,
    and there is then no interval. Every facility that exists counts, observed or not: the rate assumes that every hit in
    the period was reported, and is a floor where not.

    Examples
    --------
    >>> print(hit_rate(50, hits=20, days=15))
    20 hits in 15 days, both ends counted: 81.2 per 100 facility-months (95 % exact interval 49.6 to 125)
    >>> hit_rate(hits=20, distinct=18, days=15).frame.select("repeat_share_low", "repeat_share_high").row(0)
    (0.05555555555555555, 0.1111111111111111)
    """
    share, groups = check_level(level), grouped(by)
    if not isinstance(facilities, Facilities):
        if by is not None or period is not None:
            raise OptionError(
                "expected by= and period= with a register of facilities only; with plain numbers give days="
            )
        row = _plain(facilities, hits, distinct, repeated, days, share)
        return HitRate(pl.DataFrame([row], schema=HITS, orient="row"), share, (), (CLUSTERED,))
    given = {"hits": hits, "distinct": distinct, "repeated": repeated, "days": days}
    if both := [name for name, value in given.items() if value is not None]:
        raise OptionError(f"expected a register or plain numbers, got both: {', '.join(f'{name}=' for name in both)}")
    return _of_register(facilities, groups, period, share)


def _plain(
    facilities: Any, hits: int | None, distinct: int | None, repeated: int | None, days: float | None, level: float
) -> dict[str, Any]:
    if facilities is not None and (isinstance(facilities, bool) or finite(facilities) is None):
        raise MeasureError(f"expected facilities= a register (cs.read_facilities) or a number, got {facilities!r}")
    if hits is None or days is None:
        raise OptionError(
            "expected hits= and days= beside plain numbers, such as hit_rate(50, hits=20, distinct=18, days=15)"
        )
    length = number(days, "days= a number of days above 0")
    for name, value in (("hits", hits), ("distinct", distinct), ("repeated", repeated), ("facilities", facilities)):
        if value is not None:
            whole_counts([value])
            if name != "hits" and not 0 <= value <= (hits if name != "facilities" else np.inf):
                raise OptionError(f"expected {name}= at most the {hits:,} hits, got {value:,}")
    if facilities == 0 or (facilities is not None and (distinct or 0) > facilities):
        raise OptionError(f"expected facilities= at least those hit ({distinct or 1:,}), got {facilities:,}")
    again: tuple[int | None, int | None] = (None, None)
    if distinct is not None:
        extra = hits - distinct
        if hits and not distinct:
            raise OptionError(f"expected distinct= at least 1 with {hits:,} hits, got 0")
        least, most = min(1, extra), min(extra, distinct)
        again = (least, most)
        if repeated is not None:
            if not least <= repeated <= most:
                raise OptionError(
                    f"expected repeated= {least:,} to {most:,} with {hits:,} hits on {distinct:,} facilities, got "
                    f"{repeated:,}"
                )
            again = (repeated, repeated)
    elif repeated is not None:
        raise OptionError(f"expected distinct= the facilities hit, beside repeated={repeated}")
    exposure = None if facilities is None else facilities * length
    row = rate_row((hits, hits), length, exposure, level)
    shares = [None if value is None or not distinct else value / distinct for value in again]
    return row | {
        "facilities": facilities, "unknown_facility": 0, "distinct_low": distinct, "distinct_high": distinct,
        "repeated_low": again[0], "repeated_high": again[1], "repeat_share_low": shares[0], "repeat_share_high": shares[1],
    }  # fmt: skip


def _of_register(register: Facilities, groups: tuple[By, ...], period: Any, level: float) -> HitRate:
    table = register.facilities
    start, end = _span(table) if period is None else days_of(period)
    length = (end - start).days + 1
    begun = pl.max_horizontal(pl.col("opened").fill_null(start), pl.lit(start))
    over = pl.min_horizontal(pl.col("closed").fill_null(end), pl.lit(end))
    label = pl.concat_str([pl.col(name).fill_null("not stated") for name in groups], separator=", ") if groups else None
    group = pl.lit(None, pl.String) if label is None else label
    there = table.with_columns(
        entry=(begun - pl.lit(start)).dt.total_days(), last=(over - pl.lit(start)).dt.total_days() + 1, group=group
    ).filter(pl.col("last") > pl.col("entry"))
    if there.is_empty():
        raise NoReportsError(f"expected facilities that exist between {start} and {end}, got none")
    near = register.hits.filter((pl.col("date_earliest") <= end) & (pl.col("date_latest") >= start))
    own = table.select("facility_id", *[pl.col(name).alias(f"own_{name}") for name in groups])
    told = near.join(own, on="facility_id", how="left", maintain_order="left")
    own_or_said = [
        pl.when(pl.col("facility_id").is_null())
        .then(pl.col(name))
        .otherwise(pl.col(f"own_{name}"))
        .fill_null("not stated")
        for name in groups
    ]
    told = told.with_columns(
        group=pl.concat_str(own_or_said, separator=", ") if groups else pl.lit(None, pl.String),
        sure=(pl.col("date_earliest") >= start) & (pl.col("date_latest") <= end),
        day=(pl.col("date_earliest") - pl.lit(start)).dt.total_days() + 1,
    )
    names: list[str | None] = pl.concat([there["group"], told["group"]]).unique().sort().to_list()
    rows = [_group_row(name, there, told, length, level) for name in names]
    notes = [
        CLUSTERED,
        f"facility-months: the days from {start} to {end} on which each facility exists, of 30.4375 each",
    ]
    if unsure := told.filter(~pl.col("sure")).height:
        notes.append(f"{many(unsure, 'hit')} that may lie outside the period: bounds, no interval")
    if unknown := told["facility_id"].null_count():
        notes.append(f"{many(unknown, 'hit')} on facilities not known counted as hits, and left out of mean_hits")
    return HitRate(pl.DataFrame(rows, schema=HITS, orient="row"), level, groups, tuple(notes))


def _group_row(name: str | None, there: pl.DataFrame, told: pl.DataFrame, length: int, level: float) -> dict[str, Any]:
    mine = pl.col("group").eq_missing(pl.lit(name))
    here, hits = there.filter(mine), told.filter(mine)
    days = int((here["last"] - here["entry"]).sum())
    sure = hits.filter("sure")
    row = rate_row((sure.height, hits.height), length, days or None, level)
    per = [
        part.filter(pl.col("facility_id").is_not_null()).group_by("facility_id").len()["len"].to_list()
        for part in (sure, hits)
    ]
    unknown = [part["facility_id"].null_count() for part in (sure, hits)]
    row |= bounds_of_distinct(per[0], per[1], unknown[0], unknown[1], here.height or None)
    if sure.height == hits.height and here.height:
        window = {key: (entry, last) for key, entry, last in here.select("facility_id", "entry", "last").iter_rows()}
        days_hit: dict[str, list[float]] = {}
        for key, day in hits.select("facility_id", "day").iter_rows():
            if key in window and window[key][0] < day <= window[key][1]:
                days_hit.setdefault(key, []).append(day)
        final = mean_cumulative_function(days_hit, window, level=level).final
        row |= {"mean_hits": final["mean_hits"].item(), "mean_hits_se": final["se"].item()}
    return row | {"group": name, "facilities": here.height, "unknown_facility": hits["facility_id"].null_count()}


def _span(table: pl.DataFrame) -> tuple[date, date]:
    first, last = table["observed_from"].min(), table["observed_until"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise NoReportsError(
            "expected period=, or facilities with observed_from and observed_until; got neither, and a rate needs its days"
        )
    return first, last
