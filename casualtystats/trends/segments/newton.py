"""Newton's method for the many fits of a search, where a start is near; the chosen fit is made again by `maximise`."""

from __future__ import annotations

from typing import Final

import numpy as np

from casualtystats.trends.likelihood.objective import Likelihood
from casualtystats.trends.likelihood.sizes import Array

__all__ = ["newton"]

_ROUNDS: Final = 30
_SHARES: Final = tuple(0.5**at for at in range(8))
_SETTLED: Final = 1e-10
# A log of a total's mean below this is one that runs away: no finite trend fits best there.
_RUNS_AWAY: Final = -16.0


def newton(likelihood: Likelihood, point: Array) -> tuple[Array, float] | None:
    """The point of the greatest log-likelihood, and its value; None where the way there is not plain.

    Parameters
    ----------
    likelihood : Likelihood
        With terms of about one size.
    point : array
        Where to start.
    """
    with np.errstate(all="ignore"):
        value = likelihood.at(point)
        for _ in range(_ROUNDS):
            try:
                np.linalg.cholesky(-value.hessian)
                move = np.linalg.solve(-value.hessian, value.gradient)
            except np.linalg.LinAlgError:
                break
            gain = float(value.gradient @ move)
            for share in _SHARES:
                trial = likelihood.at(point + share * move)
                if trial.loglik >= value.loglik - 1e-9:
                    point, value = point + share * move, trial
                    break
            else:
                break
            if gain < _SETTLED:
                means = likelihood.link.at(point[: likelihood.link.design.shape[1]]).log_mean
                return None if float(means.min()) < _RUNS_AWAY else (point, value.loglik)
    return None
