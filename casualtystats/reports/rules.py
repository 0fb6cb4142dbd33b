"""The rules that a report keeps: one table. A row that breaks one is rejected with the hint."""

from __future__ import annotations

from typing import Final

import polars as pl

from casualtystats.periods.dates import DATE_GRAMMAR
from casualtystats.reports.columns import COUNTS, DATES, PATHS, TEXTS, WORDS
from casualtystats.reports.countrules import count_rules
from casualtystats.reports.rule import Rule, blank
from casualtystats.vocabulary import MEASURES, kinds_of, units_of

__all__ = ["RULES", "Rule"]


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
            "expected a whole number from 0 to 10**15, without separators, signs or fractions; got '{got}'{digits}",
        )
        for name in COUNTS
    ]
    rules.append(
        Rule("hours", "hours", pl.col("hours?"), "expected a number of hours above 0, such as 24; got '{got}'")
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
        Rule("text", name, pl.col(f"{name}?"), "expected text without NUL characters; got '{got}'") for name in TEXTS
    ]
    return rules


def _needed() -> list[Rule]:
    rules = [
        Rule("missing", name, blank(name), f"expected a {name}, got an empty cell")
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
        half = (pl.col(a).is_null() != pl.col(b).is_null()) & ~pl.col(f"{a}?") & ~pl.col(f"{b}?") & ~pl.col(f"{name}?")
        rules.append(Rule("half_date", a, half, f"expected both {a} and {b}, or neither; got {{{a}}} and {{{b}}}"))
        rules.append(
            Rule(
                "date_order",
                a,
                pl.col(a) > pl.col(b),
                f"expected {a} on or before {b}; got {{{a}}} and {{{b}}}",
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
        rules.append(Rule("path", name, empty, "expected steps joined by '/', none of them empty; got '{got}'"))
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


_READING: Final = (*_needed(), *_unread())
_MEANING: Final = (*_meanings(), *count_rules(), *_periods(), *_identity())
RULES: Final[tuple[Rule, ...]] = (*_READING, *_MEANING)
