"""The greatest log-likelihood: a trust-region search in scaled parameters, from the Poisson values on.

The covariates are replaced by orthonormal combinations of them while the search runs, so that days and years, or nearly
collinear terms, are found alike. `scipy.optimize.minimize(method="trust-exact")` uses the exact Hessian.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from casualtystats.errors import OptionError, UndefinedEstimateError
from casualtystats.trends.likelihood.counts import Kernel
from casualtystats.trends.likelihood.objective import Likelihood, Value
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Totals

__all__ = ["Maximum", "maximise"]

_RANK: Final = 1e-9
_GRADIENT: Final = 1e-8
_FLAT: Final = 1e-6
_MOST_STEPS: Final = 60
_SETTLED: Final = 1e-11
_SMALLEST_LOG_ALPHA: Final = -14.0
_WIDE: Final = 1.0
_STEEP: Final = 6.0
_UNSETTLED: Final = (
    "expected counts whose trend can be fitted; the fit does not settle on one value: the likelihood rises or stays flat "
    "without end. Exact counts on both sides of a change, or fewer terms, are needed"
)


@dataclass(frozen=True, eq=False)
class Maximum:
    """Maximum-likelihood values.

    Attributes
    ----------
    beta : array
        Coefficients of the covariates as they were given.
    alpha : float or None
        Dispersion; None for Poisson, 0 where the likelihood of a negative binomial is greatest at its edge.
    covariance : array
        Inverse of the observed information of (beta, alpha), or of beta alone where alpha is None or 0.
    loglik : float
        The greatest log-likelihood.
    """

    beta: Array
    alpha: float | None
    covariance: Array
    loglik: float


def maximise(
    totals: Totals, design: Array, offset: Array, kernel: Kernel, names: tuple[str, ...], start: Array | None = None
) -> Maximum:
    """Fit by maximum likelihood.

    Parameters
    ----------
    totals : Totals
        Counts and the days that they speak about.
    design : array (days, terms)
        Covariates of each day, from day 0.
    offset : array (days)
        Log of the exposure of each day plus its offset.
    kernel : {"poisson", "nb1", "nb2"}
        Distribution of the totals.
    names : tuple of str
        Names of the terms, for messages.
    start : array, optional
        Coefficients to start from.

    Raises
    ------
    OptionError
        If the totals can not tell the terms apart.
    UndefinedEstimateError
        If no finite value has the greatest likelihood.
    """
    turn = _turn(totals, design, offset, names)
    scaled = design @ turn
    poisson = Likelihood.of(totals, scaled, offset, "poisson")
    first = _first(poisson, totals) if start is None else np.asarray(np.linalg.solve(turn, start), dtype=np.float64)
    point = _search(poisson, first)
    if kernel == "poisson":
        return _finished(poisson, point, turn, None)
    likelihood = Likelihood.of(totals, scaled, offset, kernel)
    wide = _search_dispersion(likelihood, poisson, point)
    if wide is None:
        return _finished(poisson, point, turn, 0.0)
    return _finished(likelihood, wide, turn, float(np.exp(wide[-1])))


def _turn(totals: Totals, design: Array, offset: Array, names: tuple[str, ...]) -> Array:
    """The matrix that makes the mean covariates of the totals orthonormal."""
    from scipy.linalg import qr

    flat = Likelihood.of(totals, design, offset, "poisson").link.at(np.zeros(len(names))).mean_x
    size = np.sqrt((flat**2).mean(axis=0))
    _, triangle, order = qr(flat / np.where(size > 0, size, 1.0), mode="economic", pivoting=True)
    diagonal = np.zeros(design.shape[1])
    diagonal[: min(triangle.shape)] = np.abs(np.diag(triangle))
    lost = [names[int(order[at])] for at in np.flatnonzero(diagonal <= _RANK * max(float(diagonal[0]), 1e-300))]
    if lost:
        raise OptionError(
            f"expected terms that the totals can tell apart, got {', '.join(lost)} that follows from the others over the "
            "periods used (a day of the week can not be seen in weekly totals); leave it out"
        )
    # Columns of flat / size in pivot order are Q R: the turned covariates are Q, scaled to a mean square of 1.
    turn = np.zeros_like(triangle)
    turn[order] = np.linalg.inv(triangle) * np.sqrt(len(flat))
    return np.asarray(turn / np.where(size > 0, size, 1.0)[:, None])


def _first(likelihood: Likelihood, totals: Totals) -> Array:
    """A constant mean that gives about the counts as they stand, as nearly as the terms allow one."""
    linked = likelihood.link.at(np.zeros(likelihood.parameters))
    counts = np.where(np.isfinite(totals.high), (totals.low + totals.high) / 2, totals.low)
    level = np.log(max(float(counts.mean()), 0.5)) - np.log(
        float(np.exp(linked.log_mean - linked.log_mean.max()).mean())
    )
    target = np.full(len(counts), level - float(linked.log_mean.max()))
    return np.asarray(np.linalg.lstsq(linked.mean_x, target, rcond=None)[0], dtype=np.float64)


def _search(likelihood: Likelihood, first: Array) -> Array:
    from scipy import optimize

    minimize: Any = optimize.minimize

    scale = 1 / max(1.0, float(np.sum(likelihood.totals.low)))
    # The search asks for value, gradient and Hessian of one point one after the other.
    seen: dict[bytes, tuple[float, Array, Array]] = {}

    def at(point: Any) -> tuple[float, Array, Array]:
        key = point.tobytes()
        if key not in seen:
            seen.clear()
            with np.errstate(all="ignore"):
                value = likelihood.at(point)
            whole = (-scale * value.loglik, -scale * value.gradient, -scale * value.hessian)
            fine = all(np.isfinite(part).all() for part in whole)
            blocked = (1e300, np.zeros_like(point), np.eye(len(point)))
            seen[key] = whole if fine else blocked
        return seen[key]

    def part(which: int, point: Any) -> Any:
        return at(point)[which]

    with np.errstate(all="ignore"):
        found = minimize(
            partial(part, 0), first, jac=partial(part, 1), hess=partial(part, 2),
            method="trust-exact", options={"gtol": _GRADIENT * 1e-2, "maxiter": 500, "initial_trust_radius": 1.0},
        )  # fmt: skip
    return _polished(likelihood, np.asarray(found.x, dtype=np.float64))


def _polished(likelihood: Likelihood, point: Array) -> Array:
    """Newton steps for the last digits, halved until they raise the likelihood or flatten its slope."""
    # What the last bits of the sums of counts times logs leave open.
    slack = 1e-13 * max(10.0, float(likelihood.totals.low.sum()))
    with np.errstate(all="ignore"):
        value = likelihood.at(point)
        for _ in range(_MOST_STEPS):
            step = _newton(value)
            if step is None or float(np.abs(step).max()) < _SETTLED:
                break
            small = float(np.abs(step).max()) < 1e-6
            for _ in range(3 if small else 30):
                after = likelihood.at(point + step)
                if _better(after, value, slack):
                    break
                step = step / 2
            else:
                break
            point, value = point + step, after
    return point


def _newton(value: Value) -> Array | None:
    """The Newton step where the likelihood bends downward in every direction."""
    if not (np.isfinite(value.hessian).all() and np.isfinite(value.gradient).all()):
        return None
    try:
        np.linalg.cholesky(-value.hessian)
        step = np.linalg.solve(-value.hessian, value.gradient)
    except np.linalg.LinAlgError:
        return None
    return np.asarray(step, dtype=np.float64) if np.isfinite(step).all() else None


def _better(after: Value, before: Value, slack: float) -> bool:
    if not (np.isfinite(after.loglik) and np.isfinite(after.gradient).all()):
        return False
    flatter = float(np.abs(after.gradient).max()) < float(np.abs(before.gradient).max())
    return after.loglik > before.loglik + slack or (flatter and after.loglik > before.loglik - slack)


def _search_dispersion(likelihood: Likelihood, poisson: Likelihood, point: Array) -> Array | None:
    """The point with its log(alpha), or None where the likelihood is greatest without any dispersion."""
    moment = _first_alpha(likelihood.kernel, poisson, point)
    tops = [_search(likelihood, np.append(point, np.log(moment)))]
    logs = poisson.link.at(point).log_mean
    if np.exp(tops[0][-1]) > _WIDE or float(logs.max() - logs.min()) > _STEEP:
        # Steep growth and wide dispersion explain the same counts: the likelihood may have two tops.
        flat = point * 0.0
        flat[:] = _first(poisson, poisson.totals)
        for start in (point, flat):
            tops += [_search(likelihood, np.append(start, np.log(alpha))) for alpha in (0.1, 1.0, 10.0)]
    heights = [likelihood.loglik(top) for top in tops]
    best = int(np.argmax([height if np.isfinite(height) else -np.inf for height in heights]))
    found, height = tops[best], heights[best]
    if not np.isfinite(height) or found[-1] < _SMALLEST_LOG_ALPHA or height <= poisson.loglik(point) + 1e-9:
        return None
    return found


def _first_alpha(kernel: Kernel, poisson: Likelihood, point: Array) -> float:
    """By moments of the totals as they stand; at least a little."""
    totals = poisson.totals
    low, high = totals.row_bounds()
    counts = np.where(np.isfinite(high), (low + high) / 2, low)
    means = poisson.row_means(point)
    excess = (counts - means) ** 2 - counts
    alpha = float(excess.sum() / (means**2).sum()) if kernel == "nb2" else float((excess / means).mean())
    return min(max(alpha, 1e-2), 1e3)


def _finished(likelihood: Likelihood, point: Array, turn: Array, alpha: float | None) -> Maximum:
    with np.errstate(all="ignore"):
        value = likelihood.at(point)
    _refuse_flat(likelihood, value.gradient, value.hessian)
    size = turn.shape[0]
    covariance = np.linalg.inv(-value.hessian)
    whole = np.eye(len(point))
    whole[:size, :size] = turn
    if len(point) > size:
        # From log(alpha) to alpha.
        whole[size, size] = float(alpha or 0.0)
    return Maximum(turn @ point[:size], alpha, whole @ covariance @ whole.T, value.loglik)


def _refuse_flat(likelihood: Likelihood, gradient: Array, hessian: Array) -> None:
    """Refuse a point that is no maximum: the likelihood still rises there, or is flat in some direction."""
    if not (np.isfinite(hessian).all() and np.isfinite(gradient).all()):
        raise UndefinedEstimateError(_UNSETTLED)
    bends = np.linalg.eigvalsh(-(hessian + hessian.T) / 2)
    settled = float(np.abs(gradient).max()) <= 1e-4 * max(1.0, float(np.sqrt(bends.max() if bends.max() > 0 else 1.0)))
    if not settled or bends[0] <= _FLAT:
        raise UndefinedEstimateError(_UNSETTLED)
