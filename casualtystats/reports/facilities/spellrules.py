"""The rules of one spell by itself, and its dates narrowed to what they can be together."""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.reports.facilities.cells import STILL
from casualtystats.reports.facilities.judge import plain_rules
from casualtystats.reports.facilities.tables import Format
from casualtystats.reports.rule import Rule
from casualtystats.vocabulary import FACILITY_STATUSES

__all__ = ["OUTAGES", "narrowed", "reading_rules", "spell_days", "spell_rules"]

OUTAGES: Final = Format(
    "outages",
    {
        "spell_id": "text", "facility_id": "text", "status": "text", "start": "date", "end": "date",
        "known_until": "date", "cause": "text", "source": "text",
    },
    ("facility_id", "start"),
)  # fmt: skip


def reading_rules() -> list[Rule]:
    """What the cells of a spell keep, before they mean anything."""
    no_start = pl.col("start_latest").is_null() & ~pl.col("start?")
    ended = pl.col("end_latest").is_not_null()
    return [
        *plain_rules(OUTAGES),
        Rule("missing", "facility_id", pl.col("facility_id").is_null() & ~pl.col("facility_id?"),
             "expected the facility_id of a facility of the register, got an empty cell"),
        Rule("restoration_without_outage", "start", no_start & ended,
             "expected the start of the spell that ends on {end_latest}; got no start. Where only the end is known: "
             "'[..day]', a day on which it was seen so"),
        Rule("missing", "start", no_start & ~ended,
             "expected a start: a day, a range of days, or '[..day]' (so when first seen on that day); got an empty cell"),
        Rule("unknown_status", "status", ~pl.col("status").is_in(list(FACILITY_STATUSES)),
             f"expected a status of {', '.join(FACILITY_STATUSES)}, or an empty cell (non_functional); got '{{got}}'"
             "{near_status}"),
    ]  # fmt: skip


def spell_days(spells: pl.DataFrame) -> pl.DataFrame:
    """Spells with the columns that their rules need: `first`, `known_earliest` and `known_latest`.

    `first` is the first day that a spell may hold, as far as that is known. The other two are the range of the last day on
    which it is known to last, null = not said; of spells "still out" without `known_until` it is the last observed day of
    the facility.
    """
    observed = pl.min_horizontal("observed_until", "closed_")
    open_ = pl.col("still") & pl.col("end_latest").is_null()
    said = {f"known_{edge}": pl.col(f"known_until_{edge}") for edge in ("earliest", "latest")}
    return spells.with_columns(
        first=pl.coalesce("start_earliest", "start_latest"),
        **{name: pl.when(open_).then(pl.coalesce(day, observed)).otherwise(day) for name, day in said.items()},
    )


def narrowed(spells: pl.DataFrame) -> pl.DataFrame:
    """Spells that keep `spell_rules`, their four dates narrowed to what they can be together.

    The start lies on or after the opening, and on or before the end, or the day to which the spell is known to last.
    The last day lies on or after the start and that day, and on or before the closing. Where no end is known,
    `end_earliest` is the day to which it is known to last, or else the first day on which it may have begun (the day
    on which it was first seen so, if its start is not known).
    """
    a, b = pl.col("start_earliest"), pl.col("start_latest")
    c, d = pl.col("end_earliest"), pl.col("end_latest")
    opens, ends = a.is_not_null(), d.is_not_null()
    # A start that is not known lies before the day on which it was first seen so, which is then a day of the spell.
    seen = pl.when(~opens).then(pl.coalesce("known_earliest", b))
    return (
        spells.with_columns(
            start_earliest=pl.when(opens).then(pl.max_horizontal(a, "opened")),
            end_latest=pl.when(ends).then(pl.min_horizontal(d, "closed_")),
        )
        .with_columns(start_latest=pl.when(opens).then(pl.min_horizontal(b, d, "known_latest", "closed_")).otherwise(b))
        .with_columns(
            end_earliest=pl.when(ends)
            .then(pl.max_horizontal(c, a, "known_earliest", seen))
            .otherwise(pl.max_horizontal(a, "known_earliest", seen))
        )
    )


def spell_rules() -> list[Rule]:
    """What a spell means, over the columns of `spell_days`."""
    first, d, still = pl.col("first"), pl.col("end_latest"), pl.col("still")
    known, latest = pl.col("known_earliest"), pl.col("known_latest")
    # Without an end it is null, which would leave the rules below silent.
    ended_early = (d < first).fill_null(value=False)
    opened, closed = pl.col("opened"), pl.col("closed_")
    before = ~ended_early & (pl.col("start_latest") >= opened) & (pl.min_horizontal(d, latest) < opened)
    after = ~ended_early & (first <= closed) & (pl.max_horizontal("end_earliest", known) > closed)
    return [
        Rule("end_before_start", "end", ended_early,
             "expected an end on or after the start {first}; got '{got}' (the end is the last day of the spell)"),
        Rule("still_without_day", "end", still & known.is_null() & d.is_null(),
             "expected a day to which it is known to last: give known_until, or the observed_until of the facility; got "
             f"'{{got}}' ({', '.join(STILL)} = no end on the last day on which it was looked at)"),
        Rule("known_until", "known_until", ~ended_early & (known > d),
             "expected a day on or before the end {end_latest}; got '{got}'"),
        Rule("known_until", "known_until", latest < first,
             "expected a last day on which the spell is known to last on or after its start {first}; got {known_latest}"),
        Rule("outside_existence", "start", pl.col("start_latest") < opened,
             "expected a start on or after the opening of {facility_id} on {opened}; got '{got}'"),
        Rule("outside_existence", "start", first > closed,
             "expected a start on or before the closing of {facility_id} on {closed_}; got '{got}'"),
        Rule("outside_existence", "end", before,
             "expected an end on or after the opening of {facility_id} on {opened}; got '{got}'"),
        Rule("outside_existence", "end", after,
             "expected an end on or before the closing of {facility_id} on {closed_}; got '{got}'"),
    ]  # fmt: skip
