"""Recommended figures, and triangulation figures only of an event that has no other: never both of one event.

IDMC publishes, for one displacement, the figure that it recommends and others against which it was checked
("triangulation"). Both count the same people, so that a sum over both counts them twice.

Source: IDMC, Internal Displacement Updates, field `role`: "recommended figure" and "triangulation".
"""

from __future__ import annotations

from typing import Final, Literal

import polars as pl

from casualtystats.places import Places

__all__ = ["PREFERRED", "TRIANGULATION", "RoleChoice", "preferred_ids"]

RoleChoice = Literal["recommended", "triangulation", "preferred"]
PREFERRED: Final = "preferred"
TRIANGULATION: Final = "triangulation"
_EVENT: Final = "its event has a recommended figure, or one without a role"
_UNNAMED: Final = "a recommended figure (or one without a role) that names no event may be of the same one"
_ENDS: Final = ("start_earliest", "end_latest")
_WHERE: Final = ("place", "destination")


def preferred_ids(frame: pl.DataFrame, places: Places) -> dict[str, list[str]]:
    """The triangulation figures that name an event and give way to other figures, by the reason why.

    Parameters
    ----------
    frame : pl.DataFrame
        Known reports of one measure (`ReportSchema`), of whatever unit, place or source: a figure that another choice leaves
        out shows all the same that its event has one.
    places : Places
        Declared zones.

    Returns
    -------
    dict of str to list of str
        Reason -> ids, in the order of the frame. Figures without a role are taken for what is reported, as everywhere: they
        are no triangulation.

    Notes
    -----
    A figure of another unit does not count: people and movements of one event are two counts. Where a figure that is no
    triangulation names no event, it may be of the same event as every triangulation figure that has a day and a place in
    common with it, and these are left out.

    Examples
    --------
    >>> from casualtystats.reports import read_reports
    >>> frame = read_reports(pl.DataFrame({"report_id": ["a", "b", "c"], "measure": "displaced", "unit": "people",
    ...     "kind": "flow", "value": [100, 90, 40], "start": "2019-05-01", "end": "2019-05-09", "event": ["1", "1", "2"],
    ...     "role": ["recommended", "triangulation", "triangulation"]})).frame
    >>> list(preferred_ids(frame, Places()).values())
    [['b'], []]
    """
    other = pl.col("role").is_null() | (pl.col("role") != TRIANGULATION)
    checks, others = frame.filter(~other, pl.col("event").is_not_null()), frame.filter(other)
    named = others.filter(pl.col("event").is_not_null()).select("unit", "event").unique()
    matched = checks.join(named, on=["unit", "event"], how="semi", maintain_order="left")["report_id"].to_list()
    return {_EVENT: matched, _UNNAMED: _may_be_one(checks, others.filter(pl.col("event").is_null()), places)}


def _may_be_one(checks: pl.DataFrame, unnamed: pl.DataFrame, places: Places) -> list[str]:
    """Ids of figures that have a day and a place in common with one that names no event."""
    if checks.is_empty() or unnamed.is_empty():
        return []
    columns = ["unit", *_ENDS, *_WHERE]
    pairs = checks.select("report_id", *columns).join(
        unnamed.select(columns).unique(maintain_order=True), on="unit", how="inner", suffix="_other", maintain_order="left"
    )  # fmt: skip
    meeting = pairs.filter(
        pl.col("start_earliest") <= pl.col("end_latest_other"), pl.col("start_earliest_other") <= pl.col("end_latest")
    )
    for name in _WHERE:
        there = meeting.select(name, f"{name}_other").unique(maintain_order=True)
        apart = [places.relation(a, b) == "disjoint" for a, b in there.rows()]
        gone = there.filter(pl.Series(apart, dtype=pl.Boolean))
        meeting = meeting.join(gone, on=[name, f"{name}_other"], how="anti", nulls_equal=True, maintain_order="left")
    return meeting["report_id"].unique(maintain_order=True).to_list()
