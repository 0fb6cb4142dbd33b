"""Where joints may stand: whole days with enough totals on both sides."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Placement"]

# Days of a first look, of which the best are then looked at day by day.
_MANY: Final = 100
_FEW: Final = 36


@dataclass(frozen=True, eq=False)
class Placement:
    """Days on which joints may stand.

    Attributes
    ----------
    middles : array (totals)
        The middle day of each total over its widest dates, in rising order, as days from the first day.
    least : int
        Totals whose middles must lie between two joints, and between a joint and either end.
    days : array of int
        Whole days on which one joint may stand, in rising order.
    most : int
        How many of them are looked at first.
    """

    middles: Array
    least: int
    days: Indices
    most: int = _MANY

    @classmethod
    def of(cls, first: Indices, last: Indices, least: int) -> Placement:
        """The placement for totals from day `first` to day `last`.

        Raises
        ------
        OptionError
            If `least` is no whole number from 2 up.
        """
        if isinstance(least, bool) or not isinstance(least, int) or least < 2:  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(f"expected min_totals= a whole number of 2 or more, got {least!r}")
        middles = np.sort((first + last) / 2.0)
        every = np.arange(int(last.max()) + 1, dtype=np.int64)
        found = cls(middles, least, every)
        return cls(middles, least, every[found.allows(every[:, None].astype(np.float64))])

    def allows(self, joints: Array) -> NDArray[np.bool_]:
        """Which sets of joints (one a row, in rising order) leave enough totals in every segment."""
        below = np.searchsorted(self.middles, joints, "left")
        upto = np.searchsorted(self.middles, joints, "right")
        starts = np.hstack([np.zeros((len(joints), 1), dtype=np.int64), upto])
        stops = np.hstack([below, np.full((len(joints), 1), len(self.middles), dtype=np.int64)])
        rising = (np.diff(joints, axis=1) > 0).all(axis=1)
        return np.asarray(((stops - starts) >= self.least).all(axis=1) & rising)

    @property
    def candidates(self) -> Indices:
        """Days of a first look: all where they are few, else evenly spread ones."""
        if len(self.days) <= self.most:
            return self.days
        return self.days[np.unique(np.linspace(0, len(self.days) - 1, self.most).round().astype(np.int64))]

    @property
    def gap(self) -> int:
        """The greatest number of days from one candidate to the next."""
        days = self.candidates
        return int(np.diff(days).max()) if len(days) > 1 else 1

    def thinned(self, most: int = _FEW) -> Placement:
        """The same with at most so many candidates, for likelihoods that take long."""
        return replace(self, most=most)

    def room(self) -> int:
        """The greatest number of joints that the totals have room for."""
        return len(self._earliest())

    def start(self, number: int) -> Array:
        """Some allowed set of joints, spread over the days; there must be room for it."""
        every = np.array(self._earliest())
        if number + 2 > len(every):
            return every[:number]
        return every[np.linspace(0, len(every) - 1, number + 2).round().astype(np.int64)[1:-1]]

    def _earliest(self) -> list[float]:
        """As many joints as there is room for, each as early as it may be."""
        found: list[float] = []
        days: list[int] = self.days.tolist()
        for day in days:
            after = len(self.middles) - int(np.searchsorted(self.middles, day, "right"))
            start = int(np.searchsorted(self.middles, found[-1], "right")) if found else 0
            between = int(np.searchsorted(self.middles, day, "left")) - start
            if between >= self.least and after >= self.least:
                found.append(float(day))
        return found

    def sets(self, number: int, most: int) -> Array | None:
        """All allowed sets of candidates, one a row; None where there may be more than `most`."""
        if not number:
            return np.zeros((1, 0))
        days = self.candidates
        total = 1.0
        for at in range(number):
            total *= (len(days) - at) / (at + 1)
        if total > most:
            return None
        listed: list[int] = days.tolist()
        every = np.array(list(combinations(listed, number)), dtype=np.float64).reshape(-1, number)
        return every[self.allows(every)]
