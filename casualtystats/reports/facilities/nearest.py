"""Names that come near a name that is not known: slow, so for few names among a bounded number."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Final

import polars as pl

__all__ = ["near_hints", "nearest"]

_COMPARED: Final = 2_000
_NAMES: Final = 200


def nearest(name: str, known: Sequence[str]) -> str:
    """The end of a sentence that names up to three known names near one; empty where there is none.

    Examples
    --------
    >>> nearest("hospital_1", ["hospital-1", "clinic-2"])
    '; near it: hospital-1'
    """
    close = difflib.get_close_matches(name, list(known[:_COMPARED]), n=3)
    return f"; near it: {', '.join(close)}" if close else ""


def near_hints(names: pl.Series, known: Sequence[str]) -> pl.Expr:
    """The sentences of `nearest` for a column of names, empty beyond the first 200 different ones."""
    # sorted, so that the order of rows does not choose which names are compared
    wrong = names.drop_nulls().unique().sort().head(_NAMES).to_list()
    hints = {name: nearest(name, known) for name in wrong}
    return pl.col(names.name).replace_strict(hints, default="", return_dtype=pl.String)
