"""The columns and rules of status rounds, and the order of rounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.reports.facilities.judge import WARNING_TYPES, plain_rules, warn
from casualtystats.reports.facilities.nearest import near_hints
from casualtystats.reports.facilities.tables import Format
from casualtystats.reports.rule import Rule
from casualtystats.schemas import FacilitySchema
from casualtystats.vocabulary import FACILITY_STATUSES

__all__ = [
    "ROUNDS", "in_order", "order_rules", "register_of_rows", "row_rules", "row_warnings", "with_status",
]  # fmt: skip

ROUNDS: Final = Format(
    "status rounds",
    {
        "round": "text", "facility_id": "text", "date": "date", "status": "text", "place": "path", "type": "path",
        "name": "text", "beds": "count", "catchment": "count", "territory": "text",
    },
    ("facility_id", "status"),
)  # fmt: skip
# Publishers' words as HeRAMS bulletins and exports on HDX have them, without case, hyphens and underscores.
_WORDS: Final[dict[str, str | None]] = {
    "functional": "functional", "functioning": "functional", "fully functional": "functional",
    "fully functioning": "functional",
    "partial": "partial", "partially functional": "partial", "partially functioning": "partial",
    "non functional": "non_functional", "not functional": "non_functional", "non functioning": "non_functional",
    "not functioning": "non_functional",
    "destroyed": "destroyed", "unknown": "unknown",
}  # fmt: skip
_SPACE: Final = r"[\s_-]+"
_OF_FACILITY: Final = ("name", "type", "place", "beds", "catchment")


def with_status(typed: pl.DataFrame, statuses: Mapping[str, str | None] | None) -> pl.DataFrame:
    """The status that each word means, and `word?`: whether it means none.

    Raises
    ------
    OptionError
        If `statuses` gives a word another meaning than one of the five, or None.
    """
    words = dict(_WORDS)
    for word, status in (statuses or {}).items():
        if status and status not in FACILITY_STATUSES:
            raise OptionError(
                f"expected statuses= words -> one of {', '.join(FACILITY_STATUSES)}, or None (did not report); got "
                f"{word!r}: {status!r}"
            )
        plain = " ".join(word.lower().replace("_", " ").replace("-", " ").split())
        words[plain] = status or None
    plain_ = pl.col("status").str.to_lowercase().str.replace_all(_SPACE, " ").str.strip_chars()
    return typed.with_columns(
        status_=plain_.replace_strict(words, default=None, return_dtype=pl.Enum(FACILITY_STATUSES)),
        **{"word?": pl.col("status").is_not_null() & ~plain_.is_in(list(words))},
        near_status=near_hints(typed["status"], FACILITY_STATUSES),
    )


def row_rules() -> list[Rule]:
    """What one row keeps by itself."""
    return [
        *plain_rules(ROUNDS),
        *(
            Rule("missing", name, pl.col(name).is_null() & ~pl.col(f"{name}?"), f"expected a {name}, got an empty cell")
            for name in ("round", "facility_id")
        ),
        Rule("missing", "date", pl.col("date_earliest").is_null() & ~pl.col("date?"),
             "expected the day or days of the assessment, in this row or another of the round {round}; got none: give "
             "date="),
        Rule("unknown_status", "status", pl.col("word?"),
             f"expected one of {', '.join(FACILITY_STATUSES)}, a publisher's word for one of them, or an empty cell (did "
             "not report); got '{got}'{near_status}. Say what it means: statuses={{'{got}': ...}}"),
    ]  # fmt: skip


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with the `position` of their round, and the days that the rounds before and after leave for them.

    The nth report of a facility lies n - m days or more after its mth: `after` is the earliest such day, `before` the
    latest. Rows without a status say nothing about days; both are null.
    """
    numbers = rows["round"].str.contains(r"^[0-9]{1,15}$").all() if rows.height else False
    number = [pl.col("round").cast(pl.Int64)] if numbers else []
    rounds = (
        rows.group_by("round")
        .agg(first=pl.col("date_earliest").min(), last=pl.col("date_latest").max())
        .sort(*number, "first", "last", "round")
        .select("round", position=pl.int_range(pl.len(), dtype=pl.Int64))
    )
    placed = rows.drop("position", "after", "before", strict=False).join(
        rounds, on="round", how="left", maintain_order="left"
    )
    said = placed.filter(pl.col("status_").is_not_null()).sort("facility_id", "position")
    nth = pl.int_range(pl.len(), dtype=pl.Int64).over("facility_id")
    early = pl.col("date_earliest").to_physical().cast(pl.Int64) - nth
    late = pl.col("date_latest").to_physical().cast(pl.Int64) - nth
    days = said.select(
        "row",
        after=(early.cum_max().over("facility_id") + nth).cast(pl.Int32).cast(pl.Date),
        before=(late.cum_min(reverse=True).over("facility_id") + nth).cast(pl.Int32).cast(pl.Date),
    )
    return placed.join(days, on="row", how="left", maintain_order="left")


def order_rules() -> list[Rule]:
    """What the reports of one facility keep together."""
    return [
        Rule("round_order", "date", pl.col("after") > pl.col("date_latest"),
             "expected {facility_id} in the round {round} on or after {after}, the day after its report in a round before; "
             "got {date_earliest} to {date_latest}"),
        Rule("round_order", "date", pl.col("before") < pl.col("date_earliest"),
             "expected {facility_id} in the round {round} on or before {before}, the day before its report in a round "
             "after; got {date_earliest} to {date_latest}"),
    ]  # fmt: skip


def register_of_rows(rows: pl.DataFrame, register: pl.DataFrame | None) -> pl.DataFrame:
    """The facilities (`FacilitySchema`): those of the register, or those that the rows name; the register's word wins.

    Of several statements of rounds the latest stands.
    """
    latest = [pl.col(name).drop_nulls().last() for name in _OF_FACILITY]
    said = rows.sort("position").group_by("facility_id", maintain_order=True).agg(latest).sort("facility_id")
    if register is None:
        empty = FacilitySchema.create_empty()
        return FacilitySchema.validate(pl.concat([empty, said], how="diagonal_relaxed"), cast=True)
    more = register.join(said, on="facility_id", how="left", maintain_order="left", suffix="_said")
    filled = more.with_columns(pl.coalesce(name, f"{name}_said").alias(name) for name in _OF_FACILITY)
    return FacilitySchema.validate(filled.select(FacilitySchema.column_names()))


def row_warnings(rows: pl.DataFrame) -> pl.DataFrame:
    """What is accepted, and a reader should know."""
    told = [pl.DataFrame(schema=WARNING_TYPES)]
    for name in ("place", "type"):
        stated = rows.filter(pl.col(name).is_not_null()).sort("position")
        last = pl.col(name).last().over("facility_id")
        told.append(
            warn("rounds", stated.with_columns(last_=last).filter(pl.col(name) != last), f"{name}_changed",
                 f"{{facility_id}} has the {name} {{{name}}} in the round {{round}} and {{last_}} in the latest, which stands")
        )  # fmt: skip
    outside = rows.filter(~pl.col("listed") & pl.col("status_").is_not_null())
    told.append(
        warn("rounds", outside, "outside_territory",
             "{facility_id} has the status {status_} in the round {round}, outside its territory: kept as knowledge of the "
             "facility, not counted in the round")
    )  # fmt: skip
    return pl.concat(told).sort("row", "flag", maintain_order=True)
