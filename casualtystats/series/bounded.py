"""Series whose bounds are a ledger's: asked anew for every calendar, for bounds of weeks are not sums of those of days.

`best` is null throughout: bounds say nothing about where between them a count is. Coverage, and the number of reports
that touch a cell, are those of the reports themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.ledger import Ledger
from casualtystats.periods.cadence import Every
from casualtystats.reports.select import By
from casualtystats.series.cells import Facts, cells
from casualtystats.series.running_totals import cumulated

__all__ = ["bounded_cells", "bounded_intervals", "bounded_totals", "check_bounded"]

_BY = ("place", "group", "perpetrator", "destination")


def check_bounded(by: Sequence[By]) -> None:
    """Refuse a split of a bounded series by source or standard.

    Raises
    ------
    OptionError
        If it is split so: bounds are what all reports say together.
    """
    wrong = [name for name in by if name not in _BY]
    if wrong:
        raise OptionError(
            f"expected by= of {', '.join(_BY)} with overlap='bounds', got {wrong[0]!r}: bounds take the reports of all "
            "sources and standards together. Build a series for each, with source= or of filtered reports"
        )


def bounded_intervals(ledger: Ledger, intervals: pl.LazyFrame, by: tuple[str, ...]) -> pl.DataFrame:
    """The stretches between neighbouring ends of reports, with their bounds, in the columns of `IntervalSchema`.

    `report_id` names the reports whose widest period holds a stretch; a stretch that no report speaks about is left out.
    """
    stretches = pl.DataFrame(ledger.stretches(), schema={"from": pl.Date, "until": pl.Date}, orient="row")
    told = intervals.select(*by, "report_id", "period_start", "period_end", "start_latest", "end_earliest", "whole")
    within = (pl.col("period_start") <= pl.col("from")) & (pl.col("period_end") >= pl.col("until"))
    sure = pl.col("whole") & (pl.col("start_latest") <= pl.col("from")) & (pl.col("end_earliest") >= pl.col("until"))
    spoken = (
        told.join(stretches.lazy(), how="cross")
        .filter(within)
        .group_by(*by, "from", "until")
        .agg(pl.col("report_id").sort().str.join(" + "), whole=sure.any())
        .collect()
    )
    bounds = _bounds(ledger, by, stretches.rows())
    found = bounds.join(spoken, on=[*by, "from", "until"], how="inner", nulls_equal=True).sort(*by, "from")
    return found.select(
        *by, "report_id", period_start="from", period_end="until", start_latest="from", end_earliest="until",
        hours=pl.lit(None, pl.Float64), low="low", best=pl.lit(None, pl.Int64), high="high",
        stated=pl.lit(None, pl.Int64), whole="whole",
    )  # fmt: skip


def bounded_cells(
    ledger: Ledger, intervals: pl.LazyFrame, facts: Facts, every: Every, origin: date | None
) -> pl.LazyFrame:
    """Calendar cells in the columns of `CellSchema`, with the ledger's bounds."""
    base = cells(intervals, facts, every, origin, "uniform").collect()
    spans = base.select("period_start", "period_end").unique(maintain_order=True).rows()
    bounds = _bounds(ledger, tuple(facts.by), spans).rename({"from": "period_start", "until": "period_end"})
    joined = base.drop("low", "best", "high").join(
        bounds, on=[*facts.by, "period_start", "period_end"], how="left", nulls_equal=True, maintain_order="left"
    )
    speaks = (pl.col("reports") > 0) | (pl.col("coverage") > 0)
    return joined.lazy().select(
        *facts.by, "period_start", "period_end", "days",
        low=pl.when(speaks).then("low"), best=pl.lit(None, pl.Float64), high=pl.when(speaks).then("high"),
        # Nothing is derived by spreading: what a cell may hold follows from the reports.
        coverage="coverage", allocated=pl.lit(False), reports="reports",
    )  # fmt: skip


def bounded_totals(
    ledger: Ledger, intervals: pl.LazyFrame, facts: Facts, every: Every, origin: date | None
) -> pl.LazyFrame:
    """Running totals at the end of each cell, with the ledger's bounds."""
    base = cumulated(intervals, facts, every, origin, "uniform").collect()
    spans = base.select("since", "date").unique(maintain_order=True).rows()
    bounds = _bounds(ledger, tuple(facts.by), spans).rename({"from": "since", "until": "date"})
    joined = base.join(bounds, on=[*facts.by, "since", "date"], how="left", nulls_equal=True, maintain_order="left")
    speaks = pl.col("cumulative_low").is_not_null()
    return joined.lazy().select(
        *facts.by, "since", "date",
        cumulative_low=pl.when(speaks).then("low"), cumulative_best=pl.lit(None, pl.Float64),
        cumulative_high=pl.when(speaks).then("high"), coverage="coverage", reports="reports",
    )  # fmt: skip


def _bounds(ledger: Ledger, by: tuple[str, ...], spans: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """Bounds of each stretch of days for each row of the series: `by`, `from`, `until`, `low`, `high`."""
    keys = ledger.keys(by)
    at = [_BY.index(name) for name in by]
    found = ledger.spans([(first, last) for first, last in spans], keys)
    rows = [
        (*(key[n] for n in at), *span, *found[number * len(spans) + i])
        for number, key in enumerate(keys)
        for i, span in enumerate(spans)
    ]
    schema: dict[str, Any] = dict.fromkeys(by, pl.String)
    schema |= {"from": pl.Date, "until": pl.Date, "low": pl.Int64, "high": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")
