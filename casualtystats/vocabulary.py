"""The closed sets of words, what they mean, and what adds up over time.

Whether counts of disjoint periods may be added is a property of (measure, unit). It is written once, in
`adds_over_time`, and every sum asks it.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

__all__ = [
    "FACILITY_STATUSES",
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
    "FacilityStatus",
    "InternallyDisplaced",
    "Kind",
    "Measure",
    "MeasureType",
    "Population",
    "Qualifier",
    "Returned",
    "Role",
    "Standard",
    "Unit",
    "ViolentDeaths",
    "adds_over_time",
    "group_noun",
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
    "facilities_restored",
    "attacks",
]
Unit = Literal["people", "displacements", "households", "facilities", "attacks"]
Kind = Literal["flow", "cumulative", "stock"]
Qualifier = Literal["exactly", "at_least", "more_than", "approximately", "up_to", "less_than", "between"]
Standard = Literal["verified", "documented", "reported", "unconfirmed", "estimated"]
Role = Literal["recommended", "triangulation"]
FacilityStatus = Literal["functional", "partial", "non_functional", "destroyed", "unknown"]

MEASURES: Final[tuple[Measure, ...]] = get_args(Measure)
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
QUALIFIERS: Final[tuple[Qualifier, ...]] = get_args(Qualifier)
STANDARDS: Final[tuple[Standard, ...]] = get_args(Standard)
ROLES: Final[tuple[Role, ...]] = get_args(Role)
FACILITY_STATUSES: Final[tuple[FacilityStatus, ...]] = get_args(FacilityStatus)

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
    if measure in {"facilities_out", "facilities_restored", "missing"}:
        return KINDS
    return ("flow", "cumulative")


_NOUNS: Final[dict[Measure, tuple[str, str]]] = {
    "killed": ("violent deaths", "violent death"),
    "died": ("deaths from all causes", "death from all causes"),
    "injured": ("people injured", "person injured"),
    "missing": ("people missing", "person missing"),
    "displaced": ("people displaced", "person displaced"),
    "returned": ("people returned", "person returned"),
    "idps": ("internally displaced people", "internally displaced person"),
    "population": ("inhabitants", "inhabitant"),
    "facilities_out": ("out of service", "out of service"),
    "facilities_hit": ("hit", "hit"),
    "facilities_affected": ("affected", "affected"),
    "facilities_impacted": ("impacted", "impacted"),
    "facilities_damaged": ("damaged", "damaged"),
    "facilities_functional": ("functioning", "functioning"),
    "facilities_restored": ("back in service", "back in service"),
    "attacks": ("attacks", "attack"),
}
_MOVEMENTS: Final[dict[Measure, tuple[str, str]]] = {
    "displaced": ("displacements (movements)", "displacement (movement)"),
    "returned": ("returns (movements)", "return (movement)"),
}
_PERSONS: Final[dict[str, tuple[str, str]]] = {
    "civilian": ("civilians", "a civilian"),
    "civilian/child": ("children", "a child"),
    "civilian/woman": ("women", "a woman"),
    "civilian/man": ("men", "a man"),
    "fighter": ("fighters", "a fighter"),
    "fighter/loyalist": ("loyalist fighters", "a loyalist fighter"),
    "fighter/jihadist": ("jihadist fighters", "a jihadist fighter"),
}
_FACILITIES: Final[dict[str, tuple[str, str]]] = {
    "": ("facilities", "facility"),
    "health": ("health facilities", "health facility"),
    "health/hospital": ("hospitals", "hospital"),
    "rescue centre": ("rescue centres", "rescue centre"),
}


def measure_noun(measure: Measure, unit: Unit, group: str | None = None, *, one: bool = False) -> str:
    """What a count counts, in words that can stand on an axis or in a sentence.

    Parameters
    ----------
    measure, unit : Measure, Unit
        What is counted, and in what.
    group : str, optional
        Path of the group that is counted; without it, everybody.
    one : bool
        The singular.

    Examples
    --------
    >>> measure_noun("killed", "people", "civilian")
    'violent deaths of civilians'
    >>> measure_noun("displaced", "displacements")
    'displacements (movements)'
    >>> measure_noun("facilities_out", "facilities", "health"), measure_noun("killed", "people", "civilian/child", one=True)
    ('health facilities out of service', 'violent death of a child')
    """
    at = 1 if one else 0
    group = group or ""
    if unit in ("facilities", "attacks"):
        kind = _FACILITIES.get(group, (f"facilities ({group})", f"facility ({group})"))
        if measure == "attacks" or unit == "attacks":
            noun = (("hits", "hit") if measure == "facilities_hit" else _NOUNS["attacks"])[at]
            return f"{noun} on {kind[0]}" if group or measure == "facilities_hit" else noun
        if measure == "facilities_functional":
            return f"functioning {kind[at]}"
        return f"{kind[at]} {_NOUNS[measure][at]}"
    noun = _MOVEMENTS[measure][at] if unit == "displacements" else _NOUNS[measure][at]
    if unit == "households":
        noun += " (households)"
    if not group:
        return noun
    joiner = "of" if measure in _DEATHS else "among"
    who = _PERSONS.get(group, (f"people ({group})", f"a person ({group})"))
    return f"{noun} {joiner} {who[at if measure in _DEATHS else 0]}"


_DEATHS: Final = frozenset({"killed", "died"})


def group_noun(group: str) -> str:
    """The name of a group of people or of a type of facility, in the plural.

    Examples
    --------
    >>> group_noun("civilian/child"), group_noun("health"), group_noun("civilian/elderly")
    ('children', 'health facilities', 'civilian/elderly')
    """
    return (_PERSONS.get(group) or _FACILITIES.get(group) or (group, group))[0]


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


class Returned(MeasureType):
    """People who returned, or return movements: the unit says which."""


class InternallyDisplaced(MeasureType):
    """People who are displaced on a date (a stock)."""


class Population(MeasureType):
    """People who live in a place on a date (a stock)."""


class FacilitiesOut(MeasureType):
    """Distinct facilities that went out of service."""


class Attacks(MeasureType):
    """Hits on facilities: one facility may be hit more than once."""
