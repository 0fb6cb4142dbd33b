"""How far off a nowcast may be: the triangle drawn again and again from its own residuals, and reporting by chance on top.

Residual bootstrap of the over-dispersed Poisson chain ladder (England & Verrall 1999, 2002; England 2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from casualtystats.trends.nowcast.ladder import ChainLadder

__all__ = ["Residuals", "draw_missing", "residuals_of"]

Floats = NDArray[np.float64]
# Numbers of one block of draws: some tens of megabytes.
_BLOCK: Final = 2_000_000


@dataclass(frozen=True, eq=False)
class Residuals:
    """Pearson residuals of the increments, and how much they vary.

    Attributes
    ----------
    values : array
        (I - m) / sqrt(|m|) of each known increment with m != 0, in order of periods, then ages.
    parameters : int
        Effects of periods and ages that stand behind them.
    dispersion : float or None
        Sum of squares over (increments - parameters); None where no degree of freedom is left.
    """

    values: Floats
    parameters: int
    dispersion: float | None

    @property
    def used(self) -> float | None:
        """The dispersion that intervals rest on: at least 1, for counts of people vary at least as Poisson counts do."""
        return None if self.dispersion is None else max(1.0, self.dispersion)


def residuals_of(cumulative: Floats, ladder: ChainLadder) -> Residuals:
    """Residuals and dispersion of a triangle.

    A period without counts, and an age at which nothing ever changed, are fitted exactly whatever they hold; they take
    no part.

    Parameters
    ----------
    cumulative : array, periods x ages
        As in `chain_ladder`.
    ladder : ChainLadder
        What was fitted to it.

    Examples
    --------
    >>> from casualtystats.trends.nowcast.ladder import chain_ladder
    >>> nan = float("nan")
    >>> counts = np.array([[40.0, 62, 70], [50, 80, nan], [60, nan, nan]])
    >>> found = residuals_of(counts, chain_ladder(counts))
    >>> found.values.size, found.parameters, round(found.dispersion, 4)
    (6, 5, 0.0612)
    """
    fitted = ladder.fitted()
    real = np.isfinite(fitted) & (fitted != 0)
    steps = _steps(cumulative, ladder)
    values = (steps[real] - fitted[real]) / np.sqrt(np.abs(fitted[real]))
    parameters = max(0, int(real.any(axis=1).sum() + real.any(axis=0).sum()) - 1)
    free = values.size - parameters
    return Residuals(values, parameters, float((values**2).sum() / free) if free > 0 else None)


def draw_missing(
    cumulative: Floats, ladder: ChainLadder, residuals: Residuals, *, draws: int, seed: int, falls: bool
) -> Floats:
    r"""Draws of what is still to be reported, by period.

    Each draw adds residuals, picked with replacement and scaled by sqrt(n / (n - p)), to the expected increments,
    I* = m + r* sqrt(|m|); fits the chain ladder to that triangle; and draws the missing count about its expectation
    with variance dispersion * mean (negative binomial, NB1; Poisson where the dispersion is 1).

    Parameters
    ----------
    cumulative, ladder, residuals
        The triangle and what was fitted to it; `residuals.dispersion` is not None.
    draws : int
        How many.
    seed : int
        Of the generator: the same seed gives the same draws.
    falls : bool
        Whether counts may fall with age. If not, factors are at least 1 and what is missing is at least 0.

    Returns
    -------
    array, draws x periods
        Whole numbers.

    Notes
    -----
    A period with no count yet says nothing of its own size in the model. Its final count is drawn from the gamma
    distribution that a flat prior and a count of 0 give (with dispersion 1: of those not yet reported, the geometric
    distribution), so that 0 reported does not become 0 expected for certain.

    References
    ----------
    England, P. & Verrall, R. (1999). Analytic and bootstrap estimates of prediction errors in claims reserving.
    Insurance: Mathematics and Economics 25, 281-293. England, P. D. & Verrall, R. J. (2002). Stochastic claims reserving in
    general insurance. British Actuarial Journal 8, 443-518.
    """
    phi = residuals.used or 1.0
    rng = np.random.default_rng(seed)
    # Ages after which nothing changed need no draws.
    width = int(np.flatnonzero(np.append(1.0, ladder.factors) != 1).max(initial=0)) + 1
    fitted = ladder.fitted()[:, :width]
    size = max(1, _BLOCK // fitted.size)
    pool = _pool(residuals, phi)
    blocks = [
        _block(ladder, fitted, pool, phi, rng, min(size, draws - start), falls) for start in range(0, draws, size)
    ]
    return np.concatenate(blocks)


def _pool(residuals: Residuals, phi: float) -> Floats:
    """Residuals with mean square phi."""
    spread = float((residuals.values**2).mean()) if residuals.values.size else 0.0
    return residuals.values * np.sqrt(phi / spread) if spread > 0 else np.zeros(1)


def _block(
    ladder: ChainLadder, fitted: Floats, pool: Floats, phi: float, rng: np.random.Generator, draws: int, falls: bool
) -> Floats:
    rows, ages = fitted.shape
    known = np.isfinite(fitted)
    mean = np.where(known, fitted, 0.0)
    picked = pool[rng.integers(0, len(pool), (draws, rows, ages))]
    counts = np.cumsum(mean + picked * np.sqrt(np.abs(mean)), axis=2)
    both = known[:, :-1] & known[:, 1:]
    before, after = (counts[:, :, :-1] * both).sum(axis=1), (counts[:, :, 1:] * both).sum(axis=1)
    # A drawn triangle may hold no counts by some age; then the factor of the data stands.
    usable = before > 0
    factors: Floats = np.where(usable, after / np.where(usable, before, 1.0), ladder.factors[: ages - 1])
    factors = np.maximum(factors, 0.0 if falls else 1.0)
    growth = np.cumprod(factors[:, ::-1], axis=1)[:, ::-1]
    growth = np.concatenate([growth, np.ones((draws, 1))], axis=1) * ladder.tail
    last = np.minimum(ladder.last, ages - 1)
    latest = np.maximum(counts[:, np.arange(rows), last], 0.0)
    grown = growth[:, last]
    empty = ladder.latest == 0
    if empty.any():
        latest[:, empty] = phi * rng.standard_gamma(1.0, (draws, int(empty.sum())))
    missing = np.asarray(latest * (grown - 1), dtype=np.float64)
    return _chance(missing, phi, rng)


def _chance(mean: Floats, phi: float, rng: np.random.Generator) -> Floats:
    """Whole numbers about means, with variance phi times the mean; negative means draw negative numbers."""
    size: Floats = np.abs(mean)
    if phi > 1:
        size = np.asarray(rng.standard_gamma(size / (phi - 1)) * (phi - 1), dtype=np.float64)
    drawn: Floats = rng.poisson(size).astype(np.float64) * np.sign(mean)
    return drawn


def _steps(cumulative: Floats, ladder: ChainLadder) -> Floats:
    """Increments, the count at the first known age being the first."""
    columns: NDArray[np.int64] = np.arange(len(ladder.completeness))
    inside = (columns >= ladder.first[:, None]) & (columns <= ladder.last[:, None])
    found: Floats = np.diff(np.where(inside, cumulative, 0.0), axis=1, prepend=0.0)
    return found
