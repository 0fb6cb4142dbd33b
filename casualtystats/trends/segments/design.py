r"""The terms of a trend with joints: those of a formula, a change of slope at each joint, and its place.

With shifts, the terms of the formula and of the slopes are followed by one term a joint that is the derivative of the
log of the mean in the joint's place,

.. math:: -\delta_j \, 1\{t > \psi_j\},

so that its coefficient is a shift of the joint in days: 0 at the estimate, with the variance of the place (Muggeo 2003).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from casualtystats.trends.design import Design
from casualtystats.trends.likelihood.sizes import Array

__all__ = ["Jointed", "hinges", "jointed", "steps"]


@dataclass(frozen=True, eq=False)
class Jointed:
    """A specification, as `formulaic` has them, with the terms of joints behind its own.

    Attributes
    ----------
    base : object
        The specification of the formula.
    joints : array (joints)
        Days of the joints, from the first day.
    changes : array (joints) or None
        Change of slope at each; given, there is a shift for each joint.
    upon : array of bool (joints)
        Whether the day of a joint counts as after it. It matters for joints on whole days only.
    """

    base: Any
    joints: Array
    changes: Array | None
    upon: Array

    def get_model_matrix(self, frame: Any, *, context: Any, output: str) -> Array:
        """The terms of the days of a frame with a column `day`."""
        own = np.asarray(self.base.get_model_matrix(frame, context=context, output=output), dtype=np.float64)
        day = np.asarray(frame["day"], dtype=np.float64)
        parts = [own, hinges(day, self.joints)]
        if self.changes is not None:
            parts.append(-self.changes * steps(day, self.joints, self.upon))
        return np.hstack(parts)


def hinges(day: Array, joints: Array) -> Array:
    """max(0, day - joint), one column a joint.

    Examples
    --------
    >>> hinges(np.array([0.0, 2.0]), np.array([1.5])).tolist()
    [[0.0], [0.5]]
    """
    return np.maximum(0.0, day[:, None] - joints[None, :])


def steps(day: Array, joints: Array, upon: Array) -> Array:
    """1 after a joint and 0 before it, one column a joint; on its very day 1 where `upon`, else 0."""
    after = day[:, None] > joints[None, :]
    return np.where(upon[None, :] > 0, after | (day[:, None] == joints[None, :]), after).astype(np.float64)


def jointed(design: Design, joints: Array, changes: Array | None = None, upon: Array | None = None) -> Design:
    """A design with joints.

    Parameters
    ----------
    design : Design
        Without joints.
    joints : array
        Days of the joints, from the first day.
    changes, upon : array, optional
        As in `Jointed`.
    """
    numbers = range(1, len(joints) + 1)
    names = [f"slope(joint {at})" for at in numbers]
    if changes is not None:
        names += [f"joint {at}" for at in numbers]
    spec = Jointed(design.spec, joints, changes, np.zeros(len(joints)) if upon is None else upon)
    return replace(design, names=(*design.names, *names), spec=spec)
