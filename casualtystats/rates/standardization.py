"""Directly standardised rates: what the rate would be in a population of a given make-up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.printing import format_rate
from casualtystats.rates.compound import fay_feuer
from casualtystats.rates.given import number
from casualtystats.rates.sampling import byar, check_level, garwood, level_text, whole_counts

__all__ = ["StandardizedRate", "check_suppression", "standardize_direct", "strata"]

Method = Literal["fay-feuer", "tiwari", "dobson-exact", "dobson-byar"]
_METHODS: Final[tuple[Method, ...]] = get_args(Method)


@dataclass(frozen=True, slots=True)
class StandardizedRate:
    """A directly standardised rate, with its sampling interval, level and method.

    Attributes
    ----------
    rate : float or None
        Per `per`; None where it is suppressed.
    variance : float or None
        Of the rate per one unit of exposure; None where it is suppressed.
    ci_low, ci_high : float or None
        Sampling interval, per `per`; None where it is suppressed.
    level : float
        Its level.
    method : str
        "fay-feuer", "tiwari", "dobson-exact" or "dobson-byar".
    per : float
        The constant of the rate.
    events : int or None
        Events in the strata that the standard gives weight to; None where the count is hidden, too.
    suppressed : bool
        Whether there were fewer events than asked for.
    suppress_below : int or None
        That number of events.
    """

    rate: float | None
    variance: float | None
    ci_low: float | None
    ci_high: float | None
    level: float
    method: str
    per: float
    events: int | None
    suppressed: bool = False
    suppress_below: int | None = None

    def __str__(self) -> str:
        per = f"per {self.per:,.10g}"
        if self.rate is None or self.ci_low is None or self.ci_high is None:
            events = "" if self.events is None else f" ({self.events} {'event' if self.events == 1 else 'events'})"
            return f"suppressed: fewer than {self.suppress_below} events{events}, no rate {per}"
        span = f"{format_rate(self.ci_low, 'down')} to {format_rate(self.ci_high, 'up')}"
        return f"{format_rate(self.rate)} {per} ({level_text(self.level)} {self.method} interval {span})"

    def to_frame(self) -> pl.DataFrame:
        """The rate as a frame of one row."""
        row = {name: getattr(self, name) for name in self.__dataclass_fields__}
        types: dict[str, Any] = dict.fromkeys(("rate", "variance", "ci_low", "ci_high", "level", "per"), pl.Float64)
        types |= dict.fromkeys(("events", "suppress_below"), pl.Int64)
        return pl.DataFrame([row], schema_overrides=types)

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    def _repr_html_(self) -> str:
        return html_table(self.to_frame(), str(self))


def standardize_direct(
    counts: Sequence[int],
    exposures: Sequence[float],
    standard: Sequence[float],
    *,
    per: float = 100_000,
    level: float = 0.95,
    method: Method = "fay-feuer",
    suppress_below: int | None = None,
    hide_count: bool = False,
) -> StandardizedRate:
    r"""Directly standardised rate, the standard's shares times the rates of the strata.

    With counts x_i, exposures t_i, standard S_i, and weights w_i = (S_i / sum S) / t_i: the rate is y = sum w_i x_i
    and its variance v = sum w_i^2 x_i. Fay and Feuer: v/(2y) chi2_{alpha/2, 2y^2/v} to
    (v + k^2)/(2(y + k)) chi2_{1-alpha/2, 2(y+k)^2/(v+k^2)}, k = max w. Tiwari: the same with the mean of w for k and the
    mean of w^2 for k^2 at the upper end. Dobson: y + sqrt(v / X) (L - X), X the sum of counts and L the end of its Poisson
    interval (Garwood or Byar).

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
    method : {"fay-feuer", "tiwari", "dobson-exact", "dobson-byar"}
        The interval. Dobson's is not for small counts: it is usual from 10 events on.
    suppress_below : int, optional
        With fewer events in the strata that have a weight there is no rate and no interval, and the result says so: 10 is usual.
    hide_count : bool, default False
        Whether a suppressed result hides the number of events as well.

    Raises
    ------
    OptionError
        If lengths differ, a number is not possible, there is no event, or the method is not known.

    References
    ----------
    Dobson, A. J. et al. (1991). Statistics in Medicine 10, 457-462. Fay, M. P. and Feuer, E. J. (1997). Statistics in
    Medicine 16, 791-801. Tiwari, R. C., Clegg, L. X. and Zou, Z. (2006). Statistical Methods in Medical Research 15,
    547-569.

    Examples
    --------
    >>> print(standardize_direct([5, 12, 40], [10_000, 8_000, 3_000], [30_000, 50_000, 20_000]))
    357 per 100,000 (95 % fay-feuer interval 269 to 464)
    >>> print(standardize_direct([1, 3], [900, 800], [1, 1], suppress_below=10, hide_count=True))
    suppressed: fewer than 10 events, no rate per 100,000
    """
    share = check_level(level)
    if method not in _METHODS:
        raise OptionError(f"expected method= one of {', '.join(_METHODS)}, got {method!r}")
    per = number(per, "per= a number above 0")
    x, t, s = (
        np.atleast_1d(whole_counts(counts)),
        strata(exposures, "exposures"),
        strata(standard, "standard", zero=True),
    )
    if not (x.ndim == 1 and x.shape == t.shape == s.shape and x.size):
        raise OptionError(f"expected counts, exposures and standard of one length, got {x.size}, {t.size}, {s.size}")
    if not s.any():
        raise OptionError("expected a standard that is not all 0")
    # A stratum without weight in the standard gives nothing to the rate, and hides no small number.
    weighty = s > 0
    x, t, s = x[weighty], t[weighty], s[weighty]
    events = int(x.sum())
    if check_suppression(events, suppress_below):
        shown = None if hide_count else events
        return StandardizedRate(None, None, None, None, share, method, per, shown, True, suppress_below)
    if not events:
        raise OptionError(
            "expected at least one event in a stratum that the standard gives weight to, got none: a standardised rate of no "
            "event has no interval here"
        )
    weights = s / s.sum() / t
    rate, variance = float(weights @ x), float(weights**2 @ x)
    if method in ("fay-feuer", "tiwari"):
        largest = float(weights.max())
        ends_of = fay_feuer(np.array([rate]), np.array([variance]), np.array([largest]), share)
        low, high = float(ends_of[0][0]), float(ends_of[1][0])
        if method == "tiwari":
            high = _tiwari(rate, variance, float(weights.mean()), float((weights**2).mean()), share)
    else:
        ends = garwood(events, share) if method == "dobson-exact" else byar(events, share)
        low, high = (rate + (variance / events) ** 0.5 * (end - events) for end in ends)
    return StandardizedRate(
        rate * per, variance, max(0.0, low) * per, high * per, share, method, per, events, False, suppress_below
    )


def strata(values: Any, name: str, *, zero: bool = False) -> NDArray[np.float64]:
    """Numbers by stratum as an array.

    Raises
    ------
    OptionError
        If it is no sequence, or one is no number above 0 (or 0) that the formulas can hold.
    """
    given: Any = values
    if not isinstance(values, Sequence | np.ndarray | pl.Series) or isinstance(values, str):
        raise OptionError(f"expected {name} a sequence of numbers, one for each stratum; got {given!r}")
    what = f"{name} of 0 or more" if zero else f"{name} above 0"
    return np.array([number(value, what, zero=zero) for value in given], dtype=np.float64)


def check_suppression(events: int, below: int | None) -> bool:
    """Whether a result of so many events is to be suppressed.

    Raises
    ------
    OptionError
        If the limit is not a whole number above 0.
    """
    if below is None:
        return False
    if isinstance(below, bool) or not isinstance(below, int | np.integer) or below < 1:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected suppress_below= a whole number of events above 0, such as 10; got {below!r}")
    return events < below


def _tiwari(rate: float, variance: float, mean: float, mean_square: float, level: float) -> float:
    from scipy.special import gammainccinv

    wide, more = variance + mean_square, rate + mean
    return float(gammainccinv(more**2 / wide, (1 - level) / 2)) * wide / more
