"""Figures that were published more than once, as seen from each day of publication."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from casualtystats.errors import MixedUnitsError, NoReportsError, OptionError
from casualtystats.periods import Period
from casualtystats.plots.data.checks import expect
from casualtystats.plots.data.lanes import NO_SOURCE, short_count
from casualtystats.reports import ReportArchive, Reports
from casualtystats.vocabulary import group_noun, measure_noun

__all__ = ["MOST", "revision_noun", "revision_points"]

# More lines than colours could not be told apart, and steps that cross could not be followed.
MOST: Final = 6
_FIGURE: Final = (
    "source", "derived_from", "standard", "role", "group", "place", "destination", "perpetrator", "kind", "hours",
    "start_earliest", "start_latest", "end_earliest", "end_latest",
)  # fmt: skip
_KINDS: Final = {"flow": "new in the period", "cumulative": "running total", "stock": "on one date"}


def revision_points(archive: ReportArchive | Reports) -> pl.DataFrame:
    """One row a vintage of a figure that was published more than once; rows of one `line` are one figure.

    Parameters
    ----------
    archive : ReportArchive or Reports
        Vintages; figures that were published once take no part, and reports without a day of publication neither. All
        count the same measure in the same unit.

    Returns
    -------
    pl.DataFrame
        `line` (period, with what the figures differ in), `report_id`, `source`, `date` and `date_earliest` (last and
        first possible day of publication), `value` (number as printed, else best, else low; in the unit), `text` (with
        the words around it), `low`, `high` (null = no upper bound known), `open_top`, `open_bottom`; in order of the
        figures' first days, then of publication.

    Raises
    ------
    KindError, MeasureError
        If it is a series, or nothing of the kind.
    NoReportsError
        If no figure was published more than once.
    MixedUnitsError, OptionError
        If they count different things, or are more than six figures.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> reports = read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "source": "OHCHR", "start": "2019-04-29", "end": "2019-05-09", "value": [42, 48],
    ...     "published": ["2019-05-10", "2019-06-01"]}))
    >>> revision_points(reports).select("line", "text").rows()
    [('29 April to 9 May 2019', '42'), ('29 April to 9 May 2019', '48')]
    """
    found, revised = _figures(archive)
    shown: set[str] = {name for name in _FIGURE if revised[name].n_unique() > 1}
    points: list[dict[str, Any]] = []
    names = [_name(figure, shown) for figure in revised.to_dicts()]
    for name, figure in zip(names, revised["report_id"], strict=True):
        # Separate events may agree in everything but their identifiers.
        line = name if names.count(name) == 1 else f"{name} ({figure})"
        for row in found.history(figure).frame.to_dicts():
            stated = next(value for value in (row["value"], row["best"], row["low"]) if value is not None)
            points.append(
                {
                    "line": line,
                    "report_id": row["report_id"],
                    "source": row["source"] or NO_SOURCE,
                    "date": row["published_latest"],
                    "date_earliest": row["published_earliest"],
                    "value": stated,
                    "text": short_count(row),
                    "low": row["low"],
                    "high": row["high"],
                    "open_top": row["high"] is None,
                    "open_bottom": row["qualifier"] in ("up_to", "less_than") and row["value"] is not None,
                }
            )
    return pl.DataFrame(points, schema_overrides={"value": pl.Int64, "low": pl.Int64, "high": pl.Int64})


def revision_noun(archive: ReportArchive | Reports) -> str:
    """What the figures that were published more than once count, with the group if they are all about one.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> reports = read_reports(pl.DataFrame({"report_id": ["a", "b"], "measure": "killed", "unit": "people",
    ...     "kind": "flow", "group": "civilian", "source": "OHCHR", "start": "2019-04-29", "end": "2019-05-09",
    ...     "value": [42, 48], "published": ["2019-05-10", "2019-06-01"]}))
    >>> revision_noun(reports)
    'violent deaths of civilians'
    """
    _, revised = _figures(archive)
    row = revised.row(0, named=True)
    noun = measure_noun(row["measure"], row["unit"], row["group"] if revised["group"].n_unique() == 1 else None)
    kinds = set(revised["kind"])
    return f"{noun}, running total" if kinds == {"cumulative"} else noun


def _figures(given: ReportArchive | Reports) -> tuple[ReportArchive, pl.DataFrame]:
    """The archive, and one row a figure that is drawn."""
    wanted = "an archive or reports"
    archive = given if isinstance(given, ReportArchive) else ReportArchive.of(expect(given, Reports, wanted))
    revised = archive.revisions()
    if revised.is_empty():
        raise NoReportsError(f"expected a figure that was published more than once, got none: {archive}")
    _same(revised)
    return archive, revised


def _same(revised: pl.DataFrame) -> None:
    """Refuse figures that can not stand on one axis, or are too many to be told apart."""
    for name in ("unit", "measure"):
        found: list[str] = revised[name].cast(pl.String).unique().sort().to_list()
        if len(found) > 1:
            error = MixedUnitsError if name == "unit" else OptionError
            raise error(
                f"expected figures of one {name}, got {' and '.join(found)}; select one: "
                f"archive.filter(pl.col({name!r}) == {found[0]!r})"
            )
    if revised.height > MOST:
        raise OptionError(
            f"expected at most {MOST} figures that were published more than once, got {revised.height}; select some: "
            f"{_choice(revised)}"
        )


def _choice(revised: pl.DataFrame) -> str:
    """A condition that selects some of the figures: by what they differ in, else by their first day."""
    for name in ("source", "place", "group", "kind"):
        found: list[str] = revised[name].cast(pl.String).drop_nulls().unique().sort().to_list()
        if len(found) > 1:
            told = f"pl.col({name!r}) == {found[0]!r}"
            return (
                f"archive.filter({told}) (there are: {', '.join(found[:8])}{' and others' if len(found) > 8 else ''})"
            )
    last: date = max(revised["start_earliest"].to_list())
    return f"archive.filter(pl.col('start_earliest') >= date({last.year}, {last.month}, {last.day}))"


def _name(row: dict[str, Any], shown: set[str]) -> str:
    """The period of a figure, and in what it differs from the others."""
    parts: list[str] = []
    if "source" in shown or "derived_from" in shown:
        relayed = f", from {row['derived_from']}" if "derived_from" in shown and row["derived_from"] else ""
        parts.append((row["source"] or NO_SOURCE) + relayed)
    if "group" in shown:
        parts.append(group_noun(row["group"]) if row["group"] else "all groups")
    for name, word, absent in (("place", "", "all places"), ("destination", "to ", ""), ("perpetrator", "side: ", "")):
        if name in shown and (row[name] or absent):
            parts.append(f"{word}{row[name] or absent}")
    if "kind" in shown:
        parts.append(_KINDS[row["kind"]])
    parts.append(_when(row))
    parts += [str(row[name]) for name in ("standard", "role") if name in shown and row[name]]
    return ", ".join(parts)


def _when(row: dict[str, Any]) -> str:
    if row["kind"] == "stock":
        first, last = row["start_earliest"], row["start_latest"]
        days = str(Period(first, first, last, last))
        return f"on {days}" if first == last else f"on a day of {days}"
    return str(
        Period(row["start_earliest"], row["start_latest"], row["end_earliest"], row["end_latest"], hours=row["hours"])
    )
