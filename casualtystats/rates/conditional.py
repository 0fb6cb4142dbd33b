"""Intervals and p-values of a ratio of two Poisson counts, given their sum: a matter of one binomial share."""

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
    total, tail = count + other, (1 - check_level(level)) / 2
    if method == "exact":
        from scipy.special import betaincinv

        low = float(betaincinv(count, other + 1, tail)) if count else 0.0
        high = float(betaincinv(count + 1, other, 1 - tail)) if other else 1.0
        # From the other side, where 1 - p would lose its digits.
        rest = float(betaincinv(other, count + 1, tail)) if other else 0.0
        return low / (1 - low), None if not rest else high / rest
    low = _root(count, total, 1 - tail) if count else 0.0
    rest = _root(other, total, 1 - tail) if other else 0.0
    return low / (1 - low), None if not rest else (1 - rest) / rest


def conditional_p(count: int, other: int, exposure: float, other_exposure: float, method: str) -> float:
    """Two-sided p-value of equal rates: of all splits no likelier than this one, or twice the smaller mid-P tail."""
    share = exposure / (exposure + other_exposure)
    if method == "exact":
        from scipy.stats import binomtest

        return float(binomtest(count, count + other, share).pvalue)
    less = _below(count, count + other, share)
    return min(1.0, 2 * min(less, 1 - less))


def _below(count: int, total: int, share: float) -> float:
    """P(X < x) + P(X = x)/2 of a binomial count."""
    from scipy.special import betainc

    # P(X <= k) = I_{1-p}(n - k, k + 1)
    less = float(betainc(total - count + 1, count, 1 - share)) if count else 0.0
    with_it = float(betainc(total - count, count + 1, 1 - share)) if count < total else 1.0
    return (less + with_it) / 2


def _root(count: int, total: int, wanted: float) -> float:
    """The share at which `_below`, which falls with it, is what is wanted."""
    left, right = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        if _below(count, total, middle) > wanted:
            left = middle
        else:
            right = middle
    return (left + right) / 2
