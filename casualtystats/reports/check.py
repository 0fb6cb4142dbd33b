"""A raw table becomes accepted reports and rejected rows: accepted + distinct rejected = read, always."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import polars as pl

from casualtystats.errors import ReportFileError
from casualtystats.reports.bounds import derive
from casualtystats.reports.columns import Layout, check_names
from casualtystats.reports.hints import fill, hint_columns
from casualtystats.reports.parse import parse
from casualtystats.reports.rule import Rule
from casualtystats.reports.rules import RULES
from casualtystats.reports.table import REJECTED_TYPES, REPORT_TYPES, RawTable, raw_json, texts
from casualtystats.reports.textdates import date_texts
from casualtystats.schemas import RejectedSchema, ReportSchema

__all__ = ["check"]

# Rows are parsed in parts: the working columns of ten million rows at once would not fit into small machines.
_PART: Final = 1_000_000
_TWINS: Final = 10
_SHOWN: Final = 80


def check(table: RawTable) -> tuple[pl.DataFrame, pl.DataFrame, tuple[str, ...]]:
    """Check every row of a raw table against the rules.

    Returns
    -------
    (pl.DataFrame, pl.DataFrame, tuple of str)
        Accepted reports (`ReportSchema`, in the order of the table), broken rules (`RejectedSchema`, by row
        and then in the order of the rules), and the names of the columns that are no part of the format.

    Raises
    ------
    ReportFileError
        If the table has no rows or its columns do not fit the format.
    """
    layout = check_names(table.frame.columns, table.where)
    if table.frame.height + len(table.broken) == 0:
        raise ReportFileError(f"{table.where}: expected at least one report, got no rows")
    twins = _twins(table, layout)
    accepted: list[pl.DataFrame] = []
    rejected = [pl.DataFrame([asdict(cell) for cell in table.broken], schema=REJECTED_TYPES).with_columns(order=-1)]
    for offset in range(0, table.frame.height, _PART):
        kept, broken = _check_part(table, layout, twins, offset)
        accepted.append(kept)
        rejected.append(broken)
    frame = pl.concat([pl.DataFrame(schema=REPORT_TYPES), *accepted])
    failures = pl.concat(rejected).sort("row", "order", maintain_order=True).drop("order")
    return ReportSchema.validate(frame), RejectedSchema.validate(failures), layout.ignored


def _check_part(table: RawTable, layout: Layout, twins: pl.DataFrame, offset: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    raw = table.frame.slice(offset, _PART)
    rows = table.rows.slice(offset, _PART)
    parsed = (
        parse(raw.lazy(), raw.schema, layout, defused=table.defused)
        .with_columns(expr.name.suffix("=") for expr in derive())
        .collect()
        .with_columns(row=rows)
        .with_columns(duplicate=pl.col("row").is_in(twins["row"].implode()))
    )
    if not layout.has_date("end"):
        _check_end_is_not_needed(parsed, table.where)
    fails = (
        parsed.lazy().select(rule.fails.fill_null(value=False).alias(str(i)) for i, rule in enumerate(RULES)).collect()
    )
    failing = fails.select(pl.any_horizontal(pl.all())).to_series()
    kept = _finish(parsed.filter(~failing) if failing.any() else parsed)
    broken = pl.DataFrame(schema={**REJECTED_TYPES, "order": pl.Int32})
    if failing.any():
        broken = _explain(raw.filter(failing), parsed.filter(failing), fails.filter(failing), twins)
    return kept, broken


def _check_end_is_not_needed(parsed: pl.DataFrame, where: str) -> None:
    moving = parsed.filter(pl.col("kind") != "stock")
    if moving.height:
        row, kind = moving["row"][0], moving["kind"][0]
        raise ReportFileError(
            f"{where}: expected the column end, got none; row {row} is a {kind}, which has the last day "
            "of its "
            "period (included). Only stocks have one date"
        )


def _finish(parsed: pl.DataFrame) -> pl.DataFrame:
    stock = pl.col("kind") == "stock"
    between = pl.col("qualifier=") == "between"
    columns = {name: pl.col(name) for name in ReportSchema.column_names()}
    columns |= {name: pl.col(f"{name}=") for name in ("qualifier", "low", "best", "high")}
    columns["value"] = pl.when(between).then(pl.coalesce("value", "best")).otherwise(pl.col("value"))
    for edge in ("earliest", "latest"):
        columns[f"end_{edge}"] = pl.when(stock).then(pl.col(f"start_{edge}")).otherwise(pl.col(f"end_{edge}"))
    return parsed.lazy().select(expr.alias(name) for name, expr in columns.items()).collect()


def _twins(table: RawTable, layout: Layout) -> pl.DataFrame:
    """Rows whose report_id stands in several rows: `row`, and `twins`, the numbers of all of them as text."""
    only = Layout(frozenset({"report_id"}), layout.ignored)
    ids = parse(table.frame.lazy(), table.frame.schema, only, defused=table.defused).select("report_id").collect()
    id_ = pl.col("report_id")
    same = ids.with_columns(row=table.rows).filter(id_.is_not_null() & id_.is_duplicated())
    listed = pl.col("row").head(_TWINS).cast(pl.String).str.join(", ")
    more = pl.when(pl.len() > _TWINS).then(pl.lit(" and more")).otherwise(pl.lit(""))
    return same.with_columns(twins=pl.concat_str(listed, more).over("report_id")).select("row", "twins")


def _explain(raw: pl.DataFrame, parsed: pl.DataFrame, fails: pl.DataFrame, twins: pl.DataFrame) -> pl.DataFrame:
    parsed = parsed.join(twins, on="row", how="left", maintain_order="left").with_columns(raw=raw_json(raw))
    found = [
        _explain_rule(rule, order, raw.filter(fails[str(order)]), parsed.filter(fails[str(order)]))
        for order, rule in enumerate(RULES)
        if fails[str(order)].any()
    ]
    return pl.concat(found)


def _explain_rule(rule: Rule, order: int, raw: pl.DataFrame, parsed: pl.DataFrame) -> pl.DataFrame:
    value = _shown_cells(rule.column, raw, parsed)
    got = pl.when(value.str.len_chars() > _SHOWN).then(value.str.head(_SHOWN) + "...").otherwise(value)
    shown = parsed.with_columns(value_=value, got=got.fill_null("nothing")).with_columns(hint_columns())
    return shown.select(
        "row",
        column=pl.lit(rule.column),
        value=pl.col("value_"),
        rule=pl.lit(rule.name),
        hint=fill(rule.hint),
        raw=pl.col("raw"),
        order=pl.lit(order, pl.Int32),
    )


def _shown_cells(column: str, raw: pl.DataFrame, parsed: pl.DataFrame) -> pl.Expr:
    """Show what stood in the column, as text; dates that stand in two columns as one text."""
    if column in raw.columns:
        return pl.lit(texts(raw[column]))
    if f"{column}_earliest" in raw.columns:
        return pl.lit(parsed.select(date_texts(pl.col(f"{column}_earliest"), pl.col(f"{column}_latest"))).to_series())
    return pl.lit(pl.Series([None] * raw.height, dtype=pl.String))
