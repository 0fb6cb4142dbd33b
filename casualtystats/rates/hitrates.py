"""The rate of hits as a result, and the arithmetic of one row of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.printing import format_days
from casualtystats.rates.printed import printed
from casualtystats.rates.sampling import garwood, level_text

__all__ = ["HITS", "MONTH", "HitRate", "bounds_of_distinct", "rate_row"]

MONTH: Final = 365.25 / 12
HITS: Final[dict[str, Any]] = {
    "group": pl.String, "days": pl.Float64, "facilities": pl.Int64, "facility_months": pl.Float64,
    "hits_low": pl.Int64, "hits": pl.Int64, "hits_high": pl.Int64, "unknown_facility": pl.Int64,
    "rate_low": pl.Float64, "rate": pl.Float64, "rate_high": pl.Float64, "ci_low": pl.Float64, "ci_high": pl.Float64,
    "hits_per_day": pl.Float64, "per_day_ci_low": pl.Float64, "per_day_ci_high": pl.Float64,
    "distinct_low": pl.Int64, "distinct_high": pl.Int64, "repeated_low": pl.Int64, "repeated_high": pl.Int64,
    "repeat_share_low": pl.Float64, "repeat_share_high": pl.Float64, "mean_hits": pl.Float64,
    "mean_hits_se": pl.Float64, "level": pl.Float64, "method": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class HitRate:
    """Hits per 100 facility-months, one row a group.

    Attributes
    ----------
    frame : pl.DataFrame
        `group` (null = not split); `days` of the period; `facilities` that exist in it, `facility_months` (of 30.4375 days;
        null = not known); `hits` with `hits_low`, `hits_high` (`hits` null where dates leave it open),
        `unknown_facility` (hits among them on facilities not known); `rate` per 100 facility-months with `rate_low`,
        `rate_high` (source range) and `ci_low`, `ci_high` (sampling interval; null = none); `hits_per_day` with its
        interval; `distinct_low`, `distinct_high` (facilities hit), `repeated_low`, `repeated_high` (hit more than once),
        `repeat_share_low`, `repeat_share_high` (their share; null = none hit, or not known); `mean_hits`, `mean_hits_se`
        (hits a facility over the period by the mean cumulative function, with Lawless and Nadeau's error; null = facilities
        or days not known); `level`, `method`.
    level : float
        Level of the intervals.
    by : tuple of str
        What splits the groups.
    notes : tuple of str
        What the rate assumes, and what is only bounded.
    """

    frame: pl.DataFrame
    level: float = 0.95
    by: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """One row a group."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __len__(self) -> int:
        return self.frame.height

    def __str__(self) -> str:
        rows = self.frame.rows(named=True)
        lines = [_described(row) for row in rows]
        if len(lines) != 1 or rows[0]["group"] is not None:
            lines = [f"{row['group']}: {line}" for row, line in zip(rows, lines, strict=True)]
        return "; ".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = [name for name in self.frame.columns if self.frame[name].null_count() < self.frame.height]
        return html_table(self.frame.select(shown), str(self), "; ".join(self.notes))


def _described(row: dict[str, Any]) -> str:
    low, high = row["hits_low"], row["hits_high"]
    count = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    text = (
        f"{count} {'hit' if low == high == 1 else 'hits'} in {format_days(row['days'], row['days'])}, both ends counted"
    )
    if row["rate"] is not None:
        ends = f"{level_text(row['level'])} exact interval {printed(row['ci_low'])} to {printed(row['ci_high'])}"
        text += f": {printed(row['rate'])} per 100 facility-months ({ends})"
    elif row["rate_low"] is not None:
        text += f": {printed(row['rate_low'], 'down')} to {printed(row['rate_high'], 'up')} per 100 facility-months"
    elif row["hits_per_day"] is not None:
        ends = f"{printed(row['per_day_ci_low'])} to {printed(row['per_day_ci_high'])}"
        text += f": {printed(row['hits_per_day'])} a day ({level_text(row['level'])} exact interval {ends})"
    if row["distinct_low"] is None:
        return text
    distinct, again = (
        _range(row["distinct_low"], row["distinct_high"]),
        _range(row["repeated_low"], row["repeated_high"]),
    )
    noun = "facility" if distinct == "1" else "facilities"
    return f"{text}, {distinct} {noun} hit, {again} of them again"


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def rate_row(hits: tuple[int, int], days: float, facility_days: float | None, level: float) -> dict[str, Any]:
    """The rates of one row: exact intervals where the count is known, bounds where it is not.

    Parameters
    ----------
    hits : (int, int)
        Lower and upper bound of the count.
    days : float
        Length of the period.
    facility_days : float or None
        Days on which facilities exist, summed over them.
    level : float
        A share.
    """
    row: dict[str, Any] = dict.fromkeys(HITS)
    low, high = hits
    months = None if facility_days is None else facility_days / MONTH
    row |= {"days": days, "facility_months": months, "hits_low": low, "hits_high": high, "level": level}
    row["method"] = "exact Poisson (Garwood)" if low == high else "no interval: hits may lie outside the period"
    if months is not None:
        row |= {"rate_low": 100 * low / months, "rate_high": 100 * high / months}
    if low == high:
        ends = garwood(low, level)
        row |= {"hits": low, "hits_per_day": low / days}
        row |= {"per_day_ci_low": ends[0] / days, "per_day_ci_high": ends[1] / days}
        if months is not None:
            row |= {"rate": 100 * low / months, "ci_low": 100 * ends[0] / months, "ci_high": 100 * ends[1] / months}
    return row


def bounds_of_distinct(
    sure: list[int], all_hits: list[int], unknown_sure: int, unknown: int, facilities: int | None
) -> dict[str, Any]:
    """Bounds of facilities hit, of those hit again, and of their share, where some hits are of facilities not known.

    Parameters
    ----------
    sure, all_hits : list of int
        Hits of each facility hit: those surely in the period, and those that may be.
    unknown_sure, unknown : int
        Hits of facilities not known, likewise.
    facilities : int or None
        How many facilities there are; None = not known.

    Notes
    -----
    Each hit of a facility not known may be on any. Bounds are attained for hits whose dates are sure; where dates leave
    hits open, they are the widest of both counts, and may be wider than needed.
    """
    room = max(facilities or 0, len(all_hits)) if facilities is not None else len(all_hits) + unknown
    distinct_low = max(len(sure), min(1, unknown_sure))
    distinct_high = min(room, len(all_hits) + unknown)
    low, high = sum(count > 1 for count in sure), sum(count > 1 for count in all_hits)
    # Fewest again: as many unknown hits as there is room for are each on another facility.
    spread = min(unknown_sure, room - len(sure))
    crowded = unknown_sure > spread
    repeated_low = max(low, int(crowded))
    singles = len(all_hits) - high
    # Most again: first on those hit once, then two and two on others.
    repeated_high = min(room, high + min(unknown, singles) + max(0, unknown - singles) // 2)
    row = {
        "distinct_low": distinct_low, "distinct_high": distinct_high, "repeated_low": repeated_low,
        "repeated_high": repeated_high,
    }  # fmt: skip
    if sure == all_hits and unknown == unknown_sure:
        if not distinct_high:
            return row
        least = repeated_low / (len(sure) + spread)
        most = (high + min(unknown, singles)) / len(sure) if sure else float(unknown > 1)
        return row | {"repeat_share_low": least, "repeat_share_high": most}
    if not distinct_low:
        return row
    return row | {
        "repeat_share_low": repeated_low / distinct_high,
        "repeat_share_high": min(1.0, repeated_high / distinct_low),
    }
