"""What a rule is: a name, a column, an expression that says when a row breaks it, and a hint."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

__all__ = ["Rule", "blank"]


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


def blank(name: str) -> pl.Expr:
    """Whether nothing stands in a cell: neither a value nor something that can not be read."""
    return pl.col(name).is_null() & ~pl.col(f"{name}?")
