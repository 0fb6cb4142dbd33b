"""What the spells of a register say about days: disjoint stretches by facility, as whole numbers.

The spells of a facility whose edges are all known are its stretches. Only where an edge is fuzzy several spells and gaps may
hold a day; there the events at the ends of what each may hold are put in order and summed.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.reports.facilities.chains import FAR, Chains

__all__ = ["CODE_NAMES", "stretches"]

_BIG: Final = 1 << 33
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
