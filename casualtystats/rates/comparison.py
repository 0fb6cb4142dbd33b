"""Comparing two rates: the exact conditional interval of their ratio."""

from __future__ import annotations

import math
from dataclasses import dataclass

from casualtystats.errors import OptionError
from casualtystats.printing import format_rate
from casualtystats.rates.sampling import check_level, level_text

__all__ = ["RateRatio", "rate_ratio"]


@dataclass(frozen=True, slots=True)
class RateRatio:
    """The ratio of two rates, with its sampling interval.

    Attributes
    ----------
    ratio : float or None
        First rate over second; None where the second count is 0.
    ci_low : float
        Lower end of the interval.
    ci_high : float or None
        Upper end; None where none is known (a second count of 0).
    level : float
        Its level.
    p_value : float
        Of equal rates, two-sided, exact.
    method : str
        "exact conditional".
    """

    ratio: float | None
    ci_low: float
    ci_high: float | None
    level: float
    p_value: float
    method: str = "exact conditional"

    def __str__(self) -> str:
        high = "no upper end" if self.ci_high is None else f"to {format_rate(self.ci_high, 'up')}"
        ratio = "no ratio" if self.ratio is None else format_rate(self.ratio)
        return f"rate ratio {ratio} ({level_text(self.level)} {self.method} interval {format_rate(self.ci_low, 'down')} {high})"


def rate_ratio(count: int, exposure: float, other: int, other_exposure: float, level: float = 0.95) -> RateRatio:
    r"""Ratio of two Poisson rates, x1/t1 over x2/t2, with the exact conditional interval.

    Given their sum, x1 is binomial with p = r t1 / (r t1 + t2), r the ratio. The Clopper-Pearson interval of p, turned
    back by r = p/(1-p) * t2/t1, is the interval of the ratio.

    Parameters
    ----------
    count, other : int
        Whole counts of 0 or more.
    exposure, other_exposure : float
        Days or person-days, above 0, in one unit.
    level : float, default 0.95
        A share.

    Raises
    ------
    OptionError
        If a count or exposure is not possible, or both counts are 0.

    Notes
    -----
    Chance variation alone: it assumes that both counts are complete and that deaths do not come in batches.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26, 404-413.

    Examples
    --------
    >>> print(rate_ratio(119, 38, 42, 20))
    rate ratio 1.49 (95 % exact conditional interval 1.04 to 2.18)
    """
    from scipy.stats import binomtest

    share = check_level(level)
    for number in (count, other):
        if isinstance(number, bool) or number < 0 or number != int(number):
            raise OptionError(f"expected whole counts of 0 or more, got {count!r} and {other!r}")
    for time in (exposure, other_exposure):
        if not (math.isfinite(time) and time > 0):
            raise OptionError(f"expected exposures above 0, got {exposure!r} and {other_exposure!r}")
    if count + other == 0:
        raise OptionError(
            "expected at least one event in the two counts together, got 0 and 0: their ratio is not defined"
        )
    test = binomtest(int(count), int(count + other), exposure / (exposure + other_exposure))
    interval = test.proportion_ci(confidence_level=share, method="exact")
    scale = other_exposure / exposure
    ratio = None if other == 0 else count / other * scale
    high = None if other == 0 else float(interval.high / (1 - interval.high) * scale)
    low = float(interval.low / (1 - interval.low) * scale)
    return RateRatio(ratio, low, high, share, float(test.pvalue))
