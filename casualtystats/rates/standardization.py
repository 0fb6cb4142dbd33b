"""Directly standardised rates: what the rate would be in a population of a given make-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.printing import format_rate
from casualtystats.rates.sampling import byar, check_level, garwood, level_text

__all__ = ["StandardizedRate", "standardize_direct"]

Method = Literal["fay-feuer", "dobson-exact", "dobson-byar"]
_METHODS: Final[tuple[Method, ...]] = get_args(Method)


@dataclass(frozen=True, slots=True)
class StandardizedRate:
    """A directly standardised rate, with its sampling interval, level and method."""

    rate: float
    variance: float
    ci_low: float
    ci_high: float
    level: float
    method: str
    per: float
    events: int

    def __str__(self) -> str:
        span = f"{format_rate(self.ci_low, 'down')} to {format_rate(self.ci_high, 'up')}"
        return f"{format_rate(self.rate)} per {self.per:,.10g} ({level_text(self.level)} {self.method} interval {span})"


def standardize_direct(
    counts: Sequence[int],
    exposures: Sequence[float],
    standard: Sequence[float],
    *,
    per: float = 100_000,
    level: float = 0.95,
    method: Method = "fay-feuer",
) -> StandardizedRate:
    r"""Directly standardised rate, the standard's shares times the rates of the strata.

    With counts x_i, exposures t_i, standard S_i, and weights w_i = (S_i / sum S) / t_i: the rate is y = sum w_i x_i
    and its variance v = sum w_i^2 x_i. Fay and Feuer: v/(2y) chi2_{alpha/2, 2y^2/v} to
    (v + k^2)/(2(y + k)) chi2_{1-alpha/2, 2(y+k)^2/(v+k^2)}, k = max w. Dobson: y + sqrt(v / X) (L - X), X the sum of
    counts and L the end of its Poisson interval (Garwood or Byar).

    Parameters
    ----------
    counts : sequence of int
        Events by stratum, whole and of 0 or more, at least one event.
    exposures : sequence of float
        People or person-days by stratum, above 0.
    standard : sequence of float
        The standard population by stratum, of 0 or more, not all 0.
    per : float, default 100,000
        The constant of the rate.
    level : float, default 0.95
        A share.
    method : {"fay-feuer", "dobson-exact", "dobson-byar"}
        The interval.

    Raises
    ------
    OptionError
        If lengths differ, a number is not possible, there is no event, or the method is not known.

    References
    ----------
    Dobson, A. J. et al. (1991). Statistics in Medicine 10, 457-462. Fay, M. P. and Feuer, E. J. (1997). Statistics in
    Medicine 16, 791-801.

    Examples
    --------
    >>> print(standardize_direct([5, 12, 40], [10_000, 8_000, 3_000], [30_000, 50_000, 20_000]))
    357 per 100,000 (95 % fay-feuer interval 269 to 464)
    """
    from scipy.stats import chi2

    share = check_level(level)
    if method not in _METHODS:
        raise OptionError(f"expected method= one of {', '.join(_METHODS)}, got {method!r}")
    x, t, s = (np.asarray(values, dtype=np.float64) for values in (counts, exposures, standard))
    if not (x.ndim == 1 and x.shape == t.shape == s.shape and x.size):
        raise OptionError(
            f"expected counts, exposures and standard of one length, got {len(counts)}, {len(exposures)}, {len(standard)}"
        )
    fine = np.isfinite(x).all() and np.isfinite(t).all() and np.isfinite(s).all()
    if not fine or (x < 0).any() or (x != np.floor(x)).any() or (t <= 0).any() or (s < 0).any() or not s.any():
        raise OptionError(
            "expected whole counts of 0 or more, exposures above 0 and a standard of 0 or more, not all 0"
        )
    if not x.any():
        raise OptionError("expected at least one event, got none: a standardised rate of no event has no interval here")
    weights = s / s.sum() / t
    rate, variance = float(weights @ x), float(weights**2 @ x)
    if variance == 0:
        raise OptionError("expected an event in a stratum that the standard gives weight to, got none")
    tail, events = (1 - share) / 2, int(x.sum())
    if method == "fay-feuer":
        largest = float(weights.max())
        low = variance / (2 * rate) * float(chi2.ppf(tail, 2 * rate**2 / variance))
        wide = variance + largest**2
        high = wide / (2 * (rate + largest)) * float(chi2.ppf(1 - tail, 2 * (rate + largest) ** 2 / wide))
    else:
        ends = garwood(events, share) if method == "dobson-exact" else byar(events, share)
        low, high = (rate + (variance / events) ** 0.5 * (end - events) for end in ends)
    return StandardizedRate(rate * per, variance, max(0.0, low) * per, high * per, share, method, per, events)
