"""What the picture of a segmented or interrupted trend shows: totals per day, the fitted mean, and where it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import KindError, MeasureError, OptionError
from casualtystats.periods import Period, spoken_day
from casualtystats.trends.result import TrendFit
from casualtystats.trends.segments.interruption import InterruptedTrend
from casualtystats.trends.segments.result import SegmentedTrend

__all__ = ["SegmentsPicture", "segments_alt", "segments_picture"]

_BARS: Final = {
    "period_start": pl.Date, "period_end": pl.Date, "state": pl.String, "low_rate": pl.Float64, "high_rate": pl.Float64,
    "used": pl.Boolean,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class SegmentsPicture:
    """What is drawn.

    Attributes
    ----------
    bars : pl.DataFrame
        One row a total: `period_start`, `period_end` (its widest dates), `state` ("exact", "floor": at least,
        "ceiling": up to, "range"), `low_rate`, `high_rate` (bounds per day of the period; null = none), `used` (False
        for totals that touch a washout).
    mean : pl.DataFrame
        One row a day of the totals used: `date`, `mean`, `mean_low`, `mean_high`, `piece` (days of one piece are joined
        by a line).
    earlier : pl.DataFrame
        `date`, `mean`: the earlier trend from the date on; no rows where it was not asked for.
    joints : tuple of (number, first, last)
        Days of joints as days from `origin`, with the dates of their intervals (None where there is none).
    origin : date
        The first day.
    changes : date or None
        The day from which the change of an interrupted trend counts.
    washout : (date, date) or None
        Its first and last day.
    label : str
        What the axis counts.
    level : float
        Level of the intervals, as a share.
    """

    bars: pl.DataFrame
    mean: pl.DataFrame
    earlier: pl.DataFrame
    joints: tuple[tuple[float, date | None, date | None], ...]
    origin: date
    changes: date | None
    washout: tuple[date, date] | None
    label: str
    level: float


def segments_picture(result: SegmentedTrend | InterruptedTrend, earlier_trend: bool = False) -> SegmentsPicture:
    """What the picture of a segmented or interrupted trend shows.

    Parameters
    ----------
    result : SegmentedTrend or InterruptedTrend
        The result.
    earlier_trend : bool, default False
        Whether the trend before the date is continued. Interrupted trends only.

    Raises
    ------
    KindError
        If it is a trend without changes.
    MeasureError
        If it is no trend.
    OptionError
        If the earlier trend of a segmented trend is asked for.
    """
    if isinstance(result, TrendFit):
        raise KindError("expected a segmented or interrupted trend, got a plain one; use plots.trend(fit)")
    if not isinstance(result, SegmentedTrend | InterruptedTrend):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(f"expected the result of segmented_trend or interrupted_trend, got {type(result).__name__}")
    fit = result.fit
    joints: tuple[tuple[float, date | None, date | None], ...] = ()
    changes, washout = None, None
    if isinstance(result, SegmentedTrend):
        if earlier_trend:
            raise OptionError(
                "expected earlier_trend=True with an interrupted trend, whose date was fixed beforehand; got a segmented one"
            )
        joints = tuple((joint.at, joint.first_date, joint.last_date) for joint in result.joints)
    else:
        changes = result.start
        if result.start > result.date:
            washout = (result.date, result.start - timedelta(days=1))
    days = _days(fit)
    earlier = pl.DataFrame(schema={"date": pl.Date, "mean": pl.Float64})
    if earlier_trend and changes is not None:
        earlier = _earlier(fit, [day for day in days if day >= changes])
    return SegmentsPicture(
        _bars(fit, washout), _mean(fit, days, changes), earlier, joints, fit.first_day, changes, washout,
        f"{fit.noun} per day", fit.level,
    )  # fmt: skip


def _bars(fit: TrendFit, washout: tuple[date, date] | None) -> pl.DataFrame:
    rows = [_bar(row, row["fit_low"], row["fit_high"], used=True) for row in fit.rows.to_dicts()]
    if washout is not None:
        touching = fit.series.to_frame().filter(
            (pl.col("period_start") <= washout[1]) & (pl.col("period_end") >= washout[0]) & pl.col("low").is_not_null()
        )
        rows += [_bar(row, row["low"], row["high"], used=False) for row in touching.to_dicts()]
    return pl.DataFrame(rows, schema=_BARS).sort("period_start", "period_end", "used", "low_rate")


def _bar(row: dict[str, Any], low: float, high: float | None, *, used: bool) -> dict[str, Any]:
    days = (row["period_end"] - row["period_start"]).days + 1
    state = "floor" if high is None else "exact" if low == high else "range" if low else "ceiling"
    return {
        "period_start": row["period_start"], "period_end": row["period_end"], "state": state, "low_rate": low / days,
        "high_rate": None if high is None else high / days, "used": used,
    }  # fmt: skip


def _days(fit: TrendFit) -> list[date]:
    """The days of the totals used, in order."""
    found: set[date] = set()
    for first, last in fit.rows.select("period_start", "period_end").rows():
        found |= {first + timedelta(days=at) for at in range((last - first).days + 1)}
    return sorted(found)


def _mean(fit: TrendFit, days: list[date], changes: date | None) -> pl.DataFrame:
    """The fitted mean; a line ends where days lack a total, and where the level may change."""
    frame = fit.predict(days, draws=100).select("date", "mean", "mean_low", "mean_high")
    breaks = pl.col("date").diff().dt.total_days().fill_null(1) > 1
    if changes is not None:
        breaks |= pl.col("date") == changes
    return frame.with_columns(piece=breaks.cum_sum().cast(pl.Int64))


def _earlier(fit: TrendFit, days: list[date]) -> pl.DataFrame:
    terms = fit.design.matrix(days)
    kept = np.array([not name.startswith(("step(", "slope(")) for name in fit.names])
    offset = fit.fitted.offset[[(day - fit.first_day).days for day in days]]
    means = np.exp(terms[:, kept] @ fit.params[kept] + offset)
    return pl.DataFrame({"date": pl.Series(days, dtype=pl.Date), "mean": means})


def segments_alt(result: SegmentedTrend | InterruptedTrend) -> str:
    """What the picture shows, in plain sentences.

    Raises
    ------
    KindError, MeasureError
        As `segments_picture`.
    """
    shown = segments_picture(result)
    fit = result.fit
    states = shown.bars.filter("used")["state"].to_list()
    kinds = [
        f"{states.count(state)} {name}"
        for state, name in (("floor", "at least"), ("ceiling", "up to"), ("range", "as ranges"))
        if state in states
    ]
    bounds = f" ({', '.join(kinds)})" if kinds else ""
    begin = (
        f"Bars of {shown.label} for {fit.n} totals{bounds}, {Period.of(fit.first_day, fit.last_day)}, with the fitted mean. "
        f"It is {_daily(shown, fit.first_day)} on the first day and {_daily(shown, fit.last_day)} on the last."
    )
    if isinstance(result, InterruptedTrend):
        ratios = (("level", result.level_ratio), ("slope", result.slope_ratio))
        told = ", ".join(f"{name} rate ratio {ratio}" for name, ratio in ratios if ratio is not None)
        washout = f" The washout, {Period.of(*shown.washout)}, is left out." if shown.washout else ""
        return f"{begin} A line marks {spoken_day(result.start)}, from which the trend may change: {told}.{washout}"
    if not result.joints:
        return f"{begin} No change of growth was found: {result.segments[0].growth_per_day} a day."
    joints = ", ".join(str(joint) for joint in result.joints)
    growth = "; ".join(
        f"{one.growth_per_day} a day over {Period.of(one.first_day, one.last_day)}" for one in result.segments
    )
    return f"{begin} The growth changes about {joints}. {growth}."


def _daily(shown: SegmentsPicture, day: date) -> str:
    from casualtystats.printing import format_rate

    return format_rate(float(shown.mean.filter(pl.col("date") == day)["mean"].item()))
