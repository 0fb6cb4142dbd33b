"""Reports, and facility outages, on a time axis."""

from __future__ import annotations

from datetime import date

import polars as pl
from matplotlib.axes import Axes

from casualtystats.errors import OptionError
from casualtystats.periods import parse_date
from casualtystats.plots.canvas import Sheet
from casualtystats.plots.data.lanes import Label, outage_lanes, report_lanes
from casualtystats.plots.lanes import draw_lanes
from casualtystats.plots.style import house_style
from casualtystats.reports import Reports
from casualtystats.series import OutageSeries

__all__ = ["outages", "report_periods"]


def report_periods(
    reports: Reports,
    *,
    ax: Axes | None = None,
    events: pl.DataFrame | None = None,
    label: Label | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    width: float = 7.0,
    title: str | None = None,
) -> Axes:
    """Each report as a bar from the first to the last day that it is about, under the name of its source.

    Parameters
    ----------
    reports : Reports
        Of any measure and kind. A running total is a thin bar from its first day, a stock a diamond
        on its date. Days
        on which a period may, but need not, have begun or ended are hatched.
    ax : Axes, optional
        Where to draw; it needs about 13 points of height a report. By default a figure that is as
        high as it needs.
    events : pl.DataFrame, optional
        Dated annotations, as of `cs.datasets.events`; those outside the days shown are left out.
    label : {"value", "count", "wording"}, optional
        What is printed at the bar: the number; the number with what it counts; the words of the
        report. By default the
        number alone where all reports count the same.
    since, until : str or date, optional
        Show these days only. A bar that goes on is cut, with its date; reports that lie outside are
        counted under
        the picture.
    width : float, default 7
        Width of a new figure in inches.
    title : str, optional
        A short noun.

    Returns
    -------
    Axes
        `ax.figure.savefig`, or `plots.save(ax, path)`.

    Raises
    ------
    NoReportsError
        If there is no report, or none in the days shown.
    OptionError, KindError, MeasureError
        If an option or the type of the reports is wrong.

    Examples
    --------
    >>> import polars as pl
    >>> from casualtystats.reports import read_reports
    >>> row = {"report_id": "a", "measure": "killed", "unit": "people", "kind": "flow", "value": "42"}
    >>> reports = read_reports(pl.DataFrame([row | {"start": "2019-05-12", "end": "2019-05-13"}]))
    >>> report_periods(reports, width=3.5).texts[0].get_text()
    'source not stated'
    """
    lanes = report_lanes(reports, label)
    first, last = _limit(since, 0), _limit(until, 1)
    outside = _outside(lanes, first, last)
    left_out = lanes.filter(outside).height
    if left_out == lanes.height:
        raise OptionError(f"expected since= and until= with a report between them, got {since} and {until}")
    line = _source_line(lanes.filter(~outside))
    if reports.origin is not None and reports.origin.title:
        line += f". From: {reports.origin.title}"
    if left_out:
        line += f". {left_out} report{'' if left_out == 1 else 's'} outside the days shown"
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        draw_lanes(sheet, lanes.filter(~outside), first, last, events, line, title, tail=False)
    return sheet.axes


def outages(
    series: OutageSeries, *, ax: Axes | None = None, until: str | date | None = None, width: float = 7.0,
    title: str | None = None,
) -> Axes:  # fmt: skip
    """Each report of facilities out of service as a bar over its period, and what is not known after it.

    Parameters
    ----------
    series : OutageSeries
        Made by `cs.outages`. A stock is a diamond on its date.
    ax, width, title
        As in `report_periods`.
    until : str or date, optional
        Last day shown; by default a sixth more than the days of the reports.

    Returns
    -------
    Axes
        The number of facilities, and of hits where the same source reports them for the same
        period, is printed
        over each bar. The hatched stretch after a bar says that restoration is not reported: a
        facility may have
        been back the next day, or never.

    Raises
    ------
    NoReportsError
        If no report counts facilities out of service.
    OptionError, KindError, MeasureError
        If an option or the type of the series is wrong.
    """
    lanes = outage_lanes(series)
    last = _limit(until, 1)
    reached: date = max(lanes["end"].to_list())
    if last is not None and last < reached:
        raise OptionError(f"expected until= on or after the last day of the reports, {reached}; got {until}")
    with house_style(ax is None):
        sheet = Sheet.of(ax, width)
        draw_lanes(sheet, lanes, None, last, None, _source_line(lanes), title, tail=True)
    return sheet.axes


def _limit(day: str | date | None, at: int) -> date | None:
    return None if day is None else parse_date(day)[at]


def _outside(lanes: pl.DataFrame, first: date | None, last: date | None) -> pl.Expr:
    """Whether a report lies outside the days shown."""
    before = pl.lit(value=False) if first is None else pl.col("end") < first
    after = pl.lit(value=False) if last is None else pl.col("start") > last
    return before | after


def _source_line(lanes: pl.DataFrame) -> str:
    return "Source: " + ", ".join(lanes["source"].unique().sort())
