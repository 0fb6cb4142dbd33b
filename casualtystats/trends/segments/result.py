"""The result of a segmented trend: joints with their dates, and the growth between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import polars as pl

from casualtystats.markup import html_table, write_table
from casualtystats.periods import Period
from casualtystats.rates.sampling import level_text
from casualtystats.trends.families import FAMILY_NAMES
from casualtystats.trends.result import TrendFit
from casualtystats.trends.segments.parts import Joint, Segment
from casualtystats.trends.segments.tables import joints_frame, segments_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Choose", "Method", "SegmentedTrend"]

Method = Literal["grid", "muggeo"]
Choose = Literal["bic", "permutation"]
_CHOSEN: Final[dict[Choose, str]] = {"bic": "BIC", "permutation": "permutation tests"}
_TIMES: Final = {1: "once", 2: "twice"}


@dataclass(frozen=True, eq=False, repr=False)
class SegmentedTrend:
    """A trend whose growth changes at joints that were found in the data; there may be none.

    Attributes
    ----------
    joints : tuple of Joint
        Where the growth changes, with intervals, in order.
    segments : tuple of Segment
        The growth between them: one more than joints.
    choices : pl.DataFrame
        One row for each number of joints tried: `joints`, `at` (their dates), `parameters` (two for a joint; the
        dispersion counts), `deviance` (null where totals are bounds), `loglik`, `aic`, `bic`, `chosen`, `reason` (why
        there is no fit; null where there is one).
    tests : pl.DataFrame
        Permutation tests, in their order: `fewer`, `more` (numbers of joints), `ratio` of deviances, `p_value`,
        `draws`. No rows where BIC chose.
    method : {"grid", "muggeo"}
        How joints were placed.
    choose : {"bic", "permutation"}
        How their number was chosen.
    max_joints, min_totals : int
        Greatest number tried; totals between joints.
    fit : TrendFit
        The fit with these joints: coefficients, residuals, dispersion.
    """

    joints: tuple[Joint, ...]
    segments: tuple[Segment, ...]
    choices: pl.DataFrame
    tests: pl.DataFrame
    method: Method
    choose: Choose
    max_joints: int
    min_totals: int
    fit: TrendFit

    # ---- numbers

    @property
    def level(self) -> float:
        """Level of the intervals, as a share."""
        return self.fit.level

    @property
    def noun(self) -> str:
        """What is counted."""
        return self.fit.noun

    @property
    def note(self) -> str:
        """Sources."""
        return self.fit.note

    @property
    def deviance(self) -> float | None:
        """The deviance of the chosen fit; None where totals are bounds."""
        found: float | None = self.choices.filter("chosen")["deviance"].item()
        return found

    @property
    def aic(self) -> float:
        """Akaike's criterion of the chosen fit, with two parameters for a joint."""
        return float(self.choices.filter("chosen")["aic"].item())

    @property
    def bic(self) -> float:
        """The Bayesian information criterion of the chosen fit, with two parameters for a joint."""
        return float(self.choices.filter("chosen")["bic"].item())

    def predict(
        self, dates: Sequence[date] | pl.Series | Sequence[Period], *, draws: int = 4_000, seed: int = 0
    ) -> pl.DataFrame:
        """What the trend expects on days, or over periods: `TrendFit.predict`, joints included in the uncertainty.

        Parameters
        ----------
        dates, draws, seed
            As in `TrendFit.predict`. After the last day, the growth of the last segment goes on.

        Returns
        -------
        pl.DataFrame
            As `TrendFit.predict`.
        """
        return self.fit.predict(dates, draws=draws, seed=seed)

    def plot(self, *, ax: Axes | None = None, **options: Any) -> Axes:
        """The fitted mean with its joints over the reports: `casualtystats.plots.segments`."""
        axes: Axes = import_module("casualtystats.plots.segments").segments(self, ax=ax, **options)
        return axes

    # ---- tables

    def to_frame(self) -> pl.DataFrame:
        """The segments, one row each.

        Returns
        -------
        pl.DataFrame
            `segment` (from 1), `first_day`, `last_day`, `growth_per_day`, `growth_per_week` (shares, each with `_low`
            and `_high`), `source_low`, `source_high` (range of the growth a day over extreme dates of reports, null
            where all dates are known), `direction`, `days_to_double_or_halve` (null where the direction is not known),
            `level`.
        """
        return segments_frame(self.segments)

    def joints_frame(self) -> pl.DataFrame:
        """The joints, one row each.

        Returns
        -------
        pl.DataFrame
            `joint` (from 1), `date` (nearest day), `first_date`, `last_date` (interval, rounded outward), `open_low`,
            `open_high` (not bounded by the data on that side), `at`, `se`, `low`, `high` (days from the first day of the
            periods used), `slope_ratio`, `slope_ratio_low`, `slope_ratio_high` (factor by which the daily growth factor
            changes), `level`.
        """
        return joints_frame(self.joints)

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.to_frame(), path)

    # ---- text

    @property
    def sentence(self) -> str:
        """What was found, without how: the first part of `str()`."""
        subject = self.noun if self.fit.request.exposure is None else f"{self.noun}, per exposure"
        if not self.joints:
            return f"{subject}: no change of growth found; {self.segments[0].growth_per_day} a day"
        times = _TIMES.get(len(self.joints), f"{len(self.joints)} times")
        at = ", ".join(str(joint) for joint in self.joints)
        growth = ", then ".join(str(segment.growth_per_day) for segment in self.segments)
        return f"{subject}: growth a day changes {times}, about {at}; it is {growth}"

    def __str__(self) -> str:
        fit = self.fit
        how = f"at most {_joints(self.max_joints)} tried, chosen by {_CHOSEN[self.choose]}"
        by = f"segmented {FAMILY_NAMES[fit.family]} fit to {fit.n} totals, {Period.of(fit.first_day, fit.last_day)}"
        return f"{self.sentence} [{by}; {how}]"

    __repr__ = __str__

    @property
    def notes(self) -> tuple[str, ...]:
        """What the result assumes and what was left out, one sentence each."""
        found = [
            f"Between two joints, and between a joint and either end, lie at least {self.min_totals} totals.",
        ]
        if self.joints:
            found.append(
                "The joints were chosen from the same data: the intervals hold for this number of joints, and do not know that "
                "it was chosen."
            )
            found.append("A joint says about when the growth of reported counts changed, and not why.")
            if self.fit.params[-1] or not any(name.startswith("joint") for name in self.fit.names):
                found.append("The intervals of the growth take the joints as known.")
        if any(joint.open_low or joint.open_high for joint in self.joints):
            found.append("The interval of a joint reaches the end of the days on which one may stand.")
        if self.fit.family == "quasi":
            found.append(
                "AIC and BIC are those of the likelihood of a negative binomial (NB1) at the same joints, whose variance has the "
                "same form; quasi-Poisson has none."
            )
        found += [
            f"{_joints(row['more'])} against {row['fewer']}: p = {row['p_value']:.3g} by {row['draws']:,} permutations."
            for row in self.tests.to_dicts()
        ]
        failed = self.choices.filter(pl.col("reason").is_not_null())
        found += [f"{_joints(row['joints'])}: {row['reason']}" for row in failed.to_dicts()]
        found += [one.over_dates() for one in self.segments if one.source_low is not None]
        return (*found, *self.fit.notes)

    def summary(self) -> str:
        """The joints, the segments, what is assumed and what was left out, as lines of text."""
        lines = [str(self)]
        lines += [f"{joint.date}: {joint.range()}; daily growth factor times {joint.ratio}" for joint in self.joints]
        lines += [f"{segment}, {segment.doubling}" for segment in self.segments]
        lines += [
            f"{_joints(row['joints'])}: BIC {row['bic']:.2f}, AIC {row['aic']:.2f}"
            + (" (chosen)" if row["chosen"] else "")
            for row in self.choices.filter(pl.col("bic").is_not_null()).to_dicts()
        ]
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        shown = ("first_day", "last_day", "growth_per_day", "growth_per_day_low", "growth_per_day_high", "direction")
        level = f"{level_text(self.level)} intervals. {self.note}"
        return html_table(self.to_frame().select(shown), str(self), level)


def _joints(number: int) -> str:
    return "1 joint" if number == 1 else f"{number} joints"
