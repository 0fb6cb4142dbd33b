"""The spells of each facility as a chain of starts and ends, with ranges as narrow as the others allow.

A way in which things may have been (an arrangement) puts a start and an end to each spell, each within its range, so
that every spell holds a day and no two of one facility overlap. Starts and ends of one facility form a chain,
S1 <= E1 < S2 <= E2 < ..., each link with a range. One running maximum and one running minimum make every range as narrow
as the others allow; then each remaining value occurs in some arrangement, a spell may hold every day from its first
start to its last end, and a gap every day between the first end before it and the last start after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from casualtystats.errors import ContradictionError, ReportFileError
from casualtystats.reports.facilities.model import Facilities

__all__ = ["FAR", "Chains", "chains", "day_number"]

# Beyond every date that Python knows, in days from 1970-01-01.
FAR: Final = (-1_000_000, 4_000_000)
_BIG: Final = 1 << 33


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - 719_163


@dataclass(frozen=True)
class Chains:
    """Spells in the order of facility and start, with the narrowest ranges of their starts and ends.

    Attributes
    ----------
    register : pl.DataFrame
        One facility a row, in the order of the register: `opened`, `closed`, `seen_from`, `seen_until` (day numbers; a
        facility without observed days has `seen_from > seen_until`).
    spells : pl.DataFrame
        `f` (row of the register), `status` (0 to 4), `start_low`, `start_high`, `end_low`, `end_high` (day numbers),
        `no_start`, `no_end` (whether none is known), `first`, `last` (whether the first or last spell of its facility),
        `fuzzy` (whether some edge of its facility is).
    """

    register: pl.DataFrame
    spells: pl.DataFrame

    @property
    def fuzzy(self) -> bool:
        """Whether any edge is fuzzy."""
        return bool(self.spells["fuzzy"].any())


def chains(facilities: Facilities) -> Chains:
    """The chains of a register.

    Raises
    ------
    ContradictionError
        If the spells of a facility can not be put in an order without overlap.
    ReportFileError
        If a spell is of no facility of the register.
    """
    register = facilities.facilities.select(
        opened=_number("opened").fill_null(FAR[0]),
        closed=_number("closed").fill_null(FAR[1]),
        seen_from=_number("observed_from").fill_null(FAR[1]),
        seen_until=_number("observed_until").fill_null(FAR[0]),
    )
    table, head = _in_order(facilities.spells)
    heads = table.filter(head).select("facility_id")
    numbered = facilities.facilities.select("facility_id", f=pl.int_range(pl.len(), dtype=pl.Int32))
    found = heads.join(numbered, on="facility_id", how="left", maintain_order="left")
    if found["f"].has_nulls():
        name = found.filter(pl.col("f").is_null())["facility_id"][0]
        raise ReportFileError(
            f"expected spells of facilities of the register, got one of {name!r}; use read_facilities(...)"
        )
    run = head.cast(pl.Int32).cum_sum() - 1
    spells = table.select(
        f=found["f"].gather(run),
        status=pl.col("status").to_physical().cast(pl.UInt8),
        # Of a spell that was first seen on some day of a range, that day is its start.
        start_low=pl.coalesce("start_earliest", pl.min_horizontal("start_latest", "end_earliest")).to_physical(),
        start_high=pl.col("start_latest").to_physical(),
        end_low=pl.col("end_earliest").to_physical(),
        end_high=pl.coalesce("end_latest", _least_held()).to_physical(),
        no_start=pl.col("start_earliest").is_null(),
        no_end=pl.col("end_latest").is_null(),
        first=head,
        last=head.shift(-1).fill_null(value=True),
    )
    return Chains(register, _narrowed(spells, run, facilities))


def _least_held() -> pl.Expr:
    """The last day that a spell without a known end may hold at least: its first one, which may be any up to the latest start."""
    begun = pl.col("start_earliest").is_null() | (pl.col("start_earliest") <= pl.col("end_earliest"))
    return pl.when(begun).then(pl.max_horizontal("start_latest", "end_earliest")).otherwise("end_earliest")


def _number(name: str) -> pl.Expr:
    return pl.col(name).to_physical()


def _in_order(spells: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The spells with those of a facility side by side in order of their starts, and which is the first of each."""

    def heads(table: pl.DataFrame) -> pl.Series:
        names = table["facility_id"]
        return (names != names.shift(1)).fill_null(value=True)

    head = heads(spells)
    late = spells["start_latest"]
    ordered = bool(((late > late.shift(1)) | head).fill_null(value=True).all())
    if not ordered or spells.filter(head)["facility_id"].n_unique() < int(head.sum()):
        spells = spells.sort("facility_id", "start_latest", "spell_id")
        head = heads(spells)
    return spells, head


def _narrowed(spells: pl.DataFrame, run: pl.Series, facilities: Facilities) -> pl.DataFrame:
    """The ranges of starts and ends that the other spells of the facility leave; refused where they leave none."""
    fuzzy = (pl.col("start_low") < pl.col("start_high")) | (pl.col("end_low") < pl.col("end_high"))
    marked = spells.with_columns(fuzzy=fuzzy)
    if marked["fuzzy"].any():
        every = marked.group_by(run.alias("run"), maintain_order=True).agg(pl.col("fuzzy").any())["fuzzy"]
        marked = marked.with_columns(fuzzy=every.gather(run))
        # Facilities stand far apart on one line, and each spell one day closer to it: one running maximum serves all.
        apart = run.cast(pl.Int64) * _BIG - pl.int_range(len(run), dtype=pl.Int64, eager=True)
        low = pl.max_horizontal("start_low", "end_low").cast(pl.Int64) + apart
        high = pl.min_horizontal("start_high", "end_high").cast(pl.Int64) + apart
        narrow = marked.with_columns(
            end_low=(low.cum_max() - apart).cast(pl.Int32),
            start_high=(high.cum_min(reverse=True) - apart).cast(pl.Int32),
        )
        before = pl.when(~pl.col("first")).then(pl.col("end_low").shift(1) + 1)
        after = pl.when(~pl.col("last")).then(pl.col("start_high").shift(-1) - 1)
        marked = narrow.with_columns(
            start_low=pl.max_horizontal("start_low", before), end_high=pl.min_horizontal("end_high", after)
        )
    overlap = ~pl.col("first") & (pl.col("start_low") <= pl.col("end_low").shift(1))
    bad = marked.filter(
        (pl.col("start_low") > pl.col("start_high")) | (pl.col("end_low") > pl.col("end_high"))
        | (pl.col("start_low") > pl.col("end_high")) | overlap
    )  # fmt: skip
    if bad.height:
        name = facilities.facilities["facility_id"][bad["f"][0]]
        raise ContradictionError(
            f"expected spells of facility {name!r} that can follow each other without overlap, got ranges of starts and "
            "ends that leave no such order; mend them in the table, or read it with read_facilities(...), which names the rows"
        )
    return marked
