"""Rates of the rows of a series: best and source range, each in columns of its own.

With n the count of a row, T its exposure (person-days, days, or people), and D the days of its period, both ends counted
(a stated length wins):

- rate      = per * n_best / T_best, where both are known and reports about the whole cover every day;
- rate_low  = per * n_low / T_high, and rate_high = per * n_high / T_low: the source range.

Per people, T is the mean number of people at risk over the period. Its bounds are those of the mean over each feasible
period: least person-days over the shortest length would be the mean of no period.

A published best outside its own bounds widens the source range. The sampling interval is made in `rowintervals`.
"""

from __future__ import annotations

from typing import Final, Literal

import polars as pl

from casualtystats.errors import OptionError

__all__ = ["PER", "PerUnit", "with_days", "with_rates"]

PerUnit = Literal["person-days", "days", "people"]
# Exposure columns (low, best, high) of each kind of rate.
PER: Final[dict[PerUnit, tuple[pl.Expr, pl.Expr, pl.Expr]]] = {
    "person-days": (pl.col("person_days_low"), pl.col("person_days"), pl.col("person_days_high")),
    "days": (
        pl.col("days_min"),
        pl.when(pl.col("days_min") == pl.col("days_max")).then("days_max"),
        pl.col("days_max"),
    ),
    "people": (
        pl.col("people_low"),
        pl.col("person_days") / pl.col("days_max"),
        pl.col("people_high"),
    ),
}


def with_days(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of a series with `days_min`, `days_max`, `coverage` and `allocated`, whether intervals or cells.

    A cell has its number of days. An interval has the days of its shortest and longest feasible period, or
    the stated length; it covers its whole period if it speaks about the whole place and group.
    """
    if "days" in frame.columns:
        days = pl.col("days").cast(pl.Float64)
        return frame.with_columns(days_min=days, days_max=days)
    stated = pl.col("hours") / 24
    shortest = (pl.col("end_earliest") - pl.col("start_latest")).dt.total_days() + 1
    longest = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    return frame.with_columns(
        days_min=pl.coalesce(stated, shortest.clip(lower_bound=1).cast(pl.Float64)),
        days_max=pl.coalesce(stated, longest.cast(pl.Float64)),
        coverage=pl.col("whole").cast(pl.Float64),
        allocated=pl.lit(False),
    )


def with_rates(frame: pl.DataFrame, per: float, unit: PerUnit, *, people: bool) -> pl.DataFrame:
    """Rows with exposure, with `numerator...`, `rate`, `rate_low` and `rate_high`.

    Parameters
    ----------
    frame : pl.DataFrame
        Rows of a series with days, person-days, and the bounds of the mean number of people.
    per : float
        The constant of the rate.
    unit : {"person-days", "days", "people"}
        What it is per.
    people : bool
        Whether each counted person can be counted once at most, as the dead.

    Raises
    ------
    OptionError
        If a row counts more people than there are.
    """
    covered = pl.col("coverage") >= 1
    best, low = pl.col("best").cast(pl.Float64), pl.col("low").cast(pl.Float64)
    high = pl.when(covered).then(pl.col("high").cast(pl.Float64))
    shortest, likely, longest = PER[unit]
    most = pl.when(high.is_not_null()).then(pl.max_horizontal(high, best))
    rows = frame.with_columns(
        numerator=best,
        numerator_low=low,
        numerator_high=high,
        # None at all is none a day, however long the period and whoever was there.
        rate=pl.when(covered & (best == 0) & (most == 0) & (low == 0))
        .then(0.0)
        .when(covered & (likely > 0))
        .then(per * best / likely),
        # No upper bound of the population leaves no lower bound of the rate but 0.
        rate_low=pl.when(longest.is_null() | (longest > 0)).then(
            per * pl.min_horizontal(low, best) / longest.fill_null(float("inf"))
        ),
        rate_high=pl.when(shortest > 0).then(per * most / shortest),
    ).with_columns(rate_low=pl.when(low.is_not_null()).then("rate_low"))
    _refuse_nobody(rows, longest)
    if people:
        _refuse_more_than_people(rows)
    return rows


def _refuse_nobody(rows: pl.DataFrame, longest: pl.Expr) -> None:
    wrong = rows.filter(longest <= 0)
    if wrong.height:
        row = wrong.row(0, named=True)
        raise OptionError(
            f"expected an exposure above 0, got nobody at risk from {row['period_start']} to {row['period_end']}; leave these "
            "days out, or correct population= and leaving="
        )


def _refuse_more_than_people(rows: pl.DataFrame) -> None:
    wrong = rows.filter(pl.col("numerator_low") > pl.col("people_high"))
    if wrong.height:
        row = wrong.row(0, named=True)
        raise OptionError(
            f"expected a population of at least those counted, got {row['people_high']:,.10g} people and a count of "
            f"{row['numerator_low']:,.10g} from {row['period_start']} to {row['period_end']}; give population= in people, not "
            "in thousands or millions"
        )
