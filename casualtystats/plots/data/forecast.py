"""A forecast as cells of the past and a fan of intervals ahead; and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods import Period
from casualtystats.plots.data.checks import expect
from casualtystats.printing import format_count
from casualtystats.rates.sampling import level_text
from casualtystats.trends.forecast import Forecast, Model
from casualtystats.trends.forecast.evaluate import level_name
from casualtystats.trends.forecast.models import LABELS, MODELS

__all__ = ["ForecastPicture", "forecast_alt", "forecast_picture"]

# An end more than this many times as high as all counts and medians would press them to the ground: it is cut.
ABSURD: Final = 2.5
# Cells of the past that are shown: enough to judge the cells ahead by, few enough to see these.
_FEWEST: Final = 24
_TIMES: Final = 5


@dataclass(frozen=True, eq=False)
class ForecastPicture:
    """What the picture of a forecast shows.

    Attributes
    ----------
    history : pl.DataFrame
        The cells of the past that are shown: `period_start`, `period_end`, `days`, `count`.
    earlier : int
        Number of cells before these.
    fan : pl.DataFrame
        The cells ahead of one model, in the columns of `Forecast.to_frame`, with `beyond`: whether the widest interval
        goes on above the picture.
    others : pl.DataFrame
        `model`, `period_start`, `period_end`, `median` of the other models.
    model : str
        The model whose fan it is.
    top : float
        The highest count to be seen.
    sentence : str
        The forecast in words.
    source : str
        The line under the picture.
    """

    history: pl.DataFrame
    earlier: int
    fan: pl.DataFrame
    others: pl.DataFrame
    model: Model
    top: float
    sentence: str
    source: str


def forecast_picture(result: Forecast, model: Model | None = None) -> ForecastPicture:
    """What is drawn of a forecast.

    Parameters
    ----------
    result : Forecast
        From `forecast`.
    model : str, optional
        The model whose intervals are shown; default its `headline`, the one with the lowest mean CRPS.

    Raises
    ------
    KindError, MeasureError
        If it is no forecast.
    OptionError
        If it does not hold the model.
    """
    found = expect(result, Forecast, "a forecast (cs.forecast)")
    chosen = found.headline if model is None else model
    if chosen not in found.models:
        raise OptionError(f"expected model= one of the forecast, {', '.join(found.models)}; got {model!r}")
    kept = max(_FEWEST, _TIMES * found.horizon)
    frame = found.to_frame()
    fan, rest = frame.filter(pl.col("model") == chosen), frame.filter(pl.col("model") != chosen)
    highs = [f"high_{level_name(level)}" for level in found.levels]
    history = found.history.tail(kept)
    seen: list[int] = [*history["count"], *frame["median"], *fan[highs[0]]]
    reach = ABSURD * max(seen)
    ends: list[int] = [end for name in highs for end in fan[name] if end <= reach]
    top = float(max([*seen, *ends]))
    return ForecastPicture(
        history=history,
        earlier=found.history.height - history.height,
        fan=fan.with_columns(beyond=pl.col(highs[-1]) > top),
        others=rest.select("model", "period_start", "period_end", "median"),
        model=chosen,
        top=top,
        sentence=_sentence(found, fan),
        source=_source(found, found.history.height - history.height),
    )


def forecast_alt(result: Forecast, model: Model | None = None) -> str:
    """What the picture of a forecast shows, in sentences with the numbers.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> starts = pl.date_range(pl.date(2019, 4, 1), pl.date(2019, 5, 20), "1w", eager=True)
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": list("abcdefgh"), "measure": "killed", "unit": "people",
    ...     "kind": "flow", "value": ["12", "9", "14", "11", "15", "10", "13", "12"], "start": starts.cast(pl.String),
    ...     "end": starts.dt.offset_by("6d").cast(pl.String)}))
    >>> forecast_alt(cs.forecast(cs.deaths(reports).resample("week"), 1, ["naive"]))
    'Bars of reported violent deaths by week, 1 April to 26 May 2019: 9 to 15, the last one 12. After them a forecast,
    naive (last count): median and 95 % prediction interval. 27 May to 2 June 2019: 12 (5 to 22). Not evaluated: at least 11
    weeks are needed (10 known and 1 ahead), got 8.'
    """
    picture = forecast_picture(result, model)
    counts: list[int] = picture.history["count"].to_list()
    period = Period.of(picture.history["period_start"][0], picture.history["period_end"][-1])
    spread = f"{format_count(min(counts))} to {format_count(max(counts))}, the last one {format_count(counts[-1])}"
    told = ". ".join(_cell(row, result.levels[-1]) for row in picture.fan.to_dicts())
    others = [LABELS[name] for name in MODELS if name in set(picture.others["model"])]
    marks = f" Lines show the medians of others: {', '.join(others)}." if others else ""
    verdict = result.evaluation.verdict
    return (
        f"Bars of {result.noun} by {result.cell}, {period}: {spread}. After them a forecast, {LABELS[picture.model]}: median "
        f"and {level_text(result.levels[-1])} prediction interval. {told}.{marks} {_capital(verdict)}."
    )


def _cell(row: dict[str, Any], level: float) -> str:
    name = level_name(level)
    return (
        f"{Period.of(row['period_start'], row['period_end'])}: {format_count(row['median'])} "
        f"({format_count(row[f'low_{name}'])} to {format_count(row[f'high_{name}'])})"
    )


def _sentence(result: Forecast, fan: pl.DataFrame) -> str:
    rows = fan.to_dicts()
    told = _cell(rows[0], result.levels[-1]).replace(" (", f" ({level_text(result.levels[-1])} prediction interval ", 1)
    if len(rows) > 1:
        told += f"; {_cell(rows[-1], result.levels[-1])}"
    return f"Forecast of {result.noun}, {told}"


def _source(result: Forecast, earlier: int) -> str:
    parts = [_capital(result.evaluation.verdict)]
    if earlier:
        parts.append(f"{earlier:,} earlier {result.cell}{'s' if earlier > 1 else ''} used but not shown")
    return f"{'; '.join(parts)}. From past reported counts alone. {result.note}"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
