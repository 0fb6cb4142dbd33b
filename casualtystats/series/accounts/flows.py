"""What a series of flows, or numbers that a caller states, say about one stretch of days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from casualtystats.errors import ContradictionError
from casualtystats.ledger import Ledger
from casualtystats.series.accounts.points import Span
from casualtystats.series.accounts.signed import SignedBounds, total
from casualtystats.series.flow import FlowSeries

__all__ = ["Flow", "Pair", "Stated", "Told", "reports_behind"]

Pair = tuple[int, int]
Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one term in one stretch, and from which reports."""

    bounds: SignedBounds
    report_ids: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Flow:
    """A flow series, ready to be asked about stretches.

    Attributes
    ----------
    additive : bool
        Whether counts of its periods add up.
    part : bool
        Whether it counts a part only, so that it bounds nothing from above.
    covered : tuple of (int, int)
        Days (ordinals) of which reports about the whole surely speak, or which were observed, as disjoint spans in order.
    """

    starts: Days
    ends: Days
    lows: tuple[int, ...]
    bests: tuple[int | None, ...]
    highs: tuple[int | None, ...]
    ids: tuple[tuple[str, ...], ...]
    covered: tuple[tuple[int, int], ...]
    additive: bool
    part: bool
    ledger: Ledger | None = None

    @classmethod
    def of(cls, series: FlowSeries[Any], *, part: bool) -> Flow:
        """A series that was checked to be about the people of an account."""
        rows = series.intervals.sort("period_start", "period_end", "report_id").collect()
        known = frozenset(series.reports.frame["report_id"].to_list())
        return cls(
            _ordinals(rows["period_start"]),
            _ordinals(rows["period_end"]),
            tuple(rows["low"].to_list()),
            tuple(rows["best"].to_list()),
            tuple(rows["high"].to_list()),
            tuple(reports_behind(name, known) for name in rows["report_id"].to_list()),
            _covered(rows, series.facts.observed),
            series.info.additive,
            part,
            series.ledger,
        )

    def within(self, span: Span) -> Told:
        """Bounds of what the days of a stretch hold.

        low: of the reports that surely lie inside, the sum of the lows, or the largest where counts do not add up. high: the
        sum of the highs of all that may touch it; none where a day is not covered. best: where no report is cut by an end.
        """
        inside = (self.starts >= span.start_latest.toordinal()) & (self.ends <= span.end_earliest.toordinal())
        touching = (self.starts <= span.end.toordinal()) & (self.ends >= span.start.toordinal())
        at = np.flatnonzero(touching).tolist()
        held = np.flatnonzero(inside).tolist()
        ids = tuple(dict.fromkeys(name for row in at for name in self.ids[row]))
        if self.ledger is not None:
            asked = self.ledger.bounds(span.period)
            high = None if self.part or asked.high is None else int(asked.high)
            return Told(SignedBounds(int(asked.low), None, high), ids)
        lows = [self.lows[row] for row in held]
        low = sum(lows) if self.additive else max(lows, default=0)
        highs = [self.highs[row] for row in at]
        known = [high for high in highs if high is not None]
        full = not self.part and self._covers(span)
        high = sum(known) if full and len(known) == len(highs) else None
        bests = [self.bests[row] for row in at]
        sums = [best for best in bests if best is not None]
        sure = full and at == held and len(sums) == len(bests) and (self.additive or len(at) <= 1)
        return Told(SignedBounds(low, sum(sums) if sure else None, high), ids)

    def _covers(self, span: Span) -> bool:
        first, last = span.start.toordinal(), span.end.toordinal()
        return any(a <= first and last <= b for a, b in self.covered)


@dataclass(frozen=True, eq=False)
class Stated:
    """Numbers that a caller states for stretches; `always` says 0 of all of them.

    Attributes
    ----------
    by_pair : mapping of (int, int) to SignedBounds
        By the numbers of the two stocks between which a stretch lies.
    """

    by_pair: Mapping[Pair, SignedBounds]
    always: SignedBounds | None = None

    def within(self, pair: Pair, name: str) -> SignedBounds | None:
        """What is stated of a stretch: its own number, and the sum of those of which it consists; None = nothing.

        Raises
        ------
        ContradictionError
            If both are stated and differ.
        """
        if self.always is not None:
            return self.always
        own, summed = self.by_pair.get(pair), self._chain(pair)
        if own is None or summed is None:
            return own if own is not None else summed
        both = own.meet(summed)
        if both is None:
            raise ContradictionError(
                f"expected {name}= of a stretch to agree with those of its parts, got {own} for the whole and {summed} for the "
                "sum of its parts; correct one of them"
            )
        return both

    def _chain(self, pair: Pair) -> SignedBounds | None:
        """The sum over stated stretches that follow one another from the first stock to the last."""
        start, end = pair
        paths: list[tuple[int, tuple[Pair, ...]]] = [(start, ())]
        seen = {start}
        while paths:
            at, path = paths.pop(0)
            if at == end:
                return total(self.by_pair[step] for step in path)
            for step in sorted(self.by_pair):
                if step[0] == at and step != pair and step[1] not in seen and step[1] <= end:
                    seen.add(step[1])
                    paths.append((step[1], (*path, step)))
        return None


def reports_behind(name: str, known: frozenset[str]) -> tuple[str, ...]:
    """The reports behind an interval: a difference of two running totals rests on two.

    Examples
    --------
    >>> reports_behind("june minus may", frozenset({"may", "june"}))
    ('june', 'may')
    """
    return (name,) if name in known else tuple(name.split(" minus "))


def _covered(rows: pl.DataFrame, observed: tuple[tuple[date, date], ...]) -> tuple[tuple[int, int], ...]:
    """Spans of days of which a report about the whole surely speaks, or which were observed; merged, in order."""
    length = (pl.col("period_end") - pl.col("period_start")).dt.total_days() + 1
    short = (pl.col("hours") < 24 * length).fill_null(value=False)
    sure = rows.filter(pl.col("whole") & ~short).select(
        a=pl.min_horizontal("start_latest", "period_end"), b=pl.max_horizontal("end_earliest", "period_start")
    )
    spans = [(a.toordinal(), b.toordinal()) for a, b in [*sure.filter(pl.col("a") <= pl.col("b")).rows(), *observed]]
    merged: list[tuple[int, int]] = []
    for a, b in sorted(spans):
        if merged and a <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], b))
        else:
            merged.append((a, b))
    return tuple(merged)


def _ordinals(days: pl.Series) -> Days:
    return np.array([day.toordinal() for day in days.to_list()], dtype=np.int64)
