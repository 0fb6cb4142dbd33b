"""The mean cumulative number of hits of a register: who is followed when, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import polars as pl

from casualtystats.errors import MeasureError, NoReportsError, OptionError, UndefinedEstimateError
from casualtystats.periods import Period
from casualtystats.printing import many
from casualtystats.rates.recurrence.estimate import check_choices, mean_curve
from casualtystats.rates.recurrence.result import Errors, MeanCumulative, Scale
from casualtystats.rates.restoration.build import By, grouped
from casualtystats.reports.facilities.model import Facilities

__all__ = ["Exact", "days_of", "mean_cumulative_hits"]

Dates = Literal["earliest", "latest"]
Exact = Period | str | tuple[str | date, str | date]


def mean_cumulative_hits(
    facilities: Facilities, *, by: list[By] | None = None, period: Exact | None = None, level: float = 0.95,
    errors: Errors = "robust", interval: Scale = "log", dates: Dates | None = None,
) -> MeanCumulative:  # fmt: skip
    """Mean number of hits a facility since the start of the period, repeated hits and all.

    A facility is followed on the days of its `observed_from` to `observed_until` on which it exists, within the period: on
    other days nobody says that no hit means none. Day 1 is the first day of the period.

    Parameters
    ----------
    facilities : Facilities
        A register with its hits (`cs.read_facilities`).
    by : list of {"type", "place"}, optional
        What splits the groups, each value as it stands; "not stated" is a group.
    period : Period, str or (start, end), optional
        Both ends counted, its dates exact; by default from the first to the last day on which any facility is followed.
    level, errors, interval
        As in `mean_cumulative_function`.
    dates : {"earliest", "latest"}, optional
        Which day to take of hits whose date is a range. Two calls, one of each, show how much hangs on it; neither curve
        bounds all others where follow-up differs between facilities.

    Returns
    -------
    MeanCumulative
        `notes` counts the hits that were left out: of facilities not known, and on days without follow-up.

    Raises
    ------
    MeasureError, OptionError, ParseError, PeriodError
        If it is no register, an option is not known, or the period is not exact.
    UndefinedEstimateError
        If the date of a hit is a range, and `dates` does not say which day to take.
    NoReportsError
        If no facility is followed on any day.

    Notes
    -----
    A facility stays at risk while it is out of service, and after it was destroyed, as long as it is followed and exists:
    set `closed` where it can not be hit any more. Hits are those reported: the mean is a floor.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports.facilities import read_facilities
    >>> register = pl.DataFrame({"facility_id": ["a", "b", "c"]})
    >>> hits = pl.DataFrame({"facility_id": ["a", "a", "b"], "date": ["2019-05-03", "2019-05-09", "2019-05-03"]})
    >>> read = read_facilities(register, hits=hits, observed="2019-05-01/2019-05-15")
    >>> print(mean_cumulative_hits(read))
    1.00 hits a facility (95 % robust interval 0.397 to 2.52) by day 15, 3 hits
    """
    share = check_choices(level, errors, interval)
    if dates not in (None, "earliest", "latest"):
        raise OptionError(f"expected dates= 'earliest', 'latest' or None, got {dates!r}")
    groups = grouped(by)
    if not isinstance(facilities, Facilities):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(
            f"expected facilities= a register with hits (cs.read_facilities), got {type(facilities).__name__}"
        )
    label = pl.concat_str([pl.col(name).fill_null("not stated") for name in groups], separator=", ") if groups else None
    register = facilities.facilities.with_columns(
        group=pl.lit(None, pl.String) if label is None else label,
        begun=pl.max_horizontal("observed_from", "opened"),
        over=pl.min_horizontal("observed_until", "closed"),
    )
    seen = register.filter(pl.col("observed_from").is_not_null() & (pl.col("begun") <= pl.col("over")))
    if period is None:
        if seen.is_empty():
            raise NoReportsError(
                f"expected facilities with observed days, got {many(register.height, 'facility', 'facilities')} without; "
                "give observed_from and observed_until: elsewhere no hit does not mean none"
            )
        begun: list[date] = seen["begun"].to_list()
        over: list[date] = seen["over"].to_list()
        start, end = min(begun), max(over)
    else:
        start, end = days_of(period)
    seen = seen.filter((pl.col("begun") <= end) & (pl.col("over") >= start))
    if seen.is_empty():
        raise NoReportsError(f"expected facilities that are observed between {start} and {end}, got none")
    followed = seen.select(
        "facility_id", "group",
        entry=(pl.max_horizontal("begun", pl.lit(start)) - pl.lit(start)).dt.total_days(),
        last=(pl.min_horizontal("over", pl.lit(end)) - pl.lit(start)).dt.total_days() + 1,
    )  # fmt: skip
    notes = _left_out_facilities(register.height - seen.height)
    hits, more = _hits(facilities.hits, followed, start, end, dates)
    frames: list[pl.DataFrame] = []
    for group, part in followed.sort("group", maintain_order=True).group_by("group", maintain_order=True):
        place = {name: at for at, name in enumerate(part["facility_id"].to_list())}
        own = hits.filter(pl.col("facility_id").is_in(list(place)))
        whose = np.array([place[name] for name in own["facility_id"].to_list()], np.int64)
        window = part["entry"].to_numpy().astype(float), part["last"].to_numpy().astype(float)
        curve = mean_curve(own["day"].to_numpy().astype(float), whose, *window, share, errors, interval)
        date_ = pl.when(pl.col("day") > 0).then(pl.lit(start) + pl.duration(days=pl.col("day").cast(pl.Int64) - 1))
        frames.append(curve.with_columns(group=pl.lit(group[0], pl.String), date=date_.cast(pl.Date)))
    windows = followed.select("group", pl.col("entry", "last").cast(pl.Float64))
    return MeanCumulative(pl.concat(frames), windows, errors, interval, share, groups, start, tuple(notes + more))


def _hits(
    hits: pl.DataFrame, followed: pl.DataFrame, start: date, end: date, dates: Dates | None
) -> tuple[pl.DataFrame, list[str]]:
    """Hits of facilities that are followed on the day, and how many others of the period there are."""
    near = hits.filter((pl.col("date_earliest") <= end) & (pl.col("date_latest") >= start))
    unknown = near["facility_id"].null_count()
    known = near.filter(pl.col("facility_id").is_not_null())
    fuzzy = known.filter(pl.col("date_earliest") != pl.col("date_latest"))
    if fuzzy.height and dates is None:
        raise UndefinedEstimateError(
            f"expected hits dated to the day, got {many(fuzzy.height, 'hit')} dated within a range (first: "
            f"{fuzzy['hit_id'][0]}); give dates='earliest' and dates='latest' for a curve of each"
        )
    column = "date_latest" if dates == "latest" else "date_earliest"
    day = (pl.col(column) - pl.lit(start)).dt.total_days() + 1
    placed = known.with_columns(day=day).join(followed, on="facility_id", how="left", maintain_order="left")
    inside = placed.filter((pl.col("day") > pl.col("entry")) & (pl.col("day") <= pl.col("last")))
    notes: list[str] = []
    if unknown:
        notes.append(f"{many(unknown, 'hit')} on facilities not known left out")
    if number := known.height - inside.height:
        notes.append(f"{many(number, 'hit')} on days on which the facility is not followed left out")
    if fuzzy.height:
        notes.append(f"{many(fuzzy.height, 'hit')} dated within a range taken on the {dates} day")
    return inside.select("facility_id", "day"), notes


def _left_out_facilities(number: int) -> list[str]:
    return [f"{many(number, 'facility', 'facilities')} not observed in the period left out"] if number else []


def days_of(period: Any) -> tuple[date, date]:
    """First and last day of a period whose dates are exact.

    Raises
    ------
    OptionError
        If it is no period, or its dates are not exact.
    ParseError, PeriodError
        If a wording is outside its grammar, or the end lies before the start.

    Examples
    --------
    >>> [day.isoformat() for day in days_of("2019-05-01/2019-05-15")]
    ['2019-05-01', '2019-05-15']
    """
    given = period
    if isinstance(given, str):
        given = Period.parse(given)
    elif isinstance(given, Sequence) and len(given) == 2:  # pyright: ignore[reportUnknownArgumentType]
        given = Period.of(*given)  # pyright: ignore[reportUnknownArgumentType]
    if not isinstance(given, Period) or given.fuzzy:
        raise OptionError(f"expected period= exact dates, such as '2019-04-29/2019-05-13'; got {period!r}")
    return given.start_earliest, given.end_latest
