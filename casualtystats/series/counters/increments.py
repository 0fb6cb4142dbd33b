"""Increments of a counter: what was newly reported between its rows, with what can not be told from them.

Invariants
----------
- An increment is newly *reported*: a late addition is not a death of that day or week.
- Every row of the counter has a row here. What has no increment is null and says why; it is never zero.
- `keep` sums, with its blocks, to the last value minus what the counter stood at before, in each phase.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import polars as pl

from casualtystats.errors import NoReportsError, NotAdditiveError, UndefinedEstimateError
from casualtystats.estimates import Estimate
from casualtystats.ledger.counters.rules import OnDecrease
from casualtystats.printing import format_count
from casualtystats.reports import Reports
from casualtystats.series.counters.flow import counter_flow
from casualtystats.series.counters.step import BLOCKS, INCREMENT_STATUS, Step
from casualtystats.series.flow import FlowSeries
from casualtystats.series.info import SeriesInfo
from casualtystats.vocabulary import MeasureType

__all__ = ["Increments"]

M = TypeVar("M", bound=MeasureType)


@dataclass(frozen=True, eq=False, repr=False)
class Increments(Generic[M]):
    """What was newly reported between the rows of a counter. Made by `CumulativeSeries.increments`.

    Attributes
    ----------
    info : SeriesInfo
        What is counted, by whom; its noun says "newly reported".
    rule : OnDecrease
        What was done where the counter went down.
    steps : tuple of Step
        One for each row of the counter by date, and one more for each block of stated size.
    audit : pl.DataFrame
        One line for each thing a reader should know, by date: `date`, `row`, `kind`, `period_hours`, `incident`, `change`,
        `value` (the printed counter; all three in the unit of the series), `note`. Kinds: "differs" (the incident count and
        the change of the counter are not the same), "incident missing", "counter missing", "no report", "decrease",
        "withheld", "repaired", "period", "break".
    reports : Reports
        The reports that the counter was read from; empty where it was read from a table.
    """

    info: SeriesInfo
    rule: OnDecrease
    steps: tuple[Step, ...]
    audit: pl.DataFrame
    reports: Reports

    @property
    def label(self) -> str:
        """What an increment is: "newly reported violent deaths"."""
        return self.info.noun

    def to_frame(self) -> pl.DataFrame:
        """The increments as a frame.

        Returns
        -------
        pl.DataFrame
            One row a step: `date`, `row`, `period_start`, `period_end` (included), `days` (of the widest period, both ends
            counted; null = no increment, or not allocated), `change` (as printed), `increment` (Float64 under "isotonic",
            else Int64; null = not known), `status`, `repaired` (whether the rule changed it), `phase`, `phase_name`, `label`.
        """
        types: dict[str, type[pl.DataType] | pl.DataType] = {
            "date": pl.Date, "row": pl.Int64, "period_start": pl.Date, "period_end": pl.Date, "days": pl.Int64,
            "change": pl.Int64, "increment": pl.Float64 if self.rule == "isotonic" else pl.Int64,
            "status": pl.Enum(INCREMENT_STATUS), "repaired": pl.Boolean, "phase": pl.Int64, "phase_name": pl.String,
            "label": pl.String,
        }  # fmt: skip
        rows = [
            (
                step.day, step.row, None if step.period is None else step.period.start_earliest,
                None if step.period is None else step.period.end_latest,
                None if step.period is None else step.period.days_max, step.change, step.increment, step.status,
                step.change is not None and step.increment != step.change, step.phase, step.phase_name, self.label,
            )
            for step in self.steps
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=types, orient="row")

    def total(self) -> Estimate:
        """All increments together, since the first row (since the first day where it is known), blocks included.

        Returns
        -------
        Estimate
            One number: the sum. It may be negative under "keep".

        Raises
        ------
        UndefinedEstimateError
            If an increment is withheld ("null"), or lost in a change of definition: the message says which.
        NotAdditiveError
            If the counter starts again and what it counts does not add up over time (people displaced).
        NoReportsError
            If there is no increment at all.
        """
        lost = [step for step in self.steps if step.increment is None and step.status in ("negative", "definition")]
        known = [step.increment for step in self.steps if step.increment is not None]
        if lost:
            told = ", ".join(f"{step.day} ({step.status})" for step in lost[:6]) + (", ..." if len(lost) > 6 else "")
            raise UndefinedEstimateError(
                f"expected every increment for a total, got {len(lost)} missing: {told}; the others sum to "
                f"{format_count(_summed(known))}. on_decrease='keep' keeps what is withheld; add up each definition by itself "
                "from to_frame()"
            )
        if not self.info.additive and any(step.status == "reset" for step in self.steps):
            raise NotAdditiveError(
                f"expected one phase for a total of {self.info.noun}, got several: a later phase may count the same ones again"
            )
        if not known:
            raise NoReportsError(
                "expected at least one increment, got none: a counter needs two rows with a value, or since="
            )
        total = _summed(known)
        return Estimate(total, total, total, unit=self.info.unit)

    def flow(self, *, retroactive: Literal["apart", "spread"] = "apart") -> FlowSeries[M]:
        """The increments as a flow series of newly reported counts, which has calendars, rates and plots.

        Parameters
        ----------
        retroactive : {"apart", "spread"}
            "apart": retroactive blocks stay out, as the audit of the series says. "spread": those with a stated period enter as
            one more count over it (the days that it shares with ordinary increments count other deaths). Blocks without a
            period never enter.

        Returns
        -------
        FlowSeries
            One interval an increment. Its `info.newly` is True. Days without an increment are gaps, not zero.

        Raises
        ------
        DecreaseError
            If an increment is negative.
        OptionError
            If an increment is fractional, or the argument is not known.
        NoReportsError
            If there is no increment.
        NotAdditiveError
            If blocks of what does not add up over time (people displaced) are to be spread.
        DoubleCountError
            If a stated length (48 hours) reaches into the days of the row before.

        Examples
        --------
        >>> import polars as pl
        >>> from casualtystats.series.counters.read import read_counter
        >>> rows = pl.DataFrame({"day": ["2024-01-01", "2024-01-02", "2024-01-04"], "total": [100, 140, 152]})
        >>> flow = read_counter(rows, value="total", date="day").increments().flow()
        >>> flow.info.noun, flow.daily().to_frame()["best"].to_list()
        ('newly reported violent deaths', [40.0, 6.0, 6.0])
        """
        return counter_flow(self.info, self.steps, self.reports.places, retroactive)

    def __str__(self) -> str:
        known = [step for step in self.steps if step.increment is not None]
        if not known:
            return f"{self.label}: no increment"
        together = format_count(_summed([step.increment or 0 for step in known]))
        what = "increment" if len(known) == 1 else "increments"
        days = [step.period.start_earliest for step in known if step.period and step.status not in BLOCKS] or [
            known[0].day
        ]
        parts = [f"{self.label}, {min(days)} to {known[-1].day}: {len(known):,} {what}, together {together}"]
        tests: list[tuple[str, Callable[[Step], bool]]] = [
            ("negative", lambda step: step.increment is not None and step.increment < 0),
            ("withheld (the total lacks them)", lambda step: step.increment is None and step.status == "negative"),
            ("retroactive", lambda step: step.status == "retroactive"),
            ("retracted", lambda step: step.status == "retraction"),
            ("lost in a new definition", lambda step: step.status == "definition"),
            ("missing", lambda step: step.status == "missing"),
        ]
        counts = [(sum(map(test, self.steps)), name) for name, test in tests]
        told = ", ".join(f"{count:,} {name}" for count, name in counts if count)
        rule = "" if self.rule == "raise" else f"; decreases: {self.rule}"
        return "; ".join([*parts, told] if told else parts) + rule

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from casualtystats.markup import html_table

        return html_table(self.to_frame(), str(self), self.info.source_line)


def _summed(values: list[float]) -> float:
    """Whole numbers are summed as such; fitted levels are few, and in a fixed order."""
    return sum(values)
