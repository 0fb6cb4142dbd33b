"""Atoms: the parts of place x group x side x destination that the reports of a ledger can not tell apart.

Two leaves that are held by the same reports are one atom: nothing that the reports say distinguishes them. A ledger
over many places with few reports therefore has few atoms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from casualtystats.errors import OptionError
from casualtystats.ledger.keys import DIMENSIONS, Key
from casualtystats.ledger.solve.leaves import Leaves, Path, group_leaves, place_leaves
from casualtystats.places import Places

__all__ = ["Atoms", "Located"]

_MOST = 20_000_000


@dataclass(frozen=True)
class Located:
    """Where a key lies among the atoms.

    Attributes
    ----------
    whole : frozenset of int
        Atoms that lie in it as a whole.
    cut : frozenset of int
        Atoms of which only some part, not known how much, lies in it.
    outside : bool
        Whether it also holds something that no report speaks about.
    """

    whole: frozenset[int]
    cut: frozenset[int]
    outside: bool


@dataclass
class Atoms:
    """The atoms of a set of keys."""

    keys: tuple[Key, ...]
    places: Places
    partition: Mapping[Path, Sequence[Sequence[Path]]]
    number: int = 0
    sets: dict[Key, frozenset[int]] = field(default_factory=dict[Key, frozenset[int]])
    _known: dict[tuple[int, ...], int] = field(default_factory=dict[tuple[int, ...], int])
    _located: dict[tuple[Key, ...], Located] = field(default_factory=dict[tuple[Key, ...], Located])

    @classmethod
    def of(cls, keys: Sequence[Key], places: Places, partition: Mapping[Path, Sequence[Sequence[Path]]]) -> Atoms:
        """The atoms of keys.

        Raises
        ------
        OptionError
            If places, groups, sides and destinations together have too many leaves to keep apart.
        """
        atoms = cls(tuple(keys), places, partition)
        signatures, _ = atoms._signatures(())
        for signature in signatures:
            if signature and signature not in atoms._known:
                atoms._known[signature] = len(atoms._known)
        atoms.number = len(atoms._known)
        held: dict[int, set[int]] = {at: set() for at in range(len(atoms.keys))}
        for signature, atom in atoms._known.items():
            for at in signature:
                held[at].add(atom)
        atoms.sets = {key: frozenset(held[at]) for at, key in enumerate(atoms.keys)}
        return atoms

    def locate(self, key: Key, without: Sequence[Key] = ()) -> Located:
        """Where any key lies, whether or not a report has it; or what is left of it without some others."""
        if key in self.sets and not without:
            return Located(self.sets[key], frozenset(), outside=False)
        asked = (key, *without)
        if asked not in self._located:
            signatures, inside = self._signatures(asked)
            within = set(inside[0]).difference(*inside[1:])
            some: set[int] = set()
            part: set[int] = set()
            outside = False
            for leaf, signature in enumerate(signatures):
                if not signature:
                    outside |= leaf in within
                elif leaf in within:
                    some.add(self._known[signature])
                else:
                    part.add(self._known[signature])
            self._located[asked] = Located(frozenset(some - part), frozenset(some & part), outside)
        return self._located[asked]

    def _signatures(self, more: tuple[Key, ...]) -> tuple[list[tuple[int, ...]], list[list[int]]]:
        """For each combination of leaves the keys that hold it; and the combinations in each of `more`."""
        every = (*self.keys, *more)
        dimensions: list[Leaves] = []
        size = 1
        for at, name in enumerate(DIMENSIONS):
            values = [key[at] for key in every]
            found = (
                place_leaves(values, self.places)
                if name in ("place", "destination")
                else group_leaves(values, self.partition if name == "group" else {})
            )
            dimensions.append(found)
            size *= found.number
        if size > _MOST:
            raise OptionError(
                f"expected places, groups, sides and destinations that make up to {_MOST:,} combinations, got {size:,}; "
                "select with place=, group= or filter the reports"
            )
        strides = [1, 1, 1, 1]
        for at in (2, 1, 0):
            strides[at] = strides[at + 1] * dimensions[at + 1].number
        holds: list[list[int]] = [[] for _ in range(size)]
        for number, key in enumerate(self.keys):
            for cell in self._cells(key, dimensions, strides):
                holds[cell].append(number)
        inside = [self._cells(key, dimensions, strides) for key in more]
        return [tuple(held) for held in holds], inside

    @staticmethod
    def _cells(key: Key, dimensions: list[Leaves], strides: list[int]) -> list[int]:
        chosen = [sorted(found.sets[value]) for found, value in zip(dimensions, key, strict=True)]
        return [sum(step * at for step, at in zip(strides, some, strict=True)) for some in product(*chosen)]
