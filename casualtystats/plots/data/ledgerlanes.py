"""The reports of a ledger as lanes: which are shown, since when, and what a rule did to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import polars as pl

from casualtystats.ledger import Ledger
from casualtystats.periods import Period
from casualtystats.plots.data.lanes import report_lanes
from casualtystats.vocabulary import group_noun

__all__ = ["MOST", "chosen", "first_shown", "ledger_lanes"]

# Lanes that can be read in one picture, and cells whose bounds are explained to choose them.
MOST: Final = 24
_EXPLAINED: Final = 60
_LONG_BEFORE: Final = timedelta(days=180)
_LEFT_OUT: Final = ("dropped", "not_trusted")
_SIGN: Final = pl.List(pl.Struct({"text": pl.String, "dashed": pl.Boolean}))


def ledger_lanes(
    ledger: Ledger, signs: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, *, group: str | None = None
) -> pl.DataFrame:
    """One row a report that the ledger uses, or that a rule left out.

    Parameters
    ----------
    ledger : Ledger
        With its rule for contradictions, if there is one.
    signs : mapping, optional
        Report -> the signs of the groups that it belongs to, as {"text", "dashed"}.
    group : str, optional
        Whom the picture is about; the text of a report about others says whom it counts.

    Returns
    -------
    pl.DataFrame
        The columns of `report_lanes`; `status` ("used", "loosened", "dropped", "not_trusted"), `left_out`, `signs`.
        The text says what a rule did; a count that is read as a floor on what occurred is `open_top`.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [100, 150],
    ...     "start": ["2019-05-01", "2019-05-06"], "end": ["2019-05-10", "2019-05-15"],
    ... }))
    >>> ledger_lanes(cs.Ledger(reports, drop=["b"])).select("text", "status").rows()
    [('100', 'used'), ('150 (left out)', 'dropped')]
    """
    audit = ledger.audit.filter(pl.col("status").is_in(["used", "loosened", *_LEFT_OUT]))
    reports = ledger.reports.filter(pl.col("report_id").is_in(audit["report_id"].to_list()))
    lanes = report_lanes(reports, "value").join(
        audit.select("report_id", "status", "reason"), on="report_id", maintain_order="left"
    )
    # What a report counts is said on the axis, unless it counts somebody else.
    whom = {
        row["report_id"]: f", {group_noun(row['group']) if row['group'] else 'everybody'}"
        for row in reports.frame.select("report_id", "group").to_dicts()
        if row["group"] != group
    }
    lanes = lanes.with_columns(
        text=pl.col("text") + pl.col("report_id").replace_strict(whom, default="", return_dtype=pl.String)
    )
    floors = reports.frame.filter(
        (ledger.options.of == "occurred") & pl.col("standard").is_in(["verified", "documented"])
    )["report_id"]
    read = pl.col("reason").str.extract(r" is read as (.*): the least by which", 1)
    told = (
        pl.when(pl.col("status").is_in(_LEFT_OUT))
        .then(pl.col("text") + " (left out)")
        .when(read.is_not_null())
        .then(pl.col("text") + " (read as " + read + ")")
        .otherwise("text")
    )
    mine = [[dict(sign) for sign in (signs or {}).get(name, ())] for name in lanes["report_id"]]
    return lanes.with_columns(
        text=told,
        open_top=pl.col("open_top") | pl.col("report_id").is_in(floors.to_list()),
        left_out=pl.col("status").is_in(_LEFT_OUT),
        signs=pl.Series(mine, dtype=_SIGN),
    ).drop("reason")


def first_shown(lanes: pl.DataFrame) -> date | None:
    """The day from which reports are shown, where a few that began long before would squeeze all others.

    They are cut only if they are few (at most a third, or one), all of them last into the days shown, and the gap
    between their first days and those of the others is longer than half a year and than all days that are left.

    Returns
    -------
    date or None
        None = nothing is cut.

    Examples
    --------
    >>> day = date
    >>> first_shown(pl.DataFrame({"start": [day(2011, 3, 1), day(2019, 5, 1)], "end": [day(2019, 4, 30), day(2019, 6, 1)]}))
    >>> first_shown(pl.DataFrame({"start": [day(2011, 3, 1), day(2019, 5, 1)], "end": [day(2019, 5, 30), day(2019, 6, 1)]}))
    datetime.date(2019, 5, 1)
    """
    starts: list[date] = lanes["start"].sort().to_list()
    last: date = max(lanes["end"].to_list())
    few = max(1, len(starts) // 3)
    found: date | None = None
    for number in range(1, min(few, len(starts) - 1) + 1):
        day, gap = starts[number], starts[number] - starts[number - 1]
        if gap > max(_LONG_BEFORE, last - day) and (lanes.filter(pl.col("start") < day)["end"] >= day).all():
            found = day
    return found


def chosen(
    ledger: Ledger, lanes: pl.DataFrame, periods: Sequence[tuple[date, date]], place: str | None, group: str | None,
    most: int = MOST,
) -> pl.DataFrame:  # fmt: skip
    """Of many lanes, those that matter: that contradict others, or a rule changed, or that make a bound.

    Bounds of the whole and of the cells are explained, as many as 60, evenly chosen; the reports that make most of
    them come first. Where nothing chooses, the first reports are taken. At most `most`, in the order of the lanes.
    """
    times = dict.fromkeys(lanes["report_id"].to_list(), 0)
    if ledger.consistent:
        step = -(-len(periods) // _EXPLAINED)
        for first, last in [(periods[0][0], periods[-1][1]), *periods[::step]]:
            told = ledger.explain(Period(first, first, last, last), place=place, group=group).to_frame()
            for name in told["report_id"].unique().to_list():
                for part in {name, *name.split(" + ")} & times.keys():
                    times[part] += 1
    special = (pl.col("signs").list.len() > 0) | (pl.col("status") != "used")
    ranked = lanes.with_row_index("_at").with_columns(
        _special=special, _times=pl.col("report_id").replace_strict(times, return_dtype=pl.Int64)
    )
    wanted = ranked.filter(pl.col("_special") | (pl.col("_times") > 0))
    wanted = ranked if wanted.is_empty() else wanted
    best = wanted.sort("_special", "_times", "_at", descending=[True, True, False]).head(most)
    return best.sort("_at").drop("_at", "_special", "_times")
