"""The search for joints over whole days: a first look at evenly spread days, then day by day around the best."""

from __future__ import annotations

from typing import Final

import numpy as np

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.profile import Cost

__all__ = ["first_look", "refined", "spread_of_joint"]

_CYCLES: Final = 8
_SLACK: Final = 1e-9


def first_look(cost: Cost, placement: Placement, number: int, most: int = 2_500) -> tuple[Array, float]:
    """The best joints among the candidates of a placement.

    All sets of candidates are looked at where there are at most `most`. Else the best joints for one less are kept, the
    best further one is added, and each in turn is moved to its best candidate until none moves.

    Parameters
    ----------
    cost : callable
        Costs of sets of joints, one set a row.
    placement : Placement
        Days on which joints may stand; it has room for so many.
    number : int
        Number of joints, 0 or more.
    most : int
        Sets of candidates that are all looked at.

    Returns
    -------
    joints : array (number)
        Days of the joints, in rising order.
    cost : float
        Their cost; infinite where no set of joints fits.
    """
    every = placement.sets(number, most)
    if every is not None and len(every):
        found = cost(every)
        best = int(found.argmin())
        return every[best], float(found[best])
    fewer, _ = first_look(cost, placement, number - 1, most)
    joints, value = _moved(cost, placement, np.append(fewer, np.nan), np.inf, number - 1)
    if not np.isfinite(value):
        # The best joints for one less leave no room for another, or none that fits.
        joints = placement.start(number)
        value = float(cost(joints[None, :])[0])
    for _ in range(_CYCLES):
        before = value
        for at in range(number):
            joints, value = _moved(cost, placement, joints, value, at)
        if not value < before - _SLACK:
            break
    return joints, value


def _moved(cost: Cost, placement: Placement, joints: Array, value: float, at: int) -> tuple[Array, float]:
    """The joints with one of them at its best candidate, where that is better than they stand."""
    days = placement.candidates.astype(np.float64)
    tried = np.repeat(joints[None, :], len(days), axis=0)
    tried[:, at] = days
    return _best(cost, placement, np.sort(tried, axis=1), joints, value)


def _best(cost: Cost, placement: Placement, tried: Array, joints: Array, value: float) -> tuple[Array, float]:
    """The best of some sets of joints, or the joints as they stand where none is better and allowed."""
    some = tried[placement.allows(tried)]
    if not len(some):
        return joints, value
    values = cost(some)
    best = int(values.argmin())
    return (some[best], float(values[best])) if values[best] < value - _SLACK else (joints, value)


def refined(
    cost: Cost, placement: Placement, joints: Array, value: float, held: int | None = None
) -> tuple[Array, float]:
    """Joints moved day by day, with steps that halve down to one day, while that lowers the cost.

    Parameters
    ----------
    cost, placement
        As in `first_look`.
    joints, value : array, float
        A set of joints with its cost.
    held : int, optional
        A joint that stays where it is.
    """
    step = 1 << max(0, placement.gap - 1).bit_length()
    while step >= 1:
        for _ in range(_CYCLES):
            before = value
            for at in range(len(joints)):
                if at != held:
                    tried = np.repeat(joints[None, :], 2, axis=0)
                    tried[:, at] += (-step, step)
                    joints, value = _best(cost, placement, tried, joints, value)
            if not value < before - _SLACK:
                break
        step //= 2
    return joints, value


def spread_of_joint(
    cost: Cost, placement: Placement, joints: Array, best: float, at: int, drop: float
) -> tuple[float, float, bool, bool]:
    """The first and last day of one joint at which the cost, least over all else, is within `drop` of the best.

    Every candidate is looked at with the other joints where they are; from the outermost days within the drop on, with
    the others moved to their best, until the cost is beyond it.

    Returns
    -------
    (float, float, bool, bool)
        First and last day, and for each whether no day beyond it could be had: it is bounded by the room for joints, and
        not by the data.
    """

    def at_day(day: int) -> float:
        """The cost with the joint on a day, and the others at their best."""
        tried = joints.copy()
        tried[at] = day
        if not placement.allows(tried[None, :])[0]:
            return np.inf
        value = float(cost(tried[None, :])[0])
        return refined(cost, placement, tried, value, at)[1] if len(joints) > 1 else value

    days: list[int] = placement.candidates.tolist()
    tried = np.repeat(joints[None, :], len(days), axis=0)
    tried[:, at] = days
    some = tried[placement.allows(tried)]
    near = {int(row[at]) for row, value in zip(some, cost(some), strict=True) if value <= best + drop}
    near.add(int(joints[at]))
    ends: list[tuple[int, bool]] = []
    for side in (-1, 1):
        end = max(near, key=lambda day: side * day)
        outer, value = None, np.inf
        for day in sorted((day for day in days if (day - end) * side > 0), key=lambda day: side * day):
            value = at_day(day)
            if value > best + drop:
                outer = day
                break
            end = day
        while outer is not None and abs(outer - end) > 1:
            middle = (outer + end) // 2
            here = at_day(middle)
            if here > best + drop:
                outer, value = middle, here
            else:
                end = middle
        ends.append((end, outer is None or not np.isfinite(value)))
    return float(ends[0][0]), float(ends[1][0]), ends[0][1], ends[1][1]
