"""What the spells of a register say about days: disjoint stretches by facility, as whole numbers.

A way in which things may have been (an arrangement) puts a start and an end to each spell, each within its range, so
that every spell holds a day and no two of one facility overlap. Starts and ends of one facility form a chain,
S1 <= E1 < S2 <= E2 < ..., each link with a range. One running maximum and one running minimum make every range as narrow
as the others allow; then each remaining value occurs in some arrangement, a spell may hold every day from its first
start to its last end, and a gap every day between the first end before it and the last start after it.

Facilities whose edges are all known need none of this: their spells are the stretches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from casualtystats.errors import ContradictionError, ReportFileError
from casualtystats.reports.facilities.model import Facilities

__all__ = ["CODE_NAMES", "FAR", "Chains", "chains", "day_number", "stretches"]

# Beyond every date that Python knows, in days from 1970-01-01.
FAR: Final = (-1_000_000, 4_000_000)
_BIG: Final = 1 << 33
_STATUSES: Final = ("functional", "partial", "non_functional", "destroyed", "unknown")
# What a stretch may be: five sure statuses ("unknown" may be anything), then those of which two or more are possible.
CODE_NAMES: Final = (
    "functional", "partial", "non_functional", "destroyed", "unknown",
    "functional_or_partial", "partial_or_out", "non_functional_or_destroyed", "functional_or_out",
)  # fmt: skip


def _code(bits: int) -> int:
    """The code of a set of possible statuses: functional 1, partial 2, non-functional 4, destroyed 8, unknown 16."""
    if bits & 16:
        return 4
    if bits in (1, 2, 4, 8):
        return {1: 0, 2: 1, 4: 2, 8: 3}[bits]
    functional, partial, out = bool(bits & 1), bool(bits & 2), bool(bits & 12)
    return {(True, True, False): 5, (False, True, True): 6, (False, False, True): 7, (True, False, True): 8}.get(
        (functional, partial, out), 4
    )


_CODES: Final = pl.Series("code", [_code(bits) for bits in range(32)], dtype=pl.UInt8)


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
        start_low=pl.coalesce("start_earliest", "start_latest").to_physical(),
        start_high=pl.col("start_latest").to_physical(),
        end_low=pl.col("end_earliest").to_physical(),
        end_high=pl.coalesce("end_latest", "end_earliest").to_physical(),
        no_start=pl.col("start_earliest").is_null(),
        no_end=pl.col("end_latest").is_null(),
        first=head,
        last=head.shift(-1).fill_null(value=True),
    )
    return Chains(register, _narrowed(spells, run, facilities))


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


def stretches(chained: Chains) -> pl.DataFrame:
    """Disjoint stretches of days on which a facility is not only in its base status.

    The base status (functional on observed days, else unknown) needs no row: only spells, days after a spell without a
    known end, and days before one without a known start do.

    Returns
    -------
    pl.DataFrame
        `f` (row of the register), `from`, `until` (day numbers, both included; within the facility's existence), `code`
        (position in `CODE_NAMES`). In the order of facility and day among exact facilities, then among fuzzy ones.
    """
    spells = chained.spells
    some = chained.fuzzy
    exact = _crisp(spells.filter(~pl.col("fuzzy")) if some else spells)
    found = pl.concat([exact, _swept(chained, spells.filter("fuzzy"))]) if some else exact
    opened, closed = (chained.register[name] for name in ("opened", "closed"))
    if opened.max() == FAR[0] and closed.min() == FAR[1]:
        return found
    row = found["f"]
    cut = found.with_columns(
        pl.max_horizontal("from", opened.gather(row)), pl.min_horizontal("until", closed.gather(row))
    )
    return cut.filter(pl.col("from") <= pl.col("until"))


def _gap_after() -> pl.Expr:
    """The code of the gap after a spell: unknown, or destroyed for good, or null where it is of the base status."""
    unseen = (pl.col("no_start").shift(-1) & ~pl.col("last")).fill_null(value=False)
    lasting = pl.when(pl.col("status") == 3).then(3).otherwise(4)
    return pl.when(unseen).then(4).when(pl.col("no_end")).then(lasting).cast(pl.UInt8)


def _gap_end() -> pl.Expr:
    return pl.when("last").then(FAR[1]).otherwise(pl.col("start_high").shift(-1) - 1).cast(pl.Int32)


def _crisp(spells: pl.DataFrame) -> pl.DataFrame:
    """Stretches of facilities whose edges are known: their spells, and gaps of which no edge is."""
    held = spells.select("f", pl.col("start_low").alias("from"), pl.col("end_low").alias("until"), code="status")
    if not (spells["no_end"].any() or spells["no_start"].any()):
        return held
    gaps = _gaps(spells).drop_nulls("code")
    return pl.concat([held, gaps.filter(pl.col("from") <= pl.col("until"))]).sort("f", "from")


def _gaps(spells: pl.DataFrame) -> pl.DataFrame:
    """Where gaps may be: before the first spell of a facility, and after each; `code` null where of the base status."""
    columns = ["f", "from", "until", "code"]
    after = spells.with_columns(code=_gap_after(), until=_gap_end()).with_columns((pl.col("end_low") + 1).alias("from"))
    before = spells.filter("first").with_columns(
        pl.lit(FAR[0], pl.Int32).alias("from"),
        until=pl.col("start_high") - 1,
        code=pl.when("no_start").then(4).cast(pl.UInt8),
    )
    return pl.concat([before.select(columns), after.select(columns)])


def _swept(chained: Chains, spells: pl.DataFrame) -> pl.DataFrame:
    """Stretches of facilities with fuzzy edges: what may be on a day is the union of the spells and gaps that may hold it."""
    held = spells.select(
        "f", pl.col("start_low").alias("from"), pl.col("end_high").alias("until"), bit="status", claim=pl.lit(1)
    )
    gaps = _gaps(spells)
    sure = gaps.drop_nulls("code").select("f", "from", "until", bit="code", claim=pl.lit(1))
    base = gaps.filter(pl.col("code").is_null()).select("f", "from", "until")
    row = base["f"]
    seen_from, seen_until = (chained.register[name].gather(row) for name in ("seen_from", "seen_until"))
    parts = [
        base.with_columns(pl.max_horizontal("from", seen_from), pl.min_horizontal("until", seen_until), bit=pl.lit(0)),
        base.with_columns(until=pl.min_horizontal("until", seen_from - 1), bit=pl.lit(4)),
        base.with_columns(
            pl.max_horizontal("from", pl.max_horizontal(seen_until + 1, seen_from)).alias("from"), bit=pl.lit(4)
        ),
    ]
    based = [part.select("f", "from", "until", pl.col("bit").cast(pl.UInt8), claim=pl.lit(0)) for part in parts]
    some = pl.concat([held, sure, *based]).filter(pl.col("from") <= pl.col("until"))
    # Six counters (five statuses, and whether anything but the base status speaks) of 20 bits each, in two whole numbers.
    place = pl.Series([1, 1 << 20, 1 << 40, 0, 0], dtype=pl.Int64), pl.Series([0, 0, 0, 1, 1 << 20], dtype=pl.Int64)
    low, high = place[0].gather(some["bit"]), place[1].gather(some["bit"]) + some["claim"].cast(pl.Int64) * (1 << 40)
    start = some["f"].cast(pl.Int64) * _BIG - FAR[0]
    begins = pl.DataFrame({"at": start + some["from"], "low": low, "high": high})
    ceases = pl.DataFrame({"at": start + some["until"] + 1, "low": -low, "high": -high})
    # The changes of each facility cancel, so that one running sum serves all.
    now = pl.concat([begins, ceases]).sort("at").with_columns(pl.col("low", "high").cum_sum())
    held_now = now.filter((pl.col("at") != pl.col("at").shift(-1)).fill_null(value=True)).with_columns(
        until=pl.col("at").shift(-1) - 1
    )
    held_now = held_now.filter(pl.col("high") >= 1 << 40)
    shifts = (("low", 0), ("low", 20), ("low", 40), ("high", 0), ("high", 20))
    counted = [(pl.col(name) // (1 << shift)) % (1 << 20) > 0 for name, shift in shifts]
    bits = pl.sum_horizontal(*(one.cast(pl.UInt32) * (1 << at) for at, one in enumerate(counted)))
    return held_now.select(
        f=(pl.col("at") // _BIG).cast(pl.Int32),
        **{
            "from": (pl.col("at") % _BIG + FAR[0]).cast(pl.Int32),
            "until": (pl.col("until") % _BIG + FAR[0]).cast(pl.Int32),
        },
        code=_CODES.gather(held_now.select(bits).to_series()),
    )
