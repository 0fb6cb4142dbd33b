"""The score table: what each model scored over past origins, and whether any beat the naive forecast."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.printing import format_rate, many
from casualtystats.trends.forecast.comparison import paired_difference
from casualtystats.trends.forecast.evaluate import Origins, Scheme, level_name
from casualtystats.trends.forecast.models import LABELS, Model

__all__ = ["ScoreTable", "score_table"]

# With fewer origins even a large difference may be the luck of one of them.
_FEW: Final = 10
_SHOWN: Final = 4


@dataclass(frozen=True, eq=False, repr=False)
class ScoreTable:
    """Scores of forecasts of cells that are known by now, from origins before them.

    Attributes
    ----------
    noun : str
        What is counted.
    levels : tuple of float
        Levels of the intervals.
    frame : pl.DataFrame
        One row a model and step ahead, as `to_frame` gives it.
    by_origin : pl.DataFrame
        One row for each origin, model and step ahead (see `Origins`).
    origins : int
        Number of origins; 0 where nothing could be evaluated.
    best : str or None
        The model with the lowest mean CRPS over all steps; None without origins.
    verdict : str
        Whether the naive forecast was beaten, in a sentence.
    notes : tuple of str
        How the origins roll, and which were left out.
    """

    noun: str
    levels: tuple[float, ...]
    frame: pl.DataFrame
    by_origin: pl.DataFrame
    origins: int
    best: Model | None
    verdict: str
    notes: tuple[str, ...]

    def to_frame(self) -> pl.DataFrame:
        """The table.

        Returns
        -------
        pl.DataFrame
            `model`; `horizon`: steps ahead (null = all together); `origins`; `crps`, `wis`, `interval_score_<level>`:
            means, in the unit of the counts, and `log_score`, in nats: smaller is better; `coverage_<level>`: share of
            counts inside the interval; `skill`: 1 - CRPS / CRPS of the naive forecast (null for itself, or where that is
            0); `gain`, `gain_low`, `gain_high`: mean CRPS of the naive forecast less the model's, with a 95 % interval
            over origins (null for the naive forecast itself, or with too few origins for an interval).
        """
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        return f"{self.noun}: {self.verdict}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = self.frame.with_columns(
            pl.col(pl.Float64).round_sig_figs(3), pl.col("horizon").cast(pl.String).fill_null("all")
        )
        return html_table(shown, str(self), " ".join(self.notes))


def score_table(noun: str, cell: str, cells: int, found: Origins, scheme: Scheme) -> ScoreTable:
    """Means over origins, and the verdict.

    Parameters
    ----------
    noun, cell : str
        What is counted, and what a cell is called.
    cells : int
        Number of cells known.
    found : Origins
        Scores by origin.
    scheme : Scheme
        How the origins rolled.
    """
    horizons = (*range(1, scheme.horizon + 1), None) if found.number else ()
    rows = [_row(found, scheme, model, horizon) for model in scheme.models for horizon in horizons]
    totals: dict[Model, dict[str, Any]] = {row["model"]: row for row in rows if row["horizon"] is None}
    if totals:
        ranked: list[Model] = sorted(scheme.models, key=lambda model: float(totals[model]["crps"]))
        verdict = _verdict(ranked[0], totals[ranked[0]], found.number)
    else:
        ranked, verdict = [], _not_evaluated(cell, cells, found, scheme)
    notes: list[str] = []
    if found.number:
        notes.append(
            f"{many(found.number, 'origin')}, {many(scheme.step, cell)} apart, {many(scheme.horizon, cell)} ahead; every "
            "model fitted anew at each, without what came later."
        )
    if found.failed:
        more = f" and {len(found.failed) - _SHOWN} more" if len(found.failed) > _SHOWN else ""
        days = ", ".join(found.failed[:_SHOWN])
        notes.append(f"Origins left out for all models, as one could not be fitted there: {days}{more}.")
    frame = pl.DataFrame(rows, schema=_schema(scheme))
    return ScoreTable(
        noun, scheme.levels, frame, found.frame, found.number, ranked[0] if ranked else None, verdict, tuple(notes)
    )


def _row(found: Origins, scheme: Scheme, model: Model, horizon: int | None) -> dict[str, Any]:
    part = found.frame if horizon is None else found.frame.filter(pl.col("horizon") == horizon)
    own, naive = (part.filter(pl.col("model") == name) for name in (model, "naive"))
    row: dict[str, Any] = {"model": model, "horizon": horizon, "origins": found.number}
    for name in ("crps", "wis", f"interval_score_{level_name(scheme.levels[-1])}", "log_score"):
        row[name] = _mean(own[name])
    for level in scheme.levels:
        row[f"coverage_{level_name(level)}"] = int(own[f"covered_{level_name(level)}"].sum()) / own.height
    base = _mean(naive["crps"])
    if model != "naive":
        steps = scheme.horizon if horizon is None else horizon
        row["skill"] = 1 - row["crps"] / base if base else None
        scores = (_by_origin(naive, found.number), _by_origin(own, found.number))
        row["gain"], row["gain_low"], row["gain_high"] = paired_difference(*scores, -(-steps // scheme.step))
    return row


def _mean(values: pl.Series) -> float:
    # In order and exactly rounded: polars' sums vary in their last bits.
    return math.fsum(values.to_list()) / len(values)


def _by_origin(rows: pl.DataFrame, origins: int) -> Any:
    return rows.sort("origin", "horizon")["crps"].to_numpy().reshape(origins, -1).mean(axis=1)


def _verdict(best: Model, row: dict[str, Any], origins: int) -> str:
    over = f"over {many(origins, 'origin')}"
    few = f"; {many(origins, 'origin')} {'are' if origins > 1 else 'is'} too few to tell" if origins < _FEW else ""
    if best == "naive":
        return f"the naive forecast is not beaten: it has the lowest mean CRPS {over}{few}"
    share, low, high = row["skill"], row["gain_low"], row["gain_high"]
    skill = "" if share is None else f", {format_rate(100 * share, 'down')} % below the naive one"
    lead = f"the {LABELS[best]} has the lowest mean CRPS {over}{skill}"
    if few:
        return f"{lead}{few}: the naive forecast is not clearly beaten"
    if low is None or low <= 0:
        return f"{lead}, but the difference may be chance: the naive forecast is not clearly beaten"
    interval = f"{format_rate(low, 'down')} to {format_rate(high, 'up')}"
    return f"{lead}: it beats the naive forecast (95 % interval of the difference {interval})"


def _not_evaluated(cell: str, cells: int, found: Origins, scheme: Scheme) -> str:
    if found.failed:
        return "not evaluated: at no origin could all models be fitted"
    if not scheme.origins:
        return "not evaluated, as asked"
    needed = scheme.min_history + scheme.horizon
    return (
        f"not evaluated: at least {needed} {cell}s are needed ({scheme.min_history} known and {scheme.horizon} ahead), got "
        f"{cells}"
    )


def _schema(scheme: Scheme) -> dict[str, Any]:
    scores = ("crps", "wis", f"interval_score_{level_name(scheme.levels[-1])}", "log_score")
    shares = tuple(f"coverage_{level_name(level)}" for level in scheme.levels)
    types: dict[str, Any] = {"model": pl.String, "horizon": pl.Int64, "origins": pl.Int64}
    return types | dict.fromkeys((*scores, *shares, "skill", "gain", "gain_low", "gain_high"), pl.Float64)
