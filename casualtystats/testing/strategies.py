"""Hypothesis strategies of periods, estimates, reports and series.

Small by default, so that a failing example shrinks to a few rows; every report is legal, and the awkward ones
(fuzzy ends, one-sided bounds, gaps between reports) are frequent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, Literal

from casualtystats.errors import MissingExtraError, OptionError
from casualtystats.estimates import Estimate
from casualtystats.periods import Period
from casualtystats.reports import Reports
from casualtystats.series import (
    FlowSeries,
    StockSeries,
    deaths,
    displacement,
    idps,
    outages,
    population,
)
from casualtystats.testing.frames import reports_of
from casualtystats.vocabulary import (
    QUALIFIERS,
    InternallyDisplaced,
    Measure,
    Population,
    Qualifier,
    Unit,
    kinds_of,
    units_of,
)

try:
    from hypothesis import strategies as st
except ImportError as error:  # pragma: no cover - needs an environment without Hypothesis
    raise MissingExtraError(
        "expected Hypothesis for the strategies of casualtystats.testing; install it with "
        "pip install 'casualtystats[test]'"
    ) from error

__all__ = [
    "FlowMeasure",
    "StockMeasure",
    "estimates",
    "flow_series",
    "periods",
    "populations",
    "reports",
    "stock_series",
]

FlowMeasure = Literal["killed", "died", "displaced", "facilities_out", "attacks"]
StockMeasure = Literal["idps", "population"]

MIN_DATE: Final = date(2018, 12, 1)
MAX_DATE: Final = date(2020, 4, 30)
_SLACK: Final = 6
_ONE_SIDED: Final = ("at_least", "more_than", "up_to", "less_than")


def periods(
    *, min_date: date = MIN_DATE, max_date: date = MAX_DATE, max_days: int = 40, fuzzy: bool = True
) -> st.SearchStrategy[Period]:
    """Periods of inclusive days.

    Parameters
    ----------
    min_date, max_date : date
        No day of a widest period lies outside these; by default December 2018 to April 2020: two turns of the
        year and a leap day.
    max_days : int, default 40
        Days of the longest widest period.
    fuzzy : bool, default True
        Whether ends may be known only to lie between two dates, up to a week apart.

    Returns
    -------
    SearchStrategy of Period
    """
    _check_dates(min_date, max_date)
    return _periods(min_date, max_date, max_days, fuzzy)


def estimates(
    *,
    max_value: int = 10_000,
    one_sided: bool = True,
    qualifiers: list[Qualifier] | None = None,
    unit: Unit | None = None,
) -> st.SearchStrategy[Estimate]:
    """Estimates as a qualifier and a number state them.

    Parameters
    ----------
    max_value : int, default 10000
        The largest number that is stated.
    one_sided : bool, default True
        Whether "at least", "more than", "up to" and "less than" occur: these have no best value.
    qualifiers : list of Qualifier, optional
        The qualifiers to draw from; by default all that `one_sided` allows. "between" has a best value here.
    unit : Unit, optional
        What is counted.

    Returns
    -------
    SearchStrategy of Estimate
    """
    words: list[Qualifier] = list(QUALIFIERS) if qualifiers is None else qualifiers
    allowed: list[Qualifier] = [word for word in words if one_sided or word not in _ONE_SIDED]
    if not allowed:
        raise OptionError(f"expected qualifiers that have a best value with one_sided=False, got {words!r}")
    return _estimates(max_value, allowed, unit)


def reports(
    *,
    measures: list[Measure] | None = None,
    unit: Unit | None = None,
    min_size: int = 1,
    max_size: int = 6,
    min_date: date = MIN_DATE,
    max_date: date = MAX_DATE,
    max_days: int = 40,
    max_value: int = 10_000,
    fuzzy: bool = True,
    one_sided: bool = True,
    places: list[str] | None = None,
    groups: list[str] | None = None,
    sources: list[str] | None = None,
    disjoint: bool = False,
) -> st.SearchStrategy[Reports]:
    """Draw sets of reports.

    Parameters
    ----------
    measures : list of Measure, optional
        What is counted; by default people killed. A measure that is only a stock gives stocks, any other
        flows.
    unit : Unit, optional
        In what; by default the first unit of the measure (`units_of`): people displaced, not movements.
    min_size, max_size : int
        How many reports.
    min_date, max_date, max_days, fuzzy
        As in `periods`.
    max_value, one_sided
        As in `estimates`.
    places, groups, sources : list of str, optional
        Values to draw from; by default every report is about all places and groups (null) and of one source.
    disjoint : bool, default False
        Whether no two reports share a day of their widest periods, so that no rule for overlaps is needed.

    Returns
    -------
    SearchStrategy of Reports
    """
    _check_dates(min_date, max_date)
    kinds: list[Measure] = ["killed"] if measures is None else measures
    for measure in kinds:
        if unit is not None and unit not in units_of(measure):
            known = ", ".join(units_of(measure))
            raise OptionError(f"expected unit= one of {known} for {measure}, got {unit!r}")
    paths: dict[str, st.SearchStrategy[str | None]] = {
        "place": st.sampled_from(places) if places else st.none(),
        "group": st.sampled_from(groups) if groups else st.none(),
        "source": st.sampled_from(sources) if sources else st.just("agency"),
    }
    counts = estimates(max_value=max_value, one_sided=one_sided)
    spans = _disjoint if disjoint else _any
    drawn = spans(min_size, max_size, min_date, max_date, max_days, fuzzy)
    return _reports(drawn, kinds, unit, counts, paths)


def flow_series(
    *,
    measures: list[FlowMeasure] | None = None,
    unit: Unit | None = None,
    max_size: int = 6,
    min_date: date = MIN_DATE,
    max_date: date = MAX_DATE,
    max_days: int = 40,
    max_value: int = 10_000,
    fuzzy: bool = True,
    one_sided: bool = True,
) -> st.SearchStrategy[FlowSeries[Any]]:
    """Flow series of reports that do not overlap, without a calendar: `resample` and `daily` give one.

    Parameters
    ----------
    measures : list of str, optional
        Each series counts one of these; by default people killed, or people displaced, which do not add up.
    unit, max_size, min_date, max_date, max_days, max_value, fuzzy, one_sided
        As in `reports`.

    Returns
    -------
    SearchStrategy of FlowSeries
    """
    wanted: list[FlowMeasure] = ["killed", "displaced"] if measures is None else measures

    def built(measure: FlowMeasure) -> st.SearchStrategy[FlowSeries[Any]]:
        drawn = reports(
            measures=[measure], unit=unit, max_size=max_size, min_date=min_date, max_date=max_date,
            max_days=max_days, max_value=max_value, fuzzy=fuzzy, one_sided=one_sided, disjoint=True,
        )  # fmt: skip
        return drawn.map(lambda some: _flow(some, measure))

    return st.one_of([built(measure) for measure in wanted])


def stock_series(
    *,
    measures: list[StockMeasure] | None = None,
    unit: Unit | None = None,
    max_size: int = 6,
    min_date: date = MIN_DATE,
    max_date: date = MAX_DATE,
    max_value: int = 10_000,
    fuzzy: bool = True,
    one_sided: bool = True,
) -> st.SearchStrategy[StockSeries[Any]]:
    """Stocks on dates of which no two may be the same.

    Parameters
    ----------
    measures : list of str, optional
        Each series counts one of these; by default internally displaced people and inhabitants.
    unit, max_size, min_date, max_date, max_value, fuzzy, one_sided
        As in `reports`.

    Returns
    -------
    SearchStrategy of StockSeries
    """
    wanted: list[StockMeasure] = ["idps", "population"] if measures is None else measures

    def built(measure: StockMeasure) -> st.SearchStrategy[StockSeries[Any]]:
        drawn = reports(
            measures=[measure], unit=unit, max_size=max_size, min_date=min_date, max_date=max_date,
            max_value=max_value, fuzzy=fuzzy, one_sided=one_sided, disjoint=True,
        )  # fmt: skip
        return drawn.map(lambda some: _stock(some, measure))

    return st.one_of([built(measure) for measure in wanted])


def populations(
    *,
    max_size: int = 4,
    min_date: date = MIN_DATE,
    max_date: date = MAX_DATE,
    max_value: int = 5_000_000,
    fuzzy: bool = False,
    one_sided: bool = False,
) -> st.SearchStrategy[StockSeries[Population]]:
    """Inhabitants on dates, for rates: by default each with a known date and a best value.

    Parameters
    ----------
    max_size, min_date, max_date, max_value, fuzzy, one_sided
        As in `reports`.

    Returns
    -------
    SearchStrategy of StockSeries
    """
    return reports(
        measures=["population"], unit="people", max_size=max_size, min_date=min_date, max_date=max_date,
        max_value=max_value, fuzzy=fuzzy, one_sided=one_sided, disjoint=True,
    ).map(population)  # fmt: skip


def _check_dates(min_date: date, max_date: date) -> None:
    if min_date > max_date:
        raise OptionError(f"expected min_date on or before max_date, got {min_date} and {max_date}")


@st.composite
def _periods(draw: st.DrawFn, min_date: date, max_date: date, max_days: int, fuzzy: bool) -> Period:
    start = draw(st.dates(min_date, max_date))
    length = draw(st.integers(1, min(max_days, (max_date - start).days + 1)))
    return _period(draw, start, length, fuzzy)


def _period(draw: st.DrawFn, start: date, length: int, fuzzy: bool) -> Period:
    """Draw a period of a given widest length, its ends known or not."""
    slack = st.integers(0, min(_SLACK, length - 1)) if fuzzy else st.just(0)
    end = start + timedelta(days=length - 1)
    return Period(start, start + timedelta(days=draw(slack)), end - timedelta(days=draw(slack)), end)


@st.composite
def _any(
    draw: st.DrawFn, min_size: int, max_size: int, min_date: date, max_date: date, max_days: int, fuzzy: bool
) -> list[Period]:
    return draw(st.lists(_periods(min_date, max_date, max_days, fuzzy), min_size=min_size, max_size=max_size))


@st.composite
def _disjoint(
    draw: st.DrawFn, min_size: int, max_size: int, min_date: date, max_date: date, max_days: int, fuzzy: bool
) -> list[Period]:
    """Periods one after the other, with gaps between some of them; as many as there is room for."""
    number = draw(st.integers(min_size, max_size))
    room = (max_date - min_date).days + 1
    if number > room:
        raise OptionError(f"expected room for {number} reports on different days, got {room} days")
    start = min_date + timedelta(days=draw(st.integers(0, min(60, room - number))))
    found: list[Period] = []
    for left in range(number - 1, -1, -1):
        spare = (max_date - start).days + 1 - left
        length = draw(st.integers(1, max(1, min(max_days, spare))))
        found.append(_period(draw, start, length, fuzzy))
        gap = draw(st.integers(0, max(0, min(10, spare - length))))
        start += timedelta(days=length + gap)
    return found


@st.composite
def _estimates(draw: st.DrawFn, max_value: int, words: list[Qualifier], unit: Unit | None) -> Estimate:
    word = draw(st.sampled_from(words))
    value = draw(st.integers(1 if word == "less_than" else 0, max(1, max_value)))
    if word != "between":
        return replace(Estimate.of(word, value), unit=unit)
    low, high = draw(st.integers(0, value)), draw(st.integers(value, max(1, max_value)))
    return replace(Estimate.between(low, high, best=value), unit=unit)


@st.composite
def _reports(
    draw: st.DrawFn,
    spans: st.SearchStrategy[list[Period]],
    measures: list[Measure],
    unit: Unit | None,
    counts: st.SearchStrategy[Estimate],
    paths: Mapping[str, st.SearchStrategy[str | None]],
) -> Reports:
    rows: list[dict[str, Any]] = []
    for number, period in enumerate(draw(spans), 1):
        measure = draw(st.sampled_from(measures))
        stock = kinds_of(measure) == ("stock",)
        count = draw(counts)
        rows.append(
            {name: draw(values) for name, values in paths.items()}
            | {
                "report_id": f"r{number}", "measure": measure, "unit": unit or units_of(measure)[0],
                "kind": "stock" if stock else "flow", "qualifier": count.qualifier, "value": count.stated,
                "low": count.low, "best": count.best, "high": count.high,
                "start_earliest": period.start_earliest, "start_latest": period.start_latest,
                "end_earliest": period.start_earliest if stock else period.end_earliest,
                "end_latest": period.start_latest if stock else period.end_latest,
            }
        )  # fmt: skip
    return reports_of(rows)


def _flow(some: Reports, measure: FlowMeasure) -> FlowSeries[Any]:
    match measure:
        case "killed":
            return deaths(some)
        case "died":
            return deaths(some, cause="all")
        case "displaced":
            return displacement(some)
        case "facilities_out":
            return outages(some).distinct
        case "attacks":
            return outages(some).hits


def _stock(some: Reports, measure: StockMeasure) -> StockSeries[InternallyDisplaced] | StockSeries[Population]:
    return idps(some) if measure == "idps" else population(some)
