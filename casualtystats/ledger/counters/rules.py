"""Increments of a cumulative counter: what each rule makes of a counter that goes down, on plain numbers.

A counter C is published row by row. Its increments C[i] - C[i-1] are what was newly *reported* between two rows, not what
happened between them: late additions are not deaths of that week. The raw differences, negative ones included, are the
record; every repair is a choice, so it is named by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, Literal, get_args

from casualtystats.errors import DecreaseError, OptionError
from casualtystats.vocabulary import Qualifier

__all__ = ["FLOORS", "Change", "CounterRow", "OnDecrease", "check_on_decrease", "counter_increments", "repaired_levels"]

OnDecrease = Literal["raise", "keep", "null", "isotonic", "backward"]
FLOORS: Final[tuple[Qualifier, ...]] = ("at_least", "more_than")
_RULES: Final[tuple[OnDecrease, ...]] = get_args(OnDecrease)
_MAXIMUM: Final = ("max", "maximum", "cummax", "cum_max", "runningmax", "runningmaximum", "forward")


@dataclass(frozen=True, slots=True)
class CounterRow:
    """One row of a counter.

    Parameters
    ----------
    row : int
        Its number in the source, 1 is the first data row.
    day : date
        The day up to which it counts (included).
    value, low, high : int or None
        The number as printed and what it implies; low None = the value is missing, high None = no upper bound.
    qualifier : Qualifier
        The words around the number.
    incident : int or None
        The count that the row states for its own period; None = missing.
    hours : int or None
        The stated length of that period; 0 = no report, None = not stated.
    phase : str or None
        The phase that the row names.
    """

    row: int
    day: date
    value: int | None
    low: int | None
    high: int | None
    qualifier: Qualifier = "exactly"
    incident: int | None = None
    hours: int | None = None
    phase: str | None = None

    @property
    def usable(self) -> bool:
        """Whether the row publishes a value: none is missing, and it is not marked as "no report"."""
        return self.low is not None and self.hours != 0

    def __str__(self) -> str:
        return f"{self.value:,} on {self.day} (row {self.row})"


@dataclass(frozen=True, slots=True)
class Change:
    """What a row with a value changes since the last row with a value.

    Parameters
    ----------
    row : CounterRow
        The row.
    before : CounterRow or None
        The last row with a value; None where the counter starts.
    between : tuple of CounterRow
        Rows without a value, or marked "no report", between the two.
    base : int or None
        What the counter stood at before: the value of `before`, 0 where it starts from zero, None where that is not known
        or counts something else.
    """

    row: CounterRow
    before: CounterRow | None
    between: tuple[CounterRow, ...]
    base: int | None

    @property
    def change(self) -> int | None:
        """The change of the printed numbers; None where there is nothing to compare with."""
        return None if self.base is None or self.row.value is None else self.row.value - self.base

    @property
    def continues(self) -> bool:
        """Whether the row goes on from the one before: in the same phase, and counting the same."""
        return self.before is not None and self.base is not None and self.base == self.before.value

    @property
    def days(self) -> int:
        """Days since the last row with a value; 0 where there is none."""
        return 0 if self.before is None else (self.row.day - self.before.day).days

    @property
    def incident(self) -> int | None:
        """The incident counts of the same rows together; None where the row states none."""
        if self.row.incident is None:
            return None
        return self.row.incident + sum(row.incident or 0 for row in self.between)

    @property
    def complete(self) -> bool:
        """Whether no row between the two lacks its incident count ("no report" needs none)."""
        return all(row.incident is not None or row.hours == 0 for row in self.between)

    @property
    def disagrees(self) -> bool:
        """Whether the incident counts and the change are known and differ."""
        return self.change is not None and self.incident is not None and self.incident != self.change


def check_on_decrease(rule: str) -> None:
    """Refuse what is no rule, and the running maximum with the reason.

    Raises
    ------
    OptionError
        If it is none of the rules.

    Examples
    --------
    >>> check_on_decrease("cummax")
    Traceback (most recent call last):
    casualtystats.errors.OptionError: expected on_decrease= ... got 'cummax': a running maximum erases retractions ...
    """
    if rule in _RULES:
        return
    got = f"expected on_decrease= 'raise', 'keep', 'null', 'isotonic' or 'backward', got {rule!r}"
    if str(rule).lower().replace("_", "").replace(" ", "") in {name.replace("_", "") for name in _MAXIMUM}:
        got += ": a running maximum erases retractions and biases every later total upward"
    raise OptionError(got)


def repaired_levels(levels: Sequence[int], rule: Literal["isotonic", "backward"]) -> list[float]:
    """A counter of one phase without decreases.

    Parameters
    ----------
    levels : sequence of int
        Values in order of their dates.
    rule : {"isotonic", "backward"}
        "isotonic": the non-decreasing sequence with the least sum of squared differences (pool adjacent violators, Barlow
        and others 1972; `scipy.optimize.isotonic_regression`), which may be fractional. "backward": the running minimum
        from the end, min(C[i], C[i+1], ...): it presumes that the latest value is right.

    Returns
    -------
    list of float or int
        As many levels; whole numbers under "backward".

    Examples
    --------
    >>> repaired_levels([100, 120, 115, 140, 138, 150], "isotonic")
    [100.0, 117.5, 117.5, 139.0, 139.0, 150.0]
    >>> repaired_levels([100, 120, 115, 140, 138, 150], "backward")
    [100, 115, 115, 138, 138, 150]
    """
    if not levels:
        return []
    if rule == "isotonic":
        from scipy.optimize import isotonic_regression

        return [float(level) for level in isotonic_regression([float(level) for level in levels]).x]
    lowest = levels[-1]
    backward: list[float] = []
    for level in reversed(levels):
        lowest = min(lowest, level)
        backward.append(lowest)
    return backward[::-1]


def counter_increments(
    levels: Sequence[int], rule: OnDecrease = "raise", *, base: int | None = None, names: Sequence[str] | None = None
) -> list[float | None]:
    """Increments of the counter of one phase.

    Parameters
    ----------
    levels : sequence of int
        Values in order of their dates.
    rule : {"raise", "keep", "null", "isotonic", "backward"}
        What to do where the counter goes down: refuse, keep the negative increment, make it null, or repair the counter as in
        `repaired_levels`.
    base : int, optional
        What the counter stood at before: the first increment is the first level minus it. None = not known.
    names : sequence of str, optional
        How to name each level in an error.

    Returns
    -------
    list of float, int or None
        One for each level. None: the first without a base, and decreases under "null". Fractions under "isotonic" only.

    Raises
    ------
    DecreaseError
        If the counter goes down under "raise".
    OptionError
        If the rule is not known, or is a running maximum.

    Examples
    --------
    >>> counter_increments([100, 140, 130], "keep"), counter_increments([12, 30], base=0)
    ([None, 40, -10], [12, 18])
    """
    check_on_decrease(rule)
    fitted: Sequence[float] = repaired_levels(levels, rule) if rule in ("isotonic", "backward") else levels
    if not fitted:
        return []
    raw: list[float | None] = [None if base is None else fitted[0] - base]
    raw += [after - before for before, after in pairwise(fitted)]
    if rule == "null":
        return [None if step is None or step < 0 else step for step in raw]
    if rule == "raise":
        said = names if names is not None else [f"{level:,}" for level in levels]
        falls = [at for at, step in enumerate(raw) if step is not None and step < 0]
        if falls:
            pairs = "; ".join(f"{said[at - 1] if at else base}, then {said[at]}" for at in falls[:3])
            more = f"; and {len(falls) - 3} more" if len(falls) > 3 else ""
            raise DecreaseError(
                f"expected a counter that does not go down, got {pairs}{more}. Look at find_breaks(); say what it is with "
                "with_breaks([Break(date, kind, reason)]) (a reset, a retraction, a new definition), or name a rule: "
                "on_decrease='keep' (negative increments stay, marked), 'null', 'isotonic' or 'backward' (the latest is right)"
            )
    return raw
