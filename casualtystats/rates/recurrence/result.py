"""The mean cumulative number of hits as a result: one curve a group, with its two standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.markup import html_table, write_table
from casualtystats.rates.given import finite
from casualtystats.rates.printed import printed
from casualtystats.rates.sampling import level_text

__all__ = ["MEAN", "Errors", "MeanCumulative", "Scale"]

Errors = Literal["robust", "poisson"]
Scale = Literal["log", "plain"]
MEAN: Final[dict[str, Any]] = {
    "group": pl.String, "day": pl.Float64, "date": pl.Date, "at_risk": pl.Int64, "hits": pl.Int64,
    "mean_hits": pl.Float64, "se": pl.Float64, "ci_low": pl.Float64, "ci_high": pl.Float64, "level": pl.Float64,
    "method": pl.String,
}  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class MeanCumulative:
    """Mean number of hits a facility since the start of follow-up.

    Attributes
    ----------
    frame : pl.DataFrame
        One row a group and day with hits, after a row of day 0 and before one of the last day under follow-up: `group`
        (null = not split), `day` (1 = first day of the period), `date` (null where days were given), `at_risk`
        (facilities followed on that day), `hits` on that day, `mean_hits` a facility up to and with that day, `se`,
        `ci_low`, `ci_high` (null where there is none: before the first hit), `level`, `method`.
    errors : {"robust", "poisson"}
        Whether the standard errors hold for any clustering of hits within a facility (Lawless and Nadeau), or only for
        hits that come independently of each other.
    interval : {"log", "plain"}
        Scale of the intervals.
    level : float
        Level of the intervals.
    by : tuple of str
        What splits the groups.
    start : date, optional
        The day that is day 1; None where days were given.
    notes : tuple of str
        How many hits and facilities were left out, and why.
    windows : pl.DataFrame
        `group`, `entry`, `last`: each facility is followed after the day `entry`, up to the day `last`.
    """

    frame: pl.DataFrame
    windows: pl.DataFrame
    errors: Errors = "robust"
    interval: Scale = "log"
    level: float = 0.95
    by: tuple[str, ...] = ()
    start: date | None = None
    notes: tuple[str, ...] = ()

    @property
    def groups(self) -> list[str | None]:
        """The groups in their order; [None] where nothing splits them."""
        return self.frame["group"].unique(maintain_order=True).to_list()

    @property
    def final(self) -> pl.DataFrame:
        """The last row of each group: mean hits a facility over the whole follow-up."""
        return self.frame.group_by("group", maintain_order=True).last().select(self.frame.columns)

    def at(self, day: float) -> pl.DataFrame:
        """The curve on one day, one row a group; null where nobody is followed so long.

        Parameters
        ----------
        day : float
            Days since the start, 0 or more.

        Returns
        -------
        pl.DataFrame
            In the columns of `frame`, without `at_risk`, `hits` and `date`.

        Raises
        ------
        OptionError
            If it is no number of days.
        """
        given = finite(day)
        if given is None or given < 0:
            raise OptionError(f"expected day= a number of days of 0 or more, got {day!r}")
        shown = ["group", "day", "mean_hits", "se", "ci_low", "ci_high", "level", "method"]
        rows: list[dict[str, Any]] = []
        for group in self.groups:
            part = self.frame.filter(pl.col("group").eq_missing(pl.lit(group)))
            last = part.filter(pl.col("day") <= given).select(shown).tail(1).row(0, named=True)
            if given > part["day"].to_list()[-1]:
                last |= dict.fromkeys(("mean_hits", "se", "ci_low", "ci_high"))
            rows.append(last | {"day": given})
        return pl.DataFrame(rows, schema={name: MEAN[name] for name in shown})

    def followed(self, days: list[int]) -> pl.DataFrame:
        """How many facilities are followed on some days.

        Parameters
        ----------
        days : list of int
            Days since the start; 0 counts those followed from the first day on.

        Returns
        -------
        pl.DataFrame
            `group`, `day`, `followed`, groups in their order.

        Examples
        --------
        >>> from casualtystats.rates.recurrence import mean_cumulative_function
        >>> curve = mean_cumulative_function({"a": [3]}, {"a": (0, 15), "b": (5, 12)})
        >>> curve.followed([3, 8, 13])["followed"].to_list()
        [1, 2, 1]
        """
        rows: list[tuple[str | None, int, int]] = []
        for group in self.groups:
            own = self.windows.filter(pl.col("group").eq_missing(pl.lit(group, pl.String)))
            for day in days:
                inside = (pl.col("entry") < max(day, 1)) & (pl.col("last") >= max(day, 1))
                rows.append((group, day, own.filter(inside).height))
        return pl.DataFrame(rows, schema={"group": pl.String, "day": pl.Int64, "followed": pl.Int64}, orient="row")

    def to_frame(self) -> pl.DataFrame:
        """The curve, one row a group and day with hits."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def __len__(self) -> int:
        return len(self.groups)

    def __str__(self) -> str:
        rows = self.final.rows(named=True)
        lines = [self._described(row) for row in rows]
        if len(lines) != 1 or rows[0]["group"] is not None:
            lines = [f"{row['group']}: {line}" for row, line in zip(rows, lines, strict=True)]
        return "; ".join(lines)

    __repr__ = __str__

    def _described(self, row: dict[str, Any]) -> str:
        hits = self.frame.filter(pl.col("group").eq_missing(pl.lit(row["group"])))["hits"].sum()
        words = "robust" if self.errors == "robust" else "Poisson"
        ends = ""
        if row["ci_low"] is not None:
            ends = f" ({level_text(self.level)} {words} interval {printed(row['ci_low'])} to {printed(row['ci_high'])})"
        noun = "hit" if hits == 1 else "hits"
        return f"{printed(row['mean_hits'])} hits a facility{ends} by day {row['day']:g}, {hits:,} {noun}"

    def _repr_html_(self) -> str:
        return html_table(self.frame, str(self), "; ".join(self.notes))
