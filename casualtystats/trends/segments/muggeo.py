r"""Joints anywhere between days, by Muggeo's iteration, from the best whole days on.

With the joints at psi, the terms are fitted together with -1{t > psi_j} for each joint. Its coefficient gamma_j over the
change of slope delta_j is how far the joint lies off, and psi + gamma / delta is the next value. A step that does not
raise the likelihood is halved.

References
----------
Muggeo, V. M. R. (2003). Estimating regression models with unknown break-points. Statistics in Medicine 22, 3055-3071.
"""

from __future__ import annotations

from itertools import product
from typing import Final

import numpy as np

from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.segments.design import steps
from casualtystats.trends.segments.placement import Placement
from casualtystats.trends.segments.profile import Profile

__all__ = ["between_days"]

_ROUNDS: Final = 60
_HALVINGS: Final = 12
_NEAR: Final = 1e-9
_FLAT: Final = 1e-12


def between_days(profile: Profile, placement: Placement, joints: Array) -> Array:
    """The joints with the greatest likelihood near some whole days.

    Parameters
    ----------
    profile : Profile
        The totals and the terms.
    placement : Placement
        Days on which joints may stand.
    joints : array
        Days to start from.

    Returns
    -------
    array
        Days of the joints, with fractions. Where the likelihood falls on both sides of a whole day, it stays that day.
    """
    here = profile.exact_cost(joints)
    for _ in range(_ROUNDS):
        found = _better(profile, placement, joints, here)
        if found is None:
            return joints
        moved, cost = found
        near = float(np.abs(moved - joints).max()) < _NEAR
        joints, here = moved, cost
        if near:
            return joints
    return joints


def _better(profile: Profile, placement: Placement, joints: Array, here: float) -> tuple[Array, float] | None:
    """Joints with a greater likelihood, or None where a step leads to none."""
    best: tuple[Array, float] | None = None
    for upon in _sides(joints):
        move = _move(profile, joints, upon)
        if move is None:
            continue
        for halving in range(_HALVINGS):
            trial = joints + move * 0.5**halving
            if not placement.allows(trial[None, :])[0]:
                continue
            cost = profile.exact_cost(trial)
            if cost < here - _FLAT * (1 + abs(here)) and (best is None or cost < best[1]):
                best = trial, cost
                break
    return best


def _sides(joints: Array) -> list[Array]:
    """For joints on whole days, the day counts as before the joint or as after it; for others it makes no difference."""
    whole = joints == np.round(joints)
    choices = [(0.0, 1.0) if on_day else (0.0,) for on_day in whole]
    return [np.array(choice) for choice in product(*choices)]


def _move(profile: Profile, joints: Array, upon: Array) -> Array | None:
    day = np.arange(len(profile.base), dtype=np.float64)
    found = profile.solved(np.hstack([profile.matrix(joints), -steps(day, joints, upon)]))
    if found is None:
        return None
    number, shared = len(joints), profile.base.shape[1]
    changes = found[0][shared : shared + number]
    gaps = found[0][shared + number : shared + 2 * number]
    if (changes == 0).any():
        return None
    return np.asarray(gaps / changes)
