"""The rules that a report keeps: one table. A row that breaks one is rejected with the hint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from casualtystats.periods.dates import DATE_GRAMMAR
from casualtystats.reports.columns import COUNTS, DATES, PATHS, TEXTS, WORDS
from casualtystats.vocabulary import MEASURES, kinds_of, units_of

__all__ = ["RULES", "Rule", "hint_columns"]


@dataclass(frozen=True)
class Rule:
    """One rule.

    Parameters
    ----------
    name : str
        Short name; several columns may share one.
    column : str
        The column of the format that breaks it.
    fails : pl.Expr
        True where a row breaks it; null counts as kept. Over the columns of `parse` and `derive`, where
        derived bounds are named `low=`, `best=`, `high=` and the derived qualifier `qualifier=`.
    hint : str
        What was expected. `{column}` stands for the text of a column, `{got}` for the raw cell.
    """

    name: str
    column: str
    fails: pl.Expr
    hint: str


def hint_columns() -> list[pl.Expr]:
    """Columns that only hints use: a suggested word, digits without separators, allowed units and kinds."""
    got = pl.col("got")
    digits = got.str.replace_all(r"[\s,_'\u{a0}\u{202f}]", "")
    plain = digits.str.contains(r"^[0-9]{1,15}$") & (digits != got)
    lower = got.str.strip_chars().str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    closed = [word for words in WORDS.values() for word in words]
    units = {measure: " or ".join(units_of(measure)) for measure in MEASURES}
    kinds = {measure: " or ".join(kinds_of(measure)) for measure in MEASURES}
    measure = pl.col("measure").cast(pl.String)
    return [
        pl.when(plain).then(pl.format("; write {}", digits)).otherwise(pl.lit("")).alias("digits"),
        pl.when(lower.is_in(closed) & (lower != got))
        .then(pl.format("; write {}", lower))
        .otherwise(pl.lit(""))
        .alias("word"),
        measure.replace_strict(units, default="").alias("units"),
        measure.replace_strict(kinds, default="").alias("kinds"),
        (((pl.col("end_latest") - pl.col("start_earliest")).dt.total_days() + 1) * 24).alias("widest"),
        pl.coalesce("end_earliest", "start_earliest").alias("known"),
    ]


def _blank(name: str) -> pl.Expr:
    return pl.col(name).is_null() & ~pl.col(f"{name}?")


def _unread() -> list[Rule]:
    """Cells in which something stands that is not what the column holds."""
    rules = [
        Rule(
            "unknown_word",
            name,
            pl.col(f"{name}?"),
            f"expected one of {', '.join(words)}; got '{{got}}'{{word}}",
        )
        for name, words in WORDS.items()
    ]
    rules += [
        Rule(
            "whole_number",
            name,
            pl.col(f"{name}?"),
            "expected a whole number from 0 to 10**15, without separators, signs or fractions; got "
            "'{got}'{digits}",
        )
        for name in COUNTS
    ]
    rules.append(
        Rule(
            "hours", "hours", pl.col("hours?"), "expected a number of hours above 0, such as 24; got '{got}'"
        )
    )
    for name in DATES:
        rules.append(
            Rule(
                "date",
                name,
                pl.col(f"{name}?"),
                f"expected {DATE_GRAMMAR}; got '{{got}}'. A time of day belongs to a day only in a time "
                "zone: "
                "convert it to the local date first",
            )
        )
        rules += [
            Rule("date", edge, pl.col(f"{edge}?"), "expected one day such as 2019-05-09; got '{got}'")
            for edge in (f"{name}_earliest", f"{name}_latest")
        ]
    rules += [
        Rule("text", name, pl.col(f"{name}?"), "expected text without NUL characters; got '{got}'")
        for name in TEXTS
    ]
    return rules


def _needed() -> list[Rule]:
    rules = [
        Rule("missing", name, _blank(name), f"expected a {name}, got an empty cell")
        for name in ("report_id", "measure", "unit", "kind")
    ]
    no_start = pl.col("start_earliest").is_null() & pl.col("start_latest").is_null() & ~pl.col("start?")
    unread_start = pl.col("start_earliest?") | pl.col("start_latest?")
    rules.append(Rule("missing", "start", no_start & ~unread_start, "expected a start, got an empty cell"))
    no_end = pl.col("end_earliest").is_null() & pl.col("end_latest").is_null() & ~pl.col("end?")
    unread_end = pl.col("end_earliest?") | pl.col("end_latest?")
    rules.append(
        Rule(
            "missing",
            "end",
            no_end & ~unread_end & (pl.col("kind") != "stock"),
            "expected an end: a {kind} has the last day of its period (included); only a stock has one date",
        )
    )
    for name in DATES:
        a, b = f"{name}_earliest", f"{name}_latest"
        half = (
            (pl.col(a).is_null() != pl.col(b).is_null())
            & ~pl.col(f"{a}?")
            & ~pl.col(f"{b}?")
            & ~pl.col(f"{name}?")
        )
        rules.append(
            Rule("half_date", a, half, f"expected both {a} and {b}, or neither; got {{{a}}} and {{{b}}}")
        )
        rules.append(
            Rule(
                "date_order",
                a,
                pl.col(a) > pl.col(b),
                f"expected {a} on or before {b}; got {{{a}}} and {{{b}}}",
            )
        )
    return rules


def _counts() -> list[Rule]:
    no_value = _blank("value")
    qualifier, unread = pl.col("qualifier="), pl.col("qualifier?")
    between = (qualifier == "between") & ~unread
    one_number = ~qualifier.is_in(["between"]) & ~unread
    rules = [
        Rule(
            "no_count",
            "value",
            no_value & _blank("low"),
            "expected a value, or a low where only bounds were published; got neither. No number is not 0",
        ),
        Rule(
            "no_value",
            "value",
            no_value & pl.col("low").is_not_null() & one_number & ~qualifier.is_in(["at_least", "more_than"]),
            "expected a value with the qualifier {qualifier}; got only bounds. A published range is "
            "'between'",
        ),
        Rule(
            "between_low",
            "low",
            between & _blank("low") & ~no_value,
            "expected a low with the qualifier between; got an empty cell",
        ),
        Rule(
            "less_than_zero",
            "value",
            (qualifier == "less_than") & (pl.col("value") == 0) & ~unread,
            "expected 1 or more with the qualifier less_than: no count is less than 0",
        ),
        Rule(
            "best_is_value",
            "best",
            between & (pl.col("best") != pl.col("value")),
            "expected the same best and value with the qualifier between; got best {best} and value {value}",
        ),
        Rule(
            "low_above_high",
            "low",
            between & (pl.col("low") > pl.col("high")),
            "expected low up to high; got low {low} and high {high}",
        ),
    ]
    # Without a value there is nothing to derive from, except that a floor has neither best nor high.
    floor = no_value & pl.col("low").is_not_null() & qualifier.is_in(["at_least", "more_than"])
    for name in ("low", "best", "high"):
        given, derived = pl.col(name), pl.col(f"{name}=")
        differs = given.is_not_null() & given.ne_missing(derived)
        comparable = (pl.col("value").is_not_null() | floor) & one_number
        rules.append(
            Rule(
                "bounds_disagree",
                name,
                differs & comparable & ~((qualifier == "less_than") & (pl.col("value") == 0)),
                f"expected {name} {{{name}=}} for '{{qualifier=}} {{value}}', or an empty cell; got "
                f"'{{got}}'. "
                "A published range has the qualifier between",
            )
        )
    return rules


def _meanings() -> list[Rule]:
    pairs = [(pl.col("measure") == m) & ~pl.col("unit").is_in(list(units_of(m))) for m in MEASURES]
    kinds = [(pl.col("measure") == m) & ~pl.col("kind").is_in(list(kinds_of(m))) for m in MEASURES]
    rules = [
        Rule(
            "unit_of_measure",
            "unit",
            pl.any_horizontal(pairs),
            "expected the unit {units} for {measure}; got {unit}",
        ),
        Rule(
            "kind_of_measure",
            "kind",
            pl.any_horizontal(kinds),
            "expected the kind {kinds} for {measure}; got {kind}",
        ),
    ]
    for name in PATHS:
        path = pl.col(name)
        empty = path.str.starts_with("/") | path.str.ends_with("/") | path.str.contains("//", literal=True)
        rules.append(
            Rule("path", name, empty, "expected steps joined by '/', none of them empty; got '{got}'")
        )
    return rules


def _periods() -> list[Rule]:
    stock = pl.col("kind") == "stock"
    first, last = pl.col("start_earliest"), pl.col("end_latest")
    moved = (pl.col("end_earliest") != first) | (last != pl.col("start_latest"))
    widest = ((last - first).dt.total_days() + 1) * 24
    # A stock is as of its start, so that is what has to lie before its publication.
    known = pl.when(stock).then(first).otherwise(pl.col("end_earliest"))
    return [
        Rule(
            "stock_date",
            "end",
            stock & moved,
            "expected an empty end, or the start again: a stock has one date; got '{got}'",
        ),
        Rule(
            "stock_hours",
            "hours",
            stock & pl.col("hours").is_not_null(),
            "expected no hours: a stock has a date, not a length; got '{got}'",
        ),
        Rule(
            "end_before_start",
            "end",
            ~stock & (first > last),
            "expected an end on or after the start {start_earliest}; got '{got}'",
        ),
        Rule(
            "hours_too_long",
            "hours",
            ~stock & (pl.col("hours") > widest) & (first <= last),
            "expected up to {widest} hours, the length of the widest dates; got '{got}'",
        ),
        Rule(
            "counts_the_future",
            "published",
            known > pl.col("published_latest"),
            "expected a publication on or after the end of what is counted ({known}); got '{got}'",
        ),
    ]


def _identity() -> list[Rule]:
    return [
        Rule(
            "duplicate_id",
            "report_id",
            pl.col("duplicate"),
            "expected each report_id once; got '{got}' in rows {twins}: which is right can not be known",
        )
    ]


RULES: Final[tuple[Rule, ...]] = (*_needed(), *_unread(), *_meanings(), *_counts(), *_periods(), *_identity())
