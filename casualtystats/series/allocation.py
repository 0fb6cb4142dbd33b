"""Spreading a count over the days of its period: uniform, in whole people, or by weights.

Daily rates are held as whole multiples of 2**-64 (128-bit integers), so that sums do not depend on the order of
rows, end exactly at zero where a period ends, and give back a report's count to the last bit of a float.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import polars as pl

__all__ = ["ONE", "fuzzy_jumps", "largest_remainder", "rate_of"]

ONE: Final = 1 << 64


def largest_remainder(total: int, weights: Sequence[float | Fraction]) -> list[int]:
    """Whole numbers in proportion to weights that sum to a total (Hamilton's method).

    Each share total * w / sum(w) is rounded down; the units that remain go to the largest remainders, ties to the
    earliest.

    Parameters
    ----------
    total : int
        A whole number of 0 or more.
    weights : sequence of float or Fraction
        One or more numbers of 0 or more, not all of them 0.

    Returns
    -------
    list of int
        As long as `weights`.

    Raises
    ------
    ValueError
        If the total is negative, or the weights are empty, negative or all 0.

    Notes
    -----
    Not composable: sharing to weeks and then to days differs from sharing to days. Share once, and regroup.

    Examples
    --------
    >>> largest_remainder(7, [5, 3, 1])
    [4, 2, 1]
    >>> largest_remainder(180_000, [1] * 11).count(16_364)
    7
    """
    parts = [Fraction(weight) for weight in weights]
    whole = sum(parts, Fraction(0))
    if total < 0 or whole <= 0 or min(parts) < 0:
        raise ValueError(
            f"expected a total of 0 or more and weights of 0 or more, not all 0; got {total} and {list(weights)!r}"
        )
    shares = [total * part / whole for part in parts]
    counts = [int(share) for share in shares]
    order = sorted(range(len(parts)), key=lambda at: (counts[at] - shares[at], at))
    for at in order[: total - sum(counts)]:
        counts[at] += 1
    return counts


def rate_of(count: pl.Expr, days: pl.Expr) -> pl.Expr:
    """Uniform daily rate of a count over a number of days, in units of 2**-64."""
    return count.cast(pl.Int128) * pl.lit(ONE, pl.Int128) // days.cast(pl.Int128)


def fuzzy_jumps(rows: pl.LazyFrame, by: list[str], *, whole: bool) -> pl.LazyFrame:
    """Jumps of the daily rate for reports with a fuzzy end, each feasible period being equally likely.

    Parameters
    ----------
    rows : pl.LazyFrame
        Intervals with a best value and at least one fuzzy end.
    by : list of str
        Columns to carry along.
    whole : bool
        Share each report into whole people by largest remainders.

    Returns
    -------
    pl.LazyFrame
        `by`, `date`, `rate` (Int128, units of 2**-64). The work grows with the days by which the ends are fuzzy
        (with the days of the period where `whole`), not with the length of the period.
    """
    first = pl.col("period_start")
    shape = [
        (pl.col(name) - first).dt.total_days().alias(f"_{name}")
        for name in ("start_latest", "end_earliest", "period_end")
    ]
    names = ["_start_latest", "_end_earliest", "_period_end"]
    shaped = rows.with_columns(shape)
    if whole:
        names = [*names, "best"]
    shapes = shaped.select(names).unique().sort(names).collect()
    lines: list[tuple[int | None, ...]] = []
    for row in shapes.rows():
        profile = _profile(*row[:3])
        if whole:
            shared = largest_remainder(row[3], _daily(profile))
            jumps = enumerate(b - a for a, b in zip([0, *shared], [*shared, 0], strict=True))
            lines += [(*row, at, jump * ONE) for at, jump in jumps if jump]
        else:
            scaled = [(at, round(value * ONE)) for at, value in profile[:-1]]
            scaled.append((profile[-1][0], -sum(value for _, value in scaled)))
            lines += [(*row, at, value) for at, value in scaled]
    schema = dict.fromkeys(names, pl.Int64) | {"_at": pl.Int64, "_jump": pl.Int128}
    table = pl.LazyFrame(lines, schema=schema, orient="row")
    rate = pl.col("_jump") if whole else pl.col("_jump") * pl.col("best").cast(pl.Int128)
    day = (first.to_physical() + pl.col("_at").cast(pl.Int32)).cast(pl.Date)
    return shaped.join(table, on=names).select(*by, date=day, rate=rate)


def _profile(start_latest: int, end_earliest: int, end_latest: int) -> list[tuple[int, Fraction]]:
    """Jumps of the mean daily rate of one person over all feasible periods, by day after the earliest start."""
    jumps: dict[int, Fraction] = {}
    feasible = 0
    for start in range(start_latest + 1):
        for end in range(max(start, end_earliest), end_latest + 1):
            share = Fraction(1, end - start + 1)
            jumps[start] = jumps.get(start, Fraction(0)) + share
            jumps[end + 1] = jumps.get(end + 1, Fraction(0)) - share
            feasible += 1
    return [(at, jumps[at] / feasible) for at in sorted(jumps)]


def _daily(profile: list[tuple[int, Fraction]]) -> list[Fraction]:
    """The daily rates of a profile, from the first day to the last."""
    jumps = dict(profile)
    rates: list[Fraction] = []
    rate = Fraction(0)
    for day in range(profile[-1][0]):
        rate += jumps.get(day, Fraction(0))
        rates.append(rate)
    return rates
