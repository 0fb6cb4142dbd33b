"""How a ledger reads its reports, and what it does where they contradict each other: one set of options, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from casualtystats.errors import OptionError
from casualtystats.ledger.solve.leaves import Partition, check_partition
from casualtystats.periods import parse_date
from casualtystats.reports.select import Observed, observed_days

__all__ = ["LedgerOptions", "Of", "Relax"]

Of = Literal["reported", "occurred"]
Relax = Literal["least"]


def _none() -> list[str]:
    return []


@dataclass(frozen=True)
class LedgerOptions:
    """How reports are read together. `overlap="bounds"` in a builder stands for these options as they are by default.

    Parameters
    ----------
    of : {"reported", "occurred"}
        "reported": bounds on what was reported; all reports must then count the same thing, which reports of one
        standard do. "occurred": bounds on what happened; a count that was verified or documented is then a floor, for
        what nobody recorded is not in it.
    comparable : bool
        With "reported": the caller states that reports of different standards count the same thing.
    unconfirmed : bool
        Use unconfirmed reports too.
    origin : str or date, optional
        For people displaced and distinct facilities: the day since which first times are counted. Needed where
        running totals begin on different days.
    partition : mapping of str to list of list of str, optional
        Groups whose parts make up the whole: {"civilian": [["civilian/female", "civilian/male"], ["civilian/child",
        "civilian/adult"]]}. Several partitions of a group cross each other.
    observed : Period, str or list, optional
        Periods for which the source states that no row means none reported: days there that no report of the measure
        speaks about, whether it is used or not, are zero. Only with "reported".
    sharp : bool
        Where ends of periods are fuzzy, go through their possible dates one by one, if they are few.
    integer : bool
        Where places or groups nest, solve for whole counts (slower; the bounds may be tighter).
    relax : {"least"}, optional
        Contradictory reports give way as little as possible in total.
    drop : list of str
        Ids of reports to leave out.
    trust : list of str
        Sources in order: where reports contradict each other, that of the later source gives way.

    Raises
    ------
    OptionError
        If an option is not known, or more than one rule for contradictions is named.

    Examples
    --------
    >>> LedgerOptions(of="occurred").of
    'occurred'
    """

    of: Of = "reported"
    comparable: bool = False
    unconfirmed: bool = False
    origin: str | date | None = None
    partition: Partition | None = None
    observed: Observed | None = None
    sharp: bool = False
    integer: bool = False
    relax: Relax | None = None
    drop: list[str] = field(default_factory=_none)
    trust: list[str] = field(default_factory=_none)

    def __post_init__(self) -> None:
        if self.of not in ("reported", "occurred"):
            raise OptionError(f"expected of= 'reported' or 'occurred', got {self.of!r}")
        if self.relax not in (None, "least"):
            raise OptionError(f"expected relax= 'least' or nothing, got {self.relax!r}")
        for name, listed in (("drop", self.drop), ("trust", self.trust)):
            # A text is a sequence of letters: "UN" would pass as ["U", "N"].
            if isinstance(listed, str) or len(set(listed)) != len(listed):
                raise OptionError(f"expected {name}= a list of different texts, got {listed!r}")
        if self.relax is not None and self.trust:
            raise OptionError("expected one rule for contradictions, got relax= and trust=; drop= goes with either")
        if self.observed is not None and self.of == "occurred":
            raise OptionError(
                "expected observed= with of='reported': that no row means none reported does not mean that none occurred"
            )
        check_partition(self.partition)
        observed_days(self.observed)
        if self.origin is not None:
            parse_date(self.origin)
