"""The smallest parts of places and groups that reports can tell apart: leaves.

A path that is named in a report, and every path named below it, cut the whole into leaves: "civilian" and
"civilian/child" make three (children, other civilians, everybody else). What is not named stays a leaf of its own,
so that an unknown rest never disappears. A zone is the leaves of its member places. A place below a zone
("north-west/a town") lies somewhere in it: each leaf of the zone is cut into the part in it and the part outside.

A declared partition says that the parts of a group make up the whole, and nothing is left over. Several partitions
of one group (by sex, by age) cross each other: their leaves are the cells of the cross-table, and a path that goes on
with a part of another partition ("civilian/female/child") names the cells that two parts share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from casualtystats.errors import OptionError, PlacesError
from casualtystats.places import Places, split_path

__all__ = ["Leaves", "Partition", "check_partition", "group_leaves", "place_leaves"]

Path = tuple[str, ...]
Partition = Mapping[str, Sequence[Sequence[str]]]
_REST = "\x00rest"


@dataclass(frozen=True)
class Leaves:
    """A number of leaves, and for each value of a dimension the numbers of the leaves it consists of."""

    number: int
    sets: Mapping[str | None, frozenset[int]]


def check_partition(partition: Partition | None) -> dict[Path, list[list[Path]]]:
    """The partitions of each group, as paths.

    Parameters
    ----------
    partition : mapping of str to list of list of str
        Group -> its partitions; each is a list of the paths of parts that make up the whole, with nothing left over.
        An unknown category is a part like any other.

    Raises
    ------
    OptionError
        If a partition has fewer than two parts, or a part that does not lie directly below its group or is listed twice.

    Examples
    --------
    >>> check_partition({"civilian": [["civilian/child", "civilian/adult"]]})
    {('civilian',): [[('civilian', 'child'), ('civilian', 'adult')]]}
    """
    found: dict[Path, list[list[Path]]] = {}
    if partition is not None and not isinstance(partition, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected partition= a mapping from a group to a list of lists of parts, got {partition!r}")
    for whole, partitions in (partition or {}).items():
        top = split_path(whole)
        if not partitions or any(isinstance(parts, str) for parts in partitions):
            raise OptionError(
                f"expected partition= a mapping from a group to a list of lists of parts, got {partitions!r} for {whole!r}"
            )
        axes: list[list[Path]] = []
        seen: set[Path] = set()
        for parts in partitions:
            axis = [split_path(part) for part in parts]
            wrong = [part for part in axis if part[:-1] != top or part in seen or axis.count(part) > 1]
            if len(axis) < 2 or wrong:
                got = "/".join(wrong[0]) if wrong else f"{len(axis)} part"
                raise OptionError(
                    f"expected two or more different parts directly below {whole or 'everybody'!r} in each of its partitions, "
                    f"got {got}"
                )
            seen.update(axis)
            axes.append(axis)
        found[top] = axes
    return found


def group_leaves(values: Iterable[str | None], partition: Mapping[Path, Sequence[Sequence[Path]]]) -> Leaves:
    """The leaves of paths, such as groups.

    Examples
    --------
    >>> leaves = group_leaves([None, "civilian", "civilian/child"], {})
    >>> leaves.number, sorted(leaves.sets["civilian"] - leaves.sets["civilian/child"])
    (3, [1])
    """
    wanted = list(dict.fromkeys(values))
    tree = _Tree(_crossed({split_path(value) for value in wanted}, partition), partition)
    return Leaves(len(tree.leaves), {value: tree.region(split_path(value)) for value in wanted})


def place_leaves(values: Iterable[str | None], places: Places) -> Leaves:
    """The leaves of places: paths, zones, and paths below zones.

    Raises
    ------
    PlacesError
        If a place is a path below a zone that is itself below a zone.

    Examples
    --------
    >>> places = Places({"north-west": ("Syria/Idlib", "Syria/Hama/north")})
    >>> leaves = place_leaves(["north-west", "Syria/Idlib", "Syria/Hama"], places)
    >>> [len(leaves.sets[name]) for name in ("north-west", "Syria/Idlib", "Syria/Hama")]
    [2, 1, 2]
    """
    wanted = list(dict.fromkeys(values))
    above = {value: places.zone_above(value) for value in wanted}
    zones = sorted({zone for zone in above.values() if zone is not None})
    named = [value for value in wanted if above[value] is None]
    paths = {split_path(path) for value in [*named, *zones] for path in places.members(value)}
    base = _Tree(paths, {})
    inside = {
        zone: frozenset[int]().union(*(base.region(split_path(p)) for p in places.members(zone))) for zone in zones
    }
    below = {
        zone: _Tree({split_path(value)[1:] for value in wanted if above[value] == zone}, {}) for zone in zones
    }  # fmt: skip
    for tree in below.values():
        if any(step in places.zones for path in tree.paths for step in path):
            raise PlacesError(
                "expected a path below one zone, got one that names a second zone; list it among the members"
            )
    cells = [
        (leaf, *choice)
        for leaf in range(len(base.leaves))
        for choice in product(*(range(len(below[z].leaves)) if leaf in inside[z] else (-1,) for z in zones))
    ]
    sets: dict[str | None, frozenset[int]] = {}
    for value in wanted:
        zone = above[value]
        if zone is None:
            some = frozenset[int]().union(*(base.region(split_path(path)) for path in places.members(value)))
            sets[value] = frozenset(at for at, cell in enumerate(cells) if cell[0] in some)
        else:
            position, some = zones.index(zone) + 1, below[zone].region(split_path(value)[1:])
            sets[value] = frozenset(at for at, cell in enumerate(cells) if cell[position] in some)
    return Leaves(len(cells), sets)


def _crossed(paths: set[Path], partition: Mapping[Path, Sequence[Sequence[Path]]]) -> set[Path]:
    """Paths of the tree: a path that crosses partitions stands for the parts that it names."""
    found: set[Path] = set()
    for path in paths:
        found.update(_factors(path, partition))
    return found


def _factors(path: Path, partition: Mapping[Path, Sequence[Sequence[Path]]]) -> list[Path]:
    """The paths whose common part a path names: one, unless it goes on with a part of another partition."""
    for depth in range(len(path)):
        axes = partition.get(path[:depth])
        if not axes:
            continue
        axis_of = {part[-1]: at for at, axis in enumerate(axes) for part in axis}
        used, factors, current = {axis_of.get(path[depth])}, list[Path](), path[: depth + 1]
        for step in path[depth + 1 :]:
            if step in axis_of and axis_of[step] not in used:
                factors.append(current)
                used.add(axis_of[step])
                current = (*path[:depth], step)
            else:
                current = (*current, step)
        if factors:
            return [deeper for factor in (*factors, current) for deeper in _factors(factor, partition)]
    return [path]


class _Tree:
    """The leaves of a tree of paths; where a node is partitioned more than once, its leaves are a product."""

    def __init__(self, paths: set[Path], partition: Mapping[Path, Sequence[Sequence[Path]]]) -> None:
        declared = {part for axes in partition.values() for axis in axes for part in axis}
        self.partition = partition
        self.paths = {path[:depth] for path in paths | declared for depth in range(len(path) + 1)} | {()}
        # A step that nobody names is no node of its own: it holds what the paths below it hold, and a rest.
        self.children: dict[Path, list[Path]] = {path: [] for path in self.paths}
        for path in sorted(self.paths):
            if path:
                self.children[path[:-1]].append(path)
        self.leaves, self._sets = self._grow(())

    def region(self, path: Path) -> frozenset[int]:
        """The leaves of a path of the tree, or those that several crossing parts share."""
        factors = _factors(path, self.partition)
        found = self._sets[factors[0]]
        for other in factors[1:]:
            found &= self._sets[other]
        return found

    def _grow(self, node: Path) -> tuple[list[object], dict[Path, frozenset[int]]]:
        axes = [list(axis) for axis in self.partition.get(node, [])]
        listed = {part for axis in axes for part in axis}
        others = [child for child in self.children[node] if child not in listed]
        spread: list[tuple[list[object], dict[Path, frozenset[int]]]] = [self._axis(axis, rest=False) for axis in axes]
        if others:
            spread.append(self._axis(others, rest=True))
        if not spread:
            return [node], {node: frozenset([0])}
        leaves: list[object] = list(product(*(range(len(axis)) for axis, _ in spread)))
        sets: dict[Path, frozenset[int]] = {node: frozenset(range(len(leaves)))}
        for position, (_, inner) in enumerate(spread):
            for path, some in inner.items():
                sets[path] = frozenset(
                    at for at, leaf in enumerate(leaves) if isinstance(leaf, tuple) and leaf[position] in some
                )
        return leaves, sets

    def _axis(self, parts: list[Path], *, rest: bool) -> tuple[list[object], dict[Path, frozenset[int]]]:
        leaves: list[object] = [_REST] if rest else []
        sets: dict[Path, frozenset[int]] = {}
        for part in parts:
            inner, found = self._grow(part)
            for path, some in found.items():
                sets[path] = frozenset(at + len(leaves) for at in some)
            leaves += [(part, leaf) for leaf in inner]
        return leaves, sets
