"""The time to restoration as a result: one curve a group, what sums it up, and what a reader must know of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.rates.restoration.wording import METHOD_WORDS, described

if TYPE_CHECKING:
    from casualtystats.rates.restoration.ranks import LogRank

__all__ = ["CURVE", "SUMMARY", "Interval", "Method", "Restoration", "To"]

Method = Literal["kaplan_meier", "cumulative_incidence", "turnbull"]
Interval = Literal["log-log", "log"]
To = Literal["functional", "partial"]

CURVE: Final[dict[str, Any]] = {
    "group": pl.String, "day": pl.Float64, "day_from": pl.Float64, "at_risk": pl.Int64, "restored": pl.Int64,
    "destroyed": pl.Int64, "censored": pl.Int64, "still_out": pl.Float64, "se": pl.Float64, "ci_low": pl.Float64,
    "ci_high": pl.Float64, "share_restored": pl.Float64, "share_restored_se": pl.Float64,
    "share_restored_ci_low": pl.Float64, "share_restored_ci_high": pl.Float64, "share_destroyed": pl.Float64,
    "share_destroyed_se": pl.Float64, "share_destroyed_ci_low": pl.Float64, "share_destroyed_ci_high": pl.Float64,
    "mass": pl.Float64, "level": pl.Float64, "method": pl.String,
}  # fmt: skip
SUMMARY: Final[dict[str, Any]] = {
    "group": pl.String, "outages": pl.Int64, "restored": pl.Int64, "destroyed": pl.Int64, "censored": pl.Int64,
    "median": pl.Float64, "median_ci_low": pl.Float64, "median_ci_high": pl.Float64, "median_low": pl.Float64,
    "median_high": pl.Float64, "horizon": pl.Float64, "restricted_mean": pl.Float64, "restricted_mean_se": pl.Float64,
    "restricted_mean_ci_low": pl.Float64, "restricted_mean_ci_high": pl.Float64, "level": pl.Float64,
    "method": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Restoration:
    """Time to restoration: how long outages last, in days out with both ends counted.

    Attributes
    ----------
    frame : pl.DataFrame
        One row a group and day on which something happens, from day 0 on. `group` (null = not split), `day` (days out;
        of Turnbull the last day of an interval that holds mass, null = without end), `day_from` (its first day),
        `at_risk`, `restored`, `destroyed`, `censored` (numbers of outages), `still_out` (share still out after that
        day: neither restored nor destroyed), `se`, `ci_low`, `ci_high` (of `still_out`; null where there is none),
        `share_restored` and `share_destroyed` each with `_se`, `_ci_low`, `_ci_high` (of the cumulative incidence),
        `mass` (of Turnbull: the share that falls into the interval), `level`, `method`.
    summary : pl.DataFrame
        One row a group: `outages`, `restored`, `destroyed`, `censored`; `median` in days (null = not reached, or known
        only by its bounds) with `median_ci_low`, `median_ci_high` (null = not reached) and `median_low`,
        `median_high` (bounds, equal where it is known; null = not reached); `horizon` in days, `restricted_mean` (mean days
        out up to the horizon; null where there is none) with `_se`, `_ci_low`, `_ci_high`; `level`, `method`.
    data : pl.DataFrame
        One outage a row, as the estimate took it: `group`, `entry`, `time_low`, `time_high`, `event`. Of a censored
        outage nothing is known but that it lasts longer than `time_low`.
    method : {"kaplan_meier", "cumulative_incidence", "turnbull"}
        How it was estimated.
    interval : {"log-log", "log"}
        Scale of the intervals.
    level : float
        Level of the intervals.
    by : tuple of str
        What splits the groups.
    to : {"functional", "partial"}
        What ends an outage.
    whole_days : bool
        Whether days are whole, as from a register: then an interval that begins after day c begins on day c + 1.
    notes : tuple of str
        Which method was taken and why, what was left out and how many, what is thin.
    """

    frame: pl.DataFrame
    summary: pl.DataFrame
    data: pl.DataFrame
    method: Method
    interval: Interval = "log-log"
    level: float = 0.95
    by: tuple[str, ...] = ()
    to: To = "functional"
    whole_days: bool = False
    notes: tuple[str, ...] = ()

    @property
    def groups(self) -> list[str | None]:
        """The groups in their order; [None] where nothing splits them."""
        return self.summary["group"].to_list()

    @property
    def median(self) -> float | None:
        """Median days out; None = not reached, or known only by its bounds (see `summary`).

        Raises
        ------
        OptionError
            If there are several groups.
        """
        return self._one("median")

    @property
    def median_interval(self) -> tuple[float | None, float | None]:
        """Interval of the median at `level`; None = not reached, or that there is none (Turnbull)."""
        return self._one("median_ci_low"), self._one("median_ci_high")

    @property
    def median_bounds(self) -> tuple[float | None, float | None]:
        """What the median may be, as far as the ends of the outages are known; None = not reached."""
        return self._one("median_low"), self._one("median_high")

    @property
    def horizon(self) -> float | None:
        """Days up to which the restricted mean is taken."""
        return self._one("horizon")

    @property
    def restricted_mean(self) -> float | None:
        """Mean days out up to the horizon; None where there is none (destroyed facilities, Turnbull)."""
        return self._one("restricted_mean")

    @property
    def restricted_mean_se(self) -> float | None:
        """Standard error of the restricted mean, in days."""
        return self._one("restricted_mean_se")

    @property
    def restricted_mean_interval(self) -> tuple[float | None, float | None]:
        """Interval of the restricted mean at `level`, in days, between 0 and the horizon."""
        return self._one("restricted_mean_ci_low"), self._one("restricted_mean_ci_high")

    def _one(self, column: str) -> float | None:
        if self.summary.height != 1:
            raise OptionError(
                f"expected one group for .{column}, got {self.summary.height} ({', '.join(map(str, self.groups))}); "
                "take the row of the group from .summary"
            )
        found: float | None = self.summary[column].item()
        return found

    def at(self, day: float) -> pl.DataFrame:
        """The curve on one day, one row a group.

        Parameters
        ----------
        day : float
            Days out, 0 or more.

        Returns
        -------
        pl.DataFrame
            `group`, `day`, `still_out` (null where it is not determined: after the last day under observation, or
            inside an interval of Turnbull's estimate), `still_out_low`, `still_out_high` (bounds there), `se`,
            `ci_low`, `ci_high`, `share_restored`, `share_restored_se`, `share_restored_ci_low`,
            `share_restored_ci_high`, `share_destroyed`.

        Raises
        ------
        OptionError
            If it is no number of days.

        Examples
        --------
        >>> from casualtystats.rates.restoration import kaplan_meier
        >>> curve = kaplan_meier([3, 5, 5, 8], [1, 1, 1, 0])
        >>> round(curve.at(5)["still_out"].item(), 4)
        0.25
        """
        from casualtystats.rates.restoration.reading import curve_at

        return curve_at(self, day)

    def at_risk(self, days: Sequence[float]) -> pl.DataFrame:
        """How many outages are known to last so long and are still followed: the risk table below a curve.

        Parameters
        ----------
        days : sequence of float
            Days out, each 0 or more.

        Returns
        -------
        pl.DataFrame
            `group`, `day`, `at_risk` (null where the ends of outages leave it open), `at_risk_low`, `at_risk_high`. An
            outage is at risk on a day after its entry, up to its restoration, its destruction or its censoring.

        Raises
        ------
        OptionError
            If one is no number of days.
        """
        from casualtystats.rates.restoration.reading import risk_table

        return risk_table(self, days)

    def compare(self) -> LogRank:
        """Log-rank test of whether restoration is equally fast in all groups.

        Returns
        -------
        LogRank
            With destroyed facilities, of the rate of restoration among those still out (cause-specific).

        Raises
        ------
        OptionError
            If there is only one group, if nothing was restored, or if the ends of outages are known only as intervals.
        """
        from casualtystats.rates.restoration.ranks import compared

        return compared(self)

    def to_frame(self) -> pl.DataFrame:
        """The curve, one row a group and day."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __len__(self) -> int:
        return self.summary.height

    def __str__(self) -> str:
        rows = self.summary.rows(named=True)
        lines = [described(row, self.level) for row in rows]
        if len(lines) != 1 or rows[0]["group"] is not None:
            lines = [f"{row['group']}: {line}" for row, line in zip(rows, lines, strict=True)]
        return f"{'; '.join(lines)}; {METHOD_WORDS[self.method]}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = [name for name in self.frame.columns if name == "day" or not _empty(self.frame[name])]
        return html_table(self.frame.select(shown), str(self), "; ".join(self.notes))


def _empty(column: pl.Series) -> bool:
    return column.null_count() == len(column) or (
        column.dtype == pl.Float64 and all(value is None or math.isnan(value) for value in column.to_list())
    )
