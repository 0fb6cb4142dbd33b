"""The ledger: what several reports say together about one count, and where they can not all be true.

Each report is a constraint on non-negative counts of cells (stretch of time x place x group): the sum over its cells lies
between two numbers. The ledger answers what every other sum can be: the least and the most that any assignment of counts
to cells allows that agrees with all reports. Nothing else is assumed: no even spread, no trend, no independence.

References
----------
Manski, C. F. (2003). Partial Identification of Probability Distributions. Springer.
Dobra, A., Fienberg, S. E. (2000). Bounds for cell entries in contingency tables given marginal totals and decomposable
graphs. Proceedings of the National Academy of Sciences 97, 11885-11892.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import polars as pl

from casualtystats.errors import NotAdditiveError, OptionError
from casualtystats.ledger.best import Best, best_of
from casualtystats.ledger.holding import Holding
from casualtystats.ledger.keys import DIMENSIONS, Key
from casualtystats.ledger.options import Relax
from casualtystats.ledger.progress import progress_bar
from casualtystats.ledger.reading import Reading
from casualtystats.ledger.references import ReferenceLike, read_reference
from casualtystats.ledger.results import Bounds, Explanation
from casualtystats.ledger.solve.network import Cause
from casualtystats.ledger.solve.system import Question
from casualtystats.ledger.subgroups import Unknown, parts_of, ratio_of
from casualtystats.periods import Period, parse_date
from casualtystats.periods.cadence import Every, calendar, check_every, every_name
from casualtystats.vocabulary import measure_noun

__all__ = ["Ledger", "LedgerBy"]

LedgerBy = Literal["place", "group", "perpetrator", "destination"]


class Ledger(Reading):
    """What the reports of one measure and unit say together.

    Parameters
    ----------
    reports : Reports
        Checked reports. Flows and running totals are used; stocks are left out (they do not add over days).
    of : {"reported", "occurred"}
        "reported" (default): bounds on what was reported; the reports must count the same thing, which reports of one
        standard do. "occurred": bounds on what happened: a verified or documented count is then a floor without a high,
        for what nobody recorded is not in it.
    measure, unit : Measure, Unit, optional
        Needed where the reports hold several.
    place, group, source, role : str, optional
        Keep reports inside this place and group, of this source or role. What larger places bound is then not used:
        leave them out to use all that is known, and ask for a place or group in `bounds`.
    as_of : str or date, optional
        Use what was published up to this day, the newest of several vintages.
    comparable, unconfirmed, origin, partition, observed, sharp, integer, relax, drop, trust
        As in `LedgerOptions`.

    Attributes
    ----------
    reports : Reports
        What was given.
    options : LedgerOptions
        How they are read.
    measure, unit : Measure, Unit
        What is counted.
    audit : pl.DataFrame
        What became of each report, and what it holds (`AuditSchema`).

    Raises
    ------
    NoReportsError
        If no report matches, or none says anything.
    MeasureError, MixedUnitsError
        If the reports hold several measures or units and none is named.
    MixedStandardsError
        If "reported" is asked of reports of several standards.
    VintageError
        If a figure was published several times with different counts and no `as_of` is named.
    NotAdditiveError
        If people displaced or facilities are counted since different days and no `origin` is named.
    OptionError
        If an option is not known.

    Notes
    -----
    A report of N over the days s to e says sum of its cells = N; "at least n" bounds the sum from below, "up to n" from
    above; ranges and "about" (a band, by convention) from both sides. Cells are made by the ends of periods that occur,
    and by the places and groups that reports tell apart, not by days.

    People displaced and distinct facilities do not add over periods. For these the ledger counts *first times since an
    origin* (`origin`): running totals from there are constraints on them; a report of another period bounds them from
    above in its period, and from below since the origin. Bounds on any period are then bounds on first times.

    Groups and places of which neither lies in the other share nobody ("civilian/child" and "civilian/woman"), unless a
    `partition` says that they cross ("civilian/child" and "civilian/female").

    First times from a place are asked of that place: who fled from elsewhere before counts again.

    An end that is not exactly known makes a report hold at least N over its widest period, and at most N over its
    narrowest: valid, not always the sharpest (`Bounds.sharp`). Ends of one source that are fuzzy in the same way are
    taken for the same day.

    What the numbers do not mean: bounds are no interval of confidence, and the middle of two bounds is no estimate. The
    bounds of several cells do not add up to the bounds of their sum: ask for the sum.

    Examples
    --------
    >>> import polars as pl, casualtystats as cs
    >>> reports = cs.read_reports(pl.DataFrame({
    ...     "report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [100, 150],
    ...     "start": ["2019-05-01", "2019-05-06"], "end": ["2019-05-10", "2019-05-15"],
    ... }))
    >>> ledger = cs.Ledger(reports)
    >>> str(ledger.bounds()), str(ledger.bounds("2019-05-06/2019-05-10"))
    ('150 to 250', 'up to 100')
    >>> ledger.bounds_by("week").select("period_start", "low", "high").rows()[1]
    (datetime.date(2019, 5, 6), 0, 150)
    """

    def bounds(
        self, period: Period | str | None = None, *, place: str | None = None, group: str | None = None,
        perpetrator: str | None = None, destination: str | None = None, besides: list[str] | None = None,
        sharp: bool | None = None, integer: bool | None = None, relax: Relax | None = None,
        drop: list[str] | None = None, trust: list[str] | None = None,
    ) -> Bounds:  # fmt: skip
        """The least and the most that the count of a period can be, given all reports.

        Parameters
        ----------
        period : Period or str, optional
            Days, both ends included; by default from the first to the last day of any report. Where its own ends are
            fuzzy, the low holds for every possible period and the high too.
        place, group, perpetrator, destination : str, optional
            What to count; by default what all reports together speak about. "" is everywhere, or everybody.
        besides : list of str, optional
            Ids of reports inside what is asked for: bounds on what they do not count.
        sharp, integer : bool, optional
            As in `LedgerOptions`; by default as the ledger was made.
        relax, drop, trust
            A rule for contradictions, as in `settled`.

        Returns
        -------
        Bounds
            `low` and `high` (whole counts; null high = no upper bound follows), `sharp`, and a `note`.

        Raises
        ------
        ContradictionError
            If the reports can not all be true and no rule is named.
        OptionError
            If `besides` names a report that is not there or does not lie inside.
        NotAdditiveError
            If `besides` is asked of what does not add up.

        Examples
        --------
        >>> import casualtystats as cs
        >>> reports = cs.datasets.load("idlib-2019")
        >>> ledger = cs.Ledger(reports.filter(pl.col("group").str.starts_with("fighter")))
        >>> str(ledger.bounds(place="edge of the bastion", group="fighter"))
        'at least 42'
        >>> str(ledger.bounds(place="edge of the bastion", group="fighter", besides=["sohr-loyalists-16", "sohr-jihadists-19"]))
        'at least 7'
        """
        ledger = self.settled(relax, drop, trust)
        ledger.refuse_contradictions()
        held, asked = ledger._held, _period(period)
        key = held.key({"place": place, "group": group, "perpetrator": perpetrator, "destination": destination})
        questions = held.questions(asked, key, held.taken(besides))
        exact = ledger.options.sharp if sharp is None else sharp
        whole = ledger.options.integer if integer is None else integer
        spans = held.spans(questions, sharp=exact, integer=whole)
        low, high = spans[0][0], spans[-1][1]
        told = asked or Period(held.first, held.first, held.last, held.last)
        about = f"{ledger._about(key)}, {told}" + (f", besides {', '.join(besides)}" if besides else "")
        # Bounds that meet can not be sharper.
        sure = low == high or (held.sure(sharp=exact, integer=whole) and not told.fuzzy)
        note = ledger._note(key, low, high, fuzzy=told.fuzzy, sharp=exact or sure)
        return Bounds(low, None, high, unit=ledger.unit, about=about, sharp=sure, note=note)

    def explain(
        self, period: Period | str | None = None, *, place: str | None = None, group: str | None = None,
        perpetrator: str | None = None, destination: str | None = None, besides: list[str] | None = None,
        relax: Relax | None = None, drop: list[str] | None = None, trust: list[str] | None = None,
    ) -> Explanation:  # fmt: skip
        """Which reports make the low of a bound, and which make its high.

        Parameters
        ----------
        period, place, group, perpetrator, destination, besides, relax, drop, trust
            As in `bounds`.

        Returns
        -------
        Explanation
            The reports on which the bounds rest, with the part of each. Other reports may imply the same bound.

        Raises
        ------
        ContradictionError, OptionError, NotAdditiveError
            As in `bounds`.

        Examples
        --------
        >>> import polars as pl, casualtystats as cs
        >>> reports = cs.read_reports(pl.DataFrame({
        ...     "report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [100, 150],
        ...     "start": ["2019-05-01", "2019-05-06"], "end": ["2019-05-10", "2019-05-15"],
        ... }))
        >>> cs.Ledger(reports).explain().to_frame().select("bound", "report_id", "part").rows()
        [('low', 'b', 150.0), ('high', 'a', 100.0), ('high', 'b', 150.0)]
        """
        ledger = self.settled(relax, drop, trust)
        where = {"place": place, "group": group, "perpetrator": perpetrator, "destination": destination}
        found = ledger.bounds(
            period, place=place, group=group, perpetrator=perpetrator, destination=destination, besides=besides,
            sharp=False, integer=False,
        )  # fmt: skip
        key = ledger._held.key(where)
        questions = ledger._held.questions(_period(period), key, ledger._held.taken(besides))
        held = ledger._held.at(key)
        low, _ = held.system.explain(questions[0])
        _, high = held.system.explain(questions[-1])
        told = _told(held, "low", low if found.low > 0 else []) + _told(
            held, "high", high if found.high is not None else []
        )
        schema = {
            "bound": pl.String,
            "report_id": pl.String,
            "says": pl.String,
            "times": pl.Float64,
            "part": pl.Float64,
        }
        return Explanation(found, pl.DataFrame(told, schema=schema, orient="row"))

    def bounds_by(
        self, every: Every, by: Sequence[LedgerBy] = (), *, place: str | None = None, group: str | None = None,
        perpetrator: str | None = None, destination: str | None = None, origin: date | None = None,
        start: str | date | None = None,
        end: str | date | None = None, progress: bool | None = None, sharp: bool | None = None,
        integer: bool | None = None, relax: Relax | None = None, drop: list[str] | None = None,
        trust: list[str] | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """Bounds of every cell of a calendar, and of every place or group in it.

        Parameters
        ----------
        every : {"day", "week", "epiweek", "month", "quarter", "year"} or timedelta
            The calendar; with a timedelta, cells start on `origin` (by default the first day).
        by : list of {"place", "group", "perpetrator", "destination"}
            A row for each value that a report has; null = all.
        place, group, perpetrator, destination : str, optional
            What to count, as in `bounds`; not for a column of `by`.
        origin : date, optional
            With a timedelta: a day on which a cell starts.
        start, end : str or date, optional
            First and last day; by default those of the reports.
        progress : bool, optional
            Show a progress bar; by default where standard error is a terminal.
        sharp, integer, relax, drop, trust
            As in `bounds`.

        Returns
        -------
        pl.DataFrame
            The columns of `by`, then `period_start`, `period_end`, `days`, `low`, `high` (null = no upper bound follows),
            `sharp`. Cells do not add up: the bounds of a month are not the sums of its weeks.

        Raises
        ------
        ContradictionError
            If the reports can not all be true and no rule is named.
        OptionError
            If the calendar or a column is not known.
        """
        ledger = self.settled(relax, drop, trust)
        ledger.refuse_contradictions()
        held, columns = ledger._held, _by(by)
        check_every(every, origin)
        begins = origin if isinstance(every, str) or origin is not None else held.first
        periods = calendar(_day(start) or held.first, _day(end) or held.last, every, begins).drop("cell").rows()
        where = {"place": place, "group": group, "perpetrator": perpetrator, "destination": destination}
        keys = held.keys(columns, where)
        questions = [Question(a.toordinal(), b.toordinal() + 1, key) for key in keys for a, b, _ in periods]
        exact = ledger.options.sharp if sharp is None else sharp
        whole = ledger.options.integer if integer is None else integer
        shown = progress if progress is not None else None if not held.single else False
        with progress_bar(f"bounds by {every_name(every)}", 2 * len(questions), shown) as step:
            spans = held.spans(questions, sharp=exact, integer=whole, step=step)
        sure = held.sure(sharp=exact, integer=whole)
        at = [DIMENSIONS.index(name) for name in columns]
        rows = [
            (*(key[n] for n in at), *period, *spans[number * len(periods) + i], sure)
            for number, key in enumerate(keys)
            for i, period in enumerate(periods)
        ]
        schema: dict[str, Any] = dict.fromkeys(columns, pl.String)
        schema |= {"period_start": pl.Date, "period_end": pl.Date, "days": pl.Int64, "low": pl.Int64, "high": pl.Int64}
        return pl.DataFrame(rows, schema=schema | {"sharp": pl.Boolean}, orient="row")

    def best(
        self, reference: ReferenceLike | None = None, every: Every = "day", by: Sequence[LedgerBy] = (), *,
        place: str | None = None, group: str | None = None, perpetrator: str | None = None,
        destination: str | None = None, origin: date | None = None, start: str | date | None = None,
        end: str | date | None = None, progress: bool | None = None, relax: Relax | None = None,
        drop: list[str] | None = None, trust: list[str] | None = None,
    ) -> Best:  # fmt: skip
        """One best value a cell: of all counts that agree with the reports, those nearest to a named reference.

        Parameters
        ----------
        reference : "uniform", mapping, frame or series
            There is none by default: no reference, no best. A *shape*: "uniform" (the same every day), or an indicator
            (date -> weight, or a frame with `date` and `weight`). A *level*: an earlier series of the whole, as a frame or
            an object with `to_frame()`, with `period_start`, `period_end` and `best`.
        every, by, place, group, perpetrator, destination, origin, start, end, progress, relax, drop, trust
            As in `bounds_by`.

        Returns
        -------
        Best
            Best values with their bounds. `best` is null where a cell has no finite high, lies outside of the reports,
            or where the reference does not tell it.

        Raises
        ------
        OptionError
            If no reference is named, a day that takes part has no weight, or has 0 where the reports need a count.
        MeasureError
            If an earlier series counts something else.
        ContradictionError
            If the reports can not all be true and no rule is named.

        Notes
        -----
        With q the reference and x the count of a cell (a stretch of days in which the reports tell no day from another, in
        one part: a place and group), the sum of x log(x / (s q)) - x + s q is made as small as the reports allow. Every
        part has a scale s of its own. Of a shape, scales are free; of a level, they add up to 1: an earlier series says how
        much all parts together are, not how they compare. Cells without a finite high cost nothing and get no value.

        Where the reference agrees with the reports at a range of scales, the middle of the total's range is taken ("100 to
        150" in ten days: 125). What then still differs, such as the part of children where only "at least 10 of them" is
        known, is null: a reference of days says nothing of it. Inside a stretch values are spread in proportion to the
        reference, which is exact (the chain rule of the divergence).

        A part (a group or place that is not what all reports together speak about) has a best value only where reports on
        just that part bound it from above; else what others leave it would be taken for it.

        A best value is an assumption, not an estimate with an error. Values are not whole counts.

        Examples
        --------
        >>> import polars as pl, casualtystats as cs
        >>> reports = cs.read_reports(pl.DataFrame({
        ...     "report_id": ["a", "b"], "measure": "killed", "unit": "people", "kind": "flow", "value": [100, 150],
        ...     "start": ["2019-05-01", "2019-05-06"], "end": ["2019-05-10", "2019-05-15"],
        ... }))
        >>> found = cs.Ledger(reports).best("uniform", "month")
        >>> found.reference
        'uniform: the same every day'
        >>> cs.Ledger(reports).best("uniform", start="2019-05-06", end="2019-05-06").to_frame()["best"].round(2).to_list()
        [11.77]
        """
        ledger = self.settled(relax, drop, trust)
        found = read_reference(reference, ledger.measure, ledger.unit)
        cells = ledger.bounds_by(
            every, by, place=place, group=group, perpetrator=perpetrator, destination=destination, origin=origin,
            start=start, end=end, progress=progress,
        )  # fmt: skip
        where = {"place": place, "group": group, "perpetrator": perpetrator, "destination": destination}
        whole = ledger._held.key(where)
        held = ledger._held
        if held.origin is not None and any(held.at(key).scope != held.at(whole).scope for key in held.keys(by, where)):
            raise NotAdditiveError(
                f"expected by= of groups, got {', '.join(by)}: first times from each are a count of their own. Ask for one at "
                "a time"
            )
        return best_of(held.at(whole), found, cells, whole, _by(by), ledger._noun(whole))

    def parts(
        self, group: str | None = None, period: Period | str | None = None, *, by: Literal["group", "perpetrator"] = "group",
        place: str | None = None, relax: Relax | None = None, drop: list[str] | None = None,
        trust: list[str] | None = None,
    ) -> pl.DataFrame:  # fmt: skip
        """The parts of a group, or its sides, each with its bounds and its share of the whole, and what is in none of them.

        Parameters
        ----------
        group : str, optional
            The whole; by default what all reports together speak about. "" is everybody.
        period : Period or str, optional
            As in `bounds`.
        by : {"group", "perpetrator"}
            Groups named directly below the whole, or sides.
        place : str, optional
            Where, as in `bounds`.
        relax, drop, trust
            A rule for contradictions, as in `settled`.

        Returns
        -------
        pl.DataFrame
            One row a `part` that a report names or a partition declares, and a last row "not in any named part": unknown,
            not stated, or other; it is left out only where a declared partition says that there is nothing else. `low`,
            `high` (null = no upper bound follows); `share_low`, `share_high`: between which the part's share of the whole
            lies (null = the whole is surely 0). The parts of two crossing partitions overlap.

        Raises
        ------
        ContradictionError
            If the reports can not all be true and no rule is named, such as parts that are more than their whole.
        OptionError
            If `by` is not known.

        Notes
        -----
        A share is bounded over all counts that agree with all reports at once (a linear-fractional programme, solved as a
        linear one after Charnes and Cooper 1962), not by dividing bounds. It holds wherever the whole is not 0; fuzzy ends
        may leave it wider than it could be, and it is not narrowed to whole counts.

        Examples
        --------
        >>> import polars as pl, casualtystats as cs
        >>> reports = cs.read_reports(pl.DataFrame({
        ...     "report_id": ["all", "f", "c"], "measure": "killed", "unit": "people", "kind": "flow",
        ...     "group": ["civilian", "civilian/woman", "civilian/child"], "value": [100, 15, 30],
        ...     "qualifier": ["exactly", "at_least", "exactly"], "start": "2019-05-01", "end": "2019-05-10",
        ... }))
        >>> for row in cs.Ledger(reports).parts().rows(): print(*row)
        civilian/child 30 30 0.3 0.3
        civilian/woman 15 70 0.15 0.7
        not in any named part 0 55 0.0 0.55
        """
        ledger = self.settled(relax, drop, trust)
        ledger.refuse_contradictions()
        key = ledger._held.key({"place": place, "group": group})
        ledger._held.refuse_unknown(group)
        return parts_of(ledger._held.at(key), key, ledger._held.questions(_period(period), key, ()), by)

    def ratio(
        self, numerator: str, denominator: str, period: Period | str | None = None, *, unknown: Unknown = "either",
        place: str | None = None, perpetrator: str | None = None, relax: Relax | None = None,
        drop: list[str] | None = None, trust: list[str] | None = None,
    ) -> Bounds:  # fmt: skip
        """Bounds of the ratio of two groups, such as civilians to fighters; those of unknown status are not forgotten.

        Parameters
        ----------
        numerator, denominator : str
            Groups that share nobody.
        period : Period or str, optional
            As in `bounds`.
        unknown : {"either", "apart"}
            Who is in neither group, but in the smallest group that holds both: "either" (default), each of them may belong
            to either group; "apart", they are a category of their own: the ratio is that of the two named ones alone, and
            the note says how many are left out.
        place, perpetrator : str, optional
            As in `bounds`.
        relax, drop, trust
            A rule for contradictions, as in `settled`.

        Returns
        -------
        Bounds
            Of numerator / denominator; no unit. `high` None: the denominator may be 0, or nothing bounds the numerator.

        Raises
        ------
        OptionError
            If the groups overlap or `unknown` is not known.
        ContradictionError
            If the reports can not all be true and no rule is named.

        Notes
        -----
        With a, b, u the two groups and those in neither, "either" lies between the least a / (b + u) and the most
        (a + u) / b over all counts that agree with all reports at once (Charnes and Cooper 1962).

        Examples
        --------
        >>> import polars as pl, casualtystats as cs
        >>> reports = cs.read_reports(pl.DataFrame({
        ...     "report_id": ["all", "c", "f"], "measure": "killed", "unit": "people", "kind": "flow",
        ...     "group": [None, "civilian", "fighter"], "value": [100, 60, 20], "start": "2019-05-01", "end": "2019-05-10",
        ... }))
        >>> ledger = cs.Ledger(reports)
        >>> str(ledger.ratio("civilian", "fighter")), str(ledger.ratio("civilian", "fighter", unknown="apart"))
        ('1.50 to 4', '3')
        """
        ledger = self.settled(relax, drop, trust)
        ledger.refuse_contradictions()
        held, asked = ledger._held, _period(period)
        base = held.key({"place": place, "perpetrator": perpetrator})
        for group in (numerator, denominator):
            held.refuse_unknown(group)
        found = ratio_of(held.at(base), base, numerator, denominator, held.questions(asked, base, ()), unknown)
        told = asked or Period(held.first, held.first, held.last, held.last)
        nouns = [measure_noun(self.measure, self.unit, group) for group in (numerator, denominator)]
        return found.bounds(f"ratio of {nouns[0]} to {nouns[1]}, {told}")

    def _note(self, key: Key, low: int, high: int | None, *, fuzzy: bool, sharp: bool) -> str:
        notes: list[str] = self._held.unnamed(key)
        if low == 0 and high is None:
            notes.append("No report bounds this count, from below or from above")
        elif high is None:
            notes.append("No upper bound follows from the reports")
        if self._held.system.fuzzy and not sharp:
            notes.append(
                "Some ends of periods are not exactly known: the bounds hold, and may be wider than they could be"
            )
        if fuzzy:
            notes.append("They hold for every possible period that was asked for")
        floors = any(statement.row["standard"] in ("verified", "documented") for statement in self._held.statements)
        if self.options.of == "occurred" and floors:
            notes.append("Verified and documented counts are read as floors on what occurred")
        return ". ".join(notes) + ("." if notes else "")


def _told(held: Holding, bound: str, causes: Sequence[Cause]) -> list[tuple[str, str, str, float, float]]:
    """Rows of an explanation."""
    rows: list[tuple[str, str, str, float, float]] = []
    for cause in causes:
        row = held.system.rows[cause.row]
        number = row.low if cause.side == "low" else row.high or 0
        sign = 1.0 if cause.side == bound else -1.0
        statement = None if row.statement < 0 else held.statements[row.statement]
        name = "observed" if statement is None else statement.name
        says = "none, in an observed period" if statement is None else statement.said
        rows.append((bound, name, says, cause.times, sign * cause.times * number))
    return rows


def _period(period: Period | str | None) -> Period | None:
    found = Period.parse(period) if isinstance(period, str) else period
    if found is not None and not isinstance(found, Period):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise OptionError(f"expected a Period or its text ('2019-05-01/2019-05-10'), got {period!r}")
    return found


def _day(day: str | date | None) -> date | None:
    if day is None:
        return None
    first, last = parse_date(day)
    if first != last:
        raise OptionError(f"expected one day, got {day!r}")
    return first


def _by(by: Sequence[LedgerBy]) -> tuple[LedgerBy, ...]:
    if isinstance(by, str) or any(name not in DIMENSIONS for name in by) or len(set(by)) != len(by):
        raise OptionError(
            f"expected by= a list of different columns of {', '.join(DIMENSIONS)}; got {by!r}. Sources and standards are "
            "read together; for one of them, make a ledger with source= or of filtered reports"
        )
    return tuple(by)
