"""A counter cut where it starts again or counts something else, with the blocks that are no ordinary increments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from casualtystats.errors import OptionError
from casualtystats.ledger.counters.breaks import Break, BreakKind
from casualtystats.ledger.counters.rules import Change, CounterRow

__all__ = ["Segment", "check_breaks", "segments"]


@dataclass(frozen=True)
class Segment:
    """Rows between two cuts.

    Parameters
    ----------
    changes : tuple of Change
        What each of its rows with a value changes.
    opens : {"first", "reset", "definition"}
        How it starts.
    phase : int
        Number of its phase from 1: a reset starts one, a new definition does not.
    name : str or None
        The phase as its rows name it.
    blocks : mapping of int to Break
        Position in `changes` -> the retroactive block or retraction there.
    opened_by : Break or None
        The stated break at which it starts.
    """

    changes: tuple[Change, ...]
    opens: Literal["first", "reset", "definition"]
    phase: int
    name: str | None
    blocks: dict[int, Break] = field(default_factory=dict[int, Break])
    opened_by: Break | None = None

    @property
    def base(self) -> int | None:
        """What the counter stood at before its first row; None where that is not known."""
        return self.changes[0].base

    def levels(self) -> list[int]:
        """The values of its rows without the blocks: what is left moves by ordinary increments only."""
        taken = 0
        left: list[int] = []
        for at, change in enumerate(self.changes):
            taken += self.block(at)
            left.append((change.row.value or 0) - taken)
        return left

    def block(self, at: int) -> int:
        """How much of the change at a position is a block: negative where it is a retraction, 0 where there is none."""
        if at not in self.blocks:
            return 0
        stated = self.blocks[at]
        if stated.count is None:
            return self.changes[at].change or 0
        return stated.count if stated.kind == "retroactive" else -stated.count


def segments(rows: Sequence[CounterRow], breaks: Sequence[Break], *, from_zero: bool) -> list[Segment]:
    """Cut the rows of a counter, sorted by date, at resets and new definitions.

    Parameters
    ----------
    rows : sequence of CounterRow
        All rows, those without a value included.
    breaks : sequence of Break
        Stated breaks.
    from_zero : bool
        Whether the counter is known to have stood at zero before its first row.

    Raises
    ------
    OptionError
        If a break meets no row, two breaks of one kind meet one row, a block meets a row with which the counter starts,
        or the phase column changes where the counter goes on rising.
    """
    at_row = check_breaks(rows, breaks)
    made: list[tuple[list[Change], Literal["first", "reset", "definition"], int, str | None, Break | None]] = []
    blocks: list[dict[int, Break]] = []
    before: CounterRow | None = None
    between: list[CounterRow] = []
    phase, moved = 1, False
    name: str | None = None
    for row in rows:
        if row.phase != name:
            moved, name = True, row.phase
        if not row.usable:
            between.append(row)
            continue
        here: dict[BreakKind, Break] = {stated.kind: stated for stated in at_row.get(row.row, [])}
        opens: Literal["first", "reset", "definition"] | None = None
        if before is None:
            opens = "first"
            if "reset" in here or "definition" in here:
                raise OptionError(
                    f"expected a reset or definition after the first row with a value ({row.day}), got "
                    f"{here.get('reset') or here.get('definition')}; since= says that the counter starts from zero"
                )
        elif moved or "reset" in here:
            if "reset" not in here and (row.low or 0) >= (before.low or 0):
                raise OptionError(
                    f"expected a counter that starts again near zero where the phase column changes, got {before}, then {row}: "
                    "counted from zero it would add everything again. Leave phase= out if it goes on, or state "
                    "breaks=[Break(date, 'reset', reason)] if it did start again"
                )
            opens, phase = "reset", phase + 1
        elif "definition" in here:
            opens = "definition"
        moved = False
        base = {"first": 0 if from_zero else None, "reset": 0, "definition": None}
        start = before.value if before is not None else None
        change = Change(row, before, tuple(between), start if opens is None else base[opens])
        if opens is not None:
            made.append(([], opens, phase, row.phase, here.get("reset") or here.get("definition")))
            blocks.append({})
        made[-1][0].append(change)
        block = _block(here, change, opens)
        if block is not None:
            blocks[-1][len(made[-1][0]) - 1] = block
        before, between = row, []
    return [
        Segment(tuple(changes), opens, number, named, block, opened)
        for (changes, opens, number, named, opened), block in zip(made, blocks, strict=True)
    ]


def _block(here: Mapping[BreakKind, Break], change: Change, opens: str | None) -> Break | None:
    """The block that a row holds, checked against what the row changes."""
    kinds: tuple[BreakKind, ...] = ("retroactive", "retraction")
    found = [here[kind] for kind in kinds if kind in here]
    if not found:
        return None
    where = f"row {change.row.row} ({change.row.day})"
    if len(found) > 1:
        raise OptionError(
            f"expected one block a row, got a retroactive one and a retraction at {where}: the row's change does not say how "
            "large each is; state what is left of them as one break"
        )
    stated = found[0]
    if opens is not None or change.change is None:
        raise OptionError(
            f"expected a {stated.kind} at a row with one before it in its phase, got {where}, with which the counter starts or "
            "counts something new: the change there is not known"
        )
    if stated.count is None and (change.change > 0) != (stated.kind == "retroactive"):
        way = "rises" if stated.kind == "retroactive" else "falls"
        raise OptionError(
            f"expected a {stated.kind} at a row where the counter {way}, got a change of {change.change:,} at {where}; correct "
            "the date, or state count="
        )
    return stated


def check_breaks(rows: Sequence[CounterRow], breaks: Sequence[Break]) -> dict[int, list[Break]]:
    """The row that each break applies to: the first with a value on or after its date.

    Raises
    ------
    OptionError
        If there is no such row, or two breaks of one kind meet one.
    """
    usable = [row for row in rows if row.usable]
    at_row: dict[int, list[Break]] = {}
    for stated in sorted(breaks, key=lambda one: (one.day, one.kind)):
        row = next((row for row in usable if row.day >= stated.day), None)
        if row is None:
            last = usable[-1].day if usable else "none"
            raise OptionError(f"expected a break on or before the last row with a value ({last}), got {stated}")
        there = at_row.setdefault(row.row, [])
        if any(other.kind == stated.kind for other in there):
            raise OptionError(
                f"expected one {stated.kind} a row, got two that apply to row {row.row} ({row.day}): {stated}"
            )
        there.append(stated)
    return at_row
