"""Running totals: counts since a first day, at the end of each cell. They are not summed and not cumulated again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Literal, NoReturn, TypeVar

import polars as pl

from casualtystats.errors import KindError
from casualtystats.estimates import Estimate
from casualtystats.ledger.counters.breaks import Break
from casualtystats.ledger.counters.counter import Counter
from casualtystats.ledger.counters.rules import OnDecrease
from casualtystats.reports import Reports
from casualtystats.series.info import SeriesInfo
from casualtystats.series.running_totals import cumulated
from casualtystats.vocabulary import MeasureType

if TYPE_CHECKING:
    from casualtystats.series.counters.increments import Increments

__all__ = ["CumulativeSeries", "cumulated"]

M = TypeVar("M", bound=MeasureType)


@dataclass(frozen=True, eq=False, repr=False)
class CumulativeSeries(Generic[M]):
    """A running total with bounds. Made by `FlowSeries.cumulate`, and by `read_counter` from a published counter.

    Attributes
    ----------
    info : SeriesInfo
        What is counted, by whom.
    reports : Reports
        The reports behind it.
    frame : pl.LazyFrame
        Columns of `by`, then `since`, `date` (the total counts both days), `cumulative_low`, `cumulative_best`,
        `cumulative_high` (null = not known), `coverage` (share of the days since then that a report about the whole
        speaks about), `reports` (number of reports that have begun).
    audit : pl.LazyFrame
        What became of each report (of a counter, of each row).
    counter : Counter or None
        The published counter that it is. Its frame has the rows with a value; `since` and `coverage` are null where the first
        day that it counts is not known, and after a reset `since` is the day after the last row of the phase before.
    """

    info: SeriesInfo
    reports: Reports
    frame: pl.LazyFrame
    audit: pl.LazyFrame
    counter: Counter | None = None

    def to_frame(self) -> pl.DataFrame:
        """The running totals as a frame."""
        return self.frame.collect(engine="streaming")

    def increments(self, on_decrease: OnDecrease = "raise") -> Increments[M]:
        """What was newly reported between the rows of a published counter: late additions are not deaths of that week.

        Parameters
        ----------
        on_decrease : {"raise", "keep", "null", "isotonic", "backward"}
            Where the counter goes down within a phase: refuse; keep the negative increment, marked; make it null; repair the
            counter by the closest one that does not go down (may be fractional); or by the running minimum from the end, which
            presumes that the latest value is right.

        Returns
        -------
        Increments
            With `to_frame()`, `audit`, `total()` and `flow()`.

        Raises
        ------
        KindError
            If the running total was made from a flow series.
        DecreaseError
            If the counter goes down under "raise".
        OptionError
            If the rule is not known; a running maximum is refused, for it erases retractions and biases upward.
        UndefinedEstimateError
            If the values are floors or ranges: a bound minus a bound is undefined.

        Examples
        --------
        >>> import polars as pl
        >>> from casualtystats.series.counters.read import read_counter
        >>> rows = pl.DataFrame({"day": ["2024-01-01", "2024-01-02", "2024-01-03"], "total": [100, 140, 130]})
        >>> print(read_counter(rows, value="total", date="day").increments("keep"))
        newly reported violent deaths, 2024-01-02 to 2024-01-03: 2 increments, together 30; 1 negative; decreases: keep
        """
        from casualtystats.series.counters.increments import Increments
        from casualtystats.series.counters.steps import counter_audit, counter_steps

        counter = self._published("increments", "the flow series that it was made from holds them: use that series")
        steps = counter_steps(counter, on_decrease)
        info = replace(self.info, newly=True)
        return Increments[M](info, on_decrease, steps, counter_audit(counter, on_decrease), self.reports)

    def find_breaks(self, window: int = 14, threshold: float = 6.0) -> pl.DataFrame:
        """Propose breaks of a published counter, with evidence. None is applied: state those that are true (`with_breaks`).

        Parameters
        ----------
        window, threshold : int, float
            How many changes before are recent (5 or more), and how many deviations above their median are far outside; see
            `ledger.breaks.propose_breaks`.

        Returns
        -------
        pl.DataFrame
            One row a proposal: `date`, `kind`, `row`, `before`, `after`, `change`, `evidence`.

        Raises
        ------
        KindError, OptionError
            As in `increments`; if window or threshold are too small.
        """
        return self._published("find_breaks", "only a published counter has breaks").find_breaks(window, threshold)

    def with_breaks(self, breaks: Sequence[Break]) -> CumulativeSeries[M]:
        """The same counter with more stated breaks.

        Parameters
        ----------
        breaks : list of Break
            What is known to have happened to it, beside what was stated before.

        Raises
        ------
        KindError, OptionError
            As in `increments`; if a break applies to no row, or two of one kind to one row.

        Examples
        --------
        >>> import polars as pl
        >>> from casualtystats.ledger.counters.breaks import Break
        >>> from casualtystats.series.counters.read import read_counter
        >>> rows = pl.DataFrame({"day": ["2024-01-01", "2024-01-02", "2024-01-03"], "total": [100, 140, 400]})
        >>> block = Break("2024-01-03", "retroactive", "earlier deaths were confirmed", count=240)
        >>> counter = read_counter(rows, value="total", date="day").with_breaks([block])
        >>> counter.increments().to_frame().select("date", "increment", "status").rows()[1:]
        [(datetime.date(2024, 1, 2), 40, 'observed'), (datetime.date(2024, 1, 3), 20, 'observed'),
         (datetime.date(2024, 1, 3), 240, 'retroactive')]
        """
        from casualtystats.series.counters.series import counter_series

        counter = self._published("with_breaks", "only a published counter has breaks")
        return counter_series(self.info, counter.with_breaks(breaks), self.reports)

    def floor(self, on_retraction: Literal["keep", "withdraw"] | None = None) -> Estimate:
        """The floor that a counter of floors ("at least 205", then "at least 160") leaves, in its last phase.

        Parameters
        ----------
        on_retraction : {"keep", "withdraw"}, optional
            Where a later floor is lower, which is no contradiction but may be a retraction: "keep" holds to the highest (205),
            "withdraw" takes the latest (160). Not needed where no later floor is lower.

        Returns
        -------
        Estimate
            A floor: no upper bound is known.

        Raises
        ------
        KindError
            If the running total was made from a flow series.
        OptionError
            If a choice is needed and none was made, or the counter is not one of floors.

        Examples
        --------
        >>> import polars as pl
        >>> from casualtystats.series.counters.read import read_counter
        >>> rows = pl.DataFrame({"day": ["2019-05-24", "2019-06-07"], "total": [205, 160]})
        >>> floors = read_counter(rows, value="total", date="day", qualifier="at_least")
        >>> print(floors.floor("keep"), "or", floors.floor("withdraw"))
        at least 205 or at least 160
        """
        return self._published("floor", "its frame holds cumulative_low").floor(on_retraction, self.info.unit)

    def _published(self, method: str, hint: str) -> Counter:
        if self.counter is None:
            raise KindError(
                f"expected a published counter (read_counter) for {method}, got a running total of a flow series; {hint}"
            )
        return self.counter

    def __str__(self) -> str:
        if self.counter is not None:
            rows = len(self.counter.usable())
            since = (
                ""
                if self.counter.since is None
                else " since " + " to ".join(sorted({str(d) for d in self.counter.since}))
            )
            return f"published counter of {self.info.noun}{since}: {rows:,} value{'' if rows == 1 else 's'}, to {self.info.last}"
        return f"running total of {self.info.reported} since {self.info.first}, to {self.info.last}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from casualtystats.markup import html_table

        return html_table(self.to_frame(), str(self), self.info.source_line)

    if not TYPE_CHECKING:

        def cumulate(self) -> NoReturn:
            """Refuse: a running total is cumulated already."""
            raise KindError(
                "a running total is cumulated already; take the flow series and call .cumulate() on it once"
            )

        def total(self) -> NoReturn:
            """Refuse: running totals contain one another."""
            raise KindError("running totals contain one another and are not summed; the last row is the total")

        def resample(self, *_: object, **__: object) -> NoReturn:
            """Refuse: the calendar comes before the running total."""
            raise KindError("set the calendar on the flow series first: series.resample('week').cumulate()")
