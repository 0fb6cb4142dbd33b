"""A register in one line."""

from __future__ import annotations

import polars as pl

from casualtystats.printing import many

__all__ = ["counted", "register_line"]


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number of things with their noun, where "no" reads better than 0.

    Examples
    --------
    >>> counted(1, "hit"), counted(0, "spell"), counted(1200, "facility", "facilities")
    ('1 hit', 'no spells', '1,200 facilities')
    """
    return many(number, noun, plural) if number else f"no {plural or noun + 's'}"


def register_line(facilities: pl.DataFrame, spells: pl.DataFrame, hits: pl.DataFrame, rejected: pl.DataFrame) -> str:
    """How many facilities, spells and hits; of which without an end or of no known facility; what was rejected."""
    open_ = pl.col("end_latest").is_null()
    status = pl.col("status").cast(pl.String)
    numbers = {
        "destroyed": spells.filter(status == "destroyed", open_).height,
        "still out": spells.filter(status == "non_functional", "still").height,
        "still partial": spells.filter(status == "partial", "still").height,
        "with no known end": spells.filter(status != "destroyed", open_, ~pl.col("still")).height,
    }
    unknown = hits["facility_id"].null_count()
    ends = ", ".join(f"{number:,} {what}" for what, number in numbers.items() if number)
    whose = f"{unknown:,} on {'a facility' if unknown == 1 else 'facilities'} not known" if unknown else ""
    parts = [
        counted(facilities.height, "facility", "facilities"),
        counted(spells.height, "spell") + (f" ({ends})" if ends else ""),
        counted(hits.height, "hit") + (f" ({whose})" if whose else ""),
    ]
    line = ", ".join(parts)
    lost = rejected.select("table", "row").n_unique() if rejected.height else 0
    return f"{line}; {counted(lost, 'row')} rejected (see .rejected)" if lost else line
