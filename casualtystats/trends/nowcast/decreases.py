"""Counts that were taken back: found, told, and handled by a rule that the caller can name.

Raw differences, negative ones included, are the record; every repair is a choice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from casualtystats.errors import DecreaseError, OptionError
from casualtystats.printing import format_count, many
from casualtystats.trends.nowcast.triangle import Triangle

__all__ = ["Decrease", "DecreaseRule", "find_decreases", "handled", "told"]

DecreaseRule = Literal["keep", "backward", "isotonic", "raise"]
_RULES: Final[tuple[DecreaseRule, ...]] = get_args(DecreaseRule)
_MAXIMUM: Final[tuple[str, ...]] = ("max", "maximum", "cummax", "floor", "running maximum", "running_maximum")
_DONE: Final[dict[str, str]] = {
    "keep": "they stay, and lower the factors",
    "backward": "earlier counts above a later one are lowered to it, as if what was taken back had never been reported",
    "isotonic": "earlier counts are replaced by the nearest ones that do not fall, none above the last",
}


@dataclass(frozen=True, slots=True)
class Decrease:
    """One count that is lower at an age than at the age before.

    Attributes
    ----------
    row, column : int
        Of the triangle; the column holds the lower count.
    before, after : float
        The counts, in the unit of the triangle.
    """

    row: int
    column: int
    before: float
    after: float

    @property
    def size(self) -> float:
        """By how much it fell, above 0."""
        return self.before - self.after


def find_decreases(triangle: Triangle) -> tuple[Decrease, ...]:
    """Every fall from one age to the next, in order of periods, then ages.

    Examples
    --------
    >>> find_decreases(Triangle.of([[60, 61, 58], [70, 75, None]], values="cumulative"))
    (Decrease(row=0, column=2, before=61.0, after=58.0),)
    """
    known = triangle.known
    falls = np.argwhere(known[:, 1:] < known[:, :-1])
    return tuple(
        Decrease(row, column + 1, float(known[row, column]), float(known[row, column + 1]))
        for row, column in falls.tolist()
    )


def handled(triangle: Triangle, rule: DecreaseRule, falls: tuple[Decrease, ...]) -> NDArray[np.float64]:
    """The counts by age after the rule; the last known count of each period is always as published.

    Parameters
    ----------
    triangle : Triangle
        As published.
    rule : {"keep", "backward", "isotonic", "raise"}
        "keep": nothing is changed. "backward": the running minimum from the last count back. "isotonic": the
        non-decreasing counts with the least squared change, the last one held (pool adjacent violators). "raise": refuse.
    falls : tuple of Decrease
        What `find_decreases` found.

    Raises
    ------
    DecreaseError
        If a count falls under "raise".
    OptionError
        If the rule is not known.

    Examples
    --------
    >>> falling = Triangle.of([[60, 64, 62]], values="cumulative")
    >>> handled(falling, "backward", find_decreases(falling))
    array([[60., 62., 62.]])
    """
    if rule not in _RULES:
        reason = (
            ": a running maximum erases retractions and biases every later count upward"
            if str(rule) in _MAXIMUM
            else ""
        )
        raise OptionError(f"expected on_decrease= one of {', '.join(_RULES)}, got {rule!r}{reason}")
    if not falls or rule == "keep":
        return triangle.known
    if rule == "raise":
        raise DecreaseError(
            f"expected counts that do not fall with age, got {told(triangle, falls)}. Name a rule: on_decrease='keep' "
            "(they stay), 'backward' (the latest is right) or 'isotonic'"
        )
    found = triangle.known.copy()
    for row in sorted({fall.row for fall in falls}):
        inside = np.isfinite(found[row])
        found[row, inside] = _backward(found[row, inside]) if rule == "backward" else _isotonic(found[row, inside])
    return found


def told(triangle: Triangle, falls: tuple[Decrease, ...], rule: DecreaseRule | None = None) -> str:
    """How many counts fell, by how much, and what was done; empty where none did.

    Examples
    --------
    >>> falling = Triangle.of([[60, 64, 62]], values="cumulative")
    >>> told(falling, find_decreases(falling), "keep")
    "1 count fell with age, by 2 (64 to 62, row 1, age 2); rule 'keep': they stay, and lower the factors"
    """
    if not falls:
        return ""
    largest = max(falls, key=lambda fall: (fall.size, -fall.row, -fall.column))
    example = (
        f"{format_count(largest.before)} to {format_count(largest.after)}, {triangle.name(largest.row)}, "
        f"{triangle.age_name(largest.column)}"
    )
    total = format_count(sum(fall.size for fall in falls))
    size = f"by {total} ({example})" if len(falls) == 1 else f"by {total} in all (most: {example})"
    done = "" if rule is None or rule not in _DONE else f"; rule {rule!r}: {_DONE[rule]}"
    return f"{many(len(falls), 'count')} fell with age, {size}{done}"


def _backward(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = np.minimum.accumulate(counts[::-1])[::-1]
    return found


def _isotonic(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.optimize import isotonic_regression

    # Bounded isotonic regression is the unbounded one, cut at the bound.
    rising = np.asarray(isotonic_regression(counts[:-1]).x, dtype=np.float64)
    return np.append(np.minimum(rising, counts[-1]), counts[-1])
