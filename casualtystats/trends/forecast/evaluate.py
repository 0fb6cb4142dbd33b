"""Rolling-origin evaluation: each model forecasts cells that are known by now, from what was known before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import UndefinedEstimateError
from casualtystats.trends.forecast.members import log_probabilities, predict
from casualtystats.trends.forecast.models import Counts, History, Model, quantiles
from casualtystats.trends.scores import crps_sample, interval_score, wis

__all__ = ["Origins", "Scheme", "level_name", "rolled"]

_KEYS: Final = ("origin", "model", "horizon", "period_start", "period_end", "observed", "median")


@dataclass(frozen=True)
class Scheme:
    """How an evaluation rolls.

    Attributes
    ----------
    models, pool : tuple
        Names of the models, "naive" among them, and those that an ensemble is of.
    horizon : int
        Cells ahead.
    levels : tuple of float
        Levels of the intervals, in rising order.
    draws, seed : int
        Paths of each forecast, and the seed of the random numbers.
    origins, step, min_history : int
        Most origins, cells from one to the next, and cells known at the first one.
    """

    models: tuple[Model, ...]
    pool: tuple[Model, ...]
    horizon: int
    levels: tuple[float, ...]
    draws: int
    seed: int
    origins: int
    step: int
    min_history: int

    def starts(self, cells: int) -> list[int]:
        """Numbers of cells known at each origin: the last ones at which the whole horizon is known by now.

        Examples
        --------
        >>> Scheme(("naive",), (), 2, (0.5,), 100, 0, 3, 2, 8).starts(20)
        [14, 16, 18]
        """
        latest = cells - self.horizon
        found = range(latest, self.min_history - 1, -self.step)
        return sorted(found)[-self.origins :] if self.origins else []


@dataclass(frozen=True, eq=False)
class Origins:
    """What an evaluation found.

    Attributes
    ----------
    frame : pl.DataFrame
        One row for each origin, model and step ahead: `origin` (last day known), `model`, `horizon`, `period_start`,
        `period_end`, `observed`, `median`, `crps`, `wis`, `interval_score_<widest level>`, `log_score`, and
        `covered_<level>` for each level.
    number : int
        Number of origins.
    failed : tuple of str
        Origins at which a model could not be fitted: left out for all models.
    """

    frame: pl.DataFrame
    number: int
    failed: tuple[str, ...]


def level_name(level: float) -> str:
    """A level as it stands in names of columns.

    Examples
    --------
    >>> level_name(0.95), level_name(0.975)
    ('95', '97.5')
    """
    return f"{100 * level:.10g}"


def rolled(cells: pl.DataFrame, scheme: Scheme) -> Origins:
    """Forecast from each origin with what was known there, and score against what came.

    Parameters
    ----------
    cells : pl.DataFrame
        `period_start`, `period_end`, `days`, `count`: complete cells in order.
    scheme : Scheme
        How to roll.

    Notes
    -----
    Every model is fitted anew at every origin, to the cells before it and no other. An origin at which one model can not
    be fitted is left out for all, so that all are scored on the same cells.
    """
    counts, days = cells["count"].to_numpy(), cells["days"].cast(pl.Int64).to_numpy()
    rows: list[dict[str, Any]] = []
    failed: list[str] = []
    number = 0
    for known in scheme.starts(cells.height):
        ahead = slice(known, known + scheme.horizon)
        history = History(counts[:known], days[:known], days[ahead])
        origin = cells["period_end"][known - 1]
        try:
            found = predict(scheme.models, scheme.pool, history, scheme.draws, scheme.seed)
        except UndefinedEstimateError:
            failed.append(str(origin))
            continue
        number += 1
        periods = cells[ahead].select("period_start", "period_end").rows()
        logs = log_probabilities(found, scheme.pool, counts[ahead].astype(np.float64))
        for model in scheme.models:
            scored = _scored(found[model].draws, counts[ahead], scheme.levels)
            scored["log_score"] = (-logs[model]).tolist()
            for at, (start, end) in enumerate(periods):
                keys = (origin, model, at + 1, start, end, int(counts[known + at]), scored["median"][at])
                rows.append(dict(zip(_KEYS, keys, strict=True)) | {name: values[at] for name, values in scored.items()})
    return Origins(pl.DataFrame(rows, schema=_schema(scheme.levels)), number, tuple(failed))


def _scored(draws: Counts, y: Counts, levels: tuple[float, ...]) -> dict[str, list[Any]]:
    shares = [0.5] + [edge for level in levels for edge in ((1 - level) / 2, (1 + level) / 2)]
    median, *ends = quantiles(draws, shares)
    intervals = {level: (ends[2 * at], ends[2 * at + 1]) for at, level in enumerate(levels)}
    widest = levels[-1]
    scores: dict[str, list[Any]] = {
        "median": median.tolist(),
        "crps": crps_sample(y, draws.T).tolist(),
        "wis": wis(y, median, intervals).tolist(),
        f"interval_score_{level_name(widest)}": interval_score(y, *intervals[widest], widest).tolist(),
    }
    for level, (low, high) in intervals.items():
        scores[f"covered_{level_name(level)}"] = ((low <= y) & (y <= high)).tolist()
    return scores


def _schema(levels: tuple[float, ...]) -> dict[str, Any]:
    types: dict[str, Any] = dict(
        zip(_KEYS, (pl.Date, pl.String, pl.Int64, pl.Date, pl.Date, pl.Int64, pl.Int64), strict=True)
    )
    types |= dict.fromkeys(("crps", "wis", f"interval_score_{level_name(levels[-1])}", "log_score"), pl.Float64)
    return types | dict.fromkeys((f"covered_{level_name(level)}" for level in levels), pl.Boolean)
