"""A score table as cells: each score of each model, how it compares with the naive forecast; and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.plots.data.checks import expect
from casualtystats.printing import format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends.forecast import Forecast, Model, ScoreTable
from casualtystats.trends.forecast.evaluate import level_name
from casualtystats.trends.forecast.models import LABELS

__all__ = ["ScorePicture", "score_picture", "scores_alt"]

_MINUS: Final = "\N{MINUS SIGN}"
# A difference of this many per cent, or hundredths of a nat, has the full shade.
_FULL: Final = 50.0


@dataclass(frozen=True, eq=False)
class ScorePicture:
    """What the picture of a score table shows.

    Attributes
    ----------
    cells : pl.DataFrame
        One row a model and score: `model`, `score` (heading), `value`, `text`, `change` (per cent more than the naive
        forecast's, for the log score hundredths of a nat; null for shares and for the naive forecast), `change_text`,
        `shade` (-1 = far better than the naive forecast, 1 = far worse; null without a change), `best` (lowest of its
        column).
    sentence : str
        The verdict.
    label : str
        What the numbers are.
    source : str
        The line under the picture.
    """

    cells: pl.DataFrame
    sentence: str
    label: str
    source: str


def score_picture(result: Forecast | ScoreTable, horizon: int | None = None) -> ScorePicture:
    """What is drawn of a score table.

    Parameters
    ----------
    result : Forecast or ScoreTable
        From `forecast`, or its `scores()`.
    horizon : int, optional
        Steps ahead; default all together.

    Raises
    ------
    KindError, MeasureError
        If it holds no scores of forecasts.
    TooFewReportsError
        If nothing was evaluated.
    OptionError
        If the horizon was not evaluated.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> starts = pl.date_range(pl.date(2019, 4, 1), pl.date(2019, 7, 1), "1w", eager=True)
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": list("abcdefghijklmn"), "measure": "killed", "unit": "people",
    ...     "kind": "flow", "value": ["12", "9", "14", "11", "15", "10", "13", "12", "9", "11", "14", "8", "12", "10"],
    ...     "start": starts.cast(pl.String), "end": starts.dt.offset_by("6d").cast(pl.String)}))
    >>> found = cs.forecast(cs.deaths(reports).resample("week"), 1, ["naive", "damped"])
    >>> score_picture(found).cells["score"].unique(maintain_order=True).to_list()
    ['CRPS', 'WIS', '95 % interval score', 'log score', 'inside 50 %', 'inside 95 %']
    """
    source = result.note if isinstance(result, Forecast) else ""
    table = expect(result.scores() if isinstance(result, Forecast) else result, ScoreTable, "scores (cs.forecast)")
    if not table.origins:
        raise TooFewReportsError(f"expected scores over at least one origin, got none: {table.verdict}")
    frame = table.to_frame()
    steps = max(frame["horizon"].drop_nulls().to_list())
    if horizon is not None and horizon not in range(1, steps + 1):
        raise OptionError(f"expected horizon= 1 to {steps}, or none for all together; got {horizon!r}")
    rows = frame.filter(pl.col("horizon").eq_missing(pl.lit(horizon, dtype=pl.Int64)))
    heads = _heads(table.levels)
    naive = rows.filter(model="naive").row(0, named=True)
    cells = [_cell(row, naive, name, head) for row in rows.to_dicts() for name, head in heads.items()]
    made = pl.DataFrame(cells).with_columns(
        best=(pl.col("value") == pl.col("value").min().over("score")) & ~pl.col("score").str.contains("inside")
    )
    ahead = f"1 to {steps} cells ahead" if horizon is None and steps > 1 else _ahead(horizon or 1)
    over = f"{table.origins:,} origin" + ("" if table.origins == 1 else "s")
    return ScorePicture(
        cells=made,
        sentence=f"{table.verdict[0].upper()}{table.verdict[1:]}",
        label=f"mean over {over}, {ahead}; lower is better; below: against the naive forecast",
        source=f"Scores of forecasts of {table.noun}, made without what came later. {source}".strip(),
    )


def scores_alt(result: Forecast | ScoreTable, horizon: int | None = None) -> str:
    """What the picture of a score table shows, in sentences with the numbers; the errors are those of `score_picture`."""
    picture = score_picture(result, horizon)
    told: list[str] = []
    for model in picture.cells["model"].unique(maintain_order=True):
        rows = picture.cells.filter(model=model).to_dicts()
        told.append(f"{LABELS[model]}: " + ", ".join(_said(row) for row in rows))
    return f"Table of scores, {picture.label}. {'. '.join(told)}. {picture.sentence}."


def _ahead(horizon: int) -> str:
    return f"{horizon} cell{'s' if horizon > 1 else ''} ahead"


def _said(row: dict[str, Any]) -> str:
    change = f" ({row['change_text']})" if row["change_text"] else ""
    return f"{row['score']} {row['text']}{change}"


def _heads(levels: tuple[float, ...]) -> dict[str, str]:
    """Columns of the table, and what they are called."""
    widest = level_name(levels[-1])
    heads = {
        "crps": "CRPS", "wis": "WIS", f"interval_score_{widest}": f"{level_text(levels[-1])} interval score",
        "log_score": "log score",
    }  # fmt: skip
    for level in dict.fromkeys((levels[0], levels[-1])):
        heads[f"coverage_{level_name(level)}"] = f"inside {level_text(level)}"
    return heads


def _cell(row: dict[str, Any], naive: dict[str, Any], name: str, head: str) -> dict[str, Any]:
    model: Model = row["model"]
    value, base = float(row[name]), float(naive[name])
    share = name.startswith("coverage")
    change: float | None = None
    if model != "naive" and not share:
        change = 100 * (value - base) if name == "log_score" else 100 * (value / base - 1) if base else None
    unit = "" if name == "log_score" else " %"
    size = None if change is None else abs(change) / 100 if name == "log_score" else abs(change)
    return {
        "model": model,
        "score": head,
        "value": value,
        "text": f"{100 * value:.0f} %" if share else _number(value),
        "change": change,
        "change_text": "" if change is None or size is None else f"{_sign(change)}{_short(size, name)}{unit}",
        "shade": None if change is None else max(-1.0, min(1.0, change / _FULL)),
    }


def _number(value: float) -> str:
    return f"{_MINUS}{format_rate(-value)}" if value < 0 else format_rate(value)


def _sign(change: float) -> str:
    return _MINUS if change < 0 else "+"


def _short(size: float, name: str) -> str:
    return f"{size:.2f}" if name == "log_score" else f"{size:,.0f}"
