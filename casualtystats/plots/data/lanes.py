"""Reports and outages as lanes on a time axis."""

from __future__ import annotations

from typing import Any, Final, Literal

import polars as pl

from casualtystats.errors import NoReportsError, OptionError
from casualtystats.plots.data.checks import expect
from casualtystats.printing import format_count
from casualtystats.reports import Reports
from casualtystats.series import OutageSeries
from casualtystats.vocabulary import Kind, Measure, measure_noun

__all__ = ["NO_SOURCE", "Label", "outage_lanes", "report_lanes", "short_count"]

Label = Literal["value", "count", "wording"]
NO_SOURCE: Final = "source not stated"
_PERIOD: Final = ("start_earliest", "start_latest", "end_earliest", "end_latest")
_SCHEMA: Final = {
    "report_id": pl.String,
    "source": pl.String,
    "kind": pl.String,
    "start": pl.Date,
    "start_latest": pl.Date,
    "end_earliest": pl.Date,
    "end": pl.Date,
    "open_top": pl.Boolean,
    "open_bottom": pl.Boolean,
    "text": pl.String,
}


def short_count(row: dict[str, Any]) -> str:
    """The number of a report with the words around it.

    Examples
    --------
    >>> short_count({"qualifier": "at_least", "value": 42, "low": 42, "best": None, "high": None})
    'at least 42'
    >>> short_count({"qualifier": "between", "value": None, "low": 40, "best": 42, "high": 50})
    '42 (40 to 50)'
    """
    words = {
        "at_least": "at least",
        "more_than": "more than",
        "approximately": "about",
        "up_to": "up to",
        "less_than": "less than",
    }
    value, low, best, high = row["value"], row["low"], row["best"], row["high"]
    if row["qualifier"] in words and value is not None:
        return f"{words[row['qualifier']]} {format_count(value)}"
    if low == best == high:
        return format_count(best)
    if high is None:
        floor = f"at least {format_count(low)}"
        return floor if best is None else f"{format_count(best)} ({floor})"
    if best is None:
        return f"{format_count(low)} to {format_count(high)}"
    return f"{format_count(best)} ({format_count(low)} to {format_count(high)})"


def report_lanes(reports: Reports, label: Label | None = None) -> pl.DataFrame:
    """One row a report, grouped by source in the order of their first days.

    Parameters
    ----------
    reports : Reports
        Of any measure and kind.
    label : {"value", "count", "wording"}, optional
        What is printed: the number; the number with what it counts; the words of the report. By
        default the number
        alone where all reports count the same, else with what it counts.

    Returns
    -------
    pl.DataFrame
        `report_id`, `source`, `kind`, `start`, `start_latest`, `end_earliest`, `end` (dates; surely
        inside the period
        are only the days from `start_latest` to `end_earliest`), `open_top` (no upper bound is
        known), `open_bottom` (there
        is an upper bound only), `text`.

    Raises
    ------
    NoReportsError
        If there is no report.
    OptionError
        If the label is not known.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> row = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": "42"}
    >>> row |= {"qualifier": "at_least", "start": "2019-05-12", "end": "2019-05-13"}
    >>> reports = read_reports(pl.DataFrame([row]))
    >>> report_lanes(reports).select("source", "open_top", "text").row(0)
    ('source not stated', True, 'at least 42')
    """
    if label not in (None, "value", "count", "wording"):
        raise OptionError(f"expected label= 'value', 'count' or 'wording', got {label!r}")
    frame = expect(reports, Reports, "reports").frame
    if frame.is_empty():
        raise NoReportsError("expected at least one report to draw, got none")
    if label is None:
        same = frame.select("measure", "unit", "group").n_unique() == 1
        label = "value" if same else "count"
    varying = {name for name in ("place", "destination", "perpetrator", "standard") if frame[name].n_unique() > 1}
    rows = [_lane(row, _text(row, label, varying)) for row in frame.to_dicts()]
    return _grouped(rows)


def outage_lanes(series: OutageSeries) -> pl.DataFrame:
    """One row a report of facilities out of service, with the hits that its source reports for its period.

    Hits without a count of facilities say nothing about an outage and are not among the rows.

    Returns
    -------
    pl.DataFrame
        In the columns of `report_lanes`; `text` holds the numbers of facilities and of hits.

    Raises
    ------
    NoReportsError
        If no report counts facilities out of service.
    """
    expect(series, OutageSeries, "facility outages (cs.outages)")
    went = _used(series, "facilities_out", ("flow", "cumulative", "stock"))
    if went.is_empty():
        raise NoReportsError(
            "expected a report of facilities out of service, got none; hits alone: plots.flow(series.hits)"
        )
    hits: dict[tuple[object, ...], str] = {}
    for row in _used(series, "attacks", ("flow", "cumulative")).to_dicts():
        hits[_told_with(row)] = short_count(row) + (" hit" if row["value"] == 1 else " hits")
    rows: list[dict[str, Any]] = []
    for row in went.to_dicts():
        text = _counted(row)
        found = hits.get(_told_with(row))
        rows.append(_lane(row, f"{text}, {found}" if found and row["kind"] != "stock" else text))
    return _grouped(rows)


def _told_with(row: dict[str, Any]) -> tuple[object, ...]:
    return tuple(row[name] for name in ("source", "place", "group", "perpetrator", "kind", *_PERIOD))


def _used(series: OutageSeries, measure: Measure, kinds: tuple[Kind, ...]) -> pl.DataFrame:
    """The reports of one measure that the outages were selected from, whether or not they overlap."""
    try:
        return series._select(measure, kinds).frame().collect()  # pyright: ignore[reportPrivateUsage]
    except NoReportsError:
        return series.reports.frame.clear()


def _text(row: dict[str, Any], label: Label, varying: set[str]) -> str:
    if label == "wording" and row["wording"]:
        return " ".join(str(row["wording"]).split())
    text = short_count(row) if label == "value" else _counted(row)
    # What tells two figures apart that would else seem to contradict each other.
    for name, word in (("place", ""), ("destination", "to "), ("perpetrator", "side: ")):
        if name in varying and row[name]:
            text += f", {word}{str(row[name]).rsplit('/', 1)[-1]}"
    # "Reported" goes without saying; what is firmer or weaker does not.
    told = "standard" in varying and row["standard"] not in (None, "reported")
    return f"{text} ({row['standard']})" if told else text


def _counted(row: dict[str, Any]) -> str:
    number = short_count(row)
    return f"{number} {measure_noun(row['measure'], row['unit'], row['group'], one=number == '1')}"


def _lane(row: dict[str, Any], text: str) -> dict[str, Any]:
    start, start_latest, end_earliest, end = (row[name] for name in _PERIOD)
    open_bottom = row["best"] is None and row["low"] == 0 and row["high"] is not None
    return {
        "report_id": row["report_id"],
        "source": row["source"] or NO_SOURCE,
        "kind": row["kind"],
        "start": start,
        "start_latest": start_latest,
        "end_earliest": end_earliest,
        "end": end,
        "open_top": row["high"] is None,
        "open_bottom": open_bottom,
        "text": text,
    }


def _grouped(rows: list[dict[str, Any]]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema=_SCHEMA)
    first = frame.group_by("source").agg(_first=pl.col("start").min())
    return frame.join(first, on="source").sort("_first", "source", "end", "start", "report_id").drop("_first")
