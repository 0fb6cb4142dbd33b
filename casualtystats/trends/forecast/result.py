"""The result of a forecast: predictive quantiles of reported counts for each model and cell ahead, with its score table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period, spoken_day
from casualtystats.printing import format_count
from casualtystats.rates.sampling import level_text
from casualtystats.trends.forecast.evaluate import level_name
from casualtystats.trends.forecast.models import LABELS, Counts, Model, quantiles
from casualtystats.trends.forecast.scoretable import ScoreTable

__all__ = ["Forecast", "quantile_frame"]


@dataclass(frozen=True, eq=False, repr=False)
class Forecast:
    """Forecasts of reported counts.

    Attributes
    ----------
    noun : str
        What is counted.
    cell : str
        What a cell is called: "day", "week", "month".
    models : tuple
        Names of the models, in the order asked for.
    levels : tuple of float
        Levels of the prediction intervals, as shares, in rising order.
    frame : pl.DataFrame
        As `to_frame` gives it.
    draws : mapping of str to array (draws, horizon)
        Whole counts by model; a row is one path through the cells ahead, so that sums over cells may be taken. Read-only.
    history : pl.DataFrame
        The cells used: `period_start`, `period_end`, `days`, `count`.
    evaluation : ScoreTable
        What the models, and the naive forecast, scored over past origins.
    notes : tuple of str
        What must be read with it.
    seed : int
        Seed of the random numbers.
    note : str
        Sources.
    """

    noun: str
    cell: str
    models: tuple[Model, ...]
    levels: tuple[float, ...]
    frame: pl.DataFrame
    draws: Mapping[Model, Counts]
    history: pl.DataFrame
    evaluation: ScoreTable
    notes: tuple[str, ...]
    seed: int
    note: str

    @property
    def horizon(self) -> int:
        """Number of cells ahead."""
        return self.frame.height // len(self.models)

    @property
    def headline(self) -> Model:
        """The model that a sentence or picture shows first.

        The one with the lowest mean CRPS over past origins among those asked for; without an evaluation the ensemble, or
        else the first.
        """
        table = self.evaluation.to_frame().filter(pl.col("horizon").is_null() & pl.col("model").is_in(self.models))
        if table.is_empty():
            return "ensemble" if "ensemble" in self.models else self.models[0]
        scores: dict[Model, float] = dict(table.select("model", "crps").iter_rows())
        return min(self.models, key=lambda model: (scores[model], self.models.index(model)))

    @property
    def table(self) -> pl.DataFrame:
        """The score table as a frame (see `ScoreTable.to_frame`)."""
        return self.evaluation.to_frame()

    def scores(self) -> ScoreTable:
        """The score table: CRPS, log score, interval score, WIS, coverage and skill by model, and its verdict."""
        return self.evaluation

    def to_frame(self) -> pl.DataFrame:
        """The forecasts.

        Returns
        -------
        pl.DataFrame
            One row a model and cell: `model`, `horizon` (1 = the first cell ahead), `period_start`, `period_end`
            (included), `days`, `mean`, `median`, and `low_<level>`, `high_<level>` for each level. Medians and ends are
            whole counts.
        """
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        rows = self.frame.filter(pl.col("model") == self.headline).to_dicts()
        name = level_name(self.levels[-1])
        first, last = rows[0], rows[-1]
        told = (
            f"{_period(first)}: {format_count(first['median'])} ({level_text(self.levels[-1])} prediction interval "
            f"{format_count(first[f'low_{name}'])} to {format_count(first[f'high_{name}'])})"
        )
        if len(rows) > 1:
            told += (
                f"; {_period(last)}: {format_count(last['median'])} ({format_count(last[f'low_{name}'])} to "
                f"{format_count(last[f'high_{name}'])})"
            )
        return f"forecast of {self.noun}, {told} [{LABELS[self.headline]}, medians; {self.evaluation.verdict}]"

    __repr__ = __str__

    def summary(self) -> str:
        """The forecast, the verdict and what must be read with them, as lines of text."""
        return "\n".join([str(self), *self.notes, *self.evaluation.notes])

    def _repr_html_(self) -> str:
        shown = self.frame.with_columns(pl.col("mean").round_sig_figs(3))
        return html_table(shown, str(self), " ".join((*self.notes, self.note)))


def quantile_frame(
    draws: Mapping[Model, Counts], periods: list[tuple[date, date]], levels: tuple[float, ...]
) -> pl.DataFrame:
    """Means, medians and central intervals of draws, one row a model and cell."""
    rows: list[dict[str, Any]] = []
    shares = [0.5] + [edge for level in levels for edge in ((1 - level) / 2, (1 + level) / 2)]
    for model, paths in draws.items():
        found = quantiles(paths, shares)
        # Whole counts sum exactly, whatever their order.
        means = paths.sum(axis=0, dtype=np.float64) / len(paths)
        for at, (start, end) in enumerate(periods):
            row: dict[str, Any] = {
                "model": model, "horizon": at + 1, "period_start": start, "period_end": end,
                "days": (end - start).days + 1, "mean": float(means[at]), "median": int(found[0, at]),
            }  # fmt: skip
            for number, level in enumerate(levels):
                row[f"low_{level_name(level)}"] = int(found[2 * number + 1, at])
                row[f"high_{level_name(level)}"] = int(found[2 * number + 2, at])
            rows.append(row)
    return pl.DataFrame(rows)


def _period(row: dict[str, Any]) -> str:
    start: date = row["period_start"]
    end: date = row["period_end"]
    return spoken_day(start) if start == end else str(Period.of(start, end))
