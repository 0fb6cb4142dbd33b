"""The closed sets of words, what they mean, and what adds up over time.

Whether counts of disjoint periods may be added is a property of (measure, unit). It is written once, in
`adds_over_time`, and every sum asks it.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = [
    "GROUP_NOUNS",
    "KINDS",
    "MEASURES",
    "QUALIFIERS",
    "ROLES",
    "STANDARDS",
    "UNITS",
    "AllCauseDeaths",
    "Attacks",
    "Deaths",
    "Displaced",
    "FacilitiesOut",
    "InternallyDisplaced",
    "Kind",
    "Measure",
    "MeasureType",
    "Population",
    "Qualifier",
    "Role",
    "Standard",
    "Unit",
    "ViolentDeaths",
    "adds_over_time",
    "kinds_of",
    "measure_noun",
    "units_of",
]

Measure = Literal[
    "killed",
    "died",
    "injured",
    "missing",
    "displaced",
    "returned",
    "idps",
    "population",
    "facilities_out",
    "facilities_hit",
    "facilities_affected",
    "facilities_impacted",
    "facilities_damaged",
    "facilities_functional",
    "attacks",
]
Unit = Literal["people", "displacements", "households", "facilities", "attacks"]
Kind = Literal["flow", "cumulative", "stock"]
Qualifier = Literal["exactly", "at_least", "more_than", "approximately", "up_to", "less_than", "between"]
Standard = Literal["verified", "documented", "reported", "unconfirmed", "estimated"]
Role = Literal["recommended", "triangulation"]

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
QUALIFIERS: Final[tuple[Qualifier, ...]] = get_args(Qualifier)
STANDARDS: Final[tuple[Standard, ...]] = get_args(Standard)
ROLES: Final[tuple[Role, ...]] = get_args(Role)

_PEOPLE: Final = frozenset({"killed", "died", "injured", "missing"})
_MOVING: Final = frozenset({"displaced", "returned"})
_PRESENT: Final = frozenset({"idps", "population"})

_ADDS: Final[frozenset[tuple[str, str]]] = frozenset(
    {
        ("killed", "people"),
        ("died", "people"),
        ("injured", "people"),
        ("displaced", "displacements"),
        ("returned", "displacements"),
        ("facilities_hit", "attacks"),
        ("attacks", "attacks"),
    }
)


def adds_over_time(measure: Measure, unit: Unit) -> bool:
    """Whether counts of disjoint periods may be added.

    Deaths, injuries, movements, hits and attacks add. People displaced, people missing, households and
    distinct facilities do not: the same person flees twice, the same clinic is hit again.

    Examples
    --------
    >>> adds_over_time("killed", "people"), adds_over_time("displaced", "people")
    (True, False)
    """
    return (measure, unit) in _ADDS


def units_of(measure: Measure) -> tuple[Unit, ...]:
    """The units in which a measure can be counted.

    Examples
    --------
    >>> units_of("displaced")
    ('people', 'displacements', 'households')
    """
    if measure in _PEOPLE:
        return ("people",)
    if measure in _MOVING:
        return ("people", "displacements", "households")
    if measure in _PRESENT:
        return ("people", "households")
    if measure == "attacks":
        return ("attacks",)
    if measure == "facilities_hit":
        return ("facilities", "attacks")
    return ("facilities",)


def kinds_of(measure: Measure) -> tuple[Kind, ...]:
    """The kinds that a measure can have: a stock is not a flow.

    Examples
    --------
    >>> kinds_of("idps"), kinds_of("killed")
    (('stock',), ('flow', 'cumulative'))
    """
    if measure in _PRESENT or measure == "facilities_functional":
        return ("stock",)
    if measure in {"facilities_out", "missing"}:
        return KINDS
    return ("flow", "cumulative")


_NOUNS: Final[dict[Measure, str]] = {
    "killed": "violent deaths",
    "died": "deaths from all causes",
    "injured": "people injured",
    "missing": "people missing",
    "displaced": "people displaced",
    "returned": "people returned",
    "idps": "internally displaced people",
    "population": "inhabitants",
    "facilities_out": "facilities out of service",
    "facilities_hit": "facilities hit",
    "facilities_affected": "facilities affected",
    "facilities_impacted": "facilities impacted",
    "facilities_damaged": "facilities damaged",
    "facilities_functional": "functioning facilities",
    "attacks": "attacks",
}

GROUP_NOUNS: Final[dict[str, str]] = {
    "": "",
    "civilian": "civilians",
    "civilian/child": "children",
    "civilian/woman": "women",
    "civilian/man": "men",
    "fighter": "fighters",
}


def measure_noun(measure: Measure, unit: Unit, group: str | None = None) -> str:
    """What a count counts, in words that can stand on an axis or in a sentence.

    Examples
    --------
    >>> measure_noun("killed", "people", "civilian")
    'violent deaths of civilians'
    >>> measure_noun("displaced", "displacements")
    'displacements (movements)'
    """
    if unit == "displacements":
        noun = "displacements (movements)" if measure == "displaced" else "returns (movements)"
    elif unit == "households":
        noun = f"{_NOUNS[measure]} (households)"
    elif measure == "facilities_hit" and unit == "attacks":
        noun = "hits on facilities"
    else:
        noun = _NOUNS[measure]
    if not group:
        return noun
    joiner = "of" if measure in {"killed", "died"} else "among" if unit == "people" else "on" if unit == "attacks" else "–"
    return f"{noun} {joiner} {GROUP_NOUNS.get(group, group)}"


class MeasureType:
    """Base of the marker types that say, to a type checker, what a series measures. Never instantiated."""


class Deaths(MeasureType):
    """Deaths, violent or from all causes."""


class ViolentDeaths(Deaths):
    """People killed."""


class AllCauseDeaths(Deaths):
    """People who died of any cause: what a crude mortality rate needs."""


class Displaced(MeasureType):
    """People newly displaced, or displacement movements: the unit says which."""


class InternallyDisplaced(MeasureType):
    """People who are displaced on a date (a stock)."""


class Population(MeasureType):
    """People who live in a place on a date (a stock)."""


class FacilitiesOut(MeasureType):
    """Distinct facilities that went out of service."""


class Attacks(MeasureType):
    """Hits on facilities: one facility may be hit more than once."""
