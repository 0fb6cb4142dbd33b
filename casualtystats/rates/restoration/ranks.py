"""The log-rank test: whether restoration is equally fast in several groups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from casualtystats.errors import OptionError, TooFewReportsError
from casualtystats.markup import html_table, write_table
from casualtystats.rates.restoration.inputs import Column, Floats, checked_entry, checked_events, checked_times, columns

if TYPE_CHECKING:
    from casualtystats.rates.restoration.result import Restoration

__all__ = ["LogRank", "compared", "log_rank"]

RANKS: Final[dict[str, Any]] = {
    "group": pl.String, "outages": pl.Int64, "restored": pl.Int64, "expected": pl.Float64
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class LogRank:
    """Log-rank test between groups.

    Attributes
    ----------
    frame : pl.DataFrame
        One row a group: `group`, `outages`, `restored`, `expected` (restored, were all groups equally fast).
    chi2 : float
        The statistic.
    df : int
        Degrees of freedom: groups less 1.
    p_value : float
        Probability of so large a statistic, were all groups equally fast.
    notes : tuple of str
        What is compared.
    """

    frame: pl.DataFrame
    chi2: float
    df: int
    p_value: float
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """One row a group."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __str__(self) -> str:
        p = "p < 0.0001" if self.p_value < 0.0001 else f"p = {self.p_value:.2g}"
        df = f"{self.df} degree{'' if self.df == 1 else 's'} of freedom"
        return f"log-rank test of {self.frame.height} groups: chi-squared {self.chi2:.2f}, {df}, {p}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.frame, str(self), "; ".join(self.notes))


def log_rank(time: Column, restored: Column, group: Column, entry: Column | None = None) -> LogRank:
    """Log-rank test of whether restoration is equally fast in all groups.

    Parameters
    ----------
    time : sequence of float
        Days out, of 0 or more.
    restored : sequence of int or bool
        1 = restored after so many days, 0 = still out then (censored).
    group : sequence
        The group of each outage; None is a group of its own, "not stated".
    entry : sequence of float, optional
        Days already out when follow-up began; at risk only after them.

    Returns
    -------
    LogRank
        Unweighted, with the hypergeometric variance.

    Raises
    ------
    OptionError
        If the columns do not fit each other, or there is only one group.
    TooFewReportsError
        If nothing was restored, or the groups are never at risk on the same days.

    References
    ----------
    Mantel, N. (1966). Evaluation of survival data and two new rank order statistics arising in its consideration. Cancer
    Chemotherapy Reports 50, 163-170. `statsmodels.duration.survfunc.survdiff`.

    Examples
    --------
    >>> print(log_rank([3, 5, 8, 2, 9, 12], [1, 1, 1, 1, 0, 0], ["a", "a", "a", "b", "b", "b"]))
    log-rank test of 2 groups: chi-squared 1.18, 1 degree of freedom, p = 0.28
    """
    days = checked_times(time)
    ended = checked_events(restored, "restored", len(days))
    late = checked_entry(entry, days)
    named = ["not stated" if name is None else str(name) for name in columns(group, "group")]
    if len(named) != len(days):
        raise OptionError(f"expected group= one value for each of {len(days)} times, got {len(named)}")
    return tested(days, ended, late, named)


def compared(result: Restoration) -> LogRank:
    """The test between the groups of a result; see `Restoration.compare`."""
    if result.method == "turnbull":
        raise OptionError(
            "expected exact or right-censored ends for a log-rank test, got ends known only as intervals; compare the curves "
            "of the groups by their bounds: .summary and .at(day)"
        )
    data = result.data
    note: tuple[str, ...] = ()
    if result.method == "cumulative_incidence":
        note = (
            "compares the rate of restoration among facilities still out, a destroyed one leaving when it is destroyed; a "
            "group may be restored as fast and still end with a smaller share restored",
        )
    named = ["not stated" if name is None else name for name in data["group"].to_list()]
    ended = (data["event"] == "restored").cast(pl.Int64).to_numpy()
    found = tested(data["time_low"].to_numpy(), ended, data["entry"].to_numpy(), named)
    return LogRank(found.frame, found.chi2, found.df, found.p_value, note)


def tested(time: Floats, ended: Any, entry: Floats, named: list[str]) -> LogRank:
    """The test on checked columns."""
    from scipy.special import chdtrc
    from statsmodels.duration import survfunc

    groups = sorted(set(named))
    if len(groups) < 2:
        raise OptionError(f"expected at least two groups to compare, got {len(groups)}; split them with by=")
    if not ended.any():
        raise TooFewReportsError("expected at least one restoration for a log-rank test, got none in any group")
    code = np.array([groups.index(name) for name in named])
    # Who was there from the start enters before 0, so that an outage that ends on day 0 is at risk then.
    began = np.where(entry > 0, entry, -1.0) if (entry > 0).any() else None
    frame = _expected(time, ended, np.where(entry > 0, entry, -1.0), code, groups)
    try:
        statistic: float = float(_statsmodels(survfunc).survdiff(time, ended, code, entry=began)[0])
    except np.linalg.LinAlgError:
        statistic = float("nan")
    if not np.isfinite(statistic):
        raise TooFewReportsError(
            "expected groups that are at risk on the same days, got one that never is beside others when something is "
            f"restored ({', '.join(groups)}); leave it out, or join groups"
        )
    return LogRank(frame, statistic, len(groups) - 1, float(chdtrc(len(groups) - 1, statistic)))


def _statsmodels(module: Any) -> Any:
    """A module without types, as such."""
    return module


def _expected(time: Floats, ended: Any, began: Floats, code: Any, groups: list[str]) -> pl.DataFrame:
    day = np.unique(time[ended == 1])
    risk = np.array([_risk(day, time[code == at], began[code == at]) for at in range(len(groups))])
    all_ended = np.bincount(np.searchsorted(day, time[ended == 1]), minlength=len(day))
    expected = (risk / risk.sum(axis=0) * all_ended).sum(axis=1)
    number = np.bincount(code, minlength=len(groups))
    restored = np.bincount(code, weights=ended, minlength=len(groups)).astype(np.int64)
    return pl.DataFrame([groups, number, restored, expected], schema=RANKS)


def _risk(day: Floats, time: Floats, began: Floats) -> Any:
    return np.searchsorted(np.sort(began), day, side="left") - np.searchsorted(np.sort(time), day, side="left")
