"""One threshold of mortality, with its constant, its measure and where it is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from casualtystats.errors import OptionError
from casualtystats.printing import format_count, format_rate
from casualtystats.rates.given import number

__all__ = ["Indicator", "Kind", "Threshold"]

Indicator = Literal["CMR", "U5MR"]
Kind = Literal["baseline", "emergency", "out of control", "major catastrophe", "own"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A mortality rate to judge others against.

    Parameters
    ----------
    value : float
        The rate, above 0, per `per` person-days.
    per : float
        Person-days, by convention 10,000.
    measure : {"CMR", "U5MR"}
        Of the whole population, or of children under five; all causes.
    name : str
        What it is called.
    source : str
        Where it is published.
    kind : str
        "baseline", "emergency", "out of control", "major catastrophe" or "own".

    Raises
    ------
    OptionError
        If a number is not above 0, or the measure or kind is not known.

    Examples
    --------
    >>> print(Threshold(0.5, 10_000, "CMR", "twice the baseline of 2018", "census of 2018", "own"))
    twice the baseline of 2018: CMR 0.500 per 10,000 person-days (census of 2018)
    """

    value: float
    per: float
    measure: Indicator
    name: str
    source: str
    kind: Kind

    def __post_init__(self) -> None:
        for name, given in (("value", self.value), ("per", self.per)):
            number(given, f"{name}= a number above 0 for a threshold")
        for name, word, known in (("measure", self.measure, Indicator), ("kind", self.kind, Kind)):
            if word not in get_args(known):
                raise OptionError(f"expected {name}= one of {', '.join(get_args(known))}; got {word!r}")

    def at(self, per: float) -> float:
        """The threshold per another number of person-days.

        Examples
        --------
        >>> Threshold(1.0, 10_000, "CMR", "emergency", "own", "own").at(1_000)
        0.1
        """
        return self.value * per / self.per

    def __str__(self) -> str:
        value = f"{format_rate(self.value)} per {format_count(self.per)} person-days"
        return f"{self.name}: {self.measure} {value} ({self.source})"
