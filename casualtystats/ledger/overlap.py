"""Which reports may count the same people: they share days, and no dimension keeps them apart.

Widest periods are compared, so that touching fuzzy ends count as overlap. Whether any overlap exists is answered
by sorting (running maximum of ends) and one as-of join a related pair of keys; pairs are written out only for the
message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from casualtystats.ledger.keys import DIMENSIONS, Keys

__all__ = ["Overlap", "find_overlaps"]

SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two reports that share days and may count the same people."""

    first: str
    second: str
    start: date
    end: date

    def __str__(self) -> str:
        days = f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"
        return f"{self.first} and {self.second} share {days}"


def find_overlaps(
    reports: pl.LazyFrame, keys: Keys, *, apart: Sequence[str] = (), nested_only: bool = False
) -> list[Overlap]:
    """Overlapping pairs of reports, the first 20 of them in a fixed order; empty where there is none.

    Parameters
    ----------
    reports : pl.LazyFrame
        Columns `report_id, start_earliest, end_latest`, the four dimensions, and those named in `apart`.
    keys : Keys
        The distinct keys of these reports.
    apart : sequence of str
        Columns whose different values are never compared (reports of two sources in a table by source).
    nested_only : bool
        Look only where the place or group of one strictly contains that of the other: all other overlaps are
        separate events.
    """
    pairs = keys.related(strict=nested_only)
    if nested_only and not pairs:
        return []
    numbered = _numbered(reports, keys, apart)
    flagged: list[pl.LazyFrame] = [] if nested_only else [_same_key(numbered)]
    if pairs:
        flagged.append(_other_keys(numbered, pairs))
    found = pl.concat(flagged).unique().sort("_start", "_row").head(SHOWN).collect()
    if found.is_empty():
        return []
    return _pairs(numbered.sort("_row").collect(), found, set(pairs), nested_only=nested_only)


def _numbered(reports: pl.LazyFrame, keys: Keys, apart: Sequence[str]) -> pl.LazyFrame:
    """Rows with their key number, the columns that keep apart, and their widest period."""
    table = pl.DataFrame(
        list(keys.values), schema=dict.fromkeys(DIMENSIONS, pl.String), orient="row"
    ).with_row_index("_key").lazy()  # fmt: skip
    texts = [pl.col(name).cast(pl.String).fill_null("") for name in apart]
    part = pl.concat_str(texts, separator="\x1f") if texts else pl.lit("")
    named = reports.select(
        "report_id", *DIMENSIONS, _part=part, _start="start_earliest", _end="end_latest"
    ).with_row_index("_row")
    if len(keys.values) == 1:
        keyed = named.with_columns(_key=pl.lit(0, pl.UInt32))
    else:
        keyed = named.join(table, on=list(DIMENSIONS), how="left", nulls_equal=True)
    return keyed.select("_row", "report_id", "_part", "_key", "_start", "_end")


def _same_key(numbered: pl.LazyFrame) -> pl.LazyFrame:
    before = pl.col("_end").cum_max().shift(1).over("_part", "_key", order_by=["_start", "_row"])
    return numbered.filter(pl.col("_start") <= before).select("_row", "_start")


def _other_keys(numbered: pl.LazyFrame, pairs: list[tuple[int, int]]) -> pl.LazyFrame:
    table = pl.LazyFrame(pairs, schema={"_against": pl.UInt32, "_key": pl.UInt32}, orient="row")
    left = numbered.join(table, on="_key").sort("_end")
    right = (
        numbered.sort("_start", "_row")
        .select("_part", _against="_key", _from="_start", _until=pl.col("_end").cum_max().over("_part", "_key"))
        .sort("_from")
    )
    joined = left.join_asof(
        right, left_on="_end", right_on="_from", by=["_part", "_against"], strategy="backward", check_sortedness=False
    )
    return joined.filter(pl.col("_until") >= pl.col("_start")).select("_row", "_start")


def _pairs(
    rows: pl.DataFrame, flagged: pl.DataFrame, related: set[tuple[int, int]], *, nested_only: bool
) -> list[Overlap]:
    found: dict[tuple[int, int], Overlap] = {}
    for row in flagged["_row"].to_list():
        one = rows.row(row, named=True)
        near = rows.filter(
            pl.col("_row") != row, pl.col("_part") == one["_part"],
            pl.col("_start") <= one["_end"], pl.col("_end") >= one["_start"],
        )  # fmt: skip
        for other in near.iter_rows(named=True):
            kin = (one["_key"], other["_key"]) in related or (other["_key"], one["_key"]) in related
            if kin or (not nested_only and one["_key"] == other["_key"]):
                a, b = (
                    (one, other) if (one["_start"], one["_row"]) <= (other["_start"], other["_row"]) else (other, one)
                )
                start, end = max(a["_start"], b["_start"]), min(a["_end"], b["_end"])
                found[a["_row"], b["_row"]] = Overlap(a["report_id"], b["report_id"], start, end)
        if len(found) >= SHOWN:
            break
    return list(found.values())[:SHOWN]
