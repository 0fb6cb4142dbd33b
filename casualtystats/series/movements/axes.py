"""The rows and columns of a matrix of moves: places that share nobody, and what they are parts of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from casualtystats.errors import OptionError
from casualtystats.places import Places

__all__ = ["ALL", "ELSEWHERE", "Axis", "axis_of", "refuse_shared"]

ELSEWHERE: Final = "(elsewhere or not stated)"
ALL: Final = "(all)"


@dataclass(frozen=True)
class Axis:
    """The places of one side of a matrix.

    Attributes
    ----------
    places : tuple of str
        Places that share nobody, in the order in which they stand.
    whole : str or None
        What they are parts of; None = everywhere.
    """

    places: tuple[str, ...]
    whole: str | None


def axis_of(
    name: str, values: Iterable[str | None], places: Places, chosen: Sequence[str] | None, fixed: str | None
) -> Axis:
    """The places of one side: those that are chosen, or all that reports name below the one that holds them all.

    Parameters
    ----------
    name : str
        "origins" or "destinations", for messages.
    values : iterable of str or None
        What reports name; None = all.
    places : Places
        Declared zones.
    chosen : sequence of str, optional
        The places that the caller wants.
    fixed : str, optional
        The place to which the reports were narrowed.

    Raises
    ------
    OptionError
        If `chosen` is no list of different places, or places lie in one another.

    Examples
    --------
    >>> axis_of("origins", ["Syria", "Syria/Idlib", "Syria/Hama"], Places(), None, None)
    Axis(places=('Syria/Hama', 'Syria/Idlib'), whole='Syria')
    """
    there = list(dict.fromkeys(values))
    named = sorted(value for value in there if value)
    whole = fixed or _holder(there, places)
    if chosen is None:
        kept = [value for value in named if whole is None or places.relation(whole, value) != "equal"] or named
    else:
        kept = list(chosen)
        # A text is a sequence of letters, and would pass as so many places.
        if isinstance(chosen, str) or not kept or len(set(kept)) != len(kept) or not all(kept):
            raise OptionError(f"expected {name}= a list of different places, got {chosen!r}")
        if any(places.relation(whole, value) not in ("equal", "contains") for value in kept):
            whole = None
    refuse_shared(kept, places, name)
    return Axis(tuple(kept), whole)


def refuse_shared(kept: Sequence[str], places: Places, name: str) -> None:
    """Refuse places of which one lies in another, or that overlap: their people would be counted in both.

    Raises
    ------
    OptionError
        It names two of them.
    """
    for at, one in enumerate(kept):
        for other in kept[:at]:
            if places.relation(other, one) != "disjoint":
                raise OptionError(
                    f"expected {name} that share nobody, got {other!r} and {one!r}; name places of which none lies in another "
                    f"with origins=[...] and destinations=[...] (reports of larger and smaller places are used all the same), "
                    "or keep one source with source="
                )


def _holder(values: Sequence[str | None], places: Places) -> str | None:
    """The value that holds all others, of several; None where reports speak of everywhere, or none does."""
    if None in values or len(values) < 2:
        return None
    tops = (a for a in sorted(map(str, values)) if all(places.relation(a, b) in ("equal", "contains") for b in values))
    return next(tops, None)
