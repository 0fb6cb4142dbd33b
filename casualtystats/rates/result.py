"""The result of a rate: a frame of rates, and one line that could stand in a report."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period
from casualtystats.printing import format_rate
from casualtystats.rates.printed import printed
from casualtystats.rates.sampling import level_text
from casualtystats.series.info import SeriesInfo

if TYPE_CHECKING:
    from casualtystats.rates.ratios import RateRatios
    from casualtystats.rates.threshold import Threshold
    from casualtystats.rates.verdicts import Verdicts

__all__ = ["RateSeries"]


@dataclass(frozen=True, eq=False, repr=False)
class RateSeries:
    """Rates, one a row: best, source range and sampling interval apart from each other.

    Attributes
    ----------
    frame : pl.DataFrame
        In the columns of `RateSchema`, with the columns of `by` in front.
    label : str
        What the rate is, with its constant.
    by : tuple of str
        The columns that split the rows.
    convention : str
        How days were counted.
    note : str
        Sources.
    info : SeriesInfo, optional
        What the series behind it counts.
    indicator : {"CMR", "U5MR"}, optional
        The mortality rate of all causes that it is; None for every other rate.
    people_group : str, optional
        The group of the population whose person-days these are, where the population said so.
    all_recorded : bool
        Whether every report behind the rates rests on verified or documented cases.
    """

    frame: pl.DataFrame
    label: str
    by: tuple[str, ...]
    convention: str
    note: str = ""
    info: SeriesInfo | None = None
    indicator: Literal["CMR", "U5MR"] | None = None
    people_group: str | None = None
    all_recorded: bool = False

    def to_frame(self) -> pl.DataFrame:
        """The rates as a frame in the columns of `RateSchema`, with the columns of `by` in front."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def against(self, threshold: Threshold, *, floor: bool = False) -> Verdicts:
        """Whether each rate is above a threshold: source range and sampling interval judged each for itself.

        A complete count of deaths from all causes is above, below, or straddles the threshold. A floor (violent deaths
        alone, "at least", a part of the days, verified or documented deaths, in some of the reports or all) is above, or
        not shown to be above.

        Parameters
        ----------
        threshold : Threshold
            Such as `cs.thresholds.get("CDC/MSF emergency")`, `cs.thresholds.sphere("sub-Saharan Africa")` or
            `cs.thresholds.twice(0.25)`. Another constant (per 1,000) is converted.
        floor : bool, default False
            State that the deaths are not all known: then no rate is below.

        Returns
        -------
        Verdicts
            One row a rate.

        Raises
        ------
        MeasureError
            If the rate is no death rate per person-days, counts newly reported deaths, is of children under five where the
            threshold is not (or the other way round), or is per person-days of a group where the threshold is of all.
        OptionError
            If it is no threshold.
        """
        from casualtystats.rates.verdicts import judge

        return judge(self, threshold, floor=floor)

    def ratio(self, *, reference: Any, level: float = 0.95, method: Literal["exact", "midp"] = "exact") -> RateRatios:
        """Each rate over one of them: place over place, or period over period.

        Parameters
        ----------
        reference : str, Period or tuple
            A value of the column that splits the rates (a tuple where there are several), which is compared within each
            period; of rates that are not split, the period of one row, as '2019-04-01/2019-04-30'.
        level, method
            As in `rate_ratio`. Intervals are not adjusted for the number of comparisons.

        Returns
        -------
        RateRatios
            One row a rate beside the reference. A rate that can not be compared (fuzzy period, derived by spreading, two
            floors) keeps its row, and `method` says why there is no ratio.

        Raises
        ------
        OptionError
            If there is no such reference, or nothing beside it.
        """
        from casualtystats.rates.ratios import ratios

        return ratios(self, reference, level, method)

    def row(self, period: Period | str | date, *part: str | None) -> RateSeries:
        """The rate of one row, such as for `rate_ratio(rates.row("2019-05-01"), rates.row("2019-04-01"))`.

        Parameters
        ----------
        period : Period, str or date
            The period of the row (a Period, or its text as '2019-04-01/2019-04-30'), or the day on which it starts.
        *part : str
            Of rates that are split, a value for each column in `by`.

        Returns
        -------
        RateSeries
            Of that row, no longer of a series; it is split by `by` as before.

        Raises
        ------
        OptionError, ParseError
            If there is not exactly one such row, or the wording is outside its grammar.

        Examples
        --------
        >>> import polars as pl, casualtystats as cs
        >>> row = {"report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [9, 21]}
        >>> row |= {"start": ["2019-04-01", "2019-05-01"], "end": ["2019-04-30", "2019-05-31"]}
        >>> rates = cs.death_rate(cs.deaths(cs.read_reports(pl.DataFrame(row))), 100_000)
        >>> print(cs.rate_ratio(rates.row("2019-05-01"), rates.row("2019-04-01/2019-04-30")))
        rate ratio, 1 to 31 May 2019 over 1 to 30 April 2019: 2.26 (95 % exact conditional interval 0.991 to 5.61)
        """
        from casualtystats.rates.selected import selected

        return selected(self, period, part)

    def __len__(self) -> int:
        return self.frame.height

    def __str__(self) -> str:
        if self.frame.height == 1:
            return f"{self.label}: {_one_rate(self.frame.row(0, named=True))} over {self.convention}"
        known: list[float] = self.frame["rate"].drop_nulls().to_list()
        if self.frame.height == 0:
            return f"{self.label}: no rows"
        days: list[date] = [*self.frame["period_start"], *self.frame["period_end"]]
        text = f"{self.label}: {self.frame.height} rows from {min(days)} to {max(days)}, {self.convention}"
        if not known:
            return f"{text}; no row has a best rate"
        rows = "all rows" if len(known) == self.frame.height else f"{len(known)} rows with a best rate"
        return f"{text}; {format_rate(min(known))} to {format_rate(max(known))} in {rows}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = (
            "period_start",
            "period_end",
            "numerator",
            "person_days",
            "rate",
            "rate_low",
            "rate_high",
            "ci_low",
            "ci_high",
            "method",
        )
        return html_table(self.frame.select(*self.by, *shown), str(self), self.note)


def _one_rate(row: dict[str, Any]) -> str:
    rate, low, high = row["rate"], row["rate_low"], row["rate_high"]
    if low is None:
        return "no report"
    floor, ceiling = printed(low, "down"), None if high is None else printed(high, "up")
    notes: list[str] = []
    if rate is None:
        text = f"at least {floor}" if ceiling is None else f"up to {ceiling}" if low == 0 else f"{floor} to {ceiling}"
    else:
        text = printed(rate)
        if ceiling is None:
            notes.append(f"source range: at least {floor}, no upper bound known")
        elif high is not None and not math.isclose(low, high, rel_tol=1e-12):
            notes.append(f"source range {floor} to {ceiling}")
    if row["ci_low"] is not None:
        name = f"{level_text(row['level'])} {row['method'].split(',')[0]} interval"
        lower = printed(row["ci_low"], "down")
        upper = row["ci_high"]
        notes.append(f"{name}: {lower} and above" if upper is None else f"{name} {lower} to {printed(upper, 'up')}")
    return f"{text} ({'; '.join(notes)})" if notes else text
