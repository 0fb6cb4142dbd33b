"""`read_counter`: a published cumulative counter becomes a running total that knows its rows and its breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as day
from typing import Any, Literal, overload

import polars as pl

from casualtystats.errors import (
    DoubleCountError,
    KindError,
    MeasureError,
    NoReportsError,
    OptionError,
    ParseError,
)
from casualtystats.ledger.counters.breaks import Break
from casualtystats.ledger.counters.counter import Counter
from casualtystats.ledger.counters.rules import FLOORS, CounterRow
from casualtystats.ledger.keys import DIMENSIONS
from casualtystats.periods import parse_date
from casualtystats.reports import Reports
from casualtystats.reports.table import REPORT_TYPES
from casualtystats.series.counters.rows import checked_order, table_rows
from casualtystats.series.counters.series import counter_series
from casualtystats.series.counters.table import ReadableFrame
from casualtystats.series.cumulative import CumulativeSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import (
    MEASURES,
    STANDARDS,
    AllCauseDeaths,
    Displaced,
    Measure,
    Qualifier,
    Standard,
    Unit,
    ViolentDeaths,
    kinds_of,
    units_of,
)

__all__ = ["read_counter"]


@overload
def read_counter(
    frame: ReadableFrame, *, value: str, date: str, period_hours: str | None = None, phase: str | None = None,
    incident: str | None = None, measure: Literal["killed"] = "killed", unit: Unit | None = None, place: str | None = None,
    group: str | None = None, source: str | None = None, standard: Standard | None = None,
    qualifier: Qualifier | str = "exactly", since: str | day | None = None, breaks: Sequence[Break] = (),
) -> CumulativeSeries[ViolentDeaths]: ...  # fmt: skip
@overload
def read_counter(
    frame: ReadableFrame, *, value: str, date: str, period_hours: str | None = None, phase: str | None = None,
    incident: str | None = None, measure: Literal["died"], unit: Unit | None = None, place: str | None = None,
    group: str | None = None, source: str | None = None, standard: Standard | None = None,
    qualifier: Qualifier | str = "exactly", since: str | day | None = None, breaks: Sequence[Break] = (),
) -> CumulativeSeries[AllCauseDeaths]: ...  # fmt: skip
@overload
def read_counter(
    frame: ReadableFrame, *, value: str, date: str, period_hours: str | None = None, phase: str | None = None,
    incident: str | None = None, measure: Literal["displaced"], unit: Unit | None = None, place: str | None = None,
    group: str | None = None, source: str | None = None, standard: Standard | None = None,
    qualifier: Qualifier | str = "exactly", since: str | day | None = None, breaks: Sequence[Break] = (),
) -> CumulativeSeries[Displaced]: ...  # fmt: skip
@overload
def read_counter(
    frame: ReadableFrame, *, value: str, date: str, period_hours: str | None = None, phase: str | None = None,
    incident: str | None = None, measure: Measure, unit: Unit | None = None, place: str | None = None,
    group: str | None = None, source: str | None = None, standard: Standard | None = None,
    qualifier: Qualifier | str = "exactly", since: str | day | None = None, breaks: Sequence[Break] = (),
) -> CumulativeSeries[Any]: ...  # fmt: skip
@overload
def read_counter(frame: Reports, *, breaks: Sequence[Break] = ()) -> CumulativeSeries[Any]: ...
def read_counter(
    frame: ReadableFrame | Reports, *, value: str | None = None, date: str | None = None, period_hours: str | None = None,
    phase: str | None = None, incident: str | None = None, measure: Measure = "killed", unit: Unit | None = None,
    place: str | None = None, group: str | None = None, source: str | None = None, standard: Standard | None = None,
    qualifier: Qualifier | str = "exactly", since: str | day | None = None, breaks: Sequence[Break] = (),
) -> CumulativeSeries[Any]:  # fmt: skip
    """Read a published cumulative counter: one row a day on which a total so far was published.

    Parameters
    ----------
    frame : path, frame or Reports
        A CSV file, a frame of polars, pandas, pyarrow or duckdb, or reports that are running totals of one source, place and
        group since one first day (then the other arguments but `breaks` are not taken: the reports say them).
    value : str
        Column of the total so far, whole numbers from 0. An empty cell is a missing value, not zero: it is kept, and the
        next value counts from the last one.
    date : str
        Column of the last day that the row counts: dates, times at midnight, or ISO text. Each day once.
    period_hours : str, optional
        Column of the length of the period that a row reports on: 24, 48, 72, ...; 0 = no report on that day (its value is a
        repeated one and is not used); empty = not stated.
    phase : str, optional
        Column whose change marks a new phase, in which the counter starts again from zero.
    incident : str, optional
        Column of the count of the row's own period, which is checked against the change of the counter.
    measure, unit : Measure, Unit, optional
        What is counted; the unit is needed where the measure has several.
    place, group, source, standard : str, optional
        What the counter speaks about, who publishes it, and what it rests on. None = everywhere, everybody, not stated.
    qualifier : Qualifier or str
        The words around every number, or the column that holds them (an empty cell = exactly).
    since : str or date, optional
        The first day that the counter counts: it stood at zero before, so that the first value is an increment. An EDTF range
        where it is known only to lie in one. None = not known: the first row has no increment.
    breaks : sequence of Break
        Stated breaks; `find_breaks()` proposes them.

    Returns
    -------
    CumulativeSeries
        With `increments()`, `find_breaks()`, `with_breaks()` and, for floors, `floor()`. Its `reports` are the reports that
        were given, and empty where a table was.

    Raises
    ------
    ReportFileError
        If the table can not be read, has no rows or lacks a column.
    ParseError
        If a cell is no date, count or length; the message names row and column.
    VintageError
        If a date stands twice.
    OptionError, MeasureError, MixedUnitsError
        If an argument is not known or does not fit; if a break applies to no row.
    PeriodError
        If `since` lies after the first row.
    KindError, NoReportsError, DoubleCountError
        If reports are no running totals, there are none, or they count different things.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"day": ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"], "total": [100, 140, 12, 30]})
    >>> counter = read_counter(rows, value="total", date="day", breaks=[Break("2024-01-03", "reset", "a second phase")])
    >>> counter.increments().to_frame()["increment"].to_list()
    [None, 40, 12, 18]
    """
    if isinstance(frame, Reports):
        given = {
            "value": value, "date": date, "period_hours": period_hours, "phase": phase, "incident": incident, "unit": unit,
            "place": place, "group": group, "source": source, "standard": standard, "since": since,
        }  # fmt: skip
        extra = [name for name, argument in given.items() if argument is not None]
        if extra or measure != "killed" or qualifier != "exactly":
            raise OptionError(
                f"expected only breaks= beside Reports, which say what they count; got "
                f"{', '.join(extra) or 'measure or qualifier'}. Select with reports.filter(...)"
            )
        return _from_reports(frame, breaks)
    if value is None or date is None:
        raise OptionError("expected value= and date=, the columns of the counter and of its days, got none")
    counted = _checked_unit(measure, unit)
    if standard is not None and standard not in STANDARDS:
        raise OptionError(f"expected standard= one of {', '.join(STANDARDS)}, got {standard!r}")
    columns = {"date": date, "value": value, "incident": incident, "period_hours": period_hours, "phase": phase}
    for name, column in (*columns.items(), ("qualifier", qualifier)):
        if column is not None and not isinstance(column, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise OptionError(f"expected {name}= the name of a column, got {column!r}")
    rows = table_rows(frame, columns, qualifier)
    counter = Counter(tuple(rows), breaks, _first_day(since), incident is not None)
    info = SeriesInfo(
        measure=measure, unit=counted, place=place, group=group, perpetrator=None, destination=None, by=(),
        sources=() if source is None else (source,), standards=() if standard is None else (standard,),
        overlap="one counter", as_of=None, first=rows[0].day, last=rows[-1].day,
    )  # fmt: skip
    return counter_series(info, counter, Reports(pl.DataFrame(schema=REPORT_TYPES)))


def _first_day(since: str | day | None) -> tuple[day, day] | None:
    if since is None:
        return None
    if not isinstance(since, str | day):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParseError(f"expected since= a date or its text, got {since!r}")
    return parse_date(since)


def _checked_unit(measure: Measure, unit: Unit | None) -> Unit:
    if measure not in MEASURES or "cumulative" not in kinds_of(measure):
        can = ", ".join(name for name in MEASURES if "cumulative" in kinds_of(name))
        raise MeasureError(f"expected measure= something with a running total ({can}), got {measure!r}")
    can_be = units_of(measure)
    if unit is None and len(can_be) == 1:
        return can_be[0]
    if unit is None or unit not in can_be:
        raise OptionError(f"expected unit= one of {', '.join(can_be)} for {measure}, got {unit!r}")
    return unit


def _from_reports(reports: Reports, breaks: Sequence[Break]) -> CumulativeSeries[Any]:
    table = reports.frame.to_dicts()
    if not table:
        raise NoReportsError("expected reports that are running totals, got none; loosen the filter")
    for name in ("kind", "measure", "unit", "source", "standard", *DIMENSIONS, "start_earliest", "start_latest"):
        found = sorted({str(row[name] or "not stated") for row in table})
        if name == "kind" and found != ["cumulative"]:
            raise KindError(
                f"expected running totals (kind cumulative), got {', '.join(found)}; filter the reports by kind"
            )
        if len(found) > 1:
            what = "first day (start)" if name.startswith("start") else name
            raise DoubleCountError(
                f"expected running totals of one {what}, got {', '.join(found)}: they are different counters. Select one with "
                f"reports.filter(pl.col({name!r}) == ...)"
            )
    rows: list[CounterRow] = []
    for number, row in enumerate(table, 1):
        if row["end_earliest"] != row["end_latest"]:
            raise ParseError(
                f"{row['report_id']}: expected a known last day, got {row['end_earliest']} to {row['end_latest']}; a counter is "
                "dated by its rows: leave it out"
            )
        stated = row["low"] if row["value"] is None and row["qualifier"] in FLOORS else row["value"]
        rows.append(CounterRow(number, row["end_latest"], stated, row["low"], row["high"], row["qualifier"]))
    one = table[0]
    ordered = checked_order(rows)
    info = SeriesInfo(
        measure=one["measure"], unit=one["unit"], place=one["place"], group=one["group"], perpetrator=one["perpetrator"],
        destination=one["destination"], by=(), sources=() if one["source"] is None else (one["source"],),
        standards=() if one["standard"] is None else (one["standard"],), overlap="one counter", as_of=None,
        first=one["start_earliest"], last=ordered[-1].day,
    )  # fmt: skip
    counter = Counter(tuple(ordered), breaks, (one["start_earliest"], one["start_latest"]))
    return counter_series(info, counter, reports)
