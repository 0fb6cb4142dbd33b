"""Intervals and p-values of a ratio of two Poisson counts, given their sum: a matter of one binomial share.

With p the share of the first count and q = 1 - p, the ratio is p / q. Both are computed from their own side, as one less
a share that is nearly one would lose its digits.
"""

from __future__ import annotations

from casualtystats.rates.sampling import check_level

__all__ = ["conditional_ends", "conditional_p"]

_HALVINGS = 200


def conditional_ends(count: int, other: int, level: float, method: str) -> tuple[float, float | None]:
    """Ends of the ratio of two counts of equal exposure; no upper end where the second is 0.

    Parameters
    ----------
    count, other : int
        Whole counts, not both 0.
    level : float
        A share.
    method : {"exact", "midp"}
        Clopper-Pearson, or mid-P.

    Examples
    --------
    >>> low, high = conditional_ends(0, 1, 0.95, "exact")
    >>> low, round(high, 6)
    (0.0, 39.0)
    """
    tail = (1 - check_level(level)) / 2
    lower = _exact if method == "exact" else _midp
    low, high = 0.0, None
    if count:
        share, rest = lower(count, other, tail)
        low = share / rest
    if other:
        # The upper end is the lower one of the turned ratio, turned.
        share, rest = lower(other, count, tail)
        high = rest / share
    return low, high


def conditional_p(count: int, other: int, exposure: float, other_exposure: float, method: str) -> float:
    """Two-sided p-value of equal rates: of all splits no likelier than this one, or twice the smaller mid-P tail."""
    total = exposure + other_exposure
    share, rest = exposure / total, other_exposure / total
    if method == "exact":
        from scipy.stats import binomtest

        return float(binomtest(count, count + other, share).pvalue)
    more = _above(count, other, share) if share <= rest else _above_by_rest(count, other, rest)
    less = _above(other, count, rest) if rest <= share else _above_by_rest(other, count, share)
    return min(1.0, 2 * min(more, less))


def _exact(count: int, other: int, tail: float) -> tuple[float, float]:
    """The lower end of the share of the first count, and one less it."""
    from scipy.special import betainccinv, betaincinv

    return float(betaincinv(count, other + 1, tail)), float(betainccinv(other + 1, count, tail))


def _midp(count: int, other: int, tail: float) -> tuple[float, float]:
    """As `_exact`: the share at which P(X > x) + P(X = x)/2 is the tail."""
    share, rest = (0.0, 1.0), (0.0, 1.0)
    for _ in range(_HALVINGS):
        middle = sum(share) / 2
        share = (middle, share[1]) if _above(count, other, middle) < tail else (share[0], middle)
        middle = sum(rest) / 2
        rest = (middle, rest[1]) if _above_by_rest(count, other, middle) > tail else (rest[0], middle)
    return sum(share) / 2, sum(rest) / 2


def _above(count: int, other: int, share: float) -> float:
    """P(X > x) + P(X = x)/2 of a binomial count of that share."""
    from scipy.special import betainc

    # P(X >= k) = I_p(k, n - k + 1)
    with_it = float(betainc(count, other + 1, share)) if count else 1.0
    more = float(betainc(count + 1, other, share)) if other else 0.0
    return (with_it + more) / 2


def _above_by_rest(count: int, other: int, rest: float) -> float:
    """As `_above`, by one less the share."""
    from scipy.special import betaincc

    with_it = float(betaincc(other + 1, count, rest)) if count else 1.0
    more = float(betaincc(other, count + 1, rest)) if other else 0.0
    return (with_it + more) / 2
