"""The rows of an archive: one a vintage, in one fixed order; and what becomes of places and origins that meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from casualtystats.errors import ContradictionError, OptionError, PlacesError
from casualtystats.places import Places
from casualtystats.provenance import Origin
from casualtystats.reports.revisions import COUNTED
from casualtystats.reports.table import raw_json
from casualtystats.reports.textdates import date_texts
from casualtystats.reports.vintages import (
    FULL_FIGURE,
    count_text,
    figure_of,
    figure_text,
    published_text,
)
from casualtystats.reports.write import public
from casualtystats.schemas import RejectedSchema

__all__ = ["distinct_ids", "joined_origin", "joined_places", "settled", "sorted_rows", "undated_rows"]

_TOLD: Final = (*COUNTED, "wording")
_ORDER: Final = (
    "start_earliest", "end_latest",
    *(name for name in FULL_FIGURE if name not in ("start_earliest", "end_latest")),
    "published_latest", "published_earliest", "report_id",
)  # fmt: skip


def sorted_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in order of their first days, then of what they count, then of publication."""
    return frame.sort(_ORDER, nulls_last=True)


def settled(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Reports with equal rows made one, in their fixed order.

    Parameters
    ----------
    frame : pl.DataFrame
        Reports (`ReportSchema`); of rows that say the same, the first stays.
    names : sequence of str
        The columns that make a figure.

    Raises
    ------
    ContradictionError
        If two rows of one figure and day of publication differ in count or wording.
    OptionError
        If one `report_id` names two figures.

    Examples
    --------
    >>> from casualtystats.schemas import ReportSchema
    >>> settled(ReportSchema.create_empty(), FULL_FIGURE).height
    0
    """
    marks = [f"_{at}" for at in range(len(names))]
    # Rows whose day of publication is not stated are no vintages of one another: each is its own.
    apart = pl.when(pl.col("published_latest").is_null()).then("report_id")
    marked = frame.with_columns(_apart=apart, **dict(zip(marks, figure_of(names), strict=True)))
    key = [*marks, "_apart", "published_earliest", "published_latest"]
    rows = marked.unique([*key, *_TOLD], keep="first", maintain_order=True)
    twice = rows.filter(pl.len().over(key) > 1)
    if twice.height:
        raise ContradictionError(_two_counts(twice, key))
    shared = rows.unique(["report_id", *marks], keep="first", maintain_order=True).filter(
        pl.len().over("report_id") > 1
    )
    if shared.height:
        raise OptionError(_two_figures(shared))
    return sorted_rows(rows.select(frame.columns))


def _two_counts(twice: pl.DataFrame, key: Sequence[str]) -> str:
    groups = [group.to_dicts() for _, group in twice.group_by(key, maintain_order=True)]
    first, second = groups[0][:2]
    same = count_text(first) == count_text(second)
    told = [
        f"{count_text(row)} in {row['report_id']!r}" + (f" (wording: {row['wording'] or 'none'})" if same else "")
        for row in (first, second)
    ]
    more = f"; and {len(groups) - 1:,} more such" if len(groups) > 1 else ""
    return (
        f"expected one count and wording for each figure and day of publication, got {told[0]} and {told[1]}, both "
        f"{figure_text(first)}, {published_text(first)}{more}. A correction is a new vintage: give it the day on which "
        "it was published (published). If one of the two was read wrongly, leave it out, or make the archive again "
        "without it"
    )


def _two_figures(shared: pl.DataFrame) -> str:
    name = shared["report_id"][0]
    rows = shared.filter(pl.col("report_id") == name).to_dicts()[:2]
    told = [f"{count_text(row)} ({figure_text(row)}, {published_text(row)})" for row in rows]
    differ = [column for column in FULL_FIGURE if rows[0][column] != rows[1][column]]
    more = shared["report_id"].n_unique() - 1
    also = f" {more:,} more report_id{' is' if more == 1 else 's are'} shared." if more else ""
    return (
        f"expected one figure for each report_id, got {name!r} for {told[0]} and for {told[1]}: they "
        f"differ in {', '.join(differ)}.{also} "
        "Where files number their rows anew, put a name before the numbers, such as "
        "dataclasses.replace(reports, frame=reports.frame.with_columns(report_id='may-' + pl.col('report_id')))"
    )


def undated_rows(frame: pl.DataFrame, day: date) -> pl.DataFrame:
    """The rows without a day of publication, as rejected rows (`RejectedSchema`): whether they were known is not known.

    Examples
    --------
    >>> from casualtystats.schemas import ReportSchema
    >>> undated_rows(ReportSchema.create_empty(), date(2019, 6, 1)).height
    0
    """
    rows = frame.with_row_index("_row", offset=1).filter(pl.col("published_latest").is_null())
    hint = f"expected a day of publication, got none: whether it was known on {day} can not be said; state `published`"
    lines = rows.select(
        row=pl.col("_row").cast(pl.Int64), column=pl.lit("published"), value=pl.lit(None, pl.String),
        rule=pl.lit("no_publication_date"), hint=pl.lit(hint),
    )  # fmt: skip
    return RejectedSchema.cast(lines.with_columns(raw=raw_json(public(rows.drop("_row")))))


def distinct_ids(frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with an identifier each: one that stands in several vintages gets their days of publication.

    Examples
    --------
    >>> day = pl.Series([date(2019, 5, 10), date(2019, 6, 1)])
    >>> frame = pl.DataFrame({"report_id": ["a", "a"], "published_earliest": day, "published_latest": day})
    >>> distinct_ids(frame)["report_id"].to_list()
    ['a@2019-05-10', 'a@2019-06-01']
    """
    mark = "@"
    while frame["report_id"].str.contains(mark, literal=True).any():
        mark += "@"
    days = date_texts(pl.col("published_earliest"), pl.col("published_latest")).fill_null("not stated")
    named = pl.concat_str("report_id", pl.lit(mark), days)
    several = pl.len().over("report_id") > 1
    return frame.with_columns(report_id=pl.when(several).then(named).otherwise("report_id"))


def joined_places(there: Places, new: Places) -> Places:
    """The zones and names of two tables of places.

    Raises
    ------
    PlacesError
        If both declare a zone or name, and differently.

    Examples
    --------
    >>> joined_places(Places({"north": ("A",)}), Places({"south": ("B",)})).zones
    {'north': ('A',), 'south': ('B',)}
    """
    for name in sorted(there.zones.keys() & new.zones.keys()):
        if set(there.zones[name]) != set(new.zones[name]):
            raise PlacesError(_declared("zone", name, "; ".join(there.zones[name]), "; ".join(new.zones[name])))
    for name in sorted(there.names.keys() & new.names.keys()):
        if there.names[name] != new.names[name]:
            raise PlacesError(_declared("name of", name, there.names[name], new.names[name]))
    return Places({**there.zones, **new.zones}, {**there.names, **new.names})


def _declared(what: str, name: str, there: str, new: str) -> str:
    return (
        f"expected the {what} {name!r} declared as it is in the archive ({there}), got: {new}. What the archived reports "
        "say would change with it: use one table of places, or another name"
    )


def joined_origin(there: Origin | None, new: Origin | None) -> Origin | None:
    """One origin for reports of two: where a field differs, both texts, in alphabetical order.

    Raises
    ------
    OptionError
        If one declares separate events and the other does not.

    Examples
    --------
    >>> joined_origin(Origin("OHCHR", "Update", accessed="2019-06-01"), Origin("OHCHR", "Update", accessed="2019-05-01"))
    Origin(producer='OHCHR', title='Update', url='', licence='', accessed='2019-05-01; 2019-06-01', separate_events=False)
    """
    events = [origin is not None and origin.separate_events for origin in (there, new)]
    if events[0] != events[1]:
        raise OptionError(
            "expected separate events in one archive and other figures in another, got "
            f"{'figures for an archive of events' if events[0] else 'events for an archive of figures'} "
            "(Origin(separate_events=True)): what makes two rows vintages differs"
        )
    if there is None or new is None:
        return there or new
    return Origin(
        _both(there.producer, new.producer),
        _both(there.title, new.title),
        _both(there.url, new.url),
        _both(there.licence, new.licence),
        _both(there.accessed, new.accessed),
        there.separate_events,
    )


def _both(there: str, new: str) -> str:
    if there == new:
        return there
    return "; ".join(sorted({part for text in (there, new) for part in text.split("; ") if part}))
