"""Small HTML tables for notebooks, everything escaped; and text cells that no spreadsheet takes for a formula."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Final

import polars as pl

from casualtystats.printing import format_count

__all__ = ["defused", "html_table", "write_table"]

SHOWN: Final = 12
RISKY: Final = r"^'*[=+\-@\t\r]"


def html_table(frame: pl.DataFrame, title: str, note: str = "") -> str:
    """The first rows of a frame as an HTML table with a title above and a note below; nulls print as a dash."""
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in frame.columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(_cell(value))}</td>" for value in row) + "</tr>"
        for row in frame.head(SHOWN).rows()
    )
    more = f"<p>{frame.height - SHOWN:,} more rows</p>" if frame.height > SHOWN else ""
    foot = f"<p><small>{escape(note)}</small></p>" if note else ""
    return f"<div><p>{escape(title)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}{foot}</div>"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_count(value) if isinstance(value, int | float) else str(value)


def defused(frame: pl.DataFrame) -> pl.DataFrame:
    """Text cells that a spreadsheet would run as a formula get an apostrophe in front."""
    return frame.with_columns(pl.col(pl.String).str.replace(RISKY, "'${0}"))


def write_table(frame: pl.DataFrame, path: str | Path) -> None:
    """Write a frame as CSV with formulas defused."""
    defused(frame).write_csv(Path(path))
