"""Running totals: those made from a flow series, and those that were published, by source."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.errors import KindError, MixedUnitsError, NoReportsError, OptionError
from casualtystats.plots.data.checks import expect, whole_series
from casualtystats.plots.data.lanes import NO_SOURCE, short_count
from casualtystats.plots.dates import day_label
from casualtystats.reports import Reports
from casualtystats.series import CumulativeSeries
from casualtystats.vocabulary import measure_noun

__all__ = ["running_noun", "running_points", "running_steps"]

_LINE: Final = ("source", "standard", "place", "destination", "perpetrator")


def running_steps(series: CumulativeSeries[Any]) -> pl.DataFrame:
    """One row a day on which the running total is known.

    Returns
    -------
    pl.DataFrame
        `since`, `date`, `low`, `best` (null = one-sided), `high` (null = no upper bound known),
        `open_top`, `coverage`. Days before any report are
        left out: they are not zero.

    Raises
    ------
    KindError, MeasureError, OptionError
        If it is no running total, or a split one.
    """
    expect(series, CumulativeSeries, "a running total")
    whole_series(series.info.by)
    frame = series.to_frame().filter(pl.col("cumulative_low").is_not_null()).sort("date")
    if frame.is_empty():
        raise NoReportsError("expected at least one known running total, got none")
    return frame.select(
        "since",
        "date",
        low=pl.col("cumulative_low"),
        best=pl.col("cumulative_best"),
        high=pl.col("cumulative_high"),
        open_top=pl.col("cumulative_high").is_null(),
        coverage=pl.col("coverage"),
    )


def running_points(reports: Reports) -> pl.DataFrame:
    """One row a published running total; rows of one `line` may be joined.

    Parameters
    ----------
    reports : Reports
        Those of the kind cumulative are taken; they must count the same measure, unit and group.

    Returns
    -------
    pl.DataFrame
        `line` (source and standard, with place, side and first day where lines differ in them),
        `report_id`, `source`,
        `date` (end of the total), `date_earliest` (earlier where the end is fuzzy), `since`
        (earliest first day), `value` (as stated), `text` (with the words around it), `low`, `high`,
        `open_top`, `open_bottom`.

    Raises
    ------
    KindError
        If no report is a running total.
    MixedUnitsError, OptionError
        If they count different things.

    Notes
    -----
    A line joins totals of one source, standard, place, destination and side whose first days may be the same:
    totals since different days differ because of that, and joined they would seem to fall.
    """
    frame = expect(reports, Reports, "reports or a running total").frame.filter(pl.col("kind") == "cumulative")
    if frame.is_empty():
        raise KindError(
            "expected reports that are running totals (kind cumulative), got none; use plots.report_periods(reports)"
        )
    _same(frame)
    rows = _lines(frame.sort("start_earliest", "start_latest", "end_latest", "report_id").to_dicts())
    varying = [name for name in ("place", "destination", "perpetrator") if frame[name].n_unique() > 1]
    names: dict[tuple[Any, ...], set[Any]] = {}
    for row in rows:
        names.setdefault(_name(row, varying), set()).add(row["line"])
    points: list[dict[str, Any]] = []
    for row in rows:
        parts = list(_name(row, varying))
        if len(names[tuple(parts)]) > 1:
            parts.append(f"since {_span(*row['line'][-2:])}")
        stated = next(value for value in (row["value"], row["best"], row["low"]) if value is not None)
        points.append(
            {
                "line": ", ".join(parts),
                "report_id": row["report_id"],
                "source": row["source"] or NO_SOURCE,
                "date": row["end_latest"],
                "date_earliest": row["end_earliest"],
                "since": row["line"][-2],
                "value": stated,
                "low": row["low"],
                "text": short_count(row),
                "high": row["high"],
                "open_top": row["high"] is None,
                "open_bottom": row["best"] is None and row["low"] == 0 and row["high"] is not None,
            }
        )
    whole = {"value": pl.Int64, "low": pl.Int64, "high": pl.Int64}
    return pl.DataFrame(points, schema_overrides=whole).sort("line", "date", "report_id")


def running_noun(reports: Reports) -> str:
    """What the running totals of a set of reports count."""
    row = reports.frame.filter(pl.col("kind") == "cumulative").row(0, named=True)
    return measure_noun(row["measure"], row["unit"], row["group"])


def _same(frame: pl.DataFrame) -> None:
    units = frame["unit"].cast(pl.String).unique().sort().to_list()
    if len(units) > 1:
        raise MixedUnitsError(
            f"expected running totals in one unit, got {' and '.join(units)}; select one: "
            f"reports.filter(pl.col('unit') == {units[0]!r})"
        )
    for name in ("measure", "group"):
        found = ["everybody" if text is None else str(text) for text in frame[name].unique().sort().to_list()]
        if len(found) > 1:
            choice = f"pl.col({name!r}) == {found[-1]!r}"
            raise OptionError(
                f"expected running totals of one {name}, got {', '.join(found)}; select one: reports.filter({choice})"
            )


def _lines(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each row its line: the first line of its source and kind whose first days overlap its own."""
    lines: list[tuple[Any, ...]] = []
    placed: list[dict[str, Any]] = []
    for row in rows:
        key = tuple(row[name] for name in _LINE)
        first, last = row["start_earliest"], row["start_latest"]
        at = next(
            (at for at, line in enumerate(lines) if line[:-2] == key and line[-2] <= last and first <= line[-1]),
            None,
        )
        if at is None:
            at = len(lines)
            lines.append((*key, first, last))
        placed.append(row | {"line": lines[at]})
    return placed


def _name(row: dict[str, Any], varying: list[str]) -> tuple[str, ...]:
    standard = f" ({row['standard']})" if row["standard"] else ""
    parts = [f"{row['source'] or NO_SOURCE}{standard}"]
    for name, word in (("place", ""), ("destination", "to "), ("perpetrator", "by ")):
        if name in varying and row[name]:
            parts.append(f"{word}{str(row[name]).rsplit('/', 1)[-1]}")
    return tuple(parts)


def _span(first: date, last: date) -> str:
    if first == last:
        return day_label(first)
    return f"{day_label(first, year=first.year != last.year)} to {day_label(last)}"
