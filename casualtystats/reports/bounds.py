"""`Estimate.of` for whole columns: low, best and high from value and qualifier, in integer arithmetic."""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.vocabulary import QUALIFIERS

__all__ = ["LARGEST", "LARGEST_BOUND", "derive", "trailing_unit"]

LARGEST: Final = 10**15
# The upper end of "about 10**15": a bound may pass the largest value that can be stated.
LARGEST_BOUND: Final = 15 * 10**14


def trailing_unit(value: pl.Expr) -> pl.Expr:
    """Find the largest power of ten that divides each value (1 for 0): the unit of its last non-zero digit.

    Examples
    --------
    >>> pl.DataFrame({"n": [180_000, 201_000, 7, 0]}).select(trailing_unit(pl.col("n"))).to_series().to_list()
    [10000, 1000, 1, 1]
    """
    unit = pl.lit(1, pl.Int64)
    for power in range(1, 16):
        unit = pl.when((value != 0) & (value % 10**power == 0)).then(pl.lit(10**power, pl.Int64)).otherwise(unit)
    return pl.when(value.is_not_null()).then(unit)


def _about(value: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    twenty_h = pl.max_horizontal(10 * trailing_unit(value), value)
    low = pl.max_horizontal(pl.lit(0, pl.Int64), (20 * value - twenty_h) // 20)
    return low, (20 * value + twenty_h + 19) // 20


def derive() -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    """Qualifier, low, best and high of each row, from its columns qualifier, value, low, best and high.

    Where there is a value, the bounds follow from it and the qualifier (empty = exactly) as in
    `Estimate.of`; a low, best or high that is given takes no part and must agree. Where there is no value,
    and for "between", the given bounds stand: an empty high means that no upper bound is known. Null where
    the row does not say enough: rules refuse such rows.

    Returns
    -------
    (pl.Expr, pl.Expr, pl.Expr, pl.Expr)
        Qualifier, low, best, high; named so.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.vocabulary import QUALIFIERS
    >>> none = dict.fromkeys(["low", "best", "high"], [None])
    >>> given = {"qualifier": ["more_than"], "value": [370_000]} | none
    >>> words = {"qualifier": pl.Enum(QUALIFIERS)} | dict.fromkeys(["value", "low", "best", "high"], pl.Int64)
    >>> pl.DataFrame(given, schema=words).select(derive()).row(0)
    ('more_than', 370001, None, None)
    """
    value, low, best, high = (pl.col(name) for name in ("value", "low", "best", "high"))
    said = pl.col("qualifier")
    words = pl.when(value.is_not_null()).then(pl.lit("exactly")).when(high.is_null()).then(pl.lit("at_least"))
    dtype = pl.Enum(QUALIFIERS)
    meant = pl.coalesce(said, words.otherwise(pl.lit("between")).cast(dtype))
    stated = value.is_not_null() & (meant != "between")
    about_low, about_high = _about(pl.when(meant == "approximately").then(value))
    zero = pl.lit(0, pl.Int64)
    derived_low = (
        pl.when(~stated)
        .then(low)
        .when(meant.is_in(["up_to", "less_than"]))
        .then(zero)
        .when(meant == "more_than")
        .then(value + 1)
        .when(meant == "approximately")
        .then(about_low)
        .otherwise(value)
    )
    derived_high = (
        pl.when(meant == "between")
        .then(high)
        .when(~stated | meant.is_in(["at_least", "more_than"]))
        .then(None)
        .when(meant == "less_than")
        .then(value - 1)
        .when(meant == "approximately")
        .then(about_high)
        .otherwise(value)
    )
    derived_best = (
        pl.when(meant == "between")
        .then(pl.coalesce(best, value))
        .when(meant.is_in(["exactly", "approximately"]))
        .then(value)
    )
    return (
        meant.alias("qualifier"),
        derived_low.cast(pl.Int64).alias("low"),
        derived_best.cast(pl.Int64).alias("best"),
        derived_high.cast(pl.Int64).alias("high"),
    )
