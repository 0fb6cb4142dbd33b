"""Attack incident lists: a report of one attack is one hit on a facility that is not known."""

from __future__ import annotations

import polars as pl

from casualtystats.errors import NoReportsError, OptionError, PlacesError
from casualtystats.places import Places
from casualtystats.reports.model import Reports
from casualtystats.schemas import HitSchema

__all__ = ["hits_of_reports", "joined_places"]


def hits_of_reports(reports: Reports, hits: pl.DataFrame) -> pl.DataFrame:
    """The hits (`HitSchema`) that reports of single attacks tell; see `Facilities.with_hits`.

    Raises
    ------
    OptionError
        If a report of attacks is no flow of exactly 1, or has the identifier of one of `hits`.
    NoReportsError
        If there is no report of attacks.
    """
    attacks = reports.frame.filter(pl.col("measure") == "attacks")
    if attacks.is_empty():
        raise NoReportsError(f"expected reports of the measure attacks, got none of {len(reports)}")
    single = (pl.col("kind") == "flow") & (pl.col("low") == 1) & (pl.col("high") == 1)
    other = attacks.filter(~single.fill_null(value=False))
    if other.height:
        raise OptionError(
            f"expected reports of one attack each (a flow of exactly 1), got {other.height} of {attacks.height} that say "
            f"another number or are no flows: {_some(other)}; which facilities those hit is not said: keep them as "
            "aggregate reports"
        )
    made = attacks.select(
        hit_id=pl.col("report_id"),
        facility_id=pl.lit(None, pl.String),
        date_earliest=pl.col("start_earliest"),
        date_latest=pl.col("end_latest"),
        place=pl.col("place"),
        type=pl.col("group"),
        source=pl.col("source"),
    )
    twice = attacks.filter(pl.col("report_id").is_in(hits["hit_id"].implode()))
    if twice.height:
        raise OptionError(
            f"expected reports that are not among the hits yet, got {twice.height} whose report_id is that of a hit: "
            f"{_some(twice)}; is the list added twice?"
        )
    return HitSchema.validate(made)


def _some(reports: pl.DataFrame) -> str:
    names = reports["report_id"].head(5).to_list()
    return ", ".join(names) + (" and more" if reports.height > len(names) else "")


def joined_places(one: Places, other: Places) -> Places:
    """Both tables of places.

    Raises
    ------
    PlacesError
        If they declare one zone with different members.
    """
    for zone, members in other.zones.items():
        mine = one.zones.get(zone, members)
        if set(mine) != set(members):
            raise PlacesError(
                f"expected the zone {zone!r} with the same members in both, got {', '.join(mine)} and {', '.join(members)}"
            )
    return Places({**other.zones, **one.zones}, {**other.names, **one.names})
