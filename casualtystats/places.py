"""Places as paths, and zones that list their member places.

A path contains another where it is its prefix, step by step ("Syria/Idlib" holds "Syria/Idlib/Kafranbel", not
"Syria/Idlib West"). A zone is a name declared in a places table with its member paths: a tree alone can not hold
"north Hama and south Idlib". The empty path is everywhere. The same rules serve groups, which have no zones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import polars as pl

from casualtystats.errors import PlacesError

__all__ = ["Places", "Relation", "path_relation", "split_path"]

Relation = Literal["equal", "contains", "within", "overlaps", "disjoint"]
PLACE_COLUMNS: Final = ("place", "name", "type", "members", "note")


def split_path(path: str | None) -> tuple[str, ...]:
    """The steps of a path; the empty path has none.

    Examples
    --------
    >>> split_path("Syria/Idlib"), split_path(None)
    (('Syria', 'Idlib'), ())
    """
    return tuple(step.strip() for step in path.split("/")) if path else ()


def path_relation(a: str | None, b: str | None) -> Relation:
    """How path `a` relates to path `b`, by steps.

    Examples
    --------
    >>> path_relation("civilian", "civilian/child"), path_relation("Syria/Idlib", "Syria/Idlib West")
    ('contains', 'disjoint')
    """
    left, right = split_path(a), split_path(b)
    if left == right:
        return "equal"
    if left == right[: len(left)]:
        return "contains"
    if right == left[: len(right)]:
        return "within"
    return "disjoint"


@dataclass(frozen=True)
class Places:
    """Declared zones with their members, and how any two places relate.

    Parameters
    ----------
    zones : mapping of str to tuple of str
        Zone name -> member paths. Members are paths, not zones.
    names : mapping of str to str
        Path or zone -> name to print.

    Raises
    ------
    PlacesError
        If a zone has no members, or lists a zone.

    Examples
    --------
    >>> places = Places({"north-west": ("Syria/Idlib", "Syria/Hama/north")})
    >>> places.relation("north-west", "Syria/Idlib/Kafranbel"), places.relation("Syria/Hama", "north-west")
    ('contains', 'overlaps')
    """

    zones: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    names: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        for zone, members in self.zones.items():
            if not zone or not members or "" in members:
                raise PlacesError(
                    f"expected a zone with a name and at least one member place, got {zone!r}: {members!r}"
                )
            nested = [member for member in members if member in self.zones]
            if nested:
                raise PlacesError(
                    f"expected member places of zone {zone!r}, got the zone {nested[0]!r}; list its members"
                )

    @classmethod
    def read(cls, path: str | Path) -> Places:
        """Places from a CSV file with the columns `place, name, type, members` (members joined by `; `).

        Raises
        ------
        PlacesError
            If the file is missing, lacks a column, repeats a place or declares an empty zone.
        """
        file = Path(path)
        try:
            frame = pl.read_csv(file, infer_schema=False)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise PlacesError(f"{file}: expected a CSV file of places, got: {error}") from error
        missing = [name for name in ("place", "type") if name not in frame.columns]
        if missing:
            raise PlacesError(f"{file}: expected the columns place and type, got {', '.join(frame.columns)}")
        zones: dict[str, tuple[str, ...]] = {}
        names: dict[str, str] = {}
        for row, record in enumerate(frame.to_dicts(), 1):
            place = (record["place"] or "").strip()
            if not place or place in names:
                raise PlacesError(f"{file}, row {row}: expected a place that is named once, got {place!r}")
            names[place] = (record.get("name") or place).strip()
            kind = (record["type"] or "").strip()
            if kind == "zone":
                members = [member.strip() for member in (record.get("members") or "").split(";")]
                zones[place] = tuple(member for member in members if member)
            elif kind != "place":
                raise PlacesError(f"{file}, row {row}: expected type place or zone, got {kind!r}")
        return cls(zones, names)

    def name(self, place: str | None) -> str:
        """The name to print for a place: its declared name, else the last step of its path."""
        if not place:
            return "everywhere"
        return self.names.get(place) or split_path(place)[-1]

    def members(self, place: str | None) -> tuple[str, ...]:
        """The paths that a place consists of: a zone's members, or the path itself."""
        return self.zones.get(place or "", (place or "",))

    def zone_above(self, place: str | None) -> str | None:
        """The zone that a path begins with, where it goes on below it ("north-west/Kafranbel")."""
        first = split_path(place)[:1]
        return first[0] if first and first[0] in self.zones and place not in self.zones else None

    def _below(self, a: str | None, b: str | None, above_a: str | None, above_b: str | None) -> Relation:
        """How places relate of which one is a path below a zone: somewhere in it, not known where."""
        if above_a is not None and above_a == above_b:
            return path_relation(a, b)
        outer = self.relation(above_a or a, above_b or b)
        if outer == "disjoint":
            return "disjoint"
        if above_b is None and outer in ("equal", "within"):
            return "within"
        if above_a is None and outer in ("equal", "contains"):
            return "contains"
        return "overlaps"

    def relation(self, a: str | None, b: str | None) -> Relation:
        """How place `a` relates to place `b`; either may be a zone or a path below one, and empty is everywhere."""
        if (a or "") == (b or ""):
            return "equal"
        above_a, above_b = self.zone_above(a), self.zone_above(b)
        if above_a is not None or above_b is not None:
            return self._below(a, b, above_a, above_b)
        if (a or "") not in self.zones and (b or "") not in self.zones:
            return path_relation(a, b)
        left, right = self.members(a), self.members(b)
        holds, inside = _covers(left, right), _covers(right, left)
        if holds and inside:
            return "equal"
        if holds:
            return "contains"
        if inside:
            return "within"
        meets = any(path_relation(x, y) != "disjoint" for x in left for y in right)
        return "overlaps" if meets else "disjoint"


def _covers(whole: Iterable[str], parts: Iterable[str]) -> bool:
    wholes = tuple(whole)
    return all(any(path_relation(w, p) in ("equal", "contains") for w in wholes) for p in parts)
