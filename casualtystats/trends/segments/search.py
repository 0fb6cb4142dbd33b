"""The search for joints over whole days: a first look at evenly spread days, then day by day around the best."""

from __future__ import annotations

from typing import Final

import numpy as np

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Indices
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.profile import Cost

__all__ = ["first_look", "refined", "spread_of_joint"]

_CYCLES: Final = 8
_SLACK: Final = 1e-9


def first_look(cost: Cost, placement: Placement, number: int, rows: int = 1, most: int = 2_500) -> tuple[Array, Array]:
    """The best joints among the candidates of a placement, for each of several sets of counts.

    All sets of candidates are looked at where there are at most `most`. Else the best joints for one less are kept, the
    best further one is added, and each in turn is moved to its best candidate until none moves.

    Parameters
    ----------
    cost : callable
        Costs of sets of joints.
    placement : Placement
        Days on which joints may stand.
    number : int
        Number of joints, 0 or more.
    rows : int
        Number of sets of counts.
    most : int
        Sets of candidates that are all looked at.

    Returns
    -------
    joints : array (rows, number)
        Days of the joints, in rising order.
    costs : array (rows)
        Their costs; infinite where no set of joints fits.
    """
    every = placement.sets(number, most)
    if every is not None:
        if not len(every):
            return np.zeros((rows, number)), np.full(rows, np.inf)
        found = cost(np.tile(every, (rows, 1)), np.repeat(_numbers(rows), len(every))).reshape(rows, -1)
        best = found.argmin(axis=1)
        return every[best], found[np.arange(rows), best]
    fewer, _ = first_look(cost, placement, number - 1, rows, most)
    joints, costs = _moved(cost, placement, np.hstack([fewer, np.full((rows, 1), np.nan)]), np.full(rows, np.inf), -1)
    for _ in range(_CYCLES):
        before = costs
        for at in range(number):
            joints, costs = _moved(cost, placement, joints, costs, at)
        if (costs >= before - _SLACK).all():
            break
    return joints, costs


def _numbers(rows: int) -> Indices:
    return np.arange(rows, dtype=np.int64)


def _moved(cost: Cost, placement: Placement, joints: Array, costs: Array, at: int) -> tuple[Array, Array]:
    """Each row with one joint at its best candidate, where that is better than it stands."""
    days = placement.candidates.astype(np.float64)
    rows, number = joints.shape
    tried = np.repeat(joints, len(days), axis=0)
    tried[:, at] = np.tile(days, rows)
    tried.sort(axis=1)
    allowed = placement.allows(tried)
    values = np.full(len(tried), np.inf)
    if allowed.any():
        values[allowed] = cost(tried[allowed], np.repeat(_numbers(rows), len(days))[allowed])
    table = values.reshape(rows, -1)
    best = table.argmin(axis=1)
    least = table[np.arange(rows), best]
    better = least < costs - _SLACK
    moved = tried.reshape(rows, len(days), number)[np.arange(rows), best]
    return np.where(better[:, None], moved, joints), np.where(better, least, costs)


def refined(
    cost: Cost, placement: Placement, joints: Array, costs: Array, held: int | None = None
) -> tuple[Array, Array]:
    """Joints moved day by day, with steps that halve down to one day, while that lowers the cost.

    Parameters
    ----------
    cost, placement
        As in `first_look`.
    joints, costs : array
        Sets of joints, one a row, with their costs.
    held : int, optional
        A joint that stays where it is.
    """
    rows, number = joints.shape
    which = _numbers(rows)
    step = 1 << max(0, placement.gap - 1).bit_length()
    while step >= 1:
        for _ in range(_CYCLES):
            before = costs
            for at in range(number):
                if at == held:
                    continue
                for move in (-step, step):
                    tried = joints.copy()
                    tried[:, at] += move
                    allowed = placement.allows(tried)
                    values = np.full(rows, np.inf)
                    if allowed.any():
                        values[allowed] = cost(tried[allowed], which[allowed])
                    better = values < costs - _SLACK
                    joints = np.where(better[:, None], tried, joints)
                    costs = np.where(better, values, costs)
            if (costs >= before - _SLACK).all():
                break
        step //= 2
    return joints, costs


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

    def values(days: list[int], *, moved: bool) -> Array:
        tried = np.repeat(joints[None, :], len(days), axis=0)
        tried[:, at] = days
        allowed = placement.allows(tried)
        found = np.full(len(days), np.inf)
        if allowed.any():
            some = tried[allowed]
            costs = cost(some, _numbers(len(some)))
            found[allowed] = refined(cost, placement, some, costs, at)[1] if moved and len(joints) > 1 else costs
        return found

    days: list[int] = placement.candidates.tolist()
    near = {day for day, value in zip(days, values(days, moved=False), strict=True) if value <= best + drop}
    near.add(int(joints[at]))
    ends: list[tuple[int, bool]] = []
    for side in (-1, 1):
        end = max(near, key=lambda day: side * day)
        beyond = sorted((day for day in days if (day - end) * side > 0), key=lambda day: side * day)
        outer, value = None, np.inf
        for day in beyond:
            value = float(values([day], moved=True)[0])
            if value > best + drop:
                outer = day
                break
            end = day
        while outer is not None and abs(outer - end) > 1:
            middle = (outer + end) // 2
            here = float(values([middle], moved=True)[0])
            if here > best + drop:
                outer, value = middle, here
            else:
                end = middle
        ends.append((end, outer is None or not np.isfinite(value)))
    return float(ends[0][0]), float(ends[1][0]), ends[0][1], ends[1][1]
