"""From an archive of vintages to a reporting triangle: which figures, of which calendar, how old when published."""

from __future__ import annotations

from datetime import date

import polars as pl

from casualtystats.errors import NoReportsError, OptionError, PeriodError, VintageError
from casualtystats.periods import Period, parse_date
from casualtystats.periods.cadence import Every, every_name
from casualtystats.printing import many
from casualtystats.reports import ReportArchive, Reports
from casualtystats.reports.preferred import RoleChoice
from casualtystats.reports.select import Selection
from casualtystats.reports.vintages import figure_text
from casualtystats.trends.nowcast.ages import usual_step
from casualtystats.trends.nowcast.calendars import cells_of, common_calendar
from casualtystats.trends.nowcast.figures import SPAN, Hedged, counts_of, matrix_of, one_figure_each, said
from casualtystats.trends.nowcast.triangle import AGES, AgeStep, Triangle
from casualtystats.vocabulary import MEASURES, Measure, Unit, adds_over_time, measure_noun

__all__ = ["reporting_triangle"]


def reporting_triangle(
    archive: ReportArchive | Reports, *, as_of: str | date | None, measure: Measure | None = None,
    unit: Unit | None = None, place: str | None = None, group: str | None = None, source: str | None = None,
    role: RoleChoice | None = None, every: Every | None = None, age: AgeStep | None = None, max_age: int | None = None,
    hedged: Hedged = "refuse",
) -> Triangle:  # fmt: skip
    """The reporting triangle of figures that were published again and again.

    Parameters
    ----------
    archive : ReportArchive or Reports
        Vintages. Counts that are new in a period ("flow") are used; of each period there is one figure.
    as_of : str or date
        The date of knowledge: what was published up to it is used. Ages run to the last such publication, as after it
        nobody looked. A publication whose day is not exactly known counts by its last possible day.
    measure, unit : Measure, Unit, optional
        Needed where the archive holds several.
    place, group, source, role : str, optional
        As in `deaths`.
    every : Every, optional
        The calendar of the periods (`day`, `week`, `epiweek`, `month`, `quarter`, `year`, or a timedelta of N days);
        figures of other periods are left out. By default all periods must be cells of one calendar, which is found.
    age : {"day", "week", "month"}, optional
        Step in which the delay between the last day of a period and a publication is counted, rounded down. By default
        that of the calendar: days for days, weeks for weeks, months for months and longer.
    max_age : int, optional
        The oldest age, in steps: later publications count as of this age.
    hedged : {"refuse", "best"}, default "refuse"
        What to do with "about", "up to" and ranges: refuse them, or use their best values. "At least n" is always refused.

    Returns
    -------
    Triangle
        One row a period, in order. Of several vintages at one age the last counts. An age without a vintage has the
        count of the age before (no new publication = no known change); `carried` says how many.

    Raises
    ------
    VintageError
        If `as_of` is not given.
    NoReportsError
        If nothing is selected, or nothing of it has a day of publication up to `as_of`.
    MixedUnitsError, OptionError
        If measures, units or calendars are mixed, rows are separate events, or an argument is not known.
    PeriodError
        If the ends of a period are not exactly known.
    UndefinedEstimateError
        If a count is a lower bound, or (unless `hedged="best"`) has words around it.
    DoubleCountError
        If two figures are of one period, or periods overlap.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> rows = [("2019-04-29", "2019-05-05", "2019-05-07", 40), ("2019-04-29", "2019-05-05", "2019-05-14", 62),
    ...         ("2019-05-06", "2019-05-12", "2019-05-14", 55)]
    >>> archive = ReportArchive.of(read_reports(pl.DataFrame([{"report_id": f"{start} {on}", "measure": "killed",
    ...     "unit": "people", "kind": "flow", "source": "OHCHR", "start": start, "end": end, "published": on,
    ...     "value": value} for start, end, on, value in rows])))
    >>> reporting_triangle(archive, as_of="2019-05-14").to_frame()
    shape: (2, 4)
    ┌──────────────┬────────────┬────────┬────────┐
    │ period_start ┆ period_end ┆ week_0 ┆ week_1 │
    │ ---          ┆ ---        ┆ ---    ┆ ---    │
    │ date         ┆ date       ┆ i64    ┆ i64    │
    ╞══════════════╪════════════╪════════╪════════╡
    │ 2019-04-29   ┆ 2019-05-05 ┆ 40     ┆ 62     │
    │ 2019-05-06   ┆ 2019-05-12 ┆ 55     ┆ null   │
    └──────────────┴────────────┴────────┴────────┘
    """
    _check(age, max_age, hedged)
    found = _archive(archive)
    vintages = Reports(found.frame, places=found.places, origin=found.origin)
    selection = Selection.of(
        vintages, _measure(found, measure), ("flow",), unit=unit, place=place, group=group, source=source, role=role,
        as_of=None,
    )  # fmt: skip
    rows = selection.frame().collect()
    known, day, notes = _published(rows, as_of)
    cells, calendar, more = _cells(known, every)
    one_figure_each(cells)
    used = counts_of(cells, hedged)
    step = age or usual_step(calendar)
    made = matrix_of(used, step, max_age)
    fixed = {name: value for name, value in (("place", place), ("group", group)) if value}
    groups: list[str | None] = used["group"].unique().sort().to_list()
    shown = fixed.get("group") or (groups[0] if len(groups) == 1 else None)
    sources = sorted({name or "not stated" for name in used["source"].to_list()})
    return Triangle(
        made.counts, made.ages, step, made.periods, every_name(calendar), day, made.published_by,
        measure_noun(selection.measure, selection.unit, shown),
        f"Source: {', '.join(sources)}; as published by {day}",
        adds_over_time(selection.measure, selection.unit), made.carried, (*notes, *more, *made.notes),
    )  # fmt: skip


def _check(age: AgeStep | None, max_age: int | None, hedged: Hedged) -> None:
    if age is not None and age not in AGES:
        raise OptionError(f"expected age= one of {', '.join(AGES)}, got {age!r}")
    if max_age is not None and (isinstance(max_age, bool) or not isinstance(max_age, int) or max_age < 1):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected max_age= a whole number of steps, 1 or more, got {max_age!r}")
    if hedged not in ("refuse", "best"):
        raise OptionError(f"expected hedged= 'refuse' or 'best', got {hedged!r}")


def _archive(given: object) -> ReportArchive:
    """The vintages; a set of reports is one archive."""
    if isinstance(given, Reports):
        given = ReportArchive.of(given)
    if not isinstance(given, ReportArchive):
        raise OptionError(
            f"expected a ReportArchive, Reports or a Triangle, got {type(given).__name__}; plain numbers: Triangle.of(matrix)"
        )
    if given.origin is not None and given.origin.separate_events:
        raise OptionError(
            "expected figures that are published again for the same period, got separate events "
            "(Origin(separate_events=True)): add up the events of each period as of each publication, and give the "
            "totals to Triangle.of"
        )
    return given


def _measure(archive: ReportArchive, measure: Measure | None) -> Measure:
    """The measure of the counts that are new in a period."""
    if measure is not None and measure not in MEASURES:
        raise OptionError(f"expected measure= one of {', '.join(MEASURES)}, got {measure!r}")
    flows = archive.frame.filter(pl.col("kind") == "flow")["measure"].cast(pl.String).unique().sort().to_list()
    there: list[Measure] = [name for name in MEASURES if name in flows]
    if measure is not None:
        return measure
    if not there:
        raise NoReportsError(
            f"expected counts that are new in a period (kind flow), got none of {many(len(archive), 'report')}; a running "
            "total is read by cs.read_counter"
        )
    if len(there) > 1:
        raise OptionError(f"expected measure= one of {', '.join(there)}, as the archive holds all of these")
    return there[0]


def _published(rows: pl.DataFrame, as_of: str | date | None) -> tuple[pl.DataFrame, date, list[str]]:
    """The rows that were published by a day, the day, and what is to be said of the others."""
    dated = rows.filter(pl.col("published_latest").is_not_null())
    if dated.is_empty():
        raise NoReportsError(
            f"expected days of publication, got none in {many(rows.height, 'report')}: delays can not be seen. State them "
            "in the column `published`"
        )
    days: list[date] = dated["published_latest"].sort().to_list()
    if as_of is None:
        raise VintageError(
            f"expected as_of= the day up to which publications were known, got none; they were published {days[0]} to "
            f"{days[-1]}"
        )
    day = parse_date(as_of)[1]
    known = dated.filter(pl.col("published_latest") <= day)
    if known.is_empty():
        raise NoReportsError(f"expected a report published by {day}, got none: the first was published on {days[0]}")
    early = pl.col("published_latest") < pl.col("end_earliest")
    notes = [
        said(rows.height - dated.height, "without a day of publication left out: when it was known can not be said"),
        said(known.filter(early).height, "published before the last day of its period left out"),
        said(
            known.filter(~early & (pl.col("published_earliest") != pl.col("published_latest"))).height,
            "published on a day that is not exactly known: the last possible day counts",
        ),
    ]
    used = known.filter(~early)
    newest = known["published_latest"].max()
    if isinstance(newest, date) and newest < day:
        notes.append(f"nothing was published after {newest}: what happened since is not in the result")
    if used.is_empty():
        raise NoReportsError(f"expected a report published after its period, got none by {day}")
    return used, day, [note for note in notes if note]


def _cells(rows: pl.DataFrame, every: Every | None) -> tuple[pl.DataFrame, Every, list[str]]:
    """The rows whose periods are cells of one calendar, and what is to be said of the others."""
    fuzzy = (pl.col("start_earliest") != pl.col("start_latest")) | (pl.col("end_earliest") != pl.col("end_latest"))
    for row in rows.filter(fuzzy).head(1).to_dicts():
        raise PeriodError(
            f"expected periods with known ends, got {figure_text(row)} ({row['report_id']!r}); leave such figures out: "
            "archive.filter(pl.col('start_earliest') == pl.col('start_latest'), "
            "pl.col('end_earliest') == pl.col('end_latest'))"
        )
    spans: list[tuple[date, date]] = rows.select(SPAN).unique().sort(SPAN).rows()
    if every is None:
        return rows, common_calendar(spans), []
    inside = cells_of(spans, every)
    if not inside:
        raise NoReportsError(
            f"expected figures of whole cells of the calendar {every_name(every)!r}, got none of {many(len(spans), 'period')}, "
            f"such as {Period.of(*spans[0])}"
        )
    table = pl.DataFrame(inside, schema=dict.fromkeys(SPAN, pl.Date), orient="row")
    kept = rows.join(table, on=list(SPAN), how="semi", maintain_order="left")
    note = said(rows.height - kept.height, f"of a period that is no {every_name(every)} left out")
    return kept, every, [note] if note else []
