"""Days that are surely lost although no single day surely is: spells with such fuzzy edges that no day is sure.

A spell holds a day at least. Where all days that it may hold lie in the period, one of them is lost, though none for sure:
the sum of the least of each day misses it. By facility, the least lost is the larger of two sums: over days, of the least
lost on each; and over spells, of the fewest days that each holds (spells of one facility share no day).
"""

from __future__ import annotations

import polars as pl

from casualtystats.reports.facilities.chains import FAR, Chains

__all__ = ["floors"]

_TYPES = {"f": pl.Int32, "out": pl.Int64, "partial": pl.Int64}


def floors(chained: Chains, found: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """What the sum over spells has beyond the sum over days, by facility.

    Parameters
    ----------
    chained, found : Chains, pl.DataFrame
        A register and its stretches.
    first, last : int
        The period, as day numbers.

    Returns
    -------
    pl.DataFrame
        `f` (row of the register), `out`, `partial`: differences in days (either may be negative). The facility surely loses
        max(0, out + (1 - w) * partial) days more than the sum over days, w being the weight of partial. Only facilities
        with such spells have rows, in the order of the register.
    """
    vague = pl.col("start_high") > pl.col("end_low")
    lost = pl.col("status").is_in([1, 2, 3])
    some = chained.spells.filter(vague & lost)["f"].unique()
    if some.is_empty():
        return pl.DataFrame(schema=_TYPES)
    edges = chained.register.select(
        pl.int_range(pl.len(), dtype=pl.Int32).alias("f"),
        opened=pl.col("opened").clip(lower_bound=first),
        closed=pl.col("closed").clip(upper_bound=last),
    )
    spells = chained.spells.filter(pl.col("f").is_in(some.implode())).join(edges, on="f", maintain_order="left")
    inside = (pl.col("start_low") >= pl.col("opened")) & (pl.col("end_high") <= pl.col("closed"))
    sure = _length(pl.max_horizontal("start_high", "opened"), pl.min_horizontal("end_low", "closed"))
    held = spells.filter(lost).select(
        "f", "status", days=pl.when(inside & vague).then(1).otherwise(sure).cast(pl.Int64)
    )  # fmt: skip
    # A destroyed facility without a known end stays so until its next spell begins.
    unseen = (pl.col("no_start").shift(-1) & ~pl.col("last")).fill_null(value=False)
    until = pl.when("last").then(FAR[1]).otherwise(pl.col("start_low").shift(-1) - 1)
    gaps = spells.with_columns(unseen=unseen, until=until).filter(
        (pl.col("status") == 3) & pl.col("no_end") & ~pl.col("unseen")
    )
    begin = pl.max_horizontal(pl.col("end_high") + 1, "opened")
    stay = gaps.select("f", "status", days=_length(begin, pl.min_horizontal("until", "closed")).cast(pl.Int64))
    daily = found.filter(pl.col("f").is_in(some.implode()), pl.col("code").is_in([1, 2, 3, 6, 7])).select(
        "f",
        status=pl.when(pl.col("code").is_in([1, 6])).then(1).otherwise(2).cast(pl.UInt8),
        days=-_length(pl.col("from").clip(lower_bound=first), pl.col("until").clip(upper_bound=last)).cast(pl.Int64),
    )
    partial = pl.col("status") == 1
    return (
        pl.concat([held, stay, daily])
        .group_by("f")
        .agg(out=pl.col("days").filter(~partial).sum(), partial=pl.col("days").filter(partial).sum())
        .filter((pl.col("out") > 0) | (pl.col("partial") > 0))
        .sort("f")
        .select(pl.col(name).cast(kind) for name, kind in _TYPES.items())
    )


def _length(begin: pl.Expr, end: pl.Expr) -> pl.Expr:
    return (end - begin + 1).clip(lower_bound=0)
