"""The score of a forecast that is a set of draws."""

from __future__ import annotations

from typing import overload

import numpy as np

from casualtystats.errors import OptionError
from casualtystats.trends.scores.arrays import Array, Few, Many, given

__all__ = ["crps_sample"]


@overload
def crps_sample(y: float, ensemble: Many, fair: bool = False) -> float: ...
@overload
def crps_sample(y: Many, ensemble: Many, fair: bool = False) -> Array: ...
def crps_sample(y: Few, ensemble: Many, fair: bool = False) -> float | Array:
    r"""Continuous ranked probability score (CRPS) of a sample (ensemble) forecast.

    .. math:: \frac{1}{m} \sum_{i=1}^m |x_i - y| - \frac{1}{2 m k} \sum_{i=1}^m \sum_{j=1}^m |x_i - x_j|

    with k = m, the score of the m draws as they are, or, if fair, k = m - 1: then its mean over samples is the score of
    the distribution that the draws come from.

    Parameters
    ----------
    y : float, or sequence, array or series of float
        What was observed.
    ensemble : sequence or array of float
        Draws: of shape (m,) for one observation, (n, m) for n of them. Draws for one observation are not ordered.
    fair : bool, default False
        Whether to correct for the number of draws. A fair score may be negative.

    Returns
    -------
    float or array (n,)
        In the unit of y; smaller is better.

    Raises
    ------
    OptionError
        If a number is missing, there are fewer than two draws for a fair score, or the shapes differ.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102, 359-378. doi:10.1198/016214506000001437
    Ferro, C. A. T. (2014). Fair scores for ensemble forecasts. Quarterly Journal of the Royal Meteorological Society
    140, 1917-1923. doi:10.1002/qj.2270

    Examples
    --------
    >>> round(crps_sample(5, [0, 2, 3, 7, 20]), 12), round(crps_sample(5, [0, 2, 3, 7, 20], fair=True), 12)
    (1.8, 0.9)
    >>> crps_sample([5, 2], [[4, 6], [2, 2]]).tolist()
    [0.5, 0.0]
    """
    seen, draws = given("y", y), given("ensemble", ensemble)
    if seen.ndim > 1 or draws.ndim != seen.ndim + 1 or draws.shape[:-1] != seen.shape:
        raise OptionError(
            f"expected ensemble= of shape (draws,) for one observation or (observations, draws) for several, got "
            f"{draws.shape} for y of shape {seen.shape}"
        )
    m = draws.shape[-1]
    if not isinstance(fair, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected fair= True or False, got {fair!r}")
    if fair and m < 2:
        raise OptionError(f"expected at least two draws for a fair score, got {m}; use fair=False")
    ordered = np.sort(draws, axis=-1)
    distance = np.abs(ordered - seen[..., None]).mean(axis=-1)
    # In order, draw i (from 1) stands above i - 1 draws and below m - i: the double sum needs m terms.
    rank: Array = np.arange(1.0 - m, m, 2.0)
    within = (ordered * rank).sum(axis=-1) / (m * (m - 1 if fair else m))
    found = distance - within
    return float(found) if seen.ndim == 0 else np.asarray(found)
