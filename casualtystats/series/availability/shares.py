"""From facility-days by status to shares and days lost, with bounds: formulas as polars expressions.

Facility-days of a cell are f functional, p partial, n non-functional, d destroyed, and those of which more than one status is
possible: fp functional or partial, po partial or out, oo non-functional or destroyed, x anything else. With the weight
w of a partial day in [w_low, w_high]:

    functioning at least  f + w_low (p + fp)              at most  f + fp + x + w_high (p + po)
    lost at least         n + d + oo + (1 - w_high)(p + po)   at most  n + d + oo + po + x + (1 - w_low)(p + fp)
"""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.errors import OptionError

__all__ = ["STATUSES", "UNSURE", "check_partial", "lost", "shares"]

STATUSES: Final = ("functional", "partial", "non_functional", "destroyed", "unknown")
UNSURE: Final = ("functional_or_partial", "partial_or_out", "non_functional_or_destroyed")


def check_partial(partial: float | None) -> tuple[float, float]:
    """The range of the weight of a partial day: [0, 1] where none is named.

    Raises
    ------
    OptionError
        If it is not a share.
    """
    if partial is None:
        return 0.0, 1.0
    if isinstance(partial, bool) or not isinstance(partial, int | float) or not 0 <= partial <= 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected partial= a share from 0 (a partial day counts as lost) to 1 (as functional), or None; got {partial!r}"
        )
    return float(partial), float(partial)


def _open() -> pl.Expr:
    """Days that may be anything, or functional or out."""
    return pl.col("unknown") - pl.sum_horizontal(*UNSURE)


def shares(partial: float | None) -> dict[str, pl.Expr]:
    """`low`, `best`, `high` (shares of facility-days) and `coverage`, from counts; null where there is no facility-day."""
    w_low, w_high = check_partial(partial)
    days = pl.when(pl.col("facility_days") > 0).then("facility_days")
    most = pl.col("functional") + pl.col("functional_or_partial") + _open()
    high = most + w_high * (pl.col("partial") + pl.col("partial_or_out"))
    low = pl.col("functional") + w_low * (pl.col("partial") + pl.col("functional_or_partial"))
    low = pl.min_horizontal(low, high)
    return {
        "low": low / days,
        "best": pl.when(low == high).then(low) / days,
        "high": high / days,
        "coverage": 1 - pl.col("unknown") / days,
    }


def lost(partial: float | None) -> dict[str, pl.Expr]:
    """`lost_low`, `lost_best`, `lost_high`, in facility-days."""
    w_low, w_high = check_partial(partial)
    out = pl.col("non_functional") + pl.col("destroyed") + pl.col("non_functional_or_destroyed")
    low = out + (1 - w_high) * (pl.col("partial") + pl.col("partial_or_out"))
    high = (
        out + pl.col("partial_or_out") + _open() + (1 - w_low) * (pl.col("partial") + pl.col("functional_or_partial"))
    )
    low = pl.min_horizontal(low, high)
    return {"lost_low": low, "lost_best": pl.when(low == high).then(low), "lost_high": high}
