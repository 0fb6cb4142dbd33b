"""Rates against a threshold: above, straddles or below; of a floor above, or not shown to be above.

Source range and sampling interval are two things, and are judged each for itself. Ends that touch the threshold straddle
it. Above means above as a whole: the lower end lies higher than the threshold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from casualtystats.errors import MeasureError, OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.rates.people import is_under_five
from casualtystats.rates.threshold import Threshold
from casualtystats.series.info import SeriesInfo

if TYPE_CHECKING:
    from casualtystats.rates.result import RateSeries

__all__ = ["Verdicts", "judge", "recorded"]

ABOVE, STRADDLES, BELOW, NOT_SHOWN = "above", "straddles", "below", "not shown to be above"
_RECORDED: Final = frozenset({"verified", "documented"})
_BITS: Final = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class Verdicts:
    """Rates judged against one threshold, one a row. Made by `RateSeries.against`.

    Attributes
    ----------
    frame : pl.DataFrame
        Columns of `by`, `period_start`, `period_end`, `rate`, `rate_low`, `rate_high`, `ci_low`, `ci_high`, `threshold`
        (per the same person-days as the rates), `source_range` and `sampling` (the two verdicts; null where there is
        nothing to judge), `verdict` (the more cautious of the two; null where only the source range is
        judged and lies wholly on one side), `decisive` (which of them it rests on), `floor`
        (whether the count is one), `reason` (what makes it a floor, or why a verdict is missing), `rule`.
    threshold : Threshold
        What they were judged against.
    label : str
        What the rates are.
    by : tuple of str
        What splits them.
    note : str
        Sources.
    """

    frame: pl.DataFrame
    threshold: Threshold
    label: str
    by: tuple[str, ...]
    note: str = ""

    def to_frame(self) -> pl.DataFrame:
        """The verdicts as a frame."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __len__(self) -> int:
        return self.frame.height

    def __str__(self) -> str:
        if self.frame.height == 1:
            row = self.frame.row(0, named=True)
            source, sampling = row["source_range"] or "no verdict", row["sampling"] or "no verdict"
            reason = f"; {row['reason']}" if row["reason"] else ""
            return (
                f"{self.label}, against {self.threshold}: {row['verdict'] or 'no verdict'} "
                f"(by source range {source}, by sampling interval {sampling}{reason})"
            )
        counts = self.frame["verdict"].fill_null("no verdict").value_counts(sort=True).sort("verdict")
        told = ", ".join(f"{number} {verdict}" for verdict, number in counts.rows()) or "no rows"
        # What holds of all rows is said once: a verdict without its condition would claim too much.
        shared = self.frame["reason"].str.split("; no sampling interval").list.first().unique().to_list()
        reason = f" ({shared[0]})" if len(shared) == 1 and shared[0].startswith("a floor") else ""
        return f"{self.label}, against {self.threshold}: {told}{reason}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = (
            "period_start",
            "period_end",
            "rate",
            "threshold",
            "source_range",
            "sampling",
            "verdict",
            "decisive",
            "reason",
        )
        return html_table(self.frame.select(*self.by, *shown), str(self), self.note)


def judge(rates: RateSeries, threshold: Threshold, *, floor: bool = False) -> Verdicts:
    """Judge each rate: see `RateSeries.against`."""
    if not isinstance(threshold, Threshold):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(
            "expected threshold= a Threshold, such as cs.thresholds.get('CDC/MSF emergency') or cs.thresholds.twice(0.25); "
            f"got {threshold!r}"
        )
    reason = _floor_reason(rates, threshold, floor)
    rows: list[dict[str, Any]] = []
    for row in rates.to_frame().iter_rows(named=True):
        limit = threshold.at(row["per"])
        why, open_top = reason or _open_reason(row), row["rate_low"] is not None and row["rate_high"] is None
        is_floor = bool(reason) or open_top
        source = _verdict(row["rate_low"], row["rate_high"], limit, is_floor)
        sampling = _verdict(row["ci_low"], row["ci_high"], limit, is_floor)
        verdict, decisive = _together(source, sampling)
        missing = row["method"].removeprefix("none: ") if sampling is None else ""
        rows.append(
            {name: row[name] for name in (*rates.by, "period_start", "period_end", *_ENDS)}
            | {
                "threshold": limit,
                "source_range": source,
                "sampling": sampling,
                "verdict": verdict,
                "decisive": decisive,
            }
            | {"floor": is_floor, "rule": threshold.name}
            | {
                "reason": "; ".join(
                    part for part in (why, f"no sampling interval: {missing}" if missing else "") if part
                )
            }
        )
    schema: dict[str, Any] = {name: rates.to_frame().schema[name] for name in rates.by}
    schema |= {"period_start": pl.Date, "period_end": pl.Date} | dict.fromkeys((*_ENDS, "threshold"), pl.Float64)
    schema |= dict.fromkeys(("source_range", "sampling", "verdict", "decisive"), pl.String)
    schema |= {"floor": pl.Boolean, "reason": pl.String, "rule": pl.String}
    return Verdicts(pl.DataFrame(rows, schema=schema), threshold, rates.label, rates.by, rates.note)


_ENDS: Final = ("rate", "rate_low", "rate_high", "ci_low", "ci_high")


def _verdict(low: float | None, high: float | None, limit: float, floor: bool) -> str | None:
    if low is None:
        return None
    if low > limit and not _touches(low, limit):
        return ABOVE
    if floor or high is None:
        return NOT_SHOWN
    return BELOW if high < limit and not _touches(high, limit) else STRADDLES


def _touches(end: float, limit: float) -> bool:
    """Whether an end is the limit but for the last bits of a conversion to another constant."""
    return math.isclose(end, limit, rel_tol=_BITS)


def _together(source: str | None, sampling: str | None) -> tuple[str | None, str | None]:
    """The more cautious verdict, and which of the two it rests on."""
    if source is None:
        return sampling, None
    if sampling is None:
        # By the reports alone, without what chance leaves: an exact count of the same size would have to be surer.
        return (source, "source range") if source in (STRADDLES, NOT_SHOWN) else (None, None)
    if source == sampling:
        return source, "both"
    if source in (STRADDLES, NOT_SHOWN):
        return source, "source range"
    if sampling in (STRADDLES, NOT_SHOWN):
        return sampling, "sampling interval"
    return STRADDLES, "both"


def _open_reason(row: dict[str, Any]) -> str:
    if row["rate_low"] is None or row["rate_high"] is not None:
        return ""
    if row["coverage"] < 1:
        return "a floor: not every day is covered by a report about the whole"
    if row["numerator_high"] is None:
        return "a floor: no upper bound of the deaths is known"
    return "no upper end: no lower bound of the population is known"


def _floor_reason(rates: RateSeries, threshold: Threshold, stated: bool) -> str:
    """Why the counts are floors on the deaths that the threshold is about; empty where they are not.

    Raises
    ------
    MeasureError
        If the rates can not be judged against the threshold.
    """
    info, per_unit = rates.info, set(rates.to_frame()["per_unit"])
    if info is None or info.measure not in ("killed", "died") or per_unit - {"person-days"}:
        raise MeasureError(f"expected death rates per person-days against a mortality threshold, got {rates.label}")
    if info.newly:
        raise MeasureError(
            "expected deaths by the period in which they happened against a threshold, got newly reported ones: late additions "
            "are not deaths of that period"
        )
    young = _young(rates, info)
    if young != (threshold.measure == "U5MR"):
        who = "children under five" if young else "the whole population or another group"
        raise MeasureError(
            f"expected a threshold of the same people, got rates of {who} and a {threshold.measure} threshold "
            f"({threshold.name}); use one with measure {'U5MR' if young else 'CMR'}"
        )
    if not young and "group" in info.by:
        raise MeasureError(
            "expected deaths of the whole population, or of one group, against a CMR threshold, got rates by group: each is "
            "per person-days of its own group, and says nothing of the rate of all. Build the series without by=['group']"
        )
    if not young and rates.people_group is not None:
        raise MeasureError(
            f"expected person-days of the whole population against a CMR threshold, got those of {rates.people_group} alone"
        )
    part = not young and (_split(info, "group") or _split(info, "perpetrator"))
    within = ", of a part of the population or of the deaths; it holds where the person-days are of all" if part else ""
    if info.measure == "killed":
        return f"a floor: violent deaths alone{within}"
    if part:
        return f"a floor: deaths{within.removeprefix(',')}"
    if stated:
        return "a floor, as stated: not all deaths are known"
    return recorded(rates)


def recorded(rates: RateSeries) -> str:
    """Why deaths are a floor by what their reports rest on; empty where none is verified or documented only.

    Deaths that were verified one by one, or found in documents, are a part of all. Where only some reports of a series say
    that they are, the series as a whole is a floor all the same.
    """
    known = [] if rates.info is None else [name for name in rates.info.standards if name in _RECORDED]
    if not known:
        return ""
    words = " and ".join(known)
    return f"a floor: {words} deaths only" if rates.all_recorded else f"a floor: {words} deaths in some of the reports"


def _young(rates: RateSeries, info: SeriesInfo) -> bool:
    """Whether all rates are of children under five."""
    if rates.indicator is not None:
        return rates.indicator == "U5MR"
    groups = rates.to_frame()["group"].to_list() if "group" in info.by else [info.group]
    return bool(groups) and all(is_under_five(group) for group in groups)


def _split(info: SeriesInfo, name: str) -> bool:
    return getattr(info, name) is not None or name in info.by
