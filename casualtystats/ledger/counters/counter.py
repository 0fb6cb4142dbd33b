"""One counter: its rows, the breaks that were stated, and the first day that it counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.ledger.counters.breaks import Break, propose_breaks
from casualtystats.ledger.counters.phases import Segment, check_breaks, segments
from casualtystats.ledger.counters.rules import FLOORS, CounterRow
from casualtystats.vocabulary import Unit

__all__ = ["Counter"]


@dataclass(frozen=True, eq=False)
class Counter:
    """A cumulative counter as it was published.

    Parameters
    ----------
    rows : tuple of CounterRow
        Sorted by date, each date once, those without a value included.
    breaks : sequence of Break
        What was stated to have happened to it; kept by date.
    since : (date, date) or None
        Earliest and latest first day that it counts: it stood at zero before. None = not known.
    incident : bool
        Whether the source also publishes the count of each row's own period.

    Raises
    ------
    OptionError
        If a break applies to no row.
    """

    rows: tuple[CounterRow, ...]
    breaks: Sequence[Break] = ()
    since: tuple[date, date] | None = None
    incident: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.breaks, Break):
            raise OptionError(f"expected a list of breaks, got one: [{self.breaks!r}]")
        for stated in self.breaks:
            if not isinstance(stated, Break):  # pyright: ignore[reportUnnecessaryIsInstance]
                raise OptionError(f"expected a list of Break(date, kind, reason), got {stated!r} in it")
        object.__setattr__(self, "breaks", tuple(sorted(self.breaks, key=lambda stated: (stated.day, stated.kind))))
        self.segments()

    def segments(self) -> list[Segment]:
        """The rows with a value, cut at resets and new definitions."""
        return segments(self.rows, self.breaks, from_zero=self.since is not None)

    def usable(self) -> list[CounterRow]:
        """The rows with a value."""
        return [row for row in self.rows if row.usable]

    def with_breaks(self, breaks: Sequence[Break]) -> Counter:
        """The same counter with more stated breaks.

        Raises
        ------
        OptionError
            If one is no Break, or applies to no row.
        """
        return replace(self, breaks=breaks if isinstance(breaks, Break) else (*self.breaks, *breaks))

    def find_breaks(self, window: int = 14, threshold: float = 6.0) -> pl.DataFrame:
        """What the numbers suggest, as `propose_breaks` says; rows with a stated break are left out."""
        changes = [change for segment in self.segments() for change in segment.changes]
        stated = set(check_breaks(self.rows, self.breaks))
        return propose_breaks(changes, stated=stated, window=window, threshold=threshold)

    def floor(self, on_retraction: str | None, unit: Unit) -> Estimate:
        """The floor that the last phase of a counter of floors leaves.

        Parameters
        ----------
        on_retraction : {"keep", "withdraw"} or None
            Where a later floor is lower: keep the highest, or withdraw it for the latest. None = refuse to choose.
        unit : Unit
            The unit of the answer.

        Raises
        ------
        OptionError
            If the counter is not one of floors, or a choice is needed and none was made.
        """
        if on_retraction not in (None, "keep", "withdraw"):
            raise OptionError(f"expected on_retraction= 'keep', 'withdraw' or None, got {on_retraction!r}")
        pieces = self.segments()
        rows = [change.row for change in pieces[-1].changes] if pieces else []
        other = next((row for row in rows if row.qualifier not in FLOORS), None)
        if not rows or other is not None:
            got = "no row with a value" if other is None else f"{other} ({other.qualifier})"
            raise OptionError(f"expected a counter of floors (qualifier at_least or more_than), got {got}")
        latest = rows[-1]
        highest = max(rows, key=lambda row: (row.low or 0, row.day))
        if on_retraction is None and (highest.low or 0) > (latest.low or 0):
            raise OptionError(
                f"expected on_retraction= for a floor that went down, got {highest}, then {latest}, both at least: these do not "
                f"contradict each other, but the lower one may take the higher one back. on_retraction='keep' holds to "
                f"{highest.low:,}, on_retraction='withdraw' to {latest.low:,}"
            )
        taken = latest if on_retraction == "withdraw" else highest
        return replace(Estimate.of(taken.qualifier, taken.value or 0), unit=unit)
