"""The columns and rules of facilities and of hits."""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.reports.facilities.judge import plain_rules
from casualtystats.reports.facilities.tables import Format
from casualtystats.reports.rule import Rule

__all__ = ["FACILITIES", "HITS", "facility_rules", "hit_rules", "of_facility_rules"]

FACILITIES: Final = Format(
    "facilities",
    {
        "facility_id": "text", "name": "text", "type": "path", "place": "path", "beds": "count", "catchment": "count",
        "opened": "day", "closed": "day", "observed_from": "day", "observed_until": "day",
    },
    ("facility_id",),
)  # fmt: skip
HITS: Final = Format(
    "hits",
    {"hit_id": "text", "facility_id": "text", "date": "date", "place": "path", "type": "path", "source": "text"},
    ("date",),
)


def facility_rules() -> list[Rule]:
    """What one facility keeps."""
    first, last = pl.col("observed_from"), pl.col("observed_until")
    unread = pl.col("observed_from?") | pl.col("observed_until?")
    return [
        *plain_rules(FACILITIES),
        Rule("missing", "facility_id", pl.col("facility_id").is_null() & ~pl.col("facility_id?"),
             "expected a facility_id, got an empty cell"),
        Rule("closed_before_opened", "closed", pl.col("closed") < pl.col("opened"),
             "expected a last day on or after the opening on {opened}; got '{got}'"),
        Rule("half_window", "observed_until", ~unread & (first.is_null() != last.is_null()),
             "expected both observed_from and observed_until, or neither; got {observed_from} and {observed_until}"),
        Rule("observed_order", "observed_until", last < first,
             "expected a day on or after observed_from {observed_from}; got '{got}'"),
    ]  # fmt: skip


def of_facility_rules() -> list[Rule]:
    """The facility of a spell or a hit is one of the register; over `in_register`, `in_rejected` and `near_id`."""
    given = pl.col("facility_id").is_not_null()
    return [
        Rule("unknown_facility", "facility_id", given & pl.col("in_rejected"),
             "expected a facility of the register; the row of {facility_id} in the table of facilities was rejected: "
             "mend it there"),
        Rule("unknown_facility", "facility_id", given & ~pl.col("in_rejected") & ~pl.col("in_register"),
             "expected a facility_id of the register, got '{got}'{near_id}"),
    ]  # fmt: skip


def hit_rules() -> list[Rule]:
    """What one hit keeps."""
    return [
        *plain_rules(HITS),
        Rule("missing", "date", pl.col("date_earliest").is_null() & ~pl.col("date?"),
             "expected the date of the hit: a day, a month or a range of days; got an empty cell"),
    ]  # fmt: skip
