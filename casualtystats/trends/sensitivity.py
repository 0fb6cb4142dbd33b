"""How far a growth moves when one choice is made otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np
import polars as pl

from casualtystats.errors import CasualtyStatsError
from casualtystats.markup import html_table, write_table
from casualtystats.trends.families import FAMILY_NAMES, Family
from casualtystats.trends.likelihood.maximum import maximise
from casualtystats.trends.likelihood.sizes import Array
from casualtystats.trends.likelihood.totals import Totals
from casualtystats.trends.usable import Use, report_sources
from casualtystats.trends.wording import percent_span

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from casualtystats.trends.result import TrendFit

__all__ = ["Sensitivity", "sensitivity"]

_NOTHING: Final = 1e-9
_PHRASES: Final = {"value": "with the {}", "dates": "to the {}", "source": "{}", "family": "with the {} family"}
_SPREADS: Final[dict[str, Callable[[int], Array]]] = {
    "uniformly": lambda days: np.ones(days),
    "with more at the front": lambda days: np.arange(days, 0, -1.0),
    "with more at the back": lambda days: np.arange(1.0, days + 1),
}


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity:
    """A growth under other choices, one row each.

    Attributes
    ----------
    noun : str
        What is counted.
    growth : float
        The growth a day as fitted, as a share.
    frame : pl.DataFrame
        `choice` ("as fitted", "value", "dates", "source", "family", "spread (contrast)"), `what`, `growth_per_day`,
        `growth_per_day_low`, `growth_per_day_high` (sampling interval; null where there is none), `n`, `moved`
        (difference from the growth as fitted), `reason` (why there is no growth; null where there is one).
    level : float
        Level of the sampling intervals, as a share.
    note : str
        Sources.
    """

    noun: str
    growth: float
    frame: pl.DataFrame
    level: float
    note: str

    @property
    def span(self) -> tuple[float, float]:
        """Least and greatest growth a day of all choices but the contrasts."""
        known = self.frame.filter(~pl.col("choice").str.starts_with("spread"))["growth_per_day"].drop_nulls()
        return float(known.sort()[0]), float(known.sort()[-1])

    def to_frame(self) -> pl.DataFrame:
        """The choices as a frame."""
        return self.frame

    def to_csv(self, path: str | Path) -> None:
        """Write `to_frame()` as CSV, with spreadsheet formulas defused."""
        write_table(self.frame, path)

    def plot(self, *, ax: Axes | None = None, **options: Any) -> Axes:
        """The growth under each choice: `casualtystats.plots.sensitivity`."""
        from importlib import import_module

        axes: Axes = import_module("casualtystats.plots").sensitivity(self, ax=ax, **options)
        return axes

    def __str__(self) -> str:
        others = self.frame.filter((pl.col("choice") != "as fitted") & ~pl.col("choice").str.starts_with("spread"))
        moved = others.filter(pl.col("moved").is_not_null()).sort(
            pl.col("moved").abs(), descending=True, maintain_order=True
        )
        failed = int(self.frame["growth_per_day"].null_count())
        none = f"; {failed} {'gives' if failed == 1 else 'give'} no growth" if failed else ""
        if moved.is_empty():
            return f"{self.noun}: no other choice gives a growth{none}"
        most = moved.row(0, named=True)
        if abs(most["moved"]) < _NOTHING:
            return f"{self.noun}: none of {moved.height} other choices moves the growth a day{none}"
        return (
            f"{self.noun}: the growth a day lies from {percent_span(*self.span)} over {moved.height + 1} choices; it moves most "
            f"{_PHRASES[most['choice']].format(most['what'])}{none}"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return html_table(self.frame, str(self), self.note)


@dataclass(frozen=True)
class _Choice:
    choice: str
    what: str
    growth: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    reason: str | None = None


def sensitivity(fit: TrendFit) -> Sensitivity:
    """The growth of a fit under other choices; see `TrendFit.sensitivity`.

    Raises
    ------
    KindError
        If the trend has no single growth.
    """
    base = fit.growth_per_day.value
    rows = [_of_fit("as fitted", FAMILY_NAMES[fit.family], fit)]
    rows += [*_values(fit), *_dates(fit), *_sources_left_out(fit), *_families(fit), *_spread(fit)]
    schema = {
        "choice": pl.String, "what": pl.String, "growth_per_day": pl.Float64, "growth_per_day_low": pl.Float64,
        "growth_per_day_high": pl.Float64, "n": pl.Int64, "moved": pl.Float64, "reason": pl.String,
    }  # fmt: skip
    table = [
        (
            row.choice,
            row.what,
            row.growth,
            row.low,
            row.high,
            row.n,
            None if row.growth is None else row.growth - base,
            row.reason,
        )
        for row in rows
    ]
    return Sensitivity(fit.noun, base, pl.DataFrame(table, schema=schema, orient="row"), fit.level, fit.note)


def _of_fit(choice: str, what: str, fit: TrendFit) -> _Choice:
    growth = fit.growth_per_day
    return _Choice(choice, what, growth.value, growth.low, growth.high, fit.n)


def _again(choice: str, what: str, fit: TrendFit, **changed: Any) -> _Choice:
    from casualtystats.trends.growth import fit_request

    series = changed.pop("series", fit.series)
    try:
        return _of_fit(choice, what, fit_request(series, replace(fit.request, **changed)))
    except CasualtyStatsError as error:
        return _Choice(choice, what, None, reason=str(error))


def _values(fit: TrendFit) -> Iterator[_Choice]:
    for use in get_args(Use):
        if use != fit.request.use:
            what = "bounds as reported" if use == "reported" else f"{use} values"
            yield _again("value", what, fit, use=use)


def _dates(fit: TrendFit) -> Iterator[_Choice]:
    over = fit.growth_over_dates
    if over is None:
        return
    for what, growth in zip(("least growth at extreme dates", "greatest growth at extreme dates"), over, strict=True):
        if math.isfinite(growth) and growth > -1:
            yield _Choice("dates", what, growth, n=fit.n)
        else:
            yield _Choice("dates", what, None, n=fit.n, reason="at some extreme dates no finite trend fits best")


def _sources_left_out(fit: TrendFit) -> Iterator[_Choice]:
    known = report_sources(fit.series)
    names = fit.series.intervals.select("report_id").collect()["report_id"].to_list()
    sources = sorted({source for name in names if (source := known.get(name)) is not None})
    if len(sources) < 2:
        return
    for source in sources:
        without = [name for name in names if known.get(name) == source]
        kept = fit.series.intervals.filter(~pl.col("report_id").is_in(without))
        yield _again("source", f"without {source}", fit, series=replace(fit.series, intervals=kept))


def _families(fit: TrendFit) -> Iterator[_Choice]:
    for family in get_args(Family):
        if family != fit.family:
            yield _again("family", FAMILY_NAMES[family], fit, family=family)


def _spread(fit: TrendFit) -> Iterator[_Choice]:
    """Fits to days that the best values were spread over: a contrast, for spread days are no observations."""
    spans = fit.rows.filter(pl.col("best").is_not_null()).select("period_start", "period_end", "best").rows()
    for name, weigh in _SPREADS.items():
        what = f"spread {name} over days"
        numbers: list[Array] = []
        days: list[int] = []
        for first, last, best in spans:
            weights = weigh((last - first).days + 1)
            numbers.append(float(best) * weights / weights.sum())
            start = (first - fit.first_day).days
            days += range(start, start + len(weights))
        if not days:
            yield _Choice("spread (contrast)", what, None, reason="no report has a best value")
            continue
        counts, at = np.concatenate(numbers), np.array(days)
        try:
            totals = Totals.of(at, at, counts, counts)
            found = maximise(totals, fit.fitted.matrix, fit.fitted.offset, "poisson", fit.names)
        except CasualtyStatsError as error:
            yield _Choice("spread (contrast)", what, None, reason=str(error))
            continue
        moved = replace(fit, params=found.beta)
        yield _Choice("spread (contrast)", what, math.expm1(moved.b), n=len(spans))
