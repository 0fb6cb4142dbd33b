"""How the cells of a matrix of moves are printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casualtystats.printing import format_count

__all__ = ["cell_text"]


def cell_text(cell: Mapping[str, Any]) -> str:
    """A cell in words.

    Parameters
    ----------
    cell : mapping
        `low`, `best`, `high`; null as in `FlowMatrix.to_frame`.

    Examples
    --------
    >>> cell_text({"low": 155_800, "best": 164_000, "high": 172_200}), cell_text({"low": 0, "best": None, "high": 16_000})
    ('164,000 (about)', '0 to 16,000')
    >>> cell_text({"low": 5, "best": None, "high": None}), cell_text({"low": 0, "best": None, "high": None})
    ('at least 5', 'not bounded')
    """
    low, best, high = cell["low"], cell["best"], cell["high"]
    if low == high:
        return format_count(low)
    if best is not None:
        return f"{format_count(best)} (about)"
    if high is None:
        return f"at least {format_count(low)}" if low else "not bounded"
    return f"{format_count(low)} to {format_count(high)}"
