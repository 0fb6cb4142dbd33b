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
    gap = int(np.diff(placement.candidates).max()) if len(placement.candidates) > 1 else 1
    rows, number = joints.shape
    which = _numbers(rows)
    step = 1 << max(0, gap - 1).bit_length()
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

    Returns
    -------
    (float, float, bool, bool)
        First and last day, and for each whether it is the first or last that a joint may have at all.
    """
    known: dict[int, float] = {int(joints[at]): best}

    def costs_at(days: list[int]) -> None:
        new = [day for day in days if day not in known]
        if not new:
            return
        tried = np.repeat(joints[None, :], len(new), axis=0)
        tried[:, at] = new
        # A neighbour that would come too near gives way.
        allowed = placement.allows(np.sort(tried, axis=1)) & (np.diff(tried, axis=1) > 0).all(axis=1)
        values = np.full(len(new), np.inf)
        if allowed.any():
            some = tried[allowed]
            values[allowed] = refined(cost, placement, some, cost(some, _numbers(len(some))), at)[1]
        known.update(zip(new, values.tolist(), strict=True))

    costs_at(placement.candidates.tolist())
    ends: list[int] = []
    for side in (-1, 1):
        inside = [day for day, value in known.items() if value <= best + drop]
        end = min(inside) if side < 0 else max(inside)
        outer = [day for day in known if (day - end) * side > 0]
        if outer:
            beyond = max(outer) if side < 0 else min(outer)
            costs_at([int(day) for day in placement.days if min(end, beyond) < day < max(end, beyond)])
            inside = [day for day, value in known.items() if value <= best + drop]
            end = min(inside) if side < 0 else max(inside)
        ends.append(end)
    reachable = [day for day, value in known.items() if np.isfinite(value)]
    return float(ends[0]), float(ends[1]), ends[0] == min(reachable), ends[1] == max(reachable)
