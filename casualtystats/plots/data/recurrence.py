"""The mean cumulative number of hits as curves of steps, and how many facilities they rest on; and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.errors import MeasureError, NoReportsError, OptionError
from casualtystats.plots.dates import day_label
from casualtystats.printing import format_rate
from casualtystats.rates.recurrence import MeanCumulative
from casualtystats.rates.sampling import level_text

__all__ = ["MOST_GROUPS", "MeanCurve", "RecurrencePicture", "mean_cumulative_alt", "mean_cumulative_picture"]

MOST_GROUPS: Final = 4
_TOLD: Final = 4


@dataclass(frozen=True)
class MeanCurve:
    """The curve of one group.

    Parameters
    ----------
    group : str
        The group; "" = not split.
    days, means : tuple of float
        From day `days[i]` on, the mean number of hits a facility is `means[i]`.
    low, high : tuple of float or None
        Interval at each; None = there is none.
    """

    group: str
    days: tuple[float, ...]
    means: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]

    def at(self, day: float) -> float:
        """The mean after a day."""
        return [mean for at, mean in zip(self.days, self.means, strict=True) if at <= day][-1]


@dataclass(frozen=True)
class RecurrencePicture:
    """What a picture of recurrent hits shows.

    Parameters
    ----------
    curves : tuple of MeanCurve
        In the order of the groups.
    days_label, sentence, source : str
        Of the x axis, over and under the picture.
    level : float
        Level of the intervals.
    robust : bool
        Whether these hold for hits that depend on each other.
    """

    curves: tuple[MeanCurve, ...]
    days_label: str
    sentence: str
    source: str
    level: float
    robust: bool

    @property
    def last(self) -> float:
        """The last day to be seen."""
        return max(1.0, *(curve.days[-1] for curve in self.curves))

    @property
    def top(self) -> float:
        """The highest number to be seen: upper ends far above all curves are cut."""
        means = max(mean for curve in self.curves for mean in curve.means)
        highs = [high for curve in self.curves for high in curve.high if high is not None]
        return max([means, *(high for high in highs if high <= 3 * means)]) or 1.0


def mean_cumulative_picture(result: MeanCumulative) -> RecurrencePicture:
    """The curves of recurrent hits.

    Parameters
    ----------
    result : MeanCumulative
        As in `plots.mean_cumulative`.

    Raises
    ------
    MeasureError, NoReportsError, OptionError
        As in `plots.mean_cumulative`.
    """
    if not isinstance(result, MeanCumulative):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise MeasureError(
            f"expected a mean cumulative number of hits (cs.mean_cumulative_hits), got {type(result).__name__}; hits by "
            "calendar cell: plots.flow(series.hits)"
        )
    groups = result.groups
    if not groups:
        raise NoReportsError("expected facilities that are followed, got none: there is no curve to draw")
    if len(groups) > MOST_GROUPS:
        raise OptionError(
            f"expected at most {MOST_GROUPS} groups, got {len(groups)}: more curves could not be told apart; draw some of "
            "them, each on axes of its own (ax=), or take fewer groups (by=)"
        )
    curves: list[MeanCurve] = []
    for group in groups:
        part = result.frame.filter(pl.col("group").eq_missing(pl.lit(group, pl.String)))
        columns: dict[str, tuple[Any, ...]] = {
            name: tuple(part[name].to_list()) for name in ("day", "mean_hits", "ci_low", "ci_high")
        }
        curves.append(
            MeanCurve(
                "" if group is None else group, columns["day"], columns["mean_hits"], columns["ci_low"],
                columns["ci_high"],
            )
        )  # fmt: skip
    start: date | None = result.start
    label = "days since the start of follow-up" if start is None else f"day (day 1: {day_label(start)})"
    line = ". ".join([*(note.rstrip(".") for note in result.notes), "Hits as reported"])
    return RecurrencePicture(
        tuple(curves), label, str(result), line[:1].upper() + line[1:], result.level, result.errors == "robust"
    )


def mean_cumulative_alt(result: MeanCumulative) -> str:
    """The curves in sentences: the result, and the means on some days.

    Parameters
    ----------
    result : MeanCumulative
        As in `plots.mean_cumulative`; so are the errors.
    """
    picture = mean_cumulative_picture(result)
    told: list[str] = []
    for curve in picture.curves:
        end = curve.days[-1]
        days = sorted({max(1, round(end * part / _TOLD)) for part in range(1, _TOLD + 1)})
        values = ", ".join(f"{format_rate(curve.at(day))} by day {day:,}" for day in days if day <= end)
        told.append(f"{curve.group}: {values}" if curve.group else values)
    return (
        f"Steps of the mean number of hits a facility by day, with intervals ({level_text(picture.level)}). "
        f"{picture.sentence}. {'; '.join(told)}."
    )
