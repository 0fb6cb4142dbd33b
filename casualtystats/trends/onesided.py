"""What lower bounds alone say of a mean: a one-sided answer."""

from __future__ import annotations

from casualtystats.errors import OptionError
from casualtystats.rates.sampling import check_level

__all__ = ["mean_at_least"]


def mean_at_least(floor: int, level: float = 0.95) -> float:
    r"""One-sided lower confidence bound of the mean of a Poisson count that was reported as "at least n".

    The likelihood of P(Y >= n) rises with the mean without end: no mean fits best. The bound is the mean under which a
    count of n or more has the probability 1 - level,

    .. math:: P(Y \ge n \mid \mu_L) = 1 - \text{level},

    which is the quantile 1 - level of the gamma distribution of shape n.

    Parameters
    ----------
    floor : int
        The lower bound n, whole and of 0 or more. The sum of floors of disjoint periods bounds the mean of their sum.
    level : float, default 0.95
        Level of the one-sided bound, as a share.

    Returns
    -------
    float
        The bound, in the unit of the count; 0 for n = 0.

    Raises
    ------
    OptionError
        If the floor is not a whole number of 0 or more, or the level is not a share.

    Examples
    --------
    >>> round(mean_at_least(42), 3)
    31.938
    """
    from scipy.special import gammaincinv

    share = check_level(level)
    if isinstance(floor, bool) or not floor >= 0 or floor != int(floor):
        raise OptionError(f"expected a whole lower bound of 0 or more, got {floor!r}")
    return float(gammaincinv(floor, 1 - share)) if floor > 0 else 0.0
