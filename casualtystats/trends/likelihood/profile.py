"""Profile-likelihood intervals: where the log-likelihood, maximised over all else, has fallen by a quantile's worth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from casualtystats.errors import UndefinedEstimateError
from casualtystats.trends.likelihood.counts import Kernel
from casualtystats.trends.likelihood.maximum import Maximum, maximise
from casualtystats.trends.likelihood.objective import Likelihood
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Totals

__all__ = ["profile_ends"]


def profile_ends(
    totals: Totals,
    design: Array,
    offset: Array,
    kernel: Kernel,
    names: tuple[str, ...],
    best: Maximum,
    at: int,
    drop: float,
) -> tuple[float | None, float | None]:
    """Ends of the interval of one coefficient.

    Parameters
    ----------
    totals, design, offset, kernel, names
        As in `maximise`.
    best : Maximum
        Its result.
    at : int
        The coefficient.
    drop : float
        Half the quantile of the chi-squared distribution by which the log-likelihood may fall.

    Returns
    -------
    (float or None, float or None)
        None where the likelihood does not fall as far on that side.
    """
    rest = [number for number in range(design.shape[1]) if number != at]

    def fall(value: float) -> float:
        moved = offset + design[:, at] * value
        if rest or kernel != "poisson":
            if not rest:
                return best.loglik - _dispersion_only(totals, design, moved, kernel) - drop
            others = tuple(names[number] for number in rest)
            found = maximise(totals, design[:, rest], moved, kernel, others, best.beta[rest])
            return best.loglik - found.loglik - drop
        likelihood = Likelihood.of(totals, design[:, rest], moved, kernel)
        return best.loglik - likelihood.loglik(np.zeros(0)) - drop

    step = float(np.sqrt(best.covariance[at, at]))
    centre = float(best.beta[at])
    return _end(fall, centre, -step), _end(fall, centre, step)


def _dispersion_only(totals: Totals, design: Array, offset: Array, kernel: Kernel) -> float:
    from scipy.optimize import minimize_scalar

    likelihood = Likelihood.of(totals, design[:, :0], offset, kernel)
    found = minimize_scalar(
        lambda log_alpha: -likelihood.loglik(np.array([log_alpha])), bounds=(-18.0, 10.0), method="bounded",
        options={"xatol": 1e-10},
    )  # fmt: skip
    return -float(found.fun)


def _end(fall: Callable[[float], float], centre: float, step: float) -> float | None:
    from scipy.optimize import brentq

    inside, outside = centre, centre + 2 * step
    for _ in range(60):
        try:
            value = fall(outside)
        except UndefinedEstimateError:
            return None
        if value > 0:
            return float(brentq(fall, inside, outside, xtol=1e-14, rtol=1e-12))
        inside, outside = outside, outside + 2 * (outside - centre)
        if not np.isfinite(outside) or abs(outside - centre) > 1e6 * max(1.0, abs(step)):
            return None
    return None
