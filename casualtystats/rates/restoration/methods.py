"""The three estimates of one group, each laid out as columns of a curve and what sums it up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from casualtystats.rates.restoration.incidence import incidence
from casualtystats.rates.restoration.inputs import Floats
from casualtystats.rates.restoration.restricted import restricted_mean
from casualtystats.rates.restoration.survival import Curve, interval_of, quantile, survival
from casualtystats.rates.restoration.turnbull_fit import npmle

__all__ = ["Estimated", "by_incidence", "by_kaplan_meier", "by_turnbull"]

SMALL = 5


@dataclass(frozen=True, slots=True)
class Estimated:
    """Columns of a curve, fields of a summary, notes."""

    curve: dict[str, Any]
    summary: dict[str, Any]
    notes: list[str]


def by_kaplan_meier(
    time: Floats, kinds: Any, entry: Floats, level: float, interval: str, horizon: float | None
) -> Estimated:
    """Kaplan-Meier with Greenwood's errors, median and restricted mean."""
    fitted = survival(time, (kinds > 0).astype(np.int64), entry)
    curve, at = _days(time, kinds, entry, fitted.day)
    share, se = fitted.share[at], fitted.se[at]
    low, high = interval_of(share, se, level, interval)
    curve |= {"still_out": share, "se": se, "ci_low": low, "ci_high": high, "share_restored": 1 - share}
    ends = interval_of(fitted.share, fitted.se, level, interval)
    median = quantile(fitted.day, fitted.share)
    summary: dict[str, Any] = {"median": median, "median_low": median, "median_high": median}
    summary |= {"median_ci_low": quantile(fitted.day, ends[0]), "median_ci_high": quantile(fitted.day, ends[1])}
    # A horizon of 0 (every outage censored or over at once) has no mean.
    if horizon:
        names = ("restricted_mean", "restricted_mean_se", "restricted_mean_ci_low", "restricted_mean_ci_high")
        summary |= dict(zip(names, restricted_mean(fitted, horizon, level), strict=True)) | {"horizon": horizon}
    return Estimated(curve, summary, _thin(fitted, entry))


def by_incidence(time: Floats, kinds: Any, entry: Floats, level: float, interval: str) -> Estimated:
    """Cumulative incidence of restoration and of destruction, and the share that is neither."""
    fitted = survival(time, (kinds > 0).astype(np.int64), entry)
    curve, place = _days(time, kinds, entry, fitted.day)
    low, high = interval_of(fitted.share[place], fitted.se[place], level, interval)
    curve |= {"still_out": fitted.share[place], "se": fitted.se[place], "ci_low": low, "ci_high": high}
    summary: dict[str, Any] = {}
    for cause, name in ((1, "share_restored"), (2, "share_destroyed")):
        day, share, se, _ = incidence(time, kinds, entry, cause)
        low, high = interval_of(share, se, level, interval)
        at = np.searchsorted(day, np.asarray(curve["day"], np.float64), side="right") - 1
        curve |= {name: share[at], f"{name}_se": se[at], f"{name}_ci_low": low[at], f"{name}_ci_high": high[at]}
        if cause == 1:
            median = quantile(day, 1 - share)
            summary = {"median": median, "median_low": median, "median_high": median}
            summary |= {"median_ci_low": quantile(day, 1 - high), "median_ci_high": quantile(day, 1 - low)}
    return Estimated(curve, summary, _thin(fitted, entry))


def by_turnbull(low: Floats, high: Floats, kinds: Any, whole: bool) -> Estimated:
    """Turnbull's estimate; the median by the ends of the interval that it falls into."""
    fitted = npmle(low, high)
    censored = low[kinds == 0]
    left = np.maximum(0.0, 1 - np.cumsum(fitted.mass))
    left = np.where(left < 1e-9, 0.0, left)
    stop = np.where(np.isinf(fitted.stop), np.nan, fitted.stop)
    start = np.where(fitted.after & whole, fitted.start + 1, fitted.start)
    curve: dict[str, Any] = {"day": np.r_[0.0, stop], "day_from": np.r_[0.0, start], "mass": np.r_[0.0, fitted.mass]}
    curve["still_out"] = np.r_[1.0, np.where(np.isnan(stop), np.nan, left)]
    curve["share_restored"] = 1 - curve["still_out"]
    half = int(np.flatnonzero(left <= 0.5 + 1e-7)[0]) if (left <= 0.5 + 1e-7).any() else len(left) - 1
    from_, until = float(start[half]), float(fitted.stop[half])
    summary: dict[str, Any] = {"median_low": from_, "median_high": None if np.isinf(until) else until}
    if from_ == until:
        summary["median"] = from_
    note = "Turnbull: no other distribution is more likely"
    if fitted.gap > 1e-6:
        note += f" by much (largest derivative left {fitted.gap:.1e} an outage)"
    if censored.size and np.isinf(fitted.stop[-1]):
        note += f"; a share of {fitted.mass[-1]:.3g} lies after day {fitted.start[-1]:g}, the data do not say when"
    return Estimated(curve, summary, [note])


def _days(time: Floats, kinds: Any, entry: Floats, fitted: Floats) -> tuple[dict[str, Any], Any]:
    """Every day on which something ends, the counts of it, and the place of each in a fitted curve."""
    day = np.unique(np.r_[0.0, time])
    place = np.searchsorted(day, time)
    entered = np.searchsorted(np.sort(np.where(entry > 0, entry, -1.0)), day, side="left")
    gone = np.searchsorted(np.sort(time), day, side="left")
    curve: dict[str, Any] = {"day": day, "at_risk": entered - gone}
    for kind, name in enumerate(("censored", "restored", "destroyed")):
        curve[name] = np.bincount(place[kinds == kind], minlength=len(day))
    return curve, np.searchsorted(fitted, day, side="right") - 1


def _thin(curve: Curve, entry: Floats) -> list[str]:
    """What a reader must know where outages join late."""
    late = int((entry > 0).sum())
    if not late:
        return []
    notes = [f"{late} of {len(entry)} outages entered late, already out when follow-up began"]
    early = (curve.events > 0) & (curve.day < entry.max())
    emptied = np.flatnonzero(early & (curve.events == curve.at_risk))
    few = np.flatnonzero(early & (curve.at_risk < SMALL))
    if emptied.size:
        notes.append(
            f"all outages at risk on day {curve.day[emptied[0]]:g} ended then, before others entered: the curve is 0 from "
            "there on, and says nothing of the later ones; start follow-up later"
        )
    elif few.size:
        risk, day = curve.at_risk[few[0]], curve.day[few[0]]
        notes.append(f"only {risk:g} at risk on day {day:g}, before others entered: the whole curve hangs on them")
    return notes
