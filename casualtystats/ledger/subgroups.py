"""Parts of a whole, their shares and their ratios, with those who are in no named part never left out silently.

Parts are the groups named directly below a group, or the sides (perpetrators). Who is in none of them (unknown, not stated,
other) is a part of its own. A share or ratio is bounded over all counts that agree with all reports at once, which is
tighter than dividing bounds: part and whole can not both be at their own ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.ledger.holding import Holding
from casualtystats.ledger.keys import DIMENSIONS, Key
from casualtystats.ledger.quotients import Quotients
from casualtystats.ledger.results import Bounds
from casualtystats.ledger.solve.atoms import Located
from casualtystats.ledger.solve.leaves import check_partition, group_leaves
from casualtystats.ledger.solve.model import Region
from casualtystats.ledger.solve.system import Question, Span
from casualtystats.ledger.statements import spoken_bounds
from casualtystats.places import split_path

__all__ = ["REST", "Named", "Ratio", "Unknown", "named_parts", "parts_of", "ratio_of", "span_of"]

REST: Final = "not in any named part"
Unknown = Literal["either", "apart"]
_GROUP: Final = DIMENSIONS.index("group")


class Named(NamedTuple):
    """The parts of a whole that are named, and whether there is a rest beside them."""

    keys: tuple[Key, ...]
    rest: bool


def named_parts(held: Holding, whole: Key, by: str) -> Named:
    """The parts directly below a key that a report names, or that a partition declares.

    There is no rest where a partition of the group is declared: its parts make up the whole.

    Raises
    ------
    OptionError
        If `by` is neither "group" nor "perpetrator".
    """
    if by not in ("group", "perpetrator"):
        raise OptionError(f"expected by= 'group' or 'perpetrator', got {by!r}")
    at = DIMENSIONS.index(by)
    top = split_path(whole[at])
    declared = check_partition(held.options.partition).get(top, []) if by == "group" else []
    paths = {part for axis in declared for part in axis}
    crossing = {part[-1] for part in paths}
    for statement in held.statements:
        path = split_path(statement.key[at])
        if path[: len(top)] == top and len(path) > len(top) and path[len(top)] not in crossing:
            paths.add(path[: len(top) + 1])
    keys = [(*whole[:at], "/".join(path), *whole[at + 1 :]) for path in sorted(paths)]
    return Named(tuple(keys), rest=not declared)


def span_of(held: Holding, spot: Located, ends: Sequence[Question]) -> Span:
    """The least and the most of what lies in some atoms."""
    low: int = 0
    high: int | None = None if spot.outside else 0
    for component in held.system.components:
        whole, cut = spot.whole & component.atoms, spot.cut & component.atoms
        if not whole and not cut:
            continue
        regions = [Region(one.first, one.until, whole, cut) for one in ends]
        spans = component.bounds(regions, integer=held.options.integer, step=lambda: None)
        low += spans[0][0]
        top = spans[-1][1]
        high = None if high is None or top is None else high + top
    return low, high


def parts_of(held: Holding, whole: Key, ends: Sequence[Question], by: str) -> pl.DataFrame:
    """The parts of a whole as a frame; see `Ledger.parts`."""
    named = named_parts(held, whole, by)
    atoms = held.system.atoms
    quotients = Quotients(held)
    rows: list[tuple[str, int, int | None, float | None, float | None]] = []
    spots = [(key[DIMENSIONS.index(by)] or "", atoms.locate(key), atoms.locate(whole, [key])) for key in named.keys]
    if named.rest:
        inside = [atoms.locate(key) for key in named.keys]
        others = Located(
            frozenset[int]().union(*(spot.whole for spot in inside)),
            frozenset[int]().union(*(spot.cut for spot in inside)),
            any(spot.outside for spot in inside),
        )
        spots.append((REST, atoms.locate(whole, named.keys), others))
    for name, spot, other in spots:
        low, high = span_of(held, spot, ends)
        part, rest = quotients.sum_of(spot, ends), quotients.sum_of(other, ends)
        rows.append((name, low, high, *quotients.share(part, rest)))
    schema = {"part": pl.String, "low": pl.Int64, "high": pl.Int64, "share_low": pl.Float64, "share_high": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


class Ratio(NamedTuple):
    """Ends of a ratio, the count of those who are in neither group (None = everybody is in one), and how they are taken."""

    low: float
    high: float | None
    neither: Span | None
    unknown: Unknown

    def bounds(self, about: str) -> Bounds:
        """As bounds, with a note on those who are in neither group."""
        notes: list[str] = []
        if self.high is None:
            notes.append("No upper bound follows: the denominator may be 0, or nothing bounds the numerator")
        if self.neither is not None:
            word = "may belong to either" if self.unknown == "either" else "are left out of both"
            notes.append(f"Those in neither group ({spoken_bounds(*self.neither)}) {word}")
        note = ". ".join(notes) + ("." if notes else "")
        return Bounds(self.low, None, self.high, about=about, sharp=False, note=note)


def ratio_of(
    held: Holding, base: Key, numerator: str, denominator: str, ends: Sequence[Question], unknown: Unknown
) -> Ratio:
    """Bounds of the ratio of two groups; see `Ledger.ratio`.

    Raises
    ------
    OptionError
        If the groups overlap, or `unknown` is not known.
    """
    if unknown not in ("either", "apart"):
        raise OptionError(f"expected unknown= 'either' or 'apart', got {unknown!r}")
    sets = group_leaves([numerator, denominator], check_partition(held.options.partition)).sets
    if sets[numerator] & sets[denominator]:
        raise OptionError(
            f"expected two groups that share nobody, got {numerator!r} and {denominator!r}; a part of a whole is a share: "
            "see ledger.parts"
        )
    steps = 0
    a, b = split_path(numerator), split_path(denominator)
    while a[steps] == b[steps]:
        steps += 1
    top, bottom = _with_group(base, numerator), _with_group(base, denominator)
    whole = _with_group(base, "/".join(a[:steps]) or None)
    atoms = held.system.atoms
    neither = atoms.locate(whole, [top, bottom])
    every = group_leaves([numerator, denominator, whole[_GROUP]], check_partition(held.options.partition)).sets
    alone = every[whole[_GROUP]] == every[numerator] | every[denominator]
    either = unknown == "either"
    quotients = Quotients(held)
    part = quotients.sum_of(atoms.locate(top), ends)
    other = quotients.sum_of(atoms.locate(bottom), ends)
    most = quotients.sum_of(atoms.locate(whole, [bottom]), ends) if either else part
    widest = quotients.sum_of(atoms.locate(whole, [top]), ends) if either else other
    low = quotients.least(part, widest, share=False)
    high = quotients.most(most, other, share=False)
    return Ratio(low or 0.0, high, None if alone else span_of(held, neither, ends), unknown)


def _with_group(key: Key, group: str | None) -> Key:
    return (*key[:_GROUP], group, *key[_GROUP + 1 :])
