"""The tables of the page: as HTML, and as CSV beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.markup import defused
from casualtystats.periods import Period
from casualtystats.printing import format_days
from casualtystats.rates import daily_rate
from casualtystats.reports import Report, Reports
from casualtystats.sitrep.found import Found
from casualtystats.sitrep.numbers import Numbers
from casualtystats.vocabulary import measure_noun

__all__ = ["interval_rows", "interval_table", "rejected_table", "report_table", "to_csv", "to_html"]


def report_table(reports: Reports, numbers: Numbers) -> pl.DataFrame:
    """Every accepted report: what, how many, when, where, who, and its daily rate; each number is noted."""
    rows = [_row(report, reports, numbers) for report in sorted(reports, key=_order)]
    return pl.DataFrame(rows, schema=dict.fromkeys(_REPORT_COLUMNS, pl.String))


_REPORT_COLUMNS = ("report_id", "what", "count", "period", "days", "per day", "place", "source", "published", "wording")


def _order(report: Report) -> tuple[str, Any, str]:
    return report.measure, report.period.start_earliest, report.report_id


def _row(report: Report, reports: Reports, numbers: Numbers) -> dict[str, str]:
    noun, ids = measure_noun(report.measure, report.unit, report.group), [report.report_id]
    where = f"table of all reports, row {report.report_id}"
    count = str(report.estimate)
    numbers.put(
        f"{noun}, as published", count, report.estimate, unit=report.unit, reports=ids,
        method=f"read from the wording as '{report.estimate.qualifier}'", period=report.period, where=where,
    )  # fmt: skip
    days, rate = "–", "–"
    if report.kind != "stock":
        days = format_days(*report.period.length).removesuffix(" days").removesuffix(" day")
    if report.kind != "stock" and report.unit != "facilities":
        found = daily_rate(report.estimate, period=report.period)
        rate = str(found).partition(" per day")[0]
        numbers.put(
            f"{noun} a day", rate, found, unit=f"{report.unit} per day", method="count / days of the period",
            reports=ids, where=where,
        )  # fmt: skip
    return {
        "report_id": report.report_id,
        "what": noun,
        "count": count,
        "period": str(report.period),
        "days": days,
        "per day": rate,
        "place": reports.places.name(report.place),
        "source": report.source or "not stated",
        "published": "not stated" if report.published is None else str(report.published[1]),
        "wording": report.wording or "",
    }


def interval_table(found: Found) -> pl.DataFrame:
    """The intervals of a series: bounds, best and the number as printed."""
    frame = found.series.to_frame()
    return frame.select("report_id", "period_start", "period_end", "low", "best", "high", "stated")


def interval_rows(found: Found, key: str, numbers: Numbers) -> pl.DataFrame:
    """The same for the page: periods in words, bounds as they print; each count is noted."""
    rows: list[dict[str, str | None]] = []
    info = found.series.info
    for row in found.series.to_frame().iter_rows(named=True):
        period = Period(row["period_start"], row["start_latest"], row["end_earliest"], row["period_end"])
        count = Estimate(row["low"], row["best"], row["high"])
        # A floor of zero says nothing: a difference of two floors is not bounded by them.
        known = "not bounded" if count.low == 0 and count.high is None else str(count)
        numbers.put(
            f"{info.noun} in the period", known, count, unit=info.unit, method=found.rule,
            reports=row["report_id"].split(" minus "), period=period, where=f"table {key}, row {row['report_id']}",
        )  # fmt: skip
        stated = None if row["stated"] is None else f"{row['stated']:,}"
        rows.append(
            {"report": row["report_id"], "period": str(period), "count": known, "printed, or difference": stated}
        )
    return pl.DataFrame(rows, schema=dict.fromkeys(("report", "period", "count", "printed, or difference"), pl.String))


def rejected_table(reports: Reports) -> pl.DataFrame:
    """Rows that were not accepted."""
    return reports.rejected.select("row", "column", "value", "rule", "hint")


def to_csv(frame: pl.DataFrame) -> bytes:
    """A table as CSV, with spreadsheet formulas defused."""
    return defused(frame).write_csv().encode()


def to_html(frame: pl.DataFrame, key: str, title: str = "", notes: Sequence[str] = ()) -> str:
    """A table as HTML with a fixed id; missing values print as a dash."""
    from great_tables import GT

    numbers = [name for name, kind in frame.schema.items() if kind.is_numeric()]
    # great-tables names types of libraries that are not installed, so that a strict checker sees unknowns.
    table = cast("Any", GT)(frame, id=key).sub_missing(missing_text="–")
    if numbers:
        table = table.fmt_number(columns=numbers, decimals=1, drop_trailing_zeros=True)
    if title:
        table = table.tab_header(title=title)
    for note in notes:
        table = table.tab_source_note(source_note=note)
    table = table.tab_options(
        table_font_size="13px", table_width="100%", heading_align="left", data_row_padding="3px",
        table_border_top_style="none", column_labels_font_weight="bold", source_notes_font_size="12px",
    )  # fmt: skip
    return str(table.as_raw_html())
