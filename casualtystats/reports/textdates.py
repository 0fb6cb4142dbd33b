"""`parse_date` and `format_date` for whole columns, as polars expressions."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["SPACE", "date_texts", "parse_dates"]

# What str.strip() removes; polars' own strip leaves the four ASCII separators standing.
SPACE: Final = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_DAY: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_MONTH: Final = r"^[0-9]{4}-[0-9]{2}$"
_SET: Final = r"^\[[ \t\n\r\f\v]*([0-9-]+)[ \t\n\r\f\v]*\.\.[ \t\n\r\f\v]*([0-9-]+)[ \t\n\r\f\v]*\]$"


def parse_dates(text: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Read the earliest and latest day that each date text allows, as `periods.parse_date` reads it.

    Parameters
    ----------
    text : pl.Expr
        Text without white space around it.

    Returns
    -------
    (pl.Expr, pl.Expr)
        Dates; both null where `parse_date` raises, and where the text is null.

    Examples
    --------
    >>> frame = pl.DataFrame({"start": ["2019-05", "[2019-04-21..2019-04-30]", "May"]})
    >>> earliest, latest = parse_dates(pl.col("start"))
    >>> frame.select(latest).to_series().to_list()
    [datetime.date(2019, 5, 31), datetime.date(2019, 4, 30), None]
    """
    left = pl.coalesce(text.str.extract(_SET, 1), text)
    right = pl.coalesce(text.str.extract(_SET, 2), text)
    earliest = pl.coalesce(_day(left), _first_of_month(left))
    latest = pl.coalesce(_day(right), _first_of_month(right).dt.month_end())
    possible = (earliest <= latest) & (earliest.dt.year() >= 1)
    return pl.when(possible).then(earliest), pl.when(possible).then(latest)


def _day(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.contains(_DAY)).then(text).str.to_date("%Y-%m-%d", strict=False)


def _first_of_month(text: pl.Expr) -> pl.Expr:
    month = pl.when(text.str.contains(_MONTH)).then(text)
    return (month + "-01").str.to_date("%Y-%m-%d", strict=False)


def date_texts(earliest: pl.Expr, latest: pl.Expr) -> pl.Expr:
    """Write the texts that `parse_dates` reads back to the same days, as `periods.format_date` writes them.

    Examples
    --------
    >>> from datetime import date
    >>> frame = pl.DataFrame({"a": [date(2019, 5, 1)], "b": [date(2019, 5, 31)]})
    >>> frame.select(date_texts(pl.col("a"), pl.col("b"))).item()
    '2019-05'
    """
    first, last = earliest.dt.to_string("%Y-%m-%d"), latest.dt.to_string("%Y-%m-%d")
    month = (earliest.dt.day() == 1) & (earliest.dt.month_end() == latest)
    return (
        pl.when(earliest == latest)
        .then(first)
        .when(month)
        .then(earliest.dt.to_string("%Y-%m"))
        .otherwise(pl.format("[{}..{}]", first, last))
    )
