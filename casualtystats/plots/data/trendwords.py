"""A fitted trend in words: under its picture, and for readers who do not see it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from casualtystats.plots.dates import day_label
from casualtystats.printing import format_count, format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends import TrendFit
from casualtystats.trends.families import FAMILY_NAMES

__all__ = ["day_text", "result_sentence", "short_notes", "some", "total_text"]

_MOST: Final = 8


def some(parts: list[str], joiner: str = "; ") -> str:
    """A list in words: the first and last ones where they are many.

    Examples
    --------
    >>> some(list("abc")), some(list("abcdefghij"))
    ('a; b; c', 'a; b; c; d; 2 more; g; h; i; j')
    """
    half = _MOST // 2
    if len(parts) <= _MOST:
        return joiner.join(parts)
    return joiner.join([*parts[:half], f"{len(parts) - _MOST:,} more", *parts[-half:]])


def result_sentence(fit: TrendFit, days: pl.DataFrame) -> str:
    """The result in one sentence: growth and doubling time, else the ratio of the last day to the first.

    Parameters
    ----------
    fit : TrendFit
        The trend.
    days : pl.DataFrame
        The fitted mean of each day, as in `TrendPicture`.
    """
    if fit.has_growth:
        text = fit.sentence
    else:
        subject = fit.noun if fit.request.exposure is None else f"{fit.noun}, per exposure"
        text = f"{subject}: {_without_growth(fit, days)}"
    return text[0].upper() + text[1:]


def _without_growth(fit: TrendFit, days: pl.DataFrame) -> str:
    if fit.names != ("Intercept",):
        return f"no single growth; {_ratio(fit)}"
    constant = "one mean for all days, no growth in the model"
    if fit.request.exposure is not None or fit.request.offset is not None:
        return constant
    row = days.row(0, named=True)
    span = f"{format_rate(row['mean_low'], 'down')} to {format_rate(row['mean_high'], 'up')}"
    return f"{constant}; {format_rate(row['mean'])} per day ({level_text(fit.level)} interval {span})"


def _ratio(fit: TrendFit) -> str:
    first, last = _compared(fit)
    return str(fit.rate_ratio(last, over=first))


def _compared(fit: TrendFit) -> tuple[date, date]:
    """The first day and the last; with days of the week among the terms, the last one on the weekday of the first."""
    spare = (fit.last_day - fit.first_day).days % 7 if "weekday" in fit.formula else 0
    last = fit.last_day - timedelta(days=spare)
    return fit.first_day, last if last > fit.first_day else fit.last_day


def short_notes(fit: TrendFit, *, cut: bool) -> str:
    """The model, what it assumes, and what was left out: the line under a picture.

    Parameters
    ----------
    fit : TrendFit
        The trend.
    cut : bool
        Whether the mean or an interval goes on above the picture.
    """
    name = FAMILY_NAMES[fit.family]
    terms = "" if fit.formula == "day" else f" with the terms {fit.formula}"
    parts = [f"{name[0].upper()}{name[1:]} fit to {format_count(fit.n)} totals{terms}"]
    if fit.request.cov != "model":
        parts.append(f"robust standard errors ({fit.request.cov})")
    if fit.floors:
        parts.append("lower bounds: their threshold is assumed not to depend on the count")
    if fit.request.use != "reported":
        parts.append(f"{fit.request.use} values taken as if exact")
    parts += [f"left out: {number} ({reason})" for reason, number in fit.left_out.items()]
    if cut:
        parts.append("the mean or its interval goes on above the picture")
    return "; ".join(parts)


def total_text(row: dict[str, Any]) -> str:
    """A total with its days (columns of `TrendPicture.totals`).

    Examples
    --------
    >>> day = date(2019, 5, 1)
    >>> row = {"period_start": day, "period_end": day, "sure_start": day, "sure_end": day}
    >>> total_text(row | {"state": "floor", "low": 12.0, "high": None, "low_rate": 12.0})
    '1 May 2019: at least 12'
    """
    start, end = row["period_start"], row["period_end"]
    when = day_label(start) if start == end else f"{day_label(start)} to {day_label(end)}"
    if row["sure_start"] != start or row["sure_end"] != end:
        when += " at most"
    low = format_count(row["low"])
    if row["state"] == "exact":
        return f"{when}: {low} ({format_rate(row['low_rate'])} per day)"
    if row["state"] == "floor":
        return f"{when}: at least {low}"
    high = format_count(row["high"])
    return f"{when}: up to {high}" if row["state"] == "ceiling" else f"{when}: {low} to {high}"


def day_text(row: dict[str, Any], level: float, *, prediction: bool) -> str:
    """The fitted mean of a day with its interval (columns of `TrendPicture.days`)."""
    day = day_label(row["date"])
    if row["mean"] is None:
        return f"{day}: no fitted mean"
    span = f"{format_rate(row['mean_low'], 'down')} to {format_rate(row['mean_high'], 'up')}"
    text = f"{day}: fitted mean {format_rate(row['mean'])} per day ({level_text(level)} interval {span}"
    if prediction:
        text += f"; count of the day {format_count(row['low'])} to {format_count(row['high'])}"
    return f"{text})"
