"""What a reader should know about reports that are accepted: nothing is changed, it is said."""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.reports.bounds import trailing_unit

__all__ = ["flags"]

_VALUE: Final = pl.col("value")
_UNIT: Final = trailing_unit(_VALUE)
_ROUND: Final = (pl.col("qualifier") == "exactly") & (_VALUE >= 100) & (_UNIT >= 10) & (_VALUE // _UNIT < 100)
_OUTSIDE: Final = (pl.col("best") < pl.col("low")) | (pl.col("best") > pl.col("high"))

# Flag, condition, and why.
_FLAGS: Final[tuple[tuple[str, pl.Expr, pl.Expr], ...]] = (
    ("round", _ROUND, pl.format("{} is a round number without a qualifier; it is kept as exact", "value")),
    (
        "best_outside_bounds",
        _OUTSIDE,
        pl.format(
            "the published best {} lies outside {} to {}; what is built on it is widened",
            "best",
            "low",
            pl.col("high").cast(pl.String).fill_null("no known upper bound"),
        ),
    ),
    ("no_source", pl.col("source").is_null(), pl.lit("nobody is named to whom the figure is attributed")),
    (
        "no_publication_date",
        pl.col("published_earliest").is_null(),
        pl.lit("when it was known can not be said"),
    ),
)


def flags(frame: pl.DataFrame) -> pl.DataFrame:
    """Find the flags of accepted reports: `report_id`, `flag`, `why`, in the order of the reports.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports as in `ReportSchema`.
    """
    numbered = frame.lazy().with_row_index("row")
    found = [
        numbered.filter(condition).select("row", "report_id", flag=pl.lit(flag), why=why)
        for flag, condition, why in _FLAGS
    ]
    return pl.concat(found).sort("row", maintain_order=True).drop("row").collect()
