"""One step of a counter: what a row adds, over which days, and what can not be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from casualtystats.periods import Period

__all__ = ["BLOCKS", "INCREMENT_STATUS", "Status", "Step"]

Status = Literal[
    "observed", "negative", "missing", "retroactive", "retraction", "reset", "definition", "no report", "first"
]  # fmt: skip
INCREMENT_STATUS: Final[tuple[Status, ...]] = (
    "observed", "negative", "missing", "retroactive", "retraction", "reset", "definition", "no report", "first",
)  # fmt: skip
BLOCKS: Final = ("retroactive", "retraction")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the increments of a counter.

    Parameters
    ----------
    day, row : date, int
        Day and number of the row of the counter.
    status : Status
        What it is.
    period : Period or None
        The days that the increment is about; None = no increment, or not allocated.
    change : int or None
        The change as printed (of a block, its size); None = nothing to compare with.
    increment : float, int or None
        What the rule makes of it; None = not known.
    phase : int
        Number of the phase from 1.
    phase_name : str or None
        The phase as the source names it.
    """

    day: date
    row: int
    status: Status
    period: Period | None
    change: int | None
    increment: float | None
    phase: int
    phase_name: str | None
