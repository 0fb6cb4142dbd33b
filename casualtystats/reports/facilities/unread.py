"""Facilities of which a row of outages was rejected: the lack of a spell does not mean that they function."""

from __future__ import annotations

import polars as pl

from casualtystats.reports.facilities.judge import warn

__all__ = ["without_window"]

_WHY = (
    "this row of {facility_id} was rejected: until it is mended, its observed days are left out, and where no spell speaks "
    "its status is unknown, not functional"
)


def without_window(facilities: pl.DataFrame, refused: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The register without the observed days of such facilities, and a warning for each row.

    Parameters
    ----------
    facilities : pl.DataFrame
        Accepted facilities (`FacilitySchema`).
    refused : pl.DataFrame
        Rejected rows of the table of outages. Of a row that names no facility of the register it can not be known which
        is meant: it changes nothing here. A spell that a worse one covers whole (`overlap_covered`) is no loss.

    Returns
    -------
    (pl.DataFrame, pl.DataFrame)
        Facilities, in the same order; warnings.
    """
    named = (
        refused.filter(pl.col("rule") != "overlap_covered")
        .unique("row", keep="first", maintain_order=True)
        .select("row", facility_id=pl.col("raw").str.json_path_match("$.facility_id").str.strip_chars())
    )
    watched = facilities.filter(pl.col("observed_from").is_not_null())["facility_id"].to_list()
    lost = named.filter(pl.col("facility_id").is_in(watched))
    unsure = pl.col("facility_id").is_in(lost["facility_id"].unique().to_list())
    kept = facilities.with_columns(
        pl.when(unsure).then(None).otherwise(pl.col(name)).alias(name) for name in ("observed_from", "observed_until")
    )
    return kept, warn("outages", lost, "not_observed", _WHY)
