"""The person-days of each row of a series, from whatever a caller gives as its population."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import OptionError
from casualtystats.estimates import Estimate
from casualtystats.rates.exposure import Exposure
from casualtystats.rates.fuzzysums import fuzzy_sums
from casualtystats.rates.people import SPLITS_PEOPLE, Population, population_estimate
from casualtystats.rates.persondays import person_days
from casualtystats.series.stock import StockSeries

__all__ = ["EXPOSURE", "AtRisk", "person_day_columns"]

AtRisk = Population | Exposure | StockSeries[Any] | Mapping[Any, Population]
Floats = NDArray[np.float64]
EXPOSURE = ("person_days_low", "person_days", "person_days_high", "people_low", "people_high")
Total = tuple[float | None, float | None, float | None]
Row = tuple[float | None, float | None, float | None, float | None, float | None]


def person_day_columns(rows: pl.DataFrame, by: tuple[str, ...], population: AtRisk) -> pl.DataFrame:
    """Person-days of each row, `person_days_low`, `person_days`, `person_days_high`, and its people at risk.

    Parameters
    ----------
    rows : pl.DataFrame
        Rows of a series, with the columns of `by`, `period_start`, `period_end`, `days_min` and `days_max`.
    by : tuple of str
        The columns that split the series.
    population : number, Estimate, Exposure, StockSeries or mapping
        A number is constant; stocks hold from their date until the next one; an exposure has people by day. A series
        that is split by place or group needs one for each: its rows are not about the same people.

    Returns
    -------
    pl.DataFrame
        `person_days` is null where the period is fuzzy or the population has no best value; `person_days_high` where no
        upper bound is known. `people_low` and `people_high` bound the mean number of people over any feasible period.

    Raises
    ------
    OptionError
        If a population is not above 0, a row has none, its days lie outside the exposure, or one number is given for
        different places or groups.
    """
    if isinstance(population, StockSeries):
        if rows.is_empty():
            return _columns([])
        days = [*rows["period_start"], *rows["period_end"]]
        population = person_days(population, (min(days), max(days)))
    if isinstance(population, Exposure):
        return _of_exposure(rows, by, population)
    return _of_numbers(rows, by, population)


def _of_numbers(
    rows: pl.DataFrame, by: tuple[str, ...], population: Population | Mapping[Any, Population]
) -> pl.DataFrame:
    if isinstance(population, Mapping):
        if not by:
            raise OptionError("expected one population for a series that is not split, got a mapping")
        known = {key: population_estimate(size) for key, size in population.items()}
        estimates = [_of_row(known, by, row) for row in rows.select(by).rows()]
    else:
        estimates = [population_estimate(population)] * rows.height
        _refuse_one_for_many(by, ())
    found: list[Row] = []
    for size, (shortest, longest) in zip(estimates, rows.select("days_min", "days_max").rows(), strict=True):
        best = size.best * longest if size.best is not None and shortest == longest else None
        most = None if size.high is None else size.high * longest
        found.append(
            (size.low * shortest, best, most, float(size.low), None if size.high is None else float(size.high))
        )
    return _columns(found)


def _refuse_one_for_many(by: tuple[str, ...], known: tuple[str, ...]) -> None:
    split = [name for name in by if name in SPLITS_PEOPLE and name not in known]
    if split:
        raise OptionError(
            f"expected a population for each {split[0]}, got one for a series split by {split[0]}; give "
            f"a mapping, such as population={{{split[0]}: number of people, ...}}"
        )


def _of_row(known: Mapping[Any, Estimate], by: tuple[str, ...], row: tuple[Any, ...]) -> Estimate:
    key = row[0] if len(by) == 1 else row
    if key not in known:
        raise OptionError(f"expected a population for every {', '.join(by)}; there is none for {key!r}")
    return known[key]


def _of_exposure(rows: pl.DataFrame, by: tuple[str, ...], exposure: Exposure) -> pl.DataFrame:
    unknown = [name for name in exposure.by if name not in by]
    if unknown:
        raise OptionError(
            f"expected an exposure split as the series is, got one by {unknown[0]}; take one part with .of(...), or build the "
            f"series with by=[{unknown[0]!r}]"
        )
    _refuse_one_for_many(by, exposure.by)
    parts = _parts(exposure)
    found: list[Row] = []
    for row in rows.iter_rows(named=True):
        key = tuple(row[name] for name in exposure.by)
        if key not in parts:
            known = ", ".join(repr(one[0] if len(one) == 1 else one) for one in parts)
            raise OptionError(
                f"expected an exposure for every {', '.join(exposure.by)}, got {known}; there is none for {key!r}"
            )
        found.append(_of_period(exposure, parts[key], row))
    return _columns(found)


@dataclass(frozen=True)
class _Part:
    """One part of an exposure: its person-days, and its people on each day from the first on."""

    total: Total
    first: int
    low: Floats
    best: Floats
    high: Floats


def _parts(exposure: Exposure) -> dict[tuple[Any, ...], _Part]:
    totals: dict[tuple[Any, ...], Total] = {
        row[:-3]: row[-3:] for row in exposure.frame.select(*exposure.by, "low", "best", "high").rows()
    }
    if exposure.daily is None:
        none = np.array([], dtype=np.float64)
        return {key: _Part(total, 0, none, none, none) for key, total in totals.items()}
    groups = exposure.daily.partition_by(exposure.by, as_dict=True) if exposure.by else {(): exposure.daily}
    return {
        key: _Part(totals[key], days["date"][0].toordinal(), *(_known(days[name]) for name in ("low", "best", "high")))
        for key, days in groups.items()
    }


def _of_period(exposure: Exposure, part: _Part, row: dict[str, Any]) -> Row:
    shortest, longest = row["days_min"], row["days_max"]
    same = _same_period(exposure, row)
    if same and shortest == longest:
        return _with_mean(part.total, longest)
    start: date = row["period_start"]
    end: date = row["period_end"]
    if exposure.daily is None:
        if exposure.period is None and shortest == longest == exposure.days_min == exposure.days_max:
            return _with_mean(part.total, longest)
        raise OptionError(
            f"expected an exposure with people by day for the row from {start} to {end} ({longest:g} days), got "
            f"{exposure.convention}; give person_days dates that hold all rows"
        )
    at, until = start.toordinal() - part.first, end.toordinal() - part.first + 1
    if at < 0 or until > part.low.size:
        first, last = (date.fromordinal(part.first + days) for days in (0, part.low.size - 1))
        raise OptionError(
            f"expected an exposure that holds every row, got one from {first} to {last} for the row from {start} to {end}"
        )
    low, best, high = part.low[at:until], part.best[at:until], part.high[at:until]
    if row.get("hours") is not None:
        # Those hours may be of any of the days.
        likely = float(best[0]) * longest if bool((best == best[0]).all()) else None
        return _with_mean((float(low.min()) * longest, likely, _none(float(high.max()) * longest)), longest)
    if shortest == longest:
        return _with_mean((float(low.sum()), _none(float(best.sum())), _none(float(high.sum()))), longest)
    fuzzy = fuzzy_sums(low, high, row)
    least, likely, most = part.total if same else (fuzzy.least, None, _none(fuzzy.most))
    return least, likely, most, fuzzy.people_low, _none(fuzzy.people_high)


def _with_mean(total: Total, days: float) -> Row:
    """Person-days of a known number of days, with the people that they are on the mean."""
    low, _, high = total
    return (*total, None if low is None else low / days, None if high is None else high / days)


def _same_period(exposure: Exposure, row: dict[str, Any]) -> bool:
    period = exposure.period
    start, end = row["period_start"], row["period_end"]
    # Cells of a calendar know their ends.
    ends = (start, row.get("start_latest", start), row.get("end_earliest", end), end)
    return period is not None and period.hours == row.get("hours") and ends == (
        period.start_earliest, period.start_latest, period.end_earliest, period.end_latest
    )  # fmt: skip


def _known(column: pl.Series) -> Floats:
    missing = float("inf") if column.name == "high" else float("nan")
    return column.cast(pl.Float64).fill_null(missing).to_numpy()


def _none(number: float) -> float | None:
    return number if math.isfinite(number) else None


def _columns(found: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(found, schema=dict.fromkeys(EXPOSURE, pl.Float64), orient="row")
