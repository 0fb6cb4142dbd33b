"""Areas against a threshold: rates by person-days, and exact Poisson limits around the threshold.

With lambda the threshold per person-day and T person-days, the count at the threshold has the mean m = lambda T. The
upper limit is the count (as a real number) whose lower Garwood end is m, the lower limit the count whose upper Garwood
end is m; both over T. An area lies above the upper limit of 95 % where its 95 % Garwood interval lies above the threshold,
so that picture and verdicts agree. Below m = -ln((1 - level)/2) no count is low enough, and the lower limit is 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.plots.data.checks import expect
from casualtystats.printing import format_count
from casualtystats.rates import RateSeries, Threshold
from casualtystats.rates.operands import row_label
from casualtystats.rates.printed import printed

__all__ = ["LEVELS", "FunnelPicture", "control_limits", "funnel_alt", "funnel_picture"]

LEVELS: Final = (0.95, 0.998)
_STEPS: Final = 160
_HALVINGS: Final = 100
_MOST: Final = 12
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FunnelPicture:
    """What a funnel shows.

    Attributes
    ----------
    marks : pl.DataFrame
        One row an area: `name`, `person_days`, `rate` (the best, or the bound of a floor), `state` ("value" or "floor"),
        `verdict` (above, straddles, below, not shown to be above), `decisive`, `outside` ("above" or "below" the limits of
        95 %, "" inside).
    limits : pl.DataFrame
        `person_days`, `level`, `low`, `high`: rates per the same constant.
    threshold : float
        The threshold per the constant of the rates.
    name, label, source : str
        Of the threshold; of the rate; the line below.
    left_out : tuple of str
        Areas that have no place in it: no report, or no best number of person-days.
    """

    marks: pl.DataFrame
    limits: pl.DataFrame
    threshold: float
    name: str
    label: str
    source: str
    left_out: tuple[str, ...]


def control_limits(expected: Floats, level: float) -> tuple[Floats, Floats]:
    """Counts, as real numbers, between which an area with so many expected at the threshold is no exception.

    Parameters
    ----------
    expected : array
        Counts expected at the threshold, above 0.
    level : float
        A share.

    Returns
    -------
    (array, array)
        The lower limit (0 where no count is low enough) and the upper limit.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24,
    1185-1202; Garwood, F. (1936). Biometrika 28, 437-442.

    Examples
    --------
    >>> low, high = control_limits(np.array([2.0, 50.0]), 0.95)
    >>> low.round(1).tolist(), high.round(1).tolist()
    ([0.0, 36.1], [5.7, 64.8])
    """
    tail = (1 - level) / 2
    # P(Gamma(c) <= m) is the tail at the upper limit c, and 1 - tail one count above the lower one.
    upper = _root(expected, tail, np.zeros_like(expected))
    lower = _root(expected, 1 - tail, np.zeros_like(expected) + 1) - 1
    return np.where(expected > -np.log(tail), lower, 0.0), upper


def _root(expected: Floats, share: float, left: Floats) -> Floats:
    """The count c from `left` on at which P(Gamma(c) <= m), which falls with c, is `share`."""
    from scipy.special import gammainc

    right = 2 * expected + 20 * np.sqrt(expected) + 60
    for _ in range(_HALVINGS):
        middle = (left + right) / 2
        further = np.asarray(gammainc(middle, expected), dtype=np.float64) > share
        left, right = np.where(further, middle, left), np.where(further, right, middle)
    found: Floats = (left + right) / 2
    return found


def funnel_picture(rates: RateSeries, threshold: Threshold) -> FunnelPicture:
    """The areas, their verdicts, and the limits around the threshold.

    Raises
    ------
    KindError, MeasureError
        If it holds no rates, or rates that can not be judged against the threshold (see `RateSeries.against`).
    NoReportsError
        If no row has both a rate and person-days.
    OptionError
        If the threshold is none.
    """
    if not isinstance(threshold, Threshold):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            f"expected threshold= a Threshold, such as cs.thresholds.get('CDC/MSF emergency'); got {type(threshold).__name__}"
        )
    frame = expect(rates, RateSeries, "rates (cs.crude_mortality_rate)").to_frame()
    verdicts = rates.against(threshold).to_frame()
    one_period = frame.select("period_start", "period_end").n_unique() == 1
    rows: list[dict[str, Any]] = []
    left_out: list[str] = []
    for row, verdict in zip(frame.iter_rows(named=True), verdicts.iter_rows(named=True), strict=True):
        name = row_label(row, rates.by, period=not one_period)
        rate = row["rate_low"] if row["rate"] is None else row["rate"]
        if row["person_days"] is None or rate is None or (row["rate"] is None and row["numerator_high"] is not None):
            left_out.append(name)
            continue
        rows.append(
            {"name": name, "person_days": row["person_days"], "rate": rate}
            | {"state": "floor" if verdict["floor"] else "value"}
            | {"verdict": verdict["verdict"], "decisive": verdict["decisive"]}
        )
    if not rows:
        raise NoReportsError("expected at least one area with a rate and a number of person-days, got none")
    per = float(frame["per"][0])
    marks = pl.DataFrame(rows)
    limits = _limits(marks["person_days"].to_numpy(), threshold.at(per), per)
    marks = marks.with_columns(outside=pl.Series(_outside(marks, threshold.at(per), per)))
    source = rates.note or "Source: not stated"
    return FunnelPicture(marks, limits, threshold.at(per), threshold.name, rates.label, source, tuple(left_out))


def _limits(person_days: Floats, value: float, per: float) -> pl.DataFrame:
    first, last = float(person_days.min()) / 1.6, float(person_days.max()) * 1.6
    days = np.geomspace(first, last, _STEPS)
    parts: list[pl.DataFrame] = []
    for level in LEVELS:
        low, high = control_limits(days * value / per, level)
        bounds = {"person_days": days, "low": low / days * per, "high": high / days * per}
        parts.append(pl.DataFrame(bounds).with_columns(level=pl.lit(level)))
    return pl.concat(parts).select("person_days", "level", "low", "high")


def _outside(marks: pl.DataFrame, value: float, per: float) -> list[str]:
    days, rates = marks["person_days"].to_numpy(), marks["rate"].to_numpy()
    low, high = (ends / days * per for ends in control_limits(days * value / per, LEVELS[0]))
    floors = marks["state"].to_list()
    return [
        "above" if rate > most else "below" if rate < least and state != "floor" else ""
        for rate, least, most, state in zip(rates, low, high, floors, strict=True)
    ]


def funnel_alt(rates: RateSeries, threshold: Threshold) -> str:
    """Each area with its rate, person-days and verdict, in words.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> from casualtystats.rates import thresholds
    >>> reports = cs.read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "died", "unit": "people",
    ...     "kind": "flow", "place": ["A", "B"], "value": [10, 30], "start": "2019-05-01", "end": "2019-05-10"}))
    >>> rates = cs.crude_mortality_rate(cs.deaths(reports, cause="all", by=["place"]), {"A": 10_000, "B": 9_000})
    >>> print(funnel_alt(rates, thresholds.get("CDC/MSF emergency")).split(": ")[-1])
    A 1.00 on 100,000 person-days, straddles; B 3.33 on 90,000 person-days, above.
    """
    picture = funnel_picture(rates, threshold)
    told = [_told(row) for row in picture.marks.to_dicts()]
    shown = "; ".join(told[:_MOST]) + (f"; {len(told) - _MOST:,} more" if len(told) > _MOST else "")
    left = f" Left out, without a rate or person-days: {', '.join(picture.left_out)}." if picture.left_out else ""
    return (
        f"Points of {picture.label} by person-days, with exact Poisson limits of 95 % and 99.8 % around the threshold "
        f"{printed(picture.threshold)} ({picture.name}). Rates and verdicts: {shown}.{left}"
    )


def _told(row: dict[str, Any]) -> str:
    least = "at least " if row["state"] == "floor" else ""
    rate = printed(row["rate"], "down" if least else "nearest")
    return f"{row['name']} {least}{rate} on {format_count(round(row['person_days']))} person-days, {row['verdict']}"
