"""Rules about value, low, best and high: what must be there, and what must agree."""

from __future__ import annotations

import polars as pl

from casualtystats.reports.rule import Rule, blank

__all__ = ["count_rules"]


def count_rules() -> list[Rule]:
    """List the rules, over the columns that `Rule.fails` describes."""
    no_value = blank("value")
    qualifier, unread = pl.col("qualifier="), pl.col("qualifier?")
    between = (qualifier == "between") & ~unread
    one_number = ~qualifier.is_in(["between"]) & ~unread
    rules = [
        Rule(
            "no_count",
            "value",
            no_value & blank("low"),
            "expected a value, or a low where only bounds were published; got neither. No number is not 0",
        ),
        Rule(
            "no_value",
            "value",
            no_value & pl.col("low").is_not_null() & one_number & ~qualifier.is_in(["at_least", "more_than"]),
            "expected a value with the qualifier {qualifier}; got only bounds. A published range is 'between'",
        ),
        Rule(
            "between_low",
            "low",
            between & blank("low") & ~no_value,
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
