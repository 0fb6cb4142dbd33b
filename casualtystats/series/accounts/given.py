"""What a caller gives for the terms of an account: series that are checked, numbers for stretches, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from casualtystats.errors import KindError, MeasureError, MixedUnitsError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.periods import parse_date
from casualtystats.series.accounts.flows import Flow, Pair, Stated
from casualtystats.series.accounts.points import Point
from casualtystats.series.accounts.scope import Scope
from casualtystats.series.accounts.signed import SignedBounds
from casualtystats.series.accounts.words import NOUNS, TermName
from casualtystats.series.flow import FlowSeries
from casualtystats.series.given import Counted, counted
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import Unit

__all__ = ["Given", "StretchKey", "given_term", "pair_of"]

StretchKey = int | str | tuple[str | date, str | date]
Given = FlowSeries[Any] | Counted | Mapping[Any, Counted] | None
_UNITS: Final[tuple[Unit, ...]] = ("people", "displacements")
_MEASURES: Final[dict[TermName, tuple[str, ...]]] = {
    "displaced": ("displaced",),
    "onward": ("displaced",),
    "returned": ("returned",),
    "settled": ("displaced", "returned"),
    "deaths": ("died", "killed"),
}


@dataclass(frozen=True)
class _Account:
    """What the terms of an account must fit to."""

    scope: Scope
    points: tuple[Point, ...]
    pairs: list[Pair]
    ordered: list[Pair]


def given_term(
    name: TermName, value: Given, scope: Scope, points: tuple[Point, ...], pairs: list[Pair], ordered: list[Pair],
) -> tuple[Flow | Stated | None, tuple[str, ...]]:  # fmt: skip
    """A term as it is asked of each stretch, and what must be said of it.

    Parameters
    ----------
    name : TermName
        The term.
    value : FlowSeries, number, text, Estimate, mapping or None
        What was given.
    scope : Scope
        The people of whom the stocks are.
    points, pairs, ordered : tuple of Point, list, list
        The stocks, the neighbours among them, and all pairs in a known order.

    Raises
    ------
    MeasureError, MixedUnitsError, KindError, OptionError
        If a series counts something else, or a number can not be told to which stretch it belongs.
    """
    about = _Account(scope, points, pairs, ordered)
    if value is None:
        return None, ()
    if isinstance(value, FlowSeries):
        return _series(name, value, about)
    if isinstance(value, Mapping):
        return _mapping(name, value, about), ()
    known = SignedBounds.of(_count(name, value))
    if known == SignedBounds.exactly(0):
        return Stated({}, known), ()
    if len(pairs) > 1:
        raise OptionError(
            f"expected {name}= a mapping of stretch to number, for there are {len(pairs)} stretches; got {value}. Such as "
            f"{{{_name(points, pairs[0])!r}: {value}, ...}}, with the dates of both stocks, or a series"
        )
    return Stated({pairs[0]: known}), ()


def _count(name: TermName, value: object) -> Estimate:
    return counted(value, name, units=_UNITS, signed=name == "arrivals")


def _mapping(name: TermName, value: Mapping[Any, Counted], about: _Account) -> Stated:
    found: dict[Pair, SignedBounds] = {}
    for key, number in value.items():
        pair = pair_of(key, about.points, about.pairs, about.ordered)
        if pair in found:
            raise OptionError(f"expected one {name}= for each stretch, got two for {_name(about.points, pair)}")
        found[pair] = SignedBounds.of(_count(name, number))
    return Stated(found)


def pair_of(key: object, points: tuple[Point, ...], pairs: list[Pair], ordered: list[Pair]) -> Pair:
    """The two stocks between which a stretch lies, from its number, its name or the two dates of its stocks.

    Raises
    ------
    OptionError
        If there is no such stretch.
    """
    if isinstance(key, int) and not isinstance(key, bool) and -len(pairs) <= key < len(pairs):
        return pairs[key]
    ends = key.split("/") if isinstance(key, str) else key
    if isinstance(ends, list | tuple) and len(ends) == 2:  # pyright: ignore[reportUnknownArgumentType]
        dates = [parse_date(end) for end in ends]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
        for i, j in ordered:
            if [(points[at].earliest, points[at].latest) for at in (i, j)] == dates:
                return i, j
    shown = ", ".join(_name(points, pair) for pair in pairs[:6]) + (", ..." if len(pairs) > 6 else "")
    raise OptionError(
        f"expected a stretch by its number (from 0) or by the dates of both of its stocks, got {key!r}; there are {shown}"
    )


def _name(points: tuple[Point, ...], pair: Pair) -> str:
    return f"{points[pair[0]].name}/{points[pair[1]].name}"


def _series(name: TermName, series: FlowSeries[Any], about: _Account) -> tuple[Flow, tuple[str, ...]]:
    info = series.info
    measures = _MEASURES.get(name)
    if measures is None:
        raise MeasureError(
            f"expected {name}= numbers by stretch, for no series counts {NOUNS[name]}; got a series of {info.noun}"
        )
    if info.unit == "households":
        raise MixedUnitsError(
            f"expected {name}= in people or movements, got households; take series.to_people(household_size=...) first"
        )
    if info.measure not in measures:
        raise MeasureError(f"expected {name}= a series of {' or '.join(measures)}, got {info.noun}")
    if info.by:
        raise OptionError(f"expected {name}= a series that is not split, got one by {' and '.join(info.by)}")
    if info.newly:
        raise MeasureError(
            f"expected {name}= counts of what happened in a period, got what was newly reported in it: that may have "
            "happened before the first stock"
        )
    if series.ledger is not None and not info.additive:
        raise KindError(
            f"expected {name}= a series without overlap='bounds', whose bounds on people are of first times only; choose "
            "one report for each period with another overlap= rule, or take movements (unit='displacements')"
        )
    part = about.scope.counts_part(name, series)
    return Flow.of(series, part=part), _notes(name, info, part)


def _notes(name: TermName, info: SeriesInfo, part: bool) -> tuple[str, ...]:
    notes: list[str] = []
    if info.measure == "killed":
        notes.append("deaths: violent deaths only, so that they are a lower bound of all deaths")
    elif part:
        notes.append(
            f"{name}: the series counts a part of the people of the stocks only, and bounds nothing from above"
        )
    if name == "deaths":
        notes.append("deaths: the series is read as deaths among those who are displaced")
    if name in ("displaced", "onward") and info.unit == "people":
        notes.append(
            f"{name}: a count of people leaves out those displaced again within the period of one report; over several "
            "reports it lies between the largest lower bound and the sum of the upper bounds"
        )
    if name in ("returned", "settled") and info.unit == "people":
        notes.append(f"{name}: a count of people leaves out those who did so again within the period of one report")
    if info.converted is not None:
        notes.append(f"{name}: {info.converted}")
    return tuple(notes)
