"""Rows that break a rule are set aside with rule and hint: accepted + distinct rejected rows = read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import polars as pl

from casualtystats.reports.facilities.tables import Format
from casualtystats.reports.hints import fill
from casualtystats.reports.rule import Rule
from casualtystats.reports.table import REJECTED_TYPES, RawTable, raw_json, texts

__all__ = ["WARNING_TYPES", "Judged", "duplicates", "plain_rules", "warn"]

WARNING_TYPES: Final = pl.Schema({"table": pl.String(), "row": pl.Int64(), "flag": pl.String(), "why": pl.String()})
_SHOWN: Final = 80
_TWINS: Final = 10
_DAY: Final = "expected one day such as 2019-05-09; got '{got}'"
_UNREAD: Final = {
    "text": ("text", "expected text without NUL characters; got '{got}'"),
    "path": ("text", "expected text without NUL characters; got '{got}'"),
    "count": (
        "whole_number",
        "expected a whole number from 0 to 10**15, without separators, signs or fractions; got '{got}'",
    ),
    "date": (
        "date",
        "expected 2019-05-09, 2019-05 (some day of that month) or [2019-04-21..2019-04-30] (one of these days); "
        "got '{got}'",
    ),
    "day": ("date", _DAY),
}


class Judged:
    """A table on its way through the rules: what is still accepted, and what was set aside.

    Parameters
    ----------
    name : str
        Name of the table in `Facilities.rejected`.
    raw : RawTable
        As it was read.
    typed : pl.DataFrame
        Its columns, read, with `row`.
    """

    def __init__(self, name: str, raw: RawTable, typed: pl.DataFrame) -> None:
        self.name = name
        self.raw = raw
        self.typed = typed
        self._found: list[pl.DataFrame] = [
            pl.DataFrame([asdict(cell) for cell in raw.broken], schema=REJECTED_TYPES).with_columns(order=0)
        ]
        self._order = 0

    def apply(self, rules: list[Rule]) -> None:
        """Set the rows that break any of the rules aside; each of the rules that it breaks is told."""
        failing = pl.Series([False] * self.typed.height, dtype=pl.Boolean)
        for rule in rules:
            fails = self.typed.select(rule.fails.fill_null(value=False)).to_series()
            if fails.any():
                self._tell(rule, self.typed.filter(fails))
                failing = failing | fails
        if failing.any():
            self.typed = self.typed.filter(~failing)

    def reject(self, rule: str, column: str, hints: dict[int, str]) -> None:
        """Set rows aside, each with a hint of its own."""
        told = self.typed.filter(pl.col("row").is_in(list(hints)))
        told = told.with_columns(hint=pl.col("row").replace_strict(hints, return_dtype=pl.String))
        self._tell(Rule(rule, column, pl.lit(value=True), "{hint}"), told)
        self.typed = self.typed.filter(~pl.col("row").is_in(list(hints)))

    def _tell(self, rule: Rule, rows: pl.DataFrame) -> None:
        at = self.raw.rows.is_in(rows["row"].implode())
        raw = self.raw.frame.filter(at)
        shown = (
            texts(raw[rule.column]) if rule.column in raw.columns else pl.Series([None] * raw.height, dtype=pl.String)
        )
        said = pl.DataFrame({"row": self.raw.rows.filter(at), "value_": shown, "raw_": raw_json(raw)})
        self._order += 1
        got = pl.when(pl.col("value_").str.len_chars() > _SHOWN).then(pl.col("value_").str.head(_SHOWN) + "...")
        self._found.append(
            rows.join(said, on="row", how="left", maintain_order="left")
            .with_columns(got=got.otherwise(pl.col("value_")).fill_null("nothing"))
            .select(
                "row",
                column=pl.lit(rule.column),
                value=pl.col("value_"),
                rule=pl.lit(rule.name),
                hint=fill(rule.hint),
                raw=pl.col("raw_"),
                order=pl.lit(self._order, pl.Int32),
            )
        )

    def rejected(self) -> pl.DataFrame:
        """What was set aside, by row, then in the order of the rules: `table`, then `RejectedSchema`."""
        found = pl.concat(self._found).sort("row", "order", maintain_order=True).drop("order")
        return found.select(pl.lit(self.name).alias("table"), pl.all())


def plain_rules(table: Format) -> list[Rule]:
    """What every cell of a table keeps: it can be read, and a path has no empty step."""
    rules = [Rule(*_named(kind, name)) for name, kind in table.columns.items()]
    for name, kind in table.columns.items():
        if kind == "path":
            path = pl.col(name)
            empty = path.str.starts_with("/") | path.str.ends_with("/") | path.str.contains("//", literal=True)
            rules.append(Rule("path", name, empty, "expected steps joined by '/', none of them empty; got '{got}'"))
    return rules


def _named(kind: str, name: str) -> tuple[str, str, pl.Expr, str]:
    rule, hint = _UNREAD[kind]
    return rule, name, pl.col(f"{name}?"), hint


def duplicates(name: str, keys: list[str]) -> tuple[pl.Expr, Rule]:
    """A column `twins` (numbers of all rows with the same key, null where there is one), and the rule about it."""
    there = pl.all_horizontal(pl.col(key).is_not_null() for key in keys)
    listed = pl.col("row").sort().head(_TWINS).cast(pl.String).str.join(", ")
    more = pl.when(pl.len() > _TWINS).then(pl.lit(" and more")).otherwise(pl.lit(""))
    twins = pl.when(there & (pl.len().over(keys) > 1)).then(pl.concat_str(listed, more).over(keys)).alias("twins")
    what = " and ".join(keys)
    hint = f"expected each {what} once; got '{{got}}' in rows {{twins}}: which is right can not be known"
    return twins, Rule(f"duplicate_{name}", keys[-1], pl.col("twins").is_not_null(), hint)


def warn(table: str, rows: pl.DataFrame, flag: str, why: str) -> pl.DataFrame:
    """One warning a row; `why` is filled with the columns of the row."""
    return rows.select(
        pl.lit(table).alias("table"), pl.col("row").cast(pl.Int64), pl.lit(flag).alias("flag"), fill(why).alias("why")
    )
