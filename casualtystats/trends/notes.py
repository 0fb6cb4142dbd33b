"""What a trend assumes and what it left out, one sentence each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casualtystats.rates.sampling import level_text
from casualtystats.trends.families import INTERVALS

if TYPE_CHECKING:
    from casualtystats.trends.result import TrendFit

__all__ = ["notes_of"]

# Exact totals below which a dispersion is said to rest on few.
_FEW: Final = 10


def notes_of(fit: TrendFit) -> tuple[str, ...]:
    """The notes of a fit."""
    found = [INTERVALS[fit.family].format(level=level_text(fit.level))]
    if fit.request.cov != "model":
        found.append(f"Standard errors are robust ({fit.request.cov}).")
    found += [*_terms(fit), *_dispersion(fit)]
    found.append("The trend is of reported counts: more reporting looks the same as more events.")
    found += _bounds(fit)
    if fit.fuzzy:
        found.append(
            f"{fit.fuzzy} of {fit.n} periods have dates that are not exactly known: each feasible period is taken as "
            "equally likely, and ends that reports share move together."
        )
    if fit.request.use != "reported":
        found.append(f"The {fit.request.use} value of each report is taken as if it were exact.")
    return (*found, *(f"left out: {number} ({reason})" for reason, number in fit.left_out.items()))


def _terms(fit: TrendFit) -> list[str]:
    """What the growth is beside."""
    found: list[str] = []
    if fit.request.offset is not None:
        found.append(f"The column {fit.request.offset!r} is added to the log of the mean: growth is beside it.")
    if not fit.has_growth:
        return found
    others = [name for name in fit.names if name not in ("Intercept", "day", "week")]
    if others:
        found.append(f"The growth is beside the terms {', '.join(others)}.")
    if "Intercept" not in fit.names:
        found.append("There is no intercept: the mean of the first day is held at 1 where the other terms are 0.")
    return found


def _exact(fit: TrendFit) -> int:
    return fit.n - fit.floors - fit.ceilings - fit.ranges


def _dispersion(fit: TrendFit) -> list[str]:
    if fit.alpha is None:
        return []
    found: list[str] = []
    if fit.alpha == 0 and _exact(fit) < 2:
        found.append("alpha is 0: bounds alone hardly show how far counts vary.")
    elif fit.alpha == 0:
        found.append(
            "The counts vary no more than Poisson counts: alpha is 0 and the values are those of a Poisson fit."
        )
    if _exact(fit) < _FEW:
        found.append(
            f"The dispersion rests on {_exact(fit)} exact totals: from so few it is estimated low, and intervals are too narrow."
        )
    return found


def _bounds(fit: TrendFit) -> list[str]:
    found: list[str] = []
    if fit.floors:
        found.append(
            f"{fit.floors} of {fit.n} totals are lower bounds (at least n): the result assumes that their threshold does not "
            "depend on the count."
        )
    if fit.ceilings or fit.ranges:
        found.append(f"{fit.ceilings + fit.ranges} of {fit.n} totals are upper bounds or ranges, fitted as such.")
    if fit.series.info.overlap == "difference" and _exact(fit) < fit.n:
        found.append(
            "Bounds of neighbouring differences share a running total and are not independent: leave out totals that are bounds, "
            "or take the intervals as too narrow."
        )
    return found
