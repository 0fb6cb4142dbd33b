"""A fitted trend over the totals that it was fitted to: heights of periods, and the fitted mean of each day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import OptionError
from casualtystats.plots.data.checks import expect
from casualtystats.plots.data.trendtop import trend_top
from casualtystats.plots.data.trendwords import day_text, result_sentence, short_notes, some, total_text
from casualtystats.trends import TrendFit

__all__ = ["TrendPicture", "trend_alt", "trend_picture"]

_DRAWS: Final = 4_000
# Days of one prediction: draws of all of them are held together.
_CHUNK: Final = 366
# Terms that jump from day to day.
_JUMPS: Final = re.compile(r"weekday|step\(|between\(")


@dataclass(frozen=True, eq=False)
class TrendPicture:
    """What the picture of a trend shows.

    Attributes
    ----------
    totals : pl.DataFrame
        One row a total that was fitted: `period_start`, `period_end` (widest period, both included), `sure_start`,
        `sure_end` (the days that it speaks about at any feasible dates; null where there is none), `state` ("exact",
        "floor", "ceiling", "range"), `low`, `high` (bounds that were fitted; null = none), `shares` (share of the
        total on each day from `period_start`, over all feasible periods: they sum to 1), `low_rate`, `high_rate`
        (bounds times the largest share: heights, per day), `beyond` (its upper bound lies above the picture).
    days : pl.DataFrame
        One row a day of the fitted period: `date`, `covered` (whether a total may speak about it), `mean`, `mean_low`,
        `mean_high` (its confidence interval), `low`, `high` (prediction interval of the count of that day); null where
        the trend has no number, as where no exposure is known between two reports.
    label : str
        What the heights are.
    sentence : str
        The result in words.
    notes : str
        Model, assumption on lower bounds, rows left out, what goes on above the picture.
    source : str
        The source line.
    level : float
        Level of the intervals, as a share.
    stepped : bool
        Whether the mean jumps from day to day, and is drawn so.
    prediction : bool
        Whether the prediction interval is shown.
    top : float
        The upper end of the axis.
    cut : bool
        Whether the mean or an interval of it goes on above `top`.
    """

    totals: pl.DataFrame
    days: pl.DataFrame
    label: str
    sentence: str
    notes: str
    source: str
    level: float
    stepped: bool
    prediction: bool
    top: float
    cut: bool


def trend_picture(fit: TrendFit, *, prediction: bool = False) -> TrendPicture:
    """The heights of the totals, and the fitted mean of each day.

    Parameters
    ----------
    fit : TrendFit
        Made by `fit_trend`, with any terms.
    prediction : bool, default False
        Whether the prediction interval of the count of a day is to be shown.

    Raises
    ------
    KindError, MeasureError
        If it is no fitted trend.

    Notes
    -----
    A total n over d days has the height n / d, so that its area is the total. Where its ends are not exactly known,
    its height on a day is n times the mean, over all feasible periods, each equally likely, of 1 / d where the period
    holds the day and 0 where it does not: the area is still n.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> rows = [{"report_id": f"r{at}", "measure": "killed", "unit": "people", "kind": "flow", "value": str(14 + 7 * at),
    ...          "start": f"2019-05-{7 * at + 1:02}", "end": f"2019-05-{7 * at + 7:02}"} for at in range(4)]
    >>> trend_picture(cs.fit_trend(cs.deaths(cs.read_reports(pl.DataFrame(rows))))).totals["low_rate"].to_list()
    [2.0, 3.0, 4.0, 5.0]
    """
    expect(fit, TrendFit, "a fitted trend (cs.fit_trend)")
    totals = _totals(fit)
    days = _days(fit, totals, prediction=prediction)
    stepped = _stepped(fit)
    top, cut = trend_top(totals, days, stepped=stepped, prediction=prediction)
    return TrendPicture(
        totals=totals.with_columns(beyond=pl.col("high_rate").fill_null(0) > top),
        days=days,
        label=f"{fit.noun} per day",
        sentence=result_sentence(fit, days),
        notes=short_notes(fit, cut=cut),
        source=fit.note,
        level=fit.level,
        stepped=stepped,
        prediction=prediction,
        top=top,
        cut=cut,
    )


def trend_alt(fit: TrendFit, *, prediction: bool = False) -> str:
    """What the picture of a trend shows, in words.

    Parameters
    ----------
    fit, prediction
        As in `trend_picture`.

    Returns
    -------
    str
        The result, the mean on the first and last day, and each total.

    Raises
    ------
    KindError, MeasureError
        If it is no fitted trend.
    """
    picture = trend_picture(fit, prediction=prediction)
    totals = some([total_text(row) for row in picture.totals.to_dicts()])
    shown = [picture.days.row(at, named=True) for at in (0, -1)]
    ends = "; ".join(day_text(row, picture.level, prediction=prediction) for row in shown)
    silent = picture.days.filter(~pl.col("covered")).height
    gap = f" For {silent:,} {'day' if silent == 1 else 'days'} no report is used." if silent else ""
    return f"Line of {picture.label}, fitted to totals. {picture.sentence}. {ends}. Totals: {totals}.{gap}"


def _stepped(fit: TrendFit) -> bool:
    exposure: object = fit.request.exposure
    daily = fit.design.data is not None or not (exposure is None or isinstance(exposure, int | float))
    return daily or _JUMPS.search(fit.formula) is not None


def _totals(fit: TrendFit) -> pl.DataFrame:
    """The totals with the dates that the likelihood gave them."""
    found = fit.fitted.likelihood.totals
    sets = np.bincount(found.component)[found.component[found.scenario]]
    weights = np.bincount(found.piece, weights=1 / sets, minlength=len(found.row))
    rows: list[dict[str, Any]] = []
    for at, (low, high) in enumerate(zip(*found.row_bounds(), strict=True)):
        pieces = np.flatnonzero(found.row == at)
        first, last = int(found.first[pieces].min()), int(found.last[pieces].max())
        sure = (int(found.first[pieces].max()), int(found.last[pieces].min()))
        shares = np.zeros(last - first + 1)
        for piece in pieces:
            begin, end = int(found.first[piece]), int(found.last[piece])
            shares[begin - first : end - first + 1] += weights[piece] / (end - begin + 1)
        known = sure[0] <= sure[1]
        state = "exact" if low == high else "floor" if np.isinf(high) else "range" if low else "ceiling"
        rows.append(
            {
                "period_start": _after(fit, first),
                "period_end": _after(fit, last),
                "sure_start": _after(fit, sure[0]) if known else None,
                "sure_end": _after(fit, sure[1]) if known else None,
                "state": state,
                "low": float(low),
                "high": None if state == "floor" else float(high),
                "shares": shares.tolist(),
                "low_rate": float(low * shares.max()),
                "high_rate": None if state == "floor" else float(high * shares.max()),
            }
        )
    dates = dict.fromkeys(("period_start", "period_end", "sure_start", "sure_end"), pl.Date)
    return pl.DataFrame(rows, schema_overrides={**dates, "high": pl.Float64, "high_rate": pl.Float64})


def _after(fit: TrendFit, days: int) -> date:
    return fit.first_day + timedelta(days=days)


def _days(fit: TrendFit, totals: pl.DataFrame, *, prediction: bool) -> pl.DataFrame:
    days = [_after(fit, at) for at in range((fit.last_day - fit.first_day).days + 1)]
    covered = {
        row["period_start"] + timedelta(days=at)
        for row in totals.to_dicts()
        for at, share in enumerate(row["shares"])
        if share
    }
    draws = _DRAWS if prediction else 100
    parts = [_predicted(fit, days[at : at + _CHUNK], draws) for at in range(0, len(days), _CHUNK)]
    frame = pl.concat(parts).with_columns(covered=pl.Series([day in covered for day in days], dtype=pl.Boolean))
    return frame.select("date", "covered", "mean", "mean_low", "mean_high", "low", "high")


def _predicted(fit: TrendFit, days: list[date], draws: int) -> pl.DataFrame:
    """The prediction of each day; null on those for which there is none, such as days without an exposure."""
    try:
        return fit.predict(days, draws=draws).drop("extrapolated")
    except OptionError:
        if len(days) > 1:
            half = len(days) // 2
            return pl.concat([_predicted(fit, part, draws) for part in (days[:half], days[half:])])
    none = dict.fromkeys(("mean", "mean_low", "mean_high", "low", "high"), pl.lit(None, pl.Float64))
    return pl.DataFrame({"date": days}, schema={"date": pl.Date}).with_columns(**none)
