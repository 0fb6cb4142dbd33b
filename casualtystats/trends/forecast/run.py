"""Forecasts of a flow series on a calendar, evaluated over its own past."""

from __future__ import annotations

from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Final, TypeVar, cast

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods.cadence import Every, calendar
from casualtystats.rates.sampling import check_level
from casualtystats.series.flow import FlowSeries
from casualtystats.trends.complete import CompleteCells, complete_cells
from casualtystats.trends.forecast.evaluate import Scheme, rolled
from casualtystats.trends.forecast.members import predict
from casualtystats.trends.forecast.models import MODELS, NEEDED, Count, Counts, History, Model
from casualtystats.trends.forecast.result import Forecast, quantile_frame
from casualtystats.trends.forecast.scoretable import score_table
from casualtystats.vocabulary import MeasureType

__all__ = ["forecast"]

M = TypeVar("M", bound=MeasureType)
_DEFAULT: Final[tuple[Model, ...]] = ("naive", "nb", "damped", "ensemble")
_LEVELS: Final = (0.5, 0.8, 0.95)
_FEWEST_DRAWS: Final = 200
_LONGEST: Final[dict[str, int]] = {"day": 1, "week": 7, "epiweek": 7, "month": 31, "quarter": 92, "year": 366}


def forecast(
    series: FlowSeries[M],
    horizon: int,
    models: list[Model] | None = None,
    *,
    levels: list[float] | None = None,
    count: Count = "exact",
    draws: int = 4000,
    seed: int = 0,
    origins: int = 20,
    step: int = 1,
    min_history: int = 10,
) -> Forecast:
    r"""Forecast the reported counts of the next cells of a calendar, and score the models over the past of the series.

    Each model gives paths of whole counts, in which the uncertainty of its parameters is contained:

    - "naive": the last count goes on; steps on the square-root scale as large as those seen. The benchmark.
    - "nb": log-linear trend, negative binomial counts with variance mu + alpha mu^2 (NB2), exposure = days of the cell.
    - "poisson": the same with Poisson counts: too narrow where counts vary more, which a note says with a number.
    - "damped": a damped local trend on the square-root scale (state space), averaged over its smoothing values.
    - "ensemble": the others asked for as a mixture with equal weights (linear pool).

    Parameters
    ----------
    series : FlowSeries
        With a calendar (`resample`), at least 8 complete cells in a row, of counts that add up over days.
    horizon : int
        Cells ahead, from 1 to the number of cells known.
    models : list, optional
        Default: "naive", "nb", "damped", "ensemble". The naive forecast is always evaluated.
    levels : list of float, optional
        Levels of the prediction intervals, as shares; default 0.5, 0.8, 0.95. WIS is of these.
    count : {"exact", "low", "best", "high"}
        "exact" refuses cells whose bounds do not meet; the others take one value of each as if it were exact.
    draws : int, default 4000
        Paths of each model.
    seed : int, default 0
        The same series, options and seed give the same bytes.
    origins, step, min_history : int
        The evaluation: at most 20 origins, 1 cell apart, the latest ones, at each of which at least 10 cells are known and
        the whole horizon is known by now. `origins=0`: none.

    Returns
    -------
    Forecast
        Quantiles by model and cell; `.scores()`: the score table and whether the naive forecast was beaten.

    Raises
    ------
    OptionError
        If an option is not known, the series has no calendar or is split.
    KindError, MeasureError
        If it is no flow series, comes from overlap="bounds", or a cell holds a count that was spread over days.
    NotAdditiveError
        If its counts do not add up over days.
    UndefinedEstimateError
        If a cell has bounds that do not meet, all counts are 0, or a model can not be fitted.
    TooFewReportsError
        If the history is too short, or a cell in it has no count.

    Notes
    -----
    A forecast is of *reported* counts, as the series gives them: more reporting looks the same as more events, and reports
    that come late are not foreseen (the last cells may still rise). It knows of nothing but past counts: no offensive, no
    ceasefire.

    The naive forecast is wide beyond the first cell where counts vary about a level, as steps then undo each other.
    Seen by simulation (NB2 counts with alpha 0.3 about a growth of 3 % a cell, 150 sets of 10, 20 and 40 cells, 4 cells
    ahead): 95 % intervals hold 93 to 97 % ("naive"), 92 to 93 % ("nb"), 86 to 97 % ("damped"), 92 to 97 % ("ensemble"),
    33 to 49 % ("poisson").

    References
    ----------
    Tashman, L. J. (2000). Out-of-sample tests of forecasting accuracy: an analysis and review. International Journal of
    Forecasting 16, 437-450.
    Gneiting, T. and Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of the
    American Statistical Association 102, 359-378. doi:10.1198/016214506000001437
    Bracher, J., Ray, E. L., Gneiting, T. and Reich, N. G. (2021). Evaluating epidemic forecasts in an interval format.
    PLoS Computational Biology 17, e1008618. doi:10.1371/journal.pcbi.1008618
    Cramer, E. Y. and others (2022). Evaluation of individual and ensemble probabilistic forecasts of COVID-19 mortality
    in the United States. PNAS 119, e2113561119. doi:10.1073/pnas.2113561119

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> from casualtystats.series import deaths
    >>> counts = [12, 9, 14, 11, 15, 10, 13, 12, 16, 11, 9, 14]
    >>> starts = pl.date_range(pl.date(2019, 4, 1), pl.date(2019, 6, 17), "1w", eager=True)
    >>> rows = pl.DataFrame({"report_id": [f"r{at}" for at in range(12)], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "value": [str(n) for n in counts], "start": starts.cast(pl.String),
    ...     "end": starts.dt.offset_by("6d").cast(pl.String)})
    >>> found = forecast(deaths(read_reports(rows)).resample("week"), 2, ["naive"], origins=0)
    >>> found.to_frame().select("period_start", "median").rows()
    [(datetime.date(2019, 6, 24), 14), (datetime.date(2019, 7, 1), 14)]
    """
    names, shares = _checked(horizon, models, levels, draws, seed, origins, step, min_history)
    cells = complete_cells(series, need="all", count=count, why="a forecast")
    cells.enough(NEEDED, "a forecast")
    if horizon > cells.frame.height:
        raise OptionError(
            f"expected horizon= at most the number of {cells.cell}s known, {cells.frame.height}; got {horizon}. The past of a "
            "series says nothing of a longer future"
        )
    known = cells.frame.select("period_start", "period_end", "days", "count")
    ahead = _ahead(known["period_end"][-1], cells.every, horizon)
    periods: list[tuple[date, date]] = ahead.select("period_start", "period_end").rows()
    history = History(cells.counts, cells.days, ahead["days"].cast(pl.Int64).to_numpy())
    pool: tuple[Model, ...] = tuple(name for name in names if name != "ensemble")
    found = predict(tuple(names), pool, history, draws, seed)
    paths: dict[Model, Counts] = {model: found[model].draws for model in names}
    for path in paths.values():
        path.setflags(write=False)
    scored: tuple[Model, ...] = tuple(names) if "naive" in names else ("naive", *names)
    scheme = Scheme(scored, pool, horizon, shares, draws, seed, origins, step, min_history)
    info = cells.info
    return Forecast(
        noun=info.reported,
        cell=cells.cell,
        models=tuple(names),
        levels=shares,
        frame=quantile_frame(paths, periods, shares),
        draws=MappingProxyType(paths),
        history=known,
        evaluation=score_table(info.reported, cells.cell, known.height, rolled(known, scheme), scheme),
        notes=_notes(cells, [note for model in names for note in found[model].notes]),
        seed=seed,
        note=info.source_line,
    )


def _checked(
    horizon: object, models: object, levels: object, draws: object, seed: object, origins: object, step: object,
    min_history: object,
) -> tuple[list[Model], tuple[float, ...]]:  # fmt: skip
    """The models and levels, once every option is one that is known."""
    least = {
        "horizon": (horizon, 1), "draws": (draws, _FEWEST_DRAWS), "seed": (seed, 0), "origins": (origins, 0),
        "step": (step, 1), "min_history": (min_history, NEEDED),
    }  # fmt: skip
    for option, (value, smallest) in least.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < smallest:
            raise OptionError(f"expected {option}= a whole number of {smallest:,} or more, got {value!r}")
    names: list[Model] = [model for name in _listed(models, _DEFAULT) for model in MODELS if model == name]
    if len(set(names)) < len(_listed(models, _DEFAULT)) or not names:
        raise OptionError(f"expected models= a list of some of {', '.join(MODELS)}, each once; got {models!r}")
    if "ensemble" in names and len(names) < 3:
        raise OptionError(f"expected at least two other models for an ensemble, got {models!r}; name them in models=")
    given = _listed(levels, _LEVELS)
    shares = tuple(sorted({check_level(level) for level in given}))
    if len(shares) < len(given) or not shares:
        raise OptionError(f"expected levels= a list of shares such as [0.5, 0.95], each once; got {levels!r}")
    return names, shares


def _listed(value: object, default: tuple[Any, ...]) -> list[Any]:
    """The items of a list or tuple; of anything else, none, which no option allows."""
    if value is None:
        return list(default)
    return list(cast("list[Any]", value)) if isinstance(value, list | tuple) else []


def _ahead(last: date, every: Every, horizon: int) -> pl.DataFrame:
    """The cells of the calendar that follow a cell."""
    first = last + timedelta(days=1)
    longest = every.days if isinstance(every, timedelta) else _LONGEST[every]
    origin = first if isinstance(every, timedelta) else None
    return calendar(first, first + timedelta(days=longest * horizon), every, origin).head(horizon)


def _notes(cells: CompleteCells, fits: list[str]) -> tuple[str, ...]:
    return (
        "A forecast is of reported counts, from past counts alone; reports that come late are not foreseen.",
        "Intervals hold chance and the uncertainty of each model's parameters, given that the model holds.",
        *cells.notes,
        *fits,
    )
