"""Availability as bands over calendar cells, a row a part, and the share of facility-days that is known; and in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.errors import MeasureError, NoReportsError, OptionError
from casualtystats.periods import Period
from casualtystats.periods.cadence import every_name
from casualtystats.printing import format_rate
from casualtystats.series.availability import Availability

__all__ = ["MOST_PARTS", "AvailabilityPicture", "availability_alt", "availability_picture"]

MOST_PARTS: Final = 6
_LISTED: Final = 6
_DAILY: Final = {
    None: "share of facilities functional",
    "beds": "share of beds in functional facilities",
    "catchment": "share of people served whose facility functions",
}
_CELLS: Final = {
    None: "share of facility-days functional",
    "beds": "share of bed-days functional",
    "catchment": "share of person-days served",
}


@dataclass(frozen=True, eq=False)
class AvailabilityPicture:
    """What a picture of availability shows.

    Parameters
    ----------
    parts : dict of str to pl.DataFrame
        By name of the part ("" = not split): `period_start`, `period_end`, `facilities`, `low`, `best`, `high`,
        `coverage` of each cell.
    first, last : date
        The days shown.
    label, sentence, source : str
        Of the y axis, over and under the picture.
    """

    parts: dict[str, pl.DataFrame]
    first: date
    last: date
    label: str
    sentence: str
    source: str


def availability_picture(result: Availability) -> AvailabilityPicture:
    """The bands of an availability.

    Parameters
    ----------
    result : Availability
        As in `plots.availability`.

    Raises
    ------
    MeasureError, NoReportsError, OptionError
        As in `plots.availability`.
    """
    if not isinstance(result, Availability):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(
            f"expected an availability (cs.availability), got {type(result).__name__}; a register of facilities: "
            "plots.swimlanes(facilities); aggregate reports of outages: plots.outages(series)"
        )
    frame = result.frame
    if frame["low"].null_count() == frame.height:
        raise NoReportsError("expected facility-days to draw, got none: no facility exists in the period")
    columns = ["period_start", "period_end", "facilities", "low", "best", "high", "coverage"]
    parts: dict[str, pl.DataFrame] = {}
    keyed = frame.partition_by(list(result.by), maintain_order=True) if result.by else [frame]
    for part in keyed:
        values: list[Any] = [part[name][0] for name in result.by]
        name = ", ".join(
            f"{by} not stated" if value is None else str(value) for by, value in zip(result.by, values, strict=True)
        )
        parts[name] = part.select(columns)
    if len(parts) > MOST_PARTS:
        raise OptionError(
            f"expected at most {MOST_PARTS} parts, got {len(parts)} by {' and '.join(result.by)}: they could not be read; "
            "take fewer steps of the place (level=), select some, or draw each on axes of its own (ax=)"
        )
    text = str(result)
    source = [result.source_line.rstrip(".")]
    exist: list[int] = frame["facilities"].to_list()
    few, many = min(exist), max(exist)
    if not result.by and few != many:
        source.append(f"{few:,} to {many:,} facilities exist at a time")
    return AvailabilityPicture(
        parts, result.first, result.last, (_DAILY if result.every == "day" else _CELLS)[result.weight],
        text[:1].upper() + text[1:], ". ".join(source),
    )  # fmt: skip


def availability_alt(result: Availability) -> str:
    """What the bands show, in sentences with the numbers.

    Parameters
    ----------
    result : Availability
        As in `plots.availability`; so are the errors.
    """
    picture = availability_picture(result)
    calendar = "the whole period" if result.every is None else every_name(result.every)
    told: list[str] = []
    for name, cells in picture.parts.items():
        rows = [row for row in cells.to_dicts() if row["low"] is not None]
        runs: list[dict[str, Any]] = []
        for row in rows:
            alike = runs and (runs[-1]["low"], runs[-1]["high"]) == (row["low"], row["high"])
            if alike and (row["period_start"] - runs[-1]["period_end"]).days == 1:
                runs[-1] = runs[-1] | {"period_end": row["period_end"]}
            else:
                runs.append(row)
        if len(runs) > _LISTED:
            lowest = min(runs, key=lambda row: (row["low"], row["period_start"]))
            chosen = [f"first {_cell(runs[0])}", f"lowest {_cell(lowest)}", f"last {_cell(runs[-1])}"]
        else:
            chosen = [_cell(row) for row in runs]
        told.append((f"{name}: " if name else "") + "; ".join(chosen))
    known = _range(result.frame["coverage"].drop_nulls().to_list())
    return (
        f"Band of the {picture.label} by {calendar}, from lower to upper bound. {picture.sentence}. {'. '.join(told)}. "
        f"Status known of {known} of facility-days."
    )


def _cell(row: dict[str, Any]) -> str:
    when = Period.of(row["period_start"], row["period_end"])
    return f"{when}: {_range([row['low'], row['high']])}"


def _range(shares: list[float]) -> str:
    low, high = min(shares), max(shares)
    ends = format_rate(round(100 * low, 9), "down"), format_rate(round(100 * high, 9), "up")
    return f"{ends[0]} %" if low == high else f"{ends[0]} to {ends[1]} %"
