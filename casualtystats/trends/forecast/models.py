"""What a forecasting model is given, and what it answers: draws of whole counts, and the probability of any count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LABELS",
    "MODELS",
    "NEEDED",
    "Array",
    "Count",
    "Counts",
    "History",
    "Model",
    "Predictive",
    "generator",
    "quantiles",
]

Array: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
Model = Literal["naive", "poisson", "nb", "damped", "ensemble"]
MODELS: Final[tuple[Model, ...]] = get_args(Model)
Count = Literal["exact", "low", "best", "high"]
LABELS: Final[dict[Model, str]] = {
    "naive": "naive (last count)",
    "poisson": "Poisson trend",
    "nb": "negative binomial trend",
    "damped": "damped local trend",
    "ensemble": "ensemble",
}
# Cells that the models need: two coefficients and a dispersion, or two states, a variance and three smoothing values.
NEEDED: Final = 8


@dataclass(frozen=True, eq=False)
class History:
    """Counts of the cells known, and the lengths of the cells to forecast.

    Attributes
    ----------
    counts : array (cells)
        Whole counts.
    days : array (cells)
        Lengths of these cells, in days.
    ahead : array (horizon)
        Lengths of the cells that follow, in days.
    """

    counts: Counts
    days: Counts
    ahead: Counts


@dataclass(frozen=True, eq=False)
class Predictive:
    """A predictive distribution, with the uncertainty of the parameters in it.

    Attributes
    ----------
    draws : array (draws, horizon)
        Whole counts; a row is one path through the cells ahead.
    log_probability : function of an array (horizon)
        Log of the probability of a count in each cell: exact given each draw of the parameters, and averaged over them.
    notes : tuple of str
        What a reader must know of this fit.
    """

    draws: Counts
    log_probability: Callable[[Array], Array]
    notes: tuple[str, ...] = ()


def generator(seed: int, cells: int, model: Model) -> np.random.Generator:
    """Random numbers of one model at one origin: the same whichever other models and origins are asked for.

    Examples
    --------
    >>> one, other = generator(0, 20, "nb"), generator(0, 20, "nb")
    >>> bool(one.integers(10**6) == other.integers(10**6))
    True
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, cells, MODELS.index(model)))))


def quantiles(draws: Counts, shares: list[float]) -> Counts:
    """The smallest counts that at least a share of the draws do not exceed.

    Parameters
    ----------
    draws : array (draws, horizon)
        Whole counts.
    shares : list of float
        Between 0 and 1.

    Returns
    -------
    array (shares, horizon)
        Whole counts.

    Examples
    --------
    >>> quantiles(np.array([[1], [2], [9], [4]]), [0.25, 0.5, 0.99]).ravel().tolist()
    [1, 2, 9]
    """
    ordered = np.sort(draws, axis=0)
    # A product such as 0.975 * 4000 must not slip over the whole number that it is.
    at = np.ceil(np.array(shares) * len(ordered) - 1e-9).astype(np.int64) - 1
    return np.asarray(ordered[np.clip(at, 0, len(ordered) - 1)])
