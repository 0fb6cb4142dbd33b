"""How high the picture of a trend is: what is far above the totals would press them to the ground."""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.plots.data.flow import ABSURD

__all__ = ["trend_top"]

# An interval goes on above the picture where it is more than this many times as high as all else.
_WIDE: Final = 1.5
_AIR: Final = 1.06
_ROOM: Final = 1.2


def trend_top(totals: pl.DataFrame, days: pl.DataFrame, *, stepped: bool, prediction: bool) -> tuple[float, bool]:
    """The upper end of the axis, and whether the mean or an interval of it goes on above.

    Parameters
    ----------
    totals, days : pl.DataFrame
        As in `TrendPicture`.
    stepped : bool
        Whether the mean jumps from day to day.
    prediction : bool
        Whether the prediction interval is shown.
    """
    heights: list[float] = totals["low_rate"].to_list()
    bounds: list[float] = totals["high_rate"].drop_nulls().to_list()
    tallest, covered = max(heights), days.filter("covered")
    seen = max(tallest, min(_highest(covered, "mean", stepped=stepped), 2 * ABSURD * tallest))
    shown = {"mean": stepped, "mean_high": stepped} | ({"high": True} if prediction else {})
    limits = {"mean": seen, "mean_high": _WIDE * seen, "high": ABSURD * seen}
    ends = [min(_highest(covered, name, stepped=steps), limits[name]) for name, steps in shown.items()]
    # Between reports nothing is known that would ask for more room.
    between = min(_highest(days, "mean", stepped=stepped), _WIDE * seen)
    top = max([seen, between, *ends, *(bound for bound in bounds if bound <= ABSURD * seen)])
    # Arrows need room above what they stand on.
    floor, high = pl.col("state") == "floor", pl.col("high_rate").fill_null(0)
    arrows = totals.select(((high > top) | (floor & (pl.col("low_rate") > 0.8 * top))).any()).item()
    top *= _ROOM if arrows else _AIR
    return top, any(_highest(days, name, stepped=steps) > top for name, steps in shown.items())


def _highest(days: pl.DataFrame, name: str, *, stepped: bool) -> float:
    """The highest value of a line, which goes on for half a day before the first day and after the last."""
    values: list[float] = days[name].drop_nulls().to_list()
    if not stepped and len(values) > 1:
        values += [values[0] * (values[0] / values[1]) ** 0.5, values[-1] * (values[-1] / values[-2]) ** 0.5]
    return max(values, default=0.0)
