"""The share of a population that is displaced on each date, with bounds.

Invariants
----------
- `low <= best <= high`; `best` is null where a stock or the population is one-sided; `high` is null where nothing bounds it.
- A share of a population that holds the displaced is at most 1, whatever the two figures allow.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.printing import format_rate

__all__ = ["DisplacedShares", "Displacees"]

Displacees = Literal["included", "added", "apart"]
_SAID: Final[dict[Displacees, str]] = {
    "included": "of a population that includes the displaced",
    "added": "of the population and the displaced together",
    "apart": "per inhabitant of a population that is counted apart from the displaced",
}
_SHARES: Final = ("low", "best", "high")


@dataclass(frozen=True, eq=False, repr=False)
class DisplacedShares:
    """Shares of a population that are displaced, one a date. Made by `displaced_share`.

    Attributes
    ----------
    frame : pl.DataFrame
        Columns of `by`, then `date_earliest`, `date_latest` (equal where the day is known), `idps_low`, `idps_best`,
        `idps_high`, `population_low`, `population_best`, `population_high` (people), `low`, `best`, `high` (shares).
    by : tuple of str
        What splits it.
    displaced : str
        Whether the displaced are part of the population figure.
    note : str
        Sources.
    """

    frame: pl.DataFrame
    by: tuple[str, ...]
    displaced: Displacees
    note: str

    @property
    def convention(self) -> str:
        """What the share is a share of."""
        return _SAID[self.displaced]

    def to_frame(self) -> pl.DataFrame:
        """The shares in order of their dates."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write the frame as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        rows = self.frame.height
        if rows == 1:
            return f"displaced: {_told(self.frame.select(_SHARES).row(0), self.displaced)} {self.convention}"
        first: date = min(self.frame["date_earliest"].to_list())
        last: date = max(self.frame["date_latest"].to_list())
        split = f" by {' and '.join(self.by)}" if self.by else ""
        return f"displaced {self.convention}: {rows} shares{split} from {first} to {last}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.frame, str(self), self.note)


def _told(share: tuple[float, float | None, float | None], displaced: Displacees) -> str:
    low, best, high = share

    def text(value: float, side: Literal["down", "nearest", "up"]) -> str:
        return format_rate(value, side) if displaced == "apart" else f"{format_rate(100 * value, side)} %"

    if high is None:
        return f"at least {text(low, 'down')}"
    if low == high:
        return text(low, "nearest")
    bounds = f"{text(low, 'down')} to {text(high, 'up')}"
    return bounds if best is None else f"{text(best, 'nearest')} ({bounds})"
