"""Growth in words: shares per day, and doubling or halving times that claim no more than is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from casualtystats.printing import Rounding, format_rate
from casualtystats.rates.sampling import level_text

__all__ = ["Coefficient", "Doubling", "Interval", "RatioOverTime", "percent_span", "share_of"]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its sampling interval.

    Attributes
    ----------
    value, low, high : float
        The value and the ends of its interval; a growth is a share: 0.03 is +3 %.
    level : float
        Level of the interval, as a share.

    Examples
    --------
    >>> print(Interval(0.0313, 0.0258, 0.0367, 0.95))
    +3.13 % (95 % interval +2.58 to +3.67 %)
    """

    value: float
    low: float
    high: float
    level: float

    def __str__(self) -> str:
        return f"{_percent(self.value)} % ({self.range()})"

    def range(self) -> str:
        """The interval in words."""
        return f"{level_text(self.level)} interval {_percent(self.low, 'down')} to {_percent(self.high, 'up')} %"


def share_of(log_growth: float) -> float:
    """exp(b) - 1, infinite where that has no number.

    Examples
    --------
    >>> share_of(0.0), share_of(1000.0)
    (0.0, inf)
    """
    return math.expm1(log_growth) if log_growth < 700 else math.inf


def percent_span(low: float, high: float) -> str:
    """A range of shares in words, widened outward to the printed digits.

    Examples
    --------
    >>> percent_span(-0.0123, 0.0456)
    '-1.23 to +4.56 %'
    """
    return f"{_percent(low, 'down')} to {_percent(high, 'up')} %"


@dataclass(frozen=True, slots=True)
class RatioOverTime:
    """The ratio of the means of two days, of `second` over `first`.

    Attributes
    ----------
    ratio, low, high : float
        The ratio and the ends of its interval.
    level : float
        Its level, as a share.
    first, second : date
        The days.

    Examples
    --------
    >>> print(RatioOverTime(2.0, 1.5, 2.7, 0.95, date(2019, 5, 1), date(2019, 5, 31)))
    2019-05-31 over 2019-05-01: rate ratio 2.00 (95 % interval 1.50 to 2.70)
    """

    ratio: float
    low: float
    high: float
    level: float
    first: date
    second: date

    def __str__(self) -> str:
        span = f"{format_rate(self.low, 'down')} to {format_rate(self.high, 'up')}"
        return f"{self.second} over {self.first}: rate ratio {format_rate(self.ratio)} ({level_text(self.level)} interval {span})"


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient with its interval, on the scale of the log of the mean.

    Attributes
    ----------
    value, low, high : float
        The coefficient and the ends of its interval; infinite where there is none.
    level : float
        Level of the interval, as a share.

    Examples
    --------
    >>> print(Coefficient(0.0308, 0.0255, 0.0361, 0.95))
    0.0308 (95 % interval 0.0255 to 0.0361)
    """

    value: float
    low: float
    high: float
    level: float

    def __str__(self) -> str:
        return f"{self.value:.3g} ({level_text(self.level)} interval {self.low:.3g} to {self.high:.3g})"


def _percent(share: float, rounding: Rounding = "nearest") -> str:
    if math.isinf(share):
        return "+infinity"
    # A product's last bits must not push a bound up by a digit.
    text = format_rate(round(100 * share, 12), rounding)
    return f"+{text}" if share > 0 else text


@dataclass(frozen=True, slots=True)
class Doubling:
    """The time in which reported counts double or halve: ln 2 / b, with b the growth of the log per day.

    Attributes
    ----------
    b, low, high : float
        Growth of the log per day, and the ends of its interval.
    level : float
        Level of the interval, as a share.

    Notes
    -----
    Where the interval of b spans zero, the time is not an interval: it runs from ln 2 / b_high through "no
    change" to halving in ln 2 / |b_low|. It is then told in these words, and no single time is.

    Examples
    --------
    >>> print(Doubling(0.0308, 0.0255, 0.036, 0.95))
    doubling in 22.5 days (19.2 to 27.2)
    >>> print(Doubling(0.002, -0.01, 0.014, 0.95))
    halving in 69.3 days or slower, no change, or doubling in 49.5 days or slower
    """

    b: float
    low: float
    high: float
    level: float

    @property
    def certain(self) -> bool:
        """Whether the interval of the growth leaves out zero, so that the direction is known."""
        return self.low > 0 or self.high < 0

    @property
    def days(self) -> float | None:
        """Time to double, or to halve where counts fall; None where the direction is not known."""
        return math.log(2) / abs(self.b) if self.certain else None

    @property
    def days_low(self) -> float | None:
        """Shortest time in the interval; None where the direction is not known."""
        return math.log(2) / max(abs(self.low), abs(self.high)) if self.certain else None

    @property
    def days_high(self) -> float | None:
        """Longest time in the interval; None where the direction is not known."""
        return math.log(2) / min(abs(self.low), abs(self.high)) if self.certain else None

    @property
    def direction(self) -> str:
        """Which way counts go: "doubling", "halving" or "not known"."""
        return "not known" if not self.certain else "doubling" if self.b > 0 else "halving"

    def __str__(self) -> str:
        if self.days is not None and self.days_low is not None and self.days_high is not None:
            low, high = format_rate(self.days_low, "down"), format_rate(self.days_high, "up")
            return f"{self.direction} in {format_rate(self.days)} days ({low} to {high})"
        # Times are rounded down: a shorter time is the weaker claim.
        ways = [_or_slower("halving", self.low)] if self.low < 0 else []
        ways.append("no change")
        if self.high > 0:
            ways.append(_or_slower("doubling", self.high))
        return " or ".join(ways) if len(ways) < 3 else f"{ways[0]}, {ways[1]}, or {ways[2]}"


def _or_slower(word: str, b: float) -> str:
    return f"{word} in {format_rate(math.log(2) / abs(b), 'down')} days or slower"
