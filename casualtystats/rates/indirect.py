"""Indirectly standardised rates: events observed over those expected at the rates of a standard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.printing import format_rate
from casualtystats.rates.given import number
from casualtystats.rates.midp import midp
from casualtystats.rates.sampling import byar, check_level, garwood, level_text, whole_counts
from casualtystats.rates.standardization import check_suppression, strata

__all__ = ["StandardizedRatio", "standardize_indirect"]

Method = Literal["garwood", "byar", "midp"]
_NAMES: Final[dict[str, str]] = {"garwood": "Garwood", "byar": "Byar", "midp": "mid-P"}
_ENDS: Final[dict[str, Callable[[float, float], tuple[float, float]]]] = {
    "garwood": garwood,
    "byar": byar,
    "midp": midp,
}


@dataclass(frozen=True, slots=True)
class StandardizedRatio:
    """A standardised mortality ratio (SMR): events observed over events expected.

    Attributes
    ----------
    ratio : float or None
        Observed over expected; None where it is suppressed.
    observed : int or None
        Events observed; None where the count is hidden.
    expected : float or None
        Events expected at the standard's rates; None where the count is hidden, which it would give away.
    ci_low, ci_high : float or None
        Sampling interval of the ratio; None where it is suppressed.
    level : float
        Its level.
    method : str
        "Garwood", "Byar" or "mid-P".
    suppressed : bool
        Whether there were fewer events than asked for.
    suppress_below : int or None
        That number of events.
    """

    ratio: float | None
    observed: int | None
    expected: float | None
    ci_low: float | None
    ci_high: float | None
    level: float
    method: str
    suppressed: bool = False
    suppress_below: int | None = None

    def __str__(self) -> str:
        if self.ratio is None or self.ci_low is None or self.ci_high is None or self.expected is None:
            events = (
                "" if self.observed is None else f" ({self.observed} {'event' if self.observed == 1 else 'events'})"
            )
            return f"suppressed: fewer than {self.suppress_below} events{events}, no standardised mortality ratio"
        span = f"{format_rate(self.ci_low, 'down')} to {format_rate(self.ci_high, 'up')}"
        return (
            f"standardised mortality ratio {format_rate(self.ratio)} ({self.observed} observed, "
            f"{format_rate(self.expected)} expected; {level_text(self.level)} {self.method} interval {span})"
        )

    def to_frame(self) -> pl.DataFrame:
        """The ratio as a frame of one row."""
        row = {name: getattr(self, name) for name in self.__dataclass_fields__}
        types: dict[str, Any] = dict.fromkeys(("ratio", "expected", "ci_low", "ci_high", "level"), pl.Float64)
        types |= dict.fromkeys(("observed", "suppress_below"), pl.Int64)
        return pl.DataFrame([row], schema_overrides=types)

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    def _repr_html_(self) -> str:
        return html_table(self.to_frame(), str(self))


def standardize_indirect(
    counts: int | Sequence[int],
    exposures: Sequence[float],
    standard_rates: Sequence[float],
    *,
    per: float = 1,
    level: float = 0.95,
    method: Method = "garwood",
    suppress_below: int | None = None,
    hide_count: bool = False,
) -> StandardizedRatio:
    r"""Standardised mortality ratio: events observed over those expected at the standard's rates.

    With x events in all, exposures t_i and the standard's rates r_i per `per`: expected E = sum t_i r_i / per, ratio x / E,
    interval [L / E, U / E], [L, U] the Poisson interval of x.

    Parameters
    ----------
    counts : int or sequence of int
        Events in all, or by stratum; only their sum counts.
    exposures : sequence of float
        People or person-days by stratum, above 0.
    standard_rates : sequence of float
        Rates of the standard by stratum, of 0 or more, not all 0.
    per : float, default 1
        The constant of the standard's rates, in the unit of the exposures.
    level : float, default 0.95
        A share.
    method : {"garwood", "byar", "midp"}
        The interval of the events observed.
    suppress_below : int, optional
        With fewer events there is no ratio and no interval, and the result says so: 10 is usual.
    hide_count : bool, default False
        Whether a suppressed result hides the numbers of events as well.

    Raises
    ------
    OptionError
        If lengths differ, a number is not possible, nothing is expected, or the method is not known.

    Notes
    -----
    Two such ratios do not compare with each other: each has the make-up of its own population for weights. The expected
    number is taken as known.

    References
    ----------
    Breslow, N. E. and Day, N. E. (1987). Statistical Methods in Cancer Research II, section 2.3.

    Examples
    --------
    >>> print(standardize_indirect(57, [10_000, 8_000, 3_000], [60, 120, 900], per=100_000))
    standardised mortality ratio 1.34 (57 observed, 42.6 expected; 95 % Garwood interval 1.01 to 1.74)
    """
    share = check_level(level)
    if method not in get_args(Method):
        raise OptionError(f"expected method= one of {', '.join(get_args(Method))}, got {method!r}")
    per = number(per, "per= a number above 0")
    given = whole_counts(counts)
    found = np.atleast_1d(given)
    t, r = strata(exposures, "exposures"), strata(standard_rates, "standard_rates", zero=True)
    _check(found, given.ndim == 0, t, r)
    observed = int(found.sum())
    expected = float(t @ r) / per
    if check_suppression(observed, suppress_below):
        shown: tuple[Any, Any] = (None, None) if hide_count else (observed, expected)
        return StandardizedRatio(None, *shown, None, None, share, _NAMES[method], True, suppress_below)
    low, high = _ENDS[method](observed, share)
    return StandardizedRatio(
        observed / expected,
        observed,
        expected,
        low / expected,
        high / expected,
        share,
        _NAMES[method],
        False,
        suppress_below,
    )


def _check(counts: np.ndarray[Any, Any], total: bool, t: np.ndarray[Any, Any], r: np.ndarray[Any, Any]) -> None:
    if not (t.ndim == 1 and t.shape == r.shape and t.size and (total or counts.shape == t.shape)):
        raise OptionError(
            f"expected counts (or their sum), exposures and standard_rates of one length, got {counts.size}, {t.size}, {r.size}"
        )
    if not r.any():
        raise OptionError("expected standard rates that are not all 0: no event would be expected")
