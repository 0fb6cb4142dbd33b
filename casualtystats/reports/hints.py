"""Hints that say what was expected and got: templates filled with the cells of a row."""

from __future__ import annotations

import string

import polars as pl

from casualtystats.reports.columns import WORDS
from casualtystats.vocabulary import MEASURES, kinds_of, units_of

__all__ = ["fill", "hint_columns"]


def fill(template: str) -> pl.Expr:
    """Fill a hint with the text of the columns that it names in braces; null reads "nothing".

    Examples
    --------
    >>> pl.DataFrame({"got": ["1,234", None]}).select(fill("got '{got}'")).to_series().to_list()
    ["got '1,234'", "got 'nothing'"]
    """
    parts: list[pl.Expr] = []
    for text, name, _, _ in string.Formatter().parse(template):
        parts.append(pl.lit(text))
        if name is not None:
            parts.append(pl.col(name).cast(pl.String).fill_null("nothing"))
    return pl.concat_str(parts)


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
