"""Breaks of a counter: what the caller says happened to it, and what its numbers suggest.

A counter may start again, gain deaths of earlier days at once, change its definition, or take deaths back. Each is data: a
typed break with a date and a reason. Numbers can suggest a break and never prove one, so that a proposal is not applied
before somebody states it.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence, Set
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Final, Literal, get_args

import polars as pl

from casualtystats.errors import OptionError, ParseError, PeriodError
from casualtystats.ledger.counters.rules import FLOORS, Change
from casualtystats.periods import Period, parse_date
from casualtystats.printing import format_rate

__all__ = ["BREAK_KINDS", "Break", "BreakKind", "propose_breaks"]

BreakKind = Literal["reset", "retroactive", "definition", "retraction"]
BREAK_KINDS: Final[tuple[BreakKind, ...]] = get_args(BreakKind)
# A counter that falls to a fifth or less looks like one that starts again: a convention.
_RESET_SHARE: Final = 5
_FEWEST: Final = 5
# Makes the median absolute deviation of normal values their standard deviation.
_NORMAL: Final = 1.4826
_TYPES: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "date": pl.Date, "kind": pl.Enum(BREAK_KINDS), "row": pl.Int64, "before": pl.Int64, "after": pl.Int64,
    "change": pl.Int64, "evidence": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Break:
    """A stated break of a counter. It applies to the first row with a value on or after its date.

    Parameters
    ----------
    date : date or str
        The day on which the counter shows it (ISO text is read).
    kind : {"reset", "retroactive", "definition", "retraction"}
        reset: the counter starts again from zero. retroactive: deaths of earlier days are added at once. definition: it counts
        something else from here on (verified deaths only). retraction: deaths that were counted earlier are taken back.
    reason : str
        Why, in words, with the source of the statement.
    period : Period or str, optional
        For retroactive and retraction: the stated period of the deaths that are added or taken back. None = not stated, and
        the block stays unallocated.
    count : int, optional
        For retroactive and retraction: how many deaths the block holds, 1 or more, where it is stated; the rest of the row's
        change is an ordinary increment. None = not stated: the row's whole change is the block.

    Raises
    ------
    OptionError
        If the kind is not known, the reason is empty, or period or count stand at another kind.
    ParseError
        If the date is no single day.
    PeriodError
        If the period ends after the date.

    Examples
    --------
    >>> print(Break("2024-05-01", "retroactive", "a committee confirmed earlier deaths", period="2023-10-07/2024-04-30"))
    2024-05-01: retroactive (a committee confirmed earlier deaths; of 7 October 2023 to 30 April 2024)
    """

    date: datetime.date | str
    kind: BreakKind
    reason: str
    period: Period | str | None = None
    count: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.date, str | datetime.date):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ParseError(f"expected a date or ISO text for the date of a break, got {self.date!r}")
        first, last = parse_date(self.date)
        if first != last:
            raise ParseError(
                f"expected a single day for the date of a break, got {self.date!r}: the day its row is dated"
            )
        object.__setattr__(self, "date", first)
        if isinstance(self.period, str):
            object.__setattr__(self, "period", Period.parse(self.period))
        if self.kind not in BREAK_KINDS:
            raise OptionError(f"expected kind= one of {', '.join(BREAK_KINDS)}, got {self.kind!r}")
        if not str(self.reason).strip():
            raise OptionError(
                f"expected a reason for the break of {self.day}, got none: say what is known and from whom"
            )
        block = self.kind in ("retroactive", "retraction")
        if not block and (self.period is not None or self.count is not None):
            raise OptionError(
                f"expected period= and count= at a retroactive block or a retraction, got them at a {self.kind} ({self.day})"
            )
        period = self.stated_period
        if period is not None and period.end_earliest > self.day:
            raise PeriodError(f"expected a period that ends by the day of the break ({self.day}), got {period}")
        if self.count is not None and (type(self.count) is not int or self.count < 1):
            raise OptionError(f"expected count= a whole number of 1 or more, got {self.count!r} ({self.day})")

    @property
    def day(self) -> datetime.date:
        """The date as a date."""
        return parse_date(self.date)[0]

    @property
    def stated_period(self) -> Period | None:
        """The period as a Period."""
        return Period.parse(self.period) if isinstance(self.period, str) else self.period

    def __str__(self) -> str:
        period = "" if self.period is None else f"; of {self.period}"
        count = "" if self.count is None else f", {self.count:,}"
        return f"{self.day}: {self.kind}{count} ({self.reason}{period})"


def propose_breaks(
    changes: Sequence[Change], *, stated: Set[int] = frozenset(), window: int = 14, threshold: float = 6.0
) -> pl.DataFrame:
    """Breaks that the numbers of a counter suggest. None is applied.

    Parameters
    ----------
    changes : sequence of Change
        What each row with a value changes, in order of their dates.
    stated : set of int
        Rows for which a break is stated already: nothing is proposed there, and they are no measure of what is usual.
    window : int, default 14
        How many earlier rises are recent; at least 5.
    threshold : float, default 6
        How many deviations above the median of the recent changes is far outside.

    Returns
    -------
    pl.DataFrame
        One row a proposal, by date and kind: `date`, `kind`, `row`, `before`, `after`, `change`, `evidence`.

        - a fall: "reset" where the counter falls to a fifth or less, else "retraction"; of floors ("at least") always a
          possible "retraction", for a lower floor does not contradict a higher one;
        - a jump: "retroactive" where the change a day lies more than `threshold` deviations above the median of the recent
          ones; a deviation is the largest of 1.4826 times their median absolute deviation (Hampel's identifier), the
          square root of their median, and 1. A day of many deaths looks the same: look for the source's own words;
        - columns that disagree: "retroactive" where the counter rises by more than the incident counts, "retraction" where by
          less.

        A new definition leaves no trace of its own in the numbers and is never proposed.

    Raises
    ------
    OptionError
        If window or threshold are too small.
    """
    if type(window) is not int or window < _FEWEST or not threshold > 0:
        raise OptionError(
            f"expected window= {_FEWEST} or more and threshold= above 0, got {window!r} and {threshold!r}"
        )
    recent: list[float] = []
    found: list[dict[str, object]] = []
    for change in changes:
        told = _evidence(change, recent, threshold)
        if change.row.row not in stated:
            found += [_proposal(change, kind, "; ".join(told[kind])) for kind in BREAK_KINDS if kind in told]
            # A counter that stands still says nothing about how far it usually moves.
            if change.continues and change.change is not None and change.change > 0:
                recent = [*recent, change.change / change.days][-window:]
    return pl.DataFrame(found, schema=_TYPES, orient="row").sort("date", "kind")


def _proposal(change: Change, kind: BreakKind, evidence: str) -> dict[str, object]:
    row = change.row
    before = None if change.before is None else _count(change.before.value, change.before.low)
    after = _count(row.value, row.low)
    step = None if before is None or after is None else after - before
    return {
        "date": row.day, "kind": kind, "row": row.row, "before": before, "after": after, "change": step,
        "evidence": evidence,
    }  # fmt: skip


def _count(value: int | None, low: int | None) -> int | None:
    return low if value is None else value


def _evidence(change: Change, recent: list[float], threshold: float) -> dict[BreakKind, list[str]]:
    told: dict[BreakKind, list[str]] = {}
    row, before, step = change.row, change.before, change.change
    floors = row.qualifier in FLOORS
    if change.continues and before is not None and before.low is not None and row.low is not None:
        if floors and before.qualifier in FLOORS and row.low < before.low:
            told["retraction"] = [
                f"a floor of {before.low:,} on {before.day}, then one of {row.low:,} on {row.day}: no contradiction, for at "
                f"least {row.low:,} allows {before.low:,}; possibly {before.low - row.low:,} taken back"
            ]
        elif row.high is not None and row.high < before.low:
            kind: BreakKind = "reset" if row.high * _RESET_SHARE <= before.low else "retraction"
            share = f", {row.high / before.low:.0%} of it" if kind == "reset" else ""
            told[kind] = [f"falls from {before.low:,} on {before.day} to {row.high:,} on {row.day}{share}"]
    if step is None or floors:
        return told
    if change.disagrees and change.incident is not None:
        kind = "retroactive" if step > change.incident else "retraction"
        more = "more" if kind == "retroactive" else "fewer"
        lacking = "" if change.complete else "; rows since then state no incident count"
        told.setdefault(kind, []).append(
            f"the counter changes by {step:,} since {change.before.day if change.before else 'its start'} and the incident "
            f"counts say {change.incident:,}: {abs(step - change.incident):,} {more}{lacking}"
        )
    if len(recent) >= _FEWEST and change.continues:
        middle = median(recent)
        spread = max(_NORMAL * median(abs(value - middle) for value in recent), sqrt(max(middle, 1.0)), 1.0)
        daily = step / change.days
        if daily > middle + threshold * spread:
            told.setdefault("retroactive", []).append(
                f"{format_rate(daily)} a day, {format_rate((daily - middle) / spread)} deviations above the median of "
                f"{format_rate(middle)} a day of the {len(recent)} rises before"
            )
    return told
