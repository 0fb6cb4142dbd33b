"""Spreading by weights: each day of a report gets a share in proportion to the weight of that date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import polars as pl

from casualtystats.errors import OptionError
from casualtystats.periods.cadence import Every, cell_start
from casualtystats.series.allocation import ONE
from casualtystats.series.cells import Facts, Grid, cells

__all__ = ["Weights", "weighted_cells"]


@dataclass(frozen=True, eq=False)
class Weights:
    """A weight of 0 or more for each date, without gaps, and their exact running sums (one more than dates)."""

    table: pl.DataFrame
    sums: tuple[Fraction, ...]

    @classmethod
    def of(cls, given: Mapping[date, float] | pl.DataFrame) -> Weights:
        """Weights from a mapping or from a frame with the columns `date` and `weight`.

        Raises
        ------
        OptionError
            If the columns are missing, a date is missing or repeated, or a weight is missing, negative or infinite.
        """
        if isinstance(given, pl.DataFrame):
            if not {"date", "weight"} <= set(given.columns):
                raise OptionError(f"expected weights with the columns date and weight, got {', '.join(given.columns)}")
            frame = given.select(pl.col("date").cast(pl.Date), pl.col("weight").cast(pl.Float64))
        else:
            frame = pl.DataFrame(
                {"date": list(given.keys()), "weight": [float(value) for value in given.values()]},
                schema={"date": pl.Date, "weight": pl.Float64},
            )
        frame = frame.sort("date")
        weight = frame["weight"]
        if frame.is_empty() or weight.has_nulls() or not weight.is_finite().all() or weight.min() < 0:  # type: ignore[operator]
            raise OptionError("expected finite weights of 0 or more, one for each date")
        steps = frame["date"].diff().drop_nulls()
        if (steps != timedelta(days=1)).any():
            raise OptionError(
                "expected one weight for every date from the first to the last, got a gap or a date twice"
            )
        if not weight.max():
            raise OptionError("expected weights that are not all 0")
        frame = frame.with_columns(pl.col("weight") / pl.col("weight").max())
        weight = frame["weight"]
        values: list[float] = weight.to_list()
        sums = [Fraction(0)]
        for value in values:
            sums.append(sums[-1] + Fraction(value))
        return cls(frame, tuple(sums))

    def check(self, intervals: pl.LazyFrame) -> None:
        """Refuse reports with a day that has no weight, or with no weight at all.

        Raises
        ------
        OptionError
            Naming such a report.
        """
        bad = self.join(intervals).filter(pl.col("_share").is_null() | (pl.col("_share") <= 0)).head(1).collect()
        if not bad.is_empty():
            row = bad.row(0, named=True)
            raise OptionError(
                f"expected weights that are given for every day of every report and are not all 0, got none for "
                f"{row['report_id']} ({row['period_start']} to {row['period_end']})"
            )

        largest: float = self.join(intervals).select((pl.col("best") / pl.col("_share")).sum()).collect().item()
        if largest > 2.0**60:
            raise OptionError(
                "expected weights of comparable size, got a report whose days weigh next to nothing beside other days; "
                "spread the series before and after separately"
            )

    def join(self, intervals: pl.LazyFrame) -> pl.LazyFrame:
        """Intervals with `_share`: the sum of weights over their days."""
        first: date = self.table["date"][0]
        ends = ["period_start", "period_end"]
        pairs = intervals.select(ends).unique().sort(ends).collect()
        shares: list[float | None] = []
        spans: list[tuple[date, date]] = pairs.rows()
        for start, end in spans:
            # Exact sums: the difference of two floats would lose small weights beside a large one.
            at, until = (start - first).days, (end - first).days + 1
            known = at >= 0 and until < len(self.sums)
            shares.append(float(self.sums[until] - self.sums[at]) if known else None)
        table = pairs.lazy().with_columns(_share=pl.Series(shares, dtype=pl.Float64))
        return intervals.join(table, on=ends, how="left")


def weighted_cells(
    intervals: pl.LazyFrame, facts: Facts, every: Every, origin: date | None, weights: Weights
) -> pl.LazyFrame:
    """The cells of a series spread by weights: bounds as always, `best` regrouped from the weighted days."""
    plain = cells(intervals, facts, every, origin, "uniform")
    grid, days = Grid.of(facts, every, origin), Grid.of(facts, "day", None)
    rate = (pl.col("best").cast(pl.Float64) / pl.col("_share") * float(ONE)).cast(pl.Int128)
    shared = days.numbered(weights.join(intervals).with_columns(rate=rate))
    begins = shared.group_by(slot=days.number(pl.col("period_start"))).agg(pl.col("rate").sum())
    ceases = shared.group_by(slot=days.number(pl.col("period_end")) + 1).agg(
        rate=pl.lit(0, pl.Int128) - pl.col("rate").sum()
    )
    events = [begins, ceases]
    total = days.summed(events, ["rate"], []).select("slot", active=pl.col("rate").cum_sum())
    by_day = days.frame().join(total, on="slot", how="left", maintain_order="left")
    by_day = by_day.join(
        weights.table.lazy().select(period_start="date", weight="weight"), on="period_start", how="left"
    )
    # Back to whole multiples of 2**-64 before the days of a cell are summed, so that their order does not matter.
    value = (pl.col("active").cast(pl.Float64) * pl.col("weight").fill_null(0.0)).cast(pl.Int128)
    start = cell_start(pl.col("period_start"), every, grid.origin)
    summed = by_day.select(*facts.by, period_start=start, _best=value).group_by(*facts.by, "period_start")
    best = summed.agg(pl.col("_best").sum())
    keys = [*facts.by, "period_start"]
    joined = plain.join(best, on=keys, how="left", nulls_equal=True).sort(keys)
    spread = pl.when(pl.col("best").is_not_null()).then(pl.col("_best").cast(pl.Float64) / float(ONE))
    return joined.with_columns(best=spread).drop("_best")
