"""A growth under other choices: one row a choice, in per cent a day."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from casualtystats.plots.data.checks import expect
from casualtystats.printing import format_rate
from casualtystats.rates.sampling import level_text
from casualtystats.trends import Sensitivity
from casualtystats.trends.wording import percent_span

__all__ = ["SensitivityPicture", "sensitivity_alt", "sensitivity_picture", "short_reason"]

# An interval is cut where it reaches further beyond what is known of the growth than this many times its span.
_REACH: Final = 1.5
_AIR: Final = 0.06
_HEADS: Final = {
    "as fitted": "as fitted",
    "value": "values of the reports",
    "dates": "dates that are not known",
    "source": "sources",
    "family": "variation of the counts",
    "spread (contrast)": "contrast: reports spread over days first",
}
_STOPS: Final = (": ", "; ", " (", ". ", ", which ")


@dataclass(frozen=True, eq=False)
class SensitivityPicture:
    """What the picture of a sensitivity shows.

    Attributes
    ----------
    rows : pl.DataFrame
        One row a choice: `head` (its group), `what`, `kind` ("fitted", "choice", "contrast"), `growth`, `low`, `high`
        (per cent a day; the interval is null where there is none), `text` (the growth in words; the short reason where
        there is none), `cut_low`, `cut_high` (whether the interval goes on outside of the picture).
    growth : float
        As fitted, in per cent a day.
    left, right : float
        The growths to be seen, in per cent a day.
    sentence : str
        The result in words.
    source : str
        The source line.
    level : float
        Level of the intervals, as a share.
    """

    rows: pl.DataFrame
    growth: float
    left: float
    right: float
    sentence: str
    source: str
    level: float


def sensitivity_picture(result: Sensitivity) -> SensitivityPicture:
    """The rows of a sensitivity, and the growths to be seen.

    Parameters
    ----------
    result : Sensitivity
        From `TrendFit.sensitivity()`.

    Raises
    ------
    KindError, MeasureError
        If it is no sensitivity of a trend.
    """
    expect(result, Sensitivity, "the sensitivity of a trend (fit.sensitivity())")
    rows = [_row(row) for row in result.frame.to_dicts()]
    left, right = _limits(rows)
    for row in rows:
        row["cut_low"] = row["low"] is not None and row["low"] < left
        row["cut_high"] = row["high"] is not None and row["high"] > right
    numbers: dict[str, type[pl.DataType]] = dict.fromkeys(("growth", "low", "high"), pl.Float64)
    text = str(result)
    return SensitivityPicture(
        rows=pl.DataFrame(rows, schema_overrides=numbers),
        growth=100 * result.growth,
        left=left,
        right=right,
        sentence=text[0].upper() + text[1:],
        source=result.note,
        level=result.level,
    )


def sensitivity_alt(result: Sensitivity) -> str:
    """What the picture of a sensitivity shows, in words.

    Parameters
    ----------
    result : Sensitivity
        From `TrendFit.sensitivity()`.

    Returns
    -------
    str
        The result, and each choice with its growth and interval, or the reason why there is none.

    Raises
    ------
    KindError, MeasureError
        If it is no sensitivity of a trend.
    """
    picture = sensitivity_picture(result)
    told: list[str] = []
    for row in picture.rows.to_dicts():
        name = row["what"] if row["kind"] == "choice" else f"{row['head'].split(':')[0]}, {row['what']}"
        text = row["text"]
        if row["low"] is not None:
            share = f"{level_text(picture.level)} "
            text += f" ({share}interval {percent_span(row['low'] / 100, row['high'] / 100)})"
        told.append(f"{name}: {text}")
    return f"Dots of the growth a day under other choices. {picture.sentence}. {'; '.join(told)}."


def short_reason(reason: str) -> str:
    """The first clause of a reason.

    Examples
    --------
    >>> short_reason("expected at least 4 periods with a count for a trend, got 2 (3 left out: no best value)")
    'expected at least 4 periods with a count for a trend, got 2'
    """
    return reason[: min((at for stop in _STOPS if (at := reason.find(stop)) > 0), default=len(reason))]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    growth, low, high = (
        None if row[name] is None else 100 * row[name]
        for name in ("growth_per_day", "growth_per_day_low", "growth_per_day_high")
    )
    kind = {"as fitted": "fitted", "spread (contrast)": "contrast"}.get(row["choice"], "choice")
    if growth is None:
        text = f"no growth: {short_reason(row['reason'])}"
    else:
        value = format_rate(round(growth, 10))
        text = f"{'+' if growth > 0 else ''}{value} %"
    return {
        "head": _HEADS.get(row["choice"], row["choice"]),
        "what": row["what"],
        "kind": kind,
        "growth": growth,
        "low": low,
        "high": high,
        "text": text,
    }


def _limits(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """All growths, with the intervals as far as these do not press them together."""
    known = [row["growth"] for row in rows if row["growth"] is not None]
    known += [row[name] for row in rows if row["kind"] == "fitted" for name in ("low", "high") if row[name] is not None]
    least, most = min(known), max(known)
    span = (most - least) or max(abs(least), 1.0)
    ends = [row[name] for row in rows for name in ("low", "high") if row[name] is not None and math.isfinite(row[name])]
    left = max(least - _REACH * span, min([least, *ends]))
    right = min(most + _REACH * span, max([most, *ends]))
    air = _AIR * (right - left or span)
    return left - air, right + air
