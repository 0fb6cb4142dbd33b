"""Hit, affected, impacted, damaged, out of service, functioning and back in service: words that are never mixed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import polars as pl

from casualtystats.estimates import Estimate
from casualtystats.periods import spoken_day
from casualtystats.reports import Reports
from casualtystats.series.build import Built
from casualtystats.series.stock import StockSeries
from casualtystats.vocabulary import Measure, measure_noun

__all__ = ["WORDS", "OutageWord", "Peak", "peak_of", "stock_of", "words_of"]

OutageWord = Literal["hit", "affected", "impacted", "damaged", "out", "functional", "restored"]
WORDS: Final[dict[OutageWord, Measure]] = {
    "hit": "facilities_hit", "affected": "facilities_affected", "impacted": "facilities_impacted",
    "damaged": "facilities_damaged", "out": "facilities_out", "functional": "facilities_functional",
    "restored": "facilities_restored",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Peak:
    """The largest number of facilities that a report says were out of service at one time. Made by `OutageSeries.peak`.

    Attributes
    ----------
    estimate : Estimate
        What the report counts, on some day between `first` and `last`.
    first, last : date
        The range of that day; equal where it is known.
    report_id : str
        The report.
    group : str or None
        What it counts.
    """

    estimate: Estimate
    first: date
    last: date
    report_id: str
    group: str | None

    @property
    def most(self) -> Estimate:
        """The most that were out on one day: at least as many as on that one, and it is not known how many more."""
        return Estimate(self.estimate.low, None, None, unit="facilities")

    def __str__(self) -> str:
        noun = measure_noun("facilities_out", "facilities", self.group)
        if self.first == self.last:
            return f"{self.estimate} {noun} on {spoken_day(self.first)}"
        return f"{self.estimate} {noun} on some day from {spoken_day(self.first)} to {spoken_day(self.last)}"


def peak_of(stocks: pl.DataFrame) -> Peak:
    """The stock with the greatest low, then the greatest high, then the earliest."""
    open_top = pl.col("high").fill_null(pl.col("high").max().fill_null(0) + 1)
    row = stocks.sort(
        -pl.col("low"), -open_top, "start_earliest", "end_latest", "report_id"
    ).row(0, named=True)  # fmt: skip
    estimate = Estimate(row["low"], row["best"], row["high"], row["value"], row["qualifier"], "facilities").widened()
    return Peak(estimate, row["start_earliest"], row["end_latest"], row["report_id"], row["group"])


def stock_of(built: Built, reports: Reports) -> StockSeries[Any]:
    """What is so on dates, as a series."""
    columns = ("report_id", "date_earliest", "date_latest", "low", "best", "high", "stated")
    dated = built.intervals.rename({"period_start": "date_earliest", "period_end": "date_latest"})
    frame = dated.select(*built.info.by, *columns).sort("date_earliest", "report_id")
    return StockSeries[Any](built.info, reports, frame, built.audit)


def words_of(reports: pl.DataFrame) -> pl.DataFrame:
    """One row a word, unit and kind: how many reports, first and last day, and the bounds of the largest.

    Returns
    -------
    pl.DataFrame
        `word`, `measure`, `unit`, `kind`, `reports`, `first`, `last`, `low`, `high` (of the report with the greatest low; null =
        no upper bound). Attacks are the last word: they are no facilities.
    """
    names = pl.DataFrame(
        {"word": [*WORDS, "attacks"], "measure": [*WORDS.values(), "attacks"]},
        schema={"word": pl.String, "measure": pl.String},
    ).with_row_index("_order")
    largest = pl.struct("low", "report_id").sort_by(-pl.col("low"), "report_id")
    best = pl.col("best")
    told = reports.with_columns(
        pl.col("measure", "unit", "kind").cast(pl.String),
        low=pl.min_horizontal("low", best),
        high=pl.when(best > pl.col("high")).then(best).otherwise("high"),
    )
    return (
        told.join(names, on="measure", how="inner")
        .group_by("_order", "word", "measure", "unit", "kind")
        .agg(
            reports=pl.len().cast(pl.Int64),
            first=pl.col("start_earliest").min(),
            last=pl.col("end_latest").max(),
            low=largest.first().struct.field("low"),
            high=pl.col("high").sort_by(-pl.col("low"), "report_id").first(),
        )
        .sort("_order", "unit", "kind")
        .drop("_order")
    )
