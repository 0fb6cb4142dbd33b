"""The growth of many areas: one row an area, those that could not be fitted with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, get_args

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.printing import format_count
from casualtystats.rates.sampling import level_text
from casualtystats.trends.families import FAMILY_NAMES, Family

__all__ = ["COLUMNS", "TrendFits"]

COLUMNS: Final[dict[str, type[pl.DataType]]] = {
    "status": pl.String, "reason": pl.String, "family": pl.String, "n": pl.Int64, "first_day": pl.Date,
    "last_day": pl.Date, "a": pl.Float64, "b": pl.Float64, "se_b": pl.Float64,
    "growth_per_day": pl.Float64, "growth_per_day_low": pl.Float64, "growth_per_day_high": pl.Float64,
    "growth_per_week": pl.Float64, "growth_per_week_low": pl.Float64, "growth_per_week_high": pl.Float64,
    "source_low": pl.Float64, "source_high": pl.Float64, "level": pl.Float64, "direction": pl.String,
    "days_to_double_or_halve": pl.Float64, "days_low": pl.Float64, "days_high": pl.Float64,
    "dispersion": pl.Float64, "alpha": pl.Float64, "loglik": pl.Float64,
    "left_out": pl.Int64, "left_out_reasons": pl.String, "note": pl.String,
}  # fmt: skip
_SHOWN: Final = ("status", "n", "growth_per_day", "growth_per_day_low", "growth_per_day_high", "direction", "reason")
_REASONS: Final = 3


@dataclass(frozen=True, eq=False, repr=False)
class TrendFits:
    """Log-linear growth of the reported counts of many areas, each fitted by itself.

    Attributes
    ----------
    noun : str
        What is counted.
    by : tuple of str
        The columns that say which area.
    family : {"quasi", "nb2", "nb1", "poisson"} or None
        Model of the totals, as asked for; None where each area has its own, which stands in the frame.
    level : float
        Level of each single interval, as a share.
    note : str
        Sources.
    frame : pl.DataFrame
        One row an area, in order of the columns of `by`, which stand in front:

        - `status`: "fitted" or "not fitted"; `reason`: why not, null where fitted;
        - `family`; `n`: usable totals; `first_day`, `last_day` of them (null where there are none);
        - `a`: log of the daily mean on `first_day`; `b`, `se_b`: growth of the log per day with its standard error, as used
          for the interval;
        - `growth_per_day`, `growth_per_week`: exp(b) - 1 and exp(7 b) - 1 as shares, with the ends `_low` and `_high` of
          their intervals (infinite where they exceed every number);
        - `source_low`, `source_high`: range of the growth per day over dates that reports leave open; null where all are
          known;
        - `level`; `direction`: "doubling", "halving" or "not known"; `days_to_double_or_halve`, `days_low`, `days_high`:
          null where the direction is not known;
        - `dispersion`: Pearson's statistic over n - 2; `alpha`: of "nb2" and "nb1"; `loglik`: null for "quasi";
        - `left_out`: rows that were not used; `left_out_reasons`: why, null where there are none; `note`.

        All numbers of a fit are null where there is none.
    """

    noun: str
    by: tuple[str, ...]
    family: Family | None
    level: float
    note: str
    frame: pl.DataFrame

    @property
    def fitted(self) -> pl.DataFrame:
        """The rows of areas that were fitted."""
        return self.frame.filter(pl.col("status") == "fitted")

    @property
    def failures(self) -> pl.DataFrame:
        """The areas that were not fitted: the columns of `by`, `reason`, `n`, `left_out`, `left_out_reasons`."""
        lost = self.frame.filter(pl.col("status") != "fitted")
        return lost.select(*self.by, "reason", "n", "left_out", "left_out_reasons")

    @property
    def reasons(self) -> pl.DataFrame:
        """Why areas were not fitted, and how many (`reason`, `areas`), the most frequent first."""
        counted = self.failures.group_by("reason").agg(areas=pl.len().cast(pl.Int64))
        return counted.sort("areas", "reason", descending=[True, False])

    @property
    def certain(self) -> int:
        """Number of fitted areas whose interval of the growth excludes zero."""
        return self.fitted.filter(pl.col("direction") != "not known").height

    @property
    def expected_by_chance(self) -> float:
        """Number of areas whose interval would exclude zero by chance alone if counts grew in none of them.

        It is (1 - level) times the number of fitted areas, where each interval holds at its level.
        """
        return (1 - self.level) * self.fitted.height

    def to_frame(self) -> pl.DataFrame:
        """The fits, one row an area, as described under `frame`."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def _count(self, number: int) -> str:
        if self.by == ("place",):
            return f"{format_count(number)} area" + ("" if number == 1 else "s")
        return f"{format_count(number)} series by {' and '.join(self.by)}"

    def __str__(self) -> str:
        fitted = self.fitted.height
        lost = self.frame.height - fitted
        text = f"{self.noun}: {self._count(self.frame.height)}: {format_count(fitted)} fitted"
        if not lost:
            return text
        why = [f"{format_count(number)}: {reason}" for reason, number in self.reasons.head(_REASONS).rows()]
        more = int(self.reasons["areas"][_REASONS:].sum())
        why += [f"{format_count(more)}: other reasons"] if more else []
        return f"{text}, {format_count(lost)} not ({'; '.join(why)})"

    __repr__ = __str__

    def chance(self) -> str:
        """How many intervals exclude zero, and how many would by chance alone, as a sentence."""
        fitted = self.fitted.height
        number = self.expected_by_chance
        expected = format_count(round(number)) if number >= 1 else f"{number:.2g}"
        verb = "excludes" if self.certain == 1 else "exclude"
        return (
            f"{format_count(self.certain)} of {format_count(fitted)} {level_text(self.level)} intervals of the growth {verb} "
            f"zero; about {expected} would by chance alone if the expected counts did not change in any of them"
        )

    def _families(self) -> list[Family]:
        there = set(self.frame["family"].to_list())
        return [family for family in get_args(Family) if family in there]

    def summary(self) -> str:
        """The fits, what they assume, and what was left out, as lines of text."""
        left_out = int(self.frame["left_out"].sum())
        lines = [
            str(self),
            f"{' or '.join(FAMILY_NAMES[family] for family in self._families())} totals, each area by itself",
            self.chance(),
            "The trends are of reported counts: more reporting looks the same as more events.",
        ]
        return "\n".join([*lines, f"rows left out: {format_count(left_out)}"] if left_out else lines)

    def _repr_html_(self) -> str:
        return html_table(self.frame.select(*self.by, *_SHOWN), str(self), f"{self.chance()}. {self.note}")
