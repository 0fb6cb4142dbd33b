"""Comparing two rates by their ratio: the exact conditional interval, and what floors leave of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, get_args, overload

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.rates.conditional import conditional_ends, conditional_p
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.operands import Operand, check_pair, of_numbers, of_series
from casualtystats.rates.printed import printed
from casualtystats.rates.result import RateSeries
from casualtystats.rates.sampling import check_level, level_text

__all__ = ["RateRatio", "RatioMethod", "check_method", "rate_ratio", "ratio_of"]

RatioMethod = Literal["exact", "midp"]
_METHODS: Final[dict[str, str]] = {"exact": "exact conditional", "midp": "mid-P conditional"}
BELOW: Final = ", lower end only: the first count is a floor"
_NO_RATIO: Final = "not defined, as the second count is 0"
ABOVE: Final = ", upper end only: the second count is a floor"


@dataclass(frozen=True, slots=True)
class RateRatio:
    """The ratio of two rates, with its sampling interval.

    Attributes
    ----------
    ratio : float or None
        First rate over second; None where the second count is 0, or a count is a floor.
    ci_low : float
        Lower end of the interval; 0 where none is known.
    ci_high : float or None
        Upper end; None where none is known (a second count of 0, a first count that is a floor).
    level : float
        Its level.
    p_value : float or None
        Of equal rates, two-sided; None where a count is a floor.
    method : str
        "exact conditional" or "mid-P conditional", and which end there is of floors.
    low, high : float or None
        Source range of the ratio: what the bounds of both rates leave. None where no bound is known.
    label, reference : str
        The two periods or places; empty for plain numbers.
    """

    ratio: float | None
    ci_low: float
    ci_high: float | None
    level: float
    p_value: float | None
    method: str = "exact conditional"
    low: float | None = None
    high: float | None = None
    label: str = ""
    reference: str = ""

    def __str__(self) -> str:
        which = f"rate ratio, {self.label} over {self.reference}:" if self.reference else "rate ratio"
        name = f"{level_text(self.level)} {self.method.split(',')[0]} interval"
        low = printed(self.ci_low, "down")
        if self.method.endswith(ABOVE):
            # The first count is complete, so that there is an upper end unless nothing bounds its exposure.
            most = "not bounded" if self.high is None else f"at most {printed(self.high, 'up')}"
            return f"{which} {most}, over a floor ({name}: up to {printed(self.ci_high or 0.0, 'up')})"
        if self.method.endswith(BELOW):
            # Where a rate of 0 is divided by, there is no ratio and no bound of one.
            least = _NO_RATIO if self.low is None else f"at least {printed(self.low, 'down')}"
            return f"{which} {least}, of a floor ({name}: {low} and above)"
        span = (
            f"{name} from {low}, no upper end"
            if self.ci_high is None
            else f"{name} {low} to {printed(self.ci_high, 'up')}"
        )
        ratio = _NO_RATIO if self.ratio is None else printed(self.ratio)
        return f"{which} {ratio} ({span})"

    def to_frame(self) -> pl.DataFrame:
        """The ratio as a frame of one row."""
        row = {name: getattr(self, name) for name in self.__dataclass_fields__}
        numbers = ("ratio", "ci_low", "ci_high", "level", "p_value", "low", "high")
        return pl.DataFrame([row], schema_overrides=dict.fromkeys(numbers, pl.Float64))

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    def _repr_html_(self) -> str:
        return html_table(self.to_frame(), str(self))


@overload
def rate_ratio(
    count: RateSeries, exposure: RateSeries, /, *, level: float = 0.95, method: RatioMethod = "exact"
) -> RateRatio: ...
@overload
def rate_ratio(
    count: int,
    exposure: float | Exposure,
    other: int,
    other_exposure: float | Exposure,
    level: float = 0.95,
    *,
    method: RatioMethod = "exact",
) -> RateRatio: ...
def rate_ratio(
    count: int | RateSeries, exposure: float | Exposure | RateSeries, other: int | None = None,
    other_exposure: float | Exposure | None = None, level: float = 0.95, *, method: RatioMethod = "exact",
) -> RateRatio:  # fmt: skip
    r"""Ratio of two rates, the first over the second, with the exact conditional interval.

    Given their sum, x1 is binomial with p = r t1 / (r t1 + t2), r the ratio, x the counts and t the exposures. The
    Clopper-Pearson interval of p, turned back by r = p/(1-p) * t2/t1, is the interval of the ratio.

    Parameters
    ----------
    count, other : int
        Whole counts of 0 or more. Or, as the only two arguments, two series of one rate each: `rate_ratio(during,
        before)`. `rates.row("2019-05-01")` is one rate of a series of many, which as a whole has `.ratio(reference=...)`.
    exposure, other_exposure : float or Exposure
        Days or person-days, above 0, in one unit; of the result of `person_days` the best value.
    level : float, default 0.95
        A share.
    method : {"exact", "midp"}
        "midp" counts half of the probability of what was observed: narrower, and not guaranteed to hold its level.

    Returns
    -------
    RateRatio
        Where the second count is 0 there is neither a ratio nor an upper end; where the first is 0 the lower end is 0. A
        first count that is a floor leaves the lower end only, a second one the upper end only.

    Raises
    ------
    OptionError
        If a count or exposure is not possible, both counts are 0, both are floors, or a rate can not be compared: its
        period is fuzzy, its count derived by spreading, or without a best value.
    MeasureError
        If the rates are not per the same, of different things, or per people over periods of different length.

    Notes
    -----
    The exact p-value is of all splits no likelier than the one observed, and the interval has equal tails: near the level
    one may exclude 1 where the other does not. With "midp" both have equal tails, and agree.

    Chance variation alone: it assumes that both counts are as complete as each other and that deaths do not come in
    batches. `statsmodels` has no exact interval of the ratio, and its score interval fails at a count of 0.

    References
    ----------
    Clopper, C. J. and Pearson, E. S. (1934). Biometrika 26, 404-413.

    Examples
    --------
    >>> print(rate_ratio(119, 38, 42, 20))
    rate ratio 1.49 (95 % exact conditional interval 1.04 to 2.18)
    """
    if isinstance(count, RateSeries):
        if not isinstance(exposure, RateSeries) or other is not None or other_exposure is not None:
            raise OptionError("expected two series of one rate each, or two counts each with its exposure")
        return ratio_of(of_series(count, "first rate"), of_series(exposure, "second rate"), level, method)
    return ratio_of(of_numbers(count, exposure), of_numbers(other, other_exposure), level, method)


def ratio_of(one: Operand, other: Operand, level: float, method: RatioMethod) -> RateRatio:
    """The ratio of two operands.

    Raises
    ------
    OptionError, MeasureError
        As in `rate_ratio`.
    """
    share = check_level(level)
    check_method(method)
    check_pair(one, other)
    if one.count + other.count == 0:
        raise OptionError(
            "expected at least one event in the two counts together, got 0 and 0: their ratio is not defined"
        )
    lower, upper = conditional_ends(one.count, other.count, share, method)
    scale = other.exposure / one.exposure
    low = 0.0 if other.floor else lower * scale
    high = None if upper is None or one.floor else upper * scale
    floor = one.floor or other.floor
    ratio = None if floor or other.count == 0 else one.count / other.count * scale
    p_value = None if floor else conditional_p(one.count, other.count, one.exposure, other.exposure, method)
    name = _METHODS[method] + (BELOW if one.floor else ABOVE if other.floor else "")
    least = 0.0 if other.high is None else _over(one.low, other.high)
    return RateRatio(
        ratio, low, high, share, p_value, name, least, _over(one.high, other.low), one.label, other.label
    )  # fmt: skip


def check_method(method: str) -> None:
    """Refuse a method that is not known.

    Raises
    ------
    OptionError
        If it is not "exact" or "midp".
    """
    if method not in get_args(RatioMethod):
        raise OptionError(f"expected method= 'exact' or 'midp', got {method!r}")


def _over(top: float | None, bottom: float | None) -> float | None:
    return None if top is None or not bottom else top / bottom
