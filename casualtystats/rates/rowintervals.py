"""Sampling intervals of the rows of a series of rates: where there is one, and of which method.

There is an interval where a whole count is known for a period of known length. A floor, and a row that reports about the
whole do not cover, have a lower end only: more may have been. There is none where a count was derived by spreading a
report: such counts are no Poisson counts. `method` says which, or why there is none.

With n the count, T its exposure and [L, U] the interval of the count, the interval of the rate is per * L / T to
per * U / T; of a floor per * L / T_high, so that it never lies above the floor itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.rates.compound import fay_feuer
from casualtystats.rates.midp import midp
from casualtystats.rates.rows import PER, PerUnit
from casualtystats.rates.sampling import byar, garwood

__all__ = ["METHODS", "TOGETHER", "Interval", "check_interval", "counted_of_row", "with_intervals"]

Interval = Literal["garwood", "byar", "midp", "compound"]
METHODS: Final[dict[str, str]] = {
    "garwood": "Garwood",
    "byar": "Byar",
    "midp": "mid-P",
    "compound": "compound Poisson",
}
NO_REPORT = "none: no report"
NO_ENDS = "none: the ends of the period are not known"
CUT = "none: the cell cuts a report"
NO_BEST = "none: no best value"
NO_POPULATION = "none: no best value of the population"
NO_SIZES = "none: no event tells how many deaths one more would bring"
TOGETHER = "none: people flee together and not independently, so that a Poisson interval would be far too narrow"
OPEN = ", lower end only: no upper bound is known"
PARTLY = ", lower end only: not every day is covered by a report about the whole"
_Ends = Callable[[NDArray[np.float64], float], tuple[NDArray[np.float64], NDArray[np.float64]]]


def check_interval(interval: str) -> None:
    """Refuse a method that is not known.

    Raises
    ------
    OptionError
        If it is not one of `METHODS`.
    """
    if interval not in get_args(Interval):
        raise OptionError(f"expected interval= one of {', '.join(get_args(Interval))}; got {interval!r}")


def with_intervals(
    rows: pl.DataFrame, per: float, unit: PerUnit, level: float, interval: Interval | None
) -> pl.DataFrame:
    """Rows with rates, with `ci_low`, `ci_high`, `level` and `method`.

    Parameters
    ----------
    rows : pl.DataFrame
        Rows with rates; with "compound" also `_squares` (sum of squared event sizes) and `_largest`.
    per, unit, level
        As in the rate.
    interval : Interval or None
        None: no row has one, as what is counted does not happen one by one (`TOGETHER`).
    """
    if interval is None:
        none = pl.lit(None, pl.Float64)
        said = pl.when(pl.col("low").is_null()).then(pl.lit(NO_REPORT)).otherwise(pl.lit(TOGETHER))
        return rows.with_columns(ci_low=none, ci_high=none, level=none, method=said)
    name = METHODS[interval]
    _, likely, _ = PER[unit]
    covered = pl.col("coverage") >= 1
    counted = counted_of_row()
    sized = pl.col("_largest").is_null() if interval == "compound" else pl.lit(False)
    method = (
        pl.when(pl.col("low").is_null()).then(pl.lit(NO_REPORT))
        .when(pl.col("days_min") != pl.col("days_max")).then(pl.lit(NO_ENDS))
        .when("allocated").then(pl.lit(CUT))
        .when(likely.is_null()).then(pl.lit(NO_POPULATION))
        .when(counted.is_null()).then(pl.lit(NO_BEST))
        .when(sized).then(pl.lit(NO_SIZES))
        .when(~covered).then(pl.lit(name + PARTLY))
        .when(pl.col("high").is_null()).then(pl.lit(name + OPEN))
        .otherwise(pl.lit(name))
    )  # fmt: skip
    known = rows.with_columns(method=method)
    known = known.with_columns(
        _counted=pl.when(~pl.col("method").str.starts_with("none")).then(counted.cast(pl.Float64))
    )
    lower, upper = _ends(known, interval, level)
    known = known.with_columns(_lower=pl.Series(lower), _upper=pl.Series(upper))
    has, two_sided = pl.col("_counted").is_not_null(), pl.col("method") == name
    some = pl.col("_counted") > 0
    floor = pl.when(some).then(pl.col("rate_low") * pl.col("_lower") / pl.col("_counted")).otherwise(0.0)
    return known.with_columns(
        ci_low=pl.when(has & two_sided).then(per * pl.col("_lower") / likely).when(has).then(floor),
        ci_high=pl.when(two_sided).then(per * pl.col("_upper") / likely),
        level=pl.when(has).then(pl.lit(level)),
    )


def counted_of_row() -> pl.Expr:
    """The count that an interval is of: the best, or the least where it is a floor; null where it is neither."""
    floor = pl.when(pl.col("high").is_null()).then("low")
    return pl.when(pl.col("coverage") >= 1).then(pl.coalesce("best", floor)).otherwise("low")


def _ends(known: pl.DataFrame, interval: Interval, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Ends of the counts that are there, NaN elsewhere (and never read there)."""
    counts = known["_counted"]
    lower, upper = np.full(len(counts), np.nan), np.full(len(counts), np.nan)
    there = counts.is_not_null().to_numpy()
    whole = counts.drop_nulls().to_numpy()
    nearest = np.round(whole)
    # Sums of allocated parts may miss a whole number by the last bits.
    whole = np.where(np.abs(whole - nearest) <= 1e-9 * np.maximum(1.0, nearest), nearest, whole)
    if interval == "compound":
        squares, largest = (known[name].to_numpy()[there] for name in ("_squares", "_largest"))
        lower[there], upper[there] = fay_feuer(whole, squares, largest, level)
        return lower, upper
    ends: dict[str, _Ends] = {"garwood": garwood, "byar": byar, "midp": midp}
    lower[there], upper[there] = ends[interval](whole, level)
    return lower, upper
