"""Interval totals of many areas as flat arrays, area after area, in an order that does not depend on that of the input.

The rows of an area stand in order of their dates. What depends on the length of an interval alone is kept once for
each area and length (a group). Sums over the rows of an area are sums of a stretch of the array, always the same
numbers in the same order: neither the other areas nor their number changes a bit of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices
from casualtystats.trends.many.link import Spans, spans

__all__ = ["Block", "Linked", "kept"]


@dataclass(frozen=True, eq=False)
class Linked:
    """The rows at one growth an area.

    Attributes
    ----------
    log : array (rows)
        Log of the mean, less the intercept.
    x : array (rows)
        Its derivative in the slope: the mean scaled day.
    variance : array (rows)
        Its second derivative.
    groups : Spans
        The same of the groups, without what the middle of a row adds.
    """

    log: Array
    x: Array
    variance: Array
    groups: Spans


@dataclass(frozen=True, eq=False)
class Block:
    """Some areas with all their rows.

    Attributes
    ----------
    counts, middle, tau : array (rows)
        Counts; middle of each interval, as days since the first day of its area, and scaled.
    area, group : array of int (rows)
        Area and group of each row, from 0.
    starts : array of int (areas)
        Where the rows of each area begin.
    days : array (groups)
        Length of the intervals of a group.
    group_area, group_starts : array of int
        Area of each group; where the groups of each area begin.
    group_counts : array (groups)
        Sum of the counts of a group.
    centre, scale : array (areas)
        Days are taken as (day - centre) / scale in each area, so that weeks and decades are fitted alike.
    """

    counts: Array
    middle: Array
    tau: Array
    area: Indices
    group: Indices
    starts: Indices
    days: Array
    group_area: Indices
    group_starts: Indices
    group_counts: Array
    centre: Array
    scale: Array

    @classmethod
    def of(cls, first: Array, last: Array, counts: Array, area: Indices, starts: Indices) -> Block:
        """A block of rows that are sorted by area and date; days as days since the first day of the area."""
        days, middle = last - first + 1, (first + last) / 2
        longest = int(days.max()) + 1
        if (days == days[0]).all():
            key, group = np.arange(len(starts)) * longest + int(days[0]), area
        else:
            key, group = np.unique(area * longest + days.astype(np.int64), return_inverse=True)
        group_area = key // longest
        low, high = np.minimum.reduceat(middle, starts), np.maximum.reduceat(middle, starts)
        return cls(
            counts,
            middle,
            middle,
            area,
            group,
            starts,
            (key % longest).astype(np.float64),
            group_area,
            np.searchsorted(group_area, np.arange(len(starts))),
            np.asarray(np.bincount(group, weights=counts, minlength=len(key)), dtype=np.float64),
            middle[starts],
            middle[starts],
        ).scaled((low + high) / 2, np.maximum((high - low) / 2, 1.0))

    @property
    def areas(self) -> int:
        """Number of areas."""
        return len(self.starts)

    @property
    def rows(self) -> Indices:
        """Number of rows of each area."""
        return np.diff(self.starts, append=len(self.counts))

    def sums(self, values: Array) -> Array:
        """Sums over the rows of each area."""
        return np.asarray(np.add.reduceat(values, self.starts))

    def group_sums(self, values: Array) -> Array:
        """Sums over the groups of each area."""
        return np.asarray(np.add.reduceat(values, self.group_starts))

    def scaled(self, centre: Array, scale: Array) -> Block:
        """The same rows, with other scaled days."""
        tau = (self.middle - centre[self.area]) / scale[self.area]
        return replace(self, tau=tau, centre=centre, scale=scale)

    def link(self, slope: Array) -> Linked:
        """The rows at a slope per scaled day, one an area."""
        one = spans((slope / self.scale)[self.group_area], self.days)
        per = self.scale[self.group_area]
        found = Spans(one.log, one.mean / per, one.variance / per**2)
        return Linked(
            slope[self.area] * self.tau + found.log[self.group],
            self.tau + found.mean[self.group],
            found.variance[self.group],
            found,
        )

    def keep(self, areas: NDArray[np.bool_]) -> Block:
        """The block without the other areas."""
        rows, groups = areas[self.area], areas[self.group_area]
        number, new_group = np.cumsum(areas) - 1, np.cumsum(groups) - 1
        area, group_area = number[self.area[rows]], number[self.group_area[groups]]
        each = np.arange(int(areas.sum()))
        return Block(
            self.counts[rows],
            self.middle[rows],
            self.tau[rows],
            area,
            new_group[self.group[rows]],
            np.searchsorted(area, each),
            self.days[groups],
            group_area,
            np.searchsorted(group_area, each),
            self.group_counts[groups],
            self.centre[areas],
            self.scale[areas],
        )


def kept(areas: NDArray[np.bool_], *arrays: Array) -> tuple[Array, ...]:
    """The arrays without the other areas."""
    return tuple(array[areas] for array in arrays)
